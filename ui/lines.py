"""Courses through time as Plotly figures: told apart by marks and names, broken where a series is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from indicators.trends import years
from ui.charts import GRID, HALO, INK, MARKERS, MUTED, layout, legend_only, sizes
from ui.text import tr

if TYPE_CHECKING:
    import plotly.graph_objects as go

COMPARATOR_DASH = "dot"
NAMES = 0.45
"""Of a title's line on the stage: how long a name beside a line may be before it takes two."""
CELL_HEIGHT, SMALL_TICKS = 150, 5
SYMBOLS = {"estimated": "x", "provisional": "cross"}
"""The mark of a point that is not final; on a small base the mark is hollow."""


@dataclass(frozen=True)
class Course:
    """One line: its name, its points by period (value, status, small_base), and its place among the chosen.

    `place` is None for what the others are held against.
    """

    name: str
    points: pd.DataFrame
    place: int | None = None

    @cached_property
    def known(self) -> pd.DataFrame:
        """The points that have a value, by time."""
        return self.points.dropna(subset=["value"]).sort_index()


@dataclass(frozen=True)
class Rupture:
    """A period from which the series means something else, and why."""

    period: str
    reason: str


def lines(
    courses: Sequence[Course],
    ruptures: Sequence[Rupture],
    *,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int,
) -> go.Figure:
    """The courses over each other; each line is named at its end, and no line runs across a rupture."""
    import plotly.graph_objects as go

    size, look = sizes(), layout(title, subtitle)
    shown = [course for course in courses if len(course.known)]
    data = [_line(course, ruptures, unit, decimals) for course in shown]
    for status, symbol in SYMBOLS.items():
        if any((course.points["status"] == status).any() for course in courses):
            data.append(legend_only(tr(f"trends.status.{status}"), symbol))
    if any(course.points["small_base"].any() for course in courses):
        data.append(legend_only(tr("chart.small_base"), "circle-open"))
    across, up = _axes(shown, unit)
    shapes, marks = _ruptures(ruptures, shown)
    look["margin"]["r"] = size.names
    look |= {"hovermode": "x unified", "xaxis": across, "yaxis": up}
    return go.Figure({"data": data, "layout": {**look, "shapes": shapes, "annotations": [*marks, *_names(shown)]}})


def grid(
    courses: Sequence[Course],
    against: Sequence[Course],
    ruptures: Sequence[Rupture],
    *,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int,
) -> go.Figure:
    """Each course in a small chart of its own, all with the same axes; what they are held against is in each, grey.

    The figure is declared as a whole: `plotly.subplots` takes ten times as long for the charts of one municipality.
    """
    import plotly.graph_objects as go

    size, look = sizes(), layout(title, subtitle)
    rows = -(-len(courses) // size.across)
    across, up = _axes(courses, "", small=True)
    data: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for place, course in enumerate(courses):
        cell, mark = _cell(place, rows), str(place + 1) if place else ""
        both = [*against, Course(course.name, course.points, 0)]
        drawn = [_line(one, ruptures, unit, decimals) for one in both if len(one.known)]
        data += [{**line, "xaxis": f"x{mark}", "yaxis": f"y{mark}"} for line in drawn]
        lowest, leftmost = place + size.across >= len(courses), place % size.across == 0
        along, upright = ({"matches": "x"}, {"matches": "y"}) if place else ({}, {})
        along |= {"domain": cell["x"], "anchor": f"y{mark}", "showticklabels": lowest}
        upright |= {"domain": cell["y"], "anchor": f"x{mark}", "showticklabels": leftmost}
        look |= {f"xaxis{mark}": {**across, **along}, f"yaxis{mark}": {**up, **upright}}
        names.append(
            {
                "text": course.name,
                "x": sum(cell["x"]) / 2,
                "y": cell["y"][1],
                "xref": "paper",
                "yref": "paper",
                "xanchor": "center",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": size.name, "color": INK},
            }
        )
    look["margin"] |= {"l": round(5.5 * size.text), "t": look["margin"]["t"] + round(32 * size.scale)}
    look["height"] = look["margin"]["t"] + 54 + round(CELL_HEIGHT * size.scale * rows)
    return go.Figure({"data": data, "layout": {**look, "showlegend": False, "annotations": names}})


def _cell(place: int, rows: int) -> dict[str, tuple[float, float]]:
    """The part of the figure, from 0 to 1, in which a small chart stands, row by row from the top."""
    across = sizes().across
    between, below = 0.02, min(0.3 / rows, 0.12)
    row, column = divmod(place, across)
    width, height = (1 - between * (across - 1)) / across, (1 - below * (rows - 1)) / rows
    left, bottom = column * (width + between), (rows - 1 - row) * (height + below)
    return {"x": (left, left + width), "y": (bottom, min(1.0, bottom + height))}


def _line(course: Course, ruptures: Sequence[Rupture], unit: str, decimals: int) -> dict[str, Any]:
    """The trace of a course that has points."""
    scale = sizes().scale
    symbol, colour = ("circle", MUTED) if course.place is None else MARKERS[course.place % len(MARKERS)]
    x: list[float | None] = []
    y: list[float | None] = []
    shapes, said = [], []
    before = ""
    at = years([str(period) for period in course.known.index])
    figures = course.known[["value", "status", "small_base"]].itertuples()
    for (period, value, status, small), when in zip(figures, at, strict=True):
        if before and any(before < rupture.period <= period for rupture in ruptures):
            x, y, shapes, said = [*x, None], [*y, None], [*shapes, symbol], [*said, ""]
        before = period
        x.append(float(when))
        y.append(float(value))
        shapes.append(f"{SYMBOLS.get(status, symbol)}{'-open' if small else ''}")
        said.append("" if status == "final" else f" ({tr(f'trends.status.{status}')})")
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines+markers",
        "name": course.name,
        "line": {"color": colour, "width": 2 * scale, "dash": COMPARATOR_DASH if course.place is None else "solid"},
        "marker": {"symbol": shapes, "size": (5 if course.place is None else 8) * scale, "color": colour},
        "customdata": said,
        "hovertemplate": f"%{{y:,.{decimals}f}} {unit}%{{customdata}}",
        "connectgaps": False,
        "showlegend": False,
    }


def _ruptures(
    ruptures: Sequence[Rupture], courses: Sequence[Course]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line before each rupture that lies within the courses, and its mark; what it means stands below the chart."""
    seen = [str(period) for course in courses for period in course.known.index]
    inside = [rupture for rupture in ruptures if seen and min(seen) < rupture.period <= max(seen)]
    size = sizes()
    drawn, marks = [], []
    for rupture in inside:
        at = float(years([rupture.period])[0]) - 0.5
        line = {"color": MUTED, "width": 1.5 * size.scale, "dash": "dash"}
        drawn.append(
            {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "y domain", "line": line, "layer": "below"}
        )
        marks.append(
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": tr("trends.break_mark", period=rupture.period),
                "showarrow": False,
                "font": {"size": size.name, "color": MUTED},
            }
        )
    return drawn, marks


def _names(courses: Sequence[Course]) -> list[dict[str, Any]]:
    """Each line's name at its last point, moved apart where they would lie over each other."""
    if not courses:
        return []
    values = [value for course in courses for value in course.known["value"]]
    size = sizes()
    step = (max(values) - min(values) or 1.0) * 0.055 * size.scale
    placed: list[float] = []
    said = []
    last = max(float(years([str(course.known.index[-1])])[0]) for course in courses)
    for course in sorted(courses, key=lambda one: float(one.known["value"].iloc[-1])):
        y = float(course.known["value"].iloc[-1])
        y = max(y, placed[-1] + step) if placed else y
        placed.append(y)
        colour = MUTED if course.place is None else MARKERS[course.place % len(MARKERS)][1]
        name = size.wrapped(course.name, NAMES)
        said.append(
            {
                "x": last,
                "y": y,
                "text": f"<b>{name}</b>" if course.place is not None else name,
                "align": "left",
                "showarrow": False,
                "xanchor": "left",
                "xshift": 10 * size.scale,
                "font": {"size": size.note, "color": colour, "shadow": HALO},
            }
        )
    return said


def _axes(courses: Sequence[Course], unit: str, *, small: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """The axes of time and of values; those of a small chart have few figures, and margins of their own."""
    seen = sorted({str(period) for course in courses for period in course.known.index})
    size = sizes()
    most = min(size.ticks or SMALL_TICKS, SMALL_TICKS) if small else size.ticks
    common = {"gridcolor": GRID, "linecolor": MUTED, "zeroline": False, "automargin": not small, "nticks": most}
    step = -(-len(seen) // most) if most else 1 if len(seen) < 12 else 2
    whole = {"dtick": step, "tickformat": "d"} if seen and all(len(p) == 4 for p in seen) else {}
    up = {**common, "title": {"text": unit, "font": {"size": size.text}}, "tickformat": ",~r"}
    return {**common, **whole}, up

"""Courses through time as Plotly figures: told apart by marks and names, broken where a series is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
CELL_HEIGHT = 150
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

    figure = go.Figure(layout=layout(title, subtitle))
    for course in courses:
        _draw(figure, go, course, ruptures, unit, decimals)
    for status, symbol in SYMBOLS.items():
        if any((course.points["status"] == status).any() for course in courses):
            figure.add_trace(legend_only(go, tr(f"trends.status.{status}"), symbol))
    if any(course.points["small_base"].any() for course in courses):
        figure.add_trace(legend_only(go, tr("chart.small_base"), "circle-open"))
    _ruptures(figure, ruptures, courses)
    _names(figure, courses)
    figure.update_layout(margin={"r": sizes().names}, hovermode="x unified")
    _axes(figure, courses, unit)
    return figure


def grid(
    courses: Sequence[Course],
    against: Course | None,
    ruptures: Sequence[Rupture],
    *,
    title: str,
    subtitle: str,
    unit: str,
    decimals: int,
) -> go.Figure:
    """Each course in a small chart of its own, all with the same axes; what they are held against is in each, grey."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    size = sizes()
    rows = -(-len(courses) // size.across)
    figure = make_subplots(
        rows=rows,
        cols=size.across,
        shared_xaxes="all",
        shared_yaxes="all",
        subplot_titles=[course.name for course in courses],
        horizontal_spacing=0.02,
        vertical_spacing=min(0.3 / rows, 0.12),
    )
    for place, course in enumerate(courses):
        cell = {"row": place // size.across + 1, "col": place % size.across + 1}
        if against:
            _draw(figure, go, against, ruptures, unit, decimals, **cell)
        _draw(figure, go, Course(course.name, course.points, 0), ruptures, unit, decimals, **cell)
    look = layout(title, subtitle)
    look["margin"]["t"] += round(32 * size.scale)
    height = look["margin"]["t"] + 54 + round(CELL_HEIGHT * size.scale * rows)
    figure.update_layout(look, height=height, showlegend=False)
    figure.update_annotations(font={"size": size.name, "color": INK})
    _axes(figure, courses, "")
    return figure


def _draw(
    figure: Any, go: Any, course: Course, ruptures: Sequence[Rupture], unit: str, decimals: int, **cell: int
) -> None:
    points = course.points.dropna(subset=["value"]).sort_index()
    if points.empty:
        return
    scale = sizes().scale
    symbol, colour = ("circle", MUTED) if course.place is None else MARKERS[course.place % len(MARKERS)]
    marks = [SYMBOLS.get(status, symbol) for status in points["status"]]
    marks = [f"{mark}-open" if small else mark for mark, small in zip(marks, points["small_base"], strict=True)]
    x, y, shapes, said = [], [], [], []
    before = ""
    figures = points[["value", "status"]].itertuples(name=None)
    for (period, value, status), mark in zip(figures, marks, strict=True):
        if before and any(before < rupture.period <= period for rupture in ruptures):
            x, y, shapes, said = [*x, None], [*y, None], [*shapes, symbol], [*said, ""]
        before = period
        x.append(float(years([period])[0]))
        y.append(float(value))
        shapes.append(mark)
        said.append("" if status == "final" else f" ({tr(f'trends.status.{status}')})")
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode="lines+markers",
            name=course.name,
            line={"color": colour, "width": 2 * scale, "dash": COMPARATOR_DASH if course.place is None else "solid"},
            marker={"symbol": shapes, "size": (5 if course.place is None else 8) * scale, "color": colour},
            customdata=said,
            hovertemplate=f"%{{y:,.{decimals}f}} {unit}%{{customdata}}",
            connectgaps=False,
            showlegend=False,
        ),
        **cell,
    )


def _ruptures(figure: Any, ruptures: Sequence[Rupture], courses: Sequence[Course]) -> None:
    """A line before each rupture that lies within the courses; what it means stands below the chart."""
    seen = [str(period) for course in courses for period in course.points.dropna(subset=["value"]).index]
    inside = [rupture for rupture in ruptures if seen and min(seen) < rupture.period <= max(seen)]
    size = sizes()
    for rupture in inside:
        at = float(years([rupture.period])[0]) - 0.5
        figure.add_vline(at, line={"color": MUTED, "width": 1.5 * size.scale, "dash": "dash"}, layer="below")
        figure.add_annotation(
            x=at,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=tr("trends.break_mark", period=rupture.period),
            showarrow=False,
            font={"size": size.name, "color": MUTED},
        )


def _names(figure: Any, courses: Sequence[Course]) -> None:
    """Each line's name at its last point, moved apart where they would lie over each other."""
    ends = [(course, course.points.dropna(subset=["value"]).sort_index()) for course in courses]
    ends = [(course, points) for course, points in ends if len(points)]
    if not ends:
        return
    values = [value for _, points in ends for value in points["value"]]
    size = sizes()
    step = (max(values) - min(values) or 1.0) * 0.055 * size.scale
    placed: list[float] = []
    last = max(float(years([str(points.index[-1])])[0]) for _, points in ends)
    for course, points in sorted(ends, key=lambda end: float(end[1]["value"].iloc[-1])):
        y = float(points["value"].iloc[-1])
        y = max(y, placed[-1] + step) if placed else y
        placed.append(y)
        colour = MUTED if course.place is None else MARKERS[course.place % len(MARKERS)][1]
        name = size.wrapped(course.name, NAMES)
        figure.add_annotation(
            x=last,
            y=y,
            text=f"<b>{name}</b>" if course.place is not None else name,
            align="left",
            showarrow=False,
            xanchor="left",
            xshift=10 * size.scale,
            font={"size": size.note, "color": colour, "shadow": HALO},
        )


def _axes(figure: Any, courses: Sequence[Course], unit: str) -> None:
    seen = sorted({str(period) for course in courses for period in course.points.dropna(subset=["value"]).index})
    size = sizes()
    common: Mapping[str, Any] = {
        "gridcolor": GRID,
        "linecolor": MUTED,
        "zeroline": False,
        "automargin": True,
        "nticks": size.ticks,
    }
    figure.update_yaxes(title={"text": unit, "font": {"size": size.text}}, tickformat=",~r", **common)
    step = -(-len(seen) // size.ticks) if size.ticks else 1 if len(seen) < 12 else 2
    whole = {"dtick": step, "tickformat": "d"} if seen and all(len(p) == 4 for p in seen) else {}
    figure.update_xaxes(**common, **whole)

"""Courses through time as Plotly figures: told apart by marks and names, broken where a series is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from indicators.trends import years
from ui.charts import GRID, HALO, INK, MARKERS, MUTED, layout, legend_only, sizes, vertical
from ui.text import amount, number, short_period, tr

if TYPE_CHECKING:
    import plotly.graph_objects as go

COMPARATOR_DASH = "dot"
NAMES = 0.45
"""Of a title's line on the stage: how long a name beside a line may be before it takes two."""
CELL_HEIGHT, SMALL_TICKS = 150, 4
BETWEEN, ABOVE, EDGE = 0.08, 0.3, 0.06
"""Between small charts beside each other, above each, and within each around its courses, as shares of its size."""
SYMBOLS = {"estimated": "x", "provisional": "cross"}
"""The mark of a point that is not final; on a small base the mark is hollow."""
SIGNS = {"estimated": "✖", "provisional": "✚"}
SMALL_SIGN = "○"
"""The same marks in a line of text."""


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
        return self.points.loc[self.points["value"].notna()].sort_index()


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
    look["margin"] |= {"l": round(7 * size.text), "r": size.names}
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

    All small charts lie between one pair of Plotly's axes, each moved to its cell: a pair for each of the thirty
    parishes of a municipality would take a second to draw.
    """
    import plotly.graph_objects as go

    size, look = sizes(), layout(title, " · ".join([subtitle, *_marks_in_words([*courses, *against])]))
    cells = Cells.of([*courses, *against], len(courses), size.across)
    own = [(course.name, _points(course, ruptures, 0)) for course in courses]
    behind = [[(one.name, _points(one, ruptures, None))] * len(courses) for one in against]
    corners = [cells.at(place) for place in range(len(courses))]
    names = {
        "x": [x + 0.5 for x, _ in corners],
        "y": [y + 1 for _, y in corners],
        "text": [course.name for course in courses],
    }
    labels = {"type": "scatter", "mode": "text", "hoverinfo": "skip", "textfont": {"size": size.name, "color": INK}}
    look["margin"] |= {"l": round(5.5 * size.text), "b": 10, "t": look["margin"]["t"] + round(12 * size.scale)}
    look["height"] = look["margin"]["t"] + round(CELL_HEIGHT * size.scale * cells.rows)
    look |= {"showlegend": False, "shapes": cells.frames(), "xaxis": cells.axis, "yaxis": cells.upright}
    data = [
        *(trace for in_each in behind for trace in cells.traces(in_each, None, unit, decimals)),
        *cells.traces(own, 0, unit, decimals),
        {**labels, **names, "textposition": "top center"},
        {**labels, **cells.years(), "textposition": "bottom center"},
    ]
    return go.Figure({"data": data, "layout": look})


@dataclass(frozen=True)
class Cells:
    """Small charts in rows of `across`, each one unit wide and high; years and values run from `low` to `high` in each.

    The first is the upper left one; its lower left corner is at (0, 0).
    """

    count: int
    across: int
    low: tuple[float, float]
    high: tuple[float, float]

    @classmethod
    def of(cls, courses: Sequence[Course], count: int, across: int) -> Cells:
        """As many cells as asked for, with room for all courses."""
        when = years([str(period) for course in courses for period in course.known.index])
        values = [float(value) for course in courses for value in course.known["value"]]
        low, high = (float(min(when)), min(values)), (float(max(when)), max(values))
        high = tuple(top if top > bottom else bottom + 1 for bottom, top in zip(low, high, strict=True))
        return cls(count, across, low, (high[0], high[1]))

    @property
    def rows(self) -> int:
        return -(-self.count // self.across)

    def at(self, place: int) -> tuple[float, float]:
        """The lower left corner of a cell."""
        row, column = divmod(place, self.across)
        return column * (1 + BETWEEN), -row * (1 + ABOVE)

    def x(self, place: int, when: float) -> float:
        share = (when - self.low[0]) / (self.high[0] - self.low[0])
        return self.at(place)[0] + EDGE + (1 - 2 * EDGE) * share

    def y(self, place: int, value: float) -> float:
        share = (value - self.low[1]) / (self.high[1] - self.low[1])
        return self.at(place)[1] + EDGE + (1 - 2 * EDGE) * share

    def traces(
        self, courses: Sequence[tuple[str, Sequence[Point | None]]], place: int | None, unit: str, decimals: int
    ) -> list[dict[str, Any]]:
        """The names and points of one course for each cell as a line, drawn as a place among the chosen is, and marks.

        Only the points that no line shows are marked, and those that are not final or on a small base: thirty small
        charts of twenty years each would take longer to mark than all else.
        """
        x: list[float | None] = []
        y: list[float | None] = []
        said, shapes = [], []
        usual = _mark(place)[0]
        for cell, (name, points) in enumerate(courses):
            for before, point, after in zip([None, *points], [*points, None], [*points[1:], None, None], strict=True):
                x.append(self.x(cell, point.when) if point else None)
                y.append(self.y(cell, point.value) if point else None)
                alone = before is None and after is None
                shapes.append(point.symbol if point and (alone or point.symbol != usual) else None)
                what = f"{amount(point.value, decimals, unit)}{point.status}" if point else ""
                said.append(f"<b>{name}</b><br>{short_period(point.period)}: {what}" if point else "")
        look = _look(place, [shape for shape in shapes if shape])
        line = {"x": x, "y": y, "customdata": said, "hovertemplate": "%{customdata}<extra></extra>", "mode": "lines"}
        marked = [at for at, shape in enumerate(shapes) if shape]
        marks = {"x": [x[at] for at in marked], "y": [y[at] for at in marked], "mode": "markers", "hoverinfo": "skip"}
        return [look | line, look | marks] if marked else [look | line]

    def frames(self) -> list[dict[str, Any]]:
        """A corner of axes for every cell, and faint lines at the values that are written."""
        corners = [self.at(place) for place in range(self.count)]
        axes = "".join(f"M{x:.4f} {y + 1:.4f}V{y:.4f}H{x + 1:.4f}" for x, y in corners)
        faint = "".join(
            f"M{x:.4f} {y:.4f}H{x + 1:.4f}"
            for place in range(self.count)
            for x, y in ((self.at(place)[0], self.y(place, value)) for value in self.values)
        )
        line = {"type": "path", "layer": "below"}
        return [
            {**line, "path": faint, "line": {"color": GRID, "width": 1}},
            {**line, "path": axes, "line": {"color": MUTED, "width": 1}},
        ]

    @cached_property
    def values(self) -> list[float]:
        """The round values that are written."""
        return round_between(self.low[1], self.high[1], SMALL_TICKS)

    def years(self) -> dict[str, list[Any]]:
        """The first and the last year below the lowest cell of each column."""
        lowest = range(max(0, self.count - self.across), self.count)
        ends = [(place, end) for place in lowest for end in (self.low[0], self.high[0])]
        return {
            "x": [self.x(place, end) for place, end in ends],
            "y": [self.at(place)[1] for place, _ in ends],
            "text": [str(int(end)) for _, end in ends],
        }

    @property
    def axis(self) -> dict[str, Any]:
        right = self.at(self.across - 1)[0] + 1
        return {"range": [-0.01, right + 0.01], "visible": False, "fixedrange": True}

    @property
    def upright(self) -> dict[str, Any]:
        """The values that are written, beside every row."""
        rows = [(self.y(row * self.across, value), value) for row in range(self.rows) for value in self.values]
        return {
            "range": [self.at(self.count - 1)[1] - 0.25, 1 + ABOVE],
            "tickvals": [at for at, _ in rows],
            "ticktext": [number(value, _decimals(self.values)) for _, value in rows],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        }


@dataclass(frozen=True)
class Point:
    """A point of a course: period, where that lies in time, value, mark, and what it is where it is not final."""

    period: str
    when: float
    value: float
    symbol: str
    status: str


def _points(course: Course, ruptures: Sequence[Rupture], place: int | None) -> list[Point | None]:
    """The points of a course in time with the mark of a place, None where a rupture lies between two."""
    usual = _mark(place)[0]
    found: list[Point | None] = []
    before = ""
    at = years([str(period) for period in course.known.index])
    rows = course.known[["value", "status", "small_base"]].itertuples()
    for (period, value, status, small), when in zip(rows, at, strict=True):
        if before and any(before < rupture.period <= period for rupture in ruptures):
            found.append(None)
        before = period
        symbol = f"{SYMBOLS.get(status, usual)}{'-open' if small else ''}"
        said = "" if status == "final" else f" ({tr(f'trends.status.{status}')})"
        found.append(Point(str(period), float(when), float(value), symbol, said))
    return found


def _marks_in_words(courses: Sequence[Course]) -> list[str]:
    """What the marks mean that these courses have."""
    points = pd.concat([course.known for course in courses])
    said = [
        f"{sign} {tr(f'trends.status.{status}')}" for status, sign in SIGNS.items() if status in set(points["status"])
    ]
    return [*said, f"{SMALL_SIGN} {tr('chart.small_base')}"] if points["small_base"].to_numpy().any() else said


def _mark(place: int | None) -> tuple[str, str]:
    """The shape and colour of a place among the chosen, or of what they are held against."""
    return ("circle", MUTED) if place is None else MARKERS[place % len(MARKERS)]


def _look(place: int | None, shapes: list[str]) -> dict[str, Any]:
    """How the trace of a place is drawn."""
    scale, colour = sizes().scale, _mark(place)[1]
    dash = COMPARATOR_DASH if place is None else "solid"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2 * scale, "dash": dash},
        "marker": {"symbol": shapes, "size": (5 if place is None else 8) * scale, "color": colour},
        "connectgaps": False,
        "showlegend": False,
    }


def _line(course: Course, ruptures: Sequence[Rupture], unit: str, decimals: int) -> dict[str, Any]:
    """The trace of a course that has points."""
    points = _points(course, ruptures, course.place)
    return {
        **_look(course.place, [point.symbol if point else "circle" for point in points]),
        "name": course.name,
        "x": [point.when if point else None for point in points],
        "y": [point.value if point else None for point in points],
        "customdata": [point.status if point else "" for point in points],
        "hovertemplate": f"%{{y:,.{decimals}f}} {unit}%{{customdata}}",
    }


def round_between(low: float, high: float, most: int) -> list[float]:
    """As many round values (1, 2 or 5 times a power of ten) between two as there may be, ends included."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    ends = (
        (step, math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9))
        for step in (power * times for times in (1, 2, 5, 10, 20))
    )
    step, first, last = next((step, first, last) for step, first, last in ends if last - first < most)
    return [place * step for place in range(first, last + 1)]


def _decimals(values: Sequence[float]) -> int:
    """How many decimals tell round values apart."""
    step = min((b - a for a, b in pairwise(values)), default=1.0)
    return max(0, -math.floor(math.log10(step) + 1e-9))


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
        drawn.append(vertical(at, {"color": MUTED, "width": 1.5 * size.scale, "dash": "dash"}))
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


def _axes(courses: Sequence[Course], unit: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The axes of time and of values."""
    seen = sorted({str(period) for course in courses for period in course.known.index})
    size = sizes()
    common = {"gridcolor": GRID, "linecolor": MUTED, "zeroline": False, "nticks": size.ticks}
    step = -(-len(seen) // size.ticks) if size.ticks else 1 if len(seen) < 12 else 2
    whole = {"dtick": step, "tickformat": "d"} if seen and all(len(p) == 4 for p in seen) else {}
    up = {**common, "title": {"text": unit, "font": {"size": size.text}}, "tickformat": ",~r"}
    return {**common, **whole}, up

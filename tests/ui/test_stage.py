"""Charts on the stage: every letter of every kind of chart is large enough, and in a window they are as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from indicators.opinion import opinions
from ui import charts, comparison_charts, lines, stage
from ui.hall import charts as hall

TITLE = "Izmaiņas piecos gados un iedzīvotāju blīvums pagastos un pilsētās visā Latvijā"
TEXTS: dict[str, Any] = {"title": TITLE, "subtitle": "iedzīvotāji"}
SCALE = comparison_charts.Scale("vieta", "", 0)
COURSE = lines.Course(
    "Aizputes pagasts, Dienvidkurzemes novads",
    pd.DataFrame(
        {"value": [1.0, 2.0, 3.0], "status": ["final"] * 3, "small_base": [False, True, False]},
        index=["2019", "2020", "2021"],
    ),
    0,
)
IMPORTANCE, HERE = [[7] * 10, [8] * 10, [9] * 10], [[2] * 10, [3] * 10, [4] * 10]
FACTORS = {number: f"faktors {number}" for number in range(1, 11)}
OPINIONS = opinions(IMPORTANCE, HERE)
ROWS = pd.DataFrame(
    {"name": ["A", "B"], "value": [1.0, 2.0], "low": [0.5, 1.5], "high": [1.5, 2.5], "plain": [1.1, None]}
).assign(place=[0.0, None])
POINTS = pd.DataFrame(
    {"x": [1.0, 2.0], "y": [2.0, 1.0], "small_base": [True, False], "group": "a", "name": ["A", "B"], "note": ""},
    index=["LV1", "LV2"],
)
AXIS = charts.Axis("Iedzīvotāju blīvums", "blīvums", "", 1)
PAIR = pd.DataFrame([(0, 1, 0.5, 9)], columns=["first", "second", "correlation", "n"])
RUPTURE = lines.Rupture("2021", "cita metode")
SHARES = pd.DataFrame({"A": [10.0, 20.0, 30.0], "B": [30.0, 20.0, 10.0]}, index=["x y", "y", "z"])

KINDS: dict[str, Callable[[], go.Figure]] = {
    "scatter": lambda: charts.scatter(
        POINTS,
        AXIS,
        AXIS,
        [charts.Group("a", "A", "circle", "#000")],
        thresholds=(1.5, 1.5, "vidus"),
        selected=[charts.Selected("LV1", "A", 0)],
        **TEXTS,
    ),
    "heatmap": lambda: charts.heatmap(["A", "B"], PAIR, **TEXTS),
    "lines": lambda: lines.lines([COURSE], [RUPTURE], unit="", decimals=0, **TEXTS),
    "grid": lambda: lines.grid([COURSE] * 3, [], [RUPTURE], unit="", decimals=0, **TEXTS),
    "dots": lambda: comparison_charts.dots(ROWS, SCALE, comparator=("Latvija", 1.0), **TEXTS),
    "beeswarm": lambda: comparison_charts.beeswarm(
        ROWS[["name", "value"]], [("C", 0, 1.5)], SCALE, comparator=None, **TEXTS
    ),
    "slope": lambda: comparison_charts.slope([("A", 0, 1.0, 2.0)], SCALE, ("2019", "2024"), **TEXTS),
    "profile": lambda: comparison_charts.profile(SHARES, **TEXTS),
    "radar": lambda: comparison_charts.radar(SHARES, **TEXTS),
    "spread": lambda: hall.spread(IMPORTANCE, HERE, OPINIONS, FACTORS, TITLE),
    "priorities": lambda: hall.priorities(OPINIONS, FACTORS, TITLE),
    "beside": lambda: hall.beside([("faktors", 40.0, 60.0)], TITLE),
}


def letters(part: object, name: str = "") -> Iterator[float]:
    """Every size of letters a figure names."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "size" and name.lower().endswith("font"):
                yield value
            else:
                yield from letters(value, key)
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from letters(one, name)


@pytest.fixture
def on_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "on", lambda: True)


@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_of_a_chart_is_too_small_for_the_hall(kind: str, on_stage: None) -> None:
    figure = KINDS[kind]()
    sizes = list(letters(figure.to_plotly_json()))
    assert min(sizes) >= stage.LEAST
    assert figure.layout.title.font.size == stage.TITLE
    assert figure.layout.legend.font.size == stage.LEGEND
    assert max(map(len, figure.layout.title.text.split("<br>"))) <= (charts.STAGE.line or 0) + len("<b></b>")


@pytest.mark.parametrize("kind", KINDS)
def test_lines_of_a_chart_are_thick_on_the_stage(kind: str, on_stage: None) -> None:
    traces = [trace for trace in KINDS[kind]().data if trace.type == "scatter" and "lines" in (trace.mode or "")]
    assert all(trace.line.width >= 2 for trace in traces)


def test_in_a_window_charts_are_as_they_were() -> None:
    figure = KINDS["scatter"]()
    assert (figure.layout.title.font.size, figure.layout.font.size, figure.layout.height) == (16, 13, 560)
    assert "<br>" not in figure.layout.title.text
    assert figure.data[0].marker.size == 9


def test_the_numbers_of_points_near_each_other_meet_neither_point_nor_number() -> None:
    near = {
        (4.5, 6.0): "1",
        (2.5, 7.5): "7",
        (5.0, 5.0): "3",
        (5.0, 6.0): "4, 9, 10",
        (6.0, 5.0): "5",
        (5.0, 5.5): "6, 8",
    }
    found = dict(zip(near.values(), hall.sides(near), strict=True))
    assert found == {
        "1": "top center",
        "7": "top center",
        "3": "bottom center",
        "4, 9, 10": "middle right",
        "5": "bottom center",
        "6, 8": "middle right",
    }

"""The figures: shapes as well as colours, hollow small bases, marks, and numbers on the squares."""

from __future__ import annotations

import json
import math

import pandas as pd
import plotly.io
import pytest

from ui import charts
from ui.charts import MARKERS, Axis, Group, Selected
from ui.text import NO_VALUE

X, Y = Axis("Blīvums, iedz./km² · 2024", "Blīvums", "iedz./km²", 1, log=True), Axis("Izmaiņas, %", "Izmaiņas", "%", 1)
GROUPS = [Group("a", "Augsti", "triangle-up", "#12436d"), Group("b", "Zemi", "square", "#a23a06")]
POINTS = pd.DataFrame(
    {
        "x": [1.0, 10.0, 100.0],
        "y": [-5.0, 0.0, 5.0],
        "small_base": [False, True, False],
        "group": ["a", "a", "b"],
        "name": ["Ābeļu pagasts", "Bērzes pagasts", "Cesvaine"],
        "note": ["", "maza bāze", ""],
    },
    index=["u1", "u2", "u3"],
)


def drawn(**more) -> dict:
    """The figure as it is sent to the browser."""
    figure = charts.scatter(POINTS, X, Y, GROUPS, title="Izmaiņas · Blīvums", subtitle="3 pagasti", **more)
    return json.loads(plotly.io.to_json(figure))


def test_every_group_has_a_shape_and_small_bases_are_hollow():
    high, low, small = drawn()["data"]
    assert (high["name"], low["name"]) == ("Augsti (2)", "Zemi (1)")
    assert high["marker"]["symbol"] == ["triangle-up", "triangle-up-open"]
    assert low["marker"]["symbol"] == ["square"]
    assert [point[0] for point in high["customdata"]] == ["u1", "u2"]
    assert high["customdata"][1][2] == "<br>maza bāze"
    assert (small["x"], small["name"]) == ([None], "maza bāze")


def test_a_group_without_points_is_not_in_the_legend():
    figure = charts.scatter(POINTS.iloc[2:], X, Y, GROUPS, title="", subtitle="")
    assert [trace.name for trace in figure.data] == ["Zemi (1)"]


def test_title_and_axes_say_what_unit_and_year():
    layout = drawn()["layout"]
    assert layout["title"]["text"] == "<b>Izmaiņas · Blīvums</b>"
    assert layout["title"]["subtitle"]["text"] == "3 pagasti"
    assert layout["xaxis"]["title"]["text"] == X.title
    assert (layout["xaxis"]["type"], layout["yaxis"].get("type")) == ("log", None)
    assert layout["separators"] == ",\u00a0"


def test_line_and_thresholds_are_named():
    figure = drawn(line=([1, 100], [-5, 5], "taisne"), thresholds=(10.0, 0.0, "mediāna"))
    lines = {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "lines"}
    assert lines["taisne"]["y"] == [-5, 5]
    assert "mediāna" in lines
    assert [(cut["x0"], cut["y0"]) for cut in figure["layout"]["shapes"]] == [(10.0, 0), (0, 0.0)]


def test_a_selected_place_has_its_mark_number_and_name_over_its_point():
    figure = drawn(selected=[Selected("u3", "Cesvaine", 1), Selected("elsewhere", "Rīga", 0)])
    *_, mark = figure["data"]
    assert (mark["x"], mark["y"], mark["text"]) == ([100.0], [5.0], ["2"])
    assert (mark["marker"]["symbol"], mark["marker"]["color"]) == MARKERS[1]
    (label,) = figure["layout"]["annotations"]
    assert (label["text"], label["x"], label["y"]) == ("<b>Cesvaine</b>", math.log10(100), 5.0)


def test_correlations_are_numbers_on_the_lower_half():
    table = pd.DataFrame(
        {"first": [0, 0, 1], "second": [1, 2, 2], "correlation": [0.5, -0.25, math.nan], "n": [20, 15, 4]}
    )
    figure = json.loads(plotly.io.to_json(charts.heatmap(["a", "b", "c"], table, title="t", subtitle="s", symbol="ρ")))
    (squares,) = figure["data"]
    assert squares["x"] == ["a", "b"]
    assert squares["y"] == ["b", "c"]
    assert squares["z"] == [[0.5, None], [-0.25, None]]
    assert squares["text"] == [["+0,50", ""], ["−0,25", NO_VALUE]]
    assert squares["customdata"][1][1].startswith("c<br>b<br>n = 4<br>")
    assert squares["colorbar"]["title"]["text"] == "ρ"


@pytest.mark.parametrize(("name", "lines"), [("Blīvums", 1), ("Uzņēmumu ienākuma nodokļa maksātāji", 2)])
def test_long_names_are_broken(name, lines):
    assert charts._wrapped(name).count("<br>") + 1 == lines
    assert charts._wrapped(name).replace("<br>", " ") == name


def test_a_long_title_beside_the_chart_takes_two_lines():
    long = Axis("Uzņēmumu nodokļa maksātāji, uz 1000 iedzīvotājiem · 2021. gads", "Maksātāji", "uz 1000", 1)
    figure = charts.scatter(POINTS, long, long, GROUPS, title="", subtitle="")
    across, up = (figure.layout[name].title.text for name in ("xaxis", "yaxis"))
    assert across == long.title
    assert max(map(len, up.split("<br>"))) <= charts.UP

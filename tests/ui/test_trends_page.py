"""The page of trends from one step to the next, and what its figures hold."""

from __future__ import annotations

import json
from itertools import groupby

import pytest
from streamlit.testing.v1 import AppTest

from data.model import RURAL
from indicators.catalogue import breaks_of
from tests.ui import visitor
from ui.lines import round_between
from ui.text import LANGUAGES, messages

LATVIAN = messages("lv")
ALSUNGA, VECPIEBALGA, MADONA = "LV0033400", "LV0026200", "LV0038000"


def visit(**address: str) -> AppTest:
    return visitor.visit("trends", **address)


def chart(app: AppTest) -> dict:
    (found,) = app.get("plotly_chart")
    return json.loads(found.proto.spec)


def text(app: AppTest) -> str:
    return "\n".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


def codes(loaded) -> list[str]:
    return loaded.snapshot.territories.query("level == 'unit' and kind == 'parish'")["code"].tolist()


def test_the_lines_hold_the_values(loaded):
    one = codes(loaded)[0]
    app = visit(of="pensioners_rate", places=one, against="rural")
    own, rural = chart(app)["data"][:2]
    values = loaded.values
    for trace, code in ((own, one), (rural, RURAL)):
        rows = values[
            (values["indicator"] == "pensioners_rate") & (values["territory"] == code) & values["value"].notna()
        ].sort_values("period")
        known = [(x, y) for x, y in zip(trace["x"], trace["y"], strict=True) if x is not None]
        assert known == [(float(year), y) for year, y in zip(rows["period"].astype(str), rows["value"], strict=True)]


@pytest.mark.parametrize("part", ["lines", "each"])
def test_a_number_of_people_is_not_held_against_the_whole_country_until_a_year_is_a_hundred(part, loaded):
    one = codes(loaded)[0]
    app = visit(part=part, of="residents", places=one, against="rural")
    rural = LATVIAN["trends.against.rural"]
    dotted = [trace for trace in chart(app)["data"] if trace.get("line", {}).get("dash") == "dot"]
    assert dotted == []
    if part == "lines":
        assert LATVIAN["trends.sum"] in text(app)
        indexed = visit(of="residents", places=one, against="rural", base="2015")
        assert [trace["name"] for trace in chart(indexed)["data"]][1] == rural
        assert LATVIAN["trends.sum"] not in text(indexed)


def test_small_charts_stand_row_by_row_and_are_read_on_one_scale(loaded):
    found = chart(visit(part="each", of="pensioners_rate", municipality=MADONA))
    rural, own, names, ends = found["data"]
    assert len(names["text"]) == len(loaded.snapshot.territories.query("level == 'unit' and parent == @MADONA"))
    corners = [(x - 0.5, y - 1) for x, y in zip(names["x"], names["y"], strict=True)]
    assert corners[:5] == [pytest.approx(corner) for corner in [(0, 0), (1.08, 0), (2.16, 0), (3.24, 0), (0, -1.3)]]
    stretches = [list(part) for known, part in groupby(zip(own["x"], own["y"], strict=True), lambda p: p[0] is not None)
                 if known]  # fmt: skip
    assert len(stretches) == len(corners)
    for (left, bottom), points in zip(corners, stretches, strict=True):
        assert all(left < x < left + 1 and bottom < y < bottom + 1 for x, y in points)
    scale = found["layout"]["yaxis"]
    low, high = (float(scale["ticktext"][at].replace("\u00a0", "")) for at in (0, 1))
    at_low, at_high = scale["tickvals"][:2]
    values = loaded.values[(loaded.values["indicator"] == "pensioners_rate") & (loaded.values["territory"] == RURAL)]
    last = values.sort_values("period")["value"].dropna().iloc[-1]
    drawn = [y for x, y in zip(rural["x"], rural["y"], strict=True) if x is not None and x < 1 and y > 0][-1]
    assert low + (drawn - at_low) / (at_high - at_low) * (high - low) == pytest.approx(last)
    assert set(ends["text"]) == {"2011", "2020"}


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 100, [0, 50, 100]),
        (197, 334, [200, 250, 300]),
        (-0.4, 0.5, [0, 0.5]),
        (3, 4, [3, 3.5, 4]),
        (310, 8720, [2000, 4000, 6000, 8000]),
    ],
)
def test_round_values_lie_between_the_ends(low, high, found):
    assert round_between(low, high, 4) == pytest.approx(found)


def test_a_base_year_makes_it_a_hundred(loaded):
    app = visit(of="residents", places="~".join(codes(loaded)[:2]), against="none", base="2015")
    for trace in chart(app)["data"][:2]:
        assert trace["y"][trace["x"].index(2015.0)] == 100
    assert not any("95 %" in one.value for one in app.markdown)


def test_no_line_runs_across_a_break(loaded):
    broken = breaks_of(loaded.indicators["working_age_share"], loaded.snapshot.measures)
    assert broken
    app = visit(of="working_age_share", places=codes(loaded)[0])
    own = chart(app)["data"][0]
    gap = own["x"].index(None)
    assert own["x"][gap - 1] < float(broken[0].period) <= own["x"][gap + 1]
    assert LATVIAN["trends.break"].split("{")[0] in text(app)


def test_municipalities_before_the_reform_are_recalculated():
    assert LATVIAN["trends.recalculated"] in text(visit(of="residents", places=MADONA))


def test_each_parish_of_a_municipality_has_its_own_chart(loaded):
    app = visit(part="each", of="residents", municipality=MADONA)
    units = loaded.snapshot.territories.query("level == 'unit' and parent == @MADONA")
    titles = {name for trace in chart(app)["data"] if trace["mode"] == "text" for name in trace["text"]}
    assert {name.replace(" pagasts", " pag.") for name in units["name"]} <= titles


def test_marks_of_small_charts_are_explained_where_there_are_any():
    def subtitle(municipality: str) -> str:
        shown = chart(visit(part="each", of="older_share", municipality=municipality))
        return shown["layout"]["title"]["subtitle"]["text"]

    koknese = "LV0020000"  # the municipality of a town whose figures were estimated until it had its own
    assert f"✖ {LATVIAN['trends.status.estimated']}" in subtitle(koknese)
    assert "✖" not in subtitle(MADONA)


def test_the_map_of_change_has_fixed_classes(loaded):
    def breaks(**years: str) -> list[float]:
        app = visit(part="change", of="residents", **years)
        (found,) = [e for e in app.main if getattr(e.proto, "component_name", "") == "map_panes"]
        return json.loads(found.proto.json)["state"]["panes"][0]["breaks"]

    first = breaks(**{"from": "2015", "to": "2020"})
    assert first == breaks(**{"from": "2022", "to": "2023"})
    assert first == [-first[3], -first[2], first[2], first[3]]


def test_only_years_without_a_break_between_them_are_offered():
    app = visit(part="change", of="working_age_share", **{"from": "2015", "to": "2023"})
    (since, until) = (next(b for b in app.selectbox if b.label == LATVIAN[f"trends.{end}"]) for end in ("from", "to"))
    assert until.value == "2023"
    assert since.value >= "2022"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    [
        {"places": "LV9999999~<b>", "of": "nothing", "base": "1700", "against": "?"},
        {"part": "each", "municipality": "LV0001000", "of": "residents"},
        {"part": "change", "from": "2024", "to": "2011", "of": "residents"},
        {"part": "other"},
    ],
)
def test_whatever_is_unknown_falls_back(address, language):
    visit(**address, lang=language)


def test_without_places_the_page_asks_for_one():
    app = visit(of="residents")
    app.multiselect[0].set_value([]).run()
    assert not app.exception
    assert LATVIAN["trends.choose"] in [one.value for one in app.info]

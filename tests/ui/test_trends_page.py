"""The page of trends from one step to the next, and what its figures hold."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from data.model import RURAL
from data.paths import ROOT
from indicators.catalogue import breaks_of
from ui.text import LANGUAGES, messages

LATVIAN = messages("lv")
ALSUNGA, VECPIEBALGA, MADONA = "LV0033400", "LV0026200", "LV0038000"


def visit(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.query_params["lang"] = "lv"
    app.run()
    app.switch_page("pages/trends.py")
    for name, value in {"lang": "lv", **address}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


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
    assert rural not in [trace["name"] for trace in chart(app)["data"]]
    if part == "lines":
        assert LATVIAN["trends.sum"] in text(app)
        indexed = visit(of="residents", places=one, against="rural", base="2015")
        assert [trace["name"] for trace in chart(indexed)["data"]][1] == rural
        assert LATVIAN["trends.sum"] not in text(indexed)


def test_small_charts_fill_the_room_row_by_row_on_axes_of_one_kind(loaded):
    app = visit(part="each", of="pensioners_rate", municipality=MADONA)
    found = chart(app)
    axes = {name: axis for name, axis in found["layout"].items() if name.startswith(("xaxis", "yaxis"))}
    units = loaded.snapshot.territories.query(f"level == 'unit' and parent == '{MADONA}'")
    assert len(axes) == 2 * len(units)
    assert all(axis["matches"] == name[0] for name, axis in axes.items() if name not in ("xaxis", "yaxis"))
    boxes = [(*axes[f"xaxis{n}"]["domain"], *axes[f"yaxis{n}"]["domain"]) for n in ["", *range(2, len(units) + 1)]]
    assert all(0 <= low < high <= 1 for box in boxes for low, high in (box[:2], box[2:]))
    for place, (left, right, _, top) in enumerate(boxes):
        for other in boxes[:place]:
            assert left >= other[1] or other[0] >= right or top <= other[2]
    last = [axes[f"xaxis{place + 1 if place else ''}"]["showticklabels"] for place in range(len(units))]
    assert last == [False] * (len(units) - 4) + [True] * 4


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
    titles = {one["text"] for one in chart(app)["layout"]["annotations"]}
    assert {name.replace(" pagasts", " pag.") for name in units["name"]} <= titles


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

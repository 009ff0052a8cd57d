"""The page of relations from one step to the next, and what its figures hold."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from indicators.relations import LEAST_PAIRS
from tests.ui import visitor
from ui.address import MOST_SELECTED
from ui.related import axis
from ui.text import LANGUAGES, messages, period

LATVIAN = messages("lv")


def visit(**address: str) -> AppTest:
    """A new visitor who opens the page with this address."""
    return visitor.visit("relations", **address)


def chart(app: AppTest) -> dict:
    """The chart as it is sent to the browser."""
    (found,) = app.get("plotly_chart")
    return json.loads(found.proto.spec)


def maps(app: AppTest) -> dict:
    """What the map was last given."""
    (found,) = [e for e in app.main if getattr(e.proto, "component_name", "") == "map_panes"]
    return json.loads(found.proto.json)


def places(app: AppTest) -> dict[str, str]:
    """The points of the chart by territory: the name of their group."""
    groups = [trace for trace in chart(app)["data"] if trace["mode"] == "markers" and "customdata" in trace]
    return {code: trace["name"] for trace in groups for code, *_ in trace["customdata"]}


def test_chart_and_map_show_the_same_places(loaded):
    app = visit()
    given = maps(app)
    (own,) = [e for e in given["inline"]["indicators"] if e["id"] == "relations_difference"]
    file = given["inline"]["values"]["relations_difference"]["levels"]["unit"]
    codes = sorted(loaded.snapshot.territories.query("level == 'unit'")["code"])
    assert {codes[i] for i, value in enumerate(file["values"][0]) if value is not None} == set(places(app))
    assert given["state"]["panes"][0] | {"indicator": own["id"], "diverging": True} == given["state"]["panes"][0]
    assert given["state"]["filter"]["rural"] is True
    parishes = set(loaded.snapshot.territories.query("kind == 'parish'")["code"])
    assert set(places(app)) <= parishes


def test_what_is_more_in_the_chart_is_above_zero_on_the_map(loaded):
    app = visit(fit="squares")
    codes = sorted(loaded.snapshot.territories.query("level == 'unit'")["code"])
    values = maps(app)["inline"]["values"]["relations_difference"]["levels"]["unit"]["values"][0]
    known = {code: value for code, value in zip(codes, values, strict=True) if value is not None}
    for code, group in places(app).items():
        if known[code]:
            assert (known[code] > 0) == group.startswith(LATVIAN["relations.more"])
    assert abs(np.mean(list(known.values()))) < 0.1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["pair", "matrix", "clusters"])
def test_every_part_opens_in_both_languages_and_says_that_a_relation_is_no_cause(part, language):
    app = visit(part=part, lang=language)
    assert app.title[0].value == messages(language)["relations.title"]
    assert any(messages(language)["relations.not_cause"] in text.value for text in app.markdown)
    assert chart(app)["layout"]["title"]["subtitle"]["text"]


def test_quarters_are_named_by_the_indicators_and_their_directions():
    app = visit(x="download_mbps", y="latency_ms", show="quadrants")
    groups = set(places(app).values())
    assert any(name.startswith("Lejupielāde: labāk; Latentums: labāk") for name in groups)
    own = next(e for e in maps(app)["inline"]["indicators"] if e["id"] == "relations_quadrants")
    assert len(own["categories"]) == 4
    upper_right, *_, lower_right = (kind["label"] for kind in own["categories"])
    assert upper_right == "Lejupielāde: labāk; Latentums: vājāk"
    assert lower_right == "Lejupielāde: labāk; Latentums: labāk"


def test_a_modelled_indicator_has_neither_line_nor_correlation():
    app = visit(x="download_mbps", y="basic_skills_share")
    assert "ρ" not in chart(app)["layout"]["title"]["subtitle"]["text"]
    assert not [trace for trace in chart(app)["data"] if trace["name"].startswith(LATVIAN["relations.line"])]
    assert any(LATVIAN["relations.modelled"] in text.value for text in app.markdown)
    assert maps(app)["state"]["panes"][0]["indicator"] == "relations_quadrants"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ({"x": "density", "y": "density"}, "relations.same"),
        ({"x": "unemployed_share"}, "relations.try_municipalities"),
        ({"part": "clusters", "of": "crimes_rate"}, "relations.out.copied"),
        ({"part": "clusters", "of": "online_share"}, "relations.out.modelled"),
        ({"part": "matrix", "set": "density"}, "relations.choose_two"),
    ],
)
def test_an_empty_page_says_why(address, words):
    app = visit(**address)
    assert not app.get("plotly_chart")
    (said,) = app.info
    assert LATVIAN[words].partition("{")[0] in said.value


def test_municipalities_have_their_own_values():
    app = visit(x="unemployed_share", places="municipalities")
    assert maps(app)["state"]["level"] == "municipality"
    assert LEAST_PAIRS < len(places(app)) <= 43


def test_a_year_is_shared_by_both_and_an_impossible_one_is_the_latest():
    app = visit(x="older_share", y="income_tax_per_payer", year="2015")
    assert "2015" in chart(app)["layout"]["xaxis"]["title"]["text"]
    assert "2015" in chart(app)["layout"]["yaxis"]["title"]["text"]
    app.selectbox(key="relations_x_lv").set_value("download_mbps").run()
    assert not app.exception
    assert app.selectbox(key="relations_year_lv").value == "latest"
    assert app.query_params["x"] == "download_mbps"


def test_the_map_names_both_periods_and_takes_the_chosen_one(loaded):
    app = visit(x="download_mbps", y="population_change_5y")
    own = {entry["id"]: entry for entry in maps(app)["inline"]["indicators"]}
    x, y = (loaded.known.latest[name] for name in ("download_mbps", "population_change_5y"))
    assert x != y
    for entry in own.values():
        assert all(period(when) in entry["when"] for when in (x, y))
    app = visit(x="older_share", y="income_tax_per_payer", year="2015", show="x")
    assert maps(app)["state"]["panes"][0]["period"] == "2015"
    assert all("when" not in entry for entry in maps(app)["inline"]["indicators"])


def test_the_median_is_named_once():
    app = visit(show="quadrants")
    said = chart(app)["layout"]["title"]["subtitle"]["text"]
    assert said.endswith(LATVIAN["relations.against.parishes"])
    assert said.count("mediān") == 1


def test_bogus_addresses_show_the_first_visit():
    first = visit()
    app = visit(part="x", x="../etc", y="<script>", places="0", year="99", fit="?", show="9", set="a~b", chosen="x")
    assert chart(app) == chart(first)
    assert maps(app)["state"] == maps(first)["state"]


def test_choices_live_in_the_address_and_outlast_other_pages():
    app = visit(x="older_share", fit="squares", places="units")
    app.button_group(key="relations_show_lv").set_value("quadrants").run()
    wanted = {"x": "older_share", "fit": "squares", "places": "units", "show": "quadrants"}
    assert {name: app.query_params[name] for name in wanted} == wanted
    app.switch_page("pages/sources.py").run()
    app.switch_page("pages/relations.py").run()
    assert not app.exception
    assert {name: app.query_params[name] for name in wanted} == wanted


def test_a_step_back_takes_a_choice_back():
    app = visit()
    app.button_group(key="relations_part_lv").set_value("matrix").run()
    assert app.query_params["part"] == "matrix"
    app.query_params.pop("part")
    app.run()
    assert app.button_group(key="relations_part_lv").value == "pair"
    assert "part" not in app.query_params


def test_correlations_leave_out_what_is_copied_or_modelled():
    app = visit(part="matrix", set="density~older_share~crimes_rate~online_share")
    (squares,) = chart(app)["data"]
    assert len(squares["x"]) == len(squares["y"]) == 1
    captions = [caption.value for caption in app.caption]
    for reason in ("copied", "modelled"):
        assert any(c.startswith(LATVIAN[f"relations.out.{reason}"].partition("{")[0]) for c in captions)


def test_clusters_are_counted_before_and_after_the_correction():
    app = visit(part="clusters")
    (said,) = [text.value for text in app.markdown if text.value.startswith("**Kopās")]
    after, before = (int(part.split()[0]) for part in (said.split("ir ")[1], said.split("bija ")[1]))
    clustered = [group for group in places(app).values() if not group.startswith(LATVIAN["relations.cluster.none"])]
    assert len(clustered) == after < before
    assert any("9\u00a0999" in text.value and "20240101" in text.value for text in app.markdown)
    assert any(LATVIAN["relations.no_islands"] in text.value or "Nav kaimiņu" in text.value for text in app.markdown)


def test_the_table_is_made_when_it_is_opened():
    app = visit()
    assert not app.dataframe
    app.session_state["relations_table"] = True
    app.run()
    assert len(app.dataframe[0].value) == len(places(app))


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch, loaded):
    """Runs the page's callback on what the chart has sent, with some places marked already."""
    import ui.session as session
    from tests.ui.test_session import Query
    from ui.related import take_marks
    from ui.session import Maps

    def run(points: list[str], box: bool, marked: list[str], order) -> list[str]:
        state: dict = {}
        fake = SimpleNamespace(session_state=state, query_params=Query())
        monkeypatch.setattr(session, "st", fake)
        monkeypatch.setattr("ui.related.st", fake)
        monkeypatch.setattr("ui.trail.st", fake)
        kept = Maps("relations", loaded.known)
        kept.arrive()
        kept.select(marked)
        chosen = [{"customdata": [code, "", ""]} for code in points]
        state["chart"] = {"selection": {"points": chosen, "box": [{}] if box else [], "lasso": []}}
        take_marks("chart", kept, order)
        return kept.state["selected"]

    return run


def test_a_click_marks_and_unmarks_and_a_lasso_takes_those_that_stand_out(take, loaded):
    import pandas as pd

    codes = sorted(loaded.snapshot.territories.query("kind == 'parish'")["code"])[:9]
    order = pd.Series(range(9), index=codes, dtype=float)
    assert take(codes[:1], False, [], order) == codes[:1]
    assert take(codes[:1], False, codes[:2], order) == [codes[1]]
    assert take([codes[8]], False, codes[:6], order) == [*codes[1:6], codes[8]]
    assert take(codes, True, codes[:1], order) == codes[::-1][:MOST_SELECTED]
    assert take([], False, codes[:2], order) == codes[:2]


def test_an_axis_says_its_unit_once(loaded):
    titles = {name: axis(loaded.indicators[name], "2021").title for name in loaded.known.latest}
    assert titles["crimes_rate"] == f"Noziegumi uz 1000 iedz. · {period('2021')}"
    assert titles["download_mbps"].endswith(f", Mbit/s · {period('2021')}")

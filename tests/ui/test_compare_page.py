"""The page of comparisons from one step to the next, its sentences, and links that ask for what is not there."""

from __future__ import annotations

import json
import math
import re

import pytest
from streamlit.testing.v1 import AppTest

from data.model import COUNTRY, RURAL
from indicators.weighting import DECLARED
from tests.ui import visitor
from ui import comparison, scores, text
from ui.address import MOST_SELECTED
from ui.comparison import AGAINST, KEY_INDICATORS, SCORES, Entry, compare, joined, place, sentence, told_apart
from ui.comparison_address import NamedList
from ui.comparison_table import as_html
from ui.comparison_words import summary
from ui.text import messages

LATVIAN = messages("lv")
ALSUNGA, VECPIEBALGA, RIGA, KULDIGA = "LV0033400", "LV0026570", "LV0001000", "LV0033000"
PAIR = f"{ALSUNGA}~{VECPIEBALGA}"
CHARTS = ("dots", "swarm", "slope", "profile", "radar")


def visit(**address: str) -> AppTest:
    """A new visitor who opens the page with this address."""
    return visitor.visit("compare", **address)


def component(app: AppTest, name: str) -> dict:
    """What a component of ours was last given."""
    (found,) = [e for e in app.main if getattr(e.proto, "component_name", "") == name]
    return json.loads(found.proto.json)


def table(app: AppTest) -> str:
    return component(app, "comparison_table")["table"]


def rows(html: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*>([^<]*)<small>', html)


def chart(app: AppTest) -> dict:
    (found,) = app.get("plotly_chart")
    return json.loads(found.proto.spec)


def shown(app: AppTest) -> list[str]:
    """Who is chosen in the list of places."""
    return list(app.multiselect(key="compare_places_lv").value)


# --- steps ---


def test_an_empty_page_says_what_to_do_and_an_example_fills_it():
    app = visit()
    assert app.info[0].value == LATVIAN["compare.start"]
    assert not app.get("plotly_chart")
    next(button for button in app.button if "Alsungas" in button.label).click().run()
    assert not app.exception
    assert shown(app) == [ALSUNGA, VECPIEBALGA]
    assert app.query_params["chosen"] == PAIR


def test_every_comparator_every_view_and_every_chart_can_be_chosen():
    app = visit(chosen=PAIR)
    for against in AGAINST[1:]:
        app.selectbox(key="compare_against_lv").set_value(against).run()
        assert not app.exception
        assert app.query_params["against"] == against
    wanted = rows(table(app))
    for view in ("all", "unlike", "own", "8", "services"):
        app.selectbox(key="compare_rows_lv").set_value(view).run()
        assert not app.exception
        assert app.query_params["rows"] == view
        assert rows(table(app)) != wanted or view == "own"
    for kind in CHARTS[1:]:
        app.button_group(key="compare_chart_lv").set_value(kind).run()
        assert not app.exception
        assert app.query_params["chart"] == kind
        assert chart(app)["layout"]["title"]["subtitle"]["text"], kind
        assert chart(app)["layout"]["title"]["text"].strip("<b>/")


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_names_the_chosen_by_number_and_name(kind):
    figure = chart(visit(chosen=PAIR, chart=kind, of="older_share"))
    said = json.dumps(figure, ensure_ascii=False)
    assert all(name in said for name in ("Alsungas pag", "Vecpiebalgas pag"))
    numbers = {mark for trace in figure["data"] for mark in trace.get("text") or [] if mark in ("1", "2")}
    assert numbers == {"1", "2"}


def test_the_language_switches_every_word_and_keeps_the_choices():
    app = visit(chosen=PAIR, rows="8", against="region", chart="profile")
    app.query_params["lang"] = "en"
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert app.title[0].value == messages("en")["compare.title"]
    assert {name: app.query_params[name] for name in ("rows", "against", "chart")} == {
        "rows": "8",
        "against": "region",
        "chart": "profile",
    }
    assert "Download" in table(app)


def test_places_are_those_of_the_map_page_and_go_back_there():
    app = visit(chosen=PAIR)
    app.multiselect(key="compare_places_lv").set_value([ALSUNGA, RIGA]).run()
    assert app.query_params["chosen"] == f"{ALSUNGA}~{RIGA}"
    app.switch_page("pages/map.py").run()
    assert not app.exception
    state = component(app, "map_panes")["state"]
    assert state["selected"] == [ALSUNGA, RIGA]
    assert len(state["panes"]) == 2
    app.switch_page("pages/compare.py").run()
    assert shown(app) == [ALSUNGA, RIGA]


def test_a_link_leaves_the_maps_of_the_map_page_as_they_were():
    app = visit()
    app.switch_page("pages/map.py")
    app.query_params["map1"] = "latency_ms"
    app.run()
    app.switch_page("pages/compare.py")
    app.query_params["chosen"] = PAIR
    app.run()
    assert shown(app) == [ALSUNGA, VECPIEBALGA]
    app.switch_page("pages/map.py").run()
    assert [pane["indicator"] for pane in component(app, "map_panes")["state"]["panes"]] == ["latency_ms"]


def test_a_step_back_takes_the_last_choice_back():
    app = visit(chosen=PAIR)
    app.selectbox(key="compare_rows_lv").set_value("8").run()
    app.query_params.pop("rows")
    app.run()
    assert app.selectbox(key="compare_rows_lv").value == "key"


# --- lists, similar parishes, conditions ---


def opened(app: AppTest, panel: str) -> AppTest:
    app.session_state[f"compare_{panel}"] = True
    return app.run()


def test_overlapping_lists_are_joined_once_and_that_is_said():
    app = opened(visit(chosen=ALSUNGA, lists="Skola~0~33400~33440"), "lists")
    app.text_input(key="compare_list_name").set_value("Kopā *visi*")
    app.multiselect(key="compare_list_members_lv").set_value(["=Skola", ALSUNGA, "LV0033450"])
    next(b for b in app.button if b.label == LATVIAN["compare.list_join"]).click().run()
    assert not app.exception
    (said,) = app.success
    assert "3 teritorijas" in said.value
    assert "1 teritorija bija vairākos sarakstos" in said.value
    assert shown(app) == [ALSUNGA, "=Kopā *visi*"]
    assert "Kopā *visi*~1~33400~33440~33450" in app.query_params["lists"]
    assert "Kopā *visi*" in table(app)
    assert any(r"Kopā \*visi\*" in words.value for words in app.markdown)


def test_a_list_without_a_name_or_a_member_is_refused():
    app = opened(visit(), "lists")
    next(b for b in app.button if b.label == LATVIAN["compare.list_join"]).click().run()
    assert app.error[0].value == LATVIAN["compare.list_empty"]
    assert "lists" not in app.query_params


def test_weights_of_features_change_who_is_alike_and_can_be_reset():
    app = opened(visit(chosen=ALSUNGA), "peers")
    before = app.dataframe[0].value
    assert len(before) == 11
    app.slider(key="compare_weight_centre_km").set_value(0).run()
    assert app.query_params["alike"] == "centre_km~0"
    after = app.dataframe[0].value
    assert not before.iloc[1:, 0].equals(after.iloc[1:, 0])
    next(b for b in app.button if b.label == LATVIAN["compare.peers_reset"]).click().run()
    assert "alike" not in app.query_params
    assert app.dataframe[0].value.equals(before)


def test_who_is_alike_can_be_put_beside():
    app = opened(visit(chosen=ALSUNGA), "peers")
    label = LATVIAN["compare.peers_add"].format(count="5")
    next(b for b in app.button if b.label == label).click().run()
    assert len(shown(app)) == MOST_SELECTED
    assert shown(app)[0] == ALSUNGA


def test_conditions_are_counted_mapped_and_kept_as_a_list(loaded):
    app = opened(visit(where="population_change_5y~least~0~~distance_grocery_km~most~3"), "conditions")
    own = component(app, "map_panes")
    answers = own["inline"]["values"]["compare_conditions"]["levels"]["unit"]["values"][0]
    assert [kind["label"] for kind in own["inline"]["indicators"][0]["categories"]] == [
        LATVIAN[f"compare.answer.{answer}"] for answer in ("yes", "unknown", "no")
    ]
    count = answers.count(0)
    assert 0 < count < 511
    assert any(re.match(rf"\*\*Nosacījumiem atbilst {count} pagast", words.value) for words in app.markdown)
    app.text_input(key="compare_passing_name").set_value("Aug")
    next(b for b in app.button if b.label == LATVIAN["compare.passing_save"]).click().run()
    assert app.query_params["lists"].startswith("Aug~0~")
    assert app.success


def test_a_new_condition_begins_in_the_middle_of_the_parishes():
    app = opened(visit(), "conditions")
    next(b for b in app.button if b.label == LATVIAN["compare.condition_add"]).click().run()
    indicator, bound, value = app.query_params["where"].split("~")
    assert (indicator, bound) == ("population_change_5y", "least")
    counted = next(words.value for words in app.markdown if words.value.startswith("**Nosacījumiem atbilst"))
    assert 200 < int(re.findall(r"\d+", counted)[0]) < 311
    app.number_input(key="compare_condition_0_value_lv").set_value(float(value) + 100).run()
    assert any(words.value == "**Nosacījumiem atbilst 0 pagastu no 511.**" for words in app.markdown)


# --- what is not there ---


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ({"chosen": f"{ALSUNGA}~LV9999999"}, "compare.problem.codes"),
        ({"chosen": ALSUNGA, "lists": "a~1~99999~33400"}, "compare.problem.codes"),
        ({"chosen": PAIR, "rows": "own", "indicators": "gone~older_share"}, "compare.problem.indicators"),
        ({"chosen": PAIR, "of": "gone"}, "compare.problem.indicators"),
        ({"chosen": PAIR, "where": "gone~least~1"}, "compare.problem.indicators"),
        (
            {"chosen": "~".join(f"LV00{code}" for code in (26410, 26420, 26430, 26440, 26450, 26460, 26470))},
            "compare.problem.many",
        ),
    ],
)
def test_what_a_link_asks_in_vain_is_said(address, key, loaded):
    if key == "compare.problem.many":
        parishes = loaded.snapshot.territories.query("kind == 'parish'")["code"][:7]
        address = {"chosen": "~".join(parishes)}
    app = visit(**address)
    (said,) = app.warning
    assert said.value.startswith(LATVIAN[key].partition("{")[0])
    assert 1 <= len(shown(app)) <= MOST_SELECTED


def test_nonsense_is_the_first_visit():
    app = visit(chosen="<script>", rows="?", chart="9", against="x", lists="~~~", alike="a~b", where="~", scope="0")
    assert app.info[0].value == LATVIAN["compare.start"]
    assert r"\<script\>" in app.warning[0].value


def test_nothing_to_compare_with_is_a_sentence():
    app = visit(chosen=RIGA, against="municipality")
    assert any("Rīga" in said.value and "nav ar ko" in said.value for said in app.info)
    app = visit(chosen=f"{KULDIGA}~{RIGA}", against="peers")
    assert any("Kuldīgas novads, Rīga" in said.value for said in app.info)


def test_a_long_state_goes_into_a_file(loaded):
    units = loaded.snapshot.territories.query("kind == 'parish'")["code"][::2]
    codes = "~".join(code.removeprefix("LV00") for code in units)
    app = visit(chosen=ALSUNGA, lists=f"Daudz~0~{codes}")
    assert any(words.value == LATVIAN["compare.link_too_long"].format(most="1\u00a0500") for words in app.caption)
    assert not [e for e in app.main if getattr(e.proto, "component_name", "") == "share_link"]


# --- figures ---


@pytest.fixture
def compared(loaded, monkeypatch: pytest.MonkeyPatch):
    """Compares places by their codes (or lists, as one area) without a page."""
    monkeypatch.setattr(text, "language", lambda: "lv")
    found = scores.reckon(loaded, DECLARED)

    def make(*who: str | NamedList, against="rural"):
        places = [joined(one) if isinstance(one, NamedList) else place(loaded, one) for one in who]
        return compare(loaded, found, places, against, {})

    return make


def test_an_area_of_a_municipality_has_its_figures_and_a_score(compared, loaded):
    units = loaded.snapshot.territories.query("level == 'unit' and parent == @KULDIGA")["code"]
    area = NamedList("Viss", tuple(units), joined=True)
    table = compared(KULDIGA, area).figures.value
    plain = [name for name in table if not name.startswith("reference_") and name not in SCORES]
    assert table.loc["=Viss", plain].to_numpy(float) == pytest.approx(
        table.loc[KULDIGA, plain].to_numpy(float), nan_ok=True
    )
    assert table.loc["=Viss", list(SCORES)].to_numpy(float) == pytest.approx(
        table.loc[KULDIGA, list(SCORES)].to_numpy(float)
    )
    assert 1 <= table.loc["=Viss", "digital"] <= 100


def test_a_place_in_the_ranks_holds_its_own_rank_and_areas_hold_none(compared, loaded):
    found = compared(ALSUNGA, VECPIEBALGA, KULDIGA)
    standing = scores.standing(found.found, "digital", scores.within(loaded, "parishes", None))
    for code in (ALSUNGA, VECPIEBALGA):
        cell = found.cells[code, "digital"]
        assert (cell.first, cell.last) == (standing.loc[code, "first"], standing.loc[code, "last"])
    assert math.isnan(found.cells[KULDIGA, "older_share"].first)
    assert not math.isnan(found.cells[ALSUNGA, "older_share"].first)


def test_counts_are_held_against_a_place_but_not_against_many_together(compared):
    assert compared(ALSUNGA, VECPIEBALGA).cells[ALSUNGA, "residents"].verdict is None
    beside = compared(ALSUNGA, VECPIEBALGA, against="first").cells[VECPIEBALGA, "residents"]
    assert beside.difference == -61


@pytest.mark.parametrize("against", AGAINST)
def test_every_comparator_gives_a_parish_its_differences(against, compared):
    found = compared(ALSUNGA, VECPIEBALGA, against=against)
    held = [code for code in (ALSUNGA, VECPIEBALGA) if found.others[code]]
    assert held == ([VECPIEBALGA] if against == "first" else [ALSUNGA, VECPIEBALGA])
    assert found.differences.value.loc[held[0], "older_share"] == pytest.approx(
        found.figures.value.loc[held[0], "older_share"] - found.figures.value.loc[found.others[held[0]], "older_share"]
    )
    if against in ("rural", "country"):
        assert found.others[ALSUNGA] == (RURAL if against == "rural" else COUNTRY)


def test_the_table_holds_every_row_with_what_it_is_sorted_by_and_escapes_names(compared):
    found = compared(ALSUNGA, NamedList("<b>&\"'", (VECPIEBALGA,), joined=True))
    html = as_html(found, list(found.entries), grouped=True)
    assert '<b>&"' not in html
    assert "&lt;b&gt;&amp;&quot;&#x27;" in html
    assert len(rows(html)) == len(found.entries)
    keys = [json.loads(row.replace("&quot;", '"')) for row in re.findall(r'data-row="([^"]*)"', html)]
    assert all(len(key) == 4 for key in keys)
    assert html.count('role="img"') == len(found.entries)


def test_pairs_that_can_be_told_apart_are_counted(compared, loaded):
    codes = list(loaded.snapshot.territories.query("level == 'unit' and parent == @KULDIGA")["code"])
    found = compared(ALSUNGA)
    apart, pairs = told_apart(loaded, found, "residents", codes)
    assert pairs == len(codes) * (len(codes) - 1) // 2
    assert apart == pairs  # no two of these have as many residents
    apart, pairs = told_apart(loaded, found, "digital", codes)
    assert 0 <= apart < pairs


# --- sentences ---

SHARE = Entry("a", "Daļa", "Daļa", "%", 1, "higher", "linear", "people", "2023", "")
SPEED = Entry("b", "Ātrums", "Ātrums", "Mbit/s", 0, "higher", "log", "8", "2023", "")
SCORE = Entry("digital", "Punkti", "Punkti", "punkti", 1, "higher", "linear", "scores", "2023", "")
BOTH = ("Alsunga", "Renda")


@pytest.mark.parametrize(
    ("entry", "values", "verdict", "said"),
    [
        (SPEED, (56.0, 50.0), "more", "Ātrums: Alsunga – 56 Mbit/s, Renda – 50 Mbit/s; par 12 % vairāk."),
        (SPEED, (40.0, 50.0), "less", "Ātrums: Alsunga – 40 Mbit/s, Renda – 50 Mbit/s; par 20 % mazāk."),
        (SPEED, (250.0, 50.0), "more", "Ātrums: Alsunga – 250 Mbit/s, Renda – 50 Mbit/s; par 200 Mbit/s vairāk."),
        (SHARE, (3.4, 0.0), "more", "Daļa: Alsunga – 3,4 %, Renda – 0,0 %; par 3,4 procentpunktiem vairāk."),
        (SHARE, (0.1, 0.0), "more", "Daļa: Alsunga – 0,1 %, Renda – 0,0 %; par 0,1 procentpunktu vairāk."),
        (SHARE, (21.0, 0.0), "more", "Daļa: Alsunga – 21,0 %, Renda – 0,0 %; par 21,0 procentpunktu vairāk."),
        (SHARE, (-2.0, -1.0), "less", "Daļa: Alsunga – −2,0 %, Renda – −1,0 %; par 1,0 procentpunktu mazāk."),
        (SHARE, (-0.04, 0.0), "equal", "Daļa: Alsunga un Renda – vienādi (0,0 %)."),
        (SHARE, (5.0, 5.0), "equal", "Daļa: Alsunga un Renda – vienādi (5,0 %)."),
        (SCORE, (52.5, 50.0), "more", "Punkti: Alsunga – 52,5 punkti, Renda – 50,0 punkti; par 2,5 punktiem vairāk."),
        (SHARE, (8.0, 5.0), "alike", "Daļa: Alsunga – 8,0 %, Renda – 5,0 %; neatšķirami, jo starpība var būt nejauša."),
        (SHARE, (math.nan, 5.0), None, "Daļa: nevar salīdzināt, vērtības nav: Alsunga."),
        (SHARE, (math.nan, math.nan), None, "Daļa: nevar salīdzināt, vērtības nav: Alsunga un Renda."),
    ],
)
def test_latvian_sentences(entry, values, verdict, said, monkeypatch):
    monkeypatch.setattr(text, "language", lambda: "lv")
    assert sentence(entry, BOTH, values, verdict).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("key", "forms"),
    [
        (
            "compare.passing",
            {
                0: "Nosacījumiem atbilst 0 pagastu no 511.",
                1: "Nosacījumiem atbilst 1 pagasts no 511.",
                2: "Nosacījumiem atbilst 2 pagasti no 511.",
                21: "Nosacījumiem atbilst 21 pagasts no 511.",
            },
        ),
        (
            "compare.passing_unknown",
            {
                1: "Par 1 pagastu to nevar pateikt, jo trūkst datu.",
                2: "Par 2 pagastiem to nevar pateikt, jo trūkst datu.",
                21: "Par 21 pagastu to nevar pateikt, jo trūkst datu.",
            },
        ),
        (
            "compare.said.alike_count",
            {
                1: "1 rādītājā no 511 vietas nav atšķiramas: starpības nav vai tā var būt nejauša.",
                2: "2 rādītājos no 511 vietas nav atšķiramas: starpības nav vai tā var būt nejauša.",
                21: "21 rādītājā no 511 vietas nav atšķiramas: starpības nav vai tā var būt nejauša.",
            },
        ),
    ],
)
def test_latvian_counts(key, forms, monkeypatch):
    monkeypatch.setattr(text, "language", lambda: "lv")
    assert {count: text.trn(key, count, all="511") for count in forms} == forms


def test_the_question_of_two_parishes_is_answered(compared, loaded):
    found = compared(ALSUNGA, VECPIEBALGA)
    said = summary(loaded, found, [name for name in found.entries if found.entries[name].group == "8"])
    # the speeds rest on few tests: not one of them can be told apart
    assert said[0].startswith("Piekļuves vieta 5 km attālumā: Vecpiebalgas pagasts")
    assert said[-1] == "5 rādītājos no 6 vietas nav atšķiramas: starpības nav vai tā var būt nejauša."
    assert summary(loaded, found, []) == [LATVIAN["compare.said.nothing"]]


def test_what_is_shown_first_exists(loaded):
    assert set(KEY_INDICATORS) <= set(comparison.latest(loaded).periods)

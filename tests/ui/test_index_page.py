"""The page of the two factors: what happens from one step to the next, on the embedded snapshot."""

from __future__ import annotations

import json
from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from data.model import DataError
from indicators.success import FACTORS, HIGHEST_WEIGHT, OVERALL, VERSION, declared
from indicators.weighting import DECLARED, FORMAT, Weighting, decode, differing, encode, from_file, to_file
from tests.ui import visitor
from ui import scores
from ui.text import LANGUAGES, alphabetical, messages

LATVIAN = messages("lv")
MOVED = "index_download_mbps"


def visit(**address: str) -> AppTest:
    """A new visitor of the page with this address."""
    return visitor.visit("index", timeout=120, **address)


def given(app: AppTest) -> dict:
    """What the maps were last given."""
    (found,) = [
        json.loads(element.proto.json)
        for element in app.main
        if getattr(element.proto, "component_name", "") == "map_panes"
    ]
    return found


def figures(app: AppTest, name: str = "score_digital") -> list[int | None]:
    return given(app)["inline"]["values"][name]["levels"]["unit"]["values"][0]


def words(app: AppTest) -> str:
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


@cache
def usual() -> list[int | None]:
    """The scores of a first visit."""
    return figures(visit())


@pytest.mark.parametrize(("language", "eighth"), [("lv", "12,5"), ("en", "12.5%")])
def test_the_page_says_its_version_what_the_figures_are_not_and_shares_that_add_up(language, eighth):
    app = visit(lang=language)
    said = messages(language)
    assert app.title[0].value == said["index.title"]
    assert said["index.caution.modelled"] in words(app)
    assert VERSION in words(app)
    assert said["index.changed"] not in words(app)
    other = messages("en" if language == "lv" else "lv")
    assert other["index.title"] not in words(app)
    assert sum(eighth in slider.label for slider in app.slider) == 3


def test_a_slider_changes_the_scores_of_its_factor_and_the_address_and_a_step_back_takes_it_back():
    """Both factors stand beside each other in the same classes, which stay as they are."""
    app = visit()
    before, state, epoch = figures(app), given(app)["state"], given(app)["epoch"]
    other, weight = figures(app, "score_data_based"), app.slider(key=MOVED).value
    assert [pane["indicator"] for pane in state["panes"]] == [f"score_{factor.id}" for factor in FACTORS]
    assert state["panes"][0]["breaks"] == state["panes"][1]["breaks"]
    assert state["panes"][0]["method"] == "manual"
    app.slider(key=MOVED).set_value(2).run()
    assert not app.exception
    assert figures(app) != before
    assert figures(app, "score_data_based") == other
    assert given(app)["state"] == state
    assert given(app)["epoch"] == epoch
    assert app.query_params["weights"] == "download_mbps~2"
    app.query_params.pop("weights")
    app.run()
    assert app.slider(key=MOVED).value == weight
    assert figures(app) == before
    assert "weights" not in app.query_params


def test_reset_and_undo_lead_back():
    app = visit()
    before = figures(app)
    app.slider(key=MOVED).set_value(3).run()
    app.slider(key=MOVED).set_value(1).run()
    app.slider(key="index_latency_ms").set_value(0).run()
    undo = next(button for button in app.button if button.label == LATVIAN["index.undo"])
    undo.click().run()
    assert (app.slider(key=MOVED).value, app.slider(key="index_latency_ms").value) == (1, 5)
    next(button for button in app.button if button.label == LATVIAN["index.reset"]).click().run()
    assert app.slider(key=MOVED).value == 10
    assert figures(app) == before
    assert "weights" not in app.query_params


def test_a_part_is_taken_out_and_put_back():
    app = visit(weights="download_mbps~4")
    kept = figures(app)
    app.button(key="index_toggle_download_mbps").click().run()
    assert app.slider(key=MOVED).value == 0
    assert app.slider(key=MOVED).label == LATVIAN["index.weight_out"].format(name="Lejupielāde")
    assert app.button(key="index_toggle_download_mbps").label == LATVIAN["index.put_back"]
    assert figures(app) == figures(visit(weights="download_mbps~0")) != kept
    next(button for button in app.button if button.label == LATVIAN["index.undo"]).click().run()
    assert figures(app) == kept
    for weight in (0, 10):  # put back as declared, not as it was
        app.button(key="index_toggle_download_mbps").click().run()
        assert app.slider(key=MOVED).value == weight
    assert "weights" not in app.query_params
    idle = next(name for name, weight in declared().items() if not weight)  # put in with the highest
    app.button(key=f"index_toggle_{idle}").click().run()
    assert app.slider(key=f"index_{idle}").value == HIGHEST_WEIGHT


def test_an_address_brings_every_choice_and_the_language_its_words():
    app = visit(weights="download_mbps~3~skills_score~0", scaling="prank", among="units", show="rank", factor=OVERALL)
    assert app.slider(key=MOVED).value == 3
    assert app.slider(key="index_skills_score").value == 0
    assert app.selectbox(key="index_scaling_lv").value == "prank"
    assert [pane["indicator"] for pane in given(app)["state"]["panes"]] == ["rank_digital", "rank_data_based"]
    assert LATVIAN["index.among_warning"] in words(app)
    assert app.query_params["weights"] == "download_mbps~3~skills_score~0"
    assert app.query_params["factor"] == OVERALL
    assert app.session_state["index_factor_lv"] == OVERALL
    app.selectbox(key="index_scaling_lv").set_value("zscore").run()
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    assert app.selectbox(key="index_scaling_en").value == "zscore"
    assert messages("en")["index.option.goalposts"] in app.selectbox(key="index_scaling_en").options
    assert app.session_state["index_factor_en"] == OVERALL


def test_a_bogus_address_is_the_declared_index():
    bogus = {"weights": "x~1~download_mbps~99~latency_ms~-1~upload_mbps~²", "scaling": "../..", "among": "<script>"}
    app = visit(**bogus, show="9", chosen="LV9")
    assert figures(app) == usual()


def test_the_reference_set_changes_ranks_and_leaves_scores_and_the_best_are_darkest(loaded):
    app = visit(show="rank")
    ranks = figures(app, "rank_digital")
    assert {entry.get("darker") for entry in given(app)["inline"]["indicators"]} == {"lower"}
    app.query_params["among"] = scores.sets(loaded)[-1]
    app.run()
    assert not app.exception
    assert figures(app, "rank_digital") != ranks
    app.button_group(key="index_show_lv").set_value("score").run()
    assert figures(app) == usual()
    assert {entry.get("darker") for entry in given(app)["inline"]["indicators"]} == {None}


def test_without_any_weight_the_page_says_so_and_can_be_mended():
    app = visit(weights="~".join(f"{code}~0" for code in declared()))
    assert LATVIAN["index.nothing"] in words(app)
    next(button for button in app.button if button.label == LATVIAN["index.reset"]).click().run()
    assert not app.exception
    assert figures(app) == usual()


def test_one_factor_without_weights_leaves_the_other():
    app = visit(weights="completeness_score~0~quality_score~0~timeliness_score~0")
    assert [pane["indicator"] for pane in given(app)["state"]["panes"]] == ["score_digital"]
    app.slider(key="index_quality_score").set_value(5).run()
    assert not app.exception
    assert len(given(app)["state"]["panes"]) == 2


def test_chosen_places_are_explained_and_compared(loaded):
    table = scores.reckon(loaded, DECLARED).scored.scores["digital"].dropna().sort_values()
    shown = words(visit(chosen=f"{table.index[0]}~{table.index[-1]}"))
    assert LATVIAN["index.strengths"] in shown
    assert LATVIAN["index.weaknesses"] in shown
    assert "ir augstāk nekā" in shown


def test_a_place_without_a_score_is_told_why_and_named_in_the_comparison(loaded):
    declared = scores.reckon(loaded, DECLARED).scored
    missing = declared.gaps["digital"].dropna().index[0]
    shown = words(visit(chosen=f"{declared.scores['digital'].idxmax()}~{missing}"))
    assert LATVIAN["index.missing_title"] in shown
    assert any(line.startswith("- ") and line.endswith(f": {LATVIAN['index.no_score']}") for line in shown.split("\n"))
    assert shown.count(LATVIAN["index.no_score"]) > 1


def test_a_town_has_no_peers_and_is_compared_with_all_parishes(loaded):
    town = scores.units(loaded).query("kind != 'parish'").index[0]
    app = visit(chosen=str(town), among="peers")
    assert LATVIAN["index.peers_none"].partition("{name}")[2] in words(app)
    assert scores.within(loaded, "peers", str(town)).equals(scores.within(loaded, "parishes", None))


def test_a_factor_without_weight_is_named_and_needs_no_caution():
    app = visit(factor=OVERALL, weights="digital~0~coverage_score~0~skills_score~0")
    assert LATVIAN["index.idle"].format(factors=FACTORS[0].title["lv"]) in words(app)
    assert LATVIAN["index.caution.modelled"] not in words(app)


def test_municipalities_stand_in_the_order_of_the_alphabet(loaded):
    table = scores.units(loaded)
    names = dict(zip(table["parent"], table["municipality"], strict=True))
    shown = [names[code] for code in scores.sets(loaded) if code in names]
    assert shown == sorted(shown, key=alphabetical)
    assert shown != sorted(shown)


def test_changed_weights_are_named_wherever_a_score_is_stamped_and_survive_another_page_like_the_selection():
    chosen = "LV0001000"
    app = visit(weights="download_mbps~4", chosen=chosen)
    assert LATVIAN["index.changed"] in words(app)
    assert all(LATVIAN["index.map.changed"] in entry["title"] for entry in given(app)["inline"]["indicators"])
    app.switch_page("pages/sources.py").run()
    app.switch_page("pages/index.py").run()
    assert not app.exception
    assert app.slider(key=MOVED).value == 4
    assert given(app)["state"]["selected"] == [chosen]
    assert app.query_params["weights"] == "download_mbps~4"


def test_shares_add_up_in_every_factor(loaded):
    shares = scores.reckon(loaded, DECLARED).shares
    for factor in FACTORS:
        assert sum(shares[own.id] for own in factor.dimensions) == pytest.approx(1)
        assert sum(shares[name] for own in factor.dimensions for name in own.weights) == pytest.approx(1)
    assert sum(shares[factor.id] for factor in FACTORS) == pytest.approx(1)


def test_a_file_of_weights_comes_back_as_it_was_saved():
    chosen = Weighting(scaling="zscore", between="hmean").with_weights({"download_mbps": 0, "skills_score": 3})
    assert from_file(to_file(chosen, {"edition": "2024-01-01"})) == chosen
    assert decode(encode(chosen)) == chosen
    assert encode(DECLARED) == {}


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"\xff\xfe\x00", ["json"]),
        (b"[" * 15_000, ["json"]),
        (b" " * 30_000, ["size"]),
        (b'{"weights": {"a": 1, "a": 2}}', ["twice"]),
        (b'{"weights": {}}', ["format"]),
        (b"[]", ["format"]),
        (json.dumps({"format": FORMAT}).encode(), ["weights"]),
        (
            json.dumps(
                {
                    "format": FORMAT,
                    "scaling": ["x"],
                    "weights": {"../etc": 1, "download_mbps": 11, "upload_mbps": True, "latency_ms": 2.5},
                }
            ).encode(),
            ["option", "unknown", "number", "number", "number"],
        ),
    ],
)
def test_a_bad_file_is_refused_with_all_its_faults(content, kinds):
    with pytest.raises(DataError) as bad:
        from_file(content)
    assert [fault.kind for fault in bad.value.faults] == kinds
    for language in LANGUAGES:
        assert all(f"index.fault.{kind}" in messages(language) for kind in kinds)


def test_what_stands_in_a_bad_file_can_be_shown():
    weights = '"\\ud800": 1, "a\\u0000\\u202e\\nb": 1, "\\ud801": 1, "\\ud801": 1'
    for given in (weights, weights.partition(', "\\ud801"')[0]):
        with pytest.raises(DataError) as bad:
            from_file(f'{{"format": "{FORMAT}", "weights": {{{given}}}}}'.encode())
        assert all(fault.place.isprintable() and fault.place.encode() for fault in bad.value.faults)


def test_a_file_of_another_edition_is_told_from_one_of_this():
    stamp = {"index": VERSION, "edition": "2024-01-01"}
    assert differing(to_file(DECLARED, stamp), stamp) == []
    assert differing(to_file(DECLARED, stamp), {**stamp, "edition": "2025-01-01"}) == ["edition"]


def test_a_bad_file_changes_nothing_and_says_what_is_wrong_and_a_good_one_sets_the_sliders():
    app = visit()
    bad = json.dumps({"format": FORMAT, "weights": {"nobody": 1, "download_mbps": "7"}}).encode()
    app.file_uploader(key="index_file").upload("weights.json", bad, "application/json").run()
    assert not app.exception
    (error,) = app.error
    assert "`nobody`" in error.value
    assert "`download_mbps`" in error.value
    assert figures(app) == usual()
    good = to_file(DECLARED.with_weights({"download_mbps": 1}), {"edition": "1999-01-01"})
    app.file_uploader(key="index_file").upload("weights.json", good, "application/json").run()
    assert not app.exception
    assert not app.error
    assert app.slider(key=MOVED).value == 1
    assert app.query_params["weights"] == "download_mbps~1"
    assert app.success[0].value == LATVIAN["index.loaded"]
    assert LATVIAN["index.loaded_other"] in words(app)
    app.slider(key=MOVED).set_value(2).run()
    assert not app.success

"""Stories: read back as they were written, hostile files, the ready story of every municipality, and the page."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.paths import ROOT
from reports.profile_maps import Shapes
from reports.words import LANGUAGES, words
from tests.conftest import times
from tests.ui.visitor import visit
from ui.address import default
from ui.stories.generated import _Teller, generated
from ui.stories.guess import answer, answerable
from ui.stories.player import played, texts
from ui.stories.scored import known
from ui.stories.story import KINDS, MOST_BYTES, MOST_SLIDES, FaultKind, Slide, Story, StoryError, read, write
from ui.text import messages

SIGULDA, INCUKALNS, RIGA = "LV0048000", "LV0048410", "LV0001000"
LATVIAN = messages("lv")


@pytest.fixture(scope="module")
def may(loaded):
    return known(loaded)


@pytest.fixture(scope="module")
def sigulda(loaded) -> Story:
    return generated(loaded, SIGULDA, "lv")


def slide(may, title: str = "Skats") -> Slide:
    return Slide("view", default(may), title, "Teikums.", "Piezīmes.\nOtra rinda.")


def three(may) -> Story:
    return Story("Stāsts", "lv", tuple(slide(may, title) for title in "abc"))


def titles(story: Story) -> str:
    return "".join(slide.title for slide in story.slides)


def value(loaded, indicator: str, territory: str, period: str, level: str) -> float:
    rows = loaded.values
    found = rows[
        (rows["indicator"] == indicator)
        & (rows["territory"] == territory)
        & (rows["period"] == period)
        & (rows["level"] == level)
    ]
    (only,) = found["value"]
    return float(only)


# --- the model ---


def test_a_story_is_read_back_as_it_was_written(may, sigulda):
    assert read(write(sigulda, "2024-01-01"), may) == sigulda
    assert {slide.kind for slide in sigulda.slides} == {"view", "before_after", "guess"}


def test_slides_move_go_and_come_back(may):
    story = three(may)
    assert titles(story.moved(0, 1)) == "bac"
    assert titles(story.moved(2, -1)) == "acb"
    assert titles(story.moved(0, -1)) == titles(story.moved(2, 1)) == "abc"
    assert titles(story.moved(0, 1).moved(1, -1)) == "abc"
    assert titles(story.without(1)) == "ac"
    assert titles(story.changed(1, slide(may, "x"))) == "axc"
    full = Story("", "lv", (slide(may),) * MOST_SLIDES)
    assert full.full
    assert full.added(slide(may)) is full
    assert titles(story.added(slide(may, "d"))) == "abcd"


def broken(may, **changes: object) -> bytes:
    """A written story of three slides with the second one changed; a key that ends in `_` is changed in the story."""
    content = json.loads(write(three(may), ""))
    for name, value in changes.items():
        if name.endswith("_"):
            content[name[:-1]] = value
        else:
            content["slides"][1][name] = value
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'{"format": ' + b"9" * 5000 + b"}", "unreadable"),
        (b"[]", "format"),
        (b'{"format": "comparison"}', "format"),
        (b'{"format": "smart-villages-story", "version": 2}', "version"),
        (b'{"format": "smart-villages-story", "version": 1, "slides": {}}', "empty"),
        (b" " * (MOST_BYTES + 1), "large"),
    ],
)
def test_a_file_that_is_no_story_is_refused(may, content, kind):
    with pytest.raises(StoryError) as refused:
        read(content, may)
    assert (refused.value.kind, refused.value.slide) == (kind, 0)


@pytest.mark.parametrize(
    ("changes", "kind", "what"),
    [
        ({"kind": "script"}, "slide", "script"),
        ({"state": "x"}, "slide", ""),
        ({"state": {"panes": []}}, "slide", ""),
        ({"state": {"panes": [{"indicator": "<b>" + "x" * 100}]}}, "indicator", "<b>" + "x" * 57),
        ({"state": {"panes": [{"indicator": ["density"]}]}}, "indicator", "['density']"),
        ({"kind": "before_after", "before": "1066"}, "slide", "1066"),
        ({"kind": "guess", "territory": "LV9999999"}, "territory", "LV9999999"),
        ({"kind": "guess"}, "territory", "None"),
    ],
)
def test_a_broken_slide_is_named(may, changes, kind, what):
    with pytest.raises(StoryError) as refused:
        read(broken(may, **changes), may)
    assert (refused.value.kind, refused.value.slide, refused.value.what) == (kind, 2, what)


def test_too_many_slides_are_refused(may):
    many = json.loads(write(three(may), ""))["slides"][:1] * (MOST_SLIDES + 1)
    with pytest.raises(StoryError) as refused:
        read(broken(may, slides_=many), may)
    assert refused.value.kind == "many"


def test_words_of_a_file_are_cut_and_cleaned_and_its_state_made_sane(may):
    state = {"panes": [{"indicator": "density", "classes": 99}], "selected": ["nobody"] * 50, "view": {"x": "a"}}
    second = read(broken(may, title="a\u202eb\x00" + "c" * 500, notes=5, state=state), may).slides[1]
    assert second.title == "ab" + "c" * 118
    assert second.notes == ""
    assert second.state["panes"][0]["classes"] == 5
    assert second.state["selected"] == []
    assert second.state["view"] is None
    assert read(broken(may, language_="xx"), may).language == "lv"


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_every_fault_has_words(kind):
    assert "{file}" in LATVIAN[f"story.fault.{kind}"]


# --- guesses ---


def test_the_true_fifth_is_that_of_the_parishes_in_order(loaded):
    rows = loaded.values[(loaded.values["indicator"] == "older_share") & (loaded.values["level"] == "unit")]
    kinds = loaded.snapshot.territories.set_index(["level", "code"])["kind"].loc["unit"]
    rows = rows[(rows["period"] == "2023") & rows["value"].notna() & (rows["territory"].map(kinds) == "parish")]
    shares = rows.set_index("territory")["value"].round(1).sort_values()
    limits = np.quantile(shares, [0.2, 0.4, 0.6, 0.8])
    for code in (shares.index[0], shares.index[len(shares) // 2], shares.index[-1], INCUKALNS):
        found = answer(loaded, "older_share", code)
        assert found is not None
        assert found.fifth == 1 + int((shares[code] > limits).sum())
        assert found.period == "2023"
    assert {answer(loaded, "older_share", code).fifth for code in (shares.index[0], shares.index[-1])} == {1, 5}  # pyright: ignore[reportOptionalMemberAccess]


def test_there_is_no_answer_where_there_are_no_fifths(loaded):
    assert answer(loaded, "residents", INCUKALNS) is None, "counts are circles"
    assert answer(loaded, "urbanisation", INCUKALNS) is None, "three degrees make no fifths"
    assert answer(loaded, "older_share", SIGULDA) is None, "a municipality is no unit"
    assert answer(loaded, "nonsense", INCUKALNS) is None
    assert answerable(loaded, "urbanisation") == []
    assert {RIGA, INCUKALNS} <= set(answerable(loaded, "older_share"))


# --- the ready story ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_municipality_has_ten_slides_of_whole_sentences(loaded, may, language):
    """Every sixth of them in each language, other ones in the other; all of them in a thorough run."""
    municipalities = sorted(may.municipalities)
    assert len(municipalities) == 43
    every = times(6, 1)
    for code in municipalities[LANGUAGES.index(language) % every :: every]:
        story = generated(loaded, code, language)
        assert [slide.kind for slide in story.slides].count("guess") == 1, code
        assert [slide.kind for slide in story.slides].count("before_after") == 1, code
        assert len(story.slides) == 10, code
        for made in story.slides:
            assert made.title
            assert made.notes
            assert made.sentence.endswith((".", "?")), made.sentence
            said = f"{made.title} {made.sentence} {made.notes}"
            assert not [wrong for wrong in ("nan", "None", "{", "}", "–)", "inf ") if wrong in said], said
        assert None not in [slide["answer"] for slide in played(story, loaded, language)["slides"][2:3]]
        assert read(write(story, ""), may) == story


def test_its_figures_are_those_of_the_data(loaded, sigulda):
    say = words("lv")
    then, now = (value(loaded, "residents", SIGULDA, year, "municipality") for year in ("2011", "2024"))
    there = [value(loaded, "residents", "LV", year, "country") for year in ("2011", "2024")]
    grown, shrunk = 100 * (now - then) / then, 100 * (there[0] - there[1]) / there[0]
    assert sigulda.slides[1].sentence == (
        f"No 2011. līdz 2024. gada sākumam deklarēto iedzīvotāju skaits pieauga par {say.amount(grown, 1, '%')}: "
        f"no {say.number(then)} uz {say.number(now)}. Latvijā tas samazinājās par {say.amount(shrunk, 1, '%')}."
    )
    own, country = (
        round(value(loaded, "older_share", code, "2023", level), 1)
        for code, level in ((SIGULDA, "municipality"), ("LV", "country"))
    )
    assert own < country
    assert sigulda.slides[3].sentence == (
        f"Iedzīvotāji virs darbspējas vecuma: {say.amount(own, 1, '%')} (2023) – "
        f"par {say.number(country - own, 1)} procentpunktiem mazāk nekā Latvijā vidēji ({say.amount(country, 1, '%')})."
    )
    tests = value(loaded, "broadband_tests", SIGULDA, "2023-Q2", "municipality")
    assert f"{say.number(tests)} testi" in sigulda.slides[5].sentence
    assert "aplēse" in sigulda.slides[6].sentence


def test_the_municipality_is_seen_whole_and_the_map_keeps_to_the_country(loaded):
    shapes = Shapes.of(loaded.snapshot.geometry)
    width, height = shapes.size
    for code in ("LV0037000", "LV0027000", RIGA):
        left, top, right, bottom = shapes.box("municipality", code)
        view = generated(loaded, code, "lv").slides[3].state["view"]
        assert view is not None
        half_x, half_y = width / (2 * view["k"]), height / (2 * view["k"])
        assert view["x"] - half_x <= left
        assert right <= view["x"] + half_x
        assert view["y"] - half_y <= top
        assert bottom <= view["y"] + half_y
        assert view["x"] - half_x >= -1
        assert view["x"] + half_x <= width + 1


def test_the_guess_is_about_the_largest_parish(loaded, sigulda):
    parishes = loaded.snapshot.territories.query(f"parent == '{SIGULDA}' and kind == 'parish'")["code"]
    counted = {code: value(loaded, "residents", code, "2024", "unit") for code in parishes}
    asked = sigulda.slides[2]
    assert asked.territory == max(counted, key=counted.__getitem__) == INCUKALNS
    assert asked.state["filter"]["rural"], "parishes are compared with parishes, on the map too"
    share = words("lv").amount(value(loaded, "older_share", INCUKALNS, "2023", "unit"), 1, "%")
    true = answer(loaded, "older_share", INCUKALNS)
    assert true is not None
    told = played(sigulda, loaded, "lv")["slides"][2]["answer"]
    assert told == {"fifth": true.fifth, "words": f"Inčukalna pagasts, Siguldas novads: {share} (2023)"}


def test_what_has_no_data_gives_way_to_another_slide(loaded, monkeypatch):
    usual = _Teller.figure
    absent = {"download_mbps", "basic_skills_share", "income_tax_payers_share"}
    monkeypatch.setattr(_Teller, "figure", lambda self, name: None if name in absent else usual(self, name))
    story = generated(loaded, RIGA, "lv")
    shown = [slide.state["panes"][0]["indicator"] for slide in story.slides]
    assert len(shown) == 10
    assert absent.isdisjoint(shown)
    assert shown[5:7] == ["unemployed_share", "births_rate"]


def test_an_unknown_municipality_is_refused(loaded):
    with pytest.raises(KeyError):
        generated(loaded, INCUKALNS, "lv")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_player_is_given_every_word_it_says(language):
    code = "".join(
        (ROOT / "ui" / "stories" / name).read_text(encoding="utf-8") for name in ("player.js", "presenter.js")
    )
    asked = {word for word in messages("lv", "story.play.") if f'"{word}"' in code}
    assert len(asked) > 15
    assert asked | {f"story.play.fifth.{fifth}" for fifth in range(1, 6)} <= texts(language).keys()


# --- the page ---


def press(app: AppTest, word: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == LATVIAN[word]]
    return button.click().run()


def to_page(app: AppTest, page: str, **address: str) -> AppTest:
    app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def field(app: AppTest, name: str):
    (found,) = [one for one in (*app.text_input, *app.text_area) if one.label == LATVIAN[f"story.field.{name}"]]
    return found


def become(app: AppTest, kind: str) -> Slide:
    """Make the slide one of another kind."""
    (control,) = [one for one in app.button_group if one.options == [LATVIAN[f"story.kind.{kind}"] for kind in KINDS]]
    control.set_value(kind).run()
    assert not app.exception
    return drafted(app).slides[0]


def drafted(app: AppTest) -> Story:
    return app.session_state["story_draft"]


def test_the_page_begins_empty_and_says_how_to_begin():
    app = visit("story")
    assert [info.value for info in app.info] == [LATVIAN["story.empty"]]


def test_views_are_recorded_edited_moved_deleted_and_brought_back():
    app = visit("map", map1="older_share~2023", chosen=INCUKALNS)
    press(app, "story.record")
    assert app.toast[0].value == "Skats saglabāts. Stāstā tagad ir 1 skats."
    to_page(app, "map", map1="density~2024")
    press(app, "story.record")
    assert app.toast[0].value == "Skats saglabāts. Stāstā tagad ir 2 skati."
    to_page(app, "story")
    first, second = (slide.title for slide in drafted(app).slides)
    assert first == "Virs darbspējas vecuma: Inčukalna pagasts, Siguldas novads"
    assert second.startswith("Iedzīvotāju blīvums")
    field(app, "sentence").set_value("Cik te ir cilvēku?").run()
    assert drafted(app).slides[1].sentence == "Cik te ir cilvēku?"
    press(app, "story.up")
    assert [slide.title for slide in drafted(app).slides] == [second, first]
    assert field(app, "sentence").value == "Cik te ir cilvēku?", "the moved slide is still the one being edited"
    press(app, "story.delete")
    assert [slide.title for slide in drafted(app).slides] == [first]
    press(app, "story.undo")
    assert [slide.title for slide in drafted(app).slides] == [second, first]
    app.query_params["lang"] = "en"
    app.run()
    assert len(drafted(app).slides) == 2
    assert not app.exception


def test_a_slide_becomes_a_question_and_before_and_after():
    app = visit("map", map1="older_share~2023", chosen=INCUKALNS)
    press(app, "story.record")
    to_page(app, "story")
    asked = become(app, "guess")
    assert asked.territory == INCUKALNS
    assert "Inčukalna pagasts?" in asked.sentence
    assert asked.state["filter"]["rural"]
    shown = become(app, "before_after")
    assert (shown.before, shown.territory) == ("2011", None)
    assert become(app, "view").before is None


def test_a_view_that_cannot_be_guessed_stays_as_it_is():
    app = visit("map", map1="residents~2024")
    press(app, "story.record")
    to_page(app, "story")
    become(app, "guess")
    assert [warning.value for warning in app.warning] == [LATVIAN["story.refused.guess"]]
    assert drafted(app).slides[0].kind == "view"


def test_a_ready_story_replaces_another_and_can_be_taken_back():
    app = visit("story")
    (choice,) = [box for box in app.selectbox if box.label == LATVIAN["story.municipality"]]
    choice.set_value(SIGULDA).run()
    press(app, "story.make")
    assert drafted(app).title == "Siguldas novads desmit skatos"
    kept = drafted(app)
    choice = next(box for box in app.selectbox if box.label == LATVIAN["story.municipality"])
    choice.set_value(RIGA).run()
    press(app, "story.make")
    assert drafted(app).title == "Rīga desmit skatos"
    press(app, "story.undo")
    assert drafted(app) == kept
    given = next(e for e in app.main if getattr(e.proto, "component_name", "") == "story_player")
    assert [slide["title"] for slide in json.loads(given.proto.json)["story"]["slides"]] == [
        s.title for s in kept.slides
    ]


def test_a_brought_file_is_taken_or_its_fault_is_said(may):
    app = visit("story")
    app.file_uploader[0].set_value(("labs.json", write(three(may), ""), "application/json")).run()
    assert titles(drafted(app)) == "abc"
    app = visit("story")
    app.file_uploader[0].set_value(("slikts.json", broken(may, kind="x"), "application/json")).run()
    assert "2. skats" in app.error[0].value
    assert "slikts" in app.error[0].value
    assert drafted(app).slides == ()

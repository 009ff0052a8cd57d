"""Stories in a real browser: recorded on the maps, put in order, saved, opened, and played to a hall."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.back_row import PROJECTORS, too_small
from tests.browser.conftest import Tabs, Visitor
from ui import stage
from ui.text import messages

LATVIAN = messages("lv")
PLACES = """
() => new Promise((done) => {
  const seen = [];
  let still = 0;
  const look = () => {
    const paths = [...document.querySelectorAll(".story .mp-stack svg > g path")];
    const land = paths.map((path) => path.getBoundingClientRect()).find(({ width }) => width > 99);
    const place = [land.x, land.y, land.width].map(Math.round).join(" ");
    still = place === seen.at(-1) ? still + 1 : 0;
    if (!still) seen.push(place);
    still < 40 ? requestAnimationFrame(look) : done(seen);
  };
  look();
})
"""
"""Where the land stood on the screen, frame by frame, until it has stood still for forty frames."""


def test_views_are_recorded_put_in_order_saved_opened_and_kept(visit, tmp_path):
    visitor = visit()
    page = visitor.open("/map?map1=older_share~2023&view=23936~10464~3")
    record = page.get_by_role("button", name=LATVIAN["story.record"])
    record.click()
    expect(page.get_by_text("Stāstā tagad ir 1 skats")).to_be_visible()
    page.get_by_role("button", name=LATVIAN["map.zoom.home"]).click()
    page.locator(".mp-indicator").select_option("density")
    expect(page).to_have_url(re.compile("map1=density"))
    record.click()
    expect(page.get_by_text("Stāstā tagad ir 2 skati")).to_be_visible()
    page.get_by_role("link", name=LATVIAN["nav.story"]).click()
    listed = page.get_by_role("radiogroup", name=LATVIAN["story.slides"]).get_by_role("radio")
    expect(listed).to_have_count(2)
    sentence = page.get_by_label(LATVIAN["story.field.sentence"])
    sentence.fill("Šeit dzīvojam.")
    sentence.press("Control+Enter")
    page.get_by_role("button", name=LATVIAN["story.up"]).click()
    expect(page.get_by_role("radio", name=re.compile("^1. Iedzīvotāju blīvums"))).to_be_checked()
    visitor.settled()
    with page.expect_download() as saving:
        page.get_by_role("button", name=LATVIAN["story.save"]).click()
    saved = tmp_path / "stasts.json"
    saving.value.save_as(saved)
    content = json.loads(saved.read_text(encoding="utf-8"))
    assert [slide["state"]["panes"][0]["indicator"] for slide in content["slides"]] == ["density", "older_share"]
    assert [slide["state"]["view"] for slide in content["slides"]] == [None, {"x": 23936, "y": 10464, "k": 3}]
    assert content["slides"][0]["sentence"] == "Šeit dzīvojam."
    page.reload()
    expect(listed).to_have_count(2)
    page.get_by_role("button", name=LATVIAN["story.delete"]).click()
    expect(listed).to_have_count(1)
    page.locator("input[type=file]").set_input_files(saved)
    expect(listed).to_have_count(2)
    page.get_by_role("button", name=LATVIAN["story.play.begin"]).click()
    painted(page)
    expect(page.locator(".story-sentence")).to_have_text("Šeit dzīvojam.")
    content["slides"][1]["kind"] = "unknown"
    page.keyboard.press("Escape")
    saved.write_text(json.dumps(content), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(saved)
    expect(page.get_by_role("alert").filter(has_text="2. skats")).to_be_visible()
    assert visitor.troubles == []


@pytest.fixture(scope="module")
def page(tabs: Tabs, app: str) -> Iterator[Page]:
    """One visitor for all tests of this file, who makes the ready story of a municipality and keeps it as a draft."""
    with tabs.lend("lv-LV", 1920, 1080) as page, Visitor.of(page, app) as visitor:
        visitor.open("/story")
        page.get_by_role("combobox", name=LATVIAN["story.municipality"]).click()
        page.keyboard.type("Siguldas")
        page.keyboard.press("Enter")
        page.get_by_role("button", name=LATVIAN["story.make"]).click()
        page.get_by_role("button", name=LATVIAN["story.play.begin"]).wait_for(timeout=90_000)
        yield page
        assert visitor.troubles == []


@pytest.fixture
def played(page: Page) -> Iterator[Page]:
    """The story at its beginning, over the whole window; afterwards it is left."""
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name=LATVIAN["story.play.begin"]).click()
    painted(page)
    yield page
    page.keyboard.press("Escape")
    expect(page.locator(".story")).to_have_count(0)


def painted(page: Page) -> None:
    page.wait_for_function("document.querySelector('.story .mp')?.dataset.painted > 0")


def title(page: Page):
    return page.locator(".story-title")


def go_to(page: Page, number: int) -> None:
    """Click on the dot of a slide, which may have hidden again by the time a busy browser gets to it."""
    page.locator(".story-dot").nth(number - 1).evaluate("dot => dot.click()")
    expect(page.locator(".story-progress")).to_have_text(f"{number} / 10")


def labels(page: Page) -> list[str]:
    return page.locator(".story .mp-class .mp-label").all_inner_texts()


def test_keys_go_through_the_story_and_back(played: Page):
    expect(title(played)).to_have_text("Siguldas novads: cik mūsu ir")
    expect(played.locator(".story-progress")).to_have_text("1 / 10")
    for key in ("ArrowRight", "PageDown", " "):
        played.keyboard.press(key)
    expect(title(played)).to_have_text(re.compile("^Miniet"))
    played.keyboard.press("PageUp")
    expect(played.locator(".story-year[aria-pressed=true]")).to_have_text("2024")
    played.keyboard.press("ArrowLeft")
    expect(played.locator(".story-year[aria-pressed=true]")).to_have_text("2011")
    played.keyboard.press("End")
    expect(played.locator(".story-progress")).to_have_text("10 / 10")
    played.keyboard.press("ArrowRight")
    expect(played.locator(".story-progress")).to_have_text("10 / 10")
    played.keyboard.press("Home")
    expect(played.locator(".story-progress")).to_have_text("1 / 10")
    played.locator(".story .mp-map").click(position={"x": 20, "y": 200})
    played.keyboard.press("ArrowRight")
    expect(played.locator(".story-progress")).to_have_text("2 / 10")


def test_the_map_flies_from_view_to_view_unless_motion_is_unwelcome(played: Page):
    for motion in ("no-preference", "reduce"):
        played.emulate_media(reduced_motion=motion)
        played.keyboard.press("Home")
        whole = played.evaluate(PLACES)[-1]
        played.keyboard.press("ArrowRight")
        *between, _ = [place for place in played.evaluate(PLACES) if place != whole]
        assert bool(between) == (motion == "no-preference"), between


def test_before_and_after_have_the_same_classes(played: Page):
    go_to(played, 2)
    subtitle = played.locator(".story .mp-subtitle")
    expect(subtitle).to_contain_text("2011. gads")
    before = labels(played)
    colours = played.locator(".story .mp-count").all_inner_texts()
    played.locator(".story-year", has_text="2024").click()
    expect(subtitle).to_contain_text("2024. gads")
    assert labels(played) == before
    assert len(before) == 5
    assert played.locator(".story .mp-count").all_inner_texts() != colours


def test_people_guess_before_the_map_shows_it(played: Page):
    go_to(played, 3)
    expect(played.locator(".story-map")).to_be_hidden()
    played.mouse.move(150, 150)
    expect(played.locator(".story .stage-bar")).to_be_visible()
    expect(played.locator(".story .mp-zoom")).to_be_hidden()
    expect(played.locator(".story-fifth")).to_have_count(5)
    for key in "113":
        played.keyboard.press(key)
    played.locator(".story-fifth").nth(4).click()
    played.locator(".story-hands").nth(2).fill("6")
    assert [field.input_value() for field in played.locator(".story-hands").all()] == ["2", "0", "6", "0", "1"]
    played.locator(".story-title").click()
    played.keyboard.press("PageDown")
    expect(played.locator(".story-map")).to_be_visible()
    expect(played.locator(".story-question")).to_be_hidden()
    said = played.locator(".story-sentence").inner_text()
    truth = LATVIAN["story.play.fifth.1"]
    assert re.fullmatch(
        rf"Inčukalna pagasts, Siguldas novads: 18,0\s% \(2023\)\. Tā ir {truth}\. Uzminēja 2 no 9\.", said
    )
    expect(played.locator(".story .mp-map text", has_text="Inčukalna")).to_have_count(1)
    assert labels(played)[0].endswith("18,7"), "the lowest class of the map is the lowest fifth"
    played.keyboard.press("ArrowLeft")
    expect(played.locator(".story-hands").nth(2)).to_have_value("6")


def test_the_presenter_s_window_has_the_notes_and_leads(played: Page):
    with played.expect_popup() as opening:
        played.keyboard.press("n")
    second = opening.value
    expect(second).to_have_title(LATVIAN["story.play.presenter"])
    expect(second.locator("h1")).to_have_text("Siguldas novads: cik mūsu ir")
    expect(second.locator("h2")).to_have_text(re.compile("^Toreiz un tagad"))
    expect(second.locator(".presenter-notes")).to_contain_text("Pajautājiet")
    expect(second.locator(".presenter-clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    second.keyboard.press("PageDown")
    expect(title(played)).to_have_text(re.compile("^Toreiz un tagad"))
    second.get_by_role("button", name=LATVIAN["story.play.next"]).click()
    expect(played.locator(".story-year[aria-pressed=true]")).to_have_text("2024")
    played.keyboard.press("End")
    expect(second.locator(".presenter-place")).to_have_text("10 / 10")
    expect(second.locator("h2")).to_have_text(LATVIAN["story.play.end"])
    second.keyboard.press("b")
    expect(played.locator(".stage-black")).to_be_visible()
    second.keyboard.press("b")
    with second.expect_event("close"):
        second.evaluate("void setTimeout(() => window.close())")
    played.keyboard.press("Home")
    expect(played.locator(".story-progress")).to_have_text("1 / 10")
    with played.expect_popup() as opening:
        played.keyboard.press("N")
    with opening.value.expect_event("close"):
        played.keyboard.press("Escape")


def test_a_blocked_window_is_said(played: Page):
    played.evaluate("window.open = () => null")
    played.keyboard.press("n")
    expect(played.locator(".story-remark")).to_have_text(LATVIAN["story.play.blocked"])


def test_the_back_row_can_read_all_of_it(played: Page):
    played.evaluate("document.querySelector('[data-testid=stApp]').style.display = 'none'")
    for width, height in PROJECTORS:
        played.set_viewport_size({"width": width, "height": height})
        for number in (2, 3, 5, 9):
            go_to(played, number)
            played.wait_for_timeout(200)
            assert too_small(played, least=9) == []
            size = "e => parseFloat(getComputedStyle(e).fontSize)"
            assert title(played).evaluate(size) == stage.TITLE
            assert played.locator(".story-sentence").evaluate(size) == stage.BASE
            over = (
                "() => { const bottom = document.querySelector('.story-bar').getBoundingClientRect().top;"
                " const map = document.querySelector('.story .mp').getBoundingClientRect();"
                " return [map.bottom - bottom, document.querySelector('.story').scrollWidth - innerWidth] }"
            )
            assert max(played.evaluate(over)) <= 1, (width, number)
    played.evaluate("document.querySelector('[data-testid=stApp]').style.display = ''")
    played.set_viewport_size({"width": 1920, "height": 1080})

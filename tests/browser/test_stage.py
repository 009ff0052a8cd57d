"""The stage in a real browser: the way on and off it, and what is there; of the sizes of each page tells test_pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from data.groups import Groups
from tests.browser.access import violations
from tests.browser.back_row import too_small
from tests.browser.conftest import Tabs, Visitor, settle
from ui import stage
from ui.text import messages

LATVIAN = messages("lv")
TWO_MAPS = "map?chosen=LV0054010&map1=population_change_5y~~~7&map2=distance_pharmacy_km"


@pytest.fixture(scope="module")
def page(tabs: Tabs, app: str) -> Iterator[Page]:
    with tabs.lend("lv-LV", 1920, 1080) as page, Visitor.of(page, app) as visitor:
        page.address = app
        yield page
        assert visitor.troubles == []


def go(page: Page, path: str, *, on_stage: bool = True) -> None:
    page.bring_to_front()
    asked = f"{path}{'&' if '?' in path else '?'}stage=1" if on_stage else path
    page.goto(f"{page.address}/{asked}")
    page.locator(".st-key-stage_source" if on_stage else ".st-key-footer").wait_for()
    page.locator("html[data-letters]").wait_for(state="attached")  # from then on the keys are listened to
    settle(page)


def test_titles_legend_borders_classes_and_names_are_those_of_a_hall(page):
    page.set_viewport_size({"width": 1920, "height": 1080})
    go(page, TWO_MAPS)
    map_ = page.locator(".mp-pane").first
    assert size(page.locator(".mp-title").first) == stage.TITLE
    assert size(map_.locator(".mp-class .mp-label").first) == stage.LEGEND
    assert map_.locator(".mp-class").count() == 5
    assert 1 <= map_.locator(".mp-stack text").count() <= 7 + 1  # and the number of the chosen place
    for line in map_.locator(".mp-stack svg:nth-child(2) path").all():
        on_screen = "line => parseFloat(getComputedStyle(line).strokeWidth) * line.getScreenCTM().a"
        width = line.evaluate(on_screen)
        assert width >= 1.99 or width == 0
    expect(page.locator(".mp-toolbar")).to_be_hidden()
    assert "map1=population_change_5y" in page.url
    assert "~7" in page.url


def size(locator) -> float:
    return locator.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")


def look(page: Page) -> object:
    """What a visitor has made of the maps: address, choices, selection, and to a pixel where each map looks."""
    return page.evaluate(
        """() => {
          const deep = [...document.querySelectorAll("*")].find(({ shadowRoot }) => shadowRoot?.querySelector(".mp"));
          const root = deep.shadowRoot;
          return [
            location.search,
            [...root.querySelectorAll("select")].map(({ value }) => value),
            [...root.querySelectorAll("input")].map(({ checked, value }) => [checked, value]),
            [...root.querySelectorAll(".mp-chip-name")].map(({ textContent }) => textContent),
            [...root.querySelectorAll(".mp-stack g[transform]")]
              .map((world) => world.getAttribute("transform"))
              .map((placed) => placed.replace(/[\\d.]+/g, (part) => Number(part).toPrecision(3))),
          ];
        }"""
    )


def test_the_key_leads_on_the_stage_and_escape_back_to_the_page_as_it_was(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    go(page, "map?chosen=LV0054010&released=1", on_stage=False)
    page.get_by_label(LATVIAN["map.zoom.in"]).nth(1).click()
    page.locator(".mp-pane select").first.select_option("latency_ms")
    expect(page).to_have_url(re.compile("map1=latency_ms.*view2="))
    settle(page)
    page.wait_for_timeout(500)
    before = look(page)
    page.keyboard.press("p")
    expect(page.locator("html.stage-on")).to_have_count(1)
    expect(page.locator(".mp-stage")).to_have_count(1)
    assert page.evaluate("document.fullscreenElement === document.documentElement")
    settle(page)
    assert "stage=1" in page.url

    page.keyboard.press("b")
    expect(page.locator(".stage-black")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".stage-black")).to_be_hidden()
    page.keyboard.press("s")
    page.mouse.move(400, 300)
    expect(page.locator(".stage-spotlight")).to_be_visible()
    assert page.locator(".stage-spotlight").evaluate("light => light.style.getPropertyValue('--x')") == "400px"
    page.keyboard.press("s")
    expect(page.locator(".stage-spotlight")).to_be_hidden()

    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("map1=population_change_5y"))
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("map1=company_taxpayers_rate"))
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("map1=population_change_5y"))
    settle(page)

    page.keyboard.press("Escape")
    expect(page.locator("html.stage-on")).to_have_count(0)
    expect(page.locator(".mp-stage")).to_have_count(0)
    settle(page)
    page.wait_for_timeout(800)
    assert look(page) == before
    assert page.evaluate("document.fullscreenElement") is None


def test_a_page_of_text_is_stepped_through_and_left_where_it_was_and_controls_hide(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    go(page, "sources", on_stage=False)
    main, bar = page.locator("[data-testid=stMain]"), page.locator(".stage-bar")
    top = "main => Math.round(main.scrollTop)"
    main.evaluate("main => { main.scrollTop = 700 }")
    page.keyboard.press("p")
    page.locator(".st-key-stage_source").wait_for()
    settle(page)
    main.evaluate("main => { main.scrollTop = 0 }")
    seen = [0]
    for key in ("PageDown", "ArrowRight", "PageUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(900)
        seen.append(main.evaluate(top))
    assert seen[0] < seen[1] < seen[2]
    assert seen[3] == seen[1]

    # until the mouse moves or the keyboard looks for them
    expect(bar).to_be_hidden(timeout=5000)
    assert page.locator("body").evaluate("body => getComputedStyle(body).cursor") == "none"
    page.mouse.move(300, 310)
    expect(bar).to_be_visible()
    expect(bar).to_be_hidden(timeout=5000)
    page.keyboard.press("Tab")
    expect(bar).to_be_visible()

    page.keyboard.press("Escape")
    page.locator(".st-key-footer").wait_for()
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 700")


def test_the_parts_of_a_group_are_stepped_through_and_what_is_for_the_hands_stays_off_the_stage(page, home):
    page.set_viewport_size({"width": 1920, "height": 1080})
    go(page, "group", on_stage=False)
    page.get_by_role("button", name=LATVIAN["hall.begin"], exact=True).click()
    code = page.locator(".hall-code").inner_text()
    page.get_by_text(LATVIAN["hall.part.facilitator"], exact=True).wait_for()
    assert violations(page) == []
    answers = Groups(home / ".groups" / "groups.sqlite")
    for person in range(5):
        scale = [(person + factor) % 11 for factor in range(10)]
        answers.answer(code, f"a device of test {person}", scale, scale[::-1], "Slepens teikums" if person == 0 else "")
    page.keyboard.press("p")
    page.locator(".st-key-stage_source").wait_for()
    expect(page.locator("html.stage-on")).to_have_count(1)
    for part in ("spread", "priorities", "figures", "map", "sentences", "steps", "facilitator"):
        page.keyboard.press("PageDown")
        chosen = page.locator(".st-key-stage_steps [data-testid$=Active], .st-key-stage_steps [aria-checked=true]")
        expect(chosen.first).to_have_text(LATVIAN[f"hall.part.{part}"])
        settle(page)
        assert too_small(page) == []
        expect(page.get_by_text("Slepens teikums").locator("visible=true")).to_have_count(0)
    page.keyboard.press("Home")
    page.locator(".hall-code").wait_for()
    page.keyboard.press("Escape")
    page.locator(".st-key-footer").wait_for()
    page.get_by_text(LATVIAN["hall.part.facilitator"], exact=True).click()
    page.get_by_role("button", name=LATVIAN["hall.erase"], exact=True).click()
    page.get_by_role("button", name=LATVIAN["hall.erase_yes"], exact=True).click()
    page.get_by_role("button", name=LATVIAN["hall.begin"], exact=True).wait_for()

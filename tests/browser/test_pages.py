"""The app as a visitor meets it: in a real browser, from a cold server, in both languages, and from the back row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import violations
from tests.browser.back_row import PROJECTORS, too_small
from tests.browser.conftest import Visitor, settle
from tests.conftest import THOROUGH, times
from ui.frame import PAGES
from ui.text import messages

TITLES = {
    "overview": "overview.title",
    "map": "map_page.title",
    "compare": "compare.title",
    "index": "index.title",
    "profile": "profile.heading",
    "relations": "relations.title",
    "trends": "trends.title",
    "methodology": "nav.methodology",
    "sources": "sources.title",
    "story": "story.heading",
    "group": "hall.title",
    "my_data": "own.title",
}
PATHS = {page: f"/{page}" if page != PAGES[0] else "/" for page in PAGES} | {
    "map": "/map?map1=upload_mbps~2023-Q2&map2=distance_pharmacy_km&chosen=LV0001000",
    "index": "/index?weights=download_mbps~3&chosen=LV0022530~LV0035460",
    "compare": "/compare?chosen=LV0033400~LV0026570&rows=unlike&where=population_change_5y~least~0"
    "&lists=A~1~33400~33440",
    "profile": "/profile?territory=LV0033400",
}
SHOWN = {"index": ".score-bars", "compare": "tbody th[scope=row]", "profile": ".profile table"}
"""What a page shows of the places in its address."""
PANELS = {"compare": ("compare.lists", "compare.peers", "compare.conditions")}
"""The parts of a page that are closed at first."""
LATVIAN, ENGLISH = messages("lv"), messages("en")


def address(page: Page) -> dict[str, list[str]]:
    """What the address bar says after the question mark."""
    return parse_qs(urlsplit(page.url).query)


def indicators(page: Page) -> list[str]:
    """The indicators of the panes, as chosen in their headers."""
    return page.locator(".mp-pane").evaluate_all("panes => panes.map(pane => pane.querySelector('select').value)")


def stands(page: Page, name: str, language: str, *, words_only: bool = False) -> None:
    """Whether a page speaks the language and is accessible."""
    said = messages(language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1").first).to_have_text(said[TITLES[name]])
    expect(page.get_by_role("link", name=said["nav.map"], exact=True)).to_have_count(1)
    assert page.title().endswith(said["product.name"])
    page.locator(SHOWN.get(name, "h1")).first.wait_for()
    for panel in PANELS.get(name, ()):
        page.locator("details:not([open]) > summary", has_text=said[panel]).click()
    settle(page)
    assert violations(page, words_only=words_only) == []


def bears(page: Page) -> None:
    """Whether a page has room at twice the size and leaves its controls off paper."""
    page.set_viewport_size({"width": 640, "height": 800})
    fits(page)
    page.emulate_media(media="print")
    expect(page.locator("h1").first).to_have_count(1)
    expect(page.locator(".st-key-language_switch")).to_be_hidden()
    expect(page.locator(".stAppHeader")).to_be_hidden()
    page.emulate_media(media="screen")


def fits(page: Page) -> None:
    """Whether nothing runs over the edge of the window."""
    main = page.locator("[data-testid=stMain]")
    expect(main).to_have_js_property("clientWidth", page.viewport_size["width"])
    page.wait_for_function("main => main.scrollWidth - main.clientWidth <= 1", arg=main.element_handle())


@pytest.mark.parametrize("name", PAGES)
def test_the_first_visitor_of_a_cold_server_may_come_to_any_page_read_it_in_both_languages_and_show_it_to_a_hall(
    name, cold, visit
):
    visitor = visit(cold.address, locale="en-GB")
    page = visitor.open(PATHS[name])
    asked = address(page)
    stands(page, name, "en", words_only=not THOROUGH)
    if THOROUGH:
        bears(page)
        page.set_viewport_size({"width": 1280, "height": 800})
    visitor.speak("lv")
    assert address(page) == asked | {"lang": ["lv"]}
    stands(page, name, "lv")
    bears(page)  # the longer words of the two languages
    page.keyboard.press("p")
    page.locator(".st-key-stage_source").wait_for()
    turn = PAGES.index(name) % len(PROJECTORS)  # the next page is shown by the other
    for width, height in PROJECTORS if THOROUGH else [PROJECTORS[turn]]:
        page.set_viewport_size({"width": width, "height": height})
        visitor.settled()
        page.wait_for_timeout(300)
        assert too_small(page, least=4) == []
        fits(page)
    if THOROUGH:  # the stage has the parts of the page, with other letters
        assert violations(page) == []
    assert visitor.troubles == []
    assert cold.asked == set()


def test_pages_are_reached_through_the_navigation(visit):
    """All are there; one in four is gone to, and the first again; all of them in a thorough run."""
    visitor = visit()
    page = visitor.open("/")
    ways = {name: page.get_by_role("link", name=LATVIAN[f"nav.{name}"], exact=True).first for name in PAGES}
    for way in ways.values():
        expect(way).to_be_visible()
    for name in (*PAGES[1 :: times(4, 1)], PAGES[0]):
        ways[name].click()
        expect(page.locator("h1").first).to_have_text(LATVIAN[TITLES[name]])
        assert "lang" not in address(page)
    visitor.settled()
    assert visitor.troubles == []


def test_a_language_that_was_chosen_goes_along_and_is_no_step_of_its_own(visit):
    visitor = visit()
    page = visitor.open("/")
    visitor.speak("en")
    for name in ("sources", "map"):
        page.get_by_role("link", name=ENGLISH[f"nav.{name}"], exact=True).first.click()
        expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES[name]])
        assert address(page) == {"lang": ["en"]}
    visitor.settled()
    page.reload()
    expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES["map"]])
    visitor.settled()
    with page.context.expect_page() as tab:
        page.get_by_role("link", name=ENGLISH["nav.trends"], exact=True).first.click(button="middle")
    assert tab.value.url.endswith("/trends?lang=en")
    tab.value.close()
    visitor.speak("lv")
    page.go_back()
    expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES["sources"]])
    visitor.settled()
    page.locator("summary", has=page.locator("strong")).last.click()
    page.locator("a.page-link").last.click()
    expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES["map"]])
    assert address(page).keys() == {"map1", "lang"}
    visitor.settled()
    for name in ("sources", PAGES[0]):
        page.go_back()
        expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES[name]])
    assert address(page) == {"lang": ["en"]}
    assert visitor.troubles == []


def look_at(visitor: Visitor, view: str, indicator: str) -> None:
    """Choose one of the ready views, which begins with this indicator."""
    visitor.page.get_by_role("button", name=LATVIAN[f"view.{view}"]).click()
    expect(visitor.page).to_have_url(re.compile(f"map1={indicator}"))
    visitor.settled()


def test_steps_back_lead_through_what_was_shown_and_out_again(visit):
    visitor = visit()
    page = visitor.open("/methodology?lang=lv")
    page.get_by_role("link", name=LATVIAN["nav.map"], exact=True).first.click()
    expect(page).to_have_url(re.compile("/map"))
    visitor.settled()
    first, untouched = indicators(page), page.url
    page.wait_for_timeout(1500)
    assert page.url == untouched
    look_at(visitor, "services", "distance_grocery_km")
    page.go_back()
    expect(page.locator(".mp-pane select").first).to_have_value(first[0])
    visitor.settled()
    page.wait_for_timeout(1500)
    assert page.url == untouched
    assert indicators(page) == first
    page.go_back()
    expect(page.locator("h1").first).to_have_text(LATVIAN[TITLES["methodology"]])
    assert visitor.troubles == []


def test_bogus_values_in_the_address_fall_back_silently_and_no_file_of_the_maps_is_asked_for_twice(visit):
    visitor = visit()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "/assets/" in request.url else None)
    page = visitor.open("/map?map1=..%2F..%2Fetc&view=x&lang=xx&level=9&chosen=%3Cscript%3E&region=LV999")
    page.wait_for_timeout(500)
    assert len(indicators(page)) == 2
    data = [address for address in asked if address.endswith(".json")]
    assert all(any(address.endswith(f"values/{shown}.json") for address in data) for shown in indicators(page))
    assert sorted(data) == sorted(set(data))
    assert visitor.troubles == []


FOUR = "/map?map1=download_mbps&map2=basic_skills_share&map3=company_taxpayers_rate&map4=income_tax_per_payer"


@pytest.mark.parametrize(
    ("path", "windows"), [("/map", ((1280, 800), (1366, 768))), (FOUR, ((1920, 1080), (1280, 900)))]
)
def test_all_maps_with_their_legends_and_sources_stand_in_the_window(path, windows, visit):
    visitor = visit()
    visitor.page.set_viewport_size(dict(zip(("width", "height"), windows[0], strict=True)))
    page = visitor.open(path)
    for width, height in windows:
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".mp-source").last).not_to_be_empty()
        expect(page.locator(".mp-source").last).to_be_in_viewport(ratio=1)
        boxes = page.locator(".mp-map, .mp-legend, .mp-source").evaluate_all(
            "parts => parts.map(part => part.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) == 3 * page.locator(".mp-pane").count()
        assert max(box["bottom"] for box in boxes) <= height
        assert min(box["top"] for box in boxes) > 0
        assert all(box["height"] >= 240 and box["width"] >= 400 for box in boxes[::3])
    assert visitor.troubles == []


def test_a_view_inside_another_page_is_alone_with_its_source(visit):
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.address}/map?embed=true&lang=en&map1=residents~2023")
    page.locator(".mp-pane svg path").first.wait_for()
    line = page.locator(".st-key-source_line")
    expect(line).to_contain_text(ENGLISH["product.name"])
    expect(page.get_by_role("link", name=ENGLISH["nav.sources"], exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name=ENGLISH["view.people"])).to_have_count(0)
    whole = line.get_by_role("link").get_attribute("href") or ""
    assert parse_qs(urlsplit(whole).query)["map1"] == ["residents~2023"]
    assert "embed" not in whole
    assert visitor.troubles == []


@pytest.fixture(scope="module")
def planner(tabs, app) -> Iterator[Visitor]:
    """Somebody who came to the maps once."""
    with tabs.lend("lv-LV", 1280, 800) as page, Visitor.of(page, app) as visitor:
        visitor.open("/map")
        page.wait_for_timeout(1500)
        yield visitor
        assert visitor.troubles == []


@pytest.fixture
def maps(planner) -> Visitor:
    """The maps as somebody has them who looks at the people first."""
    planner.page.bring_to_front()
    look_at(planner, "people", "population_change_5y")
    return planner


def test_a_view_changes_the_maps_with_few_bytes(maps):
    before = maps.received
    look_at(maps, "services", "distance_grocery_km")
    assert indicators(maps.page) == ["distance_grocery_km", "distance_pharmacy_km"]
    assert maps.received - before <= 20_000


def test_a_run_of_the_server_does_not_fade_the_maps(maps):
    page = maps.page
    page.evaluate(
        """() => {
          window.faded = 0;
          window.stale = 0;
          addEventListener("transitionrun", ({ propertyName }) => (window.faded += propertyName === "opacity"), true);
          new MutationObserver((changes) => (window.stale += changes.length))
            .observe(document.body, { subtree: true, attributeFilter: ["data-stale"] });
        }"""
    )
    for view in ("services", "business", "coverage"):
        page.get_by_role("button", name=LATVIAN[f"view.{view}"]).click()
        page.wait_for_timeout(600)
    assert page.evaluate("window.stale") > 0
    assert page.evaluate("window.faded") == 0


def test_a_change_inside_the_maps_waits_for_nobody(maps):
    before = maps.received
    maps.page.locator(".mp-pane select").first.select_option("latency_ms")
    maps.page.wait_for_timeout(150)
    assert maps.received == before
    expect(maps.page).to_have_url(re.compile("map1=latency_ms"))
    maps.settled()
    assert maps.received - before <= 20_000


def test_a_view_chosen_right_after_a_gesture_keeps_it(maps):
    page = maps.page
    page.locator(".mp-map").first.hover()
    page.mouse.wheel(0, -400)
    page.get_by_role("button", name=LATVIAN["view.services"]).click()
    expect(page).to_have_url(re.compile("map1=distance_grocery_km.*view="))
    maps.settled()
    assert indicators(page) == ["distance_grocery_km", "distance_pharmacy_km"]


def test_a_shared_link_shows_the_same_to_somebody_else(maps):
    page = maps.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".mp-pane select").first.select_option("latency_ms")
    expect(page).to_have_url(re.compile("map1=latency_ms"))
    page.get_by_label(LATVIAN["map.sync"]).uncheck()
    page.get_by_label(LATVIAN["map.zoom.in"]).nth(1).click()
    page.locator(".mp-class").nth(1).click()
    page.get_by_label(LATVIAN["map.pane.table"]).nth(1).click()
    expect(page).to_have_url(re.compile(r"only-2.*~table.*released=1.*view2="))
    maps.settled()
    page.get_by_role("button", name=LATVIAN["share.label"]).click()
    expect(page.get_by_role("button", name=LATVIAN["share.copied"])).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "lang=lv" in link
    shown, asked = indicators(page), address(page)
    maps.leave()
    maps.open(link.removeprefix(maps.address))
    expect(page.locator("html")).to_have_attribute("lang", "lv")
    assert indicators(page) == shown
    expect(page.locator(".mp-class").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".mp-table").nth(1)).to_be_visible()
    assert address(page) == asked | {"lang": ["lv"]}

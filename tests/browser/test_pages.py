"""The app as a visitor meets it: in a real browser, from a cold server, in both languages."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import violations
from tests.browser.conftest import free_port, settle
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


def stands(page: Page, name: str, language: str) -> None:
    """Whether a page speaks the language, is accessible, has room at twice the size and leaves controls off paper."""
    said = messages(language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1").first).to_have_text(said[TITLES[name]])
    expect(page.get_by_role("link", name=said["nav.map"], exact=True)).to_have_count(1)
    assert page.title().endswith(said["product.name"])
    page.locator(SHOWN.get(name, "h1")).first.wait_for()
    for panel in PANELS.get(name, ()):
        page.locator("details:not([open]) > summary", has_text=said[panel]).click()
    settle(page)
    assert violations(page) == []
    page.set_viewport_size({"width": 640, "height": 800})
    main = page.locator("[data-testid=stMain]")
    expect(main).to_have_js_property("clientWidth", 640)
    page.wait_for_function("main => main.scrollWidth - main.clientWidth <= 1", arg=main.element_handle())
    page.emulate_media(media="print")
    expect(page.locator("h1").first).to_have_count(1)
    expect(page.locator(".st-key-language_switch")).to_be_hidden()
    expect(page.locator(".stAppHeader")).to_be_hidden()


@pytest.fixture(scope="module")
def port() -> int:
    """Of one cold server after the other, so that the browser need not fetch all files from each."""
    return free_port()


@pytest.mark.parametrize("name", PAGES)
def test_the_first_visitor_of_a_cold_server_may_come_to_any_page_and_read_it_in_both_languages(
    name, serve, port, visit
):
    with serve(port) as cold:
        visitor = visit(cold.address)
        page = visitor.open(PATHS[name])
        stands(page, name, "lv")
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.locator(".st-key-language_switch").get_by_text("English").click()
        expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES[name]])
        stands(visitor.settled(), name, "en")
        assert visitor.troubles == []
        assert cold.asked == set()


def test_a_page_speaks_the_language_of_the_browser(visit):
    page = visit(locale="en-GB").open("/methodology")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES["methodology"]])


def test_pages_are_reached_through_the_navigation(visit):
    visitor = visit()
    page = visitor.open("/")
    for name in (*PAGES[1:], PAGES[0]):
        page.get_by_role("link", name=LATVIAN[f"nav.{name}"], exact=True).first.click()
        expect(page.locator("h1").first).to_have_text(LATVIAN[TITLES[name]])
        visitor.settled()
    assert visitor.troubles == []


def test_the_language_switch_keeps_the_page_and_the_maps(visit):
    visitor = visit()
    page = visitor.open("/map?map1=upload_mbps~2023-Q2&chosen=LV0001000")
    before = address(page)
    page.locator(".st-key-language_switch").get_by_text("English").click()
    expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES["map"]])
    expect(page.locator("html")).to_have_attribute("lang", "en")
    visitor.settled()
    assert indicators(page) == ["upload_mbps"]
    assert address(page) == before | {"lang": ["en"]}
    page.get_by_role("link", name=ENGLISH["nav.methodology"], exact=True).first.click()
    expect(page.locator("h1").first).to_have_text(ENGLISH[TITLES["methodology"]])
    assert visitor.troubles == []


def test_a_shared_link_shows_the_same_in_another_browser(visit):
    first = visit()
    first.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = first.open("/map")
    page.locator(".mp-pane select").first.select_option("latency_ms")
    expect(page).to_have_url(re.compile("map1=latency_ms"))
    page.get_by_label(LATVIAN["map.sync"]).uncheck()
    page.get_by_label(LATVIAN["map.zoom.in"]).nth(1).click()
    page.locator(".mp-class").nth(1).click()
    page.get_by_label(LATVIAN["map.pane.table"]).nth(1).click()
    expect(page).to_have_url(re.compile(r"only-2.*~table.*released=1.*view2="))
    first.settled()
    page.get_by_role("button", name=LATVIAN["share.label"]).click()
    expect(page.get_by_role("button", name=LATVIAN["share.copied"])).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    second = visit()
    assert "lang=lv" in link
    other = second.open(link.removeprefix(second.address))
    expect(other.locator("html")).to_have_attribute("lang", "lv")
    assert indicators(other) == indicators(page)
    expect(other.locator(".mp-class").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(other.locator(".mp-table").nth(1)).to_be_visible()
    assert address(other) == address(page) | {"lang": ["lv"]}
    assert first.troubles == second.troubles == []


def test_a_view_changes_the_maps_with_few_bytes(visit):
    visitor = visit()
    page = visitor.open("/map")
    page.wait_for_timeout(1500)
    before = visitor.received
    page.get_by_role("button", name=LATVIAN["view.services"]).click()
    expect(page).to_have_url(re.compile("map1=distance_grocery_km"))
    visitor.settled()
    assert indicators(page) == ["distance_grocery_km", "distance_pharmacy_km"]
    assert visitor.received - before <= 20_000
    assert visitor.troubles == []


def test_a_run_of_the_server_does_not_fade_the_maps(visit):
    page = visit().open("/map")
    page.wait_for_timeout(1500)
    page.evaluate(
        """() => {
          window.faded = 0;
          window.stale = 0;
          addEventListener("transitionrun", ({ propertyName }) => (window.faded += propertyName === "opacity"), true);
          new MutationObserver((changes) => (window.stale += changes.length))
            .observe(document.body, { subtree: true, attributeFilter: ["data-stale"] });
        }"""
    )
    for view in ("services", "business", "people", "coverage"):
        page.get_by_role("button", name=LATVIAN[f"view.{view}"]).click()
        page.wait_for_timeout(600)
    assert page.evaluate("window.stale") > 0
    assert page.evaluate("window.faded") == 0


def test_a_change_inside_the_maps_waits_for_nobody(visit):
    visitor = visit()
    page = visitor.open("/map")
    page.wait_for_timeout(1500)
    before = visitor.received
    page.locator(".mp-pane select").first.select_option("latency_ms")
    page.wait_for_timeout(150)
    assert visitor.received == before
    expect(page).to_have_url(re.compile("map1=latency_ms"))
    visitor.settled()
    assert visitor.received - before <= 20_000


def test_steps_back_lead_through_what_was_shown_and_out_again(visit):
    visitor = visit()
    page = visitor.open("/methodology?lang=lv")
    page.get_by_role("link", name=LATVIAN["nav.map"], exact=True).first.click()
    expect(page).to_have_url(re.compile("/map"))
    visitor.settled()
    first, untouched = indicators(page), page.url
    page.wait_for_timeout(1500)
    assert page.url == untouched
    page.get_by_role("button", name=LATVIAN["view.services"]).click()
    expect(page).to_have_url(re.compile("map1=distance_grocery_km"))
    visitor.settled()
    page.go_back()
    expect(page.locator(".mp-pane select").first).to_have_value(first[0])
    visitor.settled()
    page.wait_for_timeout(1500)
    assert page.url == untouched
    assert indicators(page) == first
    page.go_back()
    expect(page.locator("h1").first).to_have_text(LATVIAN[TITLES["methodology"]])
    assert visitor.troubles == []


def test_bogus_values_in_the_address_fall_back_silently(visit):
    visitor = visit()
    page = visitor.open("/map?map1=..%2F..%2Fetc&view=x&lang=xx&level=9&chosen=%3Cscript%3E&region=LV999")
    assert len(indicators(page)) == 2
    assert visitor.troubles == []


FOUR = "/map?map1=download_mbps&map2=basic_skills_share&map3=company_taxpayers_rate&map4=income_tax_per_payer"


@pytest.mark.parametrize(
    ("path", "windows"), [("/map", ((1280, 800), (1366, 768))), (FOUR, ((1920, 1080), (1280, 900)))]
)
def test_all_maps_with_their_legends_and_sources_stand_in_the_window(path, windows, visit):
    visitor = visit()
    for width, height in windows:
        visitor.page.set_viewport_size({"width": width, "height": height})
        page = visitor.open(path)
        expect(page.locator(".mp-source").last).not_to_be_empty()
        boxes = page.locator(".mp-map, .mp-legend, .mp-source").evaluate_all(
            "parts => parts.map(part => part.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) == 3 * page.locator(".mp-pane").count()
        assert max(box["bottom"] for box in boxes) <= height
        assert min(box["top"] for box in boxes) > 0
        assert all(box["height"] >= 240 and box["width"] >= 400 for box in boxes[::3])
    assert visitor.troubles == []


def test_a_view_chosen_right_after_a_gesture_keeps_it(visit):
    visitor = visit()
    page = visitor.open("/map")
    page.wait_for_timeout(1500)
    page.locator(".mp-map").first.hover()
    page.mouse.wheel(0, -400)
    page.get_by_role("button", name=LATVIAN["view.services"]).click()
    expect(page).to_have_url(re.compile("map1=distance_grocery_km.*view="))
    visitor.settled()
    assert indicators(page) == ["distance_grocery_km", "distance_pharmacy_km"]
    assert visitor.troubles == []


def test_no_file_of_the_maps_is_asked_for_twice(visit):
    visitor = visit()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "/assets/" in request.url else None)
    visitor.open("/map?map1=latency_ms")
    visitor.page.wait_for_timeout(500)
    data = [address for address in asked if address.endswith(".json")]
    assert any(address.endswith("values/latency_ms.json") for address in data)
    assert sorted(data) == sorted(set(data))


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

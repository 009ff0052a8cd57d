"""The page of the two factors in a browser: a moved weight repaints both maps where they stand."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from ui import stage
from ui.text import messages

SLIDER = ".st-key-index_{code} input[type=range]"
LATVIAN, ENGLISH = messages("lv"), messages("en")


def looks(page: Page) -> list[str]:
    """Where each map looks."""
    return page.locator(".mp-map svg").evaluate_all(
        "maps => maps.map(map => [...map.querySelectorAll('[transform]')].map(g => g.getAttribute('transform'))[0])"
    )


def legends(page: Page) -> Locator:
    return page.locator(".mp-legend .mp-classes")


def watch(page: Page) -> None:
    """Note when each map is painted after a key."""
    page.evaluate(
        "addEventListener('keydown', () => { window.pressed = performance.now(); window.painted = {}; }, true)"
    )
    for i, drawn in enumerate(page.locator(".mp-map").all()):
        drawn.evaluate(
            """(map, i) => new MutationObserver(() => requestAnimationFrame(() => {
                 window.painted[i] ??= performance.now();
               })).observe(map.querySelector("svg"), { subtree: true, attributes: true, childList: true })""",
            i,
        )


def test_a_place_is_explained_and_weights_repaint_the_maps_and_stay_in_another_language_and_on_other_pages(visit):
    visitor = visit()
    page = visitor.open("/index")
    expect(legends(page)).to_have_count(2)
    box = page.locator(".mp-map").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.45)
    expect(page.locator(".score-bars, .stMarkdown:has-text('" + LATVIAN["index.no_score"] + "')").first).to_be_visible()
    expect(page).to_have_url(re.compile("chosen=LV"))
    # the page says what its maps show, the visitor how: the server's answer to the next choice closes no table
    page.locator(".mp-class").nth(-1).click()
    page.get_by_label(LATVIAN["map.pane.table"]).first.click()
    page.locator(".mp-table tbody tr").nth(3).click()
    expect(page).to_have_url(re.compile("chosen=LV[^&]*~LV"))
    visitor.settled()
    expect(page.locator(".mp-table").first).to_be_visible()
    expect(page.locator(".mp-class").nth(-1)).to_have_attribute("aria-pressed", "true")
    page.locator(".mp-class").nth(-1).click()
    page.get_by_label(LATVIAN["map.pane.table"]).first.click()

    page.locator(".mp-map").first.hover()
    unmoved = looks(page)
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(700)  # the wheel moves the map at once and lets it settle
    where, before = looks(page), legends(page).all_text_contents()
    assert where != unmoved
    watch(page)
    page.mouse.move(5, 5)
    page.locator(SLIDER.format(code="skills_score")).focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("weights=skills_score~0"))
    page.locator(SLIDER.format(code="completeness_score")).focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("completeness_score~0"))
    visitor.settled()
    for legend, text in zip(legends(page).all(), before, strict=True):
        expect(legend).not_to_have_text(text)
    painted = page.evaluate("Object.values(window.painted)")
    assert looks(page) == where
    assert painted

    visitor.speak("en")
    expect(page.locator("h1").first).to_have_text(ENGLISH["index.title"])
    expect(page.get_by_role("combobox", name=ENGLISH["index.scaling"])).to_have_value(ENGLISH["index.option.goalposts"])
    expect(page.locator(".st-key-index_show_en")).to_contain_text(ENGLISH["index.show.rank"])
    expect(page.locator(SLIDER.format(code="skills_score"))).to_have_value("0")
    expect(page).to_have_url(re.compile("chosen=LV[^&]*~LV"))

    # away through the navigation and through a link in HTML of our own, neither of which leaves the session
    page.get_by_role("link", name=ENGLISH["nav.sources"], exact=True).first.click()
    fold = page.locator(".fold", has=page.locator("a[href^='map?map1=youth_share']"))
    fold.locator("summary").press("Enter")
    fold.get_by_role("link", name=ENGLISH["indicators.open_map"]).press("Enter")
    expect(page).to_have_url(re.compile("/map[?]map1=youth_share"))
    expect(page.locator(".mp-indicator").first).to_have_value("youth_share")
    page.go_back()
    expect(page.locator("h1").first).to_have_text(ENGLISH["sources.title"])
    page.get_by_role("link", name=ENGLISH["nav.index"], exact=True).first.click()
    expect(page.locator(SLIDER.format(code="skills_score"))).to_have_value("0")
    expect(page).to_have_url(re.compile("weights=[^&]*skills_score~0"))

    # the letters of the table are large on the stage and small again after it
    letters = (
        "grid => [...grid.querySelectorAll('*')].map(({ style }) => style?.getPropertyValue('--gdg-base-font-style'))"
    )

    def size() -> list[str]:
        visitor.settled()
        return [found for found in page.locator(".stDataFrame").first.evaluate(letters) if found]

    before = size()
    assert before
    page.keyboard.press("p")
    page.locator(".st-key-index_ranking_on_stage .dvn-scroller").wait_for()
    (large,) = size()
    assert float(large.split()[-1].removesuffix("px")) >= stage.LEAST
    page.keyboard.press("Escape")
    page.locator(".st-key-index_ranking .dvn-scroller").wait_for()
    assert size() == before
    assert visitor.troubles == []

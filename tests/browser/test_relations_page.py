"""The page of relations in a real browser: marks go both ways, words follow the language, everybody can read it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.access import violations
from tests.conftest import times
from ui.text import messages

LATVIAN, ENGLISH = messages("lv"), messages("en")


def points(page: Page) -> Locator:
    return page.locator(".stPlotlyChart .scatterlayer .point")


def marked(page: Page) -> Locator:
    return page.locator(".stPlotlyChart .annotation-text")


def test_marks_go_from_the_chart_to_the_map_and_back_and_all_parts_follow_the_language(visit):
    """The pair in both languages is among all pages (test_pages); each other part in one, or both (THOROUGH=1)."""
    visitor = visit()
    page = visitor.open("/relations?x=distance_grocery_km&y=income_tax_per_payer&show=quadrants&lang=lv")
    page.locator(".mp-pane svg path").first.wait_for()
    points(page).first.wait_for()
    kinds = page.locator(".mp-kinds .mp-entry")
    expect(kinds).to_have_count(4)
    names, counts = (kinds.locator(part).all_inner_texts() for part in (".mp-label", ".mp-count"))
    legend = page.locator(".stPlotlyChart .legendtext").all_text_contents()
    assert [f"{name} ({count})" for name, count in zip(names, counts, strict=True)] == legend[:4]
    expect(page.locator(".mp-histogram")).to_be_hidden()
    expect(page.get_by_role("button", name=LATVIAN["map.pane.settings"])).to_have_count(0)

    page.wait_for_timeout(1000)
    before = visitor.received
    points(page).nth(40).click(force=True)
    expect(page.locator(".mp-chip")).to_have_count(1)
    expect(marked(page)).to_have_count(1)
    expect(page).to_have_url(re.compile("chosen=LV"))
    visitor.settled()
    assert visitor.received - before <= 150_000
    map_box = page.locator(".mp-map").bounding_box()
    assert map_box
    page.mouse.click(map_box["x"] + 0.6 * map_box["width"], map_box["y"] + 0.5 * map_box["height"])
    expect(page.locator(".mp-chip")).to_have_count(2)
    expect(marked(page)).to_have_count(2)
    names = page.locator(".mp-chip-name > span:first-of-type").all_inner_texts()
    assert [text.replace(" pag.", " pagasts") for text in marked(page).all_text_contents()] == names
    page.locator(".mp-chip .mp-icon-button").first.click()
    expect(marked(page)).to_have_count(1)
    visitor.settled()

    # a box in the chart marks those that stand out in it
    page.locator('.modebar-btn[data-title="Box Select"]').click()
    box = page.locator(".stPlotlyChart .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.9 * box["height"], steps=6)
    page.mouse.up()
    expect(page.locator(".mp-chip")).to_have_count(6)
    expect(marked(page)).to_have_count(6)
    expect(page.get_by_text(re.compile(r"Aptvertas? \d+"))).to_be_visible()

    visitor.speak("en")
    expect(page.locator("h1").first).to_have_text(ENGLISH["relations.title"])
    shown = page.get_by_role("combobox", name=ENGLISH["relations.x"])
    expect(shown).to_have_value("Distance to a grocery")
    expect(page).to_have_url(re.compile("x=distance_grocery_km.*show=quadrants"))
    expect(page.locator(".mp-chip")).to_have_count(6)
    parts = (("matrix", "en"), ("clusters", "lv"), ("clusters", "en"), ("matrix", "lv"))
    for part, language in parts[: times(1, 4)]:
        visitor.speak(language)
        page.locator(".st-key-relations_view").get_by_text(messages(language)[f"relations.view.{part}"]).click()
        expect(page).to_have_url(re.compile(f"part={part}"))
        page.locator(".stPlotlyChart .main-svg").first.wait_for()
        visitor.settled()
        assert violations(page) == []
    assert visitor.troubles == []

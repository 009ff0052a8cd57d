"""Access for everyone, beyond what the tests of each page see: the younger pages, the keyboard, the statement."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ui.text import LANGUAGES, messages

LOCALES = {"lv": "lv-LV", "en": "en-GB"}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return { tag: at.tagName, name: at.ariaLabel || at.innerText || at.title, ring: ring || boxShadow !== "none" };
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_the_evening_are_accessible_and_fit_at_twice_the_size(language, visit):
    visitor = visit(locale=LOCALES[language], width=640)
    for name in ("story", "group", "my_data"):
        page = visitor.open(f"/{name}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found] == []
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 1
    page.get_by_role("button", name=messages(language)["footer.accessibility"]).click()
    statement = page.get_by_role("dialog")
    expect(statement.get_by_role("heading", level=3)).to_have_count(4)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [one["id"] for one in found] == []


def test_the_keyboard_shows_where_it_is_and_reaches_the_maps(visit):
    page = visit().open("/map")
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
        if stops[-1]["tag"] == "DIV":
            break
    assert stops[-1]["tag"] == "DIV"
    assert [stop for stop in stops if stop["tag"] in ("A", "BUTTON") and not (stop["ring"] and stop["name"])] == []
    summary = page.locator(".mp-map").first.get_attribute("aria-label") or ""
    title = page.locator(".mp-title").first.text_content() or ""
    assert summary.startswith(title)
    assert messages("lv")["map.summary.ends"].split("{")[0] in summary


@pytest.mark.parametrize("asked", [{"forced_colors": "active"}, {"contrast": "more"}])
def test_what_is_chosen_can_be_told_in_the_contrast_modes(asked, visit):
    page = visit().open("/map")
    page.emulate_media(**asked)
    chosen = page.locator(".mp-segments .mp-button[aria-pressed=true]").first
    other = page.locator(".mp-segments .mp-button[aria-pressed=false]").first
    look = "button => { const s = getComputedStyle(button); return [s.outlineStyle, s.backgroundColor].join() }"
    assert chosen.evaluate(look) != other.evaluate(look)

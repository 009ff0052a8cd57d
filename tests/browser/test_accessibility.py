"""Access for everyone, beyond what the tests of each page see: the statement, the keyboard, modes of contrast."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.access import violations
from ui.text import LANGUAGES, messages

FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return { tag: at.tagName, name: at.ariaLabel || at.innerText || at.title, ring: ring || boxShadow !== "none" };
}"""


def test_the_statement_can_be_read_at_twice_the_size_in_both_languages(visit):
    visitor = visit(width=640)
    page = visitor.open("/my_data")
    for language in LANGUAGES:
        said = messages(language)
        visitor.speak(language)
        page.get_by_role("button", name=said["footer.accessibility"]).click()
        statement = page.get_by_role("dialog")
        expect(statement.get_by_role("heading", level=3)).to_have_count(4)
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(statement).to_have_count(0)


def test_the_keyboard_shows_where_it_is_and_reaches_the_maps_also_in_the_contrast_modes(visit):
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

    chosen = page.locator(".mp-segments .mp-button[aria-pressed=true]").first
    other = page.locator(".mp-segments .mp-button[aria-pressed=false]").first
    look = "button => { const s = getComputedStyle(button); return [s.outlineStyle, s.backgroundColor].join() }"
    for asked in ({"forced_colors": "active"}, {"forced_colors": "null", "contrast": "more"}):
        page.emulate_media(**asked)
        assert chosen.evaluate(look) != other.evaluate(look)

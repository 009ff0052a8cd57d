"""Links in HTML of our own lead to other pages without leaving the session."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from ui.text import messages

LATVIAN = messages("lv")


def test_an_indicator_of_the_sources_is_shown_on_the_map_and_what_was_chosen_elsewhere_stays(visit):
    visitor = visit()
    page = visitor.open("/index?weights=download_mbps~3")
    page.get_by_role("link", name=LATVIAN["nav.sources"], exact=True).first.click()
    fold = page.locator(".fold", has=page.locator("a[href^='map?map1=youth_share']"))
    fold.locator("summary").press("Enter")
    fold.get_by_role("link", name=LATVIAN["indicators.open_map"]).press("Enter")
    expect(page).to_have_url(re.compile("/map[?]map1=youth_share"))
    expect(page.locator(".mp-indicator").first).to_have_value("youth_share")
    page.go_back()
    expect(page.locator("h1").first).to_have_text(LATVIAN["sources.title"])
    page.get_by_role("link", name=LATVIAN["nav.index"], exact=True).first.click()
    expect(page).to_have_url(re.compile("weights=download_mbps~3"))
    assert visitor.troubles == []

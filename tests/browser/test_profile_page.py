"""The page of profiles in a browser: found by name, read, taken along as a PDF that says the same."""

from __future__ import annotations

import re

import pypdfium2
from playwright.sync_api import expect

from ui.text import LANGUAGES, messages


def test_a_place_is_found_read_and_taken_along_in_both_languages(visit, tmp_path):
    visitor = visit()
    page = visitor.open("/profile")
    field = page.locator(".st-key-profile_search input")
    field.click()
    field.press("p")  # a letter typed into a field leads nobody on the stage
    expect(field).to_have_value("p")
    assert "stage" not in page.url
    field.fill("alsunga")
    field.press("Enter")
    expect(page.locator("h2").first).to_have_text("Alsungas pagasts")
    expect(page).to_have_url(re.compile("territory=LV0033400"))
    expect(page.locator(".st-key-footer")).to_be_visible()
    for language in LANGUAGES:
        said = messages(language)
        visitor.speak(language)
        with page.expect_download() as download:
            page.locator(".st-key-profile_pdf button").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert path.name == f"LV0033400.{language}.pdf"
        pages = list(pypdfium2.PdfDocument(path))
        assert len(pages) == 2
        printed = re.sub(r"\s", "", pages[0].get_textpage().get_text_bounded())
        first = page.locator(".profile li").first.inner_text()
        assert re.sub(r"\s", "", first) in printed
        assert re.sub(r"\s", "", said["profile.title.steps"]) in printed
        assert f"{visitor.address}/profile?territory=LV0033400&lang={language}" in "".join(
            part.get_textpage().get_text_bounded() for part in pages
        ).replace("\r\n", "")
    assert visitor.troubles == []

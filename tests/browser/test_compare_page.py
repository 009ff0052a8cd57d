"""The page of comparisons in a real browser: found by name, sorted, drawn, saved, handed on; everybody can read it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.conftest import THOROUGH
from ui.text import messages

LATVIAN, ENGLISH = messages("lv"), messages("en")


def names(page: Page) -> list[str]:
    """The rows of the table from top to bottom."""
    return page.locator("[data-row] > th").evaluate_all("heads => heads.map(head => head.firstChild.textContent)")


def choose(page: Page, field: Locator, *typed: str) -> None:
    """Type the beginnings of names into a field and take the first found of each."""
    for beginning in typed:
        field.click()
        field.press_sequentially(beginning)
        page.get_by_role("option").first.click()
    page.keyboard.press("Escape")


def joins(page: Page) -> None:
    """Make a list, join it, and set a condition, by hand."""
    page.locator("summary", has_text=LATVIAN["compare.lists"]).click()
    page.get_by_role("textbox", name=LATVIAN["compare.list_name"]).fill("Mana VRG")
    choose(page, page.get_by_role("combobox", name=LATVIAN["compare.list_members"]), "rendas", "kabile")
    page.get_by_role("button", name=LATVIAN["compare.list_join"]).click()
    expect(page.get_by_text(re.compile("2 teritorijas"))).not_to_have_count(0)
    expect(page.locator("thead th", has_text="Mana VRG")).to_be_visible()
    page.locator("summary", has_text=LATVIAN["compare.conditions"]).click()
    page.get_by_role("button", name=LATVIAN["compare.condition_add"]).click()
    expect(page.locator(".mp-kinds .mp-entry")).to_have_count(3)
    expect(page.get_by_text(re.compile(r"Nosacījumiem atbilst \d+ pagast"))).to_be_visible()


def test_an_analyst_finds_places_reads_sorts_joins_sets_conditions_and_takes_it_all_away(visit, tmp_path):
    visitor = visit()
    page = visitor.open("/compare")
    choose(page, page.get_by_role("combobox", name=LATVIAN["compare.places"]), "alsung", "vecpieb")
    expect(page).to_have_url(re.compile("chosen=LV0033400(~|%7E)LV0026570"))
    expect(page.get_by_role("heading", name=LATVIAN["compare.summary"])).to_be_visible()
    page.get_by_role("combobox", name=LATVIAN["compare.rows"], exact=True).click()
    page.get_by_role("option", name=re.compile("digitāli spējīga")).click()
    expect(page.locator("[data-row]")).to_have_count(8)
    visitor.settled()
    before, received = names(page), visitor.received
    head = page.get_by_role("button", name=re.compile(r"^Vecpiebalgas pagasts\."))
    head.click()
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    positions = page.locator("[data-row]").evaluate_all("rows => rows.map(row => JSON.parse(row.dataset.row)[2])")
    assert positions == sorted(positions, reverse=True)
    assert names(page) != before
    for _ in range(2):
        head.press("Enter")
    assert names(page) == before
    assert visitor.received == received
    for form, start in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as saved:
            page.get_by_role("button", name=LATVIAN[f"picture.{form}"]).click()
        assert saved.value.suggested_filename == f"comparison.{form}"
        saved.value.save_as(tmp_path / form)
        assert Path(tmp_path / form).read_bytes().startswith(start)

    if THOROUGH:
        joins(page)
    visitor.settled()
    page.get_by_role("button", name=re.compile(LATVIAN["compare.file"])).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name=LATVIAN["compare.file_save"]).click()
    saved.value.save_as(tmp_path / "comparison.json")
    address = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))["address"]
    assert ({"chosen", "lists", "where"} if THOROUGH else {"chosen"}) <= set(address)
    visitor.leave()
    visitor.open("/compare?lang=en")
    page.get_by_role("button", name=re.compile(ENGLISH["compare.file"])).click()
    page.locator("input[type=file]").set_input_files(tmp_path / "comparison.json")
    expect(page.locator("thead th", has_text="Mana VRG" if THOROUGH else "Vecpiebalgas").first).to_be_visible()
    assert visitor.troubles == []

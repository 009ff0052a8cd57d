"""My data in a real browser: a file with decimal commas, a name confirmed, and the map."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.access import violations
from ui.text import messages

LATVIAN = messages("lv")
TABLE = (
    "Pagasts;Gads;Putni, %\nEngures pagasts;2023;12,5 %\nZemītes pagsts;2023;7,5 %\nTumes pagasts;2023;1\u00a0234,5\n"
)


def test_from_a_file_to_the_map(visit, tmp_path: Path) -> None:
    path = tmp_path / "putni.csv"
    path.write_bytes(TABLE.encode("windows-1257"))
    visitor = visit()
    page = visitor.open("/my_data")
    page.locator("input[type=file]").set_input_files(path)
    near = page.get_by_role("combobox", name="Zemītes pagsts")
    near.wait_for(timeout=60_000)
    visitor.settled()
    near.click()
    near.press_sequentially("Zemītes pagasts")
    near.press("Enter")
    page.get_by_role("button", name="Apstiprināt 1").click()
    expect(page.get_by_text("Zemītes pagsts → Zemītes pagasts, Tukuma novads")).to_be_visible(timeout=60_000)
    visitor.settled()
    assert violations(page) == []
    page.get_by_role("button", name=LATVIAN["own.use"]).click()
    page.get_by_role("link", name="Putni (jūsu dati)").click(timeout=60_000)
    page.locator(".mp-pane svg path").first.wait_for()
    visitor.settled()
    pane = page.locator(".mp-pane").first
    expect(pane.locator("select").first.locator("option:checked")).to_have_text("Putni (jūsu dati)")
    pane.get_by_role("button", name=LATVIAN["map.pane.table"]).click()
    for figure in ("12,5", "7,5", "1\u00a0234,5"):
        expect(pane).to_contain_text(figure)
    visitor.leave()
    visitor.open("/map")
    expect(page.locator(".mp-pane").first).not_to_contain_text("Putni")
    assert visitor.troubles == []

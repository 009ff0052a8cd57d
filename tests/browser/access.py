"""What the rules of access (WCAG 2.0 to 2.2, A and AA) find on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


def violations(page: Page, **options: object) -> list[tuple[str, list[str]]]:
    """The rules that are broken, each with the first elements that do it."""
    found = Axe().run(page, options=RULES | options).response
    assert found["passes"], "nothing was checked"
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found["violations"]]

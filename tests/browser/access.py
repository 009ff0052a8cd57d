"""What the rules of access (WCAG 2.0 to 2.2, A and AA) find on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,  # of sheets from elsewhere and of sounds, of which there are none; a page may forbid it
}

SEEN = {"rules": {rule: {"enabled": False} for rule in ("color-contrast", "target-size")}}
"""Left out where a page has been looked at in another language: colours and targets are the same in both."""

CHECKED = """
async (rules) => {
  const { passes, violations } = await axe.run(rules);
  const told = violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))]);
  return [passes.length, told];
}
"""


def violations(page: Page, *, words_only: bool = False) -> list[tuple[str, list[str]]]:
    """The rules that are broken, each with the first elements that do it; of `words_only` all but those of `SEEN`."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    passed, broken = page.evaluate(CHECKED, RULES | SEEN if words_only else RULES)
    assert passed, "nothing was checked"
    return broken

"""What the back row of a hall can read of a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from ui import stage

PROJECTORS = ((1920, 1080), (1024, 768))
LETTERS = Path(__file__).with_name("letters.js").read_text(encoding="utf-8")
"""Every visible text of the page, shadow roots and drawings included: its size on the screen, itself, its element."""


def too_small(page: Page, least: int = 1) -> list[object]:
    """The texts that the back row cannot read; there are at least so many to be read."""
    texts = page.evaluate(LETTERS)
    assert len(texts) >= least
    return [text for text in texts if text[0] < stage.LEAST]

"""The bench of the pages around the maps: how long a change takes until it is painted, and what a session costs."""

from __future__ import annotations

import json as json_format
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.maps import PATIENCE_MS, QUIET, WINDOW, installed_browser, machine
from bench.servers import Server
from data.paths import ROOT
from ui.text import messages

ROUNDS, SESSIONS = 7, 8
BARS = {"change_ms": 500.0, "session_mb": 25.0}
PLACES = "LV0033200~LV0032490"
WORDS = messages("en")

# A change is over when the script has ended and the browser has painted twice since.
SETTLED = """
() => new Promise((done) => {
  const app = document.querySelector("[data-testid=stApp]");
  let ran = false;
  const look = () => {
    const state = app.getAttribute("data-test-script-state");
    ran ||= state === "running";
    if (!ran || state !== "notRunning") requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  };
  look();
})
"""


def chosen(*keys: str) -> Callable[[Page, int], None]:
    """A click on one of some options in turn."""
    return lambda page, number: page.get_by_role("radio", name=WORDS[keys[number % len(keys)]], exact=True).click()


def slid(page: Page, number: int) -> None:
    """One step of the first slider, to and fro."""
    page.get_by_role("slider").first.press("ArrowLeft" if number % 2 else "ArrowRight")


CHANGES: dict[str, tuple[str, Callable[[Page, int], None]]] = {
    "index": ("", slid),
    "compare": (f"places={PLACES}&chosen={PLACES}", chosen("compare.scope.peers", "compare.scope.chosen")),
    "relations": ("", chosen("relations.show.quadrants", "relations.show.difference")),
    "trends": (f"of=residents&places={PLACES}", chosen("trends.view.change", "trends.view.lines")),
}
"""Page -> its address, and what is changed on it."""


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure, print the figures with their bars (or JSON), and return them.

    change_ms: median from the click to the paint, by page and the worst of them; session_mb: what each further open
    page costs the server, by page and the worst.
    """
    say = Console(stderr=True).print
    changes: dict[str, float] = {}
    memory: dict[str, float] = {}
    with sync_playwright() as playwright, Server(ROOT / "dashboard.py") as server:
        browser = playwright.chromium.launch(executable_path=installed_browser(playwright), args=list(QUIET))
        for number, (name, (query, change)) in enumerate(CHANGES.items(), start=1):
            say(f"{number}/{len(CHANGES)} {name} …")
            address = f"{server.address}/{name}?lang=en&{query}"
            with opened(browser, address) as page:
                changes[name] = median_change(page, change)
            memory[name] = session_mb(browser, server, address)
        browser.close()
        version = browser.version
    figures: dict[str, Any] = {
        "change_ms": max(changes.values()),
        "changes_ms": changes,
        "session_mb": max(memory.values()),
        "sessions_mb": memory,
        "machine": machine(version),
    }
    figures["missed"] = [name for name, bar in BARS.items() if figures[name] > bar]
    if json:
        sys.stdout.write(json_format.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    else:
        table = Table("page", "change, ms", "session, MB", box=None)
        for name in CHANGES:
            table.add_row(name, f"{changes[name]:.0f}", f"{memory[name]:.1f}")
        table.add_row("at most", f"{BARS['change_ms']:.0f}", f"{BARS['session_mb']:.0f}")
        Console().print(table)
    return figures


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A page in a browser of its own, at rest."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address)
    page.locator(".st-key-footer").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1500)
    try:
        yield page
    finally:
        context.close()


def median_change(page: Page, change: Callable[[Page, int], None]) -> float:
    """Median time in ms of the changes after the first two, which load what is needed."""
    times = []
    for number in range(ROUNDS + 2):
        page.evaluate(f"() => {{ window.settled = ({SETTLED})(); }}")
        began = page.evaluate("performance.now()")
        change(page, number)
        times.append(page.evaluate("window.settled") - began)
        page.wait_for_timeout(900)
    return round(statistics.median(times[2:]), 1)


def session_mb(browser: Browser, server: Server, address: str) -> float:
    """What each further open page adds to the server's memory, in MB."""
    with opened(browser, address):
        before = server.memory_mb()
        pages = [opened(browser, address) for _ in range(SESSIONS)]
        for page in pages:
            page.__enter__()
        time.sleep(1)
        after = server.memory_mb()
        for page in pages:
            page.__exit__(None, None, None)
    return round((after - before) / SESSIONS, 2)

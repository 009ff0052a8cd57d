"""The bench of the pages that compare, tell and follow: how long a change takes, and what a session costs."""

from __future__ import annotations

import asyncio
import json as json_format
import statistics
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from bench import viewers
from bench.maps import QUIET, REST_MS, fresh_page, installed_browser, machine, measure, our_server

ROUNDS = 6
SESSIONS = 10
QUIET_MS, OPENING_MS = 700, 600
BAR_MS, BAR_MB = 500, 25
PLACES = "LV0033400~LV0026570~LV0040800"


@dataclass(frozen=True)
class Change:
    """What a visitor changes: a widget by its key, among whose options the bench goes round; `kind` is how it looks."""

    page: str
    key: str
    kind: str
    address: tuple[tuple[str, str], ...] = ()


CHANGES = (
    Change("compare", "compare_against_lv", "list", (("chosen", PLACES),)),
    Change("compare", "compare_rows_lv", "list", (("chosen", PLACES),)),
    Change("compare", "compare_of_lv", "list", (("chosen", PLACES),)),
    Change("compare", "compare_chart_lv", "buttons", (("chosen", PLACES),)),
    Change("profile", "profile_territory_lv", "list", (("territory", PLACES[:9]),)),
    Change("trends", "trends_of_lv", "list", (("chosen", PLACES),)),
    Change("trends", "trends_part_lv", "buttons", (("chosen", PLACES),)),
)


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure, print the medians and the bars (or JSON), and return the figures.

    A time, in ms, is from the click until the last change of what is drawn, server included. `first` is that of the
    first round, in which nothing has been worked out before.

    Raises
    ------
    OSError
        If there is no browser.
    """
    say = Console(stderr=True).print
    figures: dict[str, Any] = {"changes": {}, "first": {}, "session_mb": {}}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(playwright), args=list(QUIET))
        for change in CHANGES:
            say(f"{change.key} …")
            taken = times(browser, change)
            name = change.key.removesuffix("_lv")
            figures["first"][name] = round(taken[0])
            figures["changes"][name] = round(statistics.median(taken[1:]))
        browser.close()
        version = browser.version
    for page, address in {change.page: dict(change.address) for change in CHANGES}.items():
        say(f"memory of a session: {page} …")
        figures["session_mb"][page] = asyncio.run(memory(page, address))
    figures["machine"] = machine(version)
    slow = [name for name, median in figures["changes"].items() if median > BAR_MS]
    large = [name for name, size in figures["session_mb"].items() if size > BAR_MB]
    figures["missed"] = [*slow, *(f"session_mb {name}" for name in large)]
    if json:
        sys.stdout.write(json_format.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    else:
        show(figures)
    return figures


def times(browser: Browser, change: Change) -> list[float]:
    """The milliseconds of each round."""
    taken = []
    with our_server() as server, fresh_page(browser, "lv-LV") as page:
        page.goto(f"{server.address}/{change.page}?{urlencode(dict(change.address), safe='~')}")
        page.locator(".st-key-footer").wait_for()
        for step in range(1, ROUNDS + 1):
            page.wait_for_timeout(REST_MS)
            option = choice(page, change, step)
            taken.append(measure(page, f"bench.still({QUIET_MS})", option.click))
    return taken


def choice(page: Page, change: Change, step: int) -> Locator:
    """The option of this round, ready to be clicked; never the one that is chosen."""
    widget = page.locator(f".st-key-{change.key}")
    if change.kind == "buttons":
        options = widget.get_by_role("radio").or_(widget.get_by_role("button"))
        options.first.wait_for()
        return options.nth(step % options.count())
    options = page.get_by_role("option")
    while not options.count():  # a run that comes late closes the list again
        widget.get_by_role("combobox").click()
        page.wait_for_timeout(OPENING_MS)
    others = page.locator("[role=option]:not([aria-selected=true])")
    return others.nth(step % others.count())


async def memory(page: str, address: dict[str, str]) -> float:
    """The megabytes by which the server grows for each further session that stays open."""
    with our_server() as server:
        first = await viewers.open_sessions(server.stream, address, 3, page)
        await asyncio.sleep(2)
        before = server.memory_mb()
        further = await viewers.open_sessions(server.stream, address, SESSIONS, page)
        await asyncio.sleep(2)
        after = server.memory_mb()
        await viewers.close_sessions([*first, *further])
    return round(max(0.0, after - before) / SESSIONS, 2)


def show(figures: dict[str, Any]) -> None:
    """Times and sizes beside their bars, as tables."""
    console = Console()
    table = Table("change", "ms", "the first, ms", f"at most {BAR_MS} ms", box=None, pad_edge=False)
    for name, median in figures["changes"].items():
        table.add_row(name, f"{median:,}", f"{figures['first'][name]:,}", "missed" if median > BAR_MS else "met")
    console.print(table)
    sizes = Table("page", "MB a session", f"at most {BAR_MB} MB", box=None, pad_edge=False)
    for name, size in figures["session_mb"].items():
        sizes.add_row(name, f"{size:,}", "missed" if size > BAR_MB else "met")
    console.print(sizes)
    console.print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))

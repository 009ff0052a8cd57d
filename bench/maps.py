"""The bench of the map page: what a visitor waits for, beside a plain Plotly page measured in the same run."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json as json_format
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import psutil
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from rich.console import Console
from rich.table import Table

from bench import viewers, yardstick
from bench.servers import Server
from data.paths import ROOT
from ui import address, cache, views
from ui.cache import Loaded

PROBE = Path(__file__).parent / "probe.js"
PANES = 4
ROUNDS = 8
VISITS = 7
SESSIONS = 20
VIEWERS = 50
CROWD_S = 60
REST_MS = 1200
PATIENCE_MS = 60_000
WINDOW = {"width": 1280, "height": 900}
QUIET = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-first-run", "--no-sandbox"),
)
BARS: dict[str, tuple[str, float]] = {
    "ratio_server": ("at least", 6),
    "ratio_client": ("at least", 25),
    "bytes_per_change": ("at most", 20_000),
    "client_bytes": ("at most", 0),
    "frame_ms": ("at most", 33),
    "first_paint_ratio": ("at most", 0.5),
    "session_mb": ("at most", 3),
    "viewers50_p50_ms": ("at most", 150),
    "viewers50_p95_ms": ("at most", 400),
}


@dataclass(frozen=True)
class Ground:
    """What both sides show: the views with four indicators each, the first of them as an address, the figures."""

    loaded: Loaded
    views: dict[str, Sequence[str]]
    address: dict[str, str]
    codes: list[str]
    plain: Path

    @property
    def longest(self) -> str:
        """The view with the most periods, for changes of year."""
        periods = self.loaded.periods
        return max(self.views, key=lambda name: sum(len(periods[one].get("unit", ())) for one in self.views[name]))


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure, print both sides with their ratio and the bars (or JSON), and return the figures.

    Times are medians in ms; `ratio_*` is the yardstick's time over ours, `first_paint_ratio` ours over the yardstick's.

    Raises
    ------
    OSError
        If there is no browser.
    """
    say = Console(stderr=True).print
    with tempfile.TemporaryDirectory() as folder:
        ground = prepare(Path(folder) / "plain")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed_browser(playwright), args=list(QUIET))
            say("1/5 first visits from a cold server …")
            figures = first_paints(browser, ground)
            say("2/5 the yardstick …")
            figures |= plain_changes(browser, ground)
            say("3/5 the map page …")
            figures |= our_changes(browser, ground)
            browser.close()
            version = browser.version
        say("4/5 memory of a session …")
        figures |= asyncio.run(memory(ground))
        say(f"5/5 {VIEWERS} viewers …")
        figures |= asyncio.run(crowd(ground))
    figures["ratio_server"] = round(figures["yardstick_ms"] / figures["server_change_ms"], 1)
    figures["ratio_client"] = round(figures["yardstick_ms"] / figures["client_change_ms"], 1)
    figures["machine"] = machine(version)
    figures["missed"] = [name for name, (side, bar) in BARS.items() if not met(figures[name], side, bar)]
    if json:
        sys.stdout.write(json_format.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    else:
        show(figures)
    return figures


def installed_browser(playwright: Playwright) -> str | None:
    """The path of a browser that is installed; None for Playwright's own.

    Raises
    ------
    OSError
        If there is none.
    """
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if not executable and not Path(playwright.chromium.executable_path).exists():
        raise OSError(errno.ENOENT, "there is no browser; install Debian's package chromium", "chromium")
    return executable


def prepare(folder: Path) -> Ground:
    """Choose what both sides show, and write the plain page."""
    loaded = cache.current()
    known = loaded.known
    full = {name: four for name, four in views.VIEWS.items() if all(one in known.latest for one in four)}
    if len(full) < 2:
        raise RuntimeError("the snapshot fills fewer than two views of four indicators: run `python cli.py build`")
    state = address.default(known)
    state["panes"] = [known.pane(indicator) for indicator in next(iter(full.values()))]
    state["sharedPeriod"] = True
    codes = json_format.loads(gzip.decompress(loaded.snapshot.geometry))["levels"]["unit"]["codes"]
    shown = {one for four in full.values() for one in four}
    rows = loaded.values[loaded.values["indicator"].isin(shown) & (loaded.values["level"] == "unit")]
    latest = rows[rows["period"] == rows["indicator"].astype(str).map(known.latest)]
    table = pd.DataFrame({str(one): own.set_index("territory")["value"] for one, own in latest.groupby("indicator")})
    page = yardstick.prepare(folder, loaded.snapshot.geometry, table.reindex(codes), full)
    return Ground(loaded, full, address.encode(state), codes, page)


def plain_server(ground: Ground) -> Server:
    return Server(ground.plain, ["--server.enableStaticServing", "true"])


def our_server() -> Server:
    return Server(ROOT / "dashboard.py")


def our_page(server: Server, ground: Ground) -> str:
    return f"{server.address}/map?{urlencode(ground.address)}"


@contextmanager
def fresh_page(browser: Browser, locale: str = "en-US") -> Iterator[Page]:
    """A page of a browser that has never been here, with the probe installed."""
    context = browser.new_context(viewport=WINDOW, locale=locale)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(path=PROBE)
    yield context.new_page()
    context.close()


def measure(page: Page, probe: str, act: Callable[[], object]) -> float:
    """The milliseconds the probe finds after the action; an error instead of waiting for ever."""
    page.evaluate(f"window.found = Promise.race([{probe}, {timeout()}]); 0")
    act()
    return page.evaluate("window.found")


def timeout() -> str:
    return f"new Promise((_, fail) => setTimeout(() => fail(new Error('not painted')), {PATIENCE_MS}))"


def visit(page: Page, where: str, probe: str) -> float:
    """The milliseconds from asking for a page until its maps are painted."""
    page.goto(where, wait_until="commit")
    return page.evaluate(f"Promise.race([{probe}, {timeout()}])")


def complete(ground: Ground) -> str:
    return f"bench.plain({PANES}, {len(ground.codes)})"


def first_paints(browser: Browser, ground: Ground) -> dict[str, Any]:
    """Each time a new server and a browser that was never here; both sides in turn."""
    taken: dict[str, list[float]] = {"ours": [], "ours_start": [], "plain": [], "plain_start": []}
    for _ in range(VISITS):
        with our_server() as server, fresh_page(browser) as page:
            taken["ours_start"].append(server.start_ms)
            taken["ours"].append(visit(page, our_page(server, ground), "bench.visitedMarked()"))
        with plain_server(ground) as server, fresh_page(browser) as page:
            taken["plain_start"].append(server.start_ms)
            probe = f"bench.visited(() => {complete(ground)} !== null)"
            taken["plain"].append(visit(page, server.address, probe))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    with_start = (medians["ours"] + medians["ours_start"]) / (medians["plain"] + medians["plain_start"])
    return {
        "first_paint_ms": round(medians["ours"]),
        "yardstick_first_paint_ms": round(medians["plain"]),
        "first_paint_ratio": round(medians["ours"] / medians["plain"], 2),
        "server_start_ms": round(medians["ours_start"]),
        "yardstick_server_start_ms": round(medians["plain_start"]),
        "first_paint_with_start_ratio": round(with_start, 2),
    }


class Traffic:
    """The bytes that go over the websockets of a page, both ways."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, self._count)

    def _count(self, payload: str | bytes) -> None:
        self.bytes += len(payload if isinstance(payload, bytes) else payload.encode())


def plain_changes(browser: Browser, ground: Ground) -> dict[str, Any]:
    """Another view in the plain page's select box, until four maps show other colours."""
    names = list(ground.views)
    times, sent = [], []
    with plain_server(ground) as server, fresh_page(browser) as page:
        traffic = Traffic(page)
        visit(page, server.address, f"bench.visited(() => {complete(ground)} !== null)")
        for change in range(1, ROUNDS + 1):
            page.wait_for_timeout(REST_MS)
            page.evaluate(f"window.before = {complete(ground)}; 0")
            page.get_by_role("combobox").click()
            option = page.get_by_role("option", name=names[change % len(names)], exact=True)
            option.wait_for()
            began = traffic.bytes
            changed = f"bench.plainChanged(before, {PANES}, {len(ground.codes)})"
            times.append(measure(page, f"bench.until('click', () => {changed})", option.click))
            sent.append(traffic.bytes - began)
    return {"yardstick_ms": round(statistics.median(times)), "yardstick_bytes": round(statistics.median(sent))}


def our_changes(browser: Browser, ground: Ground) -> dict[str, Any]:
    """Through the server: another ready-made view. In the browser: year, hover, selection; panning."""
    with our_server() as server, fresh_page(browser) as page:
        traffic = Traffic(page)
        visit(page, our_page(server, ground), "bench.visitedMarked()")
        hands = Hands(page, traffic)
        names = list(ground.views)
        through_server = [hands.choose_view(names[change % len(names)]) for change in range(1, ROUNDS + 1)]
        if names[ROUNDS % len(names)] != ground.longest:
            hands.choose_view(ground.longest)
        in_browser = {"year": [], "hover": [], "select": []}
        for step in range(ROUNDS):
            in_browser["year"].append(hands.change_year(step))
            in_browser["hover"].append(hands.hover(step))
            in_browser["select"].append(hands.select())
        frames = hands.pan()
    medians = {name: statistics.median(time for time, _ in taken) for name, taken in in_browser.items()}
    first = through_server[: len(ground.views) - 1]
    return {
        "server_change_ms": round(statistics.median(time for time, _ in through_server), 1),
        "server_change_first_ms": round(statistics.median(time for time, _ in first), 1),
        "bytes_per_change": round(statistics.median(sent for _, sent in through_server)),
        "client_change_ms": round(max(medians.values()), 1),
        "client_change_each_ms": {name: round(median, 1) for name, median in medians.items()},
        "client_bytes": max(sent for taken in in_browser.values() for _, sent in taken),
        "frame_ms": round(statistics.median(frames), 1),
        "frame_p95_ms": round(statistics.quantiles(frames, n=20)[-1], 1),
    }


class Hands:
    """What a visitor does on our page. Each method returns the time until the paint in ms and the bytes until then."""

    def __init__(self, page: Page, traffic: Traffic) -> None:
        self.page = page
        self.traffic = traffic
        self.slider = page.locator(".mp-slider")

    def choose_view(self, name: str) -> tuple[float, int]:
        """Press another view's button, until all maps are painted under other headings."""
        self.page.wait_for_timeout(REST_MS)
        self.page.evaluate("window.before = bench.headings().join('\\n'); 0")
        button = self.page.locator(f".st-key-view_{name} button")
        return self._timed("click", button.click, done="bench.headings().join('\\n') !== before")

    def change_year(self, step: int) -> tuple[float, int]:
        before = self.slider.input_value()
        self.slider.focus()
        taken = self._timed("input", lambda: self.page.keyboard.press("ArrowRight" if step % 2 else "ArrowLeft"))
        if self.slider.input_value() == before:
            raise RuntimeError("the year did not change")
        return taken

    def hover(self, step: int) -> tuple[float, int]:
        return self._timed("pointermove", lambda: self.page.mouse.move(*self._territory(step)))

    def select(self) -> tuple[float, int]:
        """Select what the mouse is on, or release it; there are fewer places to hover than may be selected."""
        self.page.mouse.down()
        return self._timed("pointerup", self.page.mouse.up)

    def pan(self) -> list[float]:
        """Drag one map around, all four following; returns the times between frames."""
        self.page.locator(".mp-zoom button").first.click()
        self.page.wait_for_timeout(REST_MS)
        box = self._box(0)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.evaluate("window.frames = bench.frames(); 0")
        for step in range(160):
            there = step % 80 if step % 160 < 80 else 80 - step % 80
            self.page.mouse.move(x + there - 40, y + (there - 40) / 2)
            time.sleep(0.012)
        deltas = self.page.evaluate("window.frames.stop()")
        self.page.mouse.up()
        return deltas

    def _timed(self, event: str, act: Callable[[], object], done: str = "true") -> tuple[float, int]:
        self.page.wait_for_timeout(REST_MS)
        began = self.traffic.bytes
        taken = measure(self.page, f"bench.marked('{event}', () => {done})", act)
        return taken, self.traffic.bytes - began

    def _box(self, pane: int) -> dict[str, float]:
        box = self.page.locator(".mp-map").nth(pane).bounding_box()
        if not box:
            raise RuntimeError("the maps are not on the screen")
        return box  # type: ignore[return-value]

    def _territory(self, step: int) -> tuple[float, float]:
        """A point of the first map well inside the country, in turn west, middle and east."""
        box = self._box(0)
        return box["x"] + box["width"] * (0.25, 0.5, 0.7)[step % 3], box["y"] + box["height"] * 0.5


async def memory(ground: Ground) -> dict[str, Any]:
    """What the server's memory grows by for each further session that stays open."""
    with our_server() as server:
        first = await viewers.open_sessions(server.stream, ground.address, 5)
        await asyncio.sleep(2)
        before = server.memory_mb()
        further = await viewers.open_sessions(server.stream, ground.address, SESSIONS)
        await asyncio.sleep(2)
        after = server.memory_mb()
        await viewers.close_sessions([*first, *further])
    return {"session_mb": round(max(0, after - before) / SESSIONS, 2), "server_mb": round(before)}


async def crowd(ground: Ground) -> dict[str, Any]:
    """How long a run of the script takes while many viewers change something, all on one process."""
    with our_server() as server:
        taken = await viewers.crowd(server.stream, ground.address, ground.codes, count=VIEWERS, seconds=CROWD_S)
    return {
        "viewers50_p50_ms": round(1000 * statistics.median(taken)),
        "viewers50_p95_ms": round(1000 * statistics.quantiles(taken, n=20)[-1]),
        "viewers50_changes": len(taken),
    }


def machine(browser: str) -> dict[str, Any]:
    """What it was measured on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "browser": f"Chromium {browser}",
    }


def met(value: float, side: str, bar: float) -> bool:
    return value >= bar if side == "at least" else value <= bar


def show(figures: dict[str, Any]) -> None:
    """Both sides, their ratio and the bars as tables."""
    console = Console()
    sides = Table("", "this page", "yardstick", "ratio", box=None, pad_edge=False)
    yard = figures["yardstick_ms"]
    sides.add_row(
        "change through the server, ms", f"{figures['server_change_ms']}", f"{yard}", f"{figures['ratio_server']} x"
    )
    for name, time_ms in figures["client_change_each_ms"].items():
        sides.add_row(f"{name} in the browser, ms", f"{time_ms}", f"{yard}", f"{yard / time_ms:.1f} x")
    sides.add_row("bytes of a change", f"{figures['bytes_per_change']:,}", f"{figures['yardstick_bytes']:,}")
    sides.add_row(
        "first visit, ms",
        f"{figures['first_paint_ms']}",
        f"{figures['yardstick_first_paint_ms']}",
        f"{1 / figures['first_paint_ratio']:.1f} x",
    )
    sides.add_row("server start, ms", f"{figures['server_start_ms']}", f"{figures['yardstick_server_start_ms']}")
    console.print(sides)
    bars = Table("", "measured", "bar", "", box=None, pad_edge=False)
    for name, (side, bar) in BARS.items():
        bars.add_row(name, f"{figures[name]:,}", f"{side} {bar:,}", "missed" if name in figures["missed"] else "met")
    console.print(bars)
    console.print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))

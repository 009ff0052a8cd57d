"""The bench of the focus group: a hundred phones answer at once, and the stage follows."""

from __future__ import annotations

import json as json_format
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.maps import PATIENCE_MS, QUIET, fresh_page, installed_browser, machine
from bench.servers import Server
from data.groups import HIGHEST, QUESTIONS, Groups
from data.paths import HOME, ROOT, SNAPSHOT
from indicators.opinion import LEAST
from ui.hall.participants import SWITCH

PHONES = 100
TERRITORY = "LV0033400"
PATIENCE_S, AGAIN_S = 60, 4
PARTS = {
    "join": "(document.querySelector('.hall-join [role=status]')?.textContent.match(/\\d+/) ?? [0])[0] === String(all)",
    "spread": f"""[...document.querySelectorAll(".js-plotly-plot")].some(({{ data }}) =>
        data?.length && [...data[0].customdata].reduce((sum, n) => sum + n, 0) === all * {QUESTIONS})""",
}
"""The first parts of the stage, and what is true in the browser when they show all answers."""
BARS = {"lost": 0, "stored_p95_ms": 1000, "stage_s": 2}
"""The most each may be."""


@dataclass
class Phone:
    """One phone in the hall: an address, a code, and a token of its own."""

    port: int
    code: str
    number: int
    stored_ms: list[float] = field(default_factory=list)
    first_stored: float = 0.0
    repeated: int = 0

    def visit(self, together: Barrier) -> None:
        """Open the questions; when all have, answer, change the answer, lose the connection, and say it again."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        for path in (f"/g/{self.code}", "/g/files/participants.css", "/g/files/participants.js"):
            connection.request("GET", path)
            if (answer := connection.getresponse()).status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            answer.read()
        together.wait(PATIENCE_S)
        self.answer(connection, self.number % (HIGHEST + 1))
        self.first_stored = time.time()
        self.answer(connection, self.latest)
        self._send(connection, self.latest)
        connection.close()
        self.answer(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S), self.latest)

    @property
    def latest(self) -> int:
        """What the phone says in the end, to every question."""
        return (self.number + 1) % (HIGHEST + 1)

    def answer(self, connection: HTTPConnection, value: int) -> None:
        """Send an answer until it is stored; where the server asks for patience, again after a while, as phones do."""
        began = time.perf_counter()
        while True:
            self._send(connection, value)
            got = connection.getresponse()
            content = got.read()
            if got.status == 200:
                self.stored_ms.append(1000 * (time.perf_counter() - began))
                return
            if got.status != 429 and got.status < 500:
                raise RuntimeError(f"an answer was refused: {got.status} {content[:200]!r}")
            self.repeated += 1
            time.sleep(AGAIN_S)

    def _send(self, connection: HTTPConnection, value: int) -> None:
        said = {"device": f"phone-{self.number:06}", "sentence": f"{self.number}"}
        said |= {kind: [value] * QUESTIONS for kind in ("importance", "here")}
        kind = {"Content-Type": "application/json"}
        connection.request("POST", f"/g/{self.code}/answer", json_format.dumps(said), kind)


def crowd(port: int, code: str, count: int) -> list[Phone]:
    """So many phones at once; returns them when each has said its last."""
    phones, together = [Phone(port, code, number) for number in range(count)], Barrier(count)
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda phone: phone.visit(together), phones))
    return phones


def lost(store: Groups, code: str, phones: Sequence[Phone]) -> int:
    """How many phones' last answers are not in the store, or are there more than once."""
    kept = [(answer.sentence, set(answer.importance)) for answer in store.answers(code)]
    return sum(kept.count((f"{phone.number}", {phone.latest})) != 1 for phone in phones)


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure, print the figures and the bars (or JSON), and return the figures.

    stored_p50_ms, stored_p95_ms: from sending an answer until it is on the disk and the phone knows; lost: answers that
    are not stored as they were last said; repeated: how often the server asked for patience; stage_s: from the moment
    the last phone's first answer is stored until the stage in the browser shows all, the slower of two parts.

    Raises
    ------
    OSError
        If there is no browser.
    """
    say = Console(stderr=True).print
    stored: list[float] = []
    figures: dict[str, Any] = {"phones": PHONES, "lost": 0, "repeated": 0, "stage": {}}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(playwright), args=list(QUIET))
        for part in PARTS:
            say(f"{PHONES} phones, the stage shows {part} …")
            with tempfile.TemporaryDirectory() as folder:
                phones, missing, seconds = hall(browser, Path(folder), part)
            figures["lost"] += missing
            figures["repeated"] += sum(phone.repeated for phone in phones)
            figures["stage"][part] = round(seconds, 2)
            stored += [taken for phone in phones for taken in phone.stored_ms]
        figures["machine"] = machine(browser.version)
        browser.close()
    figures["stored_p50_ms"] = round(statistics.median(stored))
    figures["stored_p95_ms"] = round(statistics.quantiles(stored, n=20)[-1])
    figures["stage_s"] = max(figures["stage"].values())
    figures["missed"] = [name for name, bar in BARS.items() if figures[name] > bar]
    if json:
        sys.stdout.write(json_format.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    else:
        table = Table("", "measured", "at most", "", box=None, pad_edge=False)
        for name, bar in BARS.items():
            table.add_row(name, f"{figures[name]:,}", f"{bar:,}", "missed" if name in figures["missed"] else "met")
        Console().print(table)
        told = {name: figures[name] for name in ("stored_p50_ms", "repeated", "stage")}
        Console().print(", ".join(f"{name} {value}" for name, value in told.items()))
    return figures


def hall(browser: Browser, folder: Path, part: str) -> tuple[list[Phone], int, float]:
    """A server of its own with a stage and the phones: these, how many answers were lost, and the stage's seconds.

    A few have answered before, so that the stage has drawn something when all the others come at once.
    """
    shutil.copytree(SNAPSHOT, folder / "snapshot")
    store = Groups(folder / ".groups" / "groups.sqlite")
    session, key = store.begin(TERRITORY, "bench", "lv")
    kept = json_format.dumps({"code": session.code, "key": key})
    environment = {HOME: str(folder), SWITCH: "on"}
    with Server(ROOT / "dashboard.py", environment=environment) as server, fresh_page(browser) as page:
        page.add_init_script(f"localStorage.setItem('smart-villages-stage', JSON.stringify({kept}))")
        page.goto(f"{server.address}/group?lang=lv")
        page.locator(".hall-code").wait_for()
        page.locator(".st-key-group_part button").nth(list(PARTS).index(part)).click()
        page.evaluate(
            f"""(all) => {{
                const look = () => ({PARTS[part]}) ? (window.reached = Date.now()) : requestAnimationFrame(look);
                look();
            }}""",
            PHONES,
        )
        crowd(server.port, session.code, LEAST)
        if part != "join":
            page.locator(".js-plotly-plot").wait_for()
        phones = crowd(server.port, session.code, PHONES)
        page.wait_for_function("window.reached", timeout=PATIENCE_MS)
        seconds = page.evaluate("window.reached") / 1000 - max(phone.first_stored for phone in phones)
    return phones, lost(store, session.code, phones), seconds

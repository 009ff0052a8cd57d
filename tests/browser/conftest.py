"""A real browser and the real app, for the tests of this folder."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from data.paths import HOME, ROOT, SNAPSHOT
from tests.conftest import THOROUGH
from ui.hall.participants import SWITCH
from ui.hall.reach import ELSEWHERE
from ui.text import Language, messages

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # pages live too short for what optimising them costs, and the other processors have tests of their own to run
    "--js-flags=--no-opt --no-maglev --single-threaded --min-semi-space-size=128 --initial-old-space-size=1500",
    *([] if THOROUGH else ["--force-prefers-reduced-motion"]),  # what fades or glides is drawn sixty times a second
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
"""The browser reaches this machine only: a page that needs another one fails here as it would unplugged."""
PATIENCE_MS = 60_000
"""How long is waited for what must come; a machine may do other work at the same time."""
UNPLUGGED = Path(__file__).with_name("unplugged.py")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Small matrices on a machine whose processors are all taken: more threads would only wait for each other."""
MISSING = "no browser found: install Debian's chromium (`apt-get install chromium`), or set CHROMIUM to one"
SETTLED = """
document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
&& document.getAnimations().every(({ playState }) => playState !== "running")
&& !document.querySelector(".stPlotlyChart:not(:has(.main-svg)), [data-stale=true]")
"""
USUAL = dict.fromkeys(("media", "color_scheme", "reduced_motion", "forced_colors", "contrast"), "null")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Without one the tests are skipped, unless REQUIRE_BROWSER=1 makes that a failure."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the apps: the embedded snapshot, and groups of nobody else."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(SNAPSHOT, folder / "snapshot")
    return folder


class Nursery:
    """Makes processes of the app: where the system can copy one, copies of one that has read the data."""

    def __init__(self, home: Path) -> None:
        self._environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), HOME: str(home), SWITCH: "on"}
        self._parent: subprocess.Popen[str] | None = None

    def start(self, arguments: list[str], said: Path) -> int:
        """The number of a new process, which writes what it says to a file."""
        here, environment = [sys.executable, str(UNPLUGGED)], self._environment
        if not hasattr(os, "fork"):
            with said.open("wb") as file:
                return subprocess.Popen([*here, *arguments], cwd=ROOT, env=environment, stdout=file, stderr=file).pid
        if self._parent is None:
            pipe = subprocess.PIPE
            self._parent = subprocess.Popen(here, cwd=ROOT, env=environment, text=True, stdin=pipe, stdout=pipe)
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(json.dumps({"arguments": arguments, "said": str(said)}) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())


@pytest.fixture(scope="session")
def nursery(home: Path) -> Nursery:
    return Nursery(home)


class Server:
    """The app on a port of its own, started as a user would but with the network unplugged on its side."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._nursery = nursery
        self._asked, self._said = folder / "asked.txt", folder / "said.txt"
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes visitors."""
        arguments = [str(self._asked), "--server.port", str(self.port)]
        self.process = psutil.Process(self._nursery.start(arguments, self._said))
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self.process.is_running():
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        self.die()
        pytest.fail(f"the app did not start: {self._said.read_text(encoding='utf-8')}")

    def die(self) -> None:
        with suppress(psutil.NoSuchProcess):
            self.process.kill()
            self.process.wait()

    def end(self) -> None:
        """Stop for good."""
        self.die()
        assert self.asked <= {ELSEWHERE[0]}, "one address may be asked for the way to it; nothing is sent there"
        self._asked.unlink()

    @property
    def asked(self) -> set[str]:
        """The addresses beyond this machine that the server tried to reach."""
        return set(self._asked.read_text(encoding="utf-8").split())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app that all tests visit: on one port, so that the browser reads its files once."""
    server = Server(nursery, tmp_path_factory.mktemp("server"))
    yield server
    server.end()


@pytest.fixture
def cold(server: Server) -> Server:
    """The app, which nobody has visited since it started."""
    server.end()
    server.start()
    return server


@pytest.fixture(scope="session")
def app(server: Server) -> str:
    """The address of the running app."""
    return server.address


def forget(page: Page) -> None:
    """Leave a page and keep nothing of it."""
    origin = "/".join(page.url.split("/")[:3])
    if origin.startswith("http"):
        page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    if origin.startswith("http"):  # what a page keeps when it is left, too
        devtools = page.context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
        devtools.detach()
    page.context.clear_cookies()


class Tabs:
    """Tabs that are lent out one after the other: to open one costs the browser more than to load a page.

    They share what the browser has fetched.
    """

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(locale="lv-LV")
        self._context.set_default_timeout(PATIENCE_MS)
        self._idle: list[Page] = []

    @contextmanager
    def lend(self, locale: str, width: int, height: int) -> Iterator[Page]:
        """A tab of a browser that asks for this language, in which nothing is kept from before."""
        page = self._idle.pop() if self._idle else self._context.new_page()
        page.bring_to_front()
        page.set_viewport_size({"width": width, "height": height})
        devtools = self._context.new_cdp_session(page)
        agent = page.evaluate("navigator.userAgent")
        devtools.send("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": locale})
        try:
            yield page
        finally:
            devtools.detach()
            forget(page)
            page.emulate_media(**USUAL)
            self._context.clear_permissions()
            self._idle.append(page)


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def visit(tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Makes new visitors, of the shared app unless another address is given: `visit(locale="en-GB", width=1920)`."""
    with ExitStack() as stack:

        def come(address: str | None = None, locale: str = "lv-LV", width: int = 1280, height: int = 800) -> Visitor:
            page = stack.enter_context(tabs.lend(locale, width, height))
            return stack.enter_context(Visitor.of(page, address or request.getfixturevalue("app")))

        yield come


def settle(page: Page) -> None:
    """Wait until the script has finished, charts and maps are drawn, and nothing moves."""
    page.wait_for_function(SETTLED, polling=100)  # to ask at every frame would make the browser draw them all
    painted = page.locator('.mp[data-painted]:not([data-painted="0"])')
    without = page.locator("[data-testid=stMain]:not(:has([class*=st-key-map_panes]))")
    painted.or_(without).first.wait_for()


class Visitor:
    """Somebody before a tab, who notes every outside request, failed request and console error."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.troubles: list[str] = []
        self.received = 0

    @classmethod
    @contextmanager
    def of(cls, page: Page, address: str) -> Iterator[Visitor]:
        visitor = cls(page, address)
        listeners = {
            "console": lambda said: visitor._note("console", said.text) if said.type == "error" else None,
            "pageerror": lambda error: visitor._note("error", str(error)),
            "request": lambda request: visitor._outside(request.url),
            "response": lambda got: visitor._note(str(got.status), got.url) if got.status >= 400 else None,
            "websocket": visitor._listen,
        }
        for event, listener in listeners.items():
            page.on(event, listener)
        try:
            yield visitor
        finally:
            for event, listener in listeners.items():
                page.remove_listener(event, listener)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, path: str) -> Page:
        """Go to a page of the app and wait until it stands: the footer is the last thing drawn."""
        self.page.goto(self.address + path)
        self.page.locator(".st-key-footer").wait_for()
        return self.settled()

    def leave(self) -> None:
        """Who opens the next page in this tab is somebody else."""
        forget(self.page)

    def settled(self) -> Page:
        settle(self.page)
        return self.page

    def speak(self, language: Language) -> Page:
        """Choose the language of the page and wait until it stands in it."""
        switch = self.page.locator(".st-key-language_switch")
        switch.get_by_text(messages(language)[f"language.{language}"]).click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        return self.settled()

    def _listen(self, websocket) -> None:
        def count(payload: str | bytes) -> None:
            self.received += len(payload)

        if urlsplit(websocket.url).netloc != urlsplit(self.address).netloc:
            self._note("outside", websocket.url)
        websocket.on("framereceived", count)

    def _outside(self, address: str) -> None:
        if not address.startswith((self.address, "data:", "blob:")):
            self._note("outside", address)

    def _note(self, kind: str, what: str) -> None:
        self.troubles.append(f"{kind}: {what}")

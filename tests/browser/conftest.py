"""A real browser and the real app, for the tests of this folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from data.paths import ROOT

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 20_000
"""How long is waited for what must come; a machine may do other work at the same time."""
MISSING = "no browser found: install Debian's chromium (`apt-get install chromium`), or set CHROMIUM to one"


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
def serve() -> Callable[[], AbstractContextManager[str]]:
    """Starts the app as a user would, on a free port, for as long as the context lasts."""
    return _serve


@pytest.fixture(scope="session")
def app(serve) -> Iterator[str]:
    """The address of one running app, shared by the tests that do not need a cold one."""
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def context_of(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """The one context of a locale: its pages share what the browser has fetched, so that each opens sooner."""
    made: dict[str, BrowserContext] = {}

    def context(locale: str) -> BrowserContext:
        if locale not in made:
            made[locale] = browser.new_context(locale=locale)
            made[locale].set_default_timeout(PATIENCE_MS)
        return made[locale]

    yield context
    for one in made.values():
        one.close()


@pytest.fixture
def visit(context_of: Callable[[str], BrowserContext], app: str) -> Iterator[Callable[..., Visitor]]:
    """Makes new visitors, of the shared app unless another address is given: `visit(locale="en-GB", width=1920)`."""
    with ExitStack() as stack:

        def come(address: str = app, locale: str = "lv-LV", width: int = 1280) -> Visitor:
            return stack.enter_context(Visitor.of(context_of(locale), address, width))

        yield come


class Visitor:
    """A page, with nothing kept from before, that notes every outside request, failed request and console error."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.received = 0
        self.page.on("console", lambda said: self._note("console", said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("request", lambda request: self._outside(request.url))
        self.page.on("response", lambda got: self._note(str(got.status), got.url) if got.status >= 400 else None)
        self.page.on("websocket", self._listen)

    @classmethod
    @contextmanager
    def of(cls, context: BrowserContext, address: str, width: int) -> Iterator[Visitor]:
        visitor = cls(context, address)
        visitor.page.set_viewport_size({"width": width, "height": 800})
        try:
            yield visitor
        finally:
            if visitor.page.url.startswith(address):
                visitor.page.evaluate("localStorage.clear(); sessionStorage.clear()")
            visitor.page.close()
            context.clear_cookies()
            context.clear_permissions()

    def open(self, path: str) -> Page:
        """Go to a page of the app and wait until it stands: the footer is the last thing drawn."""
        self.page.goto(self.address + path)
        self.page.locator(".st-key-footer").wait_for()
        return self.settled()

    def settled(self) -> Page:
        """Wait until the script has finished and, on the map page, the maps are painted."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        self.page.wait_for_function("document.getAnimations().every(({ playState }) => playState !== 'running')")
        if "/map" in self.page.url:
            self.page.locator(".mp-pane svg path").first.wait_for()
        return self.page

    def _listen(self, websocket) -> None:
        def count(payload: str | bytes) -> None:
            self.received += len(payload)

        websocket.on("framereceived", count)

    def _outside(self, address: str) -> None:
        if not address.startswith((self.address, "data:", "blob:")):
            self._note("outside", address)

    def _note(self, kind: str, what: str) -> None:
        self.troubles.append(f"{kind}: {what}")


@contextmanager
def _serve() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    process.terminate()
    pytest.fail(f"the app did not start: {process.stderr.read().decode() if process.stderr else ''}")

"""Make the picture of the README: the map page as a visitor sees it, at docs/screenshot.png.

    python -m tools.screenshot

Needs a chromium; starts a server of its own.
"""

from __future__ import annotations

import shutil
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from bench.servers import Server
from data.paths import ROOT

TARGET = ROOT / "docs" / "screenshot.png"
SHOWN = {
    "lang": "en",
    "map1": "distance_pharmacy_km~2019",
    "map2": "population_change_5y~2024~diverging",
}


def main() -> None:
    with Server(ROOT / "dashboard.py") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 980}, locale="en-GB")
        page.goto(f"{server.address}/map?{urlencode(SHOWN)}")
        page.wait_for_function("performance.getEntriesByName('map_panes:painted').length > 0")
        page.wait_for_timeout(1000)
        page.locator(".mp-map").first.hover(position={"x": 360, "y": 150})
        page.wait_for_timeout(500)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()

"""The offline package as a villager opens it: unpacked, by a double click, with no server and no network."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from reports.profile import Edition, profile_of
from tests.browser.access import violations
from tests.browser.conftest import PATIENCE_MS
from ui import assets, cache, profiles
from ui.offline import package
from ui.stories.generated import generated
from ui.text import LANGUAGES, messages

VARAKLANI, TOWN, PARISH = "LV0055000", "LV0055200", "LV0055400"
READY = {
    "map": ".mp-pane svg path",
    "compare": "[data-indicator]",
    "profile": ".profile table",
    "story": ".slides li",
    "sources": "dl",
}
"""What stands in each view when it is complete."""
LV, EN = messages("lv"), messages("en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked package of a small municipality."""
    loaded, place = cache.current(), tmp_path_factory.mktemp("offline")
    content = package.package(loaded, [VARAKLANI], made=date(2026, 11, 28), served=assets.build(loaded))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(place)
    return place / package.name_of(loaded, [VARAKLANI])


class Opened:
    """A page of the package in a browser, and all that went wrong or out."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.troubles: list[str] = []
        self._listeners = {
            "console": lambda said: self.troubles.append(said.text) if said.type in ("error", "warning") else None,
            "pageerror": lambda error: self.troubles.append(str(error)),
            "request": lambda asked: self._outside(asked.url),
            "requestfailed": lambda asked: self._missing(asked.url, asked.failure or ""),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def leave(self) -> None:
        """Keep nothing for those who come after."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.goto("about:blank")

    def _missing(self, address: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # a file still on its way when the page was left
            self.troubles.append(f"{why}: {address}")

    def _outside(self, address: str) -> None:
        if not address.startswith((self.folder.as_uri(), "data:", "blob:")):
            self.troubles.append(f"outside: {address}")

    def open(self, hash: str = "") -> Page:
        """Open the page anew at an address within it."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.folder.as_uri()}/index.html{hash}")
        self.page.locator("main#main h1").first.wait_for()
        return self.page

    def go(self, hash: str) -> Page:
        """Go to another address within the page."""
        self.page.evaluate("hash => { location.hash = hash }", hash)
        return self.page

    def painted(self) -> None:
        self.page.locator(".mp[data-painted]:not([data-painted='0'])").first.wait_for()


def latest(indicator: str, code: str, level: str) -> pd.Series:
    """The last figure of a territory on the pages of the dashboard."""
    values = cache.current().values
    own = values[(values["indicator"] == indicator) & (values["territory"] == code) & (values["level"] == level)]
    return own[own["value"].notna()].sort_values("period").iloc[-1]


def find(page: Page, words: str, name: str) -> Locator:
    """Type words into the search box, which offers a place first; gives the box."""
    box = page.get_by_role("combobox", name=LV["map.search.label"])
    box.fill(words)
    expect(page.locator(".mp-search-list [role=option]").first).to_contain_text(name)
    return box


@pytest.fixture(scope="module")
def unplugged(browser: Browser) -> Iterator[Page]:
    """A tab without a network."""
    context = browser.new_context(locale="lv-LV", offline=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(unplugged: Page, folder: Path) -> Iterator[Opened]:
    unplugged.set_viewport_size({"width": 1280, "height": 800})
    opened = Opened(unplugged, folder)
    yield opened
    opened.leave()


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_every_view_opens_from_the_file_system(spoken, opened):
    """By its link, with the stamp, nothing asked of anybody, and, in Latvian, no fault of accessibility."""
    said, stamp = messages(spoken), package.stamp(cache.current(), package.words(spoken))
    page = opened.open(f"#map?lang={spoken}")
    opened.painted()
    expect(page.locator("html")).to_have_attribute("lang", spoken)
    for view, ready in READY.items():
        page.locator("header").get_by_role("link", name=said[f"nav.{view}"], exact=True).click()
        expect(page).to_have_title(re.compile(re.escape(said[f"nav.{view}"])))
        expect(page.locator("footer")).to_contain_text(stamp)
        page.locator(ready).first.wait_for(state="attached")
        if spoken == "lv" and view != "map":  # the maps have tests of their own
            assert violations(page) == [], view
    assert opened.troubles == []


def test_places_are_found_chosen_on_the_map_and_compared_with_the_dashboards_figures(opened):
    page = opened.open()
    opened.painted()
    find(page, "rezekne", "Rēzekne")
    find(page, "murmast", "Murmastienes pagasts").press("Enter")
    expect(page.get_by_role("list", name=LV["map.selected"]).locator("li")).to_have_count(1)
    page.locator("header").get_by_role("link", name=LV["nav.compare"]).click()
    expect(page.locator("h1")).to_have_text(LV["offline.compare"])
    for words, name in (("Murmastienes", "Murmastienes pagasts"), ("Rezekne", "Rēzekne")):
        find(page, words, name).press("Enter")
        expect(page.locator(".chosen li").filter(has_text=name)).to_be_visible()
    expect(page.locator(".compared thead th")).to_have_count(5)
    for indicator in ("residents", "older_share", "distance_pharmacy_km", "download_mbps"):
        cells = page.locator(f"[data-indicator={indicator}] .value").all_inner_texts()
        places = ((VARAKLANI, "municipality"), (PARISH, "unit"), ("LV0006000", "unit"))
        for shown, (code, level) in zip(cells, places, strict=True):
            figure = float(shown.replace("\u00a0", "").replace("−", "-").replace(",", "."))
            decimals = cache.current().indicators[indicator].decimals
            assert abs(figure - latest(indicator, code, level)["value"]) <= 0.5 * 10**-decimals + 1e-9
    page.get_by_role("button", name=re.compile("^2 Murmastienes")).click()
    bars = page.locator("tbody").nth(1).locator("td:nth-of-type(3) i")
    widths = bars.evaluate_all("all => all.map(({ style }) => parseFloat(style.width))")
    assert len(widths) > 5
    assert widths == sorted(widths, reverse=True)
    with page.expect_download() as download:
        page.get_by_role("button", name=LV["offline.csv.save"]).click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "code,name,indicator,title,unit,period,value,rural,status"
    last = latest("residents", PARISH, "unit")
    assert any(line.startswith(f"{PARISH},") and f",{last['period']},{last['value']:.0f}," in line for line in lines)
    assert opened.troubles == []


def test_language_selection_and_view_outlive_a_reload_and_going_back(opened):
    page = opened.open(f"#profile/{PARISH}")
    expect(page.locator(".profile .name")).to_have_text("Murmastienes pagasts")
    page.get_by_role("link", name=EN["language.en"]).click()
    expect(page.locator("h1")).to_have_text(EN["offline.profile"])
    page.get_by_role("link", name=EN["nav.compare"]).click()
    page.get_by_role("button", name=re.compile("Varakļānu")).first.click()
    expect(page.locator("[data-indicator]")).to_have_count(0)
    page.reload()
    expect(page.locator("h1")).to_have_text(EN["offline.compare"])
    expect(page.locator(".chosen li")).to_have_count(0)
    page.go_back()
    expect(page.locator(".profile .name")).to_have_text("Murmastienes pagasts")
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "lv")
    assert opened.troubles == []


def test_a_profile_shows_the_sentences_and_figures_of_the_page(opened):
    page = opened.open(f"#profile/{TOWN}")
    expect(page.get_by_role("combobox", name=LV["offline.profile.choose"])).to_have_value(TOWN)
    article = page.locator(".profile")
    expect(article.locator(".name")).to_have_text("Varakļāni")
    ground = profiles.ground(cache.current())
    said = profile_of(ground, TOWN, "lv", Edition("", date(2026, 11, 28), ""))
    for line in (*said.people, *said.strengths.lines, *said.gaps.lines, *said.steps[0].lines, said.where):
        expect(article).to_contain_text(line)
    cells = article.locator("table").first.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert cells == list(said.services.rows[0])
    assert opened.troubles == []


def test_the_story_is_played_with_the_keys_of_a_presenter(opened):
    story = generated(cache.current(), VARAKLANI, "lv")
    page = opened.open("#story")
    page.get_by_role("button", name=LV["story.play.begin"]).click()
    title = page.locator(".story-title")
    expect(title).to_have_text(story.slides[0].title)
    page.locator(".story .mp[data-painted]:not([data-painted='0'])").wait_for()
    page.keyboard.press("End")
    expect(title).to_have_text(story.slides[-1].title)
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    expect(title).to_have_text(story.slides[1].title)
    head, whole = (page.locator(place).bounding_box() for place in (".story-head", ".story-body"))
    assert head
    assert whole
    assert (head["x"], head["width"]) == (whole["x"], whole["width"])
    page.mouse.move(300, 300)
    with page.context.expect_page() as second:
        page.get_by_role("button", name=LV["story.play.presenter"]).click()
    expect(second.value.locator(".presenter-place")).to_contain_text("2")
    second.value.close()
    for _ in range(40):  # for two seconds after its window has opened the end of full screen is no leaving
        page.keyboard.press("Escape")
        if not title.count():
            break
        page.wait_for_timeout(100)
    expect(title).to_have_count(0)
    expect(page.locator("h1")).to_have_text(LV["nav.story"])
    assert opened.troubles == []


def test_nothing_runs_over_the_edge_of_small_screens(opened):
    opened.open()
    for view, ready in READY.items():
        page = opened.go(f"#{view}")
        page.locator(ready).first.wait_for(state="attached")
        for width in (390, 1024):
            page.set_viewport_size({"width": width, "height": 768})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (view, width)


BOGUS = (
    "#nowhere/../../x?lang=xx&state={",
    "#profile/<img src=x onerror=alert(1)>",
    "#map?state=%5B1%5D",
    '#map?state={"panes":[{"indicator":"__proto__"}],"selected":7,"filter":[],"view":{"x":"x"}}',
    "#profile/LV9999999",
)


def test_bogus_addresses_show_the_beginning(opened):
    page = opened.open(BOGUS[0])
    for hash in BOGUS:
        opened.go(hash)
        expect(page.locator("main#main h1")).to_have_count(1)
        expect(page.locator("html")).to_have_attribute("lang", "lv")
    expect(page.get_by_text(LV["offline.profile.absent"])).to_be_visible()
    assert opened.troubles == []


def test_hostile_names_stay_text(opened, folder, tmp_path):
    """A name of a place and a title of an indicator that would be markup, in every view."""
    hostile = '</script><img src=x onerror="document.title=1">\u2028"Ļauns\''
    for path in folder.rglob("*"):
        target = tmp_path / path.relative_to(folder)
        target.mkdir(parents=True, exist_ok=True) if path.is_dir() else target.write_bytes(path.read_bytes())
    served = assets.build(cache.current())
    catalog = json.loads(gzip.decompress(served["catalog.lv.json"].body))
    next(row for row in catalog["territories"]["municipality"] if row[0] == VARAKLANI)[1] = hostile
    catalog["indicators"][0]["title"] = hostile
    name, written = package.data_file("catalog.lv.json", catalog)
    (tmp_path / name).write_bytes(written)
    opened.folder = tmp_path
    opened.open()
    for view, place in (
        ("map", ".mp-chip-name"),
        ("compare", ".compared thead"),
        ("profile", ".choice"),
        ("sources", "summary"),
    ):
        page = opened.go(f"#{view}")
        expect(page.locator(place).filter(has_text="Ļauns").first).to_be_attached()
        assert page.locator("img[src=x]").count() == 0
    assert opened.troubles == []


def test_a_page_inside_the_zip_says_what_to_do(opened, folder, tmp_path):
    """Windows opens index.html alone when it is clicked inside the zip."""
    (tmp_path / "index.html").write_bytes((folder / "index.html").read_bytes())
    opened.page.goto(f"{tmp_path.as_uri()}/index.html")
    expect(opened.page.get_by_text(LV["offline.unpack"])).to_be_visible()
    expect(opened.page.get_by_text(EN["offline.unpack"])).to_be_visible()


def test_pictures_of_the_maps_can_be_taken_away(opened):
    page = opened.open()
    opened.painted()
    page.locator(".mp-tools summary").click()
    with page.expect_download() as download:
        page.locator(".mp-tools").get_by_role("button", name=LV["map.export.png"]).click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    assert opened.troubles == []

"""The map panes alone, without Streamlit, on a made-up country of forty square territories."""

from __future__ import annotations

import itertools
import json
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from data.paths import ROOT
from indicators.classes import classify
from tests.browser.access import violations
from tests.browser.conftest import USUAL, Tabs, Visitor
from ui.text import LANGUAGES, messages

HERE = Path(__file__).parent
COLUMNS, ROWS, SIDE = 8, 5, 300
NAMES = ["Zvārtavas pagasts", "Āraišu pagasts", "Aronas pagasts", "Cēsis", "Čornajas pagasts", "Cirmas pagasts"]
NAMES += ["Ķoņu pagasts", "Kocēnu pagasts", "Rēzekne", "<b>Ļauna</b> pagasts"]
YEARS = ["2019", "2020", "2021", "2022"]
LV = messages("lv", "map.")


# --- the country: column pairs are municipalities, the western and the eastern half are regions ---


def codes() -> list[str]:
    return [f"LV00{10 + i // 10}{100 + i % 10 * 10}" for i in range(COLUMNS * ROWS)]


def municipality(i: int) -> int:
    return i % COLUMNS // 2


def name(i: int) -> str:
    return NAMES[i] if i < len(NAMES) else f"Lauku {i}. pagasts"


def kind(i: int) -> str:
    return "parish" if name(i).endswith("pagasts") else "town"


def rectangle(column: int, row: int, columns: int, rows: int) -> list[int]:
    """A ring with a vertex at every unit's corner, so that larger territories share their borders' vertices."""
    right = [(SIDE, 0)] * columns
    down = [(0, SIDE)] * rows
    left = [(-SIDE, 0)] * columns
    up = [(0, -SIDE)] * (rows - 1)
    return [column * SIDE, row * SIDE, *(part for step in (*right, *down, *left, *up) for part in step)]


def geometry() -> dict:
    def level(names: list[str], boxes: list[tuple[int, int, int, int]]) -> dict:
        return {
            "codes": names,
            "rings": [[rectangle(*box)] for box in boxes],
            "points": [[(2 * c + w) * SIDE // 2, (2 * r + h) * SIDE // 2] for c, r, w, h in boxes],
        }

    return {
        "crs": "EPSG:3059",
        "origin": [300000, 450000],
        "step": 25,
        "size": [COLUMNS * SIDE, ROWS * SIDE],
        "levels": {
            "unit": level(codes(), [(i % COLUMNS, i // COLUMNS, 1, 1) for i in range(COLUMNS * ROWS)]),
            "municipality": level([f"LV00{m}0000" for m in range(4)], [(2 * m, 0, 2, ROWS) for m in range(4)]),
            "region": level(["LV00A", "LV00B"], [(0, 0, 4, ROWS), (4, 0, 4, ROWS)]),
        },
    }


def series(values: Callable[[int, int], int | None], years: list[str], count: int, rural: int) -> dict:
    table = [[values(i, year) for i in range(count)] for year in range(len(years))]
    return {
        "periods": years,
        "values": table,
        "status": ["".join("n" if value is None else "f" for value in row) for row in table],
        "marks": ["." * count for _ in table],
        "coverage": [None] * len(table),
        "rural": [rural] * len(table),
        "country": [rural + 1] * len(table),
    }


def value_files() -> dict[str, dict]:
    units = COLUMNS * ROWS

    def both(values: Callable[[int, int], int | None], years: list[str] = YEARS, rural: int = 200) -> dict:
        return {"unit": series(values, years, units, rural), "municipality": series(values, years, 4, rural)}

    share = both(lambda i, year: 10 * i + year)
    rate = both(lambda i, year: None if year == 2 or i == 7 else 3 * (i // 2), rural=30)
    for period in (0, 1, 3):
        statuses = rate["unit"]["status"][period]
        rate["unit"]["status"][period] = "s" + statuses[1:]
        rate["unit"]["values"][period][0] = None
        rate["unit"]["marks"][period] = "..bbb" + "." * (units - 5)
    skills = both(lambda i, year: 400 + i, ["2022"], 420)
    skills["unit"]["marks"] = ["c" * units]
    people = both(lambda i, year: (i + 1) ** 2 * 10)
    for part in skills.values():
        part["smoothed"] = [[value + 5 if value % 2 else value for value in row] for row in part["values"]]
        part["low"] = [[value - 20 for value in row] for row in part["values"]]
        part["high"] = [[value + 30 for value in row] for row in part["values"]]
    speed = both(lambda i, year: 500 - 7 * i, ["2022-Q2"], 300)
    return {
        name: {"id": name, "decimals": 0 if name == "people" else 1, "levels": levels}
        for name, levels in {"share": share, "rate": rate, "skills": skills, "people": people, "speed": speed}.items()
    }


def catalog(language: str) -> dict:
    described = [
        ("share", "Vecāka gadagājuma iedzīvotāji", "%", "people", "lower", "choropleth", []),
        ("people", "Iedzīvotāji", "iedzīvotāji", "people", "neither", "circles", []),
        ("rate", "Uzņēmumi", "uz 1000 iedzīvotājiem", "business", "higher", "choropleth", [2]),
        ("skills", "Digitālās prasmes", "%", "skills", "higher", "choropleth", [8, 3]),
        ("speed", "Lejupielādes ātrums", "Mbit/s", "coverage", "higher", "choropleth", [8]),
    ]
    files = value_files()
    return {
        "lang": language,
        "texts": messages(language, "map."),
        "themes": [{"id": t, "title": t.capitalize()} for t in ("people", "business", "skills", "coverage")],
        "factors": [{"id": factor, "title": f"faktors {factor}"} for factor in (2, 3, 7, 8)],
        "no_data": "vērtē kopiena",
        "interval": 90,
        "indicators": [
            {
                "id": id, "title": title, "short": title, "definition": f"{title} teritorijā.", "formula": "a / b",
                "unit": unit, "decimals": files[id]["decimals"], "better": better, "theme": theme, "factors": factors,
                "mark": mark, "scale": "linear", "estimated": id == "skills", "bias": None, "breaks": [],
                "sources": ["raim"], "periods": {k: v["periods"] for k, v in files[id]["levels"].items()},
            }
            for id, title, unit, theme, better, mark, factors in described
        ],
        "sources": {
            source: {"title": title, "publisher": title, "licence": "CC0-1.0", "credit": credit, "vintage": "2022"}
            for source, title, credit in (("raim", "RAIM", "RAIM dati"), ("boundaries", "Robežas", "CSP"))
        },
        "territories": {
            "unit": [
                [code, name(i), kind(i), f"LV00{municipality(i)}0000", "LV00A" if municipality(i) < 2 else "LV00B",
                 3 if i >= 24 else 1]
                for i, code in enumerate(codes())
            ],
            "municipality": [
                [f"LV00{m}0000", f"{'ABCD'[m]} novads", "municipality", None, "LV00A" if m < 2 else "LV00B"]
                for m in range(4)
            ],
        },
        "regions": [["LV00A", "Rietumi"], ["LV00B", "Austrumi"]],
        "version": "1.0",
        "date": "2024-01-01",
    }  # fmt: skip


def files() -> dict[str, bytes]:
    villages = [["Rēzna", "village", codes()[12], 1350, 450], ["Rēznas Kalns", "hamlet", codes()[20], 1350, 750]]
    made = {"geometry.json": geometry(), "places.json": villages}
    made |= {f"catalog.{language}.json": catalog(language) for language in LANGUAGES}
    made |= {f"values/{name}.json": values for name, values in value_files().items()}
    return {f"/data/{name}": json.dumps(content).encode() for name, content in made.items()}


@pytest.fixture(scope="module")
def harness() -> Iterator[str]:
    """A server on this machine for the harness page, the modules and the made-up country."""
    known = files() | {"/": (HERE / "harness.html").read_bytes()}
    for path in (ROOT / "ui" / "map_panes").glob("*.[jc]s*"):
        known[f"/modules/{path.name}"] = path.read_bytes()
    types = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", "": "text/html"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urllib.parse.urlsplit(self.path).path
            body = known.get(path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", f"{types[Path(path).suffix]}; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Cache-Control", "max-age=3600")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Maps:
    """The harness page with the panes on it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, lang: str = "lv", parts: object = None, **state: object) -> Maps:
        self.show(lang, parts, **state)
        self.page.wait_for_function("document.querySelector('.mp')?.dataset.painted > 0")
        return self

    def show(self, lang: str = "lv", parts: object = None, **state: object) -> None:
        """Make new panes in the place of those that are there."""
        self.page.evaluate("given => window.show(given)", {"lang": lang, "state": state, "parts": parts or {}})

    def painted(self, act: Callable[[], object]) -> None:
        """Do something and wait until it is on the screen."""
        before = int(self.page.locator(".mp").get_attribute("data-painted") or 0)
        act()
        self.page.wait_for_function("n => Number(document.querySelector('.mp').dataset.painted) > n", arg=before)

    def map(self, pane: int = 0) -> Locator:
        return self.page.locator(".mp-map").nth(pane)

    def spot(self, i: int, pane: int = 0) -> tuple[float, float]:
        """Where the middle of unit `i` is on the screen while the whole country is shown."""
        box = self.map(pane).bounding_box()
        assert box
        scale = 0.96 * min((box["width"] - 2) / (COLUMNS * SIDE), (box["height"] - 2) / (ROWS * SIDE))
        x, y = (i % COLUMNS + 0.5) * SIDE, (i // COLUMNS + 0.5) * SIDE
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return middle[0] + (x - COLUMNS * SIDE / 2) * scale, middle[1] + (y - ROWS * SIDE / 2) * scale

    def click(self, i: int, pane: int = 0) -> None:
        self.painted(lambda: self.page.mouse.click(*self.spot(i, pane)))

    def worlds(self) -> list[str]:
        """How each pane's map is placed and scaled."""
        panes = "panes => panes.map(pane => pane.querySelector('svg > g').getAttribute('transform'))"
        return self.page.locator(".mp-stack").evaluate_all(panes)

    def centres(self) -> list[tuple[float, float]]:
        """What stands in the middle of each pane, in the map's integers, whatever room the pane has."""
        sizes = "all => all.map(map => [map.firstChild.width.baseVal.value, map.firstChild.height.baseVal.value])"
        found = []
        for world, (width, height) in zip(
            self.worlds(), self.page.locator(".mp-stack").evaluate_all(sizes), strict=True
        ):
            x, y, scale = (float(part) for part in re.findall(r"-?[\d.]+(?:e-?\d+)?", world))
            found.append((round((width / 2 - x) / scale), round((height / 2 - y) / scale)))
        return found

    def rest(self) -> None:
        self.page.wait_for_timeout(500)

    def periods(self) -> list[str]:
        return [text.split(" · ")[1] for text in self.page.locator(".mp-subtitle").all_inner_texts()]

    def chips(self) -> list[str]:
        return self.page.locator(".mp-chip-name span:first-of-type").all_inner_texts()


@pytest.fixture(scope="module")
def page(tabs: Tabs, harness: str) -> Iterator[Page]:
    """The harness page."""
    with tabs.lend("lv-LV", 1280, 1000) as page:
        page.goto(harness)
        yield page


@pytest.fixture
def visitor(page: Page, harness: str) -> Iterator[Visitor]:
    """Somebody who must have met no console error and asked nothing of the outside when the test ends."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.emulate_media(**USUAL)
    page.mouse.move(0, 0)
    with Visitor.of(page, harness) as visitor:
        yield visitor
        assert visitor.troubles == []


@pytest.fixture
def maps(visitor: Visitor) -> Maps:
    return Maps(visitor.page)


def panes(*indicators: str, **settings: object) -> list[dict]:
    return [{"indicator": indicator, **settings} for indicator in indicators]


FOUR = panes("share", "rate", "skills", "people")


def test_four_panes_zoom_together_until_released(maps):
    maps.open(panes=FOUR)
    start = maps.worlds()
    assert len(set(start)) == 1
    maps.page.mouse.move(*maps.spot(20))
    maps.page.mouse.wheel(0, -200)
    maps.rest()
    zoomed = maps.worlds()
    assert len(set(zoomed)) == 1
    assert zoomed != start
    maps.page.get_by_label(LV["map.sync"]).uncheck()
    maps.page.mouse.move(*maps.spot(20))
    maps.page.mouse.wheel(0, -200)
    maps.rest()
    apart = maps.worlds()
    assert apart[0] != zoomed[0]
    assert apart[1:] == zoomed[1:]
    centres = maps.centres()
    maps.page.wait_for_function("window.states.at(-1)?.apart[2]?.k < window.states.at(-1)?.view?.k")
    maps.open(**maps.page.evaluate("window.states.at(-1)"))  # the state that was told shows the same elsewhere
    assert maps.centres() == centres
    scale = re.compile(r"scale\(([\d.]+)\)")
    scales = [[float(scale.findall(world)[0]) for world in worlds] for worlds in (apart, maps.worlds())]
    assert scales[1] == pytest.approx(scales[0], rel=1e-3)
    apart = maps.worlds()
    maps.page.get_by_label(LV["map.sync"]).check()
    maps.rest()
    assert set(maps.worlds()) == {apart[0]}


def test_dragging_pinching_and_double_click_move_the_map(maps):
    maps.open(panes=panes("share"))
    home = maps.worlds()
    x, y = maps.spot(20)
    maps.page.mouse.dblclick(x, y)
    maps.rest()
    near = maps.worlds()
    assert near != home
    assert maps.chips() == []
    maps.page.mouse.move(x, y)
    maps.page.mouse.down()
    maps.page.mouse.move(x + 80, y + 30, steps=4)
    maps.page.mouse.up()
    maps.rest()
    assert maps.worlds() != near
    assert maps.chips() == []
    maps.page.get_by_label(LV["map.zoom.home"], exact=True).click()
    maps.rest()
    assert maps.worlds() == home
    maps.map().evaluate(
        """map => {
            map.setPointerCapture = () => {};
            const box = map.getBoundingClientRect();
            const touch = (type, id, dx) => map.dispatchEvent(new PointerEvent(type, {
                pointerId: id, pointerType: "touch", bubbles: true, button: 0,
                clientX: box.left + box.width / 2 + dx, clientY: box.top + box.height / 2 }));
            touch("pointerdown", 1, -40); touch("pointerdown", 2, 40);
            touch("pointermove", 1, -120); touch("pointermove", 2, 120);
            touch("pointerup", 1, -120); touch("pointerup", 2, 120);
        }"""
    )
    maps.rest()
    scale = float(re.findall(r"scale\(([\d.]+)\)", maps.worlds()[0])[0])
    assert scale / float(re.findall(r"scale\(([\d.]+)\)", home[0])[0]) == pytest.approx(3, rel=0.01)


def test_hover_marks_the_same_territory_in_all_panes_with_its_figures(maps):
    maps.open(panes=FOUR, level="unit")
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(12)))
    cards = maps.page.locator(".mp-card")
    expect(cards).to_have_count(4)
    for card in cards.all():
        expect(card.locator(".mp-card-name")).to_have_text("Lauku 12. pagasts")
        expect(card.locator(".mp-card-where")).to_have_text("C novads")
    values = [text.replace("\u00a0", " ") for text in maps.page.locator(".mp-card-value").all_inner_texts()]
    assert values == ["12,3 %", "1,8 uz 1000 iedzīvotājiem", "41,2 %", "1 690 iedzīvotāji"]
    remarks = maps.page.locator(".mp-card-remark").all_text_contents()
    assert remarks == ["", "", LV["map.remark.e"], ""]
    lines = maps.page.locator(".mp-card").first.locator(".mp-card-line").all_inner_texts()
    # 38 parishes (Cēsis and Rēzekne are towns), of which 10 lie below: units 0-11 without those two
    assert "26 %" in lines[1]
    assert "38" in lines[1]
    assert "−7,7" in lines[0]
    rate = maps.page.locator(".mp-card").nth(1).locator(".mp-card-line").all_inner_texts()
    assert re.search(r"\b\d+\.–\d+\. vieta", rate[1])


@pytest.mark.parametrize("better", ["lower", "higher", "neither"])
def test_places_are_counted_from_the_best_where_there_is_one(better, maps):
    values = [i // 2 for i in range(COLUMNS * ROWS)]
    parishes = sorted(values[i] for i in range(COLUMNS * ROWS) if kind(i) == "parish")
    best_first = parishes if better == "lower" else parishes[::-1]
    inline = own(values)
    inline["indicators"][0]["better"] = better
    maps.open(parts={"inline": inline}, panes=panes("score"))
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(12)))
    standing = maps.page.locator(".mp-card-line").last
    first, tied = best_first.index(6) + 1, best_first.count(6)
    said = f"; {first}.–{first + tied - 1}. vieta" if better != "neither" else ""
    below = sum(value < 6 for value in parishes)
    share = f"{100 * below // len(parishes)}\u00a0%"
    expect(standing).to_have_text(f"lielāka nekā {share} no {len(parishes)} pagastiem{said}")


def test_places_are_told_of_those_that_are_chosen_and_of_nobody_else(maps):
    maps.open(panes=panes("share"), filter={"municipality": "LV0010000"})
    chosen = [i for i in range(COLUMNS * ROWS) if municipality(i) == 1 and kind(i) == "parish"]
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(chosen[0])))
    standing = maps.page.locator(".mp-card-line").last
    expect(standing).to_have_text(f"lielāka nekā 0\u00a0% no {len(chosen)} atlasītajām teritorijām")
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(16)))
    expect(maps.page.locator(".mp-card-name")).to_have_text(name(16))
    expect(standing).to_be_empty()


def test_selection_survives_a_change_of_indicator_level_and_language(maps):
    maps.open(panes=panes("share", "rate"))
    maps.click(5)
    maps.click(9)
    assert maps.chips() == [name(5), name(9)]
    maps.painted(lambda: maps.page.locator(".mp-indicator").first.select_option("speed"))
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.level.municipality"]).click())
    maps.painted(lambda: maps.page.evaluate("window.panes.update({ lang: 'en' })"))
    expect(maps.page.get_by_role("button", name=messages("en")["map.level.municipality"], exact=True)).to_be_visible()
    assert maps.chips() == [name(5), name(9)]
    maps.page.wait_for_function("window.states.at(-1)?.selected.length === 2")
    assert maps.page.evaluate("window.states.at(-1).selected") == [codes()[5], codes()[9]]


def test_names_are_text_never_markup(maps):
    maps.open(panes=panes("share"))
    maps.click(9)
    assert maps.chips() == ["<b>Ļauna</b> pagasts"]
    assert maps.page.locator(".mp b").count() == 0


def test_a_seventh_place_is_refused_politely_and_removals_can_be_undone(maps):
    maps.open(panes=panes("share"))
    for i in range(7):
        maps.click(10 + i)
    assert len(maps.chips()) == 6
    expect(maps.page.locator(".mp-notice")).to_contain_text("6")
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.selected.clear"]).click())
    assert maps.chips() == []
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.undo"]).click())
    assert len(maps.chips()) == 6


def test_the_keyboard_alone_finds_and_selects_a_neighbour(maps):
    maps.open(panes=panes("share", "rate"))
    maps.page.get_by_label(LV["map.pane.download"]).first.focus()
    maps.page.keyboard.press("Tab")
    expect(maps.map()).to_be_focused()
    first = maps.page.locator(".mp-card-name").first.inner_text()
    at = next(i for i in range(COLUMNS * ROWS) if name(i) == first)
    maps.painted(lambda: maps.page.keyboard.press("ArrowRight"))
    expect(maps.page.locator(".mp-card-name").nth(1)).to_have_text(name(at + 1))
    maps.painted(lambda: maps.page.keyboard.press("ArrowUp"))
    expect(maps.page.locator(".mp-card-name").nth(1)).to_have_text(name(at + 1 - COLUMNS))
    maps.painted(lambda: maps.page.keyboard.press("Enter"))
    assert maps.chips() == [name(at + 1 - COLUMNS)]
    expect(maps.page.locator("[aria-live=polite]")).to_contain_text(name(at + 1 - COLUMNS))
    before = maps.worlds()
    maps.page.keyboard.press("+")
    maps.rest()
    near = maps.worlds()
    assert near != before
    maps.page.keyboard.press("Shift+ArrowLeft")
    maps.rest()
    assert maps.worlds() != near
    maps.page.keyboard.press("0")
    maps.rest()
    assert maps.worlds() == before
    maps.painted(lambda: maps.page.keyboard.press("Escape"))
    expect(maps.page.locator(".mp-card").first).to_be_hidden()


def test_search_needs_no_diacritics_and_flies_to_the_place(maps):
    maps.open(panes=panes("share", "rate"))
    home = maps.worlds()
    box = maps.page.get_by_role("combobox", name=LV["map.search.label"])
    box.fill("rezekne")
    options = maps.page.locator(".mp-search-list [role=option]")
    expect(options.first).to_contain_text("Rēzekne")
    box.fill("rezn")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("Rēzna")
    expect(options.first).to_contain_text("C novads")
    box.press("ArrowDown")
    box.press("ArrowUp")
    box.press("Enter")
    maps.rest()
    assert maps.worlds() != home
    expect(maps.page.locator(".mp-card-name").first).to_have_text(name(12))
    box.fill("qqq")
    expect(options).to_have_text([LV["map.search.none"]])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kocenu pag.", "Kocēnu pagasts"),  # as the map writes it
        ("a nov.", "A novads"),
        ("Kocēni pagasts", "Kocēnu pagasts"),
        ("araisi", "Āraišu pagasts"),
        ("aronas.", "Aronas pagasts"),
    ],
)
def test_search_understands_short_forms_and_other_cases_of_a_name(maps, query, found):
    maps.open(panes=panes("share"))
    maps.page.get_by_role("combobox", name=LV["map.search.label"]).fill(query)
    expect(maps.page.locator(".mp-search-list .mp-found-name")).to_have_text([found])


def test_names_that_hold_what_is_searched_for_come_before_other_cases_of_it(maps):
    found = maps.page.evaluate(
        """async () => {
            const { matches } = await import("/modules/search.js");
            const { plain } = await import("/modules/format.js");
            const names = ["Talsu novads", "Jauntalsi", "Talsi", "Tals", "Talseri", "Talsi-2"];
            const entries = names.map((name) => ({ key: plain(name), name, kind: "village", where: "" }));
            return matches(entries, "talsi", (a, b) => a.localeCompare(b, "lv")).map(({ name }) => name);
        }"""
    )
    assert found == ["Talsi", "Talsi-2", "Jauntalsi", "Talsu novads"]


def test_legend_counts_every_territory_and_highlights_a_class(maps):
    maps.open(panes=panes("rate", "share"))
    legend = maps.page.locator(".mp-legend").first
    notes = maps.page.locator(".mp-notes").first
    counts = [int(re.sub(r"\D", "", text)) for text in legend.locator(".mp-class .mp-count").all_inner_texts()]
    reasons = {key: legend.get_by_role("button", name=re.compile(f"^{LV[f'map.reason.{key}']}")) for key in "nsb"}
    missing = {key: reason.locator(".mp-count").inner_text() for key, reason in reasons.items()}
    assert sum(counts) == 38  # 40 less the suppressed and the unpublished one
    assert missing == {"n": "1", "s": "1", "b": "3"}
    assert "38 teritorijas" in notes.inner_text()
    veil = "pane => pane.querySelector('svg g > path[fill-opacity]')?.getAttribute('d').split('M').length - 1"
    stack = maps.page.locator(".mp-stack").first
    assert stack.evaluate(veil) == 0
    first = legend.locator(".mp-class").first
    maps.painted(first.click)
    expect(first).to_have_attribute("aria-pressed", "true")
    assert stack.evaluate(veil) == 40 - counts[0]
    maps.page.wait_for_function("window.states.at(-1)?.panes[0].lit === '1'")
    maps.open(**maps.page.evaluate("window.states.at(-1)"))
    expect(first).to_have_attribute("aria-pressed", "true")
    assert stack.evaluate(veil) == 40 - counts[0]
    maps.page.locator(".mp-indicator").nth(1).select_option("speed")
    maps.rest()
    expect(first).to_have_attribute("aria-pressed", "true")
    maps.painted(lambda: maps.page.locator(".mp-indicator").first.select_option("skills"))
    assert legend.locator("[aria-pressed=true]").count() == 0
    assert stack.evaluate(veil) == 0
    maps.painted(lambda: legend.locator(".mp-class").nth(1).click())
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.level.municipality"]).click())
    assert legend.locator("[aria-pressed=true]").count() == 0  # other classes
    assert stack.evaluate(veil) == 0
    maps.open(panes=panes("rate", lit="7"))  # no such class
    assert stack.evaluate(veil) == 0


@pytest.mark.parametrize("stage", [False, True])
@pytest.mark.parametrize(("count", "at"), [(1, "beside"), (2, "below")])
def test_the_mean_is_named_above_the_bars_and_within_the_legend(maps, count, at, stage):
    maps.page.set_viewport_size({"width": 1920, "height": 1080} if stage else {"width": 1280, "height": 800})
    maps.open(parts={"options": {"stage": stage}}, panes=panes("share", "skills")[:count])
    legends = maps.page.locator(".mp-legend")
    expect(legends).to_have_count(count)
    for legend in legends.all():
        expect(legend).to_have_attribute("data-at", at)
        expect(legend.locator(".mp-mean")).to_contain_text(LV["map.legend.rural"])
        box, label, bars = (
            part.bounding_box()
            for part in (legend, legend.locator(".mp-mean > span"), legend.locator(".mp-bars > svg"))
        )
        assert box["y"] <= label["y"]
        assert label["y"] + label["height"] <= bars["y"]
        assert box["x"] <= label["x"]
        assert label["x"] + label["width"] <= box["x"] + box["width"]


def test_the_bars_of_counts_have_figures_below_them(maps):
    maps.open(panes=panes("people", "share"))
    marks = maps.page.locator(".mp-marks")
    # (i + 1)² x 10, by logarithm: 1 % and 99 % of the places have less than 22 and 15 700, 580 stands in the middle
    expect(marks.first.locator("span")).to_have_text(["≤ 22", "580", "≥ 16 000"])
    expect(marks.nth(1)).to_be_hidden()
    places = [mark.bounding_box() for mark in marks.first.locator("span").all()]
    bars = maps.page.locator(".mp-bars").first.bounding_box()
    assert all(place["y"] >= bars["y"] + bars["height"] for place in places)
    assert places[1]["x"] + places[1]["width"] / 2 == pytest.approx(bars["x"] + bars["width"] / 2, abs=1)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("media", ["screen", "print"])
def test_beside_a_low_map_legend_and_notes_are_whole(maps, lang, media):
    maps.page.set_viewport_size({"width": 1280, "height": 800})
    maps.page.emulate_media(media=media)
    maps.open(lang, panes=panes("share", "rate", "skills", "speed", classes=7))
    maps.rest()
    cut = "part => part.scrollHeight > part.clientHeight || part.scrollWidth > part.clientWidth"
    for pane in maps.page.locator(".mp-pane").all():
        legend, notes, source = (pane.locator(f".mp-{part}") for part in ("legend", "notes", "source"))
        expect(legend).to_have_attribute("data-at", "beside")
        assert not legend.evaluate(cut)
        assert not notes.evaluate(cut)
        expect(notes).not_to_be_empty()
        places = [part.bounding_box() for part in (legend, notes, source)]
        for upper, lower in itertools.pairwise(places):
            assert upper["y"] + upper["height"] <= lower["y"] + 0.1


def test_circles_leave_out_what_is_not_compared_and_leave_room_for_the_map(maps):
    maps.open(panes=panes("people"))
    circles = maps.page.locator(".mp-stack").first.locator("g > circle[fill='#12436d']")
    radii = "all => all.map(circle => circle.getAttribute('r') * circle.getCTM().a)"
    everywhere = circles.evaluate_all(radii)
    assert len(everywhere) == 40
    maps.painted(lambda: maps.page.get_by_label(LV["map.rural"]).select_option("rural"))
    rural = circles.evaluate_all(radii)
    assert len(rural) == 38
    box = maps.map().bounding_box()
    assert box
    for found in (everywhere, rural):
        assert sum(np.pi * radius**2 for radius in found) <= 0.26 * box["width"] * box["height"]
    # area goes with the value: unit 39 has (i + 1)² = 1600, unit 19 has 400
    assert everywhere[0] / everywhere[20] == pytest.approx(2, rel=1e-6)


def test_round_classes_are_fewer_for_a_reason_of_their_own(maps):
    maps.open(panes=panes("speed", method="round", classes=4))  # 22,7 to 50,0: by tens three, by fives six
    notes = maps.page.locator(".mp-notes").first
    assert maps.page.locator(".mp-class").count() == 3
    expect(notes).to_contain_text(LV["map.legend.round"])
    expect(notes).not_to_contain_text(LV["map.legend.ties"])


def test_named_extremes_rest_on_figures_of_their_own(maps):
    maps.open(panes=panes("rate"))
    drawn = maps.page.locator(".mp-stack text").all_text_contents()
    # 3 x (i // 2) / 10: units 39 and 38 are highest; 0 is suppressed, 2 to 4 rest on a small base, 1 and 5 are lowest
    assert [text.rpartition(" ")[2] for text in drawn] == ["5,7", "0,0", "0,6"]
    assert drawn[1].startswith("Āraišu")
    assert drawn[2].startswith("Cirmas")


def test_years_play_with_fixed_classes_and_missing_years_are_named(maps):
    maps.open(panes=panes("share", "rate", period="2019"))
    labels = maps.page.locator(".mp-pane").first.locator(".mp-class .mp-label")
    maps.page.get_by_role("button", name=LV["map.play"]).click()
    at_once = maps.page.wait_for_function(
        """() => {
            const host = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".mp"));
            const root = host?.shadowRoot ?? document;
            const words = (name) => [...root.querySelectorAll(name)].map((e) => e.textContent);
            return words(".mp-year")[0] === "2021. gads" &&
                [".mp-pane:first-child .mp-class .mp-label", ".mp-notes", ".mp-note", ".mp-subtitle"].map(words);
        }"""
    ).json_value()
    before, notes, note, subtitles = at_once
    assert "2019–2022" in notes[0]
    assert "2020" in note[1]
    assert "2020. gads" in subtitles[1]
    expect(maps.page.locator(".mp-year")).to_have_text("2022. gads")
    expect(maps.page.get_by_role("button", name=LV["map.play"])).to_be_visible()
    expect(maps.page.locator(".mp-note").nth(1)).to_be_hidden()
    assert labels.all_inner_texts() == before


def test_classes_may_rest_on_the_shown_year_alone(maps):
    maps.open(panes=panes("share", period="2019", basis="years"))
    maps.page.get_by_role("button", name=LV["map.pane.settings"]).click()
    labels = maps.page.locator(".mp-class .mp-label")
    over_years = labels.all_inner_texts()
    assert "2019–2022" in maps.page.locator(".mp-notes").inner_text()
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.basis"]).select_option("year"))
    # 0,0 to 39,0 in 2019: a fifth of the forty values in each class
    assert labels.all_inner_texts() == ["0,0–7,8", "7,9–15,6", "15,7–23,4", "23,5–31,2", "31,3–39,0"]
    assert "2019–2022" not in maps.page.locator(".mp-notes").inner_text()
    maps.painted(lambda: maps.page.locator(".mp-period").select_option("2022"))
    assert labels.all_inner_texts()[-1] == "31,6–39,3"
    maps.page.wait_for_function("window.states.at(-1)?.panes[0].basis === 'year'")
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.basis"]).select_option("years"))
    assert labels.all_inner_texts() == over_years


def test_the_slider_and_play_bring_the_maps_to_one_year_again(maps):
    apart = [{"indicator": "share", "period": "2019"}, {"indicator": "share", "period": "2021"}]
    maps.open(panes=apart, sharedPeriod=False)
    own = maps.page.get_by_label(LV["map.own_period"])
    expect(own).to_be_checked()
    slider = maps.page.get_by_role("slider", name=LV["map.year"])
    expect(slider).to_be_enabled()
    slider.focus()
    maps.painted(lambda: slider.press("ArrowLeft"))
    expect(own).not_to_be_checked()
    assert maps.periods() == ["2020. gads", "2020. gads"]
    maps.painted(own.check)
    maps.painted(maps.page.get_by_role("button", name=LV["map.play"]).click)
    expect(own).not_to_be_checked()
    maps.page.get_by_role("button", name=LV["map.pause"]).click()
    expect(maps.page.get_by_role("button", name=LV["map.play"])).to_be_visible()
    year = maps.page.locator(".mp-year").inner_text()
    maps.page.wait_for_timeout(1300)
    assert maps.page.locator(".mp-year").inner_text() == year


def test_a_map_without_the_year_of_the_others_says_so(maps):
    maps.open(panes=[{"indicator": "share", "period": "2021"}, {"indicator": "rate", "period": "2020"}])
    expect(maps.page.locator(".mp-note").nth(0)).to_be_hidden()
    expect(maps.page.locator(".mp-note").nth(1)).to_contain_text("2021")
    # a map may stand at an earlier year than the others although it has theirs
    maps.open(panes=[{"indicator": "share", "period": "2021"}, {"indicator": "share", "period": "2019"}])
    assert maps.periods() == ["2021. gads", "2019. gads"]
    expect(maps.page.locator(".mp-note").nth(1)).to_be_hidden()


def test_the_state_is_told_at_once_when_the_visitor_turns_elsewhere(maps):
    maps.open(panes=panes("share"))
    maps.rest()
    maps.painted(lambda: maps.page.locator(".mp-indicator").select_option("rate"))
    maps.page.mouse.click(5, 5)
    assert maps.page.evaluate("window.states.at(-1)?.panes[0].indicator") == "rate"
    told = maps.page.evaluate("window.states.length")
    maps.rest()
    assert maps.page.evaluate("window.states.length") == told


def test_starting_again_can_be_taken_back(maps):
    first = {"panes": panes("rate", "speed")}
    maps.open(
        parts={"first": first},
        panes=panes("speed", "rate", "share", "people"),
        selected=[codes()[3]],
        level="municipality",
    )
    before = maps.page.locator(".mp-title").all_inner_texts()
    maps.painted(maps.page.get_by_role("button", name=LV["map.reset"]).click)
    assert maps.page.locator(".mp-title").all_inner_texts() == ["Uzņēmumi", "Lejupielādes ātrums"]
    assert maps.chips() == []
    maps.page.wait_for_function("window.states.at(-1)?.level === 'unit'")
    maps.painted(maps.page.get_by_role("button", name=LV["map.undo"]).click)
    assert maps.page.locator(".mp-title").all_inner_texts() == before
    assert maps.chips() == [name(3)]
    expect(maps.page.get_by_role("button", name=LV["map.undo"])).to_be_hidden()


def test_each_map_may_have_its_own_year(maps):
    maps.open(panes=panes("share", "share"), sharedPeriod=False)
    maps.painted(lambda: maps.page.locator(".mp-period").first.select_option("2020"))
    assert maps.periods() == ["2020. gads", "2022. gads"]
    maps.painted(lambda: maps.page.get_by_label(LV["map.own_period"]).uncheck())
    assert maps.periods() == ["2020. gads", "2020. gads"]  # the year of the slider
    maps.painted(lambda: maps.page.locator(".mp-period").first.select_option("2021"))
    assert maps.periods() == ["2021. gads", "2021. gads"]


def test_the_table_sorts_in_latvian_order(maps):
    maps.open(panes=panes("share"))
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.pane.table"]).click())
    names = maps.page.locator(".mp-table tbody th")
    expect(names).to_have_count(40)
    maps.page.wait_for_function("window.states.at(-1)?.panes[0].table")
    maps.open(**maps.page.evaluate("window.states.at(-1)"))
    expect(names).to_have_count(40)
    assert names.first.inner_text() == name(39)
    maps.page.get_by_role("button", name=LV["map.table.name"], exact=True).click()
    ordered = [text for text in names.all_inner_texts() if text in NAMES and not text.startswith("<")]
    assert ordered == [
        "Aronas pagasts", "Āraišu pagasts", "Cēsis", "Cirmas pagasts", "Čornajas pagasts", "Kocēnu pagasts",
        "Ķoņu pagasts", "Rēzekne", "Zvārtavas pagasts",
    ]  # fmt: skip
    expect(maps.page.locator(".mp-col-name")).to_have_attribute("aria-sort", "ascending")
    maps.page.locator(".mp-table tbody tr").first.focus()
    maps.page.keyboard.press("ArrowDown")
    maps.painted(lambda: maps.page.keyboard.press("Enter"))
    assert len(maps.chips()) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_svg_stands_alone_with_title_source_licence_and_date(maps, lang):
    maps.open(lang, panes=panes("share", "rate"), selected=[codes()[5]], filter={"rural": True, "region": "LV00A"})
    words = messages(lang)
    maps.page.get_by_label(words["map.download"]).click()
    with maps.page.expect_download() as download:
        maps.page.get_by_role("button", name=words["map.export.svg"]).first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    wanted = ["Vecāka gadagājuma iedzīvotāji", "Uzņēmumi", "RAIM dati, CC0-1.0", "CSP, CC0-1.0", name(5)]
    wanted += [{"lv": "2024. gada 1. janvāris", "en": "1 January 2024"}[lang], words["map.rural.rural"], "Rietumi"]
    assert [word for word in wanted if word not in text] == []
    assert "2022" in text
    assert words["map.reason.s"] in text
    assert not re.search(r'(?:href|src)="(?!#)', text)
    assert "<script" not in text


def test_the_whole_country_comes_on_paper_of_any_width(maps):
    maps.open(panes=panes("share"))
    # A printer lays the page out anew without telling; so is this read before the panes can take the width up
    sticking_out = """map => {
        const width = map.style.width;
        map.style.width = "300px";
        const [box, country] = [map, map.querySelector("svg:nth-of-type(2) > g")].map((e) => e.getBoundingClientRect());
        map.style.width = width;
        return [box.left - country.left, country.right - box.right, box.top - country.top, country.bottom - box.bottom];
    }"""
    assert max(maps.map().evaluate(sticking_out)) > 100
    maps.page.emulate_media(media="print")
    assert max(maps.map().evaluate(sticking_out)) <= 0


def test_paper_says_whose_it_is_of_what_day_and_what_was_filtered(maps):
    maps.open(panes=panes("share"), filter={"rural": True, "municipality": "LV0010000"})
    foot = maps.page.locator(".mp-foot")
    expect(foot).to_be_hidden()
    maps.page.emulate_media(media="print")
    expect(foot).to_be_visible()
    said = foot.inner_text()
    assert said.startswith("Salīdzināmās teritorijas: Tikai lauki; B novads · Viedo ciemu dati. Sagatavots: ")
    assert "2024. gada 1. janvāris" in said


def test_the_picture_can_be_had_as_png(maps):
    maps.open(panes=panes("people"))
    maps.page.get_by_label(LV["map.download"]).click()
    with maps.page.expect_download() as download:
        maps.page.get_by_role("button", name=LV["map.export.png"]).first.click()
    assert Path(download.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_level_and_filter_keep_the_view_and_fade_the_rest(maps):
    maps.open(panes=panes("share", "rate"), view={"x": 900, "y": 600, "k": 2})
    start = maps.worlds()
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.level.municipality"]).click())
    assert maps.worlds() == start
    expect(maps.page.locator(".mp-notes").first).to_contain_text("4 pašvaldības")
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.level.unit"]).click())
    maps.painted(lambda: maps.page.get_by_label(LV["map.rural"]).select_option("rural"))
    assert maps.worlds() == start
    veil = "pane => pane.querySelector('svg g > path[fill-opacity]').getAttribute('d').split('M').length - 1"
    assert maps.page.locator(".mp-stack").first.evaluate(veil) == 2
    maps.page.get_by_label(LV["map.area"]).select_option("region:LV00A")
    maps.rest()
    assert maps.page.locator(".mp-stack").first.evaluate(veil) == 22  # the eastern half and two towns
    counts = maps.page.locator(".mp-classes").first.locator(".mp-count").all_inner_texts()
    assert sum(int(text.strip("()")) for text in counts) == 18
    maps.page.wait_for_function("window.states.at(-1)?.filter.region === 'LV00A'")


def test_rural_areas_by_the_degree_of_urbanisation_change_classes_and_places_but_no_value(maps):
    maps.open(panes=panes("share"))
    labels = maps.page.locator(".mp-class .mp-label")
    everywhere = labels.all_inner_texts()
    maps.painted(lambda: maps.page.get_by_label(LV["map.rural"]).select_option("degurba"))
    # 2022: 24,3 to 39,3 in the sixteen territories of the two southern rows, a fifth of them in each class
    assert labels.all_inner_texts() != everywhere
    assert (labels.first.inner_text()[:4], labels.last.inner_text()[-4:]) == ("24,3", "39,3")
    assert sum(int(text.strip("()")) for text in maps.page.locator(".mp-count").all_inner_texts()) == 16
    notes = maps.page.locator(".mp-notes").inner_text()
    assert "16 teritoriju" in notes
    expect(maps.page.get_by_text(LV["map.rural.why"])).to_be_visible()
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(32)))
    expect(maps.page.locator(".mp-card-value")).to_have_text("32,3\u00a0%")
    expect(maps.page.locator(".mp-card-line").last).to_contain_text("no 16")
    maps.page.wait_for_function("window.states.at(-1)?.filter.degurba === true")


def test_smoothed_values_and_their_interval_stand_beside_the_plain_ones(maps):
    maps.open(panes=panes("skills"))
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(3)))
    card = maps.page.locator(".mp-card")
    # 40,3 published; odd ones are 0,5 higher when smoothed, the interval is 2,0 below to 3,0 above
    expect(card.locator(".mp-card-value")).to_have_text("40,3\u00a0%")
    expect(card.locator(".mp-card-beside")).to_have_text("izlīdzināts 40,8, no 38,3 līdz 43,3 (90\u00a0%)")
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(4)))
    expect(card.locator(".mp-card-beside")).to_have_text("no 38,4 līdz 43,4 (90\u00a0%)")
    maps.page.get_by_role("button", name=LV["map.pane.settings"]).click()
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.smoothed"]).check())
    assert LV["map.smoothed"] in maps.page.locator(".mp-subtitle").inner_text()
    assert maps.page.locator(".mp-label").all_inner_texts()[4].endswith("44,4")
    maps.page.keyboard.press("Escape")
    maps.painted(lambda: maps.page.mouse.move(*maps.spot(3)))
    expect(card.locator(".mp-card-value")).to_have_text("40,8\u00a0%")
    expect(card.locator(".mp-card-beside")).to_have_text("no 38,3 līdz 43,3 (90\u00a0%), publicēts 40,3")
    maps.page.wait_for_function("window.states.at(-1)?.panes[0].smoothed === true")
    maps.painted(lambda: maps.page.get_by_role("button", name=LV["map.pane.table"]).click())
    expect(maps.page.locator(".mp-table thead th")).to_have_text(
        ["Teritorija", "Pašvaldība", "Izlīdzinātā ↓", "Publicētā", "Intervāls (90 %)", "Pret lauku vidējo", "Piezīmes"]
    )
    row = maps.page.locator(f"[data-code='{codes()[3]}'] td")
    assert row.all_inner_texts()[1:4] == ["40,8", "40,3", "38,3 … 43,3"]


def test_the_switch_to_smoothed_values_is_there_only_where_there_are_any(maps):
    maps.open(panes=panes("share", smoothed=True))
    maps.page.get_by_role("button", name=LV["map.pane.settings"]).click()
    expect(maps.page.get_by_label(LV["map.settings.smoothed"])).to_be_hidden()
    assert LV["map.smoothed"] not in maps.page.locator(".mp-subtitle").inner_text()


def test_the_menu_of_indicators_may_follow_the_success_factors(maps):
    maps.open(panes=panes("share", "rate"))
    groups = maps.page.locator(".mp-indicator").first.locator("optgroup")
    by_theme = groups.evaluate_all("groups => groups.map(group => group.label)")
    assert by_theme == ["People", "Business", "Skills", "Coverage"]
    maps.painted(maps.page.get_by_role("button", name=LV["map.pane.factors"]).first.click)
    listed = groups.evaluate_all(
        "all => all.map(group => [group.label, ...[...group.children].map(o => o.text + (o.disabled ? '*' : ''))])"
    )
    assert listed == [
        ["2. faktors 2", "Uzņēmumi"],
        ["3. faktors 3", "Digitālās prasmes"],
        ["7. faktors 7", "vērtē kopiena*"],
        ["8. faktors 8", "Digitālās prasmes", "Lejupielādes ātrums"],
        ["Konteksts", "Vecāka gadagājuma iedzīvotāji", "Iedzīvotāji"],
    ]
    assert maps.page.locator(".mp-indicator").evaluate_all("menus => menus.map(menu => menu.value)") == [
        "share",
        "rate",
    ]
    maps.page.wait_for_function("window.states.at(-1)?.grouping === 'factor'")


def own(values: list[int | None], period: str = "2024") -> dict:
    """An indicator the page brings itself: {indicators, values}."""
    described = catalog("lv")["indicators"][0] | {"id": "score", "title": "Indekss", "unit": "punkti", "theme": None}
    table = series(lambda i, _: values[i], [period], COLUMNS * ROWS, 500)
    return {"indicators": [described], "values": {"score": {"id": "score", "decimals": 1, "levels": {"unit": table}}}}


def test_a_page_may_bring_indicators_of_its_own_and_change_their_values_in_place(maps):
    units = COLUMNS * ROWS
    parts = {"inline": own(list(range(units)))}
    maps.open(parts=parts, panes=panes("score", "rate"), selected=[codes()[3]], view={"x": 900, "y": 600, "k": 2})
    assert maps.page.locator(".mp-title").all_inner_texts() == ["Indekss", "Uzņēmumi"]
    start = maps.centres()
    labels = maps.page.locator(".mp-classes").first.locator(".mp-label")
    assert labels.last.inner_text().endswith("3,9")
    maps.painted(lambda: maps.page.locator(".mp-indicator").nth(1).select_option("speed"))
    sheets = maps.page.locator(".mp-pane").nth(1).locator(".mp-stack").inner_html()
    maps.painted(
        lambda: maps.page.evaluate("inline => window.panes.update({ inline })", own([10 * i for i in range(units)]))
    )
    assert labels.last.inner_text().endswith("39,0")
    assert maps.page.locator(".mp-pane").nth(1).locator(".mp-stack").inner_html() == sheets
    assert maps.centres() == start
    assert maps.chips() == [name(3)]
    assert maps.page.locator(".mp-title").all_inner_texts() == ["Indekss", "Lejupielādes ātrums"]
    maps.painted(maps.page.get_by_role("button", name=LV["map.selected.remove"].format(name=name(3))).click)
    maps.painted(
        lambda: maps.page.evaluate("inline => window.panes.update({ inline })", own([20 * i for i in range(units)]))
    )
    maps.painted(lambda: maps.page.evaluate("window.panes.update({ inline: null })"))
    assert maps.page.locator(".mp-title").all_inner_texts() == ["Vecāka gadagājuma iedzīvotāji", "Lejupielādes ātrums"]
    assert maps.centres() == start


def test_a_page_may_do_without_parts_and_give_a_height(maps):
    hide = ["search", "layout", "level", "area", "rural", "download", "time", "sync", "scale", "reset"]
    hide += ["indicator", "period", "settings", "table", "copy"]
    maps.open(parts={"options": {"hide": hide, "height": 420}}, panes=panes("share"))
    expect(maps.page.get_by_role("combobox")).to_have_count(0)
    expect(maps.page.get_by_role("button", name=LV["map.pane.settings"])).to_have_count(0)
    expect(maps.page.get_by_role("button", name=LV["map.pane.about"])).to_be_visible()
    expect(maps.page.get_by_role("heading", name="Vecāka gadagājuma iedzīvotāji")).to_be_visible()
    box = maps.page.locator(".mp-grid").bounding_box()
    assert box
    assert abs(box["height"] - 420) <= 2
    maps.click(20)
    assert maps.chips() == [name(20)]
    maps.painted(lambda: maps.page.evaluate("window.panes.update({ options: {} })"))
    expect(maps.page.locator(".mp-indicator")).to_be_visible()
    assert maps.chips() == [name(20)]


def test_a_map_without_room_waits_for_it(maps):
    maps.open(panes=panes("share"))
    root = maps.page.locator(".mp").element_handle()
    root.evaluate("root => { root.style.display = 'none' }")
    both = json.dumps({"panes": panes("share", "rate")})
    maps.painted(lambda: maps.page.evaluate(f"window.panes.update({{ state: {both} }})"))
    root.evaluate("root => { root.style.display = '' }")
    hatched = maps.page.locator(".mp-pane").nth(1).locator("pattern").first
    expect(hatched).to_have_attribute("patternTransform", re.compile(r"^scale\([\d.]+\)$"))


def test_a_selection_from_outside_leaves_the_view_where_it_is(maps):
    maps.open(panes=panes("share"))
    maps.page.mouse.move(*maps.spot(20))
    maps.page.mouse.wheel(0, -200)
    maps.rest()
    maps.page.wait_for_function("window.states.at(-1)?.view")
    near = maps.centres()
    chosen = f"{{ ...window.states.at(-1), selected: {json.dumps(codes()[:2])} }}"
    maps.painted(lambda: maps.page.evaluate(f"window.panes.update({{ state: {chosen} }})"))
    assert maps.chips() == [name(0), name(1)]
    assert maps.centres() == near
    maps.painted(lambda: maps.page.evaluate(f"window.panes.update({{ state: {{ ...{chosen}, view: null }} }})"))
    assert maps.centres() != near


def test_a_selection_is_told_at_once(maps):
    maps.open(panes=panes("share"))
    maps.rest()
    maps.page.evaluate("window.states.length = 0")
    maps.click(20)
    maps.page.wait_for_function("window.states.at(-1)?.selected.length === 1", timeout=250)


def test_panes_of_one_unit_may_share_their_scale(maps):
    maps.open(panes=panes("share", "skills"))

    def labels(pane: int) -> list[str]:
        return maps.page.locator(".mp-classes").nth(pane).locator(".mp-label").all_inner_texts()

    assert labels(0) != labels(1)
    maps.painted(lambda: maps.page.get_by_label(LV["map.shared_scale"]).check())
    assert labels(0) == labels(1)


def test_a_pane_is_copied_with_one_click(maps):
    maps.open(panes=panes("share", method="jenks", classes=4))
    maps.painted(lambda: maps.page.get_by_label(LV["map.pane.copy"]).click())
    expect(maps.page.locator(".mp-pane")).to_have_count(2)
    assert maps.page.locator(".mp-title").all_inner_texts() == ["Vecāka gadagājuma iedzīvotāji"] * 2
    assert maps.page.locator(".mp-class").count() == 8
    maps.painted(lambda: maps.page.locator(".mp-indicator").nth(1).select_option("speed"))
    maps.painted(lambda: maps.page.get_by_label(LV["map.pane.copy"]).nth(1).click())
    assert maps.page.locator(".mp-title").all_inner_texts() == ["Lejupielādes ātrums"] * 2
    maps.painted(maps.page.get_by_role("button", name=LV["map.undo"]).click)
    shown = maps.page.locator(".mp-title").all_inner_texts()
    assert shown == ["Vecāka gadagājuma iedzīvotāji", "Lejupielādes ātrums"]


def test_manual_breaks_and_the_difference_from_the_rural_mean(maps):
    maps.open(panes=panes("share", basis="years"))
    maps.page.get_by_role("button", name=LV["map.pane.settings"]).click()
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.method"]).select_option("manual"))
    field = maps.page.get_by_label(LV["map.settings.breaks"])
    field.fill("10,5; 20")
    maps.painted(lambda: field.press("Enter"))
    assert maps.page.locator(".mp-label").all_inner_texts()[:3] == ["0,0–10,5", "10,6–20,0", "20,1–39,3"]
    field.fill("abc")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(maps.page.locator(".mp-notice")).to_have_text(LV["map.settings.bad_breaks"])
    field.fill("20; 10,5; 30")
    maps.painted(lambda: field.press("Enter"))
    expect(maps.page.locator(".mp-notice")).to_be_empty()
    maps.page.wait_for_function("window.states.at(-1)?.panes[0].classes === 4")
    # breaks of values mean nothing for differences: those are worked out, and the menu says so
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.diverging"]).check())
    expect(maps.page.get_by_label(LV["map.settings.method"])).to_have_value("quantile")
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.diverging"]).uncheck())
    maps.page.get_by_label(LV["map.settings.method"]).select_option("equal")
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.diverging"]).check())
    labels = maps.page.locator(".mp-label").all_inner_texts()
    assert labels[0].startswith("−20,0")
    assert labels[-1].endswith("+19,3")
    subtitle, names = maps.page.locator(".mp-subtitle"), maps.page.locator(".mp-map text")
    expect(subtitle).to_have_text("procentpunkti · 2022. gads · pret Latvijas lauku vidējo (20,0\u00a0%)")
    expect(names.filter(has_text="+19,3")).to_have_count(1)
    maps.painted(lambda: maps.page.get_by_label(LV["map.settings.diverging"]).uncheck())
    expect(subtitle).to_have_text("% · 2022. gads · Latvijas lauku vidējais: 20,0\u00a0%")
    expect(names.filter(has_text="39,3")).to_have_count(1)


def test_bogus_state_falls_back_to_defaults(maps):
    maps.open(
        panes=[{"indicator": "nonsense", "classes": 99, "method": 3, "period": "<x>", "breaks": "a"}, None, 5],
        level="galaxy", selected=["LV9", 4, codes()[1], codes()[1]], view={"x": "a"}, filter={"region": "x"},
    )  # fmt: skip
    expect(maps.page.locator(".mp-pane")).to_have_count(4)
    assert maps.chips() == [name(1)]


def test_a_file_that_does_not_come_can_be_asked_for_again(maps, visitor):
    maps.page.route("**/values/rate.json", lambda route: route.abort(), times=1)
    maps.show(panes=panes("share", "rate"))
    expect(maps.page.locator(".mp-message").nth(1)).to_contain_text(LV["map.failed"])
    expect(maps.page.locator(".mp-class").first).to_be_visible()
    maps.page.get_by_role("button", name=LV["map.retry"]).click()
    expect(maps.page.locator(".mp-title").nth(1)).to_have_text("Uzņēmumi")
    expect(maps.page.locator(".mp-message").nth(1)).to_be_hidden()
    assert all("ERR_FAILED" in trouble for trouble in visitor.troubles)
    visitor.troubles.clear()


def test_the_component_is_made_once_and_obeys_a_new_epoch_only(maps):
    maps.open(panes=panes("share"))
    maps.page.evaluate(
        """async () => {
            const { default: run } = await import("/modules/adapter.js");
            window.parent_ = document.body.appendChild(document.createElement("section"));
            window.sent = [];
            window.run = (epoch, indicator) => run({
                parentElement: window.parent_, setStateValue: (key, state) => window.sent.push([key, state]),
                data: { base: "/data/", lang: "lv", epoch, state: { panes: [{ indicator }] } } });
            window.clean = window.run(1, "share");
        }"""
    )
    title = maps.page.locator("section .mp-title")
    expect(title).to_have_text("Vecāka gadagājuma iedzīvotāji")
    maps.page.evaluate("void (window.clean = window.run(1, 'rate'))")
    maps.page.wait_for_timeout(200)
    expect(title).to_have_text("Vecāka gadagājuma iedzīvotāji")
    maps.page.evaluate("void (window.clean = window.run(2, 'rate'))")
    expect(title).to_have_text("Uzņēmumi")
    expect(maps.page.locator("section .mp")).to_have_count(1)
    maps.page.locator("section .mp-indicator").select_option("speed")
    maps.page.wait_for_function("window.sent.at(-1)?.[1].panes[0].indicator === 'speed'")
    assert maps.page.evaluate("window.sent.at(-1)[0]") == "state"
    maps.page.evaluate("window.clean()")
    expect(maps.page.locator("section .mp")).to_have_count(0)


def test_two_components_of_one_page_are_apart_and_take_other_figures_at_any_epoch(maps):
    maps.open(panes=panes("share"))
    maps.page.evaluate(
        """async () => {
            const { default: run } = await import("/modules/adapter.js");
            const sections = [0, 1].map(() => document.body.appendChild(document.createElement("section")));
            window.draw = (which, inline) => run({ parentElement: sections[which], setStateValue: () => {}, data: {
                base: "/data/", lang: "lv", epoch: 1, inline, options: { hide: ["indicator"], height: 300 },
                state: { panes: [{ indicator: "score" }] } } });
        }"""
    )
    units = range(COLUMNS * ROWS)
    for which, factor in ((0, 10), (1, 20)):
        maps.page.evaluate(
            "([which, inline]) => void window.draw(which, inline)", [which, own([factor * i for i in units])]
        )
    highest = [maps.page.locator("section").nth(which).locator(".mp-class .mp-label").last for which in (0, 1)]
    expect(highest[0]).to_contain_text("39,0")
    expect(highest[1]).to_contain_text("78,0")
    maps.page.evaluate("([which, inline]) => void window.draw(which, inline)", [0, own([30 * i for i in units])])
    expect(highest[0]).to_contain_text("117,0")
    expect(highest[1]).to_contain_text("78,0")


def test_a_map_says_what_it_shows_its_ends_and_what_is_missing(maps):
    maps.open(panes=panes("share", "rate"))
    said = [(maps.map(i).get_attribute("aria-label") or "").replace("\u00a0", " ") for i in (0, 1)]
    assert said[0] == (
        "Vecāka gadagājuma iedzīvotāji. % · 2022. gads · Latvijas lauku vidējais: 20,0 %. Lielākā vērtība: 39,3 % "
        "(Lauku 39. pagasts); mazākā: 0,3 % (Zvārtavas pagasts). Bez vērtības: 0 no 40 teritorijām. Visas vērtības ir "
        "tabulā."
    )
    assert "Lielākā vērtība: 5,7 uz 1000 iedzīvotājiem (2 teritorijas)" in said[1]
    assert "Bez vērtības: 2 no 40 teritorijām." in said[1]


def test_the_stage_shows_little_and_large_and_leaves_the_state_alone(maps):
    given = [pane | {"classes": 7} for pane in FOUR]
    maps.open(parts={"options": {"stage": True}}, panes=given, selected=codes()[:2], sync=False)
    expect(maps.page.locator(".mp-pane")).to_have_count(2)
    expect(maps.page.locator(".mp-pane").first.locator(".mp-class")).to_have_count(5)
    expect(maps.page.get_by_role("combobox").locator("visible=true")).to_have_count(0)
    maps.rest()
    assert maps.page.evaluate("window.states") == []
    maps.painted(lambda: maps.page.evaluate("window.panes.update({ options: {} })"))
    expect(maps.page.locator(".mp-pane")).to_have_count(4)
    expect(maps.page.locator(".mp-pane").first.locator(".mp-class")).to_have_count(7)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_on_the_stage_a_state_from_outside_is_flown_to_unless_motion_is_unwelcome(maps, motion):
    maps.page.emulate_media(reduced_motion=motion)
    maps.open(parts={"options": {"stage": True}}, panes=panes("share"))
    moving = maps.page.evaluate(
        """async () => {
          window.panes.update({ state: { panes: [{ indicator: "share" }], view: { x: 600, y: 450, k: 4 } } });
          for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
          return document.querySelector(".mp-stack").style.transform !== "none";
        }"""
    )
    assert moving == (motion == "no-preference")
    maps.page.wait_for_timeout(1500)
    assert maps.centres() == [(600, 450)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_panes_are_accessible(maps, lang):
    maps.open(lang, panes=FOUR, selected=codes()[:3])
    maps.page.get_by_role("button", name=messages(lang)["map.pane.settings"]).first.click()
    maps.page.get_by_role("button", name=messages(lang)["map.pane.table"]).nth(1).click()
    maps.page.get_by_role("combobox", name=messages(lang)["map.search.label"]).fill("a")
    expect(maps.page.locator(".mp-search-list [role=option]").first).to_be_visible()
    assert violations(maps.page) == []


def test_the_panes_can_be_used_at_twice_the_size(maps):
    maps.page.set_viewport_size({"width": 640, "height": 500})
    maps.open(panes=FOUR)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert maps.page.evaluate(overflow) <= 0
    boxes = [map.bounding_box() for map in maps.page.locator(".mp-map").all()]
    assert len({box["x"] for box in boxes if box}) == 1


@pytest.mark.parametrize("seed", range(4))
def test_class_breaks_equal_those_of_the_indicators(maps, seed):
    maps.open(panes=panes("share"))
    random = np.random.default_rng(seed)
    samples = {
        "spread": random.normal(50, 12, 180),
        "skewed": random.lognormal(1, 1.2, 150),
        "ties": np.repeat(np.round(random.gamma(2, 3, 25), 1), random.integers(1, 9, 25)),
        "gaps": np.concatenate([random.uniform(0, 1, 40), random.uniform(90, 100, 5)]),
        "few": np.array([1.0, 1.0, 2.0, 2.0, 2.0, 9.0]),
        "same": np.full(8, 3.0),
    }
    methods = ("equal", "quantile", "jenks", "round", "manual")
    cases = [(sample, method, k) for sample in samples for method in methods for k in (3, 5, 7)]
    manual = [-1.0, 2.0, 5.5, 40.0]
    found = maps.page.evaluate(
        """async ([samples, cases, manual]) => {
            const { breaks, classOf } = await import("/modules/classes.js");
            return cases.map(([sample, method, k]) => {
                const values = Float64Array.from(samples[sample]).sort();
                const inner = breaks(values, method, k, manual);
                const counts = new Array(inner.length + 1).fill(0);
                for (const value of values) counts[classOf(value, inner)] += 1;
                return { inner, counts };
            });
        }""",
        [{key: list(value) for key, value in samples.items()}, cases, manual],
    )
    for (sample, method, k), got in zip(cases, found, strict=True):
        wanted = classify(samples[sample], method, k, manual)
        assert got["inner"] == pytest.approx(list(wanted.edges[1:-1]), rel=1e-9), (sample, method, k)
        if method in ("jenks", "manual", "round"):
            assert got["counts"] == list(wanted.counts), (sample, method, k)

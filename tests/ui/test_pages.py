"""Every page in both languages, and what happens from one step to the next."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from functools import lru_cache
from html import unescape
from typing import get_args

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.model import Held, SnapshotFault
from data.paths import ROOT, SNAPSHOT
from data.store import open_snapshot
from indicators.catalogue import FACTORS, NO_DATA
from tests.ui.visitor import folds, visit
from ui import cache, frame
from ui.address import decode, encode
from ui.text import LANGUAGES, messages

TITLES = {
    "overview": "overview.title",
    "map": "map_page.title",
    "index": "index.title",
    "compare": "compare.title",
    "profile": "profile.heading",
    "relations": "relations.title",
    "trends": "trends.title",
    "story": "story.heading",
    "group": "hall.title",
    "my_data": "own.title",
    "methodology": "nav.methodology",
    "sources": "sources.title",
}
PAGES = list(TITLES)


def maps(app: AppTest) -> dict:
    """What the map component was last given."""
    (found,) = [
        json.loads(element.proto.json)
        for element in app.main
        if getattr(element.proto, "component_name", "") == "map_panes"
    ]
    return found


def words(app: AppTest) -> str:
    """Everything readable on the page."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.metric)
    said = [str(getattr(element, "label", "") or element.value) for kind in kinds for element in kind]
    return "\n".join([*said, *(unescape(element.proto.body) for element in app.get("html"))])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_in_a_language(page, language):
    app = visit(page, lang=language)
    key = TITLES[page]
    assert app.title[0].value == messages(language)[key]
    other = messages("en" if language == "lv" else "lv")[key]
    assert other not in words(app)


def test_no_maps_fade_while_the_page_is_run():
    code = "".join(path.read_text(encoding="utf-8") for path in (*ROOT.glob("pages/*.py"), *ROOT.glob("ui/*.py")))
    names = set(re.findall(r'(?:Maps|super\(\).__init__)\("(\w+)", ', code))
    assert "index" in names
    assert names == set(re.findall(r"\.st-key-map_panes_(\w+)", frame.STYLE.read_text(encoding="utf-8")))


def test_all_pages_are_tested():
    assert list(frame.PAGES) == PAGES
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__"} == set(PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_names_all_factors_and_admits_what_is_not_measured(loaded, language):
    app = visit("overview", lang=language)
    shown = words(app)
    for number, factor in FACTORS.items():
        assert f"**{number}.** {factor[language]}" in shown
    unmeasured = [n for n in FACTORS if not any(n in i.factors for i in loaded.indicators.values())]
    assert shown.count(NO_DATA[language]) == len(unmeasured)
    assert len(app.metric) <= 6


def test_the_overview_shows_the_value_of_the_country(loaded):
    app = visit("overview", lang="en")
    values = loaded.country["download_mbps"]
    (metric,) = [m for m in app.metric if m.label.startswith(loaded.indicators["download_mbps"].short.en)]
    assert metric.value == f"{values.iloc[-1]:,.{loaded.indicators['download_mbps'].decimals}f}\u00a0Mbit/s"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sources_page_tells_every_source_and_every_indicator(loaded, language):
    app = visit("sources", lang=language)
    labels, shown = " ".join(folds(app)), words(app)
    for source in loaded.snapshot.sources.values():
        assert source.title[language] in labels
        assert source.licence.address in shown
        assert source.credit[language] in shown
    for name in loaded.known.latest:
        entry = loaded.indicators[name]
        assert entry.title[language] in labels
        assert entry.definition[language] in shown


def test_what_is_known_of_a_source_is_told_as_it_is(loaded):
    shown = words(visit("sources", lang="lv"))
    # Places without any test have no speed, whatever the count of their tests says
    rows = loaded.values[loaded.values["indicator"].eq("residents_30mbps_share") & loaded.values["level"].eq("unit")]
    share = f"{100 * rows['value'].notna().mean():.0f}"
    ookla = shown.partition(loaded.snapshot.sources["ookla"].credit.lv)[2]
    assert messages("lv")["sources.coverage_share"].format(share=f"{share}–100") in ookla[:600]


def test_only_periods_with_a_value_are_told_of_an_indicator(loaded):
    shown = words(visit("sources", lang="en"))
    rows = loaded.values[loaded.values["indicator"].eq("businesses_closed_rate")]
    assert rows["period"].max() > rows.loc[rows["value"].notna(), "period"].max() == "2019"
    assert "2015–2019" in shown.partition(loaded.indicators["businesses_closed_rate"].formula.en)[2][:900]


def test_periods_that_are_held_back_are_told_with_their_source(loaded, monkeypatch):
    held = Held("residents", "2023", "total", 0.5, 0.25, "LV0001000")
    monkeypatch.setitem(vars(loaded.snapshot), "doubts", {"raim": [held]})
    app = visit("sources", lang="en")
    (label,) = [label for label in folds(app) if messages("en")["sources.held_short"] in label]
    assert loaded.snapshot.sources["raim"].title.en in label
    assert "Rīga: " in words(app).partition(messages("en")["sources.held"])[2][:300]


def test_a_source_without_files_lists_none(loaded):
    assert not loaded.snapshot.manifest["sources"]["own_tables"]["vintage"]["files"]
    assert not any(label.startswith("0 ") for label in folds(visit("sources", lang="en")))


def test_a_sources_files_are_listed_with_their_hashes(loaded):
    files = loaded.snapshot.manifest["sources"]["ookla"]["vintage"]["files"]
    assert "\n".join(f"{file['sha256']}  {file['name']}" for file in files) in words(visit("sources", lang="lv"))


def test_every_indicator_leads_to_its_map(loaded):
    shown = words(visit("sources", lang="lv"))
    for name in loaded.known.latest:
        assert f'href="map?map1={name}~' in shown


def test_search_narrows_sources_and_indicators_without_diacritics(loaded):
    app = visit("sources", lang="lv")
    before = len(folds(app))
    app.text_input(key="search").input("LEJUPIELADES atrums").run()
    assert not app.exception
    labels = folds(app)
    assert 0 < len(labels) < before
    assert any(loaded.indicators["download_mbps"].title.lv in label for label in labels)
    app.text_input(key="search").input("qqqq").run()
    assert messages("lv")["sources.nothing"] in words(app)


def test_a_theme_narrows_the_indicators(loaded):
    app = visit("sources", lang="en")
    app.button_group(key="theme").set_value("coverage").run()
    assert not app.exception
    shown = [i for i in loaded.known.latest if loaded.indicators[i].theme == "coverage"]
    assert any(str(len(shown)) in caption.value for caption in app.caption)


def test_the_language_switch_keeps_page_and_maps():
    app = visit("map", lang="lv", map1="download_mbps~2023-Q2~jenks", level="municipality")
    before = maps(app)["state"]
    app.button_group(key="language_switch").set_value("en").run()
    assert not app.exception
    assert app.title[0].value == messages("en")["map_page.title"]
    after = maps(app)
    assert (after["lang"], after["state"]) == ("en", before)


def test_an_address_is_taken_up_and_kept(loaded):
    address = {"map1": "download_mbps~2023-Q2~equal~7", "chosen": "LV0001000", "view": "1000~2000~3"}
    app = visit("map", **address)
    state = maps(app)["state"]
    assert state == decode(address, loaded.known)
    assert {name: app.query_params[name] for name in encode(state)} == encode(state)


def test_a_bogus_address_shows_the_first_visit(loaded):
    app = visit("map", map1="../../etc", view="x", lang="xx", level="9", chosen="<script>")
    assert maps(app)["state"] == decode({}, loaded.known)


def test_a_view_sets_the_maps_and_raises_the_epoch():
    app = visit("map", lang="lv", map1="residents~2024", map2="density~2024~jenks~table")
    before = maps(app)
    app.button(key="view_coverage").click().run()
    after = maps(app)
    assert not app.exception
    assert after["epoch"] == before["epoch"] + 1
    assert [pane["indicator"] for pane in after["state"]["panes"]] == ["download_mbps", "residents_100mbps_share"]
    assert [pane["table"] for pane in after["state"]["panes"]] == [False, True]
    assert after["state"]["panes"][1]["method"] == "quantile"


def test_what_the_visitor_did_survives_a_visit_to_another_page():
    app = visit("map", map1="download_mbps~2023-Q2~jenks", lang="lv")
    before = maps(app)["state"]
    app.switch_page("pages/sources.py").run()
    app.switch_page("pages/map.py").run()
    assert not app.exception
    assert maps(app)["state"] == before


def test_a_link_to_an_indicator_replaces_the_maps():
    app = visit("map", lang="lv")
    before = maps(app)
    app.query_params["map1"] = "upload_mbps~2023-Q2"
    app.query_params.pop("map2", None)
    app.run()
    after = maps(app)
    assert after["epoch"] > before["epoch"]
    assert [pane["indicator"] for pane in after["state"]["panes"]] == ["upload_mbps"]


def test_a_run_of_the_maps_goes_through_no_table(monkeypatch):
    """Fifty viewers share one processor: what is the same for all of them is worked out once per snapshot."""
    app = visit("map", chosen="LV0033400")
    asked: list[object] = []
    take = pd.DataFrame.__getitem__
    monkeypatch.setattr(pd.DataFrame, "__getitem__", lambda table, key: asked.append(key) or take(table, key))
    app.button(key="view_services").click().run()
    assert not app.exception
    assert maps(app)["state"]["panes"][0]["indicator"] == "distance_grocery_km"
    assert asked == []


def test_a_change_of_the_maps_costs_few_bytes():
    app = visit("map", lang="lv")
    sent = sum(element.proto.ByteSize() for element in app.main if element.proto)
    assert sent < 20_000


@pytest.mark.parametrize(
    ("lang", "damaged", "missing", "step"),
    [
        ("lv", "`places.parquet` ir bojāts", "`geometry.json.gz` trūkst.", "Palaidiet `python cli.py build`"),
        ("en", "`places.parquet` is damaged", "`geometry.json.gz` is missing.", "Run `python cli.py build`"),
    ],
)
def test_a_damaged_snapshot_gives_one_clear_message(tmp_path, monkeypatch, lang, damaged, missing, step):
    folder = shutil.copytree(SNAPSHOT, tmp_path / "snapshot")
    (folder / "places.parquet").write_bytes(b"broken")
    (folder / "geometry.json.gz").unlink()
    monkeypatch.setattr(cache, "current", lambda: open_snapshot(folder))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.query_params["lang"] = lang
    app.run()
    assert not app.exception
    (error,) = app.error
    assert all(words in error.value for words in (damaged, missing, step))
    assert "hash" not in error.value


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize("kind", get_args(SnapshotFault))
def test_every_fault_of_a_snapshot_can_be_said(kind, lang):
    assert "`a.parquet`" in messages(lang)[f"snapshot.{kind}"].format(file="a.parquet")


def test_the_snapshot_is_read_again_only_when_it_changed(tmp_path, monkeypatch, loaded):
    reads = []

    def opened(path):
        reads.append(path)
        return replace(loaded.snapshot, hash=f"{len(reads):064}")

    monkeypatch.setattr(cache, "open_snapshot", opened)
    monkeypatch.setattr(cache, "evaluate", lambda *_: loaded.values)
    monkeypatch.setattr(cache, "_load", lru_cache(maxsize=1)(cache._load.__wrapped__))
    seal = tmp_path / "manifest.sha256"
    seal.write_text("1")
    assert cache.current(tmp_path) is cache.current(tmp_path)
    seal.write_text("2")
    cache.current(tmp_path)
    assert len(reads) == 2


def test_a_page_stays_with_the_snapshot_it_began_with(loaded, monkeypatch):
    """A refresh puts another snapshot in its place in the middle of a run: the next run shows it, this one does not."""
    with cache.held() as began:
        monkeypatch.setattr(cache, "stamp", lambda path: "another one")
        monkeypatch.setattr(cache, "_load", lambda path, stamp: replace(loaded, snapshot=None))
        assert cache.current() is began
    assert cache.current().snapshot is None

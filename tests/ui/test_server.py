"""The plain web side: files for ever, headers, nothing outside the list, and no heavy library on the way to a page."""

from __future__ import annotations

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from streamlit import config, net_util
from streamlit.web import bootstrap

from data.model import SnapshotError
from ui import assets, cache, server
from ui.address import MAP_LEVELS
from ui.assets import BESIDE, NOT_COLLECTED, STATUS_MARKS
from ui.inline import Inline, inline


@pytest.fixture(scope="session")
def base(loaded) -> str:
    return f"/{assets.base(loaded)}"


@pytest.mark.parametrize("name", ["geometry.json", "places.json", "catalog.lv.json", "catalog.en.json"])
def test_a_file_is_served_compressed_and_for_ever(client, base, name):
    answer = client.get(base + name)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in answer.headers
    again = client.get(base + name, if_none_match=answer.headers["etag"])
    assert (again.status, again.content) == (304, b"")
    assert client.get(base + name, if_none_match="*").status == 304
    plain = client.get(base + name, accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/0000000000000000/geometry.json",
        "{base}nothing.json",
        "{base}values/no_such.json",
        "{base}../server.py",
        "{base}map_panes/../../server.py",
        "{base}map_panes/%2e%2e/%2e%2e/dashboard.py",
        "{base}%2fetc%2fpasswd",
        "{base}map_panes/__init__.py",
    ],
)
def test_what_is_not_listed_is_not_served(client, base, path):
    assert client.get(path.format(base=base)).status == 404


def test_modules_are_served_as_modules(client, base):
    for name in assets.modules():
        kind = client.get(base + name).headers["content-type"]
        assert kind.startswith("text/javascript" if name.endswith(".js") else "text/css"), name


def test_the_map_files_stay_small(served):
    assert len(served["geometry.json"].body) <= 350_000
    assert sum(len(served[f"catalog.{language}.json"].body) for language in ("lv", "en")) <= 100_000
    assert max(len(file.body) for name, file in served.items() if name.startswith("values/")) <= 80_000


def test_served_values_are_the_computed_values(loaded, client, base):
    geometry = client.get(base + "geometry.json").json()
    for name in loaded.known.latest:
        served = client.get(f"{base}values/{name}.json").json()
        rows = loaded.values[loaded.values["indicator"] == name]
        assert served["id"] == name
        for level in MAP_LEVELS:
            if level not in served["levels"]:
                continue
            table, codes = served["levels"][level], geometry["levels"][level]["codes"]
            period = table["periods"][-1]
            own = rows[(rows["level"] == level) & (rows["period"] == period)].set_index("territory")
            scaled = own["value"].reindex(codes).to_numpy(float) * 10 ** served["decimals"]
            got = np.array(table["values"][-1], dtype=float)
            np.testing.assert_allclose(got, scaled.round())
            wanted = own["status"].astype(str).map(STATUS_MARKS).reindex(codes).fillna(NOT_COLLECTED)
            assert table["status"][-1] == "".join(wanted)
            assert all(len(row) == len(codes) for row in (*table["values"], *table["status"], *table["marks"]))


def test_smoothed_values_and_intervals_stand_beside_the_plain_ones(loaded, client, base):
    codes = client.get(base + "geometry.json").json()["levels"]["unit"]["codes"]
    units = loaded.values[(loaded.values["level"] == "unit")]
    having = set(units["indicator"][units["smoothed"].notna()])
    assert having
    for name in loaded.known.latest:
        served = client.get(f"{base}values/{name}.json").json()
        assert ("smoothed" in served["levels"].get("unit", {})) == (name in having), name
    for name in sorted(having)[:3]:
        served = client.get(f"{base}values/{name}.json").json()
        table, scale = served["levels"]["unit"], 10 ** served["decimals"]
        own = units[(units["indicator"] == name) & (units["period"] == table["periods"][-1])].set_index("territory")
        for column in BESIDE:
            if column in table:
                got = np.array(table[column][-1], dtype=float)
                np.testing.assert_allclose(got, (own[column].reindex(codes).to_numpy(float) * scale).round())


def test_a_page_s_own_indicator_reads_like_one_of_the_catalogue(loaded, client, base):
    codes = client.get(base + "geometry.json").json()["levels"]["unit"]["codes"]
    described = client.get(base + "catalog.lv.json").json()["indicators"][0]
    figures = {codes[0]: 12.34, codes[2]: np.nan, "LV-RURAL": 50.0}
    rows = pd.DataFrame({"territory": [*figures], "level": ["unit", "unit", "group"], "value": [*figures.values()]})
    score = Inline(
        id="score",
        title="Indekss",
        definition="d",
        formula="f",
        unit="punkti",
        rows=rows.assign(period="2024", low=[10.0, np.nan, np.nan], high=[15.0, np.nan, np.nan]),
    )
    made = inline([score], loaded)
    assert json.loads(json.dumps(made)) == made
    assert made["indicators"][0].keys() == described.keys()
    table = made["values"]["score"]["levels"]["unit"]
    assert (score.latest, table["periods"], table["values"][0][:3]) == ("2024", ["2024"], [123, None, None])
    assert (table["low"][0][0], table["high"][0][0], table["rural"]) == (100, 150, [500])
    assert table["status"][0][:3] == "fca"
    assert "municipality" not in made["values"]["score"]["levels"]


def test_the_catalogue_names_every_territory_in_the_order_of_the_geometry(client, base):
    geometry = client.get(base + "geometry.json").json()
    latvian, english = (client.get(f"{base}catalog.{language}.json").json() for language in ("lv", "en"))
    for level in MAP_LEVELS:
        assert [row[0] for row in latvian["territories"][level]] == geometry["levels"][level]["codes"]
        degrees = {row[0]: row[5] for row in latvian["territories"][level]}
        assert (degrees["LV0001000"], set(degrees.values())) == (1, {1, 2, 3})
    assert latvian["texts"].keys() == english["texts"].keys()
    assert [entry["id"] for entry in latvian["indicators"]] == [entry["id"] for entry in english["indicators"]]
    sources = latvian["sources"].keys()
    assert all(entry["sources"] and set(entry["sources"]) <= sources for entry in latvian["indicators"])


def test_places_lie_inside_the_map(client, base):
    geometry = client.get(base + "geometry.json").json()
    places = client.get(base + "places.json").json()
    width, height = geometry["size"]
    assert len(places) > 1000
    assert all(-50 <= x <= width + 50 and -50 <= y <= height + 50 for *_, x, y in places)


@pytest.mark.parametrize(
    ("path", "header"), [("/", "lv"), ("/map", "en-GB"), ("/sources?lang=en", "lv"), ("/map", "de")]
)
def test_the_first_html_knows_its_language_and_its_root(client, path, header):
    answer = client.get(path, accept_language=header)
    language = "en" if "lang=en" in path or header.startswith("en") else "lv"
    assert f'<html lang="{language}">' in answer.text
    assert "BACKEND_BASE_URL" in answer.text
    assert "<title>Streamlit</title>" not in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_a_damaged_snapshot_is_named(client, monkeypatch):
    def damaged():
        raise SnapshotError.of("data/snapshot", "places.parquet", "damaged", "Run the build.", "damaged")

    monkeypatch.setattr(cache, "current", damaged)
    answer = client.get("/assets/0000000000000000/geometry.json")
    assert answer.status == 503
    assert "places.parquet" in answer.text


def test_what_nobody_asked_for_is_made_in_the_end_and_nothing_twice(monkeypatch):
    made = []
    files = assets.Files({name: lambda name=name: made.append(name) or assets.json_asset(name) for name in "abc"})
    monkeypatch.setattr(server, "_served", {"build": files})
    monkeypatch.setattr(server, "HEAD_START_S", 0)
    monkeypatch.setattr(server, "PAUSE_S", 0)
    assert files["b"].body
    with ThreadPoolExecutor(1) as thread:  # the browser tests keep a loop running in this one
        thread.submit(asyncio.run, server.finish()).result()
    assert made == ["b", "a", "c"]


def test_same_snapshot_same_bytes(loaded, served):
    assert assets.build(loaded) == served
    assert json.loads(gzip.decompress(served["catalog.lv.json"].body))["lang"] == "lv"


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("*;q=1, gzip; q=0.0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_an_answer_is_compressed_only_for_who_takes_it(header, taken):
    assert server.takes_gzip(header) is taken


def test_the_start_asks_nobody_for_this_machines_name(monkeypatch, capsys):
    """Open to the network, too: Streamlit tells the visitors' address from its settings."""
    was = config.get_option("server.address")
    monkeypatch.setattr(net_util, "get_external_ip", lambda: pytest.fail("a machine of the internet was asked"))
    config.set_option("server.address", "0.0.0.0")
    try:
        bootstrap._print_url(False)
    finally:
        config.set_option("server.address", was)
    assert "localhost" in capsys.readouterr().out

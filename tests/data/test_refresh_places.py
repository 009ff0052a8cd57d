"""Refreshing the lists of places, the registers and the tiles from local publishers, as after a fresh clone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import cli
from data import build, fetch, live, paths, web
from data.sources import business_register, culture_centres, medical_sites, open_datasets, post_offices
from data.spatial import project
from data.store import open_snapshot
from tests.data import places
from tests.data.country import SIDE, SOUTH, UNITS, WEST
from tests.data.publishers import Publishers, body, parts, serving, stamped
from tests.data.test_refresh import package, resource
from tests.data.test_tiles import pq_bytes, quarter

YEAR = str(date.today().year)
CKAN = "/data.gov.lv/dati/api/3/action/"
OVERPASS = ["/overpass-api.de/api/interpreter", "/overpass.kumi.systems/api/interpreter"]
PHARMACIES = "/dati.zva.gov.lv/fdu-registrs/export/fdu_register.csv"
REGISTER = "/dati.ur.gov.lv/register/register.csv"
DOCTORS = "/data.gov.lv/dati/dataset/x/download/medicinasiestades.csv"
STOPS = "/www.atd.lv/sites/default/files/GTFS/gtfs-latvia-lv.zip"
LOCKERS = "/www.omniva.lv/locations.json"
POST = post_offices.ADDRESS.replace("https:/", "")
PAGE = f"{CKAN}datastore_search?resource_id=centres&limit=2&offset="
PLACES = [
    "ookla",
    "ookla_mobile",
    "osm_services",
    "osm_places",
    "parcel_lockers",
    "pharmacies",
    "medical_sites",
    "culture_centres",
    "post_offices",
    "bus_stops",
    "business_register",
    "open_datasets",
]
CENTRES = [(WEST + (column + 0.5) * SIDE, SOUTH + (row + 0.5) * SIDE) for *_, column, row in UNITS]
SPOTS = [tuple(map(float, project(x, y, 3059, 4326))) for x, y in CENTRES]


def tables_of_ookla(at: Publishers, network: str, content: bytes, etag: str = '"q"') -> None:
    """The four newest quarters that are over."""
    running = 4 * date.today().year + (date.today().month - 1) // 3
    for number in range(running - 4, running):
        year, part = number // 4, number % 4 + 1
        name = f"{year}-{3 * part - 2:02}-01_performance_{network}_tiles.parquet"
        store = "/ookla-open-data.s3.amazonaws.com/parquet/performance"
        at.at(f"{store}/type={network}/year={year}/quarter={part}/{name}", parts(content, etag))


def on_the_map(handler: Any) -> None:
    """Services or places, by what the query asks for."""
    query = parse_qs(handler.body.decode())["data"][0]
    assert handler.headers["Content-Type"] == "application/x-www-form-urlencoded"
    if '"place"' in query:
        found = places.elements(SPOTS[:1], place="town", name="Pils")
    else:
        found = [
            *places.elements(SPOTS[:2], amenity="pharmacy"),
            *places.elements([(x + 0.001, y) for x, y in SPOTS[:3]], shop="convenience")[2:],
        ]
    body(places.overpass(found))(handler)


def healthy(at: Publishers) -> None:
    at.at(PHARMACIES, stamped(places.pharmacies(SPOTS[:2]), '"p"'))
    at.at(
        f"{CKAN}package_show?id={medical_sites.DATASET}",
        body(package(resource(DOCTORS, "2024-07-01"), licence="cc-zero")),
    )
    at.at(DOCTORS, stamped(places.medical_sites(SPOTS[:3]), '"d"'))
    centres = resource("/data.gov.lv/dati/dataset/y/download/kc.csv", f"{YEAR}-02-01") | {"id": "centres"}
    at.at(f"{CKAN}package_show?id={culture_centres.DATASET}", body(package(centres, licence="CC0-1.0")))
    for offset in (0, 2, 4, 6):
        at.at(f"{PAGE}{offset}", body(places.culture_page(SPOTS[:4], offset, 2)))
    at.at(POST, stamped(places.post_offices(SPOTS[:2]), '"post"'))
    at.at(LOCKERS, stamped(places.lockers(SPOTS[:2]), '"l"'))
    at.at(STOPS, stamped(places.stops(SPOTS), '"s"'))
    for server in OVERPASS:
        at.at(server, on_the_map)
    at.at(f"{CKAN}package_show?id={business_register.DATASET}", body(package(resource(REGISTER), licence="cc0")))
    entries = [
        places.entry("SIA", UNITS[0][0][2:], "2015-03-02"),
        places.entry("BDR", UNITS[1][0][2:], f"{YEAR}-01-02"),
    ]
    at.at(REGISTER, stamped(places.register(*entries), '"r"'))
    at.at(
        open_datasets.ADDRESS.replace("https:/", ""), body(places.datasets({"Kalnu novada pašvaldība": 3, "Cits": 9}))
    )
    for network in ("fixed", "mobile"):
        tables_of_ookla(at, network, pq_bytes(quarter(SPOTS, [50_000] * 6, [3] * 6)))


@pytest.fixture
def publishers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    monkeypatch.setattr(web, "PAUSE", 0)
    monkeypatch.setattr(web, "LONGEST_WAIT", 0)
    monkeypatch.setattr("data.ckan.PAGE", 2)
    with serving() as started:
        monkeypatch.setenv(web.MIRROR, started.address)
        healthy(started)
        yield started


def grid_and_map(published: Path) -> None:
    """Publish what no live address gives: where people live, and the services of 2019."""
    lines = ["GRD_ID,x3035,y3035,cntr,pop_2021"]
    for x, y in CENTRES:
        east, north = (int(part // 1000 * 1000) for part in map(float, project(x, y, 3059, 3035)))
        lines.append(f"CRS3035RES1000mN{north}E{east},{east},{north},LV,100")
    (published / "popgrid_lv_1km.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lon, lat = SPOTS[0]
    node = f"osm_node_id,lat,lon,name,tag,value\n1,{lat},{lon},,amenity,pharmacy\n"
    (published / "osm_services_nodes_lv_2019.csv").write_text(node, encoding="utf-8")


@pytest.fixture(scope="session")
def with_grid(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot of the made-up country with the grid and the map of 2019; to be copied."""
    folder = tmp_path_factory.mktemp("with_grid")
    published = shutil.copytree(small / "published", folder / "published")
    grid_and_map(published)
    results = fetch.fetch(fetch.Folder(published), raw=folder / "raw", corrections=small / "corrections.csv")
    told = {result.source for result in results if result.error}
    assert not told & {"boundaries", "classifier", "popgrid", "osm_services"}
    build.build(folder / "raw", folder / "snapshot", small / "corrections.csv")
    return folder / "snapshot"


@pytest.fixture
def clone(with_grid: Path, tmp_path: Path, corrections: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as it is cloned: a snapshot with the grid and the map of 2019, and no raw files."""
    shutil.copytree(with_grid, tmp_path / "snapshot")
    monkeypatch.setattr(paths, "RAW", tmp_path / "raw")
    monkeypatch.setattr(paths, "SNAPSHOT", tmp_path / "snapshot")
    monkeypatch.setattr(paths, "CORRECTIONS", corrections)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    code = cli.main(["refresh", "--json", *arguments])
    said = json.loads(capsys.readouterr().out)
    assert said["exit_code"] == code, said
    return code, {change["source"]: change for change in said["sources"]}


def test_all_of_them_have_a_live_address() -> None:
    assert set(PLACES) <= set(live.with_address())


def test_everything_from_a_fresh_clone_and_again(
    publishers: Publishers, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = open_snapshot(clone / "snapshot")
    code, changes = run(capsys, *PLACES)
    assert not [change["error"] for change in changes.values() if change["error"]]
    assert {id: change["outcome"] for id, change in changes.items()} == dict.fromkeys(PLACES, "new")
    assert code == 0
    after = open_snapshot(clone / "snapshot")
    newest = after.observations.merge(
        after.observations.groupby("measure", as_index=False)["period"].max(), on=["measure", "period"]
    )
    found = newest.set_index(["measure", "territory"])["value"]
    first, second = UNITS[0][0], UNITS[1][0]
    expected = {
        "licensed_pharmacy_points": (1, 1),
        "family_doctor_points": (1, 1),
        "culture_wifi_points": (1, 0),
        "post_office_points": (1, 1),
        "locker_points": (1, 1),
        "bus_stop_points": (1, 1),
        "pharmacy_points": (1, 1),
        "register_businesses": (1, 0),
        "register_civil": (0, 1),
        "ookla_tests": (3, 3),
        "mobile_tests": (3, 3),
    }
    for measure, values in expected.items():
        assert (found[measure, first], found[measure, second]) == values, measure
    assert found["open_datasets", "LV0020000"] == 3
    assert found["licensed_pharmacy_access_residents", first] == pytest.approx(100)
    assert found["licensed_pharmacy_person_km", first] < 100  # the pharmacy stands in the cell where the people live
    periods = after.observations.groupby("measure")["period"].unique()
    assert sorted(periods["pharmacy_points"]) == ["2019", YEAR]
    assert list(periods["family_doctor_points"]) == ["2024"]  # the year in which the list was last changed
    assert len(periods["ookla_tests"]) == 4
    had = before.observations.query("measure == 'pharmacy_points'")["value"].tolist()
    assert after.observations.query("measure == 'pharmacy_points' and period == '2019'")["value"].tolist() == had
    vintage = after.manifest["sources"]["osm_services"]["vintage"]
    assert [file["name"] for file in vintage["files"]] == [f"osm_services_lv_{YEAR}.json"]
    assert [file["name"] for file in vintage["earlier"]] == ["osm_services_nodes_lv_2019.csv"]

    code, changes = run(capsys, *PLACES)
    assert code == 0
    assert {id: change["outcome"] for id, change in changes.items()} == dict.fromkeys(PLACES, "unchanged")
    for id in ("pharmacies", "bus_stops", "parcel_lockers", "ookla", "ookla_mobile", "post_offices"):
        assert changes[id]["bytes"] == 0, id
    assert open_snapshot(clone / "snapshot").hash == after.hash


def test_the_second_server_helps_out(publishers: Publishers, clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remark = places.overpass(places.elements(SPOTS, amenity="pharmacy"), remark="runtime error: Query timed out")
    publishers.at(OVERPASS[0], body(remark))
    code, changes = run(capsys, "osm_services")
    assert (code, changes["osm_services"]["outcome"]) == (0, "new"), changes["osm_services"]["error"]
    assert len(publishers.of(OVERPASS[0])) == len(publishers.of(OVERPASS[1])) == 1


def no_latvia(at: Publishers) -> None:
    tables_of_ookla(at, "fixed", pq_bytes(quarter([(24.7, 59.4), (-0.12, 51.5)], [1, 1], [1, 1])), '"none"')


def both_busy(at: Publishers) -> None:
    at.at(OVERPASS[0], body("<html>busy</html>", 429, Content_Type="text/html", Retry_After="1"))
    remark = "runtime error: Query run out of memory"
    at.at(OVERPASS[1], body(places.overpass(places.elements(SPOTS, amenity="pharmacy"), remark=remark)))


ILL: dict[str, tuple[Callable[[Publishers], None], str, str, tuple[str, ...]]] = {
    "both servers of the map": (both_busy, "osm_services", "failed", ("answers 429", "gave up: runtime error")),
    "a map without places": (
        lambda at: [at.at(server, body(places.overpass([]))) for server in OVERPASS] and None,
        "osm_places",
        "failed",
        ("knows no such places",),
    ),
    "HTML for a register": (
        lambda at: at.at(PHARMACIES, body("<!DOCTYPE html><p>Apkope", Content_Type="text/html")),
        "pharmacies",
        "failed",
        ("a page of HTML instead of CSV",),
    ),
    "swapped coordinates": (
        lambda at: at.at(PHARMACIES, stamped(places.pharmacies([(y, x) for x, y in SPOTS]), '"p2"')),
        "pharmacies",
        "refused",
        ("lies nowhere near Latvia",),
    ),
    "another licence": (
        lambda at: at.at(f"{CKAN}package_show?id=uz", body(package(resource(REGISTER), licence="cc-by-nc"))),
        "business_register",
        "failed",
        ("the licence is now 'cc-by-nc'; declared is CC0-1.0",),
    ),
    "a register with a renamed column": (
        lambda at: at.at(REGISTER, stamped(places.register().replace(b"atvk", b"teritorija"), '"r2"')),
        "business_register",
        "refused",
        ("no column 'atvk'",),
    ),
    "half of the rows": (
        lambda at: at.at(f"{PAGE}2", body({"success": True, "result": {"fields": [], "records": [], "total": 5}})),
        "culture_centres",
        "failed",
        ("2 of 5 rows came",),
    ),
    "a torn zip": (
        lambda at: at.at(STOPS, stamped(places.stops(SPOTS)[:-60], '"s2"')),
        "bus_stops",
        "refused",
        ("not a whole zip file",),
    ),
    "a list without offices": (
        lambda at: at.at(POST, body(b"[]")),
        "post_offices",
        "refused",
        ("the list is empty",),
    ),
    "Latvia taken out of the tiles": (no_latvia, "ookla", "refused", ("no row of Latvia",)),
    "a torn Parquet file": (
        lambda at: tables_of_ookla(at, "mobile", pq_bytes(quarter(SPOTS, [1] * 6, [1] * 6))[:-200], '"torn"'),
        "ookla_mobile",
        "refused",
        ("not a whole Parquet file",),
    ),
    "organisations of other names": (
        lambda at: at.at(open_datasets.ADDRESS.replace("https:/", ""), body(places.datasets({"Ministrija": 9}))),
        "open_datasets",
        "refused",
        ("no organisation has the name of a municipality",),
    ),
}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("what", ILL)
def test_what_is_ill_costs_its_own_source_only(
    publishers: Publishers, clone: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    make_ill, id, outcome, said = ILL[what]
    before = open_snapshot(clone / "snapshot")
    make_ill(publishers)
    code, changes = run(capsys, id, "parcel_lockers")
    assert (code, changes[id]["outcome"], changes["parcel_lockers"]["outcome"]) == (3, outcome, "new"), changes
    assert all(part in changes[id]["error"] for part in said), changes[id]["error"]
    assert changes[id]["error"].rstrip().endswith(".")
    after = open_snapshot(clone / "snapshot")
    assert after.manifest["sources"].get(id) == before.manifest["sources"].get(id)
    assert "locker_points" in after.measures


def test_without_the_grid_the_message_says_so(
    publishers: Publishers, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, changes = run(capsys, "pharmacies", "open_datasets")
    assert (code, changes["open_datasets"]["outcome"]) == (3, "new")
    assert "popgrid" in changes["pharmacies"]["error"]
    assert "Fetch it first" in changes["pharmacies"]["error"]

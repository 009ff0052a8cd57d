"""Ookla's tiles: Latvia's rows out of a file of the world, near and far, in every form the publisher has used."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import tiles
from data.context import RawFile
from data.live import Visit
from data.lock import Staging
from data.model import DataError, DownloadError, SchemaError
from data.schema import observations
from data.sources import ookla, ookla_mobile
from data.spatial import project
from data.web import Web
from tests.data.ground import X0, Y0, cell, context, draw, raw, value
from tests.data.publishers import Behaviour, Publishers, body, hang_up, parts, serving

NAME = "2025-04-01_performance_fixed_tiles.parquet"
UNITS = draw(LV0000001=(0, 0, 1, 1), LV0000002=(1, 0, 2, 1), LV0000003=(0, 1, 2, 2))
PEOPLE = (
    f"GRD_ID,x3035,y3035,cntr,pop_2021\n{cell(0, 0)},LV,50\n{cell(1, 0)},LV,30\n{cell(0, 1)},LV,20\n{cell(1, 1)},LV,5\n"
)
WORLD = [(-0.12, 51.5), (21.0, 52.2), (24.7, 59.4), (151.2, -33.9), (37.6, 55.7), (-73.9, 40.7)]
"""London, Warsaw, Tallinn, Sydney, Moscow, New York."""


def corners(lon: float, lat: float) -> tuple[str, float, float, float, float]:
    """The tile a point lies in: its key, and its west, south, east and north ends."""
    size = 2**tiles.ZOOM
    x, y = (int(part * size) for part in tiles.mercator(lon, lat))
    lons = [360 * edge / size - 180 for edge in (x, x + 1)]
    lats = [math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * edge / size)))) for edge in (y + 1, y)]
    return tiles.key_at(x, y, tiles.ZOOM), lons[0], lats[0], lons[1], lats[1]


def at(x: float, y: float) -> tuple[float, float]:
    """Degrees of a point in km of the drawing."""
    lon, lat = project(X0 + x * 1000, Y0 + y * 1000, 3035, 4326)
    return float(lon), float(lat)


def quarter(spots: list[tuple[float, float]], download: list[int], tests: list[int], **more: Any) -> pa.Table:
    """A quarter as it is published since 2023."""
    keys, west, south, east, north = zip(*(corners(*spot) for spot in spots), strict=True)
    outline = [
        f"POLYGON(({w} {n}, {e} {n}, {e} {s}, {w} {s}, {w} {n}))"
        for w, s, e, n in zip(west, south, east, north, strict=True)
    ]
    columns = {
        "quadkey": keys,
        "tile": outline,
        "tile_x": np.mean([west, east], axis=0),
        "tile_y": np.mean([south, north], axis=0),
        "avg_d_kbps": download,
        "avg_u_kbps": [speed // 2 for speed in download],
        "avg_lat_ms": [20] * len(spots),
        "avg_lat_down_ms": pa.array([None] * len(spots), pa.int32()),
        "avg_lat_up_ms": pa.array([None] * len(spots), pa.int32()),
        "tests": tests,
        "devices": [1] * len(spots),
    }
    return pa.table(columns | more)


LATVIAN = [at(0.3, 0.3), at(0.9, 0.9), at(1.5, 0.5), at(2.6, 0.5)]
GOOD = quarter([*LATVIAN, *WORLD], [20_000, 60_000, 120_000, 500_000] + [1_000] * 6, [3, 1, 2, 7] + [9] * 6)
"""The last of the Latvian tiles lies in no unit."""
FORMS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "since 2023": lambda table: table,
    "keys, until 2023": lambda table: table.drop_columns(["tile_x", "tile_y", "avg_lat_down_ms", "avg_lat_up_ms"]),
    "outlines alone": lambda table: table.drop_columns(["tile_x", "tile_y", "quadkey"]),
    "a further column": lambda table: table.append_column("jauna", pa.array([1] * len(table))),
}


def written(folder: Path, table: pa.Table, name: str = NAME, group: int = 3) -> RawFile:
    path = folder / name
    pq.write_table(table, path, row_group_size=group)
    return RawFile(name, path)


def tidy(folder: Path, *files: RawFile, module: Any = ookla) -> pd.DataFrame:
    ground = context(UNITS, popgrid=raw(folder, "popgrid_lv_1km.csv", PEOPLE))
    return module.tidy(list(files), ground)


@pytest.mark.parametrize("form", FORMS)
def test_latvian_rows_by_the_centre_of_their_tile(tmp_path: Path, form: str) -> None:
    found = tidy(tmp_path, written(tmp_path, FORMS[form](GOOD)))
    tidied = observations(found, ookla.SOURCE)
    expected = {
        "ookla_tests": (4, 2, 0),
        "ookla_devices": (2, 1, 0),
        "ookla_cells": (2, 1, 0),
        "ookla_download_sum": (3 * 20 + 60, 2 * 120, 0),
        "ookla_upload_sum": (3 * 10 + 30, 2 * 60, 0),
        "ookla_latency_sum": (80, 40, 0),
        "ookla_grid_residents": (50, 30, 25),
        "ookla_residents_measured": (50, 30, 0),
        "ookla_residents_30mbps": (50, 30, 0),  # 120 / 4 = 30 Mbit/s in the first square kilometre
        "ookla_residents_100mbps": (0, 30, 0),
    }
    for measure, values in expected.items():
        assert [value(tidied, unit, measure, "2025-Q2") for unit in UNITS.index] == pytest.approx(values, abs=0.01)
    assert found.attrs["notes"] == {
        "2025-Q2: rows": 4,
        "2025-Q2: rows that share a cell with an earlier row": 0,
        "2025-Q2: rows that belong to nobody": 1,
        "2025-Q2: tests": 13,
        "2025-Q2: tests that belong to nobody": 7,
    }


def test_several_quarters_and_the_table_of_2023(tmp_path: Path) -> None:
    late = written(tmp_path, GOOD, NAME.replace("-04-", "-10-"))
    old = raw(
        tmp_path,
        "ookla_fixed_2023q2_lv_350m.csv",
        f"x3035,y3035,avg_d_kbps,avg_u_kbps,avg_lat_ms,tests,devices\n{X0 + 100},{Y0 + 100},50000,20000,10,6,2\n",
    )
    tidied = tidy(tmp_path, late, old, written(tmp_path, GOOD))
    assert {period: value(tidied, "LV0000001", "ookla_tests", period) for period in sorted(set(tidied["period"]))} == {
        "2023-Q2": 6,
        "2025-Q2": 4,
        "2025-Q4": 4,
    }


def test_mobile_tests_have_their_own_measures(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, NAME.replace("fixed", "mobile"))
    tidied = observations(tidy(tmp_path, file, module=ookla_mobile), ookla_mobile.SOURCE)
    assert value(tidied, "LV0000001", "mobile_download_sum", "2025-Q2") == 120
    assert value(tidied, "LV0000002", "mobile_residents_30mbps", "2025-Q2") == pytest.approx(30, abs=0.01)


def test_no_latvian_row_is_told(tmp_path: Path) -> None:
    abroad = written(tmp_path, GOOD.slice(4))
    with pytest.raises(SchemaError, match="no row of Latvia in it") as error:
        tidy(tmp_path, abroad)
    assert "2026-04-16" in str(error.value)
    assert "--since" in str(error.value)
    late = written(tmp_path, GOOD, NAME.replace("-04-", "-07-"))
    found = tidy(tmp_path, abroad, late)
    assert set(found["period"]) == {"2025-Q3"}
    assert found.attrs["notes"]["2025-Q2: no row of Latvia"] == 0


ILL: dict[str, tuple[Callable[[Path], RawFile], str]] = {
    "cut": (lambda folder: torn(folder, lambda whole: whole[: len(whole) // 2]), "not a whole Parquet file"),
    "its middle lost": (lambda folder: torn(folder, lambda whole: whole[:200] + whole[400:]), "damaged"),
    "no Parquet": (lambda folder: torn(folder, lambda whole: b"quadkey,tile\n1,2\n"), "not a whole Parquet file"),
    "a column renamed": (
        lambda folder: written(folder, GOOD.rename_columns({"avg_d_kbps": "avg_download_kbps"})),
        "no column 'avg_d_kbps'",
    ),
    "no place": (
        lambda folder: written(folder, GOOD.drop_columns(["tile_x", "tile_y", "quadkey", "tile"])),
        "no column 'quadkey'",
    ),
    "a text for a number": (
        lambda folder: written(folder, GOOD.set_column(9, "tests", pa.array(["many"] * len(GOOD)))),
        "column 'tests': holds string, not numbers",
    ),
    "negative speed, no tests": (
        lambda folder: written(folder, quarter(LATVIAN, [-1, 1, 1, 1], [1, 0, 1, 1])),
        "-1 is less than 0",
    ),
    "a speed 1,000 times too large": (
        lambda folder: written(folder, quarter(LATVIAN, [120_000_000, 1, 1, 1], [1, 1, 1, 1])),
        r"1\.2e\+08 is more than 1e\+07",
    ),
    "a number missing": (
        lambda folder: written(folder, quarter(LATVIAN, [1, 1, 1, 1], [1, 1, 1, 1], devices=[1, None, 1, 1])),
        "nan is less than 1",
    ),
    "no rows at all": (lambda folder: written(folder, GOOD.slice(0, 0)), "no row of Latvia"),
    "no quarter": (lambda folder: written(folder, GOOD, "tiles.parquet"), "no quarter"),
}


def torn(folder: Path, tear: Callable[[bytes], bytes]) -> RawFile:
    file = written(folder, GOOD)
    file.path.write_bytes(tear(file.path.read_bytes()))
    return file


@pytest.mark.parametrize("what", ILL)
def test_ill_files(tmp_path: Path, what: str) -> None:
    make, said = ILL[what]
    with pytest.raises(DataError, match=said) as error:
        tidy(tmp_path, make(tmp_path))
    assert str(error.value).rstrip().endswith(".")


@given(st.floats(-179, 179), st.floats(-80, 80))
def test_a_key_leads_back_to_the_tile(lon: float, lat: float) -> None:
    key, west, south, east, north = corners(lon, lat)
    x, y = tiles.centres_of_keys([key])
    assert (float(x[0]), float(y[0])) == pytest.approx(((west + east) / 2, (south + north) / 2), abs=1e-4)
    assert west <= x[0] <= east
    assert south < y[0] < north


@given(st.floats(*tiles.BOX["lon"]), st.floats(*tiles.BOX["lat"]))
def test_no_tile_of_the_box_is_missed_by_its_key(lon: float, lat: float) -> None:
    assert corners(lon, lat)[0].startswith(tuple(tiles.COVERING))


def test_the_three_ways_to_tell_a_place_find_the_same_rows() -> None:
    chance = np.random.default_rng(1)
    (west, east), (south, north) = tiles.BOX["lon"], tiles.BOX["lat"]
    spots = list(zip(chance.uniform(west - 2, east + 2, 500), chance.uniform(south - 2, north + 2, 500), strict=True))
    table = quarter([(float(x), float(y)) for x, y in spots], [1] * 500, [1] * 500)
    by_centre, by_key = (tiles.within(table, where).to_numpy() for where in tiles.PLACES[:2])
    assert (by_centre == by_key).all()
    assert 0.2 < by_centre.mean() < 0.8


# From the publisher's store.

STORE = "/ookla-open-data.s3.amazonaws.com/parquet/performance/type=fixed/year={}/quarter={}/{}"


def address(year: int, quarter: int) -> str:
    return STORE.format(year, quarter, f"{year}-{3 * quarter - 2:02}-01_performance_fixed_tiles.parquet")


@pytest.fixture
def store() -> Iterator[Publishers]:
    with serving() as started:
        yield started


@pytest.fixture
def visit(store: Publishers, tmp_path: Path) -> Iterator[Visit]:
    (tmp_path / "arrived").mkdir()
    with Web(tmp_path / "arrived", pause=0, tries=2, timeout=(2, 2), mirror=store.address) as web:
        web.sleep = lambda seconds: None
        yield Visit(ookla.SOURCE, web, tmp_path / "raw", {}, today=date(2025, 11, 28))


@cache
def large(groups: int = 40) -> bytes:
    """A file of many row groups in the order of their keys, of which few can hold a Latvian tile."""
    chance = np.random.default_rng(3)
    spots = [
        (float(x), float(y))
        for x, y in zip(chance.uniform(-170, 170, 8000), chance.uniform(-50, 65, 8000), strict=True)
    ]
    spots = [spot for spot in spots if not tiles.in_box(np.array(spot[0]), np.array(spot[1]))] + LATVIAN
    spots.sort(key=lambda spot: corners(*spot)[0])
    sink = pa.BufferOutputStream()
    table = quarter(spots, [10_000] * len(spots), [1] * len(spots))
    pq.write_table(table, sink, row_group_size=len(spots) // groups + 1, compression="none")
    return sink.getvalue().to_pybytes()


def test_of_a_file_far_away_only_parts_are_transferred(store: Publishers, visit: Visit) -> None:
    content = large()
    store.at(address(2025, 4), parts(content, '"q4"'))
    store.at(address(2025, 3), body("", 500))  # ends the visit after one quarter
    with pytest.raises(DownloadError, match="answers 500"):
        tiles.download("fixed", visit)
    assert visit.web.received < len(content) / 4
    assert all("Range" in request.headers for request in store.of(address(2025, 4)))
    (taken,) = visit.web.folder.glob("*.parquet")
    assert len(tiles.read(RawFile(taken.name, taken))) == len(LATVIAN)


def test_the_newest_four_quarters_are_found(store: Publishers, visit: Visit) -> None:
    content = pq_bytes(GOOD)
    for year, number in ((2025, 2), (2025, 1), (2024, 4), (2024, 3), (2024, 2)):
        store.at(address(year, number), parts(content, f'"{year}-{number}"'))
    found = tiles.download("fixed", visit)  # Q4 runs, Q3 is late: neither is there
    assert [file.name[:7] for file in found] == ["2025-04", "2025-01", "2024-10", "2024-07"]
    before = visit.web.received
    again = tiles.download("fixed", visit)  # killed and run again: nothing is transferred twice
    assert [file.name for file in again] == [file.name for file in found]
    assert visit.web.received == before


def pq_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=3)
    return sink.getvalue().to_pybytes()


def test_from_a_year_on_every_quarter(store: Publishers, visit: Visit) -> None:
    for year, number in ((2025, 2), (2025, 1), (2024, 4), (2024, 3), (2024, 2), (2024, 1)):
        store.at(address(year, number), parts(pq_bytes(GOOD), '"q"'))
    assert len(tiles.download("fixed", replace(visit, since="2024"))) == 6


def test_what_was_taken_of_a_quarter_is_kept_where_nothing_changed(
    store: Publishers, visit: Visit, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        store.at(address(2025, number), parts(pq_bytes(GOOD), f'"{number}"'))
    store.at(address(2024, 4), parts(pq_bytes(GOOD), '"4"'))
    found = tiles.download("fixed", visit)
    with Staging(tmp_path / "raw") as staging:
        entries = [staging.take(file, ookla.SOURCE, (), "fetch") for file in found]
        staging.keep({"ookla": entries})
    visit.web.folder = tmp_path / "elsewhere"
    before = visit.web.received
    again = tiles.download("fixed", replace(visit, known={entry.name: entry for entry in entries}))
    assert visit.web.received == before
    assert {file.path for file in again} == {tmp_path / "raw" / entry.file for entry in entries}


def from_large(etag: str) -> Behaviour:
    return lambda handler: parts(large(), etag)(handler)


STORE_ILL: dict[str, tuple[list[Any], str]] = {
    "gone": ([body("", 404)], "answers 404"),
    "forbidden": ([body("<xml/>", 403, Content_Type="application/xml")], "answers 403"),
    "down": ([body("", 503)], "answers 503"),
    "silent": ([hang_up], "the connection failed"),
    "without parts": ([body(pq_bytes(GOOD), ETag='"1"')], "does not give parts"),
    "replaced meanwhile": ([from_large('"1"'), from_large('"2"')], "was replaced by another version"),
    "cut": ([parts(pq_bytes(GOOD)[:-300], '"1"')], "not a whole Parquet file"),
    "another column": ([parts(pq_bytes(GOOD.rename_columns({"tests": "test_count"})), '"1"')], "no column 'tests'"),
}


@pytest.mark.parametrize("what", STORE_ILL)
def test_an_ill_store(store: Publishers, visit: Visit, what: str) -> None:
    behaviours, said = STORE_ILL[what]
    for year, number in ((2025, 4), (2025, 3), (2025, 2), (2025, 1), (2024, 4)):
        store.at(address(year, number), *behaviours)
    with pytest.raises(DataError, match=said) as error:
        tiles.download("fixed", visit)
    assert error.value.faults[0].next_step
    assert not list(visit.web.folder.glob("*.parquet"))


def test_a_part_that_is_cut_is_asked_for_again(store: Publishers, visit: Visit) -> None:
    content = large()
    store.at(address(2025, 4), parts(content, '"1"'), parts(content, '"1"', cut=True), parts(content, '"1"'))
    store.at(address(2025, 3), body("", 500))
    with pytest.raises(DownloadError, match="answers 500"):
        tiles.download("fixed", visit)
    (taken,) = visit.web.folder.glob("*.parquet")
    assert len(tiles.read(RawFile(taken.name, taken))) == len(LATVIAN)

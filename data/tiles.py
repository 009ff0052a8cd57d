"""Ookla's map tiles: quarterly Parquet files of the whole world, of which only Latvia's rows are read.

    download("fixed", visit)               -> the newest quarters, Latvia's rows of each as one small file
    read(file)                             -> rows: tile, x, y (EPSG:3059), east, north (EPSG:3035), speeds, tests
    tidy(files, context, SOURCE, ...)      -> by unit: tests, devices, tiles, test-weighted sums, residents by speed

Row groups that cannot hold a Latvian tile are skipped by their statistics; of the others first the place of the tiles
is read, and the rest only where there is a hit.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.context import Context, RawFile
from data.lock import Found
from data.model import DownloadError, SchemaError, Source
from data.read import AGAIN, RENAMED, Faults, check_size
from data.sources import popgrid
from data.spatial import DEGREES, GRID, points_to_units, project, refuse, summed, unit_observations
from data.web import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.live import Visit

BUCKET = "https://ookla-open-data.s3.amazonaws.com/parquet/performance"
FIRST_YEAR = 2019
QUARTERS = 4
"""So many of the newest quarters are asked for where no year is named."""
LATE = 3
"""The newest quarter is at most so many quarters behind the one that runs."""
GONE = ("403", "404")
"""How the store refuses a file that is not there."""
LARGEST_FILE = 1_000_000_000

BOX = {"lon": (20.9, 28.3), "lat": (55.6, 58.1)}
"""Latvia and a little around it (degrees)."""
LEAST = {"avg_d_kbps": 0, "avg_u_kbps": 0, "avg_lat_ms": 0, "tests": 1, "devices": 1}
"""The figures of a row, and the least that each can be."""
MOST = {"avg_d_kbps": 10_000_000, "avg_u_kbps": 10_000_000, "avg_lat_ms": 60_000}
"""What no test can give: over 10 Gbit/s, or a minute of waiting."""
VALUES = tuple(LEAST)
PLACES = (("tile_x", "tile_y"), ("quadkey",), ("tile",))
"""The columns that tell where a tile lies, the quickest first: its centre (from Q3 2023), its key, its outline."""
ZOOM = 16
COVER = 8
"""The zoom of the larger tiles by which keys outside the box are sorted out."""
TITLE = re.compile(r"(\d{4})-(01|04|07|10)-01_performance_")
KBPS = 1000
NO_ROWS = "no row of Latvia in it (Ookla took some regions out of its files on 2026-04-16)"
EARLIER = "Earlier quarters may still have them: name a year with --since, or keep what is there."


def download(network: str, visit: Visit) -> list[Found]:
    """Latvia's rows of the newest quarters, or of all from the visit's year on, beside the quarters taken earlier.

    Raises
    ------
    DownloadError
        No quarter could be read.
    """
    found: list[Found] = []
    missing: list[Refused] = []
    for year, quarter in quarters(visit):
        if not visit.since and len(found) == QUARTERS:
            break
        name = f"{year}-{3 * quarter - 2:02}-01_performance_{network}_tiles.parquet"
        address = f"{BUCKET}/type={network}/year={year}/quarter={quarter}/{name}"
        try:
            found.append(visit.extract(address, name, lambda file, name=name: cut(file, name)))
        except Refused as error:
            if error.faults[0].kind not in GONE or found or len(missing) == LATE:
                raise
            missing.append(error)
    if not found:
        raise missing[-1] if missing else DownloadError.of(BUCKET, "", f"nothing since {visit.since}", EARLIER)
    return visit.beside_earlier(*found)


def quarters(visit: Visit) -> Iterator[tuple[int, int]]:
    """Years and quarters from the one that runs backwards, to the visit's year or the first there is."""
    last = 4 * visit.today.year + (visit.today.month - 1) // 3
    for number in range(last, 4 * max(int(visit.since[:4] or 0), FIRST_YEAR) - 1, -1):
        yield number // 4, number % 4 + 1


def cut(file: BinaryIO, name: str) -> bytes:
    """Latvia's rows of a file as a Parquet file of the publisher's own columns."""
    table = latvian(opened(pa.PythonFile(file, mode="r"), name), name)
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    return written.getvalue()


def opened(source: object, name: str) -> pq.ParquetFile:
    """A Parquet file, its end read.

    Raises
    ------
    SchemaError
        It is none, or not whole.
    """
    try:
        return pq.ParquetFile(source, pre_buffer=True)
    except (pa.ArrowException, OSError) as error:
        raise SchemaError.of(name, "", f"not a whole Parquet file ({shortly(error)})", AGAIN) from None


def shortly(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]


def latvian(parquet: pq.ParquetFile, name: str) -> pa.Table:
    """The rows inside `BOX`, with the columns of the publisher that are used.

    Raises
    ------
    SchemaError
        A column is missing, or the file is damaged.
    """
    schema = parquet.schema_arrow.names
    where = next((columns for columns in PLACES if set(columns) <= set(schema)), ())
    absent = [column for column in VALUES if column not in schema] + ([] if where else ["quadkey"])
    if absent:
        problem = f"no column {', '.join(map(repr, absent))} (there are {', '.join(map(repr, schema))})"
        raise SchemaError.of(name, "", problem, RENAMED)
    kept = [*where, *(["quadkey"] if "quadkey" in schema and "quadkey" not in where else []), *VALUES]
    tables = [pa.table({column: pa.array([], parquet.schema_arrow.field(column).type) for column in kept})]
    try:
        for group in range(parquet.num_row_groups):
            if not may_hold(parquet, group, where):
                continue
            inside = within(parquet.read_row_group(group, columns=list(where)), where)
            if pc.any(inside).as_py():
                tables.append(parquet.read_row_group(group, columns=kept).select(kept).filter(inside))
    except (pa.ArrowException, OSError) as error:
        raise SchemaError.of(name, "", f"damaged ({shortly(error)})", AGAIN) from None
    return pa.concat_tables(tables)


def may_hold(parquet: pq.ParquetFile, group: int, where: Sequence[str]) -> bool:
    """Whether a row group can hold a tile of the box, by the least and the largest value of its places."""
    record = parquet.metadata.row_group(group)
    columns = {record.column(i).path_in_schema: record.column(i) for i in range(record.num_columns)}
    for column, axis in zip(where, BOX, strict=False):
        ends = columns[column].statistics
        if ends is None or not ends.has_min_max:
            continue
        if column == "quadkey":
            if not any(key <= ends.max and key + "4" > ends.min for key in COVERING):
                return False
        elif column != "tile":
            low, high = BOX[axis]
            if ends.max < low or ends.min > high:
                return False
    return True


def within(table: pa.Table, where: Sequence[str]) -> pa.ChunkedArray:
    """Which rows lie inside the box, by the column or columns that tell the place."""
    if len(where) == 2:
        parts = [table.column(column) for column in where]
    elif where[0] == "quadkey":
        keys = table.column("quadkey")
        near = pc.is_in(pc.utf8_slice_codeunits(keys, 0, COVER), value_set=pa.array(COVERING))
        inside = np.zeros(len(keys), dtype=bool)
        rows = np.flatnonzero(near.to_numpy())
        lon, lat = centres_of_keys(keys.take(rows).to_pylist())
        inside[rows] = in_box(lon, lat)
        return pa.chunked_array([inside])
    else:
        corner = pc.extract_regex(table.column("tile"), r"\(\(\s*(?P<lon>-?[\d.]+) (?P<lat>-?[\d.]+)")
        parts = [pc.cast(pc.struct_field(corner, axis), pa.float64()) for axis in BOX]
    return pa.chunked_array([in_box(*(part.to_numpy() for part in parts))])


def in_box(lon: NDArray, lat: NDArray) -> NDArray:
    (west, east), (south, north) = BOX["lon"], BOX["lat"]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def key_of(lon: float, lat: float, zoom: int) -> str:
    """The key of the map tile that holds a point: one digit a zoom level, 0 to 3."""
    x, y = (int(part * 2**zoom) for part in mercator(lon, lat))
    return key_at(x, y, zoom)


def key_at(x: int, y: int, zoom: int) -> str:
    return "".join(str((x >> level & 1) + 2 * (y >> level & 1)) for level in range(zoom - 1, -1, -1))


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """A point on the square map of the world (0 to 1 from the west, 0 to 1 from the north)."""
    return (lon + 180) / 360, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def centres_of_keys(keys: Sequence[str]) -> tuple[NDArray, NDArray]:
    """Longitude and latitude (degrees) of the centres of tiles, by their keys of `ZOOM` digits."""
    if not keys:
        return np.zeros(0), np.zeros(0)
    digits = np.array([key.encode() for key in keys], dtype=f"S{ZOOM}").view("u1").reshape(len(keys), ZOOM) - 48
    scale = 2.0 ** -np.arange(1, ZOOM + 1)
    half = 2.0 ** -(ZOOM + 1)
    x, y = (digits & 1) @ scale + half, (digits >> 1) @ scale + half
    return 360 * x - 180, np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * y))))


def covering() -> list[str]:
    """The keys of the larger tiles that cover the box."""
    (west, east), (south, north) = BOX["lon"], BOX["lat"]
    (left, top), (right, bottom) = (
        tuple(int(part * 2**COVER) for part in mercator(*corner)) for corner in ((west, north), (east, south))
    )
    return [key_at(x, y, COVER) for x in range(left, right + 1) for y in range(top, bottom + 1)]


COVERING = covering()


def quarter(file: RawFile) -> str:
    """The quarter of a file, "2025-Q2", from its name.

    Raises
    ------
    SchemaError
    """
    found = TITLE.search(file.name)
    if not found:
        problem, step = "no quarter (2025-04-01_performance_…_tiles.parquet)", "Keep the publisher's name."
        raise SchemaError.of(file.name, "file name", problem, step)
    return f"{found[1]}-Q{int(found[2]) // 3 + 1}"


def read(file: RawFile) -> pd.DataFrame:
    """Latvia's rows of a file, whether it holds the whole world or was cut before; none if Latvia is not in it.

    Returns
    -------
    DataFrame
        tile (its key, or its place where there is none), x, y (centre, EPSG:3059, m), east, north (centre, EPSG:3035,
        m), avg_d_kbps, avg_u_kbps, avg_lat_ms, tests, devices; index = the row among those kept, from 1.

    Raises
    ------
    SchemaError
        Not a Parquet file, not whole, a column missing, or figures that cannot be; all such at once.
    """
    check_size(file.path, file.name, LARGEST_FILE)
    with file.path.open("rb") as stream:
        table = latvian(opened(pa.PythonFile(stream, mode="r"), file.name), file.name)
    cells = table.select(list(VALUES)).to_pandas()
    cells.index = pd.RangeIndex(1, len(cells) + 1, name="row")
    faults = Faults(file.name)
    for column, least in LEAST.items():
        if not pd.api.types.is_numeric_dtype(cells[column]):
            faults.add(f"column {column!r}", f"holds {table.schema.field(column).type}, not numbers", RENAMED)
        else:
            refuse(faults, cells[column], ~(cells[column] >= least), f"{{:g}} is less than {least}")
            most = MOST.get(column, float("inf"))
            refuse(faults, cells[column], cells[column] > most, f"{{:g}} is more than {most:g}")
    faults.raise_any()
    lon, lat = centres(table)
    x, y = project(lon, lat, DEGREES)
    east, north = project(lon, lat, DEGREES, GRID)
    names = table.column("quadkey").to_pylist() if "quadkey" in table.column_names else [*zip(lon, lat, strict=True)]
    return cells.assign(tile=pd.Series(names, index=cells.index), x=x, y=y, east=east, north=north)


def centres(table: pa.Table) -> tuple[NDArray, NDArray]:
    """Longitude and latitude (degrees) of the centres of the tiles."""
    if "tile_x" in table.column_names:
        return table.column("tile_x").to_numpy(), table.column("tile_y").to_numpy()
    if "quadkey" in table.column_names:
        return centres_of_keys(table.column("quadkey").to_pylist())
    import shapely

    west, south, east, north = shapely.bounds(shapely.from_wkt(table.column("tile").to_pylist())).reshape(-1, 4).T
    return (west + east) / 2, (south + north) / 2


def tidy(
    files: Sequence[RawFile],
    context: Context,
    source: Source,
    prefix: str,
    speeds: Sequence[int],
    quarter: Callable[[RawFile], str],
    read: Callable[[RawFile], pd.DataFrame],
) -> pd.DataFrame:
    """Observations of every quarter, in measures that begin with a prefix; every unit has a row, 0 without tests.

    speeds: download speeds (Mbit/s) whose reach is counted in residents.

    Raises
    ------
    UnsafeFile, SchemaError
        Also if no file has a row of Latvia, or two are of one quarter.
    """
    if not files:
        raise SchemaError.of(source.id, "", "no file of measurements", f"Fetch {source.files[0]} first.")
    people = popgrid.residents(context)
    tables, notes, seen = [], {}, {}
    for period, file in sorted(((quarter(file), file) for file in files), key=lambda found: found[0]):
        if period in seen:
            raise SchemaError.of(source.id, file.name, f"a second file for {period}", f"Keep it or {seen[period]}.")
        seen[period] = file.name
        cells = read(file)
        if cells.empty:
            notes[f"{period}: no row of Latvia"] = 0
            continue
        unit = points_to_units(cells["x"], cells["y"], context.units).set_axis(cells.index)
        values = by_unit(cells, unit, prefix, context).join(reach(cells, people, prefix, speeds, context))
        tables.append(unit_observations(values, period))
        notes |= {f"{period}: {what}": count for what, count in told(cells, unit).items()}
    if not tables:
        raise SchemaError.of(source.id, ", ".join(seen.values()), NO_ROWS, EARLIER)
    tidied = pd.concat(tables, ignore_index=True).sort_values(["territory", "period", "measure"], ignore_index=True)
    tidied.attrs["notes"] = notes
    return tidied


def by_unit(cells: pd.DataFrame, unit: pd.Series, prefix: str, context: Context) -> pd.DataFrame:
    """Tests, devices, distinct tiles, and tests × speed (Mbit/s) or latency (ms), summed by unit."""
    columns = {
        "tests": cells["tests"],
        "devices": cells["devices"],
        "cells": ~cells.duplicated("tile"),
        "download_sum": cells["tests"] * cells["avg_d_kbps"] / KBPS,
        "upload_sum": cells["tests"] * cells["avg_u_kbps"] / KBPS,
        "latency_sum": cells["tests"] * cells["avg_lat_ms"],
    }
    named = {f"{prefix}_{name}": values for name, values in columns.items()}
    return summed(pd.DataFrame(named), unit, context.units)


def reach(
    cells: pd.DataFrame, people: pd.DataFrame, prefix: str, speeds: Sequence[int], context: Context
) -> pd.DataFrame:
    """Residents by unit: all, those of 1 km cells that hold the centre of a measured tile, and those by speed.

    The mean of a 1 km cell is weighted by tests; a cell at the very border counts with all its measurements.
    """
    size = popgrid.CELL
    squares = pd.DataFrame(
        {
            "x3035": (cells["east"] // size * size).astype("int64"),
            "y3035": (cells["north"] // size * size).astype("int64"),
            "tests": cells["tests"],
            "megabits": cells["tests"] * cells["avg_d_kbps"] / KBPS,
        }
    )
    squares = squares.groupby(["x3035", "y3035"], as_index=False).sum().eval("mean = megabits / tests")
    lived = people.merge(squares, on=["x3035", "y3035"], how="left")
    columns = {
        f"{prefix}_grid_residents": lived["people"],
        f"{prefix}_residents_measured": lived["people"].where(lived["mean"].notna(), 0.0),
    }
    columns |= {
        f"{prefix}_residents_{speed}mbps": lived["people"].where(lived["mean"] >= speed, 0.0) for speed in speeds
    }
    return summed(pd.DataFrame(columns), lived["unit"], context.units)


def told(cells: pd.DataFrame, unit: pd.Series) -> Mapping[str, int]:
    """What a quarter's notes say: rows, tests, and those that belong to nobody."""
    return {
        "rows": len(cells),
        "rows that share a cell with an earlier row": int(cells.duplicated("tile").sum()),
        "rows that belong to nobody": int(unit.isna().sum()),
        "tests": int(cells["tests"].sum()),
        "tests that belong to nobody": int(cells.loc[unit.isna(), "tests"].sum()),
    }

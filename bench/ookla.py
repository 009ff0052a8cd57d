"""The bench of Ookla's tiles: six million rows of the whole world, in the publisher's form, to figures of parishes."""

from __future__ import annotations

import json as json_format
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from data import tiles
from data.context import RawFile
from data.judge import of_snapshot
from data.paths import ROOT, SNAPSHOT
from data.sources import ookla, popgrid
from data.store import open_snapshot

ROWS = 6_000_000
LATVIAN = 20_000
GROUP = 1_000_000
NAME = "2025-04-01_performance_fixed_tiles.parquet"
FORMS = ("sorted", "shuffled", "keys_only")
"""By the tiles' keys with centres; in no order with centres; in no order and without centres, as until Q2 2023."""
BARS = {"seconds": 20.0, "peak_gb": 1.0}


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure, print the figures beside their bars (or JSON), and return them.

    seconds, peak_gb
        From the file to sums of every unit, and the most memory the process held, each the worst of the three forms of
        the file (`forms` has all of them with the processors' own time). Reading the snapshot, its boundaries and the
        people by cell counts as well, and is told apart (`ground_seconds`).
    rows, latvian_rows
        Rows of the file, and those inside the box around Latvia.
    """
    say = Console(stderr=True).print
    forms = {}
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMS:
            say(f"{form}: writing {ROWS:,} rows …")
            path = Path(folder) / form / NAME
            path.parent.mkdir()
            apart("write", path, form)
            say(f"{form}: reading …")
            forms[form] = json_format.loads(apart("read", path))
            path.unlink()
    figures: dict[str, Any] = {
        "seconds": max(form["seconds"] for form in forms.values()),
        "peak_gb": max(form["peak_gb"] for form in forms.values()),
        "rows": ROWS,
        "latvian_rows": forms["sorted"]["latvian_rows"],
        "forms": forms,
    }
    figures["missed"] = [name for name, bar in BARS.items() if figures[name] > bar]
    if json:
        sys.stdout.write(json_format.dumps(figures, indent=1) + "\n")
    else:
        table = Table("figure", "value", "bar", box=None, pad_edge=False)
        for name, bar in BARS.items():
            table.add_row(name, f"{figures[name]:g}", f"{bar:g}")
        for form, found in forms.items():
            table.add_row(form, ", ".join(f"{name} {value:g}" for name, value in found.items()), "")
        Console().print(table)
    return figures


def apart(*task: str | Path) -> str:
    """`write` or `read` in a process of its own, which would inherit the peak of a larger one."""
    command = [sys.executable, "-m", "bench.ookla", *map(str, task)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout


def read(path: Path) -> dict[str, float]:
    """Seconds, memory and rows of one file, from its bytes to the observations of all units."""
    started = time.perf_counter()
    file = RawFile(path.name, path)
    context = of_snapshot(open_snapshot(SNAPSHOT), {"ookla": [file]})
    popgrid.residents(context)
    ground = time.perf_counter()
    table = ookla.tidy([file], context)
    ended, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": round(ended - started, 2),
        "ground_seconds": round(ground - started, 2),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_gb": round(used.ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6), 3),
        "latvian_rows": table.attrs["notes"]["2025-Q2: rows"],
        "observations": len(table),
    }


def write(path: Path, form: str) -> None:
    """A made-up quarter in the publisher's columns: tiles all over the inhabited world, some of them in Latvia."""
    chance = np.random.default_rng(7)
    (west, east), (south, north) = tiles.BOX["lon"], tiles.BOX["lat"]
    lon = np.concatenate([chance.uniform(-180, 180, ROWS - LATVIAN), chance.uniform(west, east, LATVIAN)])
    lat = np.concatenate([chance.uniform(-55, 70, ROWS - LATVIAN), chance.uniform(south, north, LATVIAN)])
    size = 2**tiles.ZOOM
    x = ((lon + 180) / 360 * size).astype("int64")
    y = ((0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * math.pi)) * size).astype("int64")
    order = np.argsort(interleaved(x, y), kind="stable") if form == "sorted" else chance.permutation(ROWS)
    x, y = x[order], y[order]
    schema = pa.schema(
        [("quadkey", pa.string()), ("tile", pa.string())]
        + ([] if form == "keys_only" else [("tile_x", pa.float64()), ("tile_y", pa.float64())])
        + [(name, pa.int64()) for name in ("avg_d_kbps", "avg_u_kbps", "avg_lat_ms")]
        + [(name, pa.int32()) for name in ("avg_lat_down_ms", "avg_lat_up_ms")]
        + [(name, pa.int64()) for name in ("tests", "devices")]
    )
    with pq.ParquetWriter(path, schema, compression="snappy") as writer:
        for begin in range(0, ROWS, GROUP):
            writer.write_table(rows(x[begin : begin + GROUP], y[begin : begin + GROUP], chance, schema), GROUP)


def rows(x: NDArray, y: NDArray, chance: np.random.Generator, schema: pa.Schema) -> pa.Table:
    """Tiles with made-up figures."""
    size = 2**tiles.ZOOM
    shifts = np.arange(tiles.ZOOM - 1, -1, -1)
    digits = ((x[:, None] >> shifts) & 1) + 2 * ((y[:, None] >> shifts) & 1)
    keys = (digits + 48).astype("u1").reshape(-1).view(f"S{tiles.ZOOM}").astype("U")
    lon = [360 * (x + part) / size - 180 for part in (0, 0.5, 1)]
    lat = [np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * (y + part) / size)))) for part in (0, 0.5, 1)]
    corners = zip(lon[0].tolist(), lat[1].tolist(), lon[2].tolist(), lat[2].tolist(), strict=True)
    columns = {
        "quadkey": keys,
        "tile": [
            f"POLYGON(({a:.10f} {b:.10f}, {c:.10f} {b:.10f}, {c:.10f} {d:.10f}, {a:.10f} {d:.10f}, {a:.10f} {b:.10f}))"
            for a, b, c, d in corners
        ],
        "tile_x": lon[1],
        "tile_y": lat[1],
        "avg_d_kbps": chance.integers(1_000, 300_000, len(x)),
        "avg_u_kbps": chance.integers(500, 150_000, len(x)),
        "avg_lat_ms": chance.integers(3, 90, len(x)),
        "avg_lat_down_ms": chance.integers(3, 300, len(x)),
        "avg_lat_up_ms": chance.integers(3, 300, len(x)),
        "tests": chance.integers(1, 60, len(x)),
        "devices": chance.integers(1, 12, len(x)),
    }
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def interleaved(x: NDArray, y: NDArray) -> NDArray:
    """The tiles' keys as numbers, in whose order the publisher's tiles lie."""
    key = np.zeros(len(x), dtype="int64")
    for level in range(tiles.ZOOM):
        key |= ((x >> level) & 1) << (2 * level)
        key |= ((y >> level) & 1) << (2 * level + 1)
    return key


if __name__ == "__main__":
    what, where, *how = sys.argv[1:]
    if what == "write":
        write(Path(where), *how)
    else:
        sys.stdout.write(json_format.dumps(read(Path(where))))

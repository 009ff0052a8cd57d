"""Raw files into the snapshot: ground, tidy, corrections, gate, tables; written beside the old one and swapped in."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import geometry, schema, sources
from data.context import Context, RawFile
from data.fetch import hash_of, raw_files
from data.model import DataError, Level, SchemaError, Source
from data.paths import CORRECTIONS, RAW, SNAPSHOT
from data.read import ColumnType, Faults, open_csv
from data.sources import boundaries, classifier
from data.store import FORMAT, MANIFEST, SEAL, set_aside, source_record

MAX_BYTES = 6_000_000
PLACES = ("name", "kind", "territory", "x", "y", "population")

CORRECTION_COLUMNS: Mapping[str, ColumnType] = {
    "source": "text",
    "territory": "text",
    "period": "text",
    "measure": "text",
    "published": "number?",
    "value": "number?",
    "status": "text",
    "reason": "text",
}

NO_CORRECTIONS = pd.DataFrame({column: [] for column in CORRECTION_COLUMNS})

Progress = Callable[[str, int, int], None]
"""Called with the step's name, how many steps are done, and how many there are."""


@dataclass(frozen=True)
class BuiltSource:
    """What one source gave: files read, rows, corrections applied, and how long it took."""

    id: str
    files: int
    rows: int
    measures: int
    periods: tuple[str, ...]
    corrections: int
    seconds: float


@dataclass
class Report:
    """What a build did. `skipped` are sources without raw files."""

    sources: list[BuiltSource] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    hash: str = ""
    seconds: float = 0.0
    peak_megabytes: float | None = None

    @property
    def bytes(self) -> int:
        return sum(self.files.values())


def build(
    raw: Path = RAW,
    snapshot: Path = SNAPSHOT,
    corrections: Path = CORRECTIONS,
    progress: Progress = lambda step, done, total: None,
) -> Report:
    """Build the snapshot from the raw files. Either all of it is replaced or nothing.

    The same raw files give the same bytes: no time of day, no order of the disk.

    Raises
    ------
    DataError
        A raw file, a correction or a source's observations have faults; the old snapshot is untouched.
    """
    started = time.perf_counter()
    report = Report()
    files = raw_files(raw)
    context = ground(files)
    rules = read_corrections(corrections)
    ids = [id for id in sources.available() if files.get(id)]
    report.skipped = [id for id in sources.ORDER if id not in ids]
    fresh = beside(snapshot)
    try:
        (fresh / "observations").mkdir(parents=True)
        records: dict[str, Any] = {}
        for done, id in enumerate(ids):
            progress(id, done, len(ids) + 1)
            begun = time.perf_counter()
            source = sources.load(id).SOURCE
            table, corrected = observe(id, context, rules)
            if len(table):
                write_table(table, fresh / "observations" / f"{id}.parquet")
            records[id] = source_record(source) | vintage(source, table, context, corrected)
            periods = tuple(records[id]["vintage"]["periods"])
            report.sources.append(
                BuiltSource(
                    id,
                    len(files[id]),
                    len(table),
                    table["measure"].nunique(),
                    periods,
                    corrected,
                    round(time.perf_counter() - begun, 2),
                )
            )
        progress("snapshot", len(ids), len(ids) + 1)
        editions = context.once("editions", lambda: boundaries.editions(files["boundaries"]))
        write_ground(fresh, context, editions)
        write_manifest(fresh, records, editions[-1].date)
        report.files = {path.relative_to(fresh).as_posix(): path.stat().st_size for path in members(fresh)}
        if report.bytes > MAX_BYTES:
            largest = ", ".join(sorted(report.files, key=lambda name: -report.files[name])[:3])
            raise DataError.of(
                snapshot.name,
                "",
                f"{report.bytes:,} bytes, at most {MAX_BYTES:,} are embedded",
                f"The largest files are {largest}.",
            )
        report.hash = hash_of(fresh / MANIFEST)
        swap(fresh, snapshot)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    report.seconds = round(time.perf_counter() - started, 2)
    report.peak_megabytes = peak_memory()
    progress("done", len(ids) + 1, len(ids) + 1)
    return report


def ground(files: Mapping[str, Sequence[RawFile]]) -> Context:
    """What every source stands on: present territories, units at full detail, the crosswalk, and all raw files.

    Raises
    ------
    SchemaError
        If the boundaries or the crosswalk were not fetched, or have faults.
    """
    faults = Faults("raw files")
    for id in ("boundaries", "classifier"):
        if not files.get(id):
            faults.add(f"source {id}", "nothing fetched", f"Run `python cli.py fetch --from DIR {id}` first.")
    faults.raise_any()
    editions = boundaries.editions(files["boundaries"])
    context = Context(
        territories=classifier.territories(editions),
        units=editions[-1].units,
        crosswalk=classifier.crosswalk(files["classifier"]),
        files=files,
    )
    context.once("editions", lambda: editions)
    return context


def observe(id: str, context: Context, corrections: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The observations of one source, corrected and through the gate, and how many were corrected.

    Raises
    ------
    DataError
        Names the source's files.
    """
    module = sources.load(id)
    files = context.files[id]
    table = module.tidy(files, context)
    table, corrected = correct(table, corrections[corrections["source"] == id])
    try:
        return schema.observations(table, module.SOURCE, context.territories), corrected
    except SchemaError as error:
        raise SchemaError(f"{id} ({', '.join(file.name for file in files)})", error.faults) from None


def read_corrections(path: Path) -> pd.DataFrame:
    """Known upstream errors: source, key, the published value that is wrong, the right one, and the reason.

    An empty `published` or `value` means none (then `status` says why there is no value).
    """
    table = open_csv(RawFile(path.name, path), CORRECTION_COLUMNS, may_be_empty=True)
    faults = Faults(path.name)
    for line, id in table["source"].items():
        if id not in sources.ORDER:
            faults.add(f"line {line}, column 'source'", f"no source {id!r}")
    faults.raise_any()
    return table


def correct(table: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Replace the published values that corrections name.

    Raises
    ------
    SchemaError
        All corrections that match no row: the publisher has mended the error, or the row was never right.
    """
    if corrections.empty:
        return table, 0
    table = table.reset_index(drop=True)
    faults = Faults(CORRECTIONS.name)
    for line, rule in corrections.iterrows():
        matches = np.isclose(table["value"], rule["published"], rtol=1e-9, atol=0, equal_nan=True)
        for column in schema.KEY:
            matches &= (table[column] == rule[column]).to_numpy()
        if not matches.any():
            faults.add(
                f"line {line}",
                f"matches nothing: {rule['territory']} {rule['period']} {rule['measure']} = {rule['published']:g}",
                "Remove the row if the publisher has mended the error.",
            )
        table.loc[matches, "value"] = rule["value"]
        table.loc[matches, "status"] = rule["status"]
    faults.raise_any()
    return table, len(corrections)


def vintage(source: Source, table: pd.DataFrame, context: Context, corrected: int) -> dict[str, Any]:
    """What the manifest adds to a source's declaration: files, periods, rows, and coverage by measure."""
    coverage = {}
    for measure in source.provides:
        rows = table[table["measure"] == measure.id]
        valued = rows[rows["value"].notna()]
        if valued.empty:
            coverage[measure.id] = {"period": None, "share": 0.0}
            continue
        latest = str(valued["period"].max())
        published = set(valued.loc[valued["period"] == latest, "territory"])
        known = codes_at(measure.level, latest, published, context)
        coverage[measure.id] = {"period": latest, "share": round(len(published & known) / len(known), 4)}
    return {
        "vintage": {
            "periods": sorted(table["period"].unique()),
            "files": [
                {"name": file.name, "sha256": file.path.stem, "bytes": file.path.stat().st_size}
                for file in sorted(context.files[source.id], key=lambda file: file.name)
            ],
        },
        "rows": len(table),
        "corrections": corrected,
        "coverage": coverage,
    }


def codes_at(level: Level, period: str, published: set[str], context: Context) -> set[str]:
    """The codes a series could have: the present ones, or those of its time where it keeps to former codes."""
    present = context.territories[context.territories["level"] == level]
    codes = set(present["code"])
    if published <= codes:
        return codes
    editions = context.once("editions", lambda: boundaries.editions(context.files["boundaries"]))
    past = classifier.former(editions, context.crosswalk)
    past = past[(past["level"] == level) & (past["valid_from"] <= period) & (past["valid_to"] > period)]
    return set(past["code"]) | set(present.loc[present["valid_from"] <= period, "code"])


def write_ground(fresh: Path, context: Context, editions: Sequence[boundaries.Edition]) -> None:
    """Territories, former territories, places, boundaries and the map file."""
    write_table(context.territories, fresh / "territories.parquet")
    write_table(classifier.former(editions, context.crosswalk), fresh / "former_territories.parquet")
    write_table(places(context), fresh / "places.parquet")
    geometry.write_geoparquet(context.units, context.territories, fresh / "boundaries.parquet")
    (fresh / "geometry.json.gz").write_bytes(geometry.map_file(context.units, context.territories))


def places(context: Context) -> pd.DataFrame:
    """The places for search, by name and code; empty where their source has no files.

    Raises
    ------
    SchemaError
        A place outside every unit.
    """
    if "osm_places" not in sources.available() or not context.files.get("osm_places"):
        empty = {column: pd.Series(dtype="float64" if column in "x y population" else "str") for column in PLACES}
        return pd.DataFrame(empty)
    module = sources.load("osm_places")
    table = module.places(context.files["osm_places"], context)[list(PLACES)]
    units = context.territories.loc[context.territories["level"] == "unit", "code"]
    unknown = table[~table["territory"].isin(units)]
    if len(unknown):
        faults = Faults("osm_places")
        for row in unknown.itertuples():
            faults.add(f"place {row.name}", f"lies in no unit ({row.territory!r})")
        faults.raise_any()
    return table.sort_values(["name", "territory", "x", "y"], ignore_index=True)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A table as Parquet whose bytes depend on its contents alone."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, compression="zstd", compression_level=19, row_group_size=1 << 20)


def write_manifest(fresh: Path, records: Mapping[str, Any], edition: str) -> None:
    """The manifest (sources, vintages, hashes) and the seal with its own hash. It knows no time of day."""
    files = {
        path.relative_to(fresh).as_posix(): {"sha256": hash_of(path), "bytes": path.stat().st_size}
        for path in members(fresh)
    }
    manifest = {"format": FORMAT, "edition": edition, "sources": records, "files": files}
    content = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    (fresh / MANIFEST).write_bytes(content)
    (fresh / SEAL).write_bytes((hashlib.sha256(content).hexdigest() + "\n").encode())


def members(folder: Path) -> list[Path]:
    """All files below a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def beside(snapshot: Path) -> Path:
    """An empty place beside the snapshot to build in, after what an interrupted build left is put right."""
    fresh, old = snapshot.with_name(f".{snapshot.name}.new"), set_aside(snapshot)
    if old.exists():
        if snapshot.exists():
            shutil.rmtree(old)
        else:
            old.rename(snapshot)
    if fresh.exists():
        shutil.rmtree(fresh)
    return fresh


def swap(fresh: Path, snapshot: Path) -> None:
    """Put the new snapshot in the old one's place; whatever fails, one of the two stands there afterwards."""
    old = set_aside(snapshot)
    if snapshot.exists():
        snapshot.rename(old)
    try:
        fresh.rename(snapshot)
    except OSError:
        if old.exists():
            old.rename(snapshot)
        raise
    shutil.rmtree(old, ignore_errors=True)


def peak_memory() -> float | None:
    """The most memory this process has held, in MB; None where the system does not tell."""
    try:
        import resource
        import sys
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)

"""Raw files into the snapshot: judged, written as tables beside the old one, and swapped in."""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data import geometry, own_tables, schema, sources
from data.alone import alone
from data.context import Context
from data.gates import keys
from data.judge import GROUND, Progress, carried_tables, ground, map_file, observe, places, read_corrections
from data.lock import hash_of, raw_files
from data.model import DataError, Held, Level, Source, unique
from data.paths import CORRECTIONS, RAW, SNAPSHOT
from data.sources import popgrid
from data.store import FORMAT, MANIFEST, PEOPLE, SEAL, Snapshot, among, open_snapshot, set_aside, source_record
from data.transition import carried_observations

MAX_BYTES = 6_000_000
GROUND_FILES = (
    "territories.parquet",
    "neighbours.parquet",
    "former_territories.parquet",
    "boundaries.parquet",
    "geometry.json.gz",
)


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
    """What a build did. `skipped` are sources without raw files, `carried` those of them kept from the old snapshot."""

    sources: list[BuiltSource] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
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
    carry: bool = False,
) -> Report:
    """Build the snapshot from the raw files. Either all of it is replaced or nothing.

    The same raw files give the same bytes: no time of day, no order of the disk.

    Parameters
    ----------
    carry
        Keep of the old snapshot what there are no raw files for; by default it is left out.

    Raises
    ------
    DataError
        A raw file, a correction or a source's observations have faults; the old snapshot is untouched.
    Busy
        Another build is running.
    """
    with alone(snapshot, "build"):
        return _build(raw, snapshot, corrections, progress, carry)


def _build(raw: Path, snapshot: Path, corrections: Path, progress: Progress, carry: bool) -> Report:
    started = time.perf_counter()
    report = Report()
    files = raw_files(raw)
    fresh = beside(snapshot)
    old = open_snapshot(snapshot) if carry and snapshot.is_dir() else None
    context = ground(files, snapshot if old else None)
    rules = read_corrections(corrections)
    ids = [id for id in sources.available() if files.get(id)]
    report.skipped = [id for id in sources.available() if id not in ids]
    report.carried = [id for id in report.skipped if old and id in old.manifest["sources"]]
    try:
        (fresh / "observations").mkdir(parents=True)
        records: dict[str, Any] = {}
        for done, id in enumerate(ids):
            progress(id, done, len(ids) + 1)
            begun = time.perf_counter()
            source = sources.load(id).SOURCE
            table, corrected = observe(id, context, rules)
            earlier = sources.keeps_earlier(id) and old and old.manifest["sources"].get(id)
            if old and earlier:
                had = observations_of(old.path, id)
                had = had[~among(had, keys(old.doubts.get(id, ())))]
                table = with_earlier(table, carried_observations(had, old.sources[id], context), id)
            if len(table):
                write_table(table, fresh / "observations" / f"{id}.parquet")
            records[id] = source_record(source) | vintage(source, table, context, corrected)
            if earlier:
                records[id]["vintage"]["earlier"] = earlier_files(records[id], earlier)
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
        nothing = pd.DataFrame(columns=list(schema.COLUMNS))
        waiting = [sources.load(id).SOURCE for id in report.skipped if id not in sources.published()]
        for source in (own_tables.SOURCE, *waiting):
            records[source.id] = source_record(source) | vintage(source, nothing, context, 0)
        progress("snapshot", len(ids), len(ids) + 1)
        write_ground(fresh, context)
        if popgrid.is_known(context):
            write_table(people(context), fresh / PEOPLE)
        if old:
            carry_over(old, context, report.carried, fresh, records)
        order = unique(id for id in (*sources.available(), *records) if id in records)
        write_manifest(fresh, {id: records[id] for id in order}, context.edition)
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


def observations_of(snapshot: Path, id: str) -> pd.DataFrame:
    """What a snapshot holds of a source; an empty table if nothing."""
    path = snapshot / "observations" / f"{id}.parquet"
    return pd.read_parquet(path) if path.is_file() else schema.empty_observations()


def with_earlier(table: pd.DataFrame, had: pd.DataFrame, id: str) -> pd.DataFrame:
    """A source's observations, and beside them those of periods that only the old snapshot had, sorted by their key.

    had: what the old snapshot held of the source; of it measures that are still provided are kept.
    """
    told = pd.MultiIndex.from_frame(table[["measure", "period"]])
    provided = [measure.id for measure in sources.load(id).SOURCE.provides]
    kept = had[~pd.MultiIndex.from_frame(had[["measure", "period"]]).isin(told) & had["measure"].isin(provided)]
    if kept.empty:
        return table
    whole = pd.DataFrame(pd.concat([table, kept])).sort_values(schema.KEY, ignore_index=True)
    whole.attrs = table.attrs
    return whole


def earlier_files(record: Mapping[str, Any], before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files that the periods kept from the old snapshot came from: its own that are not there any more."""
    now = {file["sha256"] for file in record["vintage"]["files"]}
    had = [*before["vintage"].get("earlier", []), *before["vintage"]["files"]]
    return [file for file in {file["sha256"]: file for file in had}.values() if file["sha256"] not in now]


def vintage(source: Source, table: pd.DataFrame, context: Context, corrected: int) -> dict[str, Any]:
    """What the manifest adds to a source's declaration: files, periods, doubts, rows, and coverage by measure."""
    held: list[Held] = table.attrs.get("held", [])
    believed = table[~among(table, keys(held))]
    coverage = {}
    for measure in source.provides:
        rows = believed[believed["measure"] == measure.id]
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
            "periods": sorted(believed["period"].unique()),
            "files": [
                {"name": file.name, "sha256": file.path.stem, "bytes": file.path.stat().st_size}
                for file in sorted(context.files.get(source.id, ()), key=lambda file: file.name)
            ],
        }
        | ({"held": [asdict(entry) for entry in held]} if held else {}),
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
    past = context.former
    past = past[(past["level"] == level) & (past["valid_from"] <= period) & (past["valid_to"] > period)]
    return set(past["code"]) | set(present.loc[present["valid_from"] <= period, "code"])


def write_ground(fresh: Path, context: Context) -> None:
    """Territories and who borders on whom, former territories, places, boundaries and the map file."""
    write_table(context.territories, fresh / "territories.parquet")
    write_table(geometry.neighbours(context.units), fresh / "neighbours.parquet")
    write_table(context.former, fresh / "former_territories.parquet")
    write_table(places(context), fresh / "places.parquet")
    geometry.write_geoparquet(context.units, context.territories, fresh / "boundaries.parquet")
    (fresh / "geometry.json.gz").write_bytes(map_file(context))


def people(context: Context) -> pd.DataFrame:
    """Who lives where: unit, people, x, y (the middle of their square kilometre, EPSG:3059, whole metres).

    What people bring as points and areas is weighted by it without the publisher's file.
    """
    lived = popgrid.residents(context)
    corners = lived[["x", "y"]].round().astype("int32")
    return pd.DataFrame({"unit": lived["unit"], "people": lived["people"].round(2).astype("float32")}).join(corners)


def carry_over(old: Snapshot, context: Context, carried: Sequence[str], fresh: Path, records: dict[str, Any]) -> None:
    """What the old snapshot holds of sources without raw files: their tables, records, places, and the ground.

    Raises
    ------
    SchemaError
        A table that does not pass on the present ground.
    """
    for id, table in carried_tables(old, context.files).items():
        table = carried_observations(table, old.sources[id], context)
        table = schema.observations(table, old.sources[id], context.territories, context.former)
        write_table(table, fresh / "observations" / f"{id}.parquet")
    records |= {id: old.manifest["sources"][id] for id in carried}
    if any(hasattr(sources.load(id), "places") for id in carried):
        write_table(placed_anew(old.places, context), fresh / "places.parquet")
    if not all(context.files.get(id) for id in GROUND):
        for name in GROUND_FILES:
            shutil.copyfile(old.path / name, fresh / name)


def placed_anew(places: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Places with the units of today: those of units that are no more by where they lie."""
    strange = ~places["territory"].isin(context.units.index)
    if not strange.any():
        return places
    points = shapely.points(places.loc[strange, ["x", "y"]].to_numpy())
    found = context.units.index[shapely.STRtree(context.units.geometry).nearest(points)]
    return places.assign(territory=places["territory"].mask(strange, pd.Series(found, index=places.index[strange])))


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A table as Parquet whose bytes depend on its contents alone."""
    arrow = pa.Table.from_pandas(without_notes(table), preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, compression="zstd", compression_level=19, row_group_size=1 << 20)


def without_notes(table: pd.DataFrame) -> pd.DataFrame:
    """The table without what a source says besides its figures."""
    bare = table.copy(deep=False)
    bare.attrs = {}
    return bare


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

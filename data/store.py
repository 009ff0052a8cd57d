"""The snapshot as it is served: read once, verified by its hashes. Pandas and pyarrow only, no geometry libraries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.model import FORMER, Break, Held, Licence, Measure, SnapshotError, SnapshotFault, Source, Succession, Text
from data.paths import SNAPSHOT
from data.succession import continued

FORMAT = 2
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
PEOPLE = "people.parquet"
"""Who lives where: what distances are measured from, and what visitors bring; not there where the grid never was."""
EXCHANGES = 5
"""How often a snapshot is read anew because a build has exchanged it meanwhile."""
PROBLEMS: Mapping[SnapshotFault, str] = {
    "missing": "missing",
    "damaged": "damaged: its bytes do not match the hash that was noted for it",
    "unreadable": "cannot be read",
    "version": "of another form than this program reads",
}
REPAIR = "Run `python cli.py build`, or restore the folder with `git checkout -- data/snapshot`."


@dataclass(frozen=True)
class Snapshot:
    """The data the pages show.

    hash: the manifest's sha256, which stands for every byte of the snapshot
    territories: code, name, full_name, level, kind, parent, region, valid_from, valid_to, successors, area_km2, x, y,
    edge (whether the territory reaches the country's coast or land border)
    neighbours: level, territory, neighbour (queen contiguity, both directions; an island has no row)
    observations: territory, period, measure, value, status (all sources below each other); a series that continues
    another stands under both names (see `data.succession`)
    held: those that are held back, of the same form: periods of a measure that did not pass a gate (see data.gates)
    places: name, kind, territory, x, y, population
    geometry: the map file, gzip
    sources: every source by id, with the measures it provides; what continues what is settled in them
    manifest: vintages, rows, coverage, hashes
    published: the observations as the sources give them, each under its own name only
    former: the territories that are no more: code, name, level, valid_from, valid_to, successors
    """

    path: Path
    hash: str
    territories: pd.DataFrame
    neighbours: pd.DataFrame
    observations: pd.DataFrame
    places: pd.DataFrame
    geometry: bytes
    sources: Mapping[str, Source]
    manifest: Mapping[str, Any]
    published: pd.DataFrame = field(default_factory=pd.DataFrame)
    former: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=FORMER))
    held: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def doubts(self) -> dict[str, list[Held]]:
        """Why periods are held back, for each source that has any."""
        entries = {id: held_of(record) for id, record in self.manifest["sources"].items()}
        return {id: found for id, found in entries.items() if found}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Every measure by id."""
        return {measure.id: measure for source in self.sources.values() for measure in source.provides}


def open_snapshot(path: Path = SNAPSHOT) -> Snapshot:
    """Read a snapshot, after comparing every file with the hash the build noted for it.

    All its files belong to one manifest: where a build puts a new snapshot in its place meanwhile, it is read anew.

    Raises
    ------
    SnapshotError
        Names each file that is missing or damaged, and says what to do.
    """
    for _ in range(EXCHANGES):
        before = stamp(path)
        try:
            return opened(recovered(path))
        except SnapshotError:
            if stamp(path) == before:
                raise
    return opened(recovered(path))


def stamp(path: Path = SNAPSHOT) -> str:
    """What tells one snapshot from another without reading it: the hash of its manifest; empty where there is none.

    In the moment of an exchange it is that of the old one.
    """
    for _ in range(EXCHANGES):
        try:
            return seal(recovered(path))
        except SnapshotError:
            continue
    return ""


def opened(path: Path) -> Snapshot:
    """A snapshot that stands still, read and verified."""
    if not path.is_dir():
        raise fault(path, path.name, "missing")
    manifest_bytes = verified(path, MANIFEST, seal(path))
    try:
        return read(path, manifest_bytes)
    except (ValueError, LookupError, TypeError, AttributeError, pa.ArrowException) as error:
        raise fault(path, MANIFEST, "unreadable", f"{type(error).__name__}: {error}") from None


def read(path: Path, manifest_bytes: bytes) -> Snapshot:
    """The snapshot a manifest describes."""
    manifest = json.loads(manifest_bytes)
    if manifest["format"] != FORMAT:
        raise fault(path, MANIFEST, "version", f"format {manifest['format']!r}, not {FORMAT}")
    faults = []
    contents: dict[str, bytes] = {}
    for name, entry in manifest["files"].items():
        try:
            contents[name] = verified(path, name, entry["sha256"])
        except SnapshotError as error:
            faults.extend(error.faults)
    if faults:
        raise SnapshotError(str(path), faults)
    tables = [read_table(contents[name]) for name in contents if name.startswith("observations/")]
    published = pa.concat_tables(tables).combine_chunks().to_pandas()
    held = {(entry.measure, entry.period) for record in manifest["sources"].values() for entry in held_of(record)}
    doubted = among(published, held)
    doubtful = published[doubted].reset_index(drop=True)
    published = published[~doubted].reset_index(drop=True) if held else published
    declared = {id: source_from(record) for id, record in manifest["sources"].items()}
    observations, sources = continued(published, declared)
    return Snapshot(
        path=path,
        hash=hashlib.sha256(manifest_bytes).hexdigest(),
        territories=read_table(contents["territories.parquet"]).to_pandas(),
        neighbours=read_table(contents["neighbours.parquet"]).to_pandas(),
        observations=observations,
        places=read_table(contents["places.parquet"]).to_pandas(),
        geometry=contents["geometry.json.gz"],
        sources=sources,
        manifest=manifest,
        published=published,
        former=read_table(contents["former_territories.parquet"]).to_pandas(),
        held=doubtful,
    )


def held_of(record: Mapping[str, Any]) -> list[Held]:
    """What a source's record says of periods that are held back."""
    return [Held(**entry) for entry in record["vintage"].get("held", ())]


def among(observations: pd.DataFrame, chosen: Collection[tuple[str, str]]) -> pd.Series:
    """Which observations belong to the chosen measures and periods."""
    if not chosen:
        return pd.Series(False, index=observations.index)
    pairs = pd.MultiIndex.from_frame(observations[["measure", "period"]])
    return pd.Series(pairs.isin(list(chosen)), index=observations.index)


def recovered(path: Path) -> Path:
    """The folder to read: the snapshot, or the old one where a build was cut off between its two renames."""
    old = set_aside(path)
    return old if not path.exists() and old.exists() else path


def set_aside(path: Path) -> Path:
    """Where a build keeps the old snapshot for the moment of the exchange."""
    return path.with_name(f".{path.name}.old")


def seal(path: Path) -> str:
    """The sha256 of the manifest, from the file beside it."""
    return content_of(path, SEAL).decode("ascii", errors="replace").strip()


def verified(path: Path, name: str, sha256: str) -> bytes:
    """The bytes of a snapshot file that match their hash."""
    content = content_of(path, name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise fault(path, name, "damaged")
    return content


def content_of(path: Path, name: str) -> bytes:
    try:
        return (path / name).read_bytes()
    except FileNotFoundError:
        raise fault(path, name, "missing") from None
    except OSError as error:
        raise fault(path, name, "unreadable", str(error.strerror or error)) from None


def fault(path: Path, name: str, kind: SnapshotFault, detail: str = "") -> SnapshotError:
    problem = PROBLEMS[kind] + (f" ({detail})" if detail else "")
    return SnapshotError.of(str(path), name, problem, REPAIR, kind)


def read_table(content: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(content))


def source_record(source: Source) -> dict[str, Any]:
    """A source's declaration as plain values for the manifest.

    Without the gates, which only the build looks at; what continues what is settled anew when it is read.
    """
    record = json.loads(json.dumps(asdict(source)))
    for measure in record["provides"]:
        del measure["gates"], measure["continued_by"]
        for name in ("succeeds", "made_with"):
            if not measure[name]:
                del measure[name]
    return record


def source_from(record: Mapping[str, Any]) -> Source:
    """A source's declaration from the manifest; further keys of the record are left aside."""

    def text(value: Mapping[str, str]) -> Text:
        return Text(**value)

    def measure(value: Mapping[str, Any]) -> Measure:
        breaks = tuple(Break(entry["period"], text(entry["reason"])) for entry in value["breaks"])
        succeeds = value.get("succeeds")
        succession = Succession(succeeds["measure"], text(succeeds["reason"]), succeeds["group"]) if succeeds else None
        told = {"title": text(value["title"]), "breaks": breaks, "succeeds": succession, "continued_by": ()}
        return Measure(**{**value, **told, "made_with": tuple(value.get("made_with", ()))})

    return Source(
        id=record["id"],
        publisher=text(record["publisher"]),
        title=text(record["title"]),
        address=record["address"],
        licence=Licence(**record["licence"]),
        credit=text(record["credit"]),
        updates=text(record["updates"]),
        files=tuple(record["files"]),
        provides=tuple(measure(entry) for entry in record["provides"]),
        known_problems=tuple(text(entry) for entry in record["known_problems"]),
    )

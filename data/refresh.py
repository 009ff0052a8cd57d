"""Everything brought up to date: files fetched and judged, the snapshot built, and what that changed.

A publisher that fails costs its own source only: what the project has of it stays.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from data import schema, sources
from data.alone import alone
from data.build import build, observations_of, with_earlier
from data.fetch import Fetched, Fetcher, Folder, fetch
from data.gates import Key, keys
from data.intake import differing
from data.judge import GROUND, Progress
from data.live import Live, with_address
from data.lock import Found, read_lock
from data.model import DataError, DownloadError, Held, SchemaError, Source
from data.paths import CORRECTIONS, RAW, SNAPSHOT
from data.read import Faults
from data.store import Snapshot, among, open_snapshot

LEAP, LARGE = 100, 100
OK, FAILED, BAD_INPUT, PARTLY = 0, 1, 2, 3
Outcome = Literal["new", "unchanged", "failed", "refused", "no live address"]


@dataclass(frozen=True)
class Change:
    """What a refresh did to one source.

    outcome: new files, none, the publisher failed, the files were refused, or there is nobody to ask
    new_periods: periods the snapshot did not have
    held: periods of a measure that are held back now and were not before, and why
    changed: observations that are new or not as before; gone: those it had and the source no longer has
    bytes: what came over the network (of a folder: the size of the files)
    """

    source: str
    outcome: Outcome
    new_periods: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    changed: int = 0
    gone: int = 0
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    licence: str = ""
    error: DataError | None = None

    def cells(self) -> tuple[str, ...]:
        """The row of a table for people."""
        periods = " … ".join(dict.fromkeys((*self.new_periods[:1], *self.new_periods[-1:]))) or "-"
        counts = (f"{number:,}" for number in (self.changed, self.gone, self.rows, self.bytes))
        return (
            self.source,
            self.outcome,
            periods,
            str(len(keys(self.held)) or "-"),
            *counts,
            f"{self.seconds:.1f}",
            self.licence,
        )


@dataclass
class Refreshed:
    """What a refresh did: `old` is the snapshot it began with, `after` the hash of the one there is now.

    `fault` is why none could be built.
    """

    old: Snapshot | None
    changes: list[Change] = field(default_factory=list)
    after: str = field(init=False)
    fault: DataError | None = None

    def __post_init__(self) -> None:
        self.after = self.before

    @property
    def before(self) -> str:
        """The hash of the old snapshot; empty where there is none that can be read."""
        return self.old.hash if self.old else ""

    @property
    def errors(self) -> list[DataError]:
        """All that went wrong: source by source, and the build."""
        return [*(change.error for change in self.changes if change.error), *([self.fault] if self.fault else [])]

    @property
    def exit_code(self) -> int:
        """0 all went well; 3 some sources failed or hold a period back; all failed: 1 if none was reached, else 2."""
        if self.fault:
            return BAD_INPUT
        if not self.errors:
            return PARTLY if any(change.held for change in self.changes) else OK
        if any(change.outcome in ("new", "unchanged") for change in self.changes):
            return PARTLY
        return FAILED if all(isinstance(error, DownloadError) for error in self.errors) else BAD_INPUT

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        changes = [asdict(replace(change, error=None)) | {"error": said(change.error)} for change in self.changes]
        return {"sources": changes, "before": self.before, "after": self.after, "error": said(self.fault)}


def said(error: DataError | None) -> str | None:
    return str(error) if error else None


class Timed:
    """A fetcher that notes how long each source took."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher, self.seconds = fetcher, dict[str, float]()

    def __call__(self, source: Source) -> Sequence[Found]:
        started = time.perf_counter()
        try:
            return self.fetcher(source)
        finally:
            self.seconds[source.id] = round(time.perf_counter() - started, 2)


def refresh(
    fetcher: Fetcher,
    ids: Sequence[str] = (),
    raw: Path = RAW,
    snapshot: Path = SNAPSHOT,
    corrections: Path = CORRECTIONS,
    dry_run: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Refreshed:
    """Fetch the sources and build the snapshot anew if a file is new; what fails leaves everything as it was.

    What the snapshot holds of sources without raw files stays in it.

    Parameters
    ----------
    ids
        The sources; by default those with a live address; of a folder see `Folder.offered`.
    dry_run
        Only say what would change; nothing is kept.

    Raises
    ------
    DataError
        The lock or the corrections cannot be read.
    Busy
        Another refresh, fetch or build is running.
    """
    with alone(raw.with_name("refresh"), "refresh"):
        return _refresh(fetcher, ids, raw, snapshot, corrections, dry_run, progress)


def _refresh(
    fetcher: Fetcher,
    ids: Sequence[str],
    raw: Path,
    snapshot: Path,
    corrections: Path,
    dry_run: bool,
    progress: Progress,
) -> Refreshed:
    live = fetcher if isinstance(fetcher, Live) else None
    folder = fetcher if isinstance(fetcher, Folder) else None
    asked = list(ids or (with_address() if live else folder.ids() if folder else sources.published()))
    old = readable(snapshot)
    timed, result = Timed(fetcher), Refreshed(old)
    tables = {id: observations_of(snapshot, id) for id in asked}
    doubts = old.doubts if old else {}
    known = {id: keys(doubts.get(id, ())) for id in asked}

    def whole(id: str, table: pd.DataFrame) -> pd.DataFrame:
        """What the snapshot will have of a source."""
        if not sources.keeps_earlier(id):
            return table
        return with_earlier(table, tables[id][~among(tables[id], known[id])], id)

    suspect = (
        (lambda id, table: doubt(id, whole(id, table), tables[id], known[id])) if live else (lambda id, table: None)
    )
    results = fetch(timed, asked, raw, corrections, progress, snapshot, dry_run, suspect)
    for fetched in results:
        if fetched.table is not None:
            fetched = replace(fetched, table=whole(fetched.source, fetched.table))
        arrived = live.bytes.get(fetched.source, 0) if live else sum(entry.bytes for entry in fetched.entries)
        seconds = timed.seconds.get(fetched.source, 0.0)
        result.changes.append(change_of(fetched, tables[fetched.source], known[fetched.source], arrived, seconds))
        if live and not isinstance(fetched.error, DownloadError) and not (dry_run and not fetched.error):
            live.forget(fetched.source)
    if not ids and live:
        others = [id for id in sources.available() if id not in asked]
        result.changes += [Change(id, "no live address", licence=licence_of(id)) for id in others]
    if not dry_run and is_stale(raw, old):
        try:
            result.after = build(raw, snapshot, corrections, progress, carry=True).hash
        except DataError as error:
            result.fault = error
    return result


def doubt(id: str, table: pd.DataFrame, before: pd.DataFrame, known: Collection[Key] = ()) -> DataError | None:
    """Why an answer is not taken beside what the snapshot holds: it takes away or spoils what was believed.

    That is a series or period it lost; a believed period that no gate lets pass now (a new period is only held back);
    a value of a believed period that is now LEAP times the largest the territory had in that measure, and over LARGE.

    Parameters
    ----------
    before
        What the snapshot holds of the source.
    known
        What of that was held back already.
    """
    faults = Faults(f"source {id}")
    lasting = [measure.id for measure in sources.load(id).SOURCE.provides if not measure.timeless]
    had, has = (t[t["measure"].isin(lasting) & t["value"].notna()] for t in (before, table))
    had = had[~among(had, known)]
    step = "Look at the publisher's page; if it is right, take the publisher's files with --offline DIR."
    series = has.groupby("measure")["period"].agg(set)
    believed = set(zip(had["measure"], had["period"], strict=True))
    for measure, periods in had.groupby("measure")["period"].agg(set).items():
        if lost := sorted(periods - series.get(measure, set())):
            faults.add(str(measure), f"the publisher no longer has {', '.join(lost)}", step)
    for held in table.attrs.get("held", ()):
        if (held.measure, held.period) in believed:
            faults.add(f"{held.measure} {held.period}", held.reason, step)
    largest = had.groupby(["territory", "measure"], as_index=False)["value"].max()
    both = has[among(has, believed)].merge(largest, on=["territory", "measure"], suffixes=("", "_before"))
    for row in both[(both["value"] >= LEAP * both["value_before"]) & (both["value"] > LARGE)].itertuples():
        faults.add(
            f"{row.territory} {row.period} {row.measure}",
            f"{row.value:g}, until now at most {row.value_before:g}",
            step,
        )
    return SchemaError(faults.file, faults.found) if faults.found else None


def change_of(fetched: Fetched, before: pd.DataFrame, known: Collection[Key], arrived: int, seconds: float) -> Change:
    """What became of one source, compared with what the snapshot holds, and held back of it."""
    licence = licence_of(fetched.source)
    if fetched.error:
        outcome: Outcome = "failed" if isinstance(fetched.error, DownloadError) else "refused"
        return Change(fetched.source, outcome, bytes=arrived, seconds=seconds, licence=licence, error=fetched.error)
    table = fetched.table if fetched.table is not None else schema.empty_observations()
    periods = sorted(set(table["period"]) - set(before["period"]))
    held = table.attrs.get("held", ())
    return Change(
        fetched.source,
        "new" if fetched.new else "unchanged",
        tuple(map(str, periods)),
        tuple(entry for entry in held if (entry.measure, entry.period) not in known),
        differing(table, before),
        len(before.merge(table[schema.KEY], how="left", on=schema.KEY, indicator=True).query("_merge == 'left_only'")),
        len(table),
        arrived,
        seconds,
        licence,
    )


def licence_of(id: str) -> str:
    return sources.load(id).SOURCE.licence.id


def readable(snapshot: Path) -> Snapshot | None:
    """The snapshot, where there is one that can be read."""
    try:
        return open_snapshot(snapshot)
    except DataError:
        return None


def is_stale(raw: Path, snapshot: Snapshot | None) -> bool:
    """Whether the files in data/raw are not those the snapshot was built from."""
    lock = read_lock(raw)
    if snapshot is None:
        return all(lock.get(id) for id in GROUND)
    records = snapshot.manifest["sources"]
    return any(
        {(entry.name, entry.sha256) for entry in entries}
        != {(file["name"], file["sha256"]) for file in records.get(id, {"vintage": {"files": ()}})["vintage"]["files"]}
        for id, entries in lock.items()
    )

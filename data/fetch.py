"""Publishers' files into data/raw: found, judged as a build will judge them, and kept if they are sound.

A `Fetcher` finds a source's files: `Folder` in a folder, `data.live.Live` at the publishers' addresses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd

from data import sources
from data.alone import alone
from data.judge import Progress, read_corrections, sift
from data.lock import Entry, Found, Staging, intact, read_lock
from data.model import DataError, SchemaError, Source, UnsafeFile, unique
from data.paths import CORRECTIONS, RAW


class Fetcher(Protocol):
    """Finds the files of one source; raises DataError where there is none."""

    def __call__(self, source: Source) -> Sequence[Found]: ...


@dataclass(frozen=True)
class Fetched:
    """What became of one source: its files, how many are new, what they hold, or why nothing was taken."""

    source: str
    entries: tuple[Entry, ...] = ()
    new: int = 0
    error: DataError | None = None
    table: pd.DataFrame | None = field(default=None, repr=False, compare=False)


class Folder:
    """A fetcher that takes the files below a folder whose names fit a source's patterns, as a download would.

    The address noted is the publisher's, the name the path below the folder.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        if not directory.is_dir():
            raise SchemaError.of(str(directory), "", "there is no such folder", "Check the path given to --from.")

    def ids(self) -> tuple[str, ...]:
        """The sources to take where none is named: those with files here, and those that can be had in no other way."""
        there = {id for id in sources.published() if self.found(sources.load(id).SOURCE)}
        return tuple(id for id in sources.published() if id in there or not (there and sources.live_of(id)))

    def found(self, source: Source) -> dict[Path, None]:
        """The files below the folder whose names fit a source's patterns."""
        found: dict[Path, None] = {}
        for pattern in sources.patterns(source.id):
            if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
                raise UnsafeFile.of(source.id, f"pattern {pattern!r}", "climbs out of the folder")
            for path in self.directory.rglob(pattern):
                if path.is_file() or path.is_symlink():
                    found[path] = None
        return found

    def __call__(self, source: Source) -> Sequence[Found]:
        found = self.found(source)
        if not found:
            raise SchemaError.of(
                str(self.directory),
                f"source {source.id}",
                f"no file like {' or '.join(sources.patterns(source.id))} in this folder or below",
                "Put the publishers' files there, or name only the sources to fetch.",
            )
        root = os.path.realpath(self.directory)
        for path in found:
            if not Path(os.path.realpath(path)).is_relative_to(root):
                raise UnsafeFile.of(
                    path.name, str(path), "a link that leads out of the folder", "Copy the file itself."
                )
        return [Found(path.name, source.address, path) for path in sorted(found)]


def fetch(
    fetcher: Fetcher,
    ids: Sequence[str] = (),
    raw: Path = RAW,
    corrections: Path = CORRECTIONS,
    progress: Progress = lambda step, done, total: None,
    base: Path | None = None,
    dry_run: bool = False,
    doubt: Callable[[str, pd.DataFrame], DataError | None] = lambda id, table: None,
) -> list[Fetched]:
    """Take the files of the sources into data/raw; of a source with a fault, nothing is taken.

    Every file is judged as a build will judge it, beside the files that are there already: what is in data/raw can be
    built. Fetching the same bytes again changes nothing. Files that were imported by hand stay.

    Parameters
    ----------
    ids
        The sources; by default all, of a folder see `Folder.offered`.
    base
        A snapshot to stand on where the boundaries were not fetched; what it holds of other sources must pass too.
    dry_run
        Only say what would be taken; nothing is kept.
    doubt
        Why the observations of a source are not to be believed, though they are sound; None if they are.

    Returns
    -------
    list of Fetched
        One per source, in their order; those with `error` were refused.

    Raises
    ------
    DataError
        The lock or the corrections cannot be read.
    Busy
        Another fetch or import is running.
    """
    asked = unique(ids or (fetcher.ids() if isinstance(fetcher, Folder) else sources.published()))
    taken: dict[str, tuple[Entry, ...]] = {}
    refused: dict[str, DataError] = {}
    with alone(raw, "fetch"), Staging(raw) as staging:
        lock = read_lock(raw)
        kept, damaged = intact(raw, lock)
        rules = read_corrections(corrections)
        offered = {}
        for done, id in enumerate(asked):
            progress(id, done, len(asked))
            source, known = sources.load(id).SOURCE, lock.get(id, ())
            try:
                taken[id] = tuple(staging.take(file, source, known, "fetch") for file in fetcher(source))
            except DataError as error:
                refused[id] = error
                continue
            names = {entry.name for entry in taken[id]}
            imported = [entry for entry in known if entry.origin == "import" and entry.name not in names]
            faults = [damaged[id][entry.name] for entry in imported if entry.name in damaged.get(id, ())]
            if faults:
                refused[id] = SchemaError(str(raw), faults)
                continue
            offered[id] = (*taken[id], *imported)
        sifted = sift({id: staging.files(offered[id]) for id in offered}, kept, rules, progress, base)
        for id in tuple(sifted.sound):
            if id in sifted.tables and (error := doubt(id, sifted.tables[id])):
                sifted.sound.remove(id)
                sifted.refused[id] = error
        if sifted.sound and not dry_run:
            staging.keep(lock | {id: offered[id] for id in sifted.sound})
    refused |= sifted.refused
    return [
        Fetched(id, error=refused[id])
        if id in refused
        else Fetched(id, taken[id], len(hashes(taken[id]) - hashes(lock.get(id, ()))), table=sifted.tables.get(id))
        for id in asked
    ]


def hashes(entries: Sequence[Entry]) -> set[str]:
    return {entry.sha256 for entry in entries}

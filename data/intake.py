"""One file brought by hand: whose is it, is it sound, and into data/raw with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from data import schema, sources
from data.alone import alone
from data.context import Context, RawFile
from data.judge import GROUND, Files, ground, observe, read_corrections, sift
from data.lock import Entry, Found, Lock, Staging, hash_of, intact, read_lock
from data.model import DataError, Fault, SchemaError
from data.paths import CORRECTIONS, RAW
from data.read import check_safe

REASON_LENGTH = 160


@dataclass(frozen=True)
class Imported:
    """A file that was recognised and found sound.

    rows, measures, periods: what the source holds with it
    changed: observations that are new or differ from those without it
    """

    source: str
    name: str
    rows: int
    changed: int
    measures: tuple[str, ...]
    periods: tuple[str, ...]


def import_file(path: Path, raw: Path = RAW, corrections: Path = CORRECTIONS, dry_run: bool = False) -> Imported:
    """Recognise a publisher's file, check it as a build will, and keep it for the next one.

    A source is recognised by the name of the file, else by its form: every source whose files have that extension is
    asked to read it. The file is read together with the source's other files; one of the same name it replaces.

    Parameters
    ----------
    dry_run
        Only say what would be taken; nothing is kept.

    Raises
    ------
    DataError
        The file is unsafe, has faults, belongs to no source, or the boundaries were not fetched yet.
    Busy
        Another fetch or import is running.
    """
    check_safe(RawFile(path.name or str(path), path))
    with alone(raw, "import"), Staging(raw) as staging:
        lock = read_lock(raw)
        (kept, damaged), rules = intact(raw, lock), read_corrections(corrections)
        owner, there = already_kept(path, lock)
        by_name, candidates = (True, [owner]) if owner else candidates_for(path.name)
        refused: dict[str, DataError] = {}
        base = None if by_name else footing(kept)
        for id in candidates:
            source, known = sources.load(id).SOURCE, lock.get(id, ())
            name, origin = (there.name, there.origin) if there else (path.name, "import")
            entry = staging.take(Found(name, source.address, path), source, known, origin)
            others = [old for old in known if entry.name != old.name and entry.sha256 != old.sha256]
            faults = [damaged[id][old.name] for old in others if old.name in damaged.get(id, ())]
            if faults:
                refused[id] = SchemaError(str(raw), faults)
                continue
            entries = known if entry in known else (*others, entry)
            if base and (error := unlike(id, base, staging.files(entries), rules)):
                refused[id] = error
                continue
            sifted = sift({id: staging.files(entries)}, kept, rules)
            if id in sifted.refused:
                refused[id] = sifted.refused[id]
                continue
            table = sifted.tables.get(id, schema.empty_observations())
            changed = differing(table, observed(id, kept, rules))
            if not (by_name or changed):
                refused[id] = SchemaError.of(path.name, "", "holds nothing that this source does not have already")
                continue
            if not dry_run:
                staging.keep({**lock, id: entries})
            measures, periods = (tuple(sorted(table[column].unique())) for column in ("measure", "period"))
            return Imported(id, path.name, len(table), changed, measures, periods)
    if len(refused) == 1:
        raise next(iter(refused.values()))
    faults = [Fault(f"as {id}", brief(error)) for id, error in refused.items()]
    raise SchemaError(path.name, [*faults, Fault("", "fits no source", "Give a publisher's file as it was published.")])


def footing(kept: Files) -> Context | None:
    """The ground to try a file of unknown form on, read once for all sources; None where it was not fetched."""
    try:
        return ground(kept)
    except DataError:
        return None


def unlike(id: str, base: Context, files: Sequence[RawFile], corrections: pd.DataFrame) -> DataError | None:
    """Why files are none of a source, as far as they alone tell; sources that others stand on are not tried here."""
    if id in GROUND:
        return None
    try:
        observe(id, replace(base, files={**base.files, id: files}, _made={}), corrections)
    except DataError as error:
        return error
    return None


def already_kept(path: Path, lock: Lock) -> tuple[str, Entry] | tuple[None, None]:
    """The source that has a file with the same bytes, under whatever name, and its entry in the lock."""
    sha256 = hash_of(path)
    found = ((id, entry) for id, entries in lock.items() for entry in entries if entry.sha256 == sha256)
    return next(found, (None, None))


def candidates_for(name: str) -> tuple[bool, list[str]]:
    """The sources a file may belong to: those whose patterns fit its name (then True), else those of its extension.

    Raises
    ------
    SchemaError
        If no source has files of that extension.
    """
    patterns = {id: [Path(pattern).name for pattern in sources.patterns(id)] for id in sources.available()}
    named = [id for id, names in patterns.items() if any(fnmatch(name, pattern) for pattern in names)]
    if named:
        return True, named
    suffix = Path(name).suffix.lower()
    alike = [id for id, names in patterns.items() if any(Path(pattern).suffix == suffix for pattern in names)]
    if not alike:
        known = ", ".join(sorted({pattern for names in patterns.values() for pattern in names}))
        raise SchemaError.of(name, "", "belongs to no source", f"Known are {known}.")
    return False, alike


def observed(id: str, files: Files, corrections: pd.DataFrame) -> pd.DataFrame:
    """The observations a source has now; none where it has no files, or its files do not pass."""
    try:
        return observe(id, ground(files), corrections)[0] if files.get(id) else schema.empty_observations()
    except DataError:
        return schema.empty_observations()


def differing(table: pd.DataFrame, before: pd.DataFrame) -> int:
    """How many observations are new or not the same as before."""
    both = table.merge(before, how="left", on=schema.KEY, suffixes=("", "_before"), indicator=True)
    same_value = both["value"].eq(both["value_before"]) | (both["value"].isna() & both["value_before"].isna())
    same = both["_merge"].eq("both") & same_value & both["status"].eq(both["status_before"])
    return int((~same).sum())


def brief(error: DataError) -> str:
    """The first fault of an error, cut to a line."""
    text = str(error.faults[0])
    return text if len(text) <= REASON_LENGTH else text[:REASON_LENGTH].rsplit(" ", 1)[0] + " …"

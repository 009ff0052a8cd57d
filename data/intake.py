"""One file brought by hand: whose is it, is it sound, and into data/raw with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from data import schema, sources
from data.build import NO_CORRECTIONS, ground, observe
from data.context import Context, RawFile
from data.fetch import Found, add, hash_of, raw_files, read_lock
from data.model import DataError, Fault, SchemaError
from data.paths import RAW
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


def import_file(path: Path, raw: Path = RAW, dry_run: bool = False) -> Imported:
    """Recognise a publisher's file, check it through tidy and gate, and keep it for the next build.

    A source is recognised by the name of the file, else by its form: every source whose files have that extension is
    asked to read it. The file is read together with the source's other files, as the build will read it; one of the
    same name it replaces.

    Parameters
    ----------
    dry_run
        Only say what would be taken; nothing is written.

    Raises
    ------
    DataError
        The file is unsafe, has faults, belongs to no source, or the boundaries were not fetched yet.
    """
    file = RawFile(path.name, path)
    check_safe(file)
    files = raw_files(raw)
    context = ground(files)
    kept = already_kept(path, raw)
    by_name, candidates = (True, [kept]) if kept else candidates_for(file)
    refused: dict[str, DataError] = {}
    for id in candidates:
        others = [known for known in files.get(id, ()) if known.name != file.name]
        try:
            before = observed(id, files[id], context) if files.get(id) else schema.empty_observations()
            table = before if kept else observed(id, [*others, file], context)
        except DataError as error:
            refused[id] = error
            continue
        changed = differing(table, before)
        if not (by_name or changed):
            refused[id] = SchemaError.of(file.name, "", "holds nothing that this source does not have already")
            continue
        if not (dry_run or kept):
            source = sources.load(id).SOURCE
            add(source, Found(path.name, source.address, path), raw)
        measures, periods = (tuple(sorted(table[column].unique())) for column in ("measure", "period"))
        return Imported(id, path.name, len(table), changed, measures, periods)
    if len(refused) == 1:
        raise next(iter(refused.values()))
    faults = [Fault(f"as {id}", brief(error)) for id, error in refused.items()]
    raise SchemaError(file.name, [*faults, Fault("", "fits no source", "Give a publisher's file as it was published.")])


def already_kept(path: Path, raw: Path) -> str | None:
    """The source that has a file with the same bytes, under whatever name."""
    sha256 = hash_of(path)
    return next((id for id, entries in read_lock(raw).items() if any(e.sha256 == sha256 for e in entries)), None)


def candidates_for(file: RawFile) -> tuple[bool, list[str]]:
    """The sources a file may belong to: those whose patterns fit its name (then True), else those of its extension.

    Raises
    ------
    SchemaError
        If no source has files of that extension.
    """
    patterns = {id: [Path(pattern).name for pattern in sources.load(id).SOURCE.files] for id in sources.available()}
    named = [id for id, names in patterns.items() if any(fnmatch(file.name, name) for name in names)]
    if named:
        return True, named
    suffix = Path(file.name).suffix.lower()
    alike = [id for id, names in patterns.items() if any(Path(name).suffix == suffix for name in names)]
    if not alike:
        known = ", ".join(sorted({name for names in patterns.values() for name in names}))
        raise SchemaError.of(file.name, "", "belongs to no source", f"Known are {known}.")
    return False, alike


def observed(id: str, own: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """The observations of a source from these files, through the gate, beside the other sources' raw files."""
    files: Mapping[str, Sequence[RawFile]] = {**context.files, id: own}
    if id in ("boundaries", "classifier"):
        context = ground(files)
    else:
        context = Context(context.territories, context.units, context.crosswalk, files)
    table, _ = observe(id, context, NO_CORRECTIONS)
    return table


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

"""One file brought by hand: whose is it, is it sound, and into data/raw with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from data import sources
from data.build import NO_CORRECTIONS, ground, observe
from data.context import RawFile
from data.fetch import Found, add, raw_files
from data.model import DataError, Fault, SchemaError
from data.paths import RAW
from data.read import check_safe


@dataclass(frozen=True)
class Imported:
    """A file that was recognised and found sound: its source, and what it holds by itself."""

    source: str
    name: str
    rows: int
    measures: tuple[str, ...]
    periods: tuple[str, ...]


def import_file(path: Path, raw: Path = RAW, dry_run: bool = False) -> Imported:
    """Recognise a publisher's file, check it through tidy and gate, and keep it for the next build.

    A source is recognised by the name of the file, else by its form: every source whose files have that extension is
    asked to read it. It is then checked once more together with the source's other files.

    Parameters
    ----------
    dry_run
        Only say what would be taken; nothing is written.

    Raises
    ------
    DataError
        The file is unsafe, has faults, or belongs to no source.
    """
    file = RawFile(path.name, path)
    check_safe(file)
    files = raw_files(raw)
    id, table = recognise(file, files)
    others = [known for known in files.get(id, []) if known.name != file.name]
    if others:
        observe_files(id, [*others, file], files)
    if not dry_run:
        source = sources.load(id).SOURCE
        add(source, Found(path.name, source.address, path), raw)
    return Imported(
        id, path.name, len(table), tuple(sorted(table["measure"].unique())), tuple(sorted(table["period"].unique()))
    )


def recognise(file: RawFile, files: dict[str, list[RawFile]]) -> tuple[str, pd.DataFrame]:
    """The source a file belongs to, and the observations it holds.

    Raises
    ------
    DataError
        With the faults of the one source it must belong to; or, where several are possible and none fits, why each
        does not.
    """
    patterns = {id: [Path(pattern).name for pattern in sources.load(id).SOURCE.files] for id in sources.available()}
    candidates = [id for id, names in patterns.items() if any(fnmatch(file.name, name) for name in names)]
    if not candidates:
        suffix = Path(file.name).suffix.lower()
        candidates = [id for id, names in patterns.items() if any(Path(name).suffix == suffix for name in names)]
    if not candidates:
        known = ", ".join(sorted({name for names in patterns.values() for name in names}))
        raise SchemaError.of(file.name, "", "belongs to no source", f"Known are {known}.")
    refused: dict[str, DataError] = {}
    for id in candidates:
        try:
            return id, observe_files(id, [file], files)
        except DataError as error:
            refused[id] = error
    if len(refused) == 1:
        raise next(iter(refused.values()))
    faults = [Fault(f"as {id}", str(error.faults[0]) if error.faults else str(error)) for id, error in refused.items()]
    raise SchemaError(file.name, [*faults, Fault("", "fits no source", "Give a publisher's file as it was published.")])


def observe_files(id: str, own: Sequence[RawFile], files: dict[str, list[RawFile]]) -> pd.DataFrame:
    """The observations of a source from these files, through the gate, beside the other sources' raw files."""
    table, _ = observe(id, ground({**files, id: list(own)}), NO_CORRECTIONS)
    return table

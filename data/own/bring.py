"""A file given to `import`: renewed published data if it is a publisher's, own data otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from data.intake import Imported, candidates_for, import_file
from data.model import ABSENT, DataError
from data.own import apart, saved
from data.own.model import Answers, Brought, Note, Reading, Series, Use

PER_CENT = ("%", "procenti", "procents", "percent")


@dataclass(frozen=True)
class Taken:
    """What became of a file: taken for a source, or read as own data (then kept under `kept`), or both."""

    imported: Imported | None
    reading: Reading | None
    kept: str = ""


def take(
    path: Path,
    raw: Path,
    corrections: Path,
    snapshot: Path,
    own: Path,
    answers: Answers,
    dry_run: bool = False,
) -> Taken:
    """Recognise a file and keep it: for the next build if it is a publisher's, else as own data.

    Raises
    ------
    DataError
        What is wrong with it: as a publisher's file if its name says so, else as a table, points or areas.
    Busy
        Another fetch or import is running.
    """
    imported = reading = refused = None
    try:
        imported = import_file(path, raw, corrections, dry_run)
    except DataError as error:
        refused = error
    try:
        reading = apart.read(path, path.name, answers, snapshot)
    except DataError as error:
        if not imported:
            raise (refused if refused and is_named(path) else error) from None
    if imported or reading is None:
        return Taken(imported, reading)
    if refused and is_named(path):
        if reading.kind not in ("raim", "availability") or any(fault.kind != ABSENT for fault in refused.faults):
            raise refused
        why = str(refused.faults[0])
        reading = replace(reading, notes=(*reading.notes, Note("not_a_renewal", {"why": why})))
    if dry_run or reading.asks or not reading.series:
        return Taken(None, reading)
    brought = Brought(reading.file, reading.kind, reading.series, tuple(map(usual, reading.series)))
    saved.keep(brought, own)
    return Taken(None, reading, brought.id)


def is_named(path: Path) -> bool:
    """Whether a file is called as a publisher's is."""
    try:
        return candidates_for(path.name)[0]
    except DataError:
        return False


def usual(series: Series) -> Use:
    """How a series is used unless somebody says otherwise."""
    unit = "%" if series.unit.casefold() in PER_CENT else series.unit
    return Use(name=series.name, unit=unit, additive=series.additive)

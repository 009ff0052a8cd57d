"""The files of the batch door: two tables and a configuration in, tables and a log out, all or nothing.

What the cells mean is for the engine to say; here they are text.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.model import DataError, DataErrors, Fault
from data.read import MEGABYTE, megabytes

MAX_FILE_BYTES = 200 * MEGABYTE
DELIMITERS = ",;\t"
MAX_DIGITS = 300
"""Digits of a whole number that is read exactly."""
CONTENT = {
    "data": "Give a table with a header and a row for each unit.",
    "meta": "Give a table with a header and a row for each indicator and aggregate.",
    "config": "Write {} for all defaults.",
}
OPTIONAL = ("robustness.csv",)
"""A file not every run writes: one left by an earlier run would not belong to this one's scores."""


@dataclass(frozen=True)
class Files:
    """What three files hold: tables of text (index = the row's number as a spreadsheet counts, called "row"), the
    configuration as JSON gives it, and what the log says of the files.

    `faults` has what is wrong with the files themselves, under data, meta and config. A table that has any holds the
    rows that could be read; a file that could not be read at all is None.
    """

    data: pd.DataFrame | None
    meta: pd.DataFrame | None
    config: Any
    names: tuple[str, str, str]
    told: dict[str, dict[str, Any]]
    faults: dict[str, list[Fault]]


def read(data: Path, meta: Path, config: Path | None = None) -> Files:
    """Read the three files; without a configuration it is {}, all defaults.

    Tables are CSV in UTF-8 (with or without a byte order mark), separated by commas, semicolons or tabs, with any line
    ends; rows without any text are passed over. Nothing is raised for a file that is missing, empty, over 200 MB, not
    UTF-8, no table or no JSON: it stands in `faults`, so that it can be told with what is wrong in the others.
    """
    paths = {"data": data, "meta": meta} | ({"config": config} if config else {})
    told: dict[str, dict[str, Any]] = {}
    faults: dict[str, list[Fault]] = {what: [] for what in CONTENT}

    def parsed(what: str, parse: Callable[[str, list[Fault]], Any]) -> Any:
        path = paths[what]
        try:
            content = _content(path, what)
            told[what] = {"file": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            return parse(_text(content), faults[what])
        except DataError as error:
            faults[what] += error.faults
            return None

    tables = (parsed("data", _table), parsed("meta", _table))
    names = (data.name, meta.name, config.name if config else "config")
    return Files(*tables, parsed("config", _json) if config else {}, names, told, faults)


def write(out: Path, tables: Mapping[str, pd.DataFrame], log: Mapping[str, Any], inputs: tuple[Path, ...] = ()) -> None:
    """Write tables (by file name, without their index) and log.json into a folder: all of them or none.

    Everything is written into a hidden folder inside first; if a file then cannot take its place, those that were
    there come back. A folder that is there keeps its other files. Numbers have the digits that give them back exactly,
    missing ones are empty.

    Raises
    ------
    DataError
        If `out` can be no folder, a folder stands where a file is to be, or one of the inputs would be written over.
    OSError
        Naming the file that was to be written.
    """
    names = [*tables, "log.json"]
    old = [name for name in OPTIONAL if name not in names]
    _check_out(out, [*names, *old], inputs)
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    beside = None
    try:
        with _naming(out):
            out.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(prefix=".compute-", dir=out))
            (beside / "before").mkdir()
        for name, table in tables.items():
            with _naming(out / name):
                table.to_csv(beside / name, index=False, lineterminator="\n", encoding="utf-8")
        with _naming(out / "log.json"):
            text = json.dumps(log, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
            (beside / "log.json").write_text(text, encoding="utf-8")
        _replace(out, beside, names, old)
        made = []
    finally:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _check_out(out: Path, names: Sequence[str], inputs: Sequence[Path]) -> None:
    """Refuse a folder that cannot be written to, or that holds one of the inputs under the name of an output."""
    step = "Name another folder to write to."
    place = f"--out {out}"
    if out.is_symlink() and not out.exists():
        raise DataError.of(place, "", "that is a link to something that is not there", step)
    above = next((folder for folder in (out, *out.parents) if folder.exists()), out)
    if above.exists() and not above.is_dir():
        problem = "that is a file, not a folder" if above == out else f"{above} is a file, not a folder"
        raise DataError.of(place, "", problem, step)
    here = out.resolve()
    same = [path for path in inputs if path.resolve().parent == here and path.name in names]
    if same:
        step = "Write to another folder."
        raise DataErrors([DataError.of(path.name, "", "it would be written over", step) for path in same])
    if folders := [name for name in names if (out / name).is_dir()]:
        step = "Move that folder away, or write to another one."
        faults = [Fault(name, "that is a folder; a file of this name is to be written", step) for name in folders]
        raise DataError(place, faults)


def _replace(out: Path, beside: Path, names: Sequence[str], old: Sequence[str]) -> None:
    """Put the new files in their places and take old ones away; if one fails, all is as before."""
    before = beside / "before"
    moved: list[str] = []
    placed: list[str] = []
    try:
        for name in (*names, *old):
            with _naming(out / name):
                if (out / name).exists() or (out / name).is_symlink():
                    os.replace(out / name, before / name)  # noqa: PTH105
                    moved.append(name)
                if name in names:
                    os.replace(beside / name, out / name)  # noqa: PTH105
                    placed.append(name)
    except BaseException:
        for name in placed:
            (out / name).unlink()
        for name in moved:
            os.replace(before / name, out / name)  # noqa: PTH105
        raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Whatever the machine cannot do inside is told of this file, not of the one that stands in for it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _content(path: Path, what: str) -> bytes:
    if not path.is_file():
        problem = "that is a folder, not a file" if path.is_dir() else "there is no such file"
        raise DataError.of(path.name, "", problem, "Check the name and the folder.")
    size = path.stat().st_size
    if size == 0:
        raise DataError.of(path.name, "", "the file is empty (0 bytes)", CONTENT[what])
    if size > MAX_FILE_BYTES:
        limit = megabytes(MAX_FILE_BYTES)
        problem = f"the file has {megabytes(size)}; files over {limit} are not opened"
        raise DataError.of(path.name, "", problem, "Check that this is the right file, or split it.")
    return path.read_bytes()


def _table(text: str, faults: list[Fault]) -> pd.DataFrame | None:
    """A CSV file's cells as text; rows that cannot be read go to the faults."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True), start=1):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
                numbers.append(number)
    except csv.Error as error:
        step = "Look for a quotation mark that is not closed."
        faults.append(Fault(f"row {number + 1}", f"cannot be read ({error})", step))
    if not rows:
        if not faults:
            faults.append(Fault("", "the file has no header", CONTENT["data"]))
        return None
    header = [cell.strip() for cell in rows[0]]
    width = len(header)
    sound = []
    for place, cells in zip(numbers[1:], rows[1:], strict=True):
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            step = "Put cells that hold a separator in quotation marks; write numbers with a decimal point."
            faults.append(Fault(f"row {place}", f"{len(cells)} cells, but the header has {width}", step))
        else:
            sound.append((place, cells))
    table = pd.DataFrame({i: [cells[i] for _, cells in sound] for i in range(width)}, dtype="str")
    return table.set_axis(header, axis=1).set_axis(pd.Index([place for place, _ in sound], name="row"))


def _text(content: bytes) -> str:
    """The text of a file, whatever ends its lines."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError.of("", "", "the text is UTF-16", "Save the file as UTF-8.")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = len((content[: error.start] + b".").splitlines())
        raise DataError.of("", f"line {line}", "a character that is not UTF-8", "Save the file as UTF-8.") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError.of("", f"line {line}", "not a text file (a NUL byte)", "Save it as plain text in UTF-8.")
    return text


def _delimiter(text: str) -> str:
    """The separator that gives the first row of text the most cells; a comma in doubt."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _json(text: str, faults: list[Fault]) -> Any:
    """The value of a JSON text. A number beyond what Python reads is infinite: whoever asks for it refuses that."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        faults.extend(Fault(key, "given twice", "Keep one.") for key in dict.fromkeys(keys) if keys.count(key) > 1)
        return dict(pairs)

    def refuse(constant: str) -> None:
        faults.append(Fault(constant, "no number that JSON knows", "Write a finite number or null."))

    def whole(digits: str) -> int | float:
        return int(digits) if len(digits) <= MAX_DIGITS else float(digits)

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse, parse_int=whole)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DataError.of("", place, f"not JSON ({error.msg})", "Correct it there; {} has all defaults.") from None
    except RecursionError:
        raise DataError.of("", "", "nested too deeply", "See docs/compute.md for its form.") from None

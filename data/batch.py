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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.model import DataError, DataErrors, Fault
from data.read import MEGABYTE, check_size

MAX_FILE_BYTES = 200 * MEGABYTE
DELIMITERS = ",;\t"
OPTIONAL = ("robustness.csv",)
"""A file not every run writes: one left by an earlier run would not belong to this one's scores."""


@dataclass(frozen=True)
class Files:
    """What three files hold: tables of text (index = the row's number as a spreadsheet counts, called "row"), the
    configuration as JSON gives it, and what the log says of the files."""

    data: pd.DataFrame
    meta: pd.DataFrame
    config: Any
    names: tuple[str, str, str]
    told: dict[str, dict[str, Any]]


def read(data: Path, meta: Path, config: Path) -> Files:
    """Read the three files.

    Tables are CSV in UTF-8 (with or without a byte order mark), separated by commas, semicolons or tabs, with any line
    ends; rows without any text are passed over.

    Raises
    ------
    DataError
        With all faults of all three: a file that is missing, over 200 MB, not UTF-8, no table, no JSON.
    """
    errors: list[DataError] = []
    told: dict[str, dict[str, Any]] = {}

    def attempt(what: str, path: Path, parse: Callable[[bytes, str], Any]) -> Any:
        try:
            check_size(path, path.name, MAX_FILE_BYTES)
            content = path.read_bytes()
            told[what] = {"file": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            return parse(content, path.name)
        except DataError as error:
            errors.append(error)
            return None

    units = attempt("data", data, _table)
    codes = attempt("meta", meta, _table)
    configuration = attempt("config", config, _json)
    if errors:
        raise DataErrors(errors)
    return Files(units, codes, configuration, (data.name, meta.name, config.name), told)


def write(out: Path, tables: Mapping[str, pd.DataFrame], log: Mapping[str, Any], inputs: tuple[Path, ...] = ()) -> None:
    """Write tables (by file name, without their index) and log.json into a folder: all of them or none.

    Everything is written beside the folder first. A folder that is there keeps its other files. Numbers have the
    digits that give them back exactly, missing ones are empty.

    Raises
    ------
    DataError
        If `out` is a file, or one of the inputs would be written over.
    """
    if out.exists() and not out.is_dir():
        raise DataError.of(out.name, "", "that is a file, not a folder", "Name another folder to write to.")
    names = [*tables, "log.json"]
    same = [path for path in inputs if path.resolve().parent == out.resolve() and path.name in {*names, *OPTIONAL}]
    if same:
        step = "Write to another folder."
        raise DataErrors([DataError.of(path.name, "", "it would be written over", step) for path in same])
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for name, table in tables.items():
            table.to_csv(beside / name, index=False, lineterminator="\n", encoding="utf-8")
        text = json.dumps(log, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        (beside / "log.json").write_text(text, encoding="utf-8")
        out.mkdir(exist_ok=True)
        for name in names:
            os.replace(beside / name, out / name)  # noqa: PTH105
        for name in set(OPTIONAL) - set(names):
            (out / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _table(content: bytes, name: str) -> pd.DataFrame:
    """A CSV file's cells as text."""
    text = _text(content, name)
    faults: list[Fault] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
                numbers.append(number)
    except csv.Error as error:
        step = "Look for a quotation mark that is not closed."
        raise DataError.of(name, f"row {number + 1}", f"cannot be read ({error})", step) from None
    if not rows:
        raise DataError.of(name, "", "the file has no header", "Give a table with a header and a row for each entry.")
    header = [cell.strip() for cell in rows[0]]
    width = len(header)
    for place, cells in zip(numbers[1:], rows[1:], strict=True):
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            step = "Put cells that hold a separator in quotation marks; write numbers with a decimal point."
            faults.append(Fault(f"row {place}", f"{len(cells)} cells, but the header has {width}", step))
    if faults:
        raise DataError(name, faults)
    columns = range(width)
    table = pd.DataFrame({i: [cells[i] for cells in rows[1:]] for i in columns}, dtype="str")
    return table.set_axis(header, axis=1).set_axis(pd.Index(numbers[1:], name="row"))


def _text(content: bytes, name: str) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError.of(name, "", "the text is UTF-16", "Save the file as UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError.of(name, f"line {line}", "a character that is not UTF-8", "Save the file as UTF-8.") from None
    if "\0" in text:
        raise DataError.of(
            name, f"line {text[: text.index(chr(0))].count(chr(10)) + 1}", "not a text file (a NUL byte)"
        )
    return text


def _delimiter(text: str) -> str:
    """The separator that gives the first row of text the most cells; a comma in doubt."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _json(content: bytes, name: str) -> Any:
    text = _text(content, name)
    twice: list[Fault] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice.extend(Fault(key, "given twice", "Keep one.") for key in dict.fromkeys(keys) if keys.count(key) > 1)
        return dict(pairs)

    def refuse(constant: str) -> Any:
        raise DataError.of(name, constant, "no number that JSON knows", "Write a finite number or null.")

    try:
        value = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DataError.of(name, place, f"not JSON ({error.msg})", "Correct it there; {} has all defaults.") from None
    except RecursionError:
        raise DataError.of(name, "", "nested too deeply", "See docs/compute.md for its form.") from None
    if twice:
        raise DataError(name, twice)
    return value

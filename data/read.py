"""Opening files from outside: what every source reads through, so that bad bytes end in one clear message.

    open_csv(file, {"code": "text", "tests": "integer", "mean": "number?"})   -> table, index = line in the file
    archive_members(file), member_bytes(file, suffix=".csv")                   -> what a zip holds
    Faults(file.name)                                                          -> collects faults, raises them at once

Refused with UnsafeFile before anything is read: a file over the size limit, an archive that unpacks to too much, a
member whose path climbs out. Refused with SchemaError, all faults at once: anything else that is not what it should be.
"""

from __future__ import annotations

import csv
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from data.model import Fault, SchemaError, UnsafeFile

if TYPE_CHECKING:
    import pyarrow as pa

    from data.context import RawFile

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 100 * MEGABYTE
MAX_UNPACKED_BYTES = 400 * MEGABYTE
MAX_MEMBERS = 5_000
MAX_RATIO = 150
RATIO_MATTERS_FROM = 5 * MEGABYTE
"""A tiny member may compress a thousandfold without harm; from this unpacked size on the ratio is judged."""

MOST_NAMED, MOST_LETTERS = 20, 80
"""So many columns are named in a message, with so many letters."""

AGAIN = "Download the file again from the publisher."
RENAMED = "The publisher may have renamed it: check the file's form."
BYTE_ORDER_MARK = "\ufeff"

ColumnType = Literal["text", "integer", "number", "text?", "integer?", "number?"]


class Faults:
    """Collects what is wrong with one file, to be raised together."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, place: str, problem: str, next_step: str = "") -> None:
        self.found.append(Fault(place, problem, next_step))

    def raise_any(self) -> None:
        """Raise SchemaError with every fault collected so far; nothing if there is none."""
        if self.found:
            raise SchemaError(self.file, self.found)


def megabytes(size: float) -> str:
    return f"{size / MEGABYTE:,.1f} MB"


def check_size(path: Path, name: str, limit: int = MAX_FILE_BYTES) -> None:
    """Refuse a file that is missing, empty or larger than `limit` bytes, without reading it.

    Raises
    ------
    SchemaError, UnsafeFile
    """
    if not path.is_file():
        problem = "that is a folder, not a file" if path.is_dir() else "there is no such file"
        raise SchemaError.of(name, "", problem, "Check the name and the folder.")
    size = path.stat().st_size
    if size == 0:
        raise SchemaError.of(name, "", "the file is empty (0 bytes)", AGAIN, "empty")
    if size > limit:
        raise UnsafeFile.of(
            name,
            "",
            f"the file has {megabytes(size)}; files over {megabytes(limit)} are not opened",
            "Check that this is the publisher's file.",
            "size",
        )


def file_bytes(file: RawFile, limit: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a file within the size limit."""
    check_size(file.path, file.name, limit)
    return file.path.read_bytes()


def file_text(file: RawFile, encoding: str = "utf-8") -> str:
    """The text of a file, without a byte order mark.

    Raises
    ------
    SchemaError
        If the bytes are not text in that encoding; names the line and the byte.
    """
    raw = file_bytes(file)
    if not raw.strip(b"\0"):
        raise SchemaError.of(file.name, "byte 1", f"the file holds nothing but {len(raw):,} zero bytes", AGAIN)
    return decode(raw, file.name, encoding)


def decode(raw: bytes, name: str, encoding: str = "utf-8") -> str:
    """Text of bytes in an encoding, strictly; a byte order mark is dropped, and a second one with it."""
    try:
        text = raw.decode(encoding).lstrip(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SchemaError.of(
            name,
            f"line {line}",
            f"not {encoding.upper()} text (byte 0x{raw[error.start]:02x})",
            f"Save the file as {encoding.upper()} (Excel: CSV UTF-8).",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SchemaError.of(name, f"line {line}", "a zero byte in the text", AGAIN)
    return text


def open_csv(
    file: RawFile,
    columns: Mapping[str, ColumnType],
    *,
    header_line: int = 1,
    separator: str = ",",
    encoding: str = "utf-8",
    missing: Sequence[str] = ("",),
    others: ColumnType | None = None,
    may_be_empty: bool = False,
    decimal: str = ".",
) -> pd.DataFrame:
    """A CSV file as a typed table whose index is the line in the file.

    Parameters
    ----------
    columns
        Column name -> "text", "integer" or "number"; a trailing "?" allows cells to be missing (NaN, or "" in text).
        The table holds these columns in this order.
    header_line
        The line (from 1) that names the columns; what stands above it is skipped.
    missing
        The texts that mean a missing cell.
    others
        Type of all further columns of the file, which are then kept too; by default they are dropped.
    may_be_empty
        Whether a header without rows is fine.
    decimal
        What stands before the decimals of numbers: "." or ",".

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once, each with line, column and value.
    """
    return parse_csv(
        file_text(file, encoding),
        file.name,
        columns,
        header_line=header_line,
        separator=separator,
        missing=missing,
        others=others,
        may_be_empty=may_be_empty,
        decimal=decimal,
    )


def parse_csv(
    text: str,
    name: str,
    columns: Mapping[str, ColumnType],
    *,
    header_line: int = 1,
    separator: str = ",",
    missing: Sequence[str] = ("",),
    others: ColumnType | None = None,
    may_be_empty: bool = False,
    decimal: str = ".",
) -> pd.DataFrame:
    """`open_csv` for text that is already at hand (a zip member, an answer of a service)."""
    faults = Faults(name)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True, skipinitialspace=True)
    header: list[str] | None = None
    lines: list[int] = []
    rows: list[list[str]] = []
    begin = 1
    try:
        for row in reader:
            line, begin = begin, reader.line_num + 1
            if line < header_line or (header is not None and not row):
                continue
            if header is None:
                header = [cell.strip() for cell in row]
            elif len(row) != len(header):
                faults.add(f"line {line}", f"{len(row)} cells where the header has {len(header)} columns", AGAIN)
            else:
                lines.append(line)
                rows.append(row)
    except csv.Error as error:
        faults.add(f"line {reader.line_num}", f"not valid CSV ({error})", AGAIN)
    if header is None:
        faults.add(f"line {header_line}", "no header line", AGAIN)
        faults.raise_any()
        raise AssertionError("unreachable")
    absent = [column for column in columns if column not in header]
    if absent:
        faults.add(f"line {header_line}", f"no column {named(absent)} (there are {named(header)})", RENAMED)
        faults.raise_any()
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        faults.add(f"line {header_line}", f"column {named(repeated)} stands there twice", AGAIN)
        faults.raise_any()
    if not (rows or may_be_empty):
        faults.add(f"line {header_line + 1}", "no data under the header", AGAIN)
        faults.raise_any()
    types = dict(columns) | ({column: others for column in header if column not in columns} if others else {})
    index = pd.Index(lines, name="line")
    cells = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header, ())
    table = {
        column: typed(pd.Series(cells[column], index=index, name=column, dtype="str"), kind, faults, missing, decimal)
        for column, kind in types.items()
    }
    faults.raise_any()
    return pd.DataFrame(table, index=index)


def named(columns: Sequence[str]) -> str:
    """The names of columns for a message: the first few, each at most so long, and how many more there are."""
    shown = ", ".join(repr(column[:MOST_LETTERS]) for column in columns[:MOST_NAMED])
    return shown + (f" and {len(columns) - MOST_NAMED:,} more" if len(columns) > MOST_NAMED else "")


def typed(
    cells: pd.Series, kind: ColumnType, faults: Faults, missing: Sequence[str] = ("",), decimal: str = "."
) -> pd.Series:
    """Text cells as text, whole numbers or numbers; what does not fit is added to `faults`.

    The index of `cells` is the line in the file, its name the column. Whole numbers with missing cells stay float64.
    With a decimal comma a point is understood too.
    """
    cells = cells.str.strip()
    absent = cells.isin(list(missing)).to_numpy()
    result = cells.mask(absent, "")
    wrong = np.zeros(len(cells), dtype=bool)
    if not kind.startswith("text"):
        points = cells.mask(absent).str.replace(",", ".") if decimal == "," else cells.mask(absent)
        result = numbers = pd.Series(pd.to_numeric(points, errors="coerce"), dtype="float64")
        wrong = ~absent & ~np.isfinite(numbers.to_numpy())
        if kind.startswith("integer"):
            wrong |= ~absent & ~wrong & (numbers.to_numpy() % 1 != 0)
        if kind == "integer" and not (wrong.any() or absent.any()):
            result = numbers.astype("int64")
    what = {"text": "text", "integer": "a whole number", "number": "a number"}[kind.rstrip("?")]
    column = f"column {cells.name!r}"
    for line in cells.index[wrong]:
        faults.add(f"line {line}, {column}", f"{cells.loc[line]!r} is not {what}")
    if not kind.endswith("?"):
        for line in cells.index[absent]:
            faults.add(f"line {line}, {column}", f"the cell is empty, {what} is needed")
    return result


def csv_batches(file: RawFile, columns: Sequence[str], separator: str, limit: int) -> Iterator[pa.RecordBatch]:
    """Some columns of a large CSV file as text, a batch of rows at a time: of the file little is held at once.

    Raises
    ------
    UnsafeFile, SchemaError
        Too large, not UTF-8, not CSV, or a column is missing; what is wrong in a row is told with its line.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    check_size(file.path, file.name, limit)
    with file.path.open("rb") as stream:
        first = stream.readline(1 << 16).decode("utf-8", errors="replace")
    header = [cell.strip() for cell in next(csv.reader([first.lstrip(BYTE_ORDER_MARK)], delimiter=separator), [])]
    if absent := [column for column in columns if column not in header]:
        problem = f"no column {named(absent)} (there are {named(header)})"
        raise SchemaError.of(file.name, "line 1", problem, RENAMED)
    try:
        reader = arrow_csv.open_csv(
            file.path,
            arrow_csv.ReadOptions(column_names=header, skip_rows=1, block_size=4 << 20),
            arrow_csv.ParseOptions(delimiter=separator),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), include_columns=list(columns), check_utf8=True
            ),
        )
        yield from reader
    except pa.ArrowException as error:
        raise SchemaError.of(file.name, "", f"not valid CSV ({error})", AGAIN) from None


def check_safe(file: RawFile, limit: int = MAX_FILE_BYTES) -> None:
    """Whether a file may be taken in at all: size, not only zeros, and for zips and workbooks what is inside.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    check_size(file.path, file.name, limit)
    with file.path.open("rb") as stream:
        start = stream.read(4)
        if not start.strip(b"\0") and not any(chunk.strip(b"\0") for chunk in iter(lambda: stream.read(MEGABYTE), b"")):
            raise SchemaError.of(file.name, "byte 1", "the file holds nothing but zero bytes", AGAIN)
    if start.startswith(b"PK") or Path(file.name).suffix.lower() in {".zip", ".xlsx"}:
        archive_members(file)


DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, ValueError, OSError)
"""What the standard library raises for a zip file that is not whole, by the part that is damaged."""


def archive_members(file: RawFile) -> list[str]:
    """The members of a zip file, after every member was unpacked once (into nothing) and found sound.

    Raises
    ------
    UnsafeFile
        Too large, a bomb, encrypted, or a member whose path climbs out of the folder.
    SchemaError
        Not a zip, truncated, or a member whose bytes do not match its checksum.
    """
    check_size(file.path, file.name)
    try:
        with zipfile.ZipFile(file.path) as archive:
            members = archive.infolist()
            refuse_unsafe_members(members, file.name)
            damaged = archive.testzip()
    except DAMAGED as error:
        raise SchemaError.of(file.name, "", f"not a whole zip file ({error})", AGAIN, "damaged") from None
    if damaged:
        problem = "damaged: its bytes do not match its checksum"
        raise SchemaError.of(file.name, f"member {damaged}", problem, AGAIN, "damaged")
    return [member.filename for member in members if not member.is_dir()]


def refuse_unsafe_members(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Judge a zip's directory before anything is unpacked."""
    doubt = "Do not open this file; check where it came from."
    if len(members) > MAX_MEMBERS:
        raise UnsafeFile.of(name, "", f"{len(members):,} members; at most {MAX_MEMBERS:,} are opened", doubt, "bomb")
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED_BYTES:
        limit = megabytes(MAX_UNPACKED_BYTES)
        raise UnsafeFile.of(name, "", f"unpacks to {megabytes(total)}; at most {limit} are unpacked", doubt, "bomb")
    for member in members:
        place = f"member {member.filename}"
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in member.filename or "\0" in member.orig_filename:
            raise UnsafeFile.of(name, place, "the path climbs out of the folder", doubt, "path")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UnsafeFile.of(name, place, "a link, not a file", doubt, "path")
        if member.flag_bits & 0x1:
            raise UnsafeFile.of(name, place, "encrypted", "Ask the publisher for the open file.", "encrypted")
        if member.file_size > RATIO_MATTERS_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            ratio = member.file_size / max(member.compress_size, 1)
            raise UnsafeFile.of(
                name, place, f"unpacks {ratio:,.0f}-fold to {megabytes(member.file_size)}: a zip bomb", doubt, "bomb"
            )


def member_name(file: RawFile, suffix: str) -> str:
    """The one member of a zip whose name ends with `suffix` (case does not matter)."""
    found = [name for name in archive_members(file) if name.lower().endswith(suffix.lower())]
    if len(found) != 1:
        what = ", ".join(found) if found else "none"
        raise SchemaError.of(file.name, "", f"expected one member ending with {suffix!r}, found {what}", AGAIN)
    return found[0]


def member_bytes(file: RawFile, suffix: str) -> bytes:
    """The bytes of the one member of a zip whose name ends with `suffix`."""
    name = member_name(file, suffix)
    with zipfile.ZipFile(file.path) as archive:
        return archive.read(name)


__all__ = [
    "ColumnType",
    "Faults",
    "archive_members",
    "check_safe",
    "check_size",
    "csv_batches",
    "file_bytes",
    "file_text",
    "member_bytes",
    "member_name",
    "open_csv",
    "parse_csv",
]

"""A file opened by what it is: a table as sheets of cells, or places. What could do harm is refused by one message.

Looked at are the first bytes, never the name: an image called .csv is an image. Of a workbook only values are read;
macros, external entities, old binary and encrypted workbooks are refused. Sizes are judged before anything is opened.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from data.context import RawFile
from data.model import DataError, SchemaError, UnsafeFile
from data.own.model import Cell, Note
from data.read import MEGABYTE, archive_members, check_size, megabytes
from data.workbook import examine_sheets

MAX_BYTES = 50 * MEGABYTE
MAX_ROWS = 300_000
MAX_COLUMNS = 1_000
MAX_SHEETS = 300
MAX_TEXT = 500
"""Characters of a cell that are kept."""

Form = Literal["workbook", "text", "geojson", "geopackage"]

SAVE_AS = "Save it as .xlsx or as CSV UTF-8, then give that file."
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACROS = re.compile(rb"vbaProject\.bin|macroEnabled|vnd\.ms-excel\.sheet\.binary", re.I)
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
DELIMITERS = (";", "\t", "|", ",")


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows of cells; `hidden` if the workbook hides it, `delimiter` if it came from text."""

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    delimiter: str = ""


def form_of(file: RawFile) -> Form:
    """What a file is.

    Raises
    ------
    UnsafeFile, SchemaError
        What it is instead, and what to do. The kind of the fault is one of size, empty, image, other, xls, encrypted,
        macros, xlsb, zip, path, bomb, entity, markup, zero.
    """
    check_size(file.path, file.name, MAX_BYTES)
    with file.path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(OLE):
        return refuse_ole(file)
    if any(start.startswith(magic) for magic in IMAGES) and not start.startswith(b"BM;"):
        raise UnsafeFile.of(file.name, "", "this is an image, not a table", "Give the table itself.", "image")
    for magic, what in OTHERS:
        if start.startswith(magic):
            raise UnsafeFile.of(file.name, "", f"this is {what}, not a table", SAVE_AS, "other")
    if start.startswith(b"PK"):
        check_workbook(file)
        return "workbook"
    if start.startswith(b"SQLite format 3\0"):
        return "geopackage"
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        if ENTITY.search(file.path.read_bytes()):
            problem = "an XML file with definitions of its own (external entities)"
            raise UnsafeFile.of(file.name, "", problem, SAVE_AS, "entity")
        raise SchemaError.of(file.name, "", "an XML or HTML page, not a table", SAVE_AS, "markup")
    if head.startswith((b"{", b"[")):
        return "geojson"
    return "text"


def refuse_ole(file: RawFile) -> Form:
    """An old binary workbook or an encrypted one: both start alike."""
    if ENCRYPTED in file.path.read_bytes():
        raise UnsafeFile.of(
            file.name, "", "the workbook is encrypted", "Remove its password in Excel, then give it again.", "encrypted"
        )
    raise UnsafeFile.of(file.name, "", "an old binary workbook (.xls)", SAVE_AS, "xls")


def check_workbook(file: RawFile) -> None:
    """Whether a zip is a workbook whose parts can be read without harm."""
    members = archive_members(file)
    if "xl/workbook.bin" in members:
        raise UnsafeFile.of(file.name, "", "a binary workbook (.xlsb)", SAVE_AS, "xlsb")
    if "xl/workbook.xml" not in members:
        step = "Unpack it and give the table inside; of a workbook give the .xlsx."
        raise SchemaError.of(file.name, "", "a zip archive, not an .xlsx workbook", step, "zip")
    with zipfile.ZipFile(file.path) as archive:
        types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in members else b""
        if MACROS.search(types) or any("vbaproject" in name.lower() for name in members):
            raise UnsafeFile.of(file.name, "", "the workbook holds macros", SAVE_AS, "macros")
        for name in members:
            if name.lower().endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    if ENTITY.search(part.read(MEGABYTE)):
                        problem = "it defines entities of its own, which no workbook does"
                        raise UnsafeFile.of(file.name, f"member {name}", problem, SAVE_AS, "entity")


def sheets(file: RawFile, form: Form) -> tuple[list[Sheet], list[Note]]:
    """The sheets of a table, and what a reader should know of how they were read."""
    return workbook(file) if form == "workbook" else text(file)


def workbook(file: RawFile) -> tuple[list[Sheet], list[Note]]:
    """The sheets of a workbook; merged cells are filled with what stands in them, formulas without result are empty."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    found, unvalued = [], examine_sheets(file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.path.read_bytes()))
        if len(book.sheet_names) > MAX_SHEETS:
            problem = f"{len(book.sheet_names):,} sheets; at most {MAX_SHEETS} are read"
            raise UnsafeFile.of(file.name, "", problem, "Give the sheets that matter.", "sheets")
        for meta in book.sheets_metadata:
            if "WORKSHEET" not in str(meta.typ).upper():
                continue
            sheet = book.get_sheet_by_name(meta.name)
            rows = sheet.to_python(skip_empty_area=False)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
                fill(rows, top, left, bottom, right)
            found.append(
                Sheet(
                    meta.name,
                    [[cell(value) for value in row] for row in rows],
                    meta.visible != SheetVisibleEnum.Visible,
                )
            )
    except CalamineError as error:
        raise SchemaError.of(file.name, "", f"the workbook cannot be read ({error})", SAVE_AS, "damaged") from None
    for sheet in found:
        check_extent(file.name, sheet)
    examples = ", ".join(f"{one.sheet}: {one.cell}" for one in unvalued[:3])
    count = sum(one.count for one in unvalued)
    return found, [Note("unvalued", {"count": count, "examples": examples})] if unvalued else []


def fill(rows: list[list[Any]], top: int, left: int, bottom: int, right: int) -> None:
    """Give every cell of a merged one its value."""
    if not (top < len(rows) and left < len(rows[top])):
        return
    value = rows[top][left]
    for row in rows[top : bottom + 1]:
        for at in range(left, min(right + 1, len(row))):
            row[at] = value


def cell(value: Any) -> Cell:
    """A cell of a workbook as plain value; dates as text."""
    match value:
        case bool() | float():
            return value
        case int():
            return float(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
        case date() | time() | timedelta():
            return str(value)
    return plain_text(str(value)) if value is not None else None


def plain_text(value: str) -> str | None:
    """Text without characters that cannot be shown, on one line; None where nothing is left."""
    value = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in value[:MAX_TEXT]).split())
    return value or None


def text(file: RawFile) -> tuple[list[Sheet], list[Note]]:
    """The one sheet of a text file, whatever its encoding and separator."""
    raw = file.path.read_bytes()
    lines = raw.count(b"\n") + 1
    if lines > MAX_ROWS:
        problem = f"{lines:,} rows; at most {MAX_ROWS:,} are read"
        raise UnsafeFile.of(file.name, "", problem, "Give figures by territory, not every single record.", "rows")
    decoded, notes = decode(raw, file.name)
    first, _, rest = decoded.partition("\n")
    declared = re.fullmatch(r'"?sep=(.)"?\r?', first.strip())
    if declared:
        decoded = rest
    delimiter = declared[1] if declared else delimiter_of(decoded)
    try:
        rows = list(csv.reader(io.StringIO(decoded), delimiter=delimiter))
    except csv.Error as error:
        raise SchemaError.of(file.name, "", f"not valid CSV ({error})", SAVE_AS, "damaged") from None
    sheet = Sheet(Path(file.name).stem, [[plain_text(value) for value in row] for row in rows], delimiter=delimiter)
    check_extent(file.name, sheet)
    return [sheet], notes


def decode(raw: bytes, name: str) -> tuple[str, list[Note]]:
    """Text of bytes: by its byte order mark, else UTF-8, else windows-1257."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        if b"\0" in raw:
            line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
            raise UnsafeFile.of(name, f"line {line}", "a zero byte: this is no text", SAVE_AS, "zero")
        encodings = ["utf-8-sig", "windows-1257"]
    for encoding in encodings:
        try:
            decoded = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in decoded:
            break
        return decoded, [Note("windows_1257")] if encoding == "windows-1257" else []
    raise SchemaError.of(name, "", "neither UTF-8 nor windows-1257 text", SAVE_AS, "encoding")


def delimiter_of(decoded: str) -> str:
    """The character between the cells: the first one that cuts most lines into the same number of cells, over one."""
    sample = "\n".join(decoded[:200_000].splitlines()[:300])
    best, best_share = ";", 0.0
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if any(c.strip() for c in row)]
        except csv.Error:
            continue
        widths = [len(row) for row in rows if len(row) > 1]
        if not widths:
            continue
        commonest = max(set(widths), key=lambda width: (widths.count(width), width))
        share = widths.count(commonest) / len(rows)
        if share > best_share + 0.15:
            best, best_share = delimiter, share
    return best


def check_extent(name: str, sheet: Sheet) -> None:
    """Refuse a sheet with more rows or columns than a table of territories can have."""
    while sheet.rows and not any(value is not None for value in sheet.rows[-1]):
        sheet.rows.pop()
    widest = max((width(row) for row in sheet.rows), default=0)
    place = f"sheet {sheet.name!r}"
    if widest > MAX_COLUMNS:
        problem = f"{widest:,} columns; at most {MAX_COLUMNS:,} are read"
        raise UnsafeFile.of(name, place, problem, "Give the columns that matter.", "columns")
    if len(sheet.rows) > MAX_ROWS:
        problem = f"{len(sheet.rows):,} rows; at most {MAX_ROWS:,} are read"
        raise UnsafeFile.of(name, place, problem, "Give figures by territory, not every single record.", "rows")
    for row in sheet.rows:
        del row[widest:]
        row.extend([None] * (widest - len(row)))


def width(row: Sequence[Cell]) -> int:
    """How many cells a row has up to its last with something in it."""
    return max((at + 1 for at, value in enumerate(row) if value is not None), default=0)


__all__ = ["MAX_BYTES", "DataError", "Form", "Sheet", "form_of", "megabytes", "sheets"]

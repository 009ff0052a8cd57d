"""Opening files from outside: what every source reads through, so that bad bytes end in one clear message.

    open_csv(file, {"code": "text", "tests": "integer", "mean": "number?"})   -> table, index = line in the file
    open_workbook(file).rows("Sheet")                                          -> list of rows of an .xlsx sheet
    archive_members(file), member_bytes(file, suffix=".csv")                   -> what a zip holds
    Faults(file.name)                                                          -> collects faults, raises them at once

Refused with UnsafeFile before anything is read: a file over the size limit, an archive that unpacks to too much, a
member whose path climbs out. Refused with SchemaError, all faults at once: anything else that is not what it should be.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal
from xml.parsers import expat

import numpy as np
import pandas as pd

from data.model import Fault, SchemaError, UnsafeFile

if TYPE_CHECKING:
    import pyarrow as pa
    from python_calamine import CalamineWorkbook

    from data.context import RawFile

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 100 * MEGABYTE
MAX_UNPACKED_BYTES = 400 * MEGABYTE
MAX_MEMBERS = 5_000
MAX_RATIO = 150
RATIO_MATTERS_FROM = 5 * MEGABYTE
"""A tiny member may compress a thousandfold without harm; from this unpacked size on the ratio is judged."""

MAX_SHEET_CELLS = 5_000_000
"""A sheet is held as one block from its first to its last cell: a single far cell must not fill the memory."""

MOST_NAMED, MOST_LETTERS = 20, 80
"""So many columns are named in a message, with so many letters."""

AGAIN = "Download the file again from the publisher."
RENAMED = "The publisher may have renamed it: check the file's form."
RECKONED = "Save the workbook in a spreadsheet program, which stores the results, or export it again."
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


class Workbook:
    """An opened .xlsx workbook: its sheet names, and the rows of a sheet as Python values."""

    def __init__(self, name: str, book: CalamineWorkbook) -> None:
        self.name = name
        self._book = book
        self.sheets: tuple[str, ...] = tuple(book.sheet_names)

    def rows(self, sheet: str) -> list[list[Any]]:
        """All rows of a sheet from its first row on (str, float, bool, date; "" where empty).

        Raises
        ------
        SchemaError
            If there is no such sheet (names those there are), or it cannot be read.
        """
        from python_calamine import CalamineError

        if sheet not in self.sheets:
            there = ", ".join(self.sheets[:10]) + (" …" if len(self.sheets) > 10 else "")
            raise SchemaError.of(self.name, f"sheet {sheet!r}", f"missing (there are: {there})", AGAIN)
        try:
            return self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise SchemaError.of(self.name, f"sheet {sheet!r}", f"cannot be read ({error})", AGAIN) from None


def open_workbook(file: RawFile, sheets: Sequence[str] = ()) -> Workbook:
    """An .xlsx workbook, opened under the same guards as a zip; all `sheets` must be there.

    Raises
    ------
    UnsafeFile, SchemaError
        Missing sheets, and formulas whose result is not stored (they would pass for empty cells), are all named at
        once.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    members = archive_members(file)
    if "xl/workbook.xml" not in members:
        raise SchemaError.of(file.name, "", "not an .xlsx workbook (it has no xl/workbook.xml)", AGAIN)
    unvalued = examine_sheets(file)
    try:
        workbook = Workbook(file.name, CalamineWorkbook.from_filelike(io.BytesIO(file.path.read_bytes())))
    except CalamineError as error:
        raise SchemaError.of(file.name, "", f"not an .xlsx workbook ({error})", AGAIN) from None
    faults = Faults(file.name)
    for sheet in sheets:
        if sheet not in workbook.sheets:
            faults.add(f"sheet {sheet!r}", "missing", AGAIN)
    for one in unvalued:
        more = f" (and {one.count - 1:,} more in this sheet)" if one.count > 1 else ""
        faults.add(f"sheet {one.sheet!r}, {one.cell}", f"a formula without its result{more}", RECKONED)
    faults.raise_any()
    return workbook


PLAIN_TAG = re.compile(
    rb'[<:](?:row|c|f)(?=[\s/>])(?: r="([A-Z]{0,3})([0-9]{1,7})"(?: (?!r=)[\w:]+="[^"<>]*")*+ ?/?>)?',
)
"""A row, cell or formula, wherever its letters stand; with its address, if that comes first, once, and all is plain."""
ADDRESS = re.compile(r"([A-Z]{1,7})([0-9]{1,10})", re.IGNORECASE)
SHEET = "sheetData"
DEPTHS = {SHEET: 1, "row": 2, "c": 3}
"""The elements that make a sheet, and how many others each stands in."""


@dataclass(frozen=True)
class Unvalued:
    """The formulas of a sheet that stand there without their result: how many, and the cell of the first."""

    sheet: str
    cell: str
    count: int


def examine_sheets(file: RawFile) -> list[Unvalued]:
    """Refuse a workbook with a sheet whose last cell lies so far out that its block would not fit into memory.

    A sheet whose rows and cells all tell their address, without formulas, needs no parser.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    unvalued = []
    with zipfile.ZipFile(file.path) as archive:
        for part in archive.infolist():
            member = part.filename
            if (extent := plain_extent(archive, part)) is not None:
                refuse_far(file.name, member, *extent)
                continue
            sheet = SheetParser(file.name, member)
            try:
                sheet.parse(archive, part)
            except expat.ExpatError as error:
                if SHEET.encode() in archive.read(part):
                    problem = f"cannot be read ({error})"
                    raise SchemaError.of(file.name, f"member {member}", problem, AGAIN, "damaged") from None
            if sheet.unvalued:
                unvalued.append(Unvalued(sheet_name(archive, member), sheet.first, sheet.unvalued))
    return unvalued


def refuse_far(name: str, member: str, rows: int, columns: int) -> None:
    if rows * columns > MAX_SHEET_CELLS:
        raise UnsafeFile.of(
            name,
            f"member {member}",
            f"a sheet of {rows:,} rows and {columns:,} columns; at most {MAX_SHEET_CELLS:,} cells are read",
            "Delete the far cells, or download the file again.",
            "far",
        )


def plain_extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int] | None:
    """The last row and column that a member of a workbook tells; None if only a parser can say."""
    found: set[tuple[bytes, bytes]] = set()
    rest = b""
    with archive.open(member) as part:
        while chunk := part.read(MEGABYTE):
            text = rest + chunk
            cut = text.rfind(b"<")
            if cut < len(text) - MEGABYTE:
                return None
            found.update(PLAIN_TAG.findall(text, 0, cut))
            rest = text[cut:]
    found.update(PLAIN_TAG.findall(rest))
    if (b"", b"") in found:
        return None
    rows = max((int(row) for row in {row for _, row in found}), default=0)
    return rows, max((column_number(letters.decode()) for letters in {letters for letters, _ in found}), default=0)


class SheetParser:
    """How far the cells of a sheet reach, and how many of its formulas have no result, from its XML.

    As for those who read it, a row or cell without an address of its own follows the one before.
    """

    def __init__(self, name: str, member: str) -> None:
        self.name, self.member = name, member
        self.depth = self.row = self.column = self.rows = self.columns = self.unvalued = 0
        self.inside = self.formula = self.valued = self.text = False
        self.at = (0, 0)
        self.first = ""
        self.parser = xml_parser(self.start, self.end)

    def parse(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Go through the member.

        Raises
        ------
        UnsafeFile
            A cell lies too far out.
        expat.ExpatError
            It is not XML, has a document type, or is no sheet.
        """
        with archive.open(member) as part:
            while chunk := part.read(MEGABYTE):
                self.parser.Parse(chunk)
        self.parser.Parse(b"", True)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        depth, self.depth = self.depth, self.depth + 1
        name = local(name)
        if (self.inside or name == SHEET) and depth != DEPTHS.get(name, depth):
            raise expat.ExpatError(f"{name} in a wrong place")
        if name == SHEET:
            self.inside = True
        elif not self.inside:
            return
        elif name == "row":
            if "r" in attributes:
                self.row = address(f"A{attributes['r']}")[0]
            self.reach(self.row, 0)
        elif name == "c":
            row, column = address(attributes["r"]) if "r" in attributes else (self.row, self.column)
            self.reach(row, column)
            self.column = column + 1
            self.at, self.text = (row, column), attributes.get("t") == "str"
            self.formula = self.valued = False
        elif name == "f":
            self.formula = True
        elif name == "v" and self.formula:
            self.valued = self.text
            self.parser.CharacterDataHandler = self.told

    def told(self, text: str) -> None:
        self.valued = self.valued or not text.isspace()

    def end(self, name: str) -> None:
        self.depth -= 1
        name = local(name)
        if not self.inside:
            return
        if name == SHEET:
            self.inside = False
        elif name == "row":
            self.row, self.column = self.row + 1, 0
        elif name == "v":
            self.parser.CharacterDataHandler = None
        elif name == "c" and self.formula and not self.valued:
            self.first = self.first or cell(*self.at)
            self.unvalued += 1

    def reach(self, row: int, column: int) -> None:
        """Take a position, from zero, into the extent."""
        if row >= self.rows or column >= self.columns:
            self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
            refuse_far(self.name, self.member, self.rows, self.columns)


def xml_parser(start: Callable[[str, Mapping[str, str]], None], end: Callable[[str], None] | None = None) -> Any:
    """A parser of a workbook's parts, which have no document type, and so no entities."""

    def refuse(*_: object) -> None:
        raise expat.ExpatError("a document type, which no workbook has")

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    return parser


def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]


def address(reference: str) -> tuple[int, int]:
    """Row and column, from zero, of the address of a cell: "C1" is (0, 2)."""
    found = ADDRESS.fullmatch(reference)
    if not found:
        raise expat.ExpatError(f"{reference[:40]!r} is no address of a cell")
    return int(found[2]) - 1, column_number(found[1]) - 1


def sheet_name(archive: zipfile.ZipFile, member: str) -> str:
    """The name of the sheet that a member of a workbook holds; the member's own where the workbook tells none."""
    relations: list[Mapping[str, str]] = []
    sheets: list[dict[str, str]] = []

    def relation(_: str, attributes: Mapping[str, str]) -> None:
        relations.append(attributes)

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if local(name) == "sheet":
            sheets.append({local(key): value for key, value in attributes.items()})

    try:
        xml_parser(relation).Parse(archive.read("xl/_rels/workbook.xml.rels"), True)
        xml_parser(sheet).Parse(archive.read("xl/workbook.xml"), True)
    except (KeyError, expat.ExpatError):
        return member
    ids = {one.get("Id") for one in relations if member == str(PurePosixPath("xl", one.get("Target", ""))).lstrip("/")}
    return next((one["name"] for one in sheets if one.get("id") in ids and "name" in one), member)


def column_number(letters: str) -> int:
    """The number of a spreadsheet column: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell(row: int, column: int) -> str:
    """The address of a cell as a spreadsheet shows it, from zero-based row and column: cell(0, 2) is "C1"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


__all__ = [
    "ColumnType",
    "Faults",
    "Workbook",
    "archive_members",
    "cell",
    "check_safe",
    "check_size",
    "csv_batches",
    "file_bytes",
    "file_text",
    "member_bytes",
    "member_name",
    "open_csv",
    "open_workbook",
    "parse_csv",
]

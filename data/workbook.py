"""Workbooks from outside: opened under the guards of a zip, and of how far the cells of a sheet reach.

open_workbook(file).rows("Sheet")       -> list of rows of an .xlsx sheet
cell(0, 2)                              -> "C1"
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from data.model import SchemaError, UnsafeFile
from data.read import AGAIN, MEGABYTE, Faults, archive_members

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

    from data.context import RawFile

MAX_SHEET_CELLS = 5_000_000
"""A sheet is held as one block from its first to its last cell: a single far cell must not fill the memory."""
RECKONED = "Save the workbook in a spreadsheet program, which stores the results, or export it again."
PLAIN_TAG = re.compile(
    rb'[<:](?:row|c|f)(?=[\s/>])(?: r="([A-Z]{0,3})([0-9]{1,7})"(?: (?!r=)[\w:]+="[^"<>]*")*+ ?/?>)?',
)
"""A row, cell or formula, wherever its letters stand; with its address, if that comes first, once, and all is plain."""
ADDRESS = re.compile(r"([A-Z]{1,7})([0-9]{1,10})", re.IGNORECASE)
SHEET = "sheetData"
DEPTHS = {SHEET: 1, "row": 2, "c": 3}
"""The elements that make a sheet, and how many others each stands in."""


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


def text_of(value: object) -> str:
    """What a cell holds as text, whole numbers without a decimal sign."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def cell(row: int, column: int) -> str:
    """The address of a cell as a spreadsheet shows it, from zero-based row and column: cell(0, 2) is "C1"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"

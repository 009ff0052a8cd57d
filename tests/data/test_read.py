"""Reading files from outside: what is taken, what is refused, and what the message says."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.context import RawFile
from data.model import DataError, SchemaError, UnsafeFile
from data.read import (
    archive_members,
    check_safe,
    csv_batches,
    file_text,
    member_bytes,
    open_csv,
    parse_csv,
)
from data.workbook import cell, examine_sheets, open_workbook
from tests.conftest import times

Write = Callable[..., RawFile]
SHAPE = {"code": "text", "tests": "integer", "mean": "number?"}


def zipped(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_csv_becomes_a_typed_table_with_its_lines(file: Write) -> None:
    table = open_csv(file("a.csv", "\ufeffmean,code,tests,other\n1.5,LV1,3,x\n,LV2,4,y\n"), SHAPE)
    assert list(table.columns) == ["code", "tests", "mean"]
    assert list(table.index) == [2, 3]
    assert table["tests"].dtype == "int64"
    assert list(table["tests"]) == [3, 4]
    assert table["mean"].isna().tolist() == [False, True]


def test_title_lines_further_columns_and_marks_for_missing(file: Write) -> None:
    source = file("a.csv", '"A title, with a comma"\n\ncode;2023;2024\nLV1;5;..\n')
    table = open_csv(source, {"code": "text"}, header_line=3, separator=";", missing=("", ".."), others="number?")
    assert table.loc[4, "2023"] == 5
    assert table["2024"].isna().all()


def test_a_quoted_line_break_does_not_shift_the_lines(file: Write) -> None:
    with pytest.raises(SchemaError, match=r"line 4, column 'tests': 'x' is not a whole number"):
        open_csv(file("a.csv", 'code,tests\n"two\nlines",1\nLV2,x\n'), {"code": "text", "tests": "integer"})


def test_all_faults_of_a_csv_are_listed_at_once(file: Write) -> None:
    with pytest.raises(SchemaError) as caught:
        open_csv(file("a.csv", "code,tests,mean\nLV1,many,1\n,2.5,x\nLV3\nLV4,1,inf\n"), SHAPE)
    assert {str(fault).split(".")[0] for fault in caught.value.faults} >= {
        "line 2, column 'tests': 'many' is not a whole number",
        "line 3, column 'code': the cell is empty, text is needed",
        "line 3, column 'mean': 'x' is not a number",
        "line 4: 1 cells where the header has 3 columns",
        "line 5, column 'mean': 'inf' is not a number",
    }
    assert str(caught.value).startswith("a.csv:")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\0" * 5000, "nothing but 5,000 zero bytes"),
        (b"code,tests\nLV1,\0\n", "line 2: a zero byte"),
        ("code,tests\nRīga,1\n".encode("windows-1257"), "line 2: not UTF-8 text"),
        (b"code,number\nLV1,1\n", r"line 1: no column 'tests' \(there are 'code', 'number'\)"),
        (b"code,tests,tests\nLV1,1,1\n", "column 'tests' stands there twice"),
        (b"code,tests\n", "line 2: no data under the header"),
        (b'code,tests\n"LV1,1\n', "not valid CSV"),
        (b"\n\n", "no column|no header"),
    ],
)
def test_a_broken_csv_is_one_message(file: Write, content: bytes, message: str) -> None:
    with pytest.raises(SchemaError, match=message) as caught:
        open_csv(file("a.csv", content), {"code": "text", "tests": "integer"})
    assert caught.value.file == "a.csv"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"gone\.csv: there is no such file"):
        file_text(RawFile("gone.csv", tmp_path / "gone.csv"))


@pytest.mark.parametrize("name", ["zeros.csv", "zeros.zip", "zeros.xlsx"])
def test_200_megabytes_of_zeros_are_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    for opened in (check_safe, file_text, archive_members, open_workbook):
        with pytest.raises(UnsafeFile, match=r"200\.0 MB; files over 100\.0 MB are not opened"):
            opened(RawFile(name, path))


def test_zeros_within_the_limit_are_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "zeros.bin"
    with path.open("wb") as stream:
        stream.truncate(3_000_000)
    with pytest.raises(SchemaError, match="nothing but zero bytes"):
        check_safe(RawFile("zeros.bin", path))


def test_a_sound_zip_gives_its_members(file: Write) -> None:
    source = file("a.zip", zipped({"data/a.csv": b"x", "data/b.txt": b"y"}))
    assert archive_members(source) == ["data/a.csv", "data/b.txt"]
    assert member_bytes(source, ".CSV") == b"x"
    with pytest.raises(SchemaError, match=r"expected one member ending with '\.shp', found none"):
        member_bytes(source, ".shp")


@pytest.mark.parametrize("name", ["../out.csv", "a/../../out.csv", "/etc/out.csv", "..\\out.csv", "C:\\out.csv"])
def test_a_member_that_climbs_out_is_refused(file: Write, name: str) -> None:
    with pytest.raises(UnsafeFile, match="climbs out of the folder"):
        archive_members(file("a.zip", zipped({"fine.csv": b"x", name: b"y"})))


def test_a_link_inside_a_zip_is_refused(file: Write) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeFile, match="member link: a link"):
        archive_members(file("a.zip", content.getvalue()))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(file: Write) -> None:
    with pytest.raises(UnsafeFile, match=r"member zeros\.csv: unpacks [\d,]+-fold to 20\.0 MB: a zip bomb"):
        archive_members(file("a.zip", zipped({"zeros.csv": bytes(20_000_000)})))


def test_a_zip_that_unpacks_to_too_much_is_refused_by_its_directory(file: Write) -> None:
    content = bytearray(zipped({"a.csv": b"x" * 100}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 900_000_000)
    with pytest.raises(UnsafeFile, match=r"unpacks to 900\.0 MB; at most 400\.0 MB"):
        archive_members(file("a.zip", bytes(content)))


def test_a_zip_that_lies_about_its_size_does_not_pass(file: Write) -> None:
    content = bytearray(zipped({"a.csv": bytes(1_000_000)}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    with pytest.raises(SchemaError, match=r"a\.csv|not a whole zip"):
        archive_members(file("a.zip", bytes(content)))


def test_a_truncated_zip_is_named(file: Write) -> None:
    whole = zipped({"a.csv": b"some text " * 1000, "b.csv": b"more"})
    for length in (10, len(whole) // 2, len(whole) - 5):
        with pytest.raises(SchemaError, match=r"a\.zip: not a whole zip file .*Download the file again"):
            archive_members(file("a.zip", whole[:length]))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 93])
def test_a_member_that_cannot_be_unpacked_is_one_message(file: Write, method: int) -> None:
    whole = bytearray(zipped({"a.csv": b"some text, squeezed: " * 9}))
    whole[8] = whole[whole.index(b"PK\x01\x02") + 10] = method
    start = 30 + len("a.csv")
    whole[start : start + 12] = b"\x09\x04\x05\x00\x5d\x00\x00\x01\x00\xff\xff\xff"
    with pytest.raises(SchemaError, match=r"a\.zip: "):
        archive_members(file("a.zip", bytes(whole)))


def test_a_workbook_gives_its_sheets_and_rows(file: Write) -> None:
    book = open_workbook(file("a.xlsx", workbook(First=[["ATVK", 2023], ["0027400", 5]], Second=[])), ["First"])
    assert book.sheets == ("First", "Second")
    assert book.rows("First") == [["ATVK", 2023.0], ["0027400", 5.0]]


def test_missing_sheets_are_all_named(file: Write) -> None:
    source = file("a.xlsx", workbook(First=[[1]]))
    with pytest.raises(SchemaError, match=r"(?s)sheet 'Second': missing.*sheet 'Third': missing"):
        open_workbook(source, ["First", "Second", "Third"])
    with pytest.raises(SchemaError, match=r"sheet 'Second': missing \(there are: First\)"):
        open_workbook(source).rows("Second")


def test_a_far_cell_does_not_fill_the_memory(file: Write) -> None:
    content = workbook(First=[[1, 2], [3, 4]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in members if "worksheets/" in name)
    members[name] = members[name].replace(b'r="B2"', b'r="XFD1048576"')
    with pytest.raises(UnsafeFile, match="1,048,576 rows and 16,384 columns"):
        open_workbook(file("a.xlsx", zipped(members)))


CELL = b"<c><v>1</v></c>"
FAR = r"member xl/worksheets/sheet1\.xml: a sheet of [\d,]+ rows and [\d,]+ columns; at most 5,000,000 cells are read"
MALFORMED = r"member xl/worksheets/sheet1\.xml: cannot be read \("


def with_sheet(data: bytes, before: bytes = b"") -> bytes:
    """A workbook whose one sheet, called "Lapa", has these rows."""
    with zipfile.ZipFile(io.BytesIO(workbook(Lapa=[[1]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    members["xl/worksheets/sheet1.xml"] = before + start + b"<sheetData>" + data + b"</sheetData></worksheet>"
    return zipped(members)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (b'<row r="1">' + CELL + b'</row><row r="1048576">' + CELL * 16_384 + b"</row>", FAR),
        (b'<row r="1048570"/>' + (b"<row>" + CELL * 5 + b"</row>") * 6, FAR),
        (b"<row>" + CELL + b'</row><row r="99999999">' + CELL + b"</row>", FAR),
        (b'<row r="1"><c r="A1"/><c r="AAAAA1"/><c r="ZZZZZ9"><v>1</v></c></row>', FAR),
        (b'<row r="1048576">' + b"""<c x=" r='A1'"><v>1</v></c>""" * 5 + b"</row>", FAR),
        (b'<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>', FAR),
        (b'<row r="1"><c r="A1" r="XFD1048576"><v>1</v></c></row>', MALFORMED),
        (b'<row r="1048576">' + b'<c><is><row r="1"/><t>x</t></is></c>' * 9 + b"</row>", MALFORMED),
        (b"<c><sheetData><row>" + CELL + b"</row></sheetData></c>", MALFORMED),
        (b"<row x=1>" + CELL + b"</row>", MALFORMED),
        (b'<row><c r="1A"><v>1</v></c></row>', MALFORMED),
    ],
)
def test_no_way_of_writing_a_far_cell_passes(file: Write, rows: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        examine_sheets(file("a.xlsx", with_sheet(rows)))


def test_entities_are_not_expanded(file: Write) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "<c/>">]>'
    with pytest.raises(SchemaError, match=r"cannot be read \(a document type"):
        examine_sheets(file("a.xlsx", with_sheet(b"<row>&a;</row>", doctype)))


def test_cells_without_addresses_are_read_where_they_stand(file: Write) -> None:
    rows = b'<row r="3">' + CELL + b'</row><row><c r="C4"><v>2</v></c>' + CELL + b"</row>"
    assert open_workbook(file("a.xlsx", with_sheet(rows))).rows("Lapa")[2:] == [[1, "", "", ""], ["", "", 2, 1]]
    many = (b"<row>" + CELL * 10 + b"</row>") * 20_000
    assert len(open_workbook(file("b.xlsx", with_sheet(many))).rows("Lapa")) == 20_000


def test_a_formula_without_a_result_is_no_empty_cell(file: Write) -> None:
    asked = b'<f>WEBSERVICE("http://x")</f>'
    empty = b'<row r="10"><c r="G10"><v>1</v></c><c r="H10">' + asked + b"</c><c>" + asked + b"<v></v></c></row>"
    with pytest.raises(
        SchemaError, match=r"sheet 'Lapa', H10: a formula without its result \(and 1 more in this sheet\)"
    ):
        open_workbook(file("a.xlsx", with_sheet(empty)))
    stored = b"<row><c>" + asked + b"<v>4</v></c><c t='str'>" + asked + b"<v></v></c></row>"
    assert open_workbook(file("b.xlsx", with_sheet(stored))).rows("Lapa") == [[4, ""]]


def test_a_message_names_a_few_of_many_columns(file: Write) -> None:
    source = file("a.csv", ",".join(f"c{number}" for number in range(200_000)) + "\n")
    for read in (lambda: open_csv(source, {"x": "text"}), lambda: list(csv_batches(source, ["x"], ",", 10_000_000))):
        with pytest.raises(SchemaError, match=r"no column 'x' \(there are 'c0', .*, 'c19' and [\d,]+ more\)") as caught:
            read()
        assert len(str(caught.value)) < 500


def test_what_is_no_workbook_is_said_to_be_none(file: Write) -> None:
    with pytest.raises(SchemaError, match=r"not an \.xlsx workbook"):
        open_workbook(file("a.xlsx", zipped({"a.csv": b"x"})))
    with pytest.raises(SchemaError, match=r"not an \.xlsx workbook"):
        open_workbook(file("b.xlsx", zipped({"xl/workbook.xml": b"<no/>"})))


@pytest.mark.parametrize(
    ("position", "address"), [((0, 0), "A1"), ((0, 25), "Z1"), ((9, 26), "AA10"), ((0, 701), "ZZ1")]
)
def test_cells_are_named_as_a_spreadsheet_shows_them(position: tuple[int, int], address: str) -> None:
    assert cell(*position) == address


@settings(max_examples=times(50, 200), deadline=None)
@given(st.text())
def test_any_text_is_a_table_or_one_data_error(text: str) -> None:
    with suppress(DataError):
        assert list(parse_csv(text, "any.csv", {"a": "integer?", "b": "text?"}).columns) == ["a", "b"]


@settings(max_examples=times(50, 200), deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**52), 2**52), st.text(st.characters(exclude_categories=["Cs", "Cc"])))))
def test_what_was_written_is_read_again(rows: list[tuple[int, str]]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([("a", "b"), *rows])
    table = parse_csv(stream.getvalue(), "a.csv", {"a": "integer", "b": "text?"}, may_be_empty=True)
    assert list(table["a"]) == [number for number, _ in rows]
    assert list(table["b"]) == [text.strip() for _, text in rows]


@cache
def sound_workbook() -> bytes:
    """The same bytes for every example: a workbook carries the time it was written, and so its size varies."""
    return workbook(First=[["ATVK", 2023], ["0027400", 5]])


@settings(
    max_examples=times(20, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_a_damaged_workbook_is_read_or_one_data_error(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(sound_workbook())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(bytes(content))
    with suppress(DataError):
        book = open_workbook(RawFile(path.name, path))
        for sheet in book.sheets:
            book.rows(sheet)

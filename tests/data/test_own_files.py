"""Hostile files of each kind end in one clear message, and what reads them is bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from data.context import RawFile
from data.model import DataError, SchemaError, UnsafeFile
from data.own import apart, files, reader
from data.own.model import Answers
from data.paths import SNAPSHOT

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def workbook(change: Callable[[dict[str, bytes]], None] = lambda parts: None) -> bytes:
    """A small workbook with its parts changed."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (("Pagasts", "Gads", "Skaits"), ("Engures pagasts", 2022, 5)):
        book.active.append(row)
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    return workbook(lambda parts: parts.update({name: content}))


def macros(parts: dict[str, bytes]) -> None:
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0"


def macro_type(parts: dict[str, bytes]) -> None:
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    changed = parts["[Content_Types].xml"].replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    assert changed != parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = changed


def entities(parts: dict[str, bytes]) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    parts["xl/sharedStrings.xml"] = bomb


def encrypted() -> bytes:
    return files.OLE + b"\0" * 500 + files.ENCRYPTED + b"\0" * 100


def locked_member() -> bytes:
    packed = bytearray(workbook())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = 0
        while (at := packed.find(mark, at)) >= 0:
            packed[at + offset] |= 1
            at += 4
    return bytes(packed)


def far_cell() -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "Pagasts"
    book.active["XFD1048576"] = 1
    book.save(made)
    return made.getvalue()


def far_cell_without_address() -> bytes:
    cell = b"<c><v>1</v></c>"
    rows = b'<row r="1">' + cell + b'</row><row r="1048576">' + cell * 16_384 + b"</row>"
    return with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")


def wide() -> bytes:
    return (";".join(f"k{i}" for i in range(16_384)) + "\nEngures pagasts" + ";1" * 16_383 + "\n").encode()


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": ("a.xlsx", lambda: with_part("xl/bomb.xml", b"\0" * 60_000_000), "bomb"),
    "macros": ("a.xlsm", lambda: workbook(macros), "macros"),
    "macros called xlsx": ("a.xlsx", lambda: workbook(macro_type), "macros"),
    "external entities": ("a.xlsx", lambda: workbook(entities), "entity"),
    "entities as xml": ("a.csv", lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entity"),
    "a path that climbs": ("a.xlsx", lambda: with_part("../../evil.xml", b"x"), "path"),
    "an absolute path": ("a.xlsx", lambda: with_part("/etc/evil.xml", b"x"), "path"),
    "an encrypted workbook": ("a.xlsx", encrypted, "encrypted"),
    "encrypted parts": ("a.xlsx", locked_member, "encrypted"),
    "an old binary workbook": ("a.xls", lambda: files.OLE + b"\0" * 2000, "xls"),
    "a binary workbook": ("a.xlsb", lambda: with_part("xl/workbook.bin", b"x"), "xlsb"),
    "a zip of something": ("a.zip", lambda: _zip("a.csv", b"a;b\n"), "zip"),
    "an image called csv": ("a.csv", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image"),
    "a photo called xlsx": ("a.xlsx", lambda: b"\xff\xd8\xff\xe0" + b"\0" * 100, "image"),
    "a pdf": ("a.csv", lambda: b"%PDF-1.7\n", "other"),
    "a page": ("a.csv", lambda: b"<html><body><table></table></body></html>", "markup"),
    "zero bytes": ("a.csv", lambda: b"Pagasts;Gads;Skaits\nEngures pagasts;2022;\x005\n", "zero"),
    "nothing": ("a.csv", lambda: b"", "empty"),
    "blank lines": ("a.csv", lambda: b"\n\n;;;\n", "empty"),
    "16,384 columns": ("a.csv", wide, "columns"),
    "ten million rows": ("a.csv", lambda: b"a;b\n" * 10_000_000, "rows"),
    "a far cell": ("a.xlsx", far_cell, "far"),
    "a far cell without address": ("a.xlsx", far_cell_without_address, "far"),
    "a cut workbook": ("a.xlsx", lambda: workbook()[:1500], "damaged"),
    "a sheet that is none": ("a.xlsx", lambda: with_part("xl/worksheets/sheet1.xml", b"<oops"), "damaged"),
    "not text": ("a.csv", lambda: bytes([0x83, 0x98, 0xA1, 0xFF, 0x88, 0x90]) * 50, "encoding"),
    "deep json": ("a.geojson", lambda: b'{"type":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "json"),
    "json without features": ("a.json", lambda: b'{"a": 1}', "json"),
    "a broken geopackage": ("a.gpkg", lambda: b"SQLite format 3\0" + b"x" * 3000, "damaged"),
    "no territories": ("a.csv", lambda: b"krasa;skaits\nzila;5\nbalta;7\n", "nothing"),
    "one column": ("a.csv", lambda: "Engures pagasts\nZemītes pagasts\n".encode(), "nothing"),
}


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_by_name(what: str, tmp_path: Path) -> None:
    name, make, kind = HOSTILE[what]
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(DataError) as refused:
        reader.read(RawFile(name, path), SNAPSHOT, Answers())
    assert [fault.kind for fault in refused.value.faults][:1] == [kind], str(refused.value)
    assert str(refused.value).startswith(f"{name}: ")
    assert not [found for found in tmp_path.rglob("*") if found != path], "nothing is unpacked"


def test_two_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(UnsafeFile, match=r"200\.0 MB; files over 50\.0 MB are not opened"):
        files.form_of(RawFile(path.name, path))


def test_formulas_and_commands_are_texts(tmp_path: Path) -> None:
    """Names that a spreadsheet would run stay what they are: rows that match no territory."""
    path = tmp_path / "a.csv"
    path.write_text(
        'Pagasts;Gads;Skaits\n=HYPERLINK("http://x";"y");2022;1\n@SUM(1);2022;2\n+1-1;2022;=1+1\n'
        "Engures pagasts;2022;5\n",
        encoding="utf-8",
    )
    reading = reader.read(RawFile(path.name, path), SNAPSHOT, Answers())
    assert [series.values for series in reading.series] == [((5.0,),)]
    assert {row.reason for row in reading.unmatched} == {"unknown"}


def test_a_formula_without_a_result_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (("Pagasts", "Gads", "Skaits"), ("Engures pagasts", 2022, 5), ("Zemītes pagasts", 2022, "=1+1")):
        book.active.append(row)
    book.save(path)
    reading = reader.read(RawFile(path.name, path), SNAPSHOT, Answers())
    assert [series.count for series in reading.series] == [1]
    assert [str(note) for note in reading.notes] == ["Formulas without a stored result (1: Sheet: C3) are left empty."]


# --- apart ---


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("Pagasts;Gads;Skaits\nEngures pagasts;2022;5\n", encoding="utf-8")
    return path


def test_another_process_reads_the_same(table: Path, tmp_path: Path) -> None:
    reading = apart.read(table, table.name, Answers())
    assert reading == reader.read(RawFile(table.name, table), SNAPSHOT, Answers())
    (tmp_path / "b.csv").write_bytes(b"\x89PNG")
    with pytest.raises(UnsafeFile, match=r"b\.csv: this is an image, not a table"):
        apart.read(tmp_path / "b.csv", "b.csv")


def test_too_much_memory_ends_the_reader_alone(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MEMORY_BYTES", 60_000_000)
    with pytest.raises(UnsafeFile, match="too much memory") as refused:
        apart.read(table, table.name)
    assert refused.value.faults[0].kind == "memory"


def test_too_much_time_ends_the_reader_alone(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "START", "while True: pass  # {root}")
    monkeypatch.setattr(apart, "SECONDS", 1)
    with pytest.raises(UnsafeFile, match="too much time"):
        apart.read(table, table.name)


@pytest.mark.parametrize("answer", ["", "nonsense", "{}", '{"unforeseen": "KeyError"}'])
def test_an_answer_that_is_none_is_a_fault_of_the_file(
    table: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    written = repr(answer).replace("{", "{{").replace("}", "}}")
    monkeypatch.setattr(apart, "START", f"import sys; sys.stdout.write({written})")
    with pytest.raises((SchemaError, UnsafeFile)):
        apart.read(table, table.name)

"""Everyday files, read as their owners meant them; the embedded territories, figures checked by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.context import RawFile
from data.model import DataError
from data.own import reader
from data.own.model import Answers, Brought, Reading, Series, Use
from data.paths import SNAPSHOT

ENGURE, ZEMITE = "LV0052430", "LV0052590"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Writes a file and reads it in this process."""

    def do(name: str, content: bytes | str, **answers: Any) -> Reading:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reader.read(RawFile(name, path), SNAPSHOT, Answers(**answers))

    return do


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Reading]:
    """Writes the sheets of a workbook (with cells to merge) and reads it in this process."""

    def do(sheets: dict[str, Sequence[Sequence[Any]]], merge: Sequence[str] = (), **answers: Any) -> Reading:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            for cells in merge:
                sheet.merge_cells(cells)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return reader.read(RawFile(path.name, path), SNAPSHOT, Answers(**answers))

    return do


def only(reading: Reading) -> Series:
    (series,) = reading.series
    return series


def figures(series: Series) -> dict[tuple[str, str], float | None]:
    return {
        (code, period): value
        for code, row in zip(series.codes, series.values, strict=True)
        for period, value in zip(series.periods, row, strict=True)
    }


def kinds(reading: Reading) -> set[str]:
    return {note.kind for note in reading.notes}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1257", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_long_table_in_every_encoding_and_separator(
    read: Callable[..., Reading], encoding: str, separator: str
) -> None:
    rows = [
        ("Pagasts", "Gads", "Vērtība, %"),
        ("Engures pagasts", "2022", "1 234,5"),
        ("Zemītes pagasts", "2023", "7,5"),
    ]
    reading = read("a.csv", "\r\n".join(separator.join(row) for row in rows).encode(encoding))
    series = only(reading)
    assert (series.name, series.unit, series.level, series.rows) == ("Vērtība", "%", "unit", 2)
    assert figures(series) == {
        (ENGURE, "2022"): 1234.5,
        (ENGURE, "2023"): None,
        (ZEMITE, "2022"): None,
        (ZEMITE, "2023"): 7.5,
    }
    assert not reading.unmatched
    assert ("windows_1257" in kinds(reading)) == (encoding == "windows-1257")


def test_english_csv_with_commas_and_quoted_thousands(read: Callable[..., Reading]) -> None:
    reading = read("a.csv", 'ATVK,Year,Residents\n0052430,2022,"1,234"\n52590,2022,"2,345.5"\n')
    assert figures(only(reading)) == {(ENGURE, "2022"): 1234.0, (ZEMITE, "2022"): 2345.5}


def test_a_doubtful_comma_is_said_and_can_be_answered(read: Callable[..., Reading]) -> None:
    text = "Pagasts;Gads;Skaits\nEngures pagasts;2022;1,234\nZemītes pagasts;2022;2,345\n"
    reading = read("a.csv", text)
    assert figures(only(reading))[ENGURE, "2022"] == 1.234
    assert "decimal" in kinds(reading)
    reading = read("a.csv", text, comma="thousands")
    assert figures(only(reading))[ENGURE, "2022"] == 1234
    assert "decimal" not in kinds(reading)


def test_wide_years_with_a_title_a_double_header_totals_and_notes(read: Callable[..., Reading]) -> None:
    reading = read(
        "skaits.csv",
        "Bibliotēkas novadā;;;;\n;;;;\nTeritorija;Apmeklējumi;;Grāmatas;\n;2021;2022;2021;2022\n"
        "Engures pagasts;1;2;3;4\nZemītes pagasts;5;..;*;8\nKopā;6;2;3;12\n\nAvots: bibliotēku portāls;;;;\n"
        "* maza bāze\n",
    )
    visits, books = reading.series
    assert (visits.name, books.name) == ("Apmeklējumi", "Grāmatas")
    assert visits.source == "bibliotēku portāls"
    assert figures(visits)[ZEMITE, "2021"] == 5
    assert visits.reasons == {f"{ZEMITE} 2022": "not_published"}
    assert books.reasons == {f"{ZEMITE} 2021": "suppressed"}
    assert not reading.unmatched
    assert "totals" in kinds(reading)


def test_merged_cells_and_excel_dates(workbook: Callable[..., Reading]) -> None:
    day = date
    reading = workbook(
        {
            "Dati": [
                ["Mani dati", None, None],
                ["Teritorija", "Datums", "Skaits"],
                ["Engures pagasts", day(2021, 12, 31), 5],
                [None, day(2022, 12, 31), 6],
                ["Zemītes pagasts", day(2022, 12, 31), 7.5],
            ]
        },
        merge=("A1:C1", "A3:A4"),
    )
    assert figures(only(reading)) == {
        (ENGURE, "2021"): 5,
        (ENGURE, "2022"): 6,
        (ZEMITE, "2021"): None,
        (ZEMITE, "2022"): 7.5,
    }
    assert "dates" in kinds(reading)


def test_dates_within_a_year_become_quarters(read: Callable[..., Reading]) -> None:
    reading = read("a.csv", "kods;datums;skaits\n0052430;31.03.2022;1\n0052430;30.06.2022;2\n")
    assert figures(only(reading)) == {(ENGURE, "2022-Q1"): 1, (ENGURE, "2022-Q2"): 2}


def test_figures_without_a_year_are_asked_for(read: Callable[..., Reading]) -> None:
    text = "Pagasts;Skaits\nEngures pagasts;5\nZemītes pagasts;6\n"
    reading = read("dati_2023.csv", text)
    assert reading.asks == ("period",)
    assert reading.periods == ("2023",)
    assert only(reading).described()["first"] is None
    assert only(read("dati_2023.csv", text, period="2024")).periods == ("2024",)


def test_rows_that_fit_nothing_are_listed_with_what_they_may_mean(read: Callable[..., Reading]) -> None:
    text = (
        "Pagasts;Gads;Skaits\nEngures pagsts;2022;1\nSalas pagasts;2022;2\nQqqq;2022;3\nZemītes pagasts;2022;4\n"
        "Zemītes pagasts;2022;5\nPūres pagasts;divi;6\nTumes pagasts;2022;daudz\n"
    )
    reading = read("a.csv", text)
    assert {(row.row, row.reason) for row in reading.unmatched} == {
        *((2, "near"), (3, "homonym"), (4, "unknown"), (5, "twice"), (6, "twice"), (7, "number"))
    }
    assert "not_numbers" in kinds(reading)
    reading = read("a.csv", text, assigned={"Engures pagsts": ENGURE, "Qqqq": ""})
    assert figures(only(reading))[ENGURE, "2022"] == 1
    assert {row.row for row in reading.unmatched} == {3, 5, 6, 7}


def test_municipalities_stand_beside_their_parishes(read: Callable[..., Reading]) -> None:
    reading = read("a.csv", "Teritorija;2022\nTukuma novads;11,5\nEngures pagasts;1,5\nZemītes pagasts;2,5\nRīga;9\n")
    local, wide = reading.series
    assert (local.level, local.codes) == ("unit", ("LV0001000", ENGURE, ZEMITE))
    assert (wide.level, set(wide.codes)) == ("municipality", {"LV0001000", "LV0052000"})


def test_figures_are_not_taken_for_codes(read: Callable[..., Reading]) -> None:
    """1000 is Rīga's code with its zeros lost; as a number of residents it is none."""
    reading = read("a.csv", "Pagasts;Gads;Skaits\nEngures pagasts;2022;1000\nZemītes pagasts;2022;2000\n")
    assert figures(only(reading)) == {(ENGURE, "2022"): 1000, (ZEMITE, "2022"): 2000}


def test_several_indicators_below_each_other(read: Callable[..., Reading]) -> None:
    reading = read(
        "a.csv",
        "kods;rādītājs;gads;vērtība\n0052430;Skolas;2022;1\n0052430;Veikali;2022;2\n0052590;Skolas;2022;3\n",
    )
    assert {series.name: figures(series)[ENGURE, "2022"] for series in reading.series} == {"Skolas": 1, "Veikali": 2}


def test_a_column_can_be_given_another_role(read: Callable[..., Reading]) -> None:
    text = "Pagasts;A;B\nEngures pagasts;2021;5\nZemītes pagasts;1999;6\n"
    assert len(read("a.csv", text).series) == 2
    series = only(read("a.csv", text, roles={"1": "period"}))
    assert figures(series)[ENGURE, "2021"] == 5


RAIM = (
    ("Reģions", "Pašvaldība", "Teritoriālais iedalījums", "ATVK", 2021, 2022, 2023),
    ("Rīgas plānošanas reģions", "Tukuma novads", "Engures pagasts", 52430, 10, 0, 12),
    ("Rīgas plānošanas reģions", "Tukuma novads", "Zemītes pagasts", 52590, 0, 0, 22),
    (None,) * 7,
    ("Nosaukums", "Putnu skaits (skaits, LOB)"),
    ("Mērvienība", "Skaits"),
    ("Datu avots", "LOB"),
)


def test_a_raim_sheet_is_known_by_its_three_rows_whatever_it_is_called(workbook: Callable[..., Reading]) -> None:
    reading = workbook({"Lapa 7": RAIM, "Piezīmes": [("tikai teksts",)]})
    series = only(reading)
    assert reading.kind == "raim"
    assert series.described() == {
        "name": "Putnu skaits (skaits, LOB)",
        "level": "unit",
        "unit": "Skaits",
        "source": "LOB",
        "first": "2021",
        "last": "2023",
        "rows": 2,
        "territories": 2,
        "values": 4,
        "sheet": "Lapa 7",
        "what": "figure",
    }
    assert figures(series)[ZEMITE, "2021"] == 0, "a zero in a published year is a zero"
    assert figures(series)[ENGURE, "2022"] is None, "a year of zeros is not published"
    assert {"blank_years", "sheets"} <= kinds(reading)


def test_real_raim_workbooks_renamed_and_reordered(shared: Path, tmp_path: Path) -> None:
    """Every sheet of a real workbook as the list of the files has it, whatever sheets are called."""
    import csv

    name = "raditaju_atlase_2024.xlsx"
    with (shared / "raim" / "MANIFEST.csv").open(encoding="utf-8") as stream:
        listed = [row for row in csv.DictReader(stream) if row["file"] == name]
    book = openpyxl.load_workbook(shared / "raim" / name)
    for number, sheet in enumerate(book.worksheets):
        sheet.title = f"S{number}"
    book._sheets.reverse()
    path = tmp_path / "mans fails.xlsx"
    book.save(path)
    reading = reader.read(RawFile(path.name, path), SNAPSHOT, Answers())
    levels = {"parish": "unit", "municipality": "municipality"}
    expected = {
        (row["name"], levels[row["level"]], row["unit"], row["source"], row["first"], row["last"], int(row["units"]))
        for row in listed
    }
    keys = ("name", "level", "unit", "source", "first", "last", "rows")
    assert {tuple(series.described()[key] for key in keys) for series in reading.series} == expected
    assert not reading.unmatched
    assert "fraction" in kinds(reading), "the unemployment rate is called per cent and is a fraction"


AVAILABLE = (
    "code;year;addresses;share_30;share_100;share_1000;share_vhcn\n"
    "LV0052430;2024;200;91,5;74,0;38,5;40,0\n0052590;2024;100;90;95;101;1\n"
)


def test_availability_becomes_addresses(read: Callable[..., Reading]) -> None:
    reading = read("a.csv", AVAILABLE)
    assert reading.kind == "availability"
    by_measure = {series.column: series for series in reading.series}
    assert set(by_measure) == {"addresses_30mbps", "addresses_100mbps", "addresses_1000mbps", "addresses_vhcn"}
    first = by_measure["addresses_30mbps"]
    assert first.values[0] == (183.0,)
    assert first.base is not None
    assert first.base[0] == (200.0,)
    assert first.values[1] == (None,), "a row with a share over 100 is not used"
    assert [row.reason for row in reading.unmatched] == ["number"]
    assert "not_monotone" in kinds(reading)


def test_points_are_counted_averaged_and_measured_to(read: Callable[..., Reading]) -> None:
    text = "nosaukums;lat;lon;apmeklētāji\nA;57,0521;23,2214;340\nB;57,06;23,21;60\nJūrā;57,9;22,9;1\nTukšs;;;\n"
    reading = read("vietas.csv", text, period="2024")
    by_what = {series.what: series for series in reading.series}
    assert set(by_what) == {"count", "mean", "distance"}
    counts = dict(zip(by_what["count"].codes, by_what["count"].values, strict=True))
    assert sum(value[0] or 0 for value in counts.values()) == 2
    (where,) = [code for code, value in counts.items() if value[0] == 2]
    mean = by_what["mean"]
    assert mean.base is not None
    assert (mean.codes, mean.values, mean.base) == ((where,), ((400.0,),), ((2.0,),))
    distance = by_what["distance"]
    assert distance.base is not None
    at = distance.codes.index(where)
    near = distance.values[at][0] / distance.base[at][0]  # type: ignore[operator]
    assert 0 < near < 15
    assert [row.reason for row in reading.unmatched] == ["outside"]


def test_points_in_metres_and_swapped(read: Callable[..., Reading]) -> None:
    degrees = read("a.csv", "lat;lon\n57,0521;23,2214\n", period="2024").series[0]
    for text in ("x;y\n453000;324000\n", "y;x\n6324000;453000\n", "lat;lon\n23,2214;57,0521\n"):
        series = read("a.csv", text, period="2024").series[0]
        assert sum(value[0] or 0 for value in series.values) == 1, text
    assert sum(value[0] or 0 for value in degrees.values) == 1


def square(left: float, bottom: float, side: float) -> dict[str, Any]:
    ring = [[left, bottom], [left + side, bottom], [left + side, bottom + side], [left, bottom + side], [left, bottom]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_areas_give_shares_of_land_and_of_people(read: Callable[..., Reading]) -> None:
    """One area that holds all Latvia, given twice, is everybody's whole land once."""
    features = [{"type": "Feature", "properties": {"n": "viss"}, "geometry": square(20, 55, 9)}] * 2
    reading = read("viss.geojson", json.dumps({"type": "FeatureCollection", "features": features}), period="2024")
    assert reading.kind == "polygons"
    land, people = reading.series
    for series in (land, people):
        assert series.base is not None
        assert len(series.codes) == 592
        for value, base in zip(series.values, series.base, strict=True):
            assert value[0] == pytest.approx(base[0], rel=1e-6)
    assert {"overlap", "cells"} <= kinds(reading)


def test_areas_of_a_geopackage_and_geojson_points(tmp_path: Path, read: Callable[..., Reading]) -> None:
    import geopandas as gpd

    units = gpd.read_parquet(SNAPSHOT / "boundaries.parquet").set_index("code")
    table = gpd.GeoDataFrame({"nosaukums": ["Engure"]}, geometry=[units.geometry[ENGURE]], crs=3059)
    path = tmp_path / "a.gpkg"
    table.to_file(path, layer="teritorijas")
    reading = reader.read(RawFile(path.name, path), SNAPSHOT, Answers(period="2024"))
    land, people = (
        {code: v[0] / b[0] for code, v, b in zip(s.codes, s.values, s.base or (), strict=True)} for s in reading.series
    )
    assert land[ENGURE] == pytest.approx(1, abs=1e-6)
    assert sum(share > 1e-6 for share in land.values()) == 1
    assert people[ENGURE] > 0.8
    points = table.assign(geometry=table.representative_point()).to_crs(4326)
    points.to_file(tmp_path / "p.geojson")
    counted = reader.read(RawFile("p.geojson", tmp_path / "p.geojson"), SNAPSHOT, Answers(period="2024")).series[0]
    assert counted.what == "count"
    assert dict(zip(counted.codes, counted.values, strict=True))[ENGURE] == (1.0,)


def test_lines_are_no_places(read: Callable[..., Reading]) -> None:
    line = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "LineString", "coordinates": [[23, 57], [24, 57]]},
    }
    with pytest.raises(DataError, match="neither points nor areas"):
        read("a.geojson", json.dumps({"type": "FeatureCollection", "features": [line]}))


def test_readings_and_what_is_kept_come_back_from_json(read: Callable[..., Reading]) -> None:
    reading = read("a.csv", AVAILABLE)
    assert Reading.from_json(reading.to_json()) == reading
    uses = tuple(Use(series.name, "%", "higher") for series in reading.series)
    brought = Brought(reading.file, reading.kind, reading.series, uses)
    again = Brought.from_json(brought.to_json())
    assert (again, again.id) == (brought, brought.id)
    for text in ("", "{}", "[]", '{"uses": 3}', reading.to_json()[:-9]):
        with pytest.raises(DataError):
            Brought.from_json(text)

"""What a page shows, written and read again: every form says what was shown, with its sources and licences."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import Licence, Source, Text
from data.store import Snapshot
from indicators import registry
from indicators.evaluate import evaluate
from reports.data_package import data_package
from reports.exhibit import ROWS, Described, Exhibit, csv_bytes, described, exhibit, formulas_escaped, vintages, wide
from reports.geofile import geofile
from reports.workbook import FIRST_COLUMN, FIRST_ROW, SHEETS, workbook
from tests.indicators.small import CITY, DALE, HILL, TERRITORIES, TOWN

DAY = date(2026, 1, 31)
WORD = Text("Vārds", "Word")
OPEN = Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/")
OWN = Source("own", WORD, WORD, "https://example.org", OPEN, Text("Kāds", "Someone"), WORD, ())
SHOWN = {"wells": Described("Akas", "skaits", 1, definition="=1+1", sources=("own",))}


@pytest.fixture
def small() -> Exhibit:
    rows = pd.DataFrame(
        {
            "territory": [TOWN, HILL, DALE, CITY],
            "indicator": "wells",
            "period": "2024",
            "value": [3.25, 1234.0625, np.nan, 0.0],
            "status": ["final", "estimated", "not_published", "final"],
            "small_base": [True, True, False, False],
            "level": "unit",
        }
    )
    nothing = pd.DataFrame()
    empty = Snapshot(Path(), "0" * 64, TERRITORIES, nothing, nothing, nothing, b"", {}, {})
    return exhibit(rows, SHOWN, empty, "lv", title="=Akas", version="1", made=DAY, sources={"own": OWN})


@pytest.fixture(scope="module")
def real(snapshot: Snapshot) -> Exhibit:
    """Two indicators of all units and municipalities, one of them measured by Ookla."""
    indicators = {name: registry()[name] for name in ("residents", "download_mbps")}
    values = evaluate(indicators, snapshot.observations, snapshot.territories, snapshot.measures)
    newest = values.groupby("indicator", observed=True)["period"].transform("max")
    rows = values[(values["period"].astype(str) == newest.astype(str)) & values["level"].isin(["unit", "municipality"])]
    words = {name: described(entry, snapshot.sources, snapshot.measures, "en") for name, entry in indicators.items()}
    return exhibit(rows, words, snapshot, "en", title="Two", version="1", made=DAY, note="A note", address="http://a/b")


def test_the_workbook_says_what_was_shown(small: Exhibit) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(small, {"own": "2024"})))
    assert book.sheetnames == [text.lv for text in SHEETS.values()]
    sheet = book["Tabula"]
    assert sheet.freeze_panes == "C9"
    heads = [sheet.cell(row, FIRST_COLUMN + 1).value for row in (FIRST_ROW - 2, FIRST_ROW - 1, FIRST_ROW)]
    assert heads == ["Akas", "skaits", "2024"]
    body = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST_ROW + 1)]
    assert body == [
        [TOWN, "Mazpils, Mazais novads", "pagasts vai pilsēta", 3.25],
        [HILL, "Kalna pagasts, Mazais novads", "pagasts vai pilsēta", 1234.0625],
        [DALE, "Lejas pagasts, Mazais novads", "pagasts vai pilsēta", "nav publicēts"],
        [CITY, "Pilsēta", "pagasts vai pilsēta", 0],
    ]
    formats = [sheet.cell(row, FIRST_COLUMN + 1).number_format for row in range(FIRST_ROW + 1, FIRST_ROW + 5)]
    assert formats == ['#,##0.0" m"', '#,##0.0" am"', "General", "#,##0.0"]
    assert sheet["A5"].value == "Zīmes aiz skaitļiem: a – aplēse, m – maza bāze"
    assert sheet["A4"].value == "Kāds (CC0-1.0)"
    assert [row[4].value for row in book["Avoti"].iter_rows()] == ["Licence", "CC0-1.0"]
    assert book["Avoti"]["H2"].value == "2024"


def test_no_cell_is_a_formula(small: Exhibit) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(small, {})))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book["Tabula"]["A1"].value == "=Akas"


@given(st.text(max_size=8))
def test_texts_that_begin_like_formulas_are_made_harmless(text: str) -> None:
    (cell,) = formulas_escaped(pd.DataFrame({"name": pd.Series([text], dtype="object"), "value": [-1.0]}))["name"]
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_wide_table_has_a_status_only_where_it_says_something(small: Exhibit) -> None:
    assert list(wide(small)) == [
        "territory",
        "name",
        "level",
        "wells_2024",
        "wells_2024_status",
        "wells_2024_small_base",
    ]
    final = replace(small, rows=small.rows.assign(status="final", small_base=False))
    assert list(wide(final)) == ["territory", "name", "level", "wells_2024"]


def test_csv_reread_is_what_was_shown(real: Exhibit) -> None:
    content = csv_bytes(real)
    assert content.startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig")
    assert tuple(read) == ROWS
    pd.testing.assert_frame_equal(read, real.rows, check_dtype=False, check_exact=True, check_categorical=False)
    measured = read[read["indicator"] == "download_mbps"]
    assert set(measured["licences"]) == {"CC-BY-NC-SA-4.0"}


def test_workbook_reread_is_what_was_shown(real: Exhibit) -> None:
    content = workbook(real, {})
    rows = pd.read_excel(io.BytesIO(content), sheet_name="Rows", engine="calamine")
    np.testing.assert_array_equal(rows["Value"].to_numpy(), real.rows["value"].to_numpy())
    assert rows["Id" if "Id" in rows else "Code"].tolist() == real.rows["territory"].tolist()
    table = pd.read_excel(io.BytesIO(content), sheet_name="Table", engine="calamine", header=None, skiprows=FIRST_ROW)
    assert table[0].tolist() == real.territories["territory"].tolist()
    shown = wide(real)
    for place, column in enumerate((name for name in shown if name.split("_")[-1].isdigit() or name.endswith("q2")), 3):
        numbers = pd.to_numeric(table[place], errors="coerce")
        np.testing.assert_array_equal(numbers.to_numpy(), shown[column].to_numpy())


def test_geopackage_reread_is_what_was_shown(real: Exhibit, snapshot: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "table.gpkg"
    path.write_bytes(geofile(real, "gpkg", snapshot.path, vintages(snapshot)))
    read, shown = gpd.read_file(path, layer="territories"), wide(real)
    pd.testing.assert_frame_equal(pd.DataFrame(read.drop(columns="geometry")), shown, check_dtype=False)
    assert read.crs.to_epsg() == 3059
    assert len(read) == 592 + 36
    assert read.geometry.is_valid.all()
    land = snapshot.territories.query("level == 'unit'").set_index("code")["area_km2"]
    own = read.set_index("territory").geometry.area / 1e6
    np.testing.assert_allclose(own[land.index], land, rtol=0, atol=6e-5)
    assert set(gpd.read_file(path, layer="sources")["licence"]) == {s.licence.id for s in real.sources.values()}
    assert gpd.read_file(path, layer="indicators")["id"].tolist() == ["residents", "download_mbps"]


def test_geojson_reread_is_what_was_shown(real: Exhibit, snapshot: Snapshot, tmp_path: Path) -> None:
    content = geofile(real, "geojson", snapshot.path, vintages(snapshot))
    about = json.loads(content)["about"]
    assert (about["title"], about["note"], about["address"], about["made"]) == (
        "Two",
        "A note",
        "http://a/b",
        "2026-01-31",
    )
    assert [entry["licence"] for entry in about["sources"]] == [s.licence.id for s in real.sources.values()]
    path = tmp_path / "table.geojson"
    path.write_bytes(content)
    read, shown = gpd.read_file(path), wide(real)
    pd.testing.assert_frame_equal(pd.DataFrame(read[list(shown)]), shown, check_dtype=False)
    left, bottom, right, top = read.total_bounds
    assert (left, right) == pytest.approx((20.97, 28.24), abs=0.05)
    assert (bottom, top) == pytest.approx((55.67, 58.09), abs=0.05)


def test_the_data_package_describes_its_files(snapshot: Snapshot) -> None:
    few = {name: registry()[name] for name in ("residents", "download_mbps")}
    content = data_package(snapshot, few, "en", "1", DAY)
    assert content == data_package(snapshot, few, "en", "1", DAY)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        package = json.loads(archive.read("datapackage.json"))
        tables = {}
        for resource in package["resources"]:
            written = archive.read(resource["path"])
            assert (len(written), f"sha256:{sha256(written).hexdigest()}") == (resource["bytes"], resource["hash"])
            tables[resource["name"]] = table = pd.read_csv(io.BytesIO(written), low_memory=False)
            assert [field["name"] for field in resource["schema"]["fields"]] == list(table)
            key = resource["schema"]["primaryKey"]
            assert not table.duplicated(key if isinstance(key, list) else [key]).any()
        assert b"download_mbps" in archive.read("methodology.md")
    assert set(tables["values"]["indicator"]) == set(tables["indicators"]["id"]) == set(few)
    used = set(";".join(tables["values"]["sources"].unique()).split(";"))
    assert used <= set(tables["sources"]["id"])
    assert {licence["name"] for licence in package["licenses"]} == {s.licence.id for s in snapshot.sources.values()}

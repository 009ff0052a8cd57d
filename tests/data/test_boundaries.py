"""Boundaries and classifier: the made-up country by hand, the publisher's own editions where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.context import RawFile
from data.judge import ground
from data.lock import raw_files
from data.model import SchemaError
from data.sources import boundaries, classifier
from tests.data.country import SOUTH, WEST, made_up_units, publish, write_crosswalk


def edition(units: gpd.GeoDataFrame, folder: Path, date: str = "2024.01.01", **options: str) -> boundaries.Edition:
    path = publish(units, folder, date, **options)
    return boundaries.read_edition(RawFile(path.name, path))


def test_an_edition_is_read_from_the_publishers_zip(tmp_path: Path) -> None:
    read = edition(made_up_units(), tmp_path)
    assert read.date == "2024-01-01"
    assert read.units.crs.to_epsg() == 3059
    assert list(read.units.index) == sorted(read.units.index)
    augsciems = read.units.loc["LV0020410"]
    assert augsciems["name"] == "Augšciema pagasts"
    assert augsciems["kind"] == "parish"
    assert augsciems["municipality"] == "LV0020000"


def test_area_is_measured_on_the_polygon(raw: Path) -> None:
    files = raw_files(raw)
    table = boundaries.tidy(files["boundaries"], ground(files))
    assert table["value"].tolist() == [100.0] * 6
    assert set(table["period"]) == {"2024"}


def test_territories_of_all_levels(raw: Path) -> None:
    table = ground(raw_files(raw)).territories
    assert table["level"].value_counts().to_dict() == {"unit": 6, "municipality": 3, "region": 2, "country": 1}
    unit = table[table["level"] == "unit"].set_index("code")
    assert unit.loc["LV0030420", "full_name"] == "Salas pagasts, Upes novads"
    assert unit.loc["LV0001000", ["kind", "parent", "full_name"]].tolist() == ["city", "LV0001000", "Pils"]
    municipality = table[table["level"] == "municipality"].set_index("code")
    assert municipality.loc["LV0030000", ["name", "kind", "parent"]].tolist() == [
        "Upes novads",
        "municipality",
        "LV00B",
    ]
    assert municipality["area_km2"].to_dict() == {"LV0001000": 100.0, "LV0020000": 200.0, "LV0030000": 300.0}
    region = table[table["level"] == "region"].set_index("code")
    assert region.loc["LV00A", ["name", "parent", "area_km2"]].tolist() == ["Augšzeme", "LV", 300.0]
    assert table[table["level"] == "country"]["area_km2"].tolist() == [600.0]


def test_label_points_lie_inside(raw: Path) -> None:
    context = ground(raw_files(raw))
    unit = context.territories[context.territories["level"] == "unit"].set_index("code")
    inside = shapely.contains_xy(context.units.loc[unit.index].geometry.to_numpy(), unit["x"], unit["y"])
    assert inside.all()
    assert unit.loc["LV0030410", ["x", "y"]].tolist() == pytest.approx([WEST + 5000, SOUTH + 5000], abs=200)


def test_validity_and_successors_come_from_the_editions(tmp_path: Path) -> None:
    old = made_up_units()
    old = old[old["L1_code"] != "LV0030200"].assign(
        L1_code=["LV0990400", "LV0990410", "LV0990420", "LV0990430", "LV0990490"],
        L0_code="LV0990000",
        L0_name="Vecais novads",
        L0_type=5,
        NUTS3_code="LV003",
        NUTS3_name="Vecā",
    )
    east = [(10, 0), (30, 0), (30, 10), (20, 10), (10, 10)]
    merged = shapely.Polygon([(WEST + 1000 * x, SOUTH + 1000 * y) for x, y in east])
    old.loc[old["L1_code"] == "LV0990490", "geometry"] = merged
    middle = made_up_units().assign(NUTS3_code="LV003", NUTS3_name="Vecā")
    editions = [
        edition(old, tmp_path, "2021.01.01"),
        edition(middle, tmp_path, "2022.07.01"),
        edition(made_up_units(), tmp_path, "2024.01.01"),
    ]
    path = write_crosswalk(tmp_path)
    crosswalk = classifier.crosswalk([RawFile(path.name, path)])
    present = classifier.territories(editions).set_index(["level", "code"])
    assert present.loc[("unit", "LV0030200"), "valid_from"] == "2022-07-01"
    assert present.loc[("region", "LV00A"), "valid_from"] == "2024-01-01"
    assert set(present["valid_to"]) == {""}
    former = classifier.former(editions, crosswalk).set_index("code")
    assert former.loc["LV0990490", "successors"] == "LV0030200 LV0030420"
    assert former.loc["LV0990490", "valid_to"] == "2022-07-01"
    assert former.loc["LV0990000", "successors"] == "LV0001000 LV0020000 LV0030000"
    assert former.loc["LV003", ["valid_from", "valid_to", "successors"]].tolist() == [
        "2021-01-01",
        "2024-01-01",
        "LV00A LV00B",
    ]


def changed(column: str, value: object) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def change(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        units.loc[0, column] = value
        return units

    return change


def overlapping(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    units.loc[0, "geometry"] = shapely.box(WEST, SOUTH + 10_000, WEST + 11_000, SOUTH + 20_000)
    return units


def with_a_hole(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    units.loc[0, "geometry"] = units.geometry[0].difference(
        shapely.box(WEST + 1000, SOUTH + 11_000, WEST + 2000, SOUTH + 12_000)
    )
    return units


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda units: units.to_crs(4326), r"\.prj: the coordinate system is EPSG:4326 .* EPSG:3059 is needed"),
        (lambda units: units.drop(columns="L0_code"), "attribute table: no column L0_code"),
        (changed("L1_code", "LV0020420"), "row 1: the code LV0020420 stands there twice"),
        (changed("L1_code", "20410"), "row 1: L1_code '20410' is not a code"),
        (changed("L1_type", 9), "row 1: unknown L1_type 9"),
        (changed("NUTS3_code", "LV00B"), "municipality LV0020000: lies in more than one region"),
        (changed("geometry", None), "row 1: LV0020410 has no polygon"),
        (overlapping, "unit LV0020410: its border does not match its neighbours'"),
        (with_a_hole, "x 401500, y 211500: land that belongs to no unit"),
    ],
)
def test_a_broken_edition_is_refused_with_the_place(
    tmp_path: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], message: str
) -> None:
    with pytest.raises(SchemaError, match=message) as caught:
        edition(change(made_up_units()), tmp_path)
    assert caught.value.file == "territorial_units_lv_1.2m_2024.01.01..zip"


def test_a_missing_part_of_the_shapefile_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"its \.prj is missing"):
        edition(made_up_units(), tmp_path, leave_out=".prj")


def test_two_files_of_one_edition_are_refused(tmp_path: Path) -> None:
    path = publish(made_up_units(), tmp_path)
    copy = tmp_path / "copy_2024.01.01.zip"
    copy.write_bytes(path.read_bytes())
    with pytest.raises(SchemaError, match="a second file for the edition 2024-01-01"):
        boundaries.editions([RawFile(path.name, path), RawFile(copy.name, copy)])


def test_crosswalk_shares_must_add_up(tmp_path: Path) -> None:
    path = write_crosswalk(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(",0.5,", ",0.4,", 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=r"unit LV0990490: the shares add up to 0\.9000, not to 1"):
        classifier.crosswalk([RawFile(path.name, path)])


@pytest.fixture(scope="module")
def real(shared: Path) -> list[boundaries.Edition]:
    paths = sorted((shared / "boundaries").glob("territorial_units_lv_*.zip"))
    return boundaries.editions([RawFile(path.name, path) for path in paths])


def test_the_publishers_editions(real: list[boundaries.Edition]) -> None:
    assert [read.date for read in real] == ["2021-01-01", "2022-07-01", "2024-01-01"]
    assert [len(read.units) for read in real] == [587, 592, 592]
    latest = real[-1].units
    assert latest["kind"].value_counts().to_dict() == {"parish": 511, "town": 74, "city": 7}
    assert latest["municipality"].nunique() == 43
    assert latest["region"].nunique() == 5
    assert latest.geometry.area.sum() / 1e6 == pytest.approx(64_578.87, abs=0.005)


def test_homonyms_are_told_apart_by_their_municipality(real: list[boundaries.Edition]) -> None:
    table = classifier.territories(real)
    unit = table[table["level"] == "unit"]
    assert set(unit.loc[unit["name"].duplicated(keep=False), "name"]) == {"Pilskalnes pagasts", "Salas pagasts"}
    assert unit["full_name"].is_unique


def test_every_former_unit_has_successors(real: list[boundaries.Edition], shared: Path) -> None:
    path = next((shared / "boundaries").glob("crosswalk_*.csv"))
    crosswalk = classifier.crosswalk([RawFile(path.name, path)])
    former = classifier.former(real, crosswalk)
    assert (former["successors"] != "").all()
    assert former["level"].value_counts().to_dict() == {"unit": 587, "municipality": 119, "region": 4}
    present = classifier.territories(real)["code"]
    assert set(" ".join(former["successors"]).split()) <= set(present)


def test_every_present_unit_has_a_predecessor(real: list[boundaries.Edition], shared: Path) -> None:
    path = next((shared / "boundaries").glob("crosswalk_*.csv"))
    new = classifier.crosswalk([RawFile(path.name, path)])["L1_code_new"]
    assert set(real[-1].units.index) == set(pd.unique(new))

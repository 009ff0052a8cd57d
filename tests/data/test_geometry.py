"""The map file: what is decoded again is the country that went in."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data import geometry
from data.context import Context, RawFile
from data.judge import ground
from data.lock import raw_files
from data.sources import boundaries, classifier
from tests.data.country import SOUTH, WEST


@pytest.fixture
def made_up(raw: Path) -> Context:
    return ground(raw_files(raw))


def test_rings_are_whole_steps_down_from_the_top_left(made_up: Context) -> None:
    content, _ = geometry.decode(geometry.map_file(made_up.units, made_up.territories))
    assert content["crs"] == "EPSG:3059"
    assert content["step"] == geometry.STEP_M
    assert content["origin"] == [WEST - geometry.MARGIN_M, SOUTH + 20_000 + geometry.MARGIN_M]
    assert content["size"] == [(30_000 + 2 * geometry.MARGIN_M) // 10, (20_000 + 2 * geometry.MARGIN_M) // 10]
    unit = content["levels"]["unit"]
    assert unit["codes"] == sorted(unit["codes"])
    (ring,) = unit["rings"][unit["codes"].index("LV0020410")]
    points = np.cumsum(np.array(ring).reshape(-1, 2), axis=0)
    assert sorted(map(tuple, points.tolist())) == [(200, 200), (200, 1200), (1200, 200), (1200, 1200)]
    x, y = unit["points"][unit["codes"].index("LV0020410")]
    assert (x, y) == pytest.approx((700, 700), abs=20)


def test_levels_are_dissolved_from_the_same_units(made_up: Context) -> None:
    _, levels = geometry.decode(geometry.map_file(made_up.units, made_up.territories))
    assert (
        levels["municipality"].loc["LV0030000"].geometry.equals(shapely.box(WEST, SOUTH, WEST + 30_000, SOUTH + 10_000))
    )
    assert levels["region"].area.to_dict() == {"LV00A": 300e6, "LV00B": 300e6}


def test_the_same_input_gives_the_same_bytes(made_up: Context) -> None:
    shuffled = gpd.GeoDataFrame(made_up.units.iloc[::-1])
    first = geometry.map_file(made_up.units, made_up.territories)
    assert first == geometry.map_file(shuffled, made_up.territories)
    assert gzip.decompress(first).isascii()


def test_a_unit_that_would_vanish_stops_the_build(made_up: Context) -> None:
    tiny = made_up.units.copy()
    dot = shapely.box(WEST, SOUTH, WEST + 3, SOUTH + 3)
    tiny.loc["LV0030410", "geometry"] = dot
    with pytest.raises(ValueError, match="LV0030410 collapses"):
        geometry.map_file(tiny, made_up.territories)


def test_who_borders_on_whom(made_up: Context) -> None:
    """Sides and corners count: on a grid of 3 x 2 the middle ones border on all others."""
    table = geometry.neighbours(made_up.units)
    found = {key: set(rows) for key, rows in table.groupby(["level", "territory"])["neighbour"]}
    assert found["unit", "LV0020410"] == {"LV0020420", "LV0030410", "LV0030200"}
    assert found["unit", "LV0030200"] == set(made_up.units.index) - {"LV0030200"}
    assert found["municipality", "LV0001000"] == {"LV0020000", "LV0030000"}
    assert sorted(zip(table["territory"], table["neighbour"], strict=True)) == sorted(
        zip(table["neighbour"], table["territory"], strict=True)
    )


def test_an_enclosed_town_borders_on_its_parish_and_an_island_on_nobody() -> None:
    town, island = shapely.box(4, 4, 6, 6), shapely.box(20, 0, 22, 2)
    around = shapely.box(0, 0, 10, 10).difference(town)
    units = gpd.GeoDataFrame({"municipality": ["M", "M", "N"]}, index=["P", "T", "I"], geometry=[around, town, island])
    pairs = geometry.neighbours(units).to_numpy().tolist()
    assert pairs == [["unit", "P", "T"], ["unit", "T", "P"]]
    country = shapely.union_all([around, town, island])
    assert geometry.at_edge(units.geometry.to_numpy(), country).tolist() == [True, False, True]


def test_a_corner_on_the_outline_is_not_the_edge() -> None:
    """A square of four: the wedge between two of them reaches the outer line in its corner alone."""
    left, right = shapely.Polygon([(0, 0), (1, 1.5), (0, 2)]), shapely.Polygon([(0, 0), (2, 0), (1.5, 1)])
    wedge = shapely.Polygon([(0, 0), (1.5, 1), (1, 1.5)])
    far = shapely.Polygon([(2, 0), (2, 2), (0, 2), (1, 1.5), (1.5, 1)])
    assert geometry.at_edge([left, right, wedge, far], shapely.box(0, 0, 2, 2)).tolist() == [True, True, False, True]


def test_holes_are_kept() -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    outer, inner = geometry.rings(ring)
    assert len(outer) == len(inner) == 8


@pytest.fixture(scope="module")
def real(shared: Path) -> tuple[gpd.GeoDataFrame, bytes]:
    paths = sorted((shared / "boundaries").glob("territorial_units_lv_*.zip"))
    editions = boundaries.editions([RawFile(path.name, path) for path in paths])
    return editions[-1].units, geometry.map_file(editions[-1].units, classifier.territories(editions))


def edges(shapes: Sequence[shapely.Geometry]) -> set[tuple[tuple[int, int], tuple[int, int]]]:
    """The border segments of polygons with whole coordinates, without direction."""
    found = set()
    for ring in shapely.get_rings(shapes):
        points = [tuple(point) for point in shapely.get_coordinates(ring).round().astype(int).tolist()]
        found |= {(min(pair), max(pair)) for pair in pairwise(points)}
    return found


def test_the_real_country_fits_in_the_browsers_budget(real: tuple[gpd.GeoDataFrame, bytes]) -> None:
    _, packed = real
    assert len(packed) <= geometry.MAX_BYTES
    _, levels = geometry.decode(packed)
    assert {level: len(table) for level, table in levels.items()} == {"unit": 592, "municipality": 43, "region": 5}


def test_every_real_unit_keeps_its_shape(real: tuple[gpd.GeoDataFrame, bytes]) -> None:
    units, packed = real
    _, levels = geometry.decode(packed)
    drawn = levels["unit"]
    assert drawn.geometry.is_valid.all()
    assert not drawn.geometry.is_empty.any()
    deviation = (drawn.area / units.geometry.area.loc[drawn.index] - 1).abs()
    assert deviation.max() < 0.01
    assert drawn.area.sum() == pytest.approx(units.geometry.area.sum(), rel=1e-4)


def test_real_borders_stay_shared(real: tuple[gpd.GeoDataFrame, bytes]) -> None:
    _, packed = real
    _, levels = geometry.decode(packed)
    assert shapely.coverage_is_valid(levels["unit"].geometry.to_numpy())
    units = edges(levels["unit"].geometry.to_numpy())
    municipalities = edges(levels["municipality"].geometry.to_numpy())
    assert municipalities < units
    assert edges(levels["region"].geometry.to_numpy()) < municipalities


def test_every_real_unit_has_neighbours(real: tuple[gpd.GeoDataFrame, bytes]) -> None:
    units, _ = real
    table = geometry.neighbours(units)
    counted = table.groupby(["level", "territory"]).size()
    assert counted["unit"].index.tolist() == sorted(units.index)
    assert len(counted["municipality"]) == units["municipality"].nunique()
    enclosed = table[table["level"] == "unit"].groupby("territory").filter(lambda rows: len(rows) == 1)
    assert len(enclosed) > 10
    assert {frozenset(pair) for pair in table[["territory", "neighbour"]].to_numpy()} == {
        frozenset(pair) for pair in table[["neighbour", "territory"]].to_numpy()
    }


def test_real_label_points_lie_inside(real: tuple[gpd.GeoDataFrame, bytes]) -> None:
    _, packed = real
    content, levels = geometry.decode(packed)
    (x0, y0), step = content["origin"], content["step"]
    for level, table in levels.items():
        points = np.array(content["levels"][level]["points"]) * (step, -step) + (x0, y0)
        assert shapely.contains_xy(table.geometry.to_numpy(), points[:, 0], points[:, 1]).all()

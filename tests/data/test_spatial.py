from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.read import Faults
from data.spatial import (
    access,
    by_density,
    cells_to_units,
    located,
    nearest_km,
    points_to_units,
    project,
    unit_observations,
)
from tests.data.ground import X0, Y0, draw

SQUARES = gpd.GeoDataFrame(
    index=pd.Index(["B", "A", "C"], name="code"),
    geometry=[shapely.box(10, 0, 20, 10), shapely.box(0, 0, 10, 10), shapely.box(0, 10, 10, 20)],
    crs=3059,
)


def test_reference_systems_agree_with_their_definitions():
    assert np.allclose(project(10, 52, 4326, 3035), (4_321_000, 3_210_000))  # natural origin of ETRS89-LAEA
    assert np.allclose(project(24, 0, 4326), (500_000, -6_000_000))  # natural origin of LKS-92


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [(5, 5, "A"), (15, 5, "B"), (5, 15, "C"), (10, 5, "A"), (10, 10, "A"), (0, 0, "A"), (20, 10, "B")],
)
def test_points_inside_and_on_borders(x, y, code):
    assert points_to_units([x], [y], SQUARES).tolist() == [code]


def test_points_outside_belong_to_nobody_however_near():
    codes = points_to_units([20.001, 15, -1], [5, 15, 5], SQUARES)
    assert codes.isna().all()


def test_no_points_give_no_codes():
    assert points_to_units([], [], SQUARES).empty


coordinate = st.integers(-2, 22).map(float)


@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=20), st.permutations(["A", "B", "C"]))
def test_order_of_units_and_points_does_not_matter(points, order):
    x, y = np.array(points).T
    codes = points_to_units(x, y, SQUARES)
    assert points_to_units(x, y, SQUARES.loc[order]).equals(codes)
    assert points_to_units(x[::-1], y[::-1], SQUARES).tolist()[::-1] == codes.tolist()


def cells(*columns: int, home: bool = True) -> pd.DataFrame:
    """A row of 1 km cells, by their km from X0."""
    return pd.DataFrame({"x3035": [X0 + c * 1000 for c in columns], "y3035": Y0, "home": home}, index=list(columns))


COAST = draw(A=(0, 0, 1.5, 1), B=(1.5, 0, 2.25, 1))
"""A has 1.5 km², B 0.75 km²; the cell of km 2 is a quarter land, that of km 3 all sea."""


def test_cells_are_shared_by_area_and_kept_whole_on_land():
    parts = cells_to_units(cells(0, 1, 2, 3), 1000, COAST)
    assert list(zip(parts["cell"], parts["unit"], strict=True)) == [(0, "A"), (1, "A"), (1, "B"), (2, "B")]
    assert parts["share"].tolist() == pytest.approx([1, 0.5, 0.5, 1], abs=1e-4)
    assert parts["km2"].tolist() == pytest.approx([1, 0.5, 0.5, 0.25], abs=1e-3)


def test_a_cell_shared_with_a_neighbour_gives_its_part_only():
    parts = cells_to_units(cells(0, 1, 2, home=False), 1000, COAST)
    assert parts["share"].tolist() == pytest.approx([1, 0.5, 0.5, 0.25], abs=1e-4)


def test_density_gives_a_town_its_people_back():
    parts = cells_to_units(cells(0, 1, 2), 1000, COAST)
    people = pd.Series({0: 90, 1: 40, 2: 0})
    # by area A has 90 + 20 on 1.5 km², B 20 on 0.75 km²: 73.3 and 26.7 people per km², so cell 1 is divided 11 : 4
    dense = by_density(parts, people, COAST)
    assert dense["share"].tolist() == pytest.approx([1, 11 / 15, 4 / 15, 1], abs=1e-3)


def test_density_leaves_an_empty_cell_by_area():
    parts = cells_to_units(cells(1), 1000, COAST)
    assert by_density(parts, pd.Series({1: 0}), COAST)["share"].tolist() == pytest.approx([0.5, 0.5], abs=1e-4)


@given(
    border=st.floats(0.1, 2.9),
    people=st.lists(st.integers(0, 5000), min_size=4, max_size=4),
    home=st.lists(st.booleans(), min_size=4, max_size=4),
    order=st.permutations(range(4)),
)
def test_people_are_kept_and_order_does_not_matter(border, people, home, order):
    units = draw(A=(0, 0, border, 1), B=(border, 0, 3.4, 1))
    row = cells(0, 1, 2, 3).assign(home=home)
    counts = pd.Series(people)
    parts = cells_to_units(row, 1000, units)
    dense = by_density(parts, counts, units)
    for table in (parts, dense):
        total = table.groupby("cell")["share"].sum()
        assert total[:3].tolist() == pytest.approx([1, 1, 1], abs=1e-4)
        assert total[3] == pytest.approx(1 if home[3] else 0.4, abs=1e-3)
        assert (table["share"] >= 0).all()
    assert (dense["share"] * dense["cell"].map(counts)).sum() == pytest.approx(
        (parts["share"] * parts["cell"].map(counts)).sum()
    )
    pd.testing.assert_frame_equal(
        cells_to_units(row.loc[list(order)], 1000, units).sort_values(["cell", "unit"], ignore_index=True), parts
    )


def test_nearest_is_in_kilometres():
    assert nearest_km([0, 3000], [0, 4000], [3000, 0], [4000, 100_000]).tolist() == [5, 0]
    assert nearest_km([0], [0], [], []).tolist() == [np.inf]


def test_access_sums_people_and_includes_the_limit():
    people = pd.DataFrame({"unit": ["A", "A", "B"], "people": [10.0, 4.0, 2.0], "x": [0, 5000, 8000], "y": 0.0})
    sums = access(people, [0], [0])
    assert sums["person_km"].to_dict() == {"A": 20.0, "B": 16.0}
    assert sums["near"].to_dict() == {"A": 14.0, "B": 0.0}


def test_observations_of_a_table():
    tidied = unit_observations(pd.DataFrame({"m": [1.23456], "n": [2]}, index=["LV0001000"]), "2021")
    assert tidied.to_dict("list") == {
        "territory": ["LV0001000", "LV0001000"],
        "period": ["2021", "2021"],
        "measure": ["m", "n"],
        "value": [1.235, 2.0],
        "status": ["final", "final"],
    }


def test_swapped_coordinates_are_all_named():
    faults = Faults("points.csv")
    located(pd.DataFrame({"lon": [24.0, 57.0], "lat": [57.0, 24.0]}, index=[2, 3]), faults)
    assert [fault.place for fault in faults.found] == ["line 3, column 'lon'", "line 3, column 'lat'"]

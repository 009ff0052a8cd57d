from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from data.build import people, write_table
from data.model import SchemaError
from data.schema import observations
from data.sources import popgrid
from tests.data.ground import X0, Y0, cell, context, draw, raw, real_context, value

HEAD = "GRD_ID,x3035,y3035,lon,lat,cntr,pop_2011,pop_2021\n"
UNITS = draw(LV0000001=(0, 0, 1.5, 1), LV0000002=(1.5, 0, 2.25, 1))
GOOD = (
    HEAD
    + f"{cell(0, 0)},24,57,LV,0,90\n"
    + f"{cell(1, 0)},24,57,LV,0,40\n"
    + f"{cell(2, 0)},24,57,LV-EE,8,0\n"
    + f"{cell(3, 0)},24,57,LV,0,7\n"
)


def tidy(folder, text):
    file = raw(folder, "popgrid_lv_1km.csv", text)
    return popgrid.tidy([file], context(UNITS, popgrid=file))


def test_people_by_hand(tmp_path):
    tidied = observations(tidy(tmp_path, GOOD), popgrid.SOURCE)
    # 40 people of the shared cell are divided 11 : 4 (see test_spatial); a quarter of the border cell is Latvia
    assert value(tidied, "LV0000001", "grid_residents", "2021") == pytest.approx(90 + 40 * 11 / 15, abs=0.05)
    assert value(tidied, "LV0000002", "grid_residents", "2021") == pytest.approx(40 * 4 / 15, abs=0.05)
    assert value(tidied, "LV0000002", "grid_residents", "2011") == pytest.approx(2, abs=0.01)
    assert value(tidied, "LV0000001", "inhabited_km2", "2021") == pytest.approx(1.5, abs=0.01)
    assert value(tidied, "LV0000001", "inhabited_km2", "2011") == 0


def test_people_without_land_are_counted(tmp_path):
    notes = tidy(tmp_path, GOOD).attrs["notes"]
    assert notes["2021: people in the file"] == 137
    assert notes["2021: people assigned to units"] == 130
    assert notes["2021: people of home cells without land"] == 7


def test_residents_stand_in_the_centre_of_their_cell(tmp_path):
    file = raw(tmp_path, "popgrid_lv_1km.csv", GOOD)
    people = popgrid.residents(context(UNITS, popgrid=file))
    assert people["people"].sum() == pytest.approx(130)
    assert people["x3035"].unique().tolist() == [X0, X0 + 1000]
    assert people["y3035"].unique().tolist() == [Y0]
    assert people[["x", "y"]].drop_duplicates().diff().iloc[1].pow(2).sum() ** 0.5 == pytest.approx(1000, abs=1)


def test_every_fault_is_named_at_once(tmp_path):
    text = HEAD + f"{cell(0, 0)},24,57,LV,many,90\n{cell(1, 0)},24,57,LV,0,\n{cell(2, 0)},24,57,LV,0,1.5\n"
    with pytest.raises(SchemaError) as error:
        tidy(tmp_path, text)
    assert sorted(fault.place for fault in error.value.faults) == [
        "line 2, column 'pop_2011'",
        "line 3, column 'pop_2021'",
        "line 4, column 'pop_2021'",
    ]
    assert "popgrid_lv_1km.csv" in str(error.value)


def test_wrong_cells_are_named_at_once(tmp_path):
    moved = cell(1, 0).replace(f",{Y0}", f",{Y0 + 500}")
    text = HEAD + f"{cell(0, 0)},24,57,LV,0,-4\n{cell(0, 0)},24,57,EE,0,1\n{moved},24,57,LV,0,1\n"
    with pytest.raises(SchemaError) as error:
        tidy(tmp_path, text)
    problems = " ".join(str(fault) for fault in error.value.faults)
    for expected in ("negative", "stands there twice", "does not name LV", "is not the cell at", "not a corner"):
        assert expected in problems


@pytest.mark.parametrize("text", ["", HEAD, "GRD_ID,x3035,y3035,cntr\n", "pop_2021\n1\n"])
def test_empty_files_and_missing_columns(tmp_path, text):
    with pytest.raises(SchemaError, match=r"popgrid_lv_1km\.csv"):
        tidy(tmp_path, text)


def test_one_file_is_needed():
    with pytest.raises(SchemaError, match="one file is needed"):
        popgrid.tidy([], context(UNITS))


def test_real_people_are_kept_within_a_thousandth():
    real = real_context()
    cells = popgrid.read(real.files["popgrid"])
    parts = popgrid.cells_to_units(cells, popgrid.CELL, real.units)
    tidied = observations(popgrid.tidy(real.files["popgrid"], real), popgrid.SOURCE)
    residents = tidied[tidied["measure"] == "grid_residents"].groupby("period")["value"].sum()
    home = parts["cell"].map(cells["home"])
    for year in popgrid.years(cells):
        people = cells[f"pop_{year}"]
        at_the_border = (parts["share"] * parts["cell"].map(people))[~home].sum()
        assert residents[year] == pytest.approx(people[cells["home"]].sum() + at_the_border, rel=1e-3)
    assert residents["2021"] == pytest.approx(1_893_223, rel=0.003)  # census of 2021
    assert residents["2011"] == pytest.approx(2_070_371, rel=0.006)  # census of 2011
    assert len(tidied) == 592 * 4 * 4


def test_people_of_urban_cells_follow_the_shares_of_their_cells(tmp_path):
    """Two cells of 30,000 make a centre; the next, of 400, is of the cluster only, and two units share it."""
    text = (
        "GRD_ID,x3035,y3035,cntr,pop_2021\n"
        f"{cell(0, 0)},LV,30000\n{cell(1, 0)},LV,30000\n{cell(2, 0)},LV,400\n{cell(4, 0)},LV,200\n"
    )
    units = draw(LV0000001=(0, 0, 2, 1), LV0000002=(2, 0, 2.5, 1), LV0000003=(2.5, 0, 5, 1))
    file = raw(tmp_path, "popgrid_lv_1km.csv", text)
    tidied = observations(popgrid.tidy([file], context(units, popgrid=file)), popgrid.SOURCE)
    first, second, third = units.index
    assert value(tidied, first, "popgrid_urban_centre_residents") == pytest.approx(60_000, rel=1e-3)
    assert value(tidied, second, "popgrid_urban_centre_residents") == pytest.approx(0, abs=30)
    clusters = [value(tidied, unit, "popgrid_urban_cluster_residents") for unit in (second, third)]
    assert sum(clusters) == pytest.approx(400, abs=30)
    assert value(tidied, third, "grid_residents") == pytest.approx(clusters[1] + 200, abs=1)


def test_what_a_snapshot_keeps_of_the_grid_stands_in_for_it(tmp_path):
    file = raw(
        tmp_path,
        "popgrid_lv_1km.csv",
        f"GRD_ID,x3035,y3035,cntr,pop_2021\n{cell(0, 0)},LV,30\n{cell(1, 0)},LV,41\n{cell(3, 0)},LV-EE,20\n",
    )
    units = draw(LV0000001=(0, 0, 1.5, 1), LV0000002=(1.5, 0, 3.5, 1))
    told = context(units, popgrid=file)
    kept = tmp_path / "people.parquet"
    write_table(people(told), kept)
    exact, again = popgrid.residents(told), popgrid.residents(replace(context(units), people=kept))
    pd.testing.assert_frame_equal(
        again[["unit", "x3035", "y3035"]], exact[["unit", "x3035", "y3035"]], check_dtype=False
    )
    assert again["people"].to_numpy() == pytest.approx(exact["people"].to_numpy(), abs=0.01)
    assert again[["x", "y"]].to_numpy() == pytest.approx(exact[["x", "y"]].to_numpy(), abs=1)
    assert popgrid.is_known(told)
    assert not popgrid.is_known(context(units))
    merged = popgrid.residents(replace(context(draw(LV0000003=(0, 0, 3.5, 1))), people=kept))
    assert set(merged["unit"]) == {"LV0000003"}
    assert merged["people"].sum() == pytest.approx(exact["people"].sum(), abs=0.05)


def test_real_cities_and_towns():
    real = real_context()
    tidied = popgrid.tidy(real.files["popgrid"], real).query("period == '2021'")
    table = tidied.pivot_table(index="territory", columns="measure", values="value").join(real.units["name"])
    half = table["grid_residents"] / 2
    cities = table[table["popgrid_urban_centre_residents"] >= half]
    assert cities["name"].tolist() == ["Rīga", "Daugavpils"]
    towns = table[table["popgrid_urban_cluster_residents"] >= half]
    assert {"Liepāja", "Valmiera", "Sigulda", "Ogre"} <= set(towns["name"])
    assert 30 <= len(towns) <= 50

from __future__ import annotations

import pytest

from data.model import SchemaError
from data.schema import observations
from data.sources import census_grid
from tests.data.ground import cell, context, draw, raw, real_context, value

HEAD = "GRD_ID,x3035,y3035,cntr,T,Y_LT15,Y_1564,Y_GE65,EMP,T_CI,Y_LT15_CI,Y_1564_CI,Y_GE65_CI,EMP_CI,CHG_OUT_CI\n"
UNITS = draw(LV0000001=(0, 0, 2, 1), LV0000002=(2, 0, 4, 1))
GOOD = (
    HEAD
    + f"{cell(0, 0)},LV,100,20,60,20,50,0,0,0,0,0,0\n"
    + f"{cell(1, 0)},LV,8,3,0,0,0,0,0,1,0,0,1\n"  # one group suppressed: the cell's split is not known
    + f"{cell(2, 0)},LV,10,2,5,3,4,0,0,0,0,0,-9986\n"
    + f"{cell(3, 0)},LV,4,0,0,0,0,0,1,1,1,1,1\n"
)


def tidy(folder, text, name="census2021_lv_1km.csv"):
    file = raw(folder, name, text)
    return census_grid.tidy([file], context(UNITS, census_grid=file))


def test_suppressed_cells_count_as_residents_only(tmp_path):
    tidied = observations(tidy(tmp_path, GOOD), census_grid.SOURCE)
    expected = {
        "census_residents": (108, 14),
        "census_residents_known": (100, 10),
        "census_under_15": (20, 2),
        "census_15_64": (60, 5),
        "census_65_plus": (20, 3),
        "census_employed": (50, 4),
    }
    for measure, (first, second) in expected.items():
        assert value(tidied, "LV0000001", measure, "2021") == pytest.approx(first, abs=1e-3)
        assert value(tidied, "LV0000002", measure, "2021") == pytest.approx(second, abs=1e-3)


def test_suppressed_cells_are_counted(tmp_path):
    notes = tidy(tmp_path, GOOD).attrs["notes"]
    assert notes["cells whose split is suppressed"] == 2
    assert notes["people assigned whose split is known"] == 110


def test_every_fault_is_named_at_once(tmp_path):
    text = HEAD + f"{cell(0, 0)},LV,-1,20,60,20,50,0,0,0,0,0,0\n{cell(1, 0)},LV,8,3,0,0,0,0,-9986,1,0,0,1\n"
    with pytest.raises(SchemaError) as error:
        tidy(tmp_path, text)
    assert [fault.place for fault in error.value.faults] == ["line 2, column 'T'", "line 3, column 'Y_LT15_CI'"]


@pytest.mark.parametrize("text", ["", HEAD, HEAD.replace("EMP_CI", "EMP_XX"), GOOD.replace("100,20", "100,some")])
def test_bad_files(tmp_path, text):
    with pytest.raises(SchemaError, match=r"census2021_lv_1km\.csv"):
        tidy(tmp_path, text)


def test_the_year_stands_in_the_name(tmp_path):
    with pytest.raises(SchemaError, match="no year of the census"):
        tidy(tmp_path, GOOD, "grid.csv")


def test_real_census():
    real = real_context()
    tidied = observations(census_grid.tidy(real.files["census_grid"], real), census_grid.SOURCE)
    sums = tidied.groupby("measure")["value"].sum()
    assert sums["census_residents"] == pytest.approx(1_893_223, rel=0.003)
    # about 5 % of residents live in cells whose split is suppressed
    assert 0.94 < sums["census_residents_known"] / sums["census_residents"] < 0.96
    ages = sums["census_under_15"] + sums["census_15_64"] + sums["census_65_plus"]
    assert ages == pytest.approx(sums["census_residents_known"], rel=1e-4)

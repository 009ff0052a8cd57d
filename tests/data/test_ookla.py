from __future__ import annotations

import pytest

from data.model import SchemaError
from data.schema import observations
from data.sources import ookla, ookla_regions
from tests.data.ground import X0, Y0, cell, context, draw, raw, real_context, value

HEAD = "x3035,y3035,avg_d_kbps,avg_u_kbps,avg_lat_ms,tests,devices,lon,lat\n"
UNITS = draw(LV0000001=(0, 0, 1, 1), LV0000002=(1, 0, 2, 1), LV0000003=(0, 1, 2, 2))
PEOPLE = (
    f"GRD_ID,x3035,y3035,cntr,pop_2021\n{cell(0, 0)},LV,50\n{cell(1, 0)},LV,30\n{cell(0, 1)},LV,20\n{cell(1, 1)},LV,5\n"
)


def row(x: float, y: float, download: int, tests: int, devices: int = 1) -> str:
    """A row for the cell whose centre lies at km x, y."""
    return (
        f"{X0 + x * 1000 - 175:.0f},{Y0 + y * 1000 - 175:.0f},{download},{download // 2},20,{tests},{devices},24,57\n"
    )


GOOD = (
    HEAD
    + row(0.3, 0.3, 20_000, 3, 2)
    + row(0.3, 0.3, 60_000, 1)  # the same cell once more: added up, not dropped
    + row(0.9, 0.9, 40_000, 1)
    + row(1.1, 0.5, 120_000, 2)  # its corner lies in the first unit, its centre in the second
    + row(2.5, 0.5, 500_000, 7)  # nobody's
)


def tidy(folder, text, name="ookla_fixed_2023q2_lv_350m.csv"):
    file = raw(folder, name, text)
    people = raw(folder, "popgrid_lv_1km.csv", PEOPLE)
    return ookla.tidy([file], context(UNITS, ookla=file, popgrid=people))


def test_cells_by_their_centre_weighted_by_tests(tmp_path):
    tidied = observations(tidy(tmp_path, GOOD), ookla.SOURCE)
    expected = {
        "ookla_tests": (5, 2, 0),
        "ookla_devices": (4, 1, 0),
        "ookla_cells": (2, 1, 0),
        "ookla_download_sum": (3 * 20 + 60 + 40, 2 * 120, 0),
        "ookla_upload_sum": (3 * 10 + 30 + 20, 2 * 60, 0),
        "ookla_latency_sum": (100, 40, 0),
    }
    for measure, values in expected.items():
        assert [value(tidied, unit, measure, "2023-Q2") for unit in UNITS.index] == pytest.approx(values)


def test_residents_by_the_mean_of_their_square_kilometre(tmp_path):
    tidied = observations(tidy(tmp_path, GOOD), ookla.SOURCE)
    # 160 / 5 = 32 Mbit/s in the first cell, 120 in the second, nothing in the third and fourth
    expected = {
        "ookla_grid_residents": (50, 30, 25),
        "ookla_residents_measured": (50, 30, 0),
        "ookla_residents_30mbps": (50, 30, 0),
        "ookla_residents_100mbps": (0, 30, 0),
    }
    for measure, values in expected.items():
        assert [value(tidied, unit, measure) for unit in UNITS.index] == pytest.approx(values, abs=0.01)


def test_what_belongs_to_nobody_is_counted(tmp_path):
    assert tidy(tmp_path, GOOD).attrs["notes"] == {
        "2023-Q2: rows": 5,
        "2023-Q2: rows that share a cell with an earlier row": 1,
        "2023-Q2: rows that belong to nobody": 1,
        "2023-Q2: tests": 14,
        "2023-Q2: tests that belong to nobody": 7,
    }


def test_every_fault_is_named_at_once(tmp_path):
    text = HEAD + row(0.3, 0.3, -1, 1) + row(0.5, 0.5, 10, 0) + row(0.7, 0.5, 10, 1, 0)
    with pytest.raises(SchemaError) as error:
        tidy(tmp_path, text)
    assert [fault.place for fault in error.value.faults] == [
        "line 2, column 'avg_d_kbps'",
        "line 2, column 'avg_u_kbps'",
        "line 3, column 'tests'",
        "line 4, column 'devices'",
    ]


@pytest.mark.parametrize("text", ["", HEAD, HEAD.replace("tests", "test"), GOOD.replace("20000", "fast")])
def test_bad_files(tmp_path, text):
    with pytest.raises(SchemaError, match=r"ookla_fixed_2023q2_lv_350m\.csv"):
        tidy(tmp_path, text)


@pytest.mark.parametrize(
    ("corner", "wrong"),
    [((24, 57), ["x3035", "y3035"]), ((Y0, X0), ["x3035", "y3035"]), ((10**15, 10**15), ["x3035", "y3035"])],
    ids=["degrees", "swapped", "nowhere"],
)
def test_another_projection_is_refused(tmp_path, corner, wrong):
    text = HEAD + row(0.3, 0.3, 20_000, 3) + "{:.0f},{:.0f},20000,10000,20,3,1,24,57\n".format(*corner)
    with pytest.raises(SchemaError, match="far from Latvia in EPSG:3035") as error:
        tidy(tmp_path, text)
    assert [fault.place for fault in error.value.faults] == [f"line 3, column {column!r}" for column in wrong]


def test_the_quarter_stands_in_the_name(tmp_path):
    with pytest.raises(SchemaError, match="no quarter"):
        tidy(tmp_path, GOOD, "ookla.csv")


REGIONS = "id,quarter,avg_d_mbps,avg_u_mbps,avg_latency_ms,name\n"


def test_regions_by_quarter(tmp_path):
    file = raw(
        tmp_path,
        "ookla_fixed_nuts3_lv.csv",
        REGIONS + "LV003,2019-01-01,32.95,29.65,22.46,Kurzeme\nLV003,2019-10-01,40,30,20,Kurzeme\n",
    )
    tidied = observations(ookla_regions.tidy([file], context(UNITS)), ookla_regions.SOURCE)
    assert value(tidied, "LV003", "ookla_region_download", "2019-Q1") == 32.95
    assert value(tidied, "LV003", "ookla_region_latency", "2019-Q4") == 20
    assert len(tidied) == 6


def test_faults_of_regions(tmp_path):
    file = raw(
        tmp_path,
        "ookla_fixed_nuts3_lv.csv",
        REGIONS
        + "LV,2019-01-01,1,1,1,a\nLV003,2019-02-01,1,1,-1,b\nLV005,2019-04-01,1,1,1,c\nLV005,2019-04-01,1,1,1,c\n",
    )
    with pytest.raises(SchemaError) as error:
        ookla_regions.tidy([file], context(UNITS))
    assert sorted(fault.place for fault in error.value.faults) == [
        "line 2, column 'id'",
        "line 3, column 'avg_latency_ms'",
        "line 3, column 'quarter'",
        "line 5, column 'quarter'",
    ]


def test_real_tests_are_all_accounted_for():
    real = real_context()
    found = ookla.tidy(real.files["ookla"], real)
    tidied = observations(found, ookla.SOURCE)
    sums = tidied.groupby("measure")["value"].sum()
    notes = found.attrs["notes"]
    assert sums["ookla_tests"] + notes["2023-Q2: tests that belong to nobody"] == notes["2023-Q2: tests"] == 67_884
    assert notes["2023-Q2: rows that share a cell with an earlier row"] == 299
    parishes = real.units.index[real.units["kind"] == "parish"]
    tests = tidied[(tidied["measure"] == "ookla_tests") & tidied["territory"].isin(parishes)]["value"]
    assert (tests >= 30).sum() == 129
    assert abs((tests > 0).sum() - 459) <= 1


def test_real_regions():
    real = real_context()
    tidied = observations(ookla_regions.tidy(real.files["ookla_regions"], real), ookla_regions.SOURCE)
    assert tidied["period"].nunique() == 14
    assert tidied["territory"].nunique() == 6

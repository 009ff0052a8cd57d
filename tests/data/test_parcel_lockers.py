from __future__ import annotations

import pytest

from data.model import SchemaError
from data.schema import observations
from data.sources import parcel_lockers
from data.spatial import project
from tests.data.ground import X0, Y0, cell, context, draw, raw, real_context, value

NAME = "omniva_lockers_lv_2019-08.csv"
HEAD = "ZIP,NAME,TYPE,A0_NAME,A1_NAME,A2_NAME,lon,lat,MODIFIED\n"
UNITS = draw(LV0000001=(0, 0, 2, 1), LV0000002=(2, 0, 10, 1))
PEOPLE = f"GRD_ID,x3035,y3035,cntr,pop_2021\n{cell(0, 0)},LV,10\n{cell(8, 0)},LV,20\n"


def locker(name: str, x: float, y: float, country: str = "LV") -> str:
    lon, lat = project(X0 + x * 1000, Y0 + y * 1000, 3035, 4326)
    return f"9950,{name},0,{country},,,{lon:.9f},{lat:.9f},\n"


GOOD = HEAD + locker("a", 1.5, 0.5) + locker("b", 1.5, 5) + locker("c", 8.5, 0.5, "EE")


def tidy(folder, text):
    file = raw(folder, NAME, text)
    people = raw(folder, "popgrid_lv_1km.csv", PEOPLE)
    return parcel_lockers.tidy([file], context(UNITS, parcel_lockers=file, popgrid=people))


def test_lockers_and_distances_by_hand(tmp_path):
    found = tidy(tmp_path, GOOD)
    tidied = observations(found, parcel_lockers.SOURCE)
    expected = {
        "locker_points": (1, 0),
        "locker_person_km": (10, 7 * 20),
        "locker_residents_5km": (10, 0),
        "locker_access_residents": (10, 20),
    }
    for measure, values in expected.items():
        assert [value(tidied, unit, measure, "2019") for unit in UNITS.index] == pytest.approx(values, rel=2e-3)
    assert found.attrs["notes"] == {"2019: locker points": 1, "2019: locker points that lie in no unit": 1}


def test_every_fault_is_named_at_once(tmp_path):
    text = HEAD + locker("a", 1, 0.5) + locker("a", 1, 0.5) + "9950,b,0,LV,,,0,57,\n"
    with pytest.raises(SchemaError) as error:
        tidy(tmp_path, text)
    assert [fault.place for fault in error.value.faults] == ["line 3, column 'NAME'", "line 4, column 'lon'"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        HEAD.replace("lon", "x") + "1,a,0,LV,,,24,57,\n",
        HEAD + "1,a,0,LV,,,east,57,\n",
        HEAD + locker("b", 1, 5),
    ],
)
def test_bad_files(tmp_path, text):
    with pytest.raises(SchemaError, match=NAME):
        tidy(tmp_path, text)


def test_real_lockers():
    real = real_context()
    tidied = observations(parcel_lockers.tidy(real.files["parcel_lockers"], real), parcel_lockers.SOURCE)
    assert tidied.groupby("measure")["value"].sum()["locker_points"] == 162

from __future__ import annotations

import pytest

from data.model import SchemaError
from data.schema import observations
from data.sources import osm_places
from data.spatial import project
from tests.data.ground import X0, Y0, cell, context, draw, raw, real_context, value

NAME = "osm_places_lv_2019.csv"
HEAD = "osm_node_id,lat,lon,name,tag,value,population\n"
UNITS = draw(LV0000001=(0, 0, 2, 1), LV0000002=(2, 0, 4, 1))


def place(name: str, x: float, y: float, kind: str, population: str = "") -> str:
    lon, lat = project(X0 + x * 1000, Y0 + y * 1000, 3035, 4326)
    return f"1,{lat:.9f},{lon:.9f},{name},place,{kind},{population}\n"


GOOD = (
    HEAD
    + place("Ciems", 3, 0.5, "village", "120.0")
    + place("Ciems", 1, 0.5, "hamlet")
    + place("", 1, 0.5, "hamlet")
    + place("Valga", 1, 3, "town", "14055")
    + place("Centrs", 0.5, 0.5, "suburb")
)


def places(folder, text):
    file = raw(folder, NAME, text)
    return osm_places.places([file], context(UNITS, osm_places=file))


def test_places_of_the_units_and_what_was_left_out(tmp_path):
    found = places(tmp_path, GOOD)
    assert found[["name", "kind", "territory"]].to_numpy().tolist() == [
        ["Centrs", "suburb", "LV0000001"],
        ["Ciems", "hamlet", "LV0000001"],
        ["Ciems", "village", "LV0000002"],
    ]
    assert found["population"].tolist()[2] == 120
    assert found["population"].isna().sum() == 2
    assert found.attrs["notes"] == {
        "places in the file": 5,
        "places in no unit (across the border)": 1,
        "places without a name": 1,
    }


PEOPLE = f"GRD_ID,x3035,y3035,cntr,pop_2021\n{cell(0, 0)},LV,10\n{cell(1, 0)},LV,30\n{cell(3, 0)},LV,20\n"


def tidy(folder, text):
    file = raw(folder, NAME, text)
    people = raw(folder, "popgrid_lv_1km.csv", PEOPLE)
    return osm_places.tidy([file], context(UNITS, osm_places=file, popgrid=people))


def test_distance_to_the_nearest_town_by_hand(tmp_path):
    """The town stands in the middle of the first cell: 0, 1 and 3 km from people; Valga is across the border."""
    tidied = observations(tidy(tmp_path, GOOD + place("Mazpils", 0.5, 0.5, "town")), osm_places.SOURCE)
    expected = {"town_person_km": (30, 60), "town_residents_5km": (40, 20), "town_access_residents": (40, 20)}
    for measure, values in expected.items():
        assert [value(tidied, unit, measure, "2019") for unit in UNITS.index] == pytest.approx(values, rel=2e-3)


def test_a_land_without_towns_has_no_observations(tmp_path):
    tidied = tidy(tmp_path, GOOD)
    assert tidied.empty
    assert tidied.attrs["notes"]["2019: towns"] == 0


def test_every_fault_is_named_at_once(tmp_path):
    with pytest.raises(SchemaError) as error:
        places(
            tmp_path, HEAD + place("a", 1, 0.5, "planet") + place("b", 1, 0.5, "town", "-4") + "3,0,24,c,place,town,\n"
        )
    assert [fault.place for fault in error.value.faults] == [
        "line 2, column 'value'",
        "line 3, column 'population'",
        "line 4, column 'lat'",
    ]


@pytest.mark.parametrize(
    "text",
    ["", HEAD, HEAD.replace("name", "title") + "1,57,24,a,place,town,\n", HEAD + "1,57,24,a,place,town,many\n"],
)
def test_bad_files(tmp_path, text):
    with pytest.raises(SchemaError, match=NAME):
        places(tmp_path, text)


def test_a_file_without_a_place_in_the_units(tmp_path):
    with pytest.raises(SchemaError, match="no place lies in Latvia"):
        places(tmp_path, HEAD + place("Valga", 1, 3, "town"))


def test_real_places():
    real = real_context()
    found = osm_places.places(real.files["osm_places"], real)
    notes = found.attrs["notes"]
    assert len(found) + sum(notes[key] for key in notes if key != "places in the file") == notes["places in the file"]
    by_name = found.set_index("name")
    assert by_name.loc["Rīga", "territory"] == "LV0001000"
    assert set(found["kind"]) == set(osm_places.KINDS)
    tidied = observations(osm_places.tidy(real.files["osm_places"], real), osm_places.SOURCE)
    assert tidied.attrs["notes"]["2019: towns"] == 77
    sums = tidied.groupby("measure")["value"].sum()
    assert 3 < sums["town_person_km"] / sums["town_access_residents"] < 8

from __future__ import annotations

import pytest

from data.model import SchemaError
from data.schema import observations
from data.sources import osm_services
from data.spatial import project
from tests.data.ground import X0, Y0, cell, context, draw, raw, real_context, value

NAME = "osm_services_nodes_lv_2019.csv"
HEAD = "osm_node_id,lat,lon,name,tag,value\n"
UNITS = draw(LV0000001=(0, 0, 2, 1), LV0000002=(2, 0, 10, 1))
PEOPLE = "GRD_ID,x3035,y3035,cntr,pop_2021\n" + "".join(
    f"{cell(x, 0)},LV,{people}\n" for x, people in {0: 10, 1: 30, 5: 20, 7: 40}.items()
)


def node(id: int, x: float, y: float, tag: str, value: str) -> str:
    """A node at km x, y."""
    lon, lat = project(X0 + x * 1000, Y0 + y * 1000, 3035, 4326)
    return f"{id},{lat:.9f},{lon:.9f},,{tag},{value}\n"


GOOD = (
    HEAD
    + node(1, 0.5, 0.5, "amenity", "pharmacy")
    + node(2, 1.5, 0.5, "shop", "convenience")
    + node(3, 1.5, 0.5, "shop", "supermarket")
    + node(4, 1.5, 0.5, "shop", "kiosk")
    + node(5, 6.5, 0.5, "amenity", "atm")
    + node(6, 6.5, 1.5, "amenity", "pharmacy")  # in no unit: across the border
)


def tidy(folder, text, name=NAME):
    file = raw(folder, name, text)
    people = raw(folder, "popgrid_lv_1km.csv", PEOPLE)
    return osm_services.tidy([file], context(UNITS, osm_services=file, popgrid=people))


def test_points_and_distances_by_hand(tmp_path):
    tidied = observations(tidy(tmp_path, GOOD), osm_services.SOURCE)
    expected = {
        "pharmacy_points": (1, 0),
        "pharmacy_person_km": (0 * 10 + 1 * 30, 5 * 20 + 7 * 40),
        "grocery_points": (2, 0),
        "grocery_person_km": (1 * 10 + 0, 4 * 20 + 6 * 40),
        "grocery_residents_5km": (40, 20),
        "cash_points": (0, 1),
        "cash_person_km": (6 * 10 + 5 * 30, 1 * 20 + 1 * 40),  # the nearest one stands in the other unit, and counts
        "access_residents": (40, 60),
        # everybody (100 people) is within 10 km of every point: each has 2,000/100 groceries and 1,000/100 pharmacies
        "grocery_person_catchment": (40 * 20, 60 * 20),
        "pharmacy_person_catchment": (40 * 10, 60 * 10),
    }
    for measure, values in expected.items():
        assert [value(tidied, unit, measure, "2019") for unit in UNITS.index] == pytest.approx(values, rel=2e-3)


def test_a_kind_that_was_not_collected_has_no_rows(tmp_path):
    measures = set(tidy(tmp_path, GOOD)["measure"])
    assert not any(measure.startswith("library") for measure in measures)


def test_points_in_no_unit_are_counted(tmp_path):
    notes = tidy(tmp_path, GOOD).attrs["notes"]
    assert notes["2019: pharmacy points"] == 1
    assert notes["2019: pharmacy points that lie in no unit"] == 1


def test_every_fault_is_named_at_once(tmp_path):
    text = HEAD + "1,57,24,,amenity,pharmacy\n1,57,24,,amenity,pharmacy\n2,24,57,,shop,convenience\n"
    with pytest.raises(SchemaError) as error:
        tidy(tmp_path, text)
    assert [fault.place for fault in error.value.faults] == [
        "line 3, column 'osm_node_id'",
        "line 4, column 'lon'",
        "line 4, column 'lat'",
    ]


@pytest.mark.parametrize(
    "text", ["", HEAD, HEAD.replace("lat", "breite") + "1,57,24,,shop,kiosk\n", HEAD + "1,x,24,,shop,kiosk\n"]
)
def test_bad_files(tmp_path, text):
    with pytest.raises(SchemaError, match=NAME):
        tidy(tmp_path, text)


def test_the_year_stands_in_the_name(tmp_path):
    with pytest.raises(SchemaError, match="no year"):
        tidy(tmp_path, GOOD, "nodes.csv")


def test_each_kind_has_its_measures():
    provided = {measure.id for measure in osm_services.SOURCE.provides}
    for service in osm_services.SERVICES:
        assert {f"{service.id}_{what}" for what in ("points", "person_km", "residents_5km")} <= provided


def test_real_services():
    real = real_context()
    tidied = observations(osm_services.tidy(real.files["osm_services"], real), osm_services.SOURCE)
    sums = tidied.groupby("measure")["value"].sum()
    assert sums["pharmacy_points"] == 384
    for service in osm_services.SERVICES:
        mean = sums[f"{service.id}_person_km"] / sums["access_residents"]
        near = sums[f"{service.id}_residents_5km"] / sums["access_residents"]
        assert 1 < mean < 10
        assert 0.5 < near < 0.95
    for kind in osm_services.CAUGHT:  # everybody's part adds up to the points that anybody reaches
        assert sums[f"{kind}_person_catchment"] == pytest.approx(1000 * sums[f"{kind}_points"], rel=1e-6)
    assert sums["library_points"] < sums["access_point_points"] < 300
    # Bēnes pagasts has its pharmacy in the village where most people live
    benes = real.units.index[real.units["name"] == "Bēnes pagasts"][0]
    km = value(tidied, benes, "pharmacy_person_km") / value(tidied, benes, "access_residents")
    assert km == pytest.approx(1.1, abs=0.1)

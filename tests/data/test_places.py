"""Every list of places in its publisher's form: the same hand arithmetic, and what is refused of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from data import ckan, overpass
from data.context import RawFile
from data.model import DataError, SchemaError
from data.nearness import MOST_ASTRAY
from data.schema import observations
from data.sources import (
    bus_stops,
    culture_centres,
    medical_sites,
    osm_places,
    osm_services,
    parcel_lockers,
    pharmacies,
    post_offices,
)
from data.spatial import project
from tests.data import places
from tests.data.ground import X0, Y0, cell, context, draw, raw, value

UNITS = draw(LV0000001=(0, 0, 2, 1), LV0000002=(2, 0, 10, 1))
PEOPLE = "GRD_ID,x3035,y3035,cntr,pop_2021\n" + "".join(
    f"{cell(x, 0)},LV,{people}\n" for x, people in {0: 10, 1: 30, 5: 20, 7: 40}.items()
)


def spot(x: float, y: float = 0.5) -> places.Spot:
    lon, lat = project(X0 + x * 1000, Y0 + y * 1000, 3035, 4326)
    return float(lon), float(lat)


HERE = [spot(1.5)]


@dataclass(frozen=True)
class Form:
    """A publisher's form: who reads it, the file's name, what writes it, the kind of place, whether caught."""

    module: ModuleType
    name: str
    write: Callable[[list[places.Spot]], bytes]
    kind: str
    residents: str
    caught: bool = False
    column: bytes = b""
    """A column or field that must be there."""


def records_of_culture(spots: list[places.Spot]) -> bytes:
    page = places.culture_page(spots)["result"]
    fields = [field["id"] for field in page["fields"]]
    return places.packed({"resource": "x", "modified": "", "fields": fields, "records": page["records"]})


FORMS = {
    "pharmacies": Form(
        pharmacies,
        "fdu_register_2025.csv",
        places.pharmacies,
        "licensed_pharmacy",
        "licensed_pharmacy_access_residents",
        True,
        b"lic_status",
    ),
    "doctors": Form(
        medical_sites,
        "medicinasiestades_2025.csv",
        places.medical_sites,
        "family_doctor",
        "medical_access_residents",
        True,
        b"IestadesTips",
    ),
    "culture": Form(
        culture_centres,
        "kulturas_centri_2025.csv",
        places.culture_centres,
        "culture_wifi",
        "culture_access_residents",
        column=b"LAT,",
    ),
    "culture by rows": Form(
        culture_centres,
        "kulturas_centri_2025.json",
        records_of_culture,
        "culture_wifi",
        "culture_access_residents",
        column=b"Bezmaksas Wi-Fi",
    ),
    "post": Form(
        post_offices,
        "latvijas_pasts_2025.json",
        places.post_offices,
        "post_office",
        "post_office_access_residents",
        column=b"countryCode",
    ),
    "lockers": Form(
        parcel_lockers,
        "omniva_lockers_lv_2025.json",
        places.lockers,
        "locker",
        "locker_access_residents",
        column=b"X_COORDINATE",
    ),
    "stops": Form(
        bus_stops,
        "gtfs-latvia-lv_2025.zip",
        places.stops,
        "bus_stop",
        "bus_stop_access_residents",
        column=b"stop_lat",
    ),
    "map": Form(
        osm_services,
        "osm_services_lv_2025.json",
        lambda spots: places.overpass(places.elements(spots, amenity="pharmacy", name="Aptieka")),
        "pharmacy",
        "access_residents",
        True,
        b"elements",
    ),
    "places": Form(
        osm_places,
        "osm_places_lv_2025.json",
        lambda spots: places.overpass(places.elements(spots, place="town", name="Pils", population="9 000")),
        "town",
        "town_access_residents",
        column=b"elements",
    ),
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    def tidy(form: Form, content: bytes, name: str = "") -> pd.DataFrame:
        path = tmp_path / (name or form.name)
        path.write_bytes(content)
        file = RawFile(path.name, path)
        people = raw(tmp_path, "popgrid_lv_1km.csv", PEOPLE)
        ground = context(UNITS, popgrid=people, **{form.module.SOURCE.id: file})
        return form.module.tidy([file], ground)

    return tidy


@pytest.mark.parametrize("what", FORMS)
def test_the_same_place_in_every_form(what: str, read: Callable[..., pd.DataFrame]) -> None:
    """One place at km 1.5; people at 0.5 (10), 1.5 (30), 5.5 (20) and 7.5 (40): all within 10 km of it."""
    form = FORMS[what]
    tidied = observations(read(form, form.write(HERE)), form.module.SOURCE)
    expected = {
        f"{form.kind}_person_km": (10, 4 * 20 + 6 * 40),
        f"{form.kind}_residents_5km": (40, 20),
        form.residents: (40, 60),
    }
    if form.kind != "town":
        expected[f"{form.kind}_points"] = (1, 0)
    if form.caught:
        expected[f"{form.kind}_person_catchment"] = (40 * 10, 60 * 10)
    for measure, values in expected.items():
        assert [value(tidied, unit, measure, "2025") for unit in UNITS.index] == pytest.approx(values, rel=2e-3)


def test_what_else_a_list_tells(read: Callable[..., pd.DataFrame]) -> None:
    sites = read(FORMS["doctors"], places.medical_sites([*HERE, spot(3)]))
    assert [value(sites, unit, "medical_site_points") for unit in UNITS.index] == [2, 1]
    assert [value(sites, unit, "family_doctor_points") for unit in UNITS.index] == [1, 1]
    centres = read(FORMS["culture"], places.culture_centres([*HERE, spot(3)]))
    assert [value(centres, unit, "culture_centre_points") for unit in UNITS.index] == [1, 1]
    assert [value(centres, unit, "culture_wifi_points") for unit in UNITS.index] == [1, 0]
    far = read(FORMS["stops"], places.stops(HERE)).attrs["notes"]
    assert far["2025: stops far from Latvia"] == 1
    outside = read(FORMS["post"], places.post_offices([*HERE, spot(1.5, 3)])).attrs["notes"]
    assert outside["2025: post_office points that lie in no unit"] == 1


def test_a_place_drawn_as_a_building_counts_at_its_centre(read: Callable[..., pd.DataFrame]) -> None:
    found = places.elements([spot(0.5), spot(3), spot(4)], amenity="pharmacy")
    tidied = read(FORMS["map"], places.overpass([*found, found[1]]))  # the same way twice: once
    assert [value(tidied, unit, "pharmacy_points") for unit in UNITS.index] == [1, 2]
    assert [value(tidied, unit, "access_residents") for unit in UNITS.index] == pytest.approx([40, 60])


def test_places_of_the_newest_year_are_searched(tmp_path: Path) -> None:
    old = raw(
        tmp_path,
        "osm_places_lv_2019.csv",
        "osm_node_id,lat,lon,name,tag,value,population\n1,{1:.9f},{0:.9f},Vecā,place,town,\n".format(*HERE[0]),
    )
    new = tmp_path / "osm_places_lv_2025.json"
    new.write_bytes(places.overpass(places.elements(HERE, place="town", name="Jaunā", population="120")))
    files = [RawFile(new.name, new), old]
    ground = context(UNITS, popgrid=raw(tmp_path, "popgrid_lv_1km.csv", PEOPLE))
    found = osm_places.places(files, ground)
    assert found[["name", "population"]].to_numpy().tolist() == [["Jaunā", 120]]
    assert set(osm_places.tidy(files, ground)["period"]) == {"2019", "2025"}


def wrong(read: Callable[..., pd.DataFrame], form: Form, content: bytes, name: str = "") -> str:
    with pytest.raises(DataError) as caught:
        read(form, content, name)
    message = str(caught.value)
    assert (name or form.name) in message or form.module.SOURCE.id in message
    assert message.rstrip().endswith("."), message
    return message


@pytest.mark.parametrize("what", FORMS)
def test_a_renamed_column(what: str, read: Callable[..., pd.DataFrame]) -> None:
    form = FORMS[what]
    if what == "stops":
        damaged = places.stops(HERE).replace(b"stop_lat", b"stop_lax")  # the checksum no longer fits
        assert "damaged" in wrong(read, form, damaged)
        assert "no column 'stop_lat'" in wrong(read, form, places.stops(HERE, "stop_latitude"))
        return
    content = form.write(HERE)
    assert form.column in content
    wrong(read, form, content.replace(form.column, b"x" + form.column[1:]))


@pytest.mark.parametrize("what", FORMS)
def test_a_further_column_does_no_harm(what: str, read: Callable[..., pd.DataFrame]) -> None:
    form = FORMS[what]
    content = form.write(HERE)
    if form.name.endswith(".csv"):
        lines = content.decode().split("\r\n")
        content = "\r\n".join(
            [f"{line},{7 if n else 'jauna'}" if line else "" for n, line in enumerate(lines)]
        ).encode()
    elif form.name.endswith(".json"):
        answer = json.loads(content)
        entries = answer if isinstance(answer, list) else answer.get("elements") or answer["records"]
        for entry in entries:
            entry["jauna"] = 7
        content = places.packed(answer)
    tidied = read(form, content)
    assert value(tidied, "LV0000001", form.residents) == pytest.approx(40)


@pytest.mark.parametrize("what", FORMS)
def test_swapped_coordinates(what: str, read: Callable[..., pd.DataFrame]) -> None:
    said = wrong(read, FORMS[what], FORMS[what].write([(lat, lon) for lon, lat in HERE]))
    assert "near Latvia" in said


@pytest.mark.parametrize("what", FORMS)
def test_an_empty_list_and_a_torn_file(what: str, read: Callable[..., pd.DataFrame]) -> None:
    form = FORMS[what]
    content = form.write(HERE)
    wrong(read, form, content[: len(content) // 2])
    wrong(read, form, b"")
    if form.name.endswith(".csv"):
        wrong(read, form, content.split(b"\r\n")[0] + b"\r\n")
    elif form.name.endswith(".json"):
        wrong(read, form, b"[]")
        wrong(read, form, b"{}")
        wrong(read, form, b"7")


@pytest.mark.parametrize("what", ["pharmacies", "doctors", "post", "map"])
def test_a_few_places_without_coordinates_are_left_out(what: str, read: Callable[..., pd.DataFrame]) -> None:
    form = FORMS[what]
    many = [spot(0.2 + n / 100) for n in range(20)]
    tidied = read(form, form.write([*many, (0.0, 0.0)]))
    assert value(tidied, "LV0000001", f"{form.kind}_points") == 20
    assert tidied.attrs["notes"]["2025: places without usable coordinates"] == 1
    assert MOST_ASTRAY == 0.1
    wrong(read, form, form.write([*many, (0.0, 0.0), (0.01, 0.0), (0.02, 0.0), (0.03, 0.0)]))


def test_no_place_in_any_unit(read: Callable[..., pd.DataFrame]) -> None:
    said = wrong(read, FORMS["post"], places.post_offices([spot(1.5, 3)]))
    assert "none of its places lies in Latvia" in said


def test_codes_that_are_no_longer_known(read: Callable[..., pd.DataFrame]) -> None:
    for what, old, new in (
        ("pharmacies", "Vispārēja tipa", "Publiska"),
        ("doctors", "Ģimenes ārstu prakse", "Ģimenes ārsti"),
        ("lockers", '"TYPE": "0"', '"TYPE": "PM"'),
        ("post", '"type": 1,', '"type": 11,'),
        ("culture", "Jā", "Dažreiz"),
        ("culture", "Darboj", "Strād"),
    ):
        content = FORMS[what].write(HERE).replace(old.encode(), new.encode())
        assert wrong(read, FORMS[what], content)


def test_the_year_stands_in_the_name(read: Callable[..., pd.DataFrame], tmp_path: Path) -> None:
    assert "no year" in wrong(read, FORMS["post"], places.post_offices(HERE), "latvijas_pasts.json")
    form = FORMS["post"]
    files = []
    for name in ("latvijas_pasts_2025.json", "pasts_2025.json"):
        path = tmp_path / name
        path.write_bytes(form.write(HERE))
        files.append(RawFile(name, path))
    with pytest.raises(SchemaError, match="a second file for 2025"):
        form.module.tidy(files, context(UNITS, popgrid=raw(tmp_path, "popgrid_lv_1km.csv", PEOPLE)))


def test_a_remark_is_no_answer(read: Callable[..., pd.DataFrame]) -> None:
    content = places.overpass(places.elements(HERE, amenity="pharmacy"), remark="runtime error: Query timed out")
    assert "gave up: runtime error" in wrong(read, FORMS["map"], content)


def test_the_query_asks_for_every_tag() -> None:
    for service in osm_services.SERVICES:
        assert all(one in osm_services.QUERY for one in (service.tag, *service.values))
    assert osm_services.QUERY.startswith(f"[out:json][timeout:{overpass.SECONDS}];")
    assert osm_services.QUERY.endswith("out center tags;")


def test_rows_of_a_table_are_refused_where_they_are_none(tmp_path: Path) -> None:
    for content in (
        b"{}",
        b"[1]",
        places.packed({"fields": ["a"], "records": [{"b": 1}]}),
        b'{"fields": [], "records": []}',
    ):
        path = tmp_path / "rows.json"
        path.write_bytes(content)
        with pytest.raises(SchemaError, match=r"rows\.json"):
            ckan.read_records(RawFile(path.name, path))

"""Services mapped in OpenStreetMap: how many points a unit has, and how far its people live from the nearest one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.access import two_step, within
from data.context import Context, RawFile
from data.model import Licence, Measure, SchemaError, Source, Text
from data.read import Faults, open_csv
from data.sources import popgrid
from data.spatial import NEAR_KM, access, located, points_to_units, refuse, summed, unit_observations

YEAR = re.compile(r"_(\d{4})(?:-\d{2})?(?=\D|$)")


@dataclass(frozen=True)
class Service:
    """A kind of service: its name in the measures and the OpenStreetMap tags that make it."""

    id: str
    title: Text
    tag: str
    values: tuple[str, ...]


SERVICES = (
    Service("grocery", Text(lv="pārtikas veikals", en="grocery shop"), "shop", ("convenience", "supermarket")),
    Service("pharmacy", Text(lv="aptieka", en="pharmacy"), "amenity", ("pharmacy",)),
    Service("post", Text(lv="pasta nodaļa", en="post office"), "amenity", ("post_office",)),
    Service("cash", Text(lv="bankomāts vai banka", en="cash machine or bank"), "amenity", ("atm", "bank")),
    Service("school", Text(lv="skola", en="school"), "amenity", ("school",)),
    Service("library", Text(lv="bibliotēka", en="library"), "amenity", ("library",)),
    Service(
        "doctor",
        Text(lv="ārsta prakse, klīnika vai slimnīca", en="doctor, clinic or hospital"),
        "amenity",
        ("doctors", "clinic", "hospital"),
    ),
    Service(
        "access_point",
        Text(
            lv="bibliotēka, kultūras nams, pagasta vai pilsētas pārvalde, interneta kafejnīca",
            en="library, community centre, town hall, internet café",
        ),
        "amenity",
        ("library", "community_centre", "townhall", "internet_cafe"),
    ),
)
CAUGHT = ("grocery", "pharmacy", "library", "doctor")
"""Services whose catchments are measured."""
CATCHMENT_KM = 10.0
"""About a quarter of an hour by car on country roads: a straight line of 10 km is 13 to 14 km of road."""


def access_measures(prefix: str, title: Text) -> tuple[Measure, Measure]:
    """The two sums that describe how far people live from a service."""
    return (
        Measure(
            f"{prefix}_person_km",
            Text(
                lv=f"Iedzīvotāji × attālums līdz tuvākajam punktam: {title.lv}",
                en=f"Residents × distance to the nearest point: {title.en}",
            ),
            "km",
            "weighted_sum",
        ),
        Measure(
            f"{prefix}_residents_5km",
            Text(lv=f"Iedzīvotāji 5 km attālumā: {title.lv}", en=f"Residents within 5 km: {title.en}"),
            "",
            "count",
        ),
    )


def catchment_measure(prefix: str, title: Text) -> Measure:
    """The sum that describes how many places of a service people share with everybody else in reach."""
    return Measure(
        f"{prefix}_person_catchment",
        Text(
            lv=f"Iedzīvotāji × vietas uz 1000 iedzīvotājiem {CATCHMENT_KM:g} km attālumā: {title.lv}",
            en=f"Residents × places per 1,000 residents within {CATCHMENT_KM:g} km: {title.en}",
        ),
        "",
        "weighted_sum",
    )


STRAIGHT_LINE = Text(
    lv="Attālums mērīts taisnā līnijā no 1 km šūnas centra; ceļš parasti ir garāks, īpaši aiz upēm un ezeriem.",
    en="Distance is a straight line from the centre of a 1 km cell; the way by road is longer, above all across rivers "
    "and lakes.",
)
ACROSS_THE_BORDER = Text(
    lv="Punkti aiz valsts robežas netiek skaitīti, kaut arī iedzīvotāji tos var lietot (piemēram, Valgā).",
    en="Points across the state border do not count, although people may use them (in Valga, for instance).",
)

SOURCE = Source(
    id="osm_services",
    publisher=Text(lv="OpenStreetMap", en="OpenStreetMap"),
    title=Text(lv="Pakalpojumu vietas kartē OpenStreetMap", en="Service points in OpenStreetMap"),
    address="https://www.openstreetmap.org/",
    licence=Licence("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/", share_alike=True),
    credit=Text(
        lv="© OpenStreetMap contributors (kartes veidotāji), ODbL 1.0", en="© OpenStreetMap contributors, ODbL 1.0"
    ),
    updates=Text(
        lv="nepārtraukti; šeit viena diena 2019. gada septembrī", en="continuously; here one day of September 2019"
    ),
    files=("osm_services_nodes_lv_*.csv",),
    provides=(
        *(
            Measure(
                f"{service.id}_points",
                Text(lv=f"Kartētas vietas: {service.title.lv}", en=f"Mapped points: {service.title.en}"),
                "",
                "count",
            )
            for service in SERVICES
        ),
        *(measure for service in SERVICES for measure in access_measures(service.id, service.title)),
        *(catchment_measure(service.id, service.title) for service in SERVICES if service.id in CAUGHT),
        Measure(
            "access_residents",
            Text(lv="Iedzīvotāji, kuriem mērīts attālums", en="Residents whose distances were measured"),
            "",
            "count",
        ),
    ),
    known_problems=(
        Text(
            lv="Ir tikai punkti: pakalpojumi, kas kartē iezīmēti kā ēkas, trūkst. Visvairāk tas skar skolas, "
            "bibliotēkas un ārstniecības iestādes, tāpēc attālumi līdz tām ir pārspīlēti.",
            en="There are points only: services drawn as buildings are missing. Schools, libraries and medical sites "
            "suffer most, so distances to them are overstated.",
        ),
        Text(
            lv="Ja vieta kartē nav atzīmēta, tas nenozīmē, ka pakalpojuma nav; laukos kartēts mazāk nekā pilsētās.",
            en="A missing point is not a missing service; the country is mapped less than towns.",
        ),
        Text(
            lv="Stāvoklis 2019. gadā: kopš tā laika slēgtas un atvērtas filiāles, veikali un pasta nodaļas.",
            en="The state of 2019: branches, shops and post offices have closed and opened since.",
        ),
        STRAIGHT_LINE,
        ACROSS_THE_BORDER,
        Text(
            lv="Blakus uzstādīti bankomāti un banka ar bankomātu skaitīti kā vairākas vietas.",
            en="Cash machines side by side, and a bank with its machine, count as several points.",
        ),
    ),
)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Points by unit, and residents × km, residents within 5 km and catchments by kind of service.

    A kind without a single point in the file was not collected and has no rows. `attrs["notes"]` counts the points
    of each kind, and those in no unit.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no file of service points", f"Fetch {SOURCE.files[0]} first.")
    people = popgrid.residents(context)
    tables, notes = [], {}
    for file in files:
        year = year_of(file)
        points = read(file)
        points["unit"] = points_to_units(points["x"], points["y"], context.units).set_axis(points.index)
        values = [covered(people, "access_residents", context)]
        for service in SERVICES:
            mapped = points.loc[(points["tag"] == service.tag) & points["value"].isin(service.values)]
            inside = mapped.dropna(subset=["unit"])
            notes[f"{year}: {service.id} points"] = len(inside)
            notes[f"{year}: {service.id} points that lie in no unit"] = len(mapped) - len(inside)
            if len(inside):
                values += [counted(inside, f"{service.id}_points", context), reach(people, inside, service.id, context)]
            if len(inside) and service.id in CAUGHT:
                values.append(catchment(people, inside, service.id, context))
        tables.append(unit_observations(pd.concat(values, axis=1), year))
    tidied = pd.concat(tables, ignore_index=True).sort_values(["territory", "period", "measure"], ignore_index=True)
    tidied.attrs["notes"] = notes
    return tidied


def year_of(file: RawFile) -> str:
    """The year of a file, from its name."""
    found = YEAR.search(file.name)
    if not found:
        raise SchemaError.of(file.name, "file name", "no year (…_2019.csv)", "Keep the file's name.")
    return found[1]


def read(file: RawFile) -> pd.DataFrame:
    """The points: tag, value, x, y (EPSG:3059, m).

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    points = open_csv(
        file, {"osm_node_id": "integer", "lat": "number", "lon": "number", "tag": "text", "value": "text"}
    )
    faults = Faults(file.name)
    twice = points.duplicated(["osm_node_id", "tag", "value"])
    refuse(faults, points["osm_node_id"], twice, "the node {} stands there twice with the same tag")
    points = located(points, faults)
    faults.raise_any()
    return points


def counted(points: pd.DataFrame, name: str, context: Context) -> pd.DataFrame:
    """How many of the points (column unit) each unit has."""
    return summed(pd.DataFrame({name: 1.0}, index=points.index), points["unit"], context.units)


def covered(people: pd.DataFrame, name: str, context: Context) -> pd.DataFrame:
    """The residents by unit whose distances are measured."""
    return summed(pd.DataFrame({name: people["people"]}), people["unit"], context.units)


def reach(people: pd.DataFrame, points: pd.DataFrame, prefix: str, context: Context) -> pd.DataFrame:
    """Access of each unit's people to the points (columns x, y), under the names of `access_measures`."""
    sums = access(people, points["x"], points["y"], NEAR_KM).reindex(context.units.index, fill_value=0.0)
    return sums.rename(columns={"person_km": f"{prefix}_person_km", "near": f"{prefix}_residents_5km"})


def catchment(people: pd.DataFrame, points: pd.DataFrame, prefix: str, context: Context) -> pd.DataFrame:
    """Residents × places per 1,000 residents within `CATCHMENT_KM` (two-step floating catchment), by unit.

    Points and people of other units count in both steps; over the country the sum is 1,000 × the points that anybody
    reaches.
    """
    pairs = within(people["x"], people["y"], points["x"], points["y"], CATCHMENT_KM)
    shared = 1000 * two_step(pairs, pd.Series(1.0, index=points.index), people["people"])
    return summed(
        pd.DataFrame({f"{prefix}_person_catchment": people["people"] * shared}), people["unit"], context.units
    )

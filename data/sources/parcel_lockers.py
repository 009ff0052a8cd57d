"""Omniva's parcel lockers: how many a unit has, and how far its people live from the nearest one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data.context import Context, RawFile
from data.model import Licence, Measure, SchemaError, Source, Text
from data.read import Faults, open_csv
from data.sources import popgrid
from data.sources.osm_services import STRAIGHT_LINE, access_measures, counted, covered, reach, year_of
from data.spatial import located, points_to_units, refuse, unit_observations

LOCKER = Text(lv="pakomāts", en="parcel locker")

SOURCE = Source(
    id="parcel_lockers",
    publisher=Text(lv="Omniva", en="Omniva"),
    title=Text(lv="Omniva pakomāti", en="Omniva parcel lockers"),
    address="https://www.omniva.lv/locations.json",
    licence=Licence("Omniva public list", "https://www.omniva.lv/locations.json"),
    credit=Text(lv="Omniva publiskais pakomātu saraksts", en="Omniva's public list of parcel lockers"),
    updates=Text(
        lv="nepārtraukti; šeit 2019. gada augusta stāvoklis", en="continuously; here the state of August 2019"
    ),
    files=("omniva_lockers_lv_*.csv",),
    provides=(
        Measure("locker_points", Text(lv="Pakomāti", en="Parcel lockers"), "", "count"),
        *access_measures("locker", LOCKER),
        Measure(
            "locker_access_residents",
            Text(
                lv="Iedzīvotāji, kuriem mērīts attālums līdz pakomātam",
                en="Residents whose distance to a parcel locker was measured",
            ),
            "",
            "count",
        ),
    ),
    known_problems=(
        Text(
            lv="Tikai viena uzņēmuma (Omniva) pakomāti 2019. gadā; citu uzņēmumu pakomātu sarakstā nav, un kopš tā "
            "laika to skaits ir audzis.",
            en="Lockers of one company (Omniva) in 2019; other companies' lockers are not listed, and many have been "
            "added since.",
        ),
        Text(
            lv="Saraksts ir publiski pieejams, bet izmantošanas nosacījumi tajā nav norādīti.",
            en="The list is public, but states no terms of use.",
        ),
        STRAIGHT_LINE,
    ),
)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Lockers by unit, and residents × km and residents within 5 km of the nearest one.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no file of parcel lockers", f"Fetch {SOURCE.files[0]} first.")
    people = popgrid.residents(context)
    tables, notes = [], {}
    for file in files:
        year = year_of(file)
        lockers = read(file)
        lockers["unit"] = points_to_units(lockers["x"], lockers["y"], context.units).set_axis(lockers.index)
        inside = lockers.dropna(subset=["unit"])
        notes[f"{year}: lockers"] = len(inside)
        notes[f"{year}: lockers that lie in no unit"] = len(lockers) - len(inside)
        if inside.empty:
            raise SchemaError.of(file.name, "", "no parcel locker lies in Latvia", "Check the coordinates.")
        values = [
            counted(inside, "locker_points", context),
            reach(people, inside, "locker", context),
            covered(people, "locker_access_residents", context),
        ]
        tables.append(unit_observations(pd.concat(values, axis=1), year))
    tidied = pd.concat(tables, ignore_index=True).sort_values(["territory", "period", "measure"], ignore_index=True)
    tidied.attrs["notes"] = notes
    return tidied


def read(file: RawFile) -> pd.DataFrame:
    """The lockers in Latvia's list: NAME, x, y (EPSG:3059, m).

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    lockers = open_csv(file, {"NAME": "text", "A0_NAME": "text", "lon": "number", "lat": "number"})
    lockers = lockers.query("A0_NAME == 'LV'")
    faults = Faults(file.name)
    refuse(faults, lockers["NAME"], lockers["NAME"].duplicated(), "{!r} stands there twice")
    lockers = located(lockers, faults)
    faults.raise_any()
    return lockers

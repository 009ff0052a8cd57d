"""Omniva's parcel lockers: how many a unit has, and how far its people live from the nearest one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import nearness
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, Measure, SchemaError, Source, Text
from data.nearness import LEFT_OUT, STRAIGHT_LINE, Kind
from data.read import AGAIN, Faults, file_text, open_csv, typed
from data.spatial import located, refuse

if TYPE_CHECKING:
    from data.live import Visit

LOCKER = Kind("locker", Text(lv="pakomāts", en="parcel locker"))
RESIDENTS = "locker_access_residents"
LISTED = "https://www.omniva.lv/locations.json"
MACHINE = "0"
"""The TYPE of a parcel locker; other types are counters."""

SOURCE = Source(
    id="parcel_lockers",
    publisher=Text(lv="Omniva", en="Omniva"),
    title=Text(lv="Omniva pakomāti", en="Omniva parcel lockers"),
    address=LISTED,
    licence=Licence("Omniva public list", LISTED),
    credit=Text(lv="Omniva publiskais pakomātu saraksts", en="Omniva's public list of parcel lockers"),
    updates=Text(
        lv="nepārtraukti; šeit viena diena gadā, 2019. gadā – augustā",
        en="continuously; here one day a year, in 2019 a day in August",
    ),
    files=("omniva_lockers_lv_*.csv",),
    provides=(
        Measure("locker_points", Text(lv="Pakomāti", en="Parcel lockers"), "", "count"),
        *nearness.access_measures(LOCKER.id, LOCKER.title),
        Measure(
            RESIDENTS,
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
            lv="Tikai viena uzņēmuma (Omniva) pakomāti; citu uzņēmumu pakomātu sarakstā nav. Kopš 2019. gada to skaits "
            "ir audzis.",
            en="Lockers of one company (Omniva); other companies' lockers are not listed. Many have been added since "
            "2019.",
        ),
        Text(
            lv="Saraksts ir publiski pieejams, bet izmantošanas nosacījumi tajā nav norādīti.",
            en="The list is public, but states no terms of use.",
        ),
        LEFT_OUT,
        STRAIGHT_LINE,
    ),
)
LIVE_FILES = ("omniva_lockers_lv_*.json",)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """The list as it is now, beside those of earlier years."""
    return visit.beside_earlier(visit.file(LISTED, f"omniva_lockers_lv_{visit.year}.json", "json"))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Lockers by unit, and residents × km and residents within 5 km of the nearest one.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    return nearness.tidy(files, context, SOURCE, (LOCKER,), RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The lockers in Latvia: NAME, x, y (EPSG:3059, m), locker (true).

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    lockers = listed(file) if file.name.endswith(".json") else of_table(file)
    return lockers.assign(locker=True)


def of_table(file: RawFile) -> pd.DataFrame:
    """The table of 2019."""
    lockers = open_csv(file, {"NAME": "text", "A0_NAME": "text", "lon": "number", "lat": "number"})
    lockers = lockers.query("A0_NAME == 'LV'")
    faults = Faults(file.name)
    refuse(faults, lockers["NAME"], lockers["NAME"].duplicated(), "{!r} stands there twice")
    lockers = located(lockers, faults)
    faults.raise_any()
    return lockers


def listed(file: RawFile) -> pd.DataFrame:
    """Omniva's list for the three countries, as it is published."""
    try:
        answer = json.loads(file_text(file))
    except (ValueError, RecursionError) as error:
        raise SchemaError.of(file.name, "", f"not JSON ({error})", AGAIN) from None
    names = {"NAME": "NAME", "TYPE": "TYPE", "A0_NAME": "A0_NAME", "X_COORDINATE": "lon", "Y_COORDINATE": "lat"}
    table = nearness.records(answer, tuple(names), file).rename(columns=names)
    lockers = table.query("A0_NAME == 'LV' and TYPE == @MACHINE").drop_duplicates()
    if lockers.empty:
        raise SchemaError.of(file.name, "", "no parcel locker of Latvia in the list", AGAIN)
    faults = Faults(file.name)
    places = {column: typed(lockers[column], "number?", faults, decimal=",") for column in ("lon", "lat")}
    faults.raise_any()
    return nearness.sited(lockers.assign(**places), file)

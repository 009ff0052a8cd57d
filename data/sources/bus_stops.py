"""Stops of regional and long-distance buses in the national timetable: how many a unit has and how near they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import nearness
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, SchemaError, Source, Text
from data.nearness import STRAIGHT_LINE, Kind
from data.read import AGAIN, decode, member_bytes, parse_csv
from data.spatial import AROUND_LATVIA

if TYPE_CHECKING:
    from data.live import Visit

TIMETABLE = "https://www.atd.lv/sites/default/files/GTFS/gtfs-latvia-lv.zip"
STOP = Kind("bus_stop", Text(lv="autobusa pietura", en="bus stop"))
RESIDENTS = "bus_stop_access_residents"

SOURCE = Source(
    id="bus_stops",
    publisher=Text(lv="Autotransporta direkcija (ATD)", en="Road Transport Administration (ATD)"),
    title=Text(
        lv="Sabiedriskā transporta kustības saraksti (GTFS): pieturas", en="Public transport timetables (GTFS): stops"
    ),
    address=TIMETABLE,
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(
        lv="Autotransporta direkcija, kustības saraksti GTFS formātā",
        en="Road Transport Administration, timetables in the form GTFS",
    ),
    updates=Text(lv="katru dienu; šeit viena diena gadā", en="daily; here one day a year"),
    files=("gtfs-latvia-lv*.zip",),
    provides=nearness.measures((STOP,), RESIDENTS),
    known_problems=(
        Text(
            lv="Pieturas ir skaitītas, nevis reisi: pieturā autobuss var piestāt reizi nedēļā. Pilsētu pašu satiksmes "
            "pieturu sarakstā lielākoties nav, tāpēc pilsētās attālums ir pārspīlēts.",
            en="Stops are counted, not trips: a bus may call once a week. Most stops of the towns' own transport are "
            "not listed, so distances in towns are overstated.",
        ),
        Text(
            lv="Abas ceļa puses ir divas pieturas. Pieturas ārpus Latvijas (starptautiskie reisi) izlaistas.",
            en="Both sides of a road are two stops. Stops outside Latvia (international trips) are left out.",
        ),
        STRAIGHT_LINE,
    ),
)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """The timetable as it is now, beside those of earlier years."""
    return visit.beside_earlier(visit.file(TIMETABLE, f"gtfs-latvia-lv_{visit.year}.zip", "zip"))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Stops by unit, and how near they are to the people.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    return nearness.tidy(files, context, SOURCE, (STOP,), RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The stops near Latvia: x, y (EPSG:3059, m), bus_stop (true).

    Raises
    ------
    UnsafeFile, SchemaError
    """
    name = f"{file.name}, stops.txt"
    columns = {"stop_id": "text", "stop_lat": "number?", "stop_lon": "number?"}
    table = parse_csv(decode(member_bytes(file, "stops.txt"), name), name, columns)
    stops = table.rename(columns={"stop_lat": "lat", "stop_lon": "lon"}).drop_duplicates("stop_id")
    near = pd.concat([stops[column].between(*ends) for column, ends in AROUND_LATVIA.items()], axis=1).all(axis=1)
    if near.mean() < 0.5:
        problem = f"only {int(near.sum()):,} of {len(stops):,} stops lie near Latvia (coordinates swapped?)"
        raise SchemaError.of(name, "columns 'stop_lat', 'stop_lon'", problem, AGAIN)
    found = nearness.sited(stops[near], file).assign(bus_stop=True)
    found.attrs["notes"] = {"stops far from Latvia": int((~near).sum())}
    return found

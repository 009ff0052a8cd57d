"""Culture centres of the yearly statistics: which work, which have free Wi-Fi, and how near they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import ckan, nearness
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, SchemaError, Source, Text
from data.nearness import LEFT_OUT, STRAIGHT_LINE, Kind
from data.read import RENAMED, Faults, open_csv, typed

if TYPE_CHECKING:
    from data.live import Visit

DATASET = "kulturas-centru-statistika"
KNOWN = "f08a670c-dfab-44db-9ac7-fc3303182af3"
KINDS = (
    Kind("culture_centre", Text(lv="kultūras centrs", en="culture centre")),
    Kind("culture_wifi", Text(lv="kultūras centrs ar bezmaksas Wi-Fi", en="culture centre with free Wi-Fi")),
)
RESIDENTS = "culture_access_residents"
WIFI = "Bezmaksas Wi-Fi"
WORKED = re.compile(r"Darboj[aā]s\s+(\d{4})")
"""The column that says whether a centre worked in a year; the last year counts."""
YES = frozenset({"jā", "ja", "ir", "1", "true", "t", "yes"})
NO = frozenset({"nē", "ne", "nav", "0", "false", "f", "no", "", "none"})

SOURCE = Source(
    id="culture_centres",
    publisher=Text(
        lv="Kultūras informācijas sistēmu centrs (KISC)", en="Culture Information Systems Centre of Latvia (KISC)"
    ),
    title=Text(lv="Kultūras centru statistika", en="Statistics of culture centres"),
    address=f"{ckan.PORTAL}dataset/{DATASET}",
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(
        lv="Kultūras informācijas sistēmu centrs, kultūras centru statistika",
        en="Culture Information Systems Centre of Latvia, statistics of culture centres",
    ),
    updates=Text(lv="reizi gadā", en="once a year"),
    files=("kulturas_centri*.csv",),
    provides=nearness.measures(KINDS, RESIDENTS),
    known_problems=(
        Text(
            lv="Ziņas sniedz paši kultūras centri. Bezmaksas Wi-Fi nozīmē, ka centrs tā atbildējis; cik ilgi tas "
            "pieejams un cik ātrs tas ir, nav zināms.",
            en="The centres report by themselves. Free Wi-Fi means that the centre said so; how long it can be used, "
            "and how fast it is, is not known.",
        ),
        LEFT_OUT,
        STRAIGHT_LINE,
    ),
)
LIVE_FILES = ("kulturas_centri_*.json",)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """Every row of the newest table at the open data portal, beside those of earlier years."""
    found = ckan.newest(ckan.package(DATASET, visit), "*.csv", KNOWN)
    return visit.beside_earlier(ckan.records(found, f"kulturas_centri_{found.year or visit.year}.json", visit))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Working culture centres by unit, those with free Wi-Fi, and how near they are to the people.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    return nearness.tidy(files, context, SOURCE, KINDS, RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The centres that worked in the last year told: x, y (EPSG:3059, m), culture_centre (true), culture_wifi.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    if file.name.endswith(".json"):
        table = ckan.read_records(file)
    else:
        table = open_csv(file, {"Objekta nosaukums": "text"}, others="text?")
    years = {found[1]: column for column in table.columns if (found := WORKED.match(column))}
    needed = ["LAT", "LON", WIFI]
    absent = [column for column in needed if column not in table] + ([] if years else ["Darbojas …"])
    if absent:
        problem = f"no column {', '.join(map(repr, absent))} (there are {', '.join(map(repr, table.columns))})"
        raise SchemaError.of(file.name, "", problem, RENAMED)
    faults = Faults(file.name)
    places = {
        name: typed(table[column], "number?", faults, ("", "None"), decimal=",")
        for name, column in {"lat": "LAT", "lon": "LON"}.items()
    }
    worked = answered(table[years[max(years)]], faults)
    wifi = answered(table[WIFI], faults)
    faults.raise_any()
    names = {"name": table["Objekta nosaukums"], **places}
    found = pd.DataFrame({**names, "culture_centre": True, "culture_wifi": wifi})[worked]
    return nearness.sited(found[~found.duplicated([*names])], file)


def answered(cells: pd.Series, faults: Faults) -> pd.Series:
    """Yes and no as true and false; an empty cell is a no, any other word a fault."""
    said = cells.str.strip().str.casefold()
    for place, word in said[~said.isin(YES | NO)].items():
        faults.add(f"line {place}, column {cells.name!r}", f"{word!r} is neither yes nor no", RENAMED)
    return said.isin(YES)

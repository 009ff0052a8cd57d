"""Post offices and customer centres of Latvijas Pasts: how many a unit has and how near they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import nearness
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, SchemaError, Source, Text
from data.nearness import ACROSS_THE_BORDER, LEFT_OUT, STRAIGHT_LINE, Kind
from data.read import AGAIN, Faults, file_text, typed

if TYPE_CHECKING:
    from data.live import Visit

OFFICE = Kind("post_office", Text(lv="Latvijas Pasta nodaļa", en="office of Latvijas Pasts"))
RESIDENTS = "post_office_access_residents"
OFFICES = ("1", "2")
"""The types of offices and customer centres; others are lockers and letter boxes."""
LIST = "https://mans.pasts.lv/api/public/addresses/service_location"
ADDRESS = f"{LIST}?{'&'.join(f'type%5B%5D={kind}' for kind in OFFICES)}&country%5B%5D=LV&itemsPerPage=10000&page=1"
FIELDS = {"id": "id", "type": "type", "countryCode": "countryCode", "longitude": "lon", "latitude": "lat"}

SOURCE = Source(
    id="post_offices",
    publisher=Text(lv="Latvijas Pasts", en="Latvijas Pasts"),
    title=Text(lv="Latvijas Pasta nodaļas", en="Offices of Latvijas Pasts"),
    address=LIST,
    licence=Licence("Latvijas Pasts public list", LIST),
    credit=Text(lv="Latvijas Pasta publiskais vietu saraksts", en="Latvijas Pasts' public list of locations"),
    updates=Text(lv="nepārtraukti; šeit viena diena gadā", en="continuously; here one day a year"),
    files=("latvijas_pasts_*.json",),
    provides=nearness.measures((OFFICE,), RESIDENTS),
    known_problems=(
        Text(
            lv="Saraksts ir publiski pieejams, bet izmantošanas nosacījumi tajā nav norādīti. Pastnieka pakalpojumi "
            "mājās un darba laiks nav ņemti vērā.",
            en="The list is public, but states no terms of use. What the postman does at the door, and opening hours, "
            "are left aside.",
        ),
        LEFT_OUT,
        STRAIGHT_LINE,
        ACROSS_THE_BORDER,
    ),
)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """The offices as they are listed now, beside those of earlier years."""
    return visit.beside_earlier(visit.file(ADDRESS, f"latvijas_pasts_{visit.year}.json", "json"))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Offices by unit, and how near they are to the people.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    return nearness.tidy(files, context, SOURCE, (OFFICE,), RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The offices in Latvia: x, y (EPSG:3059, m), post_office (true).

    Raises
    ------
    UnsafeFile, SchemaError
    """
    try:
        answer = json.loads(file_text(file))
    except (ValueError, RecursionError) as error:
        raise SchemaError.of(file.name, "", f"not JSON ({error})", AGAIN) from None
    table = nearness.records(answer, tuple(FIELDS), file).rename(columns=FIELDS)
    offices = table.query("countryCode == 'LV' and type in @OFFICES").drop_duplicates("id")
    if offices.empty:
        raise SchemaError.of(file.name, "", "no post office of Latvia in the list", AGAIN)
    faults = Faults(file.name)
    places = {column: typed(offices[column], "number?", faults) for column in ("lon", "lat")}
    faults.raise_any()
    return nearness.sited(offices.assign(**places, post_office=True), file)

"""Medical sites of the state's list: family doctors' practices and all sites, and how near they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import ckan, nearness
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, SchemaError, Source, Text
from data.nearness import ACROSS_THE_BORDER, LEFT_OUT, STRAIGHT_LINE, Kind
from data.read import AGAIN, open_csv

if TYPE_CHECKING:
    from data.live import Visit

DATASET = "vkcp-igis-arstniecibas-iestazu-adreses"
KNOWN = "5ea6e4aa-ee21-462a-8590-283483d2b0a4"
FAMILY_DOCTORS = "Ģimenes ārstu prakse"
KINDS = (
    Kind("family_doctor", Text(lv="ģimenes ārsta prakse", en="family doctor's practice"), caught=True),
    Kind("medical_site", Text(lv="ārstniecības iestāde", en="medical site")),
)
RESIDENTS = "medical_access_residents"

SOURCE = Source(
    id="medical_sites",
    publisher=Text(lv="Iekšlietu ministrijas Informācijas centrs", en="Information Centre of the Ministry of Interior"),
    title=Text(lv="Ārstniecības iestāžu adreses", en="Addresses of medical sites"),
    address=f"{ckan.PORTAL}dataset/{DATASET}",
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(
        lv="Iekšlietu ministrijas Informācijas centrs, ārstniecības iestāžu adreses",
        en="Information Centre of the Ministry of Interior, addresses of medical sites",
    ),
    updates=Text(lv="ne biežāk kā reizi gadā", en="once a year at most"),
    files=("medicinasiestades*.csv",),
    provides=nearness.measures(KINDS, RESIDENTS),
    known_problems=(
        Text(
            lv="Saraksts nav pilnīgs un tiek papildināts reti; gads rāda, kad fails pēdējoreiz mainīts. Vai ārsts "
            "pieņem jaunus pacientus un cik dienu nedēļā, nav zināms.",
            en="The list is not complete and rarely updated; the year tells when the file was last changed. Whether a "
            "doctor takes new patients, and on how many days a week, is not known.",
        ),
        LEFT_OUT,
        STRAIGHT_LINE,
        ACROSS_THE_BORDER,
    ),
)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """The newest list at the open data portal, under the year it was changed, beside those of earlier years."""
    found = ckan.newest(ckan.package(DATASET, visit), "medicinasiestades*.csv", KNOWN)
    return visit.beside_earlier(visit.file(found.address, f"medicinasiestades_{found.year or visit.year}.csv", "csv"))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Family doctors' practices and all medical sites by unit, and how near they are to the people.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    return nearness.tidy(files, context, SOURCE, KINDS, RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The sites: x, y (EPSG:3059, m), family_doctor, medical_site (always true).

    Raises
    ------
    UnsafeFile, SchemaError
    """
    columns = {"ID": "text", "IestadesTips": "text?", "lat": "number?", "long": "number?"}
    table = open_csv(file, columns, decimal=",").rename(columns={"long": "lon"})
    doctors = table["IestadesTips"].eq(FAMILY_DOCTORS)
    if FAMILY_DOCTORS not in set(table["IestadesTips"]):
        problem = f"no row has the type {FAMILY_DOCTORS!r}"
        raise SchemaError.of(file.name, "column 'IestadesTips'", problem, AGAIN)
    return nearness.sited(table.assign(family_doctor=doctors, medical_site=True).drop_duplicates("ID"), file)

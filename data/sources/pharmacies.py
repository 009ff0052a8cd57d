"""Pharmacies of the State Agency of Medicines' register: open ones, how many a unit has and how near they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import nearness
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, SchemaError, Source, Text
from data.nearness import ACROSS_THE_BORDER, LEFT_OUT, STRAIGHT_LINE, Kind
from data.read import AGAIN, open_csv

if TYPE_CHECKING:
    from data.live import Visit

REGISTER = "https://dati.zva.gov.lv/fdu-registrs/export/fdu_register.csv"
PHARMACY = Kind("licensed_pharmacy", Text(lv="aptieka (licencēta)", en="pharmacy (licensed)"), caught=True)
RESIDENTS = "licensed_pharmacy_access_residents"
OPEN_TO_ALL = "Vispārēja tipa aptieka"
"""What the type of a pharmacy for everybody begins with; others serve hospitals."""
IN_FORCE = 4
"""The status of a licence that is in force (3 is suspended)."""

SOURCE = Source(
    id="pharmacies",
    publisher=Text(lv="Zāļu valsts aģentūra (ZVA)", en="State Agency of Medicines (ZVA)"),
    title=Text(
        lv="Farmaceitiskās darbības uzņēmumu reģistrs: aptiekas", en="Register of pharmaceutical businesses: pharmacies"
    ),
    address=REGISTER,
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(
        lv="Zāļu valsts aģentūra, farmaceitiskās darbības uzņēmumu reģistrs",
        en="State Agency of Medicines, register of pharmaceutical businesses",
    ),
    updates=Text(lv="katru dienu; šeit viena diena gadā", en="daily; here one day a year"),
    files=("fdu_register*.csv",),
    provides=nearness.measures((PHARMACY,), RESIDENTS),
    known_problems=(
        Text(
            lv="Skaitītas vispārēja tipa aptiekas un to filiāles ar spēkā esošu licenci; slimnīcu slēgta tipa aptiekas "
            "nav skaitītas. Darba laiks nav zināms: daļa lauku filiāļu ir atvērtas tikai dažas stundas nedēļā.",
            en="Counted are pharmacies for everybody and their branches with a licence in force; hospitals' own "
            "pharmacies are not. Opening hours are not known: some branches in the country open a few hours a week.",
        ),
        LEFT_OUT,
        STRAIGHT_LINE,
        ACROSS_THE_BORDER,
    ),
)
KEEPS_EARLIER = True

COLUMNS = {
    "object_name": "text",
    "object_type_txt": "text?",
    "lic_status": "integer?",
    "object_coord_x": "number?",
    "object_coord_y": "number?",
}


def live(visit: Visit) -> list[Found]:
    """The register as it is now, beside those of earlier years."""
    return visit.beside_earlier(visit.file(REGISTER, f"fdu_register_{visit.year}.csv", "csv"))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Pharmacies by unit, residents × km, residents within 5 km and catchments.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    return nearness.tidy(files, context, SOURCE, (PHARMACY,), RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The open pharmacies: x, y (EPSG:3059, m), licensed_pharmacy (true). A place with two licences counts once.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    table = open_csv(file, COLUMNS, decimal=",").rename(columns={"object_coord_x": "lon", "object_coord_y": "lat"})
    open_now = table["object_type_txt"].str.startswith(OPEN_TO_ALL) & (table["lic_status"] == IN_FORCE)
    if not open_now.any():
        problem = f"no row has the type {OPEN_TO_ALL!r} and the status {IN_FORCE}"
        raise SchemaError.of(file.name, "columns 'object_type_txt', 'lic_status'", problem, AGAIN)
    places = table[open_now & ~table.duplicated(["object_name", "lon", "lat", "object_type_txt", "lic_status"])]
    return nearness.sited(places, file).assign(licensed_pharmacy=True)

"""Census 2021 on the 1 km grid: residents, three age groups and the employed, with what is suppressed carried along."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from data.context import Context, RawFile
from data.model import Measure, SchemaError, Source, Text
from data.read import Faults, open_csv
from data.sources.popgrid import ASSIGNED, BORDER, CELL, EUROSTAT_REUSE, HOME, check_cells, only
from data.spatial import by_density, cells_to_units, refuse, summed, unit_observations

TOTAL = "T"
SPLIT = {
    "Y_LT15": "census_under_15",
    "Y_1564": "census_15_64",
    "Y_GE65": "census_65_plus",
    "EMP": "census_employed",
}
"""The publisher's columns that are suppressed in cells with few people (<column>_CI = 1, stored as 0)."""
YEAR = re.compile(r"census(\d{4})_")

SOURCE = Source(
    id="census_grid",
    publisher=Text(lv="Eurostat", en="Eurostat"),
    title=Text(lv="Tautas skaitīšana 2021. gadā, 1 km režģis", en="Census 2021 on the 1 km grid"),
    address="https://ec.europa.eu/eurostat/web/gisco/geodata/population-distribution/population-grids",
    licence=EUROSTAT_REUSE,
    credit=Text(lv="Eurostat, 2021. gada tautas skaitīšanas režģis", en="Eurostat, Census 2021 grid"),
    updates=Text(lv="reizi desmit gados", en="every ten years"),
    files=("census2021_lv_1km.csv",),
    provides=(
        Measure("census_residents", Text(lv="Pastāvīgie iedzīvotāji", en="Usual residents"), "", "count"),
        Measure(
            "census_residents_known",
            Text(
                lv="Pastāvīgie iedzīvotāji šūnās, kuru sadalījums nav konfidenciāls",
                en="Usual residents in cells whose split is not suppressed",
            ),
            "",
            "count",
        ),
        Measure("census_under_15", Text(lv="Iedzīvotāji līdz 14 gadu vecumam", en="Residents under 15"), "", "count"),
        Measure("census_15_64", Text(lv="Iedzīvotāji 15–64 gadu vecumā", en="Residents aged 15–64"), "", "count"),
        Measure(
            "census_65_plus", Text(lv="Iedzīvotāji no 65 gadu vecuma", en="Residents aged 65 and over"), "", "count"
        ),
        Measure("census_employed", Text(lv="Nodarbinātie iedzīvotāji", en="Employed residents"), "", "count"),
    ),
    known_problems=(
        Text(
            lv="Šūnās ar maz iedzīvotājiem vecums un nodarbinātība ir konfidenciāli (failā 0 ar pazīmi _CI = 1). "
            "Lietotas tikai šūnas, kurās zināms viss sadalījums; cik iedzīvotāju tās aptver, rāda pārklājums.",
            en="In cells with few residents age and employment are suppressed (0 with the flag _CI = 1). Only cells "
            "with the whole split are used; the coverage says how many residents they hold.",
        ),
        Text(
            lv="Konfidenciālas galvenokārt ir viensētu šūnas, tāpēc lauku pagastos sadalījums vairāk raksturo ciemus "
            "nekā viensētas.",
            en="Mostly scattered farms are suppressed: in parishes the split speaks for villages more than for farms.",
        ),
        Text(
            lv="Dažās šūnās pie Igaunijas robežas konfidenciāls ir arī iedzīvotāju kopskaits (T_CI = 1).",
            en="In some cells on the Estonian border even the total is suppressed (T_CI = 1).",
        ),
        BORDER,
        ASSIGNED,
    ),
)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Usual residents by unit, and age groups and the employed where their cells are not suppressed.

    Divide the groups by census_residents_known, never by census_residents: both then come from the same cells.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    file = only(files, SOURCE)
    cells = read(file)
    parts = cells_to_units(cells, CELL, context.units)
    parts = by_density(parts, cells[TOTAL], context.units)
    known = (cells[[f"{column}_CI" for column in SPLIT]] == 0).all(axis=1)
    counts = pd.DataFrame(
        {"census_residents": cells[TOTAL], "census_residents_known": cells[TOTAL].where(known, 0)}
        | {measure: cells[column].where(known, 0) for column, measure in SPLIT.items()}
    )
    assigned = counts.loc[parts["cell"]].set_axis(parts.index).mul(parts["share"], axis=0)
    sums = summed(assigned, parts["unit"], context.units)
    tidied = unit_observations(sums, census_year(file))
    tidied = tidied.sort_values(["territory", "period", "measure"], ignore_index=True)
    tidied.attrs["notes"] = {
        "people in the file": int(cells[TOTAL].sum()),
        "people assigned to units": round(sums["census_residents"].sum()),
        "people assigned whose split is known": round(sums["census_residents_known"].sum()),
        "cells whose split is suppressed": int((~known).sum()),
        "cells whose total is suppressed": int((cells["T_CI"] == 1).sum()),
    }
    return tidied


def read(file: RawFile) -> pd.DataFrame:
    """The cells with x3035, y3035, home, T, the split columns and their flags.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    counts = [TOTAL, *SPLIT]
    flags = [f"{column}_CI" for column in counts]
    cells = open_csv(
        file,
        {"GRD_ID": "text", "x3035": "integer", "y3035": "integer", "cntr": "text"}
        | dict.fromkeys([*counts, *flags], "integer"),
    )
    faults = Faults(file.name)
    check_cells(cells, counts, faults)
    for flag in flags:
        refuse(faults, cells[flag], ~cells[flag].isin([0, 1]), "{} is neither 0 nor 1")
    faults.raise_any()
    return cells.assign(home=cells["cntr"] == HOME)


def census_year(file: RawFile) -> str:
    """The year of the census, from the file's name."""
    found = YEAR.search(file.name)
    if not found:
        raise SchemaError.of(file.name, "file name", "no year of the census (census2021_…)", "Keep the file's name.")
    return found[1]

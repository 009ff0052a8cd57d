"""Usual residents of the 119 municipalities of before 2021, carried to the present ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from data.context import Context, RawFile
from data.model import Licence, Measure, SchemaError, Source, Text
from data.read import AGAIN, ColumnType, Faults, open_csv
from data.schema import COLUMNS, KEY
from data.sources import raim

SOURCE = Source(
    id="population_lau",
    publisher=Text(
        lv="European Data Journalism Network (EDJNet), pēc Eurostat LAU datiem",
        en="European Data Journalism Network (EDJNet), from Eurostat's LAU data",
    ),
    title=Text(
        lv="Iedzīvotāji 119 bijušajās pašvaldībās, 2018–2020, pārrēķināti uz tagadējām",
        en="Residents of the 119 former municipalities, 2018–2020, carried to the present ones",
    ),
    address="https://edjnet.github.io/lau_centres/",
    licence=Licence("EDJNet open data", "https://edjnet.github.io/lau_centres/"),
    credit=Text(
        lv="EDJNet, pēc Eurostat (GISCO) vietējo administratīvo vienību datiem; robežas © EuroGeographics",
        en="EDJNet, from Eurostat (GISCO) local administrative units; boundaries © EuroGeographics",
    ),
    updates=Text(
        lv="vairs netiek atjaunots: vienības pastāvēja līdz 2021. gadam", en="no more: the units ended in 2021"
    ),
    files=("LV_lau_*_population_area_centre.csv",),
    provides=(
        Measure(
            "lau_residents",
            Text("Pastāvīgie iedzīvotāji (no bijušajām pašvaldībām)", "Usual residents (from former municipalities)"),
            "",
            "count",
            level="municipality",
        ),
    ),
    known_problems=(
        Text(
            lv="Trīs bijušo novadu (Aglonas, Inčukalna, Ķekavas) teritorija tagad ir divos novados. Iedzīvotāji "
            "sadalīti tāpat, kā tā gada deklarētie iedzīvotāji to tagadējos pagastos un pilsētās: tā ir aplēse.",
            en="Three former municipalities (Aglonas, Inčukalna, Ķekavas novads) now lie in two. Their residents were "
            "divided like the declared residents of that year in their present parishes and towns: an estimate.",
        ),
        Text(
            lv="Tie ir pastāvīgie iedzīvotāji (2018. gadā 1,93 miljoni), nevis deklarētie (2,11 miljoni).",
            en="These are usual residents (1.93 million in 2018), not declared ones (2.11 million).",
        ),
        Text(lv="Failos licence nav norādīta.", en="The files state no licence."),
    ),
)

LAU: Mapping[str, ColumnType] = {"lau_id": "text", "lau_name": "text", "population": "integer", "year": "text"}


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Residents by present municipality and year: final where whole municipalities were merged, else estimated.

    A former municipality that lies in several present ones is divided in proportion to residents (see `weights`); the
    total is kept. `attrs["notes"]` gives the totals and what was divided.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once: a code the crosswalk does not know, or one that stands there twice.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no file", f"Fetch {SOURCE.files[0]} first.")
    notes: dict[str, int] = {}
    tables = []
    for file in sorted(files, key=lambda file: file.name):
        table = read(file, context)
        for year, rows in table.groupby("year"):
            tables.append(carried(rows, str(year), context, notes))
    repeated = pd.concat(tables, ignore_index=True)
    if repeated.duplicated(KEY).any():
        raise SchemaError.of(SOURCE.id, "", "two files hold the same year", "Fetch one file per year.")
    result = repeated.sort_values(KEY, ignore_index=True).reindex(columns=list(COLUMNS))
    result.attrs["notes"] = notes
    return result


def read(file: RawFile, context: Context) -> pd.DataFrame:
    """Residents by former municipality: code (LV and seven digits), year, population."""
    table = open_csv(file, LAU)
    table["code"] = "LV" + table["lau_id"].str.zfill(7)
    known = set(context.crosswalk["L0_code_old"])
    faults = Faults(file.name)
    wrong = {
        "lau_id": [
            (~table["code"].isin(known), "is no municipality of 2021"),
            (table.duplicated(["code", "year"]), "stands there twice"),
        ],
        "population": [(table["population"] < 0, "is less than 0")],
        "year": [(~table["year"].str.fullmatch(r"\d{4}"), "is not a year")],
    }
    for column, rules in wrong.items():
        for rows, problem in rules:
            for line in table.index[rows]:
                faults.add(f"line {line}, column {column!r}", f"{str(table.loc[line, column])!r} {problem}", AGAIN)
    faults.raise_any()
    return table


def carried(table: pd.DataFrame, year: str, context: Context, notes: dict[str, int]) -> pd.DataFrame:
    """One year's residents in present municipalities."""
    parts = weights(year, context).merge(table[["code", "population"]], left_on="old", right_on="code")
    parts["value"] = parts["population"] * parts["share"]
    parts["split"] = parts.duplicated("old", keep=False)
    sums = parts.groupby("new", as_index=False).agg(value=("value", "sum"), split=("split", "any"))
    notes[f"{year}: residents in the file"] = int(table["population"].sum())
    notes[f"{year}: residents carried over"] = round(sums["value"].sum())
    notes[f"{year}: former municipalities divided"] = int(parts.loc[parts["split"], "old"].nunique())
    return pd.DataFrame(
        {
            "territory": sums["new"],
            "period": year,
            "measure": "lau_residents",
            "value": sums["value"].round(3),
            "status": sums["split"].map({True: "estimated", False: "final"}),
        }
    )


def weights(year: str, context: Context) -> pd.DataFrame:
    """Shares of each former municipality (old) in present ones (new), adding up to 1.

    The share is that of declared residents: a present unit counts with its residents of the year (RAIM) times the part
    of its area that came from the former municipality. Area would not do: Vangaži has 4 % of the land of Inčukalna
    novads and nearly half of its people. Without RAIM's workbooks area has to do.
    """
    rows = context.crosswalk
    weight = rows["km2"].astype("float64")
    if context.files.get(raim.SOURCE.id):
        residents = raim.read(context.files[raim.SOURCE.id], context).table("unit", raim.SERIES[0].name)
        if year in residents:
            known = rows["L1_code_new"].map(residents[year])
            weight = (known * rows["share_new"]).fillna(0.0)
    sums = pd.DataFrame({"old": rows["L0_code_old"], "new": rows["L0_code_new"], "share": weight})
    parts = pd.DataFrame(sums.groupby(["old", "new"], as_index=False)["share"].sum())
    parts["share"] /= parts["share"].groupby(parts["old"]).transform("sum")
    return parts.loc[parts["share"] > 0]

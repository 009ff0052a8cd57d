"""Eurostat's 1 km population grid: people by cell in several years, and the units they live in."""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from data.context import Context, RawFile
from data.model import Break, Licence, Measure, SchemaError, Source, Text
from data.read import Faults, file_text, open_csv
from data.spatial import GRID, METRIC, by_density, cells_to_units, project, refuse, summed, unit_observations
from data.urbanisation import urban_cells

CELL = 1000
"""Side of a cell (m)."""
COUNT = re.compile(r"pop_\d{4}")
HOME = "LV"
"""The country code of cells whose people all live in Latvia; a cell on the border carries both countries' codes."""

OTHER_METHOD = Text(
    lv="Katra gada režģis veidots ar citu paņēmienu, tāpēc gadi nav savstarpēji salīdzināmi.",
    en="The grid of each year was made by another method, so the years cannot be compared with each other.",
)
SMALL_CELLS_2011 = Text(
    lv="2011. gadā šūnās ar 1–10 iedzīvotājiem publicēts skaitlis 5, tāpēc viensētu apvidos skaits ir pārāk liels vai "
    "pārāk mazs un kopsumma pārsniedz tautas skaitīšanas rezultātu.",
    en="In 2011 cells with 1–10 residents are published as 5: where people live in scattered farms the figure is too "
    "high or too low, and the total exceeds the census.",
)
BREAKS = (Break("2011", SMALL_CELLS_2011), Break("2018", OTHER_METHOD), Break("2021", OTHER_METHOD))

EUROSTAT_REUSE = Licence("Eurostat reuse", "https://ec.europa.eu/eurostat/web/main/help/copyright-notice")

BORDER = Text(
    lv="Robežšūnās Eurostat saskaita abu valstu iedzīvotājus. Latvijai pieskaitīta daļa pēc platības, tāpēc pie "
    "robežas skaits ir tuvināts, īpaši Valkā, kuras šūnās dzīvo arī Igaunijas Valgas iedzīvotāji.",
    en="In cells on the border Eurostat counts the people of both countries. Latvia gets its part by area, so figures "
    "at the border are approximate, above all in Valka, whose cells also hold residents of Estonian Valga.",
)
ASSIGNED = Text(
    lv="Šūna, kas skar vairākas vienības, sadalīta pēc platības un vienību iedzīvotāju blīvuma. Mazās pilsētās un to "
    "apkārtnes pagastos sadalījums ir tuvināts.",
    en="A cell that touches several units is divided by area and the units' population density. In small towns and "
    "the parishes around them the division is approximate.",
)

SOURCE = Source(
    id="popgrid",
    publisher=Text(lv="Eurostat (GISCO, GEOSTAT)", en="Eurostat (GISCO, GEOSTAT)"),
    title=Text(lv="Iedzīvotāju skaits 1 km režģī", en="Population on the 1 km grid"),
    address="https://ec.europa.eu/eurostat/web/gisco/geodata/population-distribution/geostat",
    licence=EUROSTAT_REUSE,
    credit=Text(lv="Eurostat, GEOSTAT iedzīvotāju režģis (1 km)", en="Eurostat, GEOSTAT population grid (1 km)"),
    updates=Text(
        lv="pēc katras tautas skaitīšanas un dažos starpgados", en="after each census and in some other years"
    ),
    files=("popgrid_lv_1km.csv",),
    provides=(
        Measure(
            "grid_residents",
            Text(lv="Iedzīvotāji pēc 1 km režģa", en="Residents by the 1 km grid"),
            "",
            "count",
            breaks=BREAKS,
        ),
        Measure(
            "inhabited_km2",
            Text(lv="Platība šūnās, kurās kāds dzīvo", en="Area in cells where anybody lives"),
            "km²",
            "area",
            breaks=BREAKS,
        ),
        Measure(
            "popgrid_urban_centre_residents",
            Text(lv="Iedzīvotāji pilsētu centru šūnās", en="Residents of cells of urban centres"),
            "",
            "count",
            breaks=BREAKS,
        ),
        Measure(
            "popgrid_urban_cluster_residents",
            Text(lv="Iedzīvotāji pilsētu kopu šūnās", en="Residents of cells of urban clusters"),
            "",
            "count",
            breaks=BREAKS,
        ),
    ),
    known_problems=(
        Text(
            lv="Režģī ir pastāvīgie iedzīvotāji (2021. gadā – tautas skaitīšana), RAIM datos – deklarētie: "
            "tos nedrīkst dalīt vienu ar otru.",
            en="The grid counts usual residents (in 2021: the census), RAIM declared ones: one must not be divided by "
            "the other.",
        ),
        Text(
            lv="2021. gadā vienībām pieskaitīto kopsumma ir par aptuveni 0,2 % mazāka nekā tautas skaitīšanā.",
            en="In 2021 the people assigned to units are about 0.2% fewer than the census counted.",
        ),
        BORDER,
        ASSIGNED,
        Text(
            lv="Blīvi apdzīvotas vietas aiz robežas režģī nav: Valka urbanizācijas pakāpē skaitīta bez Valgas.",
            en="Dense settlement across the border is not in the grid: in the degree of urbanisation Valka counts "
            "without Valga.",
        ),
        SMALL_CELLS_2011,
        OTHER_METHOD,
    ),
)
PEOPLE = (SOURCE.id,)
"""What figures are made with that are weighted by where people live."""


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Residents, those of urban cells, and inhabited area (km²) of every unit in each year of the grid.

    The result's `attrs["notes"]` says how many people of each year's file were assigned.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    cells = read(files)
    parts = context.once("popgrid parts", lambda: cells_to_units(cells, CELL, context.units))
    tables, notes = [], {}
    for year in years(cells):
        people = cells[f"pop_{year}"]
        shares = by_density(parts, people, context.units)
        lived = shares["cell"].map(people)
        residents = shares["share"] * lived
        urban = urban_cells(cells["x3035"] // CELL, cells["y3035"] // CELL, people)
        values = pd.DataFrame(
            {
                "grid_residents": residents,
                "inhabited_km2": shares["km2"].where(lived > 0, 0.0),
                "popgrid_urban_centre_residents": residents.where(shares["cell"].map(urban["centre"]), 0.0),
                "popgrid_urban_cluster_residents": residents.where(shares["cell"].map(urban["cluster"]), 0.0),
            }
        )
        sums = summed(values, shares["unit"], context.units)
        tables.append(unit_observations(sums, year))
        notes[f"{year}: people in the file"] = int(people.sum())
        notes[f"{year}: people assigned to units"] = round(sums["grid_residents"].sum())
        notes[f"{year}: people in the file, cells of Latvia alone"] = int(people[cells["home"]].sum())
        notes[f"{year}: people assigned, cells of Latvia alone"] = round(
            residents[shares["cell"].map(cells["home"])].sum()
        )
        notes[f"{year}: people of home cells without land"] = int(
            people[cells["home"] & ~cells.index.isin(parts["cell"])].sum()
        )
    tidied = pd.concat(tables, ignore_index=True).sort_values(["territory", "period", "measure"], ignore_index=True)
    tidied.attrs["notes"] = notes
    return tidied


def read(files: Sequence[RawFile]) -> pd.DataFrame:
    """The cells: x3035, y3035 (lower left corner, m), cntr, home (bool) and one column pop_<year> per year.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    file = only(files, SOURCE)
    faults = Faults(file.name)
    found = COUNT.findall(file_text(file).partition("\n")[0])
    if not found:
        faults.add("line 1", "no column 'pop_<year>'", "The publisher may have renamed it: check the file's form.")
        faults.raise_any()
    cells = open_csv(
        file,
        {"GRD_ID": "text", "x3035": "integer", "y3035": "integer", "cntr": "text"} | dict.fromkeys(found, "integer"),
    )
    check_cells(cells, found, faults)
    faults.raise_any()
    return cells.assign(home=cells["cntr"] == HOME)


def check_cells(cells: pd.DataFrame, counts: Sequence[str], faults: Faults) -> None:
    """Corners on the grid that agree with the id, each cell once, in or at Latvia, no negative count."""
    named = cells["GRD_ID"].str.extract(r"N(?P<y>\d+)E(?P<x>\d+)$")
    wrong = (named["x"] != cells["x3035"].astype("str")) | (named["y"] != cells["y3035"].astype("str"))
    refuse(faults, cells["GRD_ID"], wrong, "{!r} is not the cell at x3035, y3035")
    refuse(faults, cells["GRD_ID"], cells["GRD_ID"].duplicated(), "the cell {} stands there twice")
    for column in ("x3035", "y3035"):
        refuse(faults, cells[column], cells[column] % CELL != 0, f"{{}} is not a corner of the {CELL} m grid")
    abroad = ~cells["cntr"].str.split("-").map(lambda codes: HOME in codes)
    refuse(faults, cells["cntr"], abroad, f"{{!r}} does not name {HOME}")
    for column in counts:
        refuse(faults, cells[column], cells[column] < 0, "{} is a negative count")


def years(cells: pd.DataFrame) -> list[str]:
    """The years of the grid, ascending."""
    return sorted(column.removeprefix("pop_") for column in cells.columns if column.startswith("pop_"))


def residents(context: Context) -> pd.DataFrame:
    """Who lives where in the latest year of the grid: what distances and coverage are weighted by.

    Returns
    -------
    pd.DataFrame
        One row per cell and unit with people: unit, people, x3035, y3035 (corner of the cell, m), x, y (centre of the
        cell, EPSG:3059, m). Made once per build.
    """
    path = context.people
    if path and path.is_file() and not context.files.get(SOURCE.id):
        return context.once("popgrid residents", lambda: residents_kept(pd.read_parquet(path), context))
    return context.once("popgrid residents", lambda: residents_of(read(context.files_of(SOURCE.id)), context))


def is_known(context: Context) -> bool:
    """Whether it is known who lives where: from the grid's file, or from what a snapshot keeps of it."""
    return bool(context.files.get(SOURCE.id) or (context.people and context.people.is_file()))


def residents_kept(people: pd.DataFrame, context: Context) -> pd.DataFrame:
    """`residents` from what a snapshot keeps of them: unit, people, x, y (EPSG:3059, whole metres).

    Where its units are no longer those of today, the people of each cell are divided among these anew.
    """
    people = people.astype({"unit": "str", "people": "float64", "x": "float64", "y": "float64"})
    east, north = project(people["x"], people["y"], METRIC, GRID)
    corners = {"x3035": east, "y3035": north}
    people = people.assign(**{name: (middle // CELL * CELL).astype("int64") for name, middle in corners.items()})
    if people["unit"].isin(context.units.index).all():
        return people.reindex(columns=["unit", "people", "x3035", "y3035", "x", "y"])
    cells = pd.DataFrame(people.groupby(["x3035", "y3035"])["people"].sum()).reset_index()
    return residents_of(cells.assign(home=True, pop_0000=cells["people"]), context)


def residents_of(cells: pd.DataFrame, context: Context) -> pd.DataFrame:
    """`residents` of given cells."""
    people = cells[f"pop_{years(cells)[-1]}"]
    parts = context.once("popgrid parts", lambda: cells_to_units(cells, CELL, context.units))
    parts = by_density(parts, people, context.units)
    lived = pd.DataFrame({"unit": parts["unit"], "people": parts["share"] * parts["cell"].map(people)})
    corners = cells.loc[parts["cell"], ["x3035", "y3035"]].set_axis(lived.index)
    x, y = project(corners["x3035"] + CELL / 2, corners["y3035"] + CELL / 2, GRID)
    return lived.join(corners).assign(x=x, y=y).query("people > 0").reset_index(drop=True)


def only(files: Sequence[RawFile], source: Source) -> RawFile:
    """The one file of a source.

    Raises
    ------
    SchemaError
        If there is none, or more than one.
    """
    if len(files) != 1:
        there = ", ".join(file.name for file in files) or "none"
        raise SchemaError.of(source.id, "", f"one file is needed, there is {there}", f"Give {source.files[0]} only.")
    return files[0]

"""A made-up indicator atlas: every series of RAIM for the made-up country, to be bent by a test and written as .xlsx.

Three years of counts (2019-2021) whose figures follow each other by simple rules, so that answers need no machine:

    residents            100 x the unit's place in UNITS (100, 200 … 600), the same each year; Ala (500) is zero
                         before 2021, when its 500 people are counted in the eastern Salas pagasts (600 + 500)
    age groups           20 %, 60 %, 20 % of the residents
    births               2 % of the residents, half of them girls; a year more as births per 1000 residents
    working age          a year more as a share of the residents (2022, with the residents)
    businesses           5 registered, 3 closed in every unit
    everything else      7
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import xlsxwriter

from data.context import Context, RawFile
from data.sources import raim
from tests.data.country import UNITS

PARISH, NEIGHBOUR, CITY, SALAS, TOWN, EAST = (row[0] for row in UNITS)
"""Augšciema, Lejciema pagasts; Pils; Salas pagasts; Ala; the other Salas pagasts, from which Ala was split."""
KALNU, UPES = "LV0020000", "LV0030000"
PARENT = {row[0]: row[3][0] for row in UNITS}
NAMES = {entry.measure.id: entry.name for entry in raim.SERIES}
RATIO = {derived.parts[0]: derived.name for derived in raim.DERIVED if derived.recovers}

Table = dict[str, dict[str, float | str | None]]
"""Territory -> year -> cell."""


def territories() -> pd.DataFrame:
    """The made-up country's units and municipalities."""
    units = [
        (code, name, "unit", {5: "", 6: "town", 7: "parish", 1: "city"}[kind], owner[0])
        for code, name, kind, owner, *_ in UNITS
    ]
    owners = {row[3][0]: row[3] for row in UNITS}
    places = [
        (code, name, "municipality", "city" if kind == 1 else "municipality", "LV00A")
        for code, name, kind in owners.values()
    ]
    table = pd.DataFrame([*units, *places], columns=["code", "name", "level", "kind", "parent"])
    return table.assign(full_name=table["name"])


def crosswalk() -> pd.DataFrame:
    """Old units and the present ones; Ala and the eastern Salas pagasts were one."""
    rows = []
    for place, (code, _, _, owner, *_) in enumerate(UNITS):
        split = code in (TOWN, EAST)
        old, share = ("LV0990490", {TOWN: 0.1, EAST: 0.9}[code]) if split else (f"LV09904{place}0", 1.0)
        former = "LV0980000" if code in (SALAS, PARISH) else owner[0].replace("LV00", "LV09")
        rows.append((old, former, code, owner[0], share, 1.0, 100.0))
    columns = ["L1_code_old", "L0_code_old", "L1_code_new", "L0_code_new", "share_old", "share_new", "km2"]
    return pd.DataFrame(rows, columns=columns)


def context(**files: Sequence[RawFile]) -> Context:
    return Context(territories(), gpd.GeoDataFrame(), crosswalk(), files)


def residents(code: str, year: int) -> float:
    if code == TOWN and year < 2021:
        return 0
    return 100 * (1 + [row[0] for row in UNITS].index(code)) + (500 if code == EAST and year < 2021 else 0)


RULES: dict[str, Callable[[str, int], float]] = {
    "residents": residents,
    "residents_under_working_age": lambda code, year: residents(code, year) * 0.2,
    "residents_working_age": lambda code, year: residents(code, year) * 0.6,
    "residents_over_working_age": lambda code, year: residents(code, year) * 0.2,
    "births": lambda code, year: residents(code, year) * 0.02,
    "births_girls": lambda code, year: residents(code, year) * 0.01,
    "births_boys": lambda code, year: residents(code, year) * 0.01,
    "businesses_registered": lambda code, year: 5,
    "businesses_closed": lambda code, year: 3,
    "unemployment_rate": lambda code, year: 0.05,
}
YEARS = (2019, 2020, 2021)


@dataclass
class Sheet:
    """A sheet to be written: its series and level, the cells, and how codes are written."""

    series: str
    level: raim.Published
    cells: Table
    unit: str = "Skaits"
    code: Callable[[str], str | int] = lambda code: code.removeprefix("LV")


@dataclass
class Atlas:
    """The sheets of each workbook by the workbook's name."""

    books: dict[str, list[Sheet]] = field(default_factory=dict)

    def sheet(self, measure: str, level: raim.Published = "unit", book: str | None = None) -> Sheet:
        """The sheet of a measure (or of a derived series, by its name)."""
        name = NAMES.get(measure, measure)
        books = self.books if book is None else {book: self.books[book]}
        return next(s for sheets in books.values() for s in sheets if (s.series, s.level) == (name, level))

    def set(self, measure: str, year: int, level: raim.Published = "unit", **cells: float | str | None) -> None:
        """Write the given cells of one year."""
        for code, cell in cells.items():
            self.sheet(measure, level).cells[code][str(year)] = cell

    def fill(self, measure: str, year: int, cell: float | None, level: raim.Published = "unit") -> None:
        """Write one figure into all cells of a year."""
        for row in self.sheet(measure, level).cells.values():
            row[str(year)] = cell

    def write(self, folder: Path) -> list[RawFile]:
        """Write all workbooks as RAIM exports them."""
        files = []
        for name, sheets in self.books.items():
            pages = tuple((f"{number} {sheet.series}", tuple(rows_of(sheet))) for number, sheet in enumerate(sheets))
            (folder / name).write_bytes(workbook(pages))
            files.append(RawFile(name, folder / name))
        return files

    def tidy(self, folder: Path) -> pd.DataFrame:
        files = self.write(folder)
        return raim.tidy(files, context(raim=files))


@lru_cache(maxsize=8)
def workbook(pages: tuple[tuple[str, tuple[tuple[object, ...], ...]], ...]) -> bytes:
    """The bytes of a workbook; most tests bend one of the two and leave the other as it was."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for title, rows in pages:
            page = book.add_worksheet(title[:31].replace("/", " "))
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return content.getvalue()


def rows_of(sheet: Sheet) -> Iterator[tuple[object, ...]]:
    """The rows of a sheet: header, figures, metadata."""
    names = {row[0]: row[1] for row in UNITS} | {row[3][0]: row[3][1] for row in UNITS}
    unit = sheet.level == "unit"
    years = list(next(iter(sheet.cells.values())))
    yield "Reģions", "Pašvaldība", *(["Teritoriālais iedalījums"] if unit else []), "ATVK", *map(int, years)
    for code, row in sheet.cells.items():
        place = [names.get(PARENT.get(code, ""), ""), names.get(code, "")] if unit else [names.get(code, "")]
        yield "Reģions", *place, sheet.code(code), *(row[year] for year in years)
    yield ()
    yield from (("Nosaukums", sheet.series), ("Mērvienība", sheet.unit), ("Datu avots", "Izdomāts reģistrs"))


def summed(cells: Table) -> Table:
    """The municipalities' sums; empty where they are zero, as RAIM writes them."""
    table: Table = {}
    for code, row in cells.items():
        owner = table.setdefault(PARENT[code], dict.fromkeys(row, 0.0))
        for year, cell in row.items():
            owner[year] += cell or 0
    return {code: {year: cell or None for year, cell in row.items()} for code, row in table.items()}


def make(years: Mapping[str, Sequence[int]] | None = None) -> Atlas:
    """The atlas as the module says: the counts in one workbook, the ratios in a later one."""
    years = {"residents": (*YEARS, 2022)} | dict(years or {})
    counts: list[Sheet] = []
    tables: dict[str, Table] = {}
    for entry in raim.SERIES:
        id = entry.measure.id
        rule = RULES.get(id, lambda code, year: 7)
        codes = list(PARENT) if entry.measure.level == "unit" else [KALNU, UPES, CITY]
        cells: Table = {code: {str(y): round(rule(code, y), 6) for y in years.get(id, YEARS)} for code in codes}
        unit = "Procenti" if entry.measure.kind == "share" else "Skaits"
        tables[id] = cells
        if entry.measure.level == "unit":
            counts.append(Sheet(entry.name, "unit", cells, unit))
            cells = summed(cells)
        counts.append(Sheet(entry.name, "municipality", cells, unit))
    ratios: list[Sheet] = []
    for derived in raim.DERIVED:
        span = (*YEARS, 2022) if derived.recovers else YEARS
        cells = {}
        for code in PARENT:
            first, second = (RULES.get(part, lambda code, year: 7) for part in derived.parts)
            row: dict[str, float | str | None] = {}
            for year in span:
                if derived.name == raim.NET_CHANGE:
                    row[str(year)] = first(code, year) - second(code, year)
                else:
                    base = second(code, year)
                    row[str(year)] = derived.factor * first(code, year) / base or None if base else None
            cells[code] = row
        ratios.append(Sheet(derived.name, "unit", cells))
        ratios.append(Sheet(derived.name, "municipality", {code: dict(cells[EAST]) for code in (KALNU, UPES, CITY)}))
    return Atlas({"raditaju_atlase_a.xlsx": counts, "raditaju_atlase_b.xlsx": ratios})

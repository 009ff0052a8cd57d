"""CSP's population of municipalities: natural increase (IRS031) and single years of age (IRD041)."""

from __future__ import annotations

from functools import partial

from data import pxweb
from data.model import Kind, Measure, Text
from data.pxweb import Series, Table
from data.sources.csp_population import METHOD


def people(id: str, lv: str, en: str, kind: Kind = "count", lead: int = 0) -> Measure:
    breaks = (METHOD,) if lead == 0 else ()
    return Measure(id, Text(lv, en), "", kind, level="municipality", breaks=breaks, lead=lead)


TABLES = (
    Table(
        "IRS031",
        "POP/IR/IRS",
        series=(
            Series(
                people(
                    "natural_increase",
                    "Dabiskais pieaugums: dzimušie bez mirušajiem",
                    "Natural increase: births less deaths",
                    "change",
                    lead=1,
                ),
                ("NATGROW",),
            ),
            Series(
                people(
                    "usual_residents_municipal", "Pastāvīgie iedzīvotāji novadā", "Usual residents of municipalities"
                ),
                ("POP_SY",),
            ),
        ),
    ),
    Table(
        "IRD041",
        "POP/IR/IRD",
        series=(
            Series(
                people(
                    "usual_aged_7_18",
                    "Pastāvīgie iedzīvotāji 7–18 gadu vecumā",
                    "Usual residents aged 7–18",
                ),
                tuple(f"Y{age}" for age in range(7, 19)),
            ),
            Series(people("usual_single_years", "Pastāvīgie iedzīvotāji pa gadiem", "Usual residents by single years")),
        ),
    ),
)

SOURCE = pxweb.source(
    "csp_change",
    Text(lv="Dabiskais pieaugums un iedzīvotāji pa gadiem novados", en="Natural increase and ages in municipalities"),
    TABLES,
    known_problems=(
        Text(
            lv="Publicēts tikai novadiem un valstspilsētām; mirušo skaits pagastos nav publicēts.",
            en="Published for municipalities and state cities only; deaths of parishes are not published.",
        ),
    ),
)
LIVE_FILES = pxweb.file_names(TABLES)
live, tidy = partial(pxweb.live, TABLES), partial(pxweb.tidy, TABLES)

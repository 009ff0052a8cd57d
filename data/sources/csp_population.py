"""CSP's population of parishes and towns: urban and rural (IRS051), in present borders (RIG010), by age (IRD081)."""

from __future__ import annotations

from functools import partial

from data import pxweb
from data.model import Break, Measure, Succession, Text
from data.pxweb import Series, Table

METHOD = Break(
    "2023",
    Text(
        lv="2025. gadā CSP mainīja iedzīvotāju skaita novērtēšanas metodi un pārrēķināja 2023. un 2024. gadu; agrākie "
        "gadi "
        "nav pārrēķināti.",
        en="In 2025 CSP changed the method of its population estimates and recomputed 2023 and 2024; earlier years "
        "were "
        "not recomputed.",
    ),
)
USUAL = Text(
    lv="No šī gada skaita pastāvīgos iedzīvotājus (CSP), līdz tam – deklarētos (PMLP); 2021. gadā deklarēto bija par "
    "9 % "
    "vairāk.",
    en="From this year on usual residents are counted (CSP), until then declared ones (PMLP); in 2021 there were 9% "
    "more "
    "declared residents.",
)


def people(id: str, lv: str, en: str, succeeds: str = "", lead: int | None = 0) -> Measure:
    """A number of usual residents on 1 January."""
    succession = Succession(succeeds, USUAL, group="residents") if succeeds else None
    return Measure(id, Text(lv, en), "", "count", breaks=(METHOD,), lead=lead, succeeds=succession)


TABLES = (
    Table(
        "IRS051",
        "POP/IR/IRS",
        series=(
            Series(people("usual_residents", "Pastāvīgie iedzīvotāji", "Usual residents", "residents")),
            Series(
                people(
                    "usual_residents_dense",
                    "Pastāvīgie iedzīvotāji blīvi apdzīvotās vietās",
                    "Usual residents in densely populated areas",
                ),
                ("*urban*",),
            ),
        ),
    ),
    Table(
        "RIG010",
        "POP/IR/IRD",
        since="2011",
        series=(
            Series(
                people(
                    "usual_residents_present_borders",
                    "Pastāvīgie iedzīvotāji tagadējās robežās",
                    "Usual residents in present borders",
                    lead=None,
                ),
                adds_up=False,
            ),
        ),
    ),
    Table(
        "IRD081",
        "POP/IR/IRD",
        since="2012",
        series=tuple(
            Series(people(f"usual_{id}", f"Pastāvīgie iedzīvotāji {lv}", f"Usual residents {en}", succeeds), parts)
            for id, lv, en, succeeds, parts in (
                (
                    "under_working_age",
                    "līdz darbspējas vecumam",
                    "under working age",
                    "residents_under_working_age",
                    ("Under working age",),
                ),
                (
                    "working_age",
                    "darbspējas vecumā",
                    "of working age",
                    "residents_working_age",
                    ("Of working age",),
                ),
                (
                    "over_working_age",
                    "virs darbspējas vecuma",
                    "over working age",
                    "residents_over_working_age",
                    ("Over working age",),
                ),
                ("aged_80_plus", "no 80 gadu vecuma", "aged 80 and over", "", ("Y80-84", "Y_GE85")),
                ("all_ages", "visos vecumos", "of all ages", "", ()),
            )
        ),
    ),
)

SOURCE = pxweb.source(
    "csp_population",
    Text(lv="Pastāvīgie iedzīvotāji pagastos un pilsētās", en="Usual residents of parishes and towns"),
    TABLES,
    known_problems=(
        Text(
            lv="Tie ir pastāvīgie iedzīvotāji, kādus novērtē CSP, nevis deklarētie, kādus skaita RAIM. Kur RAIM datu "
            "vairs "
            "nav, rādītāji turpinās ar šiem, un pāreja atzīmēta kā pārtraukums.",
            en="These are usual residents as CSP estimates them, not declared ones as RAIM counts them. Where RAIM "
            "has no "
            "further figures, indicators go on with these, and the seam is marked as a break.",
        ),
        Text(
            lv="Skaitļi tagadējās robežās (RIG010) ir eksperimentālā statistika; iedzīvotāji, kuru dzīvesvieta "
            "pagastā nav "
            "zināma, pagastos nav ieskaitīti.",
            en="Figures in present borders (RIG010) are experimental statistics; residents whose parish is not known "
            "are "
            "not counted in any.",
        ),
    ),
)
LIVE_FILES = pxweb.file_names(TABLES)
live, tidy = partial(pxweb.live, TABLES), partial(pxweb.tidy, TABLES)

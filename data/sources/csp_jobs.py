"""CSP's jobs and employed people of parishes: where they work (NPV022) and where they live (NPV010)."""

from __future__ import annotations

from functools import partial

from data import pxweb
from data.model import Measure, Text
from data.pxweb import Series, Table

TABLES = (
    Table(
        "NPV022",
        "ENT/UT/UTV",
        series=(
            Series(
                Measure("jobs_here", Text("Darbvietas pēc darba vietas", "Jobs by place of work"), "", "count"),
                ("Number of jobs",),
                adds_up=False,
            ),
            Series(
                Measure(
                    "value_added_here_eur",
                    Text("Pievienotā vērtība pēc darba vietas", "Value added by place of work"),
                    "EUR",
                    "money",
                ),
                ("Value added*",),
                adds_up=False,
            ),
        ),
    ),
    Table(
        "NPV010",
        "ENT/UT/UTN",
        series=(
            Series(
                Measure(
                    "employed_residents",
                    Text("Nodarbinātie iedzīvotāji pēc dzīvesvietas", "Employed residents by place of residence"),
                    "",
                    "count",
                ),
                ("Number of employed",),
                adds_up=False,
            ),
        ),
    ),
)

SOURCE = pxweb.source(
    "csp_jobs",
    Text(
        lv="Darbvietas, nodarbinātie un pievienotā vērtība (eksperimentālā statistika)",
        en="Jobs, employed people and value added (experimental statistics)",
    ),
    TABLES,
    known_problems=(
        Text(
            lv="Eksperimentālā statistika. Nav finanšu un apdrošināšanas uzņēmumu, valsts pārvaldes un aizsardzības, "
            "un nav "
            "publicētas teritorijas ar mazāk nekā 10 nodarbinātajiem.",
            en="Experimental statistics. Finance and insurance, public administration and defence are left out, and "
            "territories with fewer than 10 employed are not published.",
        ),
        Text(
            lv="Pašnodarbināto darba vieta ir viņu dzīvesvieta. Kas strādā vairākās vietās, ieskaitīts katrā no tām.",
            en="The self-employed are counted where they live. Who works in several places is counted in each of them.",
        ),
    ),
)
LIVE_FILES = pxweb.file_names(TABLES)
live, tidy = partial(pxweb.live, TABLES), partial(pxweb.tidy, TABLES)

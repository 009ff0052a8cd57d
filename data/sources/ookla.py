"""Ookla's fixed broadband tests in cells of about 350 m, a file a quarter, and the people living where tests are.

A quarter comes as a table of Latvian cells (2023), or as Ookla publishes it: map tiles of the whole world.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from data import tiles
from data.context import Context, RawFile
from data.lock import Found
from data.model import OPEN_TO_CHANGE, Licence, Measure, SchemaError, Source, Text
from data.read import Faults, open_csv
from data.sources import popgrid
from data.spatial import AROUND_LATVIA, DEGREES, GRID, project, refuse

if TYPE_CHECKING:
    from data.live import Visit

HALF_CELL = 175
"""From the lower left corner of a cell to its centre (m, both ways)."""
QUARTER = re.compile(r"(\d{4})q([1-4])", re.IGNORECASE)
NETWORK = "fixed"
SPEEDS = (30, 100)
"""Download speeds (Mbit/s) whose reach is counted in residents."""

CC_BY_NC_SA = Licence(
    "CC-BY-NC-SA-4.0",
    "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    non_commercial=True,
    share_alike=True,
)
CREDIT = Text(
    lv="Speedtest® by Ookla® Global Fixed and Mobile Network Performance Maps. Šī projekta analīze, kuras pamatā ir "
    "Ookla sniegtie dati. Ookla preču zīmes lietotas ar atļauju (Ookla trademarks used under license and reprinted "
    "with permission)",
    en="Speedtest® by Ookla® Global Fixed and Mobile Network Performance Maps. Based on this project's analysis of "
    "data provided by Ookla. Ookla trademarks used under license and reprinted with permission",
)
SELF_SELECTED = Text(
    lv="Mērījumus veic lietotāji paši, bieži tad, kad savienojums šķiet lēns vai tikko uzlabots, un ātrumu ierobežo "
    "arī bezvadu maršrutētājs mājās: tas ir izmērītais, nevis pieejamais ātrums.",
    en="People run the tests themselves, often when a connection seems slow or is new, and their home's wireless "
    "router limits the speed too: this is what was measured, not what can be ordered.",
)

PROVIDED = (
    Measure("ookla_tests", Text(lv="Mērījumi", en="Tests"), "", "count"),
    Measure("ookla_devices", Text(lv="Ierīces", en="Devices"), "", "count"),
    Measure("ookla_cells", Text(lv="Šūnas ar mērījumiem", en="Cells with tests"), "", "count"),
    Measure(
        "ookla_download_sum",
        Text(lv="Lejupielādes ātrums × mērījumi", en="Download speed × tests"),
        "Mbit/s",
        "weighted_sum",
    ),
    Measure(
        "ookla_upload_sum",
        Text(lv="Augšupielādes ātrums × mērījumi", en="Upload speed × tests"),
        "Mbit/s",
        "weighted_sum",
    ),
    Measure("ookla_latency_sum", Text(lv="Latentums × mērījumi", en="Latency × tests"), "ms", "weighted_sum"),
    Measure(
        "ookla_grid_residents",
        Text(lv="Iedzīvotāji pēc 1 km režģa (mērījumu bāze)", en="Residents by the 1 km grid (base of the tests)"),
        "",
        "count",
        made_with=popgrid.PEOPLE,
    ),
    Measure(
        "ookla_residents_measured",
        Text(lv="Iedzīvotāji 1 km šūnās ar mērījumiem", en="Residents of 1 km cells with tests"),
        "",
        "count",
        made_with=popgrid.PEOPLE,
    ),
    *(
        Measure(
            f"ookla_residents_{speed}mbps",
            Text(
                lv=f"Iedzīvotāji 1 km šūnās, kurās vidējais lejupielādes ātrums ir vismaz {speed} Mbit/s",
                en=f"Residents of 1 km cells whose mean download is at least {speed} Mbit/s",
            ),
            "",
            "count",
            made_with=popgrid.PEOPLE,
        )
        for speed in SPEEDS
    ),
)

SOURCE = Source(
    id="ookla",
    publisher=Text(lv="Ookla", en="Ookla"),
    title=Text(
        lv="Fiksētā platjoslas interneta mērījumi 350 m šūnās", en="Fixed broadband measurements in cells of 350 m"
    ),
    address="https://github.com/teamookla/ookla-open-data",
    licence=CC_BY_NC_SA,
    credit=CREDIT,
    updates=Text(lv="reizi ceturksnī", en="every quarter"),
    files=("ookla_fixed_*_lv_350m.csv",),
    provides=tuple(replace(measure, gates=OPEN_TO_CHANGE) for measure in PROVIDED),
    known_problems=(
        SELF_SELECTED,
        Text(
            lv="Mērījumu ir daudz pilsētās un maz laukos: desmitiem pagastu nav neviena, vairumam ir mazāk par 30. "
            "Visa pagasta vidējo var noteikt viens mērījums vai viena ierīce, ar kuru mērīts simt reižu.",
            en="Tests are many in towns and few in the country: dozens of parishes have none, most have fewer than 30. "
            "A single test, or one device that tested a hundred times, can make a parish's mean.",
        ),
        Text(
            lv="Šūna pieder vienībai, kurā ir tās centrs. Šūnas, kuru centrs ir ārpus visām vienībām (jūrā vai aiz "
            "valsts robežas), nepieder nevienai; 1 km šūnas ātrumā pie pašas robežas un krasta tās ir ieskaitītas.",
            en="A cell belongs to the unit its centre lies in. Cells whose centre lies in no unit (at sea or across "
            "the border) belong to nobody; in the speed of a 1 km cell at the very border or coast they count.",
        ),
        Text(
            lv="Dažas šūnas failā ir divās rindās; tās summētas, nevis dzēstas.",
            en="Some cells stand in two rows of the file; they are added up, not dropped.",
        ),
        Text(
            lv="Iedzīvotāju daļa ar vismaz 30 vai 100 Mbit/s attiecas uz 1 km šūnām ar mērījumiem; ierīces skaitītas "
            "pa šūnām, tāpēc viena ierīce var būt ieskaitīta vairākkārt.",
            en="Residents with at least 30 or 100 Mbit/s are those of 1 km cells with tests; devices are counted by "
            "cell, so one device may be counted more than once.",
        ),
    ),
)

LIVE_FILES = ("*_performance_fixed_tiles.parquet",)
KEEPS_EARLIER = True
LARGEST_FILE = tiles.LARGEST_FILE

COLUMNS = {
    "x3035": "integer",
    "y3035": "integer",
    "avg_d_kbps": "number",
    "avg_u_kbps": "number",
    "avg_lat_ms": "number",
    "tests": "integer",
    "devices": "integer",
}


def live(visit: Visit) -> list[Found]:
    """Latvia's rows of Ookla's newest quarters, beside the quarters that were taken earlier."""
    return tiles.download(NETWORK, visit)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Tests, devices, cells and test-weighted sums by unit, and residents of 1 km cells by measured speed.

    Every unit has a row: a unit without tests has none counted (0), and so no mean. `attrs["notes"]` counts the rows
    and tests that belong to nobody, and names quarters without a row of Latvia.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    return tiles.tidy(files, context, SOURCE, "ookla", SPEEDS, quarter, read)


def quarter(file: RawFile) -> str:
    """The quarter of a file, "2023-Q2", from its name."""
    if file.name.endswith(".parquet"):
        return tiles.quarter(file)
    found = QUARTER.search(file.name)
    if not found:
        raise SchemaError.of(file.name, "file name", "no quarter (…_2023q2_…)", "Keep the file's name.")
    return f"{found[1]}-Q{found[2]}"


def read(file: RawFile) -> pd.DataFrame:
    """The rows of a quarter, as `tiles.read` gives them.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    if file.name.endswith(".parquet"):
        return tiles.read(file)
    cells = open_csv(file, COLUMNS)
    faults = Faults(file.name)
    for column, least in tiles.LEAST.items():
        refuse(faults, cells[column], cells[column] < least, f"{{:g}} is less than {least}")
    east, north = cells["x3035"] + HALF_CELL, cells["y3035"] + HALF_CELL
    lon, lat = project(east, north, GRID, DEGREES)
    for column, axis, degrees in (("x3035", "lon", lon), ("y3035", "lat", lat)):
        far = ~pd.Series(degrees, cells.index).between(*AROUND_LATVIA[axis])
        refuse(faults, cells[column], far, "{} is far from Latvia in EPSG:3035 (swapped, or in another projection?)")
    faults.raise_any()
    x, y = project(east, north, GRID)
    corners = cells["x3035"].astype("str") + " " + cells["y3035"].astype("str")
    return cells.assign(tile=corners, x=x, y=y, east=east, north=north)

"""Ookla's mobile internet tests in map tiles of about 330 m, a file a quarter, and the people where tests are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from data import tiles
from data.context import Context, RawFile
from data.lock import Found
from data.model import OPEN_TO_CHANGE, Measure, Source, Text
from data.sources import ookla, popgrid

if TYPE_CHECKING:
    from data.live import Visit

NETWORK = "mobile"
SPEEDS = (30,)
"""Download speeds (Mbit/s) whose reach is counted in residents."""

PROVIDED = (
    Measure("mobile_tests", Text(lv="Mobilā interneta mērījumi", en="Tests of mobile internet"), "", "count"),
    Measure("mobile_devices", Text(lv="Ierīces (mobilais)", en="Devices (mobile)"), "", "count"),
    Measure("mobile_cells", Text(lv="Šūnas ar mobilajiem mērījumiem", en="Tiles with mobile tests"), "", "count"),
    Measure(
        "mobile_download_sum",
        Text(lv="Mobilās lejupielādes ātrums × mērījumi", en="Mobile download speed × tests"),
        "Mbit/s",
        "weighted_sum",
    ),
    Measure(
        "mobile_upload_sum",
        Text(lv="Mobilās augšupielādes ātrums × mērījumi", en="Mobile upload speed × tests"),
        "Mbit/s",
        "weighted_sum",
    ),
    Measure(
        "mobile_latency_sum",
        Text(lv="Mobilais latentums × mērījumi", en="Mobile latency × tests"),
        "ms",
        "weighted_sum",
    ),
    Measure(
        "mobile_grid_residents",
        Text(
            lv="Iedzīvotāji pēc 1 km režģa (mobilo mērījumu bāze)",
            en="Residents by the 1 km grid (base of the mobile tests)",
        ),
        "",
        "count",
        made_with=popgrid.PEOPLE,
    ),
    Measure(
        "mobile_residents_measured",
        Text(lv="Iedzīvotāji 1 km šūnās ar mobilajiem mērījumiem", en="Residents of 1 km cells with mobile tests"),
        "",
        "count",
        made_with=popgrid.PEOPLE,
    ),
    *(
        Measure(
            f"mobile_residents_{speed}mbps",
            Text(
                lv=f"Iedzīvotāji 1 km šūnās, kurās vidējā mobilā lejupielāde ir vismaz {speed} Mbit/s",
                en=f"Residents of 1 km cells whose mean mobile download is at least {speed} Mbit/s",
            ),
            "",
            "count",
            made_with=popgrid.PEOPLE,
        )
        for speed in SPEEDS
    ),
)

SOURCE = Source(
    id="ookla_mobile",
    publisher=ookla.SOURCE.publisher,
    title=Text(
        lv="Mobilā interneta mērījumi kartes šūnās", en="Mobile internet measurements in map tiles of about 330 m"
    ),
    address=ookla.SOURCE.address,
    licence=ookla.SOURCE.licence,
    credit=ookla.SOURCE.credit,
    updates=ookla.SOURCE.updates,
    files=("*_performance_mobile_tiles.parquet",),
    provides=tuple(replace(measure, gates=OPEN_TO_CHANGE) for measure in PROVIDED),
    known_problems=(
        Text(
            lv="Mērījumus veic lietotāji paši ar tālruni, bieži ceļā vai ārpus mājām: mērījums rāda tīklu tur, kur "
            "cilvēks bija, nevis tur, kur viņš dzīvo. Operatori nav nošķirti.",
            en="People run the tests themselves on a phone, often on the way or outside: a test shows the network "
            "where the person was, not where they live. Operators are not told apart.",
        ),
        Text(
            lv="Mobilo mērījumu ir mazāk nekā fiksētā interneta mērījumu; daudzos pagastos nav neviena.",
            en="Mobile tests are fewer than those of fixed internet; many parishes have none.",
        ),
        Text(
            lv="Šūna pieder vienībai, kurā ir tās centrs. Šūnas, kuru centrs ir ārpus visām vienībām (jūrā vai aiz "
            "valsts robežas), nepieder nevienai; 1 km šūnas ātrumā pie pašas robežas un krasta tās ir ieskaitītas.",
            en="A tile belongs to the unit its centre lies in. Tiles whose centre lies in no unit (at sea or across "
            "the border) belong to nobody; in the speed of a 1 km cell at the very border or coast they count.",
        ),
    ),
)
KEEPS_EARLIER = True
LARGEST_FILE = tiles.LARGEST_FILE


def live(visit: Visit) -> list[Found]:
    """Latvia's rows of Ookla's newest quarters, beside the quarters that were taken earlier."""
    return tiles.download(NETWORK, visit)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Tests, devices, tiles and test-weighted sums by unit, and residents of 1 km cells by measured speed.

    Raises
    ------
    UnsafeFile, SchemaError
        See `tiles.tidy`.
    """
    return tiles.tidy(files, context, SOURCE, "mobile", SPEEDS, tiles.quarter, tiles.read)

"""Ookla's fixed broadband means for the six statistical regions of before 2024, by quarter."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from data.context import Context, RawFile
from data.model import Measure, Source, Text
from data.read import Faults, open_csv
from data.sources.ookla import CC_BY_NC_SA, CREDIT, SELF_SELECTED
from data.sources.popgrid import only
from data.spatial import COLUMNS, refuse

MEANS = {
    "avg_d_mbps": "ookla_region_download",
    "avg_u_mbps": "ookla_region_upload",
    "avg_latency_ms": "ookla_region_latency",
}
REGION = re.compile(r"LV00\d")
FIRST_DAY = re.compile(r"(\d{4})-(01|04|07|10)-01")

SOURCE = Source(
    id="ookla_regions",
    publisher=Text(lv="Ookla", en="Ookla"),
    title=Text(
        lv="Fiksētā platjoslas interneta mērījumi statistiskajos reģionos",
        en="Fixed broadband measurements by statistical region",
    ),
    address="https://github.com/teamookla/ookla-open-data",
    licence=CC_BY_NC_SA,
    credit=CREDIT,
    updates=Text(lv="netiek turpināts", en="not continued"),
    files=("ookla_fixed_nuts3_lv_*.csv",),
    provides=(
        Measure(
            "ookla_region_download",
            Text(lv="Vidējais lejupielādes ātrums reģionā", en="Mean download speed of the region"),
            "Mbit/s",
            "speed",
            level="region",
            additive=False,
        ),
        Measure(
            "ookla_region_upload",
            Text(lv="Vidējais augšupielādes ātrums reģionā", en="Mean upload speed of the region"),
            "Mbit/s",
            "speed",
            level="region",
            additive=False,
        ),
        Measure(
            "ookla_region_latency",
            Text(lv="Vidējais latentums reģionā", en="Mean latency of the region"),
            "ms",
            "speed",
            level="region",
            additive=False,
        ),
    ),
    known_problems=(
        Text(
            lv="Reģioni ir tie, kas bija spēkā līdz 2023. gada beigām. Kodi LV005 (Latgale) un LV009 (Zemgale) pastāv "
            "arī tagad, bet ar citām robežām: tos nedrīkst salīdzināt ar tagadējiem reģioniem.",
            en="The regions are those valid until the end of 2023. The codes LV005 (Latgale) and LV009 (Zemgale) exist "
            "today too, but with other borders: they must not be compared with the present regions.",
        ),
        SELF_SELECTED,
    ),
)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Mean download, upload (Mbit/s) and latency (ms) by region and quarter, as published.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    file = only(files, SOURCE)
    table = open_csv(file, {"id": "text", "quarter": "text"} | dict.fromkeys(MEANS, "number"))
    faults = Faults(file.name)
    codes, days = table["id"], table["quarter"]
    refuse(faults, codes, ~codes.str.fullmatch(REGION.pattern), "{!r} is not a region code (LV003 … LV009)")
    refuse(faults, days, ~days.str.fullmatch(FIRST_DAY.pattern), "{!r} is not the first day of a quarter")
    refuse(faults, days, table.duplicated(["id", "quarter"]), "{} stands there twice for the same region")
    for column in MEANS:
        refuse(faults, table[column], table[column] < 0, "{:g} is less than 0")
    faults.raise_any()
    day = table["quarter"].str.extract(FIRST_DAY.pattern)
    table["period"] = day[0] + "-Q" + ((day[1].astype("int64") + 2) // 3).astype("str")
    long = table.rename(columns=MEANS).melt(
        id_vars=["id", "period"], value_vars=list(MEANS.values()), var_name="measure", value_name="value"
    )
    long = long.rename(columns={"id": "territory"}).assign(status="final")
    return long.reindex(columns=COLUMNS).sort_values(COLUMNS[:3], ignore_index=True)

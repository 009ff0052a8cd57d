"""Every value the pages can show, as one flat table for other programs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.model import COUNTRY, RURAL
from data.store import Snapshot
from indicators import registry
from indicators.catalogue import computable, sources_of
from indicators.evaluate import evaluate
from indicators.model import Indicator
from reports.files import replacing

COLUMNS = (
    "territory",
    "name",
    "level",
    "indicator",
    "period",
    "value",
    "smoothed",
    "low",
    "high",
    "unit",
    "status",
    "native_level",
    "coverage",
    "small_base",
    "sources",
)
ORDER = {"unit": 0, "municipality": 1, "country": 2, "group": 3}
GROUP_NAMES = {COUNTRY: "Latvija", RURAL: "Latvijas lauki (visi pagasti)"}


def values_table(snapshot: Snapshot, values: pd.DataFrame | None = None) -> pd.DataFrame:
    """All indicator values of a snapshot, with their missing ones and the reason.

    Parameters
    ----------
    values
        What `evaluate` gives for the snapshot, where that is at hand.

    Returns
    -------
    DataFrame
        territory (ATVK code), name ("Pilskalnes pagasts, Augšdaugavas novads"), level, indicator, period, value (empty
        where there is none), smoothed, low, high (of small-number rates, with the interval from 5 to 95 %; `smoothed`
        alone where a value borrows from its municipality), unit (English), status, native_level, coverage (0-1),
        small_base, sources (ids joined by ";"); sorted by indicator, level, period and territory.
    """
    indicators = registry()
    table = values
    if table is None:
        table = evaluate(indicators, snapshot.observations, snapshot.territories, snapshot.measures)
    known = computable(indicators, snapshot.measures)
    table = table.assign(
        name=table["territory"].map(territory_names(snapshot.territories)),
        unit=table["indicator"].map({id: entry.unit.en for id, entry in known.items()}),
        sources=table["indicator"].map({id: _sources(entry, snapshot) for id, entry in known.items()}),
        order=table["level"].map(ORDER),
    )
    table = table.sort_values(["indicator", "order", "period", "territory"], ignore_index=True)
    return pd.DataFrame(table, columns=list(COLUMNS))


def write_values(table: pd.DataFrame, path: Path) -> None:
    """Write the table as `.csv` (UTF-8, full precision) or `.parquet`; an existing file is replaced only when done.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    """
    if path.suffix not in {".csv", ".parquet"}:
        raise ValueError(f"{path.name}: values are written as .csv or .parquet")
    with replacing(path) as part:
        if path.suffix == ".csv":
            table.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
        else:
            table.to_parquet(part, index=False)


def _sources(indicator: Indicator, snapshot: Snapshot) -> str:
    return ";".join(source.id for source in sources_of(indicator, snapshot.sources))


def territory_names(territories: pd.DataFrame) -> dict[str, str]:
    """Each code's name, that of a unit inside a municipality with the municipality's name after it."""
    shown = territories[["code", "name", "level", "parent"]].astype(object)
    towns = {code: name for code, name, level, _ in shown.itertuples(index=False) if level == "municipality"}
    units = {
        code: f"{name}, {towns[parent]}"
        for code, name, level, parent in shown.itertuples(index=False)
        if level == "unit" and code != parent
    }
    return {**towns, **units, **GROUP_NAMES}

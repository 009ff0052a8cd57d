"""Guesses before the map: where a territory truly stands, in fifths that are the classes of the map shown after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from indicators.classes import class_of, classify
from ui.address import Known, State, View, default
from ui.cache import Loaded

FIFTHS = 5


@dataclass(frozen=True)
class Answer:
    """Where a territory stands: its fifth (1 the lowest), value, period, and among how many."""

    fifth: int
    value: float
    period: str
    count: int


def answer(loaded: Loaded, indicator: str, territory: str) -> Answer | None:
    """Where a parish stands among all parishes, another unit among all units, by the newest values.

    None where it has no value of its own in that period, where the values are so alike that there are no fifths, and
    for indicators that have no better and worse places, only kinds or counts.
    """
    entry, rows = loaded.indicators.get(indicator), among(loaded, indicator, territory)
    if entry is None or entry.mark != "choropleth" or rows.empty:
        return None
    grid = (rows["value"] * 10**entry.decimals).round()
    if territory not in grid.index or not np.isfinite(grid[territory]):
        return None
    found = classify(grid.to_numpy(), "quantile", FIFTHS)
    if found.found != FIFTHS:
        return None
    fifth = int(class_of([float(grid[territory])], found.edges)[0]) + 1
    counted = int(grid.notna().sum())
    return Answer(fifth, float(cast(float, rows.loc[territory, "value"])), str(rows["period"].iloc[0]), counted)


def among(loaded: Loaded, indicator: str, territory: str) -> pd.DataFrame:
    """The newest rows of those a territory is compared with, by code; empty where there are none."""
    values, units = loaded.values, loaded.snapshot.territories.query("level == 'unit'").set_index("code")
    if territory not in units.index:
        return values.iloc[:0].set_index("territory")
    rows = values[(values["indicator"] == indicator) & (values["level"] == "unit") & values["value"].notna()]
    rows = rows[rows["period"] == rows["period"].max()].set_index("territory")
    inside = (units.query("kind == 'parish'") if is_parish(loaded, territory) else units).index
    return cast(pd.DataFrame, rows.loc[rows.index.isin(inside)])


def is_parish(loaded: Loaded, territory: str) -> bool:
    table = loaded.snapshot.territories
    return bool(((table["code"] == territory) & (table["level"] == "unit") & (table["kind"] == "parish")).any())


def guessing(loaded: Loaded, known: Known, indicator: str, territory: str, view: View | None = None) -> State:
    """The state whose map shows the answer: one map, those that are compared, in five classes of equal numbers."""
    state = default(known)
    return {
        **state,
        "panes": [known.pane(indicator)],
        "filter": {**state["filter"], "rural": is_parish(loaded, territory)},
        "selected": [territory],
        "view": view,
    }

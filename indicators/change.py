"""How values change: courses of places, an index to a base period, and the change between two periods by place.

change(rows, "2019", "2024", relative=True)  -> by territory what was, what is, and the difference
fixed_limits(table, breaks, relative=True)   -> two steps that sort changes of any two periods alike
most(changes, 10)                            -> who changed most, as far as small numbers let it be said
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from indicators.model import Indicator
from indicators.trends import years

SPAN = 5
"""Years between the periods whose changes the fixed limits rest on, where a series is long enough."""
LITTLE, MUCH = 0.4, 0.8
"""Shares of those changes that are little, and that are little or medium."""
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0)


def is_relative(indicator: Indicator) -> bool:
    """Whether a change is told in per cent (counts and money) and not in the indicator's own unit."""
    return indicator.mark == "circles" or indicator.unit.en.startswith("EUR")


def comparable(first: str, last: str, breaks: Sequence[str]) -> bool:
    """Whether no break lies between two periods: from the period of a break on, a series means something else."""
    return first < last and not any(first < entry <= last for entry in breaks)


def indexed(course: pd.Series, base: str) -> pd.Series:
    """A course by period in per cent of its value in the base period; NaN where that is missing or not above zero."""
    start = float(course.get(base, math.nan))
    return course * (100 / start) if start > 0 else course * math.nan


def change(rows: pd.DataFrame, first: str, last: str, *, relative: bool) -> pd.DataFrame:
    """What became of every place between two periods.

    Parameters
    ----------
    rows
        Values of one indicator at one level: territory, period, value, small_base, low, high (NaN without interval).
    relative
        In per cent of the first value, else in the indicator's unit.

    Returns
    -------
    DataFrame
        By territory: before, after, change (NaN where either value is missing, or, relative, the first is zero or
        less), small_base (in either period), overlap (whether the intervals of both periods share values; False where
        there are none).
    """
    ends = []
    for period in (first, last):
        own = rows[rows["period"].astype(str) == period]
        ends.append(own.set_index(own["territory"].astype(str))[["value", "small_base", "low", "high"]])
    before, after = ends
    places = before.index.union(after.index)
    before, after = before.reindex(places), after.reindex(places)
    difference = after["value"] - before["value"]
    if relative:
        difference = 100 * difference / before["value"].where(before["value"] > 0)
    return pd.DataFrame(
        {
            "before": before["value"],
            "after": after["value"],
            "change": difference,
            "small_base": before["small_base"].eq(True) | after["small_base"].eq(True),
            "overlap": (after["low"] <= before["high"]) & (before["low"] <= after["high"]),
        }
    ).rename_axis("territory")


def fixed_limits(table: pd.DataFrame, breaks: Sequence[str], *, relative: bool) -> tuple[float, float]:
    """Two steps (little, much) for changes of one indicator, the same whichever periods are compared.

    Parameters
    ----------
    table
        Places x periods of one indicator.

    Notes
    -----
    Of the absolute changes of all places over SPAN years (over the longest time there is, where that is shorter), 40 %
    lie within the first step and 80 % within the second, each rounded to a figure that is easily said.
    """
    table = table.sort_index(axis=1)
    periods = [str(period) for period in table.columns]
    pairs = [(a, b) for place, a in enumerate(periods) for b in periods[place + 1 :] if comparable(a, b, breaks)]
    at = dict(zip(periods, years(periods), strict=True))
    longest = max((at[b] - at[a] for a, b in pairs), default=0.0)
    found = [np.array([])]
    for first, last in pairs:
        if at[last] - at[first] == min(SPAN, longest):
            before, after = (table[period].to_numpy(dtype=float) for period in (first, last))
            scale = 100 / np.where(before > 0, before, np.nan) if relative else 1.0
            found.append((after - before) * scale)
    sizes = np.abs(np.concatenate(found))
    sizes = sizes[np.isfinite(sizes)]
    if not sizes.size or sizes.max() == 0:
        return 1.0, 2.0
    little, much = (_said_easily(float(np.quantile(sizes, share))) for share in (LITTLE, MUCH))
    little = little or much / 2 or _said_easily(float(sizes.max()))
    return little, much if much > little else 2 * little


def _said_easily(value: float) -> float:
    """The nearest figure with a short beginning: 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 times a power of ten."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    step = min(STEPS, key=lambda step: abs(step - value / power))
    return float(f"{step * power:.12g}")


def most(changes: pd.DataFrame, count: int) -> dict[str, Any]:
    """Who rose and who fell most.

    Left out are places with a small base in either period, and those whose intervals overlap: chance alone may have
    made them.

    Returns
    -------
    dict
        rose, fell: at most `count` rows of `changes` each, the largest first; small, unsure: how many were left out.
    """
    known = changes.loc[changes["change"].notna()]
    sure = known.loc[~known["small_base"] & ~known["overlap"]]
    sure = sure.loc[sure["change"].sort_values(kind="stable").index]
    return {
        "rose": sure.loc[sure["change"] > 0].iloc[::-1].head(count),
        "fell": sure.loc[sure["change"] < 0].head(count),
        "small": int(known["small_base"].sum()),
        "unsure": int((known["overlap"] & ~known["small_base"]).sum()),
    }

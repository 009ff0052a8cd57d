"""Plausibility: which periods of a source's measures are doubtful beside those before them, and why.

A doubtful period is held back: its rows stay in the snapshot as `provisional`, with their values, and nothing is
computed from them. All other periods and measures go on. A row in data/corrections.csv with the territory `*` says that
a period was looked at and is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.model import Gate, Held, Measure
from data.store import among

SMALL_SUM, SMALL_VALUE = 100, 10
"""Counts whose sums stay below SMALL_SUM are too few for a jump; what was less than SMALL_VALUE counts as that much."""

Key = tuple[str, str]
"""A measure and a period."""
Total = tuple[float, float]
"""A published total, and how far the true sum may lie from it because the figures are rounded."""
Figures = npt.NDArray[np.float64]


def doubtful(
    table: pd.DataFrame,
    measures: Sequence[Measure],
    totals: Mapping[Key, Total] | None = None,
    checked: Collection[Key] = (),
) -> list[Held]:
    """Every gate that a period did not pass, measure by measure.

    A period is compared with the last one that is believed; the first has nothing before it. Across a declared break
    nothing is compared.

    Parameters
    ----------
    table
        Observations of a source.
    totals
        The totals that are published beside the territories, by measure and period.
    checked
        Periods somebody has looked at: believed, whatever the gates say.
    """
    found: list[Held] = []
    places, territories = pd.factorize(table["territory"])
    times, periods = pd.factorize(table["period"], sort=True)
    values, rows_of = table["value"].to_numpy(dtype=float), table.groupby("measure").indices
    for measure in (entry for entry in measures if entry.id in rows_of):
        rows = rows_of[measure.id]
        wide = np.full((len(periods), len(territories)), np.nan)
        wide[times[rows], places[rows]] = values[rows]
        last = ""
        before = largest = np.full(len(territories), np.nan)
        for period, now in zip(map(str, periods), wide, strict=True):
            if np.isnan(now).all():
                continue
            if any(last < entry.period <= period for entry in measure.breaks):
                before = largest = np.full(len(territories), np.nan)
            last = period
            if (measure.id, period) not in checked:
                total = (totals or {}).get((measure.id, period))
                failed = list(_failed(measure, now, before, largest, total))
                found += [
                    Held(measure.id, period, gate, value, limit, "" if at is None else str(territories[at]))
                    for gate, value, limit, at in failed
                ]
                if failed:
                    continue
            before, largest = now, np.fmax(largest, np.abs(now))
    return found


def _failed(
    measure: Measure, now: Figures, before: Figures, largest: Figures, total: Total | None
) -> Iterator[tuple[Gate, float, float, int | None]]:
    """The gates a period does not pass: which, what was found, the limit, and the place of the territory."""
    limits = measure.plausible
    if limits.lowest is not None and np.nanmin(now) < limits.lowest:
        yield "lowest", float(np.nanmin(now)), limits.lowest, int(np.nanargmin(now))
    if limits.highest is not None and np.nanmax(now) > limits.highest:
        yield "highest", float(np.nanmax(now)), limits.highest, int(np.nanargmax(now))
    if limits.total is not None and total and total[0]:
        away = max(abs(float(np.nansum(now)) - total[0]) - total[1], 0) / abs(total[0])
        if away > limits.total:
            yield "total", round(away, 4), limits.total, None
    had, both = ~np.isnan(before), ~np.isnan(before) & ~np.isnan(now)
    if limits.missing is not None and had.any() and (lost := 1 - both.sum() / had.sum()) > limits.missing:
        yield "missing", round(float(lost), 4), limits.missing, None
    sums = float(np.abs(before[both]).sum()), float(np.abs(now[both]).sum())
    few = measure.kind == "count" and max(sums) < SMALL_SUM
    if limits.jump is not None and sums[0] > 0 and not few:
        ratio = sums[1] / sums[0]
        if not 1 / limits.jump <= ratio <= limits.jump:
            yield "jump", round(ratio, 4), limits.jump, None
    if limits.leap is not None:
        times = np.nan_to_num(np.abs(now) / np.maximum(largest, SMALL_VALUE))
        if times.max() >= limits.leap:
            yield "leap", float(now[times.argmax()]), limits.leap, int(times.argmax())


def keys(held: Sequence[Held]) -> set[Key]:
    """The periods that are held back."""
    return {(entry.measure, entry.period) for entry in held}


def hold_back(table: pd.DataFrame, held: Sequence[Held]) -> pd.DataFrame:
    """The observations with those held back marked provisional; `attrs["held"]` says why."""
    doubted = among(table, keys(held)) & table["value"].notna()
    if doubted.any():
        table = table.assign(status=table["status"].mask(doubted, "provisional"))
    table.attrs["held"] = list(held)
    return table

"""Trends of short series: Theil-Sen slope with its interval and Mann-Kendall test, never across a break.

trends(values, breaks)       -> slope, interval and test of every unit, apart for each stretch between breaks
growth_rate(values, times)   -> compound annual growth rate, first to last
percent_change(values, times) -> change a year in per cent of the fitted first value
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.model import PERIOD

LEAST = 3
"""Points below which a series has no trend."""
CONFIDENCE = 0.95

Floats = npt.NDArray[np.float64]


def years(periods: Sequence[str]) -> Floats:
    """Periods as years: "2023" is 2023.0, "2023-Q2" is 2023.25.

    Raises
    ------
    ValueError
        A period of another form.
    """
    unknown = [period for period in periods if not PERIOD.fullmatch(period)]
    if unknown:
        raise ValueError(f"no periods: {', '.join(map(repr, unknown))}")
    return np.array([int(period[:4]) + (int(period[6]) - 1) / 4 if period[4:] else int(period) for period in periods])


def trends(values: pd.DataFrame, breaks: Sequence[str] = (), confidence: float = CONFIDENCE) -> pd.DataFrame:
    """The monotonic trend of every unit, a year, in each stretch of time that no break divides.

    Parameters
    ----------
    values
        Units x periods ("2023" or "2023-Q2", any order), in the indicator's unit; NaN for missing.
    breaks
        Periods from which the series means something else: no two points on different sides are compared.

    Returns
    -------
    DataFrame
        One row per unit and stretch, in the order of the units, then of time: unit, first, last (the periods of the
        first and last point, "" if there is none), points, slope, low, high (units of measurement a year), s, z, p
        (Mann-Kendall, two-sided), reason ("" or "few_points", where the numbers are NaN).

    Notes
    -----
    Theil-Sen: the median of the slopes of all pairs, with Sen's interval (Sen 1968). Mann-Kendall: S is the number of
    rising less that of falling pairs; its variance is corrected for ties, z for continuity; p is from the normal
    distribution, which for fewer than eight points is rough (Mann 1945, Kendall 1975).
    """
    values = values.sort_index(axis=1)
    periods = np.array(values.columns, dtype=object)
    stretch = np.searchsorted(sorted(breaks), periods, side="right")
    times = years(values.columns)
    tables = [
        _stretch(values.to_numpy(dtype=float)[:, stretch == part], periods[stretch == part], times[stretch == part])
        for part in np.unique(stretch)
    ]
    quantile = NormalDist().inv_cdf((1 + confidence) / 2)
    tables = [_tested(table, slopes, quantile).assign(unit=values.index) for table, slopes in tables]
    columns = ["unit", "first", "last", "points", "slope", "low", "high", "s", "z", "p", "reason"]
    if not tables:
        return pd.DataFrame(columns=columns)
    place = np.tile(np.arange(len(values)), len(tables))
    order = np.argsort(place, kind="stable")
    return pd.concat(tables, ignore_index=True).iloc[order].reset_index(drop=True)[columns]


def _stretch(y: Floats, periods: npt.NDArray[np.object_], times: Floats) -> tuple[pd.DataFrame, Floats]:
    """Points, ends, S and its variance of every unit in one stretch, and the sorted slopes of its pairs (NaN last)."""
    known = np.isfinite(y)
    points = known.sum(axis=1)
    some = points > 0
    first, last = known.argmax(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    one, other = np.triu_indices(len(times), 1)
    rise = y[:, other] - y[:, one]
    alike = (y[:, :, None] == y[:, None, :]).sum(axis=2)  # how many points have this point's value
    ties = np.where(known, (alike - 1) * (2 * alike + 5), 0).sum(axis=1)
    table = pd.DataFrame(
        {
            "first": np.where(some, periods[first], ""),
            "last": np.where(some, periods[last], ""),
            "points": points,
            "s": np.nansum(np.sign(rise), axis=1),
            "variance": (points * (points - 1) * (2 * points + 5) - ties) / 18,
        }
    )
    return table, np.sort(rise / (times[other] - times[one]), axis=1)


def _tested(table: pd.DataFrame, slopes: Floats, quantile: float) -> pd.DataFrame:
    """Slope, interval, z and p; nothing where there are too few points."""
    pairs = (table["points"] * (table["points"] - 1) // 2).to_numpy()
    enough = (table["points"] >= LEAST).to_numpy()
    sd = np.sqrt(table["variance"].to_numpy())
    half = quantile * sd

    def ranked(rank: Floats) -> Floats:
        """The slope at a rank (0 is the lowest), kept inside those there are; the mean of two at half a rank."""
        if not slopes.shape[1]:
            return np.full(len(slopes), np.nan)
        rank = np.clip(rank, 0, np.maximum(pairs - 1, 0))
        ends = [np.take_along_axis(slopes, side(rank).astype(int)[:, None], 1)[:, 0] for side in (np.floor, np.ceil)]
        return (ends[0] + ends[1]) / 2

    s = table["s"].to_numpy()
    z = np.divide(s - np.sign(s), sd, out=np.zeros(len(s)), where=sd > 0)
    numbers = {
        "slope": ranked((pairs - 1) / 2),
        "low": ranked(np.round((pairs - half) / 2) - 1),
        "high": ranked(np.round((pairs + half) / 2)),
        "s": s,
        "z": z,
        "p": np.array([math.erfc(abs(score) / math.sqrt(2)) for score in z]),
    }
    numbers = {name: np.where(enough, column, np.nan) for name, column in numbers.items()}
    return table.assign(**numbers, reason=np.where(enough, "", "few_points"))


def growth_rate(values: Sequence[float], times: Sequence[float]) -> float:
    """Compound annual growth rate: (last/first)^(1/years) - 1, over the points that are there.

    values : n numbers, NaN for missing; times : their years. 0 where nothing changed, infinite from zero; NaN with
    fewer than two points or where the sign changes. COINr's CAGR.
    """
    y, t = _points(values, times)
    if len(y) < 2:
        return math.nan
    if y[0] == y[-1]:
        return 0.0
    if y[0] == 0:
        return math.inf
    ratio = y[-1] / y[0]
    return float(ratio ** (1 / (t[-1] - t[0])) - 1) if ratio >= 0 else math.nan


def percent_change(values: Sequence[float], times: Sequence[float], per: float = 1.0) -> float:
    """Change per `per` years in per cent: the slope of the least-squares line over its value at the first time.

    values : n numbers, NaN for missing; times : their years. With two points the line goes through both. NaN with fewer
    than two points or where the line begins at zero. COINr's prc_change.
    """
    y, t = _points(values, times)
    if len(y) < 2:
        return math.nan
    centred = t - t.mean()
    slope = (centred @ y) / (centred @ centred)
    start = y.mean() + slope * centred[0]
    return float(100 * per * slope / start) if start else math.nan


def _points(values: Sequence[float], times: Sequence[float]) -> tuple[Floats, Floats]:
    """The points with a value, in the order of time."""
    y, t = np.asarray(values, dtype=float), np.asarray(times, dtype=float)
    order = np.argsort(t)
    kept = order[np.isfinite(y[order])]
    return y[kept], t[kept]

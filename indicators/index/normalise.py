"""Bring indicators to one scale.

Every function takes a table (unit x indicator, float, NaN = missing) or one Series, works column by column, keeps
missing values missing and returns the same shape. Definitions: COINr 1.1 (Becker 2022, doi:10.21105/joss.04567); OECD
and JRC (2008), Handbook on Constructing Composite Indicators, chapter 5.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from data.model import DataError, Fault
from indicators.index.correlate import constant

Method = Literal["none", "goalposts", "minmax", "zscore", "prank", "rank", "borda", "dist2max", "fracmax"]
METHODS: tuple[Method, ...] = get_args(Method)
FIXED: frozenset[str] = frozenset({"none", "goalposts"})
"""The methods under which a unit's score does not depend on the other units."""
RANGED: frozenset[str] = frozenset({"goalposts", "minmax", "zscore"})
"""The methods that take limits."""

CATEGORIES = ((5, 20), (15, 20), (35, 10), (65, 10), (85, 20), (95, 20))
"""The percentiles at which the categorical scale steps up, and by how many points."""

Table = Any
"""A table or one Series; what comes back is of the same kind."""


def normalise(
    data: pd.DataFrame,
    method: Method,
    *,
    directions: pd.Series,
    limits: tuple[float, float] | None = None,
    lower: pd.Series | None = None,
    upper: pd.Series | None = None,
    scale: pd.Series | None = None,
    cap: bool = True,
) -> pd.DataFrame:
    """Normalise every indicator with one method.

    A declared log scale is taken first (x, lower and upper become their natural logarithms), then the direction: all
    methods but goalposts multiply by it, goalposts turns the scale round. `none` returns the data as they are. Under a
    method that looks at the other units a column whose values are all the same says nothing: it comes back empty,
    never 0 or 100.

    Parameters
    ----------
    data
        unit x indicator.
    directions
        +1 or -1 by indicator.
    limits
        The ends of the scale of goalposts and minmax (default 0, 100), or mean and standard deviation of zscore
        (default 0, 1). The other methods have a scale of their own.
    lower, upper
        Goalposts by indicator, in the unit of the data.
    scale
        linear (default) or log by indicator.
    cap
        Keep the scores of goalposts within the limits.

    Raises
    ------
    DataError
        Naming every unit and indicator of zero or less on a log scale.
    ValueError
        For an unknown method, or goalposts without lower and upper.
    """
    if method not in METHODS:
        raise ValueError(f"no normalisation {method!r}; there are {', '.join(METHODS)}")
    if method == "none":
        return data.copy()
    scales = {} if scale is None else scale.to_dict()
    logs = [code for code in data if scales.get(code) == "log"]
    if faults := log_faults(data[logs]):
        raise DataError("data", faults)
    x = data.astype(float)
    x[logs] = np.log(x[logs])
    if method == "goalposts":
        if lower is None or upper is None:
            raise ValueError("goalposts need lower and upper")
        low, high = (_logged(ends.reindex(data.columns), logs) for ends in (lower, upper))
        return goalposts(x, low, high, directions.reindex(data.columns), limits or (0, 100), cap=cap)
    x = x * directions.reindex(data.columns)
    x[x.columns[constant(x)]] = np.nan
    match method:
        case "minmax":
            return minmax(x, limits or (0, 100))
        case "zscore":
            return zscore(x, limits or (0, 1))
        case "prank":
            return prank(x)
        case "rank":
            return rank(x)
        case "borda":
            return borda(x)
        case "dist2max":
            return dist2max(x)
        case "fracmax":
            return fracmax(x.loc[:, x.max() != 0]).reindex(columns=x.columns)


def log_faults(data: pd.DataFrame) -> list[Fault]:
    """The values a log scale cannot take: zero or less."""
    step = "A log scale needs values above zero: make the scale linear, or correct the value."
    return [
        Fault(
            f"unit {data.index[row]}, column {data.columns[column]}", f"{data.iloc[row, column]:g} on a log scale", step
        )
        for row, column in np.argwhere(data.to_numpy(float) <= 0)
    ]


def goalposts(
    x: Table,
    lower: pd.Series | float,
    upper: pd.Series | float,
    direction: pd.Series | float = 1,
    limits: tuple[float, float] = (0, 100),
    *,
    cap: bool = True,
) -> Table:
    """a + (b - a) * t with t = (x - lower) / (upper - lower), or (upper - x) / (upper - lower) where less is better."""
    a, b = limits
    worst = np.minimum(lower * direction, upper * direction)
    t = (x * direction - worst) / (upper - lower)
    if cap:
        t = t.clip(0, 1)
    return a + (b - a) * t


def minmax(x: Table, limits: tuple[float, float] = (0, 100)) -> Table:
    """a + (b - a) * (x - min) / (max - min)."""
    a, b = limits
    low = x.min()
    return a + (b - a) * ((x - low) / _nonzero(x.max() - low))


def zscore(x: Table, limits: tuple[float, float] = (0, 1)) -> Table:
    """(x - mean) / sd * limits[1] + limits[0], with the sample's standard deviation (ddof = 1)."""
    mean, deviation = limits
    return (x - x.mean()) / _nonzero(x.std(ddof=1)) * deviation + mean


def rank(x: Table) -> Table:
    """1 for the least, ascending; ties get the smallest rank of theirs."""
    return x.rank(method="min")


def borda(x: Table) -> Table:
    """How many units are below: rank - 1."""
    return rank(x) - 1


def prank(x: Table) -> Table:
    """Percentile rank: (rank - 1) / (n - 1) with n the available values, 0 to 1."""
    return borda(x) / _nonzero(x.count() - 1)


def dist2max(x: Table) -> Table:
    """1 - (max - x) / (max - min)."""
    high = x.max()
    return 1 - (high - x) / _nonzero(high - x.min())


def fracmax(x: Table) -> Table:
    """x / max; infinite or undefined where the maximum is zero."""
    return x / x.max()


def dist2targ(x: Table, target: pd.Series | float, direction: pd.Series | float = 1, *, cap: bool = False) -> Table:
    """How much of the way from the least value to a target is done: (x - min) / (target - min), all times direction.

    `cap` keeps what is beyond the target at 1.
    """
    x = x * direction
    low = x.min()
    t = (x - low) / _nonzero(target * direction - low)
    return t.clip(upper=1) if cap else t


def ratio(x: Table, reference: pd.Series | float) -> Table:
    """Distance to a reference: x / reference; less 1 it is the relative difference."""
    return x / reference


def above_below(x: Table, share: float) -> Table:
    """1 above the mean by more than this share of it, -1 below by more, else 0."""
    away = ratio(x, x.mean()) - 1
    return np.sign(away).where(away.abs() > share, 0.0).where(x.notna())


def percentile(x: Table) -> Table:
    """100 * rank / n with n the available values: the share of the units that are not above."""
    return 100 * rank(x) / x.count()


def categorical(x: Table) -> Table:
    """Points by percentile, as in the handbook: 0 up to the 5th, then 20, 40, 50, 60, 80, and 100 above the 95th."""
    share = percentile(x)
    points = sum((share > edge) * step for edge, step in CATEGORIES)
    return (points * 1.0).where(x.notna())


def _nonzero(divisor: pd.Series | float) -> pd.Series | float:
    """The divisor, missing where it is zero: what would be divided by it has no value."""
    if isinstance(divisor, pd.Series):
        return divisor.where(divisor != 0)
    return divisor if divisor != 0 else np.nan


def _logged(ends: pd.Series, logs: list[str]) -> pd.Series:
    logged = ends.astype(float).copy()
    logged[logs] = np.log(logged[logs])
    return logged

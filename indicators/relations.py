"""How indicators go together: pairs of values, the line through them, quadrants, correlations, spatial clusters.

figures(values, indicator, period, level)  -> the values of one indicator, and why a place takes no part
pairs(first, second)                       -> the places that have both
fit(x, y, method)                          -> the line through them (Theil-Sen or least squares)
quadrants(x, y, at)                        -> which quarter of the chart each place is in
correlated(data, method)                   -> every pair of several indicators with its number of places
clusters(values, neighbours, test)         -> places that are like their surroundings beyond chance

What was copied from a larger territory takes no part among smaller ones: the same number many times is one number.
Nothing here says what causes what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.model import LEVELS, Level
from indicators.index.correlate import Method, correlations
from indicators.model import Better
from indicators.spatial import ALPHA, getis_ord, local_moran, moran

Fit = Literal["robust", "squares"]
FITS: tuple[Fit, ...] = ("robust", "squares")
Test = Literal["lisa", "gi"]
TESTS: tuple[Test, ...] = ("lisa", "gi")
Side = Literal["better", "worse", "more", "less"]
Origin = Literal["own", "copied", "modelled"]
"""Where a figure comes from: the place itself, the municipality it lies in, or a model of the country's figures."""

LEAST_PAIRS = 10
"""Fewer places with both values carry neither a line nor a correlation."""
QUADRANTS = ("high_high", "low_high", "low_low", "high_low")
"""The quarters of the chart, the x indicator first, from the upper right against the clock."""


def figures(
    values: pd.DataFrame, indicator: str, period: str, level: Level = "unit", *, smoothed: bool = False
) -> pd.DataFrame:
    """The published values of an indicator in one period at one level.

    Parameters
    ----------
    values
        What `evaluate` returns.
    smoothed
        Take the smoothed value where there is one.

    Returns
    -------
    DataFrame
        Indexed by territory: value, small_base, origin. Territories without a value have no row.
    """
    rows = values[(values["indicator"] == indicator) & (values["level"] == level) & (values["period"] == period)]
    rows = rows[rows["value"].notna()]
    native = rows["native_level"].astype(str)
    coarser = native.map(LEVELS.index) > LEVELS.index(level)
    value = rows["smoothed"].fillna(rows["value"]) if smoothed else rows["value"]
    return pd.DataFrame(
        {
            "value": value.to_numpy(float),
            "small_base": rows["small_base"].to_numpy(bool),
            "origin": np.where(~coarser, "own", np.where(native == "country", "modelled", "copied")),
        },
        index=pd.Index(rows["territory"].astype(str), name="territory"),
    ).sort_index()


@dataclass(frozen=True)
class Pairs:
    """Places with two values.

    table: by territory: x, y, small_base (either value rests on a small base)
    single: places with only one of the two
    copied: places left out because a value is that of their municipality
    modelled: whether any value is modelled from the country's figures; then a line would only draw the model again
    """

    table: pd.DataFrame
    single: int
    copied: int
    modelled: bool

    @property
    def enough(self) -> bool:
        """Whether there are places enough, and of either indicator more than one value."""
        return len(self.table) >= LEAST_PAIRS and bool(
            (self.table["x"].min() < self.table["x"].max()) and (self.table["y"].min() < self.table["y"].max())
        )


def pairs(first: pd.DataFrame, second: pd.DataFrame, among: Iterable[str]) -> Pairs:
    """The places among some that have a value of their own in both; `first` and `second` as `figures` gives them."""
    members = pd.Index(sorted(among))
    both = first.reindex(members).add_suffix("_x").join(second.reindex(members).add_suffix("_y"))
    has_x, has_y = both["value_x"].notna(), both["value_y"].notna()
    copied = (has_x & has_y) & ((both["origin_x"] == "copied") | (both["origin_y"] == "copied"))
    used = both[has_x & has_y & ~copied]
    table = pd.DataFrame(
        {
            "x": used["value_x"],
            "y": used["value_y"],
            "small_base": used["small_base_x"].astype(bool) | used["small_base_y"].astype(bool),
        }
    )
    modelled = bool((used[["origin_x", "origin_y"]] == "modelled").any(axis=None))
    return Pairs(table, int((has_x ^ has_y).sum()), int(copied.sum()), modelled)


@dataclass(frozen=True)
class Line:
    """y = intercept + slope x; of logarithms (base 10) where `log_x`, `log_y` say so."""

    method: Fit
    slope: float
    intercept: float
    log_x: bool = False
    log_y: bool = False

    def at(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The value that goes with `x` on the line, in the unit of y."""
        given = np.asarray(x, dtype=float)
        height = self.intercept + self.slope * (np.log10(given) if self.log_x else given)
        return 10**height if self.log_y else height

    def difference(self, x: pd.Series, y: pd.Series) -> pd.Series:
        """How much more (+) or less (-) each place has than the line: in the unit of y; where y is logarithmic, in %
        of the value on the line."""
        expected = self.at(x)
        return 100 * (y / expected - 1) if self.log_y else y - expected


def fit(x: pd.Series, y: pd.Series, method: Fit = "robust", *, log_x: bool = False, log_y: bool = False) -> Line:
    """The line through n points.

    Notes
    -----
    robust: Theil-Sen, the median of the slopes of all pairs of points with different x, and the median of
    y - slope x (Sen 1968): up to 29 % of wild points do not turn it. squares: ordinary least squares.

    Raises
    ------
    ValueError
        If all x are equal.
    """
    across = np.log10(x.to_numpy(float)) if log_x else x.to_numpy(float)
    up = np.log10(y.to_numpy(float)) if log_y else y.to_numpy(float)
    if not len(across) or across.min() == across.max():
        raise ValueError("no line through points with one x")
    if method == "robust":
        one, other = np.triu_indices(len(across), k=1)
        run = across[other] - across[one]
        apart = run != 0
        slope = float(np.median((up[other] - up[one])[apart] / run[apart]))
        intercept = float(np.median(up - slope * across))
    else:
        away = across - across.mean()
        slope = float(away @ (up - up.mean()) / (away @ away))
        intercept = float(up.mean() - slope * across.mean())
    return Line(method, slope, intercept, log_x, log_y)


def logarithmic(scale: str, values: pd.Series) -> bool:
    """Whether an indicator declared on a logarithmic scale can be drawn so: all its values are above zero."""
    return scale == "log" and bool((values > 0).all())


def quadrants(table: pd.DataFrame, at: tuple[float, float]) -> pd.Series:
    """Which of `QUADRANTS` each place is in: high is above the threshold, low is at it or below."""
    high_x, high_y = table["x"] > at[0], table["y"] > at[1]
    names = np.where(high_x, np.where(high_y, "high_high", "high_low"), np.where(high_y, "low_high", "low_low"))
    return pd.Series(names, index=table.index, dtype="str")


def side(better: Better, high: bool) -> Side:
    """What it means to be above the threshold, or not, for an indicator of this direction."""
    if better == "neither":
        return "more" if high else "less"
    return "better" if high == (better == "higher") else "worse"


def correlated(data: pd.DataFrame, method: Method = "pearson") -> pd.DataFrame:
    """The correlation of every pair of columns over the places that have both.

    Returns
    -------
    DataFrame
        first, second, correlation (NaN for fewer than 10 places or a constant), n; each pair once, the strongest
        first, those without a correlation last.
    """
    found = correlations(data, method)
    known = data.notna().to_numpy(float)
    counts = pd.DataFrame(known.T @ known, index=data.columns, columns=data.columns).astype(int)
    rows = [
        {
            "first": first,
            "second": second,
            "correlation": found.loc[first, second] if counts.loc[first, second] >= LEAST_PAIRS else np.nan,
            "n": counts.loc[first, second],
        }
        for i, first in enumerate(data.columns)
        for second in data.columns[i + 1 :]
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "correlation", "n"])
    return table.sort_values("correlation", key=abs, ascending=False, ignore_index=True, kind="stable")


@dataclass(frozen=True)
class Clusters:
    """What the tests of all places together say.

    table: by territory: value, lag, p, p_adjusted, cluster, reason … as `indicators.spatial` gives them
    moran: Moran's I of the whole field and its two-sided p by permutation
    tested: places with a result
    before, after: places with p below alpha before and after the correction for many tests
    islands: places with a value but without a neighbour that has one
    """

    test: Test
    table: pd.DataFrame
    moran: float
    p: float
    tested: int
    before: int
    after: int
    islands: tuple[str, ...]


def clusters(values: pd.Series, neighbours: pd.DataFrame, test: Test = "lisa") -> Clusters:
    """Test each place against its surroundings; `values` by territory, none of them copied.

    See `indicators.spatial`: two-sided p from 9,999 seeded permutations, then Benjamini-Hochberg.
    """
    table = (local_moran if test == "lisa" else getis_ord)(values, neighbours)
    whole = moran(values, neighbours)
    return Clusters(
        test,
        table,
        whole.statistic,
        np.nan if whole.p_permuted is None else whole.p_permuted,
        int(table["p"].notna().sum()),
        int((table["p"] <= ALPHA).sum()),
        int((table["cluster"] != "").sum()),
        tuple(table.index[(table["reason"] == "no_neighbours").to_numpy()]),
    )

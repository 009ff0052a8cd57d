"""Aggregate scores up the tree: means of several kinds, thresholds on what is missing, and outranking.

The means take `x` (..., children) and `w` (children,), skip missing children by sharing their weight among the others,
and give (...,). Terms are added in the order of their size: the order of the children changes no digit, and units with
the same values in different places tie.

Definitions: COINr 1.1; OECD and JRC (2008), Handbook on Constructing Composite Indicators, chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.model import DataError, Fault
from indicators.index.meta import Meta

Method = Literal["amean", "gmean", "hmean"]
METHODS: tuple[Method, ...] = get_args(Method)
Mean = Callable[[npt.ArrayLike, npt.ArrayLike], np.ndarray]
Floats = npt.NDArray[np.floating[Any]]


def amean(x: npt.ArrayLike, w: npt.ArrayLike) -> Floats:
    """Arithmetic mean: sum(w x) / sum(w). NaN where no child with a weight is there."""
    x, w = _weighted(x, w)
    return _ratio(_sum(w * x), _sum(w))


def gmean(x: npt.ArrayLike, w: npt.ArrayLike) -> Floats:
    """Geometric mean: exp(sum(w ln x) / sum(w)).

    Raises
    ------
    ValueError
        If a child with a weight is zero or less.
    """
    x, w = _weighted(x, w, positive="a geometric mean")
    return np.exp(_ratio(_sum(w * np.log(x)), _sum(w)))


def hmean(x: npt.ArrayLike, w: npt.ArrayLike) -> Floats:
    """Harmonic mean: sum(w) / sum(w / x).

    Raises
    ------
    ValueError
        If a child with a weight is zero or less.
    """
    x, w = _weighted(x, w, positive="a harmonic mean")
    return _ratio(_sum(w), _sum(w / x))


def genmean(x: npt.ArrayLike, w: npt.ArrayLike, p: float, *, skipna: bool = True) -> Floats:
    """Generalised (power) mean: (sum(w x^p) / sum(w))^(1/p); p = 1, 0, -1 are the three means above.

    With `skipna` False a missing child makes the mean missing, as in COINr's a_genmean.

    Raises
    ------
    ValueError
        If a child with a weight is zero or less.
    """
    if p == 0:
        return gmean(x, w)
    whole = np.isnan(np.asarray(x, dtype=float)).any(axis=-1)
    x, w = _weighted(x, w, positive="a generalised mean")
    mean = _ratio(_sum(w * x**p), _sum(w)) ** (1 / p)
    return mean if skipna else np.where(whole, np.nan, mean)


class NotPositive(DataError):
    """Scores of zero or less under a mean that needs more; `cells` has unit and code of each fault."""

    def __init__(self, faults: Sequence[Fault], cells: Sequence[tuple[Any, str]]) -> None:
        super().__init__("scores", faults)
        self.cells = list(cells)


MEANS: dict[str, Mean] = {"amean": amean, "gmean": gmean, "hmean": hmean}


def aggregate(
    scores: pd.DataFrame,
    meta: Meta,
    methods: str | Mean | Sequence[str | Mean] = "amean",
    dat_thresh: float | Sequence[float | None] | None = None,
) -> pd.DataFrame:
    """Aggregate the indicators' scores to every level above.

    Inside each parent the weights are shared among the children that are there. The method and the threshold of a
    parent are those of its own level, wherever its children stand.

    Parameters
    ----------
    scores
        unit x indicator, float, NaN = missing.
    methods
        One mean (a name of `MEANS`, or a function of x and w) or one for each level from 2 up.
    dat_thresh
        The least share, by count, of a parent's children that must be there, or None: one for all levels, or one for
        each from 2 up. Below it the aggregate is missing.

    Returns
    -------
    unit x aggregate, in the order of `meta.aggregates`.

    Raises
    ------
    NotPositive
        Naming every unit and code of zero or less under a geometric or harmonic mean.
    ValueError
        If there are not as many methods or thresholds as levels.
    """
    by_level = per_level(methods, meta.levels)
    least = per_level(dat_thresh, meta.levels)
    known = {code: scores[code].to_numpy(float) for code in meta.indicators}
    faults: list[Fault] = []
    cells: list[tuple[Any, str]] = []
    for parent in meta.aggregates:
        children = meta.children(parent)
        level = meta.level(parent)
        x = np.column_stack([known[child] for child in children])
        threshold = least[level - 2]
        if threshold is not None:
            present = (~np.isnan(x)).mean(axis=1)
            x[present < threshold - 1e-9] = np.nan
        w = meta.weights[children].to_numpy(float)
        method = by_level[level - 2]
        if method in ("gmean", "hmean"):
            bad = (x <= 0) & (w > 0)
            cells += [(scores.index[row], children[column]) for row, column in np.argwhere(bad)]
            faults += [
                Fault(
                    f"unit {scores.index[row]}, {children[column]}",
                    f"{x[row, column]:g} in the {'geometric' if method == 'gmean' else 'harmonic'} mean of {parent}",
                    "Such a mean needs values above zero: normalise to a range that begins above it, such as 1 to 100.",
                )
                for row, column in np.argwhere(bad)
            ]
            x = np.where(bad, np.nan, x)
        known[parent] = (MEANS[method] if isinstance(method, str) else method)(x, w)
    if faults:
        raise NotPositive(faults, cells)
    return pd.DataFrame({code: known[code] for code in meta.aggregates}, index=scores.index)


def per_level(value: Any, levels: int) -> list[Any]:
    """One value for each level from 2 up: the one given for all, or the list as it is.

    Raises
    ------
    ValueError
        If a list has another length.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != levels - 1:
            raise ValueError(f"{len(value)} given for the {levels_above(levels)} above the indicators")
        return list(value)
    return [value] * (levels - 1)


def levels_above(levels: int) -> str:
    """How many levels there are above the indicators, in words."""
    return "1 level" if levels == 2 else f"{levels - 1} levels"


def coverage(available: pd.DataFrame, meta: Meta) -> pd.DataFrame:
    """The share of each aggregate's indicators (by count, at whatever depth) that are there, 0 to 1.

    `available` is unit x indicator, True where there is a value; the answer is unit x aggregate.
    """
    return pd.DataFrame({code: available[meta.leaves(code)].mean(axis=1) for code in meta.aggregates})


def outrank(scores: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """The outranking matrix: the weight (of 1) of the indicators in which the row's unit is above the column's.

    Ties count half for each; the diagonal is 0. Reference: Munda and Nardo (2005); OECD and JRC (2008), 6.12.
    """
    x = scores.to_numpy(float)
    w = weights.reindex(scores.columns).to_numpy(float)
    matrix = np.zeros((len(x), len(x)))
    total = np.zeros_like(matrix)
    for column, weight in zip(x.T, w, strict=True):
        ahead = (column[:, None] > column) + 0.5 * (column[:, None] == column)
        matrix += weight * ahead
        total += weight * ~(np.isnan(column)[:, None] | np.isnan(column))
    np.fill_diagonal(matrix, 0)
    return pd.DataFrame(_ratio(matrix, total), index=scores.index, columns=scores.index)


def condorcet(matrix: pd.DataFrame) -> list[str]:
    """The order of the units that the outranking matrix supports most (Condorcet, Kemeny, Young and Levenglick).

    Of all orders the one with the greatest sum of the pairs it agrees with, the first unit the best.

    Raises
    ------
    ValueError
        For more than 15 units: the work doubles with each.
    """
    n = len(matrix)
    if n > 15:
        raise ValueError(f"{n} units are too many to try every order")
    support = matrix.to_numpy()
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for chosen in range(1, 1 << n):
        members = [i for i in range(n) if chosen >> i & 1]
        options = ((best[chosen & ~(1 << last)], last) for last in members)
        best[chosen] = max(
            ((value + support[list(order), last].sum(), (*order, last)) for (value, order), last in options),
            key=lambda option: option[0],
        )
    return [str(matrix.index[place]) for place in best[(1 << n) - 1][1]]


def _weighted(x: npt.ArrayLike, w: npt.ArrayLike, positive: str = "") -> tuple[Floats, Floats]:
    """x, NaN where it does not count, and w, 0 there."""
    x = np.asarray(x, dtype=float)
    w = np.where(np.isnan(x), 0.0, np.asarray(w, dtype=float))
    x = np.where(w > 0, x, np.nan)
    if positive and (x <= 0).any():
        raise ValueError(f"zero or less in {positive}")
    return x, w


def _sum(terms: Floats) -> Floats:
    """The sum over the children, least term first; missing terms are nothing."""
    return np.sort(np.nan_to_num(terms), axis=-1).sum(axis=-1)


def _ratio(above: Floats, below: Floats) -> Floats:
    """above / below, NaN where below is zero."""
    return np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)

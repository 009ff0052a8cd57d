"""Why a score is what it is: contributions in points, strengths and weaknesses, and what one indicator changes.

`scores` is unit x code with indicators and aggregates, as `pipeline.compute` gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.index.aggregate import aggregate, per_level
from indicators.index.meta import Meta
from indicators.index.rank import rank
from indicators.index.weight import effective


def contributions(
    scores: pd.DataFrame, meta: Meta, methods: str | Sequence[str], code: str, *, deep: bool = False
) -> pd.DataFrame:
    """Divide an aggregate's score among its children, in points that add up to it.

    A child's part is what it puts into the mean: w x of the sum of all w x for the arithmetic one, w ln x for the
    geometric one (its share of the log score; needs scores of 1 or more), w / x for the harmonic one (there the weakest
    child has the largest part: it is what holds the score).

    Parameters
    ----------
    methods
        The mean of all levels, or one for each from 2 up, as the scores were made with.
    code
        The aggregate.
    deep
        Divide every child's part in the same way down to the indicators.

    Returns
    -------
    unit x child (or indicator), NaN where a child or the aggregate is missing.
    """
    children = meta.children(code)
    score = scores[code].to_numpy(float)[:, None]
    x = np.where(np.isnan(score), np.nan, scores[children].to_numpy(float))
    w = meta.weights[children].to_numpy(float)
    put = np.where(w > 0, _put_in(x, w, per_level(methods, meta.levels)[meta.level(code) - 2]), 0.0)
    # where all that is put in is nothing (the logarithms of ones) the children share the score by their weights
    put = np.where(np.nansum(put, axis=1, keepdims=True) == 0, w, put)
    put[np.isnan(x)] = np.nan
    with np.errstate(invalid="ignore"):
        parts = pd.DataFrame(put / np.nansum(put, axis=1, keepdims=True) * score, scores.index, children)
    if not deep:
        return parts
    found: dict[str, pd.Series] = {}
    for child in children:
        if meta.children(child):
            below = contributions(scores, meta, methods, child, deep=True)
            share = parts[child] / scores[child]
            found |= {leaf: below[leaf] * share for leaf in below}
        else:
            found[child] = parts[child]
    return pd.DataFrame({leaf: found[leaf] for leaf in meta.leaves(code)})


def _put_in(x: np.ndarray, w: np.ndarray, method: str) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        match method:
            case "amean":
                return x * w
            case "gmean":
                return np.log(x) * w
            case "hmean":
                return w / x
    raise ValueError(f"no way to divide {method!r}")


def strengths(
    scores: pd.DataFrame, meta: Meta, unit: str, most: int = 3, within: pd.Series | None = None, code: str = ""
) -> pd.DataFrame:
    """The indicators that lift a unit most above the middle of the others.

    Parameters
    ----------
    most
        How many at most.
    within
        The reference set: True for the units whose median is the middle. All where None.
    code
        The aggregate to explain; the index itself where empty.

    Returns
    -------
    One row per indicator, the strongest first: score, median (of the reference set), difference and points (the
    difference times the effective weight below `code`: what it is worth in the score under arithmetic means).
    """
    table = _against(scores, meta, unit, within, code)
    return table.loc[table["points"] > 0].nlargest(most, "points")


def weaknesses(
    scores: pd.DataFrame, meta: Meta, unit: str, most: int = 3, within: pd.Series | None = None, code: str = ""
) -> pd.DataFrame:
    """The indicators that pull a unit most below the middle of the others; see `strengths`."""
    table = _against(scores, meta, unit, within, code)
    return table.loc[table["points"] < 0].nsmallest(most, "points")


def _against(scores: pd.DataFrame, meta: Meta, unit: str, within: pd.Series | None, code: str) -> pd.DataFrame:
    top = code or meta.tops[0]
    leaves = meta.leaves(top)
    weight = effective(meta)
    reference = scores if within is None else scores[within.reindex(scores.index, fill_value=False)]
    table = pd.DataFrame({"score": scores.loc[unit, leaves], "median": reference[leaves].median()})
    table["difference"] = table["score"] - table["median"]
    table["points"] = table["difference"] * weight[leaves] / weight[top]
    return table


@dataclass(frozen=True)
class Removed:
    """An aggregate without one element at a time.

    `scores` and `ranks` are unit x element taken out; `mean_abs_diff` is the mean of |rank - nominal rank| over the
    units that have both, by element.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    mean_abs_diff: pd.Series


def remove_one(
    scores: pd.DataFrame,
    meta: Meta,
    methods: str | Sequence[str],
    dat_thresh: float | Sequence[float | None] | None = None,
    elements: Sequence[str] | None = None,
    code: str = "",
) -> Removed:
    """What an aggregate comes to without each of these elements.

    Taking an element out shares its weight among its siblings, as weight zero does; it no longer counts for the
    thresholds.

    Parameters
    ----------
    elements
        Codes to take out, indicators or aggregates; all indicators below `code` where None.
    code
        The aggregate; the index itself where empty.
    """
    top = code or meta.tops[0]
    by_level, least = per_level(methods, meta.levels), per_level(dat_thresh, meta.levels)
    found = {}
    for element in elements if elements is not None else meta.leaves(top):
        gone = {element}
        for below in reversed(meta.codes):
            if meta.parent(below) in gone:
                gone.add(below)
        part = meta.without(gone)
        height = part.levels - 1
        there = top in part.codes
        found[element] = (
            aggregate(scores[part.indicators], part, by_level[:height], least[:height])[top] if there else np.nan
        )
    without = pd.DataFrame(found, index=scores.index, dtype=float)
    ranks = rank(without)
    nominal = rank(scores[[top]])[top]
    return Removed(without, ranks, ranks.sub(nominal, axis=0).abs().mean().rename("mean_abs_diff"))

"""Ranks of scores."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

Ties = Literal["min", "max", "average", "dense"]
TIES: tuple[Ties, ...] = get_args(Ties)
NOISE = 1e-12
"""Scores closer than this share of their column's largest one differ by the rounding of floating point only."""


def rank(scores: pd.DataFrame, descending: bool = True, ties: Ties = "min") -> pd.DataFrame:
    """Rank every column: 1 for the highest score (the lowest where not descending).

    Units with equal scores share the smallest of their ranks (`ties`); a unit without a score gets none and does not
    count. Differences that come from the rounding of floating point alone are ties.

    Parameters
    ----------
    scores
        unit x code, float, NaN = missing.

    Returns
    -------
    unit x code, float (whole numbers, but for ties "average"), NaN where the score is missing.
    """
    return _settled(scores).rank(method=ties, ascending=not descending)


def _settled(scores: pd.DataFrame) -> pd.DataFrame:
    step = scores.abs().max() * NOISE
    step = step.where(step > 0, 1.0)
    return np.round(scores / step)

"""Ranks of scores."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

Ties = Literal["min", "max", "average", "dense"]
TIES: tuple[Ties, ...] = get_args(Ties)


def rank(scores: pd.DataFrame, descending: bool = True, ties: Ties = "min") -> pd.DataFrame:
    """Rank every column: 1 for the highest score (the lowest where not descending).

    Units with equal scores share the smallest of their ranks (`ties`); a unit without a score gets none and does not
    count. Scores are compared as they are, to the last digit.

    Parameters
    ----------
    scores
        unit x code, float, NaN = missing.

    Returns
    -------
    unit x code, float (whole numbers, but for ties "average"), NaN where the score is missing.
    """
    return scores.rank(method=ties, ascending=not descending)

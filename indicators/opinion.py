"""What a group says of the ten success factors: medians, spread, agreement, and where it differs from the figures.

opinions(importance, here)   -> one row a factor
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from indicators.catalogue import FACTORS

LEAST = 5
"""Answers below which nothing is shown: fewer could be traced to a person."""
HIGHEST = 10
IMPORTANT, WEAK = 7.0, 5.0
"""From which median importance on a factor matters, and below which median it is weak."""

Answers = Sequence[Sequence[int | None]]


def opinions(importance: Answers, here: Answers) -> pd.DataFrame:
    """The group's view of each success factor.

    Parameters
    ----------
    importance, here
        Answers of each person, one number from 0 to 10 for each of the ten factors, None where nothing was said.

    Returns
    -------
    DataFrame
        By factor (1-10), for "importance" and "here" each: n, median, low and high (the middle half: quartiles by
        linear interpolation), agreement (0-1); NaN where fewer than LEAST people answered. `gap` is the median
        importance less the median state, `priority` whether it matters and is weak.
    """
    table = pd.DataFrame(index=pd.Index(FACTORS, name="factor"))
    for name, answers in (("importance", importance), ("here", here)):
        numbers = np.array([[np.nan if n is None else n for n in row] for row in answers], dtype=float)
        numbers = numbers.reshape(-1, len(FACTORS))
        columns = [column[np.isfinite(column)] for column in numbers.T]
        enough = [column if len(column) >= LEAST else np.array([np.nan]) for column in columns]
        table[f"{name}_n"] = [len(column) for column in columns]
        for part, share in (("low", 0.25), ("median", 0.5), ("high", 0.75)):
            table[f"{name}_{part}"] = [float(np.quantile(column, share)) for column in enough]
        table[f"{name}_agreement"] = [agreement(column) for column in enough]
    table["gap"] = table["importance_median"] - table["here_median"]
    table["priority"] = (table["importance_median"] >= IMPORTANT) & (table["here_median"] < WEAK)
    return table


def priorities(table: pd.DataFrame) -> list[int]:
    """The factors of `opinions` that matter and are weak, the largest gap first."""
    found = table.loc[table["priority"].to_numpy(dtype=bool)]
    return [int(factor) for factor in found["gap"].sort_values(ascending=False, kind="stable").index]


def agreement(answers: np.ndarray) -> float:
    """How much people agree: 1 if all say the same, 0 if half say the lowest and half the highest.

    1 less the mean absolute difference between all pairs over the largest it can be for so many people; NaN for fewer
    than two answers.
    """
    n = len(answers)
    if n < 2 or not np.isfinite(answers).all():
        return float("nan")
    differences = np.abs(answers[:, None] - answers[None, :]).sum() / 2
    most = HIGHEST * (n // 2) * (n - n // 2)
    return float(1 - differences / most)


def counts(answers: Answers, factor: int) -> list[int]:
    """How many gave each number from 0 to 10 to a factor; all zero where fewer than LEAST answered."""
    said = [row[factor - 1] for row in answers if row[factor - 1] is not None]
    if len(said) < LEAST:
        return [0] * (HIGHEST + 1)
    return np.bincount(np.array(said, dtype=int), minlength=HIGHEST + 1).tolist()


def group_weights(table: pd.DataFrame, factors: Mapping[str, int]) -> dict[str, int]:
    """The group's median importance as weights of the factors that are measured, by code; empty below LEAST answers.

    `factors` gives each code the number of its factor among the ten. A median between two whole numbers is rounded up.
    """
    medians = table["importance_median"]
    if medians.loc[list(factors.values())].isna().any():
        return {}
    return {code: int(np.floor(medians[number] + 0.5)) for code, number in factors.items()}


def against_figures(table: pd.DataFrame, scores: Mapping[int, float]) -> pd.DataFrame:
    """The group's view of the present state beside the measured scores, largest difference first.

    `scores` are 0-100 by factor; the group's median times ten is compared. Returns factor, opinion, score, difference
    (opinion less score).
    """
    rows = [
        (factor, 10 * float(table.loc[factor, "here_median"]), score)
        for factor, score in scores.items()
        if np.isfinite(score) and np.isfinite(table.loc[factor, "here_median"])
    ]
    found = pd.DataFrame(rows, columns=["factor", "opinion", "score"])
    found["difference"] = found["opinion"] - found["score"]
    return found.sort_values("difference", key=abs, ascending=False, ignore_index=True)

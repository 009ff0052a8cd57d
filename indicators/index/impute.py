"""Fill missing values from the other units: never in the headline, always on demand and told in the log."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

Method = Literal["none", "group_mean", "group_median", "mean", "median"]
METHODS: tuple[Method, ...] = get_args(Method)
GROUPED: frozenset[str] = frozenset({"group_mean", "group_median"})


def impute(data: pd.DataFrame, method: Method, groups: pd.Series | None = None) -> pd.DataFrame:
    """Fill each indicator's missing values with the mean or median of its available ones.

    The grouped methods look at the units of the same group only: a unit without a group, or in a group that has no
    value, stays missing.

    Parameters
    ----------
    data
        unit x indicator, float, NaN = missing.
    groups
        The group of each unit (missing for none), aligned with `data`; for the grouped methods.

    Raises
    ------
    ValueError
        For an unknown method, or a grouped one without groups.
    """
    if method not in METHODS:
        raise ValueError(f"no imputation {method!r}; there are {', '.join(METHODS)}")
    if method == "none":
        return data.copy()
    if method in GROUPED:
        if groups is None:
            raise ValueError(f"{method} needs groups")
        of_group = data.groupby(groups.reindex(data.index).to_numpy(), dropna=True)
        return data.fillna(of_group.transform("mean" if method == "group_mean" else "median"))
    return data.fillna(data.mean() if method == "mean" else data.median())

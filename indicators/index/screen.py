"""Leave out units of which too little is known."""

from __future__ import annotations

import pandas as pd


def availability(data: pd.DataFrame) -> pd.Series:
    """The share of the indicators (columns) each unit has a value for, 0 to 1."""
    return data.notna().mean(axis=1)


def screen(data: pd.DataFrame, least: float | None) -> pd.Series:
    """Which units stay: those with at least this share of the indicators; all of them for None."""
    if least is None:
        return pd.Series(True, index=data.index)
    return availability(data) >= least - 1e-9

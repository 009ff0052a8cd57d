"""Divide indicators by the size of their unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.model import DataError, Fault


def denominate(data: pd.DataFrame, denominators: Mapping[str, str], base: pd.DataFrame) -> pd.DataFrame:
    """Divide each indicator that has a denominator by it: x / base.

    Missing where the value or its denominator is; the other indicators stay as they are.

    Parameters
    ----------
    data
        unit x indicator, float, NaN = missing.
    denominators
        The column of `base` by indicator, for those that have one. One that is no indicator of `data` is passed over.
    base
        unit x denominator.

    Raises
    ------
    DataError
        If `base` lacks a column, or holds a zero where there is a value to divide: all of them at once.
    """
    if faults := denominator_faults(data, denominators, base):
        raise DataError("data", faults)
    shares = {code: data[code] / base[name] for code, name in denominators.items() if code in data}
    return data.assign(**shares)


def denominator_faults(data: pd.DataFrame, denominators: Mapping[str, str], base: pd.DataFrame) -> list[Fault]:
    """What keeps `denominate` from dividing."""
    faults = []
    for code, name in denominators.items():
        if code not in data:
            continue
        if name not in base:
            step = "Add that column, or correct the denominator."
            faults.append(Fault(f"column {name}", f"not there, but {code} is divided by it", step))
            continue
        zero = data.index[((base[name] == 0) & data[code].notna()).to_numpy()]
        step = "Correct the zero or leave the denominator empty: nothing can be divided by it."
        faults += [Fault(f"unit {unit}, column {name}", f"0, but {code} is divided by it", step) for unit in zero]
        with np.errstate(over="ignore"):
            endless = data.index[np.isinf((data[code] / base[name].where(base[name] != 0)).to_numpy())]
        faults += [
            Fault(f"unit {unit}, column {code}", f"divided by {name} it is too large a number") for unit in endless
        ]
    return faults

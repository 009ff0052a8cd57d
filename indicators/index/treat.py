"""Treat outliers: winsorise, and where that does not help take a logarithm.

A column passes if |skew| < 2 or kurtosis < 3.5, both the bias-corrected estimators (SAS and Excel, "type 2").
Reference: COINr 1.1 (`qTreat`); Joanes and Gill (1998), doi:10.1111/1467-9884.00122.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

Method = Literal["none", "winsor", "winsor_log"]
METHODS: tuple[Method, ...] = get_args(Method)


def skew(x: npt.ArrayLike) -> float:
    """Bias-corrected skewness G1 of the available values; NaN for fewer than 3 or all the same."""
    x = _available(x)
    n = len(x)
    if n < 3 or _same(x):
        return np.nan
    _, s2, s3, _ = _powers(x)
    return float(np.sqrt(n) * s3 / s2**1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurt(x: npt.ArrayLike) -> float:
    """Bias-corrected excess kurtosis G2 of the available values; NaN for fewer than 4 or all the same."""
    x = _available(x)
    n = len(x)
    if n < 4 or _same(x):
        return np.nan
    _, s2, _, s4 = _powers(x)
    return float(((n + 1) * (n * s4 / s2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))


def passes(x: npt.ArrayLike, skew_limit: float = 2, kurt_limit: float = 3.5) -> bool | None:
    """Whether |skew| or kurtosis is below its limit; None where the values are too few or all the same."""
    asymmetry, tails = skew(x), kurt(x)
    if np.isnan(asymmetry):
        return None
    return bool(abs(asymmetry) < skew_limit or tails < kurt_limit)


@dataclass(frozen=True)
class Winsorised:
    """Winsorised values, how many points were moved, and which: "winhi", "winlo" or ""."""

    x: np.ndarray
    nwin: int
    treated: np.ndarray


def winsorise(x: npt.ArrayLike, winmax: int = 5, skew: float = 2, kurt: float = 3.5) -> Winsorised:
    """Winsorise one step at a time until the values pass or `winmax` points were moved.

    A step sets all points at the maximum to the next lower value (skew of zero or more), or all at the minimum to the
    next higher. Points that tie count each, so the last step may go beyond `winmax`. It stops before the values would
    all be the same.

    Raises
    ------
    ValueError
        If the values are fewer than 3 or all the same: there is no skew to look at.
    """
    values = np.array(x, dtype=float)
    if passes(values, skew, kurt) is None:
        raise ValueError("fewer than 3 values, or all the same: their skew is not defined")
    treated = np.full(len(values), "", dtype=object)
    while not passes(values, skew, kurt) and (treated != "").sum() < winmax:
        distinct = np.unique(_available(values))
        if len(distinct) < 3:
            break
        high = _skew(values) >= 0
        end, next_one = (distinct[-1], distinct[-2]) if high else (distinct[0], distinct[1])
        moved = values == end
        values[moved] = next_one
        treated[moved] = "winhi" if high else "winlo"
    return Winsorised(values, int((treated != "").sum()), treated)


def log_ct(x: npt.ArrayLike) -> np.ndarray:
    """COINr's log transformation ln(x - min + 0.01 (max - min)); -inf where all values are the same."""
    x = np.asarray(x, dtype=float)
    low, high = np.nanmin(x), np.nanmax(x)
    with np.errstate(divide="ignore"):
        return np.log(x - low + 0.01 * (high - low))


@dataclass(frozen=True)
class Treated:
    """Treated data and what was done.

    `details` has a row per indicator: skew, kurt and passes before; winsorised (points moved), skew_winsorised,
    kurt_winsorised, passes_winsorised; logged, skew_logged, kurt_logged, passes_logged (NaN or None: not needed); and
    passed, the last verdict (None where it could not be told).
    `points` is unit x indicator: "winhi", "winlo", "log" or "".
    """

    data: pd.DataFrame
    details: pd.DataFrame
    points: pd.DataFrame


def treat(data: pd.DataFrame, method: Method, winmax: int = 5, skew: float = 2, kurt: float = 3.5) -> Treated:
    """Treat every indicator that does not pass.

    winsor
        Winsorise at most `winmax` points; what then still does not pass stays winsorised.
    winsor_log
        If it still does not pass, undo that and take `log_ct` of the untreated column.

    Columns with fewer than 3 values, or all the same, are left as they are.

    Parameters
    ----------
    data
        unit x indicator, float, NaN = missing.
    """
    if method not in METHODS:
        raise ValueError(f"no treatment {method!r}; there are {', '.join(METHODS)}")
    out = data.astype(float)
    points = pd.DataFrame("", index=data.index, columns=data.columns, dtype=object)
    rows = {}
    for code in data.columns:
        x = data[code].to_numpy(float)
        verdict = passes(x, skew, kurt)
        row = rows[code] = {"skew": _skew(x), "kurt": _kurt(x), "passes": verdict, "winsorised": 0, "passed": verdict}
        if method == "none" or verdict is not False:
            continue
        done = winsorise(x, winmax, skew, kurt)
        values, marks = done.x, done.treated
        verdict = passes(values, skew, kurt)
        row |= {"winsorised": done.nwin, "passed": verdict, **_look("winsorised", values, verdict)}
        if method == "winsor_log" and not verdict:
            values, marks = log_ct(x), np.where(np.isnan(x), "", "log")
            verdict = passes(values, skew, kurt)
            row |= {"winsorised": 0, "logged": True, "passed": verdict, **_look("logged", values, verdict)}
        out[code], points[code] = values, marks
    details = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=DETAILS).astype(dict.fromkeys(FLAGS, object))
    return Treated(out, details, points)


DETAILS = [
    "skew",
    "kurt",
    "passes",
    "winsorised",
    *(f"{name}_winsorised" for name in ("skew", "kurt", "passes")),
    "logged",
    *(f"{name}_logged" for name in ("skew", "kurt", "passes")),
    "passed",
]

FLAGS = ["passes", "passes_winsorised", "logged", "passes_logged", "passed"]

_skew, _kurt = skew, kurt


def _look(what: str, x: np.ndarray, verdict: bool | None) -> dict[str, float | bool | None]:
    return {f"skew_{what}": _skew(x), f"kurt_{what}": _kurt(x), f"passes_{what}": verdict}


def _available(x: npt.ArrayLike) -> np.ndarray:
    x = np.asarray(x, dtype=float)
    return x[~np.isnan(x)]


def _same(x: np.ndarray) -> bool:
    return bool(np.ptp(x) <= 8 * np.finfo(float).eps * np.abs(x).max())


def _powers(x: np.ndarray) -> tuple[float, float, float, float]:
    """Sums of the first to fourth powers of the deviations, scaled so that no power is lost to underflow."""
    d = x - x.mean()
    d = d / np.abs(d).max()
    squares = d * d
    return float(d.sum()), float(squares.sum()), float(squares @ d), float(squares @ squares)

"""What the indicators look like and how they go together.

Tables are unit x indicator, float, NaN = missing. Reference: COINr 1.1 (`get_stats`, `get_corr`, `get_cronbach`).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from indicators.index.treat import kurt, skew

Method = Literal["pearson", "spearman", "kendall"]
METHODS: tuple[Method, ...] = get_args(Method)


def statistics(
    data: pd.DataFrame,
    least_available: float = 0.65,
    least_nonzero: float = 0.5,
    least_unique: float = 0.5,
    skew_limit: float = 2,
    kurt_limit: float = 3.5,
) -> pd.DataFrame:
    """Describe every indicator, with flags.

    Returns
    -------
    One row per indicator: min, max, mean, median, std (ddof = 1), skew, kurt (bias-corrected), n_avail, n_nonzero,
    n_unique, n_same (units at the commonest value), frc_avail (share of all units), frc_nonzero, frc_unique, frc_same
    (shares of those with a value); flag_avail, flag_nonzero, flag_unique ("LOW" below the least share, else "ok") and
    flag_skewkurt ("OUT" if |skew| and kurtosis are both above their limits, else "ok").
    """
    n = len(data)
    described = {}
    for code in data.columns:
        x = data[code].dropna()
        asymmetry, tails = skew(x), kurt(x)
        counts = x.value_counts()
        described[code] = {
            "min": x.min(),
            "max": x.max(),
            "mean": x.mean(),
            "median": x.median(),
            "std": x.std(ddof=1),
            "skew": asymmetry,
            "kurt": tails,
            "n_avail": len(x),
            "n_nonzero": int((x != 0).sum()),
            "n_unique": len(counts),
            "n_same": int(counts.max()) if len(counts) else 0,
            "flag_skewkurt": "OUT" if abs(asymmetry) > skew_limit and tails > kurt_limit else "ok",
        }
    table = pd.DataFrame.from_dict(described, orient="index")
    flags = table.pop("flag_skewkurt")
    table["frc_avail"] = table["n_avail"] / n
    for name in ("nonzero", "unique", "same"):
        table[f"frc_{name}"] = table[f"n_{name}"] / table["n_avail"].where(table["n_avail"] > 0)
    for name, least in (("avail", least_available), ("nonzero", least_nonzero), ("unique", least_unique)):
        table[f"flag_{name}"] = np.where(table[f"frc_{name}"] < least, "LOW", "ok")
    return table.assign(flag_skewkurt=flags)


def constant(data: pd.DataFrame) -> pd.Series:
    """Which columns hold one value only (up to the rounding of floating point), by column; an empty one does not."""
    low, high = data.min(), data.max()
    return (high - low) <= 8 * np.finfo(float).eps * np.maximum(low.abs(), high.abs())


def correlations(data: pd.DataFrame, method: Method = "pearson") -> pd.DataFrame:
    """Correlations of every pair of columns over the units that have both; NaN for fewer than 3 or a constant one.

    kendall is tau-b.
    """
    if method not in METHODS:
        raise ValueError(f"no correlation {method!r}; there are {', '.join(METHODS)}")
    return data.corr(method=method, min_periods=3)


def p_values(data: pd.DataFrame) -> pd.DataFrame:
    """Two-sided p of every pair's Pearson correlation under no correlation (t with n - 2 degrees of freedom)."""
    from scipy.stats import t

    r = correlations(data).to_numpy(copy=True)
    there = data.notna().to_numpy(float)
    free = there.T @ there - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * t.sf(np.abs(r) * np.sqrt(free / (1 - np.minimum(r**2, 1))), free)
    return pd.DataFrame(p, index=data.columns, columns=data.columns)


def correlated_pairs(data: pd.DataFrame, above: float = 0.9) -> pd.DataFrame:
    """Pairs with |Pearson correlation| above a limit: columns first, second, correlation; strongest first."""
    r = correlations(data).to_numpy()
    first, second = np.nonzero(np.triu(np.abs(r) > above, k=1))
    pairs = pd.DataFrame(
        {"first": data.columns[first], "second": data.columns[second], "correlation": r[first, second]}
    )
    return pairs.sort_values("correlation", key=abs, ascending=False, ignore_index=True, kind="stable")


def cronbach(data: pd.DataFrame) -> float:
    """Cronbach's alpha of the columns: k/(k-1) (1 - sum of their variances / variance of their sum).

    Over the units that have them all; NaN for fewer than two columns or units, or where the sum does not vary.
    """
    x = data.dropna().to_numpy(float)
    n, k = x.shape
    if k < 2 or n < 2:
        return np.nan
    whole = x.sum(axis=1).var(ddof=1)
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / whole)) if whole > 0 else np.nan

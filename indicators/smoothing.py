"""Empirical Bayes: rates and shares of small places drawn towards the pooled one, with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indicators.model import Family

Values = npt.NDArray[np.float64]

INTERVAL = (0.05, 0.95)
"""The ends of the interval, as of the ranges of ranks: nine times in ten the true rate lies between them."""


@dataclass(frozen=True)
class Smoothed:
    """The posterior of every place (shape of the cases; NaN where a place has no figures) and the prior it rests on.

    mean : posterior mean, the smoothed rate (cases per one of the base). sd : posterior standard deviation.
    low, high : 5 % and 95 % points of the posterior.
    prior_mean, prior_variance : one entry for each column (a scalar for one column).
    """

    mean: Values
    sd: Values
    low: Values
    high: Values
    prior_mean: Values
    prior_variance: Values


def empirical_bayes(cases: npt.ArrayLike, base: npt.ArrayLike, family: Family) -> Smoothed:
    """Global empirical Bayes of Marshall for rates, and its beta-binomial counterpart for shares.

    Parameters
    ----------
    cases, base
        n places, or n places x k periods, each period with a prior of its own. NaN in either: the place has no say
        and gets NaN.
    family
        "rate": cases are Poisson around base x rate and may exceed the base. "share": cases are those of the base
        that have a property (binomial).

    Raises
    ------
    ValueError
        For shapes that differ, a base of zero or less, negative cases, or a share with more cases than base.

    Notes
    -----
    With rates x_i = e_i / n_i, m = sum e / sum n, s2 = sum n_i (x_i - m)^2 / sum n and the mean base N of the places:

    - rate: prior variance a = max(0, s2 - m / N), estimate m + (x_i - m) a / (a + m / n_i). That is the mean of the
      posterior gamma with shape m^2 / a + e_i and rate m / a + n_i, whose quantiles are the interval.
    - share: with v = m (1 - m), prior variance a = max(0, (s2 - v / N) N / (N - 1)), estimate
      m + (x_i - m) a / (a + (v - a) / n_i). That is the mean of the posterior beta with parameters k m + e_i and
      k (1 - m) + n_i - e_i, where k = v / a - 1.

    Where a is 0 the places differ by no more than chance: all get m, and nothing is left to be uncertain about.

    References
    ----------
    Marshall (1991), Applied Statistics 40, 283-294. Martuzzi and Elliott (1996), Statistics in Medicine 15, 1867-1873.
    """
    e, n = (np.asarray(given, dtype=float) for given in (cases, base))
    _check(e, n, family)
    known = ~(np.isnan(e) | np.isnan(n))
    e, n = np.where(known, e, np.nan), np.where(known, n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.nansum(n, axis=0)
        m = np.nansum(e, axis=0) / total
        average = total / known.sum(axis=0)
        s2 = np.nansum(n * (e / n - m) ** 2, axis=0) / total
        chance = m * (1 - m) if family == "share" else m
        excess = s2 - chance / average
        a = np.maximum(0.0, excess * average / (average - 1) if family == "share" else excess)
        strength = (chance / a - 1) if family == "share" else m / a
        mean, sd, low, high = _posterior(e, n, m, np.maximum(strength, 0.0), family)
    flat = known & np.broadcast_to(a <= 0, known.shape)
    prior = np.where(flat, np.broadcast_to(m, known.shape), np.nan)
    mean, low, high = (np.where(flat, prior, part) for part in (mean, low, high))
    return Smoothed(mean, np.where(flat, 0.0, sd), low, high, np.asarray(m), np.asarray(a))


def alone(cases: npt.ArrayLike, base: npt.ArrayLike, family: Family) -> tuple[Values, Values, Values]:
    """How sure a rate or share is that is drawn towards no other: standard deviation, 5 % and 95 % point.

    Parameters
    ----------
    cases, base
        As for `empirical_bayes`; NaN where unknown.

    Notes
    -----
    Jeffreys' interval: quantiles of a gamma with shape e + 1/2 and rate n, or of a beta with e + 1/2 and n - e + 1/2;
    the standard deviation is that of the same distribution.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133.
    """
    from scipy.special import betaincinv, gammaincinv

    e, n = (np.asarray(given, dtype=float) for given in (cases, base))
    _check(e, n, family)
    seen = e + 0.5
    if family == "rate":
        low, high = (gammaincinv(seen, point) / n for point in INTERVAL)
        return np.sqrt(seen) / n, low, high
    against = n - e + 0.5
    low, high = (betaincinv(seen, against, point) for point in INTERVAL)
    return np.sqrt(seen * against / (n + 2)) / (n + 1), low, high


def _posterior(e: Values, n: Values, m: Values, k: Values, family: Family) -> tuple[Values, Values, Values, Values]:
    """Mean, standard deviation and interval of the gamma or beta posterior; k is what the prior weighs in the base."""
    from scipy.special import betaincinv, gammaincinv

    for_it, size = k * m + e, k + n
    mean = for_it / size
    if family == "rate":
        low, high = (gammaincinv(for_it, point) / size for point in INTERVAL)
        return mean, np.sqrt(for_it) / size, low, high
    against = k * (1 - m) + n - e
    low, high = (betaincinv(for_it, against, point) for point in INTERVAL)
    return mean, np.sqrt(mean * (1 - mean) / (size + 1)), low, high


def _check(e: Values, n: Values, family: Family) -> None:
    if e.shape != n.shape:
        raise ValueError(f"cases have the shape {e.shape}, the base {n.shape}")
    if (n <= 0).any() or (e < 0).any():
        raise ValueError("every base must be above zero and no cases below it")
    if family == "share" and (e > n).any():
        raise ValueError("a share cannot have more cases than its base")

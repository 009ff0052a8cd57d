"""Empirical Bayes against R's spdep, and against the posteriors it is the mean of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.smoothing import INTERVAL, empirical_bayes

# Three places of the reference, of its 167: number, deaths, children x years, smoothed. The prior is that of all 167.
AUCKLAND = ((1, 8, 2268, 0.00297803392572109), (2, 2, 405, 0.00286562329254096), (3, 5, 3240, 0.00211816466150202))
AUCKLAND_MEAN, AUCKLAND_VARIANCE = 0.002633436, 7.284173e-07


def test_auckland(golden: Path) -> None:
    table = pd.read_csv(golden / "eb_smoothing" / "auckland_global.csv")
    found = empirical_bayes(table["deaths"], table["pop_years"], "rate")
    assert found.mean == pytest.approx(table["eb_global"].to_numpy(), abs=1e-12)
    assert found.prior_mean == pytest.approx(AUCKLAND_MEAN, abs=1e-9)
    assert found.prior_variance == pytest.approx(AUCKLAND_VARIANCE, abs=1e-13)


@pytest.mark.parametrize(("_", "deaths", "years", "smoothed"), AUCKLAND)
def test_the_formula_on_single_places(_: int, deaths: int, years: int, smoothed: float) -> None:
    m, a = AUCKLAND_MEAN, AUCKLAND_VARIANCE
    assert m + (deaths / years - m) * a / (a + m / years) == pytest.approx(smoothed, rel=1e-6)


def test_a_rate_by_hand() -> None:
    """m = 40/200 = 0.2; s2 = (100 * 0.1^2 + 100 * 0.1^2)/200 = 0.01; a = 0.01 - 0.2/100 = 0.008."""
    found = empirical_bayes([10, 30], [100, 100], "rate")
    assert found.prior_mean == pytest.approx(0.2)
    assert found.prior_variance == pytest.approx(0.008)
    assert found.mean == pytest.approx([0.2 - 0.1 * 0.8, 0.2 + 0.1 * 0.8])  # 0.008 / (0.008 + 0.002)


def test_a_share_by_hand() -> None:
    """m = 0.2, v = 0.16, s2 = 0.01; a = (0.01 - 0.0016) 100/99; w = a / (a + (v - a)/100) = 0.84/0.99 of the way."""
    found = empirical_bayes([10, 30], [100, 100], "share")
    assert found.prior_variance == pytest.approx(0.84 / 99)
    weight = 0.0084 / (0.0084 + (0.16 - 0.01) / 100)
    assert found.mean == pytest.approx([0.2 - 0.1 * weight, 0.2 + 0.1 * weight])


def test_the_interval_is_that_of_the_posterior() -> None:
    cases, base = np.array([3.0, 40, 7, 0]), np.array([100.0, 300, 50, 80])
    rate = empirical_bayes(cases, base, "rate")
    m, a = float(rate.prior_mean), float(rate.prior_variance)
    gamma = stats.gamma(m**2 / a + cases, scale=1 / (m / a + base))
    assert rate.mean == pytest.approx(gamma.mean())
    assert rate.sd == pytest.approx(gamma.std())
    assert np.array([rate.low, rate.high]) == pytest.approx(np.array([gamma.ppf(point) for point in INTERVAL]))
    share = empirical_bayes(cases, base, "share")
    m, a = float(share.prior_mean), float(share.prior_variance)
    k = m * (1 - m) / a - 1
    beta = stats.beta(k * m + cases, k * (1 - m) + base - cases)
    assert share.mean == pytest.approx(beta.mean())
    assert share.sd == pytest.approx(beta.std())
    assert np.array([share.low, share.high]) == pytest.approx(np.array([beta.ppf(point) for point in INTERVAL]))


@pytest.mark.parametrize("family", ["rate", "share"])
def test_places_that_differ_by_chance_alone_are_all_alike(family) -> None:
    found = empirical_bayes([10, 11, 9], [100, 100, 100], family)
    assert found.mean.tolist() == pytest.approx([0.1] * 3)
    assert found.low.tolist() == found.high.tolist() == found.mean.tolist()
    assert found.sd.tolist() == [0, 0, 0]


@pytest.mark.parametrize("family", ["rate", "share"])
def test_extremes_stay_possible(family) -> None:
    nothing = empirical_bayes([0, 0], [10, 20], family)
    assert nothing.mean.tolist() == [0, 0]
    apart = empirical_bayes([0, 20], [20, 20], family)
    assert np.isfinite(apart.mean).all()
    assert apart.mean.min() >= 0
    alone = empirical_bayes([3], [10], family)
    assert alone.mean.tolist() == pytest.approx([0.3])


def test_missing_stays_missing_and_has_no_say() -> None:
    cases, base = np.array([[10, 10], [30, np.nan], [5, 30]]), np.full((3, 2), 100.0)
    both = empirical_bayes(cases, base, "rate")
    assert np.isnan(both.mean).tolist() == [[False, False], [False, True], [False, False]]
    assert np.isnan(both.low[1, 1])
    assert np.isnan(both.sd[1, 1])
    assert both.mean[:, 0] == pytest.approx(empirical_bayes(cases[:, 0], base[:, 0], "rate").mean)
    assert both.mean[[0, 2], 1] == pytest.approx(empirical_bayes([10, 30], [100, 100], "rate").mean)
    assert np.isnan(empirical_bayes([np.nan], [np.nan], "share").mean).all()


@given(
    st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 1)), min_size=2, max_size=40),
    st.sampled_from(["rate", "share"]),
)
def test_smoothed_values_lie_between_the_raw_and_the_pooled_one(places, family) -> None:
    base = np.array([n for n, _ in places], dtype=float)
    cases = np.floor(base * [part for _, part in places])
    found = empirical_bayes(cases, base, family)
    raw, m = cases / base, float(found.prior_mean)
    assert (found.mean >= np.minimum(raw, m) - 1e-9).all()
    assert (found.mean <= np.maximum(raw, m) + 1e-9).all()
    assert (found.low <= found.high).all()
    assert (found.sd >= 0).all()


@pytest.mark.parametrize(
    ("cases", "base", "family", "said"),
    [
        ([1], [0], "rate", "above zero"),
        ([-1], [10], "rate", "above zero"),
        ([11], [10], "share", "more cases than its base"),
        ([1, 2], [10], "rate", "shape"),
    ],
)
def test_bad_input_is_refused(cases, base, family, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        empirical_bayes(cases, base, family)

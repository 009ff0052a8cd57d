"""Trends by hand, against scipy, and what no trend may do: cross a break or come from two points."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.trends import growth_rate, percent_change, trends, years


def table(**series: list) -> pd.DataFrame:
    width = len(next(iter(series.values())))
    return pd.DataFrame(series, index=[str(2015 + i) for i in range(width)], dtype=float).T


def test_by_hand() -> None:
    """1, 3, 2, 6: slopes 2, 1/2, 5/3, -1, 3/2, 4; five pairs rise, one falls; variance 4 · 3 · 13 / 18."""
    (row,) = trends(table(a=[1, 3, 2, 6])).itertuples(index=False)
    assert (row.unit, row.first, row.last, row.points, row.reason) == ("a", "2015", "2018", 4, "")
    assert row.slope == pytest.approx((1.5 + 5 / 3) / 2)
    assert (row.low, row.high) == (-1, 4)
    assert row.s == 4
    assert row.z == pytest.approx(3 / math.sqrt(156 / 18))
    assert row.p == pytest.approx(2 * stats.norm.sf(row.z))


def test_ties_lessen_the_variance() -> None:
    """1, 1, 2, 2, 2 has ties of two and three: (5 · 4 · 15 - 2 · 1 · 9 - 3 · 2 · 11) / 18 = 12."""
    (row,) = trends(table(a=[1, 1, 2, 2, 2])).itertuples(index=False)
    assert row.s == 6
    assert row.z == pytest.approx(5 / math.sqrt(12))


def test_no_trend_crosses_a_break() -> None:
    """Level at 1, then at 9: from the break on the series means something else."""
    found = trends(table(a=[1, 1, 1, 9, 9, 9]), breaks=["2018", "2031"])
    assert found[["first", "last"]].to_numpy().tolist() == [["2015", "2017"], ["2018", "2020"]]
    assert found["slope"].tolist() == [0, 0]
    assert trends(table(a=[1, 1, 1, 9, 9, 9]))["slope"].tolist() == [pytest.approx(2)]


def test_a_break_without_a_point_of_its_own_divides_all_the_same() -> None:
    values = table(a=[1, 2, 3, 4, 5, 6]).drop(columns="2018")
    assert trends(values, breaks=["2018"])["points"].tolist() == [3, 2]


def test_two_points_are_no_trend() -> None:
    found = trends(table(a=[1, np.nan, 3], b=[np.nan] * 3, c=[1, 2, 4])).set_index("unit")
    assert found["reason"].tolist() == ["few_points", "few_points", ""]
    assert found.loc[["a", "b"], ["slope", "low", "high", "s", "z", "p"]].isna().all(axis=None)
    assert found["points"].tolist() == [2, 0, 3]
    assert found.loc["b", ["first", "last"]].tolist() == ["", ""]


def test_slopes_are_per_year_whatever_the_step() -> None:
    quarters = pd.DataFrame([[1.0, 2, 3, 4]], columns=["2020-Q4", "2021-Q1", "2021-Q2", "2021-Q3"], index=["a"])
    assert trends(quarters)["slope"].tolist() == [4]
    assert years(["2023", "2023-Q2"]).tolist() == [2023, 2023.25]
    with pytest.raises(ValueError, match="no periods: '2023-06'"):
        years(["2023-06"])


def test_nothing_in_nothing_out() -> None:
    assert trends(pd.DataFrame(index=["a"])).empty
    assert trends(table(a=[5.0]))["reason"].tolist() == ["few_points"]


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=9, max_size=9), min_size=1, max_size=4))
def test_as_scipy_has_it(rows: list[list[int | None]]) -> None:
    """Gaps and ties: slope and interval as theilslopes."""
    values = pd.DataFrame(rows, columns=[str(2010 + i) for i in range(9)], dtype=float)
    for found in trends(values).itertuples():
        y = values.loc[found.unit].dropna()
        assert (found.reason == "few_points") == (len(y) < 3)
        if len(y) >= 3:
            slope, _, low, high = stats.theilslopes(y, years(list(y.index)))
            assert [found.slope, found.low, found.high] == pytest.approx([slope, low, high])
            assert (found.s > 0) == (stats.kendalltau(y, years(list(y.index))).statistic > 0)


@given(st.lists(st.integers(-99, 99), min_size=3, max_size=10), st.integers(1, 9), st.integers(-9, 9))
def test_a_steady_rise_is_added(values: list[int], scale: int, rise: int) -> None:
    first = trends(table(a=values))
    steeper = trends(table(a=[scale * value for value in values]))
    tilted = trends(table(a=[value + rise * i for i, value in enumerate(values)]))
    assert steeper[["slope", "low", "high"]].to_numpy() == pytest.approx(scale * first[["slope", "low", "high"]])
    assert steeper["p"].equals(first["p"])
    assert tilted["slope"].to_numpy() == pytest.approx(first["slope"] + rise)


def test_growth() -> None:
    assert growth_rate([100, 110, 121], [2018, 2019, 2020]) == pytest.approx(0.1)
    assert growth_rate([121, 100], [2020, 2018]) == pytest.approx(0.1)
    assert math.isnan(growth_rate([-1, 1], [2018, 2020]))
    assert math.isnan(growth_rate([1], [2018]))
    assert percent_change([10, 15], [2015, 2020]) == pytest.approx(10)
    assert percent_change([10, 15], [2015, 2020], per=5) == pytest.approx(50)
    assert math.isnan(percent_change([np.nan, 15], [2015, 2020]))
    assert math.isnan(percent_change([0, 15], [2015, 2020]))

"""What a group says, by hand: medians, quartiles, agreement, priorities, and nothing below five answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.catalogue import FACTORS
from indicators.opinion import LEAST, against_figures, agreement, counts, group_weights, opinions, priorities

ROW = st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=10, max_size=10)


def row(first: int | None, others: int | None = 5) -> list[int | None]:
    return [first, *[others] * 9]


def test_medians_and_the_middle_half_by_hand() -> None:
    table = opinions([row(n) for n in (0, 2, 4, 6, 10)], [row(n) for n in (1, 1, 2, 3, 3)])
    first = table.loc[1]
    assert [first[f"importance_{part}"] for part in ("low", "median", "high")] == [2, 4, 6]
    assert [first[f"here_{part}"] for part in ("low", "median", "high")] == [1, 2, 3]
    assert first["gap"] == 2
    assert list(table.index) == list(FACTORS)


def test_agreement_by_hand() -> None:
    assert agreement(np.array([3.0, 3, 3, 3])) == 1
    assert agreement(np.array([0.0, 0, 10, 10])) == 0
    # Of 0, 5, 10 the differences are 5, 5, 10: 20 of the 20 that 0, 0, 10 (or 0, 10, 10) would have.
    assert agreement(np.array([0.0, 5, 10])) == 0
    assert agreement(np.array([4.0, 6, 4, 6])) == pytest.approx(1 - 8 / 40)
    assert math.isnan(agreement(np.array([4.0])))


def test_what_matters_and_is_weak_is_a_priority() -> None:
    assert bool(opinions([row(7)] * 5, [row(4)] * 5).loc[1, "priority"])
    assert not opinions([row(6)] * 5, [row(4)] * 5).loc[1, "priority"]
    assert not opinions([row(9)] * 5, [row(5)] * 5).loc[1, "priority"]


@given(st.lists(ROW, max_size=12))
def test_nothing_is_said_of_fewer_than_five(rows: list[list[int | None]]) -> None:
    table = opinions(rows, rows)
    for factor in FACTORS:
        said = [answers[factor - 1] for answers in rows if answers[factor - 1] is not None]
        assert table.loc[factor, "importance_n"] == len(said)
        hidden = len(said) < LEAST
        for part in ("low", "median", "high", "agreement"):
            assert math.isnan(table.loc[factor, f"importance_{part}"]) == hidden
        assert sum(counts(rows, factor)) == (0 if hidden else len(said))
        if not hidden:
            assert 0 <= table.loc[factor, "importance_agreement"] <= 1
            assert table.loc[factor, "importance_median"] == pytest.approx(float(np.median(said)))


def test_the_groups_weights_are_its_medians() -> None:
    table = opinions([row(n, 8) for n in (1, 2, 3, 4, 5)] + [row(6, 9)], [])
    assert group_weights(table, {"first": 1, "other": 7}) == {"first": 4, "other": 8}  # 3.5 and 8, halves up
    assert group_weights(opinions([row(5)] * 4, []), {"first": 1}) == {}


def test_opinion_against_figures_begins_with_the_largest_difference() -> None:
    table = opinions([], [[6, 6, 6, 6, 6, 6, 2, 9, 6, 6]] * 5)
    found = against_figures(table, {7: 70.0, 8: 60.0, 3: math.nan})
    assert found["factor"].tolist() == [7, 8]
    assert found["difference"].tolist() == [-50, 30]


def test_priorities_are_in_the_order_of_their_gap() -> None:
    """Factor 1: 8 - 4; factor 2: 10 - 1; factor 3 matters and is well; factor 4 is weak and does not matter."""
    importance = [[8, 10, 9, 3, *[None] * 6]] * LEAST
    here = [[4, 1, 8, 1, *[None] * 6]] * LEAST
    assert priorities(opinions(importance, here)) == [2, 1]
    assert priorities(opinions(importance[1:], here[1:])) == []

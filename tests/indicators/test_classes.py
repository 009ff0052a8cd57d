"""Class breaks by hand, and what must hold for any values."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.classes import METHODS, class_of, classify


@pytest.mark.parametrize(
    ("values", "method", "k", "edges", "counts"),
    [
        ([0, 1, 2, 3, 10], "equal", 5, (0, 2, 4, 6, 8, 10), (3, 1, 0, 0, 1)),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], "quantile", 4, (1, 3, 5, 7, 9), (3, 2, 2, 2)),
        ([1, 2, 3, 10, 11, 12, 50, 51], "jenks", 3, (1, 3, 12, 51), (3, 3, 2)),
        ([0.3, 7.2, 12.9, 19.1], "round", 4, (0, 5, 10, 15, 20), (1, 1, 1, 1)),
        ([-12, -3, 4, 9], "round", 5, (-15, -10, -5, 0, 5, 10), (1, 0, 1, 1, 1)),
        ([1, 5, 9], "manual", 3, (1, 4, 6, 9), (1, 1, 1)),
    ],
)
def test_by_hand(values, method, k, edges, counts) -> None:
    found = classify(values, method, k, breaks=(4, 6))
    assert found.edges == pytest.approx(edges)
    assert found.counts == counts


def test_missing_values_take_no_part() -> None:
    assert classify([np.nan, 1, 2, np.nan, 3, np.inf], "equal", 3).counts == (1, 1, 1)


def test_ties_leave_fewer_classes_and_say_so() -> None:
    found = classify([0, 0, 0, 0, 0, 0, 1, 2], "quantile", 5)
    assert found.requested == 5
    assert found.found == 2
    assert found.edges == (0, 0, 2)
    assert found.counts == (6, 2)


@pytest.mark.parametrize("method", ["quantile", "jenks"])
def test_many_zeros_are_a_class_of_their_own(method) -> None:
    values = [0] * 40 + list(range(11, 71))
    found = classify(values, method, 5)
    assert found.edges[:2] == (0, 0)
    assert found.counts[0] == 40
    assert 0 not in found.counts


def test_manual_breaks_outside_the_range_fall_away() -> None:
    assert classify([1, 2, 3], "manual", 5, breaks=(-4, 2, 2, 99)).edges == (1, 2, 3)


@pytest.mark.parametrize("method", METHODS)
def test_one_value_is_one_class(method) -> None:
    found = classify([7, 7, 7], method, 5)
    assert (found.edges, found.counts) == ((7, 7), (3,))
    assert classify([], method, 5).found == 0


@pytest.mark.parametrize("k", [2, 8])
def test_three_to_seven_classes(k: int) -> None:
    with pytest.raises(ValueError, match="choose 3 to 7"):
        classify([1, 2], "equal", k)


def test_the_fit_by_hand() -> None:
    """1, 3 | 10, 10 around 6: squares 25, 9, 16, 16 in all, of which 1 and 1 are left inside the first class."""
    assert classify([1, 3, 10, 10], "manual", 3, breaks=(5,)).gvf == pytest.approx(1 - 2 / 66)
    assert classify([1, 3, 10, 10], "jenks", 3).gvf == 1
    assert math.isnan(classify([7, 7], "equal").gvf)


def test_who_is_in_which_class() -> None:
    """Upper edges belong to their class; what is missing or outside belongs to none."""
    assert class_of([0, 1, 1.5, 2, 4, 5, -1, np.nan], (0, 1, 2, 4)).tolist() == [0, 0, 1, 1, 2, -1, -1, -1]
    assert class_of([1, 2], ()).tolist() == [-1, -1]
    assert class_of([7, 8], (7, 7)).tolist() == [0, -1]


@given(st.lists(st.integers(0, 30), min_size=4, max_size=9), st.integers(3, 5))
def test_jenks_is_never_beaten(values: list[int], k: int) -> None:
    """Against every way to cut the sorted values."""
    found = classify(values, "jenks", k)
    data = np.sort(np.array(values, dtype=float))
    total = ((data - data.mean()) ** 2).sum()
    cuts = itertools.combinations(range(1, len(data)), min(k, len(data)) - 1)
    least = min(sum(((part - part.mean()) ** 2).sum() for part in np.split(data, cut)) for cut in cuts)
    if total:
        assert found.gvf == pytest.approx(1 - least / total, abs=1e-9)


@given(
    values=st.lists(st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda v: round(v, 3)), min_size=1, max_size=60),
    method=st.sampled_from(METHODS),
    k=st.integers(3, 7),
)
def test_every_value_falls_into_one_class(values, method, k) -> None:
    found = classify(values, method, k)
    assert sum(found.counts) == len(values)
    assert 1 <= found.found <= k
    assert list(found.edges) == sorted(found.edges)
    assert found.edges[0] <= min(values)
    assert found.edges[-1] >= max(values)
    if found.found > 1:
        assert np.bincount(class_of(values, found.edges), minlength=found.found).tolist() == list(found.counts)
        assert -1e-9 <= found.gvf <= 1 + 1e-9

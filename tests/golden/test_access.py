"""Floating catchments against PySAL's access, and by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import Pairs, reachable, two_step, within

FAR = 1e6
SIDE = np.arange(25)
X, Y = SIDE // 5, SIDE % 5
"""The reference: 5 x 5 places, each of the amount 1, one apart."""


def grid(reach: float) -> Pairs:
    """Pairs of the grid, with costs in steps."""
    return within(1000.0 * X, 1000.0 * Y, 1000.0 * X, 1000.0 * Y, reach)


@pytest.mark.parametrize(("place", "expected"), [(1, 1.32234021), (13, 0.780985109), (24, 1.133733026)])
def test_weighted_catchment(place: int, expected: float) -> None:
    found = reachable(grid(FAR), np.ones(25), lambda cost: cost / 60)
    assert found[place - 1] == pytest.approx(expected, abs=1e-8)


def test_every_place_of_the_reference(golden: Path) -> None:
    reference = json.loads(next((golden / "access_2sfca").glob("*.json")).read_text(encoding="utf-8"))
    cells = pd.read_csv(next((golden / "access_2sfca").glob("*.csv")))
    pairs = within(1000.0 * cells["x"], 1000.0 * cells["y"], 1000.0 * cells["x"], 1000.0 * cells["y"], FAR)
    found = pd.Series(reachable(pairs, cells["value"], lambda cost: cost / 60), index=cells["id"])
    for place, expected in reference["expected"].items():
        assert found[int(place)] == pytest.approx(expected, abs=reference["tolerance"])


def test_without_a_limit_everybody_shares_everything() -> None:
    assert two_step(grid(FAR), np.full(25, 3.0), np.full(25, 2.0)) == pytest.approx(np.full(25, 1.5))


def test_a_small_catchment_is_the_own_cell() -> None:
    assert two_step(grid(0.9), np.ones(25), np.ones(25)) == pytest.approx(np.ones(25))


def test_two_steps_by_hand() -> None:
    """Places at 0, 4 and 20 km (100, 300, 50 people), shops at 5 and 8 km, 6 km of reach.

    The first shop is reached by 400 people, the second by 300: the first place has 1/400, the second 1/400 + 1/300.
    """
    pairs = within([0, 4000, 20_000], [0, 0, 0], [5000, 8000], [0, 0], 6)
    found = two_step(pairs, [1, 1], [100, 300, 50])
    assert found == pytest.approx([1 / 400, 1 / 400 + 1 / 300, 0])
    assert found @ [100, 300, 50] == pytest.approx(2)
    half = two_step(pairs, [1, 1], [100, 300, 50], lambda km: np.where(km > 4.5, 0.5, 1.0))
    assert half == pytest.approx([0.5 / 350, 1 / 350 + 1 / 300, 0])


def test_the_limit_belongs_to_the_reach_and_nobody_may_be_near() -> None:
    assert within([0], [0], [6000], [0], 6).cost.tolist() == [6]
    nobody = within([0], [0], [60_000], [0], 6)
    assert len(nobody.cost) == 0
    assert two_step(nobody, [1], [10]).tolist() == [0]


POINTS = st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 30_000)), min_size=1, max_size=20)


@given(POINTS, POINTS, st.integers(1, 20))
def test_what_is_reached_is_given_out_whole(homes, shops, km: int) -> None:
    (x, y), (to_x, to_y) = np.array(homes).T, np.array(shops).T
    pairs = within(x, y, to_x, to_y, km)
    people = np.arange(1.0, len(homes) + 1)
    given_out = two_step(pairs, np.ones(len(shops)), people) @ people
    assert given_out == pytest.approx(len(set(pairs.target.tolist())))

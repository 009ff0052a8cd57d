"""Spatial statistics by hand, and what must hold for any field: order, islands, constants, missing values, chance."""

from __future__ import annotations

import math
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import Snapshot
from indicators import spatial

CHAIN = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]}


def grid(side: int) -> dict[int, list[int]]:
    """Queen neighbours on a square of cells."""
    cells = [(i // side, i % side) for i in range(side * side)]
    return {
        i: [j for j, other in enumerate(cells) if i != j and max(abs(row - other[0]), abs(column - other[1])) == 1]
        for i, (row, column) in enumerate(cells)
    }


def hot_corner(side: int = 8) -> pd.Series:
    """Noise with a high corner of 3 x 3 cells."""
    values = pd.Series(np.random.default_rng(5).normal(size=side * side))
    values[[row * side + column for row in range(3) for column in range(3)]] += 6
    return values


def test_by_hand() -> None:
    """1, 2, 3, 4 in a row: deviations -1.5, -0.5, 0.5, 1.5, their squares sum to 5, six directed links."""
    values = pd.Series([1, 2, 3, 4], index=list("abcd"))
    assert spatial.moran(values, CHAIN, style="B").statistic == pytest.approx(4 / 6 * 2 * (0.75 - 0.25 + 0.75) / 5)
    assert spatial.geary(values, CHAIN, style="B").statistic == pytest.approx(3 / 12 * 6 / 5)
    table = spatial.local_moran(values, CHAIN)
    assert table["lag"].tolist() == [2, 2, 3, 3]
    assert table["statistic"].tolist() == pytest.approx([0.6, 0.2, 0.2, 0.6])
    assert table["quadrant"].tolist() == ["LL", "LL", "HH", "HH"]
    assert spatial.local_geary(values, CHAIN).tolist() == pytest.approx([0.6] * 4)


def test_the_conditional_p_by_hand() -> None:
    """The neighbour of the lowest is the lowest of three others: directed 1/3, doubled 2/3."""
    table = spatial.local_moran(pd.Series([1.0, 2, 3, 4], index=list("abcd")), CHAIN)
    assert table.loc["a", "p"] == pytest.approx(2 / 3, abs=0.02)


def test_benjamini_hochberg_by_hand() -> None:
    """0.01 · 4/1, 0.02 · 4/2, 0.03 · 4/3 and 0.8 · 4/4, never falling as p rises."""
    adjusted = spatial.benjamini_hochberg(pd.Series([0.03, 0.8, np.nan, 0.01, 0.02]))
    assert adjusted.tolist() == pytest.approx([0.04, 0.8, np.nan, 0.04, 0.04], nan_ok=True)


def test_a_hot_corner_is_found() -> None:
    values, neighbours = hot_corner(), grid(8)
    assert spatial.moran(values, neighbours).p_permuted == pytest.approx(2 / 10_000)
    lisa, gi = spatial.local_moran(values, neighbours), spatial.getis_ord(values, neighbours)
    assert lisa.loc[[0, 1, 8, 9], "cluster"].tolist() == ["HH"] * 4
    assert gi.loc[[0, 1, 8, 9], "cluster"].tolist() == ["hot"] * 4
    for table in (lisa, gi):
        assert (table["p_adjusted"] >= table["p"]).all()
        assert ((table["cluster"] != "") == (table["p_adjusted"] <= spatial.ALPHA)).all()


def test_the_table_of_the_snapshot_and_a_mapping_are_the_same() -> None:
    neighbours = grid(5)
    table = pd.DataFrame(
        [(unit, other) for unit, others in neighbours.items() for other in others], columns=["territory", "neighbour"]
    )
    values = pd.Series(np.arange(25.0) ** 2)
    twice = pd.concat([table, table])
    pd.testing.assert_frame_equal(spatial.local_moran(values, neighbours), spatial.local_moran(values, twice))


@pytest.mark.parametrize("statistic", [spatial.local_moran, spatial.getis_ord])
def test_the_order_of_units_changes_nothing(statistic) -> None:
    values, neighbours = hot_corner(), grid(8)
    shuffled = values.sample(frac=1, random_state=3)
    links = {unit: neighbours[unit][::-1] for unit in shuffled.index}
    first, second = statistic(values, neighbours), statistic(shuffled, links)
    assert second.index.tolist() == shuffled.index.tolist()
    pd.testing.assert_frame_equal(first, second.loc[first.index])
    assert spatial.moran(values, neighbours) == spatial.moran(shuffled, links)


@pytest.mark.parametrize("statistic", [spatial.local_moran, spatial.getis_ord])
@pytest.mark.parametrize("permutations", [0, 999])
def test_islands_are_never_clusters(statistic, permutations: int) -> None:
    values, neighbours = hot_corner(), grid(8)
    values[99] = 50.0
    table = statistic(values, {**neighbours, 99: []}, permutations=permutations)
    assert table.loc[99, ["cluster", "reason"]].tolist() == ["", "no_neighbours"]
    assert table.loc[99, ["lag", "z", "p", "p_adjusted"]].isna().all()
    assert spatial.moran(values, neighbours).islands == (99,)


def test_missing_and_excluded_units_drop_out_with_their_links() -> None:
    """b has no value and d is a copy: a is left alone, so is c."""
    values = pd.Series([1, np.nan, 3, 4], index=list("abcd"))
    excluded = pd.Series({"d": True})
    table = spatial.local_moran(values, CHAIN, excluded=excluded)
    assert table["reason"].to_dict() == {"a": "no_neighbours", "b": "missing", "c": "no_neighbours", "d": "excluded"}
    assert not (table["cluster"] != "").any()
    moran = spatial.moran(values, CHAIN, excluded=excluded)
    assert (moran.units, moran.islands, moran.left_out) == (2, ("a", "c"), ("b", "d"))
    assert math.isnan(moran.statistic)


def test_dropping_out_is_the_same_as_never_having_been_there() -> None:
    values, neighbours = hot_corner(), grid(8)
    gone = [3, 17, 40]
    present = values.drop(gone)
    links = {unit: [other for other in neighbours[unit] if other not in gone] for unit in present.index}
    masked = spatial.local_moran(values, neighbours, excluded=pd.Series(True, index=gone))
    pd.testing.assert_frame_equal(masked.drop(gone), spatial.local_moran(present, links))


@pytest.mark.parametrize("values", [[7.0] * 9, [np.nan] * 9, [np.nan] * 8 + [1.0]])
def test_a_field_without_variation_has_no_clusters(values: list[float]) -> None:
    field = pd.Series(values)
    for table in (spatial.local_moran(field, grid(3)), spatial.getis_ord(field, grid(3))):
        assert (table["cluster"] == "").all()
        assert (table["reason"] != "").all()
        assert table["p"].isna().all()
    assert math.isnan(spatial.moran(field, grid(3)).statistic)
    assert math.isnan(spatial.geary(field, grid(3)).p)
    assert spatial.local_geary(field, grid(3)).isna().all()


def test_a_unit_at_the_mean_itself_is_no_cluster() -> None:
    values = pd.Series([0.1, 0.3, 0.2, 0.3, 0.1, 0.2, 0.1, 0.3, 0.2])
    table = spatial.local_moran(values, grid(3))
    assert table.loc[values == 0.2, "p"].eq(1).all()


@pytest.mark.parametrize("statistic", [spatial.local_moran, spatial.getis_ord])
def test_chance_is_flagged_as_often_as_alpha_says_and_hardly_ever_after_adjustment(statistic) -> None:
    rng, neighbours = np.random.default_rng(11), grid(20)
    tables = [statistic(pd.Series(rng.normal(size=400)), neighbours, permutations=999) for _ in range(10)]
    raw = np.mean([(table["p"] <= 0.05).mean() for table in tables])
    assert 0.04 < raw < 0.065
    assert sum((table["cluster"] != "").sum() for table in tables) <= 4


@pytest.mark.parametrize("statistic", [spatial.local_moran, spatial.getis_ord])
def test_the_normal_approximation_is_near_the_permuted_p(statistic) -> None:
    values, neighbours = pd.Series(np.random.default_rng(2).normal(size=400)), grid(20)
    permuted, normal = statistic(values, neighbours), statistic(values, neighbours, permutations=0)
    assert (permuted["p"] - normal["p"]).abs().max() < 0.05


def test_the_seed_decides() -> None:
    values, neighbours = hot_corner(), grid(8)
    one, same, other = (spatial.local_moran(values, neighbours, seed=seed)["p"] for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_a_unit_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"units twice: \['a'\]"):
        spatial.moran(pd.Series([1, 2], index=["a", "a"]), CHAIN)


def test_rates_without_a_base_stay_missing() -> None:
    rates = spatial.standardised_rates(pd.Series([1, 2, np.nan, 4]), pd.Series([10, 0, 10, 20]))
    assert rates.isna().tolist() == [False, True, True, False]


@given(
    values=st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=16, max_size=16),
    scale=st.floats(0.01, 100),
    shift=st.integers(-50, 50),
)
def test_unit_of_measurement_changes_nothing(values: list, scale: float, shift: int) -> None:
    """Ties abound here: equal sums must stay equal whatever the unit."""
    field = pd.Series(values, dtype="float64")
    one = spatial.local_moran(field, grid(4), permutations=99)
    other = spatial.local_moran(field * scale + shift, grid(4), permutations=99)
    assert one["reason"].equals(other["reason"])
    off_mean = (field - field.mean()).abs() > 1e-9
    assert one.loc[off_mean, "p"].to_numpy() == pytest.approx(other.loc[off_mean, "p"].to_numpy(), nan_ok=True)
    assert one["p"].dropna().between(0, 1).all()


def test_all_units_of_the_country_take_a_moment() -> None:
    values, neighbours = pd.Series(np.random.default_rng(1).normal(size=625)), grid(25)
    started = time.perf_counter()
    spatial.local_moran(values, neighbours)
    spatial.getis_ord(values, neighbours)
    assert time.perf_counter() - started < 4


def test_the_real_country_has_no_island_until_values_are_missing(snapshot: Snapshot) -> None:
    """Every unit touches another; a parish around a town without a value can stand alone."""
    units = snapshot.territories[snapshot.territories["level"] == "unit"].set_index("code")
    neighbours = snapshot.neighbours[snapshot.neighbours["level"] == "unit"]
    whole = spatial.moran(units["y"], neighbours, permutations=0)
    assert (whole.units, whole.islands) == (len(units), ())
    assert whole.statistic > 0.9
    counted = neighbours.groupby("territory").size()
    enclosed = str(counted.index[counted == 1][0])
    (around,) = neighbours.loc[neighbours["territory"] == enclosed, "neighbour"]
    table = spatial.local_moran(units["y"], neighbours, excluded=pd.Series({around: True}))
    assert table.loc[enclosed, ["cluster", "reason"]].tolist() == ["", "no_neighbours"]

"""Peers by hand: what shapes a place, robust z, and who is nearest in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import Snapshot
from indicators import people, success
from indicators.evaluate import evaluate
from indicators.model import REGISTRY
from indicators.peers import FEATURES, INDICATORS, features, peers, standardised

TERRITORIES = pd.DataFrame(
    [
        ("A", "unit", "parish", 0.0, 0.0, True),
        ("B", "unit", "parish", 3_000.0, 4_000.0, False),
        ("T", "unit", "town", 3_000.0, 0.0, False),
        ("C", "unit", "city", 30_000.0, 40_000.0, False),
        ("C", "municipality", "city", 30_000.0, 40_000.0, True),
    ],
    columns=["code", "level", "kind", "x", "y", "edge"],
)


def values(*rows: tuple[str, str, str, float], level: str = "unit", native: str = "unit") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["territory", "period", "indicator", "value"])
    return table.assign(level=level, native_level=native)


def line(**columns: list[float]) -> pd.DataFrame:
    first = next(iter(columns.values()))
    return pd.DataFrame(columns, index=pd.Index(list("abcdefgh")[: len(first)], name="territory"))


def test_features_by_hand() -> None:
    """Five kilometres from A to B, three to the town; the city has most residents."""
    residents = [("A", 100.0), ("B", 0.0), ("T", 1000.0), ("C", 9000.0)]
    given_values = values(*[(unit, "2024", "residents", value) for unit, value in residents])
    table = features(given_values, TERRITORIES)
    assert tuple(table) == FEATURES
    assert table["population"].to_dict() == pytest.approx(
        {"A": np.log(100), "B": np.nan, "C": np.log(9000), "T": np.log(1000)}, nan_ok=True
    )
    assert table["town_km"].to_dict() == {"A": 3, "B": 4, "C": 0, "T": 0}
    assert table.loc["A", "centre_km"] == 50
    assert table["edge"].to_dict() == {"A": True, "B": False, "C": False, "T": False}
    assert table[["density", "older", "change"]].isna().all(axis=None)


def test_the_newest_period_that_most_units_have() -> None:
    rows = [(unit, "2023", "older_share", 20.0) for unit in "ABT"] + [("A", "2024", "older_share", 99.0)]
    copied = values(("C", "2023", "older_share", 50.0), native="municipality")
    table = features(pd.concat([values(*rows), copied]), TERRITORIES)
    assert table["older"].to_dict() == pytest.approx({"A": 20, "B": 20, "C": np.nan, "T": 20}, nan_ok=True)


def test_without_figures_there_are_still_distances() -> None:
    table = features(values(), TERRITORIES)
    assert table["centre_km"].isna().all()
    assert table["town_km"].notna().all()


def test_robust_z_by_hand() -> None:
    """1, 2, 3, 4, 100: median 3, deviations 2, 1, 0, 1, 97, whose median is 1."""
    z = standardised(line(x=[1, 2, 3, 4, 100]))["x"]
    assert z.tolist() == pytest.approx([value / 1.4826 for value in (-2, -1, 0, 1, 97)])


def test_where_most_are_alike_and_what_is_true_or_false() -> None:
    table = line(mostly=[0, 0, 0, 0, 5], same=[7] * 5).assign(edge=[True, False, False, False, True])
    z = standardised(table)
    assert z["mostly"].tolist() == pytest.approx([0, 0, 0, 0, 5 / 1.2533])
    assert z["same"].tolist() == [0] * 5
    assert z["edge"].tolist() == [1, 0, 0, 0, 1]


def test_the_nearest_by_hand() -> None:
    """0, 1, 3, 7: the median is 2, the median deviation 1.5; two features of which one does not vary."""
    table = line(x=[0, 1, 3, 7], same=[1, 1, 1, 1])
    found = peers(table, nearest=2)
    assert found["peer"].tolist() == ["b", "c", "a", "c", "b", "a", "c", "b"]
    assert found["rank"].tolist() == [1, 2] * 4
    unit = 1.4826 * 1.5
    assert found["distance"].tolist() == pytest.approx([step / unit / np.sqrt(2) for step in (1, 3, 1, 2, 2, 3, 4, 6)])
    assert peers(table, nearest=1, weights={"same": 0})["distance"].iloc[0] == pytest.approx(1 / unit)


def test_equally_near_units_stand_by_code() -> None:
    table = line(x=[0, 1, 1, 1, 5]).iloc[::-1]
    found = peers(table, nearest=3)
    assert found.loc[found["territory"] == "a", "peer"].tolist() == ["b", "c", "d"]


def test_who_lacks_too_much_is_compared_with_nobody() -> None:
    table = line(x=[0, 1, np.nan, 3], y=[0, 1, 2, np.nan], w=[0, 1, np.nan, 4])
    found = peers(table)
    assert set(found["territory"]) == {"a", "b", "d"}
    assert "c" not in set(found["peer"])
    assert set(found.loc[found["territory"] == "d", "peer"]) == {"a", "b"}


@pytest.mark.parametrize("weights", [{"x": -1}, {"z": 1}, {"x": float("nan")}, {"x": 0}])
def test_weights_that_make_no_sense_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        peers(line(x=[0, 1]), weights=weights)


def test_nothing_that_is_scored_makes_a_peer() -> None:
    scored = {name for factor in success.FACTORS for part in factor.dimensions for name in part.weights}
    assert not scored & set(INDICATORS.values())


@given(
    rows=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=3, max_size=8),
    factor=st.sampled_from([0.25, 2.0, 8.0]),
)
def test_order_unit_and_scale_of_weights_change_nothing(rows: list[tuple[int, int, bool]], factor: float) -> None:
    table = pd.DataFrame(rows, columns=["x", "y", "edge"], index=pd.Index(list("abcdefgh")[: len(rows)]))
    table = table.astype({"x": float, "y": float})
    found = peers(table, nearest=3)
    again = peers(table.iloc[::-1].assign(x=table["x"] * factor), nearest=3, weights=dict.fromkeys(table, factor))
    assert (found["territory"] != found["peer"]).all()
    merged = found.merge(again, on=["territory", "rank"])
    assert len(merged) == len(found) == len(again)
    assert merged["distance_x"].to_numpy() == pytest.approx(merged["distance_y"].to_numpy())


def test_the_peers_of_real_places(snapshot: Snapshot) -> None:
    """Every unit has its ten, and towns are compared with towns."""
    assert all(hasattr(people, name) for name in INDICATORS.values())
    needed = {name: REGISTRY[name] for name in INDICATORS.values()}
    found = evaluate(needed, snapshot.observations, snapshot.territories, snapshot.measures)
    table = peers(features(found, snapshot.territories))
    units = snapshot.territories[snapshot.territories["level"] == "unit"].set_index("code")
    assert table.groupby("territory").size().eq(10).all()
    assert set(table["territory"]) == set(units.index)
    towns = units.index[units["kind"].isin(["city", "town"])]
    assert table.loc[table["territory"].isin(towns), "peer"].isin(towns).mean() > 0.8

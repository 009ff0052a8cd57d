"""Places beside each other, on figures that can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.comparison import (
    APART,
    Condition,
    Figures,
    collect,
    crowds,
    differences,
    passing,
    periods_of,
    position,
    ranges,
    unlike,
    verdict,
)

NAMES = ["rate", "km"]


def figures(
    value: dict[str, list[float]], sd: dict[str, list[float]] | None = None, own: dict[str, list[bool]] | None = None
) -> Figures:
    table = pd.DataFrame.from_dict(value, orient="index", columns=NAMES)
    empty = table * np.nan

    def other(given, kind):
        return pd.DataFrame.from_dict(given, orient="index", columns=NAMES).reindex(table.index).astype(kind)

    return Figures(
        value=table,
        mean=table,
        sd=other(sd, float) if sd else empty,
        low=empty,
        high=empty,
        status=table.map(lambda x: "final" if x == x else "suppressed"),
        own=other(own, bool) if own else table.notna(),
        small=table.isna() & False,
    )


def test_a_period_is_compared_if_half_of_the_units_have_it() -> None:
    rows = [("a", "2022"), ("b", "2022"), ("c", "2022"), ("a", "2023"), ("b", "2023"), ("a", "2024")]
    values = pd.DataFrame(rows, columns=["territory", "period"]).assign(level="unit", indicator="rate", value=1.0)
    assert periods_of(values, 4) == {"rate": ["2022", "2023"]}
    assert periods_of(values, 7) == {}


def test_a_state_city_is_taken_once_and_copies_are_not_its_own() -> None:
    columns = ["territory", "level", "native_level", "value", "smoothed"]
    rows = [
        ("city", "municipality", "municipality", 3.0, 3.5),
        ("city", "unit", "unit", 3.0, 2.5),
        ("parish", "unit", "municipality", 7.0, np.nan),
        ("district", "municipality", "municipality", 7.0, np.nan),
        ("other", "unit", "unit", np.nan, np.nan),
    ]
    values = pd.DataFrame(rows, columns=columns).assign(
        period="2022", indicator="rate", sd=np.nan, low=np.nan, high=np.nan, status="final", small_base=False
    )
    found = collect(values, {"rate": "2022"})
    assert found.mean["rate"].to_dict() == pytest.approx(
        {"city": 2.5, "district": 7.0, "other": np.nan, "parish": 7.0}, nan_ok=True
    )
    assert found.own["rate"].to_dict() == {"city": True, "district": True, "other": False, "parish": False}


@pytest.mark.parametrize(
    ("difference", "deviation", "decimals", "said"),
    [
        (0.04, 0.0, 1, "equal"),
        (-0.04, 0.0, 1, "equal"),
        (-0.06, 0.0, 1, "less"),
        (3.0, 0.0, 0, "more"),
        (1.28, 1.0, 1, "alike"),
        (1.29, 1.0, 1, "more"),
        (-1.29, 1.0, 1, "less"),
        (math.nan, 1.0, 1, None),
    ],
)
def test_verdicts(difference, deviation, decimals, said) -> None:
    assert verdict(difference, difference, deviation, decimals) == said


def test_differences_in_the_unit_and_in_per_cent() -> None:
    # 10 ± 3 and 20 ± 4: the difference is 10 ± 5, which is 2 deviations
    table = figures({"a": [10, 5], "b": [20, 0], "c": [np.nan, 5]}, {"a": [3, np.nan], "b": [4, np.nan]})
    found = differences(table, {"a": "b", "b": "a", "c": "a"}, {"rate": 1, "km": 1})
    assert found.value.loc["a"].tolist() == [-10, 5]
    assert found.share.loc["a", "rate"] == pytest.approx(-50)
    assert math.isnan(found.share.loc["a", "km"])
    assert found.verdict.loc["a"].tolist() == ["less", "more"]
    assert found.verdict.loc["c"].tolist() == [None, "equal"]
    assert found.tested.loc["a"].tolist() == [True, False]


def test_nothing_to_compare_with_is_no_difference() -> None:
    found = differences(figures({"a": [10, 5]}), {"a": None}, {"rate": 1, "km": 1})
    assert found.value.isna().to_numpy().all()
    assert found.verdict.isna().to_numpy().all()


def test_a_range_holds_those_that_cannot_be_told_apart() -> None:
    # deviations of 1 each: told apart from 1.81 on
    rates = {"a": [10.0, 1.0], "b": [11.0, 2.0], "c": [13.0, 3.0], "d": [20.0, 3.0]}
    table = figures(rates, {code: [1.0, np.nan] for code in rates})
    found = ranges(table, ["a", "c"], list(rates), {"rate": "higher", "km": "lower"})
    # a: c and d are better, b is not told apart; c: d is better, a and b are worse (2 / 1.41 = 1.41 > 1.28)
    assert found.first["rate"].to_dict() == {"a": 3, "c": 2}
    assert found.last["rate"].to_dict() == {"a": 4, "c": 2}
    # kilometres, fewer are better: a is first; c and d share the last two places
    assert found.first["km"].to_dict() == {"a": 1, "c": 3}
    assert found.last["km"].to_dict() == {"a": 1, "c": 4}
    assert found.count["rate"] == 4


def test_a_copied_figure_has_no_place_and_takes_none() -> None:
    own = {"a": [True, True], "b": [False, True], "c": [True, True]}
    table = figures({"a": [1, 1], "b": [2, 2], "c": [3, 3]}, own=own)
    found = ranges(table, ["a", "b"], ["a", "b", "c"], dict.fromkeys(NAMES, "higher"))
    assert found.first["rate"].tolist() == pytest.approx([2, np.nan], nan_ok=True)
    assert found.count.to_dict() == {"rate": 2, "km": 3}


@given(st.lists(st.integers(0, 20), min_size=2, max_size=12), st.integers(0, 8))
def test_a_range_holds_the_place_itself_and_lies_among_all(values, spread) -> None:
    codes = [f"p{i}" for i in range(len(values))]
    table = figures(
        {c: [float(v), float(v)] for c, v in zip(codes, values, strict=True)},
        {c: [float(spread), np.nan] for c in codes},
    )
    found = ranges(table, codes, codes, {"rate": "higher", "km": "lower"})
    for name, descending in (("rate", True), ("km", False)):
        ranks = pd.Series(values, index=codes).rank(ascending=not descending, method="min")
        assert (found.first[name] <= ranks).all()
        assert (ranks <= found.last[name]).all()
        assert found.first[name].min() >= 1
        assert found.last[name].max() <= len(codes)


def test_position_counts_equal_ones_by_half_and_municipal_figures_among_municipalities() -> None:
    value = {"p": [1, 10], "q": [1, 10], "r": [4, 30], "m": [2, 10], "n": [2, 30], "k": [2, 50]}
    own = {code: [True, code in "mnk"] for code in value}
    table = figures(value, own=own)
    among = crowds(table, ["p", "q", "r"], ["m", "n", "k"])
    assert among.kinds == {"rate": "parishes", "km": "municipalities"}
    found = position(table, ["p", "r"], among)
    assert found.loc["p"].tolist() == pytest.approx([100 / 3, 100 / 6])
    assert found.loc["r"].tolist() == pytest.approx([250 / 3, 50])


def test_places_differ_most_where_they_can_be_told_apart() -> None:
    value = {"a": [1.0, 1.0], "b": [2.0, 3.0], "c": [3.0, 2.0]}
    table = figures(value, {code: [5.0, np.nan] for code in value})
    among = crowds(table, list(value), [])
    assert unlike(table, ["a", "b"], among, {"rate": 1, "km": 1}).to_dict() == pytest.approx({"km": 200 / 3, "rate": 0})
    assert unlike(table, ["a"], among, {"rate": 1, "km": 1}).empty
    assert unlike(table, [], among, {"rate": 1, "km": 1}).empty


def test_conditions_leave_open_what_is_missing() -> None:
    table = figures({"a": [10, 1], "b": [np.nan, 1], "c": [np.nan, 9], "d": [5, 1]})
    both = [Condition("rate", "least", 10), Condition("km", "most", 2)]
    assert passing(table, list("abcd"), both).to_dict() == {"a": "yes", "b": "unknown", "c": "no", "d": "no"}
    assert set(passing(table, list("abcd"), [])) == {"yes"}


def test_ninety_per_cent_on_one_side() -> None:
    assert pytest.approx(1.2816, abs=1e-4) == APART

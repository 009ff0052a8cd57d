"""Changes between two periods, by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.change import change, comparable, fixed_limits, indexed, most


def rows(*figures: tuple[str, str, float], small: tuple[str, ...] = (), spans=None) -> pd.DataFrame:
    table = pd.DataFrame(figures, columns=["territory", "period", "value"])
    limits = [(spans or {}).get((place, period), (math.nan, math.nan)) for place, period, _ in figures]
    return table.assign(
        small_base=table["territory"].isin(small),
        low=[low for low, _ in limits],
        high=[high for _, high in limits],
    )


def test_a_break_between_two_periods_forbids_comparison():
    assert comparable("2019", "2021", ["2022"])
    assert comparable("2022", "2024", ["2022"])  # a break begins a series anew
    assert not comparable("2021", "2022", ["2022"])
    assert not comparable("2019", "2024", ["2022"])
    assert not comparable("2024", "2019", [])
    assert not comparable("2024", "2024", [])


def test_difference_and_per_cent_by_hand():
    table = rows(
        ("A", "2019", 80.0), ("A", "2024", 100.0), ("B", "2019", 50.0), ("B", "2024", 40.0), ("C", "2024", 1.0)
    )
    plain = change(table, "2019", "2024", relative=False)["change"]
    assert plain["A"] == 20
    assert plain["B"] == -10
    assert math.isnan(plain["C"])
    relative = change(table, "2019", "2024", relative=True)["change"]
    assert (relative["A"], relative["B"]) == (25, -20)


def test_nothing_grows_from_zero():
    table = rows(("A", "2019", 0.0), ("A", "2024", 5.0))
    assert math.isnan(change(table, "2019", "2024", relative=True).loc["A", "change"])
    assert change(table, "2019", "2024", relative=False).loc["A", "change"] == 5


def test_who_changed_most_leaves_out_small_bases_and_chance():
    spans = {
        ("C", "2019"): (1.0, 5.0),
        ("C", "2024"): (4.0, 30.0),
        ("D", "2019"): (1.0, 2.0),
        ("D", "2024"): (6.0, 9.0),
    }
    figures = [("A", 1.0, 2.0), ("B", 1.0, 90.0), ("C", 3.0, 20.0), ("D", 1.5, 7.5), ("E", 9.0, 1.0), ("F", 4.0, 4.0)]
    table = rows(*((p, y, v) for p, a, b in figures for y, v in (("2019", a), ("2024", b))), small=("B",), spans=spans)
    found = most(change(table, "2019", "2024", relative=False), 10)
    assert found["rose"].index.tolist() == ["D", "A"]
    assert found["fell"].index.tolist() == ["E"]
    assert (found["small"], found["unsure"]) == (1, 1)


def test_an_index_to_a_base_period():
    course = pd.Series({"2019": 50.0, "2020": 75.0, "2021": math.nan})
    assert indexed(course, "2019").dropna().to_dict() == {"2019": 100, "2020": 150}
    assert indexed(course, "2021").isna().all()
    assert indexed(course, "1999").isna().all()


def test_the_limits_do_not_follow_the_years_that_are_shown():
    table = pd.DataFrame({str(year): [100.0 + (year - 2010) * k for k in range(1, 11)] for year in range(2010, 2021)})
    # Over five years place k changes by 5k: of 5 … 50, 40 % lie within 23, said as 25 (20 is further), 80 % within 41.
    assert fixed_limits(table, [], relative=False) == (25.0, 40.0)
    assert fixed_limits(table[sorted(table, reverse=True)], [], relative=False) == (25.0, 40.0)


def test_no_change_is_across_a_break():
    table = pd.DataFrame({"2019": [1.0, 2.0], "2020": [1.1, 2.1], "2021": [900.0, 800.0]})
    assert fixed_limits(table, ["2021"], relative=False) == (pytest.approx(0.1), pytest.approx(0.2))


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=30), st.booleans())
def test_limits_are_always_two_rising_steps(values, relative):
    table = pd.DataFrame({"2019": [1.0] * len(values), "2024": values})
    little, much = fixed_limits(table, [], relative=relative)
    assert 0 < little < much < math.inf

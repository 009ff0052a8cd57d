"""How indicators go together, on data whose answer can be checked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.relations import (
    LEAST_PAIRS,
    QUADRANTS,
    clusters,
    correlated,
    figures,
    fit,
    logarithmic,
    pairs,
    quadrants,
    side,
)

UNITS = [f"u{i:02}" for i in range(12)]


def table(values: list[float], origin: str = "own", codes: list[str] = UNITS) -> pd.DataFrame:
    return pd.DataFrame(
        {"value": values, "small_base": False, "origin": origin}, index=pd.Index(codes[: len(values)], name="territory")
    )


def test_figures_say_where_they_come_from_and_leave_out_what_has_no_value():
    values = pd.DataFrame(
        {
            "indicator": "a",
            "level": "unit",
            "period": "2023",
            "territory": ["u1", "u2", "u3", "u4"],
            "value": [1.0, 2.0, np.nan, 4.0],
            "smoothed": [1.5, np.nan, np.nan, np.nan],
            "native_level": ["unit", "municipality", "unit", "country"],
            "small_base": [True, False, False, False],
        }
    )
    found = figures(values, "a", "2023")
    assert found["value"].to_dict() == {"u1": 1.0, "u2": 2.0, "u4": 4.0}
    assert found["origin"].tolist() == ["own", "copied", "modelled"]
    assert figures(values, "a", "2023", smoothed=True)["value"].tolist() == [1.5, 2.0, 4.0]
    assert figures(values, "a", "2022").empty
    assert figures(values, "a", "2023", "municipality").empty


def test_pairs_are_places_with_two_values_of_their_own():
    first = table([1, 2, 3, 4])
    second = table([5, 6, 7], codes=UNITS[1:])
    second.loc["u03", "origin"] = "copied"
    found = pairs(first, second, UNITS)
    assert found.table[["x", "y"]].T.to_dict("list") == {"u01": [2, 5], "u02": [3, 6]}
    assert (found.single, found.copied, found.modelled, found.enough) == (1, 1, False, False)
    assert pairs(first, table([1, 2], "modelled"), UNITS).modelled


@pytest.mark.parametrize(
    ("x", "enough"), [(range(LEAST_PAIRS), True), (range(LEAST_PAIRS - 1), False), ([3] * LEAST_PAIRS, False)]
)
def test_a_line_needs_ten_places_that_differ(x, enough):
    numbers = [float(value) for value in x]
    assert pairs(table(numbers), table(list(range(len(numbers)))), UNITS).enough is enough


def test_the_robust_line_is_the_median_of_all_slopes():
    x, y = pd.Series([0.0, 1, 2, 3]), pd.Series([0.0, 1, 2, 30])
    robust = fit(x, y)
    # slopes 1, 1, 10, 1, 14.5, 28: median 5.5; y - 5.5 x: 0, -4.5, -9, 13.5: median -2.25
    assert (robust.slope, robust.intercept) == (5.5, -2.25)
    least = fit(x, y, "squares")
    # sum (x - 1.5)(y - 8.25) = 45.5; sum (x - 1.5)^2 = 5
    assert least.slope == pytest.approx(9.1)
    assert least.intercept == pytest.approx(8.25 - 9.1 * 1.5)
    np.testing.assert_allclose(robust.difference(x, y), y - (5.5 * x - 2.25))


def test_one_wild_place_does_not_turn_the_robust_line():
    x = pd.Series(np.arange(11.0))
    y = 2 * x + 1
    y.iloc[-1] = 1000
    assert fit(x, y).slope == pytest.approx(2)
    assert fit(x, y, "squares").slope > 20


def test_on_logarithmic_scales_the_difference_is_per_cent_of_the_line():
    x, y = pd.Series([1.0, 10, 100]), pd.Series([1.0, 100, 10_000])
    line = fit(x, y, log_x=True, log_y=True)
    assert (line.slope, line.intercept) == (pytest.approx(2), pytest.approx(0))
    np.testing.assert_allclose(line.difference(x, 1.5 * y), [50, 50, 50])
    assert logarithmic("log", x)
    assert not logarithmic("log", pd.Series([0.0, 1]))
    assert not logarithmic("linear", x)


def test_no_line_goes_through_one_x():
    with pytest.raises(ValueError, match="one x"):
        fit(pd.Series([1.0, 1]), pd.Series([1.0, 2]))


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=15, unique_by=lambda p: p[0]),
    st.permutations(range(15)),
)
def test_the_order_of_the_places_changes_no_line(points, order):
    x, y = (pd.Series([float(p[i]) for p in points]) for i in (0, 1))
    turned = [i for i in order if i < len(points)]
    for method in ("robust", "squares"):
        one, other = fit(x, y, method), fit(x.iloc[turned], y.iloc[turned], method)
        assert (one.slope, one.intercept) == (pytest.approx(other.slope), pytest.approx(other.intercept))


def test_quadrants_and_their_sides():
    points = pd.DataFrame({"x": [2.0, 0, 0, 2, 1], "y": [2.0, 2, 0, 0, 1]})
    assert quadrants(points, (1, 1)).tolist() == [*QUADRANTS, "low_low"]
    assert [side("higher", True), side("higher", False)] == ["better", "worse"]
    assert [side("lower", True), side("lower", False)] == ["worse", "better"]
    assert [side("neither", True), side("neither", False)] == ["more", "less"]


def test_correlations_are_pairwise_and_need_ten_places():
    rising = pd.Series(np.arange(12.0), index=UNITS)
    data = pd.DataFrame({"a": rising, "b": -rising, "c": rising.where(rising < 9)})
    found = correlated(data).set_index(["first", "second"])
    assert found.loc[("a", "b")].to_dict() == {"correlation": pytest.approx(-1), "n": 12}
    assert found.loc[("a", "c"), "n"] == 9
    assert np.isnan(found.loc[("a", "c"), "correlation"])
    bent = correlated(pd.DataFrame({"a": rising, "d": rising**3}), "spearman")
    assert bent["correlation"].item() == pytest.approx(1)


@pytest.mark.parametrize(("test", "high", "low"), [("lisa", "HH", "LL"), ("gi", "hot", "cold")])
def test_clusters_hold_after_the_correction_and_islands_are_none(test, high, low):
    side_length = 12
    cells = {(r, c): f"{r:02}{c:02}" for r in range(side_length) for c in range(side_length)}
    links = [
        (code, cells[r + dr, c + dc])
        for (r, c), code in cells.items()
        for dr in (-1, 0, 1)
        for dc in (-1, 0, 1)
        if (dr or dc) and (r + dr, c + dc) in cells
    ]
    rng = np.random.default_rng(7)
    values = pd.Series({code: float(c >= side_length / 2) * 10 + rng.normal() for (_, c), code in cells.items()})
    values["island"] = 12.0
    found = clusters(values, pd.DataFrame(links, columns=["territory", "neighbour"]), test)
    assert found.islands == ("island",)
    assert found.table.loc["island", "cluster"] == ""
    assert found.tested == side_length**2
    assert 0 < found.after <= found.before
    assert set(found.table["cluster"]) == {"", high, low}
    assert found.moran > 0.3
    assert found.p < 0.01

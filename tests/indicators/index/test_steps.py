"""The steps of the engine on small data whose answer can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from data.model import DataError
from indicators.index import aggregate, correlate, explain, normalise, treat
from indicators.index.denominate import denominate
from indicators.index.impute import impute
from indicators.index.meta import Meta
from indicators.index.rank import rank
from indicators.index.screen import availability, screen
from indicators.index.weight import effective, percent

NAN = math.nan


def meta() -> Meta:
    """Three levels; `s` stands straight below the top of level 3."""
    return Meta.of(
        pd.DataFrame(
            [
                ("a", 1, "g", 1, 3, "indicator"),
                ("b", 1, "g", -1, 1, "indicator"),
                ("s", 1, "top", 1, 2, "indicator"),
                ("g", 2, "top", None, 2, "aggregate"),
                ("top", 3, None, None, None, "aggregate"),
            ],
            columns=["code", "level", "parent", "direction", "weight", "type"],
        )
    )


def scores(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=list("xyzuvw")[: len(next(iter(columns.values())))], dtype=float)


def test_the_tree() -> None:
    tree = meta()
    assert (tree.levels, tree.indicators, tree.aggregates, tree.tops) == (3, ["a", "b", "s"], ["g", "top"], ["top"])
    assert (tree.children("top"), tree.children("a"), tree.leaves("top")) == (["s", "g"], [], ["a", "b", "s"])
    assert tree.parent("g") == "top"
    assert tree.parent("top") == ""
    assert tree.directions.to_dict() == {"a": 1, "b": -1, "s": 1}
    assert tree.without(["a", "b"]).codes == ["s", "top"]


def test_weights_in_per_cent_and_down_the_tree() -> None:
    assert percent(meta()).to_dict() == {"a": 75, "b": 25, "s": 50, "g": 50, "top": 100}
    assert effective(meta()).to_dict() == {"a": 0.375, "b": 0.125, "s": 0.5, "g": 0.5, "top": 1}
    other = meta().reweighted({"a": 0, "s": 6})
    assert effective(other).to_dict() == {"a": 0, "b": 0.25, "s": 0.75, "g": 0.25, "top": 1}


@pytest.mark.parametrize("weights", [{"nothing": 1}, {"a": -1}, {"a": NAN}, {"a": 0, "b": 0}])
def test_weights_that_cannot_be(weights: dict[str, float]) -> None:
    with pytest.raises(DataError, match="weights"):
        meta().reweighted(weights)


def test_denominate_and_impute() -> None:
    data, base = scores(a=[10, NAN, 30], b=[1, 2, 3]), scores(people=[5, 4, NAN])
    found = denominate(data, {"a": "people"}, base)
    pd.testing.assert_frame_equal(found, scores(a=[2, NAN, NAN], b=[1, 2, 3]))
    with pytest.raises(DataError, match=r"unit x, column people: 0, but a is divided by it"):
        denominate(data, {"a": "people"}, scores(people=[0, 0, 1]))
    gaps = scores(a=[1, NAN, 3, 8, NAN, NAN])
    groups = pd.Series(["p", "p", "p", "q", "q", None], index=gaps.index)
    assert impute(gaps, "group_mean", groups)["a"].tolist()[:5] == [1, 2, 3, 8, 8]
    assert math.isnan(impute(gaps, "group_median", groups)["a"]["w"])
    assert impute(gaps, "mean")["a"].tolist() == [1, 4, 3, 8, 4, 4]
    assert impute(gaps, "median")["a"].tolist() == [1, 3, 3, 8, 3, 3]
    alone = pd.Series(["p", "r", "p", "q", "q", "s"], index=gaps.index)
    assert math.isnan(impute(gaps, "group_mean", alone)["a"]["y"])


def test_screen() -> None:
    data = scores(a=[1, NAN, NAN], b=[1, 2, NAN], c=[1, 2, 3])
    assert availability(data).tolist() == [1, 2 / 3, 1 / 3]
    assert screen(data, 2 / 3).tolist() == [True, True, False]
    assert screen(data, None).all()


@pytest.mark.parametrize(
    ("method", "limits", "expected"),
    [
        ("none", None, [-2, 4, 4, NAN, 1]),
        ("minmax", (0, 1), [0, 1, 1, NAN, 0.5]),
        (
            "zscore",
            (10, 3),
            [
                10 - 3 * 3.75 / 2.8722813,
                10 + 3 * 2.25 / 2.8722813,
                10 + 3 * 2.25 / 2.8722813,
                NAN,
                10 - 3 * 0.75 / 2.8722813,
            ],
        ),
        ("rank", None, [1, 3, 3, NAN, 2]),
        ("borda", None, [0, 2, 2, NAN, 1]),
        ("prank", None, [0, 2 / 3, 2 / 3, NAN, 1 / 3]),
        ("dist2max", None, [0, 1, 1, NAN, 0.5]),
        ("fracmax", None, [-0.5, 1, 1, NAN, 0.25]),
    ],
)
def test_normalise_with_ties_gaps_and_negatives(method: normalise.Method, limits, expected: list[float]) -> None:
    x = scores(a=[-2, 4, 4, NAN, 1])
    found = normalise.normalise(x, method, directions=pd.Series({"a": 1}), limits=limits)
    np.testing.assert_allclose(found["a"], expected, rtol=1e-7)
    mirrored = normalise.normalise(-x, method, directions=pd.Series({"a": -1}), limits=limits)
    np.testing.assert_allclose(mirrored["a"], -x["a"] if method == "none" else expected, rtol=1e-7)


def test_goalposts_cap_turn_round_and_take_logarithms() -> None:
    x = scores(a=[1, 10, 1000, NAN])
    ends = {"lower": pd.Series({"a": 1.0}), "upper": pd.Series({"a": 100.0})}
    up, down = pd.Series({"a": 1}), pd.Series({"a": -1})
    log = pd.Series({"a": "log"})
    capped = normalise.normalise(x, "goalposts", directions=up, scale=log, **ends)
    np.testing.assert_allclose(capped["a"], [0, 50, 100, NAN])
    free = normalise.normalise(x, "goalposts", directions=down, scale=log, cap=False, limits=(1, 3), **ends)
    np.testing.assert_allclose(free["a"], [3, 2, 0, NAN], atol=1e-12)
    with pytest.raises(DataError, match=r"unit x, column a: 0 on a log scale"):
        normalise.normalise(scores(a=[0, 1]), "minmax", directions=up, scale=log)


def test_a_constant_column_says_nothing_unless_the_scale_is_fixed() -> None:
    x = pd.DataFrame({"a": [0.3, 0.1 + 0.2, 0.3], "b": [1.0, NAN, NAN], "c": [NAN] * 3})
    up = pd.Series({"a": 1, "b": 1, "c": 1})
    assert correlate.constant(x).to_dict() == {"a": True, "b": True, "c": False}
    for method in normalise.METHODS:
        if method not in normalise.FIXED:
            assert normalise.normalise(x, method, directions=up).isna().all(axis=None), method
    ends = {"lower": up * 0.0, "upper": up * 1.0}
    assert normalise.normalise(x, "goalposts", directions=up, **ends)["a"].tolist() == pytest.approx([30, 30, 30])


def test_winsorise_never_makes_a_column_constant() -> None:
    x = np.array([0.0] * 30 + [1.0])
    assert treat.winsorise(x).nwin == 0
    done = treat.treat(pd.DataFrame({"a": x}), "winsor_log")
    row = done.details.loc["a"]
    assert row["logged"] is True
    assert row["passed"] is False
    assert done.data["a"].iloc[-1] == pytest.approx(math.log(1.01))


def test_treat_takes_the_logarithm_where_winsorising_does_not_help() -> None:
    x = pd.DataFrame({"a": [*range(1, 31), *(1000.0 * 2**k for k in range(8))], "b": range(38)}, dtype=float)
    done = treat.treat(x, "winsor_log", winmax=1)
    np.testing.assert_allclose(done.data["a"], np.log(x["a"] - 1 + 0.01 * (128000 - 1)))
    assert set(done.points["a"]) == {"log"}
    assert done.data["b"].equals(x["b"])
    kept = treat.treat(x, "winsor", winmax=1)
    assert kept.details.loc["a", "winsorised"] == 1
    assert kept.details.loc["a", "passed"] is False
    assert (kept.data["a"] != x["a"]).sum() == 1


def test_ties_are_winsorised_together() -> None:
    x = [*np.arange(20.0), 500.0, 500.0]
    done = treat.winsorise(x, winmax=1)
    assert done.nwin == 2
    assert done.x[-2:].tolist() == [19, 19]


def test_skew_of_very_small_numbers_is_not_rounded_away() -> None:
    x = np.array([1.0, 2, 3, 4, 100])
    assert treat.skew(x * 1e-12) == pytest.approx(treat.skew(x))
    assert treat.kurt(x * 1e-100) == pytest.approx(treat.kurt(x))


def test_means_share_the_weight_of_what_is_missing() -> None:
    x, w = np.array([[1.0, 4.0, NAN], [2.0, 8.0, 100.0], [NAN] * 3]), [1.0, 1.0, 0.0]
    np.testing.assert_allclose(aggregate.amean(x, w), [2.5, 5, NAN])
    np.testing.assert_allclose(aggregate.gmean(x, w), [2, 4, NAN])
    np.testing.assert_allclose(aggregate.hmean(x, w), [1.6, 3.2, NAN])
    for p, mean in ((1, aggregate.amean), (0, aggregate.gmean), (-1, aggregate.hmean)):
        np.testing.assert_allclose(aggregate.genmean(x, w, p), mean(x, w))
    assert math.isnan(aggregate.amean([NAN, 5.0], [1.0, 0.0]))
    assert aggregate.gmean([4.0, 0.0], [1.0, 0.0]) == pytest.approx(4)


def test_equal_values_in_other_places_tie() -> None:
    values = [0.1, 0.2, 0.3, 0.7, 1.1]
    sums = {float(aggregate.amean(np.roll(values, k), np.ones(5))) for k in range(5)}
    assert len(sums) == 1


def test_aggregate_over_a_gap_between_levels_by_level_and_threshold() -> None:
    x = scores(a=[4, NAN, NAN], b=[8, 8, NAN], s=[5, 5, 5])
    plain = aggregate.aggregate(x, meta())
    np.testing.assert_allclose(plain["g"], [5, 8, NAN])
    np.testing.assert_allclose(plain["top"], [5, 6.5, 5])
    by_level = aggregate.aggregate(x, meta(), ["amean", "gmean"], [1, 0.5])
    np.testing.assert_allclose(by_level["g"], [5, NAN, NAN])
    np.testing.assert_allclose(by_level["top"], [5, 5, 5])
    assert aggregate.aggregate(x, meta(), "amean", 1)["top"].tolist()[0] == 5
    assert aggregate.aggregate(x, meta(), "amean", 1)["top"].isna().tolist() == [False, True, True]
    with pytest.raises(ValueError, match="3 given for the 2 levels"):
        aggregate.aggregate(x, meta(), ["amean"] * 3)


def test_a_geometric_mean_names_every_zero_it_meets() -> None:
    x = scores(a=[0, 4, -1], b=[1, 1, 1], s=[1, 0, 1])
    with pytest.raises(DataError) as caught:
        aggregate.aggregate(x, meta(), "gmean")
    assert [fault.place for fault in caught.value.faults] == ["unit x, a", "unit z, a", "unit y, s"]
    assert aggregate.aggregate(x, meta().reweighted({"a": 0, "s": 0}), "gmean")["top"].tolist() == [1, 1, 1]


def test_coverage_counts_indicators_at_any_depth() -> None:
    there = scores(a=[4, NAN, NAN], b=[8, 8, NAN], s=[5, 5, 5]).notna()
    found = aggregate.coverage(there, meta())
    assert found["g"].tolist() == [1, 0.5, 0]
    assert found["top"].tolist() == [1, 2 / 3, 1 / 3]


def test_rank() -> None:
    x = scores(a=[5, 3, 5, NAN, 1])
    np.testing.assert_array_equal(rank(x)["a"], [1, 3, 1, NAN, 4])
    np.testing.assert_array_equal(rank(x, descending=False)["a"], [3, 2, 3, NAN, 1])
    np.testing.assert_array_equal(rank(x, ties="dense")["a"], [1, 2, 1, NAN, 3])


@pytest.mark.parametrize("method", ["amean", "gmean", "hmean"])
def test_contributions_add_up_to_the_score(method: str) -> None:
    x = scores(a=[4, NAN, 1, 90], b=[8, 8, 1, 2], s=[5, 7, 1, NAN])
    all_scores = x.join(aggregate.aggregate(x, meta(), method))
    for code in ("g", "top"):
        for deep in (False, True):
            parts = explain.contributions(all_scores, meta(), method, code, deep=deep)
            np.testing.assert_allclose(parts.sum(axis=1), all_scores[code])
            assert parts.isna().equals(all_scores[list(parts)].isna())
    assert list(explain.contributions(all_scores, meta(), method, "top", deep=True)) == ["a", "b", "s"]


def test_contributions_by_hand() -> None:
    x = scores(a=[4], b=[8], s=[5])
    all_scores = x.join(aggregate.aggregate(x, meta()))
    assert explain.contributions(all_scores, meta(), "amean", "g").loc["x"].to_dict() == {"a": 3, "b": 2}
    deep = explain.contributions(all_scores, meta(), "amean", "top", deep=True)
    assert deep.loc["x"].to_dict() == {"a": 1.5, "b": 1, "s": 2.5}


def test_strengths_and_weaknesses() -> None:
    x = scores(a=[4, 2, 0], b=[8, 4, 0], s=[1, 2, 3])
    all_scores = x.join(aggregate.aggregate(x, meta()))
    strong = explain.strengths(all_scores, meta(), "x")
    assert strong["points"].to_dict() == {"a": 0.75, "b": 0.5}
    assert strong["median"].to_dict() == {"a": 2, "b": 4}
    assert explain.weaknesses(all_scores, meta(), "x")["points"].to_dict() == {"s": -0.5}
    within = pd.Series([True, False, False], index=x.index)
    assert explain.strengths(all_scores, meta(), "x", within=within).empty


def test_remove_one() -> None:
    x = scores(a=[4, 2, 0], b=[0, 0, 12], s=[1, 2, 3])
    all_scores = x.join(aggregate.aggregate(x, meta()))
    found = explain.remove_one(all_scores, meta(), "amean", elements=["b", "g", "s"])
    assert found.scores["b"].tolist() == [2.5, 2, 1.5]
    assert found.scores["g"].tolist() == [1, 2, 3]
    assert found.scores["s"].tolist() == [3, 1.5, 3]
    assert all_scores["top"].tolist() == [2, 1.75, 3]
    assert found.mean_abs_diff.to_dict() == pytest.approx({"b": 4 / 3, "g": 2 / 3, "s": 1 / 3})


def test_correlations_look_at_pairs_that_are_complete() -> None:
    x = scores(a=[1, 2, 3, 4, NAN], b=[2, 4, 6, NAN, 1], c=[7, 7, 7, 7, 7], d=[1, NAN, NAN, 2, 3])
    found = correlate.correlations(x)
    assert found.loc["a", "b"] == pytest.approx(1)
    assert math.isnan(found.loc["a", "c"])
    assert math.isnan(found.loc["a", "d"])
    pairs = correlate.correlated_pairs(x)
    assert pairs[["first", "second"]].to_numpy().tolist() == [["a", "b"]]


def test_cronbach_of_columns_that_say_the_same_is_one() -> None:
    x = scores(a=[1, 2, 3, NAN], b=[1, 2, 3, 9])
    assert correlate.cronbach(x) == pytest.approx(1)
    assert math.isnan(correlate.cronbach(x[["a"]]))
    assert math.isnan(correlate.cronbach(scores(a=[1, 2], b=[2, 1])))


def test_statistics_flag() -> None:
    n = 20
    x = pd.DataFrame(
        {"few": [1.0, 2] + [NAN] * (n - 2), "zeros": [0.0] * 15 + [1, 2, 3, 4, 5], "far": [*range(19), 900]}
    )
    table = correlate.statistics(x)
    assert table.loc["few", "flag_avail"] == "LOW"
    assert table.loc["zeros", "flag_nonzero"] == "LOW"
    assert table.loc["zeros", "n_same"] == 15
    assert table.loc["far", "flag_skewkurt"] == "OUT"
    assert correlate.statistics(x.where(x < 0))["n_avail"].tolist() == [0, 0, 0]

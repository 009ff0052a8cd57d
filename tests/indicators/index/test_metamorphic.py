"""What must hold for any index: changes of the input whose effect on the output is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.index.aggregate import Method as Mean
from indicators.index.meta import Meta
from indicators.index.normalise import FIXED, METHODS, Method
from indicators.index.pipeline import Config, Normalise, Result, Treat, compute
from tests.conftest import times

LOWER, UPPER = 0.0, 100.0
CONFIG = Config(dat_thresh=None)
POSITIVE = replace(CONFIG, normalise=Normalise("goalposts", (1.0, 100.0)))
MEANS = st.sampled_from(["amean", "gmean", "hmean"])
Index = tuple[pd.DataFrame, Meta]
EXAMPLES = times(4, 10)
"""Each computes an index twice or more."""
CLOSE = {"rtol": 1e-9, "atol": 1e-9}


@st.composite
def indices(draw: st.DrawFn, gaps: bool = True, least: int = 2) -> tuple[pd.DataFrame, Meta]:
    """Some units, two groups of indicators with an indicator straight below the top, values within the goalposts."""
    sizes = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    codes = [f"i{group}{place}" for group, size in enumerate(sizes) for place in range(size)] + ["straight"]
    parents = [f"g{group}" for group, size in enumerate(sizes) for _ in range(size)] + ["top"]
    n = draw(st.integers(least, 8))
    value = st.integers(1, 99).map(float)
    cell = st.one_of(value, st.just(np.nan)) if gaps else value
    rows = draw(st.lists(st.lists(cell, min_size=len(codes), max_size=len(codes)), min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(1, 10), min_size=len(codes) + 2, max_size=len(codes) + 2))
    directions = draw(st.lists(st.sampled_from([1, -1]), min_size=len(codes), max_size=len(codes)))
    table = pd.DataFrame(
        {
            "code": [*codes, "g0", "g1", "top"],
            "level": [*[1] * len(codes), 2, 2, 3],
            "parent": [*parents, "top", "top", ""],
            "direction": [*directions, 1, 1, 1],
            "weight": [*weights, 1],
            "type": [*["indicator"] * len(codes), *["aggregate"] * 3],
            "lower": [*[LOWER] * len(codes), *[np.nan] * 3],
            "upper": [*[UPPER] * len(codes), *[np.nan] * 3],
        }
    )
    data = pd.DataFrame(rows, index=[f"u{i}" for i in range(n)], columns=codes)
    return data, Meta.of(table)


def flipped(meta: Meta) -> Meta:
    """The same index with every direction turned round."""
    table = meta.table.copy()
    table.loc[meta.indicators, "direction"] *= -1
    return Meta(table)


def way(method: Method, config: Config = CONFIG) -> Config:
    return replace(config, normalise=Normalise(method))


def same(found: Result, expected: Result, *, ranks: bool = True) -> None:
    """The same scores and ranks; ranks may differ where scores differ by their last digits only."""
    pd.testing.assert_frame_equal(found.scores.loc[expected.scores.index], expected.scores, check_like=True, **CLOSE)
    if ranks:
        pd.testing.assert_frame_equal(found.ranks.loc[expected.ranks.index], expected.ranks, check_like=True)


@settings(max_examples=EXAMPLES)
@given(index=indices(), order=st.randoms(use_true_random=False), method=st.sampled_from(METHODS))
def test_the_order_of_units_and_indicators_changes_nothing(index: Index, order: Random, method: Method) -> None:
    data, meta = index
    units, codes = list(data.index), list(meta.table.index)
    order.shuffle(units)
    order.shuffle(codes)
    shuffled = Meta(meta.table.loc[codes])
    # means and deviations of another order of units differ in their last digit
    same(compute(data.loc[units], shuffled, way(method)), compute(data, meta, way(method)), ranks=method != "zscore")


@settings(max_examples=EXAMPLES)
@given(index=indices(), names=st.permutations([f"u{i}" for i in range(8)]))
def test_names_of_units_mean_nothing(index: Index, names: list[str]) -> None:
    data, meta = index
    renamed = dict(zip(data.index, names, strict=False))
    found = compute(data.rename(index=renamed), meta, CONFIG)
    pd.testing.assert_frame_equal(found.scores, compute(data, meta, CONFIG).scores.rename(index=renamed))


@settings(max_examples=EXAMPLES)
@given(
    index=indices(),
    factor=st.sampled_from([0.25, 2.0, 1024.0]),
    shift=st.sampled_from([0.0, -50.0, 7.0]),
    method=st.sampled_from([method for method in METHODS if method not in {*FIXED, "fracmax"}]),
)
def test_another_unit_of_measurement_changes_nothing(index: Index, factor: float, shift: float, method: Method) -> None:
    data, meta = index
    code = meta.indicators[0]
    other = data.assign(**{code: data[code] * factor + shift})
    same(compute(other, meta, way(method)), compute(data, meta, way(method)), ranks=False)


@settings(max_examples=EXAMPLES)
@given(index=indices(), factor=st.sampled_from([0.25, 2.0, 1024.0]))
def test_another_unit_changes_nothing_under_goalposts_in_that_unit(index: Index, factor: float) -> None:
    data, meta = index
    code = meta.indicators[0]
    table = meta.table.copy()
    table.loc[code, ["lower", "upper"]] *= factor
    same(compute(data.assign(**{code: data[code] * factor}), Meta(table), CONFIG), compute(data, meta, CONFIG))


@settings(max_examples=EXAMPLES)
@given(index=indices(), method=st.sampled_from([method for method in METHODS if method not in FIXED]))
def test_flipping_values_and_direction_is_nothing(index: Index, method: Method) -> None:
    data, meta = index
    same(compute(-data, flipped(meta), way(method)), compute(data, meta, way(method)))


@settings(max_examples=EXAMPLES)
@given(index=indices(), method=st.sampled_from(METHODS))
def test_flipping_twice_is_nothing(index: Index, method: Method) -> None:
    data, meta = index
    same(compute(data, flipped(flipped(meta)), way(method)), compute(data, meta, way(method)))


@settings(max_examples=EXAMPLES)
@given(index=indices())
def test_flipping_a_direction_mirrors_the_score_of_goalposts(index: Index) -> None:
    data, meta = index
    mirrored = compute(data, flipped(meta), CONFIG).scores
    np.testing.assert_allclose(mirrored, 100 - compute(data, meta, CONFIG).scores, **CLOSE)


@settings(max_examples=EXAMPLES)
@given(
    index=indices(gaps=False),
    by=st.integers(1, 60),
    place=st.integers(0, 7),
    column=st.integers(0, 6),
    method=st.sampled_from(["goalposts", "minmax"]),
    aggregate=MEANS,
)
def test_doing_better_never_lowers_the_score(
    index: Index, by: int, place: int, column: int, method: Method, aggregate: Mean
) -> None:
    data, meta = index
    unit, code = data.index[place % len(data)], meta.indicators[column % len(meta.indicators)]
    config = replace(CONFIG, normalise=Normalise(method, (1.0, 100.0)), aggregate=aggregate)
    better = data.copy()
    better.loc[unit, code] += by * meta.directions[code]
    before, after = compute(data, meta, config), compute(better, meta, config)
    assume(before.log["steps"]["normalise"]["left_out"] == after.log["steps"]["normalise"]["left_out"])
    gained = after.scores.loc[unit] - before.scores.loc[unit]
    assert gained[code] >= -1e-9 or np.isnan(gained[code])
    assert (gained[meta.aggregates].fillna(0) >= -1e-9).all()
    if method == "goalposts":
        assert after.ranks.loc[unit, "top"] <= before.ranks.loc[unit, "top"]


@settings(max_examples=EXAMPLES)
@given(index=indices(), factor=st.sampled_from([0.25, 0.5, 2.0, 8.0, 1024.0]), aggregate=MEANS)
def test_weights_are_relative(index: Index, factor: float, aggregate: Mean) -> None:
    data, meta = index
    config = replace(POSITIVE, aggregate=aggregate)
    scaled = meta.reweighted({code: meta.weights[code] * factor for code in meta.children("g0")})
    same(compute(data, scaled, config), compute(data, meta, config))


@settings(max_examples=EXAMPLES)
@given(index=indices(), place=st.integers(0, 7), aggregate=MEANS)
def test_with_goalposts_a_unit_more_or_less_changes_no_other_score(index: Index, place: int, aggregate: Mean) -> None:
    data, meta = index
    config = replace(POSITIVE, aggregate=aggregate)
    gone = data.index[place % len(data)]
    rest = compute(data.drop(gone), meta, config).scores
    pd.testing.assert_frame_equal(rest, compute(data, meta, config).scores.drop(gone))


@settings(max_examples=2 * EXAMPLES)
@given(index=indices(), method=st.sampled_from(METHODS), treat=st.sampled_from(["none", "winsor"]))
def test_missing_stays_missing_and_is_never_ranked(index: Index, method: Method, treat: str) -> None:
    data, meta = index
    result = compute(data, meta, replace(way(method), treat=Treat(treat)))
    assert result.scores[meta.indicators].isna().to_numpy()[data[meta.indicators].isna()].all()
    assert (result.ranks.isna() == result.scores.isna()).all(axis=None)
    assert not np.isinf(result.scores.to_numpy()).any()
    for code in meta.aggregates:
        below = result.scores[meta.children(code)]
        assert (result.scores[code].isna() == below.isna().all(axis=1)).all()
        ranked = result.ranks[code].dropna()
        assert ranked.empty or (ranked.min() == 1 and ranked.max() <= len(ranked))
    np.testing.assert_array_equal(result.coverage["top"], data.notna().mean(axis=1))


@settings(max_examples=EXAMPLES)
@given(index=indices(), least=st.sampled_from([0.34, 0.5, 2 / 3, 1.0]))
def test_what_is_incomplete_is_empty_and_told(index: Index, least: float) -> None:
    data, meta = index
    result = compute(data, meta, replace(CONFIG, dat_thresh=least))
    told = {(entry["unit"], entry["code"]) for entry in result.log["steps"]["aggregate"]["incomplete"]}
    for code in meta.aggregates:
        share = result.scores[meta.children(code)].notna().mean(axis=1)
        empty = result.scores[code].isna()
        assert (empty == (share < least - 1e-9)).all()
        assert {unit for unit, entry in told if entry == code} == set(data.index[empty])


@settings(max_examples=EXAMPLES)
@given(index=indices(gaps=False), value=st.integers(1, 99))
def test_a_constant_indicator_changes_no_other_score(index: Index, value: int) -> None:
    data, meta = index
    assume(len(meta.children("g0")) > 1)
    result = compute(data.assign(i00=float(value)), meta, way("minmax"))
    assert result.scores["i00"].isna().all()
    assert result.log["steps"]["normalise"]["left_out"]["i00"] == "constant"
    without = compute(data, meta.without(["i00"]), way("minmax"))
    shared = without.scores.columns
    pd.testing.assert_frame_equal(result.scores[shared], without.scores, **CLOSE)


@settings(max_examples=EXAMPLES)
@given(index=indices(gaps=False))
def test_the_mean_lies_between_its_children(index: Index) -> None:
    data, meta = index
    scores = {
        name: compute(
            data, meta, replace(CONFIG, aggregate=name, normalise=Normalise("goalposts", (1.0, 100.0)))
        ).scores
        for name in ("hmean", "gmean", "amean")
    }
    for code in meta.at(2):
        below = scores["amean"][meta.children(code)]
        chain = [below.min(axis=1), *(scores[name][code] for name in scores), below.max(axis=1)]
        for less, more in pairwise(chain):
            assert (less <= more + 1e-9).all()

"""Sobol indices: the estimators on a function whose indices are known, and the choices of an index."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from indicators.index.aggregate import aggregate
from indicators.index.meta import Meta
from indicators.index.sobol import design, indices, rank_shifts, sobol
from indicators.index.uncertainty import Plan, Scaling, Scenarios, Treatment

LEAVES = [f"i{n}" for n in range(4)]
META = Meta.of(
    pd.DataFrame(
        [(code, 1, "top", 1, 1, "indicator", 0, 100) for code in LEAVES]
        + [("top", 2, "", 1, 1, "aggregate", None, None)],
        columns=["code", "level", "parent", "direction", "weight", "type", "lower", "upper"],
    )
)
ONLY_WEIGHTS = Plan(
    normalise=(Scaling("goalposts"),),
    aggregate=("amean",),
    treat=(Treatment("none"),),
    drop_one=False,
    missing=("available",),
)


def ground(units: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    data = pd.DataFrame(np.random.default_rng(2).uniform(5, 95, (units, 4)), columns=LEAVES)
    data = data.set_axis([f"u{n:02}" for n in range(units)])
    return data, data.join(aggregate(data, META))


def test_the_estimators_by_hand() -> None:
    """yA = (1, 3), yB = (2, 6), yAB1 = (2, 3), yAB2 = (1, 7): V of (1, 3, 2, 6) is 14/3."""
    si, sti = indices([1, 3], [2, 6], [[2, 3], [1, 7]])
    assert si == pytest.approx([(2 * 1 + 6 * 0) / 2 * 3 / 14, (2 * 0 + 6 * 4) / 2 * 3 / 14])
    assert sti == pytest.approx([1 / 4 * 3 / 14, 16 / 4 * 3 / 14])


def test_the_design_is_a_b_and_their_mixtures() -> None:
    runs = design(30, 4, seed=1)
    assert runs.shape == (180, 4)
    a, b = runs[:30], runs[30:60]
    for column in range(4):
        mixed = runs[60 + 30 * column : 90 + 30 * column]
        assert (mixed[:, column] == b[:, column]).all()
        others = [other for other in range(4) if other != column]
        assert (mixed[:, others] == a[:, others]).all()


def test_ishigami() -> None:
    """sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on [-pi, pi]^3: S = 0.3139, 0.4424, 0 and ST = 0.5576, 0.4424, 0.2437."""
    x = np.pi * (2 * design(40_000, 3, seed=4) - 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    a, b, *ab = y.reshape(5, -1)
    si, sti = indices(a, b, ab)
    assert si == pytest.approx([0.3139, 0.4424, 0], abs=0.03)
    assert sti == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_no_variance_has_no_shares() -> None:
    assert np.isnan(indices([1, 1], [1, 1], [[1, 1]])).all()


def test_rank_shifts_by_hand() -> None:
    """Without i0, A = (90, 30, 30, 30) falls from first to last of three: shifts of 2, 1 and 1."""
    data = pd.DataFrame([[90, 30, 30, 30], [40, 40, 40, 40], [35, 35, 35, 35]], list("ABC"), LEAVES, dtype=float)
    scenarios = Scenarios.of(data, META, replace(ONLY_WEIGHTS, weights=0, drop_one=True))
    none, first = 0.1, 0.3
    shifts = rank_shifts(scenarios, scenarios.draw(np.array([[none], [first]])), data.join(aggregate(data, META)))
    assert shifts == pytest.approx([0, 4 / 3])


def test_one_input_explains_everything() -> None:
    data, nominal = ground()
    table = sobol(Scenarios.of(data, META, ONLY_WEIGHTS), nominal)
    assert list(table.index) == ["weights"]
    assert table.loc["weights", "S1"] == pytest.approx(1, abs=0.25)
    assert table.loc["weights", "S1_low"] < 1 < table.loc["weights", "S1_high"]


def test_the_choice_that_matters_comes_first() -> None:
    """Weights that hardly move beside an indicator left out; and a treatment that nothing needs."""
    data, nominal = ground()
    plan = replace(ONLY_WEIGHTS, weights=0.01, drop_one=True, treat=(Treatment("none"), Treatment("winsor")))
    table = sobol(Scenarios.of(data, META, plan), nominal)
    assert list(table.index) == ["drop_one", "weights", "treat"]
    assert table.loc["drop_one", "ST"] > 0.9
    assert table.loc["treat", ["S1", "ST"]].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert (table["S1_low"] <= table["S1"]).all()
    assert (table["ST"] <= table["ST_high"]).all()


def test_the_seed_decides() -> None:
    data, nominal = ground()
    scenarios = Scenarios.of(data, META, replace(ONLY_WEIGHTS, drop_one=True))
    first, again = (sobol(scenarios, nominal, samples=64) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_a_subset_and_other_weights() -> None:
    data, _ = ground()
    scenarios = Scenarios.of(data, META, replace(ONLY_WEIGHTS, drop_one=True))
    weights = {"i0": 5.0}
    nominal = data.join(aggregate(data, META.reweighted(weights)))
    within = pd.Series(data.index < "u10", index=data.index)
    part = rank_shifts(scenarios, scenarios.draws.at(slice(0, 50)), nominal, weights, within=within)
    whole = rank_shifts(scenarios, scenarios.draws.at(slice(0, 50)), nominal, weights)
    assert part.max() < 10
    assert part.mean() < whole.mean()


def test_nothing_that_varies_or_moves() -> None:
    data, nominal = ground()
    assert sobol(Scenarios.of(data, META, replace(ONLY_WEIGHTS, weights=0)), nominal).empty
    alone, score = data.iloc[:1], nominal.iloc[:1]
    table = sobol(Scenarios.of(alone, META, ONLY_WEIGHTS), score, samples=8)
    assert (table.to_numpy() == 0).all()


@pytest.mark.parametrize("samples", [0, 1, 100])
def test_samples_are_a_power_of_two(samples: int) -> None:
    data, nominal = ground()
    with pytest.raises(ValueError, match="power of two"):
        sobol(Scenarios.of(data, META, ONLY_WEIGHTS), nominal, samples=samples)

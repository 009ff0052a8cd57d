"""The Monte Carlo by hand arithmetic, against a plain loop over the engine, and against drawing every cell."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import DataError
from data.paths import ROOT
from indicators.index.aggregate import aggregate
from indicators.index.meta import Meta
from indicators.index.normalise import normalise
from indicators.index.rank import rank
from indicators.index.treat import treat
from indicators.index.uncertainty import (
    Plan,
    Robustness,
    Scaling,
    Scenarios,
    Treatment,
    robustness,
    robustness_table,
)
from tests.conftest import times

RUNS = times(15, 150)
"""How many runs are held against a plain loop."""
DRAWN = times(50, 150)
"""How often every cell is drawn anew."""
STILL = Plan(
    weights=0,
    normalise=(Scaling("none"),),
    aggregate=("amean",),
    treat=(Treatment("none"),),
    drop_one=False,
    missing=("available",),
)
"""Nothing varies."""
UNEVEN = Meta.of(
    pd.DataFrame(
        [
            *({"code": f"a{i}", "parent": "A", "direction": -1 if i == 1 else 1, "weight": i} for i in (1, 2, 3, 4)),
            *({"code": f"b{i}", "parent": "B", "direction": 1, "weight": 1} for i in (1, 2, 3)),
            {"code": "c", "parent": "C", "direction": 1, "weight": 2, "scale": "log"},
            {"code": "d", "parent": "top", "direction": 1, "weight": 0.5},
            {"code": "A", "parent": "AB", "weight": 1, "level": 2},
            {"code": "B", "parent": "AB", "weight": 3, "level": 2},
            {"code": "C", "parent": "top", "weight": 1, "level": 3},
            {"code": "AB", "parent": "top", "weight": 2, "level": 3},
            {"code": "top", "weight": 1, "level": 4},
        ]
    ).assign(
        level=lambda t: t["level"].fillna(1),
        type=lambda t: np.where(t["level"] > 1, "aggregate", "indicator"),
        lower=lambda t: np.where(t["level"] > 1, np.nan, 1),
        upper=lambda t: np.where(t["level"] > 1, np.nan, 99),
    )
)
"""Five levels of depth: a parent of one indicator, one whose children stand at different levels."""


def flat(count: int = 2) -> Meta:
    rows = [(f"i{n}", 1, "top", 1, 1, "indicator") for n in range(1, count + 1)]
    columns = ["code", "level", "parent", "direction", "weight", "type"]
    return Meta.of(pd.DataFrame([*rows, ("top", 2, "", 1, 1, "aggregate")], columns=columns))


def scored(data: pd.DataFrame, meta: Meta, methods="amean", least=None) -> pd.DataFrame:
    return data.join(aggregate(data, meta, methods, least))


def two(first: tuple[float, float], second: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame([first, second], index=["A", "B"], columns=["i1", "i2"], dtype=float)


def sample(units: int = 30, missing: float = 0.08, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(50 + 15 * rng.standard_normal((units, 9)), columns=UNEVEN.indicators).clip(2, 98)
    data["a2"] = np.exp(data["a2"] / 12)
    data = data.mask(rng.random(data.shape) < missing)
    return data.set_axis([f"u{n:02}" for n in rng.permutation(units)])


def nominal_of(data: pd.DataFrame, least: float | None = 0.5) -> pd.DataFrame:
    return scored(by_hand(data, UNEVEN, Scaling("goalposts"), Treatment("none")), UNEVEN, least=least)


def by_hand(data: pd.DataFrame, meta: Meta, scaling: Scaling, treatment: Treatment) -> pd.DataFrame:
    """Scores of the indicators by the engine's public functions."""
    linear = data.drop(columns="c")
    treated = data.assign(**dict(treat(linear, treatment.method, treatment.winmax).data.items()))
    limits = scaling.limits or ((50.5, 16.5) if scaling.method == "zscore" else (1, 100))
    goals = {"lower": meta.lower, "upper": meta.upper, "scale": meta.scale}
    scores = normalise(treated, scaling.method, directions=meta.directions, limits=limits, **goals, cap=scaling.cap)
    return 1 + 99 * scores if scaling.method == "prank" else scores


def test_weights_alone_by_hand() -> None:
    """A is above B where 30 w1 > 20 w2: all of the square [0.75, 1.25]^2 but w2 > 1.5 w1, 1/48 of it."""
    data = two((90, 40), (60, 60))
    found = robustness(data, flat(), replace(STILL, weights=0.25, runs=20_000), scored(data, flat()))
    assert found.above("top", "A")["B"] == pytest.approx(47 / 48, abs=0.004)
    assert found.indistinguishable("top", "A") == []
    even = two((60, 40), (40, 60))
    found = robustness(even, flat(), replace(STILL, weights=0.25, runs=20_000), scored(even, flat()))
    assert found.above("top", "B")["A"] == pytest.approx(0.5, abs=0.015)
    assert found.indistinguishable("top", "A") == ["B"]


def test_leaving_one_out_by_hand() -> None:
    """A (90, 40) is above B (60, 60) with both indicators or the first alone, below with the second alone."""
    data = two((90, 40), (60, 60))
    table = robustness(data, flat(), replace(STILL, drop_one=True, runs=6000), scored(data, flat())).ranges("top")
    assert table["p_top_quarter"].tolist() == pytest.approx([2 / 3, 1 / 3], abs=0.03)
    assert table["rank"].tolist() == [1, 2]
    assert table["median"].tolist() == [1, 2]
    assert table[["p05", "p95"]].to_numpy().tolist() == [[1, 2], [1, 2]]


def test_noise_by_hand() -> None:
    """A is 55 and B 50, both with an error of 5: P(A > B) = Phi(5 / sqrt(50)) = 0.7602."""
    data = pd.DataFrame({"i1": [55.0, 50.0]}, index=["A", "B"])
    noise = pd.DataFrame({"i1": [5.0, 5.0]}, index=["A", "B"])
    found = robustness(data, flat(1), replace(STILL, runs=20_000), scored(data, flat(1)), noise=noise)
    assert found.above("top", "A")["B"] == pytest.approx(0.7602, abs=0.01)


def test_choices_are_equally_likely() -> None:
    plan = Plan(runs=6000, seed=3)
    data = sample(missing=0)
    draws = Scenarios.of(data, UNEVEN, plan).draws
    for name in ("normalise", "aggregate", "treat", "missing"):
        shares = np.bincount(getattr(draws, name)) / 6000
        assert shares == pytest.approx(np.full(len(getattr(plan, name)), 1 / len(shares)), abs=0.03)
    dropped = np.unique(draws.dropped, return_counts=True)[1]
    assert len(dropped) == 1 + 8  # none, and all but the only indicator of C
    assert dropped / 6000 == pytest.approx(np.full(9, 1 / 9), abs=0.02)
    kept = draws.factors[draws.factors > 0]
    assert 0.75 <= kept.min() < 0.76
    assert 1.24 < kept.max() <= 1.25


@pytest.mark.parametrize("means", [("amean", "gmean"), (("amean", "gmean", "hmean"), "hmean")])
def test_runs_are_those_of_a_plain_loop(means) -> None:
    """Every score and rank of every run, in a tree of uneven depth with gaps, thresholds and a log scale."""
    data = sample()
    filled = data.fillna(data.median())
    nominal = nominal_of(data)
    assert nominal["top"].isna().any() or nominal["A"].isna().any()
    plan = Plan(
        runs=RUNS,
        normalise=(
            Scaling("goalposts"),
            Scaling("goalposts", (10, 20), cap=False),
            Scaling("zscore"),
            Scaling("prank"),
        ),
        aggregate=means,
        treat=(Treatment("none"), Treatment("winsor", 2), Treatment("winsor_log")),
    )
    scenarios = Scenarios.of(data, UNEVEN, plan, filled=filled)
    found = scenarios.run(nominal, codes=UNEVEN.aggregates)
    draws, ranks = found.draws, found.ranks("top")
    for name in ("normalise", "aggregate", "treat", "missing"):
        assert len(np.unique(getattr(draws, name))) == len(getattr(plan, name))
    for run in range(RUNS):
        factors = dict(zip(scenarios.codes, draws.factors[run].astype(float), strict=True))
        meta = UNEVEN.reweighted({code: UNEVEN.weights[code] * factors[code] for code in UNEVEN.codes if code != "top"})
        gaps = plan.missing[draws.missing[run]] == "available"
        scaling, treatment = plan.normalise[draws.normalise[run]], plan.treat[draws.treat[run]]
        scores = by_hand(data if gaps else filled, meta, scaling, treatment)
        methods = plan.aggregate[draws.aggregate[run]]
        width = 99 if scaling.method == "zscore" else np.ptp(scaling.scale)
        if methods != "amean":
            scores = scores.clip(lower=width / 100)
        expected = aggregate(scores, meta, methods, 0.5 if gaps else None)
        for code in UNEVEN.aggregates:
            there = nominal[code].notna() | (not gaps)
            one = expected[code].where(there).reindex(found.units).to_numpy()
            np.testing.assert_allclose(found.scores[code][run], one, rtol=1e-5)
        chosen = expected["top"].where(nominal["top"].notna())
        pd.testing.assert_series_equal(
            ranks.loc[run], rank(chosen.to_frame())["top"].reindex(ranks.columns), check_names=False
        )


@pytest.mark.parametrize(("method", "means"), [("goalposts", "gmean"), ("zscore", "amean"), ("prank", "gmean")])
def test_noise_is_that_of_drawing_every_cell(method: str, means: str) -> None:
    """Medians and ends of the ranges among 30 units whose ranges are wide."""
    data = sample(missing=0.04)
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.uniform(2, 10, data.shape), data.index, data.columns).drop(columns=["a2", "b1"])
    nominal = nominal_of(data)
    scaling = Scaling(method)
    plan = replace(STILL, normalise=(scaling,), aggregate=(means,), runs=2000)
    found = robustness(data, UNEVEN, plan, nominal, noise=noise).ranges("top")
    drawn = []
    for _ in range(DRAWN):
        noisy = data.add(noise * rng.standard_normal(noise.shape), fill_value=0).where(data.notna())[data.columns]
        noisy["c"] = noisy["c"].clip(lower=data["c"].min())
        drawn.append(by_hand(noisy, UNEVEN, scaling, Treatment("none")).clip(lower=0.99))
    scores = aggregate(pd.concat(drawn, ignore_index=True), UNEVEN, means)["top"].to_numpy().reshape(DRAWN, -1)
    brute = rank(pd.DataFrame(scores.T, index=data.index).where(nominal["top"].notna(), axis=0))
    low, middle, high = (brute.quantile(share, axis=1) for share in (0.05, 0.5, 0.95))
    assert (high - low).mean() > 8
    for name, expected in (("p05", low), ("median", middle), ("p95", high)):
        assert (found[name] - expected).abs().mean() < 0.9


def test_no_noise_is_none() -> None:
    data = sample()
    plan = replace(STILL, normalise=(Scaling("goalposts"),), runs=20, weights=0.25)
    nominal = nominal_of(data)
    without = robustness(data, UNEVEN, plan, nominal).scores["top"]
    zero = robustness(data, UNEVEN, plan, nominal, noise=data * 0).scores["top"]
    assert without.tobytes() == zero.tobytes()


def full(data: pd.DataFrame, meta: Meta = UNEVEN, runs: int = 300) -> Robustness:
    noise = pd.DataFrame({"b1": 4.0, "a3": 2.0}, index=data.index)
    return robustness(data, meta, Plan(runs=runs), nominal_of(data), noise=noise, filled=data.fillna(data.median()))


@cache
def usual() -> Robustness:
    """That of the sample; to be looked at, never changed."""
    return full(sample())


def test_the_same_seed_is_the_same_result() -> None:
    again = full(sample())
    pd.testing.assert_frame_equal(usual().ranges("top"), again.ranges("top"), check_exact=True)
    assert usual().scores["top"].tobytes() == again.scores["top"].tobytes()


def test_the_order_of_units_and_codes_changes_nothing() -> None:
    data = sample()
    table = usual().ranges("top")
    shuffled = full(data.sample(frac=1, random_state=1)).ranges("top")
    pd.testing.assert_frame_equal(table, shuffled.reindex(table.index), check_exact=True)
    rows = UNEVEN.table.reset_index(names="code").sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(table, full(data, Meta.of(rows)).ranges("top"), check_exact=True)


def test_threads_change_nothing() -> None:
    """Bytes of the scores, with the matrix library and the pool at one thread and at several."""
    code = (
        "import os, sys; sys.path.insert(0, '.'); os.cpu_count = lambda: int(sys.argv[1])\n"
        "import hashlib, numpy as np, pandas as pd\n"
        "from indicators.index.meta import Meta\n"
        "from indicators.index.uncertainty import Plan, robustness\n"
        "rows = [(f'i{n}', 1, f's{n % 2}', 1, 1, 'indicator', 0, 100) for n in range(60)]\n"
        "rows += [(f's{n}', 2, 'top', 1, 1, 'aggregate', None, None) for n in range(2)]\n"
        "rows += [('top', 3, '', 1, 1, 'aggregate', None, None)]\n"
        "names = ['code', 'level', 'parent', 'direction', 'weight', 'type', 'lower', 'upper']\n"
        "meta = Meta.of(pd.DataFrame(rows, columns=names))\n"
        "data = pd.DataFrame(np.random.default_rng(0).uniform(1, 99, (1500, 60)), columns=meta.indicators)\n"
        "nominal = pd.DataFrame(1.0, data.index, meta.codes)\n"
        "found = robustness(data, meta, Plan(runs=200), nominal, noise=data[['i3']] * 0 + 5)\n"
        "print(hashlib.sha256(found.scores['top'].tobytes()).hexdigest())\n"
    )
    digests = []
    for threads in ("1", "4"):
        environment = {"OPENBLAS_NUM_THREADS": threads, "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", code, threads]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        digests.append(done.stdout)
    assert digests[0] == digests[1]


def test_a_subset_is_ranked_anew_from_the_same_scores() -> None:
    data, found = sample(), usual()
    within = pd.Series(data.index.str[-1].isin(["1", "2", "3"]), index=data.index)
    table = found.ranges("top", within)
    chosen = found.nominal.index[within & found.nominal["top"].notna()]
    assert sorted(table.index[table["median"].notna()]) == sorted(chosen)
    assert table["p95"].max() <= len(chosen)
    columns = [list(found.units).index(unit) for unit in chosen]
    ranks = rank(pd.DataFrame(found.scores["top"][:, columns].T.astype(float), index=chosen))
    pd.testing.assert_series_equal(table["median"].reindex(chosen), ranks.median(axis=1), check_names=False)
    assert table["rank"].reindex(chosen).tolist() == rank(found.nominal.loc[chosen, ["top"]])["top"].tolist()


def test_units_without_a_nominal_score_get_no_range() -> None:
    data = sample()
    data.iloc[3] = np.nan
    table = full(data).ranges("top")
    assert table.iloc[3].isna().all()
    assert table.drop(index=data.index[3])["median"].max() <= len(data) - 1


def test_classes_and_probabilities() -> None:
    """Ten units that nothing moves: two in each fifth, the first three in the top quarter."""
    data = pd.DataFrame({"i1": np.arange(10, 0, -1.0)}, index=[f"u{n}" for n in range(10)])
    table = robustness(data, flat(1), replace(STILL, runs=7), scored(data, flat(1))).ranges("top")
    assert table["class"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert table["p_top_quarter"].tolist() == [1, 1, 1, *[0] * 7]
    assert table["stable"].all()
    assert (table.filter(like="p_class").sum(axis=1) == 1).all()


def test_ties_share_the_smallest_rank() -> None:
    data = pd.DataFrame({"i1": [5.0, 7, 5, 1]}, index=list("ABCD"))
    found = robustness(data, flat(1), replace(STILL, runs=1), scored(data, flat(1)))
    assert found.ranks("top").iloc[0].tolist() == [2, 1, 2, 4]
    assert found.above("top", "A")["C"] == 0.5
    lowest = replace(found, descending=False).ranges("top")
    assert lowest["median"].tolist() == lowest["rank"].tolist() == [2, 4, 2, 1]


def test_a_run_without_a_score_does_not_count() -> None:
    """B has the first indicator only: the runs that leave it out say nothing about B."""
    data = two((50, 50), (60, np.nan))
    found = robustness(data, flat(), replace(STILL, drop_one=True, runs=600), scored(data, flat()))
    missing = np.isnan(found.scores["top"]).mean(axis=0)
    assert missing == pytest.approx([0, 1 / 3], abs=0.06)
    table = found.ranges("top")
    assert table.loc["B", ["median", "p05", "p95", "p_top_quarter"]].tolist() == [1, 1, 1, 1]
    assert table.loc["A", "p_top_quarter"] == pytest.approx(1 / 3, abs=0.06)


@pytest.mark.parametrize("units", [0, 1])
def test_hardly_any_units(units: int) -> None:
    data = two((50, 40), (60, 60)).iloc[:units]
    table = robustness(data, flat(), replace(STILL, weights=0.25, runs=3), scored(data, flat())).ranges("top")
    assert table["median"].tolist() == [1.0] * units
    assert table["class"].tolist() == [1.0] * units


def test_nothing_but_gaps() -> None:
    data = two((np.nan, np.nan), (np.nan, np.nan))
    found = robustness(data, flat(), replace(STILL, runs=3), scored(data, flat()))
    assert found.ranges("top").isna().all(axis=None)


def test_other_weights_need_no_preparing() -> None:
    data = two((90, 40), (60, 60))
    scenarios = Scenarios.of(data, flat(), replace(STILL, runs=5))
    other = scored(data, flat().reweighted({"i1": 0}))
    table = scenarios.run(other, {"i1": 0}).ranges("top")
    assert table["median"].tolist() == [2, 1]
    assert scenarios.run(scored(data, flat())).ranges("top")["median"].tolist() == [1, 2]


def test_a_group_that_weighs_nothing_takes_no_part() -> None:
    data = sample()
    part = UNEVEN.without(["b1", "b2", "b3"])
    plan = replace(STILL, normalise=(Scaling("goalposts"),), runs=1)
    nominal = nominal_of(data)
    prepared = Scenarios.of(data, UNEVEN, plan)
    silent = prepared.run(nominal, {"b1": 0, "b2": 0, "b3": 0}, codes=["top", "B"]).scores
    assert np.isnan(silent["B"]).all()
    alone = Scenarios.of(data.drop(columns=["b1", "b2", "b3"]), part, plan).run(nominal.drop(columns="B"))
    np.testing.assert_allclose(silent["top"], alone.scores["top"], rtol=1e-6)
    for wrong in ({"nobody": 1}, {"b1": -1}, {"b1": float("nan")}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            prepared.run(nominal, wrong)


@settings(max_examples=times(5, 10))
@given(st.data())
def test_raising_a_good_indicator_never_lowers_the_median_rank(drawn) -> None:
    data = sample(missing=0)
    unit = drawn.draw(st.sampled_from(list(data.index)))
    code = drawn.draw(st.sampled_from(["a2", "b1", "c", "d"]))
    plan = replace(Plan(runs=40), treat=(Treatment("none"),))
    raised = data.copy()
    raised.loc[unit, code] += drawn.draw(st.floats(1, 50))
    before, after = (robustness(d, UNEVEN, plan, nominal_of(d)).ranges("top") for d in (data, raised))
    assert after.loc[unit, "median"] <= before.loc[unit, "median"]


def test_the_table_of_the_door() -> None:
    data = two((90, np.nan), (60, 60))
    plan = Plan.read({"runs": 50, "normalise": ["none"], "noise": {"i1": 1}})
    table = robustness_table(data, flat(), plan, scored(data, flat()))
    assert list(table.columns) == ["unit", "median", "p05", "p95", "p_top_quarter"]
    assert table["unit"].tolist() == ["A", "B"]
    assert table["median"].tolist() == [1, 2]


def test_defaults_of_the_configuration() -> None:
    assert Plan.read({}) == Plan()
    assert (Plan().runs, Plan().weights) == (1000, 0.25)
    assert [one.method for one in Plan.read({}, nominal="zscore").normalise] == ["zscore", "prank"]
    assert [one.method for one in Plan.read({}, nominal="fracmax").normalise] == ["minmax", "zscore", "prank"]
    assert Plan.read({}, nominal="none").aggregate == ("amean",)


def test_all_faults_at_once() -> None:
    given = {
        "runs": 0,
        "seed": True,
        "weights": 1,
        "normalise": ["rank", {"method": "zscore", "range": [5, 0]}],
        "aggregate": ["amean", ["gmean", "mode"]],
        "treat": "none",
        "drop_one": 1,
        "missing": [],
        "noise": {"i1": -1},
        "colour": 3,
    }
    with pytest.raises(DataError) as caught:
        Plan.read(given)
    places = {fault.place.removeprefix("robustness.") for fault in caught.value.faults}
    assert places == {
        *("runs", "seed", "weights", "normalise[0]", "normalise[1].range", "aggregate[1]", "treat", "drop_one"),
        *("missing", "noise.i1", "colour"),
    }
    assert len(caught.value.faults) == len(places)
    with pytest.raises(DataError, match="Give an object"):
        Plan.read([])  # type: ignore[arg-type]


def test_a_plan_that_does_not_fit_the_index() -> None:
    plan = Plan(aggregate=(("amean", "gmean"),), noise={"nobody": 1}, code="i1")
    faults = [(fault.place, fault.problem) for fault in plan.faults(flat())]
    assert faults == [
        ("robustness.aggregate", "2 means for the 1 levels above the indicators"),
        ("robustness.normalise", "i1 has no goalposts"),
        ("robustness.normalise", "i2 has no goalposts"),
        ("robustness.noise", "no indicator 'nobody'"),
        ("robustness.code", "no aggregate 'i1'"),
    ]
    with pytest.raises(DataError):
        Scenarios.of(two((1, 2), (3, 4)), flat(), plan)


def test_zero_under_a_geometric_mean_names_the_cells() -> None:
    plan = replace(STILL, aggregate=("gmean",))
    data = two((0, 40), (60, -1))
    with pytest.raises(DataError) as caught:
        robustness(data, flat(), plan, scored(data, flat()))
    assert [fault.place for fault in caught.value.faults] == ["unit A, i1", "unit B, i2"]


def test_gaps_that_nobody_filled() -> None:
    data = two((1, np.nan), (3, 4))
    with pytest.raises(ValueError, match="filled"):
        Scenarios.of(data, flat(), replace(STILL, missing=("available", "median")))

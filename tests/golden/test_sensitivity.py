"""COINr's published sensitivity design on its own data: 180 runs as a plain loop over the engine would make them.

The outcomes of COINr's own runs are not published as files, so the runs are held against the engine's other functions,
which reproduce COINr's numbers.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from indicators.index.aggregate import aggregate
from indicators.index.meta import Meta
from indicators.index.normalise import normalise
from indicators.index.rank import rank
from indicators.index.sobol import design, indices, rank_shifts
from indicators.index.treat import treat
from indicators.index.uncertainty import Plan, Scaling, Scenarios, Treatment
from tests.conftest import times

N = 30
PLAN = replace(
    Plan(drop_one=False, missing=("available",)),
    normalise=(Scaling("minmax", (1, 100)), Scaling("zscore", (10, 2))),
    treat=tuple(Treatment("winsor_log", winmax) for winmax in range(1, 6)),
)


@pytest.fixture(scope="module")
def asem(golden: Path) -> tuple[pd.DataFrame, Meta, pd.DataFrame]:
    """Data after imputation and screening, the tree, and the published scores."""
    folder = golden / "coinr"
    table = pd.read_csv(folder / "input" / "asem_iMeta.csv").rename(columns=str.lower)
    table = table[table["type"].isin(["Indicator", "Aggregate"])]
    meta = Meta.of(table.rename(columns={"icode": "code"})[["level", "code", "parent", "direction", "weight", "type"]])
    data, scores = (
        pd.read_csv(folder / "pipeline" / name, index_col="uCode") for name in ("screened.csv", "aggregated.csv")
    )
    return data[meta.indicators], meta, scores[meta.codes]


@pytest.fixture(scope="module")
def runs(asem):
    data, meta, scores = asem
    scenarios = Scenarios.of(data, meta, PLAN)
    draws = scenarios.draw(design(N, len(scenarios.inputs), seed=1), sets=100)
    return scenarios, draws, scenarios.scores(draws, scores, None, ["Index"])["Index"]


def test_the_design(runs) -> None:
    scenarios, draws, scores = runs
    assert scenarios.inputs == ["weights", "normalise", "aggregate", "treat"]
    assert (len(draws), scores.shape) == (180, (180, 51))


def test_every_run_is_that_of_a_plain_loop(asem, runs) -> None:
    data, meta, _ = asem
    scenarios, draws, scores = runs
    tables = {}
    for run in range(0, 180, times(4, 1)):
        choice = (int(draws.treat[run]), int(draws.normalise[run]))
        if choice not in tables:
            treatment, scaling = PLAN.treat[choice[0]], PLAN.normalise[choice[1]]
            treated = treat(data, treatment.method, treatment.winmax).data
            way = {"directions": meta.directions, "limits": scaling.limits}
            tables[choice] = normalise(treated, scaling.method, **way).clip(lower=scaling.floor(treated))
        factors = dict(zip(scenarios.codes, draws.factors[run].astype(float), strict=True))
        weighted = meta.reweighted({code: meta.weights[code] * factors[code] for code in meta.codes if code != "Index"})
        expected = aggregate(tables[choice], weighted, PLAN.aggregate[draws.aggregate[run]])["Index"]
        np.testing.assert_allclose(scores[run], expected.reindex(scenarios.units), rtol=1e-5)


def test_rank_shifts_and_indices(asem, runs) -> None:
    """y is the mean absolute shift of the ranks; Si and STi follow from it by the published formulas."""
    _, _, published = asem
    scenarios, draws, scores = runs
    y = rank_shifts(scenarios, draws, published)
    nominal = rank(published[["Index"]].reindex(scenarios.units))["Index"].to_numpy()
    ranks = rank(pd.DataFrame(scores.T.astype(float))).to_numpy().T
    assert y == pytest.approx(np.abs(ranks - nominal).mean(axis=1), abs=0.05)
    a, b, *mixed = y.reshape(6, N)
    si, sti = indices(a, b, mixed)
    variance = np.var(y[: 2 * N], ddof=1)
    assert si == pytest.approx([np.mean(b * (one - a)) / variance for one in mixed])
    assert sti == pytest.approx([np.sum((a - one) ** 2) / (2 * N * variance) for one in mixed])
    assert (sti >= 0).all()

"""Which choice drives the ranks: variance-based sensitivity of the Monte Carlo's inputs (Sobol indices).

The output is the mean absolute rank shift: how far the units stand from their nominal rank, on average. An input's
first-order index S1 is the share of that output's variance it explains alone, its total index ST the share it has a
hand in; ST far above S1 means that it acts together with others.

References: Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018; Saisana, Saltelli and Tarantola (2005),
doi:10.1111/j.1467-985X.2005.00350.x; SALib (Herman and Usher 2017), doi:10.21105/joss.00097; COINr 1.1
(`get_sensitivity`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from indicators.index.uncertainty import Draws, Robustness, Scenarios

Floats = npt.NDArray[np.float64]

SETS = 128
"""Sets of weights (and of noise) that the input "weights" ("noise") chooses from."""
SAMPLES = 512
CHUNK = 512
RESAMPLES = 200
CONFIDENCE = 0.95


def sobol(
    scenarios: Scenarios,
    nominal: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series | None = None,
    code: str = "",
    within: pd.Series | None = None,
    samples: int = SAMPLES,
) -> pd.DataFrame:
    """Sobol indices of the choices in a plan.

    Parameters
    ----------
    nominal
        unit x code: the scores of the index itself under these weights.
    weights
        Raw weights by code in place of the tree's own.
    code
        The aggregate whose ranks are looked at; the index itself where empty.
    within
        The reference set: True for the units that are ranked among each other. All where None.
    samples
        N of Saltelli's design, a power of two; it makes N (inputs + 2) runs.

    Returns
    -------
    One row per input with more than one outcome (weights, normalise, aggregate, treat, missing, drop_one, noise), the
    largest ST first: S1, S1_low, S1_high, ST, ST_low, ST_high. The intervals are the bootstrap's at 95 %; the indices
    are estimates and may lie a little below 0 or above 1. All are 0 if no choice moves any rank; no rows if nothing
    varies.

    Raises
    ------
    ValueError
        If `samples` is no power of two.

    Notes
    -----
    Weights are one input: its number chooses one of 128 sets drawn beforehand, likewise noise. The design and the
    bootstrap come from the plan's seed.
    """
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"{samples} samples: a power of two is needed")
    inputs = scenarios.inputs
    if not inputs:
        return _table(inputs, np.zeros((6, 0)))
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    seed = scenarios.plan.seed
    # SALib asks for at least two inputs; one alone stands beside another that nothing looks at
    names = inputs if len(inputs) > 1 else [*inputs, ""]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    design = sampling.sample(problem, samples, calc_second_order=False, seed=seed)
    numbers = np.minimum(design[:, : len(inputs)], np.nextafter(1, 0))
    output = rank_shifts(scenarios, scenarios.draw(numbers, SETS), nominal, weights, code, within)
    if np.ptp(output) == 0:
        return _table(inputs, np.zeros((6, len(inputs))))
    found = analysis.analyze(
        problem, output, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed
    )
    columns = [
        found[name] + side * found[f"{name}_conf"] for name in ("S1", "ST") for side in (0, -1, 1)
    ]  # value, low, high
    return _table(inputs, np.array(columns)[:, : len(inputs)])


def rank_shifts(
    scenarios: Scenarios,
    draws: Draws,
    nominal: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series | None = None,
    code: str = "",
    within: pd.Series | None = None,
) -> Floats:
    """The mean absolute difference of the units' ranks from their nominal ranks, for each of the runs drawn.

    Units without a nominal score, or outside `within`, take no part; one without a score in a run does not count there.
    Memory: 4 bytes x units x 512 runs at a time.
    """
    code = code or scenarios.meta.tops[0]
    shifts = []
    for start in range(0, len(draws), CHUNK):
        part = draws.at(slice(start, start + CHUNK))
        scores = scenarios.scores(part, nominal, weights, [code])
        made = Robustness(scenarios.units, nominal, scores, part)
        ranks = made.ranks(code, within)
        own = made.nominal_ranks(code, within).reindex(ranks.columns)
        shifts.append(np.nanmean(np.abs(ranks.to_numpy() - own.to_numpy()), axis=1))
    return np.concatenate(shifts)


def indices(a: npt.ArrayLike, b: npt.ArrayLike, ab: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Si and STi of every input by COINr's estimators, on the outputs of the design [A; B; AB1 ... ABd].

    Si = mean(yB (yABi - yA)) / V and STi = sum((yA - yABi)^2) / (2 N V), V the sample variance (ddof = 1) of yA and yB
    together. NaN if that is zero.

    Parameters
    ----------
    a, b
        The N outputs of A and of B.
    ab
        The outputs of AB1 ... ABd (ABi is A with column i of B): d x N.

    References: Saltelli et al. (2010), table 2 (b) and (f).
    """
    a, b, ab = (np.asarray(y, dtype=float) for y in (a, b, ab))
    variance = np.var(np.concatenate([a, b]), ddof=1)
    if variance == 0:
        return np.full(len(ab), np.nan), np.full(len(ab), np.nan)
    return (b * (ab - a)).mean(axis=1) / variance, ((a - ab) ** 2).sum(axis=1) / (2 * len(a) * variance)


def design(n: int, inputs: int, seed: int) -> Floats:
    """COINr's design of n (inputs + 2) runs: A, B and every ABi below each other, random numbers in [0, 1)."""
    a, b = np.random.default_rng(seed).random((2, n, inputs))
    mixed = [np.where(np.arange(inputs) == column, b, a) for column in range(inputs)]
    return np.concatenate([a, b, *mixed])


def _table(inputs: list[str], columns: Floats) -> pd.DataFrame:
    names = ["S1", "S1_low", "S1_high", "ST", "ST_low", "ST_high"]
    table = pd.DataFrame(dict(zip(names, columns, strict=True)), index=pd.Index(inputs, name="input", dtype="str"))
    return table.sort_values("ST", ascending=False, kind="stable")

"""How sure a rank is: a seeded Monte Carlo over the choices that lie behind a score.

Every run makes the index again with other weights, another normalisation, mean, treatment and way with gaps, with one
indicator left out and with the noise of small numbers. What does not depend on the weights is prepared once
(`Scenarios`), so that a run costs some multiplications of matrices and the runs can follow a slider.

References: Saisana, Saltelli and Tarantola (2005), doi:10.1111/j.1467-985X.2005.00350.x; OECD and JRC (2008), Handbook
on Constructing Composite Indicators, chapter 7; COINr 1.1 (`get_sensitivity`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.model import DataError, Fault
from indicators.index.aggregate import METHODS as MEANS
from indicators.index.aggregate import per_level
from indicators.index.impute import impute
from indicators.index.meta import Meta
from indicators.index.normalise import goalposts, normalise
from indicators.index.rank import rank
from indicators.index.treat import METHODS as TREATMENTS
from indicators.index.treat import treat

Missing = Literal["available", "median"]
Single = npt.NDArray[np.float32]
Double = npt.NDArray[np.float64]
Whole = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]

SCALES = ("goalposts", "minmax", "zscore", "prank", "none")
RANGE, SPREAD = (1.0, 100.0), (50.5, 16.5)
"""The scale of the runs where none is given: 1 to 100, for z-scores mean and standard deviation, so that three of them
reach from 1 to 100. A geometric mean then has something above zero to work with."""
CLASSES = 5
STABLE = 0.8
INDISTINGUISHABLE = (0.1, 0.9)
"""Two units cannot be told apart when the probability that one is above the other lies between these."""
STEPS = 2**20
"""Scores closer than the largest score of their run / STEPS share a rank: single precision tells no more."""
NODES, SHARES = np.polynomial.hermite_e.hermegauss(7)
SHARES = SHARES / SHARES.sum()
BLOCK = 2**15
"""Scores worked on at once: few enough for a processor's own memory."""
NARROWEST = 64
"""Units worked on at once, at least."""
PRODUCT = 2**18
"""Multiplications of a matrix product: OpenBLAS spreads a larger one over the processors, and then the last digits
depend on how many there are."""
DRAWN = 2**23
"""Random numbers held at once by a thread."""
WEIGHTS, CHOICES, NOISE = range(3)
"""The streams of random numbers; each is drawn apart, so that more of one changes none of the others."""


@dataclass(frozen=True)
class Scaling:
    """A normalisation of the runs. `limits` as in `normalise`: two ends, for zscore mean and standard deviation."""

    method: str
    limits: tuple[float, float] | None = None
    cap: bool = True

    @property
    def scale(self) -> tuple[float, float]:
        return self.limits or (SPREAD if self.method == "zscore" else RANGE)

    def floor(self, data: pd.DataFrame) -> float:
        """The least score a geometric or harmonic mean is given: a hundredth of the scale (six standard deviations
        wide for z-scores). `none` has no scale: there it is the least value of the data."""
        if self.method == "none":
            return float(data.min().min())
        low, high = self.scale
        return 6 * high / 100 if self.method == "zscore" else (high - low) / 100


@dataclass(frozen=True)
class Treatment:
    """A treatment of outliers, as in `treat`."""

    method: str
    winmax: int = 5
    skew: float = 2
    kurt: float = 3.5


@dataclass(frozen=True)
class Plan:
    """What the runs vary, and how many there are.

    Each run takes one of `normalise`, `aggregate` (a mean, or one for each level from 2 up), `treat` and `missing`
    ("available": weights shared among what is there; "median": gaps filled), all equally likely; multiplies every
    weight by a number between 1 - `weights` and 1 + `weights` (uniform); and with `drop_one` leaves out one indicator
    or none (each as likely; never the only one of its parent). `noise` adds a normal error of this standard deviation
    to an indicator's values, in their unit; errors that differ by unit are given to `Scenarios.of`.
    `code` is the aggregate that `robustness_table` speaks of; the index itself where empty.
    """

    runs: int = 1000
    seed: int = 1
    weights: float = 0.25
    normalise: tuple[Scaling, ...] = (Scaling("goalposts"), Scaling("zscore"), Scaling("prank"))
    aggregate: tuple[str | tuple[str, ...], ...] = ("amean", "gmean")
    treat: tuple[Treatment, ...] = (Treatment("none"), Treatment("winsor"))
    drop_one: bool = True
    missing: tuple[Missing, ...] = ("available", "median")
    noise: Mapping[str, float] = field(default_factory=dict)
    code: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any], file: str = "config", nominal: str = "goalposts") -> Plan:
        """Read the part `robustness` of a configuration; absent keys have the defaults above.

        Parameters
        ----------
        given
            runs, seed, weights, normalise, aggregate, treat, drop_one, missing, noise, code. An entry of `normalise`
            is a method or {method, range, cap}, one of `treat` a method or {method, winmax, skew, kurt}.
        nominal
            The method the index itself is normalised with: by default the runs take it (minmax where the runs do not
            know it), zscore and prank. Under "none" the data may be zero or less: the default is then amean alone.

        Raises
        ------
        DataError
            With all faults at once.
        """
        return _Reading(file, nominal).plan(given)

    def faults(self, meta: Meta) -> list[Fault]:
        """What of the plan does not fit the index."""
        found = []
        for methods in self.aggregate:
            if not isinstance(methods, str) and len(methods) != meta.levels - 1:
                problem = f"{len(methods)} means for the {meta.levels - 1} levels above the indicators"
                found.append(Fault("robustness.aggregate", problem, "Give one for each level, or a single name."))
        if any(scaling.method == "goalposts" for scaling in self.normalise):
            without = (meta.lower + meta.upper).isna().to_dict()
            step = "Add lower and upper to the meta table, or give other methods."
            bare = [code for code in meta.indicators if without[code]]
            found += [Fault("robustness.normalise", f"{code} has no goalposts", step) for code in bare]
        unknown = sorted(set(self.noise) - set(meta.indicators))
        found += [Fault("robustness.noise", f"no indicator {code!r}", "Name indicators.") for code in unknown]
        if self.code and self.code not in meta.aggregates:
            step = f"There are {', '.join(meta.aggregates)}."
            found.append(Fault("robustness.code", f"no aggregate {self.code!r}", step))
        return found


@dataclass(frozen=True)
class Draws:
    """What was drawn: one entry per run.

    `factors` (run x code, in the order of `Scenarios.codes`) multiply the weights; `normalise`, `aggregate`, `treat`
    and `missing` are places in the plan's lists; `dropped` is the place of an indicator among the codes or -1; `noise`
    numbers the set of random errors, -1 for none.
    """

    factors: Single
    normalise: Whole
    aggregate: Whole
    treat: Whole
    missing: Whole
    dropped: Whole
    noise: Whole

    def __len__(self) -> int:
        return len(self.factors)

    def at(self, runs: slice) -> Draws:
        return Draws(*(getattr(self, entry.name)[runs] for entry in fields(self)))


@dataclass(frozen=True, eq=False)
class Robustness:
    """The scores of every run, and what follows from them.

    `scores` holds for each aggregate asked a table run x unit (float32, NaN = no score), the units in the order of
    `units`; `nominal` the scores of the index itself (unit x code). Ranks are made on demand among any subset of the
    units: no score changes with the subset. Rank 1 is the highest score, where not `descending` the lowest.
    """

    units: pd.Index
    nominal: pd.DataFrame
    scores: Mapping[str, Single]
    draws: Draws
    descending: bool = True

    def ranks(self, code: str, within: pd.Series | None = None) -> pd.DataFrame:
        """The rank of each unit in every run (run x unit), NaN where it has no score in that run."""
        places = self._places(code, within)
        ranks = self._ranks(code, places).astype(float)
        ranks[ranks == 0] = np.nan
        return pd.DataFrame(ranks, columns=self.units[places])

    def nominal_ranks(self, code: str, within: pd.Series | None = None) -> pd.Series:
        """The ranks of the index itself among the units of the reference set that have a score."""
        chosen = self.units[self._places(code, within)]
        scores = pd.DataFrame(self.nominal.loc[chosen, [code]])
        return pd.Series(rank(scores, self.descending)[code])

    def ranges(self, code: str, within: pd.Series | None = None) -> pd.DataFrame:
        """How sure the ranks of an aggregate are.

        Parameters
        ----------
        code
            One of the aggregates the runs were asked for.
        within
            The reference set: True for the units that are ranked among each other. All where None.

        Returns
        -------
        One row per unit of the nominal table, empty for a unit outside the reference set or without a nominal score:
        rank (nominal), median, p05, p95 (quantiles of its ranks, linear as numpy and R's type 7), p_top_quarter
        (share of runs with a rank of at most a quarter of the units, rounded up), p_class_1 ... p_class_5 (fifths of
        the ranks, 1 the best), class (the likeliest, the better one of equals), stable (its probability is at least
        0.8).

        Runs in which a unit has no score (the indicator left out was its only one) do not count for it.
        """
        places = self._places(code, within)
        count = len(places)
        table = pd.DataFrame(index=self.units[places])
        table["rank"] = self.nominal_ranks(code, within)
        ranks = np.ascontiguousarray(self._ranks(code, places).T)
        _parallel(lambda part: ranks[part].sort(axis=1), _slices(count, max(1, DRAWN // max(1, len(self.draws)))))
        without = np.count_nonzero(ranks == 0, axis=1)
        valid = ranks.shape[1] - without
        for name, share in (("median", 0.5), ("p05", 0.05), ("p95", 0.95)):
            table[name] = _quantile(ranks, without, share)
        with np.errstate(invalid="ignore"):
            edges = [-(-count * part // CLASSES) for part in range(CLASSES + 1)]
            up_to = [np.count_nonzero(ranks <= edge, axis=1) - without for edge in edges]
            probabilities = np.diff(np.array(up_to, dtype=float), axis=0) / valid
            table["p_top_quarter"] = (np.count_nonzero(ranks <= -(-count // 4), axis=1) - without) / valid
        for number, column in enumerate(probabilities, start=1):
            table[f"p_class_{number}"] = column
        table["class"] = np.where(valid > 0, np.argmax(np.nan_to_num(probabilities), axis=0) + 1.0, np.nan)
        table["stable"] = pd.array(probabilities.max(axis=0, initial=0) >= STABLE, dtype="boolean")
        table.loc[valid == 0, "stable"] = pd.NA
        return table.reindex(self.nominal.index)

    def above(self, code: str, unit: str, within: pd.Series | None = None) -> pd.Series:
        """P(unit > other) for every other unit with a nominal score: the share of runs in which it scores higher.

        Runs in which the two tie count half, those in which one has no score do not count.
        """
        places = self._places(code, within)
        scores = self.scores[code][:, places]
        own = self.scores[code][:, self.units.get_indexer(pd.Index([unit]))]
        counted = ~(np.isnan(scores) | np.isnan(own))
        with np.errstate(invalid="ignore"):
            wins = ((own > scores) & counted).sum(axis=0) + 0.5 * ((own == scores) & counted).sum(axis=0)
            shares = pd.Series(wins / counted.sum(axis=0), index=self.units[places])
        return shares.drop(unit, errors="ignore")

    def indistinguishable(self, code: str, unit: str, within: pd.Series | None = None) -> list[str]:
        """The units that cannot be told apart from this one: P(unit > other) is between 0.1 and 0.9."""
        low, high = INDISTINGUISHABLE
        shares = self.above(code, unit, within)
        return [str(other) for other, share in shares.items() if low <= share <= high]

    def _ranks(self, code: str, places: Whole) -> Whole:
        return _ranks(self.scores[code], places, self.descending)

    def _places(self, code: str, within: pd.Series | None) -> Whole:
        ranked = self.nominal[code].notna().reindex(self.units).to_numpy(bool)
        if within is not None:
            ranked = ranked & within.reindex(self.units, fill_value=False).to_numpy(bool)
        return np.flatnonzero(ranked)


def robustness(
    data: pd.DataFrame,
    meta: Meta,
    plan: Plan,
    nominal: pd.DataFrame,
    *,
    noise: pd.DataFrame | None = None,
    filled: pd.DataFrame | None = None,
    codes: Sequence[str] | None = None,
) -> Robustness:
    """Prepare and run in one go; see `Scenarios` for both steps apart."""
    return Scenarios.of(data, meta, plan, noise=noise, filled=filled).run(nominal, codes=codes)


def robustness_table(
    data: pd.DataFrame,
    meta: Meta,
    plan: Plan,
    nominal: pd.DataFrame,
    groups: pd.Series | None = None,
    *,
    descending: bool = True,
) -> pd.DataFrame:
    """The table of the batch door: how sure the ranks of one aggregate are.

    Parameters
    ----------
    data
        unit x indicator, after denominators and screening (rows of units screened out are empty), before imputation.
    meta
        The tree without the indicators that were left out (constant ones); `plan` was checked against the whole tree.
    nominal
        unit x code: the scores of the index itself. A unit without one gets no range.
    groups
        Where given, the runs that fill gaps take the median of the unit's group, otherwise that of all units.
    descending
        Rank 1 is the highest score; False: the lowest.

    Returns
    -------
    unit, median, p05, p95, p_top_quarter; in the order of the data.

    Raises
    ------
    DataError
        If scores of zero or less, as they are, come under a geometric or harmonic mean.
    """
    code = plan.code or meta.tops[0]
    if code not in meta.aggregates:
        columns = dict.fromkeys(("median", "p05", "p95", "p_top_quarter"), np.nan)
        return pd.DataFrame({"unit": data.index, **columns})
    left = replace(
        plan,
        noise={one: deviation for one, deviation in plan.noise.items() if one in meta.indicators},
        aggregate=tuple(one if isinstance(one, str) else one[: meta.levels - 1] for one in plan.aggregate),
    )
    filled = impute(data, "median") if groups is None else impute(data, "group_median", groups)
    filled = filled.where(data.notna().any(axis=1), np.nan)
    noise = pd.DataFrame(dict(left.noise), index=data.index, dtype=float) if left.noise else None
    found = robustness(data, meta, left, nominal, noise=noise, filled=filled, codes=[code])
    table = (
        replace(found, descending=descending)
        .ranges(code)
        .reindex(data.index)[["median", "p05", "p95", "p_top_quarter"]]
    )
    return table.rename_axis("unit").reset_index()


@dataclass(frozen=True, eq=False)
class _Table:
    """The indicators' scores under one choice of normalisation, treatment and missing (indicator x unit, 0 = missing).

    `means` and `variances` are of the scores as they enter each kind of mean (log score, reciprocal), over the noise;
    no variances without noise. `present` is 1 where there is a score, None where all are there.
    """

    means: dict[str, Single]
    variances: dict[str, Single]
    present: Single | None
    floor: float


class Scenarios:
    """All that the runs share whatever the weights: the draws, and the scores of the indicators under each choice.

    Keep it for as long as data and plan stay, and call `run` for each set of weights.

    Notes
    -----
    Memory: for each combination of normalisation, treatment and way with gaps that differs, 4 bytes x units x
    indicators for every kind of mean right above the indicators, twice that with noise; 4 bytes x units x runs for
    every aggregate asked; and at most 32 MB of random errors that are kept for the next run.

    Gaps: weights are shared among what is there, as in `aggregate`. Whether an aggregate has enough of its parts is
    judged once, by its nominal score being there: leaving an indicator out of a run is a change of weights, not a gap.
    Where gaps are filled, an aggregate exists as soon as anything of it does.

    Noise: the error of an indicator's value is normal and independent of all others. It is not drawn cell by cell: the
    mean and the variance of the *score* over the error are found for each cell by Gauss-Hermite quadrature (7 points)
    through treatment, normalisation (caps, logarithms and all) and the transformation of the mean; a parent's
    own indicators together then get one error with the variance sum(w^2 variance) / sum(w)^2. Approximations: that sum
    is taken as normal (under a harmonic mean, whose reciprocals are skewed, as log-normal); z-scores and percentiles
    refer to all units with their noise (mean, deviation and distribution expected over it) instead of those of a run;
    the ends of minmax and the treatment stay where they are without noise. Compared with drawing every cell, for ranks
    of 60 units whose ranges are 11 places wide, medians and ends differ by half a place at most on average; by one to
    three under harmonic means and minmax, which are no defaults.

    Random numbers: weights, choices and noise come from streams of their own and belong to codes and units in sorted
    order, so neither the order of rows and columns nor the number of threads changes a byte.
    """

    def __init__(
        self,
        meta: Meta,
        plan: Plan,
        index: pd.Index,
        tables: dict[tuple[int, int, int], _Table],
        noisy: Sequence[str],
    ) -> None:
        self.meta = meta
        self.plan = plan
        self.units = index
        self.tables = tables
        self.noisy = list(noisy)
        leaves = _ordered(meta)
        self.codes = [*leaves, *sorted(meta.aggregates)]
        self.places = {code: place for place, code in enumerate(self.codes)}
        self.leaves = {code: _span(leaves, code, meta) for code in meta.aggregates}
        self.groups = {code: sorted(set(meta.children(code)) - set(leaves)) for code in meta.aggregates}
        self.draws = self.draw(np.random.default_rng([plan.seed, CHOICES]).random((plan.runs, len(self.inputs))))
        self.errors = self._errors(np.arange(plan.runs if self._numbers * plan.runs <= DRAWN else 0))

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        meta: Meta,
        plan: Plan,
        *,
        noise: pd.DataFrame | None = None,
        filled: pd.DataFrame | None = None,
    ) -> Scenarios:
        """Prepare the runs.

        Parameters
        ----------
        data
            unit x indicator, NaN = missing.
        noise
            unit x indicator (those that have any): the standard deviation of the value's error, in its unit; NaN or 0
            for none. The error of a value that was filled in is 0.
        filled
            `data` with its gaps filled (by the median of the unit's peers, say). May be left out if there are no gaps
            or the plan does not fill them.

        Raises
        ------
        ValueError
            If gaps are to be filled and `filled` is not given.
        DataError
            If the plan does not fit the index, or with `none` a score of zero or less stands under a geometric or
            harmonic mean.
        """
        if faults := plan.faults(meta):
            raise DataError("config", faults)
        leaves = _ordered(meta)
        data = pd.DataFrame(data[leaves]).sort_index().astype(float)
        gaps = data.isna()
        if "median" in plan.missing and filled is None and gaps.to_numpy().any():
            raise ValueError("the plan fills gaps: give `filled`")
        full = data if filled is None else filled[leaves].reindex(data.index).astype(float)
        spread = pd.DataFrame(0.0, data.index, leaves)
        if noise is not None:
            spread.update(noise.reindex(index=data.index, columns=[code for code in leaves if code in noise]))
            spread = spread.mask(gaps, 0.0)
        spaces = sorted({means[meta.level(meta.parent(code)) - 2] for means in _means(plan, meta) for code in leaves})
        positive = any(mean != "amean" for means in _means(plan, meta) for mean in means)
        maker = _Maker(meta, spread, spaces, positive)
        tables = {}
        for k, missing in enumerate(plan.missing):
            base = data if missing == "available" or full.equals(data) else full
            for j, treatment in enumerate(plan.treat):
                for i, scaling in enumerate(plan.normalise):
                    tables[i, j, k] = maker.table(base, treatment, scaling)
        noisy = sorted({meta.parent(code) for code in maker.noisy})
        return cls(meta, plan, data.index, tables, noisy)

    @property
    def inputs(self) -> list[str]:
        """The choices that have more than one outcome."""
        plan = self.plan
        varied = {
            "weights": plan.weights > 0,
            "normalise": len(plan.normalise) > 1,
            "aggregate": len(plan.aggregate) > 1,
            "treat": len(plan.treat) > 1,
            "missing": len(plan.missing) > 1,
            "drop_one": plan.drop_one and bool(self.droppable),
            "noise": bool(self.noisy),
        }
        return [name for name, several in varied.items() if several]

    @property
    def droppable(self) -> list[str]:
        """The indicators that have a sibling."""
        return [code for code in sorted(self.meta.indicators) if len(self.meta.children(self.meta.parent(code))) > 1]

    def draw(self, numbers: Double, sets: int | None = None) -> Draws:
        """Turn numbers in [0, 1) (run x input, as in `inputs`) into runs.

        Every run has its own weights and noise; with `sets` the number chooses one of so many sets of them, which
        makes each an input like the others.
        """
        plan, runs = self.plan, len(numbers)
        column = dict(zip(self.inputs, numbers.T, strict=True))

        def place(name: str, options: int) -> Whole:
            return (column[name] * options).astype(np.intp) if name in column else np.zeros(runs, np.intp)

        own = np.arange(runs) if sets is None else None
        which = own if own is not None else place("weights", sets or 1)
        rng = np.random.default_rng([plan.seed, WEIGHTS])
        stretch = rng.uniform(1 - plan.weights, 1 + plan.weights, (runs if sets is None else sets, len(self.codes)))
        factors = stretch[which].astype(np.float32)
        dropped = np.full(runs, -1, np.intp)
        if "drop_one" in column:
            places = np.array([-1, *(self.codes.index(code) for code in self.droppable)])
            dropped = places[place("drop_one", len(places))]
            factors[np.flatnonzero(dropped >= 0), dropped[dropped >= 0]] = 0
        noise = np.full(runs, -1, np.intp)
        if self.noisy:
            noise = own if own is not None else place("noise", sets or 1)
        choices = {
            name: place(name, len(getattr(plan, name))) for name in ("normalise", "aggregate", "treat", "missing")
        }
        return Draws(factors, **choices, dropped=dropped, noise=noise)

    def run(
        self,
        nominal: pd.DataFrame,
        weights: Mapping[str, float] | pd.Series | None = None,
        codes: Sequence[str] | None = None,
    ) -> Robustness:
        """Make every run.

        Parameters
        ----------
        nominal
            unit x code: the scores of the index itself under these weights, with all aggregates.
        weights
            Raw weights by code in place of the tree's own, for some codes or all. A group whose children all weigh
            nothing has no score and takes no part.
        codes
            The aggregates asked for; the tops where None.

        Raises
        ------
        ValueError
            For a weight below zero or of an unknown code.
        """
        wanted = list(codes or self.meta.tops)
        scores = self.scores(self.draws, nominal, weights, wanted)
        return Robustness(self.units, nominal, scores, self.draws)

    def scores(
        self,
        draws: Draws,
        nominal: pd.DataFrame,
        weights: Mapping[str, float] | pd.Series | None,
        codes: Sequence[str],
    ) -> dict[str, Single]:
        """The scores of the aggregates in each of the runs drawn: run x unit, NaN where there is none."""
        weight = draws.factors * self._raw(weights)
        exists = _existing(nominal.reindex(self.units), self.meta)
        out = {code: np.empty((len(draws), len(self.units)), np.float32) for code in codes}
        choices = np.column_stack([draws.normalise, draws.treat, draws.missing, draws.aggregate])
        groups, member = np.unique(choices, axis=0, return_inverse=True)
        widest = max((span.stop - span.start for span in self.leaves.values()), default=0) or 1
        several = max(1, min(DRAWN // max(1, self._numbers), PRODUCT // (NARROWEST * widest)))
        jobs = [
            (tuple(map(int, group)), part)
            for number, group in enumerate(groups)
            for part in _parts(np.flatnonzero(member.ravel() == number), several)
        ]
        means = _means(self.plan, self.meta)

        def work(job: tuple[tuple[int, ...], Whole]) -> None:
            (i, j, k, mean), runs = job
            known = exists if self.plan.missing[k] == "available" else {}
            z = self._noise(draws.noise[runs])
            size = min(max(NARROWEST, BLOCK // len(runs)), max(1, PRODUCT // (widest * len(runs))))
            for block in _slices(len(self.units), size):
                part = _Pass(self, self.tables[i, j, k], means[mean], weight[runs], z, known, block)
                for code, into in out.items():
                    into[runs, block] = part.plain(code)

        _parallel(work, jobs)
        return out

    def _raw(self, weights: Mapping[str, float] | pd.Series | None) -> Single:
        given = {str(code): float(weight) for code, weight in ({} if weights is None else weights).items()}
        if bad := [code for code, weight in given.items() if code not in self.places or not 0 <= weight < np.inf]:
            raise ValueError(f"no codes of the index, or no weights of zero or more: {', '.join(map(str, bad))}")
        own = self.meta.weights.to_dict()
        return np.array([given.get(code, own[code]) for code in self.codes], np.float32)

    @property
    def _numbers(self) -> int:
        """How many random numbers a set of errors has."""
        return len(self.noisy) * len(self.units)

    def _noise(self, sets: Whole) -> Single | None:
        """The errors of a run's set, run x noisy parent x unit; kept ones where there are any."""
        if not self.noisy or (sets < 0).any():
            return None
        return self.errors[sets] if sets.max() < len(self.errors) else self._errors(sets)

    def _errors(self, sets: Whole) -> Single:
        """Standard normal errors; those of a set are the same whoever asks."""
        out = np.empty((len(sets), len(self.noisy), len(self.units)), np.float32)
        if self.noisy:
            for place, one in enumerate(sets):
                stream = np.random.SFC64(np.random.SeedSequence([self.plan.seed, NOISE, int(one)]))
                np.random.Generator(stream).standard_normal(out=out[place], dtype=np.float32)
        return out


class _Pass:
    """One block of units in runs that made the same choices: weights differ, scores of the indicators do not.

    A mean is worked out where it is arithmetic (`_into`): the log score under a geometric mean, the reciprocal under a
    harmonic one. Tables are run x unit.
    """

    def __init__(
        self,
        scenarios: Scenarios,
        table: _Table,
        means: Sequence[str],
        weight: Single,
        z: Single | None,
        exists: Mapping[str, Mask],
        block: slice,
    ) -> None:
        self.scenarios, self.table, self.means = scenarios, table, means
        self.weight, self.z, self.exists, self.block = weight, z, exists, block
        self.done: dict[str, tuple[Single, Mask | None]] = {}

    def plain(self, code: str) -> Single:
        """The scores of an aggregate, NaN where it has none."""
        value, there = self.mean(code)
        scores = _back(value, self._kind(code))
        return scores if there is None else np.where(there, scores, np.float32(np.nan))

    def mean(self, code: str) -> tuple[Single, Mask | None]:
        """The mean of the children, 0 where there is none; and where there is one, None for everywhere."""
        if code not in self.done:
            self.done[code] = self._mean(code)
        return self.done[code]

    def _kind(self, code: str) -> str:
        return self.means[self.scenarios.meta.level(code) - 2]

    def _mean(self, code: str) -> tuple[Single, Mask | None]:
        kind = self._kind(code)
        above, below = self._leaves(code, kind)
        for child in self.scenarios.groups[code]:
            weight = self.weight[:, [self.scenarios.places[child]]]
            value, there = self.mean(child)
            if self._kind(child) != kind:
                value = _into(_back(value, self._kind(child)), kind, self.table.floor)
            share = weight if there is None else weight * there
            above = above + share * value
            below = below + share
        there = below > 0
        if code in self.exists:
            there = there & self.exists[code][self.block]
        if there.all():
            return above / below, None
        there = np.broadcast_to(there, above.shape)
        return np.divide(above, below, out=np.zeros_like(above), where=there), there

    def _leaves(self, code: str, kind: str) -> tuple[Single, Single]:
        """Sum of weight times score, and of the weights, over the indicators right below."""
        span = self.scenarios.leaves[code]
        weight = self.weight[:, span]
        if not weight.shape[1]:
            nothing = np.zeros((len(weight), 1), np.float32)
            return nothing, nothing
        above = weight @ self.table.means[kind][span, self.block]
        if self.z is not None and code in self.scenarios.noisy:
            variance = (weight * weight) @ self.table.variances[kind][span, self.block]
            above = _disturbed(above, variance, self.z[:, self.scenarios.noisy.index(code), self.block], kind)
        if self.table.present is None:
            return above, weight.sum(axis=1, keepdims=True)
        return above, weight @ self.table.present[span, self.block]


def _disturbed(sums: Single, variance: Single, z: Single, kind: str) -> Single:
    """Sums with an error of this variance: normal, and log-normal for sums of reciprocals, which are never negative."""
    if kind != "hmean":
        return sums + np.sqrt(variance) * z
    relative = np.log1p(variance / np.square(np.where(sums > 0, sums, np.float32(1))))
    return sums * np.exp(-np.sqrt(relative) * z - relative / 2)


class _Maker:
    """Makes the indicators' scores under each choice, once for data that come out the same."""

    def __init__(self, meta: Meta, spread: pd.DataFrame, kinds: Iterable[str], positive: bool) -> None:
        self.meta, self.spread, self.kinds, self.positive = meta, spread, list(kinds), positive
        self.noisy = [str(code) for code, any_ in (spread > 0).any().items() if any_]
        self.logged = [str(code) for code, scale in meta.scale.items() if scale == "log"]
        self.ends = {str(code): (low, meta.upper[code]) for code, low in meta.lower.items()}
        self.directions = meta.directions
        self.treated: dict[tuple[int, Treatment], pd.DataFrame] = {}
        self.scores: dict[tuple[int, Scaling], pd.DataFrame] = {}
        self.tables: dict[tuple[int, Scaling], _Table] = {}

    def table(self, base: pd.DataFrame, treatment: Treatment, scaling: Scaling) -> _Table:
        known = (id(base), treatment)
        if known not in self.treated:
            self.treated[known] = self._treat(base, treatment)
        treated = self.treated[known]
        made = (id(treated), scaling)
        if made not in self.tables:
            self.tables[made] = self._table(base, treated, scaling)
        return self.tables[made]

    def _treat(self, base: pd.DataFrame, treatment: Treatment) -> pd.DataFrame:
        """What is on a log scale is not treated; data that pass come back as the same object."""
        if treatment.method == "none":
            return base
        linear = base.drop(columns=self.logged)
        treated = treat(linear, treatment.method, treatment.winmax, treatment.skew, treatment.kurt).data
        moved = {str(code): column for code, column in treated.items() if not column.equals(base[code])}
        return base.assign(**moved) if moved else base

    def _table(self, base: pd.DataFrame, treated: pd.DataFrame, scaling: Scaling) -> _Table:
        scores = self._scores(base, scaling)
        if treated is not base:
            moved = treated[[code for code in base if not treated[code].equals(base[code])]]
            scores = scores.assign(**{str(code): column for code, column in self._normalise(moved, scaling).items()})
        floor = scaling.floor(treated)
        if scaling.method == "none" and self.positive and floor <= 0:
            step = "Such a mean needs values above zero: normalise, or leave it out of robustness.aggregate."
            low = [(scores.index[row], scores.columns[column]) for row, column in np.argwhere(scores.to_numpy() <= 0)]
            problem = "zero or less under a geometric or harmonic mean"
            raise DataError("data", [Fault(f"unit {unit}, {code}", problem, step) for unit, code in low])
        missing = scores.isna().to_numpy().T
        plain = scores.to_numpy().T
        means = {kind: _into(plain, kind, floor) for kind in self.kinds}
        variances = {kind: np.zeros(plain.shape, np.float32) for kind in self.kinds if self.noisy}

        def disturb(code: str) -> None:
            row = list(scores.columns).index(code)
            if missing[row].all():
                return
            spread = self._spread_scores(code, base[code], treated[code], scaling)
            for kind in self.kinds:
                values = _into(spread, kind, floor)
                means[kind][row] = values @ SHARES
                variances[kind][row] = (values - means[kind][row][:, None]) ** 2 @ SHARES

        _parallel(disturb, self.noisy)
        for filled in (*means.values(), *variances.values()):
            filled[missing] = 0
        single = {kind: np.ascontiguousarray(values, np.float32) for kind, values in means.items()}
        return _Table(single, variances, (~missing).astype(np.float32) if missing.any() else None, floor)

    def _scores(self, base: pd.DataFrame, scaling: Scaling) -> pd.DataFrame:
        """The scores of untreated data, kept for those columns that no treatment moves."""
        if (id(base), scaling) not in self.scores:
            self.scores[id(base), scaling] = self._normalise(base, scaling)
        return self.scores[id(base), scaling]

    def _normalise(self, data: pd.DataFrame, scaling: Scaling) -> pd.DataFrame:
        meta = self.meta
        low, high = scaling.scale
        scores = normalise(
            data,
            scaling.method,
            directions=self.directions,
            limits=scaling.scale,
            lower=meta.lower,
            upper=meta.upper,
            scale=meta.scale,
            cap=scaling.cap,
        )
        return low + (high - low) * scores if scaling.method == "prank" else scores

    def _spread_scores(self, code: str, base: pd.Series, treated: pd.Series, scaling: Scaling) -> Double:
        """The scores of one indicator at the points of the quadrature: unit x point."""
        x, sd = base.to_numpy(), self.spread[code].to_numpy()
        values = x[:, None] + sd[:, None] * NODES
        if not treated.equals(base):
            from_, first = np.unique(x[~np.isnan(x)], return_index=True)
            values = np.where(np.isnan(values), np.nan, np.interp(values, from_, treated.dropna().to_numpy()[first]))
        method, (low, high) = scaling.method, scaling.scale
        if method == "none":
            return values
        (lower, upper), direction = self.ends[code], self.directions[code]
        if code in self.logged:
            values, lower, upper = np.log(np.maximum(values, x[x > 0].min())), np.log(lower), np.log(upper)
        if method == "goalposts":
            return goalposts(values, lower, upper, direction, scaling.scale, cap=scaling.cap)
        values = values * direction
        match method:
            case "zscore":
                there = values[~np.isnan(values[:, 0])]
                mean = (there @ SHARES).mean()
                variance = (((there - mean) ** 2) @ SHARES).sum() / (len(there) - 1)
                return low + high * (values - mean) / np.sqrt(variance)
            case "minmax":
                own = values @ SHARES
                return low + (high - low) * (values - np.nanmin(own)) / (np.nanmax(own) - np.nanmin(own))
            case _:
                return low + (high - low) * _percentiles(values)


def _percentiles(values: Double) -> Double:
    """The share of the other units expected below each point (unit x point), all units having their points' shares."""
    known = ~np.isnan(values[:, 0])
    there = values[known]
    share = np.tile(SHARES, len(there))
    order = np.argsort(there, axis=None)
    ascending = there.ravel()[order]
    first = np.concatenate([[0], np.where(ascending[1:] != ascending[:-1], np.arange(1, len(order)), 0)])
    sums = np.concatenate([[0.0], np.cumsum(share[order])])
    below = np.empty_like(there)
    np.put(below, order, sums[np.maximum.accumulate(first)])
    own = np.concatenate([[0.0], np.cumsum(SHARES)])[(there[:, :, None] > there[:, None, :]).sum(axis=2)]
    out = np.full(values.shape, np.nan)
    out[known] = (below - own) / (len(there) - 1)
    return out


def _into(x: Any, kind: str, floor: float) -> Any:
    """Scores as they enter a mean, so that the mean of what comes out is arithmetic."""
    match kind:
        case "gmean":
            return np.log(np.maximum(x, x.dtype.type(floor)))
        case "hmean":
            return 1 / np.maximum(x, x.dtype.type(floor))
        case _:
            return x.copy()


def _back(x: Single, kind: str) -> Single:
    """The way back from `_into`."""
    match kind:
        case "gmean":
            return np.exp(x)
        case "hmean":
            return np.divide(1, x, out=np.zeros_like(x), where=x != 0)
        case _:
            return x


def _ranks(scores: Single, places: Whole, descending: bool = True) -> Whole:
    """Ranks (run x place), ties the smallest; 0 for no score."""
    count = len(places)
    ranks = np.zeros((len(scores), count), np.uint16 if count < 2**16 else np.uint32)

    def work(part: slice) -> None:
        own = scores[part][:, places] if descending else -scores[part][:, places]
        none = np.isnan(own)
        top = np.max(np.abs(own), axis=1, initial=0, keepdims=True, where=~none)
        levels = np.rint(np.where(none, -2, own / np.where(top > 0, top, 1)) * np.float64(STEPS)).astype(np.int64)
        keys = np.sort((-levels << 32) | np.arange(count), axis=1)
        at, keys = keys & (2**32 - 1), keys >> 32
        first = np.zeros(own.shape, ranks.dtype)
        first[:, 1:] = np.where(keys[:, 1:] != keys[:, :-1], np.arange(1, count, dtype=ranks.dtype), 0)
        np.put_along_axis(ranks[part], at, np.maximum.accumulate(first, axis=1) + 1, axis=1)
        ranks[part][none] = 0

    _parallel(work, _slices(len(scores), max(1, BLOCK // max(1, count))))
    return ranks


def _quantile(ranks: Whole, without: Whole, share: float) -> Double:
    """The quantile of every row's sorted ranks after so many zeros: linear between neighbours, NaN where all are."""
    valid = ranks.shape[1] - without
    place = share * np.maximum(valid - 1, 0)
    low = np.floor(place).astype(np.intp)
    rows, last = np.arange(len(ranks)), ranks.shape[1] - 1
    below = ranks[rows, np.minimum(without + low, last)].astype(float)
    above = ranks[rows, np.minimum(without + low + 1, last)]
    return np.where(valid > 0, below + (above - below) * (place - low), np.nan)


def _means(plan: Plan, meta: Meta) -> list[list[str]]:
    """The mean of each level from 2 up, for each of the plan's options."""
    return [per_level(methods, meta.levels) for methods in plan.aggregate]


def _ordered(meta: Meta) -> list[str]:
    """The indicators, those of a parent beside each other; the same whatever the order of the table."""
    return sorted(meta.indicators, key=lambda code: (meta.parent(code), code))


def _span(leaves: list[str], parent: str, meta: Meta) -> slice:
    """Where the indicators right below a parent stand."""
    places = [place for place, code in enumerate(leaves) if meta.parent(code) == parent]
    return slice(places[0], places[-1] + 1) if places else slice(0, 0)


def _existing(nominal: pd.DataFrame, meta: Meta) -> dict[str, Mask]:
    """Where each aggregate has a score; left out are those that have one everywhere."""
    there = {code: nominal[code].notna().to_numpy() for code in meta.aggregates}
    return {code: known for code, known in there.items() if not known.all()}


def _parts(places: Whole, size: int) -> Iterator[Whole]:
    return (places[part] for part in _slices(len(places), size))


def _slices(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def _parallel(work: Callable[[Any], None], jobs: Iterable[Any]) -> None:
    """Do all jobs on all processors; numpy lets go of Python's lock while it computes."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(work, jobs):
            pass


class _Reading:
    """One reading of the part `robustness`, gathering faults."""

    def __init__(self, file: str, nominal: str) -> None:
        self.file = file
        self.nominal = nominal
        self.faults: list[Fault] = []

    def fault(self, key: str, value: Any, step: str) -> None:
        self.faults.append(Fault(f"robustness.{key}", f"{value!r} will not do", step))

    def plan(self, given: Mapping[str, Any]) -> Plan:
        if not isinstance(given, Mapping):
            raise DataError.of(
                self.file, "robustness", f"{given!r} will not do", "Give an object, or null for no runs."
            )
        known = [entry.name for entry in fields(Plan)]
        for key in given:
            if key not in known:
                self.fault(str(key), given[key], f"There are {', '.join(known)}.")
        readers: dict[str, Callable[[str, Any], Any]] = {
            "runs": lambda key, value: self.whole(key, value, 1),
            "seed": lambda key, value: self.whole(key, value, 0),
            "weights": self.share,
            "normalise": lambda key, value: self.several(key, value, self.scaling),
            "aggregate": lambda key, value: self.several(key, value, self.means),
            "treat": lambda key, value: self.several(key, value, self.treatment),
            "drop_one": self.truth,
            "missing": lambda key, value: self.several(key, value, self.gaps),
            "noise": self.noise,
            "code": self.text,
        }
        first = self.nominal if self.nominal in SCALES else "minmax"
        usual: dict[str, Any] = {
            "normalise": tuple(Scaling(method) for method in dict.fromkeys((first, "zscore", "prank")))
        }
        if self.nominal == "none":
            usual["aggregate"] = ("amean",)
        plan = usual | {key: readers[key](key, value) for key, value in given.items() if key in readers}
        if self.faults:
            raise DataError(self.file, self.faults)
        return Plan(**plan)

    def whole(self, key: str, value: Any, least: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(key, value, f"Give a whole number of at least {least}.")
        return value

    def number(self, key: str, value: Any, least: float = -np.inf) -> bool:
        sound = isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value) and value >= least
        if not sound:
            self.fault(key, value, "Give a number" + (f" of at least {least:g}." if np.isfinite(least) else "."))
        return sound

    def share(self, key: str, value: Any) -> float:
        if self.number(key, value, 0) and value >= 1:
            self.fault(key, value, "Give a share below 1: 0.25 is plus or minus a quarter.")
        return value

    def truth(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.fault(key, value, "Give true or false.")
        return value

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self.fault(key, value, "Name an aggregate.")
        return value

    def several(self, key: str, value: Any, read: Callable[[str, Any], Any]) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or not value:
            self.fault(key, value, "Give a list of at least one choice.")
            return ()
        return tuple(read(f"{key}[{place}]", entry) for place, entry in enumerate(value))

    def option(self, key: str, value: Any, methods: Sequence[str], further: Sequence[str]) -> Mapping[str, Any]:
        """A method by name, or an object with it; {} where it is neither."""
        entry = {"method": value} if isinstance(value, str) else value
        if not isinstance(entry, Mapping) or entry.get("method") not in methods:
            self.fault(key, value, f"Give one of {', '.join(methods)}, or an object with it as method.")
            return {}
        for name in entry:
            if name not in ("method", *further):
                self.fault(f"{key}.{name}", entry[name], f"There are method, {', '.join(further)}.")
        return entry

    def scaling(self, key: str, value: Any) -> Scaling:
        entry = self.option(key, value, SCALES, ("range", "cap"))
        limits = entry.get("range")
        if limits is not None:
            sound = isinstance(limits, list | tuple) and len(limits) == 2
            if not sound or not all(self.number(f"{key}.range", end) for end in limits):
                self.fault(f"{key}.range", limits, "Give two numbers: [from, to], for zscore [mean, deviation].")
                limits = None
            elif limits[1] <= (0 if entry["method"] == "zscore" else limits[0]):
                self.fault(f"{key}.range", limits, "It must rise; a deviation is above zero.")
        cap = self.truth(f"{key}.cap", entry.get("cap", True))
        return Scaling(entry.get("method", ""), (limits[0], limits[1]) if limits else None, cap)

    def treatment(self, key: str, value: Any) -> Treatment:
        entry = self.option(key, value, TREATMENTS, ("winmax", "skew", "kurt"))
        if "winmax" in entry:
            self.whole(f"{key}.winmax", entry["winmax"], 0)
        for name in ("skew", "kurt"):
            if name in entry:
                self.number(f"{key}.{name}", entry[name], 0)
        return Treatment(
            **{"method": ""} | {k: v for k, v in entry.items() if k in ("method", "winmax", "skew", "kurt")}
        )

    def means(self, key: str, value: Any) -> str | tuple[str, ...]:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not names or any(name not in MEANS for name in names):
            self.fault(key, value, f"Give one of {', '.join(MEANS)}, or a list with one for each level from 2 up.")
        return value if isinstance(value, str) else tuple(names) if isinstance(names, list | tuple) else ()

    def gaps(self, key: str, value: Any) -> Missing:
        if value not in get_args(Missing):
            self.fault(key, value, f"Give one of {', '.join(get_args(Missing))}.")
        return value

    def noise(self, key: str, value: Any) -> Mapping[str, float]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault(key, value, "Give an object: the standard deviation of each indicator's error, in its unit.")
            return {}
        for code, deviation in value.items():
            self.number(f"{key}.{code}", deviation, 0)
        return value

"""The product's own index: the two success factors that can be measured, and how units are scored by them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.model import LEVELS, Level, Text
from indicators.index.aggregate import aggregate
from indicators.index.impute import impute
from indicators.index.meta import Meta
from indicators.index.normalise import normalise
from indicators.index.uncertainty import CLASSES, RANGE, Plan, Robustness, Scaling, Scenarios
from indicators.model import Indicator

VERSION = "1.1"
"""Printed wherever a score is. Rises with every change of indicators, weights, goalposts or rules."""

CHANGES: tuple[tuple[str, str, Text], ...] = (
    (
        "1.1",
        "2026-11-28",
        Text(
            "Pārklājumā ieskaita internetu, ko var pasūtīt, ja par to iesniegti dati (vismaz 65 % vietu); bez tiem "
            "vērtējumi ir tādi paši kā 1.0.",
            "Coverage counts the internet that can be ordered where figures of it are supplied (for 65% of the places "
            "or more); without them scores are those of 1.0.",
        ),
    ),
    (
        "1.0",
        "2026-11-23",
        Text(
            "Pirmā metode: divi faktori, nemainīgi skalas gali; aritmētiskais vidējais faktorā, ģeometriskais – starp "
            "abiem.",
            "The first method: two factors, fixed goalposts, arithmetic mean inside a factor, geometric between them.",
        ),
    ),
)

OVERALL = "success"
OVERALL_TITLE = Text("Abi faktori kopā", "Both factors together")
LIMITS = RANGE
"""Scores run from 1 to 100: from 1, because the geometric mean between the factors refuses zero."""
METHODS = ("amean", "amean", "gmean")
"""How a sub-dimension, a factor and the overall score are aggregated."""
HIGHEST_WEIGHT = 10
"""Weights are whole numbers from 0 to this; only their proportions count."""

LEAST_UNITS = 0.65
"""An indicator enters if at least this share of the units has it (method 3)."""
LEAST_OF_DIMENSION = 0.5
LEAST_OF_FACTOR = 2 / 3

Shares = npt.NDArray[np.float64]
Gap = Literal["weight", "native"]
"""Why a factor has no score: too little of its weight is there, or nothing was measured in the place itself."""


@dataclass(frozen=True)
class Dimension:
    """A sub-dimension: its indicators with their relative weights (0-10)."""

    id: str
    title: Text
    weights: Mapping[str, float]
    weight: float = 10


@dataclass(frozen=True)
class Factor:
    """One of the ten success factors that is scored from figures; `number` is its place among the ten."""

    id: str
    number: int
    title: Text
    dimensions: tuple[Dimension, ...]
    weight: float = 10


FACTORS: tuple[Factor, ...] = (
    Factor(
        "digital",
        8,
        Text("Digitāli spējīga", "Digitally capable"),
        (
            Dimension(
                "coverage_score",
                Text("Pārklājums un ātrums", "Coverage and speed"),
                {
                    "residents_30mbps_share": 10,
                    "residents_100mbps_share": 10,
                    "download_mbps": 10,
                    "upload_mbps": 5,
                    "latency_ms": 5,
                },
                weight=10,
            ),
            Dimension(
                "skills_score",
                Text("Prasmes un piekļuve", "Skills and access"),
                {"basic_skills_share": 10, "online_share": 5, "within5km_access_point_share": 0},
                weight=10,
            ),
        ),
    ),
    Factor(
        "data_based",
        7,
        Text("Balstīta uz datiem", "Data-based"),
        (
            Dimension(
                "completeness_score",
                Text("Datu ir pietiekami", "There are enough data"),
                {"reference_usable_share": 10},
                weight=5,
            ),
            Dimension(
                "quality_score",
                Text("Dati ir par pašu vietu", "The data speak of the place itself"),
                {"reference_native_share": 10, "reference_estimated_share": 10},
                weight=10,
            ),
            Dimension(
                "timeliness_score",
                Text("Dati ir jauni", "The data are recent"),
                {"reference_age_years": 10},
                weight=5,
            ),
        ),
    ),
)
"""Completeness has a quarter of its factor at most: small counts are withheld, so that it favours large parishes.

Points of access weigh nothing until somebody gives them a weight: volunteers have put so few of them on the map that
a score would measure the mappers. Skills are modelled from the ages of the place, as nobody counts them.
"""


SUPPLIED: Mapping[str, Mapping[str, float]] = {
    "coverage_score": {
        "available_30mbps_share": 5,
        "available_100mbps_share": 10,
        "available_1000mbps_share": 0,
        "available_vhcn_share": 10,
    },
}
"""Indicators that wait for figures somebody supplies, with their weights, by sub-dimension: they enter where there are
such figures. 1,000 Mbit/s weighs nothing, as a very high capacity network says nearly the same."""


def with_further(present: Collection[str], own: Mapping[str, Sequence[str]] | None = None) -> tuple[Factor, ...]:
    """The factors with what enters beside the declared indicators.

    Parameters
    ----------
    present
        Indicators that have figures: those of `SUPPLIED` among them enter.
    own
        People's own indicators (ids by sub-dimension), which weigh nothing until given a weight.
    """

    def extended(part: Dimension) -> Dimension:
        further = {name: weight for name, weight in SUPPLIED.get(part.id, {}).items() if name in present}
        return replace(part, weights={**part.weights, **further, **dict.fromkeys((own or {}).get(part.id, ()), 0)})

    return tuple(replace(factor, dimensions=tuple(map(extended, factor.dimensions))) for factor in FACTORS)


def usual_weights() -> dict[str, float]:
    """The declared weights, and those of what may be supplied; people's own indicators are not in it and weigh 0."""
    return declared() | {name: weight for further in SUPPLIED.values() for name, weight in further.items()}


def declared(factors: Sequence[Factor] = FACTORS) -> dict[str, float]:
    """The declared weight of every factor, sub-dimension and indicator, in the order they are declared."""
    return {
        code: weight
        for factor in factors
        for code, weight in (
            (factor.id, factor.weight),
            *(
                pair
                for dimension in factor.dimensions
                for pair in ((dimension.id, dimension.weight), *dimension.weights.items())
            ),
        )
    }


def tree(
    indicators: Mapping[str, Indicator],
    weights: Mapping[str, float] | None = None,
    factors: Sequence[Factor] = FACTORS,
) -> Meta:
    """The index as the engine reads it.

    Parameters
    ----------
    weights
        Other weights (0-10) by the id of an indicator, sub-dimension or factor; the declared ones where absent.
        What weighs nothing is left out, with everything above it that is then empty.

    Raises
    ------
    ValueError
        If a scored indicator has no goalposts, or nothing has any weight.
    """
    given = weights or {}
    rows: list[dict[str, object]] = []
    for factor in factors:
        groups = {}
        for dimension in factor.dimensions:
            members = {
                name: given.get(name, weight) for name, weight in dimension.weights.items() if name in indicators
            }
            members = {name: weight for name, weight in members.items() if weight > 0}
            if members and given.get(dimension.id, dimension.weight) > 0:
                groups[dimension.id] = members
                rows += [_leaf(indicators[name], dimension.id, weight) for name, weight in members.items()]
                rows.append(_node(dimension.id, 2, factor.id, given.get(dimension.id, dimension.weight)))
        if groups:
            rows.append(_node(factor.id, 3, OVERALL, given.get(factor.id, factor.weight)))
    if not any(row["weight"] for row in rows if row["parent"] == OVERALL):
        raise ValueError("nothing has any weight")
    rows.append(_node(OVERALL, 4, None, 1.0))
    return Meta.of(pd.DataFrame(rows).sort_values("level", kind="stable", ignore_index=True))


def _leaf(indicator: Indicator, parent: str, weight: float) -> dict[str, object]:
    ends = indicator.goalposts
    if ends is None:
        raise ValueError(f"{indicator.id} is scored but has no goalposts")
    return {
        "code": indicator.id,
        "level": 1,
        "parent": parent,
        "direction": 1 if ends.best > ends.worst else -1,
        "weight": weight,
        "type": "indicator",
        "lower": min(ends.worst, ends.best),
        "upper": max(ends.worst, ends.best),
        "scale": indicator.scale,
    }


def _node(code: str, level: int, parent: str | None, weight: float) -> dict[str, object]:
    return {"code": code, "level": level, "parent": parent, "direction": 1, "weight": weight, "type": "aggregate"}


@dataclass(frozen=True)
class Basis:
    """What the scores of one level rest on, territory x indicator.

    data: the smoothed value where there is one, else the value; NaN where there is none
    spread: the standard deviation of the value's uncertainty, 0 where none is known
    native: whether the figure is of the place itself, or summed from its parts: not copied from a larger one. A figure
        that is modelled from the ages of the place is of the place, else no skills could be scored anywhere
    status: why a value is missing, or what kind it is
    periods: the period of each indicator, the newest that at least 0.65 of the territories have
    withheld: indicators that no period has for enough territories
    """

    data: pd.DataFrame
    spread: pd.DataFrame
    native: pd.DataFrame
    status: pd.DataFrame
    periods: dict[str, str]
    withheld: tuple[str, ...]


def basis(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    level: Level = "unit",
    factors: Sequence[Factor] = FACTORS,
) -> Basis:
    """Collect the newest figures of all scored indicators.

    Parameters
    ----------
    values
        What `evaluate` returns.
    level
        "unit" or "municipality".
    """
    wanted = [name for factor in factors for dimension in factor.dimensions for name in dimension.weights]
    rows = values[(values["level"] == level) & values["indicator"].isin(wanted)]
    territories = pd.Index(sorted(values.loc[values["level"] == level, "territory"].astype(str).unique()), name="unit")
    periods: dict[str, str] = {}
    for name in wanted:
        own = rows[rows["indicator"] == name]
        counted = own[own["value"].notna()].groupby("period", observed=True)["territory"].nunique()
        enough = counted[counted >= LEAST_UNITS * len(territories)]
        if len(enough):
            periods[name] = str(enough.index.max())
    withheld = tuple(name for name in wanted if name not in periods)
    return _at(rows, periods, territories, indicators, level, withheld)


def area_basis(values: pd.DataFrame, found: Basis, indicators: Mapping[str, Indicator]) -> Basis:
    """What the scores of areas joined from units rest on: the same indicators in the same periods as the units' own.

    Parameters
    ----------
    values
        What `evaluate.Joined.values` returns.
    found
        The basis of the units.
    """
    territories = pd.Index(values["territory"].astype(str).unique(), name="unit")
    return _at(values, found.periods, territories, indicators, "area", found.withheld)


def _at(
    rows: pd.DataFrame,
    periods: Mapping[str, str],
    territories: pd.Index,
    indicators: Mapping[str, Indicator],
    level: str,
    withheld: tuple[str, ...],
) -> Basis:
    """The figures of all indicators, each in its period."""
    fine = LEVELS[: LEVELS.index(level) + 1] if level in LEVELS else (level,)
    columns: dict[str, dict[str, pd.Series]] = {"data": {}, "spread": {}, "native": {}, "status": {}}
    for name, period in periods.items():
        own = rows[(rows["indicator"] == name) & (rows["period"] == period)]
        latest = own.set_index("territory").reindex(territories)
        columns["data"][name] = latest["smoothed"].fillna(latest["value"])
        columns["spread"][name] = latest["sd"].fillna(0.0)
        columns["native"][name] = latest["value"].notna() & (
            latest["native_level"].isin(fine) | indicators[name].estimated
        )
        columns["status"][name] = latest["status"].astype(object)
    tables = {kind: pd.DataFrame(found, index=territories) for kind, found in columns.items()}
    return Basis(**tables, periods=dict(periods), withheld=withheld)


@dataclass(frozen=True)
class Scored:
    """The scores of one level.

    scores: territory x every indicator, sub-dimension, factor and the overall score (1-100); NaN where none
    coverage: territory x aggregate, the share of its weight that is present (0-1)
    gaps: territory x factor, why there is no score (missing where there is one)
    """

    meta: Meta
    basis: Basis
    scores: pd.DataFrame
    coverage: pd.DataFrame
    gaps: pd.DataFrame


def score(
    found: Basis,
    meta: Meta,
    *,
    method: str = "goalposts",
    methods: Sequence[str] = METHODS,
) -> Scored:
    """Score every territory.

    Parameters
    ----------
    meta
        What `tree` returns.
    method
        How indicators are normalised: "goalposts", "minmax", "zscore" or "prank". All are put on the scale of 1 to
        100: three standard deviations of a z-score reach from end to end, and nothing leaves it.
    methods
        The means of a sub-dimension, a factor and the overall score.

    Notes
    -----
    An indicator weighs nothing where it is missing; the others share its weight. There is no score of a sub-dimension
    with less than 0.5 of its weight, of a factor whose scored sub-dimensions hold less than 2/3 of its weight or with a
    sub-dimension in which nothing was measured in the place itself, and no overall score without both factors
    (method 3). Nothing is imputed.
    """
    present = found.data.reindex(columns=meta.indicators).notna()
    native = found.native.reindex(columns=meta.indicators).fillna(False).astype(bool)
    coverage = weighted_coverage(present, meta)
    usable, gaps = _usable(present, native, coverage, meta)
    data = found.data.reindex(columns=meta.indicators)
    scaling = Scaling(method)
    leaves = normalise(
        data,
        method,
        directions=meta.directions,
        limits=scaling.scale,
        lower=meta.lower,
        upper=meta.upper,
        scale=meta.scale,
        cap=True,
    )
    if method == "prank":
        leaves = LIMITS[0] + (LIMITS[1] - LIMITS[0]) * leaves
    leaves = leaves.clip(*LIMITS)
    above = aggregate(leaves.where(usable), meta, methods)
    if len(meta.at(3)) < len(FACTORS):
        above[OVERALL] = np.nan
    above.loc[above[meta.at(3)].isna().any(axis=1), OVERALL] = np.nan
    return Scored(meta, found, leaves.join(above), coverage, gaps)


def scenarios(found: Basis, meta: Meta, alike: pd.DataFrame | None = None, runs: int = 1000) -> Scenarios:
    """The runs that show how sure a rank is, ready to follow the weights (method 5).

    Parameters
    ----------
    alike
        territory and peer (`indicators.peers`): whose median fills a gap in the runs that fill them; that of all
        territories where there are no peers, or none of them has the figure.
    """
    data = found.data[meta.indicators]
    filled = data if alike is None else peer_median(data, alike)
    plan = Plan(runs=runs, aggregate=(METHODS, ("gmean",) * 3))
    return Scenarios.of(data, meta, plan, noise=found.spread[meta.indicators], filled=impute(filled, "median"))


def peer_median(data: pd.DataFrame, alike: pd.DataFrame) -> pd.DataFrame:
    """The data (territory x indicator) with every gap filled by the median of those of its peers that have the figure.

    `alike` has the columns territory and peer. What no peer has stays missing.
    """
    theirs = data.reindex(alike["peer"]).groupby(alike["territory"].to_numpy()).median()
    return data.fillna(theirs.reindex(data.index))


def robustness(prepared: Scenarios, scored: Scored) -> Robustness:
    """All runs under the weights of the scores, for every factor and the overall score."""
    codes = [*scored.meta.at(3), OVERALL]
    return prepared.run(scored.scores, weights=scored.meta.weights[scored.meta.codes].to_dict(), codes=codes)


def standings(runs: Robustness, code: str, within: pd.Series | None = None) -> pd.DataFrame:
    """Where every territory stands, with all that a place may be without anyone being wrong.

    Parameters
    ----------
    code
        A factor or the overall score.
    within
        The reference set; all territories where None.

    Returns
    -------
    One row per territory of the reference set with a score: rank, tied (how many share its score, itself included),
    median, first and last (the 5-95 % range in whole places, with its own place and all of its tie in it),
    p_top_quarter (missing where a tie lies across the quarter), class (the likeliest fifth, 1 the best), stable (false
    where a tie lies across classes, or its rank in another). Fewer than five have neither quarter nor fifths.
    """
    table = runs.ranges(code, within).dropna(subset=["rank"])
    count = len(table)
    table["tied"] = table.groupby("rank")["rank"].transform("size")
    lowest = table["rank"] + table["tied"] - 1
    table["first"] = np.minimum(np.floor(table["p05"]).fillna(np.inf), table["rank"])
    table["last"] = np.maximum(np.ceil(table["p95"]).fillna(0), lowest)
    quarter = np.ceil(count / 4)
    across = (table["rank"] <= quarter) & (lowest > quarter)
    table["p_top_quarter"] = table["p_top_quarter"].mask(across)
    fifths = np.ceil(count * np.arange(1, CLASSES) / CLASSES)
    own = [np.searchsorted(fifths, ends) + 1 for ends in (table["rank"], lowest)]
    table["stable"] = table["stable"].fillna(False).astype(bool) & (own[0] == own[1]) & (own[0] == table["class"])
    if count < CLASSES:
        table[["p_top_quarter", "class"]], table["stable"] = np.nan, False
    return pd.DataFrame(table[["rank", "tied", "median", "first", "last", "p_top_quarter", "class", "stable"]])


def weighted_coverage(present: pd.DataFrame, meta: Meta) -> pd.DataFrame:
    """The share of every aggregate's weight whose indicators are present (territory x aggregate, 0-1)."""
    there, weights = present[meta.indicators].to_numpy(float), _shares(meta)
    return pd.DataFrame(there @ np.column_stack(list(weights.values())), present.index, list(weights))


def leaf_shares(meta: Meta) -> dict[str, pd.Series]:
    """For every aggregate the share of its weight that each indicator below it has; they add up to 1."""
    return {code: pd.Series(own, meta.indicators).reindex(meta.leaves(code)) for code, own in _shares(meta).items()}


def _shares(meta: Meta) -> dict[str, Shares]:
    """For every aggregate the share of its weight that each indicator has, 0 for those not below it."""
    weights = meta.weights.to_dict()
    found = dict(zip(meta.indicators, np.eye(len(meta.indicators)), strict=True))
    for code in meta.aggregates:
        children = meta.children(code)
        found[code] = np.average([found[child] for child in children], axis=0, weights=[weights[c] for c in children])
    return {code: found[code] for code in meta.aggregates}


def _usable(
    present: pd.DataFrame, native: pd.DataFrame, coverage: pd.DataFrame, meta: Meta
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which figures may enter a score, and why a factor has none."""
    there, measured, weights = present.to_numpy(), native.to_numpy(), _shares(meta)
    usable = there.copy()
    gaps = {}
    for factor in meta.at(3):
        unmeasured = np.zeros(len(there), dtype=bool)
        for dimension in meta.children(factor):
            own = weights[dimension] > 0
            usable[:, own] &= (coverage[dimension] >= LEAST_OF_DIMENSION - 1e-9).to_numpy()[:, None]
            unmeasured |= ~measured[:, own].any(axis=1)
        little = usable @ weights[factor] < LEAST_OF_FACTOR - 1e-9
        usable[:, weights[factor] > 0] &= ~(little | unmeasured)[:, None]
        gaps[factor] = [
            "weight" if few else "native" if none else None for few, none in zip(little, unmeasured, strict=True)
        ]
    return pd.DataFrame(usable, present.index, present.columns), pd.DataFrame(gaps, present.index, dtype=object)

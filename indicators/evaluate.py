"""Observations to indicator values: sum the counts, compute once, keep the reason where a value is missing."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from data.model import BORDER_MOVES, COUNTRY, RURAL, Break, Level, Measure, Status
from indicators import own_tables
from indicators.catalogue import native_level
from indicators.model import Indicator, Input
from indicators.smoothing import alone, empirical_bayes

COLUMNS = (
    "territory",
    "level",
    "period",
    "indicator",
    "value",
    "smoothed",
    "low",
    "high",
    "sd",
    "status",
    "native_level",
    "coverage",
    "small_base",
)
BESIDE = ("smoothed", "low", "high", "sd")
"""What stands beside the plain value of a small number."""

LEAST_COVERAGE = 0.8
"""An aggregate needs its parts from territories with at least this share of its residents."""
DECIMALS = 12
"""Values are rounded here, so that a whole share is 100 and not 100.00000000000001."""
SMALL_NUMERATOR = 20
SMALL_BASE = 100

RANKED: tuple[Status | None, ...] = (
    "final",
    "provisional",
    "estimated",
    None,
    "not_applicable",
    "suppressed",
    "not_published",
)
"""The states of a cell by rank; None is "not collected". A result takes the highest state among its parts."""
ESTIMATED = RANKED.index("estimated")
ABSENT = RANKED.index(None)
NOT_APPLICABLE = RANKED.index("not_applicable")
NOT_PUBLISHED = RANKED.index("not_published")

Values = npt.NDArray[np.float64]
States = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


def evaluate(
    indicators: Mapping[str, Indicator],
    observations: pd.DataFrame,
    territories: pd.DataFrame,
    measures: Mapping[str, Measure],
) -> pd.DataFrame:
    """Compute every indicator at every level, in every period for which its inputs were collected.

    Parameters
    ----------
    observations
        territory, period, measure, value, status; unique by the first three.
    territories
        code, level, kind, parent (of a unit: its municipality).
    measures
        The declarations of the measures by id. An indicator with a measure that is not among them has no values.

    Returns
    -------
    DataFrame
        territory, level (unit, municipality, country, group), period, indicator, value, smoothed, low, high, sd,
        status, native_level, coverage (0-1), small_base; in the order of the indicators, then units and
        municipalities by code, the country, and the group of all parishes ("LV-RURAL"). No row means not collected.

    Notes
    -----
    Counts are summed, rates never averaged: an aggregate is computed from the sums over those territories for which
    *all* its inputs are known, so that numerator and base always speak of the same places. `coverage` is the share
    of residents who live there; below 0.8 there is no value and the reason of the missing part stands
    ("not_published" where that part was never collected). Parts that are not applicable do not belong to the whole.
    A unit has no value where its inputs stand in different borders (`_Borders`), and parishes pooled leave it out;
    municipalities and the country keep it in their sums, since the borders moved inside their municipality. A sum over
    years or a comparison with an earlier year that crosses a break of its measure counts as not collected. An
    indicator has rows for the periods in which each of its inputs was collected somewhere. An indicator that needs
    a figure of the municipality is computed for municipalities and copied to their units, which `native_level`
    shows; parishes pooled have no such value. An aggregate is estimated or provisional when parts with more than
    0.2 of its residents are.

    `value` is always the plain figure, which can be checked against the publisher. Beside it, NaN where they do not
    apply: `smoothed`, `low`, `high` (5 and 95 %) and `sd` of small-number rates by empirical Bayes (`_smooth`), and
    `smoothed` of values that borrow strength from their municipality (`_borrow`). Scores use `smoothed` where there
    is one. Values copied from a municipality are not smoothed.

    Indicators of the product's own tables are computed last, from the values of all others (`own_tables.observe`).
    """
    own = {name: entry for name, entry in indicators.items() if own_tables.reads_own_tables(entry.measures)}
    others = {name: entry for name, entry in indicators.items() if name not in own}
    tables = _evaluate(others, observations, territories, measures)
    if own and tables:
        known = own_tables.observe(pd.concat(tables, ignore_index=True))
        residents = observations[observations["measure"] == "residents"]
        tables += _evaluate(own, pd.concat([residents, known], ignore_index=True), territories, measures)
    order = {name: place for place, name in enumerate(indicators)}
    tables = sorted((table for table in tables if len(table)), key=lambda table: order[str(table["indicator"].iloc[0])])
    return _joined(tables) if tables else pd.DataFrame(columns=list(COLUMNS))


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The tables below one another, each column of text in one piece: rows are taken from many pieces slowly."""
    whole = pd.concat(tables, ignore_index=True)
    text = pa.Table.from_pandas(whole.select_dtypes("str"), preserve_index=False)
    return whole.assign(**text.combine_chunks().to_pandas())


def _evaluate(
    indicators: Mapping[str, Indicator],
    observations: pd.DataFrame,
    territories: pd.DataFrame,
    measures: Mapping[str, Measure],
) -> list[pd.DataFrame]:
    """A table for each indicator whose measures are all declared."""
    chosen = [entry for entry in indicators.values() if measures.keys() >= set(entry.measures)]
    needed = {measure for entry in chosen for measure in entry.measures}
    used = observations[observations["measure"].isin(needed)]
    ground = _Ground.of(territories, sorted(used["period"].unique()))
    layers = _layers(used, {name: measures[name] for name in needed}, ground)
    weights = _weights(observations, ground)
    borders = _Borders.of(observations, ground)
    return [_compute(entry, layers, measures, ground, weights, borders) for entry in chosen]


@dataclass(frozen=True)
class _Layer:
    """Figures of one measure or input, territory x period, with the state of every cell; NaN where unusable."""

    values: Values
    states: States

    @property
    def usable(self) -> Mask:
        return self.states < ABSENT

    @property
    def collected(self) -> Mask:
        """The periods in which the figure was collected somewhere, even if without a value."""
        return (self.states != ABSENT).any(axis=0)

    def at(self, source: npt.NDArray[np.intp]) -> _Layer:
        """The layer with period `source[j]` in the place of period j; -1 stands for a period nobody collected."""
        states = np.where(source >= 0, self.states[:, source], ABSENT).astype(np.int8)
        return _Layer(np.where(states < ABSENT, self.values[:, source], np.nan), states)


@dataclass(frozen=True)
class _Ground:
    """The territories as rows (units, municipalities, country, rural group) and who belongs to whom."""

    units: pd.Index
    municipalities: pd.Index
    parents: npt.NDArray[np.intp]
    """Row of each unit's municipality among the municipalities."""
    parishes: Mask
    periods: list[str]

    @classmethod
    def of(cls, territories: pd.DataFrame, periods: list[str]) -> _Ground:
        by_level = {level: rows.sort_values("code") for level, rows in territories.groupby("level", observed=True)}
        units, municipalities = by_level["unit"], pd.Index(by_level["municipality"]["code"])
        parents = municipalities.get_indexer(pd.Index(units["parent"]))
        if (parents < 0).any():
            raise ValueError(f"units without a municipality: {units['code'][parents < 0].tolist()}")
        return cls(pd.Index(units["code"]), municipalities, parents, (units["kind"] == "parish").to_numpy(), periods)

    @cached_property
    def codes(self) -> list[str]:
        return [*self.units, *self.municipalities, COUNTRY, RURAL]

    @cached_property
    def levels(self) -> list[str]:
        return ["unit"] * len(self.units) + ["municipality"] * len(self.municipalities) + ["country", "group"]

    @property
    def is_own_municipality(self) -> Mask:
        """Units that are a municipality by themselves: the state cities."""
        return np.asarray(self.municipalities[self.parents] == self.units)

    def members(self, level: str) -> Mask:
        """Which units belong to each municipality, to the country, or to the group of parishes (aggregates x units)."""
        if level == "municipality":
            return self.parents[None, :] == np.arange(len(self.municipalities))[:, None]
        return np.ones((1, len(self.units)), dtype=bool) if level == "country" else self.parishes[None, :]

    def earlier(self, years: int, breaks: Sequence[Break] = ()) -> npt.NDArray[np.intp]:
        """For every period the place of the one so many years before it, or -1; -1 too where a break lies between."""
        place = {period: i for i, period in enumerate(self.periods)}
        before = [f"{int(p[:4]) - years}{p[4:]}" for p in self.periods]
        cut = [any(b < entry.period <= p for entry in breaks) for b, p in zip(before, self.periods, strict=True)]
        return np.array([-1 if c else place.get(b, -1) for b, c in zip(before, cut, strict=True)], dtype=np.intp)


@dataclass(frozen=True)
class _Borders:
    """How often each unit's border had moved by the beginning of each year (units x years)."""

    first: int
    moves: Values

    @classmethod
    def of(cls, observations: pd.DataFrame, ground: _Ground) -> _Borders:
        rows = observations[(observations["measure"] == BORDER_MOVES) & observations["value"].gt(0)]
        years = rows["period"].astype(int)
        first = int(years.min()) - 1 if len(years) else 0
        moved = np.zeros((len(ground.units), int(years.max()) - first + 1 if len(years) else 1))
        moved[ground.units.get_indexer(pd.Index(rows["territory"])), years - first] = 1
        return cls(first, moved.cumsum(axis=1))

    def at(self, years: npt.NDArray[np.int_]) -> Values:
        return self.moves[:, np.clip(years - self.first, 0, self.moves.shape[1] - 1)]

    def crossed(self, entries: Iterable[Input], measures: Mapping[str, Measure], ground: _Ground) -> Mask:
        """Units and periods in which the figures of the entries stand in different borders."""
        years = np.array([int(period[:4]) for period in ground.periods])
        seen: list[Values] = []
        for entry in entries:
            lead = measures[entry.measure].lead
            if lead is None:
                seen.append(np.repeat(self.moves[:, -1:], len(years), axis=1))
            else:
                seen += [self.at(years + lead - entry.lag - back) for back in range(entry.window)]
        shape = (len(ground.units), len(years))
        return np.ptp(seen, axis=0) > 0 if seen else np.zeros(shape, dtype=bool)


def _layers(observations: pd.DataFrame, measures: Mapping[str, Measure], ground: _Ground) -> dict[str, _Layer]:
    """Each measure as a dense table over the territories of its own level."""
    places = {"unit": ground.units, "municipality": ground.municipalities, "country": pd.Index([COUNTRY])}
    period = pd.Index(ground.periods).get_indexer(pd.Index(observations["period"]))
    ranks = {name: rank for rank, name in enumerate(RANKED) if name}
    state = observations["status"].map(ranks).to_numpy(dtype=np.int8)
    value = observations["value"].to_numpy(dtype=float)
    rows_of = {level: codes.get_indexer(pd.Index(observations["territory"])) for level, codes in places.items()}
    chosen = observations.groupby("measure", observed=True).indices
    layers = {}
    for name, measure in measures.items():
        if measure.level not in places:
            raise ValueError(f"{name}: indicators cannot be computed from {measure.level} figures")
        layer = _nothing(len(places[measure.level]), len(ground.periods))
        found = np.asarray(chosen.get(name, []), dtype=np.intp)
        rows = rows_of[measure.level][found]
        cells = (rows[rows >= 0], period[found][rows >= 0])
        layer.values[cells], layer.states[cells] = value[found][rows >= 0], state[found][rows >= 0]
        layer.values[~layer.usable] = np.nan
        layers[name] = _for_all_periods(layer) if measure.timeless else layer
    return layers


def _nothing(rows: int, periods: int) -> _Layer:
    return _Layer(np.full((rows, periods), np.nan), np.full((rows, periods), ABSENT, dtype=np.int8))


def _for_all_periods(layer: _Layer) -> _Layer:
    """The newest figure of each territory in every period."""
    collected = layer.states != ABSENT
    newest = np.where(collected.any(axis=1), collected.shape[1] - 1 - collected[:, ::-1].argmax(axis=1), 0)
    rows = np.arange(len(newest))
    width = (1, layer.states.shape[1])
    return _Layer(
        np.tile(layer.values[rows, newest][:, None], width), np.tile(layer.states[rows, newest][:, None], width)
    )


def _weights(observations: pd.DataFrame, ground: _Ground) -> Values:
    """Residents of each unit in (or nearest to) the year of each period; 1 where the residents are unknown."""
    residents = observations[(observations["measure"] == "residents") & observations["value"].notna()]
    table = residents.pivot_table(index="territory", columns="period", values="value", aggfunc="first")
    years = [period[:4] for period in ground.periods]
    wanted = sorted({*years, *table.columns})
    filled = table.reindex(index=ground.units, columns=wanted).ffill(axis=1).bfill(axis=1)
    return filled[years].fillna(1.0).to_numpy(dtype=float)


def _inputs(
    entries: Iterable[Input], layers: Mapping[str, _Layer], measures: Mapping[str, Measure], ground: _Ground
) -> dict[str, _Layer]:
    """The layers of an indicator's inputs by name: windows summed, lags shifted, held figures carried on.

    No sum and no comparison crosses a break of its measure.
    """
    taken: dict[str, _Layer] = {}
    held: dict[str, tuple[_Layer, int]] = {}
    for entry in entries:
        layer = layers[entry.measure]
        if entry.held:
            held[entry.name] = (layer, entry.held)
        elif entry.lag or entry.window > 1:
            breaks = measures[entry.measure].breaks
            parts = [layer.at(ground.earlier(entry.lag + back, breaks)) for back in range(entry.window)]
            states = np.maximum.reduce([part.states for part in parts])
            states[:, ~np.logical_and.reduce([part.collected for part in parts])] = ABSENT
            taken[entry.name] = _Layer(np.add.reduce([part.values for part in parts]), states)
        else:
            taken[entry.name] = layer
    return taken | _hold(held, ground)


def _hold(held: Mapping[str, tuple[_Layer, int]], ground: _Ground) -> dict[str, _Layer]:
    """Carry figures on: for each cell the newest year in which all held inputs are known, marked estimated if older."""
    if not held:
        return {}
    known = np.logical_and.reduce([layer.usable for layer, _ in held.values()])
    result = {name: _Layer(layer.values.copy(), layer.states.copy()) for name, (layer, _) in held.items()}
    open_cells = ~known
    for years in range(1, max(years for _, years in held.values()) + 1):
        source = ground.earlier(years)
        fill = open_cells & np.where(source >= 0, known[:, source], False)
        for name, (layer, limit) in held.items():
            if years <= limit:
                result[name].values[fill] = layer.values[:, source][fill]
                result[name].states[fill] = np.maximum(layer.states[:, source], ESTIMATED)[fill]
        open_cells &= ~fill
    return result


@dataclass(frozen=True)
class _Table:
    """The figures of an indicator's inputs over rows x periods, with the state and the coverage they share."""

    values: dict[str, Values]
    states: States
    coverage: Values

    @property
    def known(self) -> Mask:
        return self.states < ABSENT

    def beside(self, layers: Mapping[str, _Layer], decisive: Container[str]) -> _Table:
        """The table with further figures of the same rows; the decisive ones have a say in its state."""
        states = [self.states, *(layer.states for name, layer in layers.items() if name in decisive)]
        values = self.values | {name: layer.values for name, layer in layers.items()}
        return _Table(values, np.maximum.reduce(states), self.coverage)

    def over(self, others: Sequence[_Table]) -> _Table:
        """The table with the rows of others under its own."""
        tables = [self, *others]
        return _Table(
            {name: np.vstack([table.values[name] for table in tables]) for name in self.values},
            np.vstack([table.states for table in tables]),
            np.vstack([table.coverage for table in tables]),
        )


def _sum(parts: _Table, members: Mask, weights: Values) -> _Table:
    """Sum to the aggregates those parts whose inputs are all known; where they cover too little the reason stays."""
    covered = members @ (weights * parts.coverage * parts.known)
    whole = members @ (weights * (parts.states != NOT_APPLICABLE))
    coverage = np.divide(covered, whole, out=np.zeros_like(whole), where=whole > 0)
    known, missing = np.zeros(whole.shape, np.int8), np.full(whole.shape, ABSENT, np.int8)
    for rank in range(1, ABSENT):
        known[members @ (weights * (parts.states == rank)) > (1 - LEAST_COVERAGE) * whole] = rank
    for rank in range(ABSENT + 1, len(RANKED)):
        missing[(members @ (parts.states == rank).astype(float)) > 0] = rank
    collected = (members @ (parts.states != ABSENT).astype(float)) > 0
    reason = np.where(missing == ABSENT, NOT_PUBLISHED, missing)
    states = np.where(coverage >= LEAST_COVERAGE - 1e-9, known, np.where(collected, reason, ABSENT))
    sums = {name: members @ np.where(parts.known, np.nan_to_num(rows), 0.0) for name, rows in parts.values.items()}
    return _Table(sums, states.astype(np.int8), coverage)


def _gather(
    figures: Mapping[str, _Layer],
    levels: Mapping[str, Level],
    own: Container[str],
    ground: _Ground,
    weights: Values,
    moved: Mask,
) -> tuple[_Table, _Table]:
    """The figures of units and municipalities: as the units give them, and summed up to the country.

    Units whose border moved have no part in the rural group. The second table holds units, municipalities, country
    and rural group; when one of the indicator's own inputs is a municipality's figure, only municipalities and
    country.
    """
    units = _nowhere(len(ground.units), len(ground.periods)).beside(
        {n: layer for n, layer in figures.items() if levels[n] == "unit"}, own
    )
    if not any(levels[name] == "municipality" for name in figures):
        sums = [_sum(units, ground.members(of), weights) for of in ("municipality", "country")]
        still = replace(units, states=np.where(units.known & moved, NOT_APPLICABLE, units.states).astype(np.int8))
        return units, units.over([*sums, _sum(still, ground.members("group"), weights)])
    towns = ground.members("municipality")
    table = _sum(units, towns, weights)
    table = table.beside({n: layer for n, layer in figures.items() if levels[n] == "municipality"}, own)
    return units, table.over([_sum(table, np.ones((1, len(towns)), dtype=bool), towns @ weights)])


def _compute(
    indicator: Indicator,
    layers: Mapping[str, _Layer],
    measures: Mapping[str, Measure],
    ground: _Ground,
    weights: Values,
    borders: _Borders,
) -> pd.DataFrame:
    """One indicator in all rows and periods in which something was collected."""
    entries = {entry.name: entry for entry in _entries(indicator)}
    own = [entry.name for entry in indicator.inputs]
    figures = _inputs(entries.values(), layers, measures, ground)
    levels = {name: measures[entry.measure].level for name, entry in entries.items()}
    local = {n: figures[n] for n, entry in entries.items() if levels[n] != "country" and not entry.national}
    fixed = [e for n, e in entries.items() if n in local and n in own and levels[n] == "unit" and not e.held]
    moved = borders.crossed(fixed, measures, ground)
    units, table = _gather(local, levels, own, ground, weights, moved)
    states = table.states
    if not all(measures[entries[name].measure].additive for name in own if name in local):
        finest = len(ground.municipalities if len(states) < len(ground.units) else ground.units)
        states = np.where(np.arange(len(states))[:, None] < finest, states, ABSENT)

    values = dict(table.values)
    for name in entries.keys() - local.keys():
        figure = figures[name].values
        if entries[name].national:
            figure = np.where(units.known, np.nan_to_num(figure), 0.0).sum(axis=0)
        elif name in own:
            states = np.maximum(states, figures[name].states)
        values[name] = np.broadcast_to(figure, states.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        outcome = indicator.compute(**{name: pd.Series(np.ravel(values[name])) for name in own})
        part, whole = (values[name] for name in indicator.coverage or (own[0], own[0]))
        share = np.clip(np.nan_to_num(part / whole), 0.0, 1.0) if indicator.coverage else 1.0
    outcome = outcome.to_numpy(dtype=float).round(DECIMALS).reshape(states.shape)
    states = np.where((states < ABSENT) & ~np.isfinite(outcome), NOT_APPLICABLE, states)
    if len(states) > len(ground.units):
        here = np.zeros(states.shape, dtype=bool)
        here[: len(ground.units)] = moved
        states = np.where((states < ABSENT) & here, NOT_APPLICABLE, states)
    states = np.where(np.logical_and.reduce([figures[name].collected for name in own]), states, ABSENT)
    beside = {name: np.full(states.shape, np.nan) for name in BESIDE}
    if indicator.family:
        beside = _smooth(indicator, values, states, ground)
    elif indicator.borrows:
        beside["smoothed"], beside["sd"] = _borrow(indicator, values, outcome, states, ground)
        states = np.where(np.isnan(beside["smoothed"]), states, ESTIMATED)
    native = native_level(indicator, measures)
    figures_of = {"value": outcome, **beside}
    return _rows(indicator, native, figures_of, states, table.coverage * share, _small(indicator, values), ground)


def _pools(rows: int, ground: _Ground) -> list[npt.NDArray[np.intp]]:
    """The rows whose rates are drawn towards each other: parishes, towns and cities, municipalities."""
    units, municipalities = len(ground.units), len(ground.municipalities)
    if rows < units:
        return [np.arange(municipalities)]
    return [np.flatnonzero(ground.parishes), np.flatnonzero(~ground.parishes), units + np.arange(municipalities)]


def _smooth(
    indicator: Indicator, values: Mapping[str, Values], states: npt.NDArray[np.integer], ground: _Ground
) -> dict[str, Values]:
    """Empirical Bayes of a rate or share, towards the pooled rate of the same kind of place in the same period."""
    assert indicator.family
    cases, base = (values[entry.name] for entry in indicator.inputs)
    usable = (states < ABSENT) & (base > 0) & (cases >= 0)
    if indicator.family == "share":
        usable &= cases <= base
    one = pd.Series([1.0])
    per = float(indicator.compute(one, one).iloc[0])
    result = {name: np.full(states.shape, np.nan) for name in BESIDE}
    for rows in _pools(len(states), ground):
        known = usable[rows]
        found = empirical_bayes(
            np.where(known, cases[rows], np.nan), np.where(known, base[rows], np.nan), indicator.family
        )
        for name, part in zip(BESIDE, (found.mean, found.low, found.high, found.sd), strict=True):
            result[name][rows] = (per * part).round(DECIMALS)
    return result


def _borrow(
    indicator: Indicator,
    values: Mapping[str, Values],
    outcome: Values,
    states: npt.NDArray[np.integer],
    ground: _Ground,
) -> tuple[Values, Values]:
    """Units below their minimum, mixed with the rest of their municipality, NaN elsewhere; and how far off a unit is.

    The rest of a parish are the other parishes of its municipality, of a town its other towns: a town's network says
    little of the country around it. With w the least ratio of a unit's figures to the declared minimum (20 of 30 tests
    and 8 of 10 devices: 2/3), o the same ratio of the rest, at most 1, and x, y the values of both:
    (w x + o y) / (w + o). So the rest weighs as much as the minimum, or less where it does not reach it itself.

    That mean is the best guess if x and y miss the place's true value by s² / w and s² / o. So s² is the mean of
    (x - y)² / (1 / w + 1 / o) over the units of a period that reach the minimum, and the standard deviation is
    s / √(w + o), or s / √w for a unit that does not borrow.
    """
    units = slice(0, len(ground.units))
    kind = 2 * ground.parents + ground.parishes
    others = (kind[:, None] == kind[None, :]) & ~np.eye(len(kind), dtype=bool)
    names = {entry.name for entry in indicator.inputs} | {name for name, _ in indicator.minimum}
    rest = {name: others.astype(float) @ np.nan_to_num(values[name][units]) for name in names}
    own = np.minimum.reduce([values[name][units] / least for name, least in indicator.minimum])
    other = np.minimum.reduce([rest[name] / least for name, least in indicator.minimum]).clip(max=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        there = indicator.compute(**{e.name: pd.Series(np.ravel(rest[e.name])) for e in indicator.inputs})
        mixed = (own * outcome[units] + other * there.to_numpy(dtype=float).reshape(own.shape)) / (own + other)
        miss = (outcome[units] - there.to_numpy(dtype=float).reshape(own.shape)) ** 2 / (1 / own + 1 / other)
        known = (states[units] < ABSENT) & np.isfinite(mixed)
        weak = known & (own < 1) & (other > 0)
        sure = known & (own >= 1) & (other > 0)
        spread = np.sqrt(np.where(sure, miss, 0).sum(axis=0) / sure.sum(axis=0))
        sd = spread / np.sqrt(np.where(weak, own + other, own))
    result, error = np.full((2, *states.shape), np.nan)
    result[units] = np.where(weak, mixed.round(DECIMALS), np.nan)
    error[units] = np.where((states[units] < ABSENT) & np.isfinite(sd), sd.round(DECIMALS), np.nan)
    return result, error


def _small(indicator: Indicator, values: Mapping[str, Values]) -> Mask:
    """Where a value rests on a numerator of 20 or less, a base under 100, or less than the declared minimum."""
    limits = [(name, least) for name, least in indicator.minimum]
    if indicator.base:
        limits.append((indicator.base, SMALL_BASE))
    below = [values[name] < least for name, least in limits]
    if indicator.numerator:
        below.append(np.abs(values[indicator.numerator]) <= SMALL_NUMERATOR)
    return np.logical_or.reduce(below) if below else np.zeros_like(next(iter(values.values())), dtype=bool)


def _rows(
    indicator: Indicator,
    native: Level,
    figures: Mapping[str, Values],
    states: npt.NDArray[np.integer],
    coverage: Values,
    small: Mask,
    ground: _Ground,
) -> pd.DataFrame:
    """The long table of one indicator; what only municipalities have is copied to their units."""
    order = np.arange(len(states))
    if len(states) < len(ground.units):
        order = np.concatenate([ground.parents, order])
    states = states[order]
    levels = np.array(ground.levels)[: len(order)]
    if indicator.estimated:
        published = (levels == native) & (native == "country")
        states = np.where((states < ABSENT) & ~published[:, None], np.maximum(states, ESTIMATED), states)
    own_municipality = np.zeros(len(order), dtype=bool)
    own_municipality[: len(ground.units)] = ground.is_own_municipality & (native == "municipality")

    row, period = np.nonzero(states != ABSENT)
    source, state = (order[row], period), states[row, period]
    copied = (native == "municipality") & (row < len(ground.units)) & ~own_municipality[row]
    missing = {"value": state >= ABSENT} | dict.fromkeys(BESIDE, (state >= ABSENT) | copied)
    columns = {
        "territory": _labels(ground.codes, row),
        "level": _labels(ground.levels, row),
        "period": _labels(ground.periods, period),
        "indicator": _labels([indicator.id], np.zeros_like(row)),
        **{name: np.where(missing[name], np.nan, figure[source]) for name, figure in figures.items()},
        "status": _labels([name or "" for name in RANKED], state),
        "native_level": _labels([native, "unit"], own_municipality[row].astype(np.intp)),
        "coverage": coverage[source],
        "small_base": small[source] & (state < ABSENT),
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


def _labels(names: Sequence[str], places: npt.NDArray[np.integer]) -> pd.Series:
    return pd.Series(pd.array(list(names), dtype="str").take(places))


# --- areas joined from units ---

AREA = "area"
"""The level of what is joined from units, and the native level of its own figures."""


class Joined:
    """Evaluates areas joined from units, through the same declarations: counts are summed, rates computed from them.

    Made once for a snapshot; `values` then takes a fraction of a second. Unlike a municipality an area is drawn
    towards no others, as there are none of its kind: rates of small numbers have Jeffreys' interval (`alone`).

    Parameters
    ----------
    indicators, observations, territories, measures
        As for `evaluate`.
    values
        What `evaluate` made of them.
    """

    def __init__(
        self,
        indicators: Mapping[str, Indicator],
        observations: pd.DataFrame,
        territories: pd.DataFrame,
        measures: Mapping[str, Measure],
        values: pd.DataFrame,
    ) -> None:
        known = {id: entry for id, entry in indicators.items() if measures.keys() >= set(entry.measures)}
        self._indicators = {id: entry for id, entry in known.items() if not own_tables.reads_own_tables(entry.measures)}
        self._own = {id: entry for id, entry in known.items() if id not in self._indicators}
        self._order = list(known)
        self._measures = measures
        needed = {name for entry in self._indicators.values() for name in entry.measures}
        used = observations[observations["measure"].isin(needed)]
        self._ground = ground = _Ground.of(territories, sorted(used["period"].unique()))
        self._layers = _layers(used, {name: measures[name] for name in needed}, ground)
        self._weights = _weights(observations, ground)
        self._borders = _Borders.of(observations, ground)
        self._plans = {id: self._plan(entry, values) for id, entry in self._indicators.items()}

    @property
    def units(self) -> pd.Index:
        """The codes an area may be joined from."""
        return self._ground.units

    def values(self, areas: Mapping[str, Collection[str]]) -> pd.DataFrame:
        """The values of some areas, each a collection of units.

        Returns
        -------
        DataFrame
            As `evaluate` gives it, with the level "area". A unit counts once however often it is named. Figures that
            only municipalities have are there for areas of whole municipalities; for others their status is
            "not_published". `native_level` is "area", or "country" for what is modelled.

        Raises
        ------
        ValueError
            If an area has a member that is no unit, or none at all.
        """
        ground = self._ground
        for name, codes in areas.items():
            if not codes or (unknown := [code for code in codes if code not in ground.units]):
                raise ValueError(f"{name}: {'no units' if not codes else 'no such units: ' + ', '.join(unknown)}")
        if not areas:
            return pd.DataFrame(columns=list(COLUMNS))
        members = np.array([ground.units.isin(list(codes)) for codes in areas.values()])
        towns = ground.members("municipality")
        inside = members.astype(float) @ towns.T == towns.sum(axis=1)
        whole = ((inside.astype(float) @ towns > 0) == members).all(axis=1)
        part = _Part(members, inside & whole[:, None], whole, np.flatnonzero(members.any(axis=0)))
        found = [self._one(entry, part, list(areas)) for entry in self._indicators.values()]
        table = pd.DataFrame({name: np.concatenate([columns[name] for columns in found]) for name in COLUMNS})
        own = self._own_values(table)
        order = {name: place for place, name in enumerate(self._order)}
        table = pd.concat([table, own], ignore_index=True) if len(own) else table
        return table.sort_values("indicator", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)

    def _plan(self, indicator: Indicator, values: pd.DataFrame) -> _Plan:
        entries = {entry.name: entry for entry in _entries(indicator)}
        own = [entry.name for entry in indicator.inputs]
        figures = _inputs(entries.values(), self._layers, self._measures, self._ground)
        levels = {name: self._measures[entry.measure].level for name, entry in entries.items()}
        fixed = [
            entry
            for entry in indicator.inputs
            if levels[entry.name] == "unit" and not entry.held and not entry.national
        ]
        moved = self._borders.crossed(fixed, self._measures, self._ground)
        local = [figures[n] for n in own if levels[n] == "unit" and not entries[n].national]
        known = np.logical_and.reduce([layer.usable for layer in local]) if local else None
        national = {
            name: np.where(known, np.nan_to_num(figures[name].values), 0.0).sum(axis=0)
            for name, entry in entries.items()
            if entry.national and known is not None
        }
        collected = np.logical_and.reduce([figures[name].collected for name in own])
        return _Plan(entries, levels, collected, national, moved, self._spread(indicator, values))

    def _spread(self, indicator: Indicator, values: pd.DataFrame) -> Values:
        """What the values of a borrowing indicator are off by where a unit has just its minimum, by period.

        `_borrow` gives a unit that does not borrow s / √w; this is s.
        """
        result = np.full(len(self._ground.periods), np.nan)
        if indicator.borrows:
            sure = (values["indicator"] == indicator.id) & (values["level"] == "unit") & values["sd"].notna()
            rows = values[sure & values["smoothed"].isna()]
            unit = self._ground.units.get_indexer(pd.Index(rows["territory"].astype(str)))
            when = pd.Index(self._ground.periods).get_indexer(pd.Index(rows["period"].astype(str)))
            ratios = [self._layers[name].values[unit, when] / least for name, least in indicator.minimum]
            each = pd.Series(rows["sd"].to_numpy(float) * np.sqrt(np.minimum.reduce(ratios)))
            found = each.groupby(when).median()
            result[found.index.to_numpy(dtype=np.intp)] = found.to_numpy()
        return result

    def _one(self, indicator: Indicator, part: _Part, codes: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """One indicator of all areas."""
        plan, ground = self._plans[indicator.id], self._ground
        own = [entry.name for entry in indicator.inputs]
        needed = {entry.measure for entry in plan.entries.values()}
        layers = {
            name: _Layer(layer.values[part.rows], layer.states[part.rows])
            if self._measures[name].level == "unit"
            else layer
            for name, layer in self._layers.items()
            if name in needed
        }
        figures = _inputs(plan.entries.values(), layers, self._measures, ground)
        local = {n: figures[n] for n, e in plan.entries.items() if plan.levels[n] != "country" and not e.national}
        by_unit = {n: layer for n, layer in local.items() if plan.levels[n] == "unit"}
        by_town = {n: layer for n, layer in local.items() if plan.levels[n] == "municipality"}
        shape = (len(codes), len(ground.periods))
        units = _nowhere(len(part.rows), len(ground.periods)).beside(by_unit, own)
        if by_town:
            towns = ground.members("municipality")
            table = _sum(units, towns[:, part.rows], self._weights[part.rows]).beside(by_town, own)
            table = _sum(table, part.towns, towns @ self._weights)
            table = replace(table, states=np.where(table.states == ABSENT, NOT_PUBLISHED, table.states).astype(np.int8))
        elif by_unit:
            table = self._summed(units, part, plan.moved[part.rows])
        else:
            table = _nowhere(*shape)
        states, values = table.states, dict(table.values)
        if not all(self._measures[plan.entries[name].measure].additive for name in own if name in local):
            states = np.full(shape, NOT_APPLICABLE, np.int8)
        for name in plan.entries.keys() - local.keys():
            if plan.entries[name].national:
                values[name] = np.broadcast_to(plan.national[name], shape)
            else:
                values[name] = np.broadcast_to(figures[name].values, shape)
                states = np.maximum(states, figures[name].states) if name in own else states
        with np.errstate(divide="ignore", invalid="ignore"):
            outcome = indicator.compute(**{name: pd.Series(np.ravel(values[name])) for name in own})
            one, whole = (values[name] for name in indicator.coverage or (own[0], own[0]))
            share = np.clip(np.nan_to_num(one / whole), 0.0, 1.0) if indicator.coverage else 1.0
        outcome = outcome.to_numpy(dtype=float).round(DECIMALS).reshape(shape)
        states = np.where((states < ABSENT) & ~np.isfinite(outcome), NOT_APPLICABLE, states)
        native = native_level(indicator, self._measures)
        if indicator.estimated:
            states = np.where(states < ABSENT, np.maximum(states, ESTIMATED), states)
        figures_of = {"value": outcome, **self._beside(indicator, plan, values, states)}
        return self._table(
            indicator,
            "country" if native == "country" else AREA,
            figures_of,
            np.where(plan.collected, states, ABSENT),
            table.coverage * share,
            _small(indicator, values),
            codes,
        )

    def _summed(self, units: _Table, part: _Part, moved: Mask) -> _Table:
        """Unit figures summed to areas; a unit whose border moved counts only where its municipality is whole."""
        members, weights = part.members[:, part.rows], self._weights[part.rows]
        plain = _sum(units, members, weights)
        if not moved.any():
            return plain
        still = replace(units, states=np.where(units.known & moved, NOT_APPLICABLE, units.states).astype(np.int8))
        without = _sum(still, members, weights)
        whole = part.whole[:, None]
        return _Table(
            {name: np.where(whole, figure, without.values[name]) for name, figure in plain.values.items()},
            np.where(whole, plain.states, without.states).astype(np.int8),
            np.where(whole, plain.coverage, without.coverage),
        )

    def _beside(
        self, indicator: Indicator, plan: _Plan, values: Mapping[str, Values], states: npt.NDArray[np.integer]
    ) -> dict[str, Values]:
        """The standard deviation of an area's value and its interval, where chance has a say."""
        beside = {name: np.full(states.shape, np.nan) for name in BESIDE}
        if indicator.family:
            cases, base = (values[entry.name] for entry in indicator.inputs)
            usable = (states < ABSENT) & (base > 0) & (cases >= 0)
            if indicator.family == "share":
                usable &= cases <= base
            per = float(indicator.compute(pd.Series([1.0]), pd.Series([1.0])).iloc[0])
            found = alone(np.where(usable, cases, np.nan), np.where(usable, base, np.nan), indicator.family)
            for name, figure in zip(("sd", "low", "high"), found, strict=True):
                beside[name] = (per * figure).round(DECIMALS)
        elif indicator.borrows:
            own = np.minimum.reduce([values[name] / least for name, least in indicator.minimum])
            with np.errstate(divide="ignore", invalid="ignore"):
                beside["sd"] = np.where(states < ABSENT, plan.spread / np.sqrt(own), np.nan).round(DECIMALS)
        return beside

    def _table(
        self,
        indicator: Indicator,
        native: str,
        figures: Mapping[str, Values],
        states: npt.NDArray[np.integer],
        coverage: Values,
        small: Mask,
        codes: Sequence[str],
    ) -> dict[str, npt.NDArray[Any]]:
        """The columns of the long table."""
        row, period = np.nonzero(states != ABSENT)
        state = states[row, period]
        same = partial(np.full, len(row), dtype=object)
        return {
            "territory": np.array(codes, dtype=object)[row],
            "level": same(AREA),
            "period": np.array(self._ground.periods, dtype=object)[period],
            "indicator": same(indicator.id),
            **{name: np.where(state >= ABSENT, np.nan, figure[row, period]) for name, figure in figures.items()},
            "status": np.array([name or "" for name in RANKED], dtype=object)[state],
            "native_level": same(native),
            "coverage": coverage[row, period],
            "small_base": small[row, period] & (state < ABSENT),
        }

    def _own_values(self, table: pd.DataFrame) -> pd.DataFrame:
        """The indicators of the product's own tables: what is known of an area as of a unit."""
        if not self._own:
            return pd.DataFrame(columns=list(COLUMNS))
        as_units = table.assign(level="unit", native_level=table["native_level"].replace(AREA, "unit"))
        known = own_tables.observe(as_units)
        if known.empty:
            return pd.DataFrame(columns=list(COLUMNS))
        wide = known.pivot_table(index="territory", columns="measure", values="value")
        period = str(known["period"].iloc[0])
        tables = []
        for entry in self._own.values():
            value = entry.compute(**{own.name: wide[own.measure] for own in entry.inputs}).round(DECIMALS)
            rows = pd.DataFrame({"territory": wide.index, "value": value.to_numpy(float)})
            rows = rows.assign(**dict.fromkeys(BESIDE, np.nan), level=AREA, period=period, indicator=entry.id)
            status = np.where(rows["value"].notna(), "final", "not_applicable")
            tables.append(rows.assign(status=status, native_level=AREA, coverage=1.0, small_base=False))
        return pd.DataFrame(pd.concat(tables, ignore_index=True), columns=list(COLUMNS))


@dataclass(frozen=True)
class _Part:
    """Areas x units, areas x municipalities that lie wholly inside, whether an area is made of such alone; `rows` are
    the units of any area."""

    members: Mask
    towns: Mask
    whole: Mask
    rows: npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Plan:
    """What of an indicator does not depend on the areas."""

    entries: dict[str, Input]
    levels: dict[str, Level]
    collected: Mask
    national: dict[str, Values]
    moved: Mask
    spread: Values


def _entries(indicator: Indicator) -> list[Input]:
    """All inputs of an indicator: of its function, its coverage and its minimum."""
    further = [*(indicator.coverage or ()), *(name for name, _ in indicator.minimum)]
    return [*map(Input.parse, further), *indicator.inputs]


def _nowhere(rows: int, periods: int) -> _Table:
    """A table without figures, for others to stand beside."""
    return _Table({}, np.zeros((rows, periods), np.int8), np.ones((rows, periods)))

"""What the page of comparisons shows: places and joined areas beside each other, in numbers and in words."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from data.model import COUNTRY, RURAL
from indicators import peers, success
from indicators.catalogue import FACTORS as ALL_FACTORS
from indicators.catalogue import THEMES
from indicators.comparison import (
    APART,
    Crowd,
    Crowds,
    Differences,
    Figures,
    Ranges,
    Verdict,
    collect,
    crowds,
    differences,
    periods_of,
    position,
    ranges,
    unlike,
)
from indicators.evaluate import AREA, Joined
from indicators.index.uncertainty import INDISTINGUISHABLE
from indicators.model import Better, Scale
from indicators.success import FACTORS, OVERALL
from reports.exhibit import Described
from ui import scores
from ui.cache import Loaded
from ui.comparison_address import NamedList
from ui.scores import Reckoned
from ui.text import alphabetical, amount, inflected, language, literal, number, say, short_period, tr
from ui.weights import PARISHES, UNITS

Against = Literal["rural", "country", "municipality", "region", "peers", "first"]
AGAINST: tuple[Against, ...] = ("rural", "country", "municipality", "region", "peers", "first")
SCORES = (*(factor.id for factor in FACTORS), OVERALL)
FAR_MORE = 200
"""From so many per cent on a difference is said in its unit."""
MISSING = "not_applicable"
KEPT_AREAS = 400
"""Areas whose values are kept at once; one is 60 kB."""
KEY_INDICATORS = (
    *("download_mbps", "upload_mbps", "latency_ms", "residents_30mbps_share", "residents_100mbps_share"),
    *("basic_skills_share", "online_share", "reference_usable_share", "reference_native_share"),
    *("company_taxpayers_rate", "employers_rate", "income_tax_per_payer", "local_income_tax_ratio"),
    *("distance_town_km", "residents", "population_change_5y", "older_share"),
    *("distance_grocery_km", "distance_pharmacy_km", "unemployed_share"),
)
"""What the table shows at first: what the scores rest on, and one or two of every other subject."""
MOST_UNLIKE = 12
"""How many rows the table of the greatest differences has."""


# --- what all visitors share ---


@dataclass(frozen=True, eq=False)
class Latest:
    """The newest figures of all territories, and who is compared with whom. Shared: read it, never change it."""

    years: dict[str, list[str]]
    """The periods in which an indicator can be compared, rising."""
    periods: dict[str, str]
    """The last of them: what is compared."""
    figures: Figures
    crowds: Crowds
    parishes: list[str]
    municipalities: list[str]
    units_of: dict[str, tuple[str, ...]]
    """The units of every municipality, region, of the country and of the parishes together."""
    parent: dict[str, str]
    region: dict[str, str]


def latest(loaded: Loaded) -> Latest:
    """The newest figures of a snapshot."""
    return _latest(loaded.snapshot.hash, loaded)


@st.cache_resource(max_entries=2, show_spinner=False)
def _latest(stamp: str, _loaded: Loaded) -> Latest:
    territories = _loaded.snapshot.territories
    units = territories[territories["level"] == "unit"]
    parishes = units.loc[units["kind"] == "parish", "code"].tolist()
    towns = territories.loc[territories["level"] == "municipality", "code"].tolist()
    found = periods_of(_loaded.values, len(units))
    years = {name: found[name] for name in _loaded.indicators if name in found}
    periods = {name: own[-1] for name, own in years.items()}
    figures = collect(_loaded.values, periods)
    groups = {
        **{str(code): tuple(rows["code"]) for code, rows in units.groupby("parent")},
        **{str(code): tuple(rows["code"]) for code, rows in units.groupby("region")},
        COUNTRY: tuple(units["code"]),
        RURAL: tuple(parishes),
    }
    both = pd.DataFrame(territories[territories["level"].isin(["unit", "municipality"])])
    both = both.drop_duplicates(subset=["code"])
    return Latest(
        years,
        periods,
        figures,
        crowds(figures, parishes, towns),
        parishes,
        towns,
        groups,
        dict(zip(units["code"], units["parent"], strict=True)),
        dict(zip(both["code"], both["region"], strict=True)),
    )


class Areas:
    """The values of joined areas: each is computed once and kept while others are not asked for instead."""

    def __init__(self, loaded: Loaded) -> None:
        snapshot = loaded.snapshot
        self._joined = Joined(
            loaded.indicators, snapshot.observations, snapshot.territories, snapshot.measures, loaded.values
        )
        self._kept: OrderedDict[tuple[str, ...], pd.DataFrame] = OrderedDict()
        self._scored: OrderedDict[tuple[object, ...], pd.Series] = OrderedDict()
        self._lock = threading.Lock()

    def values(self, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        """The values of areas, as `Joined.values` gives them, by the key each is asked for under."""
        members = {key: tuple(sorted(codes)) for key, codes in wanted.items()}
        with self._lock:
            new = {
                str(at): codes for at, codes in enumerate(dict.fromkeys(members.values())) if codes not in self._kept
            }
            found = self._joined.values(new) if new else pd.DataFrame()
            for key, codes in new.items():
                self._kept[codes] = found[found["territory"] == key]
            tables = [self._kept[codes].assign(territory=key) for key, codes in members.items()]
            for codes in members.values():
                self._kept.move_to_end(codes)
            while len(self._kept) > max(KEPT_AREAS, len(members)):
                self._kept.popitem(last=False)
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def scored(self, wanted: Mapping[str, Sequence[str]], found: Reckoned) -> pd.DataFrame:
        """The scores of areas by the rules of the units' own, in their columns; kept like the values.

        None where the scale of the scores is that of the units, so that an area has no place on it.
        """
        columns = found.scored.scores.columns
        if not wanted or found.weighting.scaling != "goalposts":
            return pd.DataFrame(columns=columns)
        keys = {key: (found.weighting.key, tuple(sorted(codes))) for key, codes in wanted.items()}
        new = {key: wanted[key] for key in wanted if keys[key] not in self._scored}
        if new:
            basis = success.area_basis(self.values(new), found.basis, found.indicators)
            made = success.score(basis, found.scored.meta, methods=found.weighting.methods).scores
            with self._lock:
                self._scored.update({keys[key]: made.loc[key].reindex(columns) for key in new})
        table = pd.DataFrame({key: self._scored[keys[key]] for key in wanted}).T.astype(float)
        with self._lock:
            while len(self._scored) > KEPT_AREAS:
                self._scored.popitem(last=False)
        return table


def areas(loaded: Loaded) -> Areas:
    """Where areas of a snapshot are evaluated."""
    return _areas(loaded.snapshot.hash, loaded)


@st.cache_resource(max_entries=2, show_spinner=False)
def _areas(stamp: str, _loaded: Loaded) -> Areas:
    return Areas(_loaded)


def features(loaded: Loaded) -> pd.DataFrame:
    """What makes parishes alike: the seven features of each, as `indicators.peers.features` gives them."""
    return _features(loaded.snapshot.hash, loaded)


@st.cache_resource(max_entries=2, show_spinner=False)
def _features(stamp: str, _loaded: Loaded) -> pd.DataFrame:
    found = peers.features(_loaded.values, _loaded.snapshot.territories)
    return found.loc[found.index.isin(latest(_loaded).parishes)]


def peers_of(loaded: Loaded, places: Sequence[str], weights: Mapping[str, float]) -> pd.DataFrame:
    """The parishes most like each of some (territory, rank, peer, distance) under weights of the features.

    Other places than parishes have none.
    """
    return peers.peers(features(loaded), weights=weights, of=places)


# --- places beside each other ---


@dataclass(frozen=True)
class Entry:
    """A row of the comparison: an indicator or a score, in the visitor's language.

    `group` is the number of a success factor, a theme, or "scores".
    """

    id: str
    title: str
    short: str
    unit: str
    decimals: int
    better: Better
    scale: Scale
    group: str
    when: str
    definition: str
    modelled: bool = False
    extensive: bool = False
    """A count that grows with the place: it is held against another place, never against many together."""

    def say(self, value: float | None, *, signed: bool = False) -> str:
        """A value or, signed, a difference with its unit; per cent differ by percentage points."""
        unit = tr("map.unit.points") if signed and self.unit == "%" else self.unit
        return amount(value, self.decimals, unit, signed=signed)


def entries(loaded: Loaded, found: Reckoned | None) -> dict[str, Entry]:
    """All that can be compared, in the order of the table: scores, success factors, themes."""
    rows: list[Entry] = []
    if found:
        years = sorted({when[:4] for when in found.basis.periods.values()})
        rows += [
            Entry(
                code,
                scores.title_of(code, found.indicators),
                scores.title_of(code, found.indicators),
                tr("compare.points"),
                1,
                "higher",
                "linear",
                "scores",
                "–".join(dict.fromkeys((years[0], years[-1]))),
                tr("compare.score_what", version=success.VERSION),
            )
            for code in SCORES
        ]
    for name, when in latest(loaded).periods.items():
        entry = loaded.indicators[name]
        rows.append(
            Entry(
                name,
                say(entry.title),
                say(entry.short),
                say(entry.unit),
                entry.decimals,
                entry.better,
                entry.scale,
                str(entry.factors[0]) if entry.factors else entry.theme,
                short_period(when),
                say(entry.definition),
                entry.estimated,
                len(entry.inputs) == 1 and loaded.snapshot.measures[entry.inputs[0].measure].kind == "count",
            )
        )
    order = ["scores", *map(str, ALL_FACTORS), *THEMES]
    return {row.id: row for row in sorted(rows, key=lambda row: order.index(row.group))}


def group_title(group: str) -> str:
    """The heading over the rows of a group."""
    if group == "scores":
        return tr("compare.group.scores")
    if group in THEMES:
        return tr("compare.group.other", theme=say(THEMES[group]))
    return tr("compare.group.factor", number=group, factor=say(ALL_FACTORS[int(group)]))


@dataclass(frozen=True)
class Place:
    """Somebody who is compared: a unit, a municipality (by code), or a joined area (by its key)."""

    key: str
    name: str
    within: str
    kind: Literal["unit", "municipality", "area"]
    units: tuple[str, ...]

    @property
    def said(self) -> str:
        """The name for a sentence, where Markdown is read."""
        return literal(self.name) if self.kind == "area" else self.name

    @property
    def short(self) -> str:
        return self.name.replace(" pagasts", " pag.").replace(" novads", " nov.")


def place(loaded: Loaded, code: str) -> Place:
    """A territory by its code."""
    known = latest(loaded)
    names = _names(loaded.snapshot.hash, loaded)
    if code in known.parent:
        town = known.parent[code]
        return Place(code, names[code], names[town] if town != code else "", "unit", (code,))
    return Place(code, names[code], "", "municipality", known.units_of[code])


def joined(entry: NamedList) -> Place:
    """A list as an area."""
    return Place(entry.key, entry.name, "", "area", entry.codes)


@st.cache_resource(max_entries=2, show_spinner=False)
def _names(stamp: str, _loaded: Loaded) -> dict[str, str]:
    territories = _loaded.snapshot.territories
    return dict(zip(territories["code"], territories["name"], strict=True))


@dataclass(frozen=True)
class Cell:
    """One place in one row: see `Figures`, `Differences` and `Ranges`."""

    value: float
    mean: float
    status: str | None
    own: bool
    small: bool
    difference: float
    verdict: Verdict | None
    first: float
    last: float


@dataclass(frozen=True, eq=False)
class Compared:
    """Places beside each other.

    others: what each place is held against (a key of the figures), None where there is nothing.
    """

    places: list[Place]
    entries: dict[str, Entry]
    figures: Figures
    crowds: Crowds
    others: dict[str, str | None]
    units_of: dict[str, tuple[str, ...]]
    """The units of every area and comparator, by its key."""
    differences: Differences
    ranges: Ranges
    position: pd.DataFrame
    unlike: pd.Series
    among: str
    """The reference set of the places: parishes, or all units where a town takes part."""
    found: Reckoned | None
    scored: pd.DataFrame
    """The scores of all units and of the joined areas, with those of the sub-dimensions."""

    @cached_property
    def cells(self) -> dict[tuple[str, str], Cell]:
        """All cells of the table, by place and row."""
        keys = [one.key for one in self.places]
        figures = [getattr(self.figures, part).loc[keys] for part in ("value", "mean", "status", "own", "small")]
        tables = [*figures, self.differences.value, self.differences.verdict, self.ranges.first, self.ranges.last]
        flat = zip(*(table.to_numpy(object).ravel() for table in tables), strict=True)
        names = [(key, str(name)) for key in keys for name in self.figures.value.columns]
        return {at: Cell(*parts) for at, parts in zip(names, flat, strict=True)}

    def by_chance(self, one: str, other: str, code: str) -> float | None:
        """The share of runs in which one place scores higher than another; None where there are no runs of both."""
        units = self.found.scored.scores.index if self.found else []
        if self.found is None or one not in units or other not in units:
            return None
        return scores.compared(self.found, code, one, other)


def compared_now(
    loaded: Loaded, found: Reckoned | None, places: Sequence[Place], against: Against, weights: Mapping[str, float]
) -> Compared:
    """What `compare` gives; one that was just asked for is not made again, as when another chart is chosen."""
    weighting = found.weighting.key if found else None
    asked = (loaded.snapshot.hash, weighting, tuple(places), against, tuple(weights.items()), language())
    held = st.session_state.get("compare_held")
    if held is None or held[0] != asked:
        held = st.session_state["compare_held"] = (asked, compare(loaded, found, places, against, weights))
    return held[1]


def compare(
    loaded: Loaded,
    found: Reckoned | None,
    places: Sequence[Place],
    against: Against,
    weights: Mapping[str, float],
) -> Compared:
    """Everything the page shows of some places.

    Parameters
    ----------
    found
        The scores; None where no weights are left.
    weights
        How much each feature counts in who is alike (`peers_of`).
    """
    known, rows = latest(loaded), entries(loaded, found)
    others, units_of = held_against(loaded, places, against, weights)
    for one in places:
        if one.kind != "unit":
            units_of[one.key] = one.units
    figures = known.figures
    new = {key: units for key, units in units_of.items() if key not in figures.value.index}
    if new:
        figures = figures.with_rows(collect(areas(loaded).values(new), known.periods))
    scored = pd.DataFrame()
    if found:
        own = found.scored.scores
        further = areas(loaded).scored({k: v for k, v in units_of.items() if k not in own.index}, found)
        scored = pd.concat([own, further]) if len(further) else own
    if found:
        figures = _with_scores(figures, scored.reindex(columns=list(SCORES)))
    figures = Figures(**{e.name: getattr(figures, e.name).reindex(columns=list(rows)) for e in fields(figures)})
    if against != "first":
        figures = _without_totals(figures, [name for name, row in rows.items() if row.extensive], places, others)
    keys, decimals = [one.key for one in places], {name: row.decimals for name, row in rows.items()}
    crowd = known.crowds
    if found:
        there = found.scored.scores.reindex(known.parishes)
        values_of = {code: np.sort(there[code].dropna().to_numpy(float)) for code in SCORES}
        kinds: dict[str, Crowd] = dict.fromkeys(SCORES, "parishes")
        crowd = Crowds({**values_of, **crowd.values}, {**kinds, **crowd.kinds})
    base = list(known.parent) if among(loaded, keys) == UNITS else known.parishes
    ranked_keys = [one.key for one in places if one.kind == "unit"]
    result = Compared(
        list(places),
        rows,
        figures,
        crowd,
        others,
        units_of,
        differences(figures, others, decimals),
        ranges(figures, ranked_keys, base, {name: row.better for name, row in rows.items()}).of(keys),
        position(figures, keys, crowd),
        unlike(figures, keys, crowd, decimals),
        among(loaded, keys),
        found,
        scored,
    )
    return _by_runs(loaded, result)


def _without_totals(
    figures: Figures, extensive: Sequence[str], places: Sequence[Place], others: Mapping[str, str | None]
) -> Figures:
    """The figures without the counts of comparators: a place is always less than what it is part of."""
    chosen = {one.key for one in places}
    value = figures.value.copy()
    value.loc[[other for other in set(others.values()) if other and other not in chosen], list(extensive)] = np.nan
    return replace(figures, value=value)


def held_against(
    loaded: Loaded, places: Sequence[Place], against: Against, weights: Mapping[str, float]
) -> tuple[dict[str, str | None], dict[str, tuple[str, ...]]]:
    """What each place is held against, and the units of what must be joined for that."""
    known = latest(loaded)
    others: dict[str, str | None] = {}
    units_of: dict[str, tuple[str, ...]] = {}
    near: dict[str, tuple[str, ...]] = {}
    if against == "peers":
        found = peers_of(loaded, [one.key for one in places], weights)
        near = {str(code): tuple(rows["peer"]) for code, rows in found.groupby("territory")}
    for one in places:
        other: str | None = None
        match against:
            case "rural" | "country":
                other = RURAL if against == "rural" else COUNTRY
                units_of[other] = known.units_of[other]
            case "first":
                other = places[0].key if one is not places[0] else None
            case "municipality":
                towns = {known.parent[unit] for unit in one.units}
                if len(towns) == 1 and set(known.units_of[town := towns.pop()]) != set(one.units):
                    other = town
                    units_of[town] = known.units_of[town]
            case "region":
                regions = {known.region[unit] for unit in one.units}
                if len(regions) == 1:
                    other = regions.pop()
                    units_of[other] = known.units_of[other]
            case "peers" if one.key in near:
                other = f"peers:{one.key}"
                units_of[other] = near[one.key]
        others[one.key] = other
    return others, units_of


def other_name(loaded: Loaded, key: str) -> str:
    """What a comparator is called."""
    if key in (RURAL, COUNTRY):
        return tr("compare.other.rural") if key == RURAL else tr("compare.other.country")
    if key.startswith("peers:"):
        return tr("compare.other.peers")
    names = _names(loaded.snapshot.hash, loaded)
    if key.startswith("="):
        return literal(key[1:])
    return tr("compare.other.region", name=names[key]) if key in set(latest(loaded).region.values()) else names[key]


def _with_scores(figures: Figures, table: pd.DataFrame) -> Figures:
    """The figures with the scores as further columns."""
    table = table.reindex(figures.value.index)
    missing = table * np.nan
    status = pd.DataFrame(np.where(table.notna(), "final", "not_applicable"), table.index, table.columns, dtype=object)
    new = Figures(table, table, missing, missing, missing, status, table.notna(), table.isna() & False)
    return Figures(
        **{e.name: pd.concat([getattr(new, e.name), getattr(figures, e.name)], axis=1) for e in fields(figures)}
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _standing(
    stamp: str, weighting: tuple[object, ...], code: str, among: str, _loaded: Loaded, _found: Reckoned
) -> pd.DataFrame:
    return scores.standing(_found, code, scores.within(_loaded, among, None))


def standing(loaded: Loaded, found: Reckoned, code: str, among: str) -> pd.DataFrame:
    """Where everyone in the reference set stands; see `scores.standing`."""
    return _standing(loaded.snapshot.hash, found.weighting.key, code, among, loaded, found)


def _by_runs(loaded: Loaded, compared: Compared) -> Compared:
    """Scores are told apart and ranked by their runs, as on the page of the success factors."""
    found = compared.found
    if found is None:
        return compared
    verdict = compared.differences.verdict.copy()
    tested = compared.differences.tested.copy()
    first, last = compared.ranges.first.copy(), compared.ranges.last.copy()
    for code in SCORES:
        if not found.scored.scores[code].notna().to_numpy().any():
            continue
        table = standing(loaded, found, code, compared.among)
        for one in compared.places:
            there = one.key in table.index
            first.loc[one.key, code] = table.loc[one.key, "first"] if there else np.nan
            last.loc[one.key, code] = table.loc[one.key, "last"] if there else np.nan
            other = compared.others[one.key]
            share = compared.by_chance(one.key, other, code) if other else None
            if share is not None:
                tested.loc[one.key, code] = True
                if scores.alike(share) and verdict.loc[one.key, code] != "equal":
                    verdict.loc[one.key, code] = "alike"
    return replace(
        compared,
        differences=replace(compared.differences, verdict=verdict, tested=tested),
        ranges=replace(compared.ranges, first=first, last=last),
    )


# --- in words ---


def status_words(entry: Entry, cell: Cell) -> list[str]:
    """What must be known of a figure: why it is missing, or how sure it is."""
    if np.isnan(cell.value):
        if entry.id in SCORES:
            return [tr("index.no_score")]
        return [tr(f"index.status.{cell.status or 'not_collected'}")]
    words = []
    if entry.modelled:
        words.append(tr("compare.mark.modelled"))
    elif cell.status in ("estimated", "provisional"):
        words.append(tr(f"compare.mark.{cell.status}"))
    if not cell.own and not entry.modelled:
        words.append(tr("compare.mark.copied"))
    if cell.small:
        words.append(tr("chart.small_base"))
    return words


def difference_words(entry: Entry, cell: Cell) -> str:
    """A difference in short, in the unit of the row: +3,4 pret 41,0; the same and neatšķirami. Empty where none."""
    if cell.verdict is None:
        return ""
    kind = cell.verdict if cell.verdict in ("equal", "alike") else "apart"
    return tr(
        f"compare.difference.{kind}",
        against=number(cell.value - cell.difference, entry.decimals),
        difference=number(cell.difference, entry.decimals, signed=True),
    )


def place_words(cell: Cell) -> str:
    """The places somebody may hold; empty where there is none."""
    if np.isnan(cell.first):
        return ""
    ends = {"first": number(cell.first), "last": number(cell.last)}
    return tr("index.place", place=ends["first"]) if cell.first == cell.last else tr("index.places", **ends)


def sentence(entry: Entry, names: tuple[str, str], values: tuple[float, float], verdict: Verdict | None) -> str:
    """Two places in one sentence.

    Parameters
    ----------
    names, values
        Of the place and of what it is held against; NaN where there is no value.
    """
    (name, other), (value, against) = names, values
    said = {"what": entry.short, "name": name, "other": other, "value": entry.say(value), "against": entry.say(against)}
    if verdict is None:
        lacking = [who for who, figure in zip(names, values, strict=True) if np.isnan(figure)]
        return tr("compare.said.missing", what=entry.short, names=tr("compare.and").join(lacking))
    if verdict in ("equal", "alike"):
        return tr(f"compare.said.{verdict}", **said)
    return tr(f"compare.said.{verdict}", by=_by(entry, value, against), **said)


def _by(entry: Entry, value: float, against: float) -> str:
    """How much more or less: in per cent of the other where that is a plain quantity, else in points or in its unit."""
    difference = abs(value - against)
    if entry.group == "scores":
        return inflected("compare.by_score", difference, entry.decimals)
    if entry.unit == "%":
        return inflected("compare.by_points", difference, entry.decimals)
    share = 100 * difference / against if against > 0 and value >= 0 else 0
    return tr("compare.by_share", share=number(share)) if 0.5 <= share < FAR_MORE else entry.say(difference)


# --- for the charts ---

Z90 = 1.645
"""So many standard deviations to either side hold 90 % of a normal distribution."""


def among(loaded: Loaded, codes: Sequence[str]) -> str:
    """Whom places are ranked among: the parishes, or all units where a town is one of them."""
    known = latest(loaded)
    towns = [code for code in codes if code in known.parent and code not in set(known.parishes)]
    return UNITS if towns else PARISHES


def ranked(loaded: Loaded, compared: Compared, name: str, codes: Sequence[str]) -> pd.DataFrame:
    """Places in the order of an indicator or a score, the best first: what `comparison_charts.dots` draws.

    A score is shown as the place it gives among all, with the places it may as well have; an indicator by its smoothed
    value where it has one, with the 90 % interval. Places without a value are left out.
    """
    entry, order = compared.entries[name], {one.key: at for at, one in enumerate(compared.places)}
    names = {one.key: one.name for one in compared.places}
    called = _names(loaded.snapshot.hash, loaded)
    if name in SCORES and compared.found:
        there = standing(loaded, compared.found, name, among(loaded, codes)).reindex(codes)
        table = there.rename(columns={"rank": "value", "first": "low", "last": "high"})[["value", "low", "high"]]
        table["plain"] = np.nan
        ascending = True
    else:
        figures = compared.figures
        parts = {part: getattr(figures, part)[name].reindex(codes) for part in ("mean", "value", "sd", "low", "high")}
        table = pd.DataFrame(parts)
        around = Z90 * table["sd"].where(table["sd"] > 0)
        table["low"], table["high"] = (
            table["low"].fillna((table["mean"] - around).clip(lower=0)),
            table["high"].fillna(table["mean"] + around),
        )
        step = 10.0**-entry.decimals
        table["plain"] = table["value"].where((table["value"] - table["mean"]).abs() >= step / 2)
        table = table.drop(columns="value").rename(columns={"mean": "value"})
        ascending = entry.better == "lower"
    table["name"] = [names.get(code) or called.get(code, code) for code in codes]
    table["place"] = [order.get(code, np.nan) for code in codes]
    return pd.DataFrame(table[table["value"].notna()]).sort_values("value", ascending=ascending, kind="stable")


def told_apart(loaded: Loaded, compared: Compared, name: str, codes: Sequence[str]) -> tuple[int, int]:
    """How many pairs of places can be told apart in an indicator or a score, of how many."""
    figures = compared.figures
    if name in SCORES and compared.found:
        runs = compared.found.runs
        columns = runs.units.get_indexer(pd.Index([code for code in codes if code in runs.units]))
        drawn = runs.scores[name][:, columns]
        drawn = drawn[:, ~np.isnan(drawn).all(axis=0)]
        count = drawn.shape[1]
        above = np.array([np.nanmean(drawn > drawn[:, [at]], axis=0) for at in range(count)]).reshape(count, count)
        apart = (np.maximum(above, above.T) > INDISTINGUISHABLE[1]).sum() // 2
        return int(apart), count * (count - 1) // 2
    table = pd.DataFrame({part: getattr(figures, part)[name].reindex(codes) for part in ("mean", "sd")})
    table = table[table["mean"].notna()]
    mean, sd = table["mean"].to_numpy(float), table["sd"].fillna(0).to_numpy(float)
    step = 10.0 ** -compared.entries[name].decimals
    apart = np.abs(mean[:, None] - mean) > np.maximum(APART * np.hypot(sd[:, None], sd), step / 2)
    return int(apart.sum() // 2), len(mean) * (len(mean) - 1) // 2


def at_period(loaded: Loaded, compared: Compared, name: str, when: str, keys: Sequence[str]) -> pd.Series:
    """The plain figures of an indicator in one period, of territories and joined areas."""
    rows = loaded.values[(loaded.values["indicator"] == name) & (loaded.values["period"] == when)]
    rows = rows.assign(order=rows["level"] != "unit").sort_values("order", kind="stable").drop_duplicates("territory")
    found = pd.Series(rows["value"].to_numpy(), index=rows["territory"]).reindex(list(keys))
    there = set(rows["territory"])
    asked = {key: codes for key, codes in compared.units_of.items() if key in keys and key not in there}
    if asked:
        values = areas(loaded).values(asked)
        own = values[(values["indicator"] == name) & (values["period"] == when)].set_index("territory")["value"]
        found = found.fillna(own.reindex(found.index))
    return found


@st.cache_resource(max_entries=2, show_spinner=False)
def _options(stamp: str, _loaded: Loaded) -> dict[str, str]:
    known = latest(_loaded)
    found = {code: place(_loaded, code) for code in [*known.parent, *known.municipalities]}
    named = {code: f"{one.name} ({one.within})" if one.within else one.name for code, one in found.items()}
    return dict(sorted(named.items(), key=lambda item: alphabetical(item[1])))


def options(loaded: Loaded) -> dict[str, str]:
    """Every territory that can be chosen, by code, in the order of the alphabet."""
    return _options(loaded.snapshot.hash, loaded)


# --- as files ---


def score_words(loaded: Loaded, compared: Compared) -> dict[str, Described]:
    """What the scores are, for a file."""
    found = compared.found
    if found is None:
        return {}
    return {
        code: Described(
            title=compared.entries[code].title,
            unit=compared.entries[code].unit,
            decimals=compared.entries[code].decimals,
            formula=tr("index.formula", version=success.VERSION),
            sources=scores.sources_behind(loaded, found, code),
        )
        for code in SCORES
        if code in found.scored.meta.codes
    }


def exported(loaded: Loaded, compared: Compared, names: Sequence[str]) -> pd.DataFrame:
    """What the table shows as rows of values, row by row, the comparators last.

    Joined areas and comparators are groups there, by their names.
    """
    known = latest(loaded)
    keys = list(dict.fromkeys([*(one.key for one in compared.places), *filter(None, compared.others.values())]))
    called = {one.key: one.name for one in compared.places}
    periods = {name: known.periods[name] for name in names if name in known.periods}
    values = loaded.values[loaded.values["territory"].isin(keys) & loaded.values["indicator"].isin(list(periods))]
    further = {key: compared.units_of[key] for key in keys if key not in set(values["territory"])}
    joined_values = areas(loaded).values(further)
    if len(joined_values):
        values = pd.concat([values, joined_values], ignore_index=True)
    values = values[values["period"] == values["indicator"].map(periods)]
    values = values.assign(order=(values["level"] != "unit").astype(int)).sort_values("order", kind="stable")
    values = values.drop_duplicates(subset=["territory", "indicator"])
    rows = [values.drop(columns="order")]
    kinds = {one.key: one.kind for one in compared.places}
    for code in [name for name in names if name in score_words(loaded, compared)]:
        value = compared.figures.value[code].reindex(keys).to_numpy(float)
        level = [kinds.get(key, AREA) for key in keys]
        own = {"territory": keys, "indicator": code, "level": level, "value": value}
        rows.append(pd.DataFrame(own).assign(period=scores.latest(compared.found)))
    table = pd.concat(rows, ignore_index=True)
    table["status"] = table["status"].fillna("final").where(table["value"].notna() | table["status"].notna(), MISSING)
    table["native_level"] = table["native_level"].fillna(table["level"])
    table = table.replace({"level": {AREA: "group"}, "native_level": {AREA: "group"}})
    table["small_base"] = table["small_base"].eq(True)
    own = table["territory"].isin([key for key in keys if key in known.parent or key in known.units_of])
    table["name"] = table["territory"].map(loaded.names)
    named = table["territory"].map(lambda key: called.get(key) or other_name(loaded, key))
    table["name"] = table["name"].where(own, named).fillna(named)
    order = {name: at for at, name in enumerate(names)}, {key: at for at, key in enumerate(keys)}
    table = table.assign(row=table["indicator"].map(order[0]), column=table["territory"].map(order[1]))
    table = table.sort_values(["row", "column"], ignore_index=True).drop(columns=["row", "column"])
    table["territory"] = table["territory"].str.removeprefix("=")
    return table

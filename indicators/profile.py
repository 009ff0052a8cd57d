"""What a profile says of one place, before there are words: figures beside a comparator, standing, gaps, next steps.

survey(values, indicators, territories, level) -> what all profiles of a level rest on, computed once
facts(survey, code)                            -> everything a profile states of one place

Nothing here guesses: a strength or a gap is stated only of a figure that was counted or measured in the place itself
and whose interval, where it has one, does not reach the comparator.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from data.model import COUNTRY, LEVELS, RURAL
from indicators import peers, success
from indicators.digital import LEAST_TESTS
from indicators.index.uncertainty import INDISTINGUISHABLE, Robustness
from indicators.model import Indicator
from indicators.success import FACTORS, Scored

ProfileLevel = Literal["unit", "municipality"]
Group = Literal["parish", "town", "municipality"]
Area = Literal["infrastructure", "skills", "services"]
AREAS: tuple[Area, ...] = ("infrastructure", "skills", "services")

LEAST_POINTS = 5.0
"""A strength or a gap differs from the comparator by at least so many points of the indicator's scale (0-100)."""
MOST_STATED = 4
MOST_CANDIDATES = 3
OLD_YEARS = 4
"""A figure so many years older than the newest is old."""
FAR_KM = 5.0
"""From this mean distance on a service is far, if it is also a quarter farther than at the comparator."""
FARTHER = 1.25
HALF = 50.0
"""Per cent of the residents below which a rule says that most are not reached."""
OLDER_POINTS = 2.0
"""Percentage points from which on there are more residents over working age than at the comparator."""
UNSAID = re.compile(r"population_change_\d+y|within5km_\w+|catchment_\w+|local_income_tax_ratio")
"""Never a strength or a gap: change is told among the people, of a service on the map the mean distance says it, and
the tax at the employer's address tells of head offices."""
MAPPED = re.compile(r"distance_\w+|within5km_\w+|catchment_\w+")
"""Indicators of services that rest on places on a map."""
KIN: Mapping[str, str] = {
    "employers_rate": "company_taxpayers_rate",
    "residents_30mbps_share": "download_mbps",
    "residents_100mbps_share": "download_mbps",
    "preschool_pupils_per_100_children": "preschools_per_100_children",
}
"""Indicators that say much the same: of each kin only the one that differs most is stated."""


@dataclass(frozen=True)
class Figure:
    """The newest figure of a place beside that of its comparator; NaN where there is none.

    period: the newest in which at least 0.65 of the territories of the level have a value
    own: of the place itself, neither copied from its municipality nor modelled from the country
    beside: the value that scores use where it is another: smoothed, or borrowed from the municipality
    """

    indicator: Indicator
    period: str
    value: float
    reference: float
    status: str
    own: bool
    copied: bool
    small: bool
    low: float
    high: float
    beside: float

    @property
    def known(self) -> bool:
        return not math.isnan(self.value)

    @property
    def points(self) -> float:
        """How far the value is from the comparator on the indicator's scale (0-100), better is more; NaN without."""
        return position(self.indicator, self.value) - position(self.indicator, self.reference)

    @property
    def stated(self) -> bool:
        """Whether it can be called a strength or a gap: comparable, of the place, and beyond chance."""
        if math.isnan(self.points) or not self.own or self.status == "estimated":
            return False
        if math.isnan(self.low):
            return not self.small
        return self.low > self.reference or self.high < self.reference


def position(entry: Indicator, value: float) -> float:
    """Where a value lies between the indicator's goalposts, 0 (worst) to 100 (best); NaN without goalposts."""
    ends = entry.goalposts
    if ends is None or math.isnan(value):
        return math.nan
    worst, best = ends.worst, ends.best
    if entry.scale == "log":
        if value <= 0:
            return 0.0 if best > worst else 100.0
        worst, best, value = math.log(worst), math.log(best), math.log(value)
    return 100 * min(1.0, max(0.0, (value - worst) / (best - worst)))


@dataclass(frozen=True)
class Standing:
    """A factor of a place: its score and its range of ranks among the `count` places it is compared with.

    gap says why there is no score: of the place ("weight", "native"), or because the factor is not scored at this
    level at all ("level").
    """

    factor: str
    score: float
    gap: str | None
    rank: int = 0
    tied: int = 0
    first: int = 0
    last: int = 0
    count: int = 0


@dataclass(frozen=True)
class Candidate:
    """A place worth a visit: among the highest in a factor of those it is looked for among.

    alike: how many others of those it is looked for among have the same score
    higher: the share of runs in which it scores above the place of the profile; NaN where either has no score
    """

    code: str
    score: float
    first: int
    last: int
    count: int
    tests: float
    alike: int
    higher: float

    @property
    def surely(self) -> bool:
        return self.higher > INDISTINGUISHABLE[1]


@dataclass(frozen=True)
class Missing:
    """What is not known of a place: indicator ids by the reason, and periods of those that are old."""

    absent: Mapping[str, tuple[str, ...]]
    copied: tuple[str, ...]
    old: Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """Advice that follows from a rule (`RULES`), with the figures it was given for and the indicators it names."""

    area: Area
    rule: str
    figures: Mapping[str, float]
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything a profile states of one place; the words are put to it in `reports.profile`."""

    code: str
    level: ProfileLevel
    group: Group
    figures: Mapping[str, Figure]
    residents: Mapping[str, float]
    moved: tuple[str, ...]
    standings: tuple[Standing, ...]
    strengths: tuple[tuple[Figure, ...], ...]
    gaps: tuple[tuple[Figure, ...], ...]
    missing: Missing
    steps: tuple[Step, ...]
    among: tuple[str, ...]
    candidates: Mapping[str, tuple[Candidate, ...]]


@dataclass(frozen=True, eq=False)
class Survey:
    """What all profiles of one level rest on. Shared: read it, never change it.

    newest: by indicator its period and its rows (index territory)
    kin: which places are alike, territory and peer
    units: the survey of the units where this is one of municipalities
    """

    level: ProfileLevel
    indicators: Mapping[str, Indicator]
    territories: pd.DataFrame
    newest: Mapping[str, tuple[str, pd.DataFrame]]
    references: Mapping[str, Mapping[str, float]]
    residents: pd.DataFrame
    scored: Scored
    runs: Robustness
    kin: pd.DataFrame
    units: Survey | None = None

    def group(self, code: str) -> Group:
        """Whom a place is compared with: parishes with parishes, towns and cities with all units."""
        kind = self.territories.loc[code, "kind"]
        return "municipality" if self.level == "municipality" else "parish" if kind == "parish" else "town"

    def counts(self, name: str) -> pd.Series:
        """The newest values of an indicator by territory."""
        return pd.Series(self.newest[name][1]["value"] if name in self.newest else [], dtype=float)

    @cached_property
    def standings(self) -> dict[Group, dict[str, pd.DataFrame]]:
        """Where everybody stands in each factor, by the group a place belongs to."""
        everyone = pd.Series(True, index=self.scored.scores.index)
        parishes = pd.Series(self.territories["kind"] == "parish").reindex(everyone.index, fill_value=False)
        sets: dict[Group, pd.Series] = {"parish": parishes, "town": everyone}
        if self.level == "municipality":
            sets = {"municipality": everyone}
        factors = self.scored.meta.at(3)
        return {
            group: {factor: success.standings(self.runs, factor, inside) for factor in factors}
            for group, inside in sets.items()
        }


def survey(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    territories: pd.DataFrame,
    level: ProfileLevel,
    units: Survey | None = None,
) -> Survey:
    """What the profiles of a level rest on: newest figures, scores with their runs, places alike.

    Parameters
    ----------
    values
        What `evaluate` returns.
    territories
        code, name, level, kind, parent, x, y, edge.
    units
        The survey of the units, needed for municipalities: which factors are scored, and who lies inside.

    Notes
    -----
    Scores are those of the page of the success factors under the declared weights. Of municipalities only factors are
    scored whose indicators all exist at that level; the others would be other factors under the same name.
    """
    own = pd.DataFrame(values[values["level"] == level])
    newest = _newest(own, indicators)
    basis = success.basis(values, indicators, level)
    entering = list(basis.periods)
    if units is not None:
        wanted = [set(_leaves(factor)) & set(units.scored.basis.periods) for factor in FACTORS]
        entering = [name for names in wanted if names <= set(entering) for name in names]
    meta = success.tree({name: indicators[name] for name in basis.periods if name in entering})
    scored = success.score(basis, meta)
    places = pd.DataFrame(territories[territories["level"] == level]).set_index("code", drop=False).sort_index()
    kin = _alike(values, places) if level == "unit" else pd.DataFrame({"territory": [], "peer": []})
    kinds = places["kind"].to_dict()
    alike = pd.DataFrame(kin[kin["territory"].map(kinds) == "parish"]) if level == "unit" else None
    runs = success.robustness(success.scenarios(basis, meta, alike), scored)
    counted = own[(own["indicator"] == "residents") & own["value"].notna()]
    return Survey(
        level=level,
        indicators=indicators,
        territories=places,
        newest=newest,
        references={who: _references(values, newest, who) for who in (RURAL, COUNTRY)},
        residents=counted.pivot_table(index="territory", columns="period", values="value", observed=True),
        scored=scored,
        runs=runs,
        kin=kin,
        units=units,
    )


def facts(found: Survey, code: str, moved: Sequence[str] = ()) -> Facts:
    """Everything a profile states of one place; `moved` are the years at whose beginning its border moved.

    Raises
    ------
    KeyError
        If there is no such place at this level.
    """
    group = found.group(code)
    figures = _figures(found, code, RURAL if group == "parish" else COUNTRY)
    among = _among(found, code)
    return Facts(
        code=code,
        level=found.level,
        group=group,
        figures=figures,
        residents=_residents(found, code),
        moved=tuple(moved),
        standings=tuple(_standing(found, code, factor.id) for factor in FACTORS),
        strengths=stated(figures.values(), better=True),
        gaps=stated(figures.values(), better=False),
        missing=_missing(figures),
        steps=steps(figures),
        among=among,
        candidates={factor.id: _candidates(found, code, factor.id, among) for factor in FACTORS},
    )


def stated(figures: Iterable[Figure], *, better: bool) -> tuple[tuple[Figure, ...], ...]:
    """The figures in which a place is better (or worse) than its comparator, the farthest first, one of each kin.

    Distances to services stand together, in the place of the farthest.
    """
    way = 1 if better else -1
    told = [
        figure
        for figure in figures
        if figure.stated
        and figure.indicator.theme != "data"
        and not UNSAID.fullmatch(figure.indicator.id)
        and way * figure.points >= LEAST_POINTS
    ]
    groups: dict[str, list[Figure]] = {}
    for figure in sorted(told, key=lambda figure: -way * figure.points):
        name = figure.indicator.id
        own = groups.setdefault("services" if service(name) else KIN.get(name, name), [])
        if not own or service(name):
            own.append(figure)
    return tuple(map(tuple, groups.values()))[:MOST_STATED]


# --- next steps ---

RULES: dict[Area, tuple[str, ...]] = {
    "infrastructure": ("no_tests", "few_tests", "slow", "unmeasured"),
    "skills": ("survey", "older", "access"),
    "services": ("far", "unmapped"),
}
"""The rules of advice in the order they are said; the page and docs/profile.md tell each in words."""


def steps(figures: Mapping[str, Figure]) -> tuple[Step, ...]:
    """The advice that follows from the figures, by explicit rules and nothing else.

    no_tests: no speed test; few_tests: fewer tests or devices than a speed needs to be trusted; slow: enough tests, and
    the share of residents where 30 Mbit/s is measured is below the comparator's; unmeasured: enough tests, but less
    than half of the residents live where one was run. survey: skills are modelled; older: more residents over working
    age than the comparator, beyond chance; access: less than half live within 5 km of a public access point on the
    map. far: services 5 km away or more on average and a quarter farther than the comparator; unmapped: the same of
    services of which the map holds few.
    """
    found: list[Step] = []

    def value(name: str) -> float:
        return figures[name].value if name in figures else math.nan

    def reference(name: str) -> float:
        return figures[name].reference if name in figures else math.nan

    tests, devices = value("broadband_tests"), value("broadband_devices")
    least = dict(LEAST_TESTS)
    needed = {"least_tests": least["ookla_tests"], "least_devices": least["ookla_devices"]}
    if tests == 0:
        found.append(Step("infrastructure", "no_tests", needed))
    elif tests < needed["least_tests"] or devices < needed["least_devices"]:
        found.append(Step("infrastructure", "few_tests", {"tests": tests, "devices": devices, **needed}))
    elif tests > 0:
        share, theirs = value("residents_30mbps_share"), reference("residents_30mbps_share")
        if share < theirs:
            found.append(Step("infrastructure", "slow", {"share": share, "reference": theirs}))
        if (measured := value("broadband_measured_share")) < HALF:
            found.append(Step("infrastructure", "unmeasured", {"share": measured}))
    if any(figure.known and figure.indicator.estimated for figure in figures.values()):
        found.append(Step("skills", "survey", {}))
    older = figures.get("older_share")
    if older and older.own and older.low > older.reference and older.value - older.reference >= OLDER_POINTS:
        found.append(Step("skills", "older", {"share": older.value, "reference": older.reference}))
    if (reached := value("within5km_access_point_share")) < HALF:
        found.append(Step("skills", "access", {"share": reached}))
    for rule, scored in (("far", True), ("unmapped", False)):
        far = [
            name
            for name, figure in figures.items()
            if service(name)
            and (figure.indicator.better == "lower") == scored
            and figure.value >= FAR_KM
            and figure.value >= FARTHER * figure.reference
        ]
        if far:
            far.sort(key=lambda name: -figures[name].value)
            found.append(Step("services", rule, {name: figures[name].value for name in far}, tuple(far)))
    return tuple(found)


def service(name: str) -> str:
    """The service an indicator is a mean distance to ("grocery"); empty where it is none, as towns are."""
    found = name.removeprefix("distance_").removesuffix("_km")
    return found if name == f"distance_{found}_km" and found != "town" else ""


# --- one place ---


def _newest(own: pd.DataFrame, indicators: Mapping[str, Indicator]) -> dict[str, tuple[str, pd.DataFrame]]:
    places = own["territory"].nunique()
    found = {}
    for name, rows in own.groupby("indicator", observed=True):
        counted = rows[rows["value"].notna()].groupby("period", observed=True)["territory"].nunique()
        enough = counted[counted >= success.LEAST_UNITS * places]
        if len(enough) and name in indicators:
            period = str(enough.index.max())
            found[str(name)] = (period, rows[rows["period"] == period].set_index("territory"))
    return {name: found[name] for name in indicators if name in found}


def _references(values: pd.DataFrame, newest: Mapping[str, tuple[str, pd.DataFrame]], who: str) -> dict[str, float]:
    rows = values[values["territory"] == who].set_index(["indicator", "period"])["value"].to_dict()
    return {name: float(rows.get((name, period), math.nan)) for name, (period, _) in newest.items()}


def _leaves(factor: success.Factor) -> list[str]:
    return [name for dimension in factor.dimensions for name in dimension.weights]


def _alike(values: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The places alike of every unit: of a parish parishes, of a town or city towns and cities."""
    features = peers.features(values, units.reset_index(drop=True))
    is_parish = (units["kind"] == "parish").reindex(features.index)
    groups = (pd.DataFrame(features[is_parish]), pd.DataFrame(features[~is_parish]))
    return pd.concat([peers.peers(group) for group in groups], ignore_index=True)


def _figures(found: Survey, code: str, who: str) -> dict[str, Figure]:
    figures, fine = {}, LEVELS[: LEVELS.index(found.level) + 1]
    for name, (period, rows) in found.newest.items():
        entry, row = found.indicators[name], rows.loc[code] if code in rows.index else None
        native = row is None or row["native_level"] in fine
        figures[name] = Figure(
            indicator=entry,
            period=period,
            value=math.nan if row is None else float(row["value"]),
            reference=found.references[who][name],
            status="not_collected" if row is None else str(row["status"]),
            own=native and not entry.estimated,
            copied=not native and not entry.estimated,
            small=row is not None and bool(row["small_base"]),
            low=math.nan if row is None else float(row["low"]),
            high=math.nan if row is None else float(row["high"]),
            beside=math.nan if row is None else float(row["smoothed"]),
        )
    return figures


def _residents(found: Survey, code: str) -> dict[str, float]:
    if code not in found.residents.index:
        return {}
    return {str(period): float(count) for period, count in found.residents.loc[code].dropna().items()}


def _standing(found: Survey, code: str, factor: str) -> Standing:
    if factor not in found.scored.meta.codes:
        return Standing(factor, math.nan, "level")
    table = found.standings[found.group(code)][factor]
    score = float(found.scored.scores.loc[code, factor])
    if code not in table.index:
        return Standing(factor, score, str(found.scored.gaps.loc[code, factor]), count=len(table))
    rank, tied, first, last = (int(table.loc[code, name]) for name in ("rank", "tied", "first", "last"))
    return Standing(factor, score, None, rank, tied, first, last, len(table))


def _missing(figures: Mapping[str, Figure]) -> Missing:
    absent: dict[str, list[str]] = {}
    for name, figure in figures.items():
        if not figure.known:
            absent.setdefault(figure.status, []).append(name)
    counted = [
        figure for figure in figures.values() if not figure.indicator.estimated and figure.indicator.theme != "data"
    ]
    newest = max((int(figure.period[:4]) for figure in counted), default=0)
    return Missing(
        absent={status: tuple(names) for status, names in absent.items()},
        copied=tuple(name for name, figure in figures.items() if figure.known and figure.copied),
        old={
            figure.indicator.id: figure.period
            for figure in counted
            if figure.known and int(figure.period[:4]) <= newest - OLD_YEARS
        },
    )


def _among(found: Survey, code: str) -> tuple[str, ...]:
    """Where candidates to visit are looked for: the places alike, of a municipality those inside it."""
    if found.units is None:
        return tuple(found.kin.loc[found.kin["territory"] == code, "peer"].astype(str))
    parents = found.units.territories["parent"].to_dict()
    return tuple(str(unit) for unit, parent in parents.items() if parent == code)


def _candidates(found: Survey, code: str, factor: str, among: Sequence[str]) -> tuple[Candidate, ...]:
    """The highest of some places in a factor that are above the place itself; of a municipality, of those inside it.

    Only places in the upper half of all that are scored, and of the digital factor only those in which a speed can be
    trusted: with enough tests and devices.
    """
    units = found.units or found
    if factor not in units.scored.meta.codes:
        return ()
    scores = pd.Series(units.scored.scores[factor]).reindex(list(among)).dropna()
    tests = units.counts("broadband_tests")
    if factor == "digital":
        least = dict(LEAST_TESTS)
        enough = (tests >= least["ookla_tests"]) & (units.counts("broadband_devices") >= least["ookla_devices"])
        scores = pd.Series(scores[enough.reindex(scores.index, fill_value=False)])
    scores = pd.Series(scores[scores > units.scored.scores[factor].median()])
    own = units.scored.scores[factor].get(code, math.nan) if found.units is None else math.nan
    if not math.isnan(own):
        scores = pd.Series(scores[scores > own])
    top = scores.sort_values(ascending=False, kind="stable").head(MOST_CANDIDATES)
    lower = units.runs.above(factor, code) if len(top) and not math.isnan(own) else None
    candidates = []
    for place, score in top.items():
        table = units.standings["town" if found.units else units.group(str(place))][factor]
        candidates.append(
            Candidate(
                code=str(place),
                score=float(score),
                first=int(table.loc[place, "first"]),
                last=int(table.loc[place, "last"]),
                count=len(table),
                tests=float(tests.get(place, math.nan)),
                alike=int((scores == score).sum()) - 1,
                higher=math.nan if lower is None else 1 - float(lower[place]),
            )
        )
    return tuple(candidates)

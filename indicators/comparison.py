"""Places beside each other: the newest figures, differences that are real, places among the parishes, conditions.

periods_of(values, units)             -> the periods each indicator can be compared in
collect(values, periods)              -> the figures of all places, place x indicator
differences(figures, pairs, decimals) -> each place against another, and whether they can be told apart
ranges(figures, places, base, better) -> the places a place may hold among others
crowds(figures, parishes, …)          -> the values a place is seen among
position(figures, places, among)      -> how much of the crowd lies below
unlike(figures, places, among, …)     -> in which indicators the places differ most
passing(figures, base, conditions)    -> who meets all conditions

Rates are compared as scores compare them: by the smoothed value where there is one. Two places are told apart in the
same way too (method 5): where one is higher with a probability above 0.9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from indicators.index.uncertainty import INDISTINGUISHABLE
from indicators.model import Better

LEAST_UNITS = 0.5
"""An indicator is compared in the newest period that at least this share of the units has."""
APART = NormalDist().inv_cdf(INDISTINGUISHABLE[1])
"""How many standard deviations of the difference two values must be apart: 1.28, one-sided 90 %."""
Verdict = Literal["equal", "alike", "more", "less"]
Answer = Literal["yes", "no", "unknown"]
Bound = Literal["least", "most"]
BOUNDS: tuple[Bound, ...] = ("least", "most")

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of places in one period of each indicator, place x indicator; NaN (None) where there is none.

    value: the plain figure. mean: the smoothed one where there is one. sd, low, high: its uncertainty, NaN where none
    is known. status: why there is no value, or what kind it is. own: whether it is of the place itself, neither copied
    from the municipality nor modelled from the country. small: whether it rests on a small base.
    """

    value: pd.DataFrame
    mean: pd.DataFrame
    sd: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    status: pd.DataFrame
    own: pd.DataFrame
    small: pd.DataFrame

    def with_rows(self, other: Figures) -> Figures:
        """These places, and those of another table below them."""
        columns = self.value.columns
        parts = {}
        for entry in fields(self):
            mine, theirs = getattr(self, entry.name), getattr(other, entry.name)
            empty = False if entry.name in ("own", "small") else None if entry.name == "status" else np.nan
            theirs = theirs.reindex(columns=columns, fill_value=empty)
            parts[entry.name] = pd.concat([mine, theirs])
        return Figures(**parts)


def periods_of(values: pd.DataFrame, units: int) -> dict[str, list[str]]:
    """The periods of each indicator, rising, that at least half of so many units have; the last is compared."""
    rows = values[(values["level"] == "unit") & values["value"].notna()]
    counts = rows.groupby(["indicator", "period"], observed=True).size()
    enough = counts[counts >= LEAST_UNITS * units].reset_index()
    return {str(name): sorted(map(str, own["period"])) for name, own in enough.groupby("indicator", observed=True)}


def collect(values: pd.DataFrame, periods: Mapping[str, str]) -> Figures:
    """The figures of every place in the table, each indicator in its period.

    Parameters
    ----------
    values
        As `evaluate` or `Joined.values` gives them. A code that is a unit and a municipality is taken as the unit.
    """
    rows = values[values["period"] == values["indicator"].map(periods)]
    rows = rows.assign(order=(rows["level"] != "unit").astype(int)).sort_values("order", kind="stable")
    rows = rows.drop_duplicates(["territory", "indicator"])
    names = pd.Index(list(periods), name="indicator")
    places = pd.Index(sorted(rows["territory"].astype(str).unique()), name="territory")
    at = (places.get_indexer(pd.Index(rows["territory"])), names.get_indexer(pd.Index(rows["indicator"])))

    def table(cells: npt.ArrayLike, empty: object, kind: type) -> pd.DataFrame:
        grid = np.full((len(places), len(names)), empty, dtype=kind)
        grid[at] = np.asarray(cells)
        return pd.DataFrame(grid, places, names, dtype=grid.dtype)

    numbers = {name: rows[name].to_numpy(float) for name in ("value", "smoothed", "sd", "low", "high")}
    smoothed = np.where(np.isnan(numbers["smoothed"]), numbers["value"], numbers["smoothed"])
    own = rows["native_level"].isin(["unit", "area"]) | (rows["native_level"] == rows["level"])
    return Figures(
        value=table(numbers["value"], np.nan, float),
        mean=table(smoothed, np.nan, float),
        sd=table(numbers["sd"], np.nan, float),
        low=table(numbers["low"], np.nan, float),
        high=table(numbers["high"], np.nan, float),
        status=table(rows["status"].astype(object), None, object),
        own=table(own & rows["value"].notna(), False, bool),
        small=table(rows["small_base"], False, bool),
    )


@dataclass(frozen=True, eq=False)
class Differences:
    """Places against others, place x indicator.

    value: the difference of the plain figures, in their unit. share: the same in per cent of the other (NaN where that
    is zero or less). verdict: a `Verdict`, None where one of the two has no value. tested: whether chance had a say, so
    that "more" means a probability above 0.9; counts and distances are as they are.
    """

    value: pd.DataFrame
    share: pd.DataFrame
    verdict: pd.DataFrame
    tested: pd.DataFrame


def differences(figures: Figures, pairs: Mapping[str, str | None], decimals: Mapping[str, int]) -> Differences:
    """Each place against the one it is paired with; without one there is no difference.

    Notes
    -----
    Equal: the difference is nothing in the decimals the figures are shown with. Alike ("neatšķirami"): P(A > B) lies
    in 0.1-0.9, with A and B normal around their means with their standard deviations, independent. Where a place is
    part of what it is held against, that is on the safe side: the two vary together.
    """
    names = figures.value.columns
    places = pd.Index(list(pairs), name="territory")
    others = [pairs[place] for place in places]

    def both(table: pd.DataFrame) -> tuple[Table, Table]:
        return (
            table.reindex(places).to_numpy(float),
            table.reindex(pd.Index(others, dtype=object)).to_numpy(float),
        )

    (value, other), (mean, other_mean), (sd, other_sd) = map(both, (figures.value, figures.mean, figures.sd))
    difference, deviation = value - other, np.hypot(np.nan_to_num(sd), np.nan_to_num(other_sd))
    shown = np.broadcast_to([decimals[str(name)] for name in names], difference.shape)
    said = [
        verdict(*cell)
        for cell in zip(difference.flat, (mean - other_mean).flat, deviation.flat, shown.flat, strict=True)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(other > 0, 100 * difference / other, np.nan)
    told = np.empty(difference.size, dtype=object)
    told[:] = said

    def frame(cells: npt.NDArray) -> pd.DataFrame:
        return pd.DataFrame(cells.reshape(difference.shape), places, names, dtype=cells.dtype)

    return Differences(frame(difference), frame(share), frame(told), frame(~np.isnan(difference) & (deviation > 0)))


def verdict(difference: float, of_means: float, deviation: float, decimals: int) -> Verdict | None:
    """What a difference comes to; `deviation` is its standard deviation, 0 where chance has no say."""
    if np.isnan(difference):
        return None
    if round(float(difference), decimals) == 0:
        return "equal"
    if deviation > 0 and not abs(of_means) > APART * deviation:
        return "alike"
    return "more" if difference > 0 else "less"


@dataclass(frozen=True, eq=False)
class Ranges:
    """The places somebody may hold, place x indicator: first to last of `count`; NaN where there is no own figure."""

    first: pd.DataFrame
    last: pd.DataFrame
    count: pd.Series

    def of(self, places: Sequence[str]) -> Ranges:
        """The same for these places; those that were not asked for hold none."""
        return Ranges(self.first.reindex(list(places)), self.last.reindex(list(places)), self.count)


def ranges(figures: Figures, places: Sequence[str], base: Sequence[str], better: Mapping[str, Better]) -> Ranges:
    """The places a place may hold among the base: those of all it cannot be told apart from.

    Place 1 is the best; the highest value where neither direction is better. Only figures of the places themselves
    take part. A place that is not in the base is put among it.

    Notes
    -----
    first = 1 + those that are better with a probability above 0.9; last = all - those that are worse with it.
    """
    names = figures.value.columns
    sign = np.array([-1.0 if better[str(name)] == "lower" else 1.0 for name in names])

    def own(table: pd.DataFrame, codes: Sequence[str]) -> Table:
        rows = table.reindex(list(codes)).to_numpy(float)
        mine = figures.own.reindex(list(codes), fill_value=False).to_numpy(bool)
        return np.where(mine, rows, np.nan)

    theirs, their_sd = own(figures.mean, base) * sign, np.nan_to_num(own(figures.sd, base))
    first, last = [], []
    there = (~np.isnan(theirs)).sum(axis=0)
    for place in places:
        mean, sd = own(figures.mean, [place])[0] * sign, np.nan_to_num(own(figures.sd, [place])[0])
        others = np.array([code != place for code in base])
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = (theirs - mean) / np.hypot(their_sd, sd)
        apart = np.where(others[:, None], apart, np.nan)
        whole = (~np.isnan(theirs[others])).sum(axis=0) + 1
        first.append(np.where(np.isnan(mean), np.nan, 1 + (apart > APART).sum(axis=0)))
        last.append(np.where(np.isnan(mean), np.nan, whole - (apart < -APART).sum(axis=0)))
    index = pd.Index(list(places), name="territory")
    shape = (len(index), len(names))
    return Ranges(
        pd.DataFrame(np.reshape(first, shape), index, names),
        pd.DataFrame(np.reshape(last, shape), index, names),
        pd.Series(there, index=names),
    )


Crowd = Literal["parishes", "municipalities", "modelled"]


@dataclass(frozen=True, eq=False)
class Crowds:
    """The values a place is seen among, by indicator: those of the parishes themselves; of all municipalities where
    only these have figures of their own; the parishes' modelled ones where nobody has."""

    values: Mapping[str, Table]
    kinds: Mapping[str, Crowd]


def crowds(figures: Figures, parishes: Sequence[str], municipalities: Sequence[str]) -> Crowds:
    """The crowd of each indicator, sorted by value; empty where nobody has a value."""
    codes: dict[Crowd, Sequence[str]] = {"parishes": parishes, "municipalities": municipalities}
    own = {who: figures.own.reindex(list(places)).to_numpy(bool) for who, places in codes.items()}
    plain = {who: figures.value.reindex(list(places)).to_numpy(float) for who, places in codes.items()}
    values: dict[str, Table] = {}
    kinds: dict[str, Crowd] = {}
    for at, name in enumerate(map(str, figures.value.columns)):
        natives: list[Crowd] = [who for who in codes if own[who][:, at].any()]
        if natives:
            kinds[name] = natives[0]
            found = plain[natives[0]][own[natives[0]][:, at], at]
        else:
            kinds[name] = "modelled"
            found = plain["parishes"][:, at]
        values[name] = np.sort(found[~np.isnan(found)])
    return Crowds(values, kinds)


def position(figures: Figures, places: Sequence[str], among: Crowds) -> pd.DataFrame:
    """How many per cent of the crowd have a lower value, equal ones counted by half; place x indicator."""
    table = figures.value.reindex(list(places))
    found = {}
    for name, column in table.items():
        crowd = among.values[str(name)]
        value = column.to_numpy(float)
        below = (np.searchsorted(crowd, value, "left") + np.searchsorted(crowd, value, "right")) / 2
        found[name] = np.where(np.isnan(value) | (len(crowd) == 0), np.nan, 100 * below / max(1, len(crowd)))
    return pd.DataFrame(found, index=pd.Index(list(places), name="territory"))


def unlike(figures: Figures, places: Sequence[str], among: Crowds, decimals: Mapping[str, int]) -> pd.Series:
    """How far apart the places lie in each indicator, the farthest first.

    The difference of their positions in the crowd, in percentage points; 0 where the highest and the lowest cannot be
    told apart, no entry where fewer than two places have a value.
    """
    where, names = position(figures, places, among), figures.value.columns
    table = figures.value.reindex(list(places)).to_numpy(float)
    several = np.flatnonzero((~np.isnan(where.to_numpy())).sum(axis=0) >= 2)
    if not len(several):
        return pd.Series(dtype=float)
    mean, sd = (part.reindex(list(places)).to_numpy(float) for part in (figures.mean, figures.sd))
    apart = where.max() - where.min()
    found = {}
    for at in several:
        column, name = table[:, at], str(names[at])
        high, low = np.nanargmax(column), np.nanargmin(column)
        said = verdict(
            column[high] - column[low],
            mean[high, at] - mean[low, at],
            float(np.hypot(*np.nan_to_num(sd[[high, low], at]))),
            decimals[name],
        )
        found[name] = 0.0 if said in ("alike", "equal") else float(apart.iloc[at])
    return pd.Series(found, dtype=float).sort_values(ascending=False, kind="stable")


@dataclass(frozen=True)
class Condition:
    """A value of at least or at most so much."""

    indicator: str
    bound: Bound
    value: float


def passing(figures: Figures, base: Sequence[str], conditions: Sequence[Condition]) -> pd.Series:
    """Who of the base meets all conditions: an `Answer` each. Unknown: a value is missing and no other one fails."""
    values = figures.value.reindex(list(base))
    failed = pd.Series(False, index=values.index)
    missing = pd.Series(False, index=values.index)
    for one in conditions:
        column = values[one.indicator]
        failed |= column < one.value if one.bound == "least" else column > one.value
        missing |= column.isna()
    answers = np.where(failed, "no", np.where(missing, "unknown", "yes"))
    return pd.Series(answers, index=values.index, dtype=object)

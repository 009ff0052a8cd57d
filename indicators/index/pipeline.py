"""The whole way from data to ranks: denominate, impute, screen, treat, normalise, aggregate, rank.

inputs = read(data, meta, config)                          # text tables and a JSON object, all faults at once
result = compute(inputs.data, inputs.meta, inputs.config, inputs.groups)
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.model import DataError, DataErrors, Fault, unique
from indicators.index import ENGINE, aggregate, impute, normalise, treat
from indicators.index import rank as ranking
from indicators.index.correlate import constant, correlated_pairs, cronbach, statistics
from indicators.index.denominate import denominate, denominator_faults
from indicators.index.meta import COLUMNS, LARGEST, MISSING, Draft, Meta, number, too_large
from indicators.index.screen import availability, screen

if TYPE_CHECKING:
    from indicators.index.uncertainty import Plan
from indicators.index.weight import effective, percent

UNIT, GROUP = "unit", "group"
SHOWN_CELLS = 100
"""Bad cells of a column that are told one by one; the rest are counted."""
CORRELATED = 0.9
EMPTY = "no values"
FILES = ("data", "meta", "config")
"""The three inputs: keys of what is wrong with them, and their names where there are no files."""
MAX_RUNS = 100_000
SINGLE = 1e30
"""The largest number of the runs, which compute in single precision."""


@dataclass(frozen=True)
class Normalise:
    """How indicators come to one scale. `limits` None is the method's own default."""

    method: normalise.Method = "goalposts"
    limits: tuple[float, float] | None = None
    cap: bool = True


@dataclass(frozen=True)
class Treat:
    """How outliers are treated."""

    method: treat.Method = "none"
    winmax: int = 5
    skew: float = 2
    kurt: float = 3.5


@dataclass(frozen=True)
class Rank:
    """How scores are ranked."""

    ties: ranking.Ties = "min"
    descending: bool = True


Threshold = float | tuple[float | None, ...] | None
DAT_THRESH = (0.5, 2 / 3)
"""The product's thresholds, at level 2 and above: half the indicators of a sub-dimension, two thirds of the rest."""


@dataclass(frozen=True)
class Config:
    """How an index is computed. `Config()` is the product's own way.

    `aggregate` is one mean or one for each level from 2 up; `dat_thresh` likewise, "default" being `DAT_THRESH`.
    `robustness` says what the Monte Carlo runs vary, None for no runs.
    """

    normalise: Normalise = field(default_factory=Normalise)
    treat: Treat = field(default_factory=Treat)
    impute: impute.Method = "none"
    screen: float | None = None
    aggregate: aggregate.Method | tuple[aggregate.Method, ...] = "amean"
    dat_thresh: Threshold | str = "default"
    rank: Rank = field(default_factory=Rank)
    robustness: Plan | None = None

    @classmethod
    def read(cls, mapping: Any, file: str = "config") -> Config:
        """Check a configuration as JSON gives it: absent keys have the product's default, null switches off.

        Raises
        ------
        DataError
            With all faults at once.
        """
        reading = _ConfigReading(mapping)
        config = reading.config()
        if reading.faults:
            raise DataError(file, list(dict.fromkeys(reading.faults)))
        return config

    def methods(self, levels: int) -> list[aggregate.Method]:
        """The mean of each level from 2 up to `levels`."""
        return aggregate.per_level(self.aggregate, levels)

    def thresholds(self, levels: int) -> list[float | None]:
        """The threshold of each level from 2 up to `levels`."""
        if self.dat_thresh == "default":
            return [DAT_THRESH[min(level - 2, 1)] for level in range(2, levels + 1)]
        return aggregate.per_level(self.dat_thresh, levels)

    def as_dict(self, levels: int) -> dict[str, Any]:
        """The configuration in the words of config.json, every default written out."""
        method = self.normalise.method
        shown = {
            "normalise": {
                "method": method,
                "range": list(self.normalise.limits or default_limits(method) or []) or None,
                "cap": self.normalise.cap if method == "goalposts" else None,
            },
            "treat": asdict(self.treat),
            "impute": {"method": self.impute},
            "screen": self.screen,
            "aggregate": self.methods(levels),
            "dat_thresh": self.thresholds(levels),
            "rank": asdict(self.rank),
            "robustness": None if self.robustness is None else _plan_as_dict(self.robustness),
        }
        if method not in normalise.RANGED:
            shown["normalise"]["range"] = None
        return shown


def _plan_as_dict(plan: Plan) -> dict[str, Any]:
    """The runs in the words of config.json."""
    scalings = []
    for way in plan.normalise:
        limits = {} if way.method == "none" else {"range": list(way.scale)}
        cap = {"cap": way.cap} if way.method == "goalposts" else {}
        scalings.append({"method": way.method, **limits, **cap})
    return {**asdict(plan), "normalise": scalings}


def default_limits(method: str) -> tuple[float, float] | None:
    """The limits a method has when none are given; None where it takes none."""
    return {"zscore": (0.0, 1.0)}.get(method, (0.0, 100.0)) if method in normalise.RANGED else None


@dataclass(frozen=True)
class Inputs:
    """Checked input: data (unit x numeric column), the tree, the configuration, each unit's group if there are any.

    `ignored` names the columns of data and meta that nothing asks for.
    """

    data: pd.DataFrame
    meta: Meta
    config: Config
    groups: pd.Series | None
    ignored: dict[str, list[str]]


@dataclass(frozen=True)
class Result:
    """What an index came to.

    `scores` and `ranks` are unit x code (indicators as normalised, then aggregates bottom-up), `coverage` is unit x
    aggregate (the share of its indicators the data hold, 0 to 1; what was imputed does not count), all in the order of
    the data; `robustness` has the columns unit, median, p05, p95, p_top_quarter, or is None; `log` says what was done,
    ready for JSON.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    coverage: pd.DataFrame
    robustness: pd.DataFrame | None
    log: dict[str, Any]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables as files hold them, by name: the unit in the first column, whole ranks without a decimal point."""
        ranks = self.ranks if (self.ranks % 1).any(axis=None) else self.ranks.astype("Int64")
        found = {"scores": self.scores, "ranks": ranks, "coverage": self.coverage}
        tables = {name: table.rename_axis(index=UNIT).reset_index() for name, table in found.items()}
        return tables if self.robustness is None else {**tables, "robustness": self.robustness}

    def summary(self) -> dict[str, Any]:
        """How much there was and what a reader should know, in figures."""
        steps = self.log["steps"]
        return {
            "units": self.log["units"],
            "indicators": self.log["indicators"],
            "levels": self.log["levels"],
            "imputed": len(steps["impute"]["cells"]),
            "screened_out": len(steps["screen"]["units"]),
            "treated": len(steps["treat"]["indicators"]),
            "left_out": {**steps["normalise"]["left_out"], **steps["aggregate"]["left_out"]},
            "incomplete": len(steps["aggregate"]["incomplete"]),
        }

    def remarks(self, ignored: Mapping[str, Sequence[str]]) -> list[str]:
        """The same in sentences, with the columns nothing asks for."""
        told = self.summary()
        lines = [f"Units: {told['units']:,}; indicators: {told['indicators']:,}; levels: {told['levels']}."]
        notes = {
            "imputed": "Cells filled in",
            "screened_out": "Units with too few indicators, without scores",
            "treated": "Indicators treated for outliers",
            "incomplete": "Scores of aggregates left empty for want of data",
        }
        lines += [f"{note}: {told[key]:,} (log.json says which)." for key, note in notes.items() if told[key]]
        lines += [f"{code} is left out: {reason}." for code, reason in told["left_out"].items()]
        lines += [
            f"Columns of {file} that nothing asks for: {', '.join(names)}." for file, names in ignored.items() if names
        ]
        return lines


def compute(
    data: pd.DataFrame,
    meta: Meta,
    config: Config | None = None,
    groups: pd.Series | None = None,
    files: Sequence[str] = FILES,
) -> Result:
    """Compute an index.

    Units below `screen` keep their rows with empty scores, and take no part in anything computed from the others.
    Indicators that cannot be normalised (constant ones, unless the scale is fixed) are left out: their column is empty
    and no threshold counts them. One without any value is missing like any other.

    Parameters
    ----------
    data
        unit x column, float, NaN = missing: every indicator of `meta`, every denominator, nothing infinite.
    groups
        The group of each unit, for group means and medians.
    files
        What the faults call data, meta and config.

    Raises
    ------
    DataError
        With all faults at once, before anything is computed; and for zero or less under a geometric or harmonic mean,
        and a score too large for a floating-point number.
    """
    config = config or Config()
    if faults := check(data, Draft(meta, [], {}, complete=True), config, groups):
        raise _errors(faults, files)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return _compute(data, meta, config, groups, files)
    except DataError as error:
        if error.file in FILES:
            error.file = files[FILES.index(error.file)]
        raise


def _compute(data: pd.DataFrame, meta: Meta, config: Config, groups: pd.Series | None, files: Sequence[str]) -> Result:
    raw = data[meta.indicators].astype(float)
    denominated = denominate(raw, dict(meta.denominators), data)
    filled = impute.impute(denominated, config.impute, groups)
    kept = screen(filled, config.screen)
    base = filled.loc[kept]
    logged = [code for code, scale in meta.scale.items() if scale == "log"]
    treated = treat.treat(base.drop(columns=logged), config.treat.method, *_limits(config.treat))
    ready = treated.data.join(base[logged])[meta.indicators]
    _refuse_lost_goalposts(treated, config)
    way = config.normalise
    normalised = normalise.normalise(
        ready,
        way.method,
        directions=meta.directions,
        limits=way.limits,
        lower=meta.lower,
        upper=meta.upper,
        scale=meta.scale,
        cap=way.cap,
    )
    out = _left_out(ready, normalised, way.method)
    part = meta.without([code for code, reason in out.items() if reason != EMPTY])
    above = part.levels - 1
    try:
        aggregates = aggregate.aggregate(
            normalised, part, config.methods(meta.levels)[:above], config.thresholds(meta.levels)[:above]
        )
    except aggregate.NotPositive as error:
        raise _not_positive(error, raw, config, files) from None
    scores = normalised.join(aggregates).reindex(index=data.index, columns=meta.codes)
    _refuse_endless(scores)
    log = {
        "engine": ENGINE,
        "config": config.as_dict(meta.levels),
        "units": len(data),
        "indicators": len(meta.indicators),
        "levels": meta.levels,
        "steps": {
            "denominate": _denominated(raw, denominated, meta),
            "impute": _imputed(denominated, filled, config),
            "screen": _screened(filled, kept, config),
            "treat": _treated(treated, logged, config),
            "normalise": {"method": way.method, "left_out": out},
            "aggregate": {
                "left_out": _aggregates_left_out(meta, part, out),
                "incomplete": _incomplete(normalised, aggregates, part),
            },
        },
        "constant": list(ready.columns[constant(ready)]),
        "statistics": statistics(denominated),
        "correlated": _correlated(normalised.drop(columns=list(out)), meta),
        "cronbach": {code: cronbach(scores.loc[kept, part.children(code)]) for code in part.aggregates},
        "weights": _weights(part),
    }
    return Result(
        scores=scores,
        ranks=ranking.rank(scores, config.rank.descending, config.rank.ties),
        coverage=aggregate.coverage(raw.notna(), meta),
        robustness=_robustness(denominated.where(kept, axis=0), part, config, scores, groups),
        log=plain(log),
    )


def check(
    data: pd.DataFrame | None,
    draft: Draft,
    config: Config,
    groups: pd.Series | None,
    cells: Sequence[Fault] = (),
    *,
    whole: bool = True,
) -> dict[str, list[Fault]]:
    """What keeps an index from being computed, under data, meta and config: what concerns whole tables first.

    Of an input that is at fault itself only what is known of it is held against the others: no data at all (None) or
    not all rows of it (not `whole`), a draft of the tree, a configuration without what could not be read. `cells` are
    faults of the data's rows and cells that were found before.
    """
    table = draft.meta.table
    structure, values = ([], []) if data is None else _data_faults(data, table, config, groups, whole)
    found: dict[str, list[Fault]] = {"data": [*structure, *cells, *values], "meta": [], "config": []}
    if config.normalise.method == "goalposts":
        bare = ((table["type"] == "indicator") & table["lower"].isna() & table["upper"].isna()).to_numpy()
        step = "Give lower and upper, or choose another normalisation."
        problem = "no goalposts, but normalise is goalposts"
        found["meta"] += [Fault(draft.place(str(code)), problem, step) for code in table.index[bare]]
    if draft.complete:
        above = draft.meta.levels - 1
        for key, value in (("aggregate", config.aggregate), ("dat_thresh", config.dat_thresh)):
            if isinstance(value, tuple) and len(value) != above:
                there = "is 1 level" if above == 1 else f"are {above} levels"
                problem = f"{len(value)} given, but there {there} above the indicators"
                step = "Give one for each level from 2 up, or a single one for all."
                found["config"].append(Fault(key, problem, step))
        if config.robustness is not None:
            found["config"] += config.robustness.faults(draft.meta)
    return {name: faults for name, faults in found.items() if faults}


def _data_faults(
    data: pd.DataFrame, table: pd.DataFrame, config: Config, groups: pd.Series | None, whole: bool
) -> tuple[list[Fault], list[Fault]]:
    """What is wrong with the data for this tree: with columns and units, and with values."""
    leaves = table[table["type"] == "indicator"]
    indicators = [str(code) for code in leaves.index]
    denominators = {str(code): str(name) for code, name in leaves["denominator"].items() if str(name)}
    there = data[[code for code in unique([*indicators, *denominators.values()]) if code in data]].astype(float)
    raw = there[[code for code in indicators if code in there]]
    divided = [
        fault if fault.next_step else replace(fault, next_step=too_large("quotient"))
        for fault in denominator_faults(raw, denominators, there)
    ]
    step = "Add it, or take it out of meta."
    structure = [
        Fault(f"column {code}", "not there, but meta names it", step) for code in indicators if code not in there
    ]
    structure += [fault for fault in divided if fault.place.startswith("column ")]
    if config.impute in impute.GROUPED and groups is None:
        step = f"Add the column {GROUP}, or impute by {config.impute.removeprefix('group_')}."
        structure.append(Fault(f"column {GROUP}", f"not there, but impute is {config.impute}", step))
    if not len(data) and whole:
        structure.append(Fault("rows", "there are none", "Give a row for every unit."))
    for unit in data.index[data.index.duplicated()].unique():
        if unit != "":
            structure.append(Fault(f"unit {unit}", "stands in two rows", "Keep one row for each unit."))
    values = _extreme(there)
    values += [fault for fault in divided if not fault.place.startswith("column ")]
    sound = {code: name for code, name in denominators.items() if code in raw and name in there}
    shares = raw.assign(**{code: raw[code] / there[name].where(there[name] != 0) for code, name in sound.items()})
    values += _extreme(shares[list(sound)].where(np.isfinite(raw[list(sound)])), after=" after division")
    if config.normalise.method != "none":
        logged = [code for code in raw if table.loc[code, "scale"] == "log"]
        values += normalise.log_faults(shares[logged])
    return structure, values


def _extreme(data: pd.DataFrame, after: str = "") -> list[Fault]:
    """The values that are infinite or too large to compute with; after division what is infinite was told before."""
    faults = []
    for row, column in np.argwhere(data.abs().to_numpy() > LARGEST):
        place = f"unit {data.index[row]}, column {data.columns[column]}"
        value = float(data.iloc[row, column])
        if math.isfinite(value):
            faults.append(Fault(place, f"{value:g}{after} is too large a number", too_large("value")))
        elif not after:
            faults.append(Fault(place, "an infinite value", "Leave the cell empty if the value is not known."))
    return faults


def read(
    data: pd.DataFrame | None,
    meta: pd.DataFrame | None,
    config: Any,
    files: Sequence[str] = FILES,
    faults: Mapping[str, Sequence[Fault]] | None = None,
) -> Inputs:
    """Check text tables and a JSON value, and give them their types.

    Parameters
    ----------
    data, meta
        Text cells as files hold them; the index is the row's number there and is called "row".
    config
        What the JSON file holds.
    files
        What the faults call the three.
    faults
        What is already known to be wrong with them, under data, meta and config. A table with faults holds the rows
        that could be read; an input that could not be read at all is None.

    Raises
    ------
    DataError
        With all faults of all three at once.
    """
    known = {name: list((faults or {}).get(name, ())) for name in FILES}
    draft = Draft.of(meta, whole=meta is not None and not known["meta"])
    reading = _ConfigReading({"normalise": None} if config is None and known["config"] else config)
    way = reading.config()
    table, groups, header, cells = (None, None, [], []) if data is None else _typed(data, draft.meta.table)
    found = check(table, draft, way, groups, [*known["data"], *cells], whole=not known["data"])
    told = {
        "data": [*header, *found.get("data", [])],
        "meta": [*known["meta"], *draft.faults, *found.get("meta", [])],
        "config": [*known["config"], *reading.faults, *found.get("config", [])],
    }
    if any(told.values()) or data is None or meta is None or table is None:
        raise _errors(told, files)
    used = {UNIT, GROUP, "", *table.columns}
    ignored = {
        "data": [name for name in map(str.strip, data.columns) if name not in used],
        "meta": [str(name).strip() for name in meta.columns if str(name).strip().lower() not in COLUMNS],
    }
    return Inputs(table, draft.meta, way, groups, ignored)


def _errors(faults: Mapping[str, Sequence[Fault]], files: Sequence[str]) -> DataErrors:
    """One error for each input that has faults, each fault once."""
    names = dict(zip(FILES, files, strict=True))
    return DataErrors([DataError(names[one], list(dict.fromkeys(found))) for one, found in faults.items() if found])


def _typed(data: pd.DataFrame, codes: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series | None, list[Fault], list[Fault]]:
    """The columns that should be numbers as numbers, the groups, and what is wrong with header and cells."""
    names = [str(name).strip() for name in data.columns]
    data = data.set_axis(names, axis=1)
    twice = dict.fromkeys(name for name in names if name and names.count(name) > 1)
    header = [Fault("header", f"two columns are called {name}", "Keep one of each.") for name in twice]
    cells: list[Fault] = []
    data = data.loc[:, ~data.columns.duplicated()]
    if names[:1] != [UNIT]:
        found = repr(names[0]) if names else "nothing"
        header.append(Fault("header", f"the first column is {found}, not {UNIT}", f"Call the first column {UNIT}."))
        units = pd.Series(data.index.astype(str), index=data.index)
    else:
        units = data[UNIT].str.strip()
        step = "Name the unit or take the row out."
        cells += [Fault(f"row {row}", "no unit", step) for row, unit in units.items() if not str(unit)]
    columns = {}
    indicators = [str(code) for code, kind in codes["type"].items() if str(kind) == "indicator"]
    for name in unique([*indicators, *filter(None, codes["denominator"].tolist())]):
        if name in names and name not in (UNIT, GROUP):
            columns[name], bad = _numbers(data[name], units)
            cells += bad
    table = pd.DataFrame(columns, index=data.index, dtype=float).set_axis(pd.Index(units, name=UNIT))
    groups = None
    if GROUP in data:
        groups = data[GROUP].str.strip().set_axis(table.index)
        groups = groups.mask(groups.isin(MISSING))
    return table, groups, header, cells


def _numbers(cells: pd.Series, units: pd.Series) -> tuple[np.ndarray, list[Fault]]:
    """A column's text cells as numbers, and the faults of those that are none."""
    text = cells.str.strip()
    values = [np.nan if cell in MISSING else number(cell) for cell in text]
    bad = [place for place, value in enumerate(values) if value is None or abs(value) > LARGEST]
    faults = []
    step = "Write numbers with a decimal point; leave the cell empty if there is none."
    for place in bad[:SHOWN_CELLS]:
        cell, value = text.iloc[place], values[place]
        where = f"row {cells.index[place]} (unit {units.iloc[place]}), column {cells.name}"
        if value is None:
            faults.append(Fault(where, f"{cell[:40]!r} is not a number", step))
        elif math.isinf(value):
            faults.append(Fault(where, f"{cell[:40]!r} is infinite", step))
        else:
            faults.append(Fault(where, f"{cell[:40]!r} is too large a number", too_large("value")))
    if len(bad) > SHOWN_CELLS:
        faults.append(Fault(f"column {cells.name}", f"{len(bad) - SHOWN_CELLS} more cells like these", step))
    return np.array([np.nan if value is None or abs(value) > LARGEST else value for value in values]), faults


def _limits(config: Treat) -> tuple[int, float, float]:
    return config.winmax, config.skew, config.kurt


def _refuse_lost_goalposts(treated: treat.Treated, config: Config) -> None:
    """A logarithm of the data takes them away from their goalposts."""
    if config.normalise.method != "goalposts":
        return
    logged = [code for code, done in treated.details["logged"].items() if done is True]
    step = "Declare its scale as log, treat with winsor alone, or choose another normalisation."
    problem = "treat takes its logarithm, but its goalposts are in the plain unit"
    if logged:
        raise DataError("config", [Fault(str(code), problem, step) for code in logged])


def _not_positive(error: aggregate.NotPositive, raw: pd.DataFrame, config: Config, files: Sequence[str]) -> DataError:
    """The same as a fault of the configuration, which chose the mean and the scale, with the cells it comes from."""
    keys = "normalise.range, aggregate" if config.normalise.method in normalise.RANGED else "aggregate"

    def origin(unit: Any, code: str) -> str:
        if code not in raw:
            return ""
        cell = raw.loc[unit, code]
        return f" ({files[0]}: {'empty' if np.isnan(cell) else format(cell, '.15g')})"

    faults = [
        replace(fault, place=f"{keys}: {fault.place}", problem=fault.problem + origin(unit, code))
        for fault, (unit, code) in zip(error.faults, error.cells, strict=True)
    ]
    return DataError(files[2], faults)


def _refuse_endless(scores: pd.DataFrame) -> None:
    """Scores that do not fit into a floating-point number."""
    step = "Give values, goalposts, weights and range of a size that goes together."
    faults = [
        Fault(f"unit {scores.index[row]}, {scores.columns[column]}", "the score is too large a number", step)
        for row, column in np.argwhere(np.isinf(scores.to_numpy(float)))
    ]
    if faults:
        raise DataError("data", faults)


def _left_out(data: pd.DataFrame, normalised: pd.DataFrame, method: str) -> dict[str, str]:
    """The indicators without any score, and why."""
    same = constant(data).to_dict()
    reasons = {}
    for code in data.columns[normalised.isna().all()]:
        if np.isnan(data[code].to_numpy()).all():
            reasons[code] = EMPTY
        elif same[code]:
            reasons[code] = "constant"
        else:
            reasons[code] = f"{method} is not defined for its values"
    return reasons


def _aggregates_left_out(meta: Meta, part: Meta, out: Mapping[str, str]) -> dict[str, str]:
    """The aggregates that are no part of the tree any more, and why."""
    there = set(part.codes)
    gone = [code for code in meta.aggregates if code not in there]
    missing = {*gone, *(code for code in out if code not in there)}
    weights = meta.weights.to_dict()
    return {
        code: "every child that has a weight is left out"
        if all(child in missing for child in meta.children(code) if weights[child])
        else f"{meta.parent(code)} is left out"
        for code in gone
    }


def _robustness(
    data: pd.DataFrame, meta: Meta, config: Config, scores: pd.DataFrame, groups: pd.Series | None
) -> pd.DataFrame | None:
    if config.robustness is None:
        return None
    from indicators.index.uncertainty import robustness_table

    if not meta.tops:
        columns = ("median", "p05", "p95", "p_top_quarter")
        return pd.DataFrame({UNIT: data.index, **dict.fromkeys(columns, np.nan)})
    asked = data[meta.indicators]
    _refuse_lost_precision(asked, meta, config.robustness)
    light = replace(meta, table=meta.table.assign(weight=_light(meta.table)))
    return robustness_table(asked, light, config.robustness, scores, groups, descending=config.rank.descending)


def _light(table: pd.DataFrame) -> pd.Series:
    """Weights of at most 1 that compare as the raw ones do, by a power of two in each group: that changes no digit."""
    heaviest = table.groupby("parent")["weight"].transform("max")
    return pd.Series(np.ldexp(table["weight"], -np.frexp(heaviest)[1]), index=table.index)


def _refuse_lost_precision(data: pd.DataFrame, meta: Meta, plan: Plan) -> None:
    """Scores that the single precision of the runs cannot hold: those that keep the size of the data may be such."""
    ends = {"directions": meta.directions, "lower": meta.lower, "upper": meta.upper, "scale": meta.scale}
    step = "Give the values in another unit, or choose minmax, zscore or prank."
    faults = []
    for way in plan.normalise:
        if way.method == "none" or (way.method == "goalposts" and not way.cap):
            found = normalise.normalise(data, way.method, limits=way.scale, cap=way.cap, **ends).abs()
            problem = f"{way.method} gives scores beyond {SINGLE:g}, more than the runs can hold"
            codes = [str(code) for code in found.columns[(found > SINGLE).any().to_numpy()]]
            faults += [Fault(f"robustness.normalise ({code})", problem, step) for code in codes]
    if faults:
        raise DataError("config", faults)


def _denominated(before: pd.DataFrame, after: pd.DataFrame, meta: Meta) -> dict[str, Any]:
    lost = np.argwhere((before.notna() & after.isna()).to_numpy())
    return {
        "columns": dict(meta.denominators),
        "without_denominator": [{"unit": before.index[row], "code": before.columns[column]} for row, column in lost],
    }


def _imputed(before: pd.DataFrame, after: pd.DataFrame, config: Config) -> dict[str, Any]:
    filled = before.isna() & after.notna()
    return {
        "method": config.impute,
        "cells": [
            {"unit": before.index[row], "code": before.columns[column], "value": after.iloc[row, column]}
            for row, column in np.argwhere(filled.to_numpy())
        ],
        "still_missing": int(after.isna().sum().sum()),
    }


def _screened(data: pd.DataFrame, kept: pd.Series, config: Config) -> dict[str, Any]:
    shares = availability(data)[~kept]
    return {
        "least": config.screen,
        "units": [{"unit": unit, "available": share} for unit, share in shares.items()],
    }


def _treated(treated: treat.Treated, logged: list[str], config: Config) -> dict[str, Any]:
    details = treated.details.astype(object).to_dict("index")
    points = {code: {unit: mark for unit, mark in marks.items() if mark} for code, marks in treated.points.items()}
    return {
        "method": config.treat.method,
        "log_scale": logged,
        "indicators": {
            code: {**{name: value for name, value in details[code].items() if pd.notna(value)}, "points": marks}
            for code, marks in points.items()
            if marks
        },
        "not_passed": [code for code, row in details.items() if row["passed"] is False],
    }


def _incomplete(scores: pd.DataFrame, aggregates: pd.DataFrame, meta: Meta) -> list[dict[str, Any]]:
    """The aggregates that are empty for want of children, with the share there is and the names of those missing."""
    known = scores.join(aggregates)
    found = []
    for code in meta.aggregates:
        children = meta.children(code)
        empty = known[code].isna().to_numpy()
        gaps = known[children].isna().to_numpy()[empty]
        found += [
            {"unit": unit, "code": code, "coverage": 1 - row.mean(), "missing": list(compress(children, row))}
            for unit, row in zip(known.index[empty], gaps, strict=True)
        ]
    return found


def _correlated(normalised: pd.DataFrame, meta: Meta) -> list[dict[str, Any]]:
    return [
        {**pair, "same_group": meta.parent(pair["first"]) == meta.parent(pair["second"])}
        for pair in correlated_pairs(normalised, CORRELATED).to_dict("records")
    ]


def _weights(meta: Meta) -> dict[str, dict[str, float]]:
    return pd.DataFrame({"weight": meta.weights, "percent": percent(meta), "effective": effective(meta)}).to_dict(
        "index"
    )


def plain(value: Any) -> Any:
    """The value as JSON knows it: plain types, tables as one object per row, missing as null."""
    match value:
        case pd.DataFrame():
            return {str(key): plain(row) for key, row in value.to_dict("index").items()}
        case Mapping():
            return {str(key): plain(entry) for key, entry in value.items()}
        case str() | bool() | None:
            return value
        case np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value)
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case Sequence() | np.ndarray() | pd.Index():
            return [plain(entry) for entry in value]
    raise TypeError(f"{type(value).__name__} has no place in JSON")


class _ConfigReading:
    """One reading of a configuration, gathering faults. What is at fault is read as the choice that asks for nothing
    of data and meta, so that what can be read is checked against them and nothing else."""

    KEYS = ("normalise", "treat", "impute", "screen", "aggregate", "dat_thresh", "rank", "robustness")

    def __init__(self, given: Any) -> None:
        self.given = given
        self.faults: list[Fault] = []

    def fault(self, place: str, problem: str, next_step: str = "") -> None:
        self.faults.append(Fault(place, problem, next_step))

    def config(self) -> Config:
        if not isinstance(self.given, Mapping):
            self.fault("top", f"{_kind(self.given)} instead of an object", "Write { ... }; {} has all defaults.")
            return Config(normalise=Normalise("none"))
        self.known(self.given, self.KEYS, "top")
        way = self.normalise()
        return Config(
            normalise=way,
            treat=self.treat(),
            impute=self.choice("impute.method", self.part("impute", ("method",)).get("method"), impute.METHODS, "none"),
            screen=self.number("screen", self.given.get("screen"), None, low=0, high=1),
            aggregate=self.aggregate(),
            dat_thresh=self.dat_thresh(),
            rank=self.rank(),
            robustness=self.robustness(way.method),
        )

    def known(self, given: Mapping[str, Any], keys: Sequence[str], place: str) -> None:
        for key in given:
            if key not in keys:
                self.fault(
                    f"{place}.{key}" if place != "top" else str(key), "no such key", f"There are {', '.join(keys)}."
                )

    def part(self, key: str, keys: Sequence[str]) -> Mapping[str, Any]:
        """An object of the configuration; a bare name stands for its method, null for no method."""
        given = self.given.get(key, {})
        if given is None:
            return {"method": "none"} if "method" in keys else {}
        if isinstance(given, str) and "method" in keys:
            return {"method": given}
        if not isinstance(given, Mapping):
            self.fault(key, f"{_kind(given)} instead of an object", f"It has the keys {', '.join(keys)}.")
            return {"method": "none"} if "method" in keys else {}
        self.known(given, keys, key)
        return given

    def choice(self, place: str, value: Any, options: Sequence[str], default: str) -> Any:
        if value is None:
            return default
        if not isinstance(value, str) or value not in options:
            self.fault(place, f"{_shown(value)} is not known", f"There are {', '.join(options)}.")
            return "none" if "none" in options else default
        return value

    def flag(self, place: str, value: Any, default: bool) -> bool:
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(place, f"{_kind(value)} instead of true or false", "Write true or false, without quotes.")
            return default
        return value

    def number(
        self, place: str, value: Any, default: Any, low: float = -math.inf, high: float = math.inf, whole: bool = False
    ) -> Any:
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            self.fault(place, f"{_kind(value)} instead of a number", "Write it without quotes.")
            return default
        if abs(value) > LARGEST:
            self.fault(place, f"{_kind(value)} is too large", too_large("number"))
            return default
        if not low <= value <= high or (whole and value != int(value)):
            ends = f"from {low:g}" + (f" to {high:g}" if math.isfinite(high) else "")
            self.fault(place, f"{value:g} is not allowed", f"Give a {'whole ' if whole else ''}number {ends}.")
            return default
        return int(value) if whole else float(value)

    def normalise(self) -> Normalise:
        given = self.part("normalise", ("method", "range", "cap"))
        default = "none" if "method" in given else "goalposts"
        method = self.choice("normalise.method", given.get("method"), normalise.METHODS, default)
        cap = self.flag("normalise.cap", given.get("cap"), default=True)
        return Normalise(method, self.limits(given.get("range"), method), cap)

    def limits(self, value: Any, method: str) -> tuple[float, float] | None:
        if value is None:
            return None
        place = "normalise.range"
        if not isinstance(value, list) or len(value) != 2:
            found = _kind(value)
            if isinstance(value, list) and value:
                found = "a list of 1 number" if len(value) == 1 else f"a list of {len(value)}"
            self.fault(place, f"{found} instead of two numbers", "Write [0, 100]; for zscore mean and deviation.")
            return None
        before = len(self.faults)
        first, second = (self.number(place, entry, None) for entry in value)
        if first is None or second is None:
            if len(self.faults) == before:
                self.fault(place, "null instead of a number", "Give both numbers.")
            return None
        if method == "zscore" and second <= 0:
            self.fault(place, f"a standard deviation of {second:g}", "Give the mean and a deviation above zero.")
        elif method in ("goalposts", "minmax") and first >= second:
            self.fault(place, f"{first:g} is not below {second:g}", "Give the lower end first.")
        return first, second

    def treat(self) -> Treat:
        given = self.part("treat", ("method", "winmax", "skew", "kurt"))
        default = Treat()
        return Treat(
            self.choice("treat.method", given.get("method"), treat.METHODS, "none"),
            self.number("treat.winmax", given.get("winmax"), default.winmax, low=0, whole=True),
            self.number("treat.skew", given.get("skew"), default.skew, low=0),
            self.number("treat.kurt", given.get("kurt"), default.kurt),
        )

    def aggregate(self) -> Any:
        value = self.given.get("aggregate")
        if isinstance(value, list) and value:
            return tuple(self.choice("aggregate", entry, aggregate.METHODS, "amean") for entry in value)
        if isinstance(value, list):
            self.fault("aggregate", f"{_kind(value)} instead of a mean", f"There are {', '.join(aggregate.METHODS)}.")
            return "amean"
        return self.choice("aggregate", value, aggregate.METHODS, "amean")

    def dat_thresh(self) -> Threshold | str:
        if "dat_thresh" not in self.given:
            return "default"
        value = self.given["dat_thresh"]
        if isinstance(value, list):
            return tuple(self.number("dat_thresh", entry, None, low=0, high=1) for entry in value)
        return self.number("dat_thresh", value, None, low=0, high=1)

    def rank(self) -> Rank:
        given = self.part("rank", ("ties", "descending"))
        ties = self.choice("rank.ties", given.get("ties"), ranking.TIES, "min")
        return Rank(ties, self.flag("rank.descending", given.get("descending"), default=True))

    def robustness(self, method: str) -> Plan | None:
        value = self.given.get("robustness")
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(
                "robustness", f"{_kind(value)} instead of an object", "Write {} for all defaults, null for none."
            )
            return None
        from indicators.index.uncertainty import Plan

        before = len(self.faults)
        known = [entry.name for entry in fields(Plan)]
        self.known(value, known, "robustness")
        self.number("robustness.runs", value.get("runs"), None, low=1, high=MAX_RUNS, whole=True)
        for key, entry in value.items():
            for place, part in _parts(entry, f"robustness.{key}"):
                if part is None and place != "robustness.noise" and not place.endswith(".range"):
                    self.fault(place, "null will not do", "Leave it out, or give a value.")
                largest = LARGEST if key == "seed" else SINGLE
                if isinstance(part, (int, float)) and abs(part) > largest:
                    step = f"Give one of at most {largest:g}: the runs hold no larger."
                    self.fault(place, "a very large number", step)
        while True:
            spoilt = {re.split(r"[.\[]", fault.place)[1] for fault in self.faults[before:]}
            sound = {key: entry for key, entry in value.items() if key in known and key not in spoilt}
            try:
                return Plan.read(sound, nominal="zscore" if "normalise" in spoilt else method)
            except DataError as error:
                self.faults += error.faults


def _kind(value: Any) -> str:
    """What a JSON value is, for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value[:40]!r}"
        case int() | float():
            return f"the number {value:g}" if abs(value) <= LARGEST else "a very large number"
        case list():
            return "a list" if value else "an empty list"
        case Mapping():
            return "an object"
    return type(value).__name__


def _shown(value: Any) -> str:
    """A JSON value as it stands in the file, shortened."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return repr(value[:40]) if isinstance(value, str) else _kind(value)
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _parts(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The simple values inside a JSON value, each with its place."""
    match value:
        case Mapping():
            for key, entry in value.items():
                yield from _parts(entry, f"{place}.{key}")
        case list():
            for number, entry in enumerate(value):
                yield from _parts(entry, f"{place}[{number}]")
        case _:
            yield place, value

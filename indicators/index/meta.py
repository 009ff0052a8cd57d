"""The tree of an index: its indicators, their parents, directions, weights and goalposts (COINr's iMeta)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from data.model import DataError, Fault

Type = Literal["indicator", "aggregate"]
Scale = Literal["linear", "log"]

REQUIRED = ("code", "level", "parent", "direction", "weight", "type")
OPTIONAL = ("denominator", "lower", "upper", "scale")
COLUMNS = [*REQUIRED, *OPTIONAL]
RESERVED = ("unit", "group")
"""Names of columns of the data that no code may have."""
MISSING = ("", "NA", "NaN", "nan")
"""Cells that say that there is no value."""
HIGHEST = 20
"""The highest level there may be; each costs a step in everything that goes up the tree."""
LARGEST = 1e150
"""The largest number, of either sign: squares and products of larger ones do not fit into a floating-point number."""


@dataclass(frozen=True, eq=False)
class Meta:
    """The tree of an index, checked. Make one with `Meta.of`.

    `table` has one row per code (its index), in the order of the input, and the columns level (int), parent (str, ""
    for none), direction (+1 or -1; +1 for aggregates), weight (float, raw), type, denominator (str, "" for none),
    lower and upper (float, NaN for none) and scale.
    """

    table: pd.DataFrame

    @classmethod
    def of(cls, table: pd.DataFrame, file: str = "meta") -> Meta:
        """Check a table of codes and make the tree of it.

        Parameters
        ----------
        table
            One row per code: code, level (1 for indicators), parent (empty at a top), direction (1 or -1), weight
            (zero or more), type (indicator or aggregate) and, if wanted, denominator, lower, upper, scale (linear or
            log). Cells may be numbers or text; empty, NA and NaN are missing.
        file
            What the faults call the table.

        Raises
        ------
        DataError
            With all faults at once.
        """
        draft = Draft.of(table)
        if draft.faults:
            raise DataError(file, draft.faults)
        return draft.meta

    @cached_property
    def indicators(self) -> list[str]:
        """The codes of level 1, in the order of the table."""
        return self.at(1)

    @cached_property
    def aggregates(self) -> list[str]:
        """The codes above level 1, every one after its children."""
        return [code for level in range(2, self.levels + 1) for code in self.at(level)]

    @property
    def codes(self) -> list[str]:
        """All codes: the indicators, then the aggregates bottom-up."""
        return self.indicators + self.aggregates

    @cached_property
    def levels(self) -> int:
        """The number of the highest level."""
        return max(self._levels.values(), default=1)

    @cached_property
    def tops(self) -> list[str]:
        """The aggregates without a parent, the highest first: the first is the index itself."""
        tops = [code for code in self.aggregates if not self.parent(code)]
        return sorted(tops, key=self.level, reverse=True)

    @cached_property
    def _levels(self) -> dict[str, int]:
        return {str(code): int(level) for code, level in self.table["level"].items()}

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {str(code): str(parent) for code, parent in self.table["parent"].items()}

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, parent in self._parents.items():
            found.setdefault(parent, []).append(code)
        return found

    @property
    def weights(self) -> pd.Series:
        """Raw weights by code."""
        return self.table.loc[:, "weight"]

    @property
    def directions(self) -> pd.Series:
        """+1 or -1 by indicator."""
        return self.table.loc[self.indicators, "direction"]

    @property
    def lower(self) -> pd.Series:
        """Lower goalposts by indicator, NaN where there is none."""
        return self.table.loc[self.indicators, "lower"]

    @property
    def upper(self) -> pd.Series:
        """Upper goalposts by indicator, NaN where there is none."""
        return self.table.loc[self.indicators, "upper"]

    @property
    def scale(self) -> pd.Series:
        """linear or log by indicator."""
        return self.table.loc[self.indicators, "scale"]

    @property
    def denominators(self) -> pd.Series:
        """The column each indicator is divided by, of those that are."""
        named = self.table.loc[self.indicators, "denominator"]
        return pd.Series({code: name for code, name in named.items() if name}, dtype=str)

    def level(self, code: str) -> int:
        return self._levels[code]

    def parent(self, code: str) -> str:
        """The code's parent, "" at a top."""
        return self._parents[code]

    def at(self, level: int) -> list[str]:
        """The codes of a level, in the order of the table."""
        return [code for code, own in self._levels.items() if own == level]

    def children(self, code: str) -> list[str]:
        """The codes right below, in the order of the table; none for an indicator."""
        return list(self._children.get(code, []))

    def leaves(self, code: str) -> list[str]:
        """The indicators below, in the order of the table; an indicator is its own leaf."""
        found: set[str] = set()
        stack = [code]
        while stack:
            current = stack.pop()
            below = self.children(current)
            stack += below
            if not below:
                found.add(current)
        return [entry for entry in self.indicators if entry in found]

    def reweighted(self, weights: Mapping[str, float] | pd.Series) -> Meta:
        """The same tree with other raw weights for the codes named; zero takes a code out of its group.

        Raises
        ------
        DataError
            If a code is unknown, a weight is no number of zero or more, or a group would weigh nothing.
        """
        given = {str(code): float(weight) for code, weight in weights.items()}
        faults = [
            Fault(code, f"{weight:g} is no weight", "Give a number of zero or more.")
            if code in self.table.index
            else Fault(code, "no such code in the index")
            for code, weight in given.items()
            if code not in self.table.index or not (np.isfinite(weight) and weight >= 0)
        ]
        if faults:
            raise DataError("weights", faults)
        table = self.table.copy()
        table.loc[list(given), "weight"] = list(given.values())
        meta = replace(self, table=table)
        raw = {**self.table["weight"].to_dict(), **given}
        empty = [code for code in self.aggregates if not any(raw[c] for c in self.children(code))]
        if empty:
            raise DataError("weights", [Fault(code, *WEIGHTLESS) for code in empty])
        return meta

    def without(self, codes: Iterable[str]) -> Meta:
        """The tree without these codes, without the aggregates whose children then weigh nothing (or that have none),
        and without whatever stands below those."""
        gone = set(codes)
        weights = self.weights.to_dict()
        for code in self.aggregates:
            if not any(weights[child] for child in self.children(code) if child not in gone):
                gone.add(code)
        for code in reversed(self.aggregates):
            if code in gone:
                gone.update(self.children(code))
        return replace(self, table=self.table[~self.table.index.isin(gone)])


WEIGHTLESS = ("all its children weigh zero", "Give at least one of them a weight, or leave the group out.")


@dataclass(frozen=True, eq=False)
class Draft:
    """What a table of codes says, right or wrong: enough to check data and configuration against it.

    `meta` is the tree if there are no `faults`. If there are, its table still has every code that could be read, with
    level 0 where none is known and an infinite goalpost where one is given that is none. `rows` is each code's row.
    `complete` says that every row and level could be read: only then is a code that is not there known to be missing.
    """

    meta: Meta
    faults: list[Fault]
    rows: dict[str, int]
    complete: bool

    @classmethod
    def of(cls, table: pd.DataFrame | None, whole: bool = True) -> Draft:
        """Read a table as `Meta.of` does, without raising.

        `whole` is False where rows are known to be left out (None: all of them): what they may hold is not missed.
        """
        reading = _Reading(pd.DataFrame(columns=[*REQUIRED]) if table is None else table, whole)
        return reading.draft()

    def place(self, code: str) -> str:
        """Where a code stands, for a fault."""
        return f"row {self.rows[code]} ({code})" if code in self.rows else code


class _Reading:
    """One reading of a table, gathering faults."""

    def __init__(self, table: pd.DataFrame, whole: bool) -> None:
        self.faults: list[Fault] = []
        self.whole = whole
        self.raw = table.rename(columns=lambda name: str(name).strip().lower())
        self.rows: dict[str, int] = {}

    def fault(self, place: str, problem: str, next_step: str = "") -> None:
        self.faults.append(Fault(place, problem, next_step))

    def draft(self) -> Draft:
        absent = [name for name in REQUIRED if name not in self.raw]
        twice = sorted(set(self.raw.columns[self.raw.columns.duplicated()]) - {""})
        if absent:
            self.fault("header", f"no column {', '.join(absent)}", f"There must be {', '.join(REQUIRED)}.")
        if twice:
            self.fault("header", f"two columns are called {', '.join(twice)}", "Keep one of each.")
        if self.raw.empty and self.whole:
            self.fault("rows", "there are none", "Give a row for every indicator and aggregate.")
        self.raw = self.raw.loc[:, ~self.raw.columns.duplicated()]
        self.absent = set(absent)
        places = self.raw.index if self.raw.index.name == "row" else range(2, len(self.raw) + 2)
        read = [self.row(place, row) for place, row in zip(places, self.raw.to_dict("records"), strict=True)]
        rows = [row for row in read if row]
        self.unique(rows)
        table = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates("code").set_index("code")
        if not self.raw.empty and not {"code", "type"} & self.absent:
            self.tree(table)
        known = self.whole and not absent and not self.raw.empty
        levels = table["level"].tolist()
        kinds = {"indicator": True, "aggregate": False}
        sure = all(level and kinds.get(kind) == (level == 1) for level, kind in zip(levels, table["type"], strict=True))
        return Draft(Meta(table), self.faults, self.rows, known and sure and len(rows) == len(read))

    def row(self, number: int, row: dict[Any, Any]) -> dict[str, Any] | None:
        """One row with its types, or None where it has no code; whatever is wrong goes to the faults."""
        code = _text(row.get("code"))
        place = f"row {number}" + (f" ({code})" if code else "")
        if not code:
            if "code" not in self.absent:
                self.fault(place, "no code", "Give the code or take the row out.")
            return None
        if code in RESERVED:
            self.fault(place, f"{code!r} is the name of a column of the data", "Choose another code.")
        level = self.level(row, place)
        kind = _text(row.get("type")).lower()
        if "type" in self.absent:
            kind = "" if not level else "indicator" if level == 1 else "aggregate"
        elif kind not in get_args(Type):
            self.fault(place, f"type {kind!r}", f"A type is {' or '.join(get_args(Type))}.")
        elif level and (level == 1) != (kind == "indicator"):
            step = "Indicators stand at level 1, aggregates above."
            self.fault(place, f"type {kind} at level {level:g}", step)
        parent = _text(row.get("parent"))
        if kind == "indicator" and not parent and "parent" not in self.absent:
            self.fault(place, "an indicator without a parent", "Name the aggregate it belongs to.")
        self.rows.setdefault(code, number)
        return {
            "code": code,
            "level": level,
            "parent": parent,
            "direction": self.direction(row.get("direction"), place, kind),
            "weight": self.weight(row.get("weight"), place, needed=bool(parent)),
            "type": kind,
            "denominator": _text(row.get("denominator")),
            **self.goalposts(row, place),
        }

    def level(self, row: dict[Any, Any], place: str) -> int:
        """The level, 0 where none is known."""
        level = self.number(row.get("level"), place, "level", largest=math.inf)
        if level is None:
            return 0
        if level < 1 or level != int(level):
            self.fault(place, f"level {level:g}", "Levels are whole numbers from 1.")
            return 0
        if level > HIGHEST:
            self.fault(place, f"level {level:g} is too high", f"Levels go from 1 to {HIGHEST}.")
            return 0
        return int(level)

    def number(
        self, cell: Any, place: str, name: str, *, needed: bool = True, largest: float = LARGEST
    ) -> float | None:
        text = _text(cell)
        if not text:
            if needed and name not in self.absent:
                self.fault(place, f"no {name}", "Give a number.")
            return None
        value = number(text)
        if value is None or np.isinf(value):
            step = "Write it with a decimal point and no spaces."
            self.fault(place, f"{name} {_short(text)} is not a number", step)
            return None
        if abs(value) > largest:
            self.fault(place, f"{name} {_short(text)} is too large a number", too_large("number"))
            return None
        return value

    def direction(self, cell: Any, place: str, kind: str) -> float:
        value = self.number(cell, place, "direction", needed=kind == "indicator")
        if value is not None and (value not in (1, -1) or (kind == "aggregate" and value != 1)):
            step = "1 if more is better, -1 if less is; an aggregate has 1 or nothing."
            self.fault(place, f"direction {value:g}", step)
        return 1.0 if value is None else value

    def weight(self, cell: Any, place: str, *, needed: bool) -> float:
        value = self.number(cell, place, "weight", needed=needed)
        if value is not None and value < 0:
            self.fault(place, f"weight {value:g} is below zero", "Turn the direction instead, or use zero.")
        return 1.0 if value is None else value

    def goalposts(self, row: dict[Any, Any], place: str) -> dict[str, Any]:
        """lower, upper and scale; an end is infinite where all that is known is that one is meant."""
        lower, upper = (self.number(row.get(name), place, name, needed=False) for name in ("lower", "upper"))
        given = [bool(_text(row.get(name))) for name in ("lower", "upper")]
        scale = _text(row.get("scale")).lower() or "linear"
        if given[0] != given[1]:
            self.fault(place, "only one of lower and upper", "Give both or neither.")
        if lower is not None and upper is not None and lower >= upper:
            step = "lower must be less than upper; direction -1 says that less is better."
            self.fault(place, f"lower {lower:g} is not below upper {upper:g}", step)
        if scale not in get_args(Scale):
            self.fault(place, f"scale {scale!r}", f"A scale is {' or '.join(get_args(Scale))}.")
        if scale == "log" and lower is not None and lower <= 0:
            self.fault(place, f"lower {lower:g} on a log scale", "A log scale needs goalposts above zero.")
        unknown = np.inf if any(given) else np.nan
        return {
            "lower": unknown if lower is None else lower,
            "upper": unknown if upper is None else upper,
            "scale": scale,
        }

    def unique(self, rows: list[dict[str, Any]]) -> None:
        for code, count in Counter(row["code"] for row in rows).items():
            if count > 1:
                problem = f"stands in {'two' if count == 2 else count} rows"
                self.fault(self.place(code), problem, "Keep one row for each code.")

    def place(self, code: str) -> str:
        return f"row {self.rows[code]} ({code})"

    def tree(self, table: pd.DataFrame) -> None:
        """The faults between rows: parents, levels, cycles, empty and weightless groups."""
        rows: dict[str, dict[str, Any]] = table.to_dict("index")
        weights: dict[str, list[float]] = {code: [] for code in rows}
        for code, row in rows.items():
            parent = row["parent"]
            if not parent:
                continue
            if parent not in rows:
                if self.whole:
                    self.fault(
                        self.place(code), f"its parent {parent!r} has no row", "Add that row or correct the parent."
                    )
                continue
            weights[parent].append(row["weight"])
            above = rows[parent]
            if above["type"] == "indicator":
                self.fault(self.place(code), f"its parent {parent!r} is an indicator", "Name an aggregate.")
            elif row["level"] and 0 < above["level"] <= row["level"]:
                problem = f"level {row['level']}, but its parent {parent} has level {above['level']}"
                self.fault(self.place(code), problem, "A parent's level is above its children's.")
        for cycle in _cycles({code: row["parent"] for code, row in rows.items()}):
            problem = f"its parents run in a circle: {' -> '.join(cycle)}"
            self.fault(self.place(cycle[0]), problem, "A tree ends at a top.")
        if not self.whole:
            return
        if "indicator" not in {row["type"] for row in rows.values()}:
            self.fault("rows", "no indicator among them", "Give a row for every indicator.")
        for code in (code for code, row in rows.items() if row["type"] == "aggregate"):
            if "parent" in self.absent:
                continue
            if not weights[code]:
                self.fault(self.place(code), "no row names it as parent", "Give it children or take the row out.")
            elif not any(weights[code]):
                self.fault(self.place(code), *WEIGHTLESS)


def too_large(what: str) -> str:
    """What to do about a number that is too large, and why it is refused."""
    return f"Give a {what} of at most {LARGEST:g}, in another unit if need be: larger ones cannot be squared or added."


def number(text: str) -> float | None:
    """A number written with a decimal point and ASCII digits, or an infinite one; None for `1,5`, `1_000`, `abc`."""
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _text(cell: Any) -> str:
    """A cell as text; a missing one is empty."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    text = str(cell).strip()
    return "" if text in MISSING else text


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _cycles(parents: dict[str, str]) -> list[list[str]]:
    """Every circle of parents, once, beginning and ending with the same code."""
    done: set[str] = set()
    found = []
    for start in parents:
        path: list[str] = []
        code = start
        while code in parents and code not in done:
            if code in path:
                found.append([*path[path.index(code) :], code])
                break
            path.append(code)
            code = parents[code]
        done.update(path)
    return found

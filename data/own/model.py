"""What reading somebody's own file gives: series, what was not matched, and what a reader should know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

from data.model import Level, SchemaError

Kind = Literal["table", "raim", "availability", "points", "polygons"]
KINDS: tuple[Kind, ...] = ("table", "raim", "availability", "points", "polygons")
What = Literal["figure", "count", "mean", "distance", "area_share", "population_share"]
"""What a series is: a figure of the file, or what was worked out from points or areas."""

WHAT_SUFFIX: Mapping[What, str] = {
    "count": " (number)",
    "mean": " (mean)",
    "distance": " (distance to the nearest)",
    "area_share": " (share of area)",
    "population_share": " (share of residents)",
}
"""How the command line tells apart what was worked out from the same points or areas."""

Reason = Literal["near", "unknown", "homonym", "former", "twice", "outside", "no_place", "geometry", "number"]
"""Why a row was not used: names like it exist, nothing like it exists, several places are called so, a territory that
is no more, the same place and period twice, in no unit, no place given, a shape of the wrong kind, figures that cannot
be."""

Cell = str | float | bool | None
"""A cell as it is shown; a date is its text (2024-01-31)."""

NOTES: Mapping[str, str] = {
    "windows_1257": "Read as windows-1257, as it is not UTF-8.",
    "totals": "Rows of totals or regions were left out: {names}.",
    "no_period": "No year in the file: say which year the figures are of.",
    "decimal": "{count} numbers such as {example} may have a decimal sign or group thousands; read as {read}.",
    "fraction": "{name}: called per cent, but no figure is over 1; they may be fractions (0.05 = 5%).",
    "not_numbers": "{name}: {count} cells are no numbers ({examples}); they are left empty.",
    "blank_years": "{name}: {years} hold nothing but zeros or empty cells and count as not published.",
    "code_and_name": "{count} rows have a code and a name that disagree; the code counts ({example}).",
    "left_aside": "Columns without figures were left aside: {names}.",
    "sheets": "Sheets without territories or figures were left aside: {names}.",
    "header": "No header row was found: columns are called by their letters.",
    "dates": "Dates were taken for the year they lie in.",
    "overlap": "Some areas overlap; land under several of them counts once.",
    "repaired": "{count} areas crossed themselves and were put right.",
    "cells": "People are counted where the middle of their square kilometre lies.",
    "not_monotone": "{count} rows have a larger share at a higher speed, which cannot be: {examples}.",
    "municipality_sums": "Municipalities of the file are kept beside its parishes as their own figures.",
    "unvalued": "Formulas without a stored result ({count}: {examples}) are left empty.",
    "hidden_sheets": "Hidden sheets were left aside: {names}.",
    "not_a_renewal": "Not taken as a renewal of the published series: {why}",
}


@dataclass(frozen=True)
class Note:
    """Something a reader should know; `kind` is a key of `NOTES`, `values` fill its gaps."""

    kind: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return NOTES[self.kind].format(**self.values)


@dataclass(frozen=True)
class Candidate:
    """A territory a row may mean, and how alike the names are (0-100)."""

    code: str
    name: str
    score: int


@dataclass(frozen=True)
class Unmatched:
    """A row that was not used. `text` is what stands there; the candidates are offered, never taken."""

    sheet: str
    row: int
    text: str
    reason: Reason
    detail: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column as it was recognised.

    role: code, name, municipality, period, value, series, lat, lon, or text (left aside)
    """

    at: int
    label: str
    role: str
    period: str | None = None


@dataclass(frozen=True)
class Preview:
    """The first rows of a sheet as recognised."""

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first: int


@dataclass(frozen=True)
class Series:
    """One quantity by territory and period.

    name, unit, source: as the file has them; `source` may be empty
    level: of the territories, unit or municipality
    what, column: how it was made
    additive: whether the figures of parishes may be summed to a municipality
    rows: rows of the file that were used
    values: for each code a figure for each period, None where there is none
    base: what the values are divided by, of the same form; the series is then `per` x values / base
    reasons: status by position ("code period") where a value is missing for a known reason
    """

    name: str
    level: Level
    unit: str
    source: str
    what: What
    additive: bool
    rows: int
    codes: tuple[str, ...]
    periods: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    base: tuple[tuple[float | None, ...], ...] | None = None
    per: float = 1.0
    reasons: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    sheet: str = ""

    @property
    def count(self) -> int:
        """How many figures there are."""
        return sum(value is not None for row in self.values for value in row)

    def described(self) -> dict[str, Any]:
        """As the command line tells it."""
        return {
            "name": self.name + WHAT_SUFFIX.get(self.what, ""),
            "level": self.level,
            "unit": self.unit,
            "source": self.source,
            "first": self.periods[0] if self.periods and self.periods[0] else None,
            "last": self.periods[-1] if self.periods and self.periods[-1] else None,
            "rows": self.rows,
            "territories": len(self.codes),
            "values": self.count,
            "sheet": self.sheet,
            "what": self.what,
        }


@dataclass(frozen=True)
class Answers:
    """What the reader was told: nothing of it is needed.

    kind: what the file is, if not what it looks like
    sheet: the only sheet to read
    period: the year of figures without one
    assigned: territory by the text of a row ("" leaves it out)
    roles: another role of a column, by its position
    comma: what a comma with three digits after it is: "decimal" or "thousands"
    """

    kind: str = ""
    sheet: str = ""
    period: str = ""
    assigned: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    comma: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Answers:
        return cls(**json.loads(text or "{}"))


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    asks: what must be answered before the series can be used: "period"
    periods: years that stand in a title or the file's name, offered for figures without a year
    sheets: all sheets with something in them
    """

    file: str
    kind: Kind
    series: tuple[Series, ...]
    unmatched: tuple[Unmatched, ...] = ()
    notes: tuple[Note, ...] = ()
    previews: tuple[Preview, ...] = ()
    sheets: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Reading:
        """The reading another process wrote.

        Raises
        ------
        SchemaError
            If it is none.
        """
        try:
            return cls._of(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            step = "Give the file again."
            raise SchemaError.of("reading", "", f"cannot be understood ({type(error).__name__})", step) from None

    @classmethod
    def _of(cls, given: Mapping[str, Any]) -> Reading:
        def rows(table: Sequence[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
            return tuple(tuple(row) for row in table)

        def series(one: Mapping[str, Any]) -> Series:
            lists = {"codes": tuple(one["codes"]), "periods": tuple(one["periods"]), "values": rows(one["values"])}
            return Series(**{**one, **lists, "base": None if one["base"] is None else rows(one["base"])})

        def unmatched(one: Mapping[str, Any]) -> Unmatched:
            return Unmatched(**{**one, "candidates": tuple(Candidate(**each) for each in one["candidates"])})

        def preview(one: Mapping[str, Any]) -> Preview:
            columns = tuple(Column(**each) for each in one["columns"])
            return Preview(**{**one, "columns": columns, "rows": rows(one["rows"])})

        made = {
            "series": tuple(map(series, given["series"])),
            "unmatched": tuple(map(unmatched, given["unmatched"])),
            "notes": tuple(Note(**each) for each in given["notes"]),
            "previews": tuple(map(preview, given["previews"])),
            **{name: tuple(given[name]) for name in ("sheets", "asks", "periods")},
        }
        return cls(**{**given, **made})


Better = Literal["higher", "lower", "neither"]
DIMENSIONS = ("coverage_score", "skills_score", "completeness_score", "quality_score", "timeliness_score")
"""Parts of the index a series may be given to."""


@dataclass(frozen=True)
class Use:
    """How a series is used: what its owner was asked.

    name, unit: in the owner's words
    better: which figures are the good ones
    additive: whether parishes are summed to their municipality
    times: what every figure is multiplied by (100 makes fractions per cent)
    dimension: the part of the index it may count in, "" for none; worst and best are then the ends of its scale
    """

    name: str
    unit: str
    better: Better = "neither"
    additive: bool = False
    times: float = 1.0
    dimension: str = ""
    worst: float | None = None
    best: float | None = None


@dataclass(frozen=True)
class Brought:
    """A file that somebody has brought into use: its series, each with how it is used."""

    file: str
    kind: Kind
    series: tuple[Series, ...]
    uses: tuple[Use, ...]

    @cached_property
    def id(self) -> str:
        """A name that is the same for the same content."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Brought:
        """What `to_json` wrote.

        Raises
        ------
        SchemaError
            If it is none.
        """
        try:
            given = json.loads(text)
            uses = tuple(Use(**use) for use in given["uses"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            problem = f"cannot be understood ({type(error).__name__})"
            raise SchemaError.of("own data", "", problem, "Remove it, and give the file again.") from None
        reading = Reading.from_json(
            json.dumps({**asdict(Reading(given["file"], given["kind"], ())), "series": given["series"]})
        )
        return cls(reading.file, reading.kind, reading.series, uses)

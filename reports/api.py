"""The programming interface without its web side: what may be asked, and the answers as plain values.

A query is checked as a whole: `BadQuery` names every fault at once. Nothing here can change anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.model import PERIOD, RURAL, Source, Text
from data.store import Snapshot
from indicators.catalogue import FACTORS, THEMES, breaks_of, sources_of
from indicators.model import Indicator
from reports.exhibit import formulas_escaped
from reports.values import COLUMNS, GROUP_NAMES, ORDER, values_table

USUAL, MOST = 1000, 10_000
"""Rows in one answer: where the query does not say, and at most."""
FURTHEST = 10_000_000
LEVELS = tuple(ORDER)
VALUE_COLUMNS = (*COLUMNS, "licences")
LISTS = ("indicator", "territory", "period", "level")
A_PERIOD = re.compile(PERIOD.pattern, re.ASCII)


@dataclass
class BadQuery(Exception):
    """A query that cannot be answered: (parameter, what is wrong with it), all of them."""

    faults: Sequence[tuple[str, str]]

    def as_dict(self) -> dict[str, Any]:
        """The answer to it."""
        return {"error": "bad query", "faults": [{"parameter": name, "problem": text} for name, text in self.faults]}


@dataclass(frozen=True)
class Query:
    """Which values are asked for; an empty tuple asks for all."""

    indicator: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    limit: int = USUAL
    offset: int = 0

    def address(self, offset: int) -> str:
        """The query of another page of the same values."""
        named = [(name, value) for name in LISTS for value in getattr(self, name)]
        return "?" + "&".join(f"{name}={value}" for name, value in [*named, ("limit", self.limit), ("offset", offset)])


@dataclass(frozen=True)
class Page:
    """Some of the values that fit a query: the rows, how many fit in all, and the query of the next page."""

    rows: pd.DataFrame
    total: int
    next: str | None
    """Relative to the address of this one."""


@dataclass(frozen=True)
class Api:
    """What a snapshot has to tell.

    values: what `evaluate` gives for it
    """

    snapshot: Snapshot
    values: pd.DataFrame
    indicators: Mapping[str, Indicator]

    @cached_property
    def territories(self) -> dict[str, str]:
        """The code of every territory that has values, with its name."""
        table = self.snapshot.territories
        shown = table[table["level"].isin(["unit", "municipality"])]
        return dict(zip(shown["code"], shown["full_name"], strict=True)) | GROUP_NAMES

    @cached_property
    def _columns(self) -> dict[str, pd.Categorical]:
        """The columns that can be asked for, sorted as answers are: by indicator, level, period and territory."""
        return {name: pd.Categorical(self._sorted[name]) for name in LISTS}

    @cached_property
    def _sorted(self) -> pd.DataFrame:
        order = self.values.assign(order=self.values["level"].map(ORDER))
        order = order.sort_values(["indicator", "order", "period", "territory"], ignore_index=True)
        return order.drop(columns="order")

    def page(self, query: Query) -> Page:
        """The values that fit a query, described (`reports.values.COLUMNS`, and `licences`), one page of them."""
        fits = np.ones(len(self._sorted), dtype=bool)
        for name, column in self._columns.items():
            if asked := getattr(query, name):
                codes = column.categories.get_indexer(pd.Index(asked))
                fits &= np.isin(column.codes, codes[codes >= 0])
        places = np.flatnonzero(fits)
        shown = places[query.offset : query.offset + query.limit]
        rows = values_table(self.snapshot, self._sorted.iloc[shown])
        licences = {id: source.licence.id for id, source in self.snapshot.sources.items()}
        rows["licences"] = [
            ";".join(dict.fromkeys(licences[id] for id in ids.split(";") if id)) for ids in rows["sources"]
        ]
        end = query.offset + query.limit
        return Page(rows, len(places), query.address(end) if end < len(places) else None)

    def values_as_dict(self, query: Query) -> dict[str, Any]:
        """A page of values, with the licence of every source in it."""
        page = self.page(query)
        rows = page.rows.astype(object).where(page.rows.notna(), None)
        used = dict.fromkeys(id for ids in page.rows["sources"].unique() for id in ids.split(";") if id)
        return {
            "total": page.total,
            "limit": query.limit,
            "offset": query.offset,
            "next": page.next,
            "values": rows.to_dict("records"),
            "sources": {id: licence_of(self.snapshot.sources[id]) for id in used},
            "snapshot": self.snapshot.hash,
        }

    def values_as_csv(self, query: Query) -> tuple[str, Page]:
        """A page of values as CSV in which no cell is a formula, and the page."""
        page = self.page(query)
        return formulas_escaped(page.rows).to_csv(index=False, lineterminator="\r\n"), page

    def indicator_list(self) -> dict[str, Any]:
        """Every indicator as it is declared, with its periods by level."""
        spans = self.values.groupby(["indicator", "level"], observed=True)["period"].agg(["min", "max"])
        levels: dict[str, dict[str, list[str]]] = {}
        for indicator, level, first, last in spans.reset_index().itertuples(index=False):
            levels.setdefault(indicator, {})[level] = [first, last]
        return {
            "indicators": [self._described(entry, levels.get(entry.id, {})) for entry in self.indicators.values()],
            "snapshot": self.snapshot.hash,
        }

    def _described(self, entry: Indicator, levels: Mapping[str, list[str]]) -> dict[str, Any]:
        posts = entry.goalposts
        return {
            "id": entry.id,
            "title": both(entry.title),
            "definition": both(entry.definition),
            "formula": both(entry.formula),
            "unit": both(entry.unit),
            "decimals": entry.decimals,
            "better": entry.better,
            "theme": both(THEMES[entry.theme]),
            "factors": [{"number": number, **both(FACTORS[number])} for number in entry.factors],
            "goalposts": {"worst": posts.worst, "best": posts.best} if posts else None,
            "estimated": entry.estimated,
            "bias": both(entry.bias) if entry.bias else None,
            "breaks": [
                {"period": found.period, "reason": both(found.reason)}
                for found in breaks_of(entry, self.snapshot.measures)
            ],
            "levels": {level: {"first": first, "last": last} for level, (first, last) in levels.items()},
            "sources": [source.id for source in sources_of(entry, self.snapshot.sources)],
        }

    def territory_list(self, levels: Sequence[str] = ()) -> dict[str, Any]:
        """Every territory of the levels that are asked for (all by default), and what became of it if it has ended."""
        table = self.snapshot.territories.astype(object)
        table = table[table["level"].isin(LEVELS)].where(table.notna(), None)
        known = [
            {
                "code": row.code,
                "name": row.name,
                "full_name": row.full_name,
                "level": row.level,
                "kind": row.kind,
                "parent": row.parent or None,
                "region": row.region or None,
                "area_km2": row.area_km2,
                "valid_from": row.valid_from or None,
                "valid_to": row.valid_to or None,
                "successors": (row.successors or "").split(),
            }
            for row in table.itertuples(index=False)
        ]
        known.append(dict.fromkeys(known[0]) | {"code": RURAL, "name": GROUP_NAMES[RURAL], "level": "group"})
        known[-1] |= {"full_name": GROUP_NAMES[RURAL], "successors": []}
        shown = [row for row in known if not levels or row["level"] in levels]
        return {"territories": shown, "snapshot": self.snapshot.hash}

    def source_list(self) -> dict[str, Any]:
        """Every source with its licence, credit, vintage, and what of it is held back."""
        return {
            "sources": [
                {
                    "id": source.id,
                    "publisher": both(source.publisher),
                    "title": both(source.title),
                    "address": source.address,
                    **licence_of(source),
                    "periods": self.snapshot.manifest["sources"][source.id]["vintage"]["periods"],
                    "held_back": [
                        {"measure": held.measure, "period": held.period, "gate": held.gate, "reason": held.reason}
                        for held in self.snapshot.doubts.get(source.id, ())
                    ],
                }
                for source in self.snapshot.sources.values()
            ],
            "snapshot": self.snapshot.hash,
        }

    def query(self, asked: Iterable[tuple[str, str]]) -> Query:
        """A query for values from the parameters of an address.

        Raises
        ------
        BadQuery
        """
        found, faults = collect(asked, (*LISTS, "limit", "offset"))
        known: Mapping[str, tuple[Callable[[str], bool], str]] = {
            "indicator": (self.indicators.__contains__, "no such indicator; /api/v1/indicators lists them"),
            "territory": (self.territories.__contains__, "no such territory; /api/v1/territories lists them"),
            "period": (
                lambda text: bool(A_PERIOD.fullmatch(text)),
                "not a year (2024) or quarter (2024-Q1)",
            ),
            "level": (LEVELS.__contains__, f"not one of {', '.join(LEVELS)}"),
        }
        for name, (fits, problem) in known.items():
            faults += [(name, f"{shown(value)}: {problem}") for value in found.get(name, ()) if not fits(value)]
        limit = whole_number(found, "limit", USUAL, 1, MOST, faults)
        offset = whole_number(found, "offset", 0, 0, FURTHEST, faults)
        if faults:
            raise BadQuery(faults)
        lists = {name: tuple(dict.fromkeys(found.get(name, ()))) for name in LISTS}
        return Query(**lists, limit=limit, offset=offset)


def levels_of(asked: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The levels a list of territories is asked for.

    Raises
    ------
    BadQuery
    """
    found, faults = collect(asked, ("level",))
    levels = found.get("level", [])
    faults += [("level", f"{shown(value)}: not one of {', '.join(LEVELS)}") for value in levels if value not in LEVELS]
    if faults:
        raise BadQuery(faults)
    return tuple(levels)


def nothing_of(asked: Iterable[tuple[str, str]]) -> None:
    """See that nothing is asked of a list that takes no parameters.

    Raises
    ------
    BadQuery
    """
    if faults := collect(asked, ())[1]:
        raise BadQuery(faults)


def collect(
    asked: Iterable[tuple[str, str]], known: Sequence[str]
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The values of each parameter: given again and again, or in one with commas; and what is not known."""
    found: dict[str, list[str]] = {}
    faults: dict[tuple[str, str], None] = {}
    for name, value in asked:
        if name not in known:
            these = f"there are {', '.join(known)}" if known else "there are none here"
            faults[shown(name), f"no such parameter; {these}"] = None
        else:
            found.setdefault(name, []).extend(value.split(",") if name in LISTS else [value])
    return found, list(faults)


def whole_number(
    found: Mapping[str, list[str]], name: str, usual: int, least: int, most: int, faults: list[tuple[str, str]]
) -> int:
    """The one number a parameter gives; the usual one if it is not there, or at fault."""
    values = found.get(name, [])
    if not values:
        return usual
    if len(values) > 1:
        faults.append((name, "given more than once"))
    elif re.fullmatch(r"\d{1,9}", values[0], re.ASCII) and least <= int(values[0]) <= most:
        return int(values[0])
    else:
        faults.append((name, f"{shown(values[0])}: not a whole number from {least} to {most}"))
    return usual


def shown(text: str) -> str:
    """What was given, cut to a readable length."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def both(text: Text) -> dict[str, str]:
    return {"lv": text.lv, "en": text.en}


def licence_of(source: Source) -> dict[str, Any]:
    """What a source's licence asks of whoever uses it."""
    licence = source.licence
    return {
        "licence": licence.id,
        "licence_address": licence.address,
        "non_commercial": licence.non_commercial,
        "share_alike": licence.share_alike,
        "credit": both(source.credit),
    }

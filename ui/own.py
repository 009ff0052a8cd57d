"""What a visitor has brought, laid over the data all visitors share; nobody else sees it.

    loaded()            -> in place of `cache.current()`: the shared data with this visitor's own beside them
    on_map(loaded)      -> the visitor's indicators for `map_panes(inline=...)`
    brought(), add(), remove(), restore()

It is kept in the visitor's session and ends with it. What the operator keeps (`data.own.saved`) is everybody's. The
browser gets the figures at an address nobody can guess, which ends with the session too.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

import pandas as pd
import streamlit as st

from data.model import BORDER_MOVES, Source, Text
from data.own import saved
from data.own.availability import ADDRESSES
from data.own.availability import SOURCE as AVAILABILITY
from data.own.model import Brought, Series, Use
from data.paths import OWN
from indicators.evaluate import evaluate
from indicators.model import Indicator
from indicators.own import MARK, Own, own_indicator
from indicators.success import with_further
from ui import assets, cache
from ui.address import MAP_LEVELS
from ui.assets import Asset
from ui.cache import Loaded, present
from ui.inline import NO_LICENCE, own_credits
from ui.text import language

MOST_LAID = 8
"""How many visitors' tables are kept at once; others are laid again when they are asked for."""
MOST_SERIES = 60
"""Series one visitor may have in use at a time."""
ROUTE = "own"
MADE: Mapping[str, Text] = {
    "count": Text("cik jūsu punktu ir šeit", "how many of your points are here"),
    "mean": Text("jūsu punktu vērtību vidējais", "the mean of your points' values"),
    "distance": Text(
        "Σ (iedzīvotāji × attālums līdz tuvākajam punktam) ÷ iedzīvotāji, pa taisni, no 1 km režģa",
        "Σ (residents × distance to the nearest point) ÷ residents, in a straight line, from the 1 km grid",
    ),
    "area_share": Text("100 × jūsu laukumos esošā platība ÷ platība", "100 × land in your areas ÷ land"),
    "population_share": Text(
        "100 × iedzīvotāji 1 km šūnās, kuru vidus ir jūsu laukumos ÷ iedzīvotāji",
        "100 × residents of 1 km cells whose middle lies in your areas ÷ residents",
    ),
}
"""How a series was worked out from points or areas."""


@dataclass
class Shelf:
    """A visitor's figures as the maps fetch them; it goes when the session goes."""

    token: str
    loaded: Loaded

    def file(self, name: str) -> Asset | None:
        """The value file of one of the visitor's indicators."""
        entry = self.loaded.indicators.get(name.removesuffix(".json"))
        if not name.endswith(".json") or entry is None or entry.id not in self.loaded.own:
            return None
        rows = self.loaded.values[self.loaded.values["indicator"] == entry.id]
        territories = self.loaded.snapshot.territories
        codes = {level: sorted(territories["code"][territories["level"] == level]) for level in MAP_LEVELS}
        return assets.json_asset(assets.values(entry.id, entry.decimals, rows, codes))


_shelves: WeakValueDictionary[str, Shelf] = WeakValueDictionary()
_laid: OrderedDict[tuple[str, ...], Loaded] = OrderedDict()
_lock = threading.Lock()
_kept: dict[tuple[tuple[str, int], ...], list[Brought]] = {}


# --- the visitor's own ---


def brought() -> list[Brought]:
    """What the visitor has brought, in the order it came."""
    return st.session_state.setdefault("own_brought", [])


def add(one: Brought) -> None:
    """Take a file's series into use; the same file again replaces nothing and adds nothing."""
    if one.id not in {other.id for other in brought()}:
        st.session_state["own_brought"] = [*brought(), one]


def remove(id: str) -> None:
    """No longer use a file's series; `restore` takes that back."""
    st.session_state["own_removed"] = brought()
    st.session_state["own_brought"] = [one for one in brought() if one.id != id]


def restore() -> None:
    """Take the last removal back."""
    st.session_state["own_brought"] = st.session_state.pop("own_removed", brought())


def kept() -> list[Brought]:
    """What the operator keeps for everybody."""
    stamp = saved.stamp(OWN)
    if stamp not in _kept:
        _kept.clear()
        _kept[stamp] = saved.kept(OWN)
    return _kept[stamp]


def in_use() -> list[Brought]:
    """Everything that lies over the shared data for this visitor, each file once."""
    return list({one.id: one for one in (*kept(), *brought())}.values())


# --- over the shared data ---


def loaded(*, scored: bool = False) -> Loaded:
    """The data all share with this visitor's own beside them; call it on a page in place of `cache.current()`.

    Parameters
    ----------
    scored
        Only what counts in the index: a page of scores is then not reckoned anew for data that do not touch it.

    Raises
    ------
    SnapshotError
        As `cache.current`.
    """
    shared, own = cache.current(), in_use()
    if scored:
        own = [one for one in own if one.kind == "availability" or any(use.dimension for use in one.uses)]
    if not own:
        return shared
    key = (shared.snapshot.hash, *(one.id for one in own))
    with _lock:
        if key in _laid:
            _laid.move_to_end(key)
        else:
            _laid[key] = laid(shared, own)
            while len(_laid) > MOST_LAID:
                _laid.popitem(last=False)
        return _laid[key]


def laid(shared: Loaded, own: Sequence[Brought]) -> Loaded:
    """The shared data with somebody's own beside them; nothing of the shared is changed."""
    snapshot, values = shared.snapshot, shared.values
    ground = snapshot.observations[snapshot.observations["measure"].isin(["residents", BORDER_MOVES])]
    sources, records = dict(snapshot.sources), dict(snapshot.manifest["sources"])
    indicators = dict(shared.indicators)
    tables: list[pd.DataFrame] = []
    in_index: dict[str, list[str]] = {}
    supplied = [one for one in own if one.kind == "availability"]
    if supplied:
        waiting = {
            name: entry
            for name, entry in shared.indicators.items()
            if set(entry.measures) & {measure.id for measure in AVAILABILITY.provides}
        }
        observations = available(supplied)
        tables.append(evaluate(waiting, pd.concat([ground, observations]), snapshot.territories, snapshot.measures))
        values = values[~values["indicator"].isin(list(waiting))]
        records[AVAILABILITY.id] = record(observations, records.get(AVAILABILITY.id))
        indicators |= {name: marked(entry) for name, entry in waiting.items()}
    for one in own:
        if one.kind == "availability":
            continue
        made = [(declared(name, pair, one.file), pair) for name, pair in paired(one).items()]
        measures = tuple(measure for parts, _ in made for part in parts for measure in part.measures)
        observations = pd.concat([part.observations for parts, _ in made for part in parts], ignore_index=True)
        named = {part.indicator.id: part.indicator for parts, _ in made for part in parts}
        by_id = {measure.id: measure for measure in (*snapshot.measures.values(), *measures)}
        found = evaluate(named, pd.concat([ground, observations]), snapshot.territories, by_id)
        tables.append(joined(found))
        source = source_of(one, measures)
        sources[source.id], records[source.id] = source, record(observations, None)
        for parts, pair in made:
            indicators[parts[0].indicator.id] = parts[0].indicator
            use = pair[0][1]
            if use.dimension and parts[0].indicator.goalposts:
                in_index.setdefault(use.dimension, []).append(parts[0].indicator.id)
    values = pd.concat([values, *tables], ignore_index=True)
    digest = hashlib.sha256("/".join((snapshot.hash, *(one.id for one in own))).encode()).hexdigest()
    return Loaded(
        snapshot=replace(snapshot, hash=digest, sources=sources, manifest={**snapshot.manifest, "sources": records}),
        values=values,
        indicators=indicators,
        factors=with_further(present(values), in_index),
        shared=snapshot.hash,
        own=frozenset(name for table in tables for name in table["indicator"].unique()),
    )


def marked(entry: Indicator) -> Indicator:
    """A declared indicator that a visitor's figures fill, with the mark of what was brought."""

    def with_mark(text: Text) -> Text:
        return Text(f"{text.lv} ({MARK.lv})", f"{text.en} ({MARK.en})")

    return replace(entry, title=with_mark(entry.title), short=with_mark(entry.short))


Pair = list[tuple[Series, Use]]
"""A series and how it is used; a second one holds the same of municipalities."""

OF_MUNICIPALITIES = "m"
"""Ends the id under which the municipalities' own figures are computed."""


def paired(one: Brought) -> dict[str, Pair]:
    """The series of a file by the id they get, those of parishes together with the municipalities' of the same name."""
    pairs: dict[tuple[str, str, str], Pair] = {}
    for series, use in zip(one.series, one.uses, strict=True):
        pairs.setdefault((use.name, series.what, series.column), []).append((series, use))
    found: dict[str, Pair] = {}
    for number, pair in enumerate(pairs.values(), start=1):
        pair.sort(key=lambda item: item[0].level != "unit")
        levels = {series.level: (series, use) for series, use in reversed(pair)}
        found[f"own_{one.id[:8]}_{number}"] = [levels[name] for name in ("unit", "municipality") if name in levels]
    return found


def declared(id: str, pair: Pair, file: str) -> list[Own]:
    """The indicators of a pair: the first is shown, a second gives it the municipalities' own figures."""
    made = []
    for at, (series, use) in enumerate(pair):
        ends = (use.worst, use.best) if use.worst is not None and use.best is not None else None
        made.append(
            own_indicator(
                id if not at else f"{id}{OF_MUNICIPALITIES}",
                name=plain(use.name),
                unit=plain(use.unit) if use.unit else "",
                source=plain(series.source or file),
                level=series.level,
                better=use.better,
                additive=use.additive,
                figures=figures(series),
                per=series.per * use.times,
                ends=ends if use.better != "neither" and ends and ends[0] != ends[1] else None,
                made=MADE.get(series.what),
            )
        )
    return made


def joined(found: pd.DataFrame) -> pd.DataFrame:
    """The values with the municipalities' own figures in place of those summed up."""
    second = found["indicator"].str.endswith(OF_MUNICIPALITIES)
    if not second.any():
        return found
    theirs = found[second & (found["level"] == "municipality")]
    theirs = theirs.assign(indicator=theirs["indicator"].str.removesuffix(OF_MUNICIPALITIES))
    replaced = (found["level"] == "municipality") & found["indicator"].isin(theirs["indicator"].unique())
    return pd.DataFrame(pd.concat([found[~second & ~replaced], theirs], ignore_index=True))


def figures(series: Series) -> pd.DataFrame:
    """A series as rows: territory, period, value, status, and base where it has one."""
    cells = [
        {
            "territory": code,
            "period": period,
            "value": series.values[row][column],
            "status": "final"
            if series.values[row][column] is not None
            else series.reasons.get(f"{code} {period}", "not_published"),
            **({"base": series.base[row][column]} if series.base else {}),
        }
        for row, code in enumerate(series.codes)
        for column, period in enumerate(series.periods)
        if series.values[row][column] is not None or f"{code} {period}" in series.reasons
    ]
    table = pd.DataFrame(cells, columns=["territory", "period", "value", "status", *(["base"] if series.base else [])])
    numbers = [name for name in ("value", "base") if name in table]
    return table.astype({"territory": "str", "period": "str", "status": "str", **dict.fromkeys(numbers, "float64")})


def available(supplied: Sequence[Brought]) -> pd.DataFrame:
    """Observations of what can be ordered; of a place and year that stands in several files the last one speaks."""
    tables = []
    for one in supplied:
        for series in one.series:
            rows = figures(series).dropna(subset="value")
            tables.append(rows.assign(measure=series.column)[["territory", "period", "measure", "value", "status"]])
            counted = rows.assign(measure=ADDRESSES, value=rows["base"])
            tables.append(counted[["territory", "period", "measure", "value", "status"]])
    every = pd.concat(tables, ignore_index=True)
    return every.drop_duplicates(["territory", "period", "measure"], keep="last", ignore_index=True)


def source_of(one: Brought, measures: Sequence[Any]) -> Source:
    """A brought file as a source that can be credited."""
    name = plain(one.file)
    return Source(
        id=f"own_{one.id[:8]}",
        publisher=Text(f"{MARK.lv}: {name}", f"{MARK.en}: {name}"),
        title=Text(name, name),
        address="",
        licence=NO_LICENCE,
        credit=Text(f"{MARK.lv}: {name}", f"{MARK.en}: {name}"),
        updates=Text("netiek atjaunoti", "not updated"),
        files=(),
        provides=tuple(measures),
    )


def record(observations: pd.DataFrame, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the manifest would say of such a source."""
    told = {"vintage": {"periods": [], "files": []}, "coverage": {}, "corrections": 0, **(before or {})}
    periods = sorted(observations["period"].unique())
    return {**told, "rows": len(observations), "vintage": {**told["vintage"], "periods": periods}}


HARMFUL = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "`": "'", "$": "", "\\": "/", "*": "·", "|": "/"})


def plain(words: str, most: int = 160) -> str:
    """Words from outside as they may stand on a page and in a table: no markup, and no formula of a spreadsheet."""
    return words.translate(HARMFUL).lstrip("=+-@\t\r ").strip()[:most] or "–"


# --- for the maps ---


def on_map(loaded: Loaded, inline: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """What `map_panes(inline=...)` takes: the page's own indicators and those the visitor has brought."""
    own = [entry for entry in loaded.indicators.values() if entry.id in loaded.own and entry.id in loaded.known.latest]
    if not own:
        return dict(inline) if inline else None
    shelf, spoken = _shelf(loaded), language()
    entries = [{**assets.described(loaded, entry, spoken), "address": _address(shelf, entry.id)} for entry in own]
    made = inline or {"indicators": [], "values": {}}
    return {**made, "indicators": [*made["indicators"], *entries], "sources": own_credits(loaded)}


def _shelf(loaded: Loaded) -> Shelf:
    shelf: Shelf | None = st.session_state.get("own_shelf")
    if shelf is None:
        shelf = st.session_state["own_shelf"] = Shelf(secrets.token_urlsafe(32), loaded)
        _shelves[shelf.token] = shelf
    shelf.loaded = loaded
    return shelf


def _address(shelf: Shelf, id: str) -> str:
    """Where the value file lies, from the folder of the other files (`assets.base`)."""
    return f"../../{ROUTE}/{shelf.token}/{id}.json"


def served(token: str, name: str) -> Asset | None:
    """The value file at a visitor's address; None where there is none, or its visitor has gone."""
    shelf = _shelves.get(token)
    return shelf.file(name) if shelf else None

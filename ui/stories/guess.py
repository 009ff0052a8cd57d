"""Guesses before the map: where a territory truly stands, in fifths that are the classes of the map shown after."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from indicators.classes import class_of, classify
from reports.sentences import Sentences
from reports.words import Language, words
from ui.address import Known, State, View, default
from ui.cache import Loaded

FIFTHS = 5


@dataclass(frozen=True)
class Answer:
    """Where a territory stands: its fifth (1 the lowest), value and period."""

    fifth: int
    value: float
    period: str


def answer(loaded: Loaded, indicator: str, territory: str) -> Answer | None:
    """Where a parish stands among all parishes, another unit among all units; None where `answerable` lacks it."""
    table = fifths(loaded, indicator, is_parish(loaded, territory))
    if territory not in table.index:
        return None
    found = table.loc[territory]
    return Answer(int(found["fifth"]), float(found["value"]), str(found["period"]))


def answerable(loaded: Loaded, indicator: str) -> list[str]:
    """The units whose fifth is known: parishes among parishes, towns and cities among all units."""
    among_parishes, among_all = (fifths(loaded, indicator, parishes) for parishes in (True, False))
    kinds = _kinds(loaded)
    return [*map(str, among_parishes.index), *(str(code) for code in among_all.index if kinds[code] != "parish")]


def fifths(loaded: Loaded, indicator: str, parishes: bool) -> pd.DataFrame:
    """The newest values of all parishes, or of all units, with the fifth each is in: value, period, fifth by code.

    Empty where values are so alike that there are no fifths, and for indicators that are counts or scores.
    """
    entry, values = loaded.indicators.get(indicator), loaded.values
    inside = [code for code, kind in _kinds(loaded).items() if kind == "parish" or not parishes]
    rows = values[(values["indicator"] == indicator) & (values["level"] == "unit") & values["value"].notna()]
    rows = rows[rows["period"] == rows["period"].max()].set_index("territory")
    table = pd.DataFrame(rows.loc[rows.index.isin(inside), ["value", "period"]])
    if entry is None or entry.mark != "choropleth":
        return table.iloc[:0]
    grid = (table["value"] * 10**entry.decimals).round().to_numpy()
    found = classify(grid, "quantile", FIFTHS)
    return table.assign(fifth=class_of(grid, found.edges) + 1) if found.found == FIFTHS else table.iloc[:0]


def is_parish(loaded: Loaded, territory: str) -> bool:
    """Whether a code is that of a parish."""
    return _kinds(loaded).get(territory) == "parish"


def question(loaded: Loaded, spoken: Language, indicator: str, territory: str) -> str:
    """What the hall is asked: in which fifth the territory is, in this language."""
    among, said = "parish" if is_parish(loaded, territory) else "town", Sentences(words(spoken), "rural")
    territories = loaded.snapshot.territories
    place = territories["name"][(territories["code"] == territory) & (territories["level"] == "unit")].iloc[0]
    return said.tr(f"story.question.{among}", place=place, what=said.label(loaded.indicators[indicator]))


def guessing(loaded: Loaded, known: Known, indicator: str, territory: str, view: View | None = None) -> State:
    """The state whose map shows the answer: one map, those that are compared, in five classes of equal numbers."""
    state = default(known)
    return {
        **state,
        "panes": [known.pane(indicator)],
        "filter": {**state["filter"], "rural": is_parish(loaded, territory)},
        "selected": [territory],
        "view": view,
    }


def _kinds(loaded: Loaded) -> dict[str, str]:
    """What kind of place each unit is, by code."""
    territories = loaded.snapshot.territories
    units = territories[territories["level"] == "unit"]
    return dict(zip(units["code"], units["kind"], strict=True))

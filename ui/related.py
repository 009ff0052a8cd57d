"""What the page of relations draws: the same places on a chart, on the map and in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from data.model import RURAL, Level
from indicators.catalogue import sources_of
from indicators.model import Indicator
from indicators.relations import (
    Clusters,
    Line,
    Pairs,
    Test,
    figures,
    logarithmic,
    quadrants,
    side,
)
from reports.words import Words
from ui.address import MOST_SELECTED
from ui.assets import RURAL_AREA
from ui.cache import Loaded
from ui.charts import Axis, Group
from ui.inline import Inline
from ui.session import Maps
from ui.text import alphabetical, number, period, say, tr, trn

Shown = Literal["difference", "quadrants", "x", "y"]
SHOWN: tuple[Shown, ...] = ("difference", "quadrants", "x", "y")
"""What the map beside two indicators can show."""

ON_THE_LINE = 25
"""Points at which a line is drawn: on two logarithmic axes or two plain ones it is straight, else it bends."""

DIFFERENCE_MARKS = {"more": ("triangle-up", "#12436d"), "less": ("triangle-down", "#a23a06")}
QUADRANT_MARKS = {
    "high_high": ("circle", "#12436d"),
    "low_high": ("triangle-up", "#28a197"),
    "low_low": ("diamond", "#d9b44a"),
    "high_low": ("square", "#c8501e"),
}
REST = {"none": ("circle", "#cdd4da"), "island": ("x", "#6f7a86")}
CLUSTER_MARKS: dict[Test, dict[str, tuple[str, str]]] = {
    "lisa": {
        "HH": ("triangle-up", "#a23a06"),
        "HL": ("square", "#eda36f"),
        "LH": ("diamond", "#7fb0dc"),
        "LL": ("triangle-down", "#12436d"),
        **REST,
    },
    "gi": {"hot": ("triangle-up", "#a23a06"), "cold": ("triangle-down", "#12436d"), **REST},
}


@dataclass(frozen=True)
class Places:
    """The places that are compared: parishes, rural areas, all units, or municipalities."""

    kind: str
    level: Level
    codes: pd.Index

    @property
    def filter(self) -> dict[str, object]:
        """The same as a filter of the maps."""
        return {"rural": self.kind == "parishes", "degurba": self.kind == "rural", "region": None, "municipality": None}


def kinds_of_places(territories: pd.DataFrame) -> list[str]:
    """What can be compared; the first is the base set."""
    known = "degurba" in territories and bool(territories["degurba"].notna().any())
    return ["parishes", *(["rural"] if known else []), "units", "municipalities"]


def places(territories: pd.DataFrame, kind: str) -> Places:
    """The places of a kind."""
    level: Level = "municipality" if kind == "municipalities" else "unit"
    own = territories[territories["level"] == level]
    if kind == "parishes":
        own = own[own["kind"] == "parish"]
    elif kind == "rural":
        own = own[own["degurba"] == RURAL_AREA]
    return Places(kind, level, pd.Index(sorted(own["code"].astype(str))))


def published(loaded: Loaded, entry: Indicator, level: Level) -> list[str]:
    """The periods in which an indicator has values at a level, newest first."""
    rows = loaded.values
    own = rows[(rows["indicator"] == entry.id) & (rows["level"] == level) & rows["value"].notna()]
    return sorted(own["period"].astype(str).unique(), reverse=True)


def values_of(loaded: Loaded, entry: Indicator, when: str, where: Places, *, smoothed: bool) -> pd.DataFrame:
    """The figures of one indicator for some places: value, small_base, origin."""
    found = figures(loaded.values, entry.id, when, where.level, smoothed=smoothed)
    return found.loc[found.index.isin(where.codes)]


def axis(entry: Indicator, when: str, *, log: bool = False) -> Axis:
    """An indicator as an axis: what, unit, period."""
    short, unit = say(entry.short), say(entry.unit)
    what = short if Words.holds(short, unit) else f"{short}, {unit}"
    words = [what, period(when), tr("chart.log") if log else ""]
    return Axis(" · ".join(filter(None, words)), short, unit, entry.decimals, log)


@dataclass(frozen=True)
class Drawing:
    """The same places as a chart, as a map and as a table.

    points: by territory: x, y, small_base, group, name, note
    shown, own: the indicator the map shows, and those of the page's own it may show
    when: the period of what the map shows
    order: which places a lasso marks first when it holds too many
    table, decimals: what stands behind the chart, and how its numbers are written
    """

    title: str
    subtitle: str
    points: pd.DataFrame
    x: Axis
    y: Axis
    groups: Sequence[Group]
    shown: str
    when: str
    own: Sequence[Inline]
    order: pd.Series
    table: pd.DataFrame
    decimals: Mapping[str, int]
    line: tuple[Sequence[float], Sequence[float], str] | None = None
    thresholds: tuple[float, float, str] | None = None


def draw_pair(
    loaded: Loaded,
    x: Indicator,
    y: Indicator,
    when: tuple[str, str],
    where: Places,
    found: Pairs,
    line: Line | None,
    coefficient: float | None,
    shown: Shown,
) -> Drawing:
    """Two indicators against each other; `when` are the periods of x and y, `coefficient` is Spearman's."""
    table = found.table
    across, up = (
        axis(entry, at, log=logarithmic(entry.scale, table[name]))
        for entry, at, name in ((x, when[0], "x"), (y, when[1], "y"))
    )
    named = loaded.names
    credited = [source.id for entry in (x, y) for source in sources_of(entry, loaded.snapshot.sources)]
    parishes = table.index.intersection(places(loaded.snapshot.territories, "parishes").codes)
    base = table.loc[parishes] if len(parishes) else table
    at = (float(base["x"].median()), float(base["y"].median()))
    whose = "parishes" if len(parishes) else "municipalities"
    said_when = (
        "; ".join(f"{one.short}: {period(own)}" for one, own in ((up, when[1]), (across, when[0])))
        if when[0] != when[1]
        else None
    )

    quarters = [Group(id, _quarter(id, x, y), *marks) for id, marks in QUADRANT_MARKS.items()]
    group = quadrants(table, at)
    groups = quarters
    own = [
        _own(
            "quadrants",
            when[1],
            where,
            _kinds(quarters, group, table["small_base"]),
            title=tr("relations.quadrants_title", x=across.short, y=up.short),
            definition=tr(f"relations.quadrants_what.{whose}"),
            formula="; ".join(
                f"{one.short}: {number(cut, one.decimals)} {one.unit}" for one, cut in ((across, at[0]), (up, at[1]))
            ),
            categories=[(quarter.name, quarter.colour) for quarter in quarters],
            said_when=said_when,
            sources=credited,
        )
    ]
    order = (table["x"].rank(pct=True) - 0.5).abs() + (table["y"].rank(pct=True) - 0.5).abs()
    columns: dict[str, pd.Series] = {}
    drawn = None
    if line:
        difference = line.difference(table["x"], table["y"])
        percent = line.log_y
        unit = tr("relations.percent_of_expected") if percent else _difference_unit(up.unit)
        decimals = 0 if percent else y.decimals
        columns[tr("relations.difference_column", unit=unit)] = difference
        order = difference.abs()
        own.append(
            _own(
                "difference",
                when[1],
                where,
                pd.DataFrame({"value": difference, "small_base": table["small_base"]}),
                centre=0.0,
                title=tr("relations.difference_title", x=across.short, y=up.short),
                definition=tr("relations.difference_what", x=across.short, y=up.short, n=number(len(table))),
                formula=tr(f"relations.fit.{line.method}"),
                unit=unit,
                decimals=decimals,
                against=tr("relations.line"),
                said_when=said_when,
                sources=credited,
            )
        )
        low, high = table["x"].min(), table["x"].max()
        ends = np.geomspace(low, high, ON_THE_LINE) if across.log else np.linspace(low, high, ON_THE_LINE)
        drawn = (ends.tolist(), line.at(ends).tolist(), tr(f"relations.line.{line.method}"))
        if shown == "difference":
            groups = [Group(id, tr(f"relations.{id}"), *marks) for id, marks in DIFFERENCE_MARKS.items()]
            group = pd.Series(np.where(difference > 0, "more", "less"), index=table.index)
    said = [trn(f"relations.count.{where.kind}", len(table))]
    if coefficient is not None:
        said.append(tr("relations.spearman", value=number(coefficient, 2, signed=True)))
    said.append(tr("relations.against_line") if shown == "difference" else tr(f"relations.against.{whose}"))
    ids: dict[str, str] = {"x": x.id, "y": y.id}
    by_id = {quarter.id: quarter.name for quarter in quarters}
    return Drawing(
        title=f"{up.short} · {across.short}",
        subtitle=" · ".join(said),
        points=_points(table, group, named),
        x=across,
        y=up,
        groups=groups,
        shown=ids.get(shown, f"relations_{shown}"),
        when=when[0] if shown == "x" else when[1],
        own=own,
        order=order,
        table=_table(
            table,
            named,
            {across.title: table["x"], up.title: table["y"], **columns},
            {tr("relations.quarter_column"): quadrants(table, at).map(by_id)},
        ),
        decimals={
            across.title: x.decimals,
            up.title: y.decimals,
            **dict.fromkeys(columns, 0 if line and line.log_y else y.decimals),
        },
        line=drawn,
        thresholds=(*at, tr(f"relations.median.{whose}")) if shown != "difference" else None,
    )


def draw_clusters(
    loaded: Loaded, entry: Indicator, when: str, where: Places, found: Clusters, small: pd.Series
) -> Drawing:
    """An indicator against the mean of the neighbours, with the places that are clusters; `small`: small bases."""
    tested = found.table
    name = {id: tr(f"relations.cluster.{id}") for id in CLUSTER_MARKS[found.test]}
    groups = [Group(id, name[id], *marks) for id, marks in CLUSTER_MARKS[found.test].items()]
    group = tested["cluster"].where(tested["cluster"] != "", "none")
    group = group.where(tested["reason"] != "no_neighbours", "island")
    small = small.reindex(tested.index, fill_value=False)
    named = loaded.names
    own_axis = axis(entry, when)
    around = tr("relations.neighbours" if found.test == "lisa" else "relations.neighbourhood")
    beside = Axis(f"{around}, {own_axis.unit} · {period(when)}", around, own_axis.unit, entry.decimals)
    table = pd.DataFrame({"x": tested["value"], "y": tested["lag"], "small_base": small})
    mean = float(tested["value"].mean())
    counted = trn(f"relations.count.{where.kind}", len(tested))
    numbers = {
        own_axis.title: tested["value"],
        around: tested["lag"],
        tr("relations.p"): tested["p"],
        tr("relations.p_adjusted"): tested["p_adjusted"],
    }
    return Drawing(
        title=tr(f"relations.clusters_title.{found.test}", name=own_axis.short),
        subtitle=" · ".join([f"{own_axis.unit}, {period(when)}", counted, tr("relations.against_mean")]),
        points=_points(table.dropna(), group, named),
        x=own_axis,
        y=beside,
        groups=groups,
        shown="relations_clusters",
        when=when,
        own=[
            _own(
                "clusters",
                when,
                where,
                _kinds(groups, group, small),
                title=tr(f"relations.clusters_title.{found.test}", name=own_axis.short),
                definition=tr(f"relations.clusters_what.{found.test}"),
                formula=tr("relations.clusters_rule"),
                categories=[(one.name, one.colour) for one in groups],
                sources=[source.id for source in sources_of(entry, loaded.snapshot.sources)],
            )
        ],
        order=-tested["p"],
        table=_table(table, named, numbers, {tr("relations.cluster_column"): group.map(name)}),
        decimals=dict(zip(numbers, (entry.decimals, entry.decimals, 4, 4), strict=True)),
        thresholds=(mean, mean, tr("relations.mean")),
    )


def take_marks(chart: str, maps: Maps, order: pd.Series) -> None:
    """A click in the chart marks a place or takes its mark away; a lasso marks those that are first in the order."""
    event = st.session_state[chart]["selection"]
    codes = list(dict.fromkeys(point["customdata"][0] for point in event["points"] if point.get("customdata")))
    maps.take()
    if event["box"] or event["lasso"]:
        maps.select(list(order.reindex(codes).sort_values(ascending=False, kind="stable").index[:MOST_SELECTED]))
        st.session_state["lassoed"] = (len(codes), maps.state["selected"])
    elif codes:
        marked = maps.state["selected"]
        others = [code for code in marked if code != codes[0]]
        maps.select(others if codes[0] in marked else [*others[-(MOST_SELECTED - 1) :], codes[0]])


def lassoed(maps: Maps) -> int:
    """How many places the last lasso held, while those it has marked are still the marked ones; else 0."""
    count, marked = st.session_state.get("lassoed", (0, []))
    return count if marked == maps.state["selected"] else 0


def _quarter(id: str, x: Indicator, y: Indicator) -> str:
    """The name of a quarter of the chart, made of the two indicators and their directions."""
    high_x, high_y = (part == "high" for part in id.split("_"))
    return tr(
        "relations.quarter",
        x=say(x.short),
        side_x=tr(f"relations.side.{side(x.better, high_x)}"),
        y=say(y.short),
        side_y=tr(f"relations.side.{side(y.better, high_y)}"),
    )


def _difference_unit(unit: str) -> str:
    """The unit of a difference: per cent differ by percentage points."""
    return tr("map.unit.points") if unit == "%" else unit


def _own(
    id: str,
    when: str,
    where: Places,
    table: pd.DataFrame,
    *,
    title: str,
    definition: str,
    formula: str,
    sources: Sequence[str],
    centre: float | None = None,
    unit: str = "",
    decimals: int = 0,
    categories: Sequence[tuple[str, str]] = (),
    against: str | None = None,
    said_when: str | None = None,
) -> Inline:
    """Something computed here as an indicator of the maps; `table` by territory: value, small_base."""
    rows = table.rename_axis("territory").reset_index().assign(level=where.level)
    if centre is not None:
        rows = pd.concat(
            [rows, pd.DataFrame({"territory": [RURAL], "value": centre, "small_base": False, "level": "group"})]
        )
    return Inline(
        id=f"relations_{id}",
        title=title,
        definition=definition,
        formula=formula,
        unit=unit,
        rows=rows.assign(period=when).reset_index(drop=True),
        decimals=decimals,
        better="neither",
        categories=categories,
        against=against,
        when=said_when,
        sources=list(dict.fromkeys(sources)),
    )


def _kinds(groups: Sequence[Group], of: pd.Series, small_base: pd.Series) -> pd.DataFrame:
    """Each place's kind as its position among the groups."""
    position = {group.id: float(i) for i, group in enumerate(groups)}
    return pd.DataFrame({"value": of.map(position).astype(float), "small_base": small_base})


def _points(table: pd.DataFrame, group: pd.Series, names: Mapping[str, str]) -> pd.DataFrame:
    small = table["small_base"].astype(bool)
    return table.assign(
        small_base=small,
        group=group.reindex(table.index),
        name=[names[code] for code in table.index],
        note=np.where(small, tr("chart.small_base"), ""),
    )


def _table(
    table: pd.DataFrame, names: Mapping[str, str], numbers: Mapping[str, pd.Series], words: Mapping[str, pd.Series]
) -> pd.DataFrame:
    """The places by name with their numbers and words."""
    small = table["small_base"].map({True: tr("chart.small_base"), False: ""})
    columns = {
        tr("relations.place"): pd.Series({code: names[code] for code in table.index}),
        **numbers,
        **words,
        tr("relations.remark"): small,
    }
    return pd.DataFrame(columns).sort_values(
        tr("relations.place"), key=lambda names: names.map(alphabetical), ignore_index=True
    )

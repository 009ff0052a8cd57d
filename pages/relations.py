"""How indicators go together: two on a chart beside the map, many in a table, and where like lies beside like."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

import pandas as pd
import streamlit as st

from indicators.index.correlate import Method
from indicators.model import Indicator
from indicators.relations import (
    FITS,
    LEAST_PAIRS,
    TESTS,
    Clusters,
    Fit,
    Pairs,
    Test,
    clusters,
    correlated,
    fit,
    logarithmic,
    pairs,
)
from indicators.spatial import ALPHA, PERMUTATIONS, SEED
from ui import assets, charts, frame, own, related
from ui.address import MOST_SELECTED, sanitise
from ui.charts import Selected
from ui.choices import Choices
from ui.downloads import download_menu, rows_of
from ui.inline import inline
from ui.map_panes import Part, map_panes
from ui.related import SHOWN, Drawing, Places, Shown, draw_clusters, draw_pair, published, values_of
from ui.session import Maps
from ui.share_link import share_link
from ui.stage import on as on_stage
from ui.stage import room
from ui.text import language, number, period, say, short_period, tr, trn

frame.guard()
loaded = own.loaded()
indicators = {name: loaded.indicators[name] for name in loaded.known.latest}
chosen = Choices("relations")

VIEWS = ("pair", "matrix", "clusters")
VALUES = ("published", "smoothed")
LATEST = "latest"
FIRST_PAIR = {"x": "density", "y": "population_change_5y"}
FIRST_SET = (
    "population_change_5y",
    "older_share",
    "density",
    "income_tax_per_payer",
    "company_taxpayers_rate",
    "distance_grocery_km",
    "residents_30mbps_share",
    "download_mbps",
)
MOST = 14
SYMBOLS: dict[Method, str] = {"spearman": "ρ", "pearson": "r"}
HIDDEN: list[Part] = ["layout", "level", "area", "rural", "time", "sync", "scale", "reset", "indicator", "period"]
MAP_HEIGHT = charts.WINDOW.height - 20


@st.cache_data(max_entries=64, show_spinner=False)
def tested(snapshot: str, name: str, when: str, kind: str, smoothed: bool, test: Test) -> Clusters:
    """The clusters of one indicator, kept by the hash of the data and by what was asked."""
    where = related.places(loaded.snapshot.territories, kind)
    found = values_of(loaded, loaded.indicators[name], when, where, smoothed=smoothed)
    links = loaded.snapshot.neighbours
    return clusters(found.loc[found["origin"] == "own", "value"], links[links["level"] == where.level], test)


def choose(name: str, options: Sequence[str], *, help: str | None = None) -> str:
    """One of a few; the first is the default."""
    return st.selectbox(
        tr(f"relations.{name}"),
        options,
        key=chosen.pick(name, options, options[0]),
        format_func=lambda option: tr(f"relations.{name}.{option}"),
        help=help,
    )


def choose_indicator(name: str, first: str) -> Indicator:
    """One of the indicators."""
    key = chosen.pick(name, indicators, first if first in indicators else next(iter(indicators)))
    label = tr(f"relations.{name}")
    return indicators[st.selectbox(label, list(indicators), key=key, format_func=lambda id: say(indicators[id].title))]


def choose_period(name: str, options: Sequence[str]) -> str:
    """A period, or the latest."""
    every = [LATEST, *options]
    return st.selectbox(
        tr("relations.year"),
        every,
        key=chosen.pick(name, every, LATEST),
        format_func=lambda option: tr("relations.latest") if option == LATEST else period(option),
        help=tr("relations.year_why"),
    )


def choose_places() -> tuple[Places, bool]:
    """Which places take part, and whether small numbers are smoothed."""
    territories = loaded.snapshot.territories
    kind = choose("places", related.kinds_of_places(territories), help=tr("relations.places_why"))
    smoothed = choose("values", VALUES, help=tr("relations.values_why")) == "smoothed"
    return related.places(territories, kind), smoothed


def nothing(words: str) -> None:
    """Why there is nothing to draw."""
    st.info(words, icon=":material/info:")


def map_of(drawing: Drawing, where: Places) -> Maps:
    """This page's map with what the drawing shows."""
    latest = {entry.id: entry.latest for entry in drawing.own}
    known = loaded.known.extended(latest, first=[drawing.shown])
    maps = Maps("relations", known, ("chosen", "view"))
    state = maps.arrive()
    same = next((pane for pane in state["panes"] if pane["indicator"] == drawing.shown), maps.pane(drawing.shown))
    pane = same | {
        "period": drawing.when,
        "diverging": any(entry.against for entry in drawing.own if entry.id == drawing.shown),
    }
    wanted = sanitise({**state, "panes": [pane], "level": where.level, "filter": where.filter}, known)
    if wanted != state:
        maps.change(wanted)
    return maps


def draw(drawing: Drawing, where: Places, hide: Sequence[Part] = ()) -> None:
    """The chart and the map beside each other with the same places marked, and the table behind them."""
    maps = map_of(drawing, where)
    marked = maps.state["selected"]
    named = drawing.points["name"].str.partition(",")[0].str.replace(" pagasts", " pag.").to_dict()
    left, right = st.columns(2, gap="medium")
    with left:
        figure = charts.scatter(
            drawing.points,
            drawing.x,
            drawing.y,
            drawing.groups,
            title=drawing.title,
            subtitle=drawing.subtitle,
            line=drawing.line,
            thresholds=drawing.thresholds,
            selected=[Selected(code, named[code], i) for i, code in enumerate(marked) if code in named],
        )
        st.plotly_chart(
            figure,
            key="relations_chart",
            on_select=partial(related.take_marks, "relations_chart", maps, drawing.order),
            config=charts.config("relations"),
            theme=None,
            alt=f"{drawing.title}. {drawing.subtitle}",
        )
        if (held := related.lassoed(maps)) > MOST_SELECTED:
            st.caption(trn("relations.lassoed", held, most=number(MOST_SELECTED)))
        if not on_stage():
            st.caption(tr("relations.how_to_mark"))
    with right:
        shown = own.on_map(loaded, inline(drawing.own, loaded))
        hidden = [*HIDDEN, *hide]
        map_panes(maps, base=assets.base(loaded), language=language(), inline=shown, hide=hidden, height=MAP_HEIGHT)
    maps.write_address()
    table_behind(drawing.table, drawing.decimals)


def table_behind(table: pd.DataFrame, decimals: dict[str, int]) -> None:
    """The numbers of a chart; made only when somebody opens them."""
    opened = st.expander(tr("relations.table"), key="relations_table", on_change="rerun")
    if opened.open:
        written = {name: partial(number, decimals=places) for name, places in decimals.items()}
        with opened, room("relations_figures"):
            st.dataframe(table.style.format(written), hide_index=True, width="stretch")


def pair_view() -> None:
    """Two indicators on a chart beside the map."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x, y = (choose_indicator(name, first) for name, first in FIRST_PAIR.items())
        where, smoothed = choose_places()
        options = [published(loaded, entry, where.level) for entry in (x, y)]
        shared = set.intersection(*({when[:4] for when in periods} for periods in options))
        year = choose_period("year", sorted(shared, reverse=True))
    if x is y:
        nothing(tr("relations.same"))
        return
    empty = [say(entry.short) for entry, periods in zip((x, y), options, strict=True) if not periods]
    if empty:
        nothing(tr("relations.nowhere", names=", ".join(empty)))
        return
    when = [next(p for p in periods if year in (LATEST, p[:4])) for periods in options]
    first, second = (values_of(loaded, e, w, where, smoothed=smoothed) for e, w in zip((x, y), when, strict=True))
    found = pairs(first, second, where.codes)
    if not found.enough:
        few = trn("relations.few", len(found.table), least=number(LEAST_PAIRS))
        nothing(f"{few} {tr('relations.try_municipalities')}" if found.copied else few)
        return
    shown, method = choose_drawing(x, y, found)
    table, line, coefficient = found.table, None, None
    if not found.modelled:
        logs = {f"log_{name}": logarithmic(entry.scale, table[name]) for name, entry in (("x", x), ("y", y))}
        line = fit(table["x"], table["y"], method, **logs)
        coefficient = float(correlated(table[["x", "y"]], "spearman")["correlation"].iloc[0])
    hide: list[Part] = ["settings"] if shown == "quadrants" else []
    draw(draw_pair(loaded, x, y, (when[0], when[1]), where, found, line, coefficient, shown), where, hide)
    download_menu(
        "relations",
        lambda: rows_of(dict(zip((x.id, y.id), when, strict=True)), where.codes, where.level, loaded),
        loaded,
        f"{say(x.short)}; {say(y.short)}",
    )
    notes = [tr("relations.not_cause"), tr("relations.modelled") if found.modelled else tr("relations.reading_line")]
    notes += [trn("relations.left_single", found.single)] if found.single else []
    notes += [trn("relations.left_copied", found.copied)] if found.copied else []
    st.markdown("\n".join(f"- {note}" for note in notes))


def choose_drawing(x: Indicator, y: Indicator, found: Pairs) -> tuple[Shown, Fit]:
    """What the map shows, and which line goes through the points."""
    options = [option for option in SHOWN if not (found.modelled and option == "difference")]
    called = {"x": say(x.short), "y": say(y.short)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = st.segmented_control(
            tr("relations.show"),
            options,
            key=chosen.pick("show", options, options[0]),
            format_func=lambda option: called.get(option) or tr(f"relations.show.{option}"),
            required=True,
        )
        if found.modelled:
            return cast(Shown, shown), FITS[0]
        method = st.segmented_control(
            tr("relations.fit"),
            FITS,
            key=chosen.pick("fit", FITS, FITS[0]),
            format_func=lambda option: tr(f"relations.fit.{option}"),
            help=tr("relations.fit_why"),
            required=True,
        )
    return cast(Shown, shown), cast(Fit, method)


def matrix_view() -> None:
    """The correlation of every pair of several indicators."""
    first = [name for name in FIRST_SET if name in indicators]
    picked = st.multiselect(
        tr("relations.set"),
        list(indicators),
        key=chosen.pick_several("set", indicators, first, MOST),
        format_func=lambda id: say(indicators[id].short),
        max_selections=MOST,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        where, smoothed = choose_places()
        method: Method = choose("method", list(SYMBOLS), help=tr("relations.method_why"))  # type: ignore[assignment]
    columns: dict[str, pd.Series] = {}
    left_out: dict[str, str] = {}
    for entry in (indicators[name] for name in picked):
        when = next(iter(published(loaded, entry, where.level)), None)
        found = values_of(loaded, entry, when, where, smoothed=smoothed) if when else pd.DataFrame(columns=["origin"])
        own = found[found["origin"] == "own"]
        if when and len(own) >= LEAST_PAIRS:
            columns[f"{say(entry.short)}, {short_period(when)}"] = own["value"]
        else:
            origin = found["origin"].mode()
            left_out[say(entry.short)] = "none" if origin.empty else str(origin.iloc[0])
    for reason in ("copied", "modelled", "none", "own"):
        named = [name for name, why in left_out.items() if why == reason]
        if named:
            st.caption(tr(f"relations.out.{reason}", names=", ".join(named)))
    if len(columns) < 2:
        nothing(tr("relations.choose_two"))
        return
    table = correlated(pd.DataFrame(columns, index=where.codes), method)
    names = list(columns)
    places = table[["first", "second"]].map(names.index)
    title = tr("relations.matrix_title", method=tr(f"relations.method.{method}"))
    subtitle = f"{trn(f'relations.count.{where.kind}', len(where.codes))} · {tr('relations.pairwise')}"
    figure = charts.heatmap(names, table.assign(**places), title=title, subtitle=subtitle, symbol=SYMBOLS[method])
    st.plotly_chart(figure, config=charts.config("correlations"), theme=None, alt=f"{title}. {subtitle}")
    heads = {name: tr(f"relations.column.{name}") for name in table.columns}
    table_behind(table.rename(columns=heads), {heads["correlation"]: 2, heads["n"]: 0})
    st.markdown(f"- {tr('relations.not_cause')}\n- {tr('relations.reading_matrix', least=number(LEAST_PAIRS))}")


def clusters_view() -> None:
    """Where like lies beside like."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entry = choose_indicator("of", FIRST_PAIR["y"])
        where, smoothed = choose_places()
        periods = published(loaded, entry, where.level)
        when = choose_period("when", periods)
        test: Test = choose("test", TESTS, help=tr("relations.test_why"))  # type: ignore[assignment]
    if not periods:
        nothing(tr("relations.nowhere", names=say(entry.short)))
        return
    when = periods[0] if when == LATEST else when
    values = values_of(loaded, entry, when, where, smoothed=smoothed)
    own = values[values["origin"] == "own"]
    if len(own) < LEAST_PAIRS:
        reason = "none" if values.empty else str(values["origin"].mode().iloc[0])
        nothing(tr(f"relations.out.{reason}", names=say(entry.short)))
        return
    with st.spinner(tr("relations.testing")):
        found = tested(loaded.snapshot.hash, entry.id, when, where.kind, smoothed, test)
    kept, rejected = trn("relations.clusters_after", found.after), trn("relations.clusters_before", found.before)
    chance = number(round(ALPHA * found.tested))
    st.markdown(f"**{kept}** {rejected} {tr('relations.by_chance', count=chance, tested=number(found.tested))}")
    draw(draw_clusters(loaded, entry, when, where, found, own["small_base"]), where, ["settings"])
    named = loaded.names
    islands = ", ".join(named[code] for code in found.islands)
    notes = [
        tr("relations.not_cause"),
        tr("relations.moran", value=number(found.moran, 2, signed=True), p=number(found.p, 4)),
        tr("relations.rule", permutations=number(PERMUTATIONS), seed=SEED, alpha=number(100 * ALPHA)),
        trn("relations.islands", len(found.islands), names=islands) if islands else tr("relations.no_islands"),
        tr("relations.copies"),
    ]
    st.markdown("\n".join(f"- {note}" for note in notes))


@st.fragment
def view() -> None:
    """Everything that moves: a click in the chart or on the map does not run the rest of the page."""
    with st.container(key="relations_view", horizontal=True, vertical_alignment="center"):
        asked = st.segmented_control(
            tr("relations.view"),
            VIEWS,
            key=chosen.pick("part", VIEWS, VIEWS[0]),
            format_func=lambda option: tr(f"relations.view.{option}"),
            label_visibility="collapsed",
            required=True,
        )
        st.space("stretch")
        share_link("share_relations")
    {"pair": pair_view, "matrix": matrix_view, "clusters": clusters_view}[asked]()
    chosen.write_address()


st.title(tr("relations.title"))
view()

"""Places beside each other: what differs, whether it is real, and why; areas joined from parishes, and who is alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from data.model import DataError
from indicators.catalogue import breaks_of
from indicators.success import OVERALL, VERSION, declared
from ui import charts, comparison_charts, frame, own, scores
from ui.address import MOST_SELECTED
from ui.choices import Choices
from ui.comparison import (
    AGAINST,
    KEY_INDICATORS,
    MOST_UNLIKE,
    SCORES,
    Compared,
    Entry,
    Place,
    among,
    at_period,
    compared_now,
    exported,
    group_title,
    joined,
    latest,
    options,
    other_name,
    place,
    ranked,
    score_words,
    told_apart,
)
from ui.comparison_address import (
    LARGEST_FILE,
    LONGEST_LINK,
    NamedList,
    from_file,
    read_lists,
    read_weights,
    to_file,
    write_lists,
    write_weights,
)
from ui.comparison_charts import LEAST_AXES, MOST_AXES, Scale
from ui.comparison_panels import Page, conditions_panel, lists_panel, peers_panel
from ui.comparison_table import comparison_table
from ui.comparison_words import because, outstanding, summary
from ui.downloads import download_menu
from ui.picture import picture_buttons
from ui.scores import Reckoned
from ui.session import Maps
from ui.share_link import share_link
from ui.stage import room
from ui.text import day, language, literal, number, period, say, tr, trn
from ui.weights import NAMES as WEIGHT_NAMES
from ui.weights import Chosen

frame.guard()
loaded, scored = own.loaded(), own.loaded(scored=True)
known = latest(loaded)
kept = Maps("map", loaded.known, names=("chosen",))
brought = [code for code in declared(scored.factors) if code not in declared()]
weighting = Chosen(scores.sets(scored), brought)
kept.arrive()
weighting.arrive()
choices = Choices("compare")

KEY, UNLIKE, ALL, OWN = "key", "unlike", "all", "own"
CHARTS = ("dots", "swarm", "slope", "profile", "radar")
SCOPES = ("chosen", "municipality", "peers")
MOST_OWN, MOST_PROFILE = 30, 14
SPAN = 5
EXAMPLE = ("LV0033400", "LV0026570")
# The names in the address that belong to this page.
NAMES = (
    *("chosen", "against", "rows", "indicators", "with", "why", "chart", "of", "scope", "since", "until"),
    *("lists", "alike", "where", "alike_of"),
    *WEIGHT_NAMES,
)


# --- the places ---


def read(text: str) -> tuple[list[NamedList], list[str]]:
    """The lists an address means, and the codes in it that nobody knows."""
    towns = {town: known.units_of[town] for town in known.municipalities}
    return read_lists(text, set(known.parent), towns)


def written(lists: Sequence[NamedList]) -> str:
    """The lists as they stand in an address."""
    return write_lists(lists, {town: known.units_of[town] for town in known.municipalities})


def shown_keys(lists: Sequence[NamedList]) -> list[str]:
    """Who is compared: the territories chosen here or on the map, then the joined areas; six at most."""
    return [*kept.state["selected"], *(entry.key for entry in lists if entry.joined)][:MOST_SELECTED]


def take_places(key: str, lists: list[NamedList]) -> None:
    """Somebody was put in or taken out."""
    picked = st.session_state[key]
    kept.select([code for code in picked if not code.startswith("=")])
    choices.put("lists", written([NamedList(e.name, e.codes, e.key in picked) for e in lists]))


def choose_places(lists: list[NamedList]) -> list[Place]:
    """The places that are compared."""
    key, keys, names = f"compare_places_{language()}", shown_keys(lists), options(loaded)
    if st.session_state.get(key) != keys:
        st.session_state[key] = keys
    by_key = {entry.key: entry for entry in lists}
    st.multiselect(
        tr("compare.places"),
        [*names, *by_key],
        key=key,
        format_func=lambda code: names.get(code) or tr("compare.area", name=by_key[code].name),
        on_change=take_places,
        args=(key, lists),
        max_selections=MOST_SELECTED,
        placeholder=tr("compare.places_hint"),
        help=tr("compare.places_help"),
    )
    return [joined(by_key[code]) if code in by_key else place(loaded, code) for code in keys]


def problems(lists: Sequence[NamedList]) -> list[str]:
    """What of an old or mistyped link could not be shown."""
    said: list[str] = []
    asked = st.query_params
    codes = list(dict.fromkeys(filter(None, asked.get("chosen", "").split("~"))))
    indicators = [name for name in asked.get("indicators", "").split("~") if name]
    indicators += [part.partition("~")[0] for part in asked.get("where", "").split("~~") if part]
    indicators += [asked["of"]] if "of" in asked else []
    unknown = [code for code in codes if code not in loaded.known.territories]
    unknown += read(asked.get("lists", ""))[1]
    gone = [name for name in dict.fromkeys(indicators) if name not in known.periods and name not in SCORES]
    if unknown:
        said.append(tr("compare.problem.codes", codes=", ".join(literal(code[:20]) for code in unknown[:10])))
    if gone:
        said.append(tr("compare.problem.indicators", names=", ".join(literal(name[:40]) for name in gone[:10])))
    count = len(codes) - len([c for c in unknown if c in codes]) + sum(entry.joined for entry in lists)
    if count > MOST_SELECTED:
        said.append(tr("compare.problem.many", count=number(count), most=number(MOST_SELECTED)))
    return said


def start() -> None:
    """Nobody is chosen yet."""
    st.info(tr("compare.start"), icon=":material/touch_app:")
    names = [place(loaded, code).name for code in EXAMPLE if code in known.parent]
    with st.container(horizontal=True):
        if len(names) == len(EXAMPLE):
            st.button(tr("compare.example", one=names[0], other=names[1]), on_click=kept.select, args=(EXAMPLE,))
        st.page_link("pages/map.py", label=tr("overview.open_map"), icon=":material/map:")


# --- link and file ---


def take_file() -> None:
    """Show what a file somebody brings stands for, or keep what is wrong with it."""
    file = st.session_state["compare_file"]
    st.session_state["compare_fault"] = None
    if file is None:
        return
    try:
        address = from_file(file.read(LARGEST_FILE + 1), file.name, NAMES)
    except DataError as bad:
        st.session_state["compare_fault"] = bad.faults[0].kind
        return
    st.query_params.from_dict(address)
    st.session_state["compare_arrived"] = True


def hand_over() -> None:
    """A link to what is shown, or a file where the link would be too long for a mail."""
    address = {name: value for name, value in st.query_params.items() if name in NAMES}
    # The address is written at the end of a run: the file holds what it says when it is asked for.
    said: dict[str, str] = st.session_state.setdefault("compare_address", {})
    length = len(st.context.url or "") + len(urlencode(address, safe="~"))
    with st.popover(tr("compare.file"), icon=":material/save:"):
        st.markdown(tr("compare.file_what"))
        stamp = {"edition": loaded.edition.isoformat(), "data": loaded.snapshot.hash[:16], "index": VERSION}
        st.download_button(
            tr("compare.file_save"),
            lambda: to_file(dict(said), stamp),
            file_name="comparison.json",
            mime="application/json",
            on_click="ignore",
        )
        st.file_uploader(tr("compare.file_load"), type="json", key="compare_file", on_change=take_file)
        if fault := st.session_state.get("compare_fault"):
            st.error(tr(f"compare.fault.{fault}"), icon=":material/error:")
    if length <= LONGEST_LINK:
        share_link("share_compare")
    else:
        st.caption(tr("compare.link_too_long", most=number(LONGEST_LINK)))


# --- the table ---


def rows_of(compared: Compared, view: str) -> list[str]:
    """The rows of a view, in the order of the table."""
    every = list(compared.entries)
    match view:
        case "key":
            return [name for name in every if name in SCORES or name in KEY_INDICATORS]
        case "unlike" if len(compared.places) == 1:
            return outstanding(compared)[:MOST_UNLIKE]
        case "unlike":
            return [str(name) for name, apart in compared.unlike.items() if apart > 0][:MOST_UNLIKE]
        case "own":
            own = st.session_state.get(choices.key("indicators")) or []
            return [name for name in every if name in own]
        case "all":
            return every
    return [name for name in every if compared.entries[name].group == view]


def choose_rows(rows: dict[str, Entry]) -> str:
    """Which rows the table has."""
    groups = list(dict.fromkeys(entry.group for entry in rows.values()))
    views = [KEY, UNLIKE, ALL, OWN, *groups]
    view = st.selectbox(
        tr("compare.rows"),
        views,
        key=choices.pick("rows", views, KEY),
        format_func=lambda name: tr(f"compare.rows.{name}") if name in views[:4] else group_title(name),
        width=560,
    )
    if view == OWN:
        first = [name for name in KEY_INDICATORS if name in rows]
        st.multiselect(
            tr("compare.indicators"),
            list(rows),
            key=choices.pick_several("indicators", rows, first, MOST_OWN),
            format_func=lambda name: rows[name].short,
            max_selections=MOST_OWN,
        )
    return view


def bullets(lines: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {line}" for line in lines))


def title_of(compared: Compared) -> str:
    """What a file of the comparison is called."""
    return f"{tr('compare.title')}: {', '.join(one.name for one in compared.places)}"


# --- why ---


def choose_pair(compared: Compared) -> tuple[Place, Place, str]:
    """Which two places are explained, and by which factor."""
    first, *others = compared.places
    factors = [code for code in SCORES if code != OVERALL]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keys = [one.key for one in others]
        names = {one.key: one.name for one in others}
        with_ = st.selectbox(
            tr("compare.with", name=first.name),
            keys,
            key=choices.pick("with", keys, keys[0]),
            format_func=lambda key: names[key],
            width=300,
        )
        factor = st.segmented_control(
            tr("compare.why_factor"),
            factors,
            key=choices.pick("why", factors, factors[0]),
            format_func=lambda code: compared.entries[code].short,
            required=True,
        )
    return first, next(one for one in others if one.key == with_), str(factor)


# --- charts ---


def choose_indicator(rows: dict[str, Entry], allowed: Sequence[str]) -> Entry:
    """What a chart of one indicator shows."""
    first = allowed[0]
    name = st.selectbox(
        tr("compare.of"),
        allowed,
        key=choices.pick("of", allowed, first),
        format_func=lambda name: rows[name].title,
        width=420,
    )
    return rows[name]


def comparator(compared: Compared, name: str) -> tuple[str, float] | None:
    """The one comparator all places share, with its value."""
    found = {other for other in compared.others.values() if other}
    if len(found) != 1:
        return None
    key = found.pop()
    value = compared.figures.value.loc[key, name]
    return None if np.isnan(value) else (other_name(loaded, key), float(value))


def subtitle(entry: Entry, *further: str) -> str:
    """What, unit, year, comparator under the title of a chart."""
    return " · ".join(filter(None, [entry.unit, entry.when, *further]))


def against_words(compared: Compared) -> str:
    """Whom the places are held against, in one phrase."""
    found = list(dict.fromkeys(other for other in compared.others.values() if other))
    if len(found) == 1:
        return tr("compare.against_one", name=other_name(loaded, found[0]))
    return ""


def draw(figure: object, title: str, said: str, table: pd.DataFrame) -> None:
    """A chart, the buttons that save it, and the table behind it."""
    st.plotly_chart(
        figure,
        key="compare_chart",
        config=charts.config("comparison"),
        theme=None,
        alt=f"{title}. {said}",
    )
    picture_buttons("compare_chart")
    opened = st.expander(tr("relations.table"), key="compare_chart_table", on_change="rerun")
    if opened.open:
        with opened, room("compare_chart_figures"):
            st.dataframe(table, hide_index=True, width="stretch")


def dots(compared: Compared, entry: Entry) -> None:
    """Places in order, with the interval each may lie in."""
    first = compared.places[0]
    scopes = [scope for scope in SCOPES if scope_codes(compared, first, scope)]
    scope = st.segmented_control(
        tr("compare.scope"),
        scopes,
        key=choices.pick("scope", scopes, scopes[0]),
        format_func=lambda name: tr(f"compare.scope.{name}"),
        required=True,
    )
    codes = scope_codes(compared, first, str(scope))
    rows = ranked(loaded, compared, entry.id, codes)
    if rows.empty:
        st.info(tr("compare.chart.nothing"), icon=":material/info:")
        return
    is_score = entry.id in SCORES
    held = None if is_score else comparator(compared, entry.id)
    whole = tr("compare.chart.place_title", what=entry.short) if is_score else entry.title
    whom = f"{tr('compare.among')}: {tr(f'index.among.{among(loaded, codes)}')}" if is_score else ""
    said = subtitle(entry, whom, f"{held[0]}: {entry.say(held[1])}" if held else "")
    scale = Scale(
        tr("compare.chart.place") if is_score else f"{entry.short}, {entry.unit}",
        "" if is_score else entry.unit,
        0 if is_score else entry.decimals,
        log=not is_score and entry.scale == "log" and bool((rows["value"] > 0).all()),
        reversed=is_score,
    )
    figure = comparison_charts.dots(rows, scale, title=whole, subtitle=said, comparator=held)
    draw(figure, whole, said, dots_table(rows, scale))
    lost = len(codes) - len(rows)
    apart, pairs = told_apart(loaded, compared, entry.id, codes)
    notes = [tr("compare.chart.pairs", count=number(apart), all=number(pairs))] if pairs else []
    notes += [tr("compare.chart.dots_score" if is_score else "compare.chart.dots_note")]
    notes += [trn("compare.chart.left_out", lost)] if lost else []
    bullets(notes)


def scope_codes(compared: Compared, first: Place, scope: str) -> list[str]:
    """Who is in the ranked dots."""
    match scope:
        case "municipality" if first.kind != "area":
            return list(known.units_of[known.parent.get(first.key, first.key)])
        case "peers" if compared.others.get(first.key) == f"peers:{first.key}":
            return [first.key, *compared.units_of[f"peers:{first.key}"]]
        case "chosen":
            return [one.key for one in compared.places]
    return []


def dots_table(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """The numbers behind the ranked dots."""
    shown = pd.DataFrame(rows, columns=["name", "value", "low", "high", "plain"]).round(scale.decimals)
    names = {
        "name": tr("relations.place"),
        "value": scale.title,
        "low": tr("compare.column.low"),
        "high": tr("compare.column.high"),
        "plain": tr("compare.chart.plain"),
    }
    return shown.dropna(axis=1, how="all").rename(columns=names)


def swarm(compared: Compared, entry: Entry) -> None:
    """All parishes as points, the places named among them."""
    kind = compared.crowds.kinds[entry.id]
    base = known.municipalities if kind == "municipalities" else known.parishes
    values = compared.figures.value[entry.id].reindex(base)
    if kind == "parishes":
        values = values.where(compared.figures.own[entry.id].reindex(base))
    values = values.dropna()
    chosen = [
        (one.short, i, float(value))
        for i, one in enumerate(compared.places)
        if not np.isnan(value := compared.figures.value.loc[one.key, entry.id])
    ]
    if values.empty or not chosen:
        st.info(tr("compare.chart.nothing"), icon=":material/info:")
        return
    everything = [*values, *(value for *_, value in chosen)]
    held = comparator(compared, entry.id)
    scale = Scale(
        f"{entry.short}, {entry.unit}", entry.unit, entry.decimals, entry.scale == "log" and min(everything) > 0
    )
    names = options(loaded)
    crowd = pd.DataFrame(
        {"name": [names[str(code)] for code in values.index], "value": values.to_numpy()}, values.index
    )
    crowd = crowd.drop([one.key for one in compared.places], errors="ignore")
    said = subtitle(
        entry, trn(f"relations.count.{'municipalities' if kind == 'municipalities' else 'parishes'}", len(values)),
        tr("chart.log") if scale.log else "",
        f"{held[0]}: {entry.say(held[1])}" if held else "",
    )  # fmt: skip
    figure = comparison_charts.beeswarm(crowd, chosen, scale, title=entry.title, subtitle=said, comparator=held)
    rows = [(name, value) for name, _, value in chosen] + list(crowd.itertuples(index=False, name=None))
    table = pd.DataFrame(rows, columns=[tr("relations.place"), scale.title]).round(entry.decimals)
    draw(figure, entry.title, said, table)


def slope(compared: Compared, entry: Entry) -> None:
    """Two years beside each other."""
    periods = known.years[entry.id]
    breaks = breaks_of(loaded.indicators[entry.id], loaded.snapshot.measures)
    unbroken = [when for when in periods if all(when >= b.period or b.period > periods[-1] for b in breaks)]
    wanted = f"{int(periods[-1][:4]) - SPAN}"
    with st.container(horizontal=True):
        since = choose_period("since", periods[:-1], max(wanted, unbroken[0]) if len(unbroken) > 1 else wanted)
        later = [when for when in periods if when > since]
        until = choose_period("until", later, later[-1])
    broken = [b for b in breaks if since < b.period <= until]
    for b in broken:
        st.warning(tr("compare.chart.break", period=period(b.period), reason=say(b.reason)), icon=":material/warning:")
    others = list(dict.fromkeys(other for other in compared.others.values() if other))
    keys = list(dict.fromkeys([*(one.key for one in compared.places), *(others if len(others) == 1 else [])]))
    ends = [at_period(loaded, compared, entry.id, when, keys) for when in (since, until)]
    order = {one.key: i for i, one in enumerate(compared.places)}
    names = {one.key: one.short for one in compared.places}
    lines = []
    for key in keys:
        first, last = (float(found[key]) for found in ends)
        name, at = names.get(key) or other_name(loaded, key), order.get(key)
        if not np.isnan(first) and not np.isnan(last):
            lines.append((name, at, first, last))
    if not any(at is not None for _, at, *_ in lines):
        st.info(tr("compare.chart.nothing_then"), icon=":material/info:")
        return
    scale = Scale(f"{entry.short}, {entry.unit}", entry.unit, entry.decimals)
    said = " · ".join(filter(None, [entry.unit, f"{period(since)} – {period(until)}", against_words(compared)]))
    ends_said = (period(since), period(until))
    figure = comparison_charts.slope(lines, scale, ends_said, title=entry.title, subtitle=said, broken=bool(broken))
    columns = [tr("relations.place"), period(since), period(until), tr("compare.column.change")]
    table = pd.DataFrame([(n, a, b, b - a) for n, _, a, b in lines], columns=columns).round(entry.decimals)
    draw(figure, entry.title, said, table)
    if missing := len(compared.places) - sum(at is not None for _, at, *_ in lines):
        bullets([trn("compare.chart.left_out", missing)])


def choose_period(name: str, periods: Sequence[str], wanted: str) -> str:
    """A period; the first that is not before the wanted one."""
    first = next((when for when in periods if when >= wanted), periods[-1])
    return st.selectbox(
        tr(f"compare.{name}"), periods, key=choices.pick(name, periods, first), format_func=period, width=200
    )


def profile(compared: Compared, rows: Sequence[str]) -> None:
    """Where each place stands among the parishes, in several indicators at once."""
    table = compared.position.T.loc[list(rows)].dropna(how="all")
    cut, table = len(table) > MOST_PROFILE, table.head(MOST_PROFILE)
    if table.empty:
        st.info(tr("compare.chart.nothing"), icon=":material/info:")
        return
    table = table.rename(
        index={name: f"{compared.entries[name].short} ({compared.entries[name].when})" for name in table.index}
    )
    table = table.rename(columns={one.key: one.short for one in compared.places})
    title, said = tr("compare.chart.profile_title"), tr("compare.chart.profile_what")
    figure = comparison_charts.profile(table, title=title, subtitle=said)
    draw(figure, title, said, table.round().rename_axis(tr("index.bars.indicator")).reset_index())
    bullets([tr("compare.chart.profile_note"), *([tr("compare.chart.cut", most=number(MOST_PROFILE))] if cut else [])])


def radar(compared: Compared) -> None:
    """The sub-dimensions of the scores on as many axes."""
    found = compared.found
    dimensions = found.scored.meta.at(2) if found else []
    keys = [one.key for one in compared.places if one.key in compared.scored.index]
    table = compared.scored.loc[keys, dimensions].T.dropna()[:MOST_AXES] if keys else pd.DataFrame()
    if len(table) < LEAST_AXES or found is None:
        st.info(tr("compare.chart.no_radar", least=number(LEAST_AXES)), icon=":material/info:")
        return
    names = {one.key: one.short for one in compared.places}
    table = table.rename(index={code: scores.title_of(code, found.indicators) for code in table.index}, columns=names)
    title = tr("compare.chart.radar_title")
    said = f"{tr('index.unit.score')} · {scores.latest(found)[:4]} · {tr('compare.score_what', version=VERSION)}"
    figure = comparison_charts.radar(table, title=title, subtitle=said)
    draw(figure, title, said, table.round(1).rename_axis(tr("index.bars.indicator")).reset_index())
    bullets([tr("compare.chart.radar_note")])


@st.fragment
def chart(compared: Compared, rows: Sequence[str]) -> None:
    """The chart that is chosen; no other is made. Another chart is a run of this and of nothing else of the page."""
    kind = st.segmented_control(
        tr("compare.chart"),
        CHARTS,
        key=choices.pick("chart", CHARTS, CHARTS[0]),
        format_func=lambda name: tr(f"compare.chart.{name}"),
        label_visibility="collapsed",
        required=True,
    )
    match kind:
        case "profile":
            profile(compared, rows)
        case "radar":
            radar(compared)
        case _:
            allowed = [name for name in compared.entries if kind != "slope" or len(known.years.get(name, [])) > 1]
            allowed = sorted(allowed, key=lambda name: name not in rows)
            entry = choose_indicator(compared.entries, allowed)
            {"dots": dots, "swarm": swarm, "slope": slope}[str(kind)](compared, entry)
    write_address()


# --- the page ---


def write_address() -> None:
    """Bring the address up to date, and with it the file that holds what it says."""
    choices.write_address()
    weighting.write_address()
    kept.write_address()
    said = {name: value for name, value in st.query_params.items() if name in NAMES}
    st.session_state.setdefault("compare_address", {}).clear()
    st.session_state["compare_address"].update(said)


def reckoned() -> Reckoned | None:
    """The scores under the visitor's weights; None where none is left."""
    try:
        return scores.reckon(scored, weighting.now.weighting)
    except ValueError:
        return None


@st.fragment
def page() -> None:
    """Everything that moves."""
    if st.session_state.pop("compare_arrived", False):
        st.rerun()
    lists, _ = read(choices.hold("lists", lambda text: written(read(text)[0])))
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare_controls"):
        with st.container():
            places = choose_places(lists)
        against = st.selectbox(
            tr("compare.against"),
            AGAINST,
            key=choices.pick("against", AGAINST, AGAINST[0]),
            format_func=lambda name: tr(f"compare.against.{name}"),
            help=tr("compare.against_help"),
            width=260,
        )
        hand_over()
    for said in problems(lists):
        st.warning(said, icon=":material/link_off:")
    alike = read_weights(choices.hold("alike", lambda text: write_weights(read_weights(text))))
    found = reckoned()
    if places:
        compared = compared_now(loaded, found, places, against, alike)
        beside(compared)
    else:
        start()
    st.header(tr("compare.more"))
    here = Page(loaded, choices, kept, lists, written, places)
    lists_panel(here)
    peers_panel(here, alike)
    conditions_panel(here)
    write_address()


def beside(compared: Compared) -> None:
    """The places in words, as a table, explained, and as a chart."""
    lacking = [one.said for one in compared.places if compared.others[one.key] is None]
    if lacking and not (len(lacking) == 1 and st.session_state[choices.key("against")] == "first"):
        st.info(tr("compare.nothing_against", names=", ".join(lacking)), icon=":material/info:")
    view = choose_rows(compared.entries)
    rows = rows_of(compared, view)
    st.header(tr("compare.summary"))
    bullets(summary(loaded, compared, rows))
    st.header(tr("compare.table"))
    if rows:
        grouped = view != UNLIKE
        comparison_table(compared, rows, grouped=grouped, key="compare_table", lang=language())
        note = " ".join([tr("compare.table_note"), tr(f"compare.among_note.{compared.among}")])
        st.caption(note)
        st.caption(tr("index.stamp", version=VERSION, edition=day(loaded.edition), data=loaded.snapshot.hash[:8]))
        files, words = partial(exported, loaded, compared, rows), score_words(loaded, compared)
        download_menu("compare", files, loaded, title_of(compared), note, more=words)
    else:
        st.info(tr("compare.no_rows"), icon=":material/info:")
    if len(compared.places) > 1 and compared.found:
        st.header(tr("compare.why"))
        because(compared, *choose_pair(compared))
    st.header(tr("compare.charts"))
    chart(compared, rows)


st.title(tr("compare.title"))
st.markdown(tr("compare.intro"))
page()

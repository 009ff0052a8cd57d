"""Through time: how places go beside those they are held against, and who changed between two years."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import streamlit as st

from data.model import COUNTRY, RURAL
from indicators.catalogue import breaks_of, sources_of
from indicators.change import change, comparable, fixed_limits, indexed, is_relative, most
from indicators.model import Indicator
from indicators.trends import trends
from reports.profile import Table
from ui import assets, charts, frame, own, profiles
from ui.address import MOST_SELECTED, sanitise
from ui.choices import Choices
from ui.downloads import download_menu
from ui.inline import Inline, inline
from ui.lines import Course, Rupture, grid, lines
from ui.map_panes import Part, map_panes
from ui.session import Maps
from ui.share_link import share_link
from ui.stage import room
from ui.text import NO_VALUE, alphabetical, amount, language, number, period, say, short_period, span, tr, trn

frame.guard()
loaded = own.loaded()
territories = loaded.snapshot.territories
names = loaded.names
chosen = Choices("trends")

VIEWS = ("lines", "each", "change")
FIRST = "residents"
NONE = "none"
AGAINST = ("rural", "country", "own", NONE)
LISTED = 10
LEVEL = 0.05
REFORM = "2022"  # of the years before, the municipalities were others: their figures are sums of today's units
HIDDEN: list[Part] = [
    "layout", "level", "area", "rural", "time", "sync", "scale", "reset", "indicator", "period", "settings",
]  # fmt: skip
MAP_HEIGHT = 520


def several(entry: Indicator) -> bool:
    """Whether an indicator has values at two times or more."""
    return any(len(found) > 1 for found in loaded.periods[entry.id].values())


indicators = {name: loaded.indicators[name] for name in loaded.known.latest if several(loaded.indicators[name])}
# A city that is a municipality too is shown as a unit.
by_level = {str(level): own["code"] for level, own in territories.groupby("level", observed=True)}
levels = {code: level for level in ("municipality", "unit") for code in by_level[level]}
places = sorted(loaded.known.territories, key=lambda code: alphabetical(names[code]))


def choose_indicator() -> Indicator:
    """One of the indicators that have several periods."""
    key = chosen.pick("of", indicators, FIRST if FIRST in indicators else next(iter(indicators)))
    label = tr("trends.of")
    return indicators[st.selectbox(label, list(indicators), key=key, format_func=lambda id: say(indicators[id].title))]


def held(entry: Indicator) -> bool:
    """Whether a place can be held against a whole country: a number of people cannot, a share of them can."""
    return entry.mark != "circles"


def figures(entry: Indicator) -> pd.DataFrame:
    """All values of an indicator."""
    return loaded.values.loc[loaded.values["indicator"] == entry.id]


def courses(rows: pd.DataFrame, codes: Collection[str]) -> dict[str, pd.DataFrame]:
    """The points of each place: by period, value, status, small_base."""
    own = rows.loc[rows["territory"].isin(list(codes))].astype({"territory": str, "level": str, "period": str})
    wanted = own["territory"].map(levels)
    points = own.loc[wanted.isna() | (wanted == own["level"])].set_index("period").sort_index()
    of = dict(list(points.groupby("territory")[["value", "status", "small_base"]]))
    return {code: of.get(code, points.iloc[:0]) for code in codes}


def comparator(code: str, against: str) -> tuple[str, str]:
    """The code and the name of what a place is held against; "" where there is nothing."""
    parent = str(territories.loc[territories["code"] == code, "parent"].iloc[-1]) if code in names else ""
    found = {"rural": RURAL, "country": COUNTRY, "own": parent, NONE: ""}[against]
    said = {RURAL: tr("trends.against.rural"), COUNTRY: tr("trends.against.country")}
    if found in said or found in loaded.known.municipalities:
        return found, said.get(found) or short(found)
    return "", ""


def ruptures(entry: Indicator) -> list[Rupture]:
    """The breaks of an indicator."""
    return [Rupture(found.period, say(found.reason)) for found in breaks_of(entry, loaded.snapshot.measures)]


def relative_to(points: pd.DataFrame, base: str) -> pd.DataFrame:
    """Points in per cent of the base period; as they are without one."""
    return points.assign(value=indexed(points["value"], base)) if base != NONE else points


def sentence(entry: Indicator, name: str, points: pd.DataFrame) -> str:
    """What the slope of a course says, in words, over the last stretch without a break."""
    table = pd.DataFrame([points["value"].to_numpy()], columns=points.index, index=[name])
    found = trends(table.loc[:, table.notna().to_numpy()[0]], [entry.period for entry in ruptures(entry)])
    if found.empty:
        return tr("trends.few", name=name)
    row = found.iloc[-1]
    if row["reason"]:
        return tr("trends.few", name=name)
    unit, digits = difference_unit(entry), entry.decimals + 1
    said = {
        "name": name,
        "by": amount(row["slope"], digits, unit, signed=True),
        "span": span(str(row["first"]), str(row["last"])),
        "low": number(row["low"], digits, signed=True),
        "high": number(row["high"], digits, signed=True),
    }
    unclear = row["p"] >= LEVEL or row["low"] <= 0 <= row["high"]
    return tr(f"trends.{'flat' if unclear else 'up' if row['slope'] > 0 else 'down'}", **said)


def difference_unit(entry: Indicator) -> str:
    """The unit of a difference: percentage points between shares."""
    return tr("trends.points") if entry.unit.en == "%" else say(entry.unit)


def notes(entry: Indicator, codes: list[str]) -> None:
    """What must be known to read the courses."""
    found = [tr("trends.break", period=period(one.period), reason=one.reason) for one in ruptures(entry)]
    summed = any(levels.get(code) == "municipality" for code in codes)
    if summed and min(loaded.periods[entry.id].get("municipality", [REFORM])) < REFORM:
        found.append(tr("trends.recalculated"))
    if any(one.window > 1 or one.lag for one in entry.inputs):
        found.append(tr("trends.overlapping"))
    if entry.bias:
        found.append(say(entry.bias))
    st.markdown("\n".join(f"- {line}" for line in found))


def lines_view(entry: Indicator) -> None:
    """Some places over each other."""
    start = [code for code in st.session_state.get("map_panes_map_state", {}).get("selected", []) if code in names]
    first = start or ["LV0033200" if "LV0033200" in names else places[0]]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.multiselect(
            tr("trends.places"),
            places,
            key=chosen.pick_several("places", set(places), first[:MOST_SELECTED], MOST_SELECTED),
            format_func=names.__getitem__,
            max_selections=MOST_SELECTED,
            placeholder=tr("trends.places_hint"),
        )
        against = st.selectbox(
            tr("trends.against"),
            AGAINST,
            key=chosen.pick("against", AGAINST, AGAINST[0]),
            format_func=lambda option: tr(f"trends.against.{option}"),
            width=240,
        )
        bases = [NONE, *sorted({p for own in loaded.periods[entry.id].values() for p in own})]
        base = st.selectbox(
            tr("trends.base"),
            bases,
            key=chosen.pick("base", bases, NONE),
            format_func=lambda option: tr("trends.base.none") if option == NONE else f"{short_period(option)} = 100",
            help=tr("trends.base_help"),
            width=180,
        )
    if not picked:
        st.info(tr("trends.choose"), icon=":material/touch_app:")
        return
    rows = figures(entry)
    against = against if base != NONE or held(entry) else NONE
    others = {code: name for code, name in (comparator(code, against) for code in picked) if code}
    points = courses(rows, {*picked, *others})
    shown = [Course(short(code), relative_to(points[code], base), place) for place, code in enumerate(picked)]
    shown += [Course(name, relative_to(points[code], base)) for code, name in others.items()]
    empty = [one.name for one in shown if not one.points["value"].notna().to_numpy().any()]
    if empty:
        st.caption(tr("trends.empty", names=", ".join(empty)))
    if len(empty) == len(shown):
        return
    unit = say(entry.unit) if base == NONE else f"{short_period(base)} = 100"
    title, subtitle = say(entry.title), " · ".join([unit, tr(f"trends.held.{against}")])
    figure = lines(shown, ruptures(entry), title=title, subtitle=subtitle, unit=unit, decimals=entry.decimals)
    st.plotly_chart(figure, config=charts.config("trends"), theme=None, key="trends_chart", alt=f"{title}. {subtitle}")
    if base == NONE:
        st.markdown("\n".join(f"- {sentence(entry, one.name, one.points)}" for one in shown))
    if not held(entry) and base == NONE:
        st.markdown(f"- {tr('trends.sum')}")
    notes(entry, picked)
    with st.container(horizontal=True):
        download_menu("trends", lambda: rows[rows["territory"].isin([*picked, *others])], loaded, title)
    behind({one.name: one.points for one in shown}, entry.decimals)


def short(code: str) -> str:
    """A place as it is named beside its line."""
    return names[code].partition(",")[0].replace(" pagasts", " pag.").replace(" novads", " nov.")


def behind(courses: dict[str, pd.DataFrame], decimals: int) -> None:
    """The numbers of a chart, made when somebody opens them."""
    opened = st.expander(tr("trends.table"), key="trends_table", on_change="rerun")
    if not opened.open:
        return
    marks = {"estimated": tr("trends.status.estimated"), "provisional": tr("trends.status.provisional")}
    columns = {
        name: pd.Series(
            {
                when: " ".join(filter(None, (number(value, decimals), marks.get(status, ""))))
                for when, value, status in points[["value", "status"]].itertuples(name=None)
            }
        )
        for name, points in courses.items()
    }
    table = pd.DataFrame(columns).fillna(NO_VALUE)
    with opened, room("trends_figures"):
        st.dataframe(table.rename_axis(tr("trends.period")).reset_index(), hide_index=True, width="stretch")


def each_view(entry: Indicator) -> None:
    """All places of a municipality, each in a chart of its own."""
    parents = sorted(loaded.known.municipalities, key=lambda code: alphabetical(names[code]))
    own = territories[territories["level"] == "unit"]
    sizes = own["parent"].value_counts().to_dict()
    parents = [code for code in parents if sizes.get(code, 0) > 1]
    where = st.selectbox(
        tr("trends.municipality"),
        parents,
        key=chosen.pick("municipality", parents, parents[0]),
        format_func=names.__getitem__,
        width=320,
    )
    codes = sorted(own.loc[own["parent"] == where, "code"].astype(str), key=lambda code: alphabetical(names[code]))
    rows = figures(entry)
    points = courses(rows, [*codes, RURAL])
    shown = [Course(short(code), points[code]) for code in codes]
    shown = [one for one in shown if one.points["value"].notna().to_numpy().any()]
    if not shown:
        st.info(tr("trends.nothing", name=names[where]), icon=":material/info:")
        return
    rural = [Course(tr("trends.against.rural"), points[RURAL])] if held(entry) else []
    title = f"{say(entry.title)}: {names[where]}"
    subtitle = " · ".join([say(entry.unit), *(tr("trends.grey") for _ in rural)])
    figure = grid(
        shown, rural, ruptures(entry), title=title, subtitle=subtitle, unit=say(entry.unit), decimals=entry.decimals
    )
    st.plotly_chart(figure, config=charts.config("trends"), theme=None, key="trends_each", alt=f"{title}. {subtitle}")
    notes(entry, [where])
    with st.container(horizontal=True):
        download_menu("trends", lambda: rows[rows["territory"].isin([*codes, RURAL])], loaded, title)
    behind({one.name: one.points for one in [*shown, *rural]}, entry.decimals)


def change_view(entry: Indicator) -> None:
    """Who changed between two years, as a map and as a list."""
    there = loaded.periods[entry.id]
    level = "unit" if len(there.get("unit", ())) > 1 else "municipality"
    options, broken = there[level], [found.period for found in ruptures(entry)]
    lasts = [p for p in options if any(comparable(q, p, broken) for q in options)]
    if not lasts:
        st.info(tr("trends.no_pair"), icon=":material/info:")
        return
    since, until = st.columns(2, width=460)
    last = until.selectbox(tr("trends.to"), lasts[::-1], key=chosen.pick("to", lasts, lasts[-1]), format_func=period)
    firsts = [p for p in options if comparable(p, last, broken)]
    first = since.selectbox(
        tr("trends.from"),
        firsts,
        key=chosen.pick("from", firsts, firsts[max(0, len(firsts) - 5)]),
        format_func=period,
        help=tr("trends.from_help"),
    )
    every = figures(entry)
    rows = every.loc[every["level"] == level]
    relative = is_relative(entry)
    changes = change(rows, first, last, relative=relative)
    firm = rows.loc[rows["small_base"].eq(False)]
    wide = firm.pivot_table(index="territory", columns="period", values="value", observed=True)
    little, much = fixed_limits(wide, broken, relative=relative)
    unit = "%" if relative else difference_unit(entry)
    decimals = 1 if relative else entry.decimals
    pooled = change(every.loc[every["territory"] == RURAL], first, last, relative=relative)
    title = tr("trends.change_title", name=say(entry.short), first=short_period(first), last=short_period(last))
    draw_change(entry, changes, pooled, level, (first, last), (little, much), title, unit, decimals)
    found = most(changes, LISTED)
    st.header(tr("trends.most"))
    rose, fell = (listed(found[side], tr(f"trends.{side}"), entry, unit, decimals) for side in ("rose", "fell"))
    profiles.show(profiles.columns(rose, fell))
    left_out = [trn("trends.small", found["small"])] if found["small"] else []
    left_out += [trn("trends.unsure", found["unsure"])] if found["unsure"] else []
    st.markdown("\n".join(f"- {line}" for line in [*left_out, tr("trends.not_cause")]))
    notes(entry, [])
    with st.container(horizontal=True):
        download_menu("trends", lambda: rows.loc[rows["period"].astype(str).isin([first, last])], loaded, title)


def listed(found: pd.DataFrame, title: str, entry: Indicator, unit: str, decimals: int) -> str:
    """Places with what was, what is, and the change, as a table under its title."""
    heads = tuple(tr(f"trends.column.{head}") for head in ("name", "before", "after", "change"))
    rows = [
        (
            names[str(code)],
            number(before, entry.decimals),
            number(after, entry.decimals),
            amount(changed, decimals, unit, signed=True),
        )
        for code, before, after, changed in found[["before", "after", "change"]].itertuples(name=None)
    ]
    return profiles.heading(title, 3) + profiles.table(Table(heads, rows), title)


def draw_change(
    entry: Indicator,
    changes: pd.DataFrame,
    pooled: pd.DataFrame,
    level: str,
    when: tuple[str, str],
    limits: tuple[float, float],
    title: str,
    unit: str,
    decimals: int,
) -> None:
    """The changes on the map, in classes that stay the same whichever years are chosen."""
    rows = pd.DataFrame(
        {
            "territory": [*changes.index, RURAL],
            "level": [*[level] * len(changes), "group"],
            "period": when[1],
            "value": [*changes["change"], 0.0],
            "small_base": [*changes["small_base"], False],
        }
    )
    little, much = limits
    shown = Inline(
        id="trends_change",
        title=title,
        definition=tr("trends.change_what", name=say(entry.title), first=period(when[0]), last=period(when[1])),
        formula=tr("trends.formula.relative" if unit == "%" and is_relative(entry) else "trends.formula.difference"),
        unit=unit,
        rows=rows,
        decimals=decimals,
        better=entry.better,
        against=tr("trends.no_change"),
        when=f"{short_period(when[0])}–{short_period(when[1])}",
        sources=[source.id for source in sources_of(entry, loaded.snapshot.sources)],
    )
    maps = Maps("trends", loaded.known.extended({shown.id: when[1]}, first=[shown.id]), ("chosen", "view"))
    state = maps.arrive()
    pane = {
        **maps.pane(shown.id),
        "method": "manual",
        "breaks": [-much, -little, little, much],
        "classes": 5,
        "diverging": True,
    }
    wanted = sanitise({**state, "panes": [pane], "level": level}, maps.known)
    if wanted != state:
        maps.change(wanted)
    given = own.on_map(loaded, inline([shown], loaded))
    map_panes(maps, base=assets.base(loaded), language=language(), inline=given, hide=HIDDEN, height=MAP_HEIGHT)
    maps.write_address()
    said = [tr("trends.fixed", little=amount(little, decimals, unit), much=amount(much, decimals, unit))]
    together = [amount(value, decimals, unit, signed=True) for value in pooled["change"].dropna()]
    said += [tr("trends.rural", change=words) for words in together]
    st.caption(" ".join(said))


@st.fragment
def view() -> None:
    """Everything that moves."""
    with st.container(key="relations_view", horizontal=True, vertical_alignment="center"):
        asked = st.segmented_control(
            tr("trends.view"),
            VIEWS,
            key=chosen.pick("part", VIEWS, VIEWS[0]),
            format_func=lambda option: tr(f"trends.view.{option}"),
            label_visibility="collapsed",
            required=True,
        )
        st.space("stretch")
        share_link("share_trends")
    entry = choose_indicator()
    {"lines": lines_view, "each": each_view, "change": change_view}[asked](entry)
    chosen.write_address()


st.title(tr("trends.title"))
view()

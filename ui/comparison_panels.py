"""What stands below a comparison: lists and joined areas, who is alike and why, and places that meet conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import streamlit as st

from indicators.catalogue import sources_of
from indicators.comparison import BOUNDS, Condition, passing
from indicators.peers import FEATURES, LOGARITHMS, NEAREST
from ui import assets
from ui.address import MOST_SELECTED, State
from ui.cache import Loaded
from ui.choices import Choices
from ui.comparison import Place, entries, features, latest, options, peers_of
from ui.comparison_address import (
    HIGHEST_WEIGHT,
    LONGEST_NAME,
    MOST_CONDITIONS,
    MOST_LISTS,
    NamedList,
    clean,
    read_conditions,
    union,
    write_conditions,
    write_weights,
)
from ui.inline import Inline, inline
from ui.map_panes import Part, map_panes
from ui.session import Maps
from ui.stage import room
from ui.text import language, literal, number, period, tr, trn

BESIDE_PLACE = 5
"""How many of the parishes most like one are put beside it at once."""
ANSWERS = {"yes": "#12436d", "unknown": "#b9a15a", "no": "#dfe4e9"}
MAP_HEIGHT = 460
HIDDEN: tuple[Part, ...] = (
    "layout", "level", "area", "rural", "time", "scale", "indicator", "period", "settings", "reset", "sync",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """What the panels share with the page."""

    loaded: Loaded
    choices: Choices
    kept: Maps
    lists: list[NamedList]
    written: Callable[[Sequence[NamedList]], str]
    places: list[Place]

    def keep(self, lists: Sequence[NamedList]) -> None:
        """Have these lists from the next run on."""
        self.choices.put("lists", self.written(lists))


def say_after(words: str, kind: str = "success") -> None:
    """Have something said in the next run."""
    st.session_state["compare_said"] = (kind, words)


# --- lists and joined areas ---


def lists_panel(page: Page) -> None:
    """The visitor's lists, and a form for a new one."""
    opened = st.expander(tr("compare.lists"), key="compare_lists", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown(tr("compare.lists_what"))
        if said := st.session_state.pop("compare_said", None):
            {"success": st.success, "error": st.error}[said[0]](said[1])
        for at, entry in enumerate(page.lists):
            _list_row(page, at, entry)
        if len(page.lists) >= MOST_LISTS:
            st.info(tr("compare.lists_full", most=number(MOST_LISTS)))
            return
        names = options(page.loaded)
        by_key = {entry.key: entry.name for entry in page.lists}
        with st.form("compare_new_list", border=True):
            st.text_input(tr("compare.list_name"), key="compare_list_name", max_chars=LONGEST_NAME)
            st.multiselect(
                tr("compare.list_members"),
                [*by_key, *names],
                key=f"compare_list_members_{language()}",
                format_func=lambda code: names.get(code) or tr("compare.list", name=by_key[code]),
                placeholder=tr("compare.places_hint"),
            )
            st.form_submit_button(tr("compare.list_join"), on_click=_make_list, args=(page,))


def _list_row(page: Page, at: int, entry: NamedList) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(entry.name)}** · {trn('compare.units', len(entry.codes))}", width=320)
        others = [each for each in page.lists if each is not entry]
        changed = NamedList(entry.name, entry.codes, not entry.joined)
        room = entry.joined or len(page.places) < MOST_SELECTED
        st.button(
            tr("compare.list_hide" if entry.joined else "compare.list_show"),
            key=f"compare_list_show_{at}",
            on_click=page.keep,
            args=([changed if each is entry else each for each in page.lists],),
            disabled=not room,
            help=None if room else tr("compare.no_room", most=number(MOST_SELECTED)),
        )
        st.button(
            tr("compare.list_compare", count=number(min(MOST_SELECTED, len(entry.codes)))),
            key=f"compare_list_take_{at}",
            on_click=_compare_members,
            args=(page, entry),
        )
        st.button(tr("compare.list_drop"), key=f"compare_list_drop_{at}", on_click=page.keep, args=(others,))


def _compare_members(page: Page, entry: NamedList) -> None:
    page.keep([NamedList(each.name, each.codes) for each in page.lists])
    page.kept.select(entry.codes[:MOST_SELECTED])


def _make_list(page: Page) -> None:
    """Join what was chosen in the form; units that came more than once count once, and that is said."""
    name = clean(st.session_state["compare_list_name"])
    picked = st.session_state[f"compare_list_members_{language()}"]
    if not name or not picked:
        say_after(tr("compare.list_empty"), "error")
        return
    if any(entry.name == name for entry in page.lists):
        say_after(tr("compare.list_taken", name=literal(name)), "error")
        return
    known, by_key = latest(page.loaded), {entry.key: entry.codes for entry in page.lists}
    parts = [
        by_key.get(code) or ((code,) if code in known.parent else known.units_of[code])
        for code in dict.fromkeys(picked)
    ]
    codes, twice = union(parts)
    room = len(page.places) < MOST_SELECTED
    page.keep([*page.lists, NamedList(name, codes, joined=room)])
    words = [trn("compare.list_made", len(codes), name=literal(name))]
    words += [trn("compare.list_twice", twice)] if twice else []
    words += [] if room else [tr("compare.no_room", most=number(MOST_SELECTED))]
    say_after(" ".join(words))


# --- who is alike ---


def peers_panel(page: Page, weights: dict[str, int]) -> None:
    """The parishes most like one, why these, and how much each feature counts."""
    opened = st.expander(tr("compare.peers"), key="compare_peers", on_change="rerun")
    if not opened.open:
        return
    with opened:
        table = features(page.loaded)
        parishes = [one for one in page.places if one.key in table.index]
        if not parishes:
            st.info(tr("compare.peers_none"), icon=":material/info:")
            return
        names = {one.key: one.name for one in parishes}
        asked = st.selectbox(
            tr("compare.peers_of"),
            list(names),
            key=page.choices.pick("alike_of", names, next(iter(names))),
            format_func=lambda code: names[code],
            width=360,
        )
        st.markdown(tr("compare.peers_what", count=number(NEAREST)))
        _feature_weights(page, weights)
        near = peers_of(page.loaded, [asked], weights)
        if near.empty:
            st.info(tr("compare.peers_unknown"), icon=":material/info:")
            return
        room("compare_alike").dataframe(_peers_table(page, asked, near), hide_index=True, height="content")
        st.caption(tr("compare.peers_note"))
        st.button(
            tr("compare.peers_add", count=number(BESIDE_PLACE)),
            on_click=page.kept.select,
            args=([asked, *near["peer"].astype(str)[:BESIDE_PLACE]],),
        )


def _feature_weights(page: Page, weights: dict[str, int]) -> None:
    taken = {"on_change": _take_weights, "args": (page,), "width": 170}
    with st.container(horizontal=True, gap="medium"):
        for name in FEATURES:
            key = f"compare_weight_{name}"
            if st.session_state.get(key) != weights[name]:
                st.session_state[key] = weights[name]
            st.slider(tr(f"compare.feature.{name}"), 0, HIGHEST_WEIGHT, key=key, **taken)
    usual = not write_weights(weights)
    st.button(tr("compare.peers_reset"), on_click=page.choices.put, args=("alike", ""), disabled=usual)


def _take_weights(page: Page) -> None:
    weights = {name: int(st.session_state[f"compare_weight_{name}"]) for name in FEATURES}
    page.choices.put("alike", write_weights(weights))
    if not any(weights.values()):
        st.toast(tr("compare.peers_all_zero"))


def _peers_table(page: Page, asked: str, near: pd.DataFrame) -> pd.DataFrame:
    """The place itself and those like it, with what makes them alike in plain figures."""
    names, table = options(page.loaded), features(page.loaded)
    codes = [asked, *near["peer"].astype(str)]
    shown = table.loc[codes].copy()
    for name in LOGARITHMS:
        shown[name] = np.exp(shown[name])
    shown["edge"] = shown["edge"].map({True: tr("compare.yes"), False: tr("compare.no")})
    decimals = {"population": 0, "density": 1, "older": 1, "change": 1, "town_km": 0, "centre_km": 0}
    for name, places in decimals.items():
        shown[name] = [number(value, places) for value in shown[name]]
    distances = ["", *(number(d, 2) for d in near["distance"])]
    heads = {name: tr(f"compare.feature.{name}") for name in FEATURES}
    shown = shown[list(FEATURES)].rename(columns=heads)
    shown.insert(0, tr("relations.place"), [names[code] for code in codes])
    shown.insert(1, tr("compare.peers_distance"), distances)
    return shown


# --- places that meet conditions ---


class _Linked(Maps):
    """The map of the conditions: who is selected on it is compared above."""

    def __init__(self, page: Page, latest_period: str) -> None:
        known = page.loaded.known.extended({"compare_conditions": latest_period}, first=["compare_conditions"])
        super().__init__("compare", known, names=())
        self._compared = page.kept

    def take(self) -> None:
        super().take()
        if self.state["selected"] != self._compared.state["selected"]:
            self._compared.select(self.state["selected"])


def conditions_panel(page: Page) -> None:
    """Show the parishes where …: up to five conditions, how many meet them, where these lie, and a list of them."""
    rows = entries(page.loaded, None)
    text = page.choices.hold("where", lambda given: write_conditions(read_conditions(given, rows)))
    conditions = read_conditions(text, rows)
    opened = st.expander(tr("compare.conditions"), key="compare_conditions", on_change="rerun")
    if not opened.open:
        return
    with opened:
        known = latest(page.loaded)
        for at, one in enumerate(conditions):
            _condition_row(page, at, one, conditions)
        if len(conditions) < MOST_CONDITIONS:
            st.button(
                tr("compare.condition_add"), icon=":material/add:", on_click=_add_condition, args=(page, conditions)
            )
        if not conditions:
            st.info(tr("compare.conditions_what"), icon=":material/info:")
            return
        answers = passing(known.figures, known.parishes, conditions)
        counts = answers.value_counts()
        found = [str(code) for code, answer in answers.items() if answer == "yes"]
        st.markdown(f"**{trn('compare.passing', len(found), all=number(len(answers)))}**")
        if unknown := int(counts.get("unknown", 0)):
            st.caption(trn("compare.passing_unknown", unknown))
        if any(known.crowds.kinds[one.indicator] == "municipalities" for one in conditions):
            st.caption(tr("compare.conditions_copied"))
        _save_passing(page, found)
        _conditions_map(page, conditions, answers)


def _condition_row(page: Page, at: int, one: Condition, conditions: list[Condition]) -> None:
    rows = entries(page.loaded, None)
    keys = {part: f"compare_condition_{at}_{part}_{language()}" for part in ("indicator", "bound", "value")}
    for part, key in keys.items():
        if st.session_state.get(key) != getattr(one, part):
            st.session_state[key] = getattr(one, part)
    entry = rows[one.indicator]
    taken = {"on_change": _take_condition, "args": (page, at, conditions, keys)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            tr("compare.condition_of"),
            list(rows),
            key=keys["indicator"],
            format_func=lambda name: rows[name].title,
            width=420,
            **taken,
        )
        st.selectbox(
            tr("compare.condition_bound"),
            BOUNDS,
            key=keys["bound"],
            format_func=lambda name: tr(f"compare.bound.{name}"),
            width=150,
            **taken,
        )
        st.number_input(
            f"{entry.unit}, {entry.when}",
            key=keys["value"],
            step=10.0**-entry.decimals,
            format=f"%.{entry.decimals}f",
            width=200,
            **taken,
        )
        rest = conditions[:at] + conditions[at + 1 :]
        st.button(
            tr("compare.condition_drop"),
            key=f"compare_condition_drop_{at}",
            on_click=page.choices.put,
            args=("where", write_conditions(rest)),
        )


def _take_condition(page: Page, at: int, conditions: list[Condition], keys: dict[str, str]) -> None:
    indicator, bound, value = (st.session_state[keys[part]] for part in ("indicator", "bound", "value"))
    if indicator != conditions[at].indicator:
        value = _median(page, indicator)
    new = Condition(indicator, bound, float(value or 0))
    page.choices.put("where", write_conditions([*conditions[:at], new, *conditions[at + 1 :]]))


def _add_condition(page: Page, conditions: list[Condition]) -> None:
    used = {one.indicator for one in conditions}
    indicator = next(name for name in ("population_change_5y", *entries(page.loaded, None)) if name not in used)
    new = Condition(indicator, "least", _median(page, indicator))
    page.choices.put("where", write_conditions([*conditions, new]))


def _median(page: Page, indicator: str) -> float:
    """The middle of the parishes, in the decimals it is shown with: where a condition begins."""
    known = latest(page.loaded)
    middle = known.figures.value[indicator].reindex(known.parishes).median()
    return 0.0 if np.isnan(middle) else round(float(middle), page.loaded.indicators[indicator].decimals)


def _save_passing(page: Page, found: list[str]) -> None:
    room = len(page.lists) < MOST_LISTS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(tr("compare.list_name"), key="compare_passing_name", max_chars=LONGEST_NAME, width=300)
        st.button(
            tr("compare.passing_save"),
            on_click=_keep_passing,
            args=(page, found),
            disabled=not found or not room,
            help=None if room else tr("compare.lists_full", most=number(MOST_LISTS)),
        )
    if said := st.session_state.pop("compare_kept", None):
        {"success": st.success, "error": st.error}[said[0]](said[1])


def _keep_passing(page: Page, found: list[str]) -> None:
    name = clean(st.session_state["compare_passing_name"])
    if not name or any(entry.name == name for entry in page.lists):
        words = tr("compare.list_taken", name=literal(name)) if name else tr("compare.list_unnamed")
        st.session_state["compare_kept"] = ("error", words)
        return
    page.keep([*page.lists, NamedList(name, tuple(found))])
    st.session_state["compare_kept"] = ("success", trn("compare.list_made", len(found), name=literal(name)))


def _conditions_map(page: Page, conditions: list[Condition], answers: pd.Series) -> None:
    loaded, known = page.loaded, latest(page.loaded)
    rows = entries(loaded, None)
    order = {answer: float(at) for at, answer in enumerate(ANSWERS)}
    when = max(known.periods[one.indicator] for one in conditions)
    table = pd.DataFrame({"territory": answers.index, "value": answers.map(order).to_numpy(float)})
    said = "; ".join(
        f"{rows[one.indicator].short} {tr(f'compare.bound.{one.bound}')} {rows[one.indicator].say(one.value)}"
        for one in conditions
    )
    own = Inline(
        id="compare_conditions",
        title=tr("compare.conditions_title"),
        definition=said,
        formula=said,
        unit="",
        rows=table.assign(level="unit", period=when),
        decimals=0,
        better="neither",
        categories=[(tr(f"compare.answer.{answer}"), colour) for answer, colour in ANSWERS.items()],
        when="; ".join(dict.fromkeys(period(known.periods[one.indicator]) for one in conditions)),
        sources=list(
            dict.fromkeys(
                source.id
                for one in conditions
                for source in sources_of(loaded.indicators[one.indicator], loaded.snapshot.sources)
            )
        ),
    )
    maps = _Linked(page, own.latest)
    maps.arrive()
    shown = {"rural": True, "degurba": False, "region": None, "municipality": None}
    wanted = {"panes": [maps.pane(own.id)], "filter": shown, "selected": page.kept.state["selected"]}
    if any(maps.state[name] != value for name, value in wanted.items()):
        maps.change(cast(State, {**maps.state, **wanted}))
    map_panes(
        maps,
        base=assets.base(loaded),
        language=language(),
        inline=inline([own], loaded),
        hide=HIDDEN,
        height=MAP_HEIGHT,
    )

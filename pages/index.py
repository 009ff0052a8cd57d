"""The two success factors: choose weights, see scores and how sure the ranks are, ask why a place has what it has."""

from __future__ import annotations

from functools import partial
from math import floor
from typing import cast

import pandas as pd
import streamlit as st

from data.model import DataError
from indicators.success import FACTORS, HIGHEST_WEIGHT, OVERALL, VERSION, declared
from indicators.weighting import DECLARED, LARGEST_FILE, OPTIONS, differing, from_file, to_file
from ui import assets, frame, own, scores
from ui.address import State
from ui.downloads import download_menu
from ui.explanation import explain
from ui.inline import inline
from ui.map_panes import Part, map_panes
from ui.profiles import profile_link
from ui.scores import Reckoned
from ui.session import Maps
from ui.share_link import share_link
from ui.stage import room
from ui.text import NO_VALUE, day, language, number, say, tr, trn
from ui.weights import PARISHES, PEERS, RURAL, SHOWN, Choice, Chosen, key

frame.guard()
loaded = own.loaded(scored=True)
territories = scores.units(loaded)
municipalities = territories.drop_duplicates("parent").set_index("parent")["municipality"].to_dict()
basis = scores.basis(loaded)
period = max(basis.periods.values())
ids = {scores.map_id(factor, show): period for factor in FACTORS for show in SHOWN}
brought = [code for code in declared(loaded.factors) if code not in declared()]
chosen = Chosen(scores.sets(loaded), brought)
kept = Maps("index", loaded.known.extended(ids, first=list(ids)[:1]), names=("chosen", "view", "released"))
chosen.arrive()
kept.arrive()

HEIGHT, WEIGHTS_HEIGHT = 520, 570
HIDDEN: tuple[Part, ...] = (
    "layout", "level", "area", "rural", "time", "scale", "indicator", "period", "settings",
    "copy", "reset", "download", "sync",
)  # fmt: skip
TABLE_HEIGHT = 420
COMPLETENESS = "completeness_score"
STAMP = {"version": VERSION, "edition": loaded.edition.isoformat(), "data": loaded.snapshot.hash[:16]}


def set_name(among: str) -> str:
    """A reference set in words."""
    return municipalities.get(among) or tr(f"index.among.{among}")


def full_name(place: str) -> str:
    """A place with its municipality, where that is another."""
    row = territories.loc[place]
    return row["name"] if row["municipality"] == row["name"] else f"{row['name']} ({row['municipality']})"


def controls() -> None:
    """What the maps show and whom the ranks are among."""
    with st.container(key="map_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            tr("index.show"),
            SHOWN,
            key=key("show"),
            format_func=lambda name: tr(f"index.show.{name}"),
            on_change=chosen.take,
            args=("show",),
            required=True,
        )
        st.selectbox(
            tr("index.among"),
            chosen.sets,
            key=key("among"),
            format_func=set_name,
            on_change=chosen.take,
            args=("among",),
            help=tr("index.among_help"),
            width=260,
        )
        for name, options in OPTIONS.items():
            st.selectbox(
                tr(f"index.{name}"),
                options,
                key=key(name),
                format_func=lambda option: tr(f"index.option.{option}"),
                on_change=chosen.take,
                args=(name,),
                help=tr(f"index.{name}_help"),
                width=180,
            )
        st.space("stretch")
        share_link("share_index")


def slider(code: str, name: str, share: float) -> None:
    """The weight of one part of the index, with what it comes to, and a button that takes it out or puts it back."""
    out = not chosen.now.weighting.weight(code)
    label = tr("index.weight_out", name=name) if out else tr("index.weight", name=name, share=scores.share_of(share))
    st.button(
        tr("index.put_back" if out else "index.remove"),
        key=f"index_toggle_{code}",
        type="tertiary",
        on_click=chosen.toggle,
        args=(code,),
    )
    st.slider(label, 0, HIGHEST_WEIGHT, key=key(code), on_change=chosen.take, args=(code,))


def weights(found: Reckoned | None) -> None:
    """All weights, from factor to indicator, and what can be done with a whole set."""
    shares = found.shares if found else {}
    with st.container(key="index_weights", height=WEIGHTS_HEIGHT, border=True, gap="xsmall"):
        st.markdown(f"## {tr('index.weights')}", help=tr("index.weights_help"))
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                tr("index.reset"), on_click=chosen.change, args=(DECLARED,), disabled=chosen.now.weighting == DECLARED
            )
            st.button(tr("index.undo"), on_click=chosen.undo, disabled=not chosen.can_undo)
            weight_file()
        for factor in loaded.factors:
            there = [part for part in factor.dimensions if set(part.weights) & set(basis.periods)]
            if not there:
                continue
            st.markdown(f"### {say(factor.title)}")
            slider(factor.id, tr("index.whole_factor"), shares.get(factor.id, 0))
            for part in there:
                slider(part.id, f"**{say(part.title)}**", shares.get(part.id, 0))
                for name in part.weights:
                    if name in basis.periods:
                        slider(name, say(loaded.indicators[name].short), shares.get(name, 0))


def weight_file() -> None:
    """Save the weights to a file, or bring a file."""
    with st.popover(tr("index.file")):
        st.download_button(
            tr("index.save"),
            lambda: to_file(chosen.now.weighting, STAMP),
            file_name=f"weights-{VERSION}.json",
            mime="application/json",
            on_click="ignore",
        )
        st.file_uploader(tr("index.load"), type="json", key="index_file", on_change=take_file, max_upload_size=1)
        if faults := st.session_state.get("index_faults"):
            st.error("\n".join([tr("index.faults"), *(f"- {fault}" for fault in faults)]), icon=":material/error:")
        elif (loaded_as := st.session_state.get("index_loaded")) and loaded_as[0] == chosen.now.weighting:
            st.success(tr("index.loaded"), icon=":material/check:")
            if loaded_as[1]:
                st.info(tr("index.loaded_other"), icon=":material/info:")


def take_file() -> None:
    """Use the weights of the file just brought, or keep what is wrong with it."""
    st.session_state["index_faults"], st.session_state["index_loaded"] = [], None
    file = st.session_state["index_file"]
    if file is None:
        return
    try:
        content = file.read(LARGEST_FILE + 1)
        weighting = from_file(content, file.name, brought)
        chosen.change(weighting)
        now = {"index": VERSION, "edition": STAMP["edition"]}
        st.session_state["index_loaded"] = (weighting, differing(content, now))
    except DataError as bad:
        st.session_state["index_faults"] = [
            tr(f"index.fault.{fault.kind}", place=fault.place.replace("`", "'")) for fault in bad.faults[:20]
        ]


def pane(place: int, name: str, limits: list[float]) -> dict[str, object]:
    """The map at a place, whose classes have these limits."""
    return {**kept.pane(name, place), "method": "manual", "breaks": limits, "classes": len(limits) + 1}


def draw_maps(found: Reckoned, choice: Choice, standing: dict[str, pd.DataFrame]) -> None:
    """Both factors beside each other."""
    shown, limits = scores.maps_of(loaded, found, choice, standing)
    panes = [pane(place, entry.id, limits[entry.id]) for place, entry in enumerate(shown)]
    municipality = choice.among if choice.among in municipalities else None
    filtered = {
        "rural": choice.among == PARISHES,
        "degurba": choice.among == RURAL,
        "region": None,
        "municipality": municipality,
    }
    wanted = {"panes": panes, "filter": filtered, "sharedScale": True}
    if any(kept.state[name] != value for name, value in wanted.items()):
        kept.change(cast(State, {**kept.state, **wanted}))
    map_panes(
        kept,
        base=assets.base(loaded),
        language=language(),
        inline=inline(shown, loaded),
        hide=HIDDEN,
        height=HEIGHT,
    )


def gap(found: Reckoned, code: str, place: str) -> str:
    """Why a place has no score."""
    return tr("index.gap.overall") if code == OVERALL else scores.reason(found.scored.gaps.loc[place, code])


def pick(grid: str, order: list[str]) -> None:
    """Rows of the table were chosen; what is chosen beyond the table stays."""
    rows = st.session_state[grid]["selection"]["rows"]
    kept.take()
    picked = [order[row] for row in rows if row < len(order)]
    before = [code for code in kept.state["selected"] if code in picked or code not in order]
    kept.select([*before, *(code for code in picked if code not in before)])


def table_key(rows: list[int]) -> str:
    """The key of a table in which these rows are chosen: another one whenever they were chosen elsewhere.

    A grid that is given another selection answers with the one it had, which would undo a click on the map.
    """
    number, begun = st.session_state.get("index_grid", (0, []))
    held = st.session_state.get(f"index_table_{number}")
    if sorted(held["selection"]["rows"] if held else begun) != rows:
        number += 1
        begun = rows
    st.session_state["index_grid"] = (number, begun)
    return f"index_table_{number}"


def table(found: Reckoned, code: str, standing: pd.DataFrame, inside: pd.Series) -> None:
    """Where everyone in the reference set stands."""
    members = territories[inside]
    own = found.scored.scores.loc[members.index, code]
    order = [str(place) for place in own.rank(ascending=False, method="first", na_option="bottom").sort_values().index]
    rows = members.loc[order]
    at, said, fifths = standing.reindex(order), scores.places(standing), scores.classes(standing)
    where = [said.get(c) or f"{tr('index.no_score')}: {gap(found, code, c)}" for c in order]
    shown = pd.DataFrame(
        {
            "name": rows["name"],
            "municipality": rows["municipality"],
            "score": own[order].round(1),
            "rank": at["rank"],
            "median": at["median"].round(),
            "range": where,
            "quarter": (100 * at["p_top_quarter"]).round(),
            "coverage": (100 * found.scored.coverage.loc[order, code]).round(),
            "class": [fifths.get(c, NO_VALUE) for c in order],
        }
    )
    rows_chosen = [place for place, code in enumerate(order) if code in kept.state["selected"]]
    grid = table_key(rows_chosen)
    room("index_ranking").dataframe(
        shown,
        key=grid,
        hide_index=True,
        height=TABLE_HEIGHT,
        on_select=partial(pick, grid, order),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows_chosen}},
        column_config={
            "name": st.column_config.TextColumn(tr("index.column.name"), pinned=True),
            "municipality": st.column_config.TextColumn(tr("index.column.municipality")),
            "score": st.column_config.NumberColumn(tr("index.column.score"), format="localized"),
            "rank": st.column_config.NumberColumn(tr("index.column.rank"), help=tr("index.column.rank_help")),
            "median": st.column_config.NumberColumn(tr("index.column.median"), help=tr("index.column.median_help")),
            "range": st.column_config.TextColumn(
                tr("index.column.range"), help=tr("index.column.range_help"), width="medium"
            ),
            "quarter": st.column_config.NumberColumn(
                tr("index.column.quarter"), help=tr("index.column.quarter_help"), format=tr("index.percent")
            ),
            "coverage": st.column_config.NumberColumn(
                tr("index.column.coverage"), help=tr("index.column.coverage_help"), format=tr("index.percent")
            ),
            "class": st.column_config.TextColumn(tr("index.column.class"), help=tr("index.column.class_help")),
        },
    )


def files(found: Reckoned, codes: list[str], inside: pd.Series, note: str) -> None:
    """Scores and ranks of the reference set as files, the best of the first factor first; made when asked for."""

    def rows() -> pd.DataFrame:
        order = found.scored.scores.loc[inside, codes[0]].sort_values(ascending=False, na_position="last").index
        every = {code: scores.standing(found, code, inside) for code in codes}
        return scores.exported(found, codes, every, order.tolist())

    words = scores.exported_words(loaded, found, codes)
    download_menu("index", rows, loaded, tr("index.title"), note, more=words)


def comparisons(found: Reckoned, code: str, selected: list[str]) -> None:
    """Whether the chosen places can be told apart."""
    own = found.scored.scores.loc[selected, code]
    lines = [f"{full_name(str(place))}: {tr('index.no_score')}" for place in own.index[own.isna()]]
    *others, first = selected
    for other in others:
        share = scores.compared(found, code, first, other)
        if share is not None:
            high, low, sure = (first, other, share) if share >= 0.5 else (other, first, 1 - share)
            said = "index.alike" if scores.alike(share) else "index.apart"
            lines.append(tr(said, high=full_name(high), low=full_name(low), share=number(floor(100 * sure))))
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def cautions(found: Reckoned, standing: dict[str, pd.DataFrame], inside: pd.Series) -> None:
    """What every reader of these figures must know, as far as it can be computed."""
    lines = [tr("index.caution.modelled")] if scores.modelled(found) else []
    if few := scores.borrowed(found, inside):
        lines.append(tr("index.caution.borrowed", some=number(few), count=number(inside.sum())))
    for factor in found.factors:
        if crowded := scores.crowd(standing[factor.id]):
            most, count = map(number, crowded)
            lines.append(tr("index.caution.crowd", factor=say(factor.title), most=most, count=count))
        related = scores.with_size(loaded, found.scored.coverage[factor.id])
        if related is not None:
            lines.append(
                tr("index.caution.size", factor=say(factor.title), correlation=number(related, 2, signed=True))
            )
    if COMPLETENESS in found.scored.scores:
        related = scores.with_size(loaded, found.scored.scores[COMPLETENESS])
        if related is not None:
            lines.append(tr("index.caution.completeness", correlation=number(related, 2, signed=True)))
    st.markdown("\n".join(f"- {line}" for line in lines))


def influences(found: Reckoned, code: str, inside: pd.Series) -> None:
    """Which choice moves the ranks, on demand."""
    these = (found.weighting.key, code, tuple(inside))
    asked = st.button(tr("index.influences_ask"), icon=":material/query_stats:")
    if not asked and st.session_state.get("index_influences") != these:
        return
    st.session_state["index_influences"] = these
    with st.spinner(tr("index.influences_wait")):
        found_shares = scores.sensitivity(loaded, found, code, inside)
    room("index_influence").dataframe(
        pd.DataFrame(
            {
                tr("index.influence.choice"): [tr(f"index.choice.{name}") for name in found_shares.index],
                tr("index.influence.alone"): [span(row, "S1") for _, row in found_shares.iterrows()],
                tr("index.influence.total"): [span(row, "ST") for _, row in found_shares.iterrows()],
            }
        ),
        hide_index=True,
    )
    st.caption(tr("index.influences_note"))


def span(row: pd.Series, name: str) -> str:
    """An index with its interval, within 0 and 1."""
    value, low, high = (100 * min(1, max(0, row[part])) for part in (name, f"{name}_low", f"{name}_high"))
    return tr("index.influence.span", value=number(value), low=number(low), high=number(high))


@st.fragment
def index() -> None:
    """Everything that follows the weights: a moved slider runs this and nothing else of the page."""
    choice, selected = chosen.now, [code for code in kept.state["selected"] if code in territories.index]
    inside = scores.within(loaded, choice.among, selected[0] if selected else None)
    try:
        found = scores.reckon(loaded, choice.weighting)
    except ValueError:
        found = None
    controls()
    left, right = st.columns([1, 3], gap="small")
    if found is None or not found.factors:
        with left:
            weights(found)
        right.warning(tr("index.nothing"), icon=":material/balance:")
        chosen.write_address()
        return
    standing = {factor.id: scores.standing(found, factor.id, inside) for factor in found.factors}
    with right:
        draw_maps(found, choice, standing)
    stamp = tr("index.stamp", version=VERSION, edition=day(loaded.edition), data=loaded.snapshot.hash[:8])
    changed = [tr("index.changed")] if choice.weighting != DECLARED else []
    st.caption(" · ".join([stamp, *changed]))
    if idle := [say(factor.title) for factor in FACTORS if factor not in found.factors]:
        st.info(tr("index.idle", factors=", ".join(idle)), icon=":material/balance:")
    if choice.among != PARISHES:
        st.info(tr("index.among_warning"), icon=":material/info:")
    if choice.among == PEERS and not selected:
        st.info(tr("index.peers_hint"), icon=":material/touch_app:")
    elif choice.among == PEERS and not scores.peers_of(loaded, selected[0]):
        st.info(tr("index.peers_none", name=full_name(selected[0])), icon=":material/info:")

    st.header(tr("index.table"))
    codes = [factor.id for factor in found.factors] + ([OVERALL] if len(found.factors) == len(FACTORS) else [])
    code = choice.factor if choice.factor in codes else codes[0]
    if st.session_state[key("factor")] not in codes:
        st.session_state[key("factor")] = code
    st.segmented_control(
        tr("index.table_of"),
        codes,
        key=key("factor"),
        format_func=lambda name: scores.title_of(name, found.indicators),
        on_change=chosen.take,
        args=("factor",),
        label_visibility="collapsed",
        required=True,
    )
    table(found, code, scores.standing(found, code, inside), inside)
    noise = tr("index.range_noise" if scores.with_noise(found, code) else "index.range_no_noise")
    st.caption(" ".join([trn("index.count", int(inside.sum())), tr("index.range_note"), noise]))
    files(found, codes, inside, " · ".join([stamp, *changed, set_name(choice.among)]))

    st.header(tr("index.why"))
    if not selected:
        st.markdown(tr("index.choose"))
    else:
        st.subheader(full_name(selected[-1]))
        profile_link(selected[-1], territories.loc[selected[-1], "name"])
        for column, factor in zip(st.columns(2), found.factors, strict=False):
            with column:
                explain(loaded, found, factor, selected[-1], standing[factor.id], inside)
    if len(selected) > 1:
        st.subheader(tr("index.compare", factor=scores.title_of(code, found.indicators)))
        comparisons(found, code, selected)

    st.header(tr("index.influences"))
    st.markdown(tr("index.influences_what", factor=scores.title_of(code, found.indicators)))
    influences(found, code, inside)

    st.header(tr("index.cautions"))
    cautions(found, standing, inside)
    with left:  # the browser draws the maps first, while these are on their way
        weights(found)
    chosen.write_address()
    kept.write_address()


with st.container(key="index_title"):
    st.title(tr("index.title"))
    st.markdown(tr("index.intro"))
index()
st.page_link(
    "pages/methodology.py",
    label=tr("index.methodology", version=VERSION),
    icon=":material/menu_book:",
)

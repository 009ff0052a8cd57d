"""The focus group's stage: open a session, watch the answers come in, and leave with what was agreed."""

from __future__ import annotations

import html
import secrets
from collections.abc import Sequence
from functools import partial

import pandas as pd
import segno
import streamlit as st

from data.groups import KEPT_FOR, LONGEST_TITLE, QUESTIONS, Answer, Groups, Refused, Session
from indicators import opinion
from indicators.catalogue import FACTORS
from indicators.opinion import LEAST, against_figures, opinions
from indicators.success import FACTORS as SCORED
from reports.profile import advice_of
from ui import assets, frame, own, profiles, scores
from ui.hall import charts
from ui.hall.keeper import keeper
from ui.hall.measured import of_place, under, weights_of
from ui.hall.minutes import downloads
from ui.hall.participants import enabled, groups
from ui.hall.reach import address_for_phones
from ui.hall.steps import agreed
from ui.inline import inline
from ui.map_panes import map_panes
from ui.session import Maps
from ui.stage import on as on_stage
from ui.stage import room
from ui.text import alphabetical, language, number, say, tr, trn
from ui.views import TOOLS

frame.guard()
loaded = own.loaded(scored=True)
names = loaded.names
store: Groups = groups()

PARTS = ("join", "spread", "priorities", "figures", "map", "sentences", "steps", "facilitator")
EVERY = "1s"
PAPER_ROWS = 5
MAP_HEIGHT = 640


def begin() -> None:
    """Open a session, as the form says."""
    session, key = store.begin(
        st.session_state["group_territory"], st.session_state["group_title"] or tr("hall.title"), language()
    )
    st.session_state["group"] = {"code": session.code, "key": key}
    st.session_state["group_keep"] = True


def return_to() -> None:
    """Go back into a session with its code and key."""
    code, key = (st.session_state[f"group_back_{name}"].strip() for name in ("code", "key"))
    if store.is_facilitator(code, key):
        st.session_state["group"] = {"code": code.upper(), "key": key}
        st.session_state["group_keep"] = True
    else:
        st.session_state["group_wrong"] = True


def present() -> tuple[Session, str] | None:
    """The session of this stage and its key; None if there is none, or none any more."""
    held = st.session_state.get("group")
    if not held:
        return None
    try:
        return store.session(held["code"]), held["key"]
    except Refused:
        del st.session_state["group"]
        st.session_state["group_forget"] = True
        return None


def welcome() -> None:
    """No session yet: open one, or return to one."""
    st.markdown(tr("hall.welcome"))
    places = sorted(loaded.known.territories, key=lambda code: alphabetical(names[code]))
    with st.form("group_begin"):
        st.selectbox(tr("hall.territory"), places, key="group_territory", format_func=names.__getitem__)
        named = tr("hall.session_title")
        st.text_input(named, key="group_title", max_chars=LONGEST_TITLE, placeholder=tr("hall.title"))
        st.form_submit_button(tr("hall.begin"), type="primary", on_click=begin)
    st.caption(tr("hall.kept_for", days=KEPT_FOR.days))
    with st.expander(tr("hall.return")), st.form("group_return"):
        st.text_input(tr("hall.code"), key="group_back_code")
        st.text_input(tr("hall.key"), key="group_back_key", type="password")
        st.form_submit_button(tr("hall.return_go"), on_click=return_to)
        if st.session_state.pop("group_wrong", False):
            st.error(tr("hall.return_wrong"))


def enough(answers: Sequence[Answer]) -> bool:
    """Whether so many have answered that results may be shown; says so if not."""
    if len(answers) >= LEAST:
        return True
    st.html(f'<p class="hall-large">{html.escape(trn("hall.too_few", LEAST - len(answers)))}</p>')
    return False


def join(session: Session, answers: Sequence[Answer]) -> None:
    """How to join, for the back row."""
    root = st.text_input(tr("hall.address"), address_for_phones(str(st.context.url or "")), key="group_address")
    link = f"{root.rstrip('/')}/g/{session.code}"
    code = segno.make(link, error="m").svg_data_uri(scale=9, dark="#000", light="#fff", border=4)
    counted = html.escape(trn("hall.answered", len(answers)))
    spoken = html.escape(link).replace("/g/", "/<wbr>g/")
    st.html(
        f'<div class="hall-join"><img src="{code}" alt="QR: {html.escape(link)}"><div>'
        f'<p class="hall-large">{html.escape(tr("hall.scan"))}</p><p class="hall-link">{spoken}</p>'
        f'<p class="hall-code">{session.code}</p><p class="hall-large" role="status">{counted}</p></div></div>'
    )


def table_of(answers: Sequence[Answer]) -> pd.DataFrame:
    return opinions([a.importance for a in answers], [a.here for a in answers])


def factor_names() -> dict[int, str]:
    return {number: say(title) for number, title in FACTORS.items()}


def figure(made, key: str, words: str) -> None:
    """A chart that only speaks: nothing in it is to be clicked."""
    st.plotly_chart(made, key=key, theme=None, config={"displayModeBar": False}, alt=words)


def spread(session: Session, answers: Sequence[Answer]) -> None:
    """Every answer as a dot."""
    if not enough(answers):
        return
    table, title = table_of(answers), tr("hall.spread_title")
    importance, here = [a.importance for a in answers], [a.here for a in answers]
    figure(charts.spread(importance, here, table, factor_names(), title), "group_spread", title)
    st.html(f'<p class="hall-large">{html.escape(tr("hall.spread_how"))}</p>')
    behind(table)


def behind(table: pd.DataFrame) -> None:
    """The figures of the charts."""
    opened = st.expander(tr("hall.table"), key="group_table", on_change="rerun")
    if opened.open:
        shown = pd.DataFrame({tr("hall.factor"): [f"{f}. {name}" for f, name in factor_names().items()]})
        for kind in ("importance", "here"):
            head = tr(f"hall.{kind}")
            shown[f"{head} {tr('hall.median')}"] = [number(v, 1) for v in table[f"{kind}_median"]]
            ends = zip(table[f"{kind}_low"], table[f"{kind}_high"], strict=True)
            shown[f"{head} {tr('hall.middle')}"] = [f"{number(low, 1)}–{number(high, 1)}" for low, high in ends]
            shown[f"{head} {tr('hall.agreement')}"] = [number(v, 2) for v in table[f"{kind}_agreement"]]
        with opened, room("group_figures_table"):
            st.dataframe(shown, hide_index=True, width="stretch")


def priorities(session: Session, answers: Sequence[Answer]) -> None:
    """What matters and is weak, with the names of all factors beside it."""
    if not enough(answers):
        return
    table, title, called = table_of(answers), tr("hall.priorities_title"), factor_names()
    first = opinion.priorities(table)
    chart, named = st.columns([3, 2], gap="large")
    with chart:
        figure(charts.priorities(table, called, title), "group_priorities", title)
    order = [*first, *(factor for factor in called if factor not in first)]
    lines = (
        f"<li{' class=priority' if factor in first else ''}>{factor}. {html.escape(called[factor])}</li>"
        for factor in order
    )
    named.html(f'<div class="hall-large"><ul class="hall-factors">{"".join(lines)}</ul></div>')
    if not first:
        named.html(f'<p class="hall-large">{html.escape(tr("hall.no_priority"))}</p>')


def figures(session: Session, answers: Sequence[Answer]) -> None:
    """The community's opinion beside what is measured."""
    if not enough(answers):
        return
    found = against_figures(table_of(answers), of_place(loaded, session.territory))
    if found.empty:
        st.html(f'<p class="hall-large">{html.escape(tr("hall.nothing_measured"))}</p>')
        return
    words = factor_names()
    rows = [(f"{f}. {words[int(f)]}", opinion, score) for f, opinion, score, _ in found.itertuples(index=False)]
    title = tr("hall.figures_title")
    figure(charts.beside(rows, title), "group_figures", title)
    top = found.iloc[0]
    direction = "better" if top["difference"] > 0 else "worse"
    said = trn(f"hall.differs.{direction}", round(abs(top["difference"])), factor=words[int(top["factor"])])
    st.html(f'<p class="hall-large">{html.escape(said)}</p>')
    st.caption(tr("hall.figures_note"))


def group_map(session: Session, answers: Sequence[Answer]) -> None:
    """The map with the group's median weights."""
    if not enough(answers):
        return
    weights = weights_of(table_of(answers))
    if not weights:
        st.html(f'<p class="hall-large">{html.escape(tr("hall.no_weights"))}</p>')
        return
    found, standing = under(loaded, weights)
    shown = scores.overall_map(loaded, found, standing)
    maps = Maps("group", loaded.known.extended({shown.id: shown.latest}, first=[shown.id]), ())
    maps.arrive()
    if st.session_state.get("group_outlined") != session.code:
        st.session_state["group_outlined"] = session.code
        maps.select([session.territory])
    said = ", ".join(f"{say(factor.title)}: {weights[factor.id]}" for factor in SCORED)
    st.html(f'<p class="hall-large">{html.escape(tr("hall.weights", weights=said))}</p>')
    given = inline([shown], loaded)
    map_panes(maps, base=assets.base(loaded), language=language(), inline=given, hide=TOOLS, height=MAP_HEIGHT)
    where = scores.places(standing).get(session.territory)
    if where:
        stands = tr("hall.stands", place=names[session.territory], rank=where, count=number(len(standing)))
        st.html(f'<p class="hall-large">{html.escape(stands)}</p>')


def sentences(session: Session, answers: Sequence[Answer]) -> None:
    """What people wrote and the facilitator lets be seen."""
    if not enough(answers):
        return
    shown = [a.sentence for a in answers if a.sentence and a.shown]
    if not shown:
        st.html(f'<p class="hall-large">{html.escape(tr("hall.no_sentences"))}</p>')
    else:
        st.html("".join(f'<p class="hall-sentence">{html.escape(one)}</p>' for one in shown))


def steps(session: Session, answers: Sequence[Answer]) -> None:
    """What the group agreed on, and who sees to it."""
    first = opinion.priorities(table_of(answers))
    agreed(store, session, st.session_state["group"]["key"], first, partial(advice, session.territory))


def advice(territory: str) -> list[str]:
    """What the data suggest for a place; nothing where too few data are there for a profile."""
    try:
        return advice_of(profiles.ground(loaded), territory, language())
    except ValueError:
        return []


def facilitator(session: Session, answers: Sequence[Answer]) -> None:
    """What is not for the stage: sentences to judge, paper to enter, the end."""
    key = st.session_state["group"]["key"]
    st.caption(tr("hall.not_for_stage"))
    st.subheader(tr("hall.moderate"))
    waiting = [a for a in answers if a.sentence]
    if not waiting:
        st.caption(tr("hall.nothing_written"))
    for answer in waiting:
        with st.container(
            key=f"group_sentence_{answer.device}", horizontal=True, vertical_alignment="center", border=True
        ):
            st.text(answer.sentence)
            st.space("stretch")
            for shown, word in ((True, "show"), (False, "hide")):
                st.button(
                    tr(f"hall.{word}"),
                    key=f"group_{word}_{answer.device}",
                    type="primary" if answer.shown is shown else "secondary",
                    on_click=store.judge,
                    args=(session.code, key, answer.device, shown),
                )
    st.subheader(tr("hall.paper"))
    st.markdown(f"[{tr('hall.paper_print')}](g/{session.code}/paper?lang={language()})")
    paper(session)
    st.subheader(tr("minutes.get"))
    downloads(store, session, loaded)
    st.subheader(tr("hall.end"))
    with st.container(horizontal=True):
        word = "reopen" if session.closed else "close"
        st.button(tr(f"hall.{word}"), on_click=store.close, args=(session.code, key, not session.closed))
        with st.popover(tr("hall.key_show")):
            st.code(f"{session.code} {key}", language=None)
            st.caption(tr("hall.key_why"))
        with st.popover(tr("hall.erase")):
            st.markdown(tr("hall.erase_sure"))
            st.button(tr("hall.erase_yes"), type="primary", on_click=erase, args=(session.code, key))
        st.button(tr("hall.leave"), on_click=leave)


def paper(session: Session) -> None:
    """A grid for the sheets of paper, one row a sheet, filled with the keyboard."""
    heads = [f"{f}{mark}" for f in range(1, QUESTIONS + 1) for mark in ("a", "b")]
    empty = pd.DataFrame({head: pd.Series([None] * PAPER_ROWS, dtype="Int64") for head in heads} | {"sentence": ""})
    config = {
        head: st.column_config.NumberColumn(head, min_value=0, max_value=10, step=1, width=26 + 12 * len(head))
        for head in heads
    }
    number_of = st.session_state.setdefault("group_paper_number", 0)
    with st.form("group_paper"):
        st.caption(tr("hall.paper_how"))
        grid = st.data_editor(
            empty,
            key=f"group_paper_{number_of}",
            num_rows="dynamic",
            hide_index=True,
            placeholder="",
            alt=tr("hall.paper"),
            column_config=config | {"sentence": st.column_config.TextColumn(tr("hall.one_sentence"))},
        )
        if st.form_submit_button(tr("hall.paper_keep")):
            kept = 0
            for row in grid.to_dict("records"):
                figures = [None if pd.isna(row[head]) else int(row[head]) for head in heads]
                sentence = row["sentence"] if isinstance(row["sentence"], str) else ""
                if any(figure is not None for figure in figures) or sentence:
                    device = f"paper-{secrets.token_hex(8)}"
                    store.answer(session.code, device, figures[::2], figures[1::2], sentence, paper=True)
                    kept += 1
            st.toast(trn("hall.paper_kept", kept))
            if kept:
                st.session_state["group_paper_number"] += 1
                st.rerun()


def erase(code: str, key: str) -> None:
    """Remove the session with everything in it."""
    store.erase(code, key)
    leave()


def leave() -> None:
    """Forget the session in this browser."""
    st.session_state.pop("group", None)
    st.session_state["group_forget"] = True


VIEWS = {
    "join": join,
    "spread": spread,
    "priorities": priorities,
    "figures": figures,
    "map": group_map,
    "sentences": sentences,
    "steps": steps,
    "facilitator": facilitator,
}
LIVE = {"join", "spread", "priorities", "figures", "map", "sentences"}


def draw(part: str) -> None:
    """The chosen part with the answers there are now; where the session has been erased, the page from its start."""
    found = present()
    if not found:
        st.rerun()
    VIEWS[part](found[0], store.answers(found[0].code))


@st.fragment(run_every=EVERY)
def live(part: str) -> None:
    """A part that follows the answers by itself."""
    draw(part)


def shown_of(part: str, session: Session) -> str:
    """What the hall sees of a part that is worked on with mouse and keyboard: the steps, or that there is nothing."""
    agreed = store.steps(session.code) if part == "steps" else []
    if not agreed:
        said = tr("hall.no_steps") if part == "steps" else tr("hall.not_for_stage")
        return f'<p class="hall-large">{html.escape(said)}</p>'
    lines = [f"<li>{html.escape(' – '.join(filter(None, (step.what, step.who))))}</li>" for step in agreed]
    return f'<ol class="hall-large">{"".join(lines)}</ol>'


def stage(session: Session) -> None:
    """The session's parts."""
    name = html.escape(f"{session.title} · {names.get(session.territory, session.territory)}")
    st.html(f'<h1 class="hall-title">{name}</h1>')
    with st.container(key="stage_steps"):
        part = st.segmented_control(
            tr("hall.part"),
            PARTS,
            key="group_part",
            default=PARTS[0],
            format_func=lambda name: tr(f"hall.part.{name}"),
            label_visibility="collapsed",
            required=True,
        )
    if part in LIVE:
        live(part)
        return
    with room("group_hands"):
        draw(part)
    if on_stage():
        st.html(shown_of(part, session))


if not enabled():
    st.title(tr("hall.title"))
    st.info(tr("hall.off"), icon=":material/info:")
    st.stop()
held = st.session_state.get("group")
kept = keeper(
    held if st.session_state.pop("group_keep", False) else None, forget=st.session_state.pop("group_forget", False)
)
if not held and kept and store.is_facilitator(str(kept.get("code", "")), str(kept.get("key", ""))):
    st.session_state["group"] = {"code": str(kept["code"]), "key": str(kept["key"])}
found = present()
if found:
    stage(found[0])
else:
    st.title(tr("hall.title"))
    welcome()

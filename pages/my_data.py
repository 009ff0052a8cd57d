"""Own data: give a file, see what was understood, say what only its owner knows, use it on every page."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from data.model import PERIOD
from data.own import saved
from data.own.model import DIMENSIONS, Better, Brought, Candidate, Reading, Series, Use
from indicators.success import FACTORS
from ui import cache, frame, own, own_draft
from ui.address import encode, sanitise
from ui.own_draft import Draft
from ui.stage import room
from ui.text import number, say, span, tr, trn

frame.guard()
shared = cache.current()
BETTER: tuple[Better, ...] = ("neither", "higher", "lower")
ROLES = ("code", "name", "municipality", "period", "value", "series", "lat", "lon", "text")
MOST_ASKED = 40
MOST_CHOSEN_AT_FIRST = 6
EXAMPLES = {
    "table": "kods;pagasts;gads;Bibliotēku apmeklējumi;Dalībnieku īpatsvars, %\r\n"
    "LV0052430;Engures pagasts;2023;1 234;12,5\r\nLV0052590;Zemītes pagasts;2023;96;8,1\r\n",
    "availability": "code;year;addresses;share_30;share_100;share_1000;share_vhcn\r\n"
    "LV0052430;2024;1210;92,4;71,0;35,2;40,1\r\nLV0052590;2024;280;61,3;22,0;0;0\r\n",
    "points": "nosaukums;lat;lon;apmeklētāji\r\nTautas nams;57,0521;23,2214;340\r\nBibliotēka;56,9836;22,8231;85\r\n",
}
dimensions = {part.id: part for factor in FACTORS for part in factor.dimensions if part.id in DIMENSIONS}


def take_file() -> None:
    """A file was given, or taken away."""
    file = st.session_state.get(upload_key())
    if file is None:
        own_draft.give_up()
    else:
        own_draft.begin(file.name, file.getvalue())


def upload_key() -> str:
    """The key of the upload; a new one empties it."""
    return f"own_upload_{st.session_state.get('own_uploads', 0)}"


def clear() -> None:
    """Back to an empty upload."""
    own_draft.give_up()
    st.session_state["own_uploads"] = st.session_state.get("own_uploads", 0) + 1


def forget_kept(id: str) -> None:
    """No longer keep what everybody sees; for this visitor it stays in use until it is removed."""
    for one in own.kept():
        if one.id == id:
            own.add(one)
    saved.forget(id)


# --- what is in use ---


def in_use() -> None:
    """Everything that was brought, with a way to look at it and to take it back."""
    every, kept = own.in_use(), {one.id for one in own.kept()}
    if "own_removed" in st.session_state:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(tr("own.removed"), width="content")
            st.button(tr("own.undo"), on_click=own.restore, icon=":material/undo:")
    if not every:
        return
    st.header(tr("own.in_use"))
    laid = own.loaded()
    for one in every:
        with st.container(border=True, gap="xsmall"):
            one_in_use(one, laid, one.id in kept)


def one_in_use(one: Brought, laid: cache.Loaded, kept: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{own.plain(one.file)}** :gray-badge[{tr(f'own.kind.{one.kind}')}]", width="stretch")
        if kept:
            st.markdown(f":blue-badge[{tr('own.kept')}]", width="content")
    names = [name for name in own.paired(one) if name in laid.known.latest]
    if one.kind == "availability":
        filled = {f"available_{series.column.removeprefix('addresses_')}_share" for series in one.series}
        names = [name for name in laid.known.latest if name in filled]
    for name in names:
        entry, periods = laid.indicators[name], laid.periods[name]
        level = "unit" if "unit" in periods else "municipality"
        here = laid.values[(laid.values["indicator"] == name) & (laid.values["level"] == level)]
        places = here.loc[here["value"].notna(), "territory"].nunique()
        years = span(periods[level][0], periods[level][-1])
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state = sanitise({"panes": [{"indicator": name}], "level": level}, laid.known)
            label = f"{say(entry.title)}, {say(entry.unit)}"
            st.page_link("pages/map.py", label=label, icon=":material/map:", query_params=encode(state))
            st.caption(f"{years} · {trn(f'own.places.{level}', places)} · {tr(f'better.{entry.better}')}")
    if len(names) < len(one.series) and not names:
        st.caption(tr("own.nothing_shown"))
    with st.container(horizontal=True):
        st.download_button(
            tr("own.download"),
            lambda: own_draft.series_csv(one),
            file_name=f"{one.id}.csv",
            mime="text/csv",
            key=f"own_csv_{one.id}",
            on_click="ignore",
        )
        if not kept:
            st.button(tr("own.remove"), key=f"own_remove_{one.id}", on_click=own.remove, args=(one.id,))
        if saved.allowed():
            if kept:
                st.button(tr("own.forget"), key=f"own_forget_{one.id}", on_click=forget_kept, args=(one.id,))
            else:
                st.button(tr("own.keep"), key=f"own_keep_{one.id}", on_click=saved.keep, args=(one,))


# --- what a file holds ---


def questions(given: Draft, reading: Reading) -> None:
    """What the file itself does not tell; an answer reads it again."""
    answers: dict[str, object] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(reading.sheets) > 1 and reading.kind not in ("raim",):
            first = [""] if reading.kind != "polygons" and reading.kind != "points" else []
            answers["sheet"] = st.selectbox(
                tr("own.sheet"),
                [*first, *reading.sheets],
                key=f"own_sheet_{given.id}",
                format_func=lambda name: own.plain(name) if name else tr("own.sheet_all"),
                width=300,
            )
        roles = {column.role for preview in reading.previews for column in preview.columns}
        if reading.kind in ("table", "points") and {"lat", "lon"} <= roles and roles & {"code", "name"}:
            kinds = ("points", "table")
            answers["kind"] = st.selectbox(
                tr("own.what_is_it"),
                kinds,
                index=kinds.index(reading.kind),
                key=f"own_kind_{given.id}",
                format_func=lambda kind: tr(f"own.kind.{kind}"),
                width=220,
            )
        if reading.asks or given.answers.period:
            offered = reading.periods[:1]
            typed = st.text_input(
                tr("own.year"),
                value=given.answers.period,
                key=f"own_year_{given.id}",
                placeholder=tr("own.year_hint", year=offered[0]) if offered else "2024",
                help=tr("own.year_why"),
                width=220,
            ).strip()
            if typed and not PERIOD.fullmatch(typed):
                st.error(tr("own.year_wrong"), icon=":material/error:")
            else:
                answers["period"] = typed
        if any(note.kind == "decimal" for note in reading.notes) or given.answers.comma:
            comma = st.selectbox(
                tr("own.comma"),
                ("guess", "decimal", "thousands"),
                key=f"own_comma_{given.id}",
                format_func=lambda name: tr(f"own.comma.{name}"),
                width=260,
            )
            answers["comma"] = "" if comma == "guess" else comma
    if own_draft.answer(**answers):
        st.rerun()


def preview(given: Draft, reading: Reading) -> None:
    """The first rows with the columns as they were recognised, which may be put right where there is one sheet."""
    chosen = reading.previews[0]
    heads: list[str] = []
    for column in chosen.columns:
        role = tr(f"own.role.{column.role}") if reading.kind != "polygons" else ""
        when = f" {column.period}" if column.period else ""
        head = f"{own.plain(column.label) if column.label else '–'}" + (f" → {role}{when}" if role else "")
        heads.append(head if head not in heads else f"{head} ({column.at + 1})")
    if heads:
        table = pd.DataFrame(
            [[own.plain(str(cell)) if cell is not None else "" for cell in row] for row in chosen.rows],
            columns=heads,
        )
        room(f"own_preview_{given.id}").dataframe(table, hide_index=True, height="content")
        st.caption(tr("own.preview_note", sheet=own.plain(chosen.sheet), row=number(chosen.first)))
    if len(reading.previews) != 1 or reading.kind not in ("table", "availability") or len(chosen.columns) > 40:
        return
    with st.expander(tr("own.columns_wrong")):
        roles = dict(given.answers.roles)
        for row in range(0, len(chosen.columns), 4):
            for place, column in zip(st.columns(4), chosen.columns[row : row + 4], strict=False):
                picked = place.selectbox(
                    own.plain(column.label) if column.label else str(column.at + 1),
                    ROLES,
                    index=ROLES.index(column.role),
                    key=f"own_role_{given.id}_{column.at}",
                    format_func=lambda role: tr(f"own.role.{role}"),
                )
                if picked != column.role:
                    roles[str(column.at)] = picked
        if st.button(tr("own.columns_apply"), key=f"own_roles_{given.id}"):
            own_draft.answer(roles=roles)
            st.rerun()


def unmatched(given: Draft, reading: Reading) -> None:
    """Rows that were not used: what they may mean is offered, and all can be downloaded."""
    rows, confirmed = reading.unmatched, given.answers.assigned
    if confirmed:
        names = dict(shared.snapshot.territories[["code", "full_name"]].to_numpy().tolist())
        with st.container(horizontal=True, vertical_alignment="center"):
            pairs = [f"{own.plain(text)} → {names.get(code, code)}" for text, code in list(confirmed.items())[:5]]
            more = " …" if len(confirmed) > 5 else ""
            st.markdown(f"{tr('own.confirmed')} {'; '.join(pairs)}{more}", width="content")
            st.button(
                tr("own.undo"),
                key=f"own_unconfirm_{given.id}",
                on_click=own_draft.assign,
                args=({},),
                icon=":material/undo:",
            )
    if not rows:
        return
    st.subheader(trn("own.unmatched", len(rows)))
    st.markdown(tr("own.unmatched_how"))
    offered = list({row.text: row for row in rows if row.candidates and row.text}.values())
    alike = {row.text: row.candidates[0].code for row in offered if only_diacritics(row.reason, row.candidates)}
    picked: dict[str, str] = {}
    for row in offered[:MOST_ASKED]:
        names = {each.code: f"{each.name} · {each.code}" for each in row.candidates}
        key = f"own_match_{given.id}_{row.text}"
        picked[row.text] = st.selectbox(
            f"{own.plain(row.text)} – {tr(f'own.reason.{row.reason}')}",
            ["", *names],
            key=key,
            format_func=lambda code, names=names: names.get(code) or tr("own.leave_out"),
        )
    chosen = {text: code for text, code in picked.items() if code}
    with st.container(horizontal=True):
        ways = [("chosen", trn("own.confirm", len(chosen)), chosen)] if offered else []
        ways += [("alike", trn("own.confirm_alike", len(alike)), alike)] if alike else []
        for name, label, pairs in ways:
            with st.container(width="content"):
                st.button(
                    label,
                    key=f"own_{name}_{given.id}",
                    disabled=not pairs,
                    on_click=own_draft.assign,
                    args=({**confirmed, **pairs},),
                )
        st.download_button(
            tr("own.unmatched_download"),
            lambda: own_draft.unmatched_csv(rows),
            file_name="unmatched.csv",
            mime="text/csv",
            key=f"own_unmatched_{given.id}",
            on_click="ignore",
        )
    with st.expander(tr("own.unmatched_list")):
        heads = ("row", "text", "reason", "detail")
        cells = [
            (str(row.row or ""), own.plain(row.text), tr(f"own.reason.{row.reason}"), own.plain(row.detail))
            for row in rows[:500]
        ]
        table = pd.DataFrame(cells, columns=[tr(f"own.column.{head}") for head in heads])
        room(f"own_unmatched_list_{given.id}").dataframe(table, hide_index=True)


def only_diacritics(reason: str, candidates: tuple[Candidate, ...]) -> bool:
    """Whether a name is some place's but for its diacritics."""
    return reason == "near" and [each.score for each in candidates].count(100) == 1


def asked(given: Draft, reading: Reading) -> list[tuple[list[Series], Use]]:
    """Which series to use, and of each its unit, its direction, and whether and how it counts in the index."""
    every = own_draft.quantities(reading)
    if reading.kind == "availability":
        st.markdown("\n".join(f"- {own_draft.title_of(parts[0])}" for parts in every))
        st.markdown(tr("own.availability_use"))
        return [(parts, own_draft.usual(parts[0])) for parts in every]
    names = [own_draft.title_of(parts[0]) for parts in every]
    places = list(range(len(every)))
    chosen = places
    if len(every) > 1:
        likely = [place for place in places if every[place][0].what != "mean"] or places
        first = likely if len(likely) <= MOST_CHOSEN_AT_FIRST else likely[:1]
        chosen = st.multiselect(
            trn("own.choose", len(every)),
            places,
            default=first,
            key=f"own_chosen_{given.id}_{len(every)}",
            format_func=lambda place: names[place],
            max_selections=own.MOST_SERIES // 2,
        )
    uses = []
    for place in chosen:
        parts = every[place]
        with st.container(border=True, gap="xsmall"):
            uses.append((parts, one_asked(f"{given.id}_{place}", reading, parts, names[place])))
    return uses


def one_asked(key: str, reading: Reading, parts: list[Series], name: str) -> Use:
    """How one series is used."""
    series, usual = parts[0], own_draft.usual(parts[0])
    span_of = span(series.periods[0], series.periods[-1]) if series.periods[0] else tr("own.no_year")
    levels = " + ".join(tr(f"level.{part.level}") for part in parts)
    st.caption(f"{levels} · {span_of} · {trn(f'own.places.{series.level}', len(series.codes))}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = st.text_input(tr("own.name"), value=name, key=f"own_name_{key}", max_chars=120)
        unit = st.text_input(tr("own.unit"), value=usual.unit, key=f"own_unit_{key}", max_chars=30, width=140)
        better: Better = st.selectbox(
            tr("own.better"),
            BETTER,
            key=f"own_better_{key}",
            format_func=lambda name: tr(f"own.better.{name}"),
            help=tr("own.better_why"),
            width=240,
        )  # type: ignore[assignment]
    with st.container(horizontal=True, vertical_alignment="center"):
        additive = usual.additive
        if series.base is None and series.level == "unit":
            additive = st.toggle(
                tr("own.additive"), value=usual.additive, key=f"own_sum_{key}", help=tr("own.additive_why")
            )
        times = 1.0
        if own_draft.fractions(reading, series):
            times = 100.0 if st.toggle(tr("own.times"), key=f"own_times_{key}") else 1.0
    use = replace(usual, name=called.strip() or name, unit=unit.strip(), better=better, additive=additive, times=times)
    if better == "neither" or series.level != "unit":
        return use
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dimension = st.selectbox(
            tr("own.index"),
            ("", *dimensions),
            key=f"own_index_{key}",
            format_func=lambda id: say(dimensions[id].title) if id else tr("own.index_no"),
            help=tr("own.index_why"),
            width=300,
        )
        if not dimension:
            return use
        worst, best = own_draft.ends_of(series, use)
        worst = st.number_input(tr("own.worst"), value=worst, key=f"own_worst_{key}_{better}", width=160)
        best = st.number_input(tr("own.best"), value=best, key=f"own_best_{key}_{better}", width=160)
    if worst == best or (best > worst) != (better == "higher"):
        st.error(tr("own.ends_wrong"), icon=":material/error:")
        return use
    return replace(use, dimension=dimension, worst=worst, best=best)


def considered() -> None:
    """The file that was just given."""
    with st.spinner(tr("own.reading")):
        given = own_draft.read()
    if given.refused:
        lines = own_draft.refusal(given.refused)
        st.error("\n\n".join([f"**{own.plain(given.name)}**", *lines]), icon=":material/error:")
        st.button(tr("own.another"), on_click=clear)
        return
    reading = given.reading
    assert reading
    st.header(tr("own.understood", file=own.plain(given.name)))
    found = trn("own.series", len(own_draft.quantities(reading)))
    st.markdown(f":green-badge[{tr(f'own.kind.{reading.kind}')}] {found}")
    questions(given, reading)
    notes = [note for note in reading.notes if note.kind != "no_period"]
    if notes:
        st.info("\n".join(f"- {own_draft.note_of(note)}" for note in notes), icon=":material/info:")
    preview(given, reading)
    unmatched(given, reading)
    st.subheader(tr("own.ask"))
    uses = asked(given, reading)
    if reading.asks:
        st.warning(tr("own.year_needed"), icon=":material/calendar_month:")
    with st.container(horizontal=True):
        ready = bool(uses) and not reading.asks
        st.button(tr("own.use"), type="primary", disabled=not ready, on_click=into_use, args=(given, uses))
        st.button(tr("own.cancel"), on_click=clear)


def into_use(given: Draft, uses: list[tuple[list[Series], Use]]) -> None:
    """Take the chosen series into use."""
    if made := own_draft.finish(given, uses):
        own.add(made)
        st.session_state["own_said"] = made.id
        clear()


st.title(tr("own.title"))
st.markdown(tr("own.intro"))
st.caption(tr("own.private_kept" if saved.allowed() else "own.private"))
if st.session_state.pop("own_said", None):
    st.success(tr("own.now_in_use"), icon=":material/check:")
in_use()
st.header(tr("own.give"))
st.file_uploader(
    tr("own.file"),
    key=upload_key(),
    on_change=take_file,
    max_upload_size=own_draft.LARGEST_MB,
    help=tr("own.file_help"),
)
if own_draft.draft():
    considered()
with st.expander(tr("own.forms")):
    st.markdown(tr("own.forms_what"))
    with st.container(horizontal=True):
        for name, text in EXAMPLES.items():
            st.download_button(
                tr(f"own.example.{name}"),
                text.encode("utf-8-sig"),
                file_name=f"{name}.csv",
                mime="text/csv",
                on_click="ignore",
            )

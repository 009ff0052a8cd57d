"""One place on one page that a council can read in three minutes, and the same as a PDF."""

from __future__ import annotations

from datetime import date
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from reports.profile import Edition, Profile, link_to, profile_of, rules
from reports.profile_pdf import pictures, profile_pdf
from ui import cache, frame, own, profiles, stage
from ui.choices import Choices
from ui.share_link import share_link
from ui.text import language, tr

frame.guard()
loaded = own.loaded()
chosen = Choices("profile")
NOBODY = ""
MOST_FOUND = 12


def address() -> str:
    """Where the dashboard is, as this visitor sees it."""
    page = st.context.url or ""
    return page.rsplit("/profile", 1)[0] if urlsplit(page).path.endswith("/profile") else page


def link(code: str) -> None:
    """A link to the profile of another place."""
    st.page_link("pages/profile.py", label=names[code], query_params={"territory": code}, width="content")


def offer(words: str, codes: list[str]) -> None:
    """Links to the profiles of other places."""
    with st.container(key=words.replace(".", "_"), horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(tr(words), width="content")
        for code in codes:
            link(code)


def look_for() -> None:
    """A name was typed: the only place it can mean is chosen, several are offered."""
    text = st.session_state["profile_search"]
    found = profiles.named_like(names, text)
    st.session_state["profile_found"] = (text, found)
    if len(found) == 1:
        st.session_state[chosen.key("territory")] = found[0]
        st.session_state["profile_search"] = ""
        st.session_state["profile_found"] = ("", [])


def choose() -> str:
    """The place, by search, from the list, or among those selected on maps."""
    with st.container(key="profile_choice", horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            tr("profile.search"),
            key="profile_search",
            on_change=look_for,
            placeholder=tr("profile.search_hint"),
            width=260,
        )
        code = st.selectbox(
            tr("profile.choose"),
            [NOBODY, *names],
            key=chosen.pick("territory", [NOBODY, *names], NOBODY),
            format_func=lambda code: names.get(code, tr("profile.nobody")),
            filter_mode="contains",
            width=400,
        )
        if code:
            share_link("share_profile", {"territory": code})
    text, found = st.session_state.get("profile_found", ("", []))
    if text and not found:
        st.warning(tr("profile.not_found", text=text.replace("`", "'")), icon=":material/search_off:")
    elif found and code not in found:
        offer("profile.found", found[:MOST_FOUND])
    if elsewhere := [other for other in profiles.selected_elsewhere() if other in names and other != code]:
        offer("profile.selected", elsewhere)
    return code


def head(said: Profile, drawn: dict[str, str]) -> None:
    """Who and where, how many, and how many before."""
    left, right = st.columns([3, 2])
    with left:
        st.header(said.name, anchor=False)
        profiles.paragraphs([said.where, *said.people])
        if drawn["line"]:
            st.caption(said.titles["residents_line"])
            width = "stretch" if stage.on() else 520
            st.image(drawn["line"], alt=said.titles["residents_line"], width=width)
    with right:
        st.image(drawn["locator"], alt=f"{said.titles['locator']}: {said.name}", width="stretch")


def score_cards(said: Profile, drawn: dict[str, str]) -> None:
    """Both factors with their ranges."""
    st.header(said.titles["scores"], anchor=False)
    for column, score in zip(st.columns(2), said.scores, strict=True):
        with column:
            st.subheader(score.title, anchor=False)
            profiles.paragraphs([score.points], "points")
            profiles.paragraphs([score.place])
            if picture := drawn[f"place_{score.factor}"]:
                st.image(picture, alt=score.place, width="stretch")
            profiles.paragraphs(score.notes)
    profiles.paragraphs([said.scores_note], "note")


def advice(said: Profile) -> None:
    """Next steps, with the rules they follow from."""
    st.header(said.titles["steps"], anchor=False)
    profiles.parts(said.steps)
    opened = st.expander(tr("profile.rules"), key="profile_rules", on_change="rerun")
    if opened.open:
        with opened:
            profiles.paragraphs([tr("profile.rules_what")])
            profiles.parts(rules(said.language))


def figures(said: Profile) -> None:
    """The tables behind it all."""
    st.header(said.titles["services"], anchor=False)
    profiles.table(said.services, said.titles["services"])
    profiles.paragraphs(said.services_note, "note")
    st.header(said.titles["digital"], anchor=False)
    profiles.paragraphs(said.digital)
    profiles.table(said.digital_table, said.titles["digital"])
    for column, (name, found) in zip(
        st.columns(2), (("people", said.people_table), ("business", said.business_table)), strict=True
    ):
        with column:
            st.header(said.titles[name], anchor=False)
            profiles.table(found, said.titles[name])


def show(code: str) -> None:
    """The whole profile."""
    edition = Edition(cache.project().version, date.today(), link_to(address(), code, language()))
    said = profile_of(ground, code, language(), edition)
    drawn = pictures(ground, said)
    head(said, drawn)
    st.download_button(
        tr("profile.pdf"),
        partial(profile_pdf, ground, said, edition.day),
        file_name=f"{code}.{language()}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
        key="profile_pdf",
    )
    score_cards(said, drawn)
    st.header(said.titles["compared"], anchor=False)
    profiles.paragraphs([said.compared_note], "note")
    profiles.parts([said.strengths, said.gaps])
    advice(said)
    st.header(said.titles["candidates"], anchor=False)
    profiles.paragraphs([said.candidates_note], "note")
    profiles.parts(said.candidates)
    if said.visits:
        with st.container(horizontal=True, gap="small"):
            for other in said.visits:
                link(other)
    st.header(said.titles["around"], anchor=False)
    for column, name in zip(st.columns(2), ("map_digital", "map_change"), strict=True):
        with column:
            st.subheader(said.titles[name], anchor=False)
            st.image(drawn[name], alt=f"{said.titles[name]}: {said.name}", width="stretch")
    figures(said)
    st.header(said.missing.title, anchor=False)
    profiles.bullets(said.missing.lines)
    st.header(said.unknown.title, anchor=False)
    profiles.bullets(said.unknown.lines)
    st.header(said.titles["sources"], anchor=False)
    profiles.bullets(said.sources)
    profiles.paragraphs(said.made[:1], "note")


st.title(tr("profile.heading"))
try:
    with st.spinner(tr("profile.wait")):
        ground = profiles.ground(loaded)
except ValueError:
    st.warning(tr("profile.impossible"), icon=":material/balance:")
    st.stop()
names = profiles.names(ground)
code = choose()
if code:
    show(code)
else:
    st.info(tr("profile.start"), icon=":material/location_on:")
chosen.write_address()

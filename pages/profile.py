"""One place on one page that a council can read in three minutes, and the same as a PDF."""

from __future__ import annotations

from datetime import date
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from reports.profile import Edition, Profile, Score, link_to, profile_of, rules
from reports.profile_pdf import pictures, profile_pdf
from ui import cache, frame, own, profiles
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


def head(said: Profile, drawn: dict[str, str]) -> str:
    """Who and where, how many, and how many before."""
    words = profiles.heading(said.name) + profiles.paragraphs([said.where, *said.people])
    if drawn["line"]:
        title = said.titles["residents_line"]
        words += profiles.paragraphs([title], "note") + profiles.picture(drawn["line"], title, "line")
    where = profiles.picture(drawn["locator"], f"{said.titles['locator']}: {said.name}")
    return profiles.columns(words, where, kind="head")


def score_card(score: Score, drawn: dict[str, str]) -> str:
    """A factor with its range."""
    return "".join(
        (
            profiles.heading(score.title, 3),
            profiles.paragraphs([score.points], "points"),
            profiles.paragraphs([score.place]),
            profiles.picture(drawn[f"place_{score.factor}"], score.place),
            profiles.paragraphs(score.notes),
        )
    )


def advice(said: Profile, drawn: dict[str, str]) -> str:
    """Both factors, what is strong and what is lacking, and what to do next."""
    return "".join(
        (
            profiles.heading(said.titles["scores"]),
            profiles.columns(*(score_card(score, drawn) for score in said.scores)),
            profiles.paragraphs([said.scores_note], "note"),
            profiles.heading(said.titles["compared"]),
            profiles.paragraphs([said.compared_note], "note"),
            profiles.parts([said.strengths, said.gaps]),
            profiles.heading(said.titles["steps"]),
            profiles.parts(said.steps),
        )
    )


def figures(said: Profile, drawn: dict[str, str]) -> str:
    """The maps and tables behind it all, and what is not known."""
    around = [
        profiles.heading(said.titles[name], 3) + profiles.picture(drawn[name], f"{said.titles[name]}: {said.name}")
        for name in ("map_digital", "map_change")
    ]
    tables = [
        profiles.heading(said.titles[name]) + profiles.table(found, said.titles[name])
        for name, found in (("people", said.people_table), ("business", said.business_table))
    ]
    return "".join(
        (
            profiles.heading(said.titles["around"]),
            profiles.columns(*around),
            profiles.heading(said.titles["services"]),
            profiles.table(said.services, said.titles["services"]),
            profiles.paragraphs(said.services_note, "note"),
            profiles.heading(said.titles["digital"]),
            profiles.paragraphs(said.digital),
            profiles.table(said.digital_table, said.titles["digital"]),
            profiles.columns(*tables),
            *(profiles.heading(part.title) + profiles.bullets(part.lines) for part in (said.missing, said.unknown)),
            profiles.heading(said.titles["sources"]),
            profiles.bullets(said.sources),
            profiles.paragraphs(said.made[:1], "note"),
        )
    )


def show(code: str) -> None:
    """The whole profile."""
    edition = Edition(cache.project().version, date.today(), link_to(address(), code, language()))
    said = profile_of(ground, code, language(), edition)
    drawn = pictures(ground, said)
    profiles.show(head(said, drawn))
    st.download_button(
        tr("profile.pdf"),
        partial(profile_pdf, ground, said, edition.day),
        file_name=f"{code}.{language()}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
        key="profile_pdf",
    )
    profiles.show(advice(said, drawn))
    opened = st.expander(tr("profile.rules"), key="profile_rules", on_change="rerun")
    if opened.open:
        with opened:
            profiles.show(profiles.paragraphs([tr("profile.rules_what")]), profiles.parts(rules(said.language)))
    candidates = profiles.paragraphs([said.candidates_note], "note") + profiles.parts(said.candidates)
    profiles.show(profiles.heading(said.titles["candidates"]), candidates)
    if said.visits:
        with st.container(horizontal=True, gap="small"):
            for other in said.visits:
                link(other)
    profiles.show(figures(said, drawn))


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

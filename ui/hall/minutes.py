"""The minutes of a group to take away, each made when it is asked for."""

from __future__ import annotations

from datetime import date

import streamlit as st

from data.groups import Groups, Session
from indicators.opinion import opinions
from reports.minutes import Minutes, minutes
from reports.minutes_pdf import minutes_pdf
from reports.words import Language, words
from ui import scores
from ui.cache import Loaded, project
from ui.downloads import TYPES, file_stem
from ui.hall.measured import measured
from ui.text import language, tr


def downloads(store: Groups, session: Session, loaded: Loaded) -> None:
    """Draw the buttons: PDF and workbook."""
    spoken, stem, today = language(), file_stem(session.title), date.today()

    def pdf() -> bytes:
        parent = scores.units(loaded)["parent"].to_dict().get(session.territory, session.territory)
        return minutes_pdf(told(store, session, loaded, spoken, today), loaded.snapshot.geometry, parent, today)

    def xlsx() -> bytes:
        from reports.minutes_workbook import minutes_workbook

        return minutes_workbook(told(store, session, loaded, spoken, today), today)

    st.caption(tr("minutes.get_what"))
    with st.container(horizontal=True):
        for form, make, mime in (("pdf", pdf, "application/pdf"), ("xlsx", xlsx, TYPES["xlsx"])):
            st.download_button(
                tr(f"minutes.{form}"),
                make,
                file_name=f"{stem}.{form}",
                mime=mime,
                key=f"group_{form}",
                icon=":material/download:",
                on_click="ignore",
            )


def told(store: Groups, session: Session, loaded: Loaded, spoken: Language, day: date) -> Minutes:
    """The minutes of what has been answered and agreed until now."""
    answers, said = store.answers(session.code), words(spoken)
    table = opinions([answer.importance for answer in answers], [answer.here for answer in answers])
    made = {"day": said.day(day), "version": project().version, "data": loaded.snapshot.hash[:8]}
    return minutes(
        session,
        answers,
        store.steps(session.code),
        measured(loaded, session.territory, table),
        loaded.names[session.territory],
        spoken,
        stamp=said.tr("minutes.made", **made),
    )

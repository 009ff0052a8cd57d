"""What a group agrees on: steps and owners typed by the group, or picked from the roadmap with one click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from data.groups import LONGEST_SENTENCE, LONGEST_TITLE, MOST_STEPS, Groups, Session, Step, clean
from indicators.catalogue import FACTORS
from indicators.roadmap import STEPS
from ui.text import say, tr

DATA = 0
"""Stands for the advice that follows from the data, beside the numbers of the factors."""
COLUMNS = ("what", "who")


def agreed(
    store: Groups, session: Session, key: str, priorities: Sequence[int], advice: Callable[[], Sequence[str]]
) -> None:
    """Draw the table of steps, and below it what can be picked.

    Parameters
    ----------
    priorities
        Numbers of the factors that are offered first.
    advice
        Gives the steps the data suggest for the group's place; asked only when somebody wants to see them.
    """
    st.markdown(tr("hall.steps_how"))
    kept = store.steps(session.code)
    edition = st.session_state.setdefault("group_steps_edition", 0)
    editor = f"group_steps_{edition}"
    st.data_editor(
        pd.DataFrame([(step.what, step.who) for step in kept], columns=list(COLUMNS), dtype="str"),
        key=editor,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        placeholder="",
        alt=tr("hall.steps_how"),
        column_config={
            "what": st.column_config.TextColumn(tr("hall.step"), max_chars=LONGEST_SENTENCE, width="large"),
            "who": st.column_config.TextColumn(tr("hall.owner"), max_chars=LONGEST_TITLE),
        },
    )

    def keep(*more: Step) -> None:
        """Keep the table as it is now, with more steps below."""
        rows = [*edited(kept, st.session_state.get(editor, {})), *more]
        if len(rows) > MOST_STEPS:
            st.session_state["group_steps_full"] = True
            return
        store.agree(session.code, key, rows)
        st.session_state["group_steps_edition"] = edition + 1
        st.toast(tr("hall.steps_kept"))

    st.button(tr("hall.steps_keep"), type="primary", on_click=keep, key="group_steps_keep")
    if st.session_state.pop("group_steps_full", False):
        st.error(tr("hall.steps_full", most=MOST_STEPS))
    st.subheader(tr("hall.roadmap"))
    others = [number for number in FACTORS if number not in priorities]
    picked = st.selectbox(
        tr("hall.roadmap_factor"), [*priorities, *others, DATA], key="group_roadmap", format_func=_section
    )
    offered = advice() if picked == DATA else [say(text) for text in STEPS[picked]]
    there = {step.what for step in kept}
    for place, text in enumerate(clean(text, LONGEST_SENTENCE) for text in offered):
        known = text in there
        st.button(
            tr("hall.roadmap_there" if known else "hall.roadmap_add", step=text),
            key=f"group_roadmap_{picked}_{place}",
            icon=":material/check:" if known else ":material/add:",
            disabled=known,
            on_click=keep,
            args=(Step(text, ""),),
        )


def _section(number: int) -> str:
    return tr("hall.roadmap_data") if number == DATA else f"{number}. {say(FACTORS[number])}"


def edited(kept: Sequence[Step], changes: Mapping[str, Any]) -> list[Step]:
    """The steps with what the table's editor says has been changed, added and deleted; empty rows are left out."""
    rows = [{"what": step.what, "who": step.who} for step in kept]
    for place, cells in changes.get("edited_rows", {}).items():
        rows[int(place)] |= cells
    deleted = set(changes.get("deleted_rows", ()))
    rows = [row for place, row in enumerate(rows) if place not in deleted]
    rows += changes.get("added_rows", ())
    found = [Step(*(str(row.get(column) or "").strip() for column in COLUMNS)) for row in rows]
    return [step for step in found if step.what]

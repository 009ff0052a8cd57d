"""What the browser keeps of the story that is being made, so that a reload does not lose it."""

from __future__ import annotations

import streamlit as st

from ui.address import Known
from ui.component import component
from ui.stories import draft
from ui.stories.story import MOST_BYTES, StoryError, read, write

ARRIVED, SENT = "story_arrived", "story_sent"

_component = component("story_keeper", "stories/keeper.js")


def keep(base: str, known: Known, edition: str) -> None:
    """Bring the draft and what the browser keeps together; call it once a run, before the draft is drawn.

    What the browser has kept stands before what was recorded in this session until it answered.
    """
    arrived, story = st.session_state.get(ARRIVED, False), draft.present()
    text = write(story, edition).decode() if story.slides else ""
    news = arrived and text != st.session_state.get(SENT)
    data = {"base": base, "keep": text if news else None, "asked": arrived}
    result = _component(key="story_keeper", data=data, on_kept_change=_nothing)
    if news:
        st.session_state[SENT] = text
    answer = result.get("kept") if result else None
    if arrived or not isinstance(answer, dict):
        return
    st.session_state[ARRIVED] = True
    _join(answer.get("text"), known)


def _nothing() -> None:
    """The answer is read where it is asked for."""


def _join(text: object, known: Known) -> None:
    if not isinstance(text, str) or not text or len(text) > MOST_BYTES:
        return
    try:
        kept = read(text.encode(), known)
    except (StoryError, UnicodeEncodeError):
        return
    recorded = draft.present().slides
    for slide in recorded:
        kept = kept.added(slide)
    draft.put(kept, len(kept.slides) - 1 if recorded else 0)

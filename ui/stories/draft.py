"""The story a visitor is making: kept while the session lasts, and recorded to from the page of the maps."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ui.address import State
from ui.cache import Loaded
from ui.stories.story import LONGEST, Slide, Story, clean
from ui.text import language, say, tr

STORY, BEFORE, AT, EPOCH = "story_draft", "story_before", "story_at", "story_epoch"


def present() -> Story:
    """The story as it is; an empty one to begin with."""
    return st.session_state.setdefault(STORY, Story(tr("story.heading"), language()))


def epoch() -> int:
    """Rises whenever the story changes otherwise than through the fields that edit it, so that these begin anew."""
    return st.session_state.get(EPOCH, 0)


def at() -> int:
    """The slide that is being edited, from 0."""
    return max(0, min(st.session_state.get(AT, 0), len(present().slides) - 1))


def put(story: Story, at: int, *, undoable: bool = False) -> None:
    """Take another story in place of the present one, which `undo` brings back if that is said."""
    if undoable:
        st.session_state[BEFORE] = (present(), st.session_state.get(AT, 0))
    st.session_state[STORY] = story
    st.session_state[AT] = at
    st.session_state[EPOCH] = epoch() + 1


def edit(slide: Slide) -> None:
    """Take another slide in place of the one that is being edited; the fields stay as they are."""
    st.session_state[STORY] = present().changed(at(), slide)


def replaced(slide: Slide) -> None:
    """Take another slide in place of the one that is being edited, and show what it is in the fields."""
    put(present().changed(at(), slide), at())


def rename(title: str) -> None:
    st.session_state[STORY] = replace(present(), title=clean(title, LONGEST["title"]))


def can_undo() -> bool:
    return BEFORE in st.session_state


def undo() -> None:
    """Bring the story back that was last replaced or cut."""
    story, at = st.session_state.pop(BEFORE)
    put(story, at)


def record(state: State, loaded: Loaded) -> bool:
    """Add a view of the maps at the end; False where the story is full."""
    story = present()
    if story.full:
        return False
    put(story.added(Slide("view", state, title_of(state, loaded))), len(story.slides))
    return True


def title_of(state: State, loaded: Loaded) -> str:
    """What a view shows, as a title to begin with: its indicators, and where it looks."""
    shown = dict.fromkeys(say(loaded.indicators[pane["indicator"]].short) for pane in state["panes"])
    narrowed = state["filter"]["municipality"] or state["filter"]["region"]
    places = [loaded.names[code] for code in state["selected"] or [narrowed] if code in loaded.names]
    return clean(": ".join(part for part in ("; ".join(shown), ", ".join(places)) if part), LONGEST["title"])

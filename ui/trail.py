"""The visitor's way through the pages: what an address says, against what a page has written into it.

Whoever steps back in the browser comes to an address the page has not written, perhaps an empty one; the page then
shows what that address means. Only on the way from another page does an empty address mean "as it was left".
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def begin(page: str) -> None:
    """Note that a whole page runs; the frame says so. A run of a fragment is not one."""
    state = st.session_state
    run = state["trail_run"] = state.get("trail_run", 0) + 1
    if state.get("trail_page") != page:
        state["trail_page"], state["trail_came"] = page, run


def page() -> str:
    """The page that runs, by its name in the address."""
    return st.session_state.get("trail_page", "")


def written(holder: str) -> Mapping[str, str] | None:
    """What the holder of a state has written into the address since the visitor came to the page.

    Answers once in a run of a whole page, then None: in a run of a fragment the address may still be the one from
    before the holder last wrote.
    """
    state = st.session_state
    run, seen = state.get("trail_run", 0), state.get(f"{holder}_seen")
    if seen == run:
        return None
    if seen is None or seen < state.get("trail_came", 0):
        wrote(holder, {})
    state[f"{holder}_seen"] = run
    return state[f"{holder}_written"]


def wrote(holder: str, address: Mapping[str, str]) -> None:
    """Keep what the address says as the holder leaves it."""
    st.session_state[f"{holder}_written"] = dict(address)

"""The stage: any page drawn for a projector in a lit hall, read from the back row."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import trail

KEY = "stage"
"""The name in the address that says so (`?stage=1`): a reload stays on the stage."""
BASE, TITLE, LEGEND, LEAST = 28, 40, 26, 24
"""Sizes of letters in pixels at any size of the screen; nothing is smaller than LEAST."""

_CAME = "stage_came"
"""In the session: the page and the address from before the stage; None until the first run on it has ended."""


def on() -> bool:
    """Whether this run draws for the stage."""
    return st.query_params.get(KEY) == "1"


def room(name: str) -> DeltaGenerator:
    """Room for a table drawn on canvas, another one on the stage: such a table takes the size of its letters once."""
    return st.container(key=f"{name}_on_stage" if on() else name)


def switch() -> None:
    """Go on the stage, or leave it; the address is then as it was, whatever was shown in between."""
    if on():
        page, address = st.session_state.pop(_CAME, None) or ("", {})
        if page == trail.page():
            st.query_params.from_dict(address)
        else:
            del st.query_params[KEY]
    else:
        st.query_params[KEY] = "1"
        st.session_state[_CAME] = None


def remember() -> None:
    """At the end of the first run on the stage: keep the address, with what the page has just taken in."""
    if on() and st.session_state.get(_CAME, ...) is None:
        address = {name: value for name, value in st.query_params.to_dict().items() if name != KEY}
        st.session_state[_CAME] = trail.page(), address

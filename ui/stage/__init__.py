"""The stage: any page drawn for a projector in a lit hall, read from the back row."""

from __future__ import annotations

import streamlit as st

KEY = "stage"
"""The name in the address that says so (`?stage=1`): a reload stays on the stage."""
BASE, TITLE, LEGEND, LEAST = 28, 40, 26, 24
"""Sizes of letters in pixels at any size of the screen; nothing is smaller than LEAST."""


def on() -> bool:
    """Whether this run draws for the stage."""
    return st.query_params.get(KEY) == "1"


def switch() -> None:
    """Go on the stage, or leave it; everything else in the address stays."""
    if on():
        del st.query_params[KEY]
    else:
        st.query_params[KEY] = "1"

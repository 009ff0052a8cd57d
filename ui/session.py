"""The visitor's maps across reruns, pages and languages, and in step with the address."""

from __future__ import annotations

import streamlit as st

from ui.address import KEYS, State, decode, encode, sanitise
from ui.cache import Loaded

MAPS = "map_panes"
"""The key of the map component; its latest state is found under it."""

_STATE, _EPOCH, _WRITTEN, _TAKEN = "maps_state", "maps_epoch", "maps_address", "maps_taken"


def arrive(loaded: Loaded) -> State:
    """The state to begin a run of the map page with: what the address says if someone came with one, else as left."""
    address = {name: st.query_params[name] for name in KEYS if name in st.query_params}
    if _STATE not in st.session_state or (address and address != st.session_state.get(_WRITTEN)):
        change(decode(address, loaded.known))
    return state()


def state() -> State:
    """The visitor's maps as last known."""
    return st.session_state[_STATE]


def epoch() -> int:
    """Rises each time the server changes the state; the browser takes the state up only then."""
    return st.session_state.get(_EPOCH, 0)


def change(new: State) -> None:
    """Set the state from the server's side."""
    st.session_state[_STATE] = new
    st.session_state[_EPOCH] = epoch() + 1


def take(loaded: Loaded) -> None:
    """Take in the state the browser has sent.

    The same one is taken only once: when it arrives together with a click on the server's side, whichever of the two is
    handled first, the click has the last word.
    """
    sent = (st.session_state.get(MAPS) or {}).get("state")
    if sent is not None and sent != st.session_state.get(_TAKEN):
        st.session_state[_STATE] = sanitise(sent, loaded.known)
        st.session_state[_TAKEN] = sent


def write_address() -> None:
    """Bring the browser's address up to date with the state, without a rerun."""
    address = encode(state())
    others = {name: value for name, value in st.query_params.items() if name not in KEYS}
    if others | address != st.query_params.to_dict():
        st.query_params.from_dict(others | address)
    st.session_state[_WRITTEN] = address

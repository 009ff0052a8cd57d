"""The one component of our own: maps side by side. It is drawn in the browser; here it is only given its state."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.address import State
from ui.text import Language

ADAPTER = "map_panes/adapter.js"

# Only this snippet travels with every message; the modules come from our own route and stay in the browser's cache.
# A relative import would be resolved against the snippet's blob, so the address is built from where Streamlit's own
# scripts came from, which also holds behind a proxy that serves the app under a path.
_LOADER = """
const script = document.querySelector('script[src*="/static/"]');
const root = script ? script.src.slice(0, script.src.lastIndexOf("/static/") + 1) : document.baseURI;
let adapter;
export default async (component) => {
  const base = new URL(component.data.base, root).href;
  adapter ??= import(base + "map_panes/adapter.js");
  return (await adapter).default({ ...component, data: { ...component.data, base } });
};
"""

_component = st.components.v2.component("map_panes", js=_LOADER)


def map_panes(
    state: State, *, key: str, base: str, language: Language, epoch: int, on_change: Callable[[], None]
) -> None:
    """Draw the maps.

    Parameters
    ----------
    state
        What to show. The browser takes it up only when `epoch` is another than it last took up, so that an echo never
        undoes what the visitor has done meanwhile.
    key
        The visitor's latest state is found under this key of the session as `{"state": ...}` when `on_change`
        is called.
    base
        Where the data and modules are served, relative to the root of the app.
    """
    _component(
        key=key,
        data={"base": base, "lang": language, "epoch": epoch, "state": state},
        on_state_change=on_change,
    )

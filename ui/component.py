"""Components of our own, drawn in the browser by the modules that `ui.assets` serves."""

from __future__ import annotations

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

ROOT = """
const script = document.querySelector('script[src*="/static/"]');
const root = script ? script.src.slice(0, script.src.lastIndexOf("/static/") + 1) : document.baseURI;
"""
"""Script: `root` is where the app lives, known from where Streamlit's own scripts came from.

It also holds behind a proxy that serves the app under a path, and where a relative import is resolved against a blob.
"""

# Only this snippet travels with every message; the modules come from our own route and stay in the browser's cache.
_LOADER = """
let adapter;
export default async (component) => {
  const base = new URL(component.data.base, root).href;
  adapter ??= import(base + "{module}");
  return (await adapter).default({ ...component, data: { ...component.data, base } });
};
"""


def component(name: str, module: str, *, isolated: bool = True) -> ComponentRenderer:
    """A component whose module has a default export for Streamlit; its data must hold `base` (`ui.assets.base`).

    `isolated` keeps its styles and the page's apart.
    """
    return st.components.v2.component(name, js=ROOT + _LOADER.replace("{module}", module), isolate_styles=isolated)

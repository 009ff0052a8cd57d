"""What a visitor has chosen on a page, kept over reruns, pages and languages, and in the address by stable names.

Streamlit's own binding writes what an option is called on the screen into the address; these write what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from ui.text import language


class Choices:
    """The choices of one page. Made anew in every run; what it knows is in the session.

    `pick` and `pick_several` return the key for the widget, whose value they have prepared: what the address says if
    someone came with it, else what the widget holds, else what was left, else the default. Whatever is unknown falls
    back silently.
    """

    def __init__(self, page: str) -> None:
        self.page = page
        self._made: dict[str, str] = {}
        kept = st.session_state.setdefault(f"{page}_choices", {})
        self._left: dict[str, Any] = kept.setdefault("values", {})
        self._written: dict[str, list[str]] = kept.setdefault("written", {})

    def key(self, name: str) -> str:
        """The key of the widget of a choice. One for each language: a widget that stays keeps the words it has."""
        return f"{self.page}_{name}_{language()}"

    def came(self, name: str) -> bool:
        """Whether someone has come with this choice in the address."""
        return bool(self._came(name))

    def pick(self, name: str, options: Collection[Any], default: Any) -> str:
        """One of the options."""
        key = self.key(name)
        came = self._came(name)
        found = [came[0] if came else None, st.session_state.get(key), self._left.get(name)]
        self._settle(name, key, next((value for value in found if value is not None and value in options), default))
        self._made[name] = str(default)
        return key

    def pick_several(self, name: str, options: Collection[str], default: Sequence[str], most: int) -> str:
        """Some of the options, in their order of choice."""
        key = self.key(name)
        came = [value for value in self._came(name) if value in options]
        found = [came or None, st.session_state.get(key), self._left.get(name)]
        chosen = next(([v for v in values if v in options] for values in found if values is not None), list(default))
        self._settle(name, key, list(dict.fromkeys(chosen))[:most])
        self._made[name] = "~".join(default)
        return key

    def write_address(self) -> None:
        """Bring the address up to date with the widgets that were drawn; what is as on a first visit is left out."""
        for name, default in self._made.items():
            value = st.session_state.get(self.key(name))
            self._left[name] = value
            written = "~".join(value) if isinstance(value, list) else str(value)
            if written == default:
                if name in st.query_params:
                    del st.query_params[name]
            elif st.query_params.get(name) != written:
                st.query_params[name] = written
            self._written[name] = [] if written == default else written.split("~")

    def _came(self, name: str) -> list[str]:
        """What the address says, unless this page has written that itself."""
        said = st.query_params.get(name, "")
        parts = said.split("~") if said else []
        return [] if parts == self._written.get(name) else parts

    def _settle(self, name: str, key: str, value: Any) -> None:
        self._left[name] = value
        if st.session_state.get(key) != value:
            st.session_state[key] = value

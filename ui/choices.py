"""What a visitor has chosen on a page, kept over reruns, pages and languages, and in the address by stable names.

Streamlit's own binding writes what an option is called on the screen into the address; these write what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import streamlit as st

from ui import trail
from ui.text import language


class Choices:
    """The choices of one page. Made anew in every run of the page; what it knows is in the session.

    `pick` and `pick_several` return the key for the widget, whose value they have prepared: what the address says if
    that is news (`ui.trail`), else what the widget holds, else what was left, else the default. Whatever is unknown
    falls back silently.
    """

    def __init__(self, page: str) -> None:
        self.page = page
        self._holder = f"{page}_choices"
        self._made: dict[str, tuple[str, str]] = {}
        self._left: dict[str, Any] = st.session_state.setdefault(self._holder, {})
        said, written = st.query_params.to_dict(), trail.written(self._holder) or {}
        names = [name for name in {**written, **said} if said.get(name) != written.get(name)]
        self._news = {name: said.get(name, "") for name in names}
        for name in set(names) - set(said):
            self._left.pop(name, None)

    def key(self, name: str) -> str:
        """The key of the widget of a choice. One for each language: a widget that stays keeps the words it has."""
        return f"{self.page}_{name}_{language()}"

    def came(self, name: str) -> bool:
        """Whether someone has come with this choice in the address."""
        return bool(self._news.get(name))

    def take(self, name: str, value: str) -> None:
        """Have a choice as if the address had named it; to be called before it is picked."""
        self._news[name] = value

    def pick(self, name: str, options: Collection[Any], default: Any) -> str:
        """One of the options."""
        key = self.key(name)
        news, said = self._news.pop(name, None), st.query_params.get(name)
        found = [news, st.session_state.get(key), self._left.get(name)] if news != "" else []
        self._settle(name, key, next((value for value in found if value is not None and value in options), default))
        self._made[name] = str(default), said if said in options else str(default)
        return key

    def pick_several(self, name: str, options: Collection[str], default: Sequence[str], most: int) -> str:
        """Some of the options, in their order of choice."""
        key = self.key(name)

        def known(values: Sequence[str]) -> list[str]:
            return list(dict.fromkeys(value for value in values if value in options))[:most]

        news, said = self._news.pop(name, None), known(st.query_params.get(name, "").split("~"))
        found = [known((news or "").split("~")) or None, st.session_state.get(key), self._left.get(name)]
        chosen = next((known(values) for values in found if values is not None), None) if news != "" else None
        self._settle(name, key, list(default) if chosen is None else chosen)
        self._made[name] = "~".join(default), "~".join(said or default)
        return key

    def hold(self, name: str, sane: Callable[[str], str]) -> str:
        """A choice without a widget, as a text; `sane` makes one of whatever an address says, and leaves it alone then.

        It is changed by `put`; empty is the default.
        """
        news, said = self._news.pop(name, None), sane(st.query_params.get(name, ""))
        value = sane(self._left.get(name, "") if news is None else news)
        self._left[name] = st.session_state[self.key(name)] = value
        self._made[name] = "", said
        return value

    def put(self, name: str, value: str) -> None:
        """Change what is held under a name; the next run shows it."""
        self._left[name] = st.session_state[self.key(name)] = value

    def write_address(self) -> None:
        """Bring the address up to date with the widgets that were drawn; what is as on a first visit is left out.

        What means the same already stays as it is: each change of the address is a step back for the visitor.
        """
        address = st.query_params.to_dict()
        for name, (default, said) in self._made.items():
            value = st.session_state.get(self.key(name))
            self._left[name] = value
            wanted = "~".join(value) if isinstance(value, list) else str(value)
            if wanted == said:
                continue
            address.pop(name, None)
            if wanted != default:
                address[name] = wanted
        self._made.clear()
        if address != st.query_params.to_dict():
            st.query_params.from_dict(address)
        trail.wrote(self._holder, {name: value for name, value in address.items() if name not in self._news})

    def _settle(self, name: str, key: str, value: Any) -> None:
        self._left[name] = value
        if st.session_state.get(key) != value:
            st.session_state[key] = value

"""The visitor's maps across reruns, pages and languages, and in step with the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from ui import trail
from ui.address import KEYS, Known, Pane, State, decode, encode, sanitise


class Maps:
    """The maps of one page as a visitor has left them. Made anew in every run; what it knows is in the session.

    Parameters
    ----------
    page
        Name of the page: pages with different names share nothing.
    known
        What the maps may name. A page with indicators of its own extends it (`Known.extended`), which also says
        what its panes begin with.
    names
        The names in the address that this page's maps are written to and read from; none of `map1` to `map4` on a page
        that decides itself what its panes show.
    """

    def __init__(self, page: str, known: Known, names: Sequence[str] = KEYS) -> None:
        self.known, self.names = known, names
        self.key = f"map_panes_{page}"
        """The key of the component; the state the browser has sent is found under it."""

    def arrive(self) -> State:
        """The state to begin a run with: what the address says if it is news (`ui.trail`), else as it was left."""
        address, left, written = self._own(st.query_params), self._recall("state"), trail.written(self.key)
        if left is None or (written is not None and address != written):
            others = encode(left) if left else {}
            kept = {name: value for name, value in others.items() if name not in self.names}
            self.change(decode({**kept, **address}, self.known))
        elif (sane := sanitise(left, self.known)) != left:
            self.change(sane)
        return self.state

    @property
    def state(self) -> State:
        """The maps as last known."""
        return cast(State, self._recall("state"))

    @property
    def epoch(self) -> int:
        """Rises each time the server changes the state; the browser takes the state up only then."""
        return self._recall("epoch") or 0

    def change(self, new: State) -> None:
        """Set the state from the server's side. The maps move only if `view` is another than they last told."""
        self._keep(state=new, epoch=self.epoch + 1)

    def pane(self, indicator: str, place: int = 0) -> Pane:
        """A pane of this indicator, with nothing of the visitor's but what they opened there: table and highlight."""
        fresh, there = self.known.pane(indicator), self.state["panes"][place : place + 1]
        for pane in there:
            fresh["table"], fresh["lit"] = pane["table"], pane["lit"]
        return fresh

    def select(self, codes: Sequence[str]) -> None:
        """Choose these territories (six at most; unknown ones are left out); the maps stay where they are."""
        self._alter({"selected": list(codes)})

    def show(self, *indicators: str) -> None:
        """Show these indicators, one in each pane; panes that show theirs already keep their settings."""
        panes = dict(enumerate(self.state["panes"]))
        now = {i: pane["indicator"] for i, pane in panes.items()}
        self._alter(
            {"panes": [panes[i] if now.get(i) == name else self.pane(name, i) for i, name in enumerate(indicators)]}
        )

    def take(self) -> None:
        """Take in the state the browser has sent.

        The same one is taken only once: when it arrives together with a click on the server's side, whichever of the
        two is handled first, the click has the last word.
        """
        sent = (st.session_state.get(self.key) or {}).get("state")
        if sent is not None and sent != self._recall("taken"):
            self._keep(state=sanitise(sent, self.known), taken=sent)

    def write_address(self) -> None:
        """Bring the browser's address up to date with the state, without a rerun.

        One that means the state already is left as it is: each change of it is a step back for the visitor.
        """
        found, wanted = self._own(st.query_params), self._own(encode(self.state))
        if self._own(encode(decode(found, self.known))) != wanted:
            others = {name: value for name, value in st.query_params.items() if name not in self.names}
            st.query_params.from_dict(others | wanted)
            found = wanted
        trail.wrote(self.key, found)

    def _own(self, address: Mapping[str, str]) -> dict[str, str]:
        """What an address says about the maps of this page."""
        return {name: address[name] for name in self.names if name in address}

    def _alter(self, patch: dict[str, Any]) -> None:
        new = sanitise({**self.state, **patch}, self.known)
        if new != self.state:
            self.change(new)

    def _recall(self, what: str) -> Any:
        return st.session_state.get(f"{self.key}_{what}")

    def _keep(self, **parts: object) -> None:
        for what, value in parts.items():
            st.session_state[f"{self.key}_{what}"] = value

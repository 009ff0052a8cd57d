"""What a visitor has chosen for the index: kept from run to run, in the address, with steps back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import streamlit as st

from indicators.success import FACTORS, HIGHEST_WEIGHT, OVERALL, declared
from indicators.weighting import DECLARED, OPTIONS, Weighting, decode, encode
from ui import trail
from ui.text import language

PARISHES, UNITS, RURAL, PEERS = "parishes", "units", "rural", "peers"
SHOWN = ("score", "rank")
BESIDE = ("among", "show", "factor")
NAMES = ("weights", *OPTIONS, *BESIDE)
"""The names in the address that belong to the index."""
TABLES = (*(own.id for own in FACTORS), OVERALL)
"""What the table can be of."""
MOST_STEPS = 50


@dataclass(frozen=True)
class Choice:
    """Weights and rules, the reference set (`among`: a name or the code of a municipality), what is shown."""

    weighting: Weighting = field(default_factory=lambda: DECLARED)
    among: str = PARISHES
    show: str = SHOWN[0]
    factor: str = TABLES[0]


def key(name: str) -> str:
    """The key of a widget: for choices in words one for each language, as a widget that stays keeps its words."""
    return f"index_{name}_{language()}" if name in (*OPTIONS, *BESIDE) else f"index_{name}"


class Chosen:
    """One visitor's choice. Made anew in every run; what it knows is in the session.

    The widgets have keys of their own: they are given a value when they first appear and whenever the choice changes
    otherwise than through them. In between they are left alone, or an echo would pull a slider from under the hand.

    Parameters
    ----------
    sets
        The reference sets there are besides the parishes.
    own
        The visitor's own indicators that may have a weight.
    """

    def __init__(self, sets: Collection[str], own: Collection[str] = ()) -> None:
        self.sets, self.own = sets, own

    def arrive(self) -> Choice:
        """The choice to begin a run with: what the address says if it is news (`ui.trail`), else as it was left."""
        address = {name: st.query_params[name] for name in NAMES if name in st.query_params}
        left, written = st.session_state.get("index_choice"), trail.written("index")
        if left is None or (written is not None and address != written):
            self._keep(self.read(address))
        for widget, value in self._widgets().items():
            st.session_state.setdefault(widget, value)
        return self.now

    def read(self, address: Mapping[str, str]) -> Choice:
        """The choice an address means; never raises."""
        known = {"among": self.sets, "show": SHOWN, "factor": TABLES}
        beside = {name: address[name] for name, options in known.items() if address.get(name) in options}
        return Choice(decode(address, self.own), **beside)

    @property
    def now(self) -> Choice:
        """The choice as last known."""
        return cast(Choice, st.session_state["index_choice"])

    def take(self, name: str) -> None:
        """Take in what a widget was set to: a code of the index, or one of `OPTIONS` and `BESIDE`."""
        value, choice = st.session_state[key(name)], self.now
        if name in declared() or name in self.own:
            new = replace(choice, weighting=choice.weighting.with_weights({name: value}))
        elif name in OPTIONS:
            new = replace(choice, weighting=replace(choice.weighting, **{name: value}))
        else:
            new = replace(choice, **{name: value or getattr(Choice(), name)})
        self._step(name)
        st.session_state["index_choice"] = new

    def change(self, weighting: Weighting) -> None:
        """Set weights and rules otherwise than through their widgets."""
        self._step("")
        self._keep(replace(self.now, weighting=weighting))

    def toggle(self, code: str) -> None:
        """Take a part of the index out, or put it back with the weight it is declared with (the highest for none)."""
        weighting = self.now.weighting
        usual = DECLARED.weight(code) or HIGHEST_WEIGHT
        self.change(weighting.with_weights({code: 0 if weighting.weight(code) else usual}))

    def undo(self) -> None:
        """One step back."""
        if steps := self._steps:
            self._keep(steps.pop()[1])

    @property
    def can_undo(self) -> bool:
        return bool(self._steps)

    def write_address(self) -> None:
        """Bring the browser's address up to date, without a rerun; one that means the choice is left as it is."""
        choice = self.now
        beside = {name: getattr(choice, name) for name in BESIDE}
        address = encode(choice.weighting) | {k: v for k, v in beside.items() if v != getattr(Choice(), k)}
        found = {name: st.query_params[name] for name in NAMES if name in st.query_params}
        if found != address and self.read(found) != choice:
            others = {name: value for name, value in st.query_params.items() if name not in NAMES}
            st.query_params.from_dict(others | address)
            found = address
        trail.wrote("index", found)

    @property
    def _steps(self) -> list[tuple[str, Choice]]:
        return st.session_state.setdefault("index_steps", [])

    def _step(self, name: str) -> None:
        """Remember where we are; one widget that is moved several times in a row is one step."""
        steps = self._steps
        if not (name and steps and steps[-1][0] == name):
            steps.append((name, self.now))
        del steps[:-MOST_STEPS]

    def _keep(self, choice: Choice) -> None:
        st.session_state["index_choice"] = choice
        for widget, value in self._widgets().items():
            st.session_state[widget] = value

    def _widgets(self) -> dict[str, Any]:
        choice = self.now
        weights = {key(code): choice.weighting.weight(code) for code in (*declared(), *self.own)}
        rules = {key(name): getattr(choice.weighting, name) for name in OPTIONS}
        return weights | rules | {key(name): getattr(choice, name) for name in BESIDE}

"""The two measured success factors as maps of a story, under the declared weights."""

from __future__ import annotations

from typing import Any

import streamlit as st

from indicators.weighting import DECLARED
from ui import scores
from ui.address import Known
from ui.cache import Loaded
from ui.inline import Inline, inline
from ui.text import Language, language
from ui.weights import Choice


def maps(loaded: Loaded) -> list[Inline]:
    """The scores as indicators for the maps, in the visitor's language."""
    found, choice = scores.reckon(loaded, DECLARED), Choice()
    inside = scores.within(loaded, choice.among, None)
    standing = {factor.id: scores.standing(found, factor.id, inside) for factor in found.factors}
    return scores.maps_of(loaded, found, choice, standing)[0]


def shown(loaded: Loaded) -> dict[str, Any]:
    """The scores as `map_panes` takes them, in the visitor's language; made once for all visitors."""
    return _shown(loaded.snapshot.hash, language(), loaded)


@st.cache_resource(max_entries=4, show_spinner=False)
def _shown(stamp: str, spoken: Language, _loaded: Loaded) -> dict[str, Any]:
    return inline(maps(_loaded), _loaded)


def known(loaded: Loaded) -> Known:
    """What the maps of a story may name: everything that the maps may, and the scores."""
    found = scores.reckon(loaded, DECLARED)
    latest = {scores.map_id(factor, Choice().show): scores.latest(found) for factor in found.factors}
    return loaded.known.extended(latest)

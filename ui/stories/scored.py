"""The two measured success factors as maps of a story, under the declared weights."""

from __future__ import annotations

from indicators.weighting import DECLARED
from ui import scores
from ui.address import Known
from ui.cache import Loaded
from ui.inline import Inline
from ui.weights import Choice


def maps(loaded: Loaded) -> list[Inline]:
    """The scores as indicators for the maps, in the visitor's language."""
    found, choice = scores.reckon(loaded, DECLARED), Choice()
    inside = scores.within(loaded, choice.among, None)
    standing = {factor.id: scores.standing(found, factor.id, inside) for factor in found.factors}
    return scores.maps_of(loaded, found, choice, standing)[0]


def known(loaded: Loaded) -> Known:
    """What the maps of a story may name: everything that the maps may, and the scores."""
    found = scores.reckon(loaded, DECLARED)
    latest = {scores.map_id(factor, Choice().show): scores.latest(found) for factor in found.factors}
    return loaded.known.extended(latest)

"""What is measured, to be held against what a group says."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from indicators.catalogue import sources_of
from indicators.opinion import group_weights
from indicators.success import FACTORS, OVERALL
from indicators.weighting import DECLARED
from reports.minutes import Measured
from ui import scores
from ui.cache import Loaded
from ui.scores import Reckoned


def of_place(loaded: Loaded, territory: str) -> dict[int, float]:
    """The scores of the measured factors: of a place, of a municipality the median of its places."""
    own, units = scores.reckon(loaded, DECLARED).scored.scores, scores.units(loaded)
    parents: dict[str, str] = units["parent"].to_dict()
    inside = [territory] if territory in parents else [code for code in parents if parents[code] == territory]
    found = {factor.number: own[factor.id].reindex(inside) for factor in FACTORS if factor.id in own}
    return {number: float(values.median()) for number, values in found.items()}


def weights_of(table: pd.DataFrame) -> dict[str, int]:
    """The group's weights of the measured factors; empty where it gives none any weight, or too few answered."""
    found = group_weights(table, {factor.id: factor.number for factor in FACTORS})
    return found if any(found.values()) else {}


def under(loaded: Loaded, weights: Mapping[str, int]) -> tuple[Reckoned, pd.DataFrame]:
    """The scores under the group's weights, and where every parish stands by them."""
    found = scores.reckon(loaded, DECLARED.with_weights(weights))
    return found, scores.standing(found, OVERALL, scores.within(loaded, scores.sets(loaded)[0], None))


def measured(loaded: Loaded, territory: str, table: pd.DataFrame) -> Measured:
    """All that is measured beside the opinions of a group, as `indicators.opinion.opinions` gives them."""
    weights, overall, place = weights_of(table), {}, None
    if weights:
        found, standing = under(loaded, weights)
        overall = {str(code): float(score) for code, score in found.scored.scores[OVERALL].items()}
        if territory in standing.index:
            first, last = standing.loc[territory, ["first", "last"]]
            place = int(first), int(last), len(standing)
    known = loaded.snapshot.sources
    used = {
        source.id: source
        for entry in scores.basis(loaded).periods
        for source in sources_of(loaded.indicators[entry], known)
    }
    used |= {id: source for id, source in known.items() if id == "boundaries"}
    return Measured(of_place(loaded, territory), weights, overall, place, list(used.values()))

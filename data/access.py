"""Two-step floating catchments: how much of a service is within reach, shared with everybody else in reach of it.

within(x, y, to_x, to_y, km)        -> who reaches what: pairs of a place and a target with the distance between them
reachable(pairs, amounts)           -> per place: the amounts at all targets in reach
two_step(pairs, supply, demand)     -> per place: the supply in reach, each target's divided by those who reach it
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Weight = Callable[["NDArray"], "NDArray"]
"""What a cost (km) makes of an amount: a factor for each pair."""


@dataclass(frozen=True)
class Pairs:
    """Places and the targets they reach: for each pair the place, the target (both by position) and the cost.

    places, targets : how many there are of each, reached or not.
    """

    place: NDArray
    target: NDArray
    cost: NDArray
    places: int
    targets: int

    def weights(self, weight: Weight | None) -> NDArray:
        return np.ones(len(self.cost)) if weight is None else np.asarray(weight(self.cost), dtype=float)


def within(x: ArrayLike, y: ArrayLike, to_x: ArrayLike, to_y: ArrayLike, km: float) -> Pairs:
    """The pairs of places and targets at most `km` apart in a straight line (coordinates in m, cost in km)."""
    places = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    targets = np.column_stack([np.asarray(to_x, dtype=float), np.asarray(to_y, dtype=float)])
    found = cKDTree(targets).query_ball_point(places, km * 1000, return_sorted=True)
    place = np.repeat(np.arange(len(places)), [len(reached) for reached in found])
    target = np.concatenate([np.zeros(0), *found]).astype(np.intp)
    cost = np.hypot(*(places[place] - targets[target]).T) / 1000
    return Pairs(place, target, cost, len(places), len(targets))


def reachable(pairs: Pairs, amounts: ArrayLike, weight: Weight | None = None) -> NDArray:
    """The amounts at the targets that each place reaches, added up (a floating catchment).

    amounts : one per target. weight : factor by cost; all of it where None. Returns one sum per place.
    """
    there = np.asarray(amounts, dtype=float)[pairs.target] * pairs.weights(weight)
    return np.bincount(pairs.place, there, minlength=pairs.places)


def two_step(pairs: Pairs, supply: ArrayLike, demand: ArrayLike, weight: Weight | None = None) -> NDArray:
    """Supply per head within reach of each place (two-step floating catchment area).

    Parameters
    ----------
    supply, demand
        One per target (how much is offered there) and one per place (how many live there).
    weight
        Factor by cost, in both steps; 1 for everything in reach where None.

    Returns
    -------
    array
        A_i = sum_j w_ij S_j / (sum_k w_kj D_k), one per place; 0 where nothing is in reach. Weighted by demand it adds
        up to the supply of all targets that anybody reaches.

    References
    ----------
    Luo and Wang (2003), Environment and Planning B 30, 865-884.
    """
    weights = pairs.weights(weight)
    asked = np.bincount(pairs.target, np.asarray(demand, dtype=float)[pairs.place] * weights, minlength=pairs.targets)
    offered = np.asarray(supply, dtype=float)
    share = np.divide(offered, asked, out=np.zeros(pairs.targets), where=asked > 0)
    return reachable(pairs, share, weight)

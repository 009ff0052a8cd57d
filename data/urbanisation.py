"""Degree of urbanisation by the rule of Eurostat: which cells of a 1 km grid are urban centres and urban clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

CENTRE_DENSITY, CENTRE_PEOPLE = 1500, 50_000
CLUSTER_DENSITY, CLUSTER_PEOPLE = 300, 5_000
SIDES = ndimage.generate_binary_structure(2, 1)
CORNERS = ndimage.generate_binary_structure(2, 2)
MOST_NEIGHBOURS = 5
"""A cell with so many of its 8 neighbours in one urban centre belongs to it."""


def urban_cells(column: pd.Series, row: pd.Series, people: pd.Series) -> pd.DataFrame:
    """Which cells belong to an urban centre or an urban cluster.

    Parameters
    ----------
    column, row
        Whole numbers: where each cell lies on a grid of 1 km.
    people
        Residents of each cell, so also residents per km2.

    Returns
    -------
    DataFrame
        centre, cluster (bool), index as `people`. A cell of a centre is one of a cluster too.

    Notes
    -----
    Urban centre: cells of at least 1,500 residents that touch by their sides and hold at least 50,000 together; then,
    again and again, cells with at least 5 of their 8 neighbours in the same centre. Urban cluster: cells of at least
    300 residents that touch by sides or corners and hold at least 5,000 together.
    https://ec.europa.eu/eurostat/web/degree-of-urbanisation/methodology
    """
    at = (row.to_numpy() - row.min() + 1, column.to_numpy() - column.min() + 1)
    grid = np.zeros((at[0].max() + 2, at[1].max() + 2))
    grid[at] = people.to_numpy(dtype=float)
    centre = _filled(_clusters(grid, CENTRE_DENSITY, CENTRE_PEOPLE, SIDES))[at] > 0
    cluster = _clusters(grid, CLUSTER_DENSITY, CLUSTER_PEOPLE, CORNERS)[at] > 0
    return pd.DataFrame({"centre": centre, "cluster": cluster | centre}, index=people.index)


def _clusters(grid: NDArray, density: float, least: float, touching: NDArray) -> NDArray:
    """Numbers of the clusters that are populous enough; 0 elsewhere."""
    labels = np.zeros(grid.shape, dtype=np.int32)
    ndimage.label(grid >= density, touching, output=labels)
    people = np.bincount(labels.ravel(), grid.ravel())
    return np.where((people >= least)[labels], labels, 0)


def _filled(labels: NDArray) -> NDArray:
    """The clusters with their gaps and bays filled; a filled cell counts as a neighbour in the next round."""
    labels = labels.copy()
    for _ in range(labels.size):
        before = labels.copy()
        for cluster in np.unique(before[before > 0]):
            member = (before == cluster).astype(np.int8)
            neighbours = ndimage.convolve(member, CORNERS.astype(np.int8), mode="constant") - member
            labels[(before == 0) & (neighbours >= MOST_NEIGHBOURS)] = cluster
        if (labels == before).all():
            break
    return labels

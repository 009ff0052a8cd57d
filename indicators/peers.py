"""Places like a place: the nearest in what shapes it, never in what it is scored by.

features(values, territories)  -> the seven features of every unit
standardised(features)         -> the same in robust z
peers(features)                -> the nearest of each unit, with their distances
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

NEAREST = 10
LEAST_SHARED = 2 / 3
"""Two units are compared if the features both have carry at least this share of the weight."""
MAD_TO_SD = 1.4826
"""In a normal distribution the standard deviation is so many median absolute deviations."""
MEAN_TO_SD = 1.2533
"""And so many mean absolute deviations, which stand in where more than half of the units are alike."""

INDICATORS: Mapping[str, str] = {
    "population": "residents",
    "density": "density",
    "older": "older_share",
    "change": "population_change_5y",
}
"""The features that are indicators, none of which is scored; population and density count by their logarithm."""
LOGARITHMS = frozenset({"population", "density"})
PLACES = ("town_km", "centre_km", "edge")
"""Kilometres to the nearest town (0 for a town) and to the largest city; whether it reaches coast or land border."""
FEATURES = (*INDICATORS, *PLACES)

TOWNS = ("town", "city")


def features(values: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """What shapes a unit, for the newest period that most units have of each.

    Parameters
    ----------
    values
        Indicator values as `evaluate` gives them: territory, level, period, indicator, value, native_level.
    territories
        code, level, kind, x, y (m, one plane), edge.

    Returns
    -------
    DataFrame
        Units x FEATURES: population (ln residents), density (ln residents per km²), older (% of residents over working
        age), change (% in five years), town_km and centre_km (straight lines between label points), edge (bool).
        Missing stays missing; the logarithm of nothing is missing. Filter the rows to compare a part of the units.
    """
    units = territories[territories["level"] == "unit"].set_index("code").sort_index()
    is_own = (values["level"] == "unit") & (values["native_level"] == "unit") & values["value"].notna()
    own = values.loc[is_own, ["territory", "period", "indicator", "value"]]
    table = pd.DataFrame(index=units.index.rename("territory"))
    for name, indicator in INDICATORS.items():
        rows = own[own["indicator"] == indicator]
        counts = rows["period"].astype(str).value_counts()
        newest = max(counts.index[counts > len(units) / 2], default="")
        found = rows[rows["period"] == newest].set_index("territory")["value"].astype(float).reindex(units.index)
        table[name] = np.log(found.where(found > 0)) if name in LOGARITHMS else found
    points = units[["x", "y"]].to_numpy(dtype=float) / 1000
    towns = points[units["kind"].isin(TOWNS).to_numpy()]
    table["town_km"] = _nearest(points, towns)
    table["centre_km"] = _nearest(points, points[_largest(table["population"])])
    table["edge"] = units["edge"].to_numpy(dtype=bool)
    return table


def _largest(population: pd.Series) -> list[int]:
    """The place of the unit with most residents; none where nobody is counted."""
    return [int(np.nanargmax(population))] if population.notna().any() else []


def _nearest(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest target; NaN where there is none."""
    if not len(targets):
        return np.full(len(points), np.nan)
    nearest = np.full(len(points), np.inf)
    for target in targets:
        nearest = np.minimum(nearest, np.hypot(*(points - target).T))
    return nearest


def standardised(features: pd.DataFrame) -> pd.DataFrame:
    """The features in robust z: (x - median) / (1.4826 · median absolute deviation).

    Where more than half of the units are alike the mean absolute deviation takes its place; a feature that does not
    vary is 0. What is true or false is not scaled: to differ in it weighs like one standard deviation. Shape as given,
    float; missing stays missing.
    """
    result = {}
    for name, column in features.items():
        deviation = column.astype(float)
        if column.dtype != bool:
            deviation = deviation - deviation.median()
            away = deviation.abs()
            spread = MAD_TO_SD * away.median() or MEAN_TO_SD * away.mean() or 1.0
            deviation = deviation / spread
        result[name] = deviation
    return pd.DataFrame(result, index=features.index)


def peers(
    features: pd.DataFrame,
    nearest: int = NEAREST,
    weights: Mapping[str, float] | None = None,
    of: Collection[str] | None = None,
) -> pd.DataFrame:
    """The units that are nearest to each unit.

    Parameters
    ----------
    features
        n units x features, as `features` gives them (any number of numeric or bool columns).
    weights
        How much a feature counts, 1 where it is not named; 0 leaves it out. Only proportions matter.
    of
        The units whose nearest are sought, in the order of the features; all where None.

    Returns
    -------
    DataFrame
        territory, rank (1 is the nearest), peer, distance; by territory in the order given, then rank. A unit that
        shares too few features with others has fewer peers or none.

    Raises
    ------
    ValueError
        A weight below zero or of an unknown feature, or no weight at all.

    Notes
    -----
    distance = √(Σ w_f (z_f - z'_f)² / Σ w_f) over the features f both units have, z as in `standardised`: 1 means one
    robust standard deviation apart in each feature. Pairs that share less than 2/3 of the weight are not compared. Of
    equally near units the one with the lower code comes first.
    """
    given = dict(weights or {})
    faults = [name for name, weight in given.items() if name not in features or not weight >= 0]
    if faults:
        raise ValueError(f"no weight, or no feature: {', '.join(faults)}")
    weight = np.array([given.get(name, 1.0) for name in features], dtype=float)
    if not weight.sum():
        raise ValueError("all features have the weight 0")
    z = standardised(features).to_numpy()
    known = np.isfinite(z)
    z = np.where(known, z, 0.0)
    order = features.index.argsort()
    tables = []
    for i, unit in enumerate(features.index):
        if of is not None and unit not in of:
            continue
        shared = (known & known[i]) @ weight
        square = np.where(known & known[i], (z - z[i]) ** 2, 0.0) @ weight
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.sqrt(square / shared)
        distance[(shared < LEAST_SHARED * weight.sum()) | (shared == 0)] = np.inf
        distance[i] = np.inf
        closest = order[np.argsort(distance[order], kind="stable")][:nearest]
        closest = closest[np.isfinite(distance[closest])]
        tables.append(
            pd.DataFrame(
                {
                    "territory": unit,
                    "rank": np.arange(1, len(closest) + 1),
                    "peer": features.index[closest],
                    "distance": distance[closest],
                }
            )
        )
    none = pd.DataFrame({"territory": [], "rank": [], "peer": [], "distance": []})
    return pd.concat(tables, ignore_index=True) if tables else none

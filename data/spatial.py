"""Points and grid cells to territories: exact, deterministic, over a spatial index. Everything is metres in EPSG:3059.

points_to_units(x, y, units)          -> code of the unit of each point, missing where it lies in none
cells_to_units(cells, size, units)    -> cell, unit, km2, share: which part of a cell's people lives in which unit
by_density(parts, people, units)      -> the same table after a density pass: towns get their people back
nearest_km(x, y, to_x, to_y)          -> kilometres from each point to the nearest target
access(people, to_x, to_y)            -> by unit: people x km to the nearest target, people within 5 km of one
located(table, faults)                -> x, y of rows that give lon, lat
unit_observations(values, period)     -> a table unit x measure as Observations
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from data.read import Faults

METRIC = 3059
"""LKS-92 / Latvia TM, in which distances and areas are measured."""
GRID = 3035
"""ETRS89-LAEA Europe, in which Eurostat's cells are squares."""
DEGREES = 4326

AROUND_LATVIA = {"lon": (19.0, 30.0), "lat": (54.5, 59.5)}
"""Degrees between which a coordinate can be meant; beyond, it is an error (swapped, projected, zero)."""

NEAR_KM = 5.0

COLUMNS = ["territory", "period", "measure", "value", "status"]

SLIVER_M2 = 1.0
"""Parts of a cell smaller than this are rounding of the overlay, not land."""


def project(x: ArrayLike, y: ArrayLike, source: int, target: int = METRIC) -> tuple[NDArray, NDArray]:
    """Coordinates from one reference system to another, easting (longitude) first.

    x, y : degrees if `source` is 4326, else metres. Returns metres for a projected `target`.
    """
    return _between(source, target).transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))


@cache
def _between(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def points_to_units(x: ArrayLike, y: ArrayLike, units: gpd.GeoDataFrame) -> pd.Series:
    """The code of the unit each point lies in; missing where it lies in none.

    Parameters
    ----------
    x, y
        n coordinates in EPSG:3059 (m).
    units
        Indexed by code, column geometry, EPSG:3059.

    Returns
    -------
    pd.Series
        n codes, index 0 … n-1. A point on a shared border belongs to the unit with the lowest code; one outside every
        unit, however near, belongs to nobody.
    """
    ordered = units.sort_index()
    points = shapely.points(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    point, unit = shapely.STRtree(ordered.geometry.to_numpy()).query(points, predicate="intersects")
    found = pd.DataFrame({"point": point, "unit": unit}).sort_values(["point", "unit"]).drop_duplicates("point")
    codes = pd.Series(pd.NA, index=range(len(points)), dtype="str")
    codes.loc[found["point"]] = ordered.index.to_numpy()[found["unit"]]
    return codes


def cells_to_units(cells: pd.DataFrame, size: float, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which part of each cell's people lives in which unit, by the area of the cell's parts.

    Parameters
    ----------
    cells
        Columns x3035, y3035 (lower left corner, m, EPSG:3035) and home (bool): True if all people of the cell live in
        this country, False if the publisher counts a neighbour's people in it too.
    size
        Side of a cell (m).
    units
        Indexed by code, column geometry, EPSG:3059.

    Returns
    -------
    pd.DataFrame
        cell (label in `cells.index`), unit, km2 (area of the part), share; sorted by cell and unit. A cell without
        any part in a unit has no row.

    Notes
    -----
    share = part / (land of the cell inside the units) for a home cell, so that its people are kept whole whatever
    lies under the sea; part / (whole cell) for a cell shared with a neighbour, whose people live on both sides.
    """
    ordered = units.sort_index()
    shapes = ordered.geometry.to_numpy()
    corner_x, corner_y = cells["x3035"].to_numpy(dtype=float), cells["y3035"].to_numpy(dtype=float)
    squares = shapely.box(corner_x, corner_y, corner_x + size, corner_y + size)
    squares = shapely.transform(squares, lambda p: np.column_stack(project(p[:, 0], p[:, 1], GRID)))
    tree = shapely.STRtree(squares)
    unit, cell = tree.query(shapes, predicate="intersects")
    whole = np.zeros(len(unit), dtype=bool)
    within = pd.MultiIndex.from_arrays(tree.query(shapes, predicate="contains"))
    whole[pd.MultiIndex.from_arrays([unit, cell]).isin(within)] = True
    full = shapely.area(squares)
    area = full[cell]
    area[~whole] = shapely.area(shapely.intersection(shapes[unit[~whole]], squares[cell[~whole]]))
    parts = pd.DataFrame({"cell": cell, "unit": unit, "m2": area})
    parts = parts.query("m2 >= @SLIVER_M2").sort_values(["cell", "unit"], ignore_index=True)
    inside = parts.groupby("cell")["m2"].transform("sum")
    home = cells["home"].to_numpy(dtype=bool)[parts["cell"]]
    whole_cell = np.maximum(full[parts["cell"]], inside)
    return pd.DataFrame(
        {
            "cell": cells.index.to_numpy()[parts["cell"]],
            "unit": ordered.index.to_numpy()[parts["unit"]],
            "km2": parts["m2"] / 1e6,
            "share": parts["m2"] / inside.where(home, whole_cell),
        }
    )


def by_density(parts: pd.DataFrame, people: pd.Series, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """The parts with shares that follow where people are dense: a town's edge cell belongs more to the town.

    Parameters
    ----------
    parts
        What `cells_to_units` gave.
    people
        People by cell (index as `parts["cell"]`).
    units
        Indexed by code, column geometry, EPSG:3059.

    Returns
    -------
    pd.DataFrame
        `parts` with new shares. Each cell's shares have the same sum as before, so no total changes.

    Notes
    -----
    One step of the expectation-maximisation areal interpolation of Flowerdew and Green (1989): the shares by area
    give each unit a first density (people per km2); the parts of a cell are then weighted by area x that density.
    Plain area weighting spreads a town's people over the parishes around it (a town of 2 km2 keeps half of them).
    """
    km2 = units.geometry.area / 1e6
    first = (parts["share"] * parts["cell"].map(people)).groupby(parts["unit"]).sum() / km2
    table = parts.assign(weight=parts["share"] * parts["unit"].map(first))
    table[["kept", "total"]] = table.groupby("cell")[["share", "weight"]].transform("sum")
    dense = (table["kept"] * table["weight"] / table["total"]).where(table["total"] > 0, table["share"])
    return parts.assign(share=dense)


def nearest_km(x: ArrayLike, y: ArrayLike, to_x: ArrayLike, to_y: ArrayLike) -> NDArray:
    """Straight-line kilometres from each point to the nearest target (all EPSG:3059, m); infinite without targets."""
    targets = np.column_stack([np.asarray(to_x, dtype=float), np.asarray(to_y, dtype=float)])
    points = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    if not len(targets):
        return np.full(len(points), np.inf)
    return cKDTree(targets).query(points)[0] / 1000


def access(people: pd.DataFrame, to_x: ArrayLike, to_y: ArrayLike, near_km: float = NEAR_KM) -> pd.DataFrame:
    """How far the people of each unit live from the nearest target, as sums that add up over units.

    Parameters
    ----------
    people
        Columns unit, people, x, y (where those people live, EPSG:3059, m).
    to_x, to_y
        Targets (EPSG:3059, m), at least one. Targets in other units count.

    Returns
    -------
    pd.DataFrame
        Indexed by unit: person_km (people x km), near (people within `near_km`, the limit included).
    """
    km = nearest_km(people["x"], people["y"], to_x, to_y)
    return summed(
        pd.DataFrame({"person_km": people["people"] * km, "near": people["people"].where(km <= near_km, 0.0)}),
        people["unit"],
    )


def summed(values: pd.DataFrame, unit: pd.Series, units: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """The columns summed by unit; with `units`, one row for each of them, 0 where nothing was added up."""
    sums = pd.DataFrame(values.astype("float64").groupby(unit.rename("unit")).sum())
    return sums if units is None else sums.reindex(units.index, fill_value=0.0)


def refuse(faults: Faults, values: pd.Series, wrong: pd.Series, problem: str) -> None:
    """Add a fault for each wrong cell of a column.

    values : a column, its name the column's and its index the line in the file. wrong : bool, same index.
    problem : what to say; "{}" stands for the value.
    """
    for line, value in values[wrong].items():
        faults.add(f"line {line}, column {values.name!r}", problem.format(value))


def located(table: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """The table with x, y (EPSG:3059, m) from its lon, lat (degrees); coordinates far from Latvia go to `faults`.

    The index of `table` is the line in the file.
    """
    for column, (low, high) in AROUND_LATVIA.items():
        far = ~table[column].between(low, high)
        refuse(
            faults, table[column], far, f"{{:g}} is not between {low:g} and {high:g} degrees (swapped or projected?)"
        )
    x, y = project(table["lon"], table["lat"], DEGREES)
    return table.assign(x=x, y=y)


def unit_observations(values: pd.DataFrame, period: str) -> pd.DataFrame:
    """Final Observations of one period from a table whose index is units and whose columns are measures.

    Rounded to 0.001 of the unit of measurement, so that the same input gives the same bytes on every machine.
    """
    wide = values.astype("float64").round(3).rename_axis("territory").reset_index()
    long = wide.melt(id_vars="territory", var_name="measure", value_name="value")
    return long.assign(period=period, status="final").reindex(columns=COLUMNS)

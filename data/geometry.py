"""The map file the browser draws from, the boundaries as GeoParquet, and who borders on whom.

The map file is JSON in the projected plane of EPSG:3059, quantised to whole steps: x to the right, y down from the
top-left corner, so that it can be drawn as it is. Borders are simplified as one coverage (shared borders stay shared),
and municipalities and regions are dissolved from the same simplified units, so that their borders coincide.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

TOLERANCE_M = 150
"""Detail below this size is dropped from borders; a town of 2 km² keeps its shape."""
STEP_M = 10
"""Metres per integer of the map file: a fifth of a pixel at the closest useful zoom."""
MARGIN_M = 2_000
MAX_BYTES = 350_000

LEVELS = {"unit": None, "municipality": "municipality", "region": "region"}


def map_file(units: gpd.GeoDataFrame, territories: pd.DataFrame) -> bytes:
    """The map file, compressed (gzip without time, so the same input gives the same bytes).

    Parameters
    ----------
    units
        Indexed by code, columns municipality, region, geometry (EPSG:3059): a valid coverage.
    territories
        code, level, x, y: the label points.

    Returns
    -------
    bytes
        gzip of {"crs", "origin": [x, y], "step", "size": [w, h], "levels": {level: {"codes", "rings", "points"}}}; a
        ring is [x0, y0, dx1, dy1, …] in steps, not closed; codes ascend.

    Raises
    ------
    ValueError
        If a territory would collapse, or the file would exceed MAX_BYTES.
    """
    units = gpd.GeoDataFrame(units.sort_index())
    left, bottom, right, top = units.total_bounds
    x0 = float(np.floor((left - MARGIN_M) / STEP_M) * STEP_M)
    y0 = float(np.ceil((top + MARGIN_M) / STEP_M) * STEP_M)
    size = [int(np.ceil((right + MARGIN_M - x0) / STEP_M)), int(np.ceil((y0 - bottom + MARGIN_M) / STEP_M))]

    def to_steps(points: np.ndarray) -> np.ndarray:
        return np.round((points - (x0, y0)) * (1, -1) / STEP_M)

    simplified = units.geometry.simplify_coverage(TOLERANCE_M)
    shapes = shapely.transform(simplified.to_numpy(), to_steps)
    levels: dict[str, Any] = {}
    for level, column in LEVELS.items():
        if column is None:
            codes, polygons = list(units.index), shapes
        else:
            codes = sorted(units[column].unique())
            polygons = np.array(
                [shapely.coverage_union_all(shapes[(units[column] == code).to_numpy()]) for code in codes]
            )
        for code, polygon in zip(codes, polygons, strict=True):
            if polygon.is_empty or not polygon.is_valid or polygon.area == 0:
                raise ValueError(f"{level} {code} collapses when simplified by {TOLERANCE_M} m and {STEP_M} m steps")
        points = territories[territories["level"] == level].set_index("code")[["x", "y"]].loc[codes].to_numpy()
        levels[level] = {
            "codes": codes,
            "rings": [rings(polygon) for polygon in polygons],
            "points": to_steps(points).astype(int).tolist(),
        }
    content = {"crs": "EPSG:3059", "origin": [x0, y0], "step": STEP_M, "size": size, "levels": levels}
    packed = gzip.compress(json.dumps(content, separators=(",", ":")).encode(), 9, mtime=0)
    if len(packed) > MAX_BYTES:
        raise ValueError(f"the map file has {len(packed):,} bytes, at most {MAX_BYTES:,} are allowed")
    return packed


def rings(polygon: shapely.Geometry) -> list[list[int]]:
    """The rings of a polygon with whole coordinates, each as first point and differences, not closed."""
    found = []
    for part in shapely.get_parts(polygon):
        for ring in shapely.get_rings(part):
            points = shapely.get_coordinates(ring)[:-1].astype(int)
            steps = np.diff(points, axis=0)
            steps = steps[steps.any(axis=1)]
            found.append([*points[0].tolist(), *steps.ravel().tolist()])
    return found


def decode(packed: bytes) -> tuple[dict[str, Any], dict[str, gpd.GeoDataFrame]]:
    """The head of a map file and, for each level, its polygons back in EPSG:3059 metres, indexed by code."""
    content = json.loads(gzip.decompress(packed))
    (x0, y0), step = content["origin"], content["step"]

    def polygon(territory: Sequence[Sequence[int]]) -> shapely.Geometry:
        loops = []
        for flat in territory:
            points = np.cumsum(np.array(flat, dtype=float).reshape(-1, 2), axis=0)
            loops.append(shapely.linearrings(points * (step, -step) + (x0, y0)))
        return shapely.build_area(shapely.geometrycollections(loops))

    levels = {
        level: gpd.GeoDataFrame(
            {"geometry": [polygon(territory) for territory in table["rings"]]},
            index=pd.Index(table["codes"], name="code"),
            crs=content["crs"],
        )
        for level, table in content["levels"].items()
    }
    return content, levels


def neighbours(units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Who borders on whom: queen contiguity on the exact coverage, of units and of municipalities.

    Parameters
    ----------
    units
        Indexed by code, columns municipality, geometry: a valid coverage at the publisher's detail.

    Returns
    -------
    DataFrame
        level (unit, municipality), territory, neighbour; both directions, sorted. Two territories are neighbours when
        they share at least a point, so a town is the neighbour of the parish around it. An island has no row.
    """
    one, other = shapely.STRtree(units.geometry).query(units.geometry, predicate="intersects")
    names = {"unit": units.index.astype("str"), "municipality": pd.Index(units["municipality"], dtype="str")}
    tables = [
        pd.DataFrame({"level": level, "territory": codes[one], "neighbour": codes[other]})
        for level, codes in names.items()
    ]
    table = pd.concat(tables).query("territory != neighbour").drop_duplicates()
    return table.sort_values(["level", "territory", "neighbour"], ignore_index=True)


def at_edge(polygons: Sequence[shapely.Geometry] | np.ndarray, country: shapely.Geometry) -> np.ndarray:
    """Which of the polygons share a stretch of the country's outer line: its coast or its land border."""
    line = shapely.boundary(country)
    return shapely.length(shapely.intersection(shapely.boundary(polygons), line)) > 0


def write_geoparquet(units: gpd.GeoDataFrame, territories: pd.DataFrame, path: Path) -> None:
    """The boundaries of the units at the publisher's detail as GeoParquet (EPSG:3059), ordered by code."""
    known = territories[territories["level"] == "unit"].set_index("code")[["name", "kind", "parent", "region"]]
    table = gpd.GeoDataFrame(known.join(units[["geometry"]], how="inner").sort_index(), crs=units.crs).reset_index()
    table.to_parquet(path, compression="zstd", index=False, schema_version="1.1.0")

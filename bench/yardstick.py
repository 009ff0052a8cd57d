"""Prepares the plain page: the same territories, vertex by vertex, and the same figures as the map page shows."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pyproj import Transformer
from shapely import Polygon
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

PAGE = Path(__file__).parent / "plain_page.py"
OUTLINE_PARTS = ("coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits")


def prepare(folder: Path, geometry: bytes, values: pd.DataFrame, views: Mapping[str, Sequence[str]]) -> Path:
    """Fill a folder with the plain page and what it reads; returns the script.

    Parameters
    ----------
    geometry
        The map file of the snapshot (gzip).
    values
        One row a unit, indexed by code, one column an indicator.
    """
    static = folder / "static"
    static.mkdir(parents=True)
    (folder / "boundaries.json").write_text(
        json.dumps(geojson(json.loads(gzip.decompress(geometry)))), encoding="utf-8"
    )
    values.rename_axis("code").reset_index().to_parquet(folder / "values.parquet")
    (folder / "views.json").write_text(json.dumps({name: list(four) for name, four in views.items()}), encoding="utf-8")
    # Plotly asks for a world outline even when it is invisible, and draws nothing without an answer.
    outline = {"type": "Topology", "arcs": [], "objects": {part: _nothing() for part in OUTLINE_PARTS}}
    for detail in ("world_110m.json", "world_50m.json"):
        (static / detail).write_text(json.dumps(outline), encoding="utf-8")
    return Path(shutil.copy(PAGE, folder))


def geojson(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The units of the map file as GeoJSON in degrees with four decimals, outer rings clockwise as Plotly wants."""
    to_degrees = Transformer.from_crs(3059, 4326, always_xy=True)
    (left, top), step, units = geometry["origin"], geometry["step"], geometry["levels"]["unit"]
    features = []
    for code, rings in zip(units["codes"], units["rings"], strict=True):
        polygons = [orient(Polygon(_degrees(ring, left, top, step, to_degrees)), sign=-1) for ring in rings]
        outer = [one for one in polygons if not any(one is not two and two.contains(one) for two in polygons)]
        holes = [one for one in polygons if not any(one is two for two in outer)]
        parts = [
            orient(Polygon(one.exterior.coords, [h.exterior.coords for h in holes if one.contains(h)]), sign=-1)
            for one in outer
        ]
        shape = {"type": "MultiPolygon", "coordinates": [mapping(part)["coordinates"] for part in parts]}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


def _degrees(ring: Sequence[int], left: float, top: float, step: float, to_degrees: Transformer) -> list[Any]:
    x, y = pd.Series(ring[0::2]).cumsum(), pd.Series(ring[1::2]).cumsum()
    lon, lat = to_degrees.transform((left + x * step).to_numpy(), (top - y * step).to_numpy())
    return list(zip(lon.round(4).tolist(), lat.round(4).tolist(), strict=True))


def _nothing() -> dict[str, Any]:
    return {"type": "GeometryCollection", "geometries": []}

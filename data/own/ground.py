"""Points and areas people bring, laid over the units: counts, means, distances, shares of land and of people.

Coordinates are degrees (EPSG:4326) or metres of LKS-92 (EPSG:3059); everything is worked out in EPSG:3059. Distances
are straight lines from the middle of each square kilometre with people, weighted by them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data.context import RawFile
from data.model import SchemaError, UnsafeFile
from data.own import cells
from data.own.files import MAX_COLUMNS, MAX_ROWS, SAVE_AS, plain_text
from data.own.layout import Gathered, Recognised, number_reader
from data.own.model import Cell, Note, Series, Unmatched, What
from data.spatial import AROUND_LATVIA, DEGREES, METRIC, nearest_km, points_to_units, project
from data.store import PEOPLE
from data.workbook import text_of

METRES = {"x": (250_000, 800_000), "y": (6_100_000, 6_500_000)}
LKS_FALSE_NORTHING = 6_000_000
"""EPSG:3059 takes six million metres off northings; some files keep them."""
MAX_VERTICES = 2_000_000


@dataclass(frozen=True)
class Places:
    """Shapes with their attributes.

    shapes: shapely geometries, EPSG:3059
    attributes: one row for each shape; rows: where each stands in the file, from 1
    """

    shapes: np.ndarray
    attributes: pd.DataFrame
    rows: list[int]


def units_of(snapshot: Path) -> gpd.GeoDataFrame:
    """The units at full detail, indexed by code."""
    return gpd.GeoDataFrame(gpd.read_parquet(snapshot / "boundaries.parquet").set_index("code").sort_index())


def people_of(snapshot: Path) -> pd.DataFrame | None:
    """Who lives where; None where the snapshot does not know."""
    path = snapshot / PEOPLE
    return pd.read_parquet(path).astype({"unit": "str", "people": "float64"}) if path.is_file() else None


# --- reading ---


def geojson(file: RawFile) -> Places:
    """The features of a GeoJSON file.

    Raises
    ------
    SchemaError, UnsafeFile
    """
    try:
        content = json.loads(file.path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SchemaError.of(file.name, "", "not valid JSON", "Save it again as GeoJSON.", "json") from None
    features = content.get("features") if isinstance(content, dict) else None
    if isinstance(content, dict) and content.get("type") == "Feature":
        features = [content]
    if not isinstance(features, list):
        problem = "JSON without features: only GeoJSON is read"
        raise SchemaError.of(file.name, "", problem, "Save it as a GeoJSON FeatureCollection.", "json")
    if len(features) > MAX_ROWS:
        raise UnsafeFile.of(
            file.name, "", f"{len(features):,} features; at most {MAX_ROWS:,} are read", SAVE_AS, "rows"
        )
    crs = DEGREES
    named = content.get("crs")
    if isinstance(named, dict):
        text = str((named.get("properties") or {}).get("name", "")) if isinstance(named.get("properties"), dict) else ""
        crs = (
            METRIC if text.rstrip().endswith("3059") else DEGREES if text.endswith(("CRS84", "4326")) or not text else 0
        )
        if not crs:
            step = "Save it in WGS 84 (EPSG:4326) or LKS-92 (EPSG:3059)."
            raise SchemaError.of(file.name, "crs", f"the coordinate system {text[:60]!r} is not known", step, "crs")
    shapes, attributes, rows = [], [], []
    for at, feature in enumerate(features, start=1):
        given = feature.get("geometry") if isinstance(feature, dict) else None
        try:
            shape = shapely.from_geojson(json.dumps(given)) if given else None
        except (shapely.errors.GEOSException, ValueError, RecursionError):
            shape = None
        properties = feature.get("properties") if isinstance(feature, dict) else None
        attributes.append(properties if isinstance(properties, dict) else {})
        shapes.append(shape)
        rows.append(at)
    return projected(file.name, np.array(shapes, dtype=object), pd.DataFrame(attributes), rows, crs)


def geopackage(file: RawFile, layer: str = "") -> tuple[Places, list[str]]:
    """The features of a layer of a GeoPackage (the first one with shapes), and the names of all layers.

    Raises
    ------
    SchemaError, UnsafeFile
    """
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(file.path) if kind]
        if not layers:
            raise SchemaError.of(file.name, "", "a GeoPackage without shapes", SAVE_AS, "nothing")
        chosen = layer if layer in layers else layers[0]
        info = pyogrio.read_info(file.path, layer=chosen, force_feature_count=True)
        if info["features"] > MAX_ROWS:
            problem = f"{info['features']:,} features; at most {MAX_ROWS:,} are read"
            raise UnsafeFile.of(file.name, f"layer {chosen}", problem, SAVE_AS, "rows")
        table = pyogrio.read_dataframe(file.path, layer=chosen)
    except (SchemaError, UnsafeFile):
        raise
    except Exception as error:  # GDAL, GEOS and PROJ each raise their own for the part that is damaged
        problem = f"the GeoPackage cannot be read ({type(error).__name__})"
        raise SchemaError.of(file.name, "", problem, SAVE_AS, "damaged") from None
    if table.crs is None:
        step = "Save it in WGS 84 (EPSG:4326) or LKS-92 (EPSG:3059)."
        raise SchemaError.of(file.name, f"layer {chosen}", "no coordinate system is given", step, "crs")
    shapes = table.geometry.to_crs(METRIC).to_numpy()
    attributes = pd.DataFrame(table.drop(columns=table.geometry.name))
    return projected(file.name, shapes, attributes, list(range(1, len(table) + 1)), METRIC), layers


def projected(name: str, shapes: np.ndarray, attributes: pd.DataFrame, rows: list[int], crs: int) -> Places:
    """Shapes in EPSG:3059, flat, after their size was judged."""
    if len(attributes.columns) > MAX_COLUMNS:
        problem = f"{len(attributes.columns):,} attributes; at most {MAX_COLUMNS:,} are read"
        raise UnsafeFile.of(name, "", problem, "Give the attributes that matter.", "columns")
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > MAX_VERTICES:
        problem = f"{vertices:,} corners; at most {MAX_VERTICES:,} are read"
        raise UnsafeFile.of(name, "", problem, "Simplify the shapes first.", "rows")
    shapes = shapely.force_2d(shapes)
    if crs != METRIC:
        shapes = shapely.transform(shapes, lambda p: np.column_stack(project(p[:, 0], p[:, 1], crs)))
    return Places(shapes, attributes, rows)


def listed_points(found: Recognised, name: str) -> tuple[Places, list[Unmatched]]:
    """The points of a table with columns of latitude and longitude, or of LKS-92 metres.

    Which of the two columns is which is read off the numbers: in Latvia no latitude can be a longitude.
    """
    first, second = found.having("lat")[0], found.having("lon")[0]
    rows = found.sheet.rows
    pairs = [(row, value(rows[row][first.at]), value(rows[row][second.at])) for row in found.rows]
    unmatched, kept, x, y = [], [], [], []
    for row, north, east in pairs:
        spot = position(north, east)
        if spot is None:
            shown = ", ".join(text_of(rows[row][c.at]) for c in (first, second))
            unmatched.append(Unmatched(found.sheet.name, row + 1, title_of(found, row), "outside", shown))
            continue
        kept.append(row)
        x.append(spot[0])
        y.append(spot[1])
    degrees = np.array([abs(each) <= 180 for each in x], dtype=bool)
    east, north = np.array(x, dtype=float), np.array(y, dtype=float)
    if degrees.any():
        east[degrees], north[degrees] = project(east[degrees], north[degrees], DEGREES)
    read = number_reader(found, "", Gathered())
    table = {
        c.label: [one.value if (one := read(rows[row][c.at])) else None for row in kept] for c in found.having("value")
    }
    return Places(shapely.points(east, north), pd.DataFrame(table), [row + 1 for row in kept]), unmatched


def value(cell: Cell) -> float | None:
    found = cells.number(cell)
    return found.value if found else None


def position(first: float | None, second: float | None) -> tuple[float, float] | None:
    """Easting and northing (or longitude and latitude) of two numbers in either order; None if they lie far away."""
    if first is None or second is None:
        return None
    (west, east), (south, north) = AROUND_LATVIA["lon"], AROUND_LATVIA["lat"]
    for lat, lon in ((first, second), (second, first)):
        if south <= lat <= north and west <= lon <= east:
            return lon, lat
    for y, x in ((first, second), (second, first)):
        for shift in (0, LKS_FALSE_NORTHING):
            if METRES["x"][0] <= x <= METRES["x"][1] and METRES["y"][0] <= y + shift <= METRES["y"][1]:
                return x, y + shift - LKS_FALSE_NORTHING
    return None


def title_of(found: Recognised, row: int) -> str:
    """What a row of points is called: the first text in it."""
    return next((value for value in found.sheet.rows[row] if isinstance(value, str) and not cells.number(value)), "")


# --- over the units ---


def from_points(
    places: Places, snapshot: Path, name: str, period: str, sheet: str
) -> tuple[list[Series], list[Unmatched]]:
    """How many points lie in each unit, the mean of each of their numbers, and how far people live from the nearest."""
    units = units_of(snapshot)
    x, y = shapely.get_x(places.shapes), shapely.get_y(places.shapes)
    unit = points_to_units(x, y, units)
    outside = unit.isna().to_numpy()
    unmatched = [
        Unmatched(sheet, places.rows[at], described(places, at), "outside", f"{x[at]:.0f}, {y[at]:.0f}")
        for at in np.flatnonzero(outside)
    ]
    if outside.all():
        return [], unmatched
    inside = unit[~outside]
    counts = inside.value_counts().reindex(units.index, fill_value=0).astype(float)
    used = int((~outside).sum())
    made = [made_of(name, "count", counts, None, period, used, sheet)]
    people = people_of(snapshot)
    if people is not None:
        km = nearest_km(people["x"], people["y"], x[~outside], y[~outside])
        sums = pd.DataFrame({"far": people["people"] * km, "people": people["people"]}).groupby(people["unit"]).sum()
        sums = sums.reindex(units.index).dropna()
        made.append(made_of(name, "distance", sums["far"], sums["people"], period, used, sheet, "km"))
    for label in places.attributes.columns:
        figures = pd.Series(pd.to_numeric(places.attributes[label], errors="coerce"), dtype="float64")
        known = figures.notna().to_numpy() & np.isfinite(figures.to_numpy()) & ~outside
        if known.sum() < 1 or known.sum() < 0.5 * places.attributes[label].notna().sum():
            continue
        groups = figures[known].groupby(unit[known].to_numpy())
        title, own_unit = cells.unit_of(plain_text(str(label)) or "?")
        made.append(
            made_of(
                title,
                "mean",
                groups.sum(),
                groups.count().astype(float),
                period,
                int(known.sum()),
                sheet,
                own_unit,
                title,
            )
        )
    return made, unmatched


def from_polygons(
    places: Places, snapshot: Path, name: str, period: str, sheet: str
) -> tuple[list[Series], list[Unmatched], list[Note]]:
    """Which part of each unit's land, and of its people, lies in the areas. Land under several of them counts once."""
    units = units_of(snapshot)
    notes: list[Note] = []
    shapes = places.shapes
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes = np.where(broken, shapely.make_valid(shapes), shapes)
        notes.append(Note("repaired", {"count": int(broken.sum())}))
    shapely.prepare(country := shapely.union_all(shapely.simplify(units.geometry.to_numpy(), 100)))
    near = shapely.intersects(shapes, country)
    unmatched = [
        Unmatched(sheet, places.rows[at], described(places, at), "outside", "") for at in np.flatnonzero(~near)
    ]
    if not near.any():
        return [], unmatched, notes
    whole = shapely.union_all(shapes[near])
    if shapely.area(whole) < 0.999 * shapely.area(shapes[near]).sum():
        notes.append(Note("overlap"))
    shapely.prepare(whole)
    own = units.geometry.to_numpy()
    full = shapely.area(own) / 1e6
    covered = np.zeros(len(own))
    touched = shapely.intersects(whole, own)
    covered[touched] = shapely.area(shapely.intersection(own[touched], whole)) / 1e6
    area = pd.Series(covered, index=units.index)
    used = int(near.sum())
    made = [made_of(name, "area_share", area, pd.Series(full, index=units.index), period, used, sheet, "%", per=100.0)]
    people = people_of(snapshot)
    if people is not None:
        inside = shapely.contains_xy(whole, people["x"].to_numpy(float), people["y"].to_numpy(float))
        table = pd.DataFrame({"inside": people["people"].where(inside, 0.0), "people": people["people"]})
        sums = table.groupby(people["unit"]).sum().reindex(units.index).dropna()
        share = made_of(name, "population_share", sums["inside"], sums["people"], period, used, sheet, "%", per=100.0)
        made.append(share)
        notes.append(Note("cells"))
    return made, unmatched, notes


def made_of(
    name: str,
    what: What,
    values: pd.Series,
    base: pd.Series | None,
    period: str,
    rows: int,
    sheet: str,
    unit: str = "",
    column: str = "",
    per: float = 1.0,
) -> Series:
    """A series of one period from figures by unit, and what they are divided by."""

    def table(figures: pd.Series) -> tuple[tuple[float | None, ...], ...]:
        return tuple((float(round(one, 6)),) for one in figures)

    return Series(
        name=name,
        level="unit",
        unit=unit,
        source="",
        what=what,
        additive=True,
        rows=rows,
        codes=tuple(map(str, values.index)),
        periods=(period,),
        values=table(values),
        base=None if base is None else table(base),
        per=per,
        column=column,
        sheet=sheet,
    )


def described(places: Places, at: int) -> str:
    """What a shape is called: its first text attribute."""
    if not len(places.attributes.columns):
        return ""
    values: Mapping[str, Any] = places.attributes.iloc[at].to_dict()
    texts = [plain_text(one) for one in values.values() if isinstance(one, str)]
    return next((one for one in texts if one), "")


def split(places: Places, sheet: str) -> tuple[Places | None, Places | None, list[Unmatched]]:
    """Points and areas apart; lines and empty shapes are not used. Points in a collection count one by one."""
    kinds = np.array(
        [shapely.get_type_id(shape) if shape is not None and not shape.is_empty else -1 for shape in places.shapes]
    )
    finite = np.array(
        [
            bool(np.isfinite(shapely.get_coordinates(shape)).all()) if kind >= 0 else False
            for shape, kind in zip(places.shapes, kinds, strict=True)
        ]
    )
    point, area = np.isin(kinds, (0, 4)) & finite, np.isin(kinds, (3, 6)) & finite
    unmatched = [
        Unmatched(sheet, places.rows[at], described(places, at), "geometry", "")
        for at in np.flatnonzero(~(point | area))
    ]
    return part(places, point, singly=True), part(places, area), unmatched


def part(places: Places, chosen: np.ndarray, *, singly: bool = False) -> Places | None:
    """The chosen shapes; None where there is none."""
    if not chosen.any():
        return None
    at: Sequence[int] = np.flatnonzero(chosen).tolist()
    shapes = places.shapes[at]
    if singly:
        shapes, owner = shapely.get_parts(shapes, return_index=True)
        at = [at[each] for each in owner]
    return Places(shapes, places.attributes.iloc[at].reset_index(drop=True), [places.rows[each] for each in at])

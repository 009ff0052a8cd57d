"""Boundaries of the territorial units: the edition zips of CSP's dataset `robezas`, and the areas measured on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data import ckan
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, Measure, SchemaError, Source, Text
from data.read import Faults, archive_members

if TYPE_CHECKING:
    from data.live import Visit

CRS = 3059
"""LKS-92 / Latvia TM: metres, x to the east, y to the north."""

UNIT_KINDS = {1: "city", 5: "municipality", 6: "town", 7: "parish"}
MUNICIPALITY_KINDS = {1: "city", 5: "municipality"}
ATTRIBUTES = {
    "L1_code": "code",
    "L1_name": "name",
    "L1_type": "type",
    "L0_code": "municipality",
    "L0_name": "municipality_name",
    "L0_type": "municipality_type",
    "NUTS3_code": "region",
    "NUTS3_name": "region_name",
}
EDITION = re.compile(r"(\d{4})\.(\d{2})\.(\d{2})")
PARTS = (".shp", ".shx", ".dbf", ".prj")

SOURCE = Source(
    id="boundaries",
    publisher=Text(lv="Centrālā statistikas pārvalde (CSP)", en="Central Statistical Bureau of Latvia (CSP)"),
    title=Text(lv="Teritoriālo vienību robežas, 1 : 1 200 000", en="Boundaries of territorial units, 1 : 1 200 000"),
    address="https://data.gov.lv/dati/dataset/robezas",
    licence=Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    credit=Text(
        lv="Robežas: Centrālā statistikas pārvalde, pamatā Valsts zemes dienesta dati",
        en="Boundaries: Central Statistical Bureau of Latvia, based on State Land Service data",
    ),
    updates=Text(lv="pēc robežu vai klasifikatora izmaiņām", en="when boundaries or the classifier change"),
    files=("territorial_units_lv_*.zip",),
    provides=(Measure("area_km2", Text(lv="Platība", en="Area"), "km²", "area", timeless=True),),
    known_problems=(
        Text(
            lv="Robežas ir vispārinātas (mērogs 1 : 1 200 000): platības var nedaudz atšķirties no kadastra datiem.",
            en="The boundaries are generalised (1 : 1 200 000): areas may differ slightly from the cadastre.",
        ),
        Text(
            lv="Robežas ir tādas, kādas tās bija izdevuma dienā, un visas datu rindas ir pārnestas uz tām. Izdevumos "
            "līdz "
            "2025. gada 1. jūlijam Varakļānu novads ir atsevišķs; kopš tās dienas tas ir Madonas novada daļa (42 "
            "novadi un "
            "valstspilsētas).",
            en="The boundaries are those of the day of the edition, and all series are carried to them. In editions "
            "before "
            "1 July 2025 Varakļānu novads stands by itself; since that day it has been part of Madonas novads (42 "
            "municipalities).",
        ),
    ),
)


NEWEST = "49c1b275-efd5-4784-af87-5182397bd453"
"""The resource of the edition of 2024, should the names of the files change."""


@dataclass(frozen=True)
class Edition:
    """The units as they were valid on a date.

    units: indexed by code (ascending), columns name, kind, municipality, municipality_name, municipality_kind, region,
    region_name, geometry (EPSG:3059)
    """

    date: str
    file: str
    units: gpd.GeoDataFrame


def live(visit: Visit) -> list[Found]:
    """Every edition that CSP offers on the open data portal, beside those that were taken earlier."""
    return ckan.files(ckan.package("robezas", visit), SOURCE.files[0], "zip", visit, NEWEST)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Area of each present unit in km², measured on the generalised boundary, for the year of the edition."""
    latest = context.once("editions", lambda: editions(files))[-1]
    area = latest.units.geometry.area / 1e6
    return pd.DataFrame(
        {
            "territory": area.index,
            "period": latest.date[:4],
            "measure": "area_km2",
            "value": area.round(4).to_numpy(),
            "status": "final",
        }
    )


def editions(files: Sequence[RawFile]) -> list[Edition]:
    """All editions, oldest first.

    Raises
    ------
    SchemaError
        If there is none, two of one date, or one does not hold what it should.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no boundary file", f"Fetch {SOURCE.files[0]} first.")
    found = sorted((read_edition(file) for file in files), key=lambda edition: edition.date)
    for earlier, later in pairwise(found):
        if earlier.date == later.date:
            raise SchemaError.of(later.file, "", f"a second file for the edition {later.date}", "Keep one of them.")
    return found


def read_edition(file: RawFile) -> Edition:
    """One edition: the shapefile inside the publisher's zip, checked.

    Checked are the parts of the shapefile, the coordinate system, the columns, codes that are unique, known types, one
    region per municipality, valid polygons, and that they cover the land without overlaps and gaps.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    layer = shapefile_member(file)
    dated = EDITION.search(layer) or EDITION.search(file.name)
    if not dated:
        raise SchemaError.of(
            file.name, f"member {layer}", "no date of edition in the name", "Keep the publisher's names (2024.01.01)."
        )
    try:
        # The publisher's name ends with "..zip", so the archive is named in braces, not found by its extension.
        raw = pyogrio.read_dataframe(f"/vsizip/{{{file.path}}}/{layer}", encoding="UTF-8")
    except Exception as error:  # GDAL, GEOS and PROJ each raise their own for the part that is damaged
        raise SchemaError.of(
            file.name, f"member {layer}", f"not a readable shapefile ({error})", "Download the file again."
        ) from None
    check_form(raw, file.name)
    units = raw.rename(columns=ATTRIBUTES).set_index("code").sort_index()
    units["kind"] = units.pop("type").astype(int).map(UNIT_KINDS)
    units["municipality_kind"] = units.pop("municipality_type").astype(int).map(MUNICIPALITY_KINDS)
    check_coverage(units, file.name)
    return Edition("-".join(dated.groups()), file.name, units)


def shapefile_member(file: RawFile) -> str:
    """The name of the one .shp in the zip, whose sister files are all there."""
    members = archive_members(file)
    layers = [name for name in members if name.lower().endswith(".shp")]
    if len(layers) != 1:
        raise SchemaError.of(
            file.name, "", f"expected one .shp, found {', '.join(layers) or 'none'}", "Give the publisher's zip."
        )
    stem = layers[0][:-4]
    absent = [part for part in PARTS if f"{stem}{part}" not in members]
    if absent:
        raise SchemaError.of(
            file.name, f"member {layers[0]}", f"its {', '.join(absent)} is missing", "Download the file again."
        )
    return layers[0]


def check_form(raw: gpd.GeoDataFrame, name: str) -> None:
    """Columns, coordinate system, codes and types."""
    faults = Faults(name)
    absent = [column for column in ATTRIBUTES if column not in raw]
    if absent:
        faults.add(
            "attribute table", f"no column {', '.join(absent)}", "The publisher may have renamed it: check the form."
        )
    if raw.crs is None or raw.crs.to_epsg(min_confidence=70) != CRS:
        there = "none" if raw.crs is None else f"EPSG:{raw.crs.to_epsg()} ({raw.crs.name})"
        faults.add(".prj", f"the coordinate system is {there}, EPSG:{CRS} is needed", f"Reproject to EPSG:{CRS}.")
    faults.raise_any()
    row = {position: f"row {position + 1}" for position in range(len(raw))}
    for position in np.flatnonzero(raw["L1_code"].duplicated(keep=False)):
        faults.add(row[position], f"the code {raw['L1_code'].iloc[position]} stands there twice")
    for column, known in (("L1_type", UNIT_KINDS), ("L0_type", MUNICIPALITY_KINDS)):
        for position in np.flatnonzero(~raw[column].isin(list(known))):
            faults.add(row[position], f"unknown {column} {raw[column].iloc[position]}")
    for column in ("L1_code", "L0_code"):
        for position in np.flatnonzero(~raw[column].astype("str").str.fullmatch(r"LV\d{7}")):
            faults.add(row[position], f"{column} {raw[column].iloc[position]!r} is not a code (LV and 7 digits)")
    pairs = raw[["L0_code", "NUTS3_code"]].drop_duplicates()
    for municipality in pairs["L0_code"][pairs["L0_code"].duplicated()].unique():
        faults.add(f"municipality {municipality}", "lies in more than one region")
    for position in np.flatnonzero(raw.geometry.isna() | raw.geometry.is_empty):
        faults.add(row[position], f"{raw['L1_code'].iloc[position]} has no polygon")
    faults.raise_any()


def check_coverage(units: gpd.GeoDataFrame, name: str) -> None:
    """The polygons are valid and cover the country without overlaps and gaps."""
    faults = Faults(name)
    shapes = units.geometry.to_numpy()
    for code, problem in zip(units.index, shapely.is_valid_reason(shapes), strict=True):
        if problem != "Valid Geometry":
            faults.add(f"unit {code}", problem)
    faults.raise_any()
    broken = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    for code in units.index[broken]:
        faults.add(f"unit {code}", "its border does not match its neighbours' (overlap or gap)")
    faults.raise_any()
    country = shapely.coverage_union_all(shapes)
    for part in shapely.get_parts(country):
        for hole in part.interiors:
            spot = shapely.Polygon(hole).representative_point()
            faults.add(f"x {spot.x:.0f}, y {spot.y:.0f}", "land that belongs to no unit")
    faults.raise_any()

"""Figures with the borders of their territories, as GeoPackage or GeoJSON; a program of its own.

    python -m data.geofiles gpkg out.gpkg < tables

It is run beside the server, so that geometry libraries never enter that. What it reads from standard input is made by
`reports.geofile`: one Parquet table after the other, each behind its length; the first has a row a territory and the
column `territory`, the others are kept as tables without geometry (GeoPackage) or left aside (GeoJSON).
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import BinaryIO, Literal

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from data.paths import SNAPSHOT

Form = Literal["gpkg", "geojson"]
LENGTH = struct.Struct("<Q")
LAYERS = ("territories", "indicators", "sources")


def tables_from(stream: BinaryIO) -> list[pd.DataFrame]:
    """The tables in a stream, each behind its length."""
    found = []
    while head := stream.read(LENGTH.size):
        content = stream.read(LENGTH.unpack(head)[0])
        found.append(pq.read_table(pa.BufferReader(content)).to_pandas())
    return found


def borders(snapshot: Path = SNAPSHOT) -> gpd.GeoDataFrame:
    """territory, geometry (EPSG:3059) of units and municipalities; a city that is both stands once."""
    units = gpd.read_parquet(snapshot / "boundaries.parquet")
    municipalities = units.dissolve("parent").reset_index()
    shapes = pd.concat([units.geometry, municipalities.geometry])
    codes = pd.concat([units["code"], municipalities["parent"]])
    both = gpd.GeoDataFrame({"territory": codes}, geometry=shapes, crs=units.crs)
    return both.loc[~both["territory"].duplicated()]


def write(form: Form, path: Path, tables: list[pd.DataFrame], snapshot: Path = SNAPSHOT) -> None:
    """Write the first table with its borders; rows of territories without borders (the country) are left out."""
    joined = borders(snapshot).merge(tables[0], on="territory", how="inner")
    order = {code: place for place, code in enumerate(tables[0]["territory"])}
    joined = joined.sort_values("territory", key=lambda codes: codes.map(order), ignore_index=True)
    if form == "geojson":
        pyogrio.write_dataframe(joined.to_crs(4326), path, driver="GeoJSON", RFC7946="YES")
        return
    pyogrio.write_dataframe(joined, path, layer=LAYERS[0], driver="GPKG", promote_to_multi=True)
    for layer, table in zip(LAYERS[1:], tables[1:], strict=False):
        pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG", append=True)


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]), tables_from(sys.stdin.buffer), Path(sys.argv[3]))

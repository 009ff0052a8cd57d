"""A made-up country of six units on a 10 km grid, published as CSP publishes: small enough to check by hand.

y 20 km  +----------+----------+----------+
         | Augšciems| Lejciems | Pils     |     Augšciems, Lejciems: parishes of Kalnu novads
y 10 km  +----------+----------+----------+     Pils: a state city; Ala: a town, Salas: parishes of Upes novads
         | Salas    | Ala      | Salas    |
y  0     +----------+----------+----------+
         x 0        10         20         30 km
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import shapely

KALNU = ("LV0020000", "Kalnu novads", 5)
UPES = ("LV0030000", "Upes novads", 5)
PILS = ("LV0001000", "Pils", 1)
UNITS = [
    # code, name, type, municipality, region, column, row of the grid
    ("LV0020410", "Augšciema pagasts", 7, KALNU, ("LV00A", "Augšzeme"), 0, 1),
    ("LV0020420", "Lejciema pagasts", 7, KALNU, ("LV00A", "Augšzeme"), 1, 1),
    ("LV0001000", "Pils", 1, PILS, ("LV00A", "Augšzeme"), 2, 1),
    ("LV0030410", "Salas pagasts", 7, UPES, ("LV00B", "Lejzeme"), 0, 0),
    ("LV0030200", "Ala", 6, UPES, ("LV00B", "Lejzeme"), 1, 0),
    ("LV0030420", "Salas pagasts", 7, UPES, ("LV00B", "Lejzeme"), 2, 0),
]
WEST, SOUTH, SIDE = 400_000, 200_000, 10_000
CROSSWALK_HEADER = (
    "L1_code_old,L1_name_old,L1_type_old,L0_code_old,L0_name_old,NUTS3_code_old,"
    "L1_code_new,L1_name_new,L1_type_new,L0_code_new,L0_name_new,NUTS3_code_new,share_old,share_new,km2,relation"
)


def made_up_units() -> gpd.GeoDataFrame:
    """The six units with the publisher's columns."""
    rows = []
    for code, name, kind, municipality, region, column, row in UNITS:
        x, y = WEST + column * SIDE, SOUTH + row * SIDE
        rows.append(
            {
                "L1_code": code,
                "L1_name": name,
                "L1_type": kind,
                "L0_code": municipality[0],
                "L0_name": municipality[1],
                "L0_type": municipality[2],
                "NUTS3_code": region[0],
                "NUTS3_name": region[1],
                "geometry": shapely.box(x, y, x + SIDE, y + SIDE),
            }
        )
    return gpd.GeoDataFrame(rows, crs=3059)


def publish(units: gpd.GeoDataFrame, folder: Path, edition: str = "2024.01.01", leave_out: str = "") -> Path:
    """Write units as the publisher's zip (two dots in its name), without the part named in `leave_out`."""
    stem = f"Territorial_units_LV_1.2m_({edition}.)"
    parts = folder / f"parts-{edition}"
    parts.mkdir(parents=True)
    units.to_file(parts / f"{stem}.shp", encoding="UTF-8", engine="pyogrio")
    target = folder / f"territorial_units_lv_1.2m_{edition}..zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(parts.iterdir()):
            if path.suffix != leave_out:
                archive.write(path, f"{stem}/{path.name}")
            path.unlink()
    parts.rmdir()
    return target


def write_crosswalk(folder: Path) -> Path:
    """The six units and the codes they had before; Ala was part of the eastern Salas pagasts."""
    lines = [CROSSWALK_HEADER]
    for position, (code, name, kind, municipality, region, _, _) in enumerate(UNITS):
        split = code in ("LV0030200", "LV0030420")
        old = "LV0990490" if split else f"LV09904{position}0"
        share = 0.5 if split else 1.0
        new = f"{code},{name},{kind},{municipality[0]},{municipality[1]},{region[0]}"
        lines.append(f"{old},{name},{kind},LV0990000,Vecais novads,LV003,{new},{share},1.0,100.0,made_up")
    path = folder / "crosswalk_2021_to_2024.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


TOY = """
from data.model import Licence, Measure, Source, Text
from data.read import open_csv

SOURCE = Source(
    id="toy",
    publisher=Text(lv="Izdomāts", en="Made up"),
    title=Text(lv="Akas", en="Wells"),
    address="https://example.org/wells",
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(lv="Akas", en="Wells"),
    updates=Text(lv="nekad", en="never"),
    files=("toy_*.csv",),
    provides=(Measure("wells", Text(lv="Akas", en="Wells"), "1", "count"),),
)


def tidy(files, context):
    import pandas as pd

    tables = [open_csv(file, {"code": "text", "year": "text", "wells": "integer"}) for file in files]
    table = pd.concat(tables)
    return pd.DataFrame(
        {
            "territory": table["code"],
            "period": table["year"],
            "measure": "wells",
            "value": table["wells"].astype("float64"),
            "status": "final",
        }
    )
"""

"""Ground for the spatial tests: units drawn in kilometres on Eurostat's grid, raw files from text, the real files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.context import Context, RawFile
from data.paths import ROOT
from data.sources import boundaries

SHARED = ROOT.parent / "shared" / "data"
X0, Y0 = 5_200_000, 3_850_000
"""Where kilometre 0, 0 of the drawings lies (EPSG:3035, m)."""


def draw(**rectangles: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Units as rectangles (x from, y from, x to, y to; km from X0, Y0), with points every 250 m to follow the grid."""
    shapes = [
        shapely.segmentize(shapely.box(X0 + a * 1000, Y0 + b * 1000, X0 + c * 1000, Y0 + d * 1000), 250)
        for a, b, c, d in rectangles.values()
    ]
    units = gpd.GeoDataFrame(index=pd.Index(list(rectangles), name="code"), geometry=shapes, crs=3035)
    return units.to_crs(3059)


def raw(folder: Path, name: str, text: str) -> RawFile:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return RawFile(name, path)


def context(units: gpd.GeoDataFrame, **files: RawFile) -> Context:
    return Context(pd.DataFrame(), units, pd.DataFrame(), {id: [file] for id, file in files.items()})


def value(observations: pd.DataFrame, territory: str, measure: str, period: str | None = None) -> float:
    """The one value of a territory and measure (and period)."""
    rows = observations[(observations["territory"] == territory) & (observations["measure"] == measure)]
    rows = rows if period is None else rows[rows["period"] == period]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


def cell(x: int, y: int) -> str:
    """The columns GRD_ID, x3035, y3035 of the 1 km cell at km x, y."""
    east, north = X0 + x * 1000, Y0 + y * 1000
    return f"CRS3035RES1000mN{north}E{east},{east},{north}"


def real_files(source) -> list[RawFile]:
    return [RawFile(path.name, path) for pattern in source.files for path in sorted(SHARED.rglob(pattern))]


@cache
def real_context() -> Context:
    """The real files of the spatial sources on the real boundaries; the test is skipped where they are absent."""
    from data.sources import census_grid, ookla, ookla_regions, osm_places, osm_services, parcel_lockers, popgrid

    sources = (popgrid, census_grid, ookla, ookla_regions, osm_services, osm_places, parcel_lockers)
    files = {module.SOURCE.id: real_files(module.SOURCE) for module in sources}
    zips = real_files(boundaries.SOURCE)
    if not zips or not all(files.values()):
        pytest.skip("the publishers' files (../shared/data) are not here")
    units = boundaries.editions(zips)[-1].units
    return Context(pd.DataFrame(), units, pd.DataFrame(), files)

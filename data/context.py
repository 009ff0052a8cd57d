"""What a source's `tidy` may lean on besides its own files: the territories and the other sources' raw files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd


@dataclass(frozen=True)
class RawFile:
    """A publisher's file as it was fetched: its own name and where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True)
class Context:
    """The shared ground of one build.

    territories: code, name, level, kind, parent, region, valid_from, valid_to, successors, area_km2
    units: the territorial units at full detail, EPSG:3059, indexed by code, column geometry
    crosswalk: old unit -> present unit with shares (columns of the publisher's edition overlay)
    files: raw files by source id
    """

    territories: pd.DataFrame
    units: gpd.GeoDataFrame
    crosswalk: pd.DataFrame
    files: Mapping[str, Sequence[RawFile]]

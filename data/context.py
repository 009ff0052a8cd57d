"""What a source's `tidy` may lean on besides its own files: the territories and the other sources' raw files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd

from data.model import FORMER, NotFetched

T = TypeVar("T")


@dataclass(frozen=True)
class RawFile:
    """A publisher's file as it was fetched: its own name and where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True)
class Context:
    """The shared ground of one build.

    territories: code, name, level, kind, parent, region, valid_from, valid_to, successors, area_km2, x, y, edge
    units: the territorial units at full detail, EPSG:3059, indexed by code, column geometry
    crosswalk: old unit -> present unit with shares (columns of the publisher's edition overlay)
    files: raw files by source id
    former: territories of earlier editions that are no more: code, name, level, valid_from, valid_to, successors
    edition: the date of the boundaries the units are taken from
    later: codes the classifier has for territories that began after that date
    residents: the residents of present units, asked for when something must be divided by them; None if not known
    people: where a snapshot keeps who lives where, for when the grid's own file is not there
    """

    territories: pd.DataFrame
    units: gpd.GeoDataFrame
    crosswalk: pd.DataFrame
    files: Mapping[str, Sequence[RawFile]]
    former: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=FORMER, dtype="str"))
    edition: str = ""
    later: frozenset[str] = frozenset()
    residents: Callable[[], pd.Series | None] = lambda: None
    people: Path | None = None
    _made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make()` gives, made once per build: for costly tables that several sources lean on."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def files_of(self, id: str) -> Sequence[RawFile]:
        """The raw files of another source.

        Raises
        ------
        NotFetched
            If there are none.
        """
        if not self.files.get(id):
            raise NotFetched.of_sources(id)
        return self.files[id]

"""The open datasets, one file each; a new one is a new file here with SOURCE and tidy, and its id in ORDER."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from data.model import Source

if TYPE_CHECKING:
    import pandas as pd

    from data.context import Context, RawFile

ORDER: tuple[str, ...] = (
    "boundaries",
    "classifier",
    "raim",
    "popgrid",
    "census_grid",
    "ookla",
    "ookla_regions",
    "osm_services",
    "osm_places",
    "parcel_lockers",
    "eurostat_ict",
    "roads",
    "population_lau",
)
"""Every source by id, in the order they are fetched and built."""


class SourceModule(Protocol):
    """What a file in this folder offers."""

    SOURCE: Source
    tidy: Callable[[Sequence[RawFile], Context], pd.DataFrame]


def available() -> tuple[str, ...]:
    """The ids of ORDER whose file is there."""
    return tuple(id for id in ORDER if importlib.util.find_spec(f"data.sources.{id}") is not None)


def load(id: str) -> SourceModule:
    """The module of a source, imported when it is first asked for.

    Raises
    ------
    KeyError
        If no source has that id.
    """
    if id not in ORDER:
        raise KeyError(f"no source {id!r}; there are {', '.join(ORDER)}")
    return cast(SourceModule, importlib.import_module(f"data.sources.{id}"))

"""The open datasets, one file each; a new one is a new file here with SOURCE and tidy."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

from data.model import Source, unique
from data.read import MAX_FILE_BYTES

if TYPE_CHECKING:
    import pandas as pd

    from data.context import Context, RawFile
    from data.live import Visit
    from data.lock import Found

ORDER: tuple[str, ...] = (
    "boundaries",
    "classifier",
    "raim",
    "popgrid",
    "census_grid",
    "ookla",
    "ookla_mobile",
    "ookla_regions",
    "osm_services",
    "osm_places",
    "parcel_lockers",
    "pharmacies",
    "medical_sites",
    "culture_centres",
    "post_offices",
    "bus_stops",
    "business_register",
    "open_datasets",
    "eurostat_ict",
    "roads",
    "csp_population",
    "csp_change",
    "csp_jobs",
    "population_lau",
    "availability",
)
"""The order in which sources are fetched and built: what others stand on first. Those not named here follow."""


class SourceModule(Protocol):
    """What a file in this folder offers."""

    SOURCE: Source
    tidy: Callable[[Sequence[RawFile], Context], pd.DataFrame]


def available() -> tuple[str, ...]:
    """The id of every source in this folder (its file's name), in their order."""
    return _in_folders(tuple(__path__))


@lru_cache(maxsize=4)
def _in_folders(folders: tuple[str, ...]) -> tuple[str, ...]:
    found = sorted(module.name for module in pkgutil.iter_modules(folders))
    return unique(id for id in (*ORDER, *found) if id in found)


def published() -> tuple[str, ...]:
    """The sources that a publisher has files of; those that people supply (`SUPPLIED`) are asked for by name."""
    return tuple(id for id in available() if not getattr(load(id), "SUPPLIED", False))


def patterns(id: str) -> tuple[str, ...]:
    """The names of a source's files: the publisher's own, and those its answers are given when it is asked live."""
    module = load(id)
    return (*module.SOURCE.files, *getattr(module, "LIVE_FILES", ()))


def live_of(id: str) -> Callable[[Visit], Sequence[Found]] | None:
    """How a source asks its publisher; None if it has no live address."""
    return getattr(load(id), "live", None)


def largest(id: str) -> int:
    """The most bytes a file of a source may have."""
    return getattr(load(id), "LARGEST_FILE", MAX_FILE_BYTES)


def keeps_earlier(id: str) -> bool:
    """Whether a source's files tell the state of their time: of earlier ones, what the snapshot holds is kept."""
    return getattr(load(id), "KEEPS_EARLIER", False)


def load(id: str) -> SourceModule:
    """The module of a source, imported when it is first asked for.

    Raises
    ------
    KeyError
        If no source has that id.
    """
    if id not in available():
        raise KeyError(f"no source {id!r}; there are {', '.join(available())}")
    return cast(SourceModule, importlib.import_module(f"data.sources.{id}"))

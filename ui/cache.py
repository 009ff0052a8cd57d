"""What all visitors share: one snapshot read once, its indicators computed once, kept until the snapshot changes."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import cast

import pandas as pd

import indicators
from data import paths
from data.model import COUNTRY
from data.store import Snapshot, open_snapshot, stamp
from indicators.catalogue import THEMES, computable
from indicators.evaluate import evaluate
from indicators.model import REGISTRY, Indicator
from indicators.success import FACTORS, Factor, with_further
from reports.values import territory_names
from ui.address import Known
from ui.views import FIRST

_LOCK = threading.RLock()
_held: ContextVar[Loaded | None] = ContextVar("held", default=None)


@dataclass(frozen=True)
class Project:
    """What the project says of itself."""

    version: str
    issues: str | None


@dataclass(frozen=True)
class Loaded:
    """A snapshot and what follows from it. Shared by all visitors: read it, never change it.

    What a visitor has brought lies over it in `ui.own.loaded()`: `own` then names its indicators, `factors` hold them
    too, and `shared` is the hash of the snapshot below.
    """

    snapshot: Snapshot
    values: pd.DataFrame
    indicators: Mapping[str, Indicator]
    factors: tuple[Factor, ...] = FACTORS
    shared: str = ""
    own: frozenset[str] = frozenset()

    @cached_property
    def periods(self) -> dict[str, dict[str, list[str]]]:
        """The periods of each indicator by level: {indicator: {level: [periods, rising]}}."""
        found = self.values.groupby(["indicator", "level"], observed=True)["period"].unique()
        periods: dict[str, dict[str, list[str]]] = {}
        for key, seen in found.items():
            indicator, level = cast(tuple[str, str], key)
            periods.setdefault(indicator, {})[level] = sorted(map(str, seen))
        return periods

    @cached_property
    def published(self) -> dict[str, list[str]]:
        """The periods in which each indicator has a value anywhere, rising."""
        found = self.values[self.values["value"].notna()].groupby("indicator", observed=True)["period"].unique()
        return {str(indicator): sorted(map(str, seen)) for indicator, seen in found.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """What each territory is called, a unit with its municipality after it."""
        return territory_names(self.snapshot.territories)

    @cached_property
    def parents(self) -> dict[str, str]:
        """The municipality in which each unit lies."""
        territories = self.snapshot.territories
        units = territories.loc[territories["level"] == "unit", ["code", "parent"]]
        return dict(units.itertuples(index=False, name=None))

    @cached_property
    def waiting(self) -> dict[str, Indicator]:
        """The indicators that are declared but have no data in this snapshot, because their sources are not in it."""
        return {name: entry for name, entry in registry().items() if name not in self.indicators}

    @cached_property
    def country(self) -> dict[str, pd.Series]:
        """The published values of the whole country by period, for each indicator that has any."""
        rows = self.values[(self.values["territory"] == COUNTRY) & self.values["value"].notna()]
        return {
            str(indicator): pd.Series(found["value"].to_numpy(), index=found["period"].astype(str)).sort_index()
            for indicator, found in rows.groupby("indicator", observed=True)
        }

    @cached_property
    def known(self) -> Known:
        """What the state of the maps may name."""
        units = self.values[self.values["level"].isin(["unit", "municipality"]) & self.values["value"].notna()]
        latest = units.groupby("indicator", observed=True)["period"].max().astype(str).to_dict()
        territories, former = self.snapshot.territories, self.snapshot.former
        today = set(territories["code"])
        taken_over = former.loc[~former["code"].isin(today) & (former["successors"] != ""), ["code", "successors"]]
        by_level = {level: frozenset(codes) for level, codes in territories.groupby("level", observed=True)["code"]}
        return Known(
            latest={name: latest[name] for name in self.indicators if name in latest},
            periods=frozenset(self.values["period"].astype(str).unique()),
            territories=by_level["unit"] | by_level["municipality"],
            municipalities=by_level["municipality"],
            regions=by_level.get("region", frozenset()),
            successors={code: new.split()[0] for code, new in taken_over.to_numpy()},
            first=list(dict.fromkeys([*(name for name in FIRST if name in latest), *latest]))[: len(FIRST)],
        )

    @cached_property
    def covered(self) -> dict[str, float]:
        """For each indicator the share of its finest level's territories with a value in the latest period (0 to 1)."""
        found = self.values[self.values["indicator"].isin(list(self.known.latest))]
        units = set(found.loc[found["level"] == "unit", "indicator"])
        own = found["level"].eq("unit") | (found["level"].eq("municipality") & ~found["indicator"].isin(units))
        found = found[own & found["period"].astype(str).eq(found["indicator"].map(self.known.latest).astype(str))]
        return found["value"].notna().groupby(found["indicator"], observed=True).mean().to_dict()

    def vintage(self, source: str) -> str:
        """First and last period of a source, "2011–2024"; empty where it has none."""
        periods = self.snapshot.manifest["sources"][source]["vintage"]["periods"]
        return "–".join(dict.fromkeys((periods[0], periods[-1]))) if periods else ""

    @property
    def edition(self) -> date:
        """The day whose territories the snapshot describes."""
        return date.fromisoformat(self.snapshot.manifest["edition"])


def current(path: Path = paths.SNAPSHOT) -> Loaded:
    """The snapshot on disk, computed. Read again only when another one has been put in its place.

    Within one run of a page it is the same one from beginning to end (`held`).

    Raises
    ------
    SnapshotError
        If a file of the snapshot is missing or damaged; it names the file and what to do.
    """
    kept = _held.get()
    if kept is not None:
        return kept
    with _LOCK:
        return _load(path, stamp(path))


@contextmanager
def held() -> Iterator[Loaded]:
    """Stay with one snapshot for the time of a block, whatever is put in its place meanwhile."""
    mark = _held.set(current())
    try:
        yield current()
    finally:
        _held.reset(mark)


@lru_cache(maxsize=1)
def _load(path: Path, stamp: str) -> Loaded:
    snapshot = open_snapshot(path)
    declared = computable(registry(), snapshot.measures)
    values = evaluate(declared, snapshot.observations, snapshot.territories, snapshot.measures)
    loaded = Loaded(snapshot, values, declared, with_further(present(values)))
    settle()
    return loaded


def present(values: pd.DataFrame) -> frozenset[str]:
    """The indicators that have a figure somewhere."""
    return frozenset(map(str, values.loc[values["value"].notna(), "indicator"].unique()))


def registry() -> Mapping[str, Indicator]:
    """Every declared indicator by id, theme by theme, once all theme files have been imported."""
    for module in pkgutil.iter_modules(indicators.__path__):
        importlib.import_module(f"indicators.{module.name}")
    order = list(THEMES)
    return dict(sorted(REGISTRY.items(), key=lambda item: order.index(item[1].theme)))


def settle() -> None:
    """Take what has been loaded out of the sight of the garbage collector.

    A full collection holds everyone up for as long as it walks; without this it walks the shared tables each time.
    """
    gc.collect()
    gc.freeze()


@lru_cache(maxsize=1)
def project() -> Project:
    """The version and the address for reports, from the project's own description."""
    described = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Project(described["version"], described.get("urls", {}).get("Issues"))

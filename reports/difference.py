"""Two snapshots beside each other: territories, measures, periods, cells, and what that does to the indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.store import Snapshot
from indicators import registry
from indicators.evaluate import evaluate

LARGEST = 3
"""How many of the largest differences are told of each measure and indicator."""


@dataclass(frozen=True)
class Cell:
    """A value that is not the same in both; None where there is none."""

    territory: str
    period: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """How one measure or indicator differs.

    new, gone: cells that only the later, only the earlier snapshot has
    changed: cells of both with another value or status
    largest: those with the largest differences between two values
    """

    id: str
    new: int
    gone: int
    changed: int
    new_periods: tuple[str, ...]
    gone_periods: tuple[str, ...]
    largest: tuple[Cell, ...]


@dataclass
class Difference:
    """What is not the same in two snapshots. Territories as "level code name"."""

    before: str
    after: str
    new_territories: list[str] = field(default_factory=list)
    gone_territories: list[str] = field(default_factory=list)
    changed_territories: list[str] = field(default_factory=list)
    new_measures: list[str] = field(default_factory=list)
    gone_measures: list[str] = field(default_factory=list)
    measures: list[Change] = field(default_factory=list)
    indicators: list[Change] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether there is no difference at all."""
        return self.before == self.after

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self) | {"same": self.same}


def compare(before: Snapshot, after: Snapshot) -> Difference:
    """What the later snapshot has otherwise than the earlier one; values held back count as not there."""
    result = Difference(before.hash, after.hash)
    if before.hash == after.hash:
        return result
    old, new = (_territories(snapshot.territories) for snapshot in (before, after))
    result.new_territories = [f"{key} {new[key][0]}" for key in sorted(new.keys() - old.keys())]
    result.gone_territories = [f"{key} {old[key][0]}" for key in sorted(old.keys() - new.keys())]
    for key in sorted(old.keys() & new.keys()):
        if old[key] != new[key]:
            pairs = zip(COMPARED, old[key], new[key], strict=True)
            told = ", ".join(f"{name} {was or '-'} → {now or '-'}" for name, was, now in pairs if was != now)
            result.changed_territories.append(f"{key} {new[key][0]}: {told}")
    result.new_measures = sorted(after.measures.keys() - before.measures.keys())
    result.gone_measures = sorted(before.measures.keys() - after.measures.keys())
    result.measures = changes(before.observations, after.observations, "measure")
    result.indicators = changes(_values(before), _values(after), "indicator")
    return result


COMPARED = ("full_name", "kind", "parent", "region", "valid_from", "valid_to", "successors")


def _territories(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """What is told of each territory, by level and code."""
    rows = table[["level", "code", *COMPARED]].astype(object).fillna("")
    return {f"{level} {code}": tuple(map(str, rest)) for level, code, *rest in rows.itertuples(index=False)}


def _values(snapshot: Snapshot) -> pd.DataFrame:
    table = evaluate(registry(), snapshot.observations, snapshot.territories, snapshot.measures)
    return pd.DataFrame(table, columns=["territory", "level", "period", "indicator", "value", "status"])


def changes(before: pd.DataFrame, after: pd.DataFrame, kind: str) -> list[Change]:
    """The measures or indicators (`kind` is the column's name) whose cells differ, in the order of their names."""
    keys = [column for column in before.columns if column not in ("value", "status")]
    both = before.merge(after, how="outer", on=keys, suffixes=("_before", "_after"), indicator=True)
    was, now = both["value_before"].astype(float), both["value_after"].astype(float)
    same = both["_merge"].eq("both") & both["status_before"].eq(both["status_after"])
    same &= was.eq(now) | (was.isna() & now.isna())
    periods = [table.groupby(kind)["period"].unique().map(set) for table in (before, after)]
    found = []
    for id, rows in both[~same].groupby(kind, sort=True):
        had, has = (set(part.get(id, set())) for part in periods)
        count = rows["_merge"].value_counts()
        gaps = rows.assign(gap=(now - was).abs()).query("gap > 0")
        columns = ["territory", "period", "value_before", "value_after"]
        largest = pd.DataFrame(gaps.nlargest(LARGEST, "gap"), columns=columns)
        found.append(
            Change(
                str(id),
                int(count["right_only"]),
                int(count["left_only"]),
                int(count["both"]),
                tuple(sorted(has - had)),
                tuple(sorted(had - has)),
                tuple(Cell(*row) for row in largest.itertuples(index=False)),
            )
        )
    return found


def lines(changed: Sequence[Change]) -> list[tuple[str, ...]]:
    """Rows of a table for people: what, new, gone and changed cells, periods, and the largest difference."""
    rows = []
    for change in changed:
        marks = [f"+{period}" for period in change.new_periods] + [f"−{period}" for period in change.gone_periods]
        first = change.largest[0] if change.largest else None
        told = f"{first.territory} {first.period}: {shown(first.before)} → {shown(first.after)}" if first else ""
        counts = (f"{number:,}" for number in (change.new, change.gone, change.changed))
        rows.append((change.id, *counts, " ".join(marks), told))
    return rows


def shown(value: float | None) -> str:
    return "-" if value is None or np.isnan(value) else f"{value:,.6g}"

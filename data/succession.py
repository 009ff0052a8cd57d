"""Series that continue others: newer figures under the older name, both kept as published, the seam a break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from data.model import Break, Measure, Source, Succession

SAME = ("level", "unit", "additive", "timeless")
"""What a series and the one it continues must have in common."""


def continued(observations: pd.DataFrame, sources: Mapping[str, Source]) -> tuple[pd.DataFrame, dict[str, Source]]:
    """The observations with later series under the names of those they continue, and the declarations to match.

    A measure that `succeeds` another gives its figures for the periods after the last one in which the other has a
    value. The other measure then names it as `continued_by` and has a break at the first of these periods. Where no
    source provides the other measure, the whole series stands in for it, without a break.

    Parameters
    ----------
    observations
        territory, period, measure, value, status; nothing of it is left out or changed.

    Raises
    ------
    ValueError
        A measure of another level, unit or way of adding up than the one it succeeds.
    """
    found = dict(sources)
    added = [observations]
    for source in sources.values():
        for later in source.provides:
            if later.succeeds is None:
                continue
            name = later.succeeds.measure
            earlier = provided(name, found)
            if earlier and any(getattr(earlier[1], what) != getattr(later, what) for what in SAME):
                raise ValueError(f"{later.id} cannot succeed {name}: another level, unit or way of adding up")
            ends = [last_period(rows, name) for rows in added]
            ends += [last_period(observations, member) for member in group_of(later.succeeds, sources)]
            last = max(ends)
            own = observations[(observations["measure"] == later.id) & (observations["period"] > last)]
            since = valued(own, later.id)["period"]
            if since.empty:
                continue
            added.append(own[own["period"] >= since.min()].assign(measure=name))
            seam = (Break(str(since.min()), later.succeeds.reason),) if last_period(observations, name) else ()
            if earlier:
                there, measure = earlier
                breaks = tuple(sorted((*measure.breaks, *seam), key=lambda entry: entry.period))
                changed = replace(measure, breaks=breaks, continued_by=(*measure.continued_by, later.id))
                kept = tuple(changed if entry.id == name else entry for entry in found[there].provides)
                found[there] = replace(found[there], provides=kept)
            else:
                stand_in = replace(later, id=name, succeeds=None, continued_by=(later.id,))
                found[source.id] = replace(found[source.id], provides=(*found[source.id].provides, stand_in))
    return (pd.concat(added, ignore_index=True) if len(added) > 1 else observations), found


def group_of(succession: Succession, sources: Mapping[str, Source]) -> set[str]:
    """The older series that change over together with one."""
    declared = (measure.succeeds for source in sources.values() for measure in source.provides)
    return {entry.measure for entry in declared if entry and succession.group and entry.group == succession.group}


def last_period(observations: pd.DataFrame, measure: str) -> str:
    """The last period in which a measure has a value; "" if it has none."""
    periods = valued(observations, measure)["period"]
    return str(periods.max()) if len(periods) else ""


def provided(measure: str, sources: Mapping[str, Source]) -> tuple[str, Measure] | None:
    """The source that provides a measure (its id), and the measure."""
    every = ((id, entry) for id, source in sources.items() for entry in source.provides)
    return next(((id, entry) for id, entry in every if entry.id == measure), None)


def valued(observations: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows of a measure that have a value."""
    return observations.loc[(observations["measure"] == measure) & observations["value"].notna()]


@dataclass(frozen=True)
class Seam:
    """A series that is declared to continue another, and from which period on it does; "" while it does not."""

    earlier: Measure
    later: Measure
    since: str


def seams(sources: Mapping[str, Source]) -> list[Seam]:
    """The series of a snapshot (its settled sources) that continue others, or will once these fall behind."""
    measures = {measure.id: measure for source in sources.values() for measure in source.provides}
    found = []
    for later in measures.values():
        earlier = measures.get(later.succeeds.measure) if later.succeeds else None
        if later.succeeds and earlier:
            since = [entry.period for entry in earlier.breaks if entry.reason == later.succeeds.reason]
            if later.id not in earlier.continued_by:
                found.append(Seam(earlier, later, ""))
            elif since:
                found.append(Seam(earlier, later, since[-1]))
    return found

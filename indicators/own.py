"""What people bring as indicators: described by them, computed as all others are, so that counts are summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from data.model import Level, Measure, Text
from indicators.model import Better, Goalposts, Indicator, Input

MARK = Text("jūsu dati", "your data")
"""Stands beside the name of everything that was brought."""
SHORT = 20
"""Characters of a name in a legend, before the mark."""
COUNT, NO_UNIT = Text("skaits", "number"), Text("bez mērvienības", "no unit")
GIVEN = Text("Skalas galus norādīja datu īpašnieks.", "The ends of the scale were given by whoever brought the data.")


@dataclass(frozen=True)
class Own:
    """An indicator somebody brought, with the measures it is computed from and their figures.

    observations: territory, period, measure, value, status
    """

    indicator: Indicator
    measures: tuple[Measure, ...]
    observations: pd.DataFrame


def own_indicator(
    id: str,
    *,
    name: str,
    unit: str,
    source: str,
    level: Level,
    better: Better,
    additive: bool,
    figures: pd.DataFrame,
    per: float = 1.0,
    ends: tuple[float, float] | None = None,
    made: Text | None = None,
) -> Own:
    """An indicator of somebody's figures.

    Parameters
    ----------
    source
        What the figures are from, in the words of the file; its name where it says nothing.
    additive
        Whether figures of parishes are summed to their municipality, the country and all parishes; figures that have
        a base always are, numerator and base apart.
    figures
        territory, period, value, status, and base where the value is divided by one.
    per
        The indicator is `per` x value, or `per` x value / base.
    ends
        Worst and best end of its scale in the index; None where it has no good end.
    made
        How the figures were worked out from points or areas; None where they stood in the file.
    """
    based = "base" in figures
    parts = [f"{id}_n", *([f"{id}_d"] if based else [])]
    title = Text(f"{name} ({MARK.lv})", f"{name} ({MARK.en})")
    cut = name if len(name) <= SHORT else f"{name[: SHORT - 1].rstrip(' ,(')}…"
    summed = additive or based
    measures = tuple(
        Measure(part, title, unit, "count" if summed else "share", level, additive=summed) for part in parts
    )
    columns = ["value", "base"][: len(parts)]
    observations = pd.concat(
        [
            figures[["territory", "period", "status"]].assign(measure=part, value=figures[column])
            for part, column in zip(parts, columns, strict=True)
        ],
        ignore_index=True,
    )
    values = figures["value"].dropna()
    shown = per * (values / figures.loc[values.index, "base"] if based else values)
    return Own(
        Indicator(
            id=id,
            title=title,
            short=Text(f"{cut} ({MARK.lv})", f"{cut} ({MARK.en})"),
            definition=made or Text(f"No jūsu faila: {source}.", f"From your file: {source}."),
            formula=made or Text("kā failā", "as in the file"),
            unit=Text(unit, unit) if unit else COUNT if summed else NO_UNIT,
            decimals=decimals_of(shown.tolist()),
            better=better,
            theme="own",
            factors=(),
            inputs=tuple(map(Input.parse, parts)),
            compute=partial(computed, per=per, parts=tuple(parts)),
            goalposts=Goalposts(*ends, GIVEN) if ends else None,
        ),
        measures,
        observations,
    )


def computed(*, per: float, parts: Sequence[str], **figures: pd.Series) -> pd.Series:
    """per x value, or per x value / base."""
    value = per * figures[parts[0]]
    return value / figures[parts[1]] if len(parts) > 1 else value


def decimals_of(values: Sequence[float]) -> int:
    """How many decimals figures need: none for whole ones or large ones, three for very small ones."""
    known = [abs(value) for value in values if value == value]
    if not known or all(float(value).is_integer() for value in known) or sorted(known)[len(known) // 2] >= 1000:
        return 0
    middle = sorted(known)[len(known) // 2]
    return 1 if middle >= 10 else 2 if middle >= 0.1 else 3

"""A land of two municipalities that fits on the back of an envelope, for tests of evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from data.model import Level, Measure, Text
from indicators.model import Indicator, Input

TITLE = Text("Kaut kas", "Something")

TERRITORIES = pd.DataFrame(
    [
        ("LV0001000", "Pilsēta", "unit", "city", "LV0001000"),
        ("LV0020200", "Mazpils", "unit", "town", "LV0020000"),
        ("LV0020400", "Kalna pagasts", "unit", "parish", "LV0020000"),
        ("LV0020600", "Lejas pagasts", "unit", "parish", "LV0020000"),
        ("LV0001000", "Pilsēta", "municipality", "city", "LV00A"),
        ("LV0020000", "Mazais novads", "municipality", "municipality", "LV00A"),
        ("LV", "Latvija", "country", "country", ""),
    ],
    columns=["code", "name", "level", "kind", "parent"],
)
CITY, TOWN, HILL, DALE, DISTRICT = "LV0001000", "LV0020200", "LV0020400", "LV0020600", "LV0020000"


def measure(
    id: str, level: Level = "unit", additive: bool = True, timeless: bool = False, lead: int | None = None
) -> Measure:
    return Measure(id, TITLE, "number", "count", level, additive=additive, timeless=timeless, lead=lead)


def observed(figures: Mapping[tuple[str, str], Mapping[str, float | str]]) -> pd.DataFrame:
    """Observations from {(measure, period): {territory: figure, or the status of a cell without one}}."""
    rows = [
        (place, period, name, float("nan"), figure)
        if isinstance(figure, str)
        else (place, period, name, figure, "final")
        for (name, period), cells in figures.items()
        for place, figure in cells.items()
    ]
    return pd.DataFrame(rows, columns=["territory", "period", "measure", "value", "status"])


def made(id: str, compute: Callable[..., pd.Series], *inputs: str, **further: object) -> dict[str, Indicator]:
    """A registry of one bare indicator."""
    entry = Indicator(
        id=id,
        title=TITLE,
        short=TITLE,
        definition=TITLE,
        formula=TITLE,
        unit=TITLE,
        decimals=1,
        better="neither",
        theme="people",
        factors=(),
        inputs=tuple(Input.parse(name) for name in inputs),
        compute=compute,
        **further,  # type: ignore[arg-type]
    )
    return {id: entry}

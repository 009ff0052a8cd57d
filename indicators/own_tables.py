"""What is known of each unit: the indicator values turned into observations of the product's own tables."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

MEASURES = (
    "reference_indicators",
    "reference_usable",
    "reference_native",
    "reference_estimated",
    "reference_age_years",
)
"""The measures of the source `own_tables`."""


def reads_own_tables(measures: Iterable[str]) -> bool:
    """Whether an indicator with these measures is computed from what the others gave."""
    return not set(MEASURES).isdisjoint(measures)


def observe(values: pd.DataFrame) -> pd.DataFrame:
    """Observations of `MEASURES` for every unit, in the year of the newest value of any unit.

    Parameters
    ----------
    values
        What `evaluate` gives of the indicators on the reference list: all that have rows for units, a value copied
        from the municipality or modelled from the country included.

    Returns
    -------
    DataFrame
        territory, period, measure, value, status. Of each unit: indicators on the list (the same for all), those with
        a value in any period, those among them whose newest value is of the unit's own level, those whose newest
        value is estimated or that are suppressed, and the median age of the newest values (years before the newest of
        all). No rows where no unit has a value.
    """
    units = values.loc[
        values["level"] == "unit", ["territory", "indicator", "period", "value", "status", "native_level"]
    ]
    valued = units[units["value"].notna()]
    if valued.empty:
        return pd.DataFrame(columns=["territory", "period", "measure", "value", "status"])
    key = ["territory", "indicator"]
    valued = valued.sort_values("period", kind="stable").drop_duplicates(key, keep="last")
    years = valued["period"].str[:4].astype(int)
    newest = int(years.max())
    hidden = units[units["status"] == "suppressed"].drop_duplicates(key)
    hidden = hidden[~pd.MultiIndex.from_frame(hidden[key]).isin(pd.MultiIndex.from_frame(valued[key]))]
    place = valued["territory"]
    table = pd.DataFrame(
        {
            "reference_usable": place.value_counts(),
            "reference_native": place[valued["native_level"] == "unit"].value_counts(),
            "reference_estimated": place[valued["status"] == "estimated"]
            .value_counts()
            .add(hidden["territory"].value_counts(), fill_value=0),
        },
        index=pd.Index(units["territory"].unique(), name="territory"),
    ).fillna(0.0)
    table["reference_indicators"] = float(units["indicator"].nunique())
    table["reference_age_years"] = (newest - years).groupby(place).median()
    long = table.reset_index().melt("territory", var_name="measure", value_name="value")
    long["status"] = long["value"].notna().map({True: "final", False: "not_applicable"})
    return long.assign(period=str(newest))

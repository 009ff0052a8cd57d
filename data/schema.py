"""Gate 1: what every source's Observations must be before they enter the snapshot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.model import COUNTRY, PERIOD, STATUSES, TERRITORY_CODE, VALUELESS, Fault, Level, SchemaError, Source

COLUMNS = ("territory", "period", "measure", "value", "status")
KEY = ["territory", "period", "measure"]
UNKNOWN = "a territory that is unknown at the measure's level"
NEVER_NEGATIVE = frozenset({"count", "share", "speed", "distance", "length", "area", "weighted_sum"})


def empty_observations() -> pd.DataFrame:
    """A table of Observations without rows (for sources that only give territories or places)."""
    return pd.DataFrame({column: pd.Series(dtype="float64" if column == "value" else "str") for column in COLUMNS})


def observations(
    df: pd.DataFrame,
    source: Source,
    territories: pd.DataFrame | None = None,
    former: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The observations of a source, checked and sorted by their key.

    Parameters
    ----------
    df
        Columns territory, period, measure (str), value (float64), status (str); nothing else.
    territories
        The table of territories: then every code must be known at its measure's level. Region codes of an earlier
        edition (LV00x) are accepted for region measures, since series are published under them.
    former
        The territories that are no more (code, name, valid_to, successors): a fault of such a code says who took over.

    Raises
    ------
    SchemaError
        All faults at once, each with row (from 0), column, key and value; the file named is the source.
    """
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    measures = {measure.id: measure for measure in source.provides}

    def one_value(frame: Any) -> pd.Series:
        return frame["value"].isna().eq(frame["status"].isin(list(VALUELESS)))

    def not_negative(frame: Any) -> pd.Series:
        counted = frame["measure"].isin([m.id for m in measures.values() if m.kind in NEVER_NEGATIVE])
        return ~(counted & frame["value"].lt(0))

    def within_hundred(frame: Any) -> pd.Series:
        shares = frame["measure"].isin([m.id for m in measures.values() if m.kind == "share" and m.unit == "%"])
        return ~(shares & frame["value"].gt(100))

    def right_level(frame: pd.DataFrame) -> pd.Series:
        right = pd.Series(True, index=frame.index)
        levels = frame["measure"].map({id: measure.level for id, measure in measures.items()})
        for level in levels.dropna().unique():
            rows = levels == level
            right[rows] = known_at(frame.loc[rows, "territory"], level, territories)
        return right

    schema = pa.DataFrameSchema(
        {
            "territory": pa.Column(checks=pa.Check.str_matches(rf"^({TERRITORY_CODE.pattern})$", error="not a code")),
            "period": pa.Column(checks=pa.Check.str_matches(rf"^({PERIOD.pattern})$", error="not a year or quarter")),
            "measure": pa.Column(checks=pa.Check.isin(list(measures), error="a measure the source does not declare")),
            "value": pa.Column(
                "float64",
                checks=pa.Check(lambda v: v.isna() | np.isfinite(v), error="not a finite number"),
                nullable=True,
            ),
            "status": pa.Column(checks=pa.Check.isin(list(STATUSES), error="an unknown status")),
        },
        checks=[
            pa.Check(one_value, error="a value where the status says there is none, or none where there should be"),
            pa.Check(not_negative, error="a negative value of a quantity that cannot be negative"),
            pa.Check(within_hundred, error="a share over 100%"),
            pa.Check(right_level, error=UNKNOWN),
        ],
        unique=KEY,
        strict=True,
        ordered=False,
    )
    df = df.reset_index(drop=True)
    try:
        schema.validate(df, lazy=True)
    except SchemaErrors as errors:
        raise SchemaError(source.id, faults_of(df, errors.failure_cases, territories, former)) from None
    text = {column: df[column].astype("str") for column in COLUMNS if column != "value"}
    return df.assign(**text).reindex(columns=list(COLUMNS)).sort_values(KEY, ignore_index=True)


def known_at(codes: pd.Series, level: Level, territories: pd.DataFrame | None) -> pd.Series:
    """Whether each code is a territory of that level (always true where no territories are given)."""
    if territories is None:
        return pd.Series(True, index=codes.index)
    if level == "country":
        return codes == COUNTRY
    known = codes.isin(territories.loc[territories["level"] == level, "code"])
    return known | codes.str.fullmatch(r"LV00[0-9A-Z]") if level == "region" else known


def became(code: str | None, territories: pd.DataFrame | None = None, former: pd.DataFrame | None = None) -> str:
    """What to do about an unknown code: which present territories took over the land of a former one, if it was one."""
    rows = former[former["code"] == code] if former is not None else None
    if rows is None or rows.empty or territories is None:
        return "Check the code against the classifier (ATVK)."
    row = rows.iloc[-1]
    named = territories.drop_duplicates("code").set_index("code")["full_name"]
    successors = ", ".join(f"{new} ({named.get(new, '?')})" for new in row["successors"].split())
    return f"{code} was {row['name']} until {row['valid_to']}; its land is now part of {successors}."


def faults_of(
    df: pd.DataFrame,
    cases: pd.DataFrame,
    territories: pd.DataFrame | None = None,
    former: pd.DataFrame | None = None,
) -> list[Fault]:
    """Pandera's failure cases as faults, one per row and problem; faults of the columns themselves come alone."""
    missing = sorted(set(COLUMNS) - set(df.columns))
    surplus = sorted(set(df.columns) - set(COLUMNS))
    if missing or surplus:
        return [Fault(f"column {name!r}", "missing") for name in missing] + [
            Fault(f"column {name!r}", "does not belong to observations") for name in surplus
        ]
    faults: dict[tuple[object, str], Fault] = {}
    for case in cases.to_dict("records"):
        row, column, check = case["index"], str(case["column"]), str(case["check"])
        if row is None or pd.isna(row):
            faults[column, check] = Fault(f"column {column!r}", f"{check}: {case['failure_case']}")
            continue
        position = int(row)
        if "unique" in check:
            check = "the same territory, period and measure twice"
        key = " ".join(str(df.loc[position, name]) for name in KEY)
        if case["schema_context"] == "Column":
            shown = f"{column} {df.loc[position, column]!r}"
        else:
            shown = f"value {df.loc[position, 'value']:g}, status {df.loc[position, 'status']!r}"
        step = became(str(df.loc[position, "territory"]), territories, former) if check == UNKNOWN else ""
        faults[position, check] = Fault(f"row {position} ({key})", f"{check} ({shown})", step)
    return list(faults.values())

"""Broadband that can be ordered: addresses by the speed they can get, as holders of PPĢIS or SPRK figures supply them.

No open file of these figures was found, so the form is our own: a CSV with one row per territorial unit and year.

    code;year;addresses;share_30;share_100;share_1000;share_vhcn
    LV0027400;2024;512;91.2;74.0;38.5;40.1

`addresses` is how many were counted, a share is per cent of them; a share may be left out (a column, or a cell).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data.context import Context, RawFile
from data.model import SchemaError
from data.own.availability import ADDRESSES, NAMES, SOURCE
from data.read import Faults, file_text, parse_csv
from data.schema import COLUMNS, KEY

SUPPLIED = True
"""Nobody publishes it: its files come by `import`, or when it is named."""


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Addresses, and those of each speed: share / 100 x addresses, rounded to 0.001.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    tables = []
    for file in sorted(files, key=lambda file: file.name):
        table = read(file)
        long = table[["code", "year"]].assign(**{ADDRESSES: table[ADDRESSES].astype("float64")})
        for name, measure in NAMES.items():
            if name in table:
                long[measure] = (table[name] * table[ADDRESSES] / 100).round(3)
        tables.append(long.melt(["code", "year"], var_name="measure", value_name="value").dropna(subset="value"))
    result = pd.concat(tables, ignore_index=True).rename(columns={"code": "territory", "year": "period"})
    result = result.assign(period=result["period"].astype("str"), status="final")
    return result.reindex(columns=list(COLUMNS)).sort_values(KEY, ignore_index=True)


def read(file: RawFile) -> pd.DataFrame:
    """The rows of a file of our form: code, year, addresses, and the shares it has.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    text = file_text(file)
    separator = ";" if ";" in text.partition("\n")[0] else ","
    header = [name.strip() for name in text.partition("\n")[0].split(separator)]
    shares = [name for name in NAMES if name in header]
    if not shares:
        step = f"The columns are code, year, {ADDRESSES}, {', '.join(NAMES)}."
        raise SchemaError.of(file.name, "line 1", "no column of a share", step)
    table = parse_csv(
        text,
        file.name,
        {"code": "text", "year": "integer", ADDRESSES: "number", **dict.fromkeys(shares, "number?")},
        separator=separator,
    )
    faults = Faults(file.name)
    for name in shares:
        for line, value in table.loc[
            ~table[name].dropna().between(0, 100).reindex(table.index, fill_value=True), name
        ].items():
            faults.add(f"line {line}, column {name!r}", f"{value:g} is no share from 0 to 100")
    for line, value in table.loc[table[ADDRESSES] < 0, ADDRESSES].items():
        faults.add(f"line {line}, column {ADDRESSES!r}", f"{value:g} is a negative count")
    faults.raise_any()
    return table


__all__ = ["SOURCE", "SUPPLIED", "read", "tidy"]

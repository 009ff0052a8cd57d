"""JSON-stat as statistical offices send it: a cube of values into a tidy table.

Read are version 2.0 (flat; values as a list with nulls, or as an object of those that are there) and version 1 (wrapped
in `dataset`, dimensions listed below `dimension`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import pandas as pd

MOST_CELLS = 20_000_000


def table(body: Any) -> pd.DataFrame:
    """Every cell of an answer as a row.

    Returns
    -------
    DataFrame
        For each dimension a column of codes under its id and a column of labels under "<id> label", then value (float,
        NaN where there is none) and status (the publisher's mark, or ""). `attrs["dimensions"]` lists the dimensions,
        `attrs["time"]` names that of time ("" if the answer does not say).

    Raises
    ------
    ValueError, LookupError, TypeError, AttributeError
        The answer is not JSON-stat, or its parts do not fit each other.
    """
    if "id" in body:
        ids, sizes, role = body["id"], body["size"], body.get("role") or {}
    else:
        body = body["dataset"]
        form = body["dimension"]
        ids, sizes, role = form["id"], form["size"], form.get("role") or {}
    count = math.prod(sizes)
    if not 0 <= count <= MOST_CELLS:
        raise ValueError(f"{count:,} cells; at most {MOST_CELLS:,} are read")
    codes, labels = [], {}
    for id, size in zip(ids, sizes, strict=True):
        category = body["dimension"][id]["category"]
        names = category.get("label", {})
        index = category.get("index") or list(names)
        ordered = sorted(index, key=lambda code, at=index: at[code]) if isinstance(index, Mapping) else list(index)
        if len(ordered) != size:
            raise ValueError(f"dimension {id} has {len(ordered)} codes, not {size}")
        codes.append(ordered)
        labels[id] = {code: str(names.get(code, code)) for code in ordered}
    cells = pd.DataFrame(list(product(*codes)), columns=ids, dtype="str")
    for id in ids:
        cells[f"{id} label"] = cells[id].map(labels[id]).astype("str")
    cells["value"] = pd.Series(by_place(body["value"], count), dtype="object").astype("float64")
    marks = by_place(body.get("status") or {}, count)
    cells["status"] = pd.Series(["" if mark is None else str(mark) for mark in marks], dtype="str")
    times = role.get("time") or [id for id in ids if id.upper() == "TIME"]
    cells.attrs.update(dimensions=list(ids), time=times[0] if times else "")
    return cells


def by_place(values: Any, count: int) -> list[Any]:
    """Values by their place in row-major order: a list as it is, an object filled up with None."""
    if isinstance(values, Mapping):
        filled: list[Any] = [None] * count
        for place, value in values.items():
            if not 0 <= int(place) < count:
                raise ValueError(f"a value at {place}, outside the table")
            filled[int(place)] = value
        return filled
    if isinstance(values, str):
        return [values] * count
    if len(values) != count:
        raise ValueError(f"{len(values)} values, not {count}")
    return list(values)

"""What the weights amount to."""

from __future__ import annotations

import pandas as pd

from indicators.index.meta import Meta


def percent(meta: Meta) -> pd.Series:
    """Each code's weight as per cent of its group (its parent's children), by code; 100 for a top."""
    table = meta.table
    whole = table.groupby("parent")["weight"].transform("sum").where(table["parent"] != "", table["weight"])
    return (100 * table["weight"] / whole).where(table["parent"] != "", 100.0).rename("percent")


def effective(meta: Meta) -> pd.Series:
    """Each code's share of the top it stands under, 0 to 1, by code: the product of the shares in the groups above.

    The indicators under one top sum to 1, whatever the depth of the tree.
    """
    share = percent(meta) / 100
    parents = meta.table["parent"]
    found: dict[str, float] = {}
    for code in reversed(meta.codes):
        parent = parents[code]
        found[code] = share[code] * (found[parent] if parent else 1.0)
    return pd.Series(found, name="effective").reindex(meta.table.index)

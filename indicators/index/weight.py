"""What the weights amount to."""

from __future__ import annotations

import math

import pandas as pd

from indicators.index.meta import Meta


def percent(meta: Meta) -> pd.Series:
    """Each code's weight as per cent of its group (its parent's children), by code; 100 for a top.

    NaN in a group that weighs nothing.
    """
    weights = meta.weights.to_dict()
    shares = dict.fromkeys(weights, 100.0)
    for parent in meta.aggregates:
        children = meta.children(parent)
        whole = sum(weights[child] for child in children)
        shares |= {child: 100 * weights[child] / whole if whole else math.nan for child in children}
    return pd.Series(shares, name="percent", dtype=float)


def effective(meta: Meta) -> pd.Series:
    """Each code's share of the top it stands under, 0 to 1, by code: the product of the shares in the groups above.

    The indicators under one top sum to 1, whatever the depth of the tree.
    """
    found = (percent(meta) / 100).to_dict()
    for code in reversed(meta.codes):
        if parent := meta.parent(code):
            found[code] *= found[parent]
    return pd.Series(found, name="effective", dtype=float)

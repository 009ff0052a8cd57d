"""Class breaks for maps: equal, quantile, Jenks, round and manual, with the classes that were really found.

classify(values, method, k)  -> edges, counts and how well the classes fit
class_of(values, edges)      -> the class of each value
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import jenkspy
import numpy as np
import numpy.typing as npt

Method = Literal["equal", "quantile", "jenks", "round", "manual"]
METHODS: tuple[Method, ...] = ("equal", "quantile", "jenks", "round", "manual")
FEWEST, MOST = 3, 7
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Classes:
    """Ascending edges of the classes and how many values each holds.

    Class i holds `edges[i] < value <= edges[i + 1]`; the first also holds its lower edge, and holds nothing else where
    its two edges are equal (many zeros are a class of their own). `requested` is the number
    asked for: ties and repeated breaks can leave fewer. `gvf` is the goodness of variance fit, the part of the sum of
    squares that lies between the classes: 1 where each class holds equal values; NaN where nothing varies.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    requested: int
    gvf: float = math.nan

    @property
    def found(self) -> int:
        return len(self.counts)


def classify(
    values: Sequence[float] | npt.NDArray[np.float64],
    method: Method,
    k: int = 5,
    breaks: Sequence[float] = (),
) -> Classes:
    """Divide values into up to k classes; missing values take no part.

    Parameters
    ----------
    breaks
        For "manual": the inner breaks; those outside the range of the values are left out.

    Returns
    -------
    Classes
        "equal", "round" and "manual" may have empty classes, the others have none.

    Raises
    ------
    ValueError
        If k is not 3 to 7 or the method is unknown.

    Notes
    -----
    Quantiles interpolate linearly. Jenks is the optimal partition. Round breaks are multiples of 1, 2, 2.5 or 5 times
    a power of ten, the finest step that needs no more than k classes.
    """
    if not FEWEST <= k <= MOST:
        raise ValueError(f"{k} classes: choose {FEWEST} to {MOST}")
    data = np.asarray(values, dtype=float)
    data = np.sort(data[np.isfinite(data)])
    if not data.size:
        return Classes((), (), k)
    low, high = float(data[0]), float(data[-1])
    if low == high:
        return Classes((low, high), (data.size,), k)
    match method:
        case "equal":
            edges = np.linspace(low, high, k + 1)
        case "quantile":
            edges = np.quantile(data, np.linspace(0, 1, k + 1))
        case "jenks":
            edges = np.array(jenkspy.jenks_breaks(data, n_classes=min(k, np.unique(data).size)))
        case "round":
            edges = _round_edges(low, high, k)
        case "manual":
            edges = np.array([low, *breaks, high])
        case _:
            raise ValueError(f"no such class method: {method!r}")
    inner = np.unique(edges[1:-1])
    inner = inner[(inner >= low) & (inner < high)]
    if method == "quantile":  # among ties it may interpolate to where no value stands
        inner = inner[np.diff(np.searchsorted(data, inner, side="right"), prepend=0) > 0]
    edges = np.array([edges[0], *inner, edges[-1]])
    member = class_of(data, edges)
    counts = np.bincount(member, minlength=len(edges) - 1)
    sums = np.bincount(member, weights=data - data.mean(), minlength=len(edges) - 1)
    between = (sums[counts > 0] ** 2 / counts[counts > 0]).sum()
    gvf = float(between / ((data - data.mean()) ** 2).sum())
    return Classes(tuple(float(e) for e in edges), tuple(int(c) for c in counts), k, gvf)


def class_of(
    values: Sequence[float] | npt.NDArray[np.float64], edges: Sequence[float] | npt.NDArray[np.float64]
) -> npt.NDArray[np.intp]:
    """The class of each value, from 0; -1 for a missing value and for one outside the edges.

    edges : ascending, one more than there are classes; class i holds edges[i] < value <= edges[i + 1], the first also
    its lower edge.
    """
    data, bounds = np.asarray(values, dtype=float), np.asarray(edges, dtype=float)
    if len(bounds) < 2:
        return np.full(data.shape, -1)
    inside = (data >= bounds[0]) & (data <= bounds[-1])
    return np.where(inside, np.searchsorted(bounds[1:-1], data, side="left"), -1)


def _round_edges(low: float, high: float, k: int) -> npt.NDArray[np.float64]:
    """The finest round steps that reach from below the lowest to above the highest value in at most k classes."""
    power = math.floor(math.log10((high - low) / k))
    for step in sorted(step * 10.0**exponent for exponent in (power, power + 1) for step in STEPS):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= k:
            return np.array([float(f"{i * step:.12g}") for i in range(first, last + 1)])
    raise AssertionError("a step of the range itself always fits")

"""Spatial autocorrelation: Moran's I and Geary's C of a whole field, local Moran (LISA) and Getis-Ord Gi* of places.

moran(values, neighbours)           -> is the field clustered at all
geary(values, neighbours)           -> the same asked of differences
local_moran(values, neighbours)     -> which places are clusters (HH, LL) or stand out from their surroundings (HL, LH)
getis_ord(values, neighbours)       -> which neighbourhoods are hot or cold
local_geary(values, neighbours)     -> how far each place differs from its neighbours
bivariate_moran(values, lagged, …)  -> does one quantity go with the other of the neighbours
standardised_rates(events, base)    -> rates whose different certainty does not feign a pattern

Who borders on whom is a table with columns territory and neighbour (`snapshot.neighbours` of one level) or a mapping
from each unit to its neighbours. A unit without a value drops out together with its links. A unit that is then without
neighbours is an island: it counts in mean and variance but has no local result, so it is never a cluster. What was
copied from a larger territory must be left out by the caller (`excluded`): copies make false clusters.

p-values are two-sided; a local result is a cluster only where it holds after Benjamini-Hochberg. The order of the units
changes nothing, and the same seed gives the same p.

Written on numpy rather than on esda, against whose results (and those of R's spdep) it is tested: with weights that are
equal within a row each local test is that of a sample drawn without replacement, which is one formula and one draw.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Style = Literal["W", "B"]
"""W: row-standardised, each unit's neighbours weigh 1 together. B: binary, each neighbour weighs 1."""
Neighbours = pd.DataFrame | Mapping[Hashable, Iterable[Hashable]]

PERMUTATIONS = 9_999
SEED = 20240101
ALPHA = 0.05
ROUNDING = 1e-12
"""Differences below this part of the largest value are rounding: such values are equal."""

REASONS = ("", "missing", "excluded", "no_neighbours", "constant")
"""Why a unit has no local result: no value, left out by the caller, an island, or a field without any variation."""

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Autocorrelation:
    """Moran's I or Geary's C with its moments under the null hypothesis of no pattern.

    `variance`, `z`, `p` hold under randomisation (the values are given, their places are chance), `*_normal` under
    normality. `p_permuted` is None where nothing was permuted. All p are two-sided; z is positive where neighbours are
    alike. `units` counts the units with a value; of those `islands` have no neighbour, `left_out` names the others.
    """

    statistic: float
    expected: float
    variance: float
    z: float
    p: float
    variance_normal: float
    z_normal: float
    p_normal: float
    p_permuted: float | None
    units: int
    islands: tuple[Hashable, ...]
    left_out: tuple[Hashable, ...]


@dataclass(frozen=True)
class _Field:
    """The n units with a value, in the order of their names, and the links among them (sorted by `one`)."""

    values: Floats
    one: Places
    other: Places
    degree: Places
    units: pd.Index
    reasons: pd.Series

    @classmethod
    def of(cls, values: pd.Series, neighbours: Neighbours, excluded: pd.Series | None) -> _Field:
        if values.index.has_duplicates:
            raise ValueError(f"units twice: {values.index[values.index.duplicated()].unique().tolist()}")
        values = values.sort_index().astype("float64")
        reasons = pd.Series("", index=values.index, dtype="str")
        reasons[~np.isfinite(values.to_numpy())] = "missing"
        if excluded is not None:
            reasons[excluded.reindex(values.index, fill_value=False).to_numpy(dtype=bool)] = "excluded"
        units = values.index[(reasons == "").to_numpy()]
        links = _links(neighbours, units)
        degree = np.bincount(links[:, 0], minlength=len(units))
        reasons[units[degree == 0]] = "no_neighbours"
        kept = values[units].to_numpy()
        if not len(kept) or kept.min() == kept.max():
            reasons[reasons == ""] = "constant"
        return cls(kept, links[:, 0], links[:, 1], degree, units, reasons)

    @property
    def mean(self) -> float:
        return float(self.values.mean()) if len(self.values) else math.nan

    @property
    def deviations(self) -> Floats:
        """Differences from the mean; 0 where they are but rounding."""
        z = self.values - self.mean
        return np.where(np.abs(z) > ROUNDING * np.abs(self.values).max(initial=0.0), z, 0.0)

    @property
    def is_constant(self) -> bool:
        return bool((self.reasons == "constant").any()) or not len(self.one)

    @property
    def islands(self) -> tuple[Hashable, ...]:
        return tuple(self.units[self.degree == 0])

    @property
    def left_out(self) -> tuple[Hashable, ...]:
        return tuple(self.reasons.index.difference(self.units))

    def weights(self, style: Style) -> Floats:
        """The weight of each link."""
        return 1.0 / self.degree[self.one] if style == "W" else np.ones(len(self.one))

    def sums(self, of_links: Floats) -> Floats:
        """What the links give, summed for each unit."""
        return np.bincount(self.one, weights=of_links, minlength=len(self.values)).astype(np.float64)


def _links(neighbours: Neighbours, units: pd.Index) -> Places:
    """Places of both ends of every link among the units, each once, sorted; nobody is a neighbour of itself."""
    if isinstance(neighbours, pd.DataFrame):
        ends = [pd.Index(neighbours[column]) for column in ("territory", "neighbour")]
    else:
        pairs = [(unit, other) for unit, others in neighbours.items() for other in others]
        ends = [pd.Index([pair[side] for pair in pairs]) for side in (0, 1)]
    places = np.column_stack([units.get_indexer(end) for end in ends]).astype(np.intp).reshape(-1, 2)
    return np.unique(places[(places >= 0).all(axis=1) & (places[:, 0] != places[:, 1])], axis=0)


def moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    style: Style = "W",
    excluded: pd.Series | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Autocorrelation:
    """Moran's I: 1 where neighbours are alike, about 0 (-1/(n-1)) for no pattern, negative where they alternate.

    Parameters
    ----------
    values
        n values by unit, any unit of measurement.
    excluded
        True for units to leave out.
    permutations
        Runs of the permutation test; 0 for none.

    Notes
    -----
    I = n/S0 · Σ w_ij z_i z_j / Σ z_i². Islands count in the mean and the sum of squares but not in n, as R's spdep has
    it. Moments: Cliff and Ord (1981), Spatial Processes. A constant field has no I: all numbers are NaN.
    """
    field = _Field.of(values, neighbours, excluded)
    if field.is_constant:
        return _nothing(field)
    z, w = field.deviations, field.weights(style)
    n, s0, s1, s2 = _constants(field, w)
    scale = n / s0 / (z @ z)
    statistic = scale * (z[field.one] * w) @ z[field.other]
    kurtosis = len(z) * (z**4).sum() / (z @ z) ** 2
    expected = -1 / (n - 1)
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / (s0**2 * (n**2 - 1)) - expected**2
    given = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    given -= kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    variance = given / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2 if n > 3 else math.nan
    permuted = None
    if permutations:
        rng = np.random.default_rng(seed)
        shuffled = (rng.permutation(z) for _ in range(permutations))
        runs = np.array([scale * (run[field.one] * w) @ run[field.other] for run in shuffled])
        permuted = float(_two_sided(np.array([statistic]), runs[:, None], 1.0)[0])
    return _result(field, statistic, expected, variance, normal, permuted, sign=1)


def geary(
    values: pd.Series, neighbours: Neighbours, *, style: Style = "W", excluded: pd.Series | None = None
) -> Autocorrelation:
    """Geary's C: 1 for no pattern, towards 0 where neighbours are alike, above 1 where they differ.

    Notes
    -----
    C = (n-1)/(2 S0) · Σ w_ij (x_i - x_j)² / Σ z_i². z is (1 - C)/sd, positive where neighbours are alike. Islands as in
    `moran`. Moments: Cliff and Ord (1981).
    """
    field = _Field.of(values, neighbours, excluded)
    if field.is_constant:
        return _nothing(field)
    z, w = field.deviations, field.weights(style)
    n, s0, s1, s2 = _constants(field, w)
    statistic = (n - 1) / (2 * s0) * (w @ (z[field.one] - z[field.other]) ** 2) / (z @ z)
    kurtosis = n * (z**4).sum() / (z @ z) ** 2
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    given = (n - 1) * s1 * (n**2 - 3 * n + 3 - kurtosis * (n - 1))
    given -= (n - 1) * s2 * (n**2 + 3 * n - 6 - kurtosis * (n**2 - n + 2)) / 4
    given += s0**2 * (n**2 - 3 - kurtosis * (n - 1) ** 2)
    variance = given / (n * (n - 2) * (n - 3) * s0**2) if n > 3 else math.nan
    return _result(field, statistic, 1.0, variance, normal, None, sign=-1)


def local_moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    style: Style = "W",
    excluded: pd.Series | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Local Moran (LISA): units that are like, or unlike, their neighbours beyond chance.

    Parameters
    ----------
    values
        n values by unit, any unit of measurement.
    permutations
        Runs of the conditional permutation test: a unit keeps its value, its neighbours' are drawn from all others
        without replacement. 0 takes the normal approximation with the moments of the same draw instead.
    alpha
        The share of false discoveries that is accepted among the clusters.

    Returns
    -------
    DataFrame
        Indexed as `values`. value; lag (mean of the neighbours); statistic (I_i); expected, variance, z (of I_i given
        the unit's own value); p (two-sided); p_adjusted (Benjamini-Hochberg); quadrant (HH, LL, HL, LH: the unit, then
        its neighbours, above or not above the mean); cluster (the quadrant where p_adjusted <= alpha, else ""); reason
        (one of REASONS: why there is no result).

    Notes
    -----
    I_i = z_i/m2 · Σ_j w_ij z_j with m2 = Σ z²/n (Anselin 1995; esda divides by n-1). Conditional moments: Sokal,
    Oden and Thomson (1998), as in spdep.
    """
    field = _Field.of(values, neighbours, excluded)
    z = field.deviations
    lag = _divide(field.sums(z[field.other]), field.degree)
    mean, sd = _drawn(z, field.degree, conditional=True)
    score = _divide(field.sums(z[field.other]) - mean, sd) * np.sign(z)
    p = _normal_p(score) if not permutations else _permuted(field, z, permutations, seed, conditional=True)
    p[z == 0] = 1.0  # at the mean itself I_i is 0 whatever the neighbours are
    factor = z / (z @ z / len(z)) / (np.maximum(field.degree, 1) if style == "W" else 1) if z.any() else z
    quadrant = np.char.add(np.where(z > 0, "H", "L"), np.where(lag > 0, "H", "L"))
    columns = {
        "lag": lag + field.mean,
        "statistic": factor * field.sums(z[field.other]),
        "expected": factor * mean,
        "variance": (factor * sd) ** 2,
        "z": score,
        "p": p,
    }
    return _table(values, field, columns, {"quadrant": quadrant}, quadrant, alpha)


def getis_ord(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    star: bool = True,
    excluded: pd.Series | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Getis-Ord Gi*: neighbourhoods whose values are high (hot) or low (cold) beyond chance.

    Parameters
    ----------
    star
        Gi* counts the unit among its own neighbours (weight 1 like theirs); Gi leaves it out.
    permutations
        Runs of the permutation test: the neighbourhood is drawn without replacement from all units (Gi*) or from all
        others (Gi). 0 takes the normal approximation.

    Returns
    -------
    DataFrame
        Indexed as `values`. value; lag (mean of the neighbourhood); z (Getis-Ord); p; p_adjusted; cluster (hot, cold or
        ""); reason. As in `local_moran`.

    Notes
    -----
    z = (Σ_j w_ij x_j - W_i x̄) / (s √((N Σ w_ij² - W_i²)/(N - 1))), Ord and Getis (1995); N = n for Gi*, n - 1 for Gi,
    x̄ and s over those N. Binary and row-standardised weights give the same z.
    """
    field = _Field.of(values, neighbours, excluded)
    z = field.deviations
    total = field.sums(z[field.other]) + (z if star else 0)
    size = field.degree + star
    mean, sd = _drawn(z, size, conditional=not star)
    score = _divide(total - mean, sd)
    p = _normal_p(score) if not permutations else _permuted(field, z, permutations, seed, conditional=not star)
    lag = _divide(total, size)
    columns = {"lag": lag + field.mean, "z": score, "p": p}
    return _table(values, field, columns, {}, np.where(score > 0, "hot", "cold"), alpha)


def local_geary(values: pd.Series, neighbours: Neighbours, *, excluded: pd.Series | None = None) -> pd.Series:
    """Local Geary's c of each unit: the mean squared difference to its neighbours, in units of the variance.

    NaN for units without value or neighbours. c_i = Σ_j w_ij (x_i - x_j)² / s², row-standardised, s² with n - 1
    (Anselin 1995).
    """
    field = _Field.of(values, neighbours, excluded)
    x = field.values
    result = pd.Series(np.nan, index=values.index)
    if not field.is_constant:
        squares = field.sums((x[field.one] - x[field.other]) ** 2)
        result[field.units] = _divide(squares, field.degree) / x.var(ddof=1)
    return result


def bivariate_moran(values: pd.Series, lagged: pd.Series, neighbours: Neighbours) -> float:
    """Bivariate Moran's I, row-standardised: whether `values` go with the neighbours' values of `lagged`.

    Units need both values. I = Σ_i z_i Σ_j w_ij u_j / n with z and u standardised (population sd): it mixes the
    correlation of the two quantities in place with that across space (Anselin, Syabri and Smirnov 2002).
    """
    both = values.notna() & lagged.reindex(values.index).notna()
    field = _Field.of(values[both], neighbours, None)
    if field.is_constant:
        return math.nan
    x, u = field.values, lagged.reindex(field.units).to_numpy(dtype=float)
    lag = _divide(field.sums(u[field.other] - u.mean()), field.degree)
    return float(np.nansum((x - x.mean()) * lag) / (len(x) * x.std() * u.std()))


def standardised_rates(events: pd.Series, base: pd.Series) -> pd.Series:
    """Rates as z-scores by their own expected spread, for Moran's I of rates with very different bases.

    Notes
    -----
    z_i = (e_i/b_i - r)/√v_i with r = Σe/Σb and v_i = a + r/b_i, where a = Σ b_i (e_i/b_i - r)²/Σb - r/b̄; where a v_i
    would be negative a is taken as 0 for it (Assunção and Reis 1999).
    """
    known = events.notna() & base.gt(0)
    e, b = events[known], base[known]
    overall = e.sum() / b.sum()
    between = (b * (e / b - overall) ** 2).sum() / b.sum() - overall / b.mean()
    spread = between + overall / b
    return ((e / b - overall) / np.sqrt(spread.where(spread > 0, overall / b))).reindex(events.index)


def benjamini_hochberg(p: pd.Series) -> pd.Series:
    """p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995); missing ones take no part."""
    known = p.dropna().sort_values(ascending=False)
    rank = np.arange(len(known), 0, -1)
    adjusted = np.minimum.accumulate(np.minimum(known.to_numpy() * len(known) / rank, 1.0))
    return pd.Series(adjusted, index=known.index, dtype=float).reindex(p.index)


def _constants(field: _Field, w: Floats) -> tuple[int, float, float, float]:
    """Units with neighbours, S0, S1 and S2 of Cliff and Ord."""
    n = len(field.values)
    forth, back = field.one * n + field.other, field.other * n + field.one
    at = np.minimum(np.searchsorted(forth, back), len(forth) - 1)
    returned = np.where(forth[at] == back, w[at], 0.0)
    both = field.sums(w) + np.bincount(field.other, weights=w, minlength=n)
    return int((field.degree > 0).sum()), float(w.sum()), float(w @ (w + returned)), float(both @ both)


def _drawn(z: Floats, size: Places, *, conditional: bool) -> tuple[Floats, Floats]:
    """Mean and sd of the sum of `size` values drawn without replacement, from all or from all but the unit's own."""
    if conditional:
        population = len(z) - 1
        mean = _divide(z.sum() - z, population)
        square = _divide((z**2).sum() - z**2 - population * mean**2, population - 1)
    else:
        population = len(z)
        mean = np.zeros_like(z)
        square = np.full_like(z, _divide((z**2).sum(), population - 1))
    spread = size - size**2 / max(population, 1)
    return size * mean, np.sqrt(np.maximum(square * spread, 0.0))


def _permuted(field: _Field, z: Floats, runs: int, seed: int, *, conditional: bool) -> Floats:
    """Two-sided p of each unit's neighbourhood sum among sums of as many values drawn without replacement.

    All units see the same draws, which leaves each p what it is. Conditionally the unit's own value is kept out;
    otherwise it belongs to its neighbourhood, whose draws then depend on its size alone.
    """
    result = np.full(len(z), np.nan)
    sizes = field.degree + (not conditional)
    observed = field.sums(z[field.other]) + (0 if conditional else z)
    used = np.flatnonzero(field.degree)
    if not len(used):
        return result
    rng = np.random.default_rng(seed)
    population, most = len(z) - conditional, sizes.max()
    draws = np.stack([rng.choice(population, most, replace=False) for _ in range(runs)], axis=1)
    scale = float(np.abs(z).max())
    if conditional:
        for i in used:
            drawn = np.delete(z, i)[draws[: sizes[i]]].sum(axis=0)
            result[i] = _two_sided(observed[i : i + 1], drawn[:, None], scale)[0]
    else:
        for size in np.unique(sizes[used]):
            of_size = used[sizes[used] == size]
            drawn = z[draws[:size]].sum(axis=0)
            result[of_size] = _two_sided(observed[of_size], drawn[:, None], scale)
    return result


def _two_sided(observed: Floats, drawn: Floats, scale: float) -> Floats:
    """Twice the smaller directed p, at most 1; what equals the observed but for rounding counts on both sides."""
    slack = ROUNDING * scale
    above = (drawn >= observed - slack).sum(axis=0)
    below = (drawn <= observed + slack).sum(axis=0)
    return np.minimum(2 * (np.minimum(above, below) + 1) / (len(drawn) + 1), 1.0)


def _normal_p(z: Floats) -> Floats:
    """Two-sided p of standard normal scores."""
    return np.array([math.erfc(abs(score) / math.sqrt(2)) for score in np.atleast_1d(z)])


def _divide(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    """The quotient, NaN where the divisor is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _result(
    field: _Field, statistic: float, expected: float, variance: float, normal: float, permuted: float | None, sign: int
) -> Autocorrelation:
    z, z_normal = sign * _divide(statistic - expected, np.sqrt(np.maximum([variance, normal], 0.0)))
    p, p_normal = _normal_p(np.array([z, z_normal]))
    return Autocorrelation(
        statistic=float(statistic),
        expected=expected,
        variance=variance,
        z=float(z),
        p=float(p),
        variance_normal=normal,
        z_normal=float(z_normal),
        p_normal=float(p_normal),
        p_permuted=permuted,
        units=len(field.units),
        islands=field.islands,
        left_out=field.left_out,
    )


def _nothing(field: _Field) -> Autocorrelation:
    none = math.nan
    return Autocorrelation(
        none, none, none, none, none, none, none, none, None, len(field.units), field.islands, field.left_out
    )


def _table(
    values: pd.Series,
    field: _Field,
    columns: Mapping[str, Floats],
    labels: Mapping[str, npt.NDArray],
    clusters: npt.NDArray,
    alpha: float,
) -> pd.DataFrame:
    """The local results of all units, also of those without; clusters only where they hold after adjustment."""
    valid = (field.reasons[field.units] == "").to_numpy()
    table = pd.DataFrame({"value": values.astype("float64")})
    for name, column in columns.items():
        table[name] = pd.Series(np.where(valid, column, np.nan), index=field.units, dtype=float)
    table["p_adjusted"] = benjamini_hochberg(table["p"])
    for name, column in {**labels, "cluster": clusters}.items():
        label = pd.Series(np.where(valid, column, ""), index=field.units, dtype="str")
        table[name] = label.reindex(table.index, fill_value="")
    table.loc[~(table["p_adjusted"] <= alpha), "cluster"] = ""
    table["reason"] = field.reasons.reindex(table.index)
    return table

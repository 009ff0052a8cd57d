"""Spatial statistics against R's spdep, what PySAL's own tests assert, and esda."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from indicators import spatial

EXACT = {"abs": 1e-9, "rel": 1e-9}
QUADRANTS = {"High-High": "HH", "Low-Low": "LL", "High-Low": "HL", "Low-High": "LH"}


def edges(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str).set_axis(["territory", "neighbour"], axis=1)


@pytest.fixture(scope="module")
def columbus(golden: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = golden / "spatial_spdep"
    data = pd.read_csv(folder / "columbus_data.csv", dtype={"id": str}).set_index("id")
    return data, edges(folder / "columbus_neighbors.csv")


@pytest.fixture(scope="module")
def sids(golden: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = golden / "spatial_pysal_published"
    data = pd.read_csv(folder / "sids2_data.csv", dtype={"id": str}).set_index("id")
    return data, edges(folder / "sids2_neighbors.csv")


@pytest.fixture(scope="module")
def published(golden: Path) -> dict[str, dict]:
    entries = json.loads((golden / "spatial_pysal_published" / "published_values.json").read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in entries}


def is_published(value: float, entry: dict) -> bool:
    return abs(value - entry["published"]) <= entry["tolerance"]


def test_global_statistics(golden: Path, columbus: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    data, neighbours = columbus
    expected = pd.read_csv(golden / "spatial_spdep" / "expected_global.csv")
    rows = expected[expected["dataset"] == "columbus"]
    assert len(rows) == 6
    for row in rows.itertuples():
        moran = spatial.moran(data[row.var], neighbours, style=row.style)
        geary = spatial.geary(data[row.var], neighbours, style=row.style)
        assert (moran.units, moran.islands, moran.left_out) == (row.n, (), ())
        assert [moran.statistic, moran.expected, moran.variance, moran.z, moran.p] == pytest.approx(
            [row.moran_I, row.EI, row.VI_rand, row.z_rand, row.p_rand_2s], **EXACT
        )
        assert [moran.variance_normal, moran.z_normal, moran.p_normal] == pytest.approx(
            [row.VI_norm, row.z_norm, row.p_norm_2s], **EXACT
        )
        assert [geary.statistic, geary.variance, geary.z] == pytest.approx(
            [row.geary_C, row.VC_rand, row.z_geary], **EXACT
        )
        p, runs = min(1, 2 * row.p_perm_greater_99999), spatial.PERMUTATIONS
        assert moran.p_permuted is not None
        assert abs(moran.p_permuted - p) <= 2 * (4 * sqrt(p / 2 * (1 - p / 2) / runs) + 2 / runs)


def test_local_statistics(golden: Path, columbus: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    data, neighbours = columbus
    expected = pd.read_csv(golden / "spatial_spdep" / "columbus_local_CRIME.csv", dtype={"id": str}).set_index("id")
    found = spatial.local_moran(data["CRIME"], neighbours, permutations=0)
    names = {"statistic": "Ii", "expected": "EIi", "variance": "VarIi", "z": "ZIi", "p": "p_2s", "lag": "lag"}
    for own, theirs in names.items():
        assert found[own].to_dict() == pytest.approx(expected[theirs].to_dict(), **EXACT), own
    assert found["quadrant"].to_dict() == expected["quadr_mean"].map(QUADRANTS).to_dict()
    star = spatial.getis_ord(data["CRIME"], neighbours, permutations=0)["z"].to_dict()
    plain = spatial.getis_ord(data["CRIME"], neighbours, star=False, permutations=0)["z"].to_dict()
    assert star == pytest.approx(expected["GiStar_z_B"].to_dict(), **EXACT)
    assert star == pytest.approx(expected["GiStar_z_W"].to_dict(), **EXACT)
    assert plain == pytest.approx(expected["Gi_z_B"].to_dict(), **EXACT)
    local_c = spatial.local_geary(data["CRIME"], neighbours).to_dict()
    assert local_c == pytest.approx(expected["localC"].to_dict(), **EXACT)


def test_moran_of_sudden_infant_deaths(sids: tuple[pd.DataFrame, pd.DataFrame], published: dict[str, dict]) -> None:
    """PySAL's p is one-sided there."""
    data, neighbours = sids
    moran = spatial.moran(data["SIDR74"], neighbours, permutations=0)
    assert is_published(moran.statistic, published["sids2 SIDR74 Moran I"])
    assert is_published(moran.p_normal / 2, published["sids2 SIDR74 p_norm one-sided"])
    rates = spatial.standardised_rates(data["SID79"], data["BIR79"])
    assert is_published(
        spatial.moran(rates, neighbours, permutations=0).statistic,
        published["sids2 SID79/BIR79 Moran_Rate I (Assuncao-Reis)"],
    )


def test_bivariate_moran(sids: tuple[pd.DataFrame, pd.DataFrame], published: dict[str, dict]) -> None:
    data, neighbours = sids
    forth = spatial.bivariate_moran(data["SIDR74"], data["SIDR79"], neighbours)
    assert is_published(forth, published["sids2 bivariate SIDR74->SIDR79 (0,1)"])
    other = spatial.bivariate_moran(data["NWR79"], data["SIDR74"], neighbours)
    assert is_published(other, published["sids2 bivariate NWR79->SIDR74 (3,0)"])


def test_standardised_rates(published: dict[str, dict]) -> None:
    events = pd.Series([30.0, 25, 25, 15, 33, 21, 30, 20])
    base = pd.Series([100.0, 100, 110, 90, 100, 90, 110, 90])
    entry = published["assuncao_rate[:4]"]
    assert spatial.standardised_rates(events, base)[:4].tolist() == pytest.approx(entry["published"], abs=1e-6)


def test_the_moments_on_a_lattice(published: dict[str, dict]) -> None:
    """Rook neighbours on 3 x 3, y = 1 to 9, binary."""
    beside = {i: [j for j in range(9) if abs(i // 3 - j // 3) + abs(i % 3 - j % 3) == 1] for i in range(9)}
    moran = spatial.moran(pd.Series(range(1, 10)), beside, style="B", permutations=0)
    assert is_published(moran.variance, published["lattice 3x3 rook, y=1..9, binary: VI_rand"])
    assert is_published(moran.variance_normal, published["  VI_norm"])


def test_getis_ord_of_six_points(published: dict[str, dict]) -> None:
    """PySAL's z for row-standardised weights uses the variance of binary ones; spdep's does not depend on the style."""
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)])
    far = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    near = {i: [j for j in range(6) if i != j and far[i, j] <= 15] for i in range(6)}
    values = pd.Series([2, 3, 3.2, 5, 8, 7])
    for star in (False, True):
        z = spatial.getis_ord(values, near, star=star, permutations=0)["z"]
        assert is_published(z[0], published[f"G_Local Zs[0] transform=B star={star}"])


@pytest.mark.parametrize("dataset", ["columbus", "sids"])
def test_permuted_p_agree_with_esda(dataset: str, request: pytest.FixtureRequest) -> None:
    """Two-sided: esda's directed p doubled."""
    esda, weights = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    data, neighbours = request.getfixturevalue(dataset)
    values = data["CRIME" if dataset == "columbus" else "SIDR74"]
    linked = neighbours.groupby("territory")["neighbour"].agg(list).to_dict()
    w = weights.W(linked, id_order=list(values.index), silence_warnings=True)
    theirs = esda.Moran_Local(values.to_numpy(), w, permutations=9_999, seed=1, n_jobs=1, keep_simulations=False)
    own = spatial.local_moran(values, neighbours)
    n = len(values)
    assert own["statistic"].to_numpy() == pytest.approx(theirs.Is * n / (n - 1), **EXACT)
    assert own["quadrant"].tolist() == [("HH", "LH", "LL", "HL")[q - 1] for q in theirs.q]
    p = np.minimum(2 * theirs.p_sim, 1)
    spread = 2 * 4 * np.sqrt(2 * p / 2 * (1 - p / 2) / 9_999) + 4 / 9_999
    assert (np.abs(own["p"] - p) <= spread).all()


def test_moran_of_homicides(published: dict[str, dict]) -> None:
    """St Louis: the data are among libpysal's own examples."""
    libpysal = pytest.importorskip("libpysal")
    values = pd.read_csv(libpysal.examples.get_path("stl_hom.txt"), skiprows=1)["HR8893"]
    beside = libpysal.io.open(libpysal.examples.get_path("stl.gal")).read().neighbors
    neighbours = {int(unit) - 1: [int(other) - 1 for other in others] for unit, others in beside.items()}
    moran = spatial.moran(values, neighbours, permutations=0)
    assert is_published(moran.statistic, published["stl HR8893 Moran I (W)"])
    assert is_published(moran.p_normal / 2, published["stl HR8893 p_norm one-sided"])

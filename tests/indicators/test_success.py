"""The product's own index on figures small enough to score by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from indicators import registry, success
from indicators.model import Goalposts

COVERAGE = ("residents_30mbps_share", "residents_100mbps_share", "download_mbps", "upload_mbps", "latency_ms")
SCORED = [name for factor in success.FACTORS for own in factor.dimensions for name in own.weights]


@pytest.fixture
def indicators():
    return registry()


def rows(name: str, values: dict[str, float], period="2023", native="unit", **columns) -> pd.DataFrame:
    table = pd.DataFrame({"territory": list(values), "value": list(values.values())})
    beside = {"smoothed": np.nan, "low": np.nan, "high": np.nan, "sd": np.nan, "status": "final"} | columns
    return table.assign(level="unit", period=period, indicator=name, native_level=native, **beside)


@pytest.fixture
def values() -> pd.DataFrame:
    """Three units with everything at the middle of its scale, but for what a test changes."""
    known = registry()
    tables = []
    for name in SCORED:
        if name not in known or known[name].goalposts is None:
            continue
        ends = known[name].goalposts
        middle = np.sqrt(ends.worst * ends.best) if known[name].scale == "log" else (ends.worst + ends.best) / 2
        native = "country" if known[name].estimated else "unit"
        tables.append(rows(name, dict.fromkeys("ABC", middle), native=native))
    return pd.concat(tables, ignore_index=True)


def scored(values, indicators, weights=None, **how) -> success.Scored:
    return success.score(success.basis(values, indicators), success.tree(indicators, weights), **how)


def without(values: pd.DataFrame, unit: str, names) -> pd.DataFrame:
    gone = (values["territory"] == unit) & values["indicator"].isin(list(names))
    return values.assign(value=values["value"].where(~gone))


def test_the_middle_of_every_scale_is_the_middle_of_the_score(values, indicators):
    found = scored(values, indicators)
    assert found.scores["digital"].tolist() == pytest.approx([50.5] * 3)
    assert found.coverage["digital"].tolist() == pytest.approx([1] * 3)
    assert found.gaps["digital"].isna().all()


def test_a_dimension_is_the_weighted_mean_of_its_indicators(values, indicators):
    best = indicators["download_mbps"].goalposts.best
    place = (values["territory"] == "A") & (values["indicator"] == "download_mbps")
    found = scored(values.assign(value=values["value"].where(~place, best)), indicators)
    # 10 of the 40 parts of the sub-dimension rise from 50.5 to 100, and the sub-dimension is half of the factor.
    assert found.scores.loc["A", "coverage_score"] == pytest.approx(50.5 + 49.5 * 10 / 40)
    assert found.scores.loc["A", "digital"] == pytest.approx(50.5 + 49.5 * 10 / 40 / 2)
    assert found.scores.loc["B", "digital"] == pytest.approx(50.5)


def test_a_figure_that_is_missing_leaves_its_weight_to_the_others(values, indicators):
    found = scored(without(values, "A", ["latency_ms"]), indicators)
    assert found.scores.loc["A", "digital"] == pytest.approx(50.5)
    assert found.coverage.loc["A", "coverage_score"] == pytest.approx(35 / 40)


def test_half_a_dimension_missing_is_too_little(values, indicators):
    gone = ("residents_30mbps_share", "residents_100mbps_share", "latency_ms")
    found = scored(without(values, "A", gone), indicators)
    assert np.isnan(found.scores.loc["A", ["coverage_score", "digital", success.OVERALL]].astype(float)).all()
    assert found.gaps.loc["A", "digital"] == "weight"
    assert pd.isna(found.gaps.loc["B", "digital"])


def test_figures_copied_from_the_municipality_alone_are_no_score(values, indicators):
    copied = (values["territory"] == "A") & values["indicator"].isin(COVERAGE)
    found = scored(values.assign(native_level=values["native_level"].where(~copied, "municipality")), indicators)
    assert found.gaps.loc["A", "digital"] == "native"
    assert np.isnan(found.scores.loc["A", "digital"])
    assert found.scores.loc["B", "digital"] == pytest.approx(50.5)


def test_the_smoothed_value_is_scored_where_there_is_one(values, indicators):
    place = values["indicator"] == "download_mbps"
    best = indicators["download_mbps"].goalposts.best
    found = success.basis(values.assign(smoothed=values["smoothed"].where(~place, best), sd=2.0), indicators)
    assert found.data["download_mbps"].tolist() == [best] * 3
    assert found.spread["download_mbps"].tolist() == [2.0] * 3


def test_the_newest_period_that_enough_units_have_is_taken(values, indicators):
    few = rows("download_mbps", {"A": 300.0}, period="2024")
    assert success.basis(pd.concat([values, few]), indicators).periods["download_mbps"] == "2023"
    all_of_them = rows("download_mbps", dict.fromkeys("ABC", 300.0), period="2024")
    assert success.basis(pd.concat([values, all_of_them]), indicators).periods["download_mbps"] == "2024"


def test_a_unit_more_or_less_changes_no_other_score(values, indicators):
    with_all = scored(values, indicators).scores.loc["B"]
    alone = scored(values[values["territory"] == "B"], indicators).scores.loc["B"]
    pd.testing.assert_series_equal(with_all, alone)


def test_what_weighs_nothing_is_left_out(indicators):
    meta = success.tree(indicators, {"skills_score": 0, "latency_ms": 0})
    assert "skills_score" not in meta.codes
    assert "latency_ms" not in meta.indicators
    assert meta.children("digital") == ["coverage_score"]


def test_weights_count_relative_to_each_other(values, indicators):
    doubled = {name: 2 * weight for own in success.FACTORS[0].dimensions for name, weight in own.weights.items()}
    pd.testing.assert_frame_equal(scored(values, indicators).scores, scored(values, indicators, doubled).scores)


def test_every_scored_indicator_has_goalposts_and_a_direction(indicators):
    for name in SCORED:
        ends = indicators[name].goalposts
        assert isinstance(ends, Goalposts), name
        better = "higher" if ends.best > ends.worst else "lower"
        assert indicators[name].better == better, name


def test_completeness_is_at_most_a_quarter_of_its_factor(indicators):
    shares = success.leaf_shares(success.tree(indicators))
    assert shares["data_based"]["reference_usable_share"] <= 0.25 + 1e-9


def test_the_shares_of_every_aggregate_add_up(indicators):
    for own in success.leaf_shares(success.tree(indicators)).values():
        assert own.sum() == pytest.approx(1)


def test_one_factor_alone_is_no_overall_score(values, indicators):
    found = scored(values, indicators, {dimension.id: 0 for dimension in success.FACTORS[1].dimensions})
    assert found.meta.at(3) == ["digital"]
    assert found.scores["digital"].notna().all()
    assert found.scores[success.OVERALL].isna().all()


def test_nothing_can_be_scored_when_nothing_weighs(indicators):
    with pytest.raises(ValueError, match="nothing has any weight"):
        success.tree(indicators, dict.fromkeys(success.declared(), 0))


@pytest.mark.parametrize("method", ["goalposts", "minmax", "zscore", "prank"])
def test_every_way_to_normalise_stays_on_the_scale(values, indicators, method):
    rng = np.random.default_rng(1)
    spread = pd.concat(
        [rows(name, {f"U{i:02}": v for i, v in enumerate(rng.lognormal(3, 0.5, 40))}) for name in SCORED],
        ignore_index=True,
    )
    found = scored(spread, indicators, method=method).scores.to_numpy()
    assert np.nanmin(found) >= 1
    assert np.nanmax(found) <= 100
    assert np.isfinite(found).any()


def test_the_runs_follow_the_weights_and_know_every_factor(values, indicators):
    better = values.assign(value=values["value"].where(values["territory"] != "A", values["value"] * 1.01))
    found = scored(better, indicators)
    runs = success.robustness(success.scenarios(found.basis, found.meta, runs=20), found)
    assert set(runs.scores) == {"digital", "data_based", success.OVERALL}
    assert runs.ranges("digital")["rank"].notna().all()


def ranged(rows: list[tuple[float, ...]]) -> pd.DataFrame:
    """Standings of units whose runs gave these: rank, p05, p95, class."""
    table = pd.DataFrame(rows, columns=["rank", "p05", "p95", "class"]).assign(median=1.0, p_top_quarter=0.5)
    table["stable"] = pd.array([True] * len(table), dtype="boolean")
    return success.standings(SimpleNamespace(ranges=lambda *_: table), "digital")


def test_a_range_holds_the_rank_and_a_fifth_elsewhere_is_not_stable():
    found = ranged([(1, 2.5, 4, 2), (2, 2, 2, 1), (2, 3, 3, 2), (4, 1, 3, 4), (5, 5, 5, 5)])
    assert found["first"].tolist() == [1, 2, 2, 1, 5]
    assert found["last"].tolist() == [4, 3, 3, 4, 5]
    assert found["stable"].tolist() == [False, False, False, True, True]


def test_fewer_than_five_have_neither_quarter_nor_fifths():
    found = ranged([(1, 1, 1, 1), (2, 2, 2, 2)])
    assert found[["p_top_quarter", "class"]].isna().all(axis=None)
    assert not found["stable"].any()


def test_a_gap_is_filled_by_the_median_of_the_peers_that_have_the_figure():
    data = pd.DataFrame({"a": [np.nan, 1.0, 3.0, 100.0], "b": [np.nan, np.nan, np.nan, 5.0]}, index=list("ABCD"))
    alike = pd.DataFrame({"territory": list("AAAB"), "peer": list("BCAD")})
    filled = success.peer_median(data, alike)
    assert filled["a"].tolist() == [2, 1, 3, 100]
    assert filled["b"].isna().tolist() == [True, False, True, False]
    assert filled.loc["B", "b"] == 5

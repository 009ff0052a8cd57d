"""The whole way in Python: steps in their order, screened units, defaults, and what cannot be together."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from data.model import DataError
from indicators.index.meta import Meta
from indicators.index.pipeline import Config, Normalise, compute, plain

NAN = math.nan


@pytest.fixture
def meta() -> Meta:
    return Meta.of(
        pd.DataFrame(
            [
                ("a", 1, "top", 1, 1, "indicator", 0, 10),
                ("b", 1, "top", -1, 1, "indicator", 0, 10),
                ("top", 2, "", 1, 1, "aggregate", NAN, NAN),
            ],
            columns=["code", "level", "parent", "direction", "weight", "type", "lower", "upper"],
        )
    )


@pytest.fixture
def data() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 5, 12, NAN], "b": [2, NAN, 1, NAN]}, index=list("xyzw"), dtype=float)


def test_the_defaults_are_the_products_own(data: pd.DataFrame, meta: Meta) -> None:
    result = compute(data, meta)
    np.testing.assert_allclose(result.scores["top"], [45, 50, 95, NAN])
    assert result.log["config"]["dat_thresh"] == [0.5]
    assert Config().thresholds(4) == [0.5, 2 / 3, 2 / 3]
    assert Config().methods(3) == ["amean", "amean"]
    assert result.robustness is None
    json.dumps(result.log, allow_nan=False)


def test_null_switches_off() -> None:
    keys = ("normalise", "treat", "impute", "screen", "dat_thresh", "robustness")
    config = Config.read(dict.fromkeys(keys))
    assert (config.normalise.method, config.treat.method, config.impute) == ("none", "none", "none")
    assert (config.screen, config.dat_thresh, config.robustness) == (None, None, None)
    assert Config.read({}) == Config()


def test_screened_units_take_no_part(data: pd.DataFrame, meta: Meta) -> None:
    config = Config.read({"normalise": {"method": "minmax"}, "screen": 1})
    result = compute(data, meta, config)
    np.testing.assert_allclose(result.scores["a"], [0, NAN, 100, NAN])
    assert result.coverage["top"].tolist() == [1, 0.5, 1, 0]
    assert [entry["unit"] for entry in result.log["steps"]["screen"]["units"]] == ["y", "w"]
    assert result.log["steps"]["aggregate"]["incomplete"] == []


def test_imputing_comes_before_screening(data: pd.DataFrame, meta: Meta) -> None:
    config = Config.read({"impute": {"method": "mean"}, "screen": 1, "dat_thresh": 1})
    result = compute(data, meta, config)
    assert result.scores.notna().all(axis=None)
    assert result.coverage["top"].tolist() == [1, 0.5, 1, 0]
    assert len(result.log["steps"]["impute"]["cells"]) == 3


def test_a_logarithm_takes_data_away_from_their_goalposts(meta: Meta) -> None:
    x = [*range(1, 31), *(1000.0 * 2**k for k in range(8))]
    data = pd.DataFrame({"a": x, "b": range(38)}, index=[f"u{i}" for i in range(38)], dtype=float)
    for method in ("winsor", "winsor_log"):
        config = {"treat": {"method": method, "winmax": 1}, "normalise": {"method": "goalposts"}}
        if method == "winsor":
            assert compute(data, meta, Config.read(config)).log["steps"]["treat"]["not_passed"] == ["a"]
        else:
            with pytest.raises(DataError, match="its goalposts are in the plain unit"):
                compute(data, meta, Config.read(config))
    table = meta.table.assign(scale=["log", "linear", "linear"])
    table.loc["a", "lower"] = 1
    result = compute(data, Meta(table), Config.read({"treat": "winsor_log"}))
    assert result.log["steps"]["treat"]["log_scale"] == ["a"]
    assert result.scores["a"].iloc[0] == 0


def test_python_gets_the_same_faults_as_the_door(data: pd.DataFrame, meta: Meta) -> None:
    spoilt = pd.concat([data.drop(columns="b").mask(data["a"] == 5, np.inf), data.loc[["x"]]])
    with pytest.raises(DataError) as caught:
        compute(spoilt.drop(columns="b"), meta)
    places = [fault.place for fault in caught.value.faults]
    assert places == ["column b", "unit x", "unit y, column a"]


def test_a_group_that_is_left_out_takes_its_aggregate_along(data: pd.DataFrame) -> None:
    tree = Meta.of(
        pd.DataFrame(
            [
                ("a", 1, "g", 1, 1, "indicator"),
                ("b", 1, "h", 1, 1, "indicator"),
                ("g", 2, "top", 1, 1, "aggregate"),
                ("h", 2, "top", 1, 1, "aggregate"),
                ("top", 3, "", 1, 1, "aggregate"),
            ],
            columns=["code", "level", "parent", "direction", "weight", "type"],
        )
    )
    result = compute(data.assign(b=3.0), tree, Config(normalise=Normalise("minmax")))
    assert np.isnan(result.scores["h"].to_numpy()).all()
    np.testing.assert_allclose(result.scores["top"], [0, 400 / 11, 100, NAN])
    assert result.log["weights"].keys() == {"a", "g", "top"}
    assert list(result.scores) == ["a", "b", "g", "h", "top"]


def test_ranges_of_ranks_on_demand(data: pd.DataFrame, meta: Meta) -> None:
    result = compute(data, meta, Config.read({"robustness": {"runs": 64, "seed": 3}}))
    again = compute(data, meta, Config.read({"robustness": {"runs": 64, "seed": 3}}))
    assert result.robustness is not None
    assert list(result.robustness) == ["unit", "median", "p05", "p95", "p_top_quarter"]
    assert result.robustness["unit"].tolist() == list("xyzw")
    pd.testing.assert_frame_equal(result.robustness, again.robustness)
    assert "robustness" in result.tables()


def test_plain_values_for_json() -> None:
    value = {1: np.float64(NAN), "b": np.array([1, 2]), "c": (np.bool_(True), math.inf, None), "d": pd.Index(["x"])}
    assert plain(value) == {"1": None, "b": [1, 2], "c": [True, None, None], "d": ["x"]}
    with pytest.raises(TypeError, match="no place in JSON"):
        plain(object())


@pytest.mark.parametrize("robustness", [None, {"runs": 20}])
@pytest.mark.parametrize(
    ("values", "method", "reason"),
    [([3.0, 3.0], "minmax", "constant"), ([NAN, NAN], "goalposts", "no values")],
)
def test_a_group_whose_weighted_children_are_left_out_is_empty(values, method, reason, robustness) -> None:
    columns = ["code", "level", "parent", "direction", "weight", "type", "lower", "upper"]
    rows = [("a", 1, "I", 1, 1, "indicator", 0, 10), ("b", 1, "I", 1, 0, "indicator", 0, 10)]
    deep = [("H", 2, "I", 1, 0, "aggregate", NAN, NAN), ("c", 1, "H", 1, 1, "indicator", 0, 10)]
    top = [("I", 3, "", 1, 1, "aggregate", NAN, NAN)]
    data = pd.DataFrame({"a": values, "b": [1.0, 2.0], "c": [1.0, 2.0]}, index=["x", "y"])
    config = Config.read({"normalise": method, "robustness": robustness, "dat_thresh": None})
    for extra in ([], deep):
        result = compute(data, Meta.of(pd.DataFrame([*rows, *extra, *top], columns=columns)), config)
        assert np.isnan(result.scores["I"].to_numpy()).all()
        assert not np.isnan(result.scores["b"].to_numpy()).any()
        assert result.log["steps"]["normalise"]["left_out"] == {"a": reason}
        if reason == "constant":
            told = {"I": "every child that has a weight is left out"} | ({"H": "I is left out"} if extra else {})
            assert result.log["steps"]["aggregate"]["left_out"] == told
            assert result.log["steps"]["aggregate"]["incomplete"] == []
        else:
            assert {entry["unit"] for entry in result.log["steps"]["aggregate"]["incomplete"]} == {"x", "y"}
            assert all("a" in entry["missing"] for entry in result.log["steps"]["aggregate"]["incomplete"])
        if robustness:
            assert result.robustness is not None
            assert np.isnan(result.robustness["median"].to_numpy()).all()


def test_the_runs_take_weights_of_any_size_and_refuse_scores_beyond_their_precision(
    data: pd.DataFrame, meta: Meta
) -> None:
    plan = {"robustness": {"runs": 64, "seed": 3}}
    plain_weights = compute(data, meta, Config.read(plan)).robustness
    heavy = meta.reweighted({"a": 2.0**400, "b": 2.0**400})
    assert plain_weights is not None
    pd.testing.assert_frame_equal(compute(data, heavy, Config.read(plan)).robustness, plain_weights)
    with pytest.raises(DataError, match=r"config: robustness.normalise \(a\): none gives scores beyond 1e\+30"):
        compute(data * [1e40, 1], meta, Config.read({**plan, "normalise": None}))


def test_the_example_of_null_and_of_a_number_too_large_in_python() -> None:
    assert Config.read({"aggregate": None}) == Config()
    assert Config.read({"normalise": {"method": None}}).normalise.method == "none"
    with pytest.raises(DataError, match=r"screen: a very large number is too large"):
        Config.read({"screen": 10**400})

"""The worked examples of the OECD and JRC Handbook on Constructing Composite Indicators (2008)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from indicators.index import aggregate, normalise
from indicators.index.rank import rank

SCHOOLING = {"Finland": 10.0, "Korea, Rep.": 10.8, "Singapore": 7.1, "United States": 12.0, "Italy": 7.2}


@pytest.fixture(scope="module")
def table15(golden: Path) -> pd.DataFrame:
    return pd.read_csv(golden / "oecd_handbook_tai/table15_schooling_normalisations.csv").set_index("country")


@pytest.fixture(scope="module")
def examples(golden: Path) -> dict[str, Any]:
    return json.loads((golden / "oecd_handbook_tai/worked_examples.json").read_text(encoding="utf-8"))


def profile(votes: list[tuple[int, str]]) -> tuple[pd.DataFrame, pd.Series]:
    """Voters as indicators: the options' Borda scores by group of voters, and how many vote so."""
    scores = pd.DataFrame({i: {option: -order.index(option) for option in order} for i, (_, order) in enumerate(votes)})
    return scores.sort_index().astype(float), pd.Series([float(count) for count, _ in votes])


def test_normalisations_of_the_years_of_schooling(table15: pd.DataFrame) -> None:
    x = table15["schooling"]
    found = {
        "rank_asc": normalise.rank(x),
        "zscore": normalise.zscore(x),
        "minmax": normalise.minmax(x, (0, 1)),
        "ratio_mean": normalise.ratio(x, x.mean()),
        "ratio_best": normalise.ratio(x, x.max()),
        "ratio_worst": normalise.ratio(x, x.min()),
        "diff_mean": normalise.ratio(x, x.mean()) - 1,
        "diff_worst": normalise.ratio(x, x.min()) - 1,
        "above_below_20pct": normalise.above_below(x, 0.2),
        "percentile": normalise.percentile(x).round(1),
        "categorical": normalise.categorical(x),
    }
    assert set(found) == set(table15.columns) - {"schooling"}
    for name, values in found.items():
        off = (values - table15[name]).abs()
        assert off.max() <= 0.005 + 1e-9, (name, off.idxmax())


def test_borda_and_outranking(examples: dict[str, Any]) -> None:
    for table, expected in (("table25_profile", "table26_borda"), ("table31_profile", "table32_borda")):
        scores, voters = profile(examples[table])
        assert (normalise.borda(scores) @ voters).to_dict() == examples[expected]
    scores, voters = profile(examples["table31_profile"])
    assert (normalise.borda(scores.drop("d")) @ voters).to_dict() == examples["table33_borda_without_d"]
    scores, voters = profile(examples["table25_profile"])
    matrix = aggregate.outrank(scores, voters) * voters.sum()
    for unit, row in examples["table27_outranking"].items():
        for other, votes in row.items():
            assert matrix.loc[unit, other] == pytest.approx(votes)


def test_condorcet_ranking(examples: dict[str, Any]) -> None:
    scores, voters = profile(examples["table25_profile"])
    assert "".join(aggregate.condorcet(aggregate.outrank(scores, voters))) == examples["table27_condorcet_ranking"]


def test_geometric_mean_rewards_balance(examples: dict[str, Any]) -> None:
    example = examples["section6_11_geometric"]
    for suffix in ("", "_after"):
        rows = np.array([example["x1" + suffix], example["x2" + suffix]], dtype=float)
        assert aggregate.gmean(rows, np.ones(4)) == pytest.approx(example["gmean" + suffix], abs=example["tolerance"])
        assert len(set(aggregate.amean(rows, np.ones(4)))) == 1


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("celsius", "normalised_by_leader_equal_weight_celsius"),
        ("fahrenheit", "normalised_fahrenheit"),
    ],
)
def test_distance_to_the_leader_depends_on_the_zero(examples: dict[str, Any], scale: str, expected: str) -> None:
    table = examples["table14"]
    years = {
        year: pd.DataFrame({country: values[year] for country, values in table[scale].items()}).T.astype(float)
        for year in ("2003", "2004")
    }
    published = table[expected]
    for i, (year, data) in enumerate(years.items()):
        found = aggregate.amean(normalise.fracmax(data).to_numpy(), np.ones(2))
        assert found == pytest.approx([published["A"][i], published["B"][i]], abs=0.0005 + 1e-9), year


def test_five_countries_by_hand() -> None:
    x = pd.Series(SCHOOLING)
    assert normalise.minmax(x, (0, 1)).round(2).to_dict() == {
        "Finland": 0.59,
        "Korea, Rep.": 0.76,
        "Singapore": 0.0,
        "United States": 1.0,
        "Italy": 0.02,
    }
    assert rank(x.to_frame("x"))["x"].to_dict()["United States"] == 1


def test_a_profile_by_hand() -> None:
    scores, voters = profile([(3, "abcd"), (5, "acbd"), (7, "bdca"), (6, "cbda")])
    assert (normalise.borda(scores) @ voters).to_dict() == {"a": 24, "b": 44, "c": 38, "d": 20}
    assert "".join(aggregate.condorcet(aggregate.outrank(scores, voters))) == "cbda"

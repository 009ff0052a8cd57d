"""Degree of urbanisation: the published rule on drawn grids and hand cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.urbanisation import urban_cells
from indicators.people import urbanisation

HAND = [(0, 0, 800, 3), (0, 500, 1000, 2), (0, 499, 1000, 3), (500, 900, 1000, 1), (499, 900, 1000, 2)]
"""Residents of urban centres, of urban clusters, all; class."""


def degree(centre: float, cluster: float, everybody: float) -> float:
    return float(urbanisation(*(pd.Series([float(part)]) for part in (centre, cluster, everybody))).iloc[0])


@pytest.mark.parametrize(("centre", "cluster", "everybody", "expected"), HAND)
def test_class_of_a_place(centre: float, cluster: float, everybody: float, expected: int) -> None:
    assert degree(centre, cluster, everybody) == expected


def test_reference_cases(golden: Path) -> None:
    for case in json.loads((golden / "degurba" / "rule.json").read_text(encoding="utf-8"))["hand_cases"]:
        assert degree(case["pop_urban_centre"], case["pop_urban_cluster"], case["pop_total"]) == case["class"]


def test_a_place_without_people_has_no_class() -> None:
    assert np.isnan(degree(0, 0, 0))


def drawn(*rows: str, **people: float) -> pd.DataFrame:
    """Cells of a drawing with their residents by letter ("." is 0), and what they belong to."""
    cells = [(x, y, sign) for y, row in enumerate(rows) for x, sign in enumerate(row)]
    table = pd.DataFrame(cells, columns=["x", "y", "sign"])
    table["people"] = table["sign"].map({".": 0.0, **people})
    return table.join(urban_cells(table["x"], table["y"], table["people"]))


def signs(table: pd.DataFrame, column: str) -> set[str]:
    return set(table.loc[table[column], "sign"])


def test_a_centre_needs_sides_a_cluster_corners() -> None:
    """b touches the city a by a corner only; c is too thin for either."""
    found = drawn("aa...", "aa...", "..b..", "...c.", a=12_500, b=20_000, c=299)
    assert signs(found, "centre") == {"a"}
    assert signs(found, "cluster") == {"a", "b"}


def test_the_least_of_each() -> None:
    assert drawn("aab", a=24_999, b=1499)["centre"].sum() == 0  # 49,998 in cells of 1,500 and more
    assert drawn("aa", a=25_000)["centre"].all()
    assert not drawn("ab", a=4700, b=299)["cluster"].any()
    assert signs(drawn("ab", a=4700, b=300), "cluster") == {"a", "b"}


def test_gaps_and_bays_of_a_centre_are_filled_again_and_again() -> None:
    """The park p has 8 neighbours in the city; b has 5 only once its neighbour p is filled."""
    found = drawn("aaaaa", "apbba", "aabba", "aaaaa", a=6000, b=10, p=0)
    assert found["centre"].all()
    assert found["cluster"].all()  # a cell of a centre is one of a cluster, however few live there
    edge = drawn("aaa", "aaa", "...", a=10_000)
    assert signs(edge, "centre") == {"a"}  # 3 neighbours are not enough


def test_cells_between_two_centres_join_neither_by_both() -> None:
    """x has 3 neighbours in each of two centres: 6 in all, 5 in none."""
    found = drawn("aaa.bbb", "aaaxbbb", "aaa.bbb", a=6000, b=6000, x=0)
    assert "x" not in signs(found, "centre")


def test_order_of_cells_does_not_matter() -> None:
    found = drawn("aab", a=25_000, b=400)
    table = found.drop(columns=["centre", "cluster"]).sample(frac=1, random_state=1)
    again = urban_cells(table["x"], table["y"], table["people"]).sort_index()
    pd.testing.assert_frame_equal(again, found[["centre", "cluster"]])

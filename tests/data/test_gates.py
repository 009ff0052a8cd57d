"""The gates with tables small enough to judge by hand, and on the real data, where none may fire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import gates, sources
from data.model import GATES, Break, Gates, Measure, Text
from data.paths import SNAPSHOT
from data.store import open_snapshot

NAME = Text("Mērs", "Measure")
COUNT = Measure("count", NAME, "", "count")


def table(**periods: list[float]) -> pd.DataFrame:
    """Territories a, b, c …: a list of their values for each period ("y2020" is 2020)."""
    rows = [
        (chr(97 + place), period[1:], "count", float(value), "final" if np.isfinite(value) else "not_published")
        for period, values in periods.items()
        for place, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["territory", "period", "measure", "value", "status"])


def found(rows: pd.DataFrame, measure: Measure = COUNT, **more: Any) -> list[tuple[str, str, float]]:
    return [(held.period, held.gate, held.found) for held in gates.doubtful(rows, [measure], **more)]


STEADY = [100.0, 200, 300, 400, 500]


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        ([101, 190, 330, 400, 505], []),
        ([x * 5 for x in STEADY], []),
        ([x * 5.01 for x in STEADY], [("jump", 5.01)]),
        ([x / 1000 for x in STEADY], [("jump", 0.001)]),
        ([0, 0, 0, 0, 0], [("jump", 0)]),
        ([100, 200, 300, 400, np.nan], []),  # a fifth is missing: just allowed
        ([100, 200, 300, np.nan, np.nan], [("missing", 0.4)]),
        ([100_000, 200, 300, 400, 500], [("jump", 67.6), ("leap", 100_000)]),  # one value 1,000 times too large
        ([-1, 200, 300, 400, 500], [("lowest", -1)]),
        ([100, 200, 300, 400, 5e6 + 1], [("highest", 5e6 + 1), ("jump", 3334.0007), ("leap", 5e6 + 1)]),
        ([np.nan] * 5, []),  # nothing there: nothing to hold back
    ],
)
def test_a_period_beside_the_one_before(later: list[float], reason: list[tuple[str, float]]) -> None:
    assert found(table(y2020=STEADY, y2021=later)) == [("2021", *entry) for entry in reason]


def test_the_first_period_has_nothing_before_it() -> None:
    assert found(table(y2020=[100_000, 2])) == []


def test_few_may_leap_and_a_small_value_counts_as_ten() -> None:
    assert found(table(y2020=[0, 1], y2021=[0, 99])) == []
    assert found(table(y2020=[1, 900], y2021=[999, 900])) == []
    assert found(table(y2020=[1, 900], y2021=[1000, 900])) == [("2021", "leap", 1000)]


def test_a_doubtful_period_is_no_measure_for_the_next() -> None:
    rows = table(y2020=STEADY, y2021=[x * 1000 for x in STEADY], y2022=STEADY)
    assert found(rows) == [("2021", "jump", 1000), ("2021", "leap", 100_000)]


def test_the_published_total() -> None:
    rows = table(y2020=STEADY)  # 1,500
    assert found(rows, totals={("count", "2020"): (1515, 0)}) == []
    assert found(rows, totals={("count", "2020"): (1550, 50)}) == []
    assert found(rows, totals={("count", "2020"): (3000, 0)}) == [("2020", "total", 0.5)]


def test_what_was_looked_at_is_believed_and_the_next_is_held_against_it() -> None:
    rows = table(y2020=STEADY, y2021=[x * 10 for x in STEADY], y2022=[x * 11 for x in STEADY])
    assert {period for period, *_ in found(rows)} == {"2021", "2022"}
    assert found(rows, checked={("count", "2021")}) == []


def test_nothing_is_compared_across_a_break() -> None:
    rows = table(y2020=STEADY, y2021=[x * 1000 for x in STEADY])
    assert found(rows, replace(COUNT, breaks=(Break("2021", NAME),))) == []
    late = rows.assign(period=rows["period"].replace("2021", "2026"))  # the first period after the break
    assert found(late, replace(COUNT, breaks=(Break("2021", NAME),))) == []
    assert found(late, replace(COUNT, breaks=(Break("2027", NAME),))) != []


def test_a_measure_may_declare_its_own() -> None:
    rows = table(y2020=STEADY, y2021=[x * 10 for x in STEADY])
    assert found(rows, replace(COUNT, gates=replace(GATES["count"], jump=None))) == []
    assert found(rows, replace(COUNT, gates=Gates(highest=4000))) == [("2021", "highest", 5000), ("2021", "jump", 10)]


def test_what_is_held_back_keeps_its_value_and_says_why() -> None:
    rows = table(y2020=STEADY, y2021=[100, 200, 300, np.nan, np.nan])
    held = gates.hold_back(rows, gates.doubtful(rows, [COUNT]))
    assert held["value"].equals(rows["value"])
    assert set(held.loc[held["period"] == "2020", "status"]) == {"final"}
    later = held.loc[held["period"] == "2021", "status"].tolist()
    assert later == ["provisional"] * 3 + ["not_published"] * 2
    assert str(held.attrs["held"][0]) == "count 2021: 40% of the territories are missing (at most 20%)"


def test_no_gate_fires_on_the_embedded_data() -> None:
    snapshot = open_snapshot(SNAPSHOT)
    for source in snapshot.sources.values():
        declared = sources.load(source.id).SOURCE if source.id in sources.available() else source
        assert gates.doubtful(snapshot.observations, declared.provides) == [], source.id
    assert snapshot.doubts == {}

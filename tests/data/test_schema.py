"""Gate 1: the observations that pass, and all the reasons why others do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.model import Fault, Licence, Measure, SchemaError, Source, Text

TEXT = Text(lv="teksts", en="text")
SOURCE = Source(
    id="made_up",
    publisher=TEXT,
    title=TEXT,
    address="https://example.org",
    licence=Licence("CC0-1.0", "https://example.org"),
    credit=TEXT,
    updates=TEXT,
    files=("*.csv",),
    provides=(
        Measure("wells", TEXT, "1", "count"),
        Measure("wet_share", TEXT, "%", "share", additive=False),
        Measure("subsidy_eur", TEXT, "EUR", "money", level="municipality"),
        Measure("rain", TEXT, "mm", "count", level="region"),
        Measure("nation", TEXT, "1", "count", level="country"),
    ),
)
TERRITORIES = pd.DataFrame(
    [
        ("LV0020410", "unit"),
        ("LV0001000", "unit"),
        ("LV0001000", "municipality"),
        ("LV0020000", "municipality"),
        ("LV00A", "region"),
        ("LV", "country"),
    ],
    columns=["code", "level"],
)


def observation(**changes: Any) -> dict[str, Any]:
    row = {"territory": "LV0020410", "period": "2023", "measure": "wells", "value": 3.0, "status": "final"}
    return row | changes


def gate(*rows: dict[str, Any]) -> pd.DataFrame:
    return schema.observations(pd.DataFrame(rows), SOURCE, TERRITORIES)


def test_what_passes_is_sorted_by_its_key() -> None:
    table = gate(
        observation(territory="LV0020410", period="2024-Q1"),
        observation(territory="LV0020410", value=np.nan, status="not_published"),
        observation(territory="LV0001000"),
        observation(territory="LV0020000", measure="subsidy_eur", value=-5.0),
        observation(territory="LV00A", measure="rain"),
        observation(territory="LV007", measure="rain"),
        observation(territory="LV", measure="nation", status="provisional"),
    )
    assert list(table.columns) == list(schema.COLUMNS)
    assert table["territory"].tolist() == ["LV", "LV0001000", "LV0020000", "LV0020410", "LV0020410", "LV007", "LV00A"]
    assert table["period"].tolist()[3:5] == ["2023", "2024-Q1"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"territory": "LV0099999"}, "a territory that is unknown at the measure's level"),
        ({"territory": "LV0020000"}, "a territory that is unknown at the measure's level"),
        ({"territory": "27400"}, "not a code (territory '27400')"),
        ({"territory": "LV0020410", "measure": "subsidy_eur"}, "unknown at the measure's level"),
        ({"territory": "LV00A", "measure": "nation"}, "unknown at the measure's level"),
        ({"period": "23"}, "not a year or quarter (period '23')"),
        ({"period": "2023-13"}, "not a year or quarter"),
        ({"measure": "ponds"}, "a measure the source does not declare (measure 'ponds')"),
        ({"status": "guessed"}, "an unknown status (status 'guessed')"),
        ({"value": np.nan}, "none where there should be"),
        ({"status": "suppressed"}, "a value where the status says there is none"),
        ({"value": np.inf}, "not a finite number"),
        ({"value": -1.0}, "a negative value of a quantity that cannot be negative"),
        ({"measure": "wet_share", "value": 100.5}, "a share over 100%"),
    ],
)
def test_a_fault_names_row_key_and_value(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        gate(observation(territory="LV0001000"), observation(**changes))
    assert any("row 1 (" in fault.place and message in fault.problem for fault in caught.value.faults)
    assert not any("row 0 (" in fault.place for fault in caught.value.faults)
    assert str(caught.value).startswith("made_up:")


def test_all_faults_come_at_once() -> None:
    with pytest.raises(SchemaError) as caught:
        gate(observation(), observation(), observation(period="x"), observation(period="2020", value=-1.0))
    text = [str(fault) for fault in caught.value.faults]
    assert sum("the same territory, period and measure twice" in fault for fault in text) == 2
    assert sum("not a year or quarter" in fault for fault in text) == 1
    assert sum("negative" in fault for fault in text) == 1


def test_missing_and_surplus_columns_are_named() -> None:
    table = pd.DataFrame([observation()]).drop(columns="status").assign(note="x")
    with pytest.raises(SchemaError) as caught:
        schema.observations(table, SOURCE)
    assert [fault.place for fault in caught.value.faults] == ["column 'status'", "column 'note'"]


def test_an_empty_table_passes() -> None:
    assert schema.observations(schema.empty_observations(), SOURCE, TERRITORIES).empty


def test_a_next_step_that_all_faults_share_is_said_once() -> None:
    same = [Fault("row 1", "wrong", "Mend it."), Fault("row 2", "wrong", "Mend it.")]
    assert str(SchemaError("a", same)) == "a:\n  - row 1: wrong\n  - row 2: wrong\n  Mend it."
    assert str(SchemaError("a", same[:1])) == "a: row 1: wrong. Mend it."
    other = [*same[:1], Fault("row 2", "wrong")]
    assert str(SchemaError("a", other)) == "a:\n  - row 1: wrong. Mend it.\n  - row 2: wrong"
    assert str(SchemaError.of("a", "row 1", "wrong")).startswith("a: row 1: wrong. Correct the file, or get it again")

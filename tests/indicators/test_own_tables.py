"""What is known of a unit, counted by hand on a land of four units, and on the real tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import indicators
from data.model import COUNTRY, RURAL
from data.own_tables import SOURCE
from indicators.evaluate import evaluate
from indicators.own_tables import MEASURES, observe, reads_own_tables
from tests.indicators.small import CITY, DALE, DISTRICT, HILL, TERRITORIES, TOWN, made, measure, observed

HAND = measure("births"), measure("residents"), measure("crimes", level="municipality")
KNOWN = {entry.id: entry for entry in (*HAND, *SOURCE.provides)}
LIST = {
    **made("births", lambda births: births, "births"),
    **made("people", lambda residents: residents, "residents"),
    **made("crimes", lambda crimes: crimes, "crimes"),
}
FIGURES: dict[tuple[str, str], dict[str, float | str]] = {
    ("residents", "2020"): {CITY: 1000.0, TOWN: 400.0, HILL: 100.0, DALE: 500.0},
    ("births", "2022"): {CITY: 8.0, TOWN: 4.0, HILL: "suppressed", DALE: "not_published"},
    ("births", "2021"): {CITY: 8.0, TOWN: 4.0, DALE: 3.0},
    ("crimes", "2019"): {CITY: 9.0, DISTRICT: 12.0},
}


def test_counts_by_hand() -> None:
    values = evaluate(LIST, observed(FIGURES), TERRITORIES, KNOWN)
    table = observe(values).pivot_table(index="territory", columns="measure", values="value")
    assert set(observe(values)["period"]) == {"2022"}
    expected = {
        # city: crimes of 2019 are its own; ages 0 (births 2022), 2 (people 2020), 3 (crimes 2019)
        CITY: (3, 3, 3, 0, 2),
        TOWN: (3, 3, 2, 0, 2),
        HILL: (3, 2, 1, 1, 2.5),  # births suppressed; people 2, crimes 3 years old
        DALE: (3, 3, 2, 0, 2),  # births of 2021: 1, 2 and 3 years old
    }
    for place, row in expected.items():
        assert tuple(table.loc[place, list(MEASURES)]) == row


def test_indicators_of_the_own_tables_come_from_one_call_and_do_not_count_themselves() -> None:
    share = made(
        "share",
        lambda reference_usable, reference_indicators: 100 * reference_usable / reference_indicators,
        "reference_usable",
        "reference_indicators",
    )
    age = made("age", lambda reference_age_years: reference_age_years, "reference_age_years")
    table = evaluate({**age, **LIST, **share}, observed(FIGURES), TERRITORIES, KNOWN)
    assert table["indicator"].drop_duplicates().tolist() == ["age", "births", "people", "crimes", "share"]
    rows = table[table["indicator"] == "share"].set_index(["territory", "level"])["value"]
    assert rows[HILL, "unit"] == pytest.approx(200 / 3)
    assert rows[DISTRICT, "municipality"] == pytest.approx(100 * 8 / 9)
    assert rows[COUNTRY, "country"] == pytest.approx(100 * 11 / 12)
    assert rows[RURAL, "group"] == pytest.approx(100 * 5 / 6)
    assert set(table.loc[table["indicator"] == "age", "level"]) == {"unit"}  # a median does not add up


def test_without_values_nothing_is_known_and_nothing_is_said() -> None:
    nothing = pd.DataFrame(columns=["territory", "level", "indicator", "period", "value", "status", "native_level"])
    assert observe(nothing).empty


def test_a_unit_without_any_value_has_no_age() -> None:
    values = evaluate(LIST, observed({("births", "2022"): {CITY: 8.0, HILL: "suppressed"}}), TERRITORIES, KNOWN)
    table = observe(values).set_index(["territory", "measure"])
    assert table.loc[(HILL, "reference_usable"), "value"] == 0
    assert np.isnan(table.loc[(HILL, "reference_age_years"), "value"])
    assert table.loc[(HILL, "reference_age_years"), "status"] == "not_applicable"


def test_the_declared_source_gives_what_is_counted() -> None:
    assert tuple(entry.id for entry in SOURCE.provides) == MEASURES


def test_the_real_tables(evaluated: pd.DataFrame) -> None:
    own = {name for name, entry in indicators.registry().items() if reads_own_tables(entry.measures)}
    assert len(own) == 4
    rows = evaluated[evaluated["indicator"].isin(own) & (evaluated["level"] == "unit")]
    assert (rows.groupby("indicator")["territory"].nunique() == 592).all()
    assert len(set(rows["period"])) == 1
    shares = rows[rows["indicator"] != "reference_age_years"]["value"]
    assert shares.between(0, 100).all()

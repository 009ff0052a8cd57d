"""The real figures: against the published workbooks read by eye, and against each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import indicators
from data import own_tables
from data.model import COUNTRY, RURAL
from data.store import Snapshot

AIZPUTE, VIPE = "LV0027400", "LV0031600"  # Aizputes pagasts, Vīpes pagasts


@pytest.fixture(scope="module")
def table(evaluated: pd.DataFrame) -> pd.DataFrame:
    return evaluated


@pytest.fixture(scope="module")
def values(table: pd.DataFrame) -> pd.Series:
    return table.set_index(["indicator", "territory", "level", "period"])["value"].sort_index()


@pytest.mark.parametrize(
    ("id", "territory", "period", "expected"),
    [
        ("residents", AIZPUTE, "2024", 797),
        ("population_change_5y", AIZPUTE, "2024", 100 * (797 / 851 - 1)),
        ("population_change_10y", VIPE, "2024", 100 * (574 / 797 - 1)),
    ],
)
def test_figures_of_the_workbook(values: pd.Series, id: str, territory: str, period: str, expected: float) -> None:
    assert values[id, territory, "unit", period] == pytest.approx(expected)


def test_modelled_skills_return_to_the_published_rate(values: pd.Series, snapshot: Snapshot) -> None:
    observed = snapshot.observations
    for id, measure in (("basic_skills_share", "ict_basic_skills_16_74"), ("online_share", "ict_individuals_online")):
        published = observed[observed["measure"] == measure].set_index("period")["value"]
        modelled = values.xs((id, COUNTRY, "country"))
        assert len(modelled) >= 3
        assert modelled.to_numpy() == pytest.approx(published[modelled.index].to_numpy())
        units = values.xs((id, "unit"), level=("indicator", "level"))
        assert units.between(0, 100).all()


SIGULDAS_PAGASTS, SIGULDAS_NOVADS = "LV0048460", "LV0048000"


def test_no_change_is_shown_across_a_border_that_moved(values: pd.Series) -> None:
    """The town of Sigulda took in more than half of the people of its parish before 2021."""
    parish = values.xs((SIGULDAS_PAGASTS, "unit"), level=("territory", "level"))
    change = parish["population_change_5y"]
    assert change[["2016", "2020"]].notna().all()
    assert change[["2021", "2022", "2023", "2024"]].isna().all()
    assert parish["residents"].notna().all()
    whole = values["population_change_5y", SIGULDAS_NOVADS, "municipality", "2024"]
    assert whole == pytest.approx(100 * (33144 / 32113 - 1))  # the municipality's own sheet
    assert parish["income_tax_payers_share"].dropna().between(60, 90).all()
    assert parish["births_rate"].dropna().between(5, 20).all()


def test_zeros_of_a_series_that_had_not_begun_are_no_values(values: pd.Series) -> None:
    crimes = values.xs(("crimes_rate", "municipality"), level=("indicator", "level"))
    assert (crimes.dropna() > 0).all()
    assert crimes[SIGULDAS_NOVADS].dropna().index.tolist() == ["2022"]
    assert values["crimes_rate", COUNTRY, "country", "2021"] == pytest.approx(15.98, abs=0.01)


def test_counts_add_up(values: pd.Series, snapshot: Snapshot) -> None:
    parishes = snapshot.territories.query("level == 'unit' and kind == 'parish'")["code"]
    for id, period in (("residents", "2024"), ("broadband_tests", "2023-Q2")):
        units = values.xs((id, "unit", period), level=("indicator", "level", "period"))
        assert units.sum() == pytest.approx(values[id, COUNTRY, "country", period])
        assert units[units.index.isin(parishes)].sum() == pytest.approx(values[id, RURAL, "group", period])
        towns = values.xs((id, "municipality", period), level=("indicator", "level", "period"))
        assert towns.sum() == pytest.approx(units.sum())


def test_shares_of_age_fill_the_whole(values: pd.Series) -> None:
    shares = [values.xs(id) for id in ("children_share", "working_age_share", "older_share")]
    total = (shares[0] + shares[1] + shares[2]).dropna()
    latest = total.xs("2023", level="period")
    assert latest.drop(index=[(COUNTRY, "country"), (RURAL, "group")]).between(95, 105).mean() > 0.99
    assert latest[COUNTRY, "country"] == pytest.approx(100, abs=0.5)


def test_every_indicator_has_values_for_nearly_all_units(values: pd.Series, snapshot: Snapshot) -> None:
    known = values.xs("unit", level="level").dropna().groupby(["indicator", "period"]).size()
    most = known.groupby("indicator").max()
    seen = {*snapshot.observations["measure"], *(measure.id for measure in own_tables.SOURCE.provides)}
    there = {id for id, entry in indicators.registry().items() if seen >= set(entry.measures)}
    assert set(most.index) == there
    assert (most >= 0.65 * 592).all()
    assert np.isfinite(values.dropna()).all()


def newest(table: pd.DataFrame, snapshot: Snapshot, id: str) -> pd.DataFrame:
    """The newest rows of parishes with a value."""
    parishes = snapshot.territories.query("level == 'unit' and kind == 'parish'")["code"]
    rows = table[(table["indicator"] == id) & table["territory"].isin(parishes) & table["value"].notna()]
    return rows[rows["period"] == rows["period"].max()].set_index("territory")


@pytest.mark.parametrize("id", ["births_rate", "businesses_registered_rate", "youth_share", "download_mbps"])
def test_smoothing_takes_the_smallest_places_off_the_top(table: pd.DataFrame, snapshot: Snapshot, id: str) -> None:
    rows, people = newest(table, snapshot, id), newest(table, snapshot, "residents")["value"]
    smallest = set(people[people.rank(pct=True) <= 0.25].index)
    smoothed = rows["smoothed"].fillna(rows["value"])
    raw, after = (len(smallest & set(ranked.nlargest(25).index)) for ranked in (rows["value"], smoothed))
    assert after < raw
    assert after <= 3


def test_intervals_hold_the_smoothed_value_and_copies_have_none(table: pd.DataFrame) -> None:
    rows = table[table["low"].notna()]
    assert ((rows["low"] <= rows["smoothed"]) & (rows["smoothed"] <= rows["high"])).all()
    assert rows["sd"].gt(0).all()
    copied = table[(table["level"] == "unit") & (table["native_level"] != "unit")]
    assert copied[["smoothed", "low", "high", "sd"]].isna().all(axis=None)


def test_few_speed_tests_are_estimates_and_none_are_no_value(table: pd.DataFrame, snapshot: Snapshot) -> None:
    speed = newest(table, snapshot, "download_mbps")
    tests, devices = (newest(table, snapshot, f"broadband_{what}")["value"] for what in ("tests", "devices"))
    assert (tests[speed.index] > 0).all()
    enough = ((tests >= 30) & (devices >= 10))[speed.index]
    assert set(speed.loc[enough, "status"]) == {"final"}
    assert (speed.loc[~enough, "status"] == "estimated").mean() > 0.95
    assert speed["small_base"].eq(~enough).all()

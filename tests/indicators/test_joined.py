"""Areas joined from units: sums and rates by hand, and the same figures as where the country joins the same units."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import COUNTRY, RURAL
from indicators.evaluate import AREA, COLUMNS, Joined, evaluate
from indicators.own_tables import reads_own_tables
from indicators.smoothing import alone
from tests.conftest import times
from tests.indicators.small import CITY, DALE, DISTRICT, HILL, TERRITORIES, TOWN, made, measure, observed
from ui.cache import registry

MEASURES = {
    entry.id: entry
    for entry in (
        measure("residents"),
        measure("births"),
        measure("border_moves"),
        measure("crimes", level="municipality"),
        measure("skills", level="country", additive=False),
        measure("old"),
        measure("young"),
    )
}
RATE = made("rate", lambda births, residents: 1000 * births / residents, "births", "residents")
PEOPLE = {CITY: 1000.0, TOWN: 400.0, HILL: 100.0, DALE: 500.0}
BIRTHS: dict[str, float | str] = {CITY: 8.0, TOWN: 4.0, HILL: 2.0, DALE: 3.0}


def joined(indicators, figures, areas, measures=MEASURES) -> pd.DataFrame:
    observations = observed(figures)
    values = evaluate(indicators, observations, TERRITORIES, measures)
    return Joined(indicators, observations, TERRITORIES, measures, values).values(areas)


def test_rates_are_recomputed_and_never_averaged() -> None:
    table = joined(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): BIRTHS}, {"a": [HILL, DALE], "b": [TOWN]})
    assert tuple(table.columns) == COLUMNS
    # (2 + 3) / (100 + 500), not the mean of 20 and 6; 4 / 400
    assert dict(zip(table["territory"], table["value"], strict=True)) == pytest.approx({"a": 25 / 3, "b": 10})
    assert set(table["level"]) == set(table["native_level"]) == {AREA}
    assert set(table["status"]) == {"final"}


def test_a_unit_named_twice_counts_once() -> None:
    figures = {("residents", "2022"): PEOPLE, ("births", "2022"): BIRTHS}
    once, twice = (joined(RATE, figures, {"a": codes})["value"].item() for codes in ([HILL, DALE], [HILL, DALE, HILL]))
    assert once == twice


def test_a_hidden_part_leaves_a_value_only_where_four_fifths_are_covered() -> None:
    births = {**BIRTHS, HILL: "suppressed"}
    figures = {("residents", "2022"): PEOPLE, ("births", "2022"): births}
    table = joined(RATE, figures, {"most": [HILL, DALE], "few": [HILL, TOWN, CITY], "none": [HILL]})
    found = table.set_index("territory")
    assert found.loc["most", "value"] == pytest.approx(6)  # 500 of 600 are covered: 3 / 500
    assert found.loc["most", "coverage"] == pytest.approx(5 / 6)
    assert found.loc["few", "value"] == pytest.approx(1000 * 12 / 1400)
    assert math.isnan(found.loc["none", "value"])
    assert found.loc["none", "status"] == "suppressed"


def test_what_only_municipalities_have_is_there_for_whole_ones() -> None:
    crimes = made("crime", lambda crimes, residents: 1000 * crimes / residents, "crimes", "residents")
    figures = {("residents", "2022"): PEOPLE, ("crimes", "2022"): {CITY: 30.0, DISTRICT: 20.0}}
    areas = {"whole": [TOWN, HILL, DALE], "both": [CITY, TOWN, HILL, DALE], "part": [HILL, DALE]}
    found = joined(crimes, figures, areas).set_index("territory")
    assert found.loc["whole", "value"] == pytest.approx(20)
    assert found.loc["both", "value"] == pytest.approx(25)
    assert math.isnan(found.loc["part", "value"])
    assert found.loc["part", "status"] == "not_published"


def test_a_unit_whose_border_moved_counts_only_with_its_whole_municipality() -> None:
    change = made(
        "change", lambda residents, residents__lag1: residents - residents__lag1, "residents", "residents__lag1"
    )
    measures = {**MEASURES, "residents": measure("residents", lead=0)}
    figures = {
        ("residents", "2021"): {CITY: 1000.0, TOWN: 400.0, HILL: 150.0, DALE: 400.0},
        ("residents", "2022"): {CITY: 1000.0, TOWN: 400.0, HILL: 100.0, DALE: 500.0},
        ("border_moves", "2022"): {HILL: 1.0},
    }
    areas = {"part": [HILL, DALE], "whole": [TOWN, HILL, DALE]}
    table = joined(change, figures, areas, measures)
    found = table[table["period"] == "2022"].set_index("territory")
    assert found.loc["part", "value"] == pytest.approx(100)
    assert found.loc["whole", "value"] == pytest.approx(50)


def test_a_rate_carries_the_interval_of_its_own_cases() -> None:
    rate = made(
        "rate", lambda births, residents: 1000 * births / residents, "births", "residents",
        numerator="births", base="residents", family="rate",
    )  # fmt: skip
    found = joined(rate, {("residents", "2022"): PEOPLE, ("births", "2022"): BIRTHS}, {"a": [HILL, DALE]}).iloc[0]
    sd, low, high = alone([5.0], [600.0], "rate")
    assert [found["sd"], found["low"], found["high"]] == pytest.approx([1000 * x.item() for x in (sd, low, high)])
    assert sd.item() == pytest.approx(math.sqrt(5.5) / 600)
    assert found["low"] < found["value"] < found["high"]
    assert math.isnan(found["smoothed"])
    assert bool(found["small_base"])


def test_jeffreys_interval_of_a_share() -> None:
    # Brown, Cai and DasGupta, table 5: n = 7; with 90 % the ends of x = 0 are 0 and 1.
    sd, low, high = alone([0.0, 3.0, 7.0], [7.0] * 3, "share")
    assert low[0] < 0.001
    assert high[2] > 0.999
    assert low[1] < 3 / 7 < high[1]
    a, b = 3.5, 4.5
    assert sd[1] == pytest.approx(math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))))
    assert 1 - high[0] == pytest.approx(low[2])


@pytest.mark.parametrize("members", [[], ["LV9999999"], [HILL, DISTRICT]])
def test_an_area_of_nothing_or_of_no_units_is_refused(members: list[str]) -> None:
    with pytest.raises(ValueError, match="a: no"):
        joined(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): BIRTHS}, {"a": members})


@given(st.data())
@settings(max_examples=times(10, 30))
def test_sums_of_counts_do_not_depend_on_how_an_area_is_cut(data: st.DataObject) -> None:
    units = [CITY, TOWN, HILL, DALE]
    whole = data.draw(st.lists(st.sampled_from(units), min_size=2, unique=True))
    cut = data.draw(st.integers(1, len(whole) - 1))
    count = made("count", lambda residents: residents, "residents")
    parts = {"one": whole[:cut], "other": whole[cut:], "all": whole}
    found = joined(count, {("residents", "2022"): PEOPLE}, parts).set_index("territory")["value"]
    assert found["one"] + found["other"] == pytest.approx(found["all"])


@pytest.fixture(scope="module")
def real(snapshot, evaluated):
    """All declared indicators, the values of the real snapshot, and areas of it."""
    indicators = registry()
    given = (indicators, snapshot.observations, snapshot.territories, snapshot.measures)
    return indicators, evaluated, Joined(*given, evaluated)


def test_real_areas_have_the_figures_of_the_municipality_and_the_country(snapshot, real) -> None:
    indicators, values, areas = real
    units = snapshot.territories.query("level == 'unit'")
    town = units.groupby("parent")["code"].apply(list)
    groups = {
        **town.iloc[::6].to_dict(),
        COUNTRY: units["code"].tolist(),
        RURAL: units.query("kind == 'parish'")["code"].tolist(),
    }
    own = [id for id, entry in indicators.items() if reads_own_tables(entry.measures)]
    key, columns = ["territory", "indicator", "period"], ["value", "status", "coverage"]
    found = areas.values(groups).set_index(key)[columns]
    expected = values[values["territory"].isin(groups) & (values["level"] != "unit") & ~values["indicator"].isin(own)]
    both = expected.set_index(key)[columns].add_suffix("_wanted").join(found)
    # the country's own rate of what is modelled below it is published, and is no estimate there
    modelled = both.index.get_level_values("indicator").isin(
        [id for id, entry in indicators.items() if entry.estimated]
    )
    assert len(both) == len(expected) > 2000
    np.testing.assert_allclose(both["value"].to_numpy(float), both["value_wanted"].to_numpy(float), rtol=1e-9)
    assert (both["status"] == both["status_wanted"])[~modelled].all()
    np.testing.assert_allclose(both["coverage"].to_numpy(float), both["coverage_wanted"].to_numpy(float))


def test_what_is_known_of_a_real_area_is_counted_as_of_a_unit(snapshot, real) -> None:
    _, _, areas = real
    one = snapshot.territories.query("kind == 'parish'")["code"].iloc[0]
    found = areas.values({"a": [one]}).set_index("indicator")["value"]
    assert 50 < found["reference_usable_share"] <= 100
    assert 0 <= found["reference_age_years"] < 10

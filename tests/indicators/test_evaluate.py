"""Evaluation on a land of four units: sums, reasons, coverage, copies, and properties that must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import COUNTRY, RURAL
from indicators.evaluate import COLUMNS, evaluate
from tests.conftest import times
from tests.indicators.small import CITY, DALE, DISTRICT, HILL, TERRITORIES, TOWN, made, measure, observed

UNITS = (CITY, TOWN, HILL, DALE)
MEASURES = {
    entry.id: entry
    for entry in (
        measure("residents"),
        measure("births"),
        measure("area", timeless=True),
        measure("crimes", level="municipality"),
        measure("jobless_rate", level="municipality", additive=False),
        measure("skills", level="country", additive=False),
        measure("old"),
        measure("young"),
    )
}
RATE = made("rate", lambda births, residents: 1000 * births / residents, "births", "residents")
PEOPLE = {CITY: 1000.0, TOWN: 400.0, HILL: 100.0, DALE: 500.0}


def run(indicators, figures, measures=MEASURES) -> pd.DataFrame:
    return evaluate(indicators, observed(figures), TERRITORIES, measures)


def cell(table: pd.DataFrame, territory: str, level: str | None = None, period: str | None = None) -> pd.Series:
    rows = table[table["territory"] == territory]
    rows = rows if level is None else rows[rows["level"] == level]
    rows = rows if period is None else rows[rows["period"] == period]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_rates_come_from_sums_at_every_level() -> None:
    births = {CITY: 8.0, TOWN: 4.0, HILL: 2.0, DALE: 3.0}
    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births})
    assert tuple(table.columns) == COLUMNS
    assert table["territory"].tolist() == [*UNITS, CITY, DISTRICT, COUNTRY, RURAL]
    assert table["level"].tolist() == [*["unit"] * 4, *["municipality"] * 2, "country", "group"]
    # 8/1000, 4/400, 2/100, 3/500; city 8/1000; district 9/1000; Latvia 17/2000; parishes 5/600
    assert table["value"].tolist() == pytest.approx([8, 10, 20, 6, 8, 9, 8.5, 25 / 3])
    assert set(table["status"]) == {"final"}
    assert set(table["native_level"]) == {"unit"}
    assert (table["coverage"] == 1).all()


def test_numerator_and_base_speak_of_the_same_places() -> None:
    # births of Kalna (100 of 1,000 residents of the district) were never collected: 0.9 is covered
    births = {CITY: 8.0, TOWN: 4.0, DALE: 5.0}
    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births})
    assert HILL not in set(table["territory"])
    district = cell(table, DISTRICT)
    assert district["value"] == pytest.approx(1000 * 9 / 900)
    assert district["coverage"] == pytest.approx(0.9)
    assert cell(table, COUNTRY)["coverage"] == pytest.approx(0.95)


@pytest.mark.parametrize(("reason", "status"), [(None, "not_published"), ("suppressed", "suppressed")])
def test_too_little_covered_gives_no_value_but_a_reason(reason: str | None, status: str) -> None:
    births: dict[str, float | str] = {CITY: 8.0, TOWN: 4.0, HILL: 2.0}
    if reason:
        births[DALE] = reason
    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births})
    district = cell(table, DISTRICT)
    assert np.isnan(district["value"])
    assert district["status"] == status
    assert district["coverage"] == pytest.approx(0.5)
    assert not district["small_base"]
    assert np.isnan(cell(table, COUNTRY)["value"])  # 1,500 of 2,000: 0.75


def test_an_unpublished_year_stays_unpublished_everywhere() -> None:
    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): dict.fromkeys(UNITS, "not_published")})
    assert len(table) == 8
    assert table["value"].isna().all()
    assert set(table["status"]) == {"not_published"}


def test_not_published_beats_not_collected() -> None:
    people = {unit: PEOPLE[unit] for unit in (CITY, TOWN, HILL)}
    table = run(RATE, {("residents", "2022"): people, ("births", "2022"): dict.fromkeys(UNITS, "not_published")})
    assert cell(table, DALE)["status"] == "not_published"


def test_a_period_needs_every_input_somewhere() -> None:
    gone = dict.fromkeys(UNITS, "not_applicable")
    assert run(RATE, {("births", "2022"): gone}).empty
    assert run(RATE, {("births", "2022"): PEOPLE, ("residents", "2021"): PEOPLE}).empty


def test_nothing_collected_is_no_row() -> None:
    table = run(RATE, {("residents", "2021"): PEOPLE, ("residents", "2022"): PEOPLE, ("births", "2022"): PEOPLE})
    assert set(table["period"]) == {"2022"}
    assert run(RATE, {("residents", "2021"): PEOPLE}).empty


def test_indicator_without_a_source_has_no_values() -> None:
    measures = {"residents": MEASURES["residents"]}
    assert run(RATE, {("residents", "2022"): PEOPLE}, measures).empty


def test_nothing_over_nothing_is_not_applicable() -> None:
    people = PEOPLE | {HILL: 0.0}
    table = run(RATE, {("residents", "2022"): people, ("births", "2022"): dict.fromkeys(UNITS, 0.0) | {HILL: 1.0}})
    hill = cell(table, HILL)
    assert np.isnan(hill["value"])
    assert hill["status"] == "not_applicable"
    assert cell(table, TOWN)["value"] == 0
    assert not np.isinf(table["value"]).any()


@pytest.mark.parametrize(("unit", "share", "expected"), [(HILL, 0.1, "final"), (DALE, 0.5, "estimated")])
def test_a_sum_is_as_uncertain_as_a_fifth_of_it(unit: str, share: float, expected: str) -> None:
    assert PEOPLE[unit] / 1000 == share
    rows = observed({("residents", "2022"): PEOPLE, ("births", "2022"): dict.fromkeys(UNITS, 5.0)})
    rows.loc[(rows["measure"] == "births") & (rows["territory"] == unit), "status"] = "estimated"
    table = evaluate(RATE, rows, TERRITORIES, MEASURES)
    assert cell(table, unit)["status"] == "estimated"
    assert cell(table, DISTRICT)["status"] == expected
    assert cell(table, TOWN)["status"] == "final"
    assert cell(table, CITY, "municipality")["status"] == "final"


def test_three_year_sum_needs_all_three() -> None:
    three = made("rate", lambda births__3y, residents__3y: births__3y / residents__3y, "births__3y", "residents__3y")
    years = {("births", str(y)): dict.fromkeys(UNITS, float(y - 2017)) for y in range(2018, 2022)}
    people = {("residents", str(y)): PEOPLE for y in range(2018, 2022)}
    table = run(three, {**years, **people})
    assert set(table["period"]) == {"2020", "2021"}
    assert cell(table, HILL, period="2020")["value"] == pytest.approx((1 + 2 + 3) / 300)
    assert cell(table, HILL, period="2021")["value"] == pytest.approx((2 + 3 + 4) / 300)
    gap = {**years, ("births", "2019"): dict.fromkeys(UNITS, "not_published")}
    table = run(three, {**gap, **people})
    assert set(table["status"]) == {"not_published"}


def test_a_window_ends_with_its_series() -> None:
    three = made("rate", lambda births__3y: births__3y, "births__3y")
    figures = {("births", str(year)): dict.fromkeys(UNITS, 1.0) for year in (2017, 2018, 2019)}
    figures |= {("births", "2020"): dict.fromkeys(UNITS, "not_published"), ("residents", "2021"): PEOPLE}
    table = run(three | made("people", lambda residents: residents, "residents"), figures)
    rates = table[table["indicator"] == "rate"]
    assert set(rates["period"]) == {"2019", "2020"}
    assert set(rates.loc[rates["period"] == "2020", "status"]) == {"not_published"}


def test_lag_looks_back() -> None:
    change = made(
        "change", lambda residents, residents__lag5: residents - residents__lag5, "residents", "residents__lag5"
    )
    table = run(change, {("residents", "2017"): PEOPLE, ("residents", "2022"): dict.fromkeys(UNITS, 450.0)})
    assert set(table["period"]) == {"2022"}
    assert cell(table, DALE)["value"] == -50
    assert cell(table, DISTRICT)["value"] == 350


def moving(*inputs: str, **leads: int | None) -> tuple[dict, dict]:
    """An indicator that adds up its inputs, on measures with the given leads."""
    adding = made("sum", lambda **figures: sum(figures.values()), *inputs)
    measures = {name: measure(name, timeless=name == "area", lead=lead) for name, lead in leads.items()}
    return adding, measures


def moved_in(year: str) -> dict[tuple[str, str], dict[str, float]]:
    """The border between Mazpils and Kalna moved before the beginning of the year."""
    years = ("2019", "2020", "2021", "2022")
    return {
        ("border_moves", y): dict.fromkeys(UNITS, 0.0) | dict.fromkeys((TOWN, HILL), float(y == year)) for y in years
    }


def statuses(table: pd.DataFrame, territory: str) -> dict[str, str]:
    rows = table[(table["territory"] == territory) & (table["level"] != "municipality")]
    return dict(zip(rows["period"], rows["status"], strict=True))


def test_no_change_of_a_unit_is_reckoned_across_a_moved_border() -> None:
    adding, measures = moving("residents", "residents__lag1", residents=0)
    people = {("residents", str(year)): PEOPLE for year in range(2018, 2023)}
    table = run(adding, people | moved_in("2021"), measures)
    assert statuses(table, HILL) == dict.fromkeys(("2019", "2020", "2022"), "final") | {"2021": "not_applicable"}
    assert np.isnan(cell(table, TOWN, period="2021")["value"])
    assert set(statuses(table, DALE).values()) == {"final"}
    assert cell(table, DISTRICT, period="2021")["value"] == 2000  # it moved inside the district: 1,000 twice
    assert cell(table, RURAL, period="2021")["value"] == 1000  # the parish that changed has no part: 500 twice
    assert cell(table, DISTRICT, period="2021")["coverage"] == 1


def test_figures_of_a_years_end_are_in_new_borders_a_year_earlier() -> None:
    adding, measures = moving("births", "residents", births=1, residents=0)
    figures = {(name, str(year)): PEOPLE for name in ("births", "residents") for year in range(2019, 2023)}
    table = run(adding, figures | moved_in("2021"), measures)
    assert statuses(table, HILL) == dict.fromkeys(("2019", "2021", "2022"), "final") | {"2020": "not_applicable"}
    alone, measures = moving("births", births=1)
    assert set(statuses(run(alone, figures | moved_in("2021"), measures), HILL).values()) == {"final"}


def test_a_window_across_a_moved_border() -> None:
    adding, measures = moving("births__3y", births=1)
    figures = {("births", str(year)): PEOPLE for year in range(2016, 2023)}
    table = run(adding, figures | moved_in("2020"), measures)
    # births of 2019 are the first in the borders of 2020: sums that hold 2018 and 2019 are mixed
    expected = {"2018": "final", "2019": "not_applicable", "2020": "not_applicable", "2021": "final", "2022": "final"}
    assert statuses(table, HILL) == expected


def test_figures_in_present_borders_fit_the_years_since_the_last_move() -> None:
    adding, measures = moving("residents", "area", residents=0, area=None)
    figures = {("residents", str(year)): PEOPLE for year in range(2019, 2023)}
    table = run(adding, figures | {("area", "2022"): PEOPLE} | moved_in("2021"), measures)
    expected = dict.fromkeys(("2019", "2020"), "not_applicable") | dict.fromkeys(("2021", "2022"), "final")
    assert statuses(table, HILL) == expected


def test_what_is_not_applicable_does_not_belong_to_the_whole() -> None:
    births: dict[str, float | str] = {CITY: 8.0, TOWN: 4.0, HILL: 2.0, DALE: "not_applicable"}
    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births})
    district = cell(table, DISTRICT)
    assert district["value"] == pytest.approx(1000 * 6 / 500)
    assert district["coverage"] == 1
    nowhere = run(
        RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births | {TOWN: births[DALE], HILL: births[DALE]}}
    )
    assert cell(nowhere, DISTRICT)["status"] == "not_applicable"
    assert cell(nowhere, COUNTRY)["value"] == 8


def test_timeless_measures_hold_for_every_period() -> None:
    density = made("density", lambda residents, area: residents / area, "residents", "area")
    years = {("residents", year): PEOPLE for year in ("2020", "2021", "2023-Q2")}
    table = run(density, {**years, ("area", "2024"): dict.fromkeys(UNITS, 10.0)})
    assert set(table["period"]) == {"2020", "2021", "2023-Q2"}
    assert table.loc[table["territory"] == DISTRICT, "value"].to_numpy() == pytest.approx([1000 / 30] * 3)


def test_a_whole_share_is_not_more_than_a_hundred() -> None:
    share = made("share", lambda near, residents: 100 * near / residents, "near", "residents")
    parts = dict(zip(UNITS, (0.1 + 0.2, 1.1 * 1.1, 2.2 + 1.1, 7.0), strict=False))
    wholes = dict(zip(UNITS, (0.3, 1.21, 3.3, 7.0), strict=False))
    table = run(share, {("near", "2020"): parts, ("residents", "2020"): wholes})
    assert (table["value"].dropna() == 100).all()


def test_a_municipal_figure_is_copied_to_its_units() -> None:
    crime = made("crime", lambda crimes, residents: 1000 * crimes / residents, "crimes", "residents")
    table = run(crime, {("residents", "2022"): PEOPLE, ("crimes", "2022"): {CITY: 20.0, DISTRICT: 5.0}})
    assert table["territory"].tolist() == [*UNITS, CITY, DISTRICT, COUNTRY]  # no pool of parishes
    assert table["value"].tolist() == pytest.approx([20, 5, 5, 5, 20, 5, 12.5])
    assert table["native_level"].tolist() == ["unit", *["municipality"] * 6]


def test_a_published_share_is_not_added_up() -> None:
    share = made("share", lambda jobless_rate: jobless_rate, "jobless_rate")
    table = run(share, {("jobless_rate", "2022"): {CITY: 4.0, DISTRICT: 9.0}})
    assert table["value"].tolist() == [4, 9, 9, 9, 4, 9]
    assert set(table["level"]) == {"unit", "municipality"}


SKILLS = made(
    "skilled",
    lambda skills, old__held2, young__held2, old__held2__lv, young__held2__lv: (
        skills * (young__held2 / (young__held2 + old__held2)) / (young__held2__lv / (young__held2__lv + old__held2__lv))
    ),
    "skills",
    "old__held2",
    "young__held2",
    "old__held2__lv",
    "young__held2__lv",
    estimated=True,
)
OLD = {CITY: 200.0, TOWN: 100.0, HILL: 50.0, DALE: 150.0}
YOUNG = {CITY: 600.0, TOWN: 200.0, HILL: 50.0, DALE: 150.0}


def test_a_national_rate_modelled_down_returns_to_the_published_total() -> None:
    table = run(SKILLS, {("skills", "2021"): {COUNTRY: 50.0}, ("old", "2021"): OLD, ("young", "2021"): YOUNG})
    assert cell(table, COUNTRY)["value"] == pytest.approx(50)
    assert cell(table, COUNTRY)["status"] == "final"
    assert cell(table, HILL)["value"] == pytest.approx(50 * (1 / 2) / (1000 / 1500))
    assert cell(table, HILL)["status"] == "estimated"
    assert set(table["native_level"]) == {"country"}


def test_held_figures_are_carried_on_together_but_not_for_ever() -> None:
    figures = {("skills", year): {COUNTRY: 50.0} for year in ("2021", "2023", "2024")}
    figures |= {("old", "2021"): OLD, ("young", "2021"): YOUNG, ("young", "2022"): dict.fromkeys(UNITS, 1.0)}
    table = run(SKILLS, figures)
    assert set(table["period"]) == {"2021", "2023"}
    both = table[table["territory"] == HILL].set_index("period")["value"]
    assert both["2021"] == both["2023"]  # the young of 2022 are not mixed with the old of 2021


def test_small_base() -> None:
    rate = made(
        "rate",
        RATE["rate"].compute,
        "births",
        "residents",
        numerator="births",
        base="residents",
        minimum=(("old", 60),),
    )
    births = {CITY: 21.0, TOWN: 20.0, HILL: 30.0, DALE: 30.0}
    figures = {("residents", "2022"): PEOPLE | {HILL: 99.0}, ("births", "2022"): births, ("old", "2022"): OLD}
    table = run(rate, figures)
    assert table.set_index(["territory", "level"])["small_base"].to_dict() == {
        (CITY, "unit"): False,
        (TOWN, "unit"): True,  # numerator 20
        (HILL, "unit"): True,  # base 99 and minimum 50
        (DALE, "unit"): False,
        (CITY, "municipality"): False,
        (DISTRICT, "municipality"): False,
        (COUNTRY, "country"): False,
        (RURAL, "group"): False,
    }


def test_declared_coverage_multiplies() -> None:
    share = made("share", lambda young, old: young / old, "young", "old", coverage=("old", "residents"))
    table = run(share, {("residents", "2022"): PEOPLE, ("old", "2022"): OLD, ("young", "2022"): YOUNG})
    assert cell(table, DALE)["coverage"] == pytest.approx(0.3)
    assert cell(table, DISTRICT)["coverage"] == pytest.approx(0.3)
    assert cell(table, HILL)["coverage"] == pytest.approx(0.5)


def test_regional_figures_are_refused() -> None:
    regional = {"speed": measure("speed", level="region")}
    with pytest.raises(ValueError, match="speed: indicators cannot be computed from region figures"):
        run(made("speed", lambda speed: speed, "speed"), {("speed", "2022"): {"LV00A": 1.0}}, regional)


COUNT = st.integers(0, 5000).map(float)
FIGURES = st.fixed_dictionaries(
    {unit: st.one_of(st.sampled_from(["suppressed", "not_published"]), COUNT) for unit in UNITS}
)
COMPLETE = st.fixed_dictionaries(dict.fromkeys(UNITS, COUNT))


@settings(deadline=None, max_examples=times(12, 40))
@given(births=COMPLETE, people=COMPLETE)
def test_aggregating_is_computing_on_the_sum(births: dict[str, float], people: dict[str, float]) -> None:
    table = run(RATE, {("residents", "2022"): people, ("births", "2022"): births})
    parts = [TOWN, HILL, DALE]
    total = sum(people[unit] for unit in parts)
    district = cell(table, DISTRICT)
    if total == 0:
        assert district["status"] in {"not_applicable", "not_published"}
        assert np.isnan(district["value"])
    else:
        assert district["value"] == pytest.approx(1000 * sum(births[unit] for unit in parts) / total)


@settings(deadline=None, max_examples=times(12, 40))
@given(births=FIGURES, seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(births: dict[str, float | str], seed: int) -> None:
    rows = observed({("residents", "2022"): PEOPLE, ("births", "2022"): births})
    shuffled = rows.sample(frac=1, random_state=seed)
    towns = TERRITORIES.sample(frac=1, random_state=seed)
    expected = evaluate(RATE, rows, TERRITORIES, MEASURES)
    pd.testing.assert_frame_equal(evaluate(RATE, shuffled, towns, MEASURES), expected)


@settings(deadline=None, max_examples=times(12, 40))
@given(births=FIGURES)
def test_missing_stays_missing(births: dict[str, float | str]) -> None:
    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births})
    for unit in UNITS:
        row = cell(table, unit, "unit")
        if isinstance(births[unit], str):
            assert np.isnan(row["value"])
            assert row["status"] == births[unit]
        else:
            assert row["value"] == pytest.approx(1000 * births[unit] / PEOPLE[unit])
            assert row["status"] == "final"
    valueless = table["status"].isin({"suppressed", "not_published", "not_applicable"})
    assert (table["value"].isna() == valueless).all()


@settings(deadline=None, max_examples=times(12, 40))
@given(births=FIGURES, factor=st.integers(2, 50))
def test_scaling_all_counts_leaves_the_rate(births: dict[str, float | str], factor: int) -> None:
    def scaled(cells):
        return {unit: cell if isinstance(cell, str) else cell * factor for unit, cell in cells.items()}

    table = run(RATE, {("residents", "2022"): PEOPLE, ("births", "2022"): births})
    larger = run(RATE, {("residents", "2022"): scaled(PEOPLE), ("births", "2022"): scaled(births)})
    pd.testing.assert_frame_equal(table, larger)


BIRTHS = {CITY: 8.0, TOWN: 4.0, HILL: 2.0, DALE: 3.0}
SMOOTHED = made(
    "rate",
    lambda births, residents: 1000 * births / residents,
    "births",
    "residents",
    numerator="births",
    base="residents",
    family="rate",
)


def test_small_numbers_are_drawn_towards_their_kind_and_the_plain_value_stays() -> None:
    """Parishes 2/100 and 20/500: m = 22/600, s2 = (100 (1/60)^2 + 500 (1/300)^2)/600 = 1/18000; a < 0 with N = 300."""
    table = run(SMOOTHED, {("residents", "2022"): PEOPLE, ("births", "2022"): BIRTHS | {DALE: 20.0}})
    hill, dale = cell(table, HILL), cell(table, DALE)
    assert hill["value"] == pytest.approx(20)
    assert hill["smoothed"] == pytest.approx(1000 * 22 / 600)  # no more apart than by chance: both the pooled rate
    assert hill["smoothed"] == cell(table, RURAL)["value"] == pytest.approx(dale["smoothed"])
    assert hill["sd"] == 0
    for place in (COUNTRY, RURAL):
        assert cell(table, place)[["smoothed", "low", "high", "sd"]].isna().all()
    district = cell(table, DISTRICT)
    assert district["low"] <= district["smoothed"] <= district["high"]
    assert set(table["status"]) == {"final"}


def test_a_place_far_off_keeps_most_of_its_own_rate() -> None:
    many = {CITY: 8.0, TOWN: 4.0, HILL: 30.0, DALE: 3.0}
    table = run(SMOOTHED, {("residents", "2022"): PEOPLE, ("births", "2022"): many})
    hill = cell(table, HILL)
    assert cell(table, RURAL)["value"] < hill["smoothed"] < hill["value"] == pytest.approx(300)
    assert hill["low"] < hill["smoothed"] < hill["high"]


def test_missing_and_copied_values_are_not_smoothed() -> None:
    table = run(SMOOTHED, {("residents", "2022"): PEOPLE, ("births", "2022"): BIRTHS | {HILL: "suppressed"}})
    assert cell(table, HILL)[["value", "smoothed", "low", "high"]].isna().all()
    crimes = made(
        "crime_rate",
        lambda crimes, residents: 1000 * crimes / residents,
        "crimes",
        "residents",
        numerator="crimes",
        base="residents",
        family="rate",
    )
    table = run(crimes, {("residents", "2022"): PEOPLE, ("crimes", "2022"): {CITY: 9.0, DISTRICT: 40.0}})
    assert cell(table, DISTRICT)["smoothed"] > 0
    assert cell(table, HILL)["value"] == cell(table, DISTRICT)["value"]
    assert np.isnan(cell(table, HILL)["smoothed"])
    assert cell(table, CITY, "unit")["smoothed"] == cell(table, CITY, "municipality")["smoothed"]  # its own value


def test_a_share_with_more_cases_than_its_base_is_left_plain() -> None:
    share = made("share", lambda old, residents: 100 * old / residents, "old", "residents")["share"]
    share = {"share": replace(share, numerator="old", base="residents", family="share")}
    old = {CITY: 200.0, TOWN: 80.0, HILL: 120.0, DALE: 100.0}
    table = run(share, {("residents", "2022"): PEOPLE, ("old", "2022"): old})
    assert cell(table, HILL)["value"] == pytest.approx(120)
    assert np.isnan(cell(table, HILL)["smoothed"])
    assert cell(table, DALE)["smoothed"] == pytest.approx(20)


SPEED = made(
    "speed", lambda births, old: births / old, "births", "old", minimum=(("old", 30), ("young", 10)), borrows=True
)


def test_few_tests_borrow_from_the_other_parishes_of_the_municipality() -> None:
    """births: megabits, old: tests, young: devices."""
    figures = {
        ("residents", "2022"): PEOPLE,
        ("births", "2022"): {CITY: 100.0, TOWN: 900.0, HILL: 500.0, DALE: 4000.0},
        ("old", "2022"): {CITY: 10.0, TOWN: 3.0, HILL: 10.0, DALE: 40.0},
        ("young", "2022"): {CITY: 4.0, TOWN: 2.0, HILL: 2.0, DALE: 20.0},
    }
    table = run(SPEED, figures)
    hill = cell(table, HILL)
    # min(10/30, 2/10) = 0.2 of its own 50, and 1 of the 100 of the other parish; the town's 300 have no say
    assert hill["value"] == pytest.approx(50)
    assert hill["smoothed"] == pytest.approx((0.2 * 50 + 1 * 100) / 1.2)
    assert (hill["status"], bool(hill["small_base"])) == ("estimated", True)
    dale = cell(table, DALE)  # rests on enough
    assert np.isnan(dale["smoothed"])
    assert (dale["value"], dale["status"]) == (100, "final")
    # The one place with enough, min(40/30, 20/10) = 4/3, misses the rest, 0.2, by 50: what that says of the others
    spread = np.sqrt(50**2 / (3 / 4 + 5))
    assert hill["sd"] == pytest.approx(spread / np.sqrt(0.2 + 1))
    assert dale["sd"] == pytest.approx(spread / np.sqrt(4 / 3))
    assert np.isnan(hill["low"])
    for alone in (TOWN, CITY):  # nobody of their kind to borrow from: the small base stays
        row = cell(table, alone, "unit")
        assert np.isnan(row["smoothed"])
        assert (row["status"], bool(row["small_base"])) == ("final", True)
    assert cell(table, DISTRICT)["status"] == "final"


def test_a_weak_rest_lends_little_and_no_test_stays_no_value() -> None:
    figures = {
        ("residents", "2022"): PEOPLE,
        ("births", "2022"): {CITY: 100.0, TOWN: 0.0, HILL: 500.0, DALE: 300.0},
        ("old", "2022"): {CITY: 10.0, TOWN: 0.0, HILL: 10.0, DALE: 3.0},
        ("young", "2022"): {CITY: 4.0, TOWN: 0.0, HILL: 5.0, DALE: 1.0},
    }
    table = run(SPEED, figures)
    # own min(1/3, 5/10) = 1/3 of 50, the rest 0.1 of 100
    assert cell(table, HILL)["smoothed"] == pytest.approx((50 / 3 + 10) / (1 / 3 + 0.1))
    assert cell(table, TOWN)["status"] == "not_applicable"
    assert np.isnan(cell(table, TOWN)["smoothed"])


def test_declarations_that_cannot_be_smoothed_are_refused() -> None:
    with pytest.raises(ValueError, match="numerator and base alone"):
        made("rate", lambda births, residents: births, "births", "residents", numerator="births", family="rate")
    with pytest.raises(ValueError, match="must declare it"):
        made("rate", lambda births: births, "births", borrows=True)

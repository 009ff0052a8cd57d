"""What a profile states of a place: strengths and gaps beyond chance, advice by its rules, nothing guessed."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import Text
from indicators import registry
from indicators.model import Goalposts
from indicators.profile import (
    LEAST_POINTS,
    MOST_STATED,
    RULES,
    Figure,
    position,
    stated,
    steps,
)

INDICATORS = registry()
REASON = Text("iemesls", "reason")


def figure(name: str, value: float, reference: float, **other: object) -> Figure:
    """A figure that is known, of the place, and has no interval unless one is given."""
    plain = Figure(
        indicator=INDICATORS[name],
        period="2023",
        value=value,
        reference=reference,
        status="final",
        own=True,
        copied=False,
        small=False,
        low=math.nan,
        high=math.nan,
        beside=math.nan,
    )
    return replace(plain, **other)


def figures(*given: Figure) -> dict[str, Figure]:
    return {one.indicator.id: one for one in given}


def rules(*given: Figure) -> list[str]:
    return [step.rule for step in steps(figures(*given))]


def test_a_position_lies_between_the_goalposts() -> None:
    distance = INDICATORS["distance_pharmacy_km"]  # 15 km is worst, 0.5 km best
    assert [position(distance, km) for km in (20, 15, 0.5, 0.1)] == [0, 0, 100, 100]
    assert position(distance, 7.75) == pytest.approx(50)
    speed = INDICATORS["download_mbps"]  # logarithmic from 10 to 300
    assert position(speed, math.sqrt(10 * 300)) == pytest.approx(50)
    assert position(speed, 0) == 0
    assert math.isnan(position(INDICATORS["residents"], 5))
    assert math.isnan(position(speed, math.nan))


@given(st.floats(0.01, 1e4), st.floats(0.01, 1e4))
def test_a_better_value_never_has_a_lower_position(one: float, other: float) -> None:
    for name in ("distance_pharmacy_km", "download_mbps", "latency_ms", "income_tax_per_payer"):
        entry = INDICATORS[name]
        low, high = sorted((one, other), reverse=entry.better == "lower")
        assert position(entry, low) <= position(entry, high)


def test_only_what_is_of_the_place_and_beyond_chance_is_stated() -> None:
    better = figure("births_rate", 12, 8, low=9.0, high=15.0)
    assert stated([better], better=True) == ((better,),)
    assert stated([better], better=False) == ()
    for doubtful in (
        replace(better, low=7.0),
        replace(better, own=False, copied=True),
        replace(better, status="estimated"),
        replace(better, value=math.nan),
        replace(better, reference=math.nan),
        replace(better, low=math.nan, high=math.nan, small=True),
    ):
        assert stated([doubtful], better=True) == ()


def test_a_small_difference_is_no_gap() -> None:
    ends = Goalposts(90, 190, REASON)
    entry = replace(INDICATORS["income_tax_per_payer"], goalposts=ends)
    near, far = (
        replace(figure("income_tax_per_payer", 150, 150), indicator=entry, value=150 - points)
        for points in (LEAST_POINTS - 0.1, LEAST_POINTS + 0.1)
    )
    assert stated([near], better=False) == ()
    assert stated([far], better=False) == ((far,),)


def test_services_stand_together_and_kin_is_stated_once() -> None:
    pharmacy, post = figure("distance_pharmacy_km", 14, 6), figure("distance_post_km", 9, 6)
    share, speed = figure("residents_30mbps_share", 20, 80), figure("download_mbps", 40, 60)
    assert stated([post, speed, pharmacy, share], better=False) == ((share,), (pharmacy, post))


def test_there_are_four_at_most_and_never_data_on_data() -> None:
    names = ("births_rate", "paved_roads_share", "crimes_rate", "unemployed_share", "income_tax_per_payer")
    ends = {name: INDICATORS[name].goalposts for name in names}
    worse = [figure(name, own.worst, own.best) for name, own in ends.items() if own]
    told = stated([*worse, figure("reference_usable_share", 0, 90), figure("catchment_pharmacy", 0, 9)], better=False)
    assert len(told) == MOST_STATED
    assert {group[0].indicator.id for group in told} <= set(names)


@pytest.mark.parametrize(
    ("tests", "devices", "rule"),
    [(0, 0, ["no_tests"]), (1, 1, ["few_tests"]), (29, 10, ["few_tests"]), (30, 9, ["few_tests"]), (30, 10, [])],
)
def test_advice_on_measuring(tests: int, devices: int, rule: list[str]) -> None:
    assert rules(figure("broadband_tests", tests, 0), figure("broadband_devices", devices, 0)) == rule


def test_advice_on_the_network_needs_enough_tests() -> None:
    slow = [figure("residents_30mbps_share", 60, 70), figure("broadband_measured_share", 49.9, 70)]
    enough = [figure("broadband_tests", 30, 0), figure("broadband_devices", 10, 0)]
    few = [figure("broadband_tests", 5, 0), figure("broadband_devices", 5, 0)]
    assert rules(*enough, *slow) == ["slow", "unmeasured"]
    assert rules(*few, *slow) == ["few_tests"]
    fast = [figure("residents_30mbps_share", 70, 70), figure("broadband_measured_share", 50, 70)]
    assert rules(*enough, *fast) == []


def test_advice_on_skills() -> None:
    assert rules(figure("basic_skills_share", 48, 48, own=False)) == ["survey"]
    assert rules(figure("older_share", 25, 20, low=23.0, high=27.0)) == ["older"]
    assert rules(figure("older_share", 25, 20, low=19.0, high=27.0)) == []
    assert rules(figure("older_share", 21.9, 20, low=21.0, high=23.0)) == []
    assert rules(figure("within5km_access_point_share", 49, 70)) == ["access"]
    assert rules(figure("within5km_access_point_share", 50, 70)) == []


def test_advice_on_services_names_the_farthest_first() -> None:
    given = (
        figure("distance_pharmacy_km", 10, 8),
        figure("distance_post_km", 20, 8),
        figure("distance_grocery_km", 4.9, 1),
        figure("distance_cash_km", 9.9, 8),
        figure("distance_doctor_km", 30, 10),
        figure("distance_town_km", 30, 10),
    )
    far, unmapped = steps(figures(*given))
    assert (far.rule, far.named) == ("far", ("distance_post_km", "distance_pharmacy_km"))
    assert (unmapped.rule, unmapped.named) == ("unmapped", ("distance_doctor_km",))


def test_every_rule_can_be_met() -> None:
    met = {
        *rules(figure("broadband_tests", 0, 0), figure("broadband_devices", 0, 0)),
        *rules(figure("broadband_tests", 3, 0), figure("broadband_devices", 3, 0)),
        *rules(
            figure("broadband_tests", 99, 0),
            figure("broadband_devices", 99, 0),
            figure("residents_30mbps_share", 1, 2),
            figure("broadband_measured_share", 1, 2),
            figure("basic_skills_share", 1, 1),
            figure("older_share", 30, 20, low=29.0, high=31.0),
            figure("within5km_access_point_share", 1, 2),
            figure("distance_post_km", 9, 2),
            figure("distance_school_km", 9, 2),
        ),
    }
    assert met == {rule for those in RULES.values() for rule in those}


def test_nothing_known_means_no_advice() -> None:
    assert steps({}) == ()
    assert stated([], better=True) == ()
    assert rules(figure("broadband_tests", math.nan, 0), figure("broadband_devices", math.nan, 0)) == []
    assert pd.isna(figure("births_rate", math.nan, 8).points)

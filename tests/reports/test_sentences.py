"""Sentences on figures, by a table of cases: singular and plural, nothing, equal, points of per cent."""

from __future__ import annotations

import math

import pytest

from indicators import registry
from indicators.profile import Figure
from reports.sentences import Sentences, Where
from reports.words import Language, words

INDICATORS = registry()


def said(language: Language, where: Where = "rural") -> Sentences:
    return Sentences(words(language), where)


def plain(text: str) -> str:
    """Without the no-break spaces of numbers."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("count", "latvian", "english"),
    [
        (0, "0 pagastu", "0 parishes"),
        (1, "1 pagasts", "1 parish"),
        (2, "2 pagasti", "2 parishes"),
        (11, "11 pagasti", "11 parishes"),
        (21, "21 pagasts", "21 parishes"),
        (111, "111 pagasti", "111 parishes"),
        (1001, "1 001 pagasts", "1,001 parishes"),
    ],
)
def test_parishes_are_counted_as_the_language_counts(count: int, latvian: str, english: str) -> None:
    assert plain(words("lv").trn("profile.count.parishes", count)) == latvian
    assert words("en").trn("profile.count.parishes", count) == english


@pytest.mark.parametrize(
    ("change", "latvian", "english"),
    [
        (-0.04, "gandrīz nemainījās (0,0 %)", "hardly changed (0.0%)"),
        (0.0, "gandrīz nemainījās (0,0 %)", "hardly changed (0.0%)"),
        (0.04, "gandrīz nemainījās (0,0 %)", "hardly changed (0.0%)"),
        (-0.05001, "samazinājās par 0,1 %", "fell by 0.1%"),
        (-5.4, "samazinājās par 5,4 %", "fell by 5.4%"),
        (21, "pieauga par 21,0 %", "rose by 21.0%"),
    ],
)
def test_a_change_of_residents(change: float, latvian: str, english: str) -> None:
    assert plain(said("lv").change(change)) == latvian
    assert said("en").change(change) == english


AS_LV, AS_EN = "cik Latvijas laukos vidēji", "as in rural Latvia on average"
POINTS = "percentage points"
MORE_LV, MORE_EN = "nekā Latvijas laukos vidēji", "than in rural Latvia on average"


@pytest.mark.parametrize(
    ("name", "value", "reference", "latvian", "english"),
    [
        ("income_tax_per_payer", 112, 100, f"par 12 % vairāk {MORE_LV}", f"12% more {MORE_EN}"),
        ("income_tax_per_payer", 88, 100, f"par 12 % mazāk {MORE_LV}", f"12% less {MORE_EN}"),
        ("income_tax_per_payer", 199, 100, f"par 99 % vairāk {MORE_LV}", f"99% more {MORE_EN}"),
        ("births_rate", 20, 10, f"2,0 reizes vairāk {MORE_LV}", f"2.0 times as much {AS_EN}"),
        ("births_rate", 21, 10, f"2,1 reizi vairāk {MORE_LV}", f"2.1 times as much {AS_EN}"),
        ("births_rate", 11, 1, f"11,0 reizes vairāk {MORE_LV}", f"11.0 times as much {AS_EN}"),
        ("births_rate", 5, 0, f"vairāk {MORE_LV}", f"more {MORE_EN}"),
        ("births_rate", 0, 5, f"mazāk {MORE_LV}", f"less {MORE_EN}"),
        ("births_rate", 8.04, 8.0, f"tikpat, {AS_LV}", f"the same {AS_EN}"),
        ("income_tax_per_payer", 1001, 1000, f"gandrīz tikpat, {AS_LV}", f"nearly the same {AS_EN}"),
        ("unemployed_share", 6, 5, f"par 1,0 procentpunktu vairāk {MORE_LV}", f"1.0 {POINTS} more {MORE_EN}"),
        ("unemployed_share", 4.9, 7, f"par 2,1 procentpunktu mazāk {MORE_LV}", f"2.1 {POINTS} less {MORE_EN}"),
        ("unemployed_share", 5.2, 5, f"par 0,2 procentpunktiem vairāk {MORE_LV}", f"0.2 {POINTS} more {MORE_EN}"),
        ("paved_roads_share", 51, 50, f"par 1 procentpunktu vairāk {MORE_LV}", f"1 percentage point more {MORE_EN}"),
        ("paved_roads_share", 71, 50, f"par 21 procentpunktu vairāk {MORE_LV}", f"21 {POINTS} more {MORE_EN}"),
        ("paved_roads_share", 61, 50, f"par 11 procentpunktiem vairāk {MORE_LV}", f"11 {POINTS} more {MORE_EN}"),
        ("paved_roads_share", 50.4, 50, f"tikpat, {AS_LV}", f"the same {AS_EN}"),
    ],
)  # fmt: skip
def test_a_difference(name: str, value: float, reference: float, latvian: str, english: str) -> None:
    entry = INDICATORS[name]
    assert plain(said("lv").difference(entry, value, reference)) == latvian
    assert said("en").difference(entry, value, reference) == english


def test_the_comparator_of_towns_is_the_country() -> None:
    entry = INDICATORS["income_tax_per_payer"]
    assert plain(said("lv", "country").difference(entry, 112, 100)) == "par 12 % vairāk nekā Latvijā vidēji"


def figure(name: str, value: float, **other: object) -> Figure:
    given: dict = {"status": "final", "own": True, "copied": False, "small": False}
    nothing = {"reference": 10.0, "low": math.nan, "high": math.nan, "beside": math.nan}
    return Figure(INDICATORS[name], "2023-Q2", value, **{**nothing, **given, **other})


def test_what_must_be_known_of_a_figure_stands_beside_it() -> None:
    said_lv = said("lv")
    assert said_lv.here(figure("download_mbps", math.nan)) == "nav datu"
    assert plain(said_lv.here(figure("download_mbps", 0))) == "0 Mbit/s"
    borrowed = figure("download_mbps", 24.8, small=True, status="estimated", beside=32.9)
    assert plain(said_lv.here(borrowed)) == "25 Mbit/s (maza bāze; aplēse 33 Mbit/s)"
    assert plain(said_lv.here(figure("unemployed_share", 3.8, own=False, copied=True))) == "3,8 % (novada vērtība)"
    assert said("en").here(figure("births_rate", 5.5, small=True)) == "5.5 (small base)"


def test_a_sentence_says_what_how_much_when_and_beside_what() -> None:
    one = (figure("residents_30mbps_share", 62, reference=85.0),)
    assert plain(said("lv").sentence(one)) == (
        "Iedzīvotāji vietās ar vismaz 30 Mbit/s: 62 % (2023. g. 2. cet.) – par 23 procentpunktiem mazāk "
        "nekā Latvijas laukos vidēji (85 %)."
    )
    near = (figure("distance_post_km", 1.1), figure("distance_cash_km", 2.0))
    assert said("en").sentence(near) == (
        "Nearer than in rural Latvia on average (in brackets): to a post office 1.1\u00a0km (10.0\u00a0km); to a cash "
        "machine or bank 2.0\u00a0km (10.0\u00a0km). According to the map of 2023."
    )


def test_a_unit_is_said_once() -> None:
    assert said("lv").label(INDICATORS["births_rate"]) == "Dzimušie uz 1000 iedzīvotājiem"
    assert said("lv").label(INDICATORS["income_tax_payers_share"]).endswith("nodokli, uz 100 darbspējas vecumā")
    assert plain(said("lv").shown(INDICATORS["latency_ms"], 45)) == "45 ms"

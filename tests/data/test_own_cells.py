"""Cells as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.own import cells
from data.own.cells import Number


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234", 1234.0),
        ("1 234,5", 1234.5),
        ("1\u00a0234\u202f567", 1234567.0),
        ("1'234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567.0),
        ("0,123", 0.123),
        ("12,5", 12.5),
        ("−7,25", -7.25),
        ("- 3", -3.0),
        ("12,5 %", 12.5),
        ("€ 3,50", 3.5),
        ("3,50 EUR", 3.5),
        ("1e3", 1000.0),
        (",5", 0.5),
        (7.0, 7.0),
    ],
)
def test_numbers_are_read_as_people_write_them(cell: str | float, value: float) -> None:
    found = cells.number(cell)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("cell", ["", " ", "-", "–", "..", "…", "x", "n/a", "nav datu", "#N/A", "#DIV/0!", None])
def test_an_empty_mark_is_not_published(cell: str | None) -> None:
    assert cells.number(cell) == Number(None, "not_published")


@pytest.mark.parametrize("cell", ["*", "<3", "≤ 5", "konf.", "(c)"])
def test_a_hidden_mark_is_suppressed(cell: str) -> None:
    assert cells.number(cell) == Number(None, "suppressed")


@pytest.mark.parametrize(
    "cell", ["abc", "=1+1", "+cmd|' /C calc'!A0", "1,2,3", "12 34", "1.23.4", True, "1e999", "5 kg"]
)
def test_what_is_no_number_is_none(cell: object) -> None:
    assert cells.number(cell) is None  # type: ignore[arg-type]


def test_a_comma_before_three_digits_is_what_the_other_numbers_say() -> None:
    assert cells.ambiguous("1,234")
    assert not cells.ambiguous("0,234")
    assert cells.number("1,234") == Number(1.234)
    assert cells.number("1,234", comma="thousands") == Number(1234.0)
    assert cells.thousands(["1,234,567"], ",")
    assert cells.thousands(["1,234.5"], ",")
    assert not cells.thousands(["1,234", "2,5"], ",")


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda value: round(value, 4)))
def test_latvian_numbers_come_back(value: float) -> None:
    written = f"{value:,.4f}".replace(",", "\u00a0").replace(".", ",")
    found = cells.number(written)
    assert found is not None
    assert found.value == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2023", "2023"),
        (2023.0, "2023"),
        ("2023.", "2023"),
        ("2023. g.", "2023"),
        ("2023. gads", "2023"),
        ("2023-Q2", "2023-Q2"),
        ("2023Q2", "2023-Q2"),
        ("2023. gada 2. ceturksnis", "2023-Q2"),
        ("II cet. 2023", "2023-Q2"),
        ("2023-05-17", "2023-05-17"),
        ("2023-05-17 00:00:00", "2023-05-17"),
        ("31.12.2023", "2023-12-31"),
        ("2023M05", "2023-05-01"),
        ("1234", None),
        ("31.13.2023", None),
        ("", None),
    ],
)
def test_periods_are_read(cell: str | float, period: str | None) -> None:
    assert cells.period(cell) == period


@pytest.mark.parametrize(
    ("label", "rest", "period"),
    [
        ("2021", "", "2021"),
        ("Iedzīvotāji 2021", "Iedzīvotāji", "2021"),
        ("Iedzīvotāju skaits (2021)", "Iedzīvotāju skaits", "2021"),
        ("Apmeklējumi 2022. gadā", "Apmeklējumi", "2022"),
        ("Dzimušie · 2022", "Dzimušie", "2022"),
        ("Izmaiņas 2019-2023", "Izmaiņas 2019-2023", None),
        ("Skaits", "Skaits", None),
    ],
)
def test_a_period_is_found_in_a_header(label: str, rest: str, period: str | None) -> None:
    assert cells.within(label) == (rest, period)


@pytest.mark.parametrize(
    ("label", "name", "unit"),
    [
        ("Ātrums (Mbit/s)", "Ātrums", "Mbit/s"),
        ("Platība, km²", "Platība", "km²"),
        ("Dalībnieki %", "Dalībnieki", "%"),
        ("Skaits", "Skaits", ""),
    ],
)
def test_a_unit_is_found_at_the_end_of_a_header(label: str, name: str, unit: str) -> None:
    assert cells.unit_of(label) == (name, unit)

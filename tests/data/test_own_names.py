"""Territories by code or name: exactly, or not at all."""

from __future__ import annotations

import pandas as pd
import pytest

from data.own.names import Gazetteer
from data.paths import SNAPSHOT


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.of(
        pd.read_parquet(SNAPSHOT / "territories.parquet"), pd.read_parquet(SNAPSHOT / "former_territories.parquet")
    )


@pytest.mark.parametrize("code", ["LV0052430", "0052430", "52430", "52430.0", "lv0052430"])
def test_a_code_is_known_however_it_was_spoiled(places: Gazetteer, code: str) -> None:
    assert places.find(code, "", "", {}).code == "LV0052430"


@pytest.mark.parametrize(
    "name",
    [
        *("Engures pagasts", "ENGURES PAGASTS", " Engures  pagasts ", "Engures pag."),
        *("Engures pagasts, Tukuma novads", "Engures pagasts (Tukuma nov.)", "Tukuma novads, Engures pagasts"),
    ],
)
def test_a_name_is_known_in_its_usual_forms(places: Gazetteer, name: str) -> None:
    assert places.find("", name, "", {}).code == "LV0052430"


def test_homonyms_are_asked_unless_the_municipality_tells(places: Gazetteer) -> None:
    for name in ("Salas pagasts", "Pilskalnes pagasts"):
        found = places.find("", name, "", {})
        assert found.code is None
        assert found.reason == "homonym"
        assert len(found.candidates) == 2
    assert places.find("", "Salas pagasts", "Mārupes novads", {}).code == "LV0039420"
    assert places.find("", "Salas pagasts", "Mārupes nov.", {}).code == "LV0039420"


def test_a_near_name_is_offered_and_never_taken(places: Gazetteer) -> None:
    found = places.find("", "Engures pagsts", "", {})
    assert (found.code, found.reason) == (None, "near")
    assert found.candidates[0].code == "LV0052430"
    assert places.find("", "Engures pagsts", "", {"Engures pagsts": "LV0052430"}).code == "LV0052430"
    assert places.find("", "Engures pagsts", "", {"Engures pagsts": "LV9999999"}).code is None


def test_only_diacritics_missing_is_offered_with_full_score(places: Gazetteer) -> None:
    found = places.find("", "Zemites pagasts", "", {})
    assert (found.code, found.reason) == (None, "near")
    assert [each.code for each in found.candidates if each.score == 100] == ["LV0052590"]


def test_what_is_no_more_says_who_took_over(places: Gazetteer) -> None:
    found = places.find("", "Carnikavas novads", "", {})
    assert found.reason == "former"
    assert "Ādažu novads" in found.detail


def test_nonsense_is_unknown(places: Gazetteer) -> None:
    for text in ("Xqzwv", "=HYPERLINK(1)", "LV9999999", "A" * 400):
        assert places.find("", text, "", {}).reason == "unknown", text


def test_a_code_counts_where_the_name_disagrees(places: Gazetteer) -> None:
    found = places.find("LV0052430", "Zemītes pagasts", "", {})
    assert (found.code, found.agrees) == ("LV0052430", False)


def test_sums_are_told_from_places(places: Gazetteer) -> None:
    assert all(
        places.is_total(text) for text in ("Kopā", "Latvija", "PAVISAM", "Zemgales plānošanas reģions", "Latgale")
    )
    assert not any(places.is_total(text) for text in ("Rīga", "Salas pagasts", "Latvietis"))

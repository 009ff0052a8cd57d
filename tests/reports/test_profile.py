"""Profiles of real places: what the page and the PDF say, in both languages, whatever the place is like."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache

import pytest

from data.model import DataError
from reports.profile import Edition, Ground, Profile, link_to, profile_of, rules
from reports.words import LANGUAGES, Language, words

DAY = date(2026, 1, 2)
RIGA, ALSUNGA, DURBE, SIGULDA, KULDIGA = "LV0001000", "LV0033400", "LV0027210", "LV0048460", "LV0033000"
CAUSES = {
    "lv": re.compile(r"\b(tāpēc|tādēļ|jo|dēļ|izraisa|rezultātā|pateicoties|iemesls|noved)\b", re.IGNORECASE),
    "en": re.compile(
        r"\b(because|therefore|due to|caused?|causes|leads? to|thanks to|results? in|hence)\b", re.IGNORECASE
    ),
}
FAULTS = re.compile(r"\{\w*\}|\b(?:nan|NaN)\b|profile\.|index\.|\.\.(?!\.)|  | ,")


@lru_cache(maxsize=256)
def told(ground: Ground, code: str, language: Language = "lv") -> Profile:
    return profile_of(ground, code, language, Edition("9.9", DAY, link_to("http://localhost:1", code, language)))


def sentences(part: object) -> list[str]:
    """Every text of a profile but its licences and titles of sources."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return [text for value in part.values() for text in sentences(value)]
    if isinstance(part, tuple | list):
        return [text for value in part for text in sentences(value)]
    if is_dataclass(part):
        return [text for own in fields(part) if own.name != "sources" for text in sentences(getattr(part, own.name))]
    return []


@pytest.fixture(scope="module")
def sample(profiles: Ground) -> list[str]:
    """Every sixtieth territory, and those that are like no other."""
    return list(dict.fromkeys([RIGA, ALSUNGA, DURBE, SIGULDA, KULDIGA, *profiles.codes[::60]]))


def test_everybody_has_a_profile(profiles: Ground) -> None:
    kinds = [profiles.survey(code).level for code in profiles.codes]
    assert (kinds.count("unit"), kinds.count("municipality")) == (592, 36)
    assert len(set(profiles.codes)) == 628


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_whole_and_name_no_causes(profiles: Ground, sample: list[str], language: Language) -> None:
    for code in sample:
        for text in sentences(told(profiles, code, language)):
            assert not CAUSES[language].search(text), (code, text)
            assert not FAULTS.search(text.replace("http://", "")), (code, text)


def test_both_languages_state_the_same(profiles: Ground, sample: list[str]) -> None:
    for code in sample:
        latvian, english = (told(profiles, code, language) for language in LANGUAGES)
        for name in ("strengths", "gaps", "missing", "unknown"):
            assert len(getattr(latvian, name).lines) == len(getattr(english, name).lines)
        assert [len(part.lines) for part in latvian.steps] == [len(part.lines) for part in english.steps]
        assert [(s.rank, s.first, s.last) for s in latvian.scores] == [
            (s.rank, s.first, s.last) for s in english.scores
        ]


def test_a_place_without_any_test_says_so_and_asks_for_them(profiles: Ground) -> None:
    said = told(profiles, DURBE)
    assert "nav neviena interneta ātruma mērījuma" in said.digital[0]
    assert "Tas nenozīmē, ka interneta nav." in said.digital[0]
    assert said.scores[0].points == "nepietiek datu"
    assert "vismaz 30 testus ar 10 ierīcēm" in said.steps[0].lines[0]
    assert any(line.endswith("Mēra paši iedzīvotāji, publicē Ookla.") for line in said.missing.lines)


def test_a_moved_border_is_named_instead_of_a_change(profiles: Ground) -> None:
    said = told(profiles, SIGULDA)
    assert said.moved
    assert said.people[1].endswith("nav aprēķināmas: vietas robeža ir pārcelta.")
    assert any("vietas robeža ir pārcelta. Publicēt var:" in line for line in said.missing.lines)


def test_a_municipality_is_scored_in_what_can_be_and_shows_the_span_inside(profiles: Ground) -> None:
    said = told(profiles, KULDIGA)
    digital, data_based = said.scores
    assert digital.count == 43
    assert 0 < digital.first <= digital.rank <= digital.last
    assert data_based.points == "nevērtē"
    assert all(score.notes[-1].startswith("Novada pagastos un pilsētās: no ") for score in said.scores)
    assert "18 pagasti · 2 pilsētas" in said.where


def test_candidates_are_higher_measured_enough_and_never_the_place_itself(profiles: Ground, sample: list[str]) -> None:
    digital = profiles.units.scored.scores["digital"]
    named = 0
    for code in sample:
        said = told(profiles, code, "en")
        assert code not in said.visits
        lines = [line for line in said.candidates[0].lines if "rank" in line]
        assert all(int(re.findall(r"([\d,]+) tests?", line)[0].replace(",", "")) >= 30 for line in lines)
        points = [float(re.findall(r"([\d.]+) points", line)[0]) for line in lines]
        own = digital.get(code, 0.0) if profiles.survey(code).level == "unit" else 0.0
        assert all(round(digital.median(), 1) <= one and not one < round(own, 1) for one in points)
        named += len(lines)
    assert named


def test_scores_are_those_of_the_success_factors(profiles: Ground) -> None:
    said = told(profiles, ALSUNGA, "en")
    scored = profiles.units.scored.scores.loc[ALSUNGA]
    assert [score.points for score in said.scores] == [
        f"{scored[factor]:.1f} points of 100" for factor in ("digital", "data_based")
    ]


def test_licences_that_bind_are_carried(profiles: Ground) -> None:
    for code in (RIGA, ALSUNGA, KULDIGA):
        lines = told(profiles, code, "en").sources
        assert any("CC-BY-NC-SA-4.0" in line and "Ookla" in line for line in lines)
        assert any("ODbL-1.0" in line and "OpenStreetMap" in line for line in lines)


def test_the_stamp_and_the_link(profiles: Ground) -> None:
    stamp, link, note = told(profiles, ALSUNGA).made
    assert "2026. gada 2. janvāris" in stamp
    assert "9.9" in stamp
    assert profiles.snapshot.hash[:16] in stamp
    assert link == f"http://localhost:1/profile?territory={ALSUNGA}&lang=lv"
    assert note == words("lv").tr("profile.link.local")
    elsewhere = Edition("1", DAY, link_to("https://example.org/viedie/", ALSUNGA, "en"))
    assert profile_of(profiles, ALSUNGA, "en", elsewhere).made[1:] == (
        f"https://example.org/viedie/profile?territory={ALSUNGA}&lang=en",
        "",
    )


def test_who_is_asked_for(profiles: Ground) -> None:
    assert profiles.asked([ALSUNGA, RIGA, ALSUNGA]) == [ALSUNGA, RIGA]
    inside = profiles.asked(municipality=KULDIGA)
    assert inside[0] == KULDIGA
    assert len(inside) == 21
    assert profiles.asked(municipality=RIGA) == [RIGA]
    assert len(profiles.asked(every=True)) == 592
    with pytest.raises(DataError, match=r"(?s)LV9.*LV8"):
        profiles.asked(["LV9", RIGA, "LV8"])
    with pytest.raises(DataError, match="no municipality"):
        profiles.asked(municipality=ALSUNGA)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_told(language: Language) -> None:
    assert [len(part.lines) for part in rules(language)] == [4, 3, 2]

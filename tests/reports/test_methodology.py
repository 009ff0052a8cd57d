"""The methodology pages say what the declarations say today."""

from __future__ import annotations

import pytest

import indicators
import reports.methodology
from data.store import Snapshot
from indicators.catalogue import sources_of
from reports.methodology import FILES, LABELS, REFRESH, Ground, described, ground_of, methodology
from ui import cache


@pytest.fixture(scope="module")
def ground(snapshot: Snapshot) -> Ground:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reports.methodology, "evaluate", lambda *_: cache.current().values)
        return ground_of(snapshot)


@pytest.mark.parametrize("language", FILES)
def test_page_is_fresh(language: str, ground: Ground) -> None:
    expected = methodology(ground, language)
    assert FILES[language].read_text(encoding="utf-8") == expected, f"stale: run `{REFRESH}`"
    assert all(f"(`{id}`)" in expected for id in ground.indicators)
    assert all(f"(`{id}`)" in expected for id in indicators.registry())


@pytest.mark.parametrize("language", FILES)
def test_an_indicator_carries_every_field(language: str, ground: Ground) -> None:
    always = ("formula", "theme", "unit", "decimals", "direction", "level", "minimum", "inputs", "sources", "bias")
    assert len(ground.indicators) >= 60
    for id, entry in ground.indicators.items():
        said = described(entry, ground, language)
        for key in (*always, *(["goalposts"] if entry.goalposts else []), *(["factors"] if entry.factors else [])):
            assert f"- {LABELS[key][language]}: " in said, (id, key)
        assert all(f", {source.licence.id})" in said for source in sources_of(entry, ground.sources)), id


def test_the_least_number_is_that_of_the_rule(ground: Ground) -> None:
    """Births: 20 or less in three years, or under 100 residents in three years, rest on a small base."""
    (line,) = [
        line
        for line in described(ground.indicators["births_rate"], ground, "en").splitlines()
        if line.startswith("- Least number")
    ]
    assert "(in 3 years together): 21; " in line
    assert "(in 3 years together): 100" in line
    assert "none is set" in described(ground.indicators["residents"], ground, "en")


def test_estimates_name_the_national_figures_they_rest_on(ground: Ground) -> None:
    page = methodology(ground, "en").partition("(`basic_skills_share`)")[2].partition("###")[0]
    line = next(line for line in page.splitlines() if line.startswith("- National figures"))
    rows = ground.observations.query("measure == 'ict_basic_skills_16_74' and value == value")
    for period, value in zip(rows["period"], rows["value"], strict=True):
        assert f"{value:g}% ({period})" in line


def test_data_coverage_says_how_it_goes_with_residents(ground: Ground) -> None:
    page = methodology(ground, "lv").partition("(`reference_usable_share`)")[2].partition("###")[0]
    assert "- Saistība ar iedzīvotāju skaitu: pagastu un pilsētu rangu korelācija (Spīrmens): 0," in page

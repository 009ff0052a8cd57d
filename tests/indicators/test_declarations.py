"""Every indicator says everything a reader must know to defend its numbers."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import indicators
from data import own_tables, sources
from data.model import Measure, Source, Text
from data.paths import ROOT
from data.store import Snapshot
from indicators.catalogue import (
    FACTORS,
    THEMES,
    breaks_of,
    by_factor,
    licences_of,
    measures_of,
    native_level,
    sources_of,
)
from indicators.model import REGISTRY, Indicator, Input, indicator

ALL = indicators.registry()
DECLARED = {id: sources.load(id).SOURCE for id in sources.available()} | {own_tables.SOURCE.id: own_tables.SOURCE}
WAITING_FOR_A_REFRESH = (
    (ROOT / "docs" / "add-an-indicator.md").read_text(encoding="utf-8").partition("## There once")[2]
)
FIXED = set(
    """
residents density population_change_5y children_share working_age_share older_share births_rate
businesses_registered_rate businesses_closed_rate company_taxpayers_rate employers_rate income_tax_payers_share
local_income_tax_ratio income_tax_per_payer preschools_per_100_children distance_grocery_km distance_pharmacy_km
within5km_pharmacy_share download_mbps upload_mbps latency_ms broadband_tests residents_30mbps_share
residents_100mbps_share basic_skills_share
""".split()  # noqa: SIM905
)


def test_the_agreed_ids_are_there() -> None:
    assert ALL.keys() >= FIXED


@pytest.mark.parametrize("id", ALL)
class TestDeclaration:
    def test_texts_are_complete_sentences(self, id: str) -> None:
        entry = ALL[id]
        for text in filter(None, (entry.definition, entry.bias)):
            for language in ("lv", "en"):
                assert text[language].endswith("."), text[language]
                assert text[language][0].isupper() or text[language][0].isdigit()
                assert "  " not in text[language]
        assert entry.definition.lv != entry.definition.en
        assert entry.title.lv != entry.title.en

    def test_short_title_fits_a_legend(self, id: str) -> None:
        assert max(len(ALL[id].short.lv), len(ALL[id].short.en)) <= 32

    def test_direction_and_goalposts_agree(self, id: str) -> None:
        entry = ALL[id]
        if entry.better == "neither":
            assert entry.goalposts is None
        else:
            assert entry.goalposts is not None
            assert (entry.goalposts.best > entry.goalposts.worst) == (entry.better == "higher")
            if entry.scale == "log":
                assert min(entry.goalposts.best, entry.goalposts.worst) > 0

    def test_theme_and_factors_are_known(self, id: str) -> None:
        assert ALL[id].theme in THEMES
        assert set(ALL[id].factors) <= FACTORS.keys()

    def test_small_base_names_inputs(self, id: str) -> None:
        inputs = {entry.name for entry in ALL[id].inputs}
        assert {ALL[id].numerator, ALL[id].base} - {None} <= inputs

    def test_what_is_scored_for_the_two_factors_is_not_context(self, id: str) -> None:
        entry = ALL[id]
        if entry.better != "neither":
            assert entry.goalposts is not None
            assert entry.goalposts.reason.lv.endswith(".")
            assert entry.goalposts.reason.en.endswith(".")

    def test_an_estimate_says_so(self, id: str) -> None:
        entry = ALL[id]
        if entry.estimated:
            assert "plēse" in entry.title.lv
            assert "estimate" in entry.title.en
            assert "not a measurement" in entry.definition.en

    def test_sources_and_licences_follow_from_the_inputs(self, id: str) -> None:
        missing = [name for name in ALL[id].measures if name not in measures_of(DECLARED)]
        assert not missing, f"no source provides {missing}"
        assert sources_of(ALL[id], DECLARED)
        assert all(licence.address for licence in licences_of(ALL[id], DECLARED))

        assert native_level(ALL[id], measures_of(DECLARED)) in {"unit", "municipality", "country"}

    def test_what_has_no_data_yet_can_be_asked_for(self, id: str, snapshot: Snapshot) -> None:
        waiting = [name for name in ALL[id].measures if name not in snapshot.measures]
        needed = {source.id for source in sources_of(ALL[id], DECLARED) for m in source.provides if m.id in waiting}
        assert all(sources.live_of(name) for name in needed), f"{needed} have no live address"
        assert not waiting or f"`{id}`" in WAITING_FOR_A_REFRESH


def test_counts_are_drawn_as_circles() -> None:
    assert {id for id, entry in ALL.items() if entry.mark == "circles"} == {
        "residents",
        "census_residents",
        "broadband_tests",
        "broadband_devices",
    }


def test_non_commercial_licence_reaches_the_indicator(snapshot: Snapshot) -> None:
    assert any(licence.non_commercial for licence in licences_of(ALL["download_mbps"], snapshot.sources))


def test_what_is_weighted_by_where_people_live_credits_the_grid_of_people(snapshot: Snapshot) -> None:
    by_people = re.compile(r"(access_residents|_person_\w+|_residents_5km|_grid_residents|_residents_\d+mbps)$")
    weighted = [entry for entry in ALL.values() if any(map(by_people.search, entry.measures))]
    assert len(weighted) > 30
    for entry in weighted:
        for declared in (DECLARED, snapshot.sources):
            if all(measure in measures_of(declared) for measure in entry.measures):
                assert "popgrid" in {source.id for source in sources_of(entry, declared)}, entry.id
    credited = [source.id for source in sources_of(ALL["distance_grocery_km"], snapshot.sources)]
    assert credited == ["osm_services", "popgrid"]


def test_breaks_come_from_the_measures(snapshot: Snapshot) -> None:
    assert "2022" in {entry.period for entry in breaks_of(ALL["working_age_share"], snapshot.measures)}


def test_every_factor_is_listed_even_without_data() -> None:
    found = by_factor(ALL.values())
    assert list(found) == list(range(1, 11))
    assert found[5] == []
    assert ALL["basic_skills_share"] in found[8]
    assert ALL["reference_usable_share"] in found[7]


def test_unknown_measure_is_named() -> None:
    with pytest.raises(KeyError, match="density: no source provides residents, area_km2"):
        sources_of(ALL["density"], {})
    assert measures_of({}) == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("births", Input("births", "births")),
        ("births__3y", Input("births__3y", "births", window=3)),
        ("residents__lag10", Input("residents__lag10", "residents", lag=10)),
        ("residents__held2", Input("residents__held2", "residents", held=2)),
        ("residents__lv", Input("residents__lv", "residents", national=True)),
        ("a_16_24__held2__lv", Input("a_16_24__held2__lv", "a_16_24", held=2, national=True)),
    ],
)
def test_input_names(name: str, expected: Input) -> None:
    assert Input.parse(name) == expected


def test_two_indicators_cannot_share_an_id() -> None:
    assert "residents" in REGISTRY

    def residents(residents):
        return residents

    title = Text("x", "y")
    with pytest.raises(ValueError, match="two indicators are called 'residents'"):
        indicator(title=title, definition=title, formula=title, unit=title, better="neither", theme="people")(residents)


def test_types_are_what_they_seem(snapshot: Snapshot) -> None:
    assert all(isinstance(entry, Indicator) for entry in ALL.values())
    assert all(isinstance(entry, Source) for entry in snapshot.sources.values())
    assert all(isinstance(entry, Measure) for entry in snapshot.measures.values())


def test_importing_the_indicators_loads_nothing_heavy() -> None:
    code = (
        "import sys, pkgutil, importlib, indicators; "
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(indicators.__path__, 'indicators.')]; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'scipy', 'SALib', 'streamlit', 'shapely'}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"

"""The methodology pages say what the declarations say today."""

from __future__ import annotations

import pytest

import indicators
from data.store import Snapshot
from reports.methodology import FILES, REFRESH, methodology


@pytest.mark.parametrize("language", FILES)
def test_page_is_fresh(language: str, snapshot: Snapshot) -> None:
    expected = methodology(indicators.registry(), snapshot.sources, snapshot.measures, language)
    assert FILES[language].read_text(encoding="utf-8") == expected, f"stale: run `{REFRESH}`"
    assert all(f"(`{id}`)" in expected for id in indicators.registry())

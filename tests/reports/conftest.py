"""The real snapshot where there is one; every test that needs it says so when it is absent."""

from __future__ import annotations

import pytest

from data.paths import SNAPSHOT
from data.store import Snapshot, open_snapshot
from reports.profile import Ground
from ui import cache


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    if not (SNAPSHOT / "manifest.json").exists():
        pytest.skip("no snapshot: run `python cli.py build`")
    return open_snapshot()


@pytest.fixture(scope="session")
def profiles(snapshot: Snapshot) -> Ground:
    """What the profiles of the real snapshot rest on."""
    loaded = cache.current()
    return Ground.of(snapshot, loaded.indicators, loaded.values)

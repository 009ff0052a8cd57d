"""The real snapshot where there is one; every test that needs it says so when it is absent."""

from __future__ import annotations

import pandas as pd
import pytest

from data.paths import SNAPSHOT
from data.store import Snapshot, open_snapshot
from ui import cache


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    if not (SNAPSHOT / "manifest.json").exists():
        pytest.skip("no snapshot: run `python cli.py build`")
    return open_snapshot()


@pytest.fixture(scope="session")
def evaluated(snapshot: Snapshot) -> pd.DataFrame:
    """Every declared indicator of the real snapshot, as the pages have them."""
    return cache.current().values

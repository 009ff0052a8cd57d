"""The folder of reference results; tests that read it are skipped where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SHARED


@pytest.fixture(scope="session")
def golden() -> Path:
    folder = SHARED / "golden"
    if not folder.is_dir():
        pytest.skip(f"the reference results are not here ({folder}); excerpts in the tests cover the same rules")
    return folder

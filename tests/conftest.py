"""What all tests share: the folder of real files (or a skip that says so). Sockets reach this machine only."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.paths import ROOT

SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the publishers' real files; tests that need it are skipped where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"the publishers' real files are not here ({folder}); small samples cover the readers")
    return folder

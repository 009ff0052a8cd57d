"""What all tests share: the folder of real files (or a skip that says so), and how often a test repeats itself.

Sockets reach this machine only.
"""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from data.paths import ROOT

SHARED = ROOT.parent / "shared"
THOROUGH = os.environ.get("THOROUGH") == "1"
"""Whether seeds, examples and moments are many (THOROUGH=1) or few."""


def times(few: int, many: int) -> int:
    """How often something is tried: many times in a thorough run."""
    return many if THOROUGH else few


settings.register_profile("project", settings.get_profile("ci"), max_examples=times(15, 100))


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: the search for garbage need not go through it every time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the publishers' real files; tests that need it are skipped where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"the publishers' real files are not here ({folder}); small samples cover the readers")
    return folder


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """People's files are read in this process; of the process of their own tells test_own_files."""
    from data.own import apart, reader  # which not every test needs

    def run(command: list[str], *, input: str, **_: Any) -> subprocess.CompletedProcess[str]:
        said = io.StringIO()
        with redirect_stdout(said):
            code = reader.main(json.loads(input))
        return subprocess.CompletedProcess(command, code, said.getvalue(), "")

    monkeypatch.setattr(apart, "subprocess", SimpleNamespace(run=run, TimeoutExpired=subprocess.TimeoutExpired))

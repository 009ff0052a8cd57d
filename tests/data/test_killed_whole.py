"""A refresh killed at any moment, whichever way its sources download: the next run ends where an unbroken one does.

From a snapshot without raw files, as after a fresh clone, with a source of each way of downloading. The moments are
those of `test_killed`; `KILLS=20` takes more of them. It takes every source that has an address, and an empty folder
too, as does a thorough run.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data import ckan, judge, live, lock
from data.store import open_snapshot
from tests.conftest import THOROUGH
from tests.data import places, test_csp, test_refresh, test_refresh_places
from tests.data.country import made_up_units, publish
from tests.data.publishers import Publishers, body, serving
from tests.data.test_killed import maker
from tests.data.test_refresh_places import CKAN, SPOTS, with_grid

__all__ = ["with_grid"]  # a fixture

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 and no fork on Windows")

KILLS = int(os.environ.get("KILLS", "1"))
EVERY = THOROUGH or KILLS > 1
ONE_OF_EACH_WAY = (
    "boundaries",  # files of a CKAN package
    "csp_population",  # PxWeb
    "culture_centres",  # rows of a CKAN resource
    "osm_services",  # Overpass
    "ookla",  # parts of a Parquet file
    "pharmacies",  # a plain file
)


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    """All publishers, healthy, on one server."""
    folder = tmp_path_factory.mktemp("portal")
    with serving() as started:
        test_refresh.healthy(started, publish(made_up_units(), folder).read_bytes())
        test_refresh_places.healthy(started)
        test_csp.serve(started, test_csp.tables())
        rows = f"{CKAN}datastore_search?resource_id=centres&limit={ckan.PAGE}&offset=0"
        started.at(rows, body(places.culture_page(SPOTS[:4], 0, ckan.PAGE)))
        yield started


class Project:
    """A project folder that a refresh can be begun in again and again, from the same state, in a process of its own."""

    def __init__(self, folder: Path, begin: Path | None, address: str, made: Any) -> None:
        self.folder, self.begin, self.address, self.made = folder, begin, address, made
        self.raw, self.snapshot = folder / "raw", folder / "snapshot"
        corrections = folder / "corrections.csv"
        corrections.write_text(",".join(judge.CORRECTION_COLUMNS) + "\n", encoding="utf-8")

    def reset(self) -> None:
        """Back to the state it all begins with."""
        for path in (self.raw, self.snapshot):
            shutil.rmtree(path, ignore_errors=True)
        if self.begin:
            shutil.copytree(self.begin, self.snapshot)

    def refresh(self, how: str = "whole", moment: int = 0) -> tuple[int, int, int]:
        """(signal that ended it or 0, exit code, steps)."""
        return self.made(how, moment, self.folder, self.address)

    def said(self) -> dict[str, dict[str, Any]]:
        """What the last refresh said of each source."""
        told = json.loads((self.folder / "outcome.out").read_text())
        return {change["source"]: change for change in told["sources"]}

    def state(self) -> tuple[str, dict[str, list[str]]]:
        """What is there: the snapshot's hash and the raw files of each source, all whole."""
        lock.raw_files(self.raw)
        files = {id: sorted(entry.sha256 for entry in entries) for id, entries in lock.read_lock(self.raw).items()}
        return open_snapshot(self.snapshot).hash, files


@pytest.fixture(params=["empty", "cloned"] if EVERY else ["cloned"])
def project(
    request: pytest.FixtureRequest, publishers: Publishers, with_grid: Path, tmp_path: Path
) -> Iterator[Project]:
    with maker(*(() if EVERY else ONE_OF_EACH_WAY)) as made:
        yield Project(tmp_path, with_grid if request.param == "cloned" else None, publishers.address, made)


def test_sources_killed_and_resumed(project: Project) -> None:
    project.reset()
    ended, code, steps = project.refresh()
    said = project.said()
    assert set(live.with_address() if EVERY else ONE_OF_EACH_WAY) <= set(said)
    needs_grid = {id for id, change in said.items() if change["error"]}
    assert (ended, code) == (0, 3 if needs_grid else 0)
    assert all("popgrid" in said[id]["error"] for id in needs_grid), {id: said[id]["error"] for id in needs_grid}
    assert bool(needs_grid) == (project.begin is None)
    assert steps > 100
    unbroken = project.state()
    killed = 0
    for place in range(KILLS):
        project.reset()
        before = open_snapshot(project.snapshot).hash if project.begin else None
        ended, _, _ = project.refresh("kill", 1 + (2 * place + 1) * steps // (2 * KILLS))
        killed += ended == 9
        assert not project.snapshot.exists() or open_snapshot(project.snapshot).hash in (before, unbroken[0])
        assert project.begin is None or project.snapshot.exists()
        ended, code, _ = project.refresh()
        assert (ended, code) == (0, 3 if needs_grid else 0), (project.folder / "outcome.err").read_text()
        assert project.state() == unbroken
    assert killed == KILLS

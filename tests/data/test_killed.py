"""A refresh that is killed, or finds the disk full, at any moment: the snapshot stays whole, and the next run ends it.

The moments are the steps in which it writes, renames or removes something; `KILLS=100` sweeps them closely.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from data import history, live, lock, web
from data.paths import ROOT
from data.store import open_snapshot
from tests.conftest import times
from tests.data.publishers import Publishers, serving
from tests.data.test_refresh import (
    LIVE,
    empty,
    healthy,
    places,
    publishers,
    refreshed,
    refreshed_before,
    roads,
)

__all__ = ["empty", "publishers", "refreshed", "refreshed_before"]  # fixtures

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 and no fork on Windows")

KILLS = int(os.environ.get("KILLS", times(1, 2)))
FULL = max(KILLS // 3, 1)
PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from data import paths, web
web.PAUSE = web.LONGEST_WAIT = 0
import cli, geopandas, pandera.pandas, pyarrow.parquet
import data.build, data.check, data.refresh, reports.difference
data.check.check = lambda *_: data.check.Report()  # these two only read
reports.difference.compare = lambda *_: reports.difference.Difference("", "")

def child(how, moment, folder, publishers):
    paths.RAW, paths.SNAPSHOT, paths.CORRECTIONS = folder / "raw", folder / "snapshot", folder / "corrections.csv"
    os.environ[web.MIRROR] = publishers
    steps, watching = 0, True
    def watch(event, arguments):
        nonlocal steps
        writes = event in ("os.rename", "os.mkdir") or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if watching and (writes or event in ("os.remove", "os.rmdir")):
            steps += 1
            if how == "kill" and steps == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "full" and writes and steps >= moment:
                raise OSError(28, "No space left on device", str(arguments[0]))
    sys.addaudithook(watch)
    code = cli.main(["refresh", *sys.argv[1:], "--json"])
    watching = False
    (folder / "outcome").write_text(json.dumps([code, steps]))

for line in sys.stdin:
    how, moment, folder, publishers = json.loads(line)
    process = os.fork()
    if not process:
        for number, name in ((1, "outcome.out"), (2, "outcome.err")):
            os.dup2(os.open(Path(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        child(how, moment, Path(folder), publishers)
        sys.stdout.flush()
        os._exit(0)
    print(os.waitpid(process, 0)[1], flush=True)
"""

Run = Callable[..., tuple[int, int, str]]


@contextmanager
def maker(*sources: str) -> Iterator[Callable[[str, int, Path, str], tuple[int, int, int]]]:
    """Refreshes a project folder, with what publishers at an address answer, in a process of its own.

    A process that has imported everything once makes the others, so that each takes little time. Told are the signal
    that ended it or 0, the exit code, and the steps; what it said is in the folder.
    """
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [sys.executable, "-c", PROGRAM, *sources]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | threads,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as made:
        assert made.stdin
        assert made.stdout

        def one(how: str, moment: int, folder: Path, publishers: str) -> tuple[int, int, int]:
            out = folder / "outcome"
            out.unlink(missing_ok=True)
            made.stdin.write(json.dumps([how, moment, str(folder), publishers]) + "\n")
            made.stdin.flush()
            ended = int(made.stdout.readline())
            code, steps = json.loads(out.read_text()) if out.exists() else (-1, 0)
            return ended, code, steps

        yield one
        made.stdin.close()


@pytest.fixture(scope="module")
def made() -> Iterator[Any]:
    with maker(*LIVE) as one:
        yield one


@pytest.fixture
def run(made: Any, publishers: Publishers, refreshed: Path) -> Run:
    """Runs a refresh in a process of its own: (signal that ended it or 0, exit code, what it said)."""

    def one(how: str = "whole", moment: int = 0) -> tuple[int, int, str]:
        ended, code, _ = made(how, moment, refreshed, publishers.address)
        said = ((refreshed / name).read_text() for name in ("outcome.out", "outcome.err"))
        return ended, code, "\n".join(said)

    return one


@pytest.fixture(scope="module")
def steps(made: Any, edition: bytes, refreshed_before: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps a refresh with a new year takes."""
    folder = tmp_path_factory.mktemp("counted")
    shutil.copytree(refreshed_before, folder, dirs_exist_ok=True)
    with serving() as at:
        healthy(at, edition)
        roads(at, {"2024": "2024", "2100": "2100"})
        ended, code, taken = made("whole", 0, folder, at.address)
    assert (ended, code) == (0, 0), (folder / "outcome.err").read_text()
    assert taken > 30
    return taken


def moments(steps: int, count: int) -> list[int]:
    """So many moments, evenly spread."""
    return [1 + (2 * place + 1) * (steps - 1) // (2 * count) for place in range(count)]


def whole(project: Path) -> set[str]:
    """The periods of a snapshot that can be read, beside raw files that are what their lock says."""
    lock.raw_files(project / "raw")
    table = open_snapshot(project / "snapshot").observations
    assert {"area_km2", "roads_km", "ict_basic_skills_16_74"} <= set(table["measure"])
    return set(table.loc[table["measure"] == "roads_km", "period"])


def test_killed_at_any_moment_nothing_is_lost(run: Run, steps: int, publishers: Publishers, refreshed: Path) -> None:
    years = {"2024": "2024"}
    killed = 0
    for number, moment in enumerate(moments(steps, KILLS)):
        year = str(3000 + number)
        years[year] = year
        roads(publishers, years)
        before = whole(refreshed)
        ended, _, said = run("kill", moment)
        killed += ended == 9
        assert whole(refreshed) in (before, before | {year}), said
        ended, code, said = run()
        assert (ended, code) == (0, 0), said
        assert whole(refreshed) == before | {year}
    assert killed >= max(KILLS - 1, 1)  # the last steps may not come in every run
    assert not (refreshed / "raw" / live.DOWNLOADS / "roads").exists()
    assert len(history.read(history.beside(refreshed / "raw"))) >= min(KILLS, 50)


def test_a_disk_that_is_full_at_any_moment_is_told_and_costs_nothing(
    run: Run, steps: int, publishers: Publishers, refreshed: Path
) -> None:
    years = {"2024": "2024"}
    for number, moment in enumerate(moments(steps, FULL)):
        year = str(3000 + number)
        years[year] = year
        roads(publishers, years)
        before = whole(refreshed)
        ended, code, said = run("full", moment)
        assert (ended, code) == (0, 1), said
        assert "No space left on device. Free some space, then run this again." in said
        assert whole(refreshed) in (before, before | {year})
        ended, code, said = run()
        assert (ended, code) == (0, 0), said
        assert whole(refreshed) == before | {year}


def test_two_at_once_do_not_harm_each_other(run: Run, publishers: Publishers, refreshed: Path) -> None:
    """The second one says that the first is running; what the first one does is whole."""
    second: list[tuple[int, int, str]] = []
    roads(publishers, {"2024": "2024", "2025": "2025"})
    answers = publishers.answers["/data.gov.lv/dati/api/3/action/package_show?id=robezas"]
    answer = answers[0]

    def meanwhile(handler: Any) -> None:
        publishers.at("/data.gov.lv/dati/api/3/action/package_show?id=robezas", answer)
        environment = os.environ | {web.MIRROR: publishers.address, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", SECOND, *map(str, places(refreshed))]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        second.append((0, done.returncode, done.stderr))
        answer(handler)

    publishers.at("/data.gov.lv/dati/api/3/action/package_show?id=robezas", meanwhile)
    ended, code, said = run()
    assert (ended, code) == (0, 0), said
    assert whole(refreshed) == {"2024", "2025"}
    ((_, refused, message),) = second
    assert refused == 1
    assert "is in use: refresh (process" in message
    assert "Wait until it has ended, then run this again." in message


SECOND = """
import sys
from pathlib import Path
from data import paths
paths.RAW, paths.SNAPSHOT, paths.CORRECTIONS = map(Path, sys.argv[1:4])
import cli
sys.exit(cli.main(["refresh"]))
"""

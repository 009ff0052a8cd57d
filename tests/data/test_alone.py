"""One writer at a time, and no lock that outlives its holder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from data import fetch, lock
from data.alone import Busy, alone
from data.paths import ROOT


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw"
    told = rf"data/raw is in use: fetch \(process {os.getpid()}\)"
    with alone(folder, "fetch"), pytest.raises(Busy, match=told), alone(folder, "import"):
        pass
    with alone(folder, "import"):
        pass


def test_a_lock_is_let_go_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"), alone(tmp_path / "raw", "fetch"):
        raise ValueError("broken")
    with alone(tmp_path / "raw", "fetch"):
        pass


@pytest.mark.parametrize("command", ["fetch", "import", "build"])
def test_two_commands_at_once(project: Path, published: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    file = published / "crosswalk_2021_to_2024.csv"
    arguments = {"fetch": ["--from", str(published)], "import": [str(file)], "build": []}[command]
    with alone(project / ("snapshot" if command == "build" else "raw"), "another"):
        assert cli.main([command, *arguments, "--json"]) == 1
    said = capsys.readouterr()
    assert "is in use: another (process" in said.err
    assert json.loads(said.out)["exit_code"] == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from data import fetch
setattr(*{where}, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
published, raw, corrections = map(Path, sys.argv[1:])
fetch.fetch(fetch.Folder(published), ["classifier"], raw, corrections)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
@pytest.mark.parametrize("where", ['(fetch, "sift")', '(fetch.Staging, "keep")'])
def test_a_killed_fetch_stands_in_nobodys_way(published: Path, raw: Path, corrections: Path, where: str) -> None:
    path = published / "crosswalk_2021_to_2024.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = lock.read_lock(raw)
    command = [sys.executable, "-c", KILLED.format(where=where), str(published), str(raw), str(corrections)]
    killed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert lock.read_lock(raw) == before
    (result,) = fetch.fetch(fetch.Folder(published), ["classifier"], raw, corrections)
    assert result.new == 1
    assert not (raw / lock.STAGING).exists()

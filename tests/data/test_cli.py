"""The command line: one message for bad input, exit codes, and nothing written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from data import build, lock
from data.store import open_snapshot

ZIP = "territorial_units_lv_1.2m_2024.01.01..zip"

pytestmark = pytest.mark.usefixtures("read_here")


def written(project: Path) -> dict[str, bytes]:
    folders = (project / "raw", project / "snapshot")
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def message(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, in one line."""
    return re.sub(r"\s+", " ", capsys.readouterr().err).strip()


def test_help_documents_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["fetch"], ["import"], ["build"], ["check"], ["values"], ["report"], ["compute"], ["bench"]):
        assert cli.main([*command, "--help"]) == 0
        said = re.sub(r"\s+", " ", capsys.readouterr().out)
        assert "Exit codes: 0 all went well; 1 the machine is at fault" in said
        assert "2 what was given is at fault" in said


@pytest.mark.parametrize(
    "command", [[], ["fetch"], ["nothing"], ["build", "--fast"], ["values", "--out", "a.txt"], ["bench", "cpu"]]
)
def test_a_wrong_command_is_told_so(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(command) == 2
    said = capsys.readouterr()
    assert "Usage" in said.out + said.err


def test_fetch_and_build_for_machines(project: Path, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fetch", "--from", str(published), "boundaries", "classifier", "--json"]) == 0
    fetched = json.loads(capsys.readouterr().out)
    assert [result["source"] for result in fetched] == ["boundaries", "classifier"]
    assert fetched[0]["files"][0]["name"] == ZIP
    assert cli.main(["build", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["hash"] == open_snapshot(project / "snapshot").hash
    assert report["bytes"] > 0
    assert report["sources"][0]["rows"] == 6


def test_fetch_and_build_for_people(project: Path, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fetch", "--from", str(published), "classifier"]) == 0
    assert "classifier" in capsys.readouterr().out
    assert cli.main(["build"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"Snapshot [0-9a-f]{12}: 0\.\d\d MB in \d+\.\d s", said)
    assert "Left out: raim" in said


def test_a_file_is_recognised_by_its_name_and_kept(
    project: Path, toy: str, wells: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = wells(("LV0020410", 2022, 4), ("LV0001000", 2023, 5))
    before = written(project)
    assert cli.main(["import", str(path), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "toy_wells.csv: a file of toy; 2 observations with it (2022 to 2023), 2 of them new or changed." in said
    assert "Nothing was written." in said
    assert written(project) == before
    assert cli.main(["import", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "toy"
    (entry,) = lock.read_lock(project / "raw")["toy"]
    assert entry.origin == "import"
    assert cli.main(["build"]) == 0
    assert "wells" in set(open_snapshot(project / "snapshot").observations["measure"])


def test_a_file_is_recognised_by_what_it_holds(project: Path, toy: str, wells: Callable[..., Path]) -> None:
    path = wells(("LV0020410", 2022, 4), name="my own numbers.csv")
    assert cli.main(["import", str(path)]) == 0
    assert [entry.name for entry in lock.read_lock(project / "raw")["toy"]] == ["my own numbers.csv"]


def test_a_file_that_contradicts_another_is_refused(project: Path, toy: str, wells: Callable[..., Path]) -> None:
    assert cli.main(["import", str(wells(("LV0020410", 2022, 4)))]) == 0
    before = written(project)
    assert cli.main(["import", str(wells(("LV0020410", 2022, 5), name="toy_second.csv"))]) == 2
    assert written(project) == before


def test_the_same_bytes_are_kept_once(
    project: Path, toy: str, wells: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = wells(("LV0020410", 2022, 4))
    assert cli.main(["import", str(path)]) == 0
    before = written(project)
    path.rename(path.with_name("again.csv"))
    assert cli.main(["import", str(path.with_name("again.csv"))]) == 0
    assert "0 of them new or changed" in capsys.readouterr().out
    assert written(project) == before


def test_a_file_that_adds_nothing_is_not_taken_for_its_form(
    project: Path, toy: str, wells: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", str(wells(("LV0020410", 2022, 4)))]) == 0
    path = wells(name="empty.csv")
    assert cli.main(["import", str(path)]) == 2


def test_a_damaged_snapshot_is_the_machines_fault(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "snapshot" / "places.parquet").write_bytes(b"broken")
    assert cli.main(["values", "--out", str(tmp_path / "values.csv")]) == 1
    said = message(capsys)
    assert "places.parquet: damaged" in said
    assert not (tmp_path / "values.csv").exists()


def test_a_full_disk_is_the_machines_fault(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "write_manifest", full)
    assert cli.main(["build"]) == 1
    assert "No space left on device" in message(capsys)


@pytest.mark.parametrize("command", [[], ["fetch"], ["nothing"], ["build", "--fast"], ["import"], ["bench", "cpu"]])
def test_machines_are_told_of_a_wrong_command(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*command, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]
    assert answer["exit_code"] == 2


@pytest.mark.parametrize(
    ("error", "code", "problem"),
    [
        (OSError(28, "No space left on device", "raw/x"), 1, "raw/x: No space left on device. Free some space, then"),
        (PermissionError(13, "Permission denied", "raw/x"), 1, "raw/x: Permission denied. Check that you may write"),
        (MemoryError(), 1, "not enough memory"),
        (KeyboardInterrupt(), 130, "stopped before the end: nothing was written"),
        (KeyError("x"), 1, "a fault of this program, please report it: KeyError: 'x' (test_cli.py, line"),
    ],
)
@pytest.mark.parametrize("machine", [False, True])
def test_whatever_happens_is_one_message(
    project: Path,
    published: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    problem: str,
    machine: bool,
) -> None:
    def fail(*_: object) -> None:
        raise error

    before = written(project)
    monkeypatch.setattr(lock.Staging, "keep", fail)
    command = ["fetch", "--from", str(published), "boundaries", "classifier"]
    assert cli.main([*command, "--json"] if machine else command) == code
    said = capsys.readouterr()
    assert f"error: {problem}" in said.err or f"error: the machine: {problem}" in said.err
    assert said.err.count("error: ") == 1
    assert "Traceback" not in said.err
    assert written(project) == before
    if machine:
        assert problem in json.loads(said.out)["error"]


def test_a_name_cannot_break_a_message_in_two(
    project: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a\nerror: b.csv"
    assert cli.main(["import", str(path)]) == 2
    path.write_bytes(b"\x89PNG")
    assert cli.main(["import", str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all(line.startswith(r"error: a\nerror: b.csv: ") for line in said)


def test_a_name_cannot_command_the_terminal(project: Path, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = written(project)
    evil = published / "crosswalk_\x1b[2J.csv"
    evil.write_text((published / "crosswalk_2021_to_2024.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (published / "crosswalk_2021_to_2024.csv").unlink()
    assert cli.main(["fetch", "--from", str(published), "classifier"]) == 2
    assert cli.main(["import", str(evil)]) == 2
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert said.err.count(r"error: crosswalk_\x1b[2J.csv: ") == 2
    assert written(project) == before

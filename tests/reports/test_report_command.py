"""The command `report`: files by code, whole or not at all, and one message for what is wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pypdfium2
import pytest

import cli
from data.store import Snapshot
from reports import profile_files
from reports.profile import Ground


@pytest.fixture(autouse=True)
def _known_ground(profiles: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_files, "ground_of", lambda path: profiles)


def test_profiles_are_written_by_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "folder"
    given = [
        "report",
        "LV0033400",
        "LV0033000",
        "--out",
        str(out),
        "--date",
        "2026-01-02",
        "--language",
        "en",
        "--json",
    ]
    assert cli.main(given) == 0
    told = json.loads(capsys.readouterr().out)
    assert [made["file"] for made in told["files"]] == ["LV0033400.en.pdf", "LV0033000.en.pdf"]
    assert sorted(path.name for path in out.iterdir()) == ["LV0033000.en.pdf", "LV0033400.en.pdf"]
    for made in told["files"]:
        content = (out / made["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == made["sha256"]
        assert len(pypdfium2.PdfDocument(content)) == 2
    assert cli.main(given) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["files"] == told["files"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give codes, or --municipality CODE, or --all."),
        (["LV0033400", "--all"], "Give codes, or --municipality CODE, or --all."),
        (["LV9", "LV8"], "LV8: no territory has this code"),
        (["--municipality", "LV0033400"], "no municipality has this code"),
        (["LV0033400", "--language", "de"], "de"),
        (["LV0033400", "--date", "tomorrow"], "tomorrow"),
        (["LV0033400", "--address", "nowhere"], "is no address"),
        (["LV0033400", "--address", "javascript:alert(1)"], "is no address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["report", *arguments, "--out", str(out)]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


def test_a_folder_that_is_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("")
    assert cli.main(["report", "LV0033400", "--out", str(tmp_path / "out")]) == 1
    assert "out" in capsys.readouterr().err


def test_whoever_stops_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = profile_files.profile_pdf
    calls: list[int] = []

    def stopped(*given):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return made(*given)

    monkeypatch.setattr(profile_files, "profile_pdf", stopped)
    assert cli.main(["report", "LV0033400", "LV0001000", "--out", str(tmp_path)]) == 130
    assert "1 of 2 profiles are in" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["LV0033400.lv.pdf"]


def test_several_processes_make_the_same_files_as_one(
    profiles: Ground, snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_files, "FEW", 1)
    codes, told = ["LV0033400", "LV0027210"], []
    orders = [
        profile_files.Order(
            snapshot.path, tmp_path / name, "lv", "http://localhost:1", "9", profile_files.date(2026, 1, 2)
        )
        for name in ("many", "one")
    ]
    many = list(profile_files.write_profiles(profiles, codes, orders[0], lambda *step: told.append(step)))
    monkeypatch.setattr(profile_files, "PROCESSES", 1)
    one = list(profile_files.write_profiles(profiles, codes, orders[1]))
    assert many == one
    assert told == [("", 0, 2), ("LV0033400", 1, 2), ("LV0027210", 2, 2)]

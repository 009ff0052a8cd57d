"""`import` for own files: what it says, what it keeps, and what it never does."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

import cli
from data import paths
from data.own import saved
from data.own.model import Brought

TABLE = "Pagasts;Gads;Skaits\nEngures pagasts;2022;1,5\nEngures pagsts;2023;2\nSalas pagasts;2022;3\n"

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without raw files; the embedded snapshot stays."""
    monkeypatch.setattr(paths, "RAW", tmp_path / "raw")
    monkeypatch.setattr(paths, "OWN", tmp_path / "raw" / "own")
    return tmp_path


@pytest.fixture
def table(bare: Path) -> Path:
    path = bare / "mani dati.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_tells_everything_and_writes_nothing(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", str(table), "--dry-run", "--json"]) == 0
    told = said(capsys)
    (series,) = told["series"]
    assert {key: series[key] for key in ("name", "level", "unit", "first", "last", "rows")} == {
        "name": "Skaits",
        "level": "unit",
        "unit": "",
        "first": "2022",
        "last": "2022",
        "rows": 1,
    }
    assert [(row["row"], row["reason"]) for row in told["unmatched"]] == [(3, "near"), (4, "homonym")]
    assert told["unmatched"][0]["candidates"][0]["name"] == "Engures pagasts, Tukuma novads"
    assert told["warnings"] == []
    assert told["dry_run"]
    assert not paths.RAW.exists()


def test_own_data_are_kept_listed_and_forgotten(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", str(table)]) == 0
    assert "Not used: mani dati, row 3: Engures pagsts: near; LV0052430" in capsys.readouterr().out
    (kept,) = saved.kept(paths.OWN)
    assert kept.series[0].values == ((1.5,),)
    assert cli.main(["import", str(table)]) == 0
    assert len(saved.kept(paths.OWN)) == 1, "the same again changes nothing"
    capsys.readouterr()
    assert cli.main(["own", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == kept.id
    assert cli.main(["own", "--forget", "nothing"]) == 2
    assert cli.main(["own", "--forget", "../../lock"]) == 2
    assert cli.main(["own", "--forget", kept.id]) == 0
    assert saved.kept(paths.OWN) == []


def test_figures_without_a_year_are_not_kept_before_it_is_said(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bare / "a.csv"
    path.write_text("Pagasts;Skaits\nEngures pagasts;5\n", encoding="utf-8")
    assert cli.main(["import", str(path)]) == 2
    assert "Say which year the figures are of: --period YEAR" in capsys.readouterr().err
    assert cli.main(["import", str(path), "--period", "soon"]) == 2
    assert saved.kept(paths.OWN) == []
    assert cli.main(["import", str(path), "--period", "2024"]) == 0
    assert saved.kept(paths.OWN)[0].series[0].periods == ("2024",)


@pytest.mark.parametrize("rows", ["Engures pagsts;5\nSalas pagasts;3\n", "Engures pagasts;5\nEngures pagasts;6\n"])
def test_where_no_row_can_be_used_the_year_is_not_asked_again(
    bare: Path, capsys: pytest.CaptureFixture[str], rows: str
) -> None:
    path = bare / "a.csv"
    path.write_text("Pagasts;Skaits\n" + rows, encoding="utf-8")
    assert cli.main(["import", str(path), "--period", "2024"]) == 2
    told = capsys.readouterr()
    assert "Not used: a, row 2" in told.out
    assert "Correct the rows that were not used, then import the file again." in told.err
    assert "--period" not in told.err
    assert saved.kept(paths.OWN) == []


def test_a_lone_raim_workbook_is_recognised_without_raw_files(
    shared: Path, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under the publisher's name too, though it cannot renew the published series by itself."""
    book = openpyxl.load_workbook(shared / "raim" / "raditaju_atlase_izglitiba.xlsx")
    for name in book.sheetnames[2:]:
        del book[name]
    path = bare / "raditaju_atlase_mana.xlsx"
    book.save(path)
    assert cli.main(["import", str(path), "--dry-run", "--json"]) == 0
    told = said(capsys)
    assert (told["kind"], len(told["series"])) == ("raim", 2)
    assert any(text.startswith("Not taken as a renewal") for text in told["warnings"])
    assert not paths.RAW.exists()


def test_a_refused_file_is_one_message(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bare / "foto.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert cli.main(["import", str(path), "--json"]) == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["faults"][0]["kind"] == "image"
    assert told.err.count("error: ") == 1
    assert "Traceback" not in told.err
    assert cli.main(["import", str(bare / "absent.csv")]) == 2


def test_what_is_kept_badly_is_left_out(table: Path) -> None:
    assert cli.main(["import", str(table)]) == 0
    (path,) = saved.listed(paths.OWN)
    path.with_name("0123456789ab.json").write_text("{", encoding="utf-8")
    assert [type(one) for one in saved.kept(paths.OWN)] == [Brought]


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("yes", True), ("", False), ("0", False), ("no", False)])
def test_keeping_is_the_operators_choice(monkeypatch: pytest.MonkeyPatch, value: str, allowed: bool) -> None:
    monkeypatch.setenv(saved.SETTING, value)
    assert saved.allowed() is allowed

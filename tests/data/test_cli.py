"""The command line: one message for bad input, exit codes, and nothing written."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

import cli
from data import build, fetch, paths
from data.store import open_snapshot
from tests.data.country import made_up_units, publish

HEADER = "source,territory,period,measure,published,value,status,reason\n"
ZIP = "territorial_units_lv_1.2m_2024.01.01..zip"


@pytest.fixture
def project(published: Path, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own: raw files fetched, a snapshot built."""
    corrections = tmp_path / "corrections.csv"
    corrections.write_text(HEADER, encoding="utf-8")
    build.build(raw, tmp_path / "snapshot", corrections)
    monkeypatch.setattr(paths, "RAW", raw)
    monkeypatch.setattr(paths, "SNAPSHOT", tmp_path / "snapshot")
    monkeypatch.setattr(paths, "CORRECTIONS", corrections)
    return tmp_path


def written(project: Path) -> dict[str, bytes]:
    folders = (project / "raw", project / "snapshot")
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def message(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, in one line."""
    return re.sub(r"\s+", " ", capsys.readouterr().err).strip()


def test_help_documents_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["fetch"], ["import"], ["build"], ["check"], ["values"], ["bench"]):
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


def truncated_zip(folder: Path) -> None:
    content = (folder / ZIP).read_bytes()
    (folder / ZIP).write_bytes(content[: len(content) // 2])


def empty_file(folder: Path) -> None:
    (folder / ZIP).write_bytes(b"")


def zeros(folder: Path) -> None:
    with (folder / ZIP).open("wb") as stream:
        stream.truncate(200_000_000)


def zip_bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / ZIP, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("units.shp", bytes(20_000_000))


def climbing_path(folder: Path) -> None:
    with zipfile.ZipFile(folder / ZIP, "w") as archive:
        archive.writestr("../../units.shp", b"x")


def link_out(folder: Path) -> None:
    (folder / ZIP).rename(folder.parent / "outside.zip")
    (folder / ZIP).symlink_to(folder.parent / "outside.zip")


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (truncated_zip, "not a whole zip file"),
        (empty_file, "the file is empty (0 bytes)"),
        (zeros, "the file has 200.0 MB; files over 100.0 MB are not opened"),
        (zip_bomb, "member units.shp: unpacks"),
        (climbing_path, "member ../../units.shp: the path climbs out of the folder"),
        (link_out, "a link that leads out of the folder"),
    ],
)
def test_an_unsafe_file_is_refused_when_it_is_fetched(
    project: Path, published: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], problem: str
) -> None:
    before = written(project)
    spoil(published)
    assert cli.main(["fetch", "--from", str(published), "boundaries"]) == 2
    said = message(capsys)
    assert f"error: {ZIP}: " in said
    assert problem in said
    assert said.count("error: ") == 1
    assert written(project) == before


def wrong_crs(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.to_crs(4326)


def text_for_a_number(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.assign(L1_type=units["L1_type"].astype(str).replace("7", "parish"))


def unknown_code(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.assign(L1_code=units["L1_code"].replace("LV0020410", "27400"))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (wrong_crs, ".prj: the coordinate system is EPSG:4326"),
        (text_for_a_number, "row 1: unknown L1_type parish"),
        (unknown_code, "row 1: L1_code '27400' is not a code"),
    ],
)
def test_bad_contents_stop_the_build_and_the_old_snapshot_is_served(
    project: Path,
    published: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame],
    problem: str,
) -> None:
    before = open_snapshot(project / "snapshot").hash
    (published / ZIP).unlink()
    publish(spoil(made_up_units()), published)
    assert cli.main(["fetch", "--from", str(published), "boundaries"]) == 0
    capsys.readouterr()
    assert cli.main(["build"]) == 2
    said = message(capsys)
    assert f"error: {ZIP}: " in said
    assert problem in said
    assert open_snapshot(project / "snapshot").hash == before


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
    (entry,) = fetch.read_lock(project / "raw")["toy"]
    assert entry.origin == "import"
    assert cli.main(["build"]) == 0
    assert "wells" in set(open_snapshot(project / "snapshot").observations["measure"])


def test_a_file_is_recognised_by_what_it_holds(project: Path, toy: str, wells: Callable[..., Path]) -> None:
    path = wells(("LV0020410", 2022, 4), name="my own numbers.csv")
    assert cli.main(["import", str(path)]) == 0
    assert [entry.name for entry in fetch.read_lock(project / "raw")["toy"]] == ["my own numbers.csv"]


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


def foreign(folder: Path) -> Path:
    path = folder / "holiday.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    return path


def text_in_a_number_column(folder: Path) -> Path:
    path = folder / "toy_text.csv"
    path.write_text("code,year,wells\nLV0020410,2022,4\nLV0020420,2022,n/a\n", encoding="utf-8")
    return path


def unknown_territory(folder: Path) -> Path:
    path = folder / "toy_unknown.csv"
    path.write_text("code,year,wells\nLV0099999,2022,4\n", encoding="utf-8")
    return path


def neither(folder: Path) -> Path:
    path = folder / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    return path


def absent(folder: Path) -> Path:
    return folder / "gone.csv"


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (foreign, "holiday.jpg: belongs to no source. Known are"),
        (text_in_a_number_column, "toy_text.csv: line 3, column 'wells': 'n/a' is not a whole number"),
        (unknown_territory, "(LV0099999 2022 wells): a territory that is unknown at the measure's level"),
        (neither, "fits no source"),
        (absent, "gone.csv: there is no such file"),
    ],
)
def test_an_import_that_fails_writes_nothing(
    project: Path,
    toy: str,
    published: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], Path],
    problem: str,
) -> None:
    before = written(project)
    assert cli.main(["import", str(make(published))]) == 2
    said = message(capsys)
    assert problem in said
    assert said.count("error: ") == 1
    assert written(project) == before


def test_a_workbook_without_its_sheets_is_refused(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Nothing of interest"
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "workbook.xlsx"
    path.write_bytes(content.getvalue())
    before = written(project)
    assert cli.main(["import", str(path)]) == 2
    assert "workbook.xlsx: " in message(capsys)
    assert written(project) == before


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

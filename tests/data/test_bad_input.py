"""Every bad file, by fetch and by import: one message with file, place and next step; nothing written; still served."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import shapely

import cli
from data import build, fetch, lock, paths
from data.store import open_snapshot
from tests.data import atlas as made_up
from tests.data.atlas import PARISH
from tests.data.country import made_up_units, publish

ZIP = "territorial_units_lv_1.2m_2024.01.01..zip"
BOOK = "raditaju_atlase_a.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
CROSSWALK = "crosswalk_2021_to_2024.csv"

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(scope="session")
def whole(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has fetched and built all a made-up publisher offers; to be copied, never changed."""
    folder = shutil.copytree(small, tmp_path_factory.mktemp("whole") / "project")
    made_up.make().write(folder / "published")
    results = fetch.fetch(fetch.Folder(folder / "published"), ["raim"], folder / "raw", folder / "corrections.csv")
    assert not [str(result.error) for result in results if result.error]
    build.build(folder / "raw", folder / "snapshot", folder / "corrections.csv")
    return folder


@pytest.fixture
def project(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the whole project, which the commands take for their own."""
    folder = shutil.copytree(whole, tmp_path / "project")
    monkeypatch.setattr(paths, "RAW", folder / "raw")
    monkeypatch.setattr(paths, "SNAPSHOT", folder / "snapshot")
    monkeypatch.setattr(paths, "CORRECTIONS", folder / "corrections.csv")
    return folder


@pytest.fixture
def published(project: Path) -> Path:
    """The folder in which the publisher of that project offers its files."""
    return project / "published"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was said on standard error since the last question, in one line."""
    return lambda: re.sub(r"\s+", " ", capsys.readouterr().err).strip()


def written(project: Path) -> dict[str, bytes]:
    """Every file of the raw files and the snapshot."""
    folders = (project / "raw", project / "snapshot")
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def truncated_zip(folder: Path) -> None:
    content = (folder / ZIP).read_bytes()
    (folder / ZIP).write_bytes(content[: len(content) // 2])


def truncated_workbook(folder: Path) -> None:
    content = (folder / BOOK).read_bytes()
    (folder / BOOK).write_bytes(content[: len(content) // 2])


def missing_sheet(folder: Path) -> None:
    atlas = made_up.make()
    atlas.books[BOOK].remove(atlas.sheet("employers"))
    atlas.write(folder)


def text_in_a_sheet(folder: Path) -> None:
    atlas = made_up.make()
    atlas.set("employers", 2020, **{PARISH: "daudz"})
    atlas.write(folder)


def unknown_code_in_a_sheet(folder: Path) -> None:
    atlas = made_up.make()
    cells = atlas.sheet("employers").cells
    cells["LV0099999"] = cells.pop(PARISH)
    atlas.write(folder)


def number_for_a_code(folder: Path) -> None:
    atlas = made_up.make()
    atlas.sheet("employers").code = lambda code: 9_999_999 if code == PARISH else code
    atlas.write(folder)


def changed_sheet(folder: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(folder / BOOK) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed = change(members[SHEET])
    assert changed != members[SHEET]
    with zipfile.ZipFile(folder / BOOK, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members | {SHEET: changed}).items():
            archive.writestr(name, content)


def formula_in_a_sheet(folder: Path) -> None:
    formula = b'<c r="E2"><f>WEBSERVICE("http://x")</f></c>'
    changed_sheet(folder, lambda sheet: re.sub(rb'<c r="E2".*?</c>', formula, sheet))


def far_cell(folder: Path) -> None:
    cells = b'<row r="1048576">' + b"<c><v>1</v></c>" * 16_384 + b"</row></sheetData>"
    changed_sheet(folder, lambda sheet: sheet.replace(b"</sheetData>", cells))


def text_in_a_table(folder: Path) -> None:
    text = (folder / CROSSWALK).read_text(encoding="utf-8")
    (folder / CROSSWALK).write_text(text.replace(",0.5,", ",half,", 1), encoding="utf-8")


def unknown_code_in_a_table(folder: Path) -> None:
    text = (folder / CROSSWALK).read_text(encoding="utf-8")
    (folder / CROSSWALK).write_text(text.replace(PARISH, "LV0099999"), encoding="utf-8")


def wrong_crs(folder: Path) -> None:
    publish(made_up_units().to_crs(4326), folder)


def text_for_a_type(folder: Path) -> None:
    units = made_up_units()
    units["L1_type"] = units["L1_type"].astype(str).replace("7", "parish")
    publish(units, folder)


def malformed_code(folder: Path) -> None:
    units = made_up_units()
    units["L1_code"] = units["L1_code"].replace(PARISH, "27400")
    publish(units, folder)


def empty_file(folder: Path) -> None:
    (folder / ZIP).write_bytes(b"")


def zeros(folder: Path) -> None:
    with (folder / ZIP).open("wb") as stream:
        stream.truncate(200_000_000)


def fewer_zeros(folder: Path) -> None:
    (folder / BOOK).write_bytes(bytes(1_000_000))


def zip_bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / ZIP, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("units.shp", bytes(20_000_000))


def workbook_bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / BOOK, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(20_000_000))


def climbing_path(folder: Path) -> None:
    with zipfile.ZipFile(folder / ZIP, "w") as archive:
        archive.writestr("../../units.shp", b"x")


def link_out(folder: Path) -> None:
    (folder / ZIP).rename(folder.parent / "outside.zip")
    (folder / ZIP).symlink_to(folder.parent / "outside.zip")


def link_to_itself(folder: Path) -> None:
    (folder / ZIP).unlink()
    (folder / ZIP).symlink_to(folder / ZIP)


def vanishing_unit(folder: Path) -> None:
    """A unit of 2 m, which the map file cannot hold: only the last step of a build would find it."""
    units = made_up_units()
    shapes = [*units.geometry]
    left, _, _, top = shapes[0].bounds
    speck = shapely.box(left, top - 2, left + 2, top)
    shapes[3] = shapely.union(shapes[3], shapely.difference(shapes[0], speck))
    shapes[0] = speck
    publish(units.set_geometry(shapes, crs=3059), folder)


@dataclass(frozen=True)
class Bad:
    spoil: Callable[[Path], None]
    file: str
    place: str
    step: str


AGAIN = "Download the file again from the publisher."
BOMB = "Do not open this file; check where it came from."
CASES = [
    Bad(truncated_zip, ZIP, "not a whole zip file", AGAIN),
    Bad(truncated_workbook, BOOK, "not a whole zip file", AGAIN),
    Bad(missing_sheet, BOOK, "no sheet for territorial units in any workbook", "Export the series again"),
    Bad(text_in_a_sheet, BOOK, "'daudz' is not a number", "Correct the cell, or export again."),
    Bad(unknown_code_in_a_sheet, BOOK, "'0099999' is no code", "Check the code against the classifier (ATVK)."),
    Bad(number_for_a_code, BOOK, ": 9999999 is no code", "Check the code against the classifier (ATVK)."),
    Bad(formula_in_a_sheet, BOOK, ", E2: a formula without its result", "or export it again."),
    Bad(far_cell, BOOK, f"member {SHEET}: a sheet of 1,048,576 rows", "Delete the far cells"),
    Bad(text_in_a_table, CROSSWALK, "line 6, column 'share_old': 'half' is not a number", "Correct the file"),
    Bad(unknown_code_in_a_table, CROSSWALK, "line 2, column 'L1_code_new': 'LV0099999' is no unit", "Check the code"),
    Bad(wrong_crs, ZIP, ".prj: the coordinate system is EPSG:4326", "Reproject to EPSG:3059."),
    Bad(text_for_a_type, ZIP, "row 1: unknown L1_type parish", "Correct the file, or get it"),
    Bad(malformed_code, ZIP, "row 1: L1_code '27400' is not a code", "Correct the file, or get it"),
    Bad(vanishing_unit, ZIP, f"unit {PARISH} collapses when simplified", "Give the publisher's files as published."),
    Bad(empty_file, ZIP, "the file is empty (0 bytes)", AGAIN),
    Bad(zeros, ZIP, "the file has 200.0 MB; files over 100.0 MB are not opened", "Check that this is"),
    Bad(fewer_zeros, BOOK, "byte 1: the file holds nothing but zero bytes", AGAIN),
    Bad(zip_bomb, ZIP, "member units.shp: unpacks", BOMB),
    Bad(workbook_bomb, BOOK, "member xl/workbook.xml: unpacks", BOMB),
    Bad(climbing_path, ZIP, "member ../../units.shp: the path climbs out of the folder", BOMB),
]
ROUTES = ["fetch", "import"]


def command(route: str, folder: Path, file: str) -> list[str]:
    if route == "import":
        return ["import", str(folder / file)]
    return ["fetch", "--from", str(folder), *(["raim"] if file == BOOK else ["boundaries", "classifier"])]


@pytest.mark.parametrize(
    ("bad", "route"),
    [
        pytest.param(bad, route, id=f"{bad.spoil.__name__}-{route}")
        for bad in CASES
        for route in ROUTES
        if (bad.spoil, route) != (missing_sheet, "import")  # read as own data, see test_own_import
    ],
)
def test_a_bad_file_is_one_message_and_changes_nothing(
    published: Path, project: Path, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch, bad: Bad, route: str
) -> None:
    monkeypatch.setattr("data.sources.available", lambda: ("boundaries", "classifier", "raim"))
    before = written(project)
    bad.spoil(published)
    said()
    assert cli.main(command(route, published, bad.file)) == 2
    message = said()
    assert message.count("error: ") == 1
    assert message.count(bad.file) == 1
    assert bad.place in message
    assert bad.step in message
    assert written(project) == before


@pytest.mark.parametrize("route", ROUTES)
def test_machines_read_what_is_wrong(
    published: Path, project: Path, capsys: pytest.CaptureFixture[str], route: str
) -> None:
    text_in_a_table(published)
    capsys.readouterr()
    asked = command(route, published, CROSSWALK) + (["raim"] if route == "fetch" else [])
    assert cli.main([*asked, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    if route == "import":
        assert answer["exit_code"] == 2
        assert answer["faults"][0]["place"] == "line 6, column 'share_old'"
        assert CROSSWALK in answer["error"]
    else:
        errors = {result["source"]: result["error"] for result in answer}
        assert errors["boundaries"] is errors["raim"] is None
        assert "line 6, column 'share_old'" in errors["classifier"]


@pytest.mark.parametrize(("spoil", "problem"), [(link_out, "leads out"), (link_to_itself, "no such file")])
def test_a_link_is_not_followed(
    published: Path, project: Path, said: Callable[[], str], spoil: Callable[[Path], None], problem: str
) -> None:
    before = written(project)
    spoil(published)
    said()
    assert cli.main(["fetch", "--from", str(published), "boundaries"]) == 2
    assert problem in said()
    assert written(project) == before


def test_beside_a_bad_file_the_sound_ones_are_taken(published: Path, project: Path, said: Callable[[], str]) -> None:
    wrong_crs(published)
    atlas = made_up.make()
    atlas.set("employers", 2020, **{PARISH: 70})
    atlas.write(published)
    before = lock.read_lock(project / "raw")
    said()
    assert cli.main(["fetch", "--from", str(published), "boundaries", "classifier", "raim"]) == 2
    assert said().count("error: ") == 1
    after = lock.read_lock(project / "raw")
    assert after["boundaries"] == before["boundaries"]
    assert after["raim"] != before["raim"]
    assert cli.main(["build"]) == 0
    table = open_snapshot(project / "snapshot").observations.set_index(["territory", "period", "measure"])["value"]
    assert table[PARISH, "2020", "employers"] == 70


def test_what_others_could_not_stand_on_is_refused(published: Path, project: Path, said: Callable[[], str]) -> None:
    """A new edition without a parish is sound by itself; the atlas that is kept names the parish."""
    before = written(project)
    publish(made_up_units().query("L1_code != @PARISH"), published, "2025.01.01")
    said()
    assert cli.main(["fetch", "--from", str(published), "boundaries"]) == 2
    message = said()
    assert "source raim: its files no longer pass beside these" in message
    assert f"'{PARISH.removeprefix('LV')}' is no code of territorial units" in message
    assert "Fetch raim anew, together with boundaries." in message
    assert written(project) == before


def test_sources_that_fit_each_other_are_taken_together(
    published: Path, project: Path, toy: str, wells: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    wells((PARISH, 2022, 4))
    assert cli.main(["fetch", "--from", str(published), toy]) == 0
    publish(made_up_units().query("L1_code != @PARISH"), published, "2025.01.01")
    assert cli.main(["fetch", "--from", str(published), "boundaries"]) == 2
    wells(("LV0020420", 2022, 4))
    assert cli.main(["fetch", "--from", str(published), "boundaries", toy]) == 0


@pytest.mark.parametrize("route", ROUTES)
def test_a_former_code_of_another_level_says_who_took_over(
    published: Path, project: Path, said: Callable[[], str], toy: str, wells: Callable[..., Path], route: str
) -> None:
    old = made_up_units()
    old.loc[old["L0_code"] == "LV0020000", ["L0_code", "L0_name"]] = ["LV0991000", "Vecais novads"]
    publish(old, published, "2021.01.01")
    assert cli.main(["fetch", "--from", str(published), "boundaries"]) == 0
    path = wells(("LV0991000", 2022, 4), ("LV0099999", 2022, 4))
    said()
    assert cli.main([*command(route, published, path.name), *([toy] if route == "fetch" else [])]) == 2
    message = said()
    assert (
        "LV0991000 was Vecais novads until 2024-01-01; its land is now part of LV0020000 (Kalnu novads)."
    ) in message
    assert "(LV0099999 2022 wells): a territory that is unknown at the measure's level" in message
    assert "Check the code against the classifier (ATVK)." in message


def test_without_boundaries_nothing_is_judged(
    published: Path, tmp_path: Path, corrections: Path, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.paths.RAW", tmp_path / "new")
    monkeypatch.setattr("data.paths.CORRECTIONS", corrections)
    monkeypatch.setattr("data.sources.available", lambda: ("boundaries", "classifier", "raim"))
    made_up.make().write(published)
    wrong_crs(published)
    assert cli.main(["fetch", "--from", str(published)]) == 2
    message = said()
    assert message.count("error: ") == 2
    assert f"error: {ZIP}: .prj: the coordinate system" in message
    assert "error: raw files: source boundaries: no sound files of it here. Fetch it first:" in message
    assert set(lock.read_lock(tmp_path / "new")) == {"classifier"}


def test_what_no_reader_foresaw_is_a_fault_of_the_file(
    published: Path, project: Path, said: Callable[[], str], toy: str, wells: Callable[..., Path]
) -> None:
    from data import sources

    def tidy(files: object, context: object) -> None:
        raise KeyError("a column")

    path = wells((PARISH, 2022, 4711))  # nobody has read this one before
    sources.load(toy).tidy = tidy
    said()
    assert cli.main(["import", str(path)]) == 2
    assert "toy (toy_wells.csv): not in the form that is known (KeyError: 'a column')" in said()


def test_a_folder_without_any_known_file_is_one_message(project: Path, tmp_path: Path, said: Callable[[], str]) -> None:
    (tmp_path / "tukša mape").mkdir()
    assert cli.main(["fetch", "--from", str(tmp_path / "tukša mape")]) == 2
    message = said()
    assert message.count("error: ") == message.count("Put the publishers' files there") == 1
    assert "source raim: no file like raditaju_atlase_*.xlsx" in message


def foreign(folder: Path) -> Path:
    path = folder / "holiday.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    return path


def neither(folder: Path) -> Path:
    path = folder / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    return path


def absent(folder: Path) -> Path:
    return folder / "gone.csv"


def a_folder(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (foreign, "holiday.jpg: this is an image, not a table"),
        (neither, "other.csv"),
        (absent, "gone.csv: there is no such file"),
        (a_folder, "published: that is a folder, not a file"),
    ],
)
def test_a_file_that_is_nobodys_is_not_imported(
    project: Path,
    toy: str,
    published: Path,
    said: Callable[[], str],
    make: Callable[[Path], Path],
    problem: str,
) -> None:
    before = written(project)
    assert cli.main(["import", str(make(published))]) == 2
    message = said()
    assert problem in message
    assert message.count("error: ") == 1
    assert written(project) == before

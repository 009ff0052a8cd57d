from __future__ import annotations

import copy
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from data import build, check, fetch, judge, lock
from data.sources import raim
from tests.data import atlas as made_up
from tests.data.atlas import EAST, KALNU, PARISH, RATIO, SALAS, TOWN


def name(code: str) -> str:
    return f"<{code}>"


def read(atlas: made_up.Atlas, folder: Path) -> raim.Atlas:
    files = atlas.write(folder)
    return raim.read(files, made_up.context(raim=files))


@pytest.fixture
def atlas() -> made_up.Atlas:
    return made_up.make()


def test_derived_series_that_follow_their_parts(atlas: made_up.Atlas, tmp_path: Path) -> None:
    section = check.derived(read(atlas, tmp_path), name)
    births = section.rows[0]
    assert births[1] == "unit"
    assert births[3] == 16  # six units in three years, but Ala twice without people
    assert births[4] == pytest.approx(0, abs=1e-9)


def test_the_largest_difference_is_told_with_its_cell(atlas: made_up.Atlas, tmp_path: Path) -> None:
    atlas.set(RATIO["births"], 2020, **{SALAS: 20.5, PARISH: 20.1})
    section = check.derived(read(atlas, tmp_path), name)
    row = section.rows[0]
    assert row[4] == pytest.approx(0.5)
    assert row[5:] == (f"<{SALAS}> 2020", 20.5, 20.0)
    assert any("do not follow the formula" in finding.text for finding in section.findings)


def test_a_rate_divided_twice_is_recognised(atlas: made_up.Atlas, tmp_path: Path) -> None:
    """7 EUR per 100 residents are 70 per 1000; divided twice they are 700."""
    per_head = raim.DERIVED[-1].name
    for code, row in atlas.sheet(per_head).cells.items():
        for year in row:
            people = made_up.residents(code, int(year))
            row[year] = 1e6 * 7 / people**2 if people else None
    section = check.derived(read(atlas, tmp_path), name)
    assert any("divided by the residents twice" in finding.text for finding in section.findings)


def test_units_against_municipalities(atlas: made_up.Atlas, tmp_path: Path) -> None:
    atlas.set("employers", 2020, level="municipality", **{KALNU: 15})
    section = check.unit_sums(read(atlas, tmp_path), pd.Series(made_up.PARENT), name)
    rows = {row[0]: row for row in section.rows}
    assert rows["residents"][2] == 0
    assert rows["employers"][2:6] == (1.0, f"<{KALNU}> 2020", 14.0, 15.0)
    assert [finding.text for finding in section.findings if finding.severity == "warning"] == [
        f"employers: units and municipality differ by 1 in <{KALNU}> 2020."
    ]


def test_cells_that_two_workbooks_give_differently(atlas: made_up.Atlas, tmp_path: Path) -> None:
    again = copy.deepcopy(atlas.sheet("employers"))
    again.cells[PARISH] |= {"2020": 9}
    again.cells[SALAS] |= {"2021": None}
    for row in again.cells.values():
        row["2022"] = 7
    atlas.books["raditaju_atlase_b.xlsx"].append(again)
    section = check.repeated(read(atlas, tmp_path), name)
    (row,) = section.rows
    assert row[2:] == ("raditaju_atlase_b.xlsx", "raditaju_atlase_a.xlsx", 18, 2, 7.0, f"<{SALAS}> 2021")
    assert f"<{PARISH}> 2020: 9 in raditaju_atlase_b.xlsx, 7 in raditaju_atlase_a.xlsx" in section.findings[0].text


def test_unpublished_years_and_missing_units(atlas: made_up.Atlas, tmp_path: Path) -> None:
    atlas.fill("pensioners", 2021, 0)
    del atlas.sheet("preschools").cells[TOWN]
    found = read(atlas, tmp_path)
    assert ("pensioners", "2021", "") in check.unpublished(found).rows
    rows = {row[0]: row for row in check.units_per_series(found, name).rows}
    assert rows["preschools"][2:] == (5, f"<{TOWN}>", "2019", "2021")
    assert rows["residents"][2:4] == (6, "")


def test_sudden_changes_and_borders() -> None:
    """A border moved between two (one changed by a fifth only); elsewhere a parish doubles."""
    cells = {PARISH: (1000, 1000, 700), made_up.NEIGHBOUR: (1500, 1500, 1800), SALAS: (200, 400, 400), EAST: (9, 9, 9)}
    rows = [
        (code, str(2019 + step), measure, float(figure), "final")
        for code, series in cells.items()
        for step, people in enumerate(series)
        for measure, figure in (("residents", people), ("border_moves", people in (700, 1800)))
    ]
    table = pd.DataFrame(rows, columns=["territory", "period", "measure", "value", "status"])
    section = check.sudden_changes(table, name)
    assert section.rows == [
        (f"<{PARISH}>", "2021", 1000, 700, check.BORDER),
        (f"<{made_up.NEIGHBOUR}>", "2021", 1500, 1800, check.BORDER),
        (f"<{SALAS}>", "2020", 200, 400, "not made up for nearby"),
    ]
    assert [finding.text[:20] for finding in section.findings] == ["Figures on both side", "1 sudden changes wit"]


def test_codes_in_what_the_rules_did_are_named() -> None:
    text = f"figures divided between {EAST} and {TOWN}; LV00A stays"
    assert check.with_names(text, name) == f"figures divided between <{EAST}> and <{TOWN}>; LV00A stays"


@pytest.fixture(scope="module")
def built(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data/raw of the made-up country and its atlas, and the snapshot of both; to be copied."""
    folder = shutil.copytree(small, tmp_path_factory.mktemp("built") / "small")
    made_up.make().write(folder / "published")
    results = fetch.fetch(fetch.Folder(folder / "published"), ["raim"], folder / "raw", folder / "corrections.csv")
    assert not [result.error for result in results if result.error]
    build.build(folder / "raw", folder / "snapshot", folder / "corrections.csv")
    return folder


@pytest.fixture
def fetched(built: Path, raw: Path) -> Path:
    """data/raw with the made-up country and its atlas."""
    return shutil.copytree(built / "raw", raw, dirs_exist_ok=True)


@pytest.fixture
def snapshot(built: Path, tmp_path: Path) -> Path:
    """The snapshot of the made-up country and its atlas."""
    return shutil.copytree(built / "snapshot", tmp_path / "snapshot")


def test_a_fresh_snapshot_holds_what_the_raw_files_give(fetched: Path, snapshot: Path, corrections: Path) -> None:
    report = check.check(fetched, snapshot, corrections)
    tables = report.tables()
    sources = tables["sources"].set_index("source")
    assert sources.loc["raim", "snapshot"] == "same"
    assert report.exit_code == 0
    assert "manifest" not in " ".join(tables["snapshot"]["file"])
    assert {"derived", "unit_sums", "repeated", "unpublished", "territories", "totals"} <= tables.keys()
    totals = tables["totals"].set_index(["what", "period"])["total"]
    assert totals["declared residents (RAIM, PMLP)", "2021"] == 2100


def test_a_snapshot_that_is_behind_or_damaged(
    fetched: Path, published: Path, snapshot: Path, corrections: Path, atlas: made_up.Atlas
) -> None:
    atlas.set("employers", 2020, **{PARISH: 70})
    atlas.write(published)
    fetch.fetch(fetch.Folder(published), ["raim"], fetched, corrections)
    report = check.check(fetched, snapshot, corrections)
    assert report.tables()["sources"].set_index("source").loc["raim", "snapshot"] == "differs in 1 rows"
    assert report.exit_code == 0
    (snapshot / "territories.parquet").write_bytes(b"x")
    report = check.check(fetched, snapshot, corrections)
    assert report.exit_code == 2
    assert "territories.parquet" in next(f.text for f in report.findings if f.severity == "fault")


def test_a_faulty_source_is_a_fault_and_the_rest_is_compared(
    fetched: Path,
    published: Path,
    plant: Callable[..., None],
    tmp_path: Path,
    corrections: Path,
    atlas: made_up.Atlas,
) -> None:
    atlas.set("employers", 2020, **{PARISH: "daudz"})
    plant("raim", *(file.path for file in atlas.write(published)))
    report = check.check(fetched, tmp_path / "none", corrections)
    faults = [finding.text for finding in report.findings if finding.severity == "fault"]
    assert any("'daudz' is not a number" in text for text in faults)
    assert "boundaries" in set(report.tables()["sources"]["source"])
    assert report.exit_code == 2


def test_the_report_can_be_printed_and_read_by_machines(fetched: Path, tmp_path: Path, corrections: Path) -> None:
    report = check.check(fetched, tmp_path / "none", corrections)
    out = io.StringIO()
    report.print(Console(file=out, width=200))
    assert "RAIM: derived series recomputed from their parts" in out.getvalue()
    assert "1 faults" in out.getvalue()
    parsed = json.loads(json.dumps(report.as_dict()))
    assert parsed["faults"] == 1
    assert {"id", "title", "columns", "rows", "findings"} == set(parsed["sections"][0])


@pytest.fixture(scope="module")
def real(real_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> check.Report:
    """The report on the real boundaries, classifier and atlas (the build reads the others), without a snapshot."""
    raw = tmp_path_factory.mktemp("three") / "raw"
    shutil.copytree(real_raw, raw)
    kept = {id: entries for id, entries in lock.read_lock(raw).items() if id in ("boundaries", "classifier", "raim")}
    with lock.Staging(raw) as staging:
        staging.keep(kept)
    return check.check(raw, raw / "none")


def test_what_the_real_files_say(real: check.Report) -> None:
    faults = [finding.text for finding in real.findings if finding.severity == "fault"]
    assert len(faults) == 1  # there is no snapshot
    tables = real.tables()
    derived = tables["derived"]
    followed = derived[~derived["series"].str.startswith("Ārvalstu")]
    assert (followed["largest difference"] < 1e-9).all()
    assert (tables["repeated"]["differ"] == 0).all()
    sums = tables["unit_sums"].set_index("measure")["largest difference"]
    assert sums["residents"] == 0
    assert sums["pensioners"] < 6
    counts = tables["territories"].set_index("measure")["territories"]
    assert [counts[id] for id in ("residents", "pensioners", "raim_area_km2", "crimes")] == [592, 589, 587, 43]
    corrected = tables["sources"].set_index("source")["corrected"]
    assert corrected["raim"] == 14


def test_corrections_of_the_project_name_their_reason() -> None:
    rules = judge.read_corrections(judge.CORRECTIONS)
    assert (rules["reason"].str.len() > 20).all()

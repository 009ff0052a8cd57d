"""The build: whole or not at all, the same bytes every time, corrections that must match."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import build, fetch, judge, model, schema, sources
from data.context import RawFile
from data.model import DataError, NotFetched, SchemaError
from data.paths import CORRECTIONS, ROOT, SNAPSHOT
from data.read import open_csv
from data.store import open_snapshot, set_aside

HEADER = "source,territory,period,measure,published,value,status,reason\n"


@pytest.fixture
def built(small: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small / "snapshot", tmp_path / "snapshot")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_a_build_writes(built: Path) -> None:
    assert set(contents(built)) == {
        "territories.parquet",
        "former_territories.parquet",
        "neighbours.parquet",
        "places.parquet",
        "boundaries.parquet",
        "geometry.json.gz",
        "observations/boundaries.parquet",
        "manifest.json",
        "manifest.sha256",
    }
    snapshot = open_snapshot(built)
    assert snapshot.manifest["edition"] == "2024-01-01"
    record = snapshot.manifest["sources"]["boundaries"]
    assert record["rows"] == 6
    assert record["vintage"]["periods"] == ["2024"]
    assert record["coverage"] == {"area_km2": {"period": "2024", "share": 1.0}}
    assert record["vintage"]["files"][0]["name"] == "territorial_units_lv_1.2m_2024.01.01..zip"
    assert snapshot.manifest["sources"]["classifier"]["rows"] == 0


def test_the_same_input_gives_the_same_bytes(built: Path, raw: Path, tmp_path: Path, corrections: Path) -> None:
    first = contents(built)
    lock = raw / "lock.json"
    lock.write_text(lock.read_text(encoding="utf-8").replace("+00:00", ".5+00:00"), encoding="utf-8")
    report = build.build(raw, tmp_path / "again", corrections)
    assert contents(tmp_path / "again") == first
    assert report.hash == open_snapshot(built).hash


def test_the_report_says_what_was_done(raw: Path, tmp_path: Path, corrections: Path) -> None:
    steps = []
    report = build.build(raw, tmp_path / "snapshot", corrections, lambda *step: steps.append(step))
    assert [source.id for source in report.sources] == ["boundaries", "classifier"]
    assert "raim" in report.skipped
    assert report.bytes == sum(len(content) for content in contents(tmp_path / "snapshot").values())
    assert [name for name, _, _ in steps] == ["boundaries", "classifier", "snapshot", "done"]
    assert steps[-1] == ("done", 3, 3)


def test_without_boundaries_there_is_no_build(tmp_path: Path, corrections: Path) -> None:
    with pytest.raises(NotFetched, match=r"(?s)source boundaries: no sound files.*source classifier"):
        build.build(tmp_path / "raw", tmp_path / "snapshot", corrections)
    assert not (tmp_path / "snapshot").exists()


@pytest.mark.parametrize("stage", ["observe", "write_ground", "write_manifest", "swap"])
def test_a_failed_build_leaves_the_old_snapshot(
    built: Path, raw: Path, corrections: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    before = contents(built)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, stage, fail)
    with pytest.raises(OSError, match="No space left"):
        build.build(raw, built, corrections)
    assert contents(built) == before
    assert [path.name for path in built.parent.iterdir() if path.name.startswith(".snapshot")] == [".snapshot.lock"]


def test_a_snapshot_that_is_too_large_is_not_embedded(
    built: Path, raw: Path, corrections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(built)
    monkeypatch.setattr(build, "MAX_BYTES", 1000)
    with pytest.raises(DataError, match="at most 1,000 are embedded"):
        build.build(raw, built, corrections)
    assert contents(built) == before


def test_an_exchange_that_fails_halfway_is_undone(built: Path, tmp_path: Path) -> None:
    before = contents(built)
    with pytest.raises(OSError):  # noqa: PT011 - the message is the system's
        build.swap(tmp_path / "there is no new one", built)
    assert contents(built) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from data import build
raw, snapshot, corrections, where = sys.argv[1:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if where == "exchange":
    whole = build.set_aside
    build.swap = lambda fresh, old: (old.rename(whole(old)), die())
else:
    setattr(build, where, die)
build.build(Path(raw), Path(snapshot), Path(corrections))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
@pytest.mark.parametrize("where", ["write_manifest", "exchange"])
def test_a_killed_build_loses_nothing(built: Path, raw: Path, corrections: Path, where: str) -> None:
    before = open_snapshot(built).hash
    command = [sys.executable, "-c", KILLED, str(raw), str(built), str(corrections), where]
    killed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert built.exists() == (where != "exchange")
    assert open_snapshot(built).hash == before
    assert build.build(raw, built, corrections).hash == before
    assert not set_aside(built).exists()
    assert contents(built)


def observed(*values: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "territory": [f"LV000{number}000" for number in range(1, len(values) + 1)],
            "period": "2023",
            "measure": "wells",
            "value": values,
            "status": ["final" if np.isfinite(value) else "suppressed" for value in values],
        }
    )


def rules(path: Path, *lines: str) -> pd.DataFrame:
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return judge.read_corrections(path)


def test_a_correction_replaces_the_published_value(corrections: Path) -> None:
    given = rules(
        corrections,
        "raim,LV0001000,2023,wells,5,6,final,a slip of the pen",
        "raim,LV0002000,2023,wells,7,,not_published,a placeholder",
        "raim,LV0003000,2023,wells,,8,estimated,found elsewhere",
    )
    table, count = judge.correct(observed(5.0, 7.0, np.nan), given)
    assert count == 3
    assert table["value"].tolist() == pytest.approx([6.0, np.nan, 8.0], nan_ok=True)
    assert table["status"].tolist() == ["final", "not_published", "estimated"]


def test_corrections_that_match_nothing_fail_the_build_all_at_once(corrections: Path) -> None:
    given = rules(
        corrections,
        "raim,LV0001000,2023,wells,5,6,final,already mended",
        "raim,LV0001000,2023,wells,4,6,final,fits",
        "raim,LV0009000,2023,wells,4,6,final,no such territory",
    )
    with pytest.raises(SchemaError, match=r"(?s)line 2: matches nothing.*= 5.*line 4: matches nothing") as caught:
        judge.correct(observed(4.0), given)
    assert len(caught.value.faults) == 2


def test_a_correction_that_matches_nothing_says_what_the_files_say(corrections: Path) -> None:
    given = rules(corrections, "raim,LV0001000,2023,wells,5,6,final,why", "raim,LV0001000,2022,wells,5,6,final,why")
    with pytest.raises(SchemaError) as caught:
        judge.correct(observed(4.0), given)
    first, second = caught.value.faults
    assert first.problem == "matches nothing: LV0001000 2023 wells = 5 (the files of raim say 4)"
    assert first.next_step == "Remove the row if the publisher has mended the error."
    assert second.problem == "matches nothing: LV0001000 2022 wells = 5 (not in the files of raim)"
    assert second.next_step == "Take in the file that has it too, or remove the row."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nobody,LV0001000,2023,wells,5,6,final,why", "no source 'nobody'"),
        ("raim,LV0001000,2023,wells,5,6,final,", "column 'reason': the cell is empty"),
        ("raim,LV0001000,2023,wells,five,6,final,why", "'five' is not a number"),
    ],
)
def test_a_broken_correction_is_named(corrections: Path, line: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        rules(corrections, line)


def test_the_projects_own_corrections_can_be_read() -> None:
    assert list(judge.read_corrections(CORRECTIONS).columns) == HEADER.strip().split(",")


def test_a_further_source_is_one_file(
    toy: str, wells: Callable[..., Path], published: Path, raw: Path, tmp_path: Path, corrections: Path
) -> None:
    wells(("LV0020410", 2022, 4), ("LV0020410", 2023, 5), ("LV0001000", 2023, 6))
    fetch.fetch(fetch.Folder(published), [toy], raw, corrections)
    corrections.write_text(HEADER + "toy,LV0001000,2023,wells,6,7,final,one was counted twice\n", encoding="utf-8")
    report = build.build(raw, tmp_path / "snapshot", corrections)
    assert [(source.id, source.rows, source.corrections) for source in report.sources][-1] == ("toy", 3, 1)
    snapshot = open_snapshot(tmp_path / "snapshot")
    toys = snapshot.observations[snapshot.observations["measure"] == "wells"]
    assert toys["value"].tolist() == [7.0, 4.0, 5.0]
    assert snapshot.manifest["sources"]["toy"]["coverage"]["wells"] == {"period": "2023", "share": round(2 / 6, 4)}
    assert snapshot.sources["toy"] == sources.load("toy").SOURCE


def test_the_example_of_the_docs_is_a_source(file: Callable[..., RawFile]) -> None:
    """The block in docs/add-a-source.md, with what it imports, reads a file of its form."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "add-a-source.md").read_text("utf-8"), re.DOTALL)
    names = {**vars(model), "Sequence": list, "RawFile": RawFile, "Context": object, "pd": pd, "open_csv": open_csv}
    exec("from __future__ import annotations\n" + example, names)
    table = names["tidy"]([file("wells_2023.csv", "code,year,wells\nLV0001000,2023,5\n")], None)
    assert schema.observations(table, names["SOURCE"])["value"].tolist() == [5.0]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("LV0020410", 2023, "many"), r"toy_wells\.csv: line 3, column 'wells': 'many' is not a whole number"),
        (
            ("LV0099999", 2023, 5),
            r"toy \(toy_wells\.csv\): row 1 \(LV0099999 2023 wells\): a territory that is unknown",
        ),
    ],
)
def test_bad_observations_stop_the_build(
    toy: str,
    wells: Callable[..., Path],
    raw: Path,
    plant: Callable[..., None],
    built: Path,
    corrections: Path,
    row: tuple[object, ...],
    message: str,
) -> None:
    before = contents(built)
    plant(toy, wells(("LV0020410", 2022, 4), row))
    with pytest.raises(SchemaError, match=message):
        build.build(raw, built, corrections)
    assert contents(built) == before


@pytest.fixture(scope="module")
def real(real_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[build.Report, Path, float]:
    folder = tmp_path_factory.mktemp("built")
    begun = time.process_time()
    report = build.build(real_raw, folder / "snapshot")
    return report, folder / "snapshot", time.process_time() - begun


def test_the_real_build_keeps_its_budget(real: tuple[build.Report, Path, float], shared: Path) -> None:
    report, _, processor_seconds = real
    there = fetch.Folder(shared).ids()
    assert report.skipped == [id for id in sources.available() if id not in there]
    assert report.bytes <= build.MAX_BYTES
    assert processor_seconds <= 60
    assert report.peak_megabytes is None or report.peak_megabytes <= 1500


def test_the_embedded_snapshot_is_what_the_build_computes(real: tuple[build.Report, Path, float]) -> None:
    _, folder, _ = real
    fresh, embedded = open_snapshot(folder), open_snapshot(SNAPSHOT)
    pd.testing.assert_frame_equal(fresh.territories, embedded.territories)
    pd.testing.assert_frame_equal(fresh.observations, embedded.observations)
    assert fresh.geometry == embedded.geometry
    assert fresh.sources == dict(embedded.sources)


def test_every_embedded_source_passes_its_gate() -> None:
    snapshot = open_snapshot(SNAPSHOT)
    for id, source in snapshot.sources.items():
        ids = [measure.id for measure in source.provides]
        table = snapshot.observations[snapshot.observations["measure"].isin(ids)]
        assert len(schema.observations(table, source, snapshot.territories)) == snapshot.manifest["sources"][id]["rows"]

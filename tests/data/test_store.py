"""Opening a snapshot: verified by hash, whole, and without the geometry libraries."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data import sources, store
from data.build import build, swap, write_manifest, write_table
from data.model import Break, SnapshotError, Text
from data.paths import CORRECTIONS, ROOT, SNAPSHOT


@pytest.fixture
def built(raw: Path, tmp_path: Path) -> Path:
    empty = tmp_path / "corrections.csv"
    empty.write_text(CORRECTIONS.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    build(raw, tmp_path / "snapshot", empty)
    return tmp_path / "snapshot"


def test_a_snapshot_is_opened(built: Path) -> None:
    snapshot = store.open_snapshot(built)
    assert len(snapshot.hash) == 64
    assert len(snapshot.territories) == 12
    assert list(snapshot.observations.columns) == ["territory", "period", "measure", "value", "status"]
    assert list(snapshot.neighbours.columns) == ["level", "territory", "neighbour"]
    assert list(snapshot.places.columns) == ["name", "kind", "territory", "x", "y", "population"]
    assert snapshot.geometry.startswith(b"\x1f\x8b")
    assert snapshot.measures["area_km2"].timeless
    assert store.open_snapshot(built).hash == snapshot.hash


@pytest.mark.parametrize(
    "name",
    [
        "territories.parquet",
        "neighbours.parquet",
        "places.parquet",
        "boundaries.parquet",
        "geometry.json.gz",
        "observations/boundaries.parquet",
    ],
)
def test_one_wrong_bit_is_found_and_its_file_named(built: Path, name: str) -> None:
    (path,) = built.glob(name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(SnapshotError, match=rf"{path.name}: damaged.*Run `python cli\.py build`, or restore"):
        store.open_snapshot(built)


def test_all_damaged_and_missing_files_are_named_at_once(built: Path) -> None:
    (built / "places.parquet").unlink()
    (built / "territories.parquet").write_bytes(b"")
    with pytest.raises(SnapshotError) as caught:
        store.open_snapshot(built)
    found = {(fault.place, fault.kind) for fault in caught.value.faults}
    assert found == {("places.parquet", "missing"), ("territories.parquet", "damaged")}


def test_a_changed_manifest_is_found(built: Path) -> None:
    manifest = built / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("CC-BY-4.0", "CC0-1.0"), encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"manifest\.json: damaged"):
        store.open_snapshot(built)


def test_a_missing_snapshot_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"nothing: missing\. Run `python cli\.py build`, or restore"):
        store.open_snapshot(tmp_path / "nothing")


def seal(built: Path, manifest: str) -> None:
    """Another manifest with a seal that fits it."""
    (built / "manifest.json").write_text(manifest, encoding="utf-8")
    (built / "manifest.sha256").write_text(hashlib.sha256(manifest.encode()).hexdigest(), encoding="ascii")


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [
        ("{", "unreadable"),
        ("[]", "unreadable"),
        ("{}", "unreadable"),
        ('{"format": 2}', "unreadable"),
        ('{"format": 2, "files": {}, "sources": {}}', "unreadable"),
        ('{"format": 99}', "version"),
    ],
)
def test_a_manifest_that_is_none_of_ours(built: Path, manifest: str, kind: str) -> None:
    seal(built, manifest)
    with pytest.raises(SnapshotError) as caught:
        store.open_snapshot(built)
    assert [(fault.place, fault.kind) for fault in caught.value.faults] == [("manifest.json", kind)]


@pytest.mark.parametrize(
    ("name", "content", "place", "kind"),
    [
        ("manifest.json", None, "manifest.json", "missing"),
        ("manifest.sha256", None, "manifest.sha256", "missing"),
        ("manifest.sha256", b"\xff\xfe", "manifest.json", "damaged"),
        ("manifest.sha256", b"", "manifest.json", "damaged"),
    ],
)
def test_manifest_and_seal_belong_together(
    built: Path, name: str, content: bytes | None, place: str, kind: str
) -> None:
    (built / name).unlink()
    if content is not None:
        (built / name).write_bytes(content)
    with pytest.raises(SnapshotError) as caught:
        store.open_snapshot(built)
    assert [(fault.place, fault.kind) for fault in caught.value.faults] == [(place, kind)]


def test_declarations_survive_the_manifest() -> None:
    for id in sources.available():
        source = sources.load(id).SOURCE
        assert store.source_from(store.source_record(source)) == source
    area = sources.load("boundaries").SOURCE
    broken = replace(area.provides[0], breaks=(Break("2022", Text(lv="lūzums", en="break")),))
    source = replace(area, provides=(broken,))
    assert store.source_from(store.source_record(source)) == source


def test_the_embedded_snapshot_is_whole() -> None:
    snapshot = store.open_snapshot()
    assert snapshot.territories["level"].value_counts().to_dict() == {
        "unit": 592,
        "municipality": 43,
        "region": 5,
        "country": 1,
    }
    assert sum(path.stat().st_size for path in SNAPSHOT.rglob("*") if path.is_file()) <= 6_000_000
    assert not snapshot.observations.duplicated(["territory", "period", "measure"]).any()


def test_serving_needs_no_geometry_library() -> None:
    code = (
        "import sys; from data.store import open_snapshot; open_snapshot();"
        "print([m for m in ('geopandas', 'shapely', 'pyogrio', 'pandera', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_snapshot_exchanged_while_it_is_read_is_no_mixture(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each file in turn a build puts another snapshot in its place: what is read is one of the two as a whole."""
    old = store.open_snapshot(built)
    other = shutil.copytree(built, tmp_path / "other")
    table = pd.read_parquet(other / "observations/boundaries.parquet")
    write_table(table.assign(value=table["value"] + 1), other / "observations/boundaries.parquet")
    for name in (store.MANIFEST, store.SEAL):
        (other / name).unlink()
    write_manifest(other, old.manifest["sources"], "2030-01-01")
    wholes = [("2024-01-01", old.observations["value"].sum()), ("2030-01-01", old.observations["value"].sum() + 6)]
    verified, read, seen = store.verified, list[str](), []
    for moment in range(1, 1 + len(old.manifest["files"]) + 1):
        here = shutil.copytree(built, tmp_path / f"snapshot{moment}")
        read.clear()

        def exchanged(path: Path, name: str, sha256: str, here: Path = here, moment: int = moment) -> bytes:
            read.append(name)
            content = verified(path, name, sha256)
            if len(read) == moment:
                swap(shutil.copytree(other, tmp_path / "fresh"), here)
            return content

        monkeypatch.setattr(store, "verified", exchanged)
        snapshot = store.open_snapshot(here)
        seen.append((snapshot.manifest["edition"], snapshot.observations["value"].sum()))
    assert set(seen) == set(wholes)  # the old one where the file that differs had been read already


def test_in_the_moment_of_an_exchange_the_old_one_is_there(built: Path) -> None:
    before = store.stamp(built)
    assert before == store.open_snapshot(built).hash
    built.rename(store.set_aside(built))
    assert store.stamp(built) == store.open_snapshot(built).hash == before
    store.set_aside(built).rename(built.with_name("elsewhere"))
    assert store.stamp(built) == ""

"""Files into data/raw: what is copied, what the lock says, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data import fetch, intake, lock, sources
from data.model import SchemaError, UnsafeFile

IDS = ["boundaries", "classifier"]


def take(folder: Path, raw: Path, *ids: str) -> list[fetch.Fetched]:
    return fetch.fetch(fetch.Folder(folder), list(ids) or IDS, raw)


def all_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_lies_under_its_hash_and_the_lock_tells_where_it_came_from(published: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    boundaries, classifier = take(published, raw)
    (entry,) = classifier.entries
    content = (published / "crosswalk_2021_to_2024.csv").read_bytes()
    assert (raw / "classifier" / f"{entry.sha256}.csv").read_bytes() == content
    assert entry.name == "crosswalk_2021_to_2024.csv"
    assert entry.address == sources.load("classifier").SOURCE.address
    assert entry.bytes == len(content)
    assert entry.licence == "CC-BY-4.0"
    assert entry.time.endswith("+00:00")
    assert boundaries.new == 1
    assert json.loads((raw / "lock.json").read_text(encoding="utf-8"))["sources"].keys() == {"boundaries", "classifier"}


def test_files_are_found_at_any_depth(published: Path, tmp_path: Path) -> None:
    deep = tmp_path / "deep"
    deep.mkdir()
    published.rename(deep / "inside")
    assert not [result.error for result in take(deep, tmp_path / "raw") if result.error]


def test_fetching_again_changes_nothing(published: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    take(published, raw)
    before = all_files(raw)
    assert [result.new for result in take(published, raw)] == [0, 0]
    assert all_files(raw) == before


def test_a_new_edition_of_a_file_replaces_it_in_the_lock(published: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    take(published, raw)
    path = published / "crosswalk_2021_to_2024.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (result,) = take(published, raw, "classifier")
    assert result.new == 1
    assert [entry.sha256 for entry in lock.read_lock(raw)["classifier"]] == [result.entries[0].sha256]


def test_an_absent_source_is_one_message_and_the_others_are_taken(published: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (published / "crosswalk_2021_to_2024.csv").unlink()
    boundaries, classifier = take(published, raw)
    assert boundaries.error is None
    assert str(classifier.error).startswith(f"{published}: source classifier: no file like crosswalk_*.csv")
    assert set(lock.read_lock(raw)) == {"boundaries"}


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"\0" * 100, "nothing but zero bytes"), (b"PK\x03\x04 cut", "not a whole zip file")],
)
def test_of_a_source_with_a_bad_file_nothing_is_taken(
    published: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    raw = tmp_path / "raw"
    take(published, raw)
    before = all_files(raw)
    (published / "territorial_units_lv_1.2m_2025.01.01..zip").write_bytes(content)
    (published / "territorial_units_lv_1.2m_2024.01.01..zip").write_bytes(b"changed, but never looked at")
    (result,) = take(published, raw, "boundaries")
    assert result.error is not None
    assert all_files(raw) == before
    (published / "territorial_units_lv_1.2m_2024.01.01..zip").unlink()
    (result,) = take(published, raw, "boundaries")
    assert message in str(result.error)
    assert "territorial_units_lv_1.2m_2025.01.01..zip" in str(result.error)


def test_a_link_out_of_the_folder_is_refused(published: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("secret", encoding="utf-8")
    (published / "crosswalk_link.csv").symlink_to(outside)
    (result,) = take(published, tmp_path / "raw", "classifier")
    assert isinstance(result.error, UnsafeFile)
    assert "leads out of the folder" in str(result.error)
    assert not (tmp_path / "raw").exists()


def test_a_broken_link_is_not_passed_over(published: Path, tmp_path: Path) -> None:
    (published / "crosswalk_link.csv").symlink_to(published / "gone.csv")
    (result,) = take(published, tmp_path / "raw", "classifier")
    assert "crosswalk_link.csv: there is no such file" in str(result.error)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="there is no such folder"):
        fetch.Folder(tmp_path / "gone")


def test_an_imported_file_survives_a_fetch(
    published: Path, raw: Path, toy: str, wells: Callable[..., Path], corrections: Path
) -> None:
    wells(("LV0020410", 2022, 4), name="toy_a.csv")
    assert not fetch.fetch(fetch.Folder(published), [toy], raw, corrections)[0].error
    mine = wells(("LV0020420", 2022, 5), name="mine.csv")
    intake.import_file(mine, raw, corrections)
    assert not fetch.fetch(fetch.Folder(published), [toy], raw, corrections)[0].error
    entries = {entry.name: entry.origin for entry in lock.read_lock(raw)[toy]}
    assert entries == {"toy_a.csv": "fetch", "mine.csv": "import"}


def test_raw_files_are_compared_with_the_lock(raw: Path) -> None:
    entries = lock.read_lock(raw)
    (raw / entries["boundaries"][0].file).write_bytes(b"changed")
    (raw / entries["classifier"][0].file).unlink()
    with pytest.raises(SchemaError, match=r"(?s)\.zip: damaged since the fetch.*\.csv: missing\n  Fetch it again\."):
        lock.raw_files(raw)


@pytest.mark.parametrize("content", ["{", "[]", '{"sources": {"a": [{"x": 1}]}}', '{"sources": {"a": 5}}'])
def test_a_damaged_lock_is_named(raw: Path, content: str) -> None:
    (raw / "lock.json").write_text(content, encoding="utf-8")
    with pytest.raises(SchemaError, match=r"lock\.json: not a lock .*Delete it and fetch again"):
        lock.raw_files(raw)


def test_a_lock_that_points_out_of_its_folder_is_refused(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("secret", encoding="utf-8")
    content = (raw / "lock.json").read_text(encoding="utf-8")
    file = lock.read_lock(raw)["classifier"][0].file
    (raw / "lock.json").write_text(content.replace(file, "../secret.csv"), encoding="utf-8")
    with pytest.raises(UnsafeFile, match="climbs out of the folder"):
        lock.raw_files(raw)


def test_any_callable_can_fetch(raw: Path, published: Path) -> None:
    path = (published / "crosswalk_2021_to_2024.csv").rename(published / "downloaded")

    def download(source: object) -> list[lock.Found]:
        return [lock.Found("crosswalk_new.csv", "https://example.org/crosswalk_new.csv", path)]

    (result,) = fetch.fetch(download, ["classifier"], raw)
    assert result.entries[0].address == "https://example.org/crosswalk_new.csv"


def test_the_real_files_of_every_source_are_taken(real_raw: Path, shared: Path) -> None:
    taken = lock.read_lock(real_raw)
    assert set(taken) == set(fetch.Folder(shared).ids()) >= {"boundaries", "classifier", "raim"}
    for entries in taken.values():
        assert entries
        assert not [entry for entry in entries if lock.hash_of(real_raw / entry.file) != entry.sha256]


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(KeyError, match="no source 'nothing'"):
        sources.load("nothing")

"""The made-up country as a publisher offers it and as it lies in data/raw, and a further source beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data import build, fetch, judge, lock, paths, sources
from data.context import RawFile
from tests.data.country import TOY, made_up_units, publish, write_crosswalk


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with the made-up country's boundaries and crosswalk, as a publisher offers them."""
    folder = tmp_path / "published"
    folder.mkdir()
    publish(made_up_units(), folder)
    write_crosswalk(folder)
    return folder


@pytest.fixture
def corrections(tmp_path: Path) -> Path:
    """A file of corrections without any."""
    path = tmp_path / "corrections.csv"
    path.write_text(",".join(judge.CORRECTION_COLUMNS) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def raw(published: Path, tmp_path: Path, corrections: Path) -> Path:
    """data/raw with the made-up country fetched into it."""
    folder = tmp_path / "raw"
    results = fetch.fetch(fetch.Folder(published), ["boundaries", "classifier"], folder, corrections)
    assert not [str(result.error) for result in results if result.error]
    return folder


@pytest.fixture
def plant(raw: Path) -> Callable[..., None]:
    """Puts files of a source into data/raw unjudged, as an earlier version of the program may have left them."""

    def put(id: str, *paths: Path) -> None:
        with lock.Staging(raw) as staging:
            source = sources.load(id).SOURCE
            entries = [staging.take(lock.Found(path.name, "", path), source, (), "fetch") for path in paths]
            staging.keep({**lock.read_lock(raw), id: entries})

    return put


@pytest.fixture(scope="session")
def real_raw(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """data/raw with the publishers' real files; tests that need it are skipped where they are absent."""
    folder = tmp_path_factory.mktemp("real") / "raw"
    results = fetch.fetch(fetch.Folder(shared), raw=folder)
    assert not [str(result.error) for result in results if result.error]
    return folder


@pytest.fixture
def project(raw: Path, corrections: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own: raw files fetched, a snapshot built."""
    build.build(raw, tmp_path / "snapshot", corrections)
    monkeypatch.setattr(paths, "RAW", raw)
    monkeypatch.setattr(paths, "SNAPSHOT", tmp_path / "snapshot")
    monkeypatch.setattr(paths, "CORRECTIONS", corrections)
    return tmp_path


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A further source, added as a newcomer adds one: a file. Beside it there are boundaries and classifier only."""
    folder = tmp_path / "more_sources"
    folder.mkdir()
    (folder / "toy.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(folder)])
    assert sources.available()[-1] == "toy"
    monkeypatch.setattr(sources, "available", lambda: ("boundaries", "classifier", "toy"))
    monkeypatch.delitem(sys.modules, "data.sources.toy", raising=False)
    return "toy"


@pytest.fixture
def wells(published: Path) -> Callable[..., Path]:
    """Writes the toy source's file into the publisher's folder, from rows of code, year, wells."""

    def write(*rows: tuple[object, ...], name: str = "toy_wells.csv") -> Path:
        path = published / name
        lines = ["code,year,wells", *(",".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., RawFile]:
    """Writes a file of any name and content."""

    def write(name: str, content: bytes | str) -> RawFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return RawFile(name, path)

    return write

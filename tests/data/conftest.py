"""The made-up country as a publisher offers it and as it lies in data/raw, and a further source beside it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data import build, check, fetch, judge, lock, paths, sources
from data.context import RawFile
from reports import difference
from tests.data.country import TOY, made_up_units, publish, write_crosswalk


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up country published, fetched and built once; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("small")
    published, corrections = folder / "published", folder / "corrections.csv"
    published.mkdir()
    publish(made_up_units(), published)
    write_crosswalk(published)
    corrections.write_text(",".join(judge.CORRECTION_COLUMNS) + "\n", encoding="utf-8")
    results = fetch.fetch(fetch.Folder(published), ["boundaries", "classifier"], folder / "raw", corrections)
    assert not [str(result.error) for result in results if result.error]
    build.build(folder / "raw", folder / "snapshot", corrections)
    return folder


@pytest.fixture(scope="session")
def edition(small: Path) -> bytes:
    """The zip with the made-up country's boundaries."""
    (path,) = (small / "published").glob("*.zip")
    return path.read_bytes()


@pytest.fixture
def published(small: Path, tmp_path: Path) -> Path:
    """A folder with the made-up country's boundaries and crosswalk, as a publisher offers them."""
    return shutil.copytree(small / "published", tmp_path / "published")


@pytest.fixture
def corrections(tmp_path: Path) -> Path:
    """A file of corrections without any."""
    path = tmp_path / "corrections.csv"
    path.write_text(",".join(judge.CORRECTION_COLUMNS) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def raw(small: Path, tmp_path: Path) -> Path:
    """data/raw with the made-up country fetched into it."""
    return shutil.copytree(small / "raw", tmp_path / "raw")


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
    """data/raw with the publishers' real files, taken as they are: build and check judge them as a fetch does."""
    folder, publisher = tmp_path_factory.mktemp("real") / "raw", fetch.Folder(shared)
    with lock.Staging(folder) as staging:
        declared = [sources.load(id).SOURCE for id in publisher.ids()]
        staging.keep({of.id: [staging.take(found, of, (), "fetch") for found in publisher(of)] for of in declared})
    return folder


@pytest.fixture
def project(small: Path, raw: Path, corrections: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own: raw files fetched, a snapshot built."""
    shutil.copytree(small / "snapshot", tmp_path / "snapshot")
    monkeypatch.setattr(paths, "RAW", raw)
    monkeypatch.setattr(paths, "SNAPSHOT", tmp_path / "snapshot")
    monkeypatch.setattr(paths, "CORRECTIONS", corrections)
    return tmp_path


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a refresh says of its result is left out: the check of all files, and which indicators changed."""
    monkeypatch.setattr("data.check.check", lambda *_: check.Report())
    monkeypatch.setattr("reports.difference.compare", lambda *_: difference.Difference("", ""))


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

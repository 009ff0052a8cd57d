"""The made-up country as a publisher offers it and as it lies in data/raw, and a further source beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data import fetch, sources
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
def raw(published: Path, tmp_path: Path) -> Path:
    """data/raw with the made-up country fetched into it."""
    folder = tmp_path / "raw"
    results = fetch.fetch(fetch.Folder(published), ["boundaries", "classifier"], folder)
    assert not [result.error for result in results if result.error]
    return folder


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A further source, added as a newcomer adds one: a file and its id."""
    folder = tmp_path / "more_sources"
    folder.mkdir()
    (folder / "toy.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(folder)])
    monkeypatch.setattr(sources, "ORDER", ("boundaries", "classifier", "toy"))
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

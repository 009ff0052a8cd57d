"""Own data that are kept: one file each in data/raw/own, for everybody who opens this server's pages."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from data.model import DataError
from data.own.model import Brought
from data.paths import OWN

SETTING = "SMART_VILLAGE_KEEP_OWN_DATA"
"""Set to 1 by the operator: visitors may then keep what they bring. Without it their data end with their visit."""
MOST_KEPT = 50


def allowed() -> bool:
    """Whether the operator lets visitors keep what they bring."""
    return os.environ.get(SETTING, "").strip().lower() in {"1", "yes", "true", "on"}


def keep(brought: Brought, folder: Path = OWN) -> Path:
    """Keep a file's series; the same again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{brought.id}.json"
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(brought.to_json())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def kept(folder: Path = OWN) -> list[Brought]:
    """Everything that is kept, in the order of the files' names; what cannot be understood is left out."""
    found = []
    for path in listed(folder):
        try:
            found.append(Brought.from_json(path.read_text(encoding="utf-8")))
        except (DataError, OSError, UnicodeDecodeError):
            continue
    return sorted(found, key=lambda brought: (brought.file, brought.id))


def listed(folder: Path = OWN) -> list[Path]:
    """The files that are kept."""
    return sorted(folder.glob("[0-9a-f]*.json"))[:MOST_KEPT] if folder.is_dir() else []


def stamp(folder: Path = OWN) -> tuple[tuple[str, int], ...]:
    """What changes when something is kept or forgotten."""
    return tuple((path.name, path.stat().st_mtime_ns) for path in listed(folder))


def forget(id: str, folder: Path = OWN) -> bool:
    """No longer keep a file's series; False where there is none of that id."""
    found = next((path for path in listed(folder) if path.stem == id), None)
    if found:
        found.unlink()
    return found is not None

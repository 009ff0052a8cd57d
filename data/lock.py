"""The publishers' files as they lie in data/raw: addressed by content, with a lock that says where each came from.

    data/raw/<source>/<sha256>.<ext>
    data/raw/lock.json      per source and file: name, address, time, sha256, bytes, licence, origin

Files are taken in two steps: `Staging.take` copies them aside, `Staging.keep` puts what was found sound in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from data import sources
from data.context import RawFile
from data.model import Fault, SchemaError, Source, UnsafeFile
from data.paths import RAW
from data.read import check_safe, check_size

LOCK = "lock.json"
STAGING = ".staging"
Origin = Literal["fetch", "import"]


@dataclass(frozen=True)
class Found:
    """A file that is offered for a source: its own name, where it came from, and where its bytes lie now.

    `etag` and `modified` are what the publisher calls this version, if it was downloaded.
    """

    name: str
    address: str
    path: Path
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Entry:
    """One file in the lock.

    `file` is its path below data/raw; `origin` says whether it was fetched or imported; `etag` and `modified` are what
    the publisher called this version, as sent.
    """

    name: str
    address: str
    time: str
    sha256: str
    bytes: int
    licence: str
    file: str
    origin: Origin = "fetch"
    etag: str = ""
    modified: str = ""


Lock = Mapping[str, Sequence[Entry]]


class Staging:
    """Files copied aside, below data/raw but outside its lock, until they are found sound or given up.

    Used as a context: whatever happens, nothing of it is left behind, nor of one that was killed.
    """

    def __init__(self, raw: Path) -> None:
        self.raw = raw
        self.folder = raw / STAGING

    def __enter__(self) -> Staging:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.is_first = not self.raw.exists()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.is_first:
            with suppress(OSError):
                self.raw.rmdir()

    def take(self, file: Found, source: Source, known: Iterable[Entry], origin: Origin) -> Entry:
        """Copy a file aside if it may be opened at all; an entry with the same bytes and name is kept as it is.

        Raises
        ------
        UnsafeFile, SchemaError
            If the file is not safe, or cannot be read.
        OSError
            If it cannot be written.
        """
        if not file.name.isprintable():
            problem = "its name holds characters that cannot be shown"
            raise UnsafeFile.of(file.name, str(file.path), problem, "Give the file a plain name.")
        limit = sources.largest(source.id)
        check_size(file.path, file.name, limit)
        suffix = re.sub(r"[^a-z0-9.]", "", Path(file.name).suffix.lower()) or ".bin"
        aside = self.folder / source.id / f"arriving{suffix}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            with file.path.open("rb") as there, aside.open("wb") as here:
                shutil.copyfileobj(there, here, 1 << 20)
        except OSError as error:
            if error.filename != str(file.path):
                raise
            problem = f"cannot be read ({error.strerror or error})"
            raise SchemaError.of(file.name, str(file.path), problem, "Check that you may open the file.") from None
        sha256, size = hash_of(aside), aside.stat().st_size
        place = f"{source.id}/{sha256}{suffix}"
        staged = self.folder / place
        aside.replace(staged)
        check_safe(RawFile(file.name, staged), limit)
        for entry in known:
            if entry.sha256 == sha256 and entry.name == file.name and entry.origin == origin:
                stamped = replace(entry, address=file.address, etag=file.etag, modified=file.modified)
                return stamped if file.etag or file.modified else entry
        return Entry(
            name=file.name,
            address=file.address,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            sha256=sha256,
            bytes=size,
            licence=source.licence.id,
            file=place,
            origin=origin,
            etag=file.etag,
            modified=file.modified,
        )

    def files(self, entries: Iterable[Entry]) -> list[RawFile]:
        """The files of entries, wherever their bytes lie: aside, or in data/raw already."""
        places = ((entry.name, self.folder / entry.file, self.raw / entry.file) for entry in entries)
        return [RawFile(name, aside if aside.exists() else kept) for name, aside, kept in places]

    def keep(self, lock: Lock) -> None:
        """Put every file aside that the lock names in its place, then replace the lock in one step.

        A lock that says the same already stays as it is.
        """
        content = json.dumps({"sources": {id: [asdict(entry) for entry in lock[id]] for id in sorted(lock)}}, indent=1)
        fresh = self.folder / LOCK
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh.write_text(content, encoding="utf-8")
        for entry in (entry for entries in lock.values() for entry in entries):
            aside, kept = self.folder / entry.file, self.raw / entry.file
            if aside.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                aside.replace(kept)
        path = self.raw / LOCK
        if not (path.exists() and path.read_text(encoding="utf-8") == content):
            fresh.replace(path)


def read_lock(raw: Path = RAW) -> dict[str, tuple[Entry, ...]]:
    """The lock: source -> files. Empty where nothing was fetched yet.

    Raises
    ------
    DataError
        If the lock is damaged or names a file outside data/raw.
    """
    path = raw / LOCK
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lock = {id: tuple(Entry(**entry) for entry in entries) for id, entries in content["sources"].items()}
        outside = [
            entry
            for entries in lock.values()
            for entry in entries
            if not (raw / entry.file).resolve().is_relative_to(raw.resolve())
        ]
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RuntimeError, RecursionError) as error:
        raise SchemaError.of(str(path), "", f"not a lock ({error})", "Delete it and fetch again.") from None
    for entry in outside:
        raise UnsafeFile.of(str(path), str(entry.name), "a path that climbs out of the folder", "Fetch again.")
    return lock


def raw_files(raw: Path = RAW) -> dict[str, list[RawFile]]:
    """The raw files by source, each compared with the hash in the lock.

    Raises
    ------
    SchemaError
        All files that are missing or no longer what was fetched.
    """
    files, damaged = intact(raw, read_lock(raw))
    if damaged:
        raise SchemaError(str(raw), [fault for faults in damaged.values() for fault in faults.values()])
    return files


def intact(raw: Path, lock: Lock) -> tuple[dict[str, list[RawFile]], dict[str, dict[str, Fault]]]:
    """The raw files of the sources whose files are all as they were taken; the others' faults by source and file."""
    files: dict[str, list[RawFile]] = {}
    damaged: dict[str, dict[str, Fault]] = {}
    for id, entries in lock.items():
        for entry in entries:
            path, again = raw / entry.file, f"{entry.origin.capitalize()} it again."
            if not path.is_file():
                damaged.setdefault(id, {})[entry.name] = Fault(f"{id}, {entry.name}", "missing", again)
            elif hash_of(path) != entry.sha256:
                problem = f"damaged since the {entry.origin}"
                damaged.setdefault(id, {})[entry.name] = Fault(f"{id}, {entry.name}", problem, again)
        if id not in damaged:
            files[id] = [RawFile(entry.name, raw / entry.file) for entry in entries]
    return files, damaged


def hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

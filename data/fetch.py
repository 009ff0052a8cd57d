"""Publishers' files into data/raw: addressed by content, with a lock that says where each came from.

    data/raw/<source>/<sha256>.<ext>
    data/raw/lock.json      per source and file: name, address, time, sha256, bytes, licence, origin

A `Fetcher` finds a source's files; the folder is the one there is. A downloader is another callable of the same form.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from data import sources
from data.context import RawFile
from data.model import DataError, Fault, SchemaError, Source, UnsafeFile
from data.paths import RAW
from data.read import check_safe

LOCK = "lock.json"
Origin = Literal["fetch", "import"]


@dataclass(frozen=True)
class Found:
    """A file a fetcher found for a source: its own name, where it came from, and where its bytes lie now."""

    name: str
    address: str
    path: Path


class Fetcher(Protocol):
    """Finds the files of one source; raises DataError where there is none."""

    def __call__(self, source: Source) -> Sequence[Found]: ...


@dataclass(frozen=True)
class Entry:
    """One file in the lock. `file` is its path below data/raw; `origin` says whether it was fetched or imported."""

    name: str
    address: str
    time: str
    sha256: str
    bytes: int
    licence: str
    file: str
    origin: Origin = "fetch"


@dataclass(frozen=True)
class Fetched:
    """What became of one source: its files, how many are new, or why nothing was taken."""

    source: str
    entries: tuple[Entry, ...] = ()
    new: int = 0
    error: DataError | None = None


class Folder:
    """A fetcher that takes the files below a folder whose names fit a source's patterns, as a download would.

    The address noted is the publisher's, the name the path below the folder.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        if not directory.is_dir():
            raise SchemaError.of(str(directory), "", "there is no such folder", "Check the path given to --from.")

    def __call__(self, source: Source) -> Sequence[Found]:
        found = {}
        for pattern in source.files:
            if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
                raise UnsafeFile.of(source.id, f"pattern {pattern!r}", "climbs out of the folder")
            for path in self.directory.rglob(pattern):
                if path.is_file() or path.is_symlink():
                    found[path] = None
        if not found:
            raise SchemaError.of(
                source.id,
                str(self.directory),
                f"no file like {' or '.join(source.files)} in this folder or below",
                "Put the publisher's file there, or name only the sources to fetch.",
            )
        root = self.directory.resolve()
        for path in found:
            if not path.resolve().is_relative_to(root):
                raise UnsafeFile.of(
                    path.name, str(path), "a link that leads out of the folder", "Copy the file itself."
                )
        return [Found(path.name, source.address, path) for path in sorted(found)]


def fetch(
    fetcher: Fetcher,
    ids: Sequence[str] = (),
    raw: Path = RAW,
    progress: Callable[[str], None] = lambda source: None,
) -> list[Fetched]:
    """Take the files of the sources into data/raw; of a source with a fault, nothing is taken.

    Fetching the same bytes again changes nothing. Files that were imported by hand stay.

    Returns
    -------
    list of Fetched
        One per source, in their order; those with `error` were refused.
    """
    lock = read_lock(raw)
    results = []
    for id in ids or sources.available():
        progress(id)
        source = sources.load(id).SOURCE
        try:
            files = fetcher(source)
            for file in files:
                check_safe(RawFile(file.name, file.path))
            taken = [take(file, source, raw, lock.get(id, ()), "fetch") for file in files]
        except DataError as error:
            results.append(Fetched(id, error=error))
            continue
        names = {entry.name for entry in taken}
        imported = [entry for entry in lock.get(id, ()) if entry.origin == "import" and entry.name not in names]
        new = len({entry.sha256 for entry in taken} - {entry.sha256 for entry in lock.get(id, ())})
        lock[id] = (*taken, *imported)
        write_lock(raw, lock)
        results.append(Fetched(id, tuple(taken), new))
    return results


def add(source: Source, file: Found, raw: Path = RAW) -> Entry:
    """Take one more file of a source (by hand), in place of an earlier one of the same name."""
    lock = read_lock(raw)
    check_safe(RawFile(file.name, file.path))
    entry = take(file, source, raw, lock.get(source.id, ()), "import")
    others = (old for old in lock.get(source.id, ()) if old.name != entry.name and old.sha256 != entry.sha256)
    lock[source.id] = (*others, entry)
    write_lock(raw, lock)
    return entry


def take(file: Found, source: Source, raw: Path, known: Iterable[Entry], origin: Origin) -> Entry:
    """Copy a file to its content address, atomically; an entry with the same bytes and name is kept as it is."""
    suffix = re.sub(r"[^a-z0-9.]", "", Path(file.name).suffix.lower()) or ".bin"
    folder = raw / source.id
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as part:
        try:
            with file.path.open("rb") as stream:
                while chunk := stream.read(1 << 20):
                    digest.update(chunk)
                    part.write(chunk)
            part.close()
            sha256 = digest.hexdigest()
            target = folder / f"{sha256}{suffix}"
            size = Path(part.name).stat().st_size
            Path(part.name).replace(target)
        except BaseException:
            part.close()
            Path(part.name).unlink()
            raise
    for entry in known:
        if entry.sha256 == sha256 and entry.name == file.name and entry.origin == origin:
            return entry
    return Entry(
        name=file.name,
        address=file.address,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        sha256=sha256,
        bytes=size,
        licence=source.licence.id,
        file=f"{source.id}/{target.name}",
        origin=origin,
    )


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
    except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        raise SchemaError.of(str(path), "", f"not a lock ({error})", "Delete it and fetch again.") from None
    for entries in lock.values():
        for entry in entries:
            if not (raw / entry.file).resolve().is_relative_to(raw.resolve()):
                raise UnsafeFile.of(str(path), entry.name, "a path that climbs out of the folder", "Fetch again.")
    return lock


def write_lock(raw: Path, lock: Mapping[str, Sequence[Entry]]) -> None:
    """Replace the lock in one step."""
    content = {"sources": {id: [asdict(entry) for entry in lock[id]] for id in sorted(lock)}}
    with tempfile.NamedTemporaryFile("w", dir=raw, prefix=".lock-", delete=False, encoding="utf-8") as part:
        json.dump(content, part, ensure_ascii=False, indent=1)
    Path(part.name).replace(raw / LOCK)


def raw_files(raw: Path = RAW) -> dict[str, list[RawFile]]:
    """The raw files by source, each compared with the hash in the lock.

    Raises
    ------
    SchemaError
        All files that are missing or no longer what was fetched.
    """
    files: dict[str, list[RawFile]] = {}
    faults: list[Fault] = []
    for id, entries in read_lock(raw).items():
        for entry in entries:
            path = raw / entry.file
            if not path.is_file():
                faults.append(Fault(f"{id}, {entry.name}", "missing", "Fetch it again."))
            elif hash_of(path) != entry.sha256:
                faults.append(Fault(f"{id}, {entry.name}", "damaged since it was fetched", "Fetch it again."))
            else:
                files.setdefault(id, []).append(RawFile(entry.name, path))
    if faults:
        raise SchemaError(str(raw), faults)
    return files


def hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""The publishers' addresses as a fetcher: each source that has one says in `live` what to ask there.

def live(visit: Visit) -> Sequence[Found]      in data/sources/<id>.py
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from data import sources
from data.lock import Entry, Found, hash_of, read_lock
from data.model import DownloadError, Source
from data.paths import RAW
from data.read import MAX_FILE_BYTES
from data.web import Form, Stamp, Web

DOWNLOADS = ".downloads"
"""Below data/raw, outside its lock: what has arrived and was not taken yet. A run that is repeated goes on from it."""

LATE = re.compile(r".+_since_(.+)\.json")
"""The name of a file that begins at a period."""


@dataclass(frozen=True)
class Visit:
    """One source's visit to its publisher: the getter, what is there already, and from which period on to ask."""

    source: Source
    web: Web
    raw: Path
    known: Mapping[str, Entry]
    since: str = ""
    today: date = field(default_factory=date.today)

    def file(
        self, address: str, name: str, form: Form, *, conditional: bool = True, limit: int = MAX_FILE_BYTES
    ) -> Found:
        """A file of the publisher; the one that is there already, where the publisher says it is still the newest."""
        entry = self.known.get(name)
        sound = entry is not None and entry.address == address and self.is_sound(entry)
        stamp = Stamp(entry.etag, entry.modified) if entry and sound and conditional else Stamp()
        got = self.web.download(address, name, form, stamp, limit=limit)
        if got.path is None:
            return self.kept(name)
        return Found(name, address, got.path, got.stamp.etag, got.stamp.modified)

    def extract(self, address: str, name: str, cut: Callable[[BinaryIO], bytes]) -> Found:
        """What `cut` takes out of a large file of the publisher, or what was taken of it earlier if that is the newest.

        Raises
        ------
        DownloadError
            See `Web.extract`.
        """
        entry = self.known.get(name)
        sound = entry is not None and entry.address == address and self.is_sound(entry)
        got = self.web.extract(address, name, cut, Stamp(entry.etag, entry.modified) if entry and sound else Stamp())
        if got.path is None:
            return self.kept(name)
        return Found(name, address, got.path, got.stamp.etag, got.stamp.modified)

    @property
    def year(self) -> str:
        """The year whose state a publisher without editions gives now."""
        return str(self.today.year)

    def beside_earlier(self, *fresh: Found) -> list[Found]:
        """Fresh files that tell a state, beside those of other names (other years) that were taken earlier."""
        names = {file.name for file in fresh}
        return [*(self.kept(name) for name in self.known if name not in names), *fresh]

    def kept(self, name: str) -> Found:
        """A file that is in data/raw already, offered again as it is."""
        entry = self.known[name]
        return Found(name, entry.address, self.raw / entry.file, entry.etag, entry.modified)

    def named(self, stem: str) -> str:
        """The name of a file of this visit: what is asked for from a period on says so."""
        return f"{stem}_since_{self.since}.json" if self.since else f"{stem}.json"

    def with_earlier(self, fresh: Sequence[Found]) -> list[Found]:
        """Fresh files that begin at a period, beside those that are there; without a period the fresh ones alone.

        Those that begin at the same or a later period fall away.
        """
        if not self.since:
            return list(fresh)
        begun = {name: LATE.fullmatch(name) for name in self.known}
        earlier = [name for name, found in begun.items() if not (found and found[1] >= self.since)]
        return [*(self.kept(name) for name in earlier), *fresh]

    def is_sound(self, entry: Entry) -> bool:
        """Whether the bytes of an entry are still those that were taken."""
        path = self.raw / entry.file
        return path.is_file() and hash_of(path) == entry.sha256


class Live:
    """A fetcher that asks the publishers, one after the other, over one connection a host."""

    def __init__(self, web: Web, raw: Path = RAW, since: str = "") -> None:
        self.web, self.raw, self.since = web, raw, since
        self.bytes: dict[str, int] = {}

    def __call__(self, source: Source) -> Sequence[Found]:
        live = sources.live_of(source.id)
        if live is None:
            problem, step = "has no live address", f"Take its files from a folder: `fetch --from DIR {source.id}`."
            raise DownloadError.of(f"source {source.id}", "", problem, step)
        self.web.folder = self.raw / DOWNLOADS / source.id
        self.web.folder.mkdir(parents=True, exist_ok=True)
        before = self.web.received
        known = {entry.name: entry for entry in read_lock(self.raw).get(source.id, ()) if entry.origin == "fetch"}
        try:
            return live(Visit(source, self.web, self.raw, known, self.since))
        except DownloadError as error:
            raise DownloadError(f"{source.id}: {error.file}", error.faults) from None
        finally:
            self.bytes[source.id] = self.web.received - before

    def forget(self, id: str) -> None:
        """Remove what has arrived of a source: it was taken, or it is not what it should be."""
        shutil.rmtree(self.raw / DOWNLOADS / id, ignore_errors=True)


def with_address() -> tuple[str, ...]:
    """The sources that have a live address."""
    return tuple(id for id in sources.available() if sources.live_of(id))

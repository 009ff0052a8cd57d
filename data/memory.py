"""What was read from files, remembered by their names and bytes: judging, building and checking read the same ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

from data.context import RawFile
from data.lock import hash_of

T = TypeVar("T")
LATEST = 4
"""How many answers of one reader are kept."""


@dataclass(frozen=True)
class Content:
    """A file as its name and bytes, wherever it lies."""

    name: str
    sha256: str
    path: Path = field(compare=False)


def content_of(file: RawFile) -> Content:
    return Content(file.name, hash_of(file.path), file.path)


def remembered(read: Callable[..., T]) -> Callable[..., T]:
    """The reader, which is asked once for the same files; what it gives is not to be changed by who gets it."""

    @lru_cache(LATEST)
    def read_once(*groups: tuple[Content, ...]) -> T:
        return read(*([RawFile(file.name, file.path) for file in group] for group in groups))

    @wraps(read)
    def known(*groups: Sequence[RawFile]) -> T:
        return read_once(*(tuple(map(content_of, group)) for group in groups))

    return known

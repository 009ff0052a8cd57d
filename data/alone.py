"""One writer at a time: a lock the system itself lets go when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

BEYOND = 1 << 20
"""The byte that is locked on Windows: beyond the text, which others may then still read."""


class Busy(Exception):
    """Somebody else is writing to the folder at this moment."""


@contextmanager
def alone(folder: Path, what: str) -> Iterator[None]:
    """Be the only one who writes to `folder`, as long as the block runs.

    The lock is held on an empty file beside the folder (`.raw.lock`), not by the file being there: one that a killed
    process left behind locks nobody out.

    Raises
    ------
    Busy
        Names the command that runs and its process.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("a+", encoding="utf-8") as file:
        if not _locked(file):
            file.seek(0)
            holder = file.read(200).strip() or "another command"
            place = f"{folder.parent.name}/{folder.name}"
            raise Busy(f"{place} is in use: {holder}. Wait until it has ended, then run this again.")
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            _let_go(file)


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[str]) -> bool:
        file.seek(BEYOND)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(file: IO[str]) -> None:
        file.seek(BEYOND)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _locked(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

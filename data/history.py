"""What refreshes did, one line of JSON each, in a file beside data/raw. Nothing is built from it: it is only told."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "refreshes.jsonl"
SHOWN = 50


def beside(raw: Path) -> Path:
    """Where the history of the files in `raw` is kept."""
    return raw.with_name(NAME)


def append(path: Path, record: Mapping[str, Any]) -> None:
    """Add a line at the end, in one write; a line that was cut off before it stays alone."""
    line = json.dumps(record, ensure_ascii=False, default=str).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        os.fsync(file.fileno())


def read(path: Path, last: int = SHOWN) -> list[dict[str, Any]]:
    """The newest records, newest first; lines that cannot be read (a run was killed) are passed over."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    records: list[dict[str, Any]] = []
    for line in reversed(lines):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and {"time", "sources", "indicators"} <= record.keys():
            records.append(record)
        if len(records) == last:
            break
    return records

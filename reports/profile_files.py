"""Profiles of many territories as PDF files, by two processes where that pays."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from data.store import open_snapshot
from indicators import registry
from indicators.evaluate import evaluate
from reports.files import replacing
from reports.profile import Edition, Ground, link_to, profile_of
from reports.profile_pdf import profile_pdf
from reports.words import Language

PROCESSES = 2
FEW = 12
"""So many files are made by one process: starting another takes longer."""


@dataclass(frozen=True)
class Order:
    """What every file of a run has in common."""

    snapshot: Path
    out: Path
    language: Language
    address: str
    version: str
    day: date


@dataclass(frozen=True)
class Written:
    """A file that was made."""

    code: str
    name: str
    file: str
    bytes: int
    sha256: str


def ground_of(path: Path) -> Ground:
    """The ground of the snapshot in a folder.

    Raises
    ------
    SnapshotError
        If a file of the snapshot is missing or damaged.
    """
    snapshot = open_snapshot(path)
    declared = {name: entry for name, entry in registry().items() if snapshot.measures.keys() >= set(entry.measures)}
    values = evaluate(declared, snapshot.observations, snapshot.territories, snapshot.measures)
    return Ground.of(snapshot, declared, values)


def write_profiles(
    ground: Ground, codes: Sequence[str], order: Order, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[Written]:
    """Write the profile of each territory as DIR/CODE.LANGUAGE.pdf; each file appears whole or not at all.

    Parameters
    ----------
    ground
        That of `order.snapshot`; other processes read it anew.
    progress
        Told the code of each file, how many are made and how many there will be.
    """
    order.out.mkdir(parents=True, exist_ok=True)
    processes = min(PROCESSES, os.cpu_count() or 1)
    if processes == 1 or len(codes) <= FEW:
        made = (_write(ground, code, order) for code in codes)
        yield from _told(made, len(codes), progress)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (order,))
    try:
        yield from _told(pool.map(_work, codes, chunksize=4), len(codes), progress)
    finally:
        pool.shutdown(cancel_futures=True)


def _told(made: Iterator[Written], count: int, progress: Callable[[str, int, int], None]) -> Iterator[Written]:
    progress("", 0, count)
    for done, written in enumerate(made, start=1):
        progress(written.code, done, count)
        yield written


def _write(ground: Ground, code: str, order: Order) -> Written:
    link = link_to(order.address, code, order.language)
    said = profile_of(ground, code, order.language, Edition(order.version, order.day, link))
    content = profile_pdf(ground, said, order.day)
    path = order.out / f"{code}.{order.language}.pdf"
    with replacing(path) as part:
        part.write_bytes(content)
    return Written(code, said.name, path.name, len(content), hashlib.sha256(content).hexdigest())


_at_work: list[tuple[Ground, Order]] = []
"""What a process of the pool works with."""


def _begin(order: Order) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _at_work.append((ground_of(order.snapshot), order))


def _work(code: str) -> Written:
    ground, order = _at_work[0]
    return _write(ground, code, order)

"""Reading a file in a short-lived process of its own, with limits: what a file does to its reader hurts nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from data.model import DataError, Fault, SchemaError, UnsafeFile
from data.own.model import Answers, Reading
from data.paths import ROOT, SNAPSHOT
from data.store import recovered

SECONDS = 60
MEMORY_BYTES = 1_500_000_000
WRITTEN_BYTES = 200_000_000
AT_ONCE = 2
"""How many files are read at the same time; others wait."""

START = "import sys; sys.path.insert(0, {root!r}); from data.own.reader import main; sys.exit(main())"
CALM = {"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
SMALLER = "Give a smaller file: figures by territory, not every single record."

_turn = threading.BoundedSemaphore(AT_ONCE)


def read(path: Path, name: str, answers: Answers | None = None, snapshot: Path = SNAPSHOT) -> Reading:
    """What `reader.read` gives, made in another process.

    Parameters
    ----------
    path, name
        Where the bytes lie, and what the file is called.

    Raises
    ------
    UnsafeFile, SchemaError
        What is wrong with the file; also when its reading took more than `SECONDS` of work or `MEMORY_BYTES`.
    """
    order = {
        "path": str(path.resolve()),
        "name": name,
        "snapshot": str(recovered(snapshot).resolve()),
        "answers": (answers or Answers()).to_json(),
    }
    with _turn:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", START.format(root=str(ROOT))],
                input=json.dumps(order),
                capture_output=True,
                encoding="utf-8",
                env={**inherited(), **CALM},
                timeout=2 * SECONDS,
                preexec_fn=limit if os.name == "posix" else None,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise too_much(name, "time") from None
    if done.returncode or not done.stdout:
        raise too_much(name, "time" if done.returncode in (-9, -24) else "memory")
    answer = done.stdout
    if answer.startswith('{"limit"'):
        raise too_much(name, "memory")
    if answer.startswith('{"unforeseen"'):
        problem = f"not in a form that is known ({json.loads(answer)['unforeseen']})"
        raise SchemaError.of(name, "", problem, "Save it as .xlsx or as CSV UTF-8, then give that file.", "damaged")
    if answer.startswith('{"refused"'):
        said = json.loads(answer)
        kind = UnsafeFile if said["unsafe"] else SchemaError
        raise kind(name, [Fault(**fault) for fault in said["refused"]])
    return Reading.from_json(answer)


def inherited() -> dict[str, str]:
    """What the process needs of the environment to start at all."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "TMPDIR", "TEMP") if name in os.environ}


def limit() -> None:
    """Bound what the process may take; runs in it before the program starts."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def too_much(name: str, what: str) -> DataError:
    """A file that took more than there is for it."""
    return UnsafeFile.of(name, "", f"reading it takes too much {what}", SMALLER, what)

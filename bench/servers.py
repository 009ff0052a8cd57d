"""Starts and stops the servers that are measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

PATIENCE_S = 60


@dataclass
class Server:
    """One Streamlit process on a free port of this machine, for the time of a `with` block."""

    script: Path
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    start_ms: float = 0

    def __enter__(self) -> Self:
        self.port = free_port()
        options = ["--server.port", str(self.port), "--server.address", "127.0.0.1", "--server.headless", "true"]
        options += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none", *self.options]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", self.script.name, *options],
            cwd=self.script.parent,
            env={**os.environ, "PYTHONUTF8": "1", **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not self._healthy():
            if self.process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                self.__exit__(None, None, None)
                raise RuntimeError(f"{self.script.name} did not start: run `streamlit run {self.script}` to see why")
            time.sleep(0.02)
        self.start_ms = 1000 * (time.perf_counter() - began)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def address(self) -> str:
        """Where its pages are, without a closing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stream(self) -> str:
        """Where its sessions are."""
        return f"ws://127.0.0.1:{self.port}/_stcore/stream"

    def memory_mb(self) -> float:
        """Resident memory of the process in MB (10^6 bytes)."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

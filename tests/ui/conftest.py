"""What the tests of the interface share: the embedded snapshot, computed once, and a way to ask the server."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache as cache_of
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner

from ui import assets, cache, server
from ui.cache import Loaded


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        body = gzip.decompress(self.content) if self.headers.get("content-encoding") == "gzip" else self.content
        return body.decode()

    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """Asks an ASGI app in this process, path as given: nothing is tidied on the way."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def get(self, address: str, method: str = "GET", **headers: str) -> Answer:
        path, _, query = address.partition("?")
        sent: list[Mapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        named = {"accept-encoding": "gzip", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        with ThreadPoolExecutor(1) as thread:  # the browser tests keep a loop running in this one
            thread.submit(asyncio.run, self.app(scope, receive, send)).result()
        start, *parts = sent
        received = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], received, b"".join(part.get("body", b"") for part in parts))


@pytest.fixture(scope="session", autouse=True)
def _prepared_once() -> Iterator[None]:
    """What a server does once, Streamlit's test visitor does at each visit: the half of its work.

    It looks for components in every installed package, compiles the pages, and asks every millisecond for the end.
    """
    compiled = ScriptCache()
    seldom = SimpleNamespace(time=time.time, sleep=lambda seconds: time.sleep(0.01))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache_of(manifest_scanner.scan_component_manifests))
        for module in (app_test, local_script_runner):  # the frame, and the page it leads to
            patch.setattr(module, "ScriptCache", lambda: compiled)
        patch.setattr(local_script_runner, "time", seldom)
        yield


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    return cache.current()


@pytest.fixture(scope="session")
def served(loaded: Loaded) -> Mapping[str, assets.Asset]:
    """Every file the maps ask for, as the server has it."""
    return server.publish()[assets.fingerprint(loaded.snapshot.hash)]


@pytest.fixture(scope="session")
def client() -> Client:
    return Client(Starlette(routes=server.routes(), middleware=server.middleware()))

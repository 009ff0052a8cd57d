"""Every source that can be asked, against every illness, at every request of its visit: one message, nothing lost.

A new live source is in this test by itself: with its first request, and with all its requests where `healthy` of
test_refresh plays its publisher.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data import live, sources, web
from data.live import Live
from data.model import DownloadError
from data.refresh import refresh
from data.store import open_snapshot
from data.web import Web
from tests.conftest import times
from tests.data.publishers import Behaviour, Publishers, body, chunks, hang_up
from tests.data.test_refresh import LIVE, contents, empty, places, publishers, refreshed, refreshed_before

__all__ = ["empty", "publishers", "refreshed", "refreshed_before"]  # fixtures

SPARE = "?config"
"""What a portal may refuse without harm: its limits, for which there are usual ones."""
LONG = b'{"a": "' + b"x" * 500 + b'"}'
ILL: dict[str, tuple[Behaviour, str]] = {
    "403": (body("forbidden", 403), "answers 403"),
    "404": (body("not here", 404), "answers 404"),
    "429": (body("", 429), "answers 429"),
    "429 with Retry-After": (body("", 429, Retry_After="7"), "answers 429"),
    "500": (body("", 500), "answers 500"),
    "a page of HTML": (body("<!DOCTYPE html><title>Darbi</title>", Content_Type="text/html"), "a page of HTML"),
    "nothing": (body(""), "an empty answer"),
    "cut in the middle": (body(LONG[:200], length=len(LONG)), "cut off"),
    "less than was announced": (chunks([LONG[:200]], whole=False), "cut off"),
    "closed without a word": (hang_up, "the connection failed"),
}


def visit(project: Path, id: str, mirror: str) -> Any:
    """A refresh of one source, as it is asked again within the hour."""
    with Web(project / "raw" / live.DOWNLOADS, pause=0, tries=2, timeout=(2, 5), mirror=mirror) as getter:
        getter.sleep = lambda seconds: None
        return refresh(Live(getter, project / "raw"), [id], *places(project))


def assert_nothing_lost(project: Path, id: str, result: Any, before: dict[str, bytes], message: str) -> None:
    (change,) = result.changes
    assert change.outcome == "failed", (message, change)
    assert isinstance(change.error, DownloadError)
    assert change.error.file.startswith(f"{id}: http"), "the message names source and address"
    read_in_parts = id.startswith("ookla") and "does not give parts of it" in str(change.error)
    assert message in str(change.error) or read_in_parts
    assert all(fault.next_step for fault in change.error.faults)
    assert result.exit_code == 1
    assert contents(project / "snapshot") == before


@pytest.mark.parametrize("id", live.with_address())
def test_whatever_a_publisher_answers_first(
    id: str, publishers: Publishers, refreshed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each illness meets every third source; in a thorough run every one."""
    before = contents(refreshed / "snapshot")
    step = times(3, 1)
    for behaviour, message in list(ILL.values())[live.with_address().index(id) % step :: step]:
        monkeypatch.setattr(publishers, "answers", Always(behaviour))
        result = visit(refreshed, id, publishers.address)
        assert_nothing_lost(refreshed, id, result, before, message)


class Always(dict[str, list[Behaviour]]):
    """The same answer at every path."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def get(self, key: str, default: Any = None) -> list[Behaviour]:
        return [self.behaviour]


TROUBLES = ("nobody listens", "no such host", "a wrong certificate")
STEP = times(len(TROUBLES), 1)


@pytest.mark.parametrize(
    ("id", "trouble"),
    [(id, trouble) for place, id in enumerate(live.with_address()) for trouble in TROUBLES[place % STEP :: STEP]],
)
def test_a_publisher_that_is_not_reached(
    id: str, trouble: str, publishers: Publishers, refreshed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each source meets one trouble; in a thorough run all of them."""
    before = contents(refreshed / "snapshot")
    address, message = publishers.address, "the connection failed"
    if trouble == "nobody listens":
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}"
    elif trouble == "no such host":
        monkeypatch.setattr(socket, "getaddrinfo", raising(socket.gaierror(socket.EAI_NONAME, "Name not known")))
    else:
        address, message = publishers.address.replace("http:", "https:"), "the TLS check failed"
        monkeypatch.setattr(ssl.SSLSocket, "do_handshake", raising(ssl.SSLCertVerificationError("self-signed")))
    assert_nothing_lost(refreshed, id, visit(refreshed, id, address), before, message)


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("id", LIVE)
def test_whatever_a_publisher_answers_later(id: str, publishers: Publishers, refreshed: Path) -> None:
    """Each request of a visit in turn is answered with an illness; two troubles that pass cost nothing at all.

    A request meets every fourth illness, the next one others; in a thorough run every second.
    """
    step = times(4, 2)
    before = contents(refreshed / "snapshot")
    sent = len(publishers.asked)
    assert visit(refreshed, id, publishers.address).exit_code == 0
    requests = [(asked.method, asked.path) for asked in publishers.asked[sent:]]
    healthy = dict(publishers.answers)
    for number, (method, path) in enumerate(requests):
        for behaviour, message in list(ILL.values())[(LIVE.index(id) + number) % step :: step]:
            publishers.answers = healthy | {path: [only(method, behaviour, healthy[path][-1])]}
            result = visit(refreshed, id, publishers.address)
            if result.exit_code or not path.endswith(SPARE):
                assert_nothing_lost(refreshed, id, result, before, message)
        publishers.answers = healthy | {path: [body("", 500), healthy[path][-1]]}
        assert visit(refreshed, id, publishers.address).exit_code == 0
    publishers.answers = healthy
    assert any(not path.endswith(SPARE) for _, path in requests)
    assert [change.outcome for change in visit(refreshed, id, publishers.address).changes] == ["unchanged"]
    assert open_snapshot(refreshed / "snapshot").hash
    assert contents(refreshed / "snapshot") == before


def only(method: str, ill: Behaviour, well: Behaviour) -> Behaviour:
    """Ill to requests of a method, well to others (one path may be asked with GET and POST)."""
    return lambda handler: (ill if handler.command == method else well)(handler)


def test_what_is_played_are_all_there_are() -> None:
    """Whoever adds a live source adds its publisher to `healthy`, or its own test of a whole visit."""
    assert set(LIVE) <= set(live.with_address()) <= set(sources.available())
    assert {429, 500, 502, 503, 504} == web.AGAIN_STATUS
    assert json.loads(LONG)

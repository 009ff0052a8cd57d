"""The getter against a server that is healthy and ill: whole answers, or one message that says what to do."""

from __future__ import annotations

import socket
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import web
from data.model import DownloadError
from data.paths import ROOT
from data.web import Download, Stamp, Web
from tests.data.publishers import Behaviour, Publishers, body, chunks, drip, hang_up, serving, stamped

ADDRESS = "https://example.org/data.json"
PATH = "/example.org/data.json"
FIGURES = b'{"figures": [' + b"1234567890, " * 20_000 + b"0]}"


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with serving() as started:
        yield started


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def getter(publishers: Publishers, pauses: list[float], tmp_path: Path) -> Iterator[Web]:
    with Web(tmp_path / "arrived", pause=0, tries=4, timeout=(2, 1), mirror=publishers.address) as made:
        made.sleep = pauses.append
        yield made


def got(download: Download) -> bytes:
    assert download.path is not None
    assert not list(download.path.parent.glob("*.part*"))
    return download.path.read_bytes()


def refused(getter: Web, form: web.Form = "json") -> str:
    with pytest.raises(DownloadError) as caught:
        getter.download(ADDRESS, "data", form)
    message = str(caught.value)
    assert message.startswith(ADDRESS)
    assert caught.value.faults[0].next_step
    assert not (getter.folder / "data").exists()
    return message


def test_a_whole_answer_with_its_stamp(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body(FIGURES, ETag='"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT"))
    download = getter.download(ADDRESS, "data", "json")
    assert got(download) == FIGURES
    assert download.stamp == Stamp('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert download.bytes == getter.received == len(FIGURES)
    (request,) = publishers.asked
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert request.headers["User-Agent"] == f"{project['name']}/{project['version']}"


def test_one_connection_a_host(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body({"a": 1}))
    for number in range(3):
        getter.download(ADDRESS, f"data{number}", "json")
    assert len({request.connection for request in publishers.asked}) == 1


def test_a_pause_between_two_requests_to_one_host(publishers: Publishers, tmp_path: Path) -> None:
    publishers.at(PATH, body({"a": 1}))
    publishers.at("/example.com/", body({"a": 1}))
    with Web(tmp_path, pause=0.2, mirror=publishers.address) as getter:
        started = time.monotonic()
        getter.download(ADDRESS, "a", "json")
        getter.download("https://example.com/", "b", "json")
        assert time.monotonic() - started < 0.19
        getter.download(ADDRESS, "c", "json")
        assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_troubles_that_pass_are_tried_again_with_growing_pauses(
    getter: Web, publishers: Publishers, pauses: list[float], status: int
) -> None:
    publishers.at(PATH, body("", status), body("", status), body({"a": 1}))
    assert got(getter.download(ADDRESS, "data", "json")) == b'{"a": 1}'
    assert pauses == [1, 2]


def test_they_are_given_up_in_the_end(getter: Web, publishers: Publishers, pauses: list[float]) -> None:
    publishers.at(PATH, body("", 503))
    assert "answers 503 Service Unavailable (4 tries)" in refused(getter)
    assert pauses == [1, 2, 4]


@pytest.mark.parametrize(
    ("asked", "waited"), [("7", 7), ("99999", 120), ("Mon, 01 Jan 2024 00:00:00 GMT", 0), ("x", 1)]
)
def test_retry_after_is_honoured_up_to_a_limit(
    getter: Web, publishers: Publishers, pauses: list[float], asked: str, waited: float
) -> None:
    publishers.at(PATH, body("", 429, Retry_After=asked), body({"a": 1}))
    getter.download(ADDRESS, "data", "json")
    assert pauses == [waited]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_refusal_is_final(getter: Web, publishers: Publishers, pauses: list[float], status: int) -> None:
    publishers.at(PATH, body("too many cells", status))
    assert f"answers {status}" in refused(getter)
    assert len(publishers.asked) == 1
    assert pauses == []


@pytest.mark.parametrize(
    ("answer", "form", "problem"),
    [
        (body("<!DOCTYPE html><title>Maintenance</title>"), "json", "a page of HTML instead of JSON"),
        (body("\n <HTML>", Content_Type="text/csv"), "csv", "a page of HTML instead of CSV"),
        (body("a,b\n1,2\n", Content_Type="text/html; charset=utf-8"), "csv", "a page of HTML"),
        (body("a,b\n1,2\n"), "json", "not JSON"),
        (body("{}"), "zip", "not a zip file"),
        (body(""), "csv", "an empty answer"),
    ],
)
def test_something_else_than_asked_for_is_refused(
    getter: Web, publishers: Publishers, answer: Behaviour, form: web.Form, problem: str
) -> None:
    publishers.at(PATH, answer)
    assert problem in refused(getter, form)


def test_a_wrong_length_and_a_cut_are_tried_again(getter: Web, publishers: Publishers, pauses: list[float]) -> None:
    publishers.at(PATH, body(FIGURES[:100], length=len(FIGURES)), hang_up, body(FIGURES))
    assert got(getter.download(ADDRESS, "data", "json")) == FIGURES
    assert len(pauses) == 2


def test_a_cut_that_stays_is_one_message(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body(FIGURES[:100], length=len(FIGURES)))
    assert "cut off (IncompleteRead(100 bytes read, 239916 more expected)) (4 tries)" in refused(getter)


def test_chunks_without_an_end_are_no_answer(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, chunks([b'{"a":', b" 1"], whole=False), chunks([b'{"a":', b" 1}"]))
    assert got(getter.download(ADDRESS, "data", "json")) == b'{"a": 1}'


def test_what_arrived_is_continued(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, stamped(FIGURES, '"1"', cut=70_000), stamped(FIGURES, '"1"'))
    assert got(getter.download(ADDRESS, "data", "json")) == FIGURES
    assert publishers.asked[1].headers["Range"] == "bytes=70000-"
    assert getter.received == len(FIGURES)


def test_it_is_not_continued_with_another_version(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, stamped(b"[" + FIGURES, '"1"', cut=70_000), stamped(FIGURES, '"2"'))
    assert got(getter.download(ADDRESS, "data", "json")) == FIGURES


def test_it_is_not_continued_where_the_server_cannot(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, stamped(FIGURES, '"1"', cut=70_000), stamped(FIGURES, '"1"', ranges=False))
    assert got(getter.download(ADDRESS, "data", "json")) == FIGURES


def test_the_next_run_goes_on_where_this_one_was_killed(getter: Web, publishers: Publishers, tmp_path: Path) -> None:
    publishers.at(PATH, stamped(FIGURES, '"1"', cut=70_000))
    getter.tries = 1
    refused(getter)
    publishers.at(PATH, stamped(FIGURES, '"1"'))
    with Web(tmp_path / "arrived", pause=0, mirror=publishers.address) as later:
        assert got(later.download(ADDRESS, "data", "json")) == FIGURES
        assert later.received == len(FIGURES) - 70_000
        assert got(later.download(ADDRESS, "data", "json")) == FIGURES
        assert later.received == len(FIGURES) - 70_000


def test_what_is_known_is_not_transferred(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, stamped(FIGURES, '"1"'))
    download = getter.download(ADDRESS, "data", "json", Stamp('"1"'))
    assert download.path is None
    assert download.stamp == Stamp('"1"')
    publishers.at(PATH, body({"a": 1}))
    getter.download(ADDRESS, "data", "json", Stamp("", "Mon, 01 Jan 2024 00:00:00 GMT"))
    assert publishers.asked[-1].headers["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"


def test_answers_to_queries_are_used_again_for_a_while(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body({"a": 1}), body({"a": 2}))
    assert getter.ask(ADDRESS, {"query": 1}) == {"a": 1}
    assert getter.ask(ADDRESS, {"query": 1}) == {"a": 1}
    assert getter.ask(ADDRESS, {"query": 2}) == {"a": 2}
    assert [request.method for request in publishers.asked] == ["POST", "POST"]
    assert publishers.asked[1].body == b'{"query": 2}'


def test_a_byte_order_mark_is_no_fault(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body(b'\xef\xbb\xbf{"a": 1}'))
    assert getter.ask(ADDRESS) == {"a": 1}


def test_json_that_is_cut_is_told_and_not_kept(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body('{"a": '), body({"a": 1}))
    with pytest.raises(DownloadError, match="not JSON"):
        getter.ask(ADDRESS)
    assert getter.ask(ADDRESS) == {"a": 1}


@pytest.mark.parametrize("announced", [True, False])
def test_too_much_is_not_taken(getter: Web, publishers: Publishers, announced: bool) -> None:
    publishers.at(PATH, body(FIGURES) if announced else chunks([FIGURES]))
    with pytest.raises(DownloadError, match=r"larger than 0\.1 MB"):
        getter.download(ADDRESS, "data", "json", limit=100_000)


def test_a_server_that_drips_is_left(getter: Web, publishers: Publishers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.2)
    over = threading.Event()
    publishers.at(PATH, drip(FIGURES, over))
    getter.tries = 2
    assert "too slow" in refused(getter)
    over.set()


def test_a_server_that_says_nothing_is_left(getter: Web, publishers: Publishers) -> None:
    over = threading.Event()
    getter.tries, getter.timeout = 2, (1, 0.2)
    publishers.at(PATH, lambda handler: (over.wait(2), hang_up(handler))[1])
    assert "no answer within 0.2 s (2 tries)" in refused(getter)
    over.set()


def test_nobody_listens(getter: Web, pauses: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        getter.mirror = f"http://127.0.0.1:{server.getsockname()[1]}"
    message = refused(getter)
    assert "the connection failed (Connection refused) (4 tries)" in message
    assert "Check the network" in message
    assert pauses == [1, 2, 4]


def test_no_such_host(getter: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "the connection failed" in refused(getter)


def test_a_failed_tls_check_is_final(getter: Web, publishers: Publishers, pauses: list[float]) -> None:
    getter.mirror = publishers.address.replace("http:", "https:")
    assert "the TLS check failed" in refused(getter)
    assert pauses == []


def test_a_redirect_is_followed_but_not_for_ever(getter: Web, publishers: Publishers) -> None:
    publishers.at(PATH, body("", 302, Location="/moved"))
    publishers.at("/moved", body({"a": 1}))
    assert got(getter.download(ADDRESS, "data", "json")) == b'{"a": 1}'
    publishers.at("/moved", body("", 302, Location=PATH))
    getter.folder = getter.folder / "again"
    assert "without end" in refused(getter)


def test_a_disk_that_is_full_leaves_nothing_half(
    getter: Web, publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishers.at(PATH, body(FIGURES))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        getter.download(ADDRESS, "data", "json")
    assert not (getter.folder / "data").exists()

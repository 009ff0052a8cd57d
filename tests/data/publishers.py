"""A local server that plays every publisher, healthy and ill. Paths begin with a publisher's host (see web.MIRROR)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: Any


@dataclass
class Publishers:
    """What each path answers: one behaviour, or several that follow each other (the last one stays)."""

    address: str = ""
    answers: dict[str, list[Behaviour]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def at(self, path: str, *behaviours: Behaviour) -> None:
        self.answers[path] = list(behaviours)

    def of(self, path: str) -> list[Asked]:
        return [request for request in self.asked if request.path == path]


def body(
    content: bytes | str | dict[str, Any] | list[Any],
    status: int = 200,
    length: int | None = None,
    **headers: str,
) -> Behaviour:
    """An answer with a body; `length` is what is announced, where it is not the true one."""
    raw = content.encode() if isinstance(content, str) else content
    raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(raw) if length is None else length))
        handler.end_headers()
        handler.wfile.write(raw)
        if length is not None and length != len(raw):
            handler.close_connection = True

    return answer


def stamped(content: bytes, etag: str, ranges: bool = True, cut: int | None = None) -> Behaviour:
    """A file with an ETag: 304 for who has it, parts for who asks; cut off after so many bytes."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers
        if asked.get("If-None-Match") == etag:
            handler.send_response(304)
            handler.send_header("ETag", etag)
            handler.end_headers()
            return
        begin = 0
        if ranges and asked.get("Range") and asked.get("If-Range") == etag:
            begin = int(asked["Range"].removeprefix("bytes=").split("-")[0])
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        else:
            handler.send_response(200)
        handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(content) - begin))
        handler.end_headers()
        handler.wfile.write(content[begin : len(content) if cut is None else cut])
        handler.close_connection = cut is not None

    return answer


def parts(content: bytes, etag: str, cut: bool = False) -> Behaviour:
    """A large file that is given in parts, as a store does: from the end, or from one byte to another."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers
        if asked.get("If-None-Match") == etag:
            handler.send_response(304)
            handler.end_headers()
            return
        if asked.get("If-Match", etag) != etag:
            handler.send_response(412)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        first, _, last = asked["Range"].removeprefix("bytes=").partition("-")
        begin = int(first) if first else max(len(content) - int(last), 0)
        end = int(last) + 1 if first and last else len(content)
        handler.send_response(206)
        handler.send_header("ETag", etag)
        handler.send_header("Content-Range", f"bytes {begin}-{end - 1}/{len(content)}")
        handler.send_header("Content-Length", str(end - begin))
        handler.end_headers()
        handler.wfile.write(content[begin : end - 1 if cut else end])
        handler.close_connection = cut

    return answer


def drip(content: bytes, pause: threading.Event) -> Behaviour:
    """One byte at a time, so slowly that nothing ever times out."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        try:
            for position in range(len(content)):
                handler.wfile.write(content[position : position + 1])
                handler.wfile.flush()
                if pause.wait(0.05):
                    return
        except OSError:
            return

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def chunks(parts: Sequence[bytes], whole: bool = True) -> Behaviour:
    """A chunked answer; without its end if it is not whole."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for part in parts:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        if whole:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


@contextmanager
def serving() -> Iterator[Publishers]:
    """The server, for the time of a block."""
    publishers = Publishers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Asked(self.command, self.path, dict(self.headers), content, self.client_address)
            publishers.asked.append(request)
            self.body = content
            behaviours = publishers.answers.get(self.path) or [body({"error": "not here"}, 404)]
            behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
            behaviour(self)

        do_GET = do_POST = handle_any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    publishers.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield publishers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The web side of the programming interface: `/api/v1` and `/_health`. What they say is in `reports.api`."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import config

from data import history, paths
from data.model import DataError
from data.store import MANIFEST
from reports.api import Api, BadQuery, levels_of, nothing_of
from reports.api_document import document
from reports.words import catalogue
from ui import cache

ROOT = "/api/v1"
LISTED = ("indicators", "territories", "sources", "values", "values.csv", "openapi.json")
REVALIDATE = "public, max-age=0, must-revalidate"
"""Anybody may keep an answer, and must ask whether it is still the newest."""
SMALL = 1000
"""Bytes up to which compressing an answer is not worth it."""

_made: dict[str, Api] = {}
"""The interface of the present snapshot, by its hash."""


@dataclass(frozen=True)
class Answer:
    """What is to be sent: the text, its type, and further headers."""

    text: str
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Asked = Sequence[tuple[str, str]]


def current() -> Api:
    """The interface of the snapshot on disk.

    Raises
    ------
    SnapshotError
    """
    loaded = cache.current()
    if loaded.snapshot.hash not in _made:
        _made.clear()
        _made[loaded.snapshot.hash] = Api(loaded.snapshot, loaded.values, loaded.indicators)
    return _made[loaded.snapshot.hash]


def root(asked: Asked) -> Answer:
    """What there is."""
    nothing_of(asked)
    snapshot = current().snapshot
    return said(
        {
            "title": catalogue("en").gettext("product.name"),
            "version": cache.project().version,
            "snapshot": snapshot.hash,
            "edition": snapshot.manifest["edition"],
            "links": {name: f"{prefix()}{ROOT}/{name}" for name in LISTED},
        }
    )


def indicators(asked: Asked) -> Answer:
    """Every indicator."""
    nothing_of(asked)
    return said(current().indicator_list())


def territories(asked: Asked) -> Answer:
    """Every territory, or those of the levels asked for."""
    return said(current().territory_list(levels_of(asked)))


def sources(asked: Asked) -> Answer:
    """Every source."""
    nothing_of(asked)
    return said(current().source_list())


def values(asked: Asked) -> Answer:
    """A page of values."""
    api = current()
    found = api.values_as_dict(api.query(asked))
    return said(found, paged(found["total"], found["next"]))


def values_csv(asked: Asked) -> Answer:
    """A page of values as CSV."""
    api = current()
    text, page = api.values_as_csv(api.query(asked))
    named = {"Content-Disposition": 'attachment; filename="values.csv"'}
    return Answer(text, "text/csv; charset=utf-8", paged(page.total, page.next) | named)


def openapi(asked: Asked) -> Answer:
    """The description of all of it."""
    nothing_of(asked)
    title = catalogue("en").gettext("product.name")
    return said(document(current(), title, cache.project().version, prefix() or "/"))


def said(value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, allow_nan=False), headers=headers or {})


def paged(total: int, following: str | None) -> dict[str, str]:
    """The headers that tell how many rows there are, and where the next ones are."""
    link = {"Link": f'<{following}>; rel="next"'} if following else {}
    return {"X-Total-Count": str(total)} | link


def prefix() -> str:
    """The path the app lives under, without a slash at its end; empty where it is the root."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


class ReadOnly(HTTPEndpoint):
    """An address that can be read (GET and HEAD) and answers with JSON whatever happens."""

    async def method_not_allowed(self, request: Request) -> Response:
        return refusal(f"{request.method} is not possible here: this can only be read", 405, Allow="GET, HEAD")


class Endpoint(ReadOnly):
    """An address of the interface."""

    answer: ClassVar[Callable[[Asked], Answer]]

    async def get(self, request: Request) -> Response:
        """The answer, compressed for who takes it; nothing but its tag for who has it already."""
        try:
            answer = await asyncio.to_thread(type(self).answer, request.query_params.multi_items())
        except BadQuery as bad:
            return JSONResponse(bad.as_dict(), status_code=400, headers=OPEN)
        except DataError as damaged:
            return refusal(str(damaged), 503)
        body = answer.text.encode()
        headers = {
            "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:20]}"',
            "Cache-Control": REVALIDATE,
            "Vary": "Accept-Encoding",
            **OPEN,
            **answer.headers,
        }
        if has(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if len(body) > SMALL and takes_gzip(request.headers.get("accept-encoding", "")):
            body = await asyncio.to_thread(gzip.compress, body, 5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=answer.media_type, headers=headers)


OPEN = {"Access-Control-Allow-Origin": "*"}
"""Open data: pages of other sites may read it."""


class Unknown(ReadOnly):
    """Whatever else is asked for below /api."""

    async def get(self, request: Request) -> Response:
        return refusal(f"there is no {request.url.path[:80]}; {prefix()}{ROOT} says what there is", 404)


class Health(ReadOnly):
    """Whether the snapshot can be served, for whoever watches over the server."""

    async def get(self, request: Request) -> Response:
        code, found = await asyncio.to_thread(health)
        return JSONResponse(found, status_code=code, headers={"Cache-Control": "no-store"})


def health() -> tuple[int, dict[str, Any]]:
    """The status code, and what is known: snapshot, version, its age, and the last refresh.

    The age is that of the files: how long ago this snapshot was put in its place.
    """
    version = cache.project().version
    try:
        snapshot = cache.current().snapshot
        written = (snapshot.path / MANIFEST).stat().st_mtime
    except (DataError, OSError) as error:
        return 503, {"status": "failing", "version": version, "error": str(error)}
    last = next(iter(history.read(history.beside(paths.RAW), 1)), {})
    return 200, {
        "status": "ok",
        "version": version,
        "snapshot": snapshot.hash,
        "edition": snapshot.manifest["edition"],
        "written": datetime.fromtimestamp(written, UTC).isoformat(timespec="seconds"),
        "age_seconds": max(round(time.time() - written), 0),
        "held_back": sum(len(doubts) for doubts in snapshot.doubts.values()),
        "last_refresh": {"time": last["time"], "exit_code": last.get("exit_code")} if last else None,
    }


def refusal(problem: str, status: int, **headers: str) -> JSONResponse:
    return JSONResponse({"error": problem}, status_code=status, headers=OPEN | headers)


def has(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names a tag (compared weakly), or any."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return tags == ["*"] or etag.removeprefix("W/") in tags


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header lets an answer be compressed: gzip or anything, and not with weight 0."""
    parts = [part.replace(" ", "").lower().partition(";q=") for part in accept_encoding.split(",")]
    weights = {name: weight or "1" for name, _, weight in parts}
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


def routes() -> list[Route]:
    """The addresses, below the path the app lives under."""
    answers: Mapping[str, Callable[[Asked], Answer]] = {
        ROOT: root,
        f"{ROOT}/": root,
        f"{ROOT}/indicators": indicators,
        f"{ROOT}/territories": territories,
        f"{ROOT}/sources": sources,
        f"{ROOT}/values": values,
        f"{ROOT}/values.csv": values_csv,
        f"{ROOT}/openapi.json": openapi,
    }
    made = [
        Route(prefix() + path, type(answer.__name__, (Endpoint,), {"answer": staticmethod(answer)}))
        for path, answer in answers.items()
    ]
    others = [Route(f"{prefix()}/api{rest}", Unknown) for rest in ("", "/{rest:path}")]
    return [Route(f"{prefix()}/_health", Health), *made, *others]

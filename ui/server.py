"""The plain web side: the files of the maps, served for ever under a name made of their content, own data, the API."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.model import DataError
from ui import api, assets, cache, frame, own, shell
from ui.api import prefix, takes_gzip
from ui.assets import Asset
from ui.hall import participants

HEAD_START_S = 5
PAUSE_S = 0.5
FOR_EVER = "public, max-age=31536000, immutable"
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}

_served: dict[str, Mapping[str, Asset]] = {}
"""The files of the present snapshot and of the one before it, which open pages may still be using."""


def routes() -> list[Route]:
    """The routes before Streamlit's own: files of the maps, visitors' data, the API, each page's first HTML."""
    pages = ["", *frame.PAGES]
    return [
        Route(f"{prefix()}/assets/{{build}}/{{name:path}}", _asset),
        Route(f"{prefix()}/{own.ROUTE}/{{token}}/{{name}}", _own),
        *participants.routes(prefix()),
        *api.routes(),
        *(Route(f"{prefix()}/{name}", shell.page) for name in pages),
    ]


def middleware() -> list[Middleware]:
    """What is added to every answer."""
    return [Middleware(SecurityHeaders)]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncGenerator[None, None]:
    """Have the indicators at hand before the first visitor comes, and then the files one by one.

    A damaged snapshot is named here and on every page.
    """
    try:
        await asyncio.to_thread(publish)
    except DataError as damaged:
        logging.getLogger(__name__).error("%s", damaged)
    finishing = asyncio.create_task(finish())
    yield
    finishing.cancel()


async def finish() -> None:
    """Make the files nobody has asked for yet, once the first visitor has had the time to ask for theirs.

    Visitors who come meanwhile have the processor to themselves between two files.
    """
    await asyncio.sleep(HEAD_START_S)
    for files in list(_served.values()):
        for name in files:
            await asyncio.to_thread(files.__getitem__, name)
            await asyncio.sleep(PAUSE_S)


def publish() -> dict[str, Mapping[str, Asset]]:
    """The files that are served, by build and name, including those of the snapshot now on disk."""
    loaded = cache.current()
    build = assets.fingerprint(loaded.snapshot.hash)
    if build not in _served:
        files = assets.build(loaded)
        while len(_served) > 1:
            _served.pop(next(iter(_served)), None)
        _served[build] = files
        cache.settle()
    return _served


async def _asset(request: Request) -> Response:
    build, name = request.path_params["build"], request.path_params["name"]
    try:
        served = _served if build in _served else await asyncio.to_thread(publish)
    except DataError as damaged:
        return PlainTextResponse(str(damaged), status_code=503)
    found = await asyncio.to_thread(served.get(build, {}).get, name)
    if found is None:
        return PlainTextResponse("Not found", status_code=404)
    headers = {"Cache-Control": FOR_EVER, "ETag": found.etag, "Vary": "Accept-Encoding"}
    known = request.headers.get("if-none-match", "")
    if found.etag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(gzip.decompress(found.body), media_type=found.media_type, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})


async def _own(request: Request) -> Response:
    """What a visitor has brought, for that visitor's maps alone."""
    found = await asyncio.to_thread(own.served, request.path_params["token"], request.path_params["name"])
    headers = {"Cache-Control": "private, no-store"}
    if found is None:
        return PlainTextResponse("Not found", status_code=404, headers=headers)
    return Response(gzip.decompress(found.body), media_type=found.media_type, headers=headers)


class SecurityHeaders:
    """Adds the headers of `SECURITY` to every answer that does not carry them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: Any = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, secured if scope["type"] == "http" else send)

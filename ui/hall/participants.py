"""The participants' pages: type the code, answer, change the answer. Plain routes, no session of Streamlit's.

/g                 where the code is typed
/g/CODE            the questions
/g/CODE/answer     POST, JSON: device, importance, here, sentence
/g/CODE/paper      the same questions to be printed
"""

from __future__ import annotations

import html
import json
import os
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit import config

from data.groups import CODE_LENGTH, HIGHEST, LONGEST_SENTENCE, Groups, Refused, Session
from indicators.catalogue import FACTORS
from reports.words import LANGUAGES, Language, catalogue
from ui.text import preferred

SWITCH = "SMART_VILLAGES_GROUPS"
"""Environment variable: "on" lets focus groups be held on a server that others can reach, "off" forbids them."""
HERE = Path(__file__).parent
FILES = {"participants.js": "text/javascript; charset=utf-8", "participants.css": "text/css; charset=utf-8"}
LARGEST_BODY = 8_000
A_MINUTE, WRONG_A_MINUTE = 1200, 20
"""Requests and wrong codes a minute from one address; a hall of a hundred phones behind one router shares one."""
MOST_ADDRESSES = 5_000
WORDS = ("hall.js.unanswered", "hall.js.unsent", "hall.js.sending", "hall.js.kept", "hall.js.offline")
"""What the script says."""
STATUS = {"unknown": 404, "ended": 410, "closed": 409, "full": 409, "form": 400, "busy": 503}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@cache
def groups() -> Groups:
    """The file with all groups."""
    return Groups()


def enabled() -> bool:
    """Whether focus groups may be held: on this machine always, unless forbidden; for others when switched on."""
    said = os.environ.get(SWITCH, "").strip().lower()
    if said in ("on", "off"):
        return said == "on"
    return str(config.get_option("server.address") or "") in ("127.0.0.1", "localhost", "::1")


def routes(prefix: str) -> list[Route]:
    """The routes below /g; `prefix` is the path of the app."""
    return [
        Route(f"{prefix}/g", _entrance),
        Route(f"{prefix}/g/files/{{name}}", _file),
        Route(f"{prefix}/g/{{code}}", _questions),
        Route(f"{prefix}/g/{{code}}/paper", _paper),
        Route(f"{prefix}/g/{{code}}/answer", _answer, methods=["POST"]),
    ]


class Limit:
    """At most so many in a minute for each address, counted in a bucket that fills up again steadily."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_minute, self.clock = a_minute, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, amount: int = 1) -> bool:
        """Whether one more is within the limit; counts it if so. `amount` 0 only asks."""
        now = self.clock()
        left, since = self._left.pop(address, (float(self.a_minute), now))
        left = min(self.a_minute, left + (now - since) * self.a_minute / 60)
        within = left >= max(amount, 1)
        self._left[address] = (left - amount if within else left, now)
        while len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return within


_requests, _wrong = Limit(A_MINUTE), Limit(WRONG_A_MINUTE)
_right: OrderedDict[tuple[str, str], None] = OrderedDict()
"""Addresses with the codes they have had right: one phone that tries codes does not keep the hall from its own."""

Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """A handler behind the switch and the limits, with the headers that keep its page to itself."""

    @wraps(handler)
    async def within(request: Request) -> Response:
        language, address = language_of(request), request.client.host if request.client else ""
        known = (address, str(request.path_params.get("code", "")).upper())
        if not enabled():
            response = message("off", language, 404)
        elif not _requests.take(address) or (known not in _right and not _wrong.take(address, 0)):
            response = message("slow", language, 429)
            response.headers["Retry-After"] = "30"
        else:
            try:
                response = await handler(request)
                if known[1]:
                    remember(known)
            except Refused as refused:
                if refused.kind == "unknown":
                    _wrong.take(address)
                response = message(refused.kind, language, STATUS[refused.kind], as_json=request.method == "POST")
        response.headers["Content-Security-Policy"] = POLICY
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return within


def remember(known: tuple[str, str]) -> None:
    """Keep in mind that an address has had a code right; the oldest are forgotten."""
    _right[known] = None
    _right.move_to_end(known)
    while len(_right) > MOST_ADDRESSES:
        _right.popitem(last=False)


def language_of(request: Request) -> Language:
    """The language asked for, else the browser's."""
    asked = request.query_params.get("lang")
    return cast(Language, asked) if asked in LANGUAGES else preferred(request.headers.get("accept-language", ""))


@guarded
async def _entrance(request: Request) -> Response:
    language = language_of(request)
    code = request.query_params.get("code", "").strip().upper()
    if code:
        session = await run_in_threadpool(groups().session, code)
        return Response(status_code=303, headers={"Location": f"{request.url.path.rstrip('/')}/{session.code}"})
    return page(language, say("hall.entrance.title", language), entrance(language))


@guarded
async def _questions(request: Request) -> Response:
    language = language_of(request)
    session = await run_in_threadpool(groups().session, request.path_params["code"])
    if not session.takes_answers():
        raise Refused("closed" if session.closed else "ended")
    return page(language, session.title, questions(session, language), script=True)


@guarded
async def _paper(request: Request) -> Response:
    language = language_of(request)
    session = await run_in_threadpool(groups().session, request.path_params["code"])
    return page(language, session.title, paper(session, language))


@guarded
async def _answer(request: Request) -> Response:
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused("form")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused("form")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refused("form")
    try:
        said = json.loads(body)
        parts = [said["device"], said["importance"], said["here"], said["sentence"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("form") from None
    if [type(part) for part in parts] != [str, list, list, str] or not parts[0].isascii():
        raise Refused("form")
    await run_in_threadpool(lambda: groups().answer(request.path_params["code"], *parts))
    return JSONResponse({"kept": True})


@guarded
async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return Response(status_code=404)
    headers = {"Cache-Control": "no-cache"}
    return Response((HERE / name).read_bytes(), media_type=FILES[name], headers=headers)


def say(key: str, language: Language, **values: object) -> str:
    """A message of the hall."""
    return catalogue(language).gettext(key).format(**values)


def shown(key: str, language: Language) -> str:
    """A message of the hall as HTML."""
    return html.escape(say(key, language))


def page(language: Language, title: str, body: str, *, script: bool = False, status: int = 200) -> HTMLResponse:
    """A whole page around a body; everything from outside in the body is escaped already."""
    loaded = f'<script src="{root()}files/participants.js" type="module"></script>' if script else ""
    text = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<link rel="stylesheet" href="{root()}files/participants.css">
{loaded}
</head>
<body><main>
{body}
</main></body>
</html>
"""
    return HTMLResponse(text, status_code=status)


def root() -> str:
    """The address below which the pages of the hall are."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}/g/" if path else "/g/"


def message(kind: str, language: Language, status: int, *, as_json: bool = False) -> Response:
    """One sentence that says what is the matter and what to do."""
    text = say(f"hall.refused.{kind}", language)
    if as_json:
        return JSONResponse({"kept": False, "kind": kind, "message": text}, status_code=status)
    body = f'<h1>{shown("hall.title", language)}</h1><p role="alert">{html.escape(text)}</p>{entrance(language)}'
    return page(
        language, say("hall.title", language), body if kind != "off" else body.partition("<form")[0], status=status
    )


def entrance(language: Language) -> str:
    """The form where the code is typed."""
    return f"""<form action="{root().rstrip("/")}" method="get" class="entrance">
<input type="hidden" name="lang" value="{language}">
<label>{shown("hall.entrance.code", language)}
<input name="code" required minlength="{CODE_LENGTH}" maxlength="{CODE_LENGTH}" pattern="[A-Za-z]+"
 autocomplete="off" autocapitalize="characters" spellcheck="false"></label>
<button>{shown("hall.entrance.go", language)}</button>
</form>"""


def questions(session: Session, language: Language) -> str:
    """The questions of a session with the words the script needs."""
    words = {key.rpartition(".")[2]: say(key, language) for key in WORDS}
    about = {"code": session.code, "highest": HIGHEST, "words": words}
    rows = "\n".join(factor(number, language) for number in FACTORS)
    return f"""<h1>{html.escape(session.title)}</h1>
<p>{shown("hall.intro", language)}</p>
<p class="privacy">{shown("hall.privacy", language)}</p>
<form id="answers" data-about="{html.escape(json.dumps(about, ensure_ascii=False), quote=True)}">
{rows}
<label class="sentence">{shown("hall.sentence", language)}
<textarea name="sentence" maxlength="{LONGEST_SENTENCE}" rows="3"></textarea></label>
<button type="submit">{shown("hall.send", language)}</button>
<p id="state" role="status" aria-live="polite"></p>
</form>
<noscript><p role="alert">{shown("hall.noscript", language)}</p></noscript>"""


def factor(number: int, language: Language) -> str:
    """One success factor with its two scales."""
    title = html.escape(f"{number}. {say('hall.village', language)} {FACTORS[number][language]}")
    scales = "".join(scale(kind, number, language) for kind in ("importance", "here"))
    return f"<fieldset><legend>{title}</legend>{scales}</fieldset>"


def scale(kind: str, number: int, language: Language) -> str:
    """A scale from 0 to HIGHEST that says nothing until it is touched."""
    name = f"{kind}-{number}"
    return f"""<div class="scale"><label for="{name}">{shown(f"hall.{kind}", language)}</label>
<output for="{name}">–</output>
<input type="range" id="{name}" name="{name}" min="0" max="{HIGHEST}" step="1" value="{HIGHEST // 2}" data-empty>
<span class="ends"><span>{shown(f"hall.{kind}.low", language)}</span>
<span>{shown(f"hall.{kind}.high", language)}</span></span></div>"""


def paper(session: Session, language: Language) -> str:
    """The same questions with boxes to tick."""
    heads = "".join(f"<th>{number}</th>" for number in range(HIGHEST + 1))
    boxes = "<td>☐</td>" * (HIGHEST + 1)
    rows = "".join(
        f'<tr><th rowspan="2" class="what">{number}. {html.escape(FACTORS[number][language])}</th>'
        f"<th>{shown('hall.importance', language)}</th>{boxes}</tr>"
        f"<tr><th>{shown('hall.here', language)}</th>{boxes}</tr>"
        for number in FACTORS
    )
    return f"""<div class="paper"><h1>{html.escape(session.title)}</h1><p>{shown("hall.paper.how", language)}</p>
<table><thead><tr><th>{shown("hall.village", language)}</th><th></th>{heads}</tr></thead>
<tbody>{rows}</tbody></table>
<p>{shown("hall.sentence", language)}</p><p class="line"></p><p class="line"></p>
<p class="privacy">{shown("hall.privacy", language)}</p></div>"""

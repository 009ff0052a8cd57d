"""The one door to the network: a polite getter that gives whole answers or one clear message.

    web = Web(folder)
    web.download(address, "boundaries/edition.zip", form="zip", known=Stamp(etag='"1"'))   -> Download
    web.ask(address, {"query": []})                                                         -> JSON

One connection per host, a pause between requests, a User-Agent with the project's name and version. Tried again with
growing pauses: answers 429 (as long as `Retry-After` asks), 500, 502, 503, 504, time-outs, connections that are refused
or cut; what had arrived is continued where the server allows. Never tried again: any other refusal, a failed TLS check,
a page of HTML where data should be.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
import urllib3

from data.model import DownloadError
from data.paths import ROOT
from data.read import MAX_FILE_BYTES, megabytes

Form = Literal["json", "csv", "zip"]

MIRROR = "SMART_VILLAGES_MIRROR"
"""Environment variable: an address that is asked instead of every publisher's, followed by the publisher's own."""
AGAIN_STATUS = frozenset({429, 500, 502, 503, 504})
CHUNK = 1 << 16
PAUSE = 0.5
LONGEST_WAIT = 120.0
"""The longest pause (s), whatever `Retry-After` asks for."""
PATIENCE, SLOWEST = 30.0, 500
"""From PATIENCE seconds on, an answer must have come at SLOWEST bytes a second on average."""
KEEP = 6 * 3600.0
"""An answer without a stamp (a query's) is used again by a run that is repeated within this time (s)."""
PARTIAL, NOTE = ".part", ".note"
STEPS: Mapping[int, str] = {
    400: "The publisher may have changed the query's form: check the declaration of the source.",
    401: "The address asks for a login: check whether the data are still open.",
    403: "The publisher refuses this program: wait an hour, or download the file by hand and import it.",
    404: "The publisher has moved or removed it: look it up on the source's page and correct the address.",
    410: "The publisher has removed it: look for its successor on the source's page.",
    429: "The publisher asks for fewer requests: run this again later.",
}
LATER = "Run this again later; what has arrived is kept."


@dataclass(frozen=True)
class Stamp:
    """What a publisher calls this version of a file: ETag and Last-Modified, as sent; empty where it sends none."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Download:
    """A whole answer on disk; `path` is None where the publisher says that the known version is still the newest."""

    path: Path | None
    address: str
    stamp: Stamp = Stamp()
    bytes: int = 0


@dataclass
class Web:
    """Downloads into a folder that outlives the run: what a killed run had, the next one goes on from.

    folder: where answers lie until they are taken
    pause: least time between two requests to one host (s)
    tries: how often a request is made before it is given up
    timeout: for connecting, and for the next bytes to come (s)
    mirror: see MIRROR
    received: bytes that came over the network so far
    """

    folder: Path
    pause: float = field(default_factory=lambda: PAUSE)
    tries: int = 5
    timeout: tuple[float, float] = (15, 60)
    mirror: str = field(default_factory=lambda: os.environ.get(MIRROR, ""))
    sleep: Callable[[float], None] = time.sleep
    received: int = 0

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.max_redirects = 5
        self._session.headers.update({"User-Agent": user_agent(), "Accept-Encoding": "identity"})
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=1, pool_block=True))
        self._last: dict[str, float] = {}

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def download(
        self,
        address: str,
        name: str,
        form: Form,
        known: Stamp = Stamp(),
        query: Any = None,
        limit: int = MAX_FILE_BYTES,
    ) -> Download:
        """Get an address into the folder under a name; all of it or nothing.

        Parameters
        ----------
        form
            What the answer must be; HTML in its place is refused.
        known
            The version that is there already: if it is still the newest, nothing is transferred.
        query
            Sent as JSON with POST; by default the address is fetched with GET.
        limit
            Most bytes that are accepted.

        Raises
        ------
        DownloadError
            Names the address, what went wrong, and the next step.
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        request = hashlib.sha256(json.dumps([address, query]).encode()).hexdigest()
        note = read_note(path)
        mine = note.get("request") == request
        if mine and path.is_file():
            stamp = Stamp(note["etag"], note["modified"])
            if stamp == Stamp():
                if time.time() - path.stat().st_mtime < KEEP:
                    return Download(path, address)
            else:
                known = stamp
        if not mine:
            discard(path)
        before = self.received
        for attempt in range(1, self.tries + 1):
            try:
                stamp = self._get(address, path, form, known, query, limit, request)
            except Again as trouble:
                if attempt == self.tries:
                    problem = f"{trouble.problem} ({attempt} tries)"
                    raise DownloadError.of(address, "", problem, trouble.step) from None
                self.sleep(min(trouble.wait if trouble.wait is not None else 2.0 ** (attempt - 1), LONGEST_WAIT))
                continue
            if stamp is None:
                return Download(path if path.is_file() else None, address, known)
            return Download(path, address, stamp, self.received - before)
        raise AssertionError("unreachable")

    def ask(self, address: str, query: Any = None, limit: int = MAX_FILE_BYTES) -> Any:
        """The JSON an address answers with, read into memory.

        Raises
        ------
        DownloadError
        """
        name = f"answers/{hashlib.sha256(json.dumps([address, query]).encode()).hexdigest()}.json"
        path = self.download(address, name, "json", query=query, limit=limit).path
        assert path is not None
        try:
            return json.loads(path.read_bytes().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            discard(path)
            raise DownloadError.of(address, "", f"not JSON ({error})", LATER) from None

    def forget(self, name: str) -> None:
        """Remove one answer, so that it is asked for anew."""
        discard(self.folder / name)

    def _get(
        self, address: str, path: Path, form: Form, known: Stamp, query: Any, limit: int, request: str
    ) -> Stamp | None:
        """One attempt; None where the known version is still the newest."""
        part = path.with_name(path.name + PARTIAL)
        headers = {}
        note = read_note(part)
        begun = part.stat().st_size if part.is_file() and note.get("request") == request else 0
        validator = note.get("etag") if not str(note.get("etag", "")).startswith("W/") else ""
        validator = validator or note.get("modified")
        if begun and validator:
            headers |= {"Range": f"bytes={begun}-", "If-Range": validator}
        elif known.etag or known.modified:
            headers |= {"If-None-Match": known.etag} if known.etag else {"If-Modified-Since": known.modified}
        self._wait(address)
        try:
            with self._session.request(
                "GET" if query is None else "POST",
                self._through(address),
                json=query,
                headers=headers,
                timeout=self.timeout,
                stream=True,
            ) as response:
                if response.url.startswith("http:") and self._through(address).startswith("https:"):
                    raise DownloadError.of(address, "", "leads to an address without encryption", STEPS[404])
                if response.status_code == 304:
                    return None
                if response.status_code == 416:
                    discard(part)
                    raise Again("what had arrived does not fit any more", 0)
                refuse(response, address)
                resumed = response.status_code == 206 and starts_at(response) == begun
                stamp = Stamp(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
                write_note(part, request, stamp)
                self._receive(response, part, begun if resumed else 0, form, limit, address)
        except requests.exceptions.SSLError as error:
            step = "Check this machine's clock and its certificates; do not work around it."
            raise DownloadError.of(address, "", f"the TLS check failed ({reason(error)})", step) from None
        except requests.exceptions.TooManyRedirects:
            raise DownloadError.of(address, "", "leads from one address to the next without end", STEPS[404]) from None
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise Again(f"no answer within {self.timeout[1]:g} s") from None
        except urllib3.exceptions.HTTPError as error:
            raise Again(f"cut off ({reason(error)})") from None
        except requests.ConnectionError as error:
            raise Again(f"the connection failed ({reason(error)})", step=f"Check the network. {LATER}") from None
        except requests.RequestException as error:
            raise DownloadError.of(address, "", f"cannot be asked ({reason(error)})", "Check the address.") from None
        write_note(path, request, stamp)
        part.replace(path)
        discard(part)
        return stamp

    def _receive(
        self, response: requests.Response, part: Path, begun: int, form: Form, limit: int, address: str
    ) -> None:
        """Write an answer below what had arrived, and see that it is whole and of the right form."""
        encoded = response.headers.get("Content-Encoding", "identity") != "identity"
        length = None if encoded else whole_number(response.headers.get("Content-Length"))
        total = None if length is None else begun + length
        check_size(total or 0, limit, address)
        started, size = time.monotonic(), begun
        with part.open("r+b" if begun else "wb") as file:
            file.seek(begun)
            while chunk := response.raw.read1(CHUNK, decode_content=encoded):
                file.write(chunk)
                size += len(chunk)
                self.received += len(chunk)
                check_size(size, limit, address)
                spent = time.monotonic() - started
                if spent > PATIENCE and (size - begun) / spent < SLOWEST:
                    raise Again(f"too slow ({size - begun:,} bytes in {spent:.0f} s)")
            file.truncate()
        if total is not None and size != total:
            raise Again(f"cut off: {size:,} of {total:,} bytes arrived")
        check_form(part, form, response.headers.get("Content-Type", ""), address)

    def _wait(self, address: str) -> None:
        """Keep the pause between two requests to one host."""
        host = urlsplit(address).netloc
        since = time.monotonic() - self._last.get(host, -self.pause)
        if since < self.pause:
            self.sleep(self.pause - since)
        self._last[host] = time.monotonic()

    def _through(self, address: str) -> str:
        return f"{self.mirror.rstrip('/')}/{address.split('://', 1)[1]}" if self.mirror else address


class Again(Exception):
    """Worth another try, after `wait` seconds (None: a pause that grows)."""

    def __init__(self, problem: str, wait: float | None = None, step: str = LATER) -> None:
        super().__init__(problem)
        self.problem, self.wait, self.step = problem, wait, step


@cache
def user_agent() -> str:
    """The project's name and version, as its description says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['name']}/{project['version']}"


def refuse(response: requests.Response, address: str) -> None:
    """Raise for an answer that is no success."""
    status = response.status_code
    if status in AGAIN_STATUS:
        raise Again(f"answers {status} {response.reason}", retry_after(response), STEPS.get(status, LATER))
    if status not in (200, 206):
        said = response.raw.read1(300, decode_content=True).decode("utf-8", errors="replace")
        detail = "" if "<" in said or not said.strip() else f": {' '.join(said.split())[:120]}"
        step = STEPS.get(status, "Look the address up on the source's page.")
        raise Refused.of(address, "", f"answers {status} {response.reason}{detail}", step, str(status))


class Refused(DownloadError):
    """The publisher answered with a refusal; the kind of the fault is its status."""


def retry_after(response: requests.Response) -> float | None:
    """How long the publisher asks to wait (s): a number of seconds, or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    with suppress(ValueError, TypeError):
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    return None


def starts_at(response: requests.Response) -> int | None:
    """The byte from which on a part is sent."""
    span = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    return whole_number(span)


def whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def check_size(size: int, limit: int, address: str) -> None:
    if size > limit:
        problem = f"larger than {megabytes(limit)}, which is not expected of it"
        raise DownloadError.of(address, "", problem, "Check on the source's page what is published there.")


def check_form(path: Path, form: Form, content_type: str, address: str) -> None:
    """Refuse a file that is plainly something else than what was asked for; its bytes are not kept."""
    with path.open("rb") as file:
        start = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    problem = ""
    if not start:
        problem = "an empty answer"
    elif "text/html" in content_type or start[:100].lower().startswith((b"<!doctype", b"<html", b"<head", b"<body")):
        problem = f"a page of HTML instead of {form.upper()}"
    elif form == "zip" and not start.startswith(b"PK"):
        problem = "not a zip file"
    elif form == "json" and start[:1] not in (b"{", b"["):
        problem = "not JSON"
    if problem:
        discard(path)
        step = "The publisher may be under maintenance: open the address in a browser, and run this again later."
        raise DownloadError.of(address, "", problem, step)


def reason(error: BaseException) -> str:
    """The innermost cause of a failed connection, in a few words."""
    seen = {id(error)}
    while inner := error.__cause__ or error.__context__ or next(iter(of_type(error.args)), None):
        if id(inner) in seen:
            break
        seen.add(id(inner))
        error = inner
    text = str(getattr(error, "strerror", None) or error) or type(error).__name__
    return text if len(text) <= 120 else text[:120] + "…"


def of_type(arguments: tuple[Any, ...]) -> list[BaseException]:
    found = [getattr(argument, "reason", argument) for argument in arguments]
    return [item for item in found if isinstance(item, BaseException)]


def read_note(path: Path) -> dict[str, Any]:
    """What was noted about a file beside it; empty if nothing, or if it was cut off."""
    try:
        note = json.loads(path.with_name(path.name + NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) and {"request", "etag", "modified"} <= note.keys() else {}


def write_note(path: Path, request: str, stamp: Stamp) -> None:
    content = json.dumps({"request": request, **asdict(stamp)})
    path.with_name(path.name + NOTE).write_text(content, encoding="utf-8")


def discard(path: Path) -> None:
    """Remove a file with its note."""
    for name in (path.name, path.name + NOTE):
        path.with_name(name).unlink(missing_ok=True)

"""The one door to the network: a polite getter that gives whole answers or one clear message.

    web = Web(folder)
    web.download(address, "boundaries/edition.zip", form="zip", known=Stamp(etag='"1"'))   -> Download
    web.ask(address, {"query": []})                                                         -> JSON
    web.extract(address, "tiles.parquet", cut)        -> Download of what `cut` takes out of a large file, read in parts

One connection per host, a pause between requests, a User-Agent with the project's name and version. Tried again with
growing pauses: answers 429 (as long as `Retry-After` asks), 500, 502, 503, 504, time-outs, connections that are refused
or cut; what had arrived is continued where the server allows. Never tried again: any other refusal, a failed TLS check,
a page of HTML where data should be.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from data.model import DownloadError
from data.paths import ROOT
from data.read import MAX_FILE_BYTES, megabytes

Form = Literal["json", "csv", "zip", "parquet"]
T = TypeVar("T")

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
TAIL = 1 << 17
"""Bytes that are asked for first of a file that is read in parts: its end, where such files say what is where."""
BEGINNINGS: Mapping[str, tuple[tuple[bytes, ...], str]] = {
    "json": ((b"{", b"["), "not JSON"),
    "zip": ((b"PK",), "not a zip file"),
    "parquet": ((b"PAR1",), "not a Parquet file"),
}
"""What a file of a form begins with, and what one is called that does not."""
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
        fields: Mapping[str, str] | None = None,
        patience: float | None = None,
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
        fields
            Sent as a web form with POST.
        patience
            How long the answer may take to begin (s), where that is more than `timeout` allows.

        Raises
        ------
        DownloadError
            Names the address, what went wrong, and the next step.
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        asked = [address, query] if fields is None else [address, query, dict(fields)]
        request = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
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
        timeout = (self.timeout[0], patience or self.timeout[1])
        stamp = self._tried(
            address, lambda: self._get(address, path, form, known, query, limit, request, fields, timeout)
        )
        if stamp is None:
            return Download(path if path.is_file() else None, address, known)
        return Download(path, address, stamp, self.received - before)

    def extract(self, address: str, name: str, cut: Callable[[BinaryIO], bytes], known: Stamp = Stamp()) -> Download:
        """Take something out of a large file without transferring all of it, into the folder under a name.

        Parameters
        ----------
        cut
            Gets the file, open for reading, and returns the bytes to keep; only the parts that it reads are asked for
            (HTTP ranges). If the file changes meanwhile, nothing is kept.
        known
            The version that is there already: if it is still the newest, nothing is transferred.

        Raises
        ------
        DownloadError
            As of `download`; also where the publisher does not give parts of a file.
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        request = hashlib.sha256(json.dumps([address, "parts"]).encode()).hexdigest()
        note = read_note(path)
        if note.get("request") == request and path.is_file():
            known = Stamp(note["etag"], note["modified"])
        before = self.received
        end = self._tried(address, lambda: self._part(address, f"bytes=-{TAIL}", unless=known))
        if end is None:
            return Download(path if path.is_file() else None, address, known)
        part = path.with_name(path.name + PARTIAL)
        part.write_bytes(cut(Parts(self, address, end)))
        write_note(path, request, end.stamp)
        part.replace(path)
        return Download(path, address, end.stamp, self.received - before)

    def _tried(self, address: str, ask: Callable[[], T]) -> T:
        """What `ask` gives, asked again while that is worth a try."""
        for attempt in range(1, self.tries + 1):
            try:
                return ask()
            except Again as trouble:
                if attempt == self.tries:
                    problem = f"{trouble.problem} ({attempt} tries)"
                    raise DownloadError.of(address, "", problem, trouble.step) from None
                self.sleep(min(trouble.wait if trouble.wait is not None else 2.0 ** (attempt - 1), LONGEST_WAIT))
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
        self,
        address: str,
        path: Path,
        form: Form,
        known: Stamp,
        query: Any,
        limit: int,
        request: str,
        fields: Mapping[str, str] | None,
        timeout: tuple[float, float],
    ) -> Stamp | None:
        """One attempt; None where the known version is still the newest."""
        part = path.with_name(path.name + PARTIAL)
        headers = {"Accept": "application/json"} if form == "json" else {}
        note = read_note(part)
        begun = part.stat().st_size if part.is_file() and note.get("request") == request else 0
        validator = note.get("etag") if not str(note.get("etag", "")).startswith("W/") else ""
        validator = validator or note.get("modified")
        if begun and validator:
            headers |= {"Range": f"bytes={begun}-", "If-Range": validator}
        else:
            headers |= unless_still(known)
        with self._asked(address, headers, timeout, query, fields) as response:
            if response.status_code == 304:
                return None
            if response.status_code == 416:
                discard(part)
                raise Again("what had arrived does not fit any more", 0)
            refuse(response, address)
            resumed = response.status_code == 206 and starts_at(response) == begun
            stamp = stamp_of(response)
            write_note(part, request, stamp)
            self._receive(response, part, begun if resumed else 0, form, limit, address)
        write_note(path, request, stamp)
        part.replace(path)
        discard(part)
        return stamp

    def _part(self, address: str, span: str, unless: Stamp = Stamp(), still: Stamp = Stamp()) -> Part | None:
        """One attempt at a part of a file; None where the version `unless` is still the newest.

        still: the version the other parts are of.
        """
        headers = {"Range": span} | unless_still(unless)
        if still.etag and not still.etag.startswith("W/"):
            headers["If-Match"] = still.etag
        with self._asked(address, headers, self.timeout) as response:
            if response.status_code == 304:
                return None
            changed = response.status_code == 412 or (still != Stamp() and stamp_of(response) != still)
            if changed and response.status_code in (200, 206, 412, 416):
                raise DownloadError.of(address, "", "was replaced by another version while it was read", LATER)
            refuse(response, address)
            begin, size = starts_at(response), whole_number(response.headers.get("Content-Range", "").split("/")[-1])
            if response.status_code != 206 or begin is None or size is None:
                step = "Download the file by hand, and take it in with `python cli.py import FILE`."
                raise DownloadError.of(address, "", "the publisher does not give parts of it", step)
            content = io.BytesIO()
            while chunk := response.raw.read1(CHUNK, decode_content=False):
                content.write(chunk)
                self.received += len(chunk)
            length = whole_number(response.headers.get("Content-Length"))
            if length is not None and content.tell() != length:
                raise Again(f"cut off: {content.tell():,} of {length:,} bytes arrived")
            return Part(begin, content.getvalue(), size, stamp_of(response))

    @contextmanager
    def _asked(
        self,
        address: str,
        headers: Mapping[str, str],
        timeout: tuple[float, float],
        query: Any = None,
        fields: Mapping[str, str] | None = None,
    ) -> Iterator[requests.Response]:
        """An answer as it comes; whatever goes wrong with the connection is told as worth another try or not."""
        self._wait(address)
        try:
            with self._session.request(
                "GET" if query is None and fields is None else "POST",
                self._through(address),
                json=query,
                data=fields,
                headers=dict(headers),
                timeout=timeout,
                stream=True,
            ) as response:
                if response.url.startswith("http:") and self._through(address).startswith("https:"):
                    raise DownloadError.of(address, "", "leads to an address without encryption", STEPS[404])
                yield response
        except requests.exceptions.SSLError as error:
            step = "Check this machine's clock and its certificates; do not work around it."
            raise DownloadError.of(address, "", f"the TLS check failed ({reason(error)})", step) from None
        except requests.exceptions.TooManyRedirects:
            raise DownloadError.of(address, "", "leads from one address to the next without end", STEPS[404]) from None
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise Again(f"no answer within {timeout[1]:g} s") from None
        except urllib3.exceptions.HTTPError as error:
            raise Again(f"cut off ({reason(error)})") from None
        except requests.ConnectionError as error:
            raise Again(f"the connection failed ({reason(error)})", step=f"Check the network. {LATER}") from None
        except requests.RequestException as error:
            raise DownloadError.of(address, "", f"cannot be asked ({reason(error)})", "Check the address.") from None

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


@dataclass(frozen=True)
class Part:
    """Bytes of a file from `begin` on, the size of the whole, and its version."""

    begin: int
    content: bytes
    size: int
    stamp: Stamp


class Parts(io.RawIOBase):
    """A file at a publisher's, open for reading: what is read is asked for, part by part; its end is there already."""

    def __init__(self, web: Web, address: str, end: Part) -> None:
        super().__init__()
        self._web, self._address, self._end = web, address, end
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end.size}[whence]
        return self._at

    def readall(self) -> bytes:
        return self.read(self._end.size)

    def read(self, size: int = -1, /) -> bytes:
        stop = self._end.size if size < 0 else min(self._at + size, self._end.size)
        start, self._at = self._at, max(self._at, stop)
        if start >= stop:
            return b""
        begin = self._end.begin
        if start >= begin:
            return self._end.content[start - begin : stop - begin]
        span = f"bytes={start}-{stop - 1}"
        part = self._web._tried(self._address, lambda: self._web._part(self._address, span, still=self._end.stamp))
        if part is None or part.begin != start or len(part.content) != stop - start:
            raise DownloadError.of(self._address, span, "the publisher gave another part than was asked for", LATER)
        return part.content


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


def unless_still(known: Stamp) -> dict[str, str]:
    """What asks for a file only if it is no longer the known version."""
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.modified} if known.modified else {}


def stamp_of(response: requests.Response) -> Stamp:
    return Stamp(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))


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
    elif form in BEGINNINGS and not start.startswith(BEGINNINGS[form][0]):
        problem = BEGINNINGS[form][1]
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

"""Focus groups: sessions, what people answered, and the steps they agreed on, in one SQLite file.

    groups = Groups(path)
    session, key = groups.begin("LV0038000", "Madona", "lv")
    groups.answer(session.code, device, importance=[7, None, ...], here=[3, ...], sentence="...")

Nobody is named: a device is known by a random token, of which only the hash is kept. The key of the facilitator is
another than the code of the participants, and only its hash is kept as well.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.paths import DATA

FILE = DATA / ".groups" / "groups.sqlite"
LETTERS = "ABCDEFGHJKLMNPRSTUVXZ"
"""What codes are made of: no letters that are mistaken for figures or for each other when read aloud."""
CODE_LENGTH = 6
QUESTIONS = 10
"""The ten success factors; each is asked twice."""
HIGHEST = 10
LONGEST_SENTENCE = 300
LONGEST_TITLE = 120
MOST_ANSWERS = 500
MOST_STEPS = 30
OPEN_FOR, KEPT_FOR = timedelta(hours=24), timedelta(days=30)
"""How long a session takes answers, and after how long it is erased by itself."""
PATIENCE_S = 10

SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
  code TEXT PRIMARY KEY, key_hash TEXT NOT NULL, territory TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL,
  begun TEXT NOT NULL, ends TEXT NOT NULL, closed INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 0,
  steps TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE IF NOT EXISTS answer (
  code TEXT NOT NULL REFERENCES session (code) ON DELETE CASCADE, device TEXT NOT NULL, importance TEXT NOT NULL,
  here TEXT NOT NULL, sentence TEXT NOT NULL, shown INTEGER, paper INTEGER NOT NULL DEFAULT 0, changed TEXT NOT NULL,
  PRIMARY KEY (code, device)
) STRICT;
"""


class Refused(Exception):
    """What was asked is not allowed; `kind` says why: unknown, ended, closed, full, form, key, busy."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Session:
    """A focus group: whom it is about, until when it takes answers, and a number that rises with every change."""

    code: str
    territory: str
    title: str
    language: str
    begun: datetime
    ends: datetime
    closed: bool
    version: int

    def takes_answers(self, now: datetime | None = None) -> bool:
        """Whether answers are taken at this moment."""
        return not self.closed and (now or datetime.now(UTC)) < self.ends


@dataclass(frozen=True)
class Answer:
    """What one device (or one sheet of paper) says.

    importance, here: QUESTIONS numbers from 0 to HIGHEST, None where nothing was said
    shown: whether the facilitator shows the sentence; None until that is decided
    """

    device: str
    importance: tuple[int | None, ...]
    here: tuple[int | None, ...]
    sentence: str
    shown: bool | None
    paper: bool


@dataclass(frozen=True)
class Step:
    """Something the group agreed on: what, and who sees to it."""

    what: str
    who: str


class Groups:
    """The file with all groups. May be used by several threads and processes at once."""

    def __init__(self, path: Path = FILE) -> None:
        self.path = path
        self._own = threading.local()
        self._turn = threading.Lock()

    def begin(self, territory: str, title: str, language: str, now: datetime | None = None) -> tuple[Session, str]:
        """A new session, and the facilitator's key to it, which is told only now."""
        now = now or datetime.now(UTC)
        key = secrets.token_urlsafe(18)
        title = clean(title, LONGEST_TITLE)
        with self._writing() as file:
            self._forget_old(file, now)
            while True:
                code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
                row = (code, hashed(key), territory, title, language, now.isoformat(), (now + OPEN_FOR).isoformat())
                added = file.execute(
                    "INSERT OR IGNORE INTO session (code, key_hash, territory, title, language, begun, ends) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
                if added.rowcount:
                    break
        return self.session(code), key

    def session(self, code: str) -> Session:
        """The session of a code, whatever its case.

        Raises
        ------
        Refused
            unknown: there is none, or it has been erased.
        """
        row = self._file().execute("SELECT * FROM session WHERE code = ?", (code.strip().upper(),)).fetchone()
        if row is None:
            raise Refused("unknown")
        return Session(
            code=row["code"],
            territory=row["territory"],
            title=row["title"],
            language=row["language"],
            begun=datetime.fromisoformat(row["begun"]),
            ends=datetime.fromisoformat(row["ends"]),
            closed=bool(row["closed"]),
            version=row["version"],
        )

    def answer(
        self,
        code: str,
        device: str,
        importance: Sequence[int | None],
        here: Sequence[int | None],
        sentence: str,
        *,
        paper: bool = False,
        now: datetime | None = None,
    ) -> None:
        """Keep what a device says, in place of what it said before. When this returns, it is on the disk.

        A sentence that changed must be approved anew.

        Raises
        ------
        Refused
            unknown, ended, closed: no such session, or it takes no answers any more; full: too many devices;
            form: not QUESTIONS whole numbers from 0 to HIGHEST (or None) twice.
        """
        now = now or datetime.now(UTC)
        if not 8 <= len(device) <= 100 or not (is_scale(importance) and is_scale(here)):
            raise Refused("form")
        sentence = clean(sentence, LONGEST_SENTENCE)
        with self._writing() as file:
            session = self.session(code)
            if now >= session.ends:
                raise Refused("ended")
            if session.closed and not paper:
                raise Refused("closed")
            name = hashed(device)
            known = file.execute(
                "SELECT sentence, shown FROM answer WHERE code = ? AND device = ?", (session.code, name)
            ).fetchone()
            if known is None:
                (count,) = file.execute("SELECT count(*) FROM answer WHERE code = ?", (session.code,)).fetchone()
                if count >= MOST_ANSWERS:
                    raise Refused("full")
            shown = known["shown"] if known and known["sentence"] == sentence else None
            file.execute(
                "INSERT OR REPLACE INTO answer (code, device, importance, here, sentence, shown, paper, changed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(session.code, name, json.dumps(list(importance)), json.dumps(list(here))),
                    *(sentence, shown, int(paper), now.isoformat()),
                ),
            )
            self._touch(file, session.code)

    def answers(self, code: str) -> list[Answer]:
        """All answers, in an order that does not tell who answered when."""
        rows = self._file().execute("SELECT * FROM answer WHERE code = ? ORDER BY device", (code.upper(),))
        return [
            Answer(
                device=row["device"],
                importance=tuple(json.loads(row["importance"])),
                here=tuple(json.loads(row["here"])),
                sentence=row["sentence"],
                shown=None if row["shown"] is None else bool(row["shown"]),
                paper=bool(row["paper"]),
            )
            for row in rows
        ]

    def of_device(self, code: str, device: str) -> Answer | None:
        """What a device said before; None if nothing."""
        return next((answer for answer in self.answers(code) if answer.device == hashed(device)), None)

    def is_facilitator(self, code: str, key: str) -> bool:
        """Whether the key belongs to the session."""
        row = self._file().execute("SELECT key_hash FROM session WHERE code = ?", (code.upper(),)).fetchone()
        return hmac.compare_digest(row["key_hash"] if row else hashed(""), hashed(key)) and row is not None

    def judge(self, code: str, key: str, device: str, shown: bool) -> None:
        """Show a sentence on the stage, or not; `device` is the one of the answer."""
        with self._as_facilitator(code, key) as file:
            row = int(shown), code.upper(), device
            file.execute("UPDATE answer SET shown = ? WHERE code = ? AND device = ?", row)

    def close(self, code: str, key: str, closed: bool = True) -> None:
        """Take no more answers, or take them again."""
        with self._as_facilitator(code, key) as file:
            file.execute("UPDATE session SET closed = ? WHERE code = ?", (int(closed), code.upper()))

    def agree(self, code: str, key: str, steps: Sequence[Step]) -> None:
        """Keep the agreed steps, in place of those kept before."""
        if len(steps) > MOST_STEPS:
            raise Refused("full")
        kept = [[clean(step.what, LONGEST_SENTENCE), clean(step.who, LONGEST_TITLE)] for step in steps]
        with self._as_facilitator(code, key) as file:
            file.execute("UPDATE session SET steps = ? WHERE code = ?", (json.dumps(kept), code.upper()))

    def steps(self, code: str) -> list[Step]:
        """The agreed steps."""
        row = self._file().execute("SELECT steps FROM session WHERE code = ?", (code.upper(),)).fetchone()
        return [Step(*step) for step in json.loads(row["steps"])] if row else []

    def erase(self, code: str, key: str) -> None:
        """Remove a session with all its answers; the space is overwritten."""
        with self._as_facilitator(code, key) as file:
            file.execute("DELETE FROM session WHERE code = ?", (code.upper(),))
        self._file().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _as_facilitator(self, code: str, key: str) -> Iterator[sqlite3.Connection]:
        with self._writing() as file:
            if not self.is_facilitator(code, key):
                raise Refused("key")
            yield file
            self._touch(file, code.upper())

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among all writers."""
        file = self._file()
        with self._turn:  # threads queue here: a file that is busy is only asked again after a while
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as busy:
                raise Refused("busy") from busy
            try:
                yield file
            except BaseException:
                file.execute("ROLLBACK")
                raise
            file.execute("COMMIT")

    def _file(self) -> sqlite3.Connection:
        """This thread's connection; the file is made where there is none."""
        found: sqlite3.Connection | None = getattr(self._own, "file", None)
        if found is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            found = sqlite3.connect(self.path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
            found.row_factory = sqlite3.Row
            for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                found.execute(f"PRAGMA {setting}")
            found.executescript(SCHEMA)
            self._own.file = found
        return found

    @staticmethod
    def _touch(file: sqlite3.Connection, code: str) -> None:
        file.execute("UPDATE session SET version = version + 1 WHERE code = ?", (code,))

    @staticmethod
    def _forget_old(file: sqlite3.Connection, now: datetime) -> None:
        file.execute("DELETE FROM session WHERE begun < ?", ((now - KEPT_FOR).isoformat(),))


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def clean(text: str, longest: int) -> str:
    """A text on one line, without characters that cannot be shown, cut to a length."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest].strip()


def is_scale(numbers: Sequence[object]) -> bool:
    """Whether these are the answers to all questions: whole numbers from 0 to HIGHEST, or None."""
    return len(numbers) == QUESTIONS and all(
        number is None or (type(number) is int and 0 <= number <= HIGHEST) for number in numbers
    )

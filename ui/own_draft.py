"""A file on its way into use: read apart, questioned, then taken into use. One at a time for each visitor."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import streamlit as st

from data.model import DataError
from data.own import apart
from data.own.model import Answers, Brought, Note, Reading, Series, Unmatched, Use
from data.paths import SNAPSHOT
from ui.own import MOST_SERIES, plain
from ui.text import number, tr

LARGEST_MB = 50
PER_CENT = frozenset(("%", "procenti", "procents", "percent"))
COUNTS = frozenset(("skaits", "vienības", "vienība", "gab", "gab.", "number", "count"))
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell of a spreadsheet must not begin with, or it is taken for a formula."""


@dataclass(frozen=True)
class Draft:
    """A file somebody gave: its bytes, what was answered, and what reading it gave."""

    name: str
    content: bytes
    answers: Answers = field(default_factory=Answers)
    reading: Reading | None = None
    refused: DataError | None = None

    @cached_property
    def id(self) -> str:
        """A short name for the keys of widgets."""
        return hashlib.sha256(self.content).hexdigest()[:8]

    def read(self) -> Draft:
        """The same, read with what was answered in another process; a refusal is kept, not raised."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(self.content)
            try:
                return replace(self, reading=apart.read(path, self.name, self.answers, SNAPSHOT), refused=None)
            except DataError as error:
                return replace(self, reading=None, refused=error)


def draft() -> Draft | None:
    """The visitor's file on its way, if there is one."""
    return st.session_state.get("own_draft")


def begin(name: str, content: bytes) -> None:
    """Start with a file; what was on its way before is given up, unless it is the same."""
    fresh, now = Draft(safe_file_name(name), content), draft()
    if now is None or (now.name, now.content) != (fresh.name, fresh.content):
        st.session_state["own_draft"] = fresh


def read() -> Draft:
    """The file on its way, read if that was not done before."""
    given = st.session_state["own_draft"]
    if given.reading is None and given.refused is None:
        given = st.session_state["own_draft"] = given.read()
    return given


def answer(**given: object) -> bool:
    """Take answers in; whether they say something new. The file is then to be read again."""
    now: Draft = st.session_state["own_draft"]
    answers = replace(now.answers, **given)
    if answers == now.answers:
        return False
    st.session_state["own_draft"] = Draft(now.name, now.content, answers)
    return True


def assign(pairs: Mapping[str, str]) -> None:
    """Confirm which territory each of these texts means; those not named are open again."""
    answer(assigned=dict(pairs))


def give_up() -> None:
    """No longer consider the file."""
    st.session_state.pop("own_draft", None)


def safe_file_name(name: str) -> str:
    """A file's name without folders and without characters that cannot be shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:120] or "?"


# --- series and how they are used ---


def quantities(reading: Reading) -> list[list[Series]]:
    """The series of a file, those of parishes and of municipalities with one name together."""
    found: dict[tuple[str, str, str], list[Series]] = {}
    for series in reading.series:
        found.setdefault((series.name, series.what, series.column), []).append(series)
    return [sorted(each, key=lambda series: series.level != "unit") for each in found.values()]


def title_of(series: Series) -> str:
    """What a series is called until its owner calls it otherwise."""
    name = plain(series.name)
    return name if series.what == "figure" else tr(f"own.what.{series.what}", name=name)


def usual(series: Series) -> Use:
    """How a series is used until its owner says otherwise."""
    unit = series.unit.casefold()
    shown = "%" if unit in PER_CENT else "" if unit in COUNTS else plain(series.unit) if series.unit else ""
    return Use(name=title_of(series), unit=shown, additive=series.additive)


def fractions(reading: Reading, series: Series) -> bool:
    """Whether a series may hold fractions that are called per cent."""
    return any(note.kind == "fraction" and note.values.get("name") == series.name for note in reading.notes)


def ends_of(series: Series, use: Use) -> tuple[float, float]:
    """Ends of a scale to begin with, worst first: the 5th and 95th of a hundred, as the good end is."""
    values = sorted(shown(series, use))
    low, high = values[int(0.05 * (len(values) - 1))], values[round(0.95 * (len(values) - 1))]
    return (high, low) if use.better == "lower" else (low, high)


def shown(series: Series, use: Use) -> list[float]:
    """The figures of a series as they will be shown."""
    per = series.per * use.times
    pairs = [
        (value, series.base[row][column] if series.base else 1.0)
        for row, line in enumerate(series.values)
        for column, value in enumerate(line)
    ]
    return [per * value / base for value, base in pairs if value is not None and base]


def finish(made: Draft, uses: Sequence[tuple[Sequence[Series], Use]]) -> Brought | None:
    """The chosen series of a file, ready for use; None where it holds none."""
    pairs = [(series, use) for parts, use in uses for series in parts][:MOST_SERIES]
    if not (made.reading and pairs):
        return None
    return Brought(made.name, made.reading.kind, tuple(s for s, _ in pairs), tuple(use for _, use in pairs))


# --- in words ---


def refusal(error: DataError) -> list[str]:
    """Why a file is refused and what to do, in the visitor's language."""
    known = {
        *("size", "empty", "image", "other", "xls", "xlsb", "encrypted", "macros", "zip", "path", "bomb", "entity"),
        *("markup", "zero", "far", "sheets", "damaged", "rows", "columns", "encoding", "nothing", "json", "crs"),
        *("geometry", "time", "memory"),
    }
    kinds = dict.fromkeys(fault.kind if fault.kind in known else "damaged" for fault in error.faults)
    return [tr(f"own.fault.{kind}", most=LARGEST_MB) for kind in kinds]


def note_of(note: Note) -> str:
    """What a reader should know, in the visitor's language."""
    values: Mapping[str, str] = {
        name: number(value) if isinstance(value, int) else plain(value, 300) for name, value in note.values.items()
    }
    return tr(f"own.note.{note.kind}", **values)


def unmatched_csv(rows: Sequence[Unmatched]) -> bytes:
    """The rows that were not used as a table for a spreadsheet; nothing in it is taken for a formula."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    heads = ("sheet", "row", "text", "reason", "detail", "candidates")
    table.writerow([tr(f"own.column.{head}") for head in heads])
    for row in rows:
        offered = ", ".join(f"{each.code} {each.name}" for each in row.candidates)
        cells = (row.sheet, row.row or "", row.text, tr(f"own.reason.{row.reason}"), row.detail, offered)
        table.writerow([inert(str(cell)) for cell in cells])
    return written.getvalue().encode("utf-8-sig")


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def series_csv(brought: Brought) -> bytes:
    """The figures in use as a table: series, unit, code, period, value."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow([tr(f"own.column.{head}") for head in ("series", "unit", "code", "period", "value")])
    for series, use in zip(brought.series, brought.uses, strict=True):
        for row, code in enumerate(series.codes):
            for column, period in enumerate(series.periods):
                value = series.values[row][column]
                base = series.base[row][column] if series.base else 1.0
                if value is not None and base:
                    figure = f"{series.per * use.times * value / base:.10g}".replace(".", tr("own.decimal_sign"))
                    table.writerow([inert(use.name), inert(use.unit), code, period, figure])
    return written.getvalue().encode("utf-8-sig")

"""Cells as people write them: numbers with commas, blanks and per cent signs, years, quarters and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.own.model import Cell
from data.workbook import text_of

ERRORS = ("#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!")
MARKS = (
    "",
    "-",
    "–",
    "—",
    ".",
    "..",
    "...",
    "…",
    ":",
    "?",
    "x",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nav",
    "nd",
    "n.d.",
)
EMPTY = frozenset((*MARKS, "n/a", "n.d.", "nav datu", "no data", "trūkst datu", "nav pieejams", *ERRORS))
HIDDEN = frozenset(("*", "**", "***", "c", "(c)", "konf.", "konf", "konfidenciāls", "konfidenciāli", "suppressed"))
LESS_THAN = re.compile(r"[<≤]\s*\d+")
SIGNS = str.maketrans(
    {"−": "-", "‑": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "’": "'"}
)
AROUND = re.compile(r"^(?:€|eur|usd|\$)\s*|\s*(?:%|€|eur|usd|\$|‰)$", re.I)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?")
PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d{1,3})?", re.I)
WELL_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})+")

YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
A_YEAR = re.compile(rf"({YEAR})(?:\.0)?\.?\s*(?:g\.?|gads|gadā|gada|year)?", re.I)
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
QUARTER = re.compile(
    rf"({YEAR})\.?\s*(?:g\.?|gada)?\s*[-/ _.]?\s*(?:q|k|c|cet\w*\.?|ceturksnis)\s*([1-4])"
    rf"|({YEAR})\.?\s*(?:g\.?|gada)?\s*[-/ _.]?\s*([1-4]|i{{1,3}}|iv)\.?\s*(?:q|k|cet\w*\.?|ceturksnis)"
    rf"|(?:q|k)\s*([1-4])\s*[-/ _.]?\s*({YEAR})"
    rf"|([1-4]|i{{1,3}}|iv)\.?\s*(?:cet\w*\.?|ceturksnis)\s*({YEAR})\.?\s*(?:g\.?|gads|gada)?",
    re.I,
)
DATE = re.compile(
    rf"({YEAR})[-./](\d{{1,2}})(?:[-./](\d{{1,2}}))?(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?\.?"
    rf"|(\d{{1,2}})[-./](\d{{1,2}})[-./]({YEAR})\.?"
    rf"|({YEAR})\s*m\s*(\d{{1,2}})",
    re.I,
)
WITHIN = re.compile(rf"(?<!\d)({YEAR})(?!\d)(?:\.?\s*(?:g\.(?!\w)|gads\b|gadā\b|gada\b))?", re.I)


@dataclass(frozen=True)
class Number:
    """What a cell says: a value, or why there is none (not_published, suppressed); `percent` if it has that sign."""

    value: float | None
    reason: str = ""
    percent: bool = False


def number(cell: Cell, comma: str = "decimal", point: str = "decimal") -> Number | None:
    """The number a cell holds; None where it holds something else.

    comma, point : what a single sign before three digits is, "decimal" or "thousands"; elsewhere it follows by itself.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Number(float(cell)) if abs(cell) < float("inf") else None
    text = (cell or "").strip().translate(SIGNS).strip()
    bare = text.casefold()
    if bare in EMPTY or bare == "":
        return Number(None, "not_published")
    if bare in HIDDEN or LESS_THAN.fullmatch(bare):
        return Number(None, "suppressed")
    percent = "%" in text
    text = AROUND.sub("", AROUND.sub("", text)).strip()
    text = re.sub(r"^([+-])\s+", r"\1", text)
    if GROUPED.fullmatch(text):
        text = re.sub("[ ']", "", text)
        return Number(float(text.replace(",", ".")), percent=percent)
    if not PLAIN.fullmatch(text):
        return None
    plain = unsigned(text, comma, point)
    if plain is None:
        return None
    value = float(plain)
    return Number(value, percent=percent) if abs(value) < float("inf") else None


def unsigned(text: str, comma: str, point: str) -> str | None:
    """The text of a number with a decimal point and without thousands."""
    last = max(text.rfind(","), text.rfind("."))
    if last < 0:
        return text
    sign, other = text[last], "." if text[last] == "," else ","
    if other in text:  # both: the last one is the decimal sign, the other groups
        head, _, tail = text.rpartition(sign)
        if sign in head or not WELL_GROUPED.fullmatch(head):
            return None
        return head.replace(other, "") + "." + tail
    if text.count(sign) > 1:
        return text.replace(sign, "") if WELL_GROUPED.fullmatch(text) else None
    if ambiguous(text) and (comma if sign == "," else point) == "thousands":
        return text.replace(sign, "")
    return text.replace(sign, ".")


def ambiguous(text: str) -> bool:
    """Whether the one comma or point of a number may be either: 1,234 and 12.345, but not 0,123 or 1,5."""
    return bool(re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text.strip().translate(SIGNS).strip()))


def thousands(texts: Iterable[str], sign: str) -> bool:
    """Whether the numbers show that a sign groups thousands: it stands twice in one, or the other sign after it."""
    other = "." if sign == "," else ","
    return any(
        text.count(sign) > 1 or (sign in text and other in text and text.rfind(other) > text.rfind(sign))
        for text in texts
        if PLAIN.fullmatch(text.strip())
    )


def period(cell: Cell) -> str | None:
    """The period a cell names: "2023", "2023-Q2", a month or day as "2023-05-01"; None if it names none."""
    if isinstance(cell, bool) or cell is None:
        return None
    text = text_of(cell).translate(SIGNS)
    if found := A_YEAR.fullmatch(text):
        return found[1]
    if found := QUARTER.fullmatch(text):
        pairs = ((found[1], found[2]), (found[3], found[4]), (found[6], found[5]), (found[8], found[7]))
        year, quarter = next(pair for pair in pairs if pair[0])
        return f"{year}-Q{ROMAN.get(quarter.casefold(), quarter)}"
    if found := DATE.fullmatch(text):
        year = found[1] or found[6] or found[7]
        month, day = found[2] or found[5] or found[8], found[3] or found[4] or "1"
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            return f"{year}-{int(month):02d}-{int(day):02d}"
    return None


def within(label: str) -> tuple[str, str | None]:
    """A header and the one period in it: "Iedzīvotāji, 2021. gadā" is ("Iedzīvotāji", "2021")."""
    if whole := period(label):
        return "", whole
    parts = [part.strip() for part in label.split(" · ")]
    named = [period(part) for part in parts]
    if sum(each is not None for each in named) == 1:
        rest = " · ".join(part for part, each in zip(parts, named, strict=True) if each is None)
        return rest, next(each for each in named if each)
    found = WITHIN.findall(label)
    if len(found) != 1:
        return label, None
    rest = WITHIN.sub(" ", label)
    rest = re.sub(r"\(\s*\)|\[\s*\]", " ", rest)
    return re.sub(r"\s+", " ", rest).strip(" ,;:-–·_."), found[0]


UNITS = (
    r"%|‰|eur|euro|€|km|km2|km²|m2|m²|ha|mbit/s|gbit/s|ms|gab\.?|skaits|tūkst\.?|eiro|procenti|min\.?|h|t|kg|g|°c"
    r"|uz \d+ \w+\.?"
)
WITH_UNIT = re.compile(rf"^(.*?)\s*[\(\[,;]\s*({UNITS})\s*[\)\]]?$", re.I)


def unit_of(label: str) -> tuple[str, str]:
    """A header and the unit at its end: "Ātrums (Mbit/s)" is ("Ātrums", "Mbit/s")."""
    if found := WITH_UNIT.match(label.strip()):
        return found[1].strip() or label, found[2]
    return (label.replace("%", "").strip() or label, "%") if label.strip().endswith("%") else (label, "")

"""Every word of the interface: messages by key, numbers and dates, in the language of the visitor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import cast

import streamlit as st
from babel import negotiate_locale
from babel.messages.pofile import read_po

from data.model import Text
from data.paths import LOCALE
from reports.words import LANGUAGES, NO_VALUE, Language, locale, words

__all__ = ["LANGUAGES", "NO_VALUE", "Language"]
_speaking: ContextVar[Language | None] = ContextVar("speaking", default=None)
_LETTERS = {letter: place for place, letter in enumerate("0123456789aābcčdeēfgģhiījkķlļmnņopqrsštuūvwxyzž")}


@lru_cache(maxsize=len(LANGUAGES))
def messages(language: Language, prefix: str = "") -> dict[str, str]:
    """All messages whose key starts with `prefix`, by key: what the browser needs to speak the language itself."""
    with (LOCALE / f"{language}.po").open("rb") as po:
        found = read_po(po, locale=language)
    return {str(m.id): str(m.string) for m in found if m.id and isinstance(m.id, str) and m.id.startswith(prefix)}


def settle_language() -> Language:
    """Decide the language of this run, and keep it: the address first, then an earlier choice, then the browser's."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state["language"] = asked
    elif st.session_state.get("language") not in LANGUAGES:
        st.session_state["language"] = preferred(st.context.headers.get("Accept-Language", ""))
    return language()


def language() -> Language:
    """The visitor's language, as settled for this run."""
    return _speaking.get() or st.session_state.get("language", "lv")


@contextmanager
def speaking(spoken: Language) -> Iterator[None]:
    """Say everything in this language for the time of a block, whatever the visitor's is."""
    mark = _speaking.set(spoken)
    try:
        yield
    finally:
        _speaking.reset(mark)


def preferred(accept_language: str) -> Language:
    """The first of our languages in an Accept-Language header, by its weights; Latvian when it names neither."""
    weighted: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        name, _, weight = part.strip().lower().partition(";q=")
        try:
            weighted.append((-float(weight or 1), name.replace("-", "_")))
        except ValueError:
            continue
    names = [name for _, name in sorted(weighted, key=lambda item: item[0]) if name]
    return cast(Language, negotiate_locale(names, LANGUAGES) or "lv")


def tr(key: str, /, **values: object) -> str:
    """The message of `key` in the visitor's language, its {names} filled in."""
    return words(language()).tr(key, **values)


def trn(key: str, count: int, /, **values: object) -> str:
    """The plural form of `key` that goes with `count` (1, 21 pagasts; 2 pagasti; 0 pagastu)."""
    return words(language()).trn(key, count, **values)


def inflected(key: str, value: float, decimals: int, /) -> str:
    """The form of `key` (`.one`, `.other`) that goes with a number as written: par 0,1 punktu, par 3,4 punktiem."""
    written = Decimal(str(round(value, decimals) + 0.0)).quantize(Decimal(1).scaleb(-decimals))
    form = "one" if locale(language()).plural_form(abs(written)) == "one" else "other"
    return tr(f"{key}.{form}", value=number(value, decimals))


def say(text: Text) -> str:
    """A declared text in the visitor's language."""
    return text[language()]


def literal(words: str) -> str:
    """Somebody's own words for a place where Markdown is read: no sign in them has an effect."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-.!|~$:" else letter for letter in words)


def number(value: float | None, decimals: int = 0, *, signed: bool = False) -> str:
    """A number as the language writes it: 12 345,6 in Latvian (no-break space), 12,345.6 in English."""
    return words(language()).number(value, decimals, signed=signed)


def alphabetical(name: str) -> tuple[list[int], str]:
    """A key that sorts names by the Latvian alphabet, whatever their case: ā after a, č after c, ģ after g …"""
    return [_LETTERS.get(letter, -1) for letter in name.casefold()], name


def plain(text: str) -> str:
    """A text as search compares it: no capitals, no diacritics."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def day(value: date) -> str:
    """A date in words: 2024. gada 1. janvāris, 1 January 2024."""
    return words(language()).day(value)


def period(value: str) -> str:
    """A period in words: 2023. gads and 2023. gada 2. ceturksnis, 2023 and Q2 2023."""
    return words(language()).period(value)


def short_period(value: str) -> str:
    """A period as briefly as it can be written: 2023 and 2023. g. 2. cet., 2023 and Q2 2023."""
    return words(language()).short_period(value)


def span(first: str, last: str) -> str:
    """From one period to another: 2011–2024; in words where there are quarters."""
    ends = list(dict.fromkeys((first, last)))
    return " – ".join(map(period, ends)) if any("-Q" in end for end in ends) else "–".join(ends)


def spans(periods: Iterable[str]) -> str:
    """Periods, given rising; those that follow each other are one span: 2011–2013, 2016–2020."""
    runs: list[list[str]] = []
    for value in periods:
        if runs and _follows(runs[-1][-1], value):
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(span(run[0], run[-1]) for run in runs)


def _follows(earlier: str, later: str) -> bool:
    """Whether a year comes right after a year, or a quarter right after a quarter."""
    first, second = (4 * int(when[:4]) + int(when[6:] or 1) for when in (earlier, later))
    return second - first == (1 if "-Q" in later else 4)


def amount(value: float | None, decimals: int, unit: str, *, signed: bool = False) -> str:
    """A value with its unit after a no-break space (12,5 %; in English 12.5%); no unit where there is no value."""
    return words(language()).amount(value, decimals, unit, signed=signed)

"""Every word of the interface: messages by key, numbers and dates, in the language of the visitor."""

from __future__ import annotations

import gettext
import io
import math
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, cast

import streamlit as st
from babel import Locale, negotiate_locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from data.model import Text
from data.paths import LOCALE

Language = Literal["lv", "en"]
LANGUAGES: tuple[Language, ...] = ("lv", "en")
NO_VALUE = "–"
_LETTERS = {letter: place for place, letter in enumerate("0123456789aābcčdeēfgģhiījkķlļmnņopqrsštuūvwxyzž")}


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: Language) -> gettext.GNUTranslations:
    """The messages of a language, compiled in memory from its `.po` file."""
    with (LOCALE / f"{language}.po").open("rb") as po:
        messages = read_po(po, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


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
    return st.session_state.get("language", "lv")


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
    return catalogue(language()).gettext(key).format(**values)


def trn(key: str, count: int, /, **values: object) -> str:
    """The plural form of `key` that goes with `count` (1, 21 pagasts; 2 pagasti; 0 pagastu)."""
    form = catalogue(language()).ngettext(key, key, count)
    return form.format(count=number(count), **values)


def inflected(key: str, value: float, decimals: int, /) -> str:
    """The form of `key` (`.one`, `.other`) that goes with a number as written: par 0,1 punktu, par 3,4 punktiem."""
    written = Decimal(str(round(value, decimals) + 0.0)).quantize(Decimal(1).scaleb(-decimals))
    form = "one" if Locale.parse(language()).plural_form(abs(written)) == "one" else "other"
    return tr(f"{key}.{form}", value=number(value, decimals))


def say(text: Text) -> str:
    """A declared text in the visitor's language."""
    return text[language()]


def number(value: float | None, decimals: int = 0, *, signed: bool = False) -> str:
    """A number as the language writes it: 12 345,6 in Latvian (no-break space), 12,345.6 in English."""
    if value is None or math.isnan(value):
        return NO_VALUE
    rounded = round(value, decimals) + 0.0
    shown = format_decimal(abs(rounded), format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=language())
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + shown


def alphabetical(name: str) -> tuple[list[int], str]:
    """A key that sorts names by the Latvian alphabet, whatever their case: ā after a, č after c, ģ after g …"""
    return [_LETTERS.get(letter, -1) for letter in name.casefold()], name


def day(value: date) -> str:
    """A date in words: 2024. gada 1. janvāris, January 1, 2024."""
    return format_date(value, format="long", locale=language())


def period(value: str) -> str:
    """A period in words: 2023. gads and 2023. gada 2. ceturksnis, 2023 and Q2 2023."""
    year, _, quarter = value.partition("-Q")
    return tr("period.quarter", year=year, quarter=quarter) if quarter else tr("period.year", year=year)


def short_period(value: str) -> str:
    """A period as briefly as it can be written: 2023 and 2023. g. 2. cet., 2023 and Q2 2023."""
    year, _, quarter = value.partition("-Q")
    return tr("map.period.quarter_short", year=year, quarter=quarter) if quarter else year


def span(first: str, last: str) -> str:
    """From one period to another: 2011–2024; in words where there are quarters."""
    ends = list(dict.fromkeys((first, last)))
    return " – ".join(map(period, ends)) if any("-Q" in end for end in ends) else "–".join(ends)


def amount(value: float | None, decimals: int, unit: str, *, signed: bool = False) -> str:
    """A value with its unit after a no-break space (12,5 %; in English 12.5%); no unit where there is no value."""
    shown = number(value, decimals, signed=signed)
    if shown == NO_VALUE or not unit:
        return shown
    return f"{shown}{unit}" if unit == "%" and language() == "en" else f"{shown}\u00a0{unit}"

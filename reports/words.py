"""The catalogue below the interface: messages by key, numbers, dates and periods in a language that is given."""

from __future__ import annotations

import gettext
import io
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, parse_pattern

from data.model import Text
from data.paths import LOCALE

Language = Literal["lv", "en"]
LANGUAGES: tuple[Language, ...] = ("lv", "en")
NO_VALUE = "–"


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
def locale(language: Language) -> Locale:
    """How a language writes."""
    return Locale.parse(language)


@lru_cache
def pattern(decimals: int) -> NumberPattern:
    """How a number with so many decimals is written."""
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


@dataclass(frozen=True)
class Words:
    """All that can be said in one language. `ui.text` says the same in the language of the visitor."""

    language: Language

    def tr(self, key: str, /, **values: object) -> str:
        """The message of `key`, its {names} filled in."""
        return catalogue(self.language).gettext(key).format(**values)

    def trn(self, key: str, count: float, decimals: int = 0, /, **values: object) -> str:
        """The plural form of `key` that goes with `count` (1, 21 pagasts; 2 pagasti; 0 pagastu; 2,1 punkts)."""
        form = catalogue(self.language).ngettext(key, key, self._counted(count, decimals))
        return form.format(count=self.number(count, decimals), **values)

    def _counted(self, count: float, decimals: int) -> int:
        """A whole number with the plural form of a count as it is written: with decimals, that of its last digits."""
        if not decimals:
            return round(count)
        written = Decimal(f"{abs(count):.{decimals}f}")
        return 1 if locale(self.language).plural_form(written) == "one" else 2

    def say(self, text: Text) -> str:
        """A declared text."""
        return text[self.language]

    def number(self, value: float | None, decimals: int = 0, *, signed: bool = False) -> str:
        """A number as the language writes it: 12 345,6 in Latvian (no-break space), 12,345.6 in English."""
        if value is None or math.isnan(value):
            return NO_VALUE
        rounded = round(value, decimals) + 0.0
        shown = pattern(decimals).apply(abs(rounded), locale(self.language))
        sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + shown

    def amount(self, value: float | None, decimals: int, unit: str, *, signed: bool = False) -> str:
        """A value with its unit after a no-break space (12,5 %; in English 12.5%); no unit where there is no value."""
        shown = self.number(value, decimals, signed=signed)
        return shown if shown == NO_VALUE or not unit else self.with_unit(shown, unit)

    def with_unit(self, shown: str, unit: str) -> str:
        """A written value and its unit; the per cent sign is set off as the language does."""
        return f"{shown}{unit}" if unit == "%" and self.language == "en" else f"{shown}\u00a0{unit}"

    @staticmethod
    def holds(name: str, unit: str) -> bool:
        """Whether a name holds all words of a unit, perhaps cut short: "uz 1000 iedz." and "uz 1000 iedzīvotājiem"."""
        parts = name.lower().split()
        cut = tuple(part[:-1] for part in parts if part.endswith("."))
        return all(word in parts or any(word.startswith(start) for start in cut) for word in unit.lower().split())

    def day(self, value: date) -> str:
        """A date in words: 2024. gada 1. janvāris, 1 January 2024."""
        return format_date(value, format="long", locale="en_GB" if self.language == "en" else self.language)

    def period(self, value: str) -> str:
        """A period in words: 2023. gads and 2023. gada 2. ceturksnis, 2023 and Q2 2023."""
        year, _, quarter = value.partition("-Q")
        return self.tr("period.quarter", year=year, quarter=quarter) if quarter else self.tr("period.year", year=year)

    def short_period(self, value: str) -> str:
        """A period as briefly as it can be written: 2023 and 2023. g. 2. cet., 2023 and Q2 2023."""
        year, _, quarter = value.partition("-Q")
        return self.tr("map.period.quarter_short", year=year, quarter=quarter) if quarter else year


@lru_cache(maxsize=len(LANGUAGES))
def words(language: Language) -> Words:
    """What can be said in a language."""
    return Words(language)

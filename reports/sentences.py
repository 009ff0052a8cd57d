"""Sentences on figures: beside a comparator, in plain words, singular and plural right, and nothing on causes."""

from __future__ import annotations

import math
from typing import Literal

from indicators.model import Indicator
from indicators.profile import Figure, service
from reports.words import Words

Where = Literal["rural", "country"]
"""The comparator: rural Latvia, or all of it."""
TIMES = 2.0
"""From this ratio on a value is said to be so many times the comparator's instead of so many per cent more."""


class Sentences:
    """What can be said of figures in one language and beside one comparator."""

    def __init__(self, words: Words, where: Where) -> None:
        self.words, self.where = words, where
        self.tr, self.number = words.tr, words.number

    def change(self, value: float) -> str:
        """A change of the number of residents in per cent, in words."""
        rounded = round(value, 1) + 0.0
        way = "fell" if rounded < 0 else "rose" if rounded > 0 else "same"
        return self.tr(f"profile.change.{way}", share=self.words.amount(abs(rounded), 1, "%"))

    def label(self, entry: Indicator) -> str:
        """An indicator's title, with its unit where the title does not say it and the figures do not carry it."""
        title, unit = self.words.say(entry.title), self.words.say(entry.unit)
        return f"{title}, {unit}" if " " in unit and not self.words.holds(title, unit) else title

    def shown(self, entry: Indicator, value: float) -> str:
        """A value with its unit where that is short."""
        unit = self.words.say(entry.unit)
        return self.words.amount(
            value, entry.decimals, "" if " " in unit or self.words.holds(self.label(entry), unit) else unit
        )

    def here(self, figure: Figure) -> str:
        """The value of the place with what must be known of it."""
        entry = figure.indicator
        if not figure.known:
            return self.tr("profile.none")
        notes = []
        if figure.copied:
            notes.append(self.tr("profile.mark.copied"))
        if figure.small and not entry.estimated:
            notes.append(self.tr("profile.mark.small"))
        if figure.status == "estimated" and not entry.estimated and not math.isnan(figure.beside):
            notes.append(self.tr("profile.mark.estimate", value=self.shown(entry, figure.beside)))
        shown = self.shown(entry, figure.value)
        return f"{shown} ({'; '.join(notes)})" if notes else shown

    def there(self, figure: Figure) -> str:
        """The comparator's value; nothing for a count, which only tells that it is larger."""
        return "" if figure.indicator.mark == "circles" else self.shown(figure.indicator, figure.reference)

    def when(self, figure: Figure) -> str:
        return self.words.short_period(figure.period)

    def sentence(self, group: tuple[Figure, ...]) -> str:
        """One or more figures beside the comparator."""
        first = group[0]
        if service(first.indicator.id):
            near = first.value < first.reference
            parts = (
                self.tr(
                    "profile.distance",
                    to=self.lower(self.words.say(figure.indicator.short)),
                    value=self.shown(figure.indicator, figure.value),
                    other=self.shown(figure.indicator, figure.reference),
                )
                for figure in group
            )
            key = "profile.nearer" if near else "profile.farther"
            return self.tr(
                key, where=self.tr(f"profile.than.{self.where}"), list="; ".join(parts), year=first.period[:4]
            )
        return self.tr(
            "profile.sentence",
            what=self.label(first.indicator),
            value=self.shown(first.indicator, first.value),
            period=self.when(first),
            difference=self.difference(first.indicator, first.value, first.reference),
            other=self.shown(first.indicator, first.reference),
        )

    def difference(self, entry: Indicator, value: float, reference: float) -> str:
        """How a value differs from the comparator's: as both are written, in per cent, times or percentage points."""
        than = self.tr(f"profile.than.{self.where}")
        if round(value, entry.decimals) == round(reference, entry.decimals):
            return self.tr("profile.equal", where=self.tr(f"profile.as.{self.where}"))
        more = "more" if value > reference else "less"
        if entry.unit.en == "%":
            points = abs(round(value, entry.decimals) - round(reference, entry.decimals))
            return self.words.trn(f"profile.points.{more}", points, entry.decimals, than=than)
        if min(value, reference) <= 0:
            return self.tr(f"profile.differs.{more}", than=than)
        if value >= TIMES * reference:
            return self.words.trn("profile.times", value / reference, 1, than=self.tr(f"profile.times_as.{self.where}"))
        share = round(100 * abs(value / reference - 1))
        if not share:
            return self.tr("profile.equal_nearly", where=self.tr(f"profile.as.{self.where}"))
        return self.tr(f"profile.percent.{more}", share=self.words.amount(share, 0, "%"), than=than)

    def lower(self, text: str) -> str:
        return text[:1].lower() + text[1:]

    def places(self, first: int, last: int) -> str:
        return places(first, last, self.words)


def places(first: int, last: int, said: Words) -> str:
    """A range of places: 9.–23. vieta."""
    if first == last:
        return said.tr("index.place", place=said.number(first))
    return said.tr("index.places", first=said.number(first), last=said.number(last))

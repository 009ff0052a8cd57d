"""The minutes of a focus group in words: one content for the PDF and the workbook, so that both say the same.

said = minutes(session, answers, steps, measured, names, "lv", stamp="...")
minutes_pdf(said, geometry, day) (reports.minutes_pdf), minutes_workbook(said, day) (reports.minutes_workbook)

Nothing in it leads to a person: below LEAST answers there are no results, of answers there is only how many gave each
number to each question, and sentences are those the facilitator has let be seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from data.groups import Answer, Session, Step
from data.model import Source
from indicators.catalogue import FACTORS
from indicators.opinion import LEAST, against_figures, counts, opinions, priorities
from indicators.success import FACTORS as SCORED
from reports.profile import Part, credit_lines
from reports.sentences import places
from reports.words import NO_VALUE, Language, Words, words

KINDS = ("importance", "here")
"""The two questions of each factor: how important it is, and how it is here."""
TITLES = ("results", "priorities", "beside", "weights", "map", "steps", "sentences", "sources")


@dataclass(frozen=True)
class Measured:
    """What the data say, to stand beside a group's answers.

    scores: of the group's place, from 0 to 100, by the number of the factor
    weights: the group's, by the code of the factor; empty if there are none
    overall: every unit's score under these weights
    place: from where to where the group's place stands by it, and among how many parishes; None if it does not
    sources: those of all that is measured
    """

    scores: Mapping[int, float] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    overall: Mapping[str, float] = field(default_factory=dict)
    place: tuple[int, int, int] | None = None
    sources: Sequence[Source] = ()


@dataclass(frozen=True, eq=False)
class Minutes:
    """What is said of a focus group in one language; plain text without any markup.

    head: place, day, and how many answered
    asked: how it was asked, and what must be known of the results
    opinions: as `indicators.opinion.opinions`; empty below LEAST answers, as all that follows from answers
    spread: how many gave each number from 0 to 10, by question and factor
    steps: what was agreed, and who sees to it
    made: the stamp
    """

    language: Language
    code: str
    title: str
    head: tuple[str, ...]
    asked: tuple[str, ...]
    opinions: pd.DataFrame
    spread: Mapping[str, Mapping[int, Sequence[int]]]
    priorities: Part
    beside: Part
    weights: Part
    overall: Mapping[str, float]
    sentences: tuple[str, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...]
    made: str

    @property
    def words(self) -> Words:
        """What can be said in the language of the minutes."""
        return words(self.language)

    @property
    def enough(self) -> bool:
        """Whether so many answered that there are results."""
        return not self.opinions.empty


def minutes(
    session: Session,
    answers: Sequence[Answer],
    steps: Sequence[Step],
    measured: Measured,
    place: str,
    language: Language,
    *,
    stamp: str,
) -> Minutes:
    """The minutes of a session in a language; `place` is the name of its territory, `stamp` says who made them of what.

    The session's language may be another one: sentences, title and steps are as they were written.
    """
    said, enough = words(language), len(answers) >= LEAST
    given = answers if enough else ()
    importance, here = [answer.importance for answer in given], [answer.here for answer in given]
    table = opinions(importance, here)
    teller = _Teller(said, table)
    return Minutes(
        language=language,
        code=session.territory,
        title=session.title,
        head=tuple(teller.head(session.begun, place, answers)),
        asked=(said.tr("minutes.asked"), said.tr("minutes.reading" if enough else "minutes.too_few", least=LEAST)),
        opinions=table if enough else table.iloc[:0],
        spread={
            kind: {factor: counts(rows, factor) for factor in FACTORS} if enough else {}
            for kind, rows in zip(KINDS, (importance, here), strict=True)
        },
        priorities=Part(said.tr("minutes.title.priorities"), tuple(teller.priorities()) if enough else ()),
        beside=Part(said.tr("minutes.title.beside"), tuple(teller.beside(measured)) if enough else ()),
        weights=Part(said.tr("minutes.title.weights"), tuple(teller.weights(measured, place)) if enough else ()),
        overall=measured.overall if enough else {},
        sentences=tuple(answer.sentence for answer in given if answer.sentence and answer.shown),
        steps=tuple(step for step in steps if step.what),
        sources=tuple(credit_lines(measured.sources, said)) if enough else (),
        made=stamp,
    )


class _Teller:
    """Puts what a group says into the words of one language."""

    def __init__(self, said: Words, table: pd.DataFrame) -> None:
        self.words, self.table = said, table

    def head(self, begun: datetime, place: str, answers: Sequence[Answer]) -> Iterator[str]:
        """Where, when, and how many answered."""
        yield place
        yield self.words.day(begun.astimezone().date())
        yield self.words.trn("hall.answered", len(answers))
        if paper := sum(answer.paper for answer in answers):
            yield self.words.trn("minutes.on_paper", paper)

    def priorities(self) -> Iterator[str]:
        """What matters and is weak, the largest gap first."""
        found = priorities(self.table)
        for number in found:
            said = {kind: short(self.table[f"{kind}_median"].loc[number], self.words) for kind in KINDS}
            yield self.words.tr("minutes.priority", factor=factor(number, self.words), **said)
        if not found:
            yield self.words.tr("hall.no_priority")

    def beside(self, measured: Measured) -> Iterator[str]:
        """The group's view and the measured score, the largest difference first."""
        found = against_figures(self.table, measured.scores)
        for number, opinion, score, _ in found.itertuples(index=False, name=None):
            said = {"opinion": self.words.number(opinion), "score": self.words.number(score)}
            yield self.words.tr("minutes.differs", factor=factor(int(number), self.words), **said)
        yield self.words.tr("hall.nothing_measured" if found.empty else "hall.figures_note")

    def weights(self, measured: Measured, place: str) -> Iterator[str]:
        """The weights the map is drawn with, and where the place stands by them."""
        if not any(measured.weights.values()):
            yield self.words.tr("hall.no_weights")
            return
        for own in SCORED:
            if own.id in measured.weights:
                yield self.words.tr("minutes.weight", factor=self.words.say(own.title), weight=measured.weights[own.id])
        if measured.place:
            first, last, count = measured.place
            rank = places(first, last, self.words)
            yield self.words.tr("hall.stands", place=place, rank=rank, count=self.words.number(count))


def factor(number: int, said: Words) -> str:
    """A success factor with its number."""
    return f"{number}. {said.say(FACTORS[number])}"


def half(row: Mapping[str, float], kind: str, said: Words) -> str:
    """The median of a question with the middle half of the answers; a sign where too few answered it."""
    if math.isnan(row[f"{kind}_median"]):
        return NO_VALUE
    low, median, high = (short(row[f"{kind}_{part}"], said) for part in ("low", "median", "high"))
    return f"{median} ({low}–{high})"


def short(figure: float, said: Words) -> str:
    """A median or quartile, without decimals where it has none."""
    return said.number(figure, 0 if figure == round(figure) else 1)


def fitting(texts: Sequence[str], lines: int, width: int) -> int:
    """How many of the texts fit into so many lines of so many small letters; large ones and figures need more room."""
    for place, text in enumerate(texts):
        room = sum(1.0 if letter.islower() or letter.isspace() else 1.8 for letter in text)
        lines -= max(1, math.ceil(room / width))
        if lines < 0:
            return place
    return len(texts)

"""The minutes of a focus group as a workbook: all that the PDF says, nothing cut, and the figures behind it.

There are no rows of persons: of each question there is how many gave each number, so that nobody's answers can be put
together again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime

import pandas as pd
import xlsxwriter

from indicators.catalogue import FACTORS
from reports.minutes import KINDS, Minutes, factor
from reports.workbook import AS_WRITTEN, list_sheet

FIGURES = ("n", "median", "low", "high", "agreement")
PROSE = ("text", "what")


def minutes_workbook(said: Minutes, day: date) -> bytes:
    """The minutes as .xlsx: summary, results, spread, sentences, steps; texts are texts and never formulas.

    `day` is the day it is made.
    """
    content, spoken = io.BytesIO(), said.words
    with xlsxwriter.Workbook(content, AS_WRITTEN) as book:
        book.set_properties({"title": said.title, "created": datetime.combine(day, datetime.min.time())})
        headings = {name: spoken.tr(f"minutes.column.{name}") for name in ("about", "text", "factor", "question")}
        headings |= {"what": spoken.tr("hall.step"), "who": spoken.tr("hall.owner")}
        headings |= {str(number): str(number) for number in range(11)}
        headings |= {
            f"{kind}_{part}": f"{spoken.tr(f'hall.{kind}')} {spoken.tr(f'minutes.column.{part}')}"
            for kind in KINDS
            for part in FIGURES
        }
        headings |= {name: spoken.tr(f"minutes.column.{name}") for name in ("gap", "priority")}
        sheets = {
            "summary": pd.DataFrame(summary(said), columns=["about", "text"]),
            "results": results(said),
            "spread": spread(said),
            "sentences": pd.DataFrame({"text": said.sentences}, dtype="str"),
            "steps": pd.DataFrame([(step.what, step.who) for step in said.steps], columns=["what", "who"], dtype="str"),
        }
        for name, frame in sheets.items():
            list_sheet(book, spoken.tr(f"minutes.sheet.{name}"), frame, headings, PROSE)
    return content.getvalue()


def summary(said: Minutes) -> Iterator[tuple[str, str]]:
    """What there is to read, line by line, each with what it is about."""
    yield said.words.tr("hall.session_title"), said.title
    for line in (*said.head, *said.asked):
        yield said.words.tr("minutes.column.about_group"), line
    for part in (said.priorities, said.beside, said.weights):
        for line in part.lines:
            yield part.title, line
    for line in said.sources:
        yield said.words.tr("minutes.title.sources"), line
    yield "", said.made


def results(said: Minutes) -> pd.DataFrame:
    """One row a factor: counts, medians, the middle half and agreement of both questions, gap and priority."""
    columns = [f"{kind}_{part}" for kind in KINDS for part in FIGURES]
    names = [factor(int(number), said.words) for number in said.opinions.index]
    table = {name: said.opinions[name].to_list() for name in (*columns, "gap", "priority")}
    return pd.DataFrame({"factor": names, **table})


def spread(said: Minutes) -> pd.DataFrame:
    """One row a factor and question: how many gave each number from 0 to 10."""
    rows = [
        (factor(number, said.words), said.words.tr(f"hall.{kind}"), *said.spread[kind][number])
        for number in FACTORS
        for kind in KINDS
        if said.enough
    ]
    return pd.DataFrame(rows, columns=["factor", "question", *map(str, range(11))])

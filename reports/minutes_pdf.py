"""The minutes of a focus group as a PDF of exactly two pages of A4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from reports.minutes import KINDS, TITLES, Minutes, factor, fitting, half
from reports.profile_maps import Shapes, answers_scale, answers_strip, small_map
from reports.typesetting import typeset

TEMPLATE = "minutes.typ"
STEP_LINES, STEP_WIDTH, OWNER_WIDTH = 22, 66, 30
SENTENCE_LINES, SENTENCE_WIDTH = 14, 110
"""Room for steps and sentences on the second page, in lines and in letters a line; the rest is counted."""
UNBROKEN = re.compile(r"(\S{12})(?=\S)")


def minutes_pdf(said: Minutes, geometry: bytes, parent: str, day: date) -> bytes:
    """The PDF of minutes.

    Parameters
    ----------
    geometry
        The map file of the snapshot.
    parent
        The municipality the group's territory lies in, itself where it is one.
    day
        The day it is made.
    """
    return typeset(TEMPLATE, content_of(said, geometry, parent), day)


def content_of(said: Minutes, geometry: bytes, parent: str) -> dict[str, Any]:
    """All that stands in the PDF, as plain values."""
    spoken = said.words
    rows = {int(str(number)): row for number, row in said.opinions.to_dict("index").items()}
    shown = fitting(said.sentences, SENTENCE_LINES, SENTENCE_WIDTH)
    widest = [
        max((step.what, step.who + " " * (len(step.who) * STEP_WIDTH // OWNER_WIDTH)), key=len) for step in said.steps
    ]
    agreed = fitting(widest, STEP_LINES, STEP_WIDTH)
    return {
        "language": said.language,
        "title": breakable(said.title),
        "head": " · ".join(said.head),
        "asked": said.asked,
        "enough": said.enough,
        "heads": [spoken.tr(f"minutes.head.{name}") for name in ("factor", "spread", *KINDS, "agreement")],
        "rows": [
            {
                "factor": factor(number, spoken),
                "priority": bool(row["priority"]),
                "figures": [half(row, kind, spoken) for kind in KINDS],
                "agreement": " / ".join(spoken.number(row[f"{kind}_agreement"], 2) for kind in KINDS),
            }
            for number, row in rows.items()
        ],
        "priorities": said.priorities.lines,
        "beside": said.beside.lines,
        "weights": said.weights.lines,
        "sentences": [breakable(text) for text in said.sentences[:shown]],
        "no_sentences": spoken.tr("minutes.no_sentences"),
        "more_sentences": more(said, len(said.sentences) - shown),
        "step_heads": [spoken.tr("hall.step"), spoken.tr("hall.owner")],
        "steps": [[breakable(step.what), breakable(step.who)] for step in said.steps[:agreed]],
        "no_steps": spoken.tr("minutes.no_steps"),
        "more_steps": more(said, len(said.steps) - agreed),
        "sources": " · ".join(said.sources),
        "made": said.made,
        "titles": {name: spoken.tr(f"minutes.title.{name}") for name in TITLES},
        "product": spoken.tr("product.name"),
        "pictures": pictures(said, rows, geometry, parent),
    }


def pictures(said: Minutes, rows: Mapping[int, Mapping[str, float]], geometry: bytes, parent: str) -> dict[str, str]:
    """The spread of each factor, their scale, and the map with the group's weights ("" without one), as SVG."""
    highest = max((n for own in said.spread.values() for each in own.values() for n in each), default=0)
    drawn = {
        f"spread_{number}": answers_strip(
            *(said.spread[kind][number] for kind in KINDS), *(row[f"{kind}_median"] for kind in KINDS), highest=highest
        )
        for number, row in rows.items()
    }
    return {**drawn, "scale": answers_scale(), "map": group_map(said, geometry, parent)}


def group_map(said: Minutes, geometry: bytes, parent: str) -> str:
    """The municipality and what lies around it by the scores under the group's weights, in quarters of all scores."""
    scores = {code: score for code, score in said.overall.items() if np.isfinite(score)}
    shapes = Shapes.of(geometry)
    level = next((name for name in ("unit", "municipality") if said.code in shapes.rings[name]), "")
    if not scores or not level:
        return ""
    limits = [float(limit) for limit in np.quantile(list(scores.values()), (0.25, 0.5, 0.75)).round()]
    return small_map(shapes, level, said.code, parent, scores, limits, said.words, 0, "")


def more(said: Minutes, count: int) -> str:
    """How many are not shown and where they are; "" if all are."""
    return said.words.trn("minutes.more", count) if count else ""


def breakable(text: str) -> str:
    """A text in which even a word without end can go on in the next line."""
    return UNBROKEN.sub("\\1\u200b", text)

"""A profile as a PDF of two pages of A4 at most."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from indicators.profile import Survey
from reports import profile_maps
from reports.profile import Ground, Profile
from reports.profile_maps import CHANGE_LIMITS, Shapes
from reports.typesetting import typeset
from reports.words import words

TEMPLATE = "profile.typ"
FACTOR = "digital"
"""The factor the small map shows; the other one differs too little from place to place."""


def profile_pdf(ground: Ground, said: Profile, day: date) -> bytes:
    """The PDF of a profile; `day` is the day it is made."""
    return typeset(TEMPLATE, content_of(ground, said), day)


def content_of(ground: Ground, said: Profile) -> dict[str, Any]:
    """All that stands in the PDF, as plain values: what is said, the pictures, and what the file says of itself."""
    return {
        "profile": asdict(said),
        "pictures": {**pictures(ground, said), "qr": profile_maps.qr_code(said.made[1])},
        "hash": ground.snapshot.hash,
        "product": words(said.language).tr("product.name"),
    }


def pictures(ground: Ground, said: Profile) -> dict[str, str]:
    """The pictures of a profile by name, as SVG; an empty text where there is nothing to draw."""
    shapes, spoken = Shapes.of(ground.snapshot.geometry), words(said.language)
    row = ground.survey(said.code).territories.loc[said.code]
    parent = said.code if said.level == "municipality" else str(row["parent"])
    digital = _scores(ground.units).to_dict()
    change = ground.units.counts("population_change_5y").to_dict()
    own = (shapes, said.level, said.code, parent)
    return {
        "locator": profile_maps.locator(*own),
        "line": profile_maps.residents_line(said.residents, said.moved, spoken),
        "map_digital": profile_maps.small_map(*own, digital, score_limits(ground.units), spoken, 0, ""),
        "map_change": profile_maps.small_map(*own, change, CHANGE_LIMITS, spoken, 0, "%"),
        **{
            f"place_{score.factor}": profile_maps.place_bar(score.first, score.last, score.rank, score.count, spoken)
            if score.rank
            else ""
            for score in said.scores
        },
    }


@lru_cache(maxsize=4)
def score_limits(units: Survey) -> tuple[float, ...]:
    """The limits of the classes of the small map: the quarters of all scores, in whole points."""
    scores = _scores(units).to_numpy()
    return (
        tuple(float(limit) for limit in np.quantile(scores, (0.25, 0.5, 0.75)).round()) if len(scores) else (0.0,) * 3
    )


def _scores(units: Survey) -> pd.Series:
    there = FACTOR in units.scored.meta.codes
    return pd.Series(units.scored.scores[FACTOR] if there else [], dtype=float).dropna()

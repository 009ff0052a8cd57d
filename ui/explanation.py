"""Why a place has the score it has, in bars that can be read without colour and in plain sentences."""

from __future__ import annotations

import html
from math import floor

import pandas as pd
import streamlit as st

from indicators.catalogue import providers_of
from indicators.index.explain import contributions, strengths, weaknesses
from indicators.success import Factor
from ui.cache import Loaded
from ui.scores import Reckoned, classes, periods, places, places_now, reason, title_of
from ui.text import NO_VALUE, amount, number, say, tr

AREAS = {"coverage": "infrastructure", "skills": "skills", "services": "services", "data": "data"}
"""What a theme's weaknesses call for."""
LEAST = 0.5
"""Points of the factor from which on a strength or weakness is worth a sentence."""
MOST = 3


def explain(
    loaded: Loaded, found: Reckoned, factor: Factor, unit: str, standing: pd.DataFrame, inside: pd.Series
) -> None:
    """All there is to say of one place and one factor; `standing` and `inside` are of the reference set."""
    score = found.scored.scores.loc[unit, factor.id]
    st.markdown(f"**{say(factor.title)}**")
    if pd.isna(score):
        st.markdown(f"**{tr('index.no_score')}:** {reason(found.scored.gaps.loc[unit, factor.id])}")
    else:
        st.markdown(_headline(found, factor, unit, score, standing))
        st.html(_bars(found, factor, unit))
        _sentences(found, factor, unit, inside)
    _missing(loaded, found, factor, unit)


def _headline(found: Reckoned, factor: Factor, unit: str, score: float, standing: pd.DataFrame) -> str:
    words = [tr("index.points", score=number(score, 1))]
    if unit in standing.index:
        own = standing.loc[[unit]]
        words += [
            tr("index.now", place=places_now(own)[unit], count=number(len(standing))),
            tr("index.hover", range=places(own)[unit]),
            *(said for said in classes(own).values() if said != NO_VALUE),
        ]
    words.append(tr("index.covered", share=number(100 * found.scored.coverage.loc[unit, factor.id])))
    return " · ".join(words)


def _bars(found: Reckoned, factor: Factor, unit: str) -> str:
    """What each indicator contributes, as a table whose last column is a bar and a figure."""
    scored, meta = found.scored, found.scored.meta
    own = scored.scores.loc[[unit]]
    parts = contributions(own, meta, found.weighting.methods, factor.id, deep=True).loc[unit]
    top = max(parts.max(), 1e-9)
    rows = []
    for name, points in parts.sort_values(ascending=False, na_position="last").items():
        entry = found.indicators[str(name)]
        value = amount(scored.basis.data.loc[unit, name], entry.decimals, say(entry.unit))
        if scored.basis.status.loc[unit, name] == "estimated" and not entry.estimated:
            value = tr("index.estimated", value=value)
        missing = pd.isna(points)
        bar = "" if missing else f'<i style="width:{60 * points / top:.1f}%"></i>'
        cells = (
            f'<th scope="row">{html.escape(say(entry.short))}</th>',
            f"<td>{html.escape(value)}</td>",
            f"<td>{NO_VALUE if missing else number(own.loc[unit, name])}</td>",
            f"<td>{bar}{NO_VALUE if missing else number(points, 1)}</td>",
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    heads = "".join(
        f'<th scope="col">{tr(f"index.bars.{name}")}</th>' for name in ("indicator", "value", "score", "part")
    )
    total = f'<tr><th scope="row" colspan="3">{tr("index.bars.total")}</th><td>{number(parts.sum(), 1)}</td></tr>'
    return (
        f'<table class="score-bars"><caption>{tr("index.bars.caption")}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}{total}</tbody></table>"
    )


def _sentences(found: Reckoned, factor: Factor, unit: str, inside: pd.Series) -> None:
    scored = found.scored
    good = strengths(scored.scores, scored.meta, unit, MOST, inside, factor.id)["points"]
    bad = weaknesses(scored.scores, scored.meta, unit, MOST, inside, factor.id)["points"]
    telling = {"strengths": good[good >= LEAST].index, "weaknesses": bad[bad <= -LEAST].index}
    for kind, names in telling.items():
        lines = [_compared(found, str(name), unit, inside, kind) for name in names]
        st.markdown(f"**{tr(f'index.{kind}')}**\n" + "\n".join(f"- {line}" for line in lines or [tr("index.none")]))
    named = (AREAS.get(found.indicators[name].theme) for name in telling["weaknesses"])
    areas = dict.fromkeys(area for area in named if area)
    if areas:
        st.markdown(f"**{tr('index.begin')}**\n" + "\n".join(f"- {tr(f'index.advice.{area}')}" for area in areas))


def _compared(found: Reckoned, name: str, unit: str, inside: pd.Series, kind: str) -> str:
    """One indicator against the reference set."""
    entry, scores = found.indicators[name], found.scored.scores[name]
    others = scores[inside & (scores.index != unit)].dropna()
    values = found.basis.data.loc[inside, name]
    return tr(
        f"index.against.{kind}",
        name=title_of(name, found.indicators),
        value=amount(found.basis.data.loc[unit, name], entry.decimals, say(entry.unit)),
        median=amount(values.median(), entry.decimals, say(entry.unit)),
        share=number(floor(100 * float((others < scores[unit]).mean()))),
    )


def _missing(loaded: Loaded, found: Reckoned, factor: Factor, unit: str) -> None:
    """What is not there, why, and who could publish it."""
    lines = []
    for name in found.scored.meta.leaves(factor.id):
        if pd.isna(found.basis.data.loc[unit, name]):
            known = found.basis.status.loc[unit, name]
            status = known if isinstance(known, str) else "not_collected"
            publishers = dict.fromkeys(
                say(source.publisher) for source in providers_of(found.indicators[name], loaded.snapshot.sources)
            )
            lines.append(
                tr(
                    "index.missing",
                    name=title_of(name, found.indicators),
                    period=periods(found, name),
                    why=tr(f"index.status.{status}"),
                    who=", ".join(publishers),
                )
            )
    if lines:
        st.markdown(f"**{tr('index.missing_title')}**\n" + "\n".join(f"- {line}" for line in lines))

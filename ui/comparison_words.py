"""A comparison in sentences, and why two scores differ, indicator by indicator."""

from __future__ import annotations

import html
from collections.abc import Sequence
from math import floor

import numpy as np
import pandas as pd
import streamlit as st

from indicators.index.explain import contributions
from ui import scores
from ui.cache import Loaded
from ui.comparison import SCORES, Compared, Entry, Place, other_name, sentence, status_words
from ui.text import number, tr, trn

MOST_SENTENCES = 7
FAR = 15
"""Percentage points from the middle of the crowd from which on one place alone is worth a sentence."""


def summary(loaded: Loaded, compared: Compared, rows: Sequence[str]) -> list[str]:
    """What of these rows is worth saying: the greatest differences, and how many are none.

    Scores are explained elsewhere, and what is modelled tells of ages alone.
    """
    rows = [name for name in rows if name not in SCORES and not compared.entries[name].modelled]
    if len(compared.places) > 1:
        return _several(compared, rows)
    return _alone(loaded, compared, rows)


def _several(compared: Compared, rows: Sequence[str]) -> list[str]:
    names = {one.key: one.said for one in compared.places}
    values = compared.figures.value.loc[list(names)]
    unlike = compared.unlike.reindex(rows).dropna().sort_values(ascending=False, kind="stable")
    lines = []
    for name in [name for name, apart in unlike.items() if apart > 0][:MOST_SENTENCES]:
        column = values[name].dropna()
        high, low = str(column.idxmax()), str(column.idxmin())
        said = sentence(compared.entries[str(name)], (names[high], names[low]), (column[high], column[low]), "more")
        lines.append(_doubtful(said, compared, str(name), (high, low)))
    alike = int((unlike == 0).sum())
    if alike:
        lines.append(trn("compare.said.alike_count", alike, all=number(len(unlike))))
    missing = len(rows) - len(unlike)
    if missing:
        lines.append(trn("compare.said.missing_count", missing))
    return lines or [tr("compare.said.nothing")]


def _alone(loaded: Loaded, compared: Compared, rows: Sequence[str]) -> list[str]:
    (one,) = compared.places
    other = compared.others[one.key]
    if other is None:
        return [tr("compare.said.nothing")]
    verdicts = compared.differences.verdict.loc[one.key]
    lines = []
    for name in [name for name in outstanding(compared) if name in set(rows)][:MOST_SENTENCES]:
        pair = (compared.figures.value.loc[one.key, name], compared.figures.value.loc[other, name])
        said = sentence(compared.entries[name], (one.said, other_name(loaded, other)), pair, verdicts[name])
        lines.append(_doubtful(said, compared, name, (one.key,)))
    alike = sum(verdicts[name] in ("alike", "equal") for name in rows)
    if alike:
        lines.append(trn("compare.said.alike_count", alike, all=number(len(rows))))
    return lines or [tr("compare.said.nothing")]


def outstanding(compared: Compared) -> list[str]:
    """Where the first place lies farthest from the middle of the others and differs from its comparator."""
    key = compared.places[0].key
    where = (compared.position.loc[key].astype(float) - 50).abs().sort_values(ascending=False, kind="stable")
    verdicts = compared.differences.verdict.loc[key]
    return [str(name) for name, far in where.items() if far >= FAR and verdicts[name] in ("more", "less")]


def _doubtful(said: str, compared: Compared, name: str, keys: Sequence[str]) -> str:
    """The sentence, with what must be known of its figures in brackets."""
    words = dict.fromkeys(
        word for key in keys for word in status_words(compared.entries[name], compared.cells[key, name])
    )
    return f"{said.rstrip('.')} ({', '.join(words)})." if words else said


def because(compared: Compared, one: Place, other: Place, factor: str) -> None:
    """Why the scores of two places differ."""
    entry, found = compared.entries[factor], compared.found
    own = compared.figures.value.loc[[one.key, other.key], factor]
    if found is None or own.isna().any():
        lacking = [each.said for each in (one, other) if np.isnan(own[each.key])]
        st.info(tr("compare.why_missing", names=tr("compare.and").join(lacking), what=entry.short))
        return
    st.markdown(_headline(compared, entry, one, other))
    table = compared.scored.loc[[one.key, other.key]]
    parts = contributions(table, found.scored.meta, found.weighting.methods, factor, deep=True)
    st.html(_bars(compared, one, other, parts.loc[one.key], parts.loc[other.key], own))
    notes = [tr("compare.why_note")]
    if scores.MODELLED & set(parts.columns):
        notes.append(tr("compare.why_modelled"))
    statuses = compared.figures.status.loc[[one.key, other.key], list(parts)]
    measured = [name for name in statuses if not compared.entries[str(name)].modelled]
    if (statuses[measured] == "estimated").to_numpy().any():
        notes.append(tr("compare.why_borrowed"))
    st.markdown("\n".join(f"- {note}" for note in notes))


def _headline(compared: Compared, entry: Entry, one: Place, other: Place) -> str:
    """Both scores, and whether one can be said to be higher."""
    own = compared.figures.value[entry.id]
    said = sentence(entry, (one.said, other.said), (own[one.key], own[other.key]), _plain(own[one.key], own[other.key]))
    share = compared.by_chance(one.key, other.key, entry.id)
    if share is None:
        return said
    high, low, sure = (one, other, share) if share >= 0.5 else (other, one, 1 - share)
    kind = "index.alike" if scores.alike(share) else "index.apart"
    return f"{said} {tr(kind, high=high.said, low=low.said, share=number(floor(100 * sure)))}"


def _plain(value: float, against: float) -> str:
    difference = round(value - against, 1)
    return "equal" if difference == 0 else "more" if difference > 0 else "less"


def _bars(compared: Compared, one: Place, other: Place, mine: pd.Series, theirs: pd.Series, total: pd.Series) -> str:
    """What each indicator adds to the difference of the scores, as a table with bars to both sides."""
    apart = mine.fillna(0) - theirs.fillna(0)
    apart = apart[mine.notna() | theirs.notna()]
    top = max(apart.abs().max(), 1e-9)
    rows = []
    for name in apart.abs().sort_values(ascending=False, kind="stable").index:
        entry, points = compared.entries[str(name)], float(apart[name])
        cells = [f'<th scope="row">{html.escape(f"{entry.short}, {entry.unit}, {entry.when}")}</th>']
        for each in (one, other):
            cell = compared.cells[each.key, str(name)]
            words = ", ".join(status_words(entry, cell))
            note = f" <small>{html.escape(words)}</small>" if words else ""
            cells.append(f"<td>{html.escape(number(cell.mean, entry.decimals))}{note}</td>")
        side = "more" if points >= 0 else "less"
        bar = f'<i class="{side}" style="width:{45 * abs(points) / top:.1f}%"></i>'
        shown = number(points, 1, signed=True)
        left, right = (f"{shown}{bar}", "") if points < 0 else ("", f"{bar}{shown}")
        cells.append(f'<td class="two-sided"><span>{left}</span><span>{right}</span></td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    heads = [tr("index.bars.indicator"), one.name, other.name, tr("compare.why_points", name=one.name)]
    head = "".join(f'<th scope="col">{html.escape(words)}</th>' for words in heads)
    sums = "".join(f"<td>{number(total[each.key], 1)}</td>" for each in (one, other))
    difference = number(total[one.key] - total[other.key], 1, signed=True)
    total_head = f'<th scope="row">{html.escape(tr("index.bars.total"))}</th>'
    left, right = (difference, "") if difference.startswith("−") else ("", difference)
    last = f'<tr>{total_head}{sums}<td class="two-sided"><span>{left}</span><span>{right}</span></td></tr>'
    return (
        f'<table class="score-bars"><caption>{html.escape(tr("compare.why_caption"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}{last}</tbody></table>"
    )

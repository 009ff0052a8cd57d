"""What is said on the page Sources about refreshes: periods that are held back, and what past refreshes changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from data import history, paths
from data.model import Held
from ui.cache import Loaded
from ui.text import day, number, period, say, tr

SHOWN = 10
MOST_NAMED = 12
OUTCOMES = ("new", "unchanged", "failed", "refused")
WHOLE_SHARE = ("missing", "total")
"""The gates whose figures are shares: said in percent."""


def doubts(loaded: Loaded, held: Sequence[Held]) -> list[str]:
    """The periods of a source that are held back: measure, period, and every reason."""
    names = loaded.snapshot.territories.drop_duplicates("code").set_index("code")["full_name"]
    lines: dict[tuple[str, str], list[str]] = {}
    for entry in held:
        per = 100 if entry.gate in WHOLE_SHARE else 1
        found, limit = (figure(per * value) for value in (entry.found, entry.limit))
        reason = tr(f"gate.{entry.gate}", found=found, limit=limit)
        place = f"{names.get(entry.territory, entry.territory)}: " if entry.territory else ""
        lines.setdefault((entry.measure, entry.period), []).append(place + reason)
    measures = loaded.snapshot.measures
    told = [
        f"{say(measures[measure].title)}, {period(when)}: {'; '.join(reasons)}"
        for (measure, when), reasons in lines.items()
    ]
    more = [tr("history.more", count=number(len(told) - MOST_NAMED))] if len(told) > MOST_NAMED else []
    return [*told[:MOST_NAMED], *more]


def figure(value: float) -> str:
    """A figure with as many decimals as its size asks for."""
    return number(value, 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 1 else 4)


def past(loaded: Loaded) -> None:
    """The newest refreshes, each to be opened: its sources, the indicators it changed, and what went wrong."""
    records = history.read(history.beside(paths.RAW), SHOWN + 1)
    if not records:
        st.caption(tr("history.none"))
        return
    with st.container(gap="xsmall"):
        for record, earlier in zip(records[:SHOWN], [*records[1:], None], strict=False):
            when = datetime.fromisoformat(record["time"])
            counts = [sum(entry["outcome"] == outcome for entry in record["sources"]) for outcome in OUTCOMES]
            told = [
                tr(f"history.count.{outcome}", count=number(count))
                for outcome, count in zip(OUTCOMES, counts, strict=True)
                if count
            ]
            with st.expander(f"**{day(when.date())}, {when:%H:%M} UTC** · {' · '.join(told)}"):
                one(loaded, record)
                if earlier and earlier.get("after") != record.get("before"):
                    st.caption(tr("history.gap"))


def one(loaded: Loaded, record: Mapping[str, Any]) -> None:
    """One refresh."""
    known = loaded.snapshot.sources
    for entry in record["sources"]:
        title = say(known[entry["source"]].title) if entry["source"] in known else entry["source"]
        outcome = entry["outcome"]
        parts = [tr(f"history.outcome.{outcome}")]
        if entry["new_periods"]:
            parts.append(tr("history.new_periods", periods=", ".join(entry["new_periods"])))
        if entry["changed"] or entry["gone"]:
            parts.append(tr("history.cells", changed=number(entry["changed"]), gone=number(entry["gone"])))
        if entry["held"]:
            periods = {(held["measure"], held["period"]) for held in entry["held"]}
            parts.append(tr("history.held", count=number(len(periods))))
        st.markdown(f"**{title}** — {'; '.join(parts)}")
        if entry["error"]:
            st.code(entry["error"], language=None, wrap_lines=True)
    if record.get("error"):
        st.code(record["error"], language=None, wrap_lines=True)
    changed = [entry for entry in record["indicators"] if entry["id"] in loaded.indicators]
    if changed:
        st.markdown(f"**{tr('history.indicators')}**")
        lines = []
        for entry in changed:
            cells = entry["new"] + entry["changed"] + entry["gone"]
            news = f" ({', '.join(entry['new_periods'])})" if entry["new_periods"] else ""
            lines.append(f"- {say(loaded.indicators[entry['id']].title)}: {number(cells)}{news}")
        st.markdown("\n".join(lines))

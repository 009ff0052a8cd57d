"""The table of a comparison: a row for each indicator, a column for each place, and where all others stand.

It is drawn by the server and sorted in the browser, so that sorting waits for nobody. The stage enlarges it by
properties that reach into its shadow root (ui/stage/page.css).
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from ui.charts import INK, MARKERS, MUTED
from ui.comparison import (
    Compared,
    Entry,
    Place,
    difference_words,
    group_title,
    place_words,
    status_words,
)
from ui.text import NO_VALUE, number, tr

STRIP_WIDTH, STRIP_HEIGHT, MARGIN = 250, 62, 9
TICKS_TOP, TICKS_BOTTOM, TICK = 42, 58, 5
LABEL_ROWS, LABEL_ROOM, LABEL_HEIGHT = 3, 16, 15
SHAPES = {
    "circle": "M0 -6.5A6.5 6.5 0 1 1 0 6.5A6.5 6.5 0 1 1 0 -6.5Z",
    "square": "M-6 -6H6V6H-6Z",
    "diamond": "M0 -8L8 0L0 8L-8 0Z",
    "triangle-up": "M0 -8L8 6H-8Z",
    "pentagon": "M0 -7.5L7.5 -2L4.6 6.5H-4.6L-7.5 -2Z",
    "hexagon": "M-3.8 -6.6H3.8L7.6 0L3.8 6.6H-3.8L-7.6 0Z",
}

_STYLE = """
:host, div { font-family: var(--st-font); color: var(--st-text-color); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #4a5763; padding: 0 0 .35rem; font-size: .875rem; }
th, td { padding: .3rem .5rem; vertical-align: top; border-bottom: 1px solid #e2e6eb; }
td { text-align: right; white-space: nowrap; }
td:last-child { text-align: left; padding-right: 0; }
th { text-align: left; font-weight: 400; }
thead th { position: sticky; top: 0; background: #fff; border-bottom: 2px solid #1b2733; vertical-align: bottom; }
thead th.number { text-align: right; }
thead small { display: block; }
tbody th { min-width: 11rem; max-width: 17rem; }
tbody th[colspan] { max-width: none; font-weight: 700; padding-top: .9rem; }
small { color: #4a5763; font-size: max(.8125rem, var(--stage-least, 0px)); display: block; white-space: normal; }
td small { max-width: 10.5rem; margin-left: auto; }
td:last-child, thead th:last-child { display: var(--stage-strip, table-cell); }
b { font-weight: 700; }
button { font: inherit; color: inherit; background: none; border: 0; padding: .15rem; margin: 0; cursor: pointer;
  text-align: inherit; font-weight: 700; min-height: 24px; }
button:hover { color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
button::after { content: " ↕"; color: #4a5763; font-weight: 400; }
[aria-sort=ascending] button::after { content: " ↑"; color: inherit; }
[aria-sort=descending] button::after { content: " ↓"; color: inherit; }
thead svg { width: calc(18px * var(--stage-scale, 1)); aspect-ratio: 1; vertical-align: -.25em; margin-right: .25rem; }
td svg { display: block; width: calc(250px * var(--stage-scale, 1)); height: auto; }
@media print { thead th { position: static; } tr { break-inside: avoid; } .scroll { overflow: visible; } }
"""

_SCRIPT = """
export default ({ parentElement, data }) => {
  const host = parentElement.querySelector(".scroll");
  if (host.shown === data.table) return;
  host.shown = data.table;
  host.innerHTML = data.table;
  const heads = [...host.querySelectorAll("thead th")];
  const bodies = [...host.querySelectorAll("tbody")];
  const given = bodies.map((body) => [...body.querySelectorAll("tr[data-row]")]);
  const language = new Intl.Collator(data.lang);
  const compared = (a, b) => typeof a === "string" ? language.compare(a, b) : a - b;
  const of = (row, column) => JSON.parse(row.dataset.row)[column];
  const sort = (column, direction) => bodies.forEach((body, at) => {
    const known = given[at].filter((row) => of(row, column) != null);
    if (direction) known.sort((a, b) => direction * compared(of(a, column), of(b, column)));
    const rows = direction ? [...known, ...given[at].filter((row) => of(row, column) == null)] : given[at];
    body.append(...rows);
  });
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    button.onclick = () => {
      const now = head.getAttribute("aria-sort");
      const next = { descending: "ascending", ascending: null }[now];
      const first = column ? "descending" : "ascending";
      const wanted = now == null ? first : column ? next : now === "ascending" ? "descending" : null;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (wanted) head.setAttribute("aria-sort", wanted);
      sort(column, { ascending: 1, descending: -1 }[wanted] ?? 0);
    };
  });
};
"""

_component = st.components.v2.component(
    "comparison_table", html='<div class="scroll" tabindex="0"></div>', css=_STYLE, js=_SCRIPT
)


def comparison_table(compared: Compared, rows: Sequence[str], *, grouped: bool, key: str, lang: str) -> None:
    """Draw the table of these rows; `grouped` under the headings of their subjects."""
    _component(key=key, data={"table": as_html(compared, rows, grouped=grouped), "lang": lang})


def as_html(compared: Compared, rows: Sequence[str], *, grouped: bool) -> str:
    """The whole table, every text escaped. Each row carries what it is sorted by, column by column."""
    heads = [_head(tr("compare.column.what"), tr("compare.sort_name"), number=False)]
    heads += [
        _head(one.name, tr("compare.sort_place", name=one.name), small=one.within, mark=_legend(i))
        for i, one in enumerate(compared.places)
    ]
    heads.append(_head(tr("compare.column.strip"), tr("compare.sort_strip"), number=False))
    bodies, width = [], len(heads)
    groups = list(dict.fromkeys(compared.entries[name].group for name in rows)) if grouped else [""]
    for group in groups:
        own = [name for name in rows if not grouped or compared.entries[name].group == group]
        title = f'<tr><th scope="rowgroup" colspan="{width}">{_text(group_title(group))}</th></tr>' if grouped else ""
        bodies.append(f"<tbody>{title}{''.join(_row(compared, name) for name in own)}</tbody>")
    return (
        f"<table><caption>{_text(tr('compare.table_caption'))}</caption>"
        f"<thead><tr>{''.join(heads)}</tr></thead>{''.join(bodies)}</table>"
    )


def _head(name: str, help: str, *, small: str = "", mark: str = "", number: bool = True) -> str:
    beneath = f"<small>{_text(small)}</small>" if small else ""
    kind = ' class="number"' if number else ""
    label = f'title="{_text(help)}" aria-label="{_text(f"{name}. {help}")}"'
    return f'<th scope="col"{kind}><button type="button" {label}>{mark}{_text(name)}</button>{beneath}</th>'


def _row(compared: Compared, name: str) -> str:
    entry = compared.entries[name]
    where = compared.position[name]
    sorted_by = [entry.short, *(_plain(where[one.key]) for one in compared.places), _plain(compared.unlike.get(name))]
    cells = "".join(_cell(compared, one, entry) for one in compared.places)
    about = " · ".join(filter(None, [entry.unit, entry.when]))
    head = f'<th scope="row" title="{_text(entry.definition)}">{_text(entry.short)}<small>{_text(about)}</small></th>'
    order = _text(json.dumps(sorted_by, ensure_ascii=False))
    return f'<tr data-row="{order}">{head}{cells}<td>{strip(compared, entry)}</td></tr>'


def _cell(compared: Compared, one: Place, entry: Entry) -> str:
    cell = compared.cells[one.key, entry.id]
    lines = [difference_words(entry, cell), place_words(cell), ", ".join(status_words(entry, cell))]
    below = "".join(f"<small>{_text(line)}</small>" for line in lines if line)
    shown = number(cell.value, entry.decimals)
    return f"<td><b>{_text(shown)}</b>{below}</td>"


def strip(compared: Compared, entry: Entry) -> str:
    """All parishes (or whoever the crowd is) as thin lines, the places as numbered marks, the comparator dashed."""
    crowd = compared.crowds.values.get(entry.id, np.array([]))
    figures = {one.key: compared.cells[one.key, entry.id].value for one in compared.places}
    others = dict.fromkeys(other for other in compared.others.values() if other and other not in figures)
    held = [compared.figures.value.loc[key, entry.id] for key in others]
    every = np.concatenate([crowd, [v for v in (*figures.values(), *held) if not np.isnan(v)]])
    if not len(every):
        return NO_VALUE
    log = entry.scale == "log" and bool((every > 0).all())
    low, high = float(every.min()), float(every.max())

    def at(value: Any) -> Any:
        """Where values stand on the strip."""
        if high == low:
            return 0 * value + STRIP_WIDTH / 2
        share = np.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)
        return MARGIN + share * (STRIP_WIDTH - 2 * MARGIN)

    places, counts = np.unique(np.rint(at(crowd)).astype(int), return_counts=True)
    heights = TICK + np.minimum(TICKS_BOTTOM - TICKS_TOP - TICK, 2 * counts)
    ticks = "".join(f"M{x} {TICKS_BOTTOM}v-{y}" for x, y in zip(places.tolist(), heights.tolist(), strict=True))
    dashes = "".join(f"M{at(v):.1f} {TICKS_TOP - 6}V{TICKS_BOTTOM + 3}" for v in held if not np.isnan(v))
    marks = "".join(_marks([(i, at(v)) for i, v in enumerate(figures.values()) if not np.isnan(v)]))
    kind = compared.crowds.kinds[entry.id]
    said = tr(
        f"compare.strip.{kind}",
        low=entry.say(low),
        high=entry.say(high),
        median=entry.say(float(np.median(crowd))) if len(crowd) else NO_VALUE,
    )
    return (
        f'<svg role="img" aria-label="{_text(said)}" width="{STRIP_WIDTH}" height="{STRIP_HEIGHT}" '
        f'viewBox="0 0 {STRIP_WIDTH} {STRIP_HEIGHT}"><title>{_text(said)}</title>'
        f'<path d="M{MARGIN} {TICKS_BOTTOM}H{STRIP_WIDTH - MARGIN}" stroke="{MUTED}"/>'
        f'<path d="{ticks}" stroke="#8d99a5"/>'
        f'<path d="{dashes}" stroke="{INK}" stroke-width="2" stroke-dasharray="3 2"/>{marks}</svg>'
    )


def _marks(at: Sequence[tuple[int, float]]) -> list[str]:
    """The numbered marks; where they would hide each other, on two heights."""
    made: list[str] = []
    last = [-math.inf] * LABEL_ROWS
    for number_, x in sorted(at, key=lambda mark: mark[1]):
        row = next((row for row in range(LABEL_ROWS) if x - last[row] >= LABEL_ROOM), LABEL_ROWS - 1)
        last[row] = x
        y = 9 + LABEL_HEIGHT * row
        made.append(f'<path d="M{x:.1f} {y}V{TICKS_BOTTOM}" stroke="{MARKERS[number_][1]}"/>')
        made.append(f'<g transform="translate({x:.1f} {y})">{_mark(number_)}</g>')
    return made


def _mark(place: int) -> str:
    symbol, colour = MARKERS[place % len(MARKERS)]
    return (
        f'<path d="{SHAPES[symbol]}" fill="{colour}" stroke="#fff"/>'
        f'<text y="3.5" text-anchor="middle" font-size="10" font-weight="700" fill="#fff">{place + 1}</text>'
    )


def _legend(place: int) -> str:
    return f'<svg viewBox="-9 -9 18 18" aria-hidden="true">{_mark(place)}</svg>'


def _plain(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 4)


def _text(words: str) -> str:
    return html.escape(words, quote=True)

"""Where every number comes from: each source, and each indicator as it is declared."""

from __future__ import annotations

from html import escape

import streamlit as st

from data.model import LEVELS, Source
from data.succession import Seam, seams
from indicators.catalogue import FACTORS, THEMES, breaks_of, sources_of
from indicators.model import Indicator
from ui import cache, frame, links, own, refreshes
from ui.address import encode, sanitise
from ui.downloads import package_button
from ui.folds import bullets, facts, fold, folds
from ui.text import NO_VALUE, number, period, plain, say, spans, tr, trn

frame.guard()
loaded = own.loaded()
records = loaded.snapshot.manifest["sources"]
joined = seams(loaded.snapshot.sources)
provider = {measure.id: source for source in loaded.snapshot.sources.values() for measure in source.provides}


def found(*texts: str) -> bool:
    """Whether all words that were typed occur in the texts."""
    return all(word in plain(" ".join(texts)) for word in plain(wanted).split())


def seam_text(seam: Seam, source: Source) -> str:
    """What one of two joined series says of the other, and which of them is used from when."""
    side = "earlier" if provider[seam.earlier.id] is source else "later"
    mine, other = (seam.earlier, seam.later) if side == "earlier" else (seam.later, seam.earlier)
    named = {"mine": say(mine.title), "other": say(other.title), "source": say(provider[other.id].title)}
    waits = "" if seam.since else "_waits"
    return tr(f"sources.seam_{side}{waits}", **named, since=seam.since)


def source_fold(source: Source) -> str:
    """Everything the snapshot knows of a source, and how many territories have the indicators that rest on it."""
    held = loaded.snapshot.doubts.get(source.id)
    record = records[source.id]
    shares = [entry["share"] for entry in record["coverage"].values() if entry["period"]]
    shares += [loaded.covered[entry.id] for entry in shown if source in credited[entry.id]]
    covered = "–".join(dict.fromkeys(number(100 * share) for share in (min(shares, default=1), max(shares, default=1))))
    files = record["vintage"]["files"]
    licence = links.elsewhere(source.licence.id, source.licence.address)
    terms = [tr("licence.non_commercial")] * source.licence.non_commercial + [
        tr("licence.share_alike")
    ] * source.licence.share_alike
    rows = [
        (tr("sources.publisher"), escape(say(source.publisher))),
        (tr("sources.address"), links.elsewhere(source.address, source.address)),
        (tr("sources.licence"), ", ".join(filter(None, [licence, *map(escape, terms)]))),
        (tr("sources.credit"), escape(say(source.credit))),
        (tr("sources.vintage"), spans(record["vintage"]["periods"])),
        (tr("sources.updates"), escape(say(source.updates))),
        (tr("sources.levels"), ", ".join(dict.fromkeys(tr(f"level.{m.level}") for m in source.provides))),
        (tr("sources.coverage"), tr("sources.coverage_share", share=covered) if shares else ""),
        (tr("sources.measures"), escape(", ".join(dict.fromkeys(say(measure.title) for measure in source.provides)))),
    ]
    mine = [seam for seam in joined if source in (provider[seam.earlier.id], provider[seam.later.id])]
    listed = escape("\n".join(f"{file['sha256']}  {file['name']}" for file in files))
    badge = f' · <span class="badge">{tr("sources.held_short")}</span>' if held else ""
    return fold(
        " · ".join(filter(None, [f"<strong>{escape(say(source.title))}</strong>", escape(source.licence.id)])) + badge,
        f'<div class="held">{bullets(tr("sources.held"), refreshes.doubts(loaded, held))}</div>' if held else "",
        facts(rows),
        bullets(tr("sources.seams"), (seam_text(seam, source) for seam in mine)),
        bullets(tr("sources.problems"), map(say, source.known_problems)),
        fold(trn("sources.files", len(files)), f'<pre tabindex="0">{listed}</pre>') if files else "",
        opened=opened,
    )


def short(figure: float) -> str:
    """A number without decimals where it has none."""
    return number(figure, 0 if figure == round(figure) else 1)


def indicator_fold(entry: Indicator) -> str:
    """Everything an indicator declares about itself."""
    posts = entry.goalposts
    broken = breaks_of(entry, loaded.snapshot.measures)
    levels = [name for name in LEVELS if name in loaded.periods[entry.id]]
    aims = f"{short(posts.worst)} → {short(posts.best)} ({say(posts.reason)})" if posts else NO_VALUE
    rows = [
        (tr("indicators.definition"), say(entry.definition)),
        (tr("indicators.formula"), say(entry.formula)),
        (tr("indicators.unit"), say(entry.unit)),
        (tr("indicators.better"), tr(f"better.{entry.better}")),
        (tr("indicators.goalposts"), aims),
        (tr("indicators.levels"), ", ".join(tr(f"level.{name}") for name in levels)),
        (tr("indicators.periods"), spans(loaded.published[entry.id])),
        (tr("indicators.factors"), "; ".join(f"{n}. {say(FACTORS[n])}" for n in entry.factors)),
        (tr("indicators.estimated"), tr("indicators.estimated_yes") if entry.estimated else ""),
        (tr("indicators.bias"), say(entry.bias) if entry.bias else ""),
        (tr("indicators.breaks"), "; ".join(f"{period(b.period)}: {say(b.reason)}" for b in broken)),
        (tr("indicators.sources"), "; ".join(say(one.title) for one in credited[entry.id])),
    ]
    address = encode(sanitise({"panes": [{"indicator": entry.id}]}, loaded.known))
    return fold(
        f"<strong>{escape(say(entry.title))}</strong> · {escape(say(entry.unit))}",
        facts([*((name, escape(value)) for name, value in rows), (tr("indicators.id"), f"<code>{entry.id}</code>")]),
        links.within("map", tr("indicators.open_map"), "map", address),
        opened=opened,
    )


st.title(tr("sources.title"))
st.markdown(tr("sources.intro"))
package_button(cache.current())
shown = [entry for entry in loaded.indicators.values() if entry.id in loaded.known.latest]
credited = {entry.id: sources_of(entry, loaded.snapshot.sources) for entry in shown}
themes = {entry.theme: say(THEMES[entry.theme]) for entry in shown}
wanted = st.text_input(tr("sources.search"), key="search", bind="query-params", placeholder=tr("sources.search_hint"))
opened = st.toggle(tr("sources.open_all"), key="open_all") or bool(wanted)

st.header(tr("sources.sources"))
sources = [
    source
    for source in loaded.snapshot.sources.values()
    if found(source.id, say(source.title), say(source.publisher), *(say(measure.title) for measure in source.provides))
]
st.html(folds(map(source_fold, sources)))
if not sources:
    st.caption(tr("sources.nothing"))

st.subheader(tr("history.title"))
refreshes.past(loaded)

st.header(tr("indicators.title"))
theme = st.pills(tr("indicators.theme"), list(themes), format_func=lambda name: themes[name], key="theme")
listed = [
    entry
    for entry in shown
    if (theme is None or entry.theme == theme) and found(entry.id, say(entry.title), say(entry.definition))
]
st.caption(trn("indicators.count", len(listed)))
for name in dict.fromkeys(entry.theme for entry in listed):
    st.subheader(themes[name])
    st.html(folds(indicator_fold(entry) for entry in listed if entry.theme == name))

"""Where every number comes from: each source, and each indicator as it is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from data.model import LEVELS, Source
from data.succession import Seam, seams
from indicators.catalogue import FACTORS, THEMES, breaks_of, sources_of
from indicators.model import Indicator
from ui import cache, frame, own, refreshes
from ui.address import encode, sanitise
from ui.downloads import package_button
from ui.text import NO_VALUE, number, period, plain, say, span, tr, trn

frame.guard()
loaded = own.loaded()
records = loaded.snapshot.manifest["sources"]
joined = seams(loaded.snapshot.sources)
provider = {measure.id: source for source in loaded.snapshot.sources.values() for measure in source.provides}


def found(*texts: str) -> bool:
    """Whether all words that were typed occur in the texts."""
    return all(word in plain(" ".join(texts)) for word in plain(wanted).split())


def facts(rows: list[tuple[str, str]]) -> None:
    """Names and values below each other, those without a value left out."""
    st.markdown("  \n".join(f"**{tr(name)}:** {value}" for name, value in rows if value))


def bullets(texts: Iterable[str]) -> str:
    """A list in Markdown. A year at the beginning ("2014. gadā") is no number of a list within it."""
    return "\n".join("- " + re.sub(r"^(\d+)\.", r"\1\\.", text) for text in texts)


def link(name: str, address: str) -> str:
    """A link in Markdown; the name alone where there is no address, as a visitor's own data have none."""
    return f"[{name}]({address})" if address else name


def seam_text(seam: Seam, source: Source) -> str:
    """What one of two joined series says of the other, and which of them is used from when."""
    side = "earlier" if provider[seam.earlier.id] is source else "later"
    mine, other = (seam.earlier, seam.later) if side == "earlier" else (seam.later, seam.earlier)
    named = {"mine": say(mine.title), "other": say(other.title), "source": say(provider[other.id].title)}
    waits = "" if seam.since else "_waits"
    return tr(f"sources.seam_{side}{waits}", **named, since=seam.since)


def source_facts(source: Source) -> None:
    """Everything the snapshot knows of a source, and how many territories have the indicators that rest on it."""
    if held := loaded.snapshot.doubts.get(source.id):
        st.warning(f"{tr('sources.held')}\n\n{refreshes.doubts(loaded, held)}", icon=":material/pause_circle:")
    record = records[source.id]
    shares = [entry["share"] for entry in record["coverage"].values() if entry["period"]]
    shares += [loaded.covered[entry.id] for entry in shown if source in sources_of(entry, loaded.snapshot.sources)]
    covered = "–".join(dict.fromkeys(number(100 * share) for share in (min(shares, default=1), max(shares, default=1))))
    periods = record["vintage"]["periods"]
    licence = link(source.licence.id, source.licence.address)
    terms = [tr("licence.non_commercial")] * source.licence.non_commercial + [
        tr("licence.share_alike")
    ] * source.licence.share_alike
    facts(
        [
            ("sources.publisher", say(source.publisher)),
            ("sources.address", link(source.address, source.address)),
            ("sources.licence", ", ".join(filter(None, [licence, *terms]))),
            ("sources.credit", say(source.credit)),
            ("sources.vintage", span(periods[0], periods[-1]) if periods else ""),
            ("sources.updates", say(source.updates)),
            (
                "sources.levels",
                ", ".join(tr(f"level.{name}") for name in dict.fromkeys(m.level for m in source.provides)),
            ),
            ("sources.coverage", tr("sources.coverage_share", share=covered) if shares else ""),
            ("sources.measures", ", ".join(dict.fromkeys(say(measure.title) for measure in source.provides))),
        ]
    )
    mine = [seam for seam in joined if source in (provider[seam.earlier.id], provider[seam.later.id])]
    if mine:
        st.markdown(f"**{tr('sources.seams')}**\n" + "\n".join(f"- {seam_text(seam, source)}" for seam in mine))
    if source.known_problems:
        st.markdown(f"**{tr('sources.problems')}**\n" + bullets(map(say, source.known_problems)))
    if record["vintage"]["files"]:
        label, key = trn("sources.files", len(record["vintage"]["files"])), f"sources_files_{source.id}"
        files = st.expander(label, key=key, on_change="rerun")
        if files.open:
            listed = (f"{file['sha256']}  {file['name']}" for file in record["vintage"]["files"])
            files.code("\n".join(listed), language=None)


def short(figure: float) -> str:
    """A number without decimals where it has none."""
    return number(figure, 0 if figure == round(figure) else 1)


def indicator_facts(entry: Indicator) -> None:
    """Everything an indicator declares about itself."""
    posts = entry.goalposts
    broken = breaks_of(entry, loaded.snapshot.measures)
    levels = [name for name in LEVELS if name in loaded.periods[entry.id]]
    spans = [loaded.periods[entry.id][name] for name in levels]
    facts(
        [
            ("indicators.definition", say(entry.definition)),
            ("indicators.formula", say(entry.formula)),
            ("indicators.unit", say(entry.unit)),
            ("indicators.better", tr(f"better.{entry.better}")),
            (
                "indicators.goalposts",
                f"{short(posts.worst)} → {short(posts.best)} ({say(posts.reason)})" if posts else NO_VALUE,
            ),
            ("indicators.levels", ", ".join(tr(f"level.{name}") for name in levels)),
            ("indicators.periods", span(min(seen[0] for seen in spans), max(seen[-1] for seen in spans))),
            ("indicators.factors", "; ".join(f"{n}. {say(FACTORS[n])}" for n in entry.factors)),
            ("indicators.estimated", tr("indicators.estimated_yes") if entry.estimated else ""),
            ("indicators.bias", say(entry.bias) if entry.bias else ""),
            ("indicators.breaks", "; ".join(f"{period(b.period)}: {say(b.reason)}" for b in broken)),
            (
                "indicators.sources",
                "; ".join(say(source.title) for source in sources_of(entry, loaded.snapshot.sources)),
            ),
            ("indicators.id", f"`{entry.id}`"),
        ]
    )
    address = encode(sanitise({"panes": [{"indicator": entry.id}]}, loaded.known))
    st.page_link("pages/map.py", label=tr("indicators.open_map"), icon=":material/map:", query_params=address)


st.title(tr("sources.title"))
st.markdown(tr("sources.intro"))
package_button(cache.current())
shown = [entry for entry in loaded.indicators.values() if entry.id in loaded.known.latest]
themes = {entry.theme: say(THEMES[entry.theme]) for entry in shown}
wanted = st.text_input(tr("sources.search"), key="search", bind="query-params", placeholder=tr("sources.search_hint"))
opened = st.toggle(tr("sources.open_all"), key="open_all") or bool(wanted)

st.header(tr("sources.sources"))
sources = [
    source
    for source in loaded.snapshot.sources.values()
    if found(source.id, say(source.title), say(source.publisher), *(say(measure.title) for measure in source.provides))
]
with st.container(gap="xsmall"):
    for source in sources:
        doubtful = f" · :orange-badge[{tr('sources.held_short')}]" if source.id in loaded.snapshot.doubts else ""
        named = " · ".join(filter(None, (f"**{say(source.title)}**", source.licence.id)))
        with st.expander(f"{named}{doubtful}", expanded=opened):
            source_facts(source)
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
    with st.container(gap="xsmall"):
        for entry in (entry for entry in listed if entry.theme == name):
            with st.expander(f"**{say(entry.title)}** · {say(entry.unit)}", expanded=opened):
                indicator_facts(entry)

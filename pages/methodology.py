"""The methodology: how to use the figures, how they come about, the index, and every indicator as it is declared."""

from __future__ import annotations

from functools import partial

import streamlit as st

from indicators.catalogue import THEMES
from indicators.success import VERSION
from reports.methodology import (
    FILES,
    PARTS,
    TITLE,
    WAITING_TITLE,
    Ground,
    Part,
    described,
    methodology,
    part,
    waiting,
)
from ui import frame, own
from ui.address import encode, sanitise
from ui.choices import Choices
from ui.share_link import share_link
from ui.text import day, language, say, tr

frame.guard()
loaded = own.loaded()
snapshot, indicators = loaded.snapshot, loaded.indicators
ground = Ground(indicators, snapshot.sources, snapshot.measures, snapshot.observations, loaded.values, loaded.waiting)
chosen = Choices("methodology")


@st.cache_data(max_entries=32, show_spinner=False)
def part_text(data: str, name: Part, lang: str) -> str:
    """A part of the methodology, kept by the hash of the data."""
    return part(name, ground, lang)


def indicator_view(key: str) -> None:
    """One indicator, found by typing a part of its name or theme."""
    name = st.selectbox(
        tr("methodology.indicator"),
        list(indicators),
        key=key,
        format_func=lambda id: f"{say(indicators[id].title)} · {say(THEMES[indicators[id].theme])}",
    )
    entry = indicators[name]
    st.subheader(say(entry.title), anchor=entry.id)
    st.markdown(described(entry, ground, language()))
    if name in loaded.known.latest:
        address = encode(sanitise({"panes": [{"indicator": name}]}, loaded.known))
        st.page_link("pages/map.py", label=tr("indicators.open_map"), icon=":material/map:", query_params=address)


if chosen.came("indicator") and not chosen.came("part"):
    chosen.take("part", "indicators")
asked = chosen.pick("indicator", indicators, next(iter(indicators)))
st.title(say(TITLE))
with st.container(key="methodology_stamp", horizontal=True, vertical_alignment="center"):
    st.caption(tr("methodology.stamp", version=VERSION, edition=day(loaded.edition), data=snapshot.hash[:8]))
    st.space("stretch")
    st.download_button(
        tr("methodology.download"),
        partial(methodology, ground, language()),
        file_name=FILES[language()].name,
        mime="text/markdown",
        on_click="ignore",
        icon=":material/download:",
    )
    share_link("share_methodology")
names = list(PARTS)
shown = st.segmented_control(
    tr("methodology.part"),
    names,
    key=chosen.pick("part", names, names[0]),
    format_func=lambda name: say(PARTS[name]),
    label_visibility="collapsed",
    required=True,
)
st.header(say(PARTS[shown]))
if shown == "indicators":
    indicator_view(asked)
    if loaded.waiting:
        with st.expander(f"{say(WAITING_TITLE)} ({len(loaded.waiting)})"):
            st.markdown(waiting(loaded.waiting, language()))
else:
    st.markdown(part_text(snapshot.hash, shown, language()))
chosen.write_address()

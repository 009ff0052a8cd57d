"""The maps: choose a ready-made view, then everything else happens inside them."""

from __future__ import annotations

import streamlit as st

from ui import assets, frame, own
from ui.address import encode
from ui.map_panes import map_panes
from ui.session import Maps
from ui.share_link import share_link
from ui.text import language, tr
from ui.views import VIEWS, show

frame.guard()
loaded = own.loaded()
kept = Maps("map", loaded.known)
kept.arrive()


def show_view(view: str) -> None:
    """A ready-made view was chosen, perhaps right after a gesture on the maps."""
    kept.take()
    kept.change(show(kept.state, view, loaded.known))


@st.fragment
def maps() -> None:
    """The controls and the maps: what changes in here does not run the rest of the page."""
    with st.container(key="map_controls", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{tr('map_page.view')}**", width="content")
        for view in VIEWS:
            st.button(tr(f"view.{view}"), key=f"view_{view}", on_click=show_view, args=(view,))
        st.space("stretch")
        share_link("share_map", encode(kept.state))
    map_panes(kept, base=assets.base(loaded), language=language(), inline=own.on_map(loaded))
    kept.write_address()


with st.container(key="map_title"):
    st.title(tr("map_page.title"))
maps()

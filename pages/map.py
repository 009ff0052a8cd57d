"""The maps: choose a ready-made view, then everything else happens inside them."""

from __future__ import annotations

import streamlit as st

from ui import assets, frame, own
from ui.address import encode
from ui.downloads import download_menu, rows_of_maps
from ui.map_panes import map_panes
from ui.offline.button import offline_button
from ui.profiles import profile_link
from ui.session import Maps
from ui.share_link import share_link
from ui.stories import draft
from ui.stories.story import MOST_SLIDES
from ui.text import language, say, tr, trn
from ui.views import HEIGHT, TOOLS, VIEWS, show

frame.guard()
loaded = own.loaded()
kept = Maps("map", loaded.known)
kept.arrive()


def show_view(view: str) -> None:
    """A ready-made view was chosen, perhaps right after a gesture on the maps."""
    kept.take()
    kept.change(show(kept.state, view, loaded.known))


def record() -> None:
    """Add what the maps show to the story, perhaps right after a gesture on them."""
    kept.take()
    st.session_state["story_recorded"] = draft.record(kept.state, loaded)


def tell_recorded() -> None:
    """Say once what became of the view that was to be recorded."""
    match st.session_state.pop("story_recorded", None):
        case True:
            st.toast(trn("story.recorded", len(draft.present().slides)), icon=":material/bookmark_added:")
        case False:
            st.toast(tr("story.full", most=MOST_SLIDES), icon=":material/block:")


@st.fragment
def maps() -> None:
    """The controls and the maps: what changes in here does not run the rest of the page."""
    if frame.embedded():
        map_panes(kept, base=assets.base(loaded), language=language(), hide=TOOLS, height=HEIGHT)
        return
    with st.container(key="map_controls", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{tr('map_page.view')}**", width="content")
        with st.container(key="stage_steps", horizontal=True, width="content", gap="small"):
            for view in VIEWS:
                st.button(tr(f"view.{view}"), key=f"view_{view}", on_click=show_view, args=(view,))
        st.space("stretch")
        state = kept.state
        download_menu(
            "map",
            lambda: rows_of_maps(state, loaded),
            loaded,
            "; ".join(dict.fromkeys(say(loaded.indicators[pane["indicator"]].short) for pane in state["panes"])),
            all_periods=lambda: rows_of_maps(state, loaded, all_periods=True),
            further=lambda: offline_button((state["selected"] or [state["filter"]["municipality"] or ""])[-1]),
        )
        if state["selected"]:
            profile_link(state["selected"][-1], loaded.names[state["selected"][-1]].partition(",")[0])
        st.button(tr("story.record"), key="story_record", on_click=record)
        share_link("share_map", encode(state))
    tell_recorded()
    map_panes(kept, base=assets.base(loaded), language=language(), inline=own.on_map(loaded))
    kept.write_address()


with st.container(key="map_title"):
    st.title(tr("map_page.title"))
maps()

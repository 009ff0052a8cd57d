"""The offline package from a page: made when somebody asks for it, one at a time, the last few kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date

import streamlit as st

from ui import assets, cache, server
from ui.downloads import TYPES
from ui.offline.package import name_of, package
from ui.text import alphabetical, tr

MOST_KEPT = 4
"""Packages that are kept, about a megabyte each."""

_making = threading.Lock()
_kept: OrderedDict[tuple[str, str, date], bytes] = OrderedDict()


def made(municipality: str) -> bytes:
    """The package of a municipality of today. Whoever asks while another is made waits: a crowd costs little."""
    with _making, cache.held() as loaded:
        key = (loaded.snapshot.hash, municipality, date.today())
        if key not in _kept:
            served = server.publish()[assets.fingerprint(loaded.snapshot.hash)]
            _kept[key] = package(loaded, [municipality], made=key[2], served=served)
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        return _kept[key]


def offline_button(place: str) -> None:
    """Draw the choice of a municipality and its button; that of the territory `place` is offered first."""
    loaded = cache.current()
    names, own = loaded.names, loaded.parents.get(place, place)
    listed = sorted(loaded.known.municipalities, key=lambda code: alphabetical(names[code]))
    st.markdown(f"**{tr('offline.button')}**")
    st.caption(tr("offline.button.about"))
    municipality = st.selectbox(
        tr("offline.button.municipality"),
        listed,
        index=listed.index(own) if own in listed else None,
        format_func=names.__getitem__,
        placeholder=tr("offline.button.choose"),
        key=f"offline_municipality_{own}",
    )
    st.download_button(
        tr("offline.button.save"),
        lambda: made(municipality or ""),
        file_name=f"{name_of(loaded, [municipality])}.zip" if municipality else None,
        mime=TYPES["zip"],
        key="offline_save",
        icon=":material/folder_zip:",
        on_click="ignore",
        disabled=not municipality,
        width="stretch",
    )

"""The maps side by side. They are drawn in the browser; here they are only given their state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ui import stage
from ui.address import default
from ui.component import component
from ui.session import Maps
from ui.text import Language

_component = component("map_panes", "map_panes/adapter.js")


Part = Literal[
    "search", "layout", "level", "area", "rural", "download", "time", "sync", "scale", "selection", "reset",
    "indicator", "period", "settings", "about", "table", "copy", "source",
]  # fmt: skip
"""What can be left out: of the row above the maps, and (from "indicator") of each map."""


def map_panes(
    maps: Maps,
    *,
    base: str,
    language: Language,
    inline: Mapping[str, Any] | None = None,
    hide: Sequence[Part] = (),
    height: int | None = None,
) -> None:
    """Draw the maps of a page; call it in a fragment, so that a click on them does not run the whole page.

    What the visitor does arrives in `maps.state`, half a second after it is on the screen; a selection at once. The
    browser takes `maps.state` up only when `maps.epoch` is another than it last took up, so that an echo never undoes
    what the visitor has done meanwhile. On the stage they are drawn large and without controls.

    Parameters
    ----------
    maps
        The visitor's maps on this page; `maps.arrive()` has been called.
    base
        Where the data and modules are served, relative to the root of the app.
    inline
        The page's own indicators (`ui.inline.inline`); `maps.known` names them. Other figures are painted in place:
        view, selection and undo stay.
    hide
        Parts the page does without. A map without a choice of indicator has a title instead.
    height
        Pixels for all maps with their legends and sources; without it they take what the window leaves.
    """
    options = {"hide": list(hide), "height": height, "stage": stage.on()}
    data = {"base": base, "lang": language, "epoch": maps.epoch, "state": maps.state, "first": default(maps.known)}
    _component(
        key=maps.key,
        data=data | {"inline": inline, "options": options},
        on_state_change=maps.take,
    )

"""Ready-made views: for each theme the four indicators that tell most beside each other, most telling first."""

from __future__ import annotations

from typing import cast

from ui.address import Known, State
from ui.map_panes import Part

VIEWS: dict[str, tuple[str, str, str, str]] = {
    "people": ("population_change_5y", "older_share", "basic_skills_share", "births_rate"),
    "business": (
        "company_taxpayers_rate",
        "businesses_registered_rate",
        "local_income_tax_ratio",
        "income_tax_per_payer",
    ),
    "services": (
        "distance_grocery_km",
        "distance_pharmacy_km",
        "preschools_per_100_children",
        "within5km_pharmacy_share",
    ),
    "coverage": ("download_mbps", "residents_100mbps_share", "latency_ms", "basic_skills_share"),
}

FIRST = ("download_mbps", "basic_skills_share")
"""What a first visit shows side by side: how fast the network is, and who can use it."""

TOOLS: tuple[Part, ...] = (
    "search", "layout", "level", "area", "rural", "download", "time", "sync", "scale", "selection", "reset",
    "indicator", "period", "settings", "copy",
)  # fmt: skip
"""What maps do without that stand inside another page."""
HEIGHT = 480
"""How high those maps are, in pixels."""


def show(state: State, view: str, known: Known) -> State:
    """The state with the indicators of a view in as many panes as there are now; tables stay tables."""
    names = [name for name in VIEWS[view] if name in known.latest]
    panes = [known.pane(name) | {"table": pane["table"]} for name, pane in zip(names, state["panes"], strict=False)]
    return cast(State, state | {"panes": panes})

"""Indicators a page has computed itself, for its maps: described and valued as those of the catalogue are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from data.model import Licence
from indicators.model import Better, Scale
from ui import assets
from ui.address import MAP_LEVELS
from ui.cache import Loaded
from ui.text import language

NO_LICENCE = Licence("", "")
"""Of what a visitor has brought: whose it is, they know."""


@dataclass(frozen=True)
class Inline:
    """An indicator of a page's own, in the visitor's language.

    rows: the figures as `indicators.evaluate.evaluate` gives them. territory, level, period and value are needed;
        smoothed, low, high, status, native_level, coverage, small_base and note (words on one figure) where there
        is something to say. Rows of the country and of the parishes together ("LV", "LV-RURAL") are what the figures
        are held against. A territory without a row is shown as not collected.
    darker: whether the higher or the lower figures have the darker colours; the lower ones suit ranks.
    categories: the kinds a territory can be of, as name and colour; the values are their places in this list.
    missing: what is said of a territory whose value cannot be computed.
    when: of what time the figures are, where that is not the one period of the rows.
    against: what the value of the parishes together is called, where it is not their mean.
    sources: ids of the sources that are credited.
    """

    id: str
    title: str
    definition: str
    formula: str
    unit: str
    rows: pd.DataFrame
    short: str | None = None
    decimals: int = 1
    better: Better = "higher"
    darker: Literal["higher", "lower"] = "higher"
    scale: Scale = "linear"
    estimated: bool = False
    bias: str | None = None
    categories: Sequence[tuple[str, str]] = ()
    against: str | None = None
    missing: str | None = None
    when: str | None = None
    sources: Sequence[str] = ()

    @property
    def latest(self) -> str:
        """The last period with a value."""
        return str(self.rows["period"][self.rows["value"].notna()].astype(str).max())


def inline(shown: Iterable[Inline], loaded: Loaded) -> dict[str, Any]:
    """What `map_panes(inline=...)` takes.

    {"indicators": [catalogue entries], "values": {id: value file}, "sources": {id: credit}}.
    """
    entries, territories = list(shown), loaded.snapshot.territories
    codes = {level: sorted(territories["code"][territories["level"] == level]) for level in MAP_LEVELS}
    files = {entry.id: _file(entry, codes) for entry in entries}
    described = [_described(entry, files[entry.id]) for entry in entries]
    return {"indicators": described, "values": files, "sources": own_credits(loaded)}


def own_credits(loaded: Loaded) -> dict[str, Any]:
    """The credits of what the visitor has brought: the maps' own files hold only what is everybody's."""
    own = [source for source in loaded.snapshot.sources.values() if source.id.startswith("own_")]
    return {source.id: assets.credited(loaded, source, language()) for source in own if source.licence == NO_LICENCE}


def _file(entry: Inline, codes: dict[str, list[str]]) -> dict[str, Any]:
    file = assets.values(entry.id, entry.decimals, _complete(entry.rows), codes)
    if "note" in entry.rows:
        for level, figures in file["levels"].items():
            own: pd.DataFrame = entry.rows.loc[(entry.rows["level"] == level) & entry.rows["note"].notna()]
            notes = dict(zip(zip(own["period"], own["territory"], strict=True), own["note"], strict=True))
            figures["notes"] = [[notes.get((p, code)) for code in codes[level]] for p in figures["periods"]]
    return file


def _complete(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the columns they were given without."""
    status = pd.Series("final", index=rows.index).where(rows["value"].notna(), "not_applicable")
    usual = {"status": status, "native_level": rows["level"], "coverage": 1.0, "small_base": False}
    return rows.assign(**{name: value for name, value in usual.items() if name not in rows})


def _described(entry: Inline, file: dict[str, Any]) -> dict[str, Any]:
    kinds = [{"label": label, "colour": colour} for label, colour in entry.categories]
    own = {
        "categories": kinds or None,
        "against": entry.against,
        "darker": "lower" if entry.darker == "lower" else None,
        "missing": entry.missing,
        "when": entry.when,
    }
    return {
        "id": entry.id,
        "title": entry.title,
        "short": entry.short or entry.title,
        "definition": entry.definition,
        "formula": entry.formula,
        "unit": entry.unit,
        "decimals": entry.decimals,
        "better": entry.better,
        "theme": None,
        "factors": [],
        "mark": "choropleth",
        "scale": entry.scale,
        "estimated": entry.estimated,
        "bias": entry.bias,
        "breaks": [],
        "sources": list(entry.sources),
        "periods": {level: figures["periods"] for level, figures in file["levels"].items()},
        **{name: value for name, value in own.items() if value is not None},
    }

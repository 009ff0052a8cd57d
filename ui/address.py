"""The state of the maps as plain data, and as an address that can be passed on: short, readable, forgiving."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, TypedDict, cast

Method = Literal["quantile", "equal", "jenks", "round", "manual"]
METHODS: tuple[Method, ...] = ("quantile", "equal", "jenks", "round", "manual")
MapLevel = Literal["unit", "municipality"]
MAP_LEVELS: tuple[MapLevel, ...] = ("unit", "municipality")
PANE_COUNTS = (1, 2, 4)
CLASSES = range(3, 8)
MOST_SELECTED = 6
Basis = Literal["years", "year"]
BASES: tuple[Basis, ...] = ("years", "year")
Grouping = Literal["theme", "factor"]
GROUPINGS: tuple[Grouping, ...] = ("theme", "factor")
DEFAULT_METHOD: Method = "quantile"
DEFAULT_BASIS: Basis = "year"
DEFAULT_CLASSES = 5
NEAREST, FARTHEST = 1.0, 40.0
LITS = (*(str(place) for place in range(1, CLASSES.stop)), *"nsacbme")
"""What a legend can highlight: a class by its place, or a reason by its letter in the value files."""
SEPARATOR, LIT = "~", "only-"

PANE_KEYS = ("map1", "map2", "map3", "map4")
VIEW_KEYS = ("view", "view2", "view3", "view4")
KEYS = (
    *PANE_KEYS,
    "menu",
    "level",
    "released",
    "shared",
    "years",
    "rural",
    "degurba",
    "region",
    "municipality",
    "chosen",
    *VIEW_KEYS,
)
"""The names in the address that belong to the maps."""


class Pane(TypedDict):
    """What one map shows: an indicator, its period, and how it is cut into classes (`breaks` only when by hand).

    `basis` says on which figures the classes rest: those of the shown year, or those of all years, so that colours can
    be compared over time (what the year slider and play turn on). `smoothed` shows the smoothed values where an
    indicator has them, instead of those the publisher gives. `table` shows the figures as a table in place of the map.
    `lit` is the class ("1" the lowest) or the reason (a letter of the value files) that the legend highlights.
    """

    indicator: str
    period: str
    method: Method
    classes: int
    breaks: list[float] | None
    diverging: bool
    basis: Basis
    smoothed: bool
    table: bool
    lit: str | None


class Filter(TypedDict):
    """Which territories are drawn in colour, classed and ranked.

    `rural` keeps parishes (of municipalities: those that are not a city), `degurba` the rural areas by the European
    degree of urbanisation.
    """

    rural: bool
    degurba: bool
    region: str | None
    municipality: str | None


class View(TypedDict):
    """The middle of the maps in integers of the geometry file, and how far they are zoomed in."""

    x: int
    y: int
    k: float


class State(TypedDict):
    """All a visitor can change in the maps. `view` is None while the whole country is shown.

    `apart` is where the second map and those after it look while the maps do not move together, else empty.
    `grouping` says how the menus of indicators are ordered: by theme or by success factor.
    """

    panes: list[Pane]
    grouping: Grouping
    level: MapLevel
    sync: bool
    sharedScale: bool
    sharedPeriod: bool
    filter: Filter
    selected: list[str]
    view: View | None
    apart: list[View | None]


@dataclass(frozen=True)
class Known:
    """What a state may name: indicators with their latest period, all periods, territories, and what to begin with.

    `first` are the indicators of the panes of a first visit. `successors` says which territory of today took over from
    one that is no more, so that an older link still leads somewhere.
    """

    latest: Mapping[str, str]
    periods: frozenset[str]
    territories: frozenset[str]
    municipalities: frozenset[str]
    regions: frozenset[str]
    first: Sequence[str]
    successors: Mapping[str, str] = field(default_factory=dict)

    def today(self, code: object) -> object:
        """The code of today for one that a link may have from another time."""
        return self.successors.get(code, code) if isinstance(code, str) else code

    def extended(self, latest: Mapping[str, str], first: Sequence[str] | None = None) -> Known:
        """The same with a page's own indicators (and their latest periods), and with what that page begins with."""
        return replace(
            self,
            latest={**self.latest, **latest},
            periods=self.periods | frozenset(latest.values()),
            first=self.first if first is None else first,
        )

    def pane(self, indicator: str) -> Pane:
        """A pane of this indicator as it looks before anyone changes it."""
        return {
            "indicator": indicator,
            "period": self.latest[indicator],
            "method": DEFAULT_METHOD,
            "classes": DEFAULT_CLASSES,
            "breaks": None,
            "diverging": False,
            "basis": DEFAULT_BASIS,
            "smoothed": False,
            "table": False,
            "lit": None,
        }


def default(known: Known) -> State:
    """The state of a first visit."""
    return sanitise({}, known)


def sanitise(raw: object, known: Known) -> State:
    """The state that `raw` (from a browser, from an address) means; whatever is unknown or broken becomes the default.

    Never raises. A fixed point: a sane state comes back equal.
    """
    given = _mapping(raw)
    panes = [pane for raw_pane in _list(given.get("panes")) if (pane := _pane(_mapping(raw_pane), known))]
    count = max((n for n in PANE_COUNTS if n <= len(panes)), default=0)
    named = map(known.today, _list(given.get("selected")))
    chosen = [code for code in named if isinstance(code, str) and code in known.territories]
    narrowed = _mapping(given.get("filter"))
    panes = panes[:count] or [known.pane(indicator) for indicator in known.first]
    sync, looks = given.get("sync") is not False, iter(_list(given.get("apart")))
    return {
        "panes": panes,
        "grouping": _one_of(given.get("grouping"), GROUPINGS, "theme"),
        "level": _one_of(given.get("level"), MAP_LEVELS, "unit"),
        "sync": sync,
        "sharedScale": given.get("sharedScale") is True,
        "sharedPeriod": given.get("sharedPeriod") is not False,
        "filter": {
            "rural": narrowed.get("rural") is True,
            "degurba": narrowed.get("degurba") is True,
            "region": _one_of(known.today(narrowed.get("region")), known.regions, None),
            "municipality": _one_of(known.today(narrowed.get("municipality")), known.municipalities, None),
        },
        "selected": list(dict.fromkeys(chosen))[:MOST_SELECTED],
        "view": _view(given.get("view")),
        "apart": [] if sync else [_view(next(looks, None)) for _ in panes[1:]],
    }


def encode(state: State) -> dict[str, str]:
    """The state as names and values of an address; what is as on a first visit is left out, except the maps."""
    narrowed = state["filter"]
    written = dict(zip(PANE_KEYS, map(_write_pane, state["panes"]), strict=False))
    written |= {
        "menu": "factors" if state["grouping"] == "factor" else "",
        "level": state["level"] if state["level"] != "unit" else "",
        "released": "" if state["sync"] else "1",
        "shared": "scale" if state["sharedScale"] else "",
        "years": "" if state["sharedPeriod"] else "own",
        "rural": "1" if narrowed["rural"] else "",
        "degurba": "1" if narrowed["degurba"] else "",
        "region": narrowed["region"] or "",
        "municipality": narrowed["municipality"] or "",
        "chosen": SEPARATOR.join(state["selected"]),
    }
    written |= dict(zip(VIEW_KEYS, map(_write_view, [state["view"], *state["apart"]]), strict=False))
    return {name: value for name, value in written.items() if value}


def decode(address: Mapping[str, str], known: Known) -> State:
    """The state an address means. The inverse of `encode`; never raises, whatever the address holds."""
    first, *others = (_read_view(address.get(name, "")) for name in VIEW_KEYS)
    return sanitise(
        {
            "panes": [_read_pane(address[name]) for name in PANE_KEYS if name in address],
            "grouping": "factor" if address.get("menu") == "factors" else "theme",
            "level": address.get("level"),
            "sync": address.get("released") != "1",
            "sharedScale": address.get("shared") == "scale",
            "sharedPeriod": address.get("years") != "own",
            "filter": {
                "rural": address.get("rural") == "1",
                "degurba": address.get("degurba") == "1",
                "region": address.get("region"),
                "municipality": address.get("municipality"),
            },
            "selected": address.get("chosen", "").split(SEPARATOR),
            "view": first,
            "apart": others,
        },
        known,
    )


def _write_pane(pane: Pane) -> str:
    """`indicator~period`, then what is not as usual: `~jenks`, `~7`, `~diverging`, `~years`, `~smoothed`, `~table`,
    `~only-2` (highlighted in the legend), `~at~1~2`."""
    parts = [pane["indicator"], pane["period"]]
    parts += [pane["method"]] if pane["method"] != DEFAULT_METHOD else []
    parts += [str(pane["classes"])] if pane["classes"] != DEFAULT_CLASSES else []
    parts += ["diverging"] if pane["diverging"] else []
    parts += [pane["basis"]] if pane["basis"] != DEFAULT_BASIS else []
    parts += [word for word in ("smoothed", "table") if pane[word]]
    parts += [LIT + pane["lit"]] if pane["lit"] else []
    parts += ["at", *map(_figure, pane["breaks"])] if pane["breaks"] else []
    return SEPARATOR.join(parts)


def _read_pane(written: str) -> dict[str, object]:
    """The pane as it was written, not yet checked."""
    head, _, breaks = written.partition(f"{SEPARATOR}at{SEPARATOR}")
    indicator, *rest = head.split(SEPARATOR)
    pane: dict[str, object] = {"indicator": indicator, "period": rest[0] if rest else None}
    for word in rest[1:]:
        if word in METHODS:
            pane["method"] = word
        elif word in ("diverging", "smoothed", "table"):
            pane[word] = True
        elif word.startswith(LIT):
            pane["lit"] = word.removeprefix(LIT)
        elif word in BASES:
            pane["basis"] = word
        elif word.isdecimal() and len(word) == 1:
            pane["classes"] = int(word)
    if breaks:
        pane["breaks"] = [_float(figure) for figure in breaks.split(SEPARATOR)]
    return pane


def _pane(given: Mapping[str, Any], known: Known) -> Pane | None:
    """A sane pane; None where the indicator is unknown."""
    indicator = given.get("indicator")
    if not isinstance(indicator, str) or indicator not in known.latest:
        return None
    pane = known.pane(indicator)
    pane["period"] = _one_of(given.get("period"), known.periods, pane["period"])
    pane["method"] = _one_of(given.get("method"), METHODS, DEFAULT_METHOD)
    pane["classes"] = _one_of(given.get("classes"), CLASSES, DEFAULT_CLASSES)
    pane["diverging"] = given.get("diverging") is True
    pane["basis"] = _one_of(given.get("basis"), BASES, pane["basis"])
    pane["smoothed"] = given.get("smoothed") is True
    pane["table"] = given.get("table") is True
    pane["lit"] = _one_of(given.get("lit"), LITS, None)
    if pane["method"] == "manual":
        figures = [_float(figure) for figure in _list(given.get("breaks"))]
        breaks = [float(_figure(figure)) for figure in figures if figure is not None]
        rising = all(low < high for low, high in pairwise(breaks))
        if rising and len(breaks) == len(figures) and len(breaks) + 1 in CLASSES:
            pane["breaks"], pane["classes"] = breaks, len(breaks) + 1
        else:
            pane["method"] = DEFAULT_METHOD
    return pane


def _write_view(view: View | None) -> str:
    return SEPARATOR.join((str(view["x"]), str(view["y"]), _figure(view["k"]))) if view else ""


def _read_view(written: str) -> dict[str, float | None] | None:
    """The view as it was written, not yet checked."""
    parts = written.split(SEPARATOR)
    return dict(zip(("x", "y", "k"), map(_float, parts), strict=True)) if len(parts) == 3 else None


def _view(raw: object) -> View | None:
    given = _mapping(raw)
    x, y, k = (_float(given.get(name)) for name in ("x", "y", "k"))
    if x is None or y is None or k is None or not NEAREST <= k <= FARTHEST or max(abs(x), abs(y)) > 1e7:
        return None
    return {"x": round(x), "y": round(y), "k": round(k, 3)}


def _figure(value: float) -> str:
    """A number as short as it can be written without losing what anyone could have meant."""
    return format(value, ".10g")


def _float(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _mapping(raw: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], raw) if isinstance(raw, Mapping) else {}


def _list(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _one_of(raw: Any, allowed: Any, otherwise: Any) -> Any:
    """`raw` if it is one of the allowed (and of their type), else `otherwise`."""
    return raw if isinstance(raw, str | int) and not isinstance(raw, bool) and raw in allowed else otherwise

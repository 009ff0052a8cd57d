"""What a visitor makes on the page of comparisons, in the short form of an address: lists, conditions, weights.

Everything that is read is checked; nothing here raises. A whole address can be saved to a file and brought back.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.model import DataError
from indicators.comparison import BOUNDS, Condition
from indicators.peers import FEATURES

MOST_LISTS = 8
LONGEST_NAME = 40
BETWEEN, INSIDE = "~~", "~"
JOINED, PLAIN = "1", "0"
USUAL = "LV00"
"""What the codes of all units begin with; left out in an address."""


@dataclass(frozen=True)
class NamedList:
    """Units under a name, each once. `joined`: they are shown as one area, which is compared like a territory."""

    name: str
    codes: tuple[str, ...]
    joined: bool = False

    @property
    def key(self) -> str:
        """What stands for the area where others are named by their code."""
        return f"={self.name}"


def clean(name: str) -> str:
    """A name as it may stand in an address: on one line, without the sign that separates, short."""
    text = "".join(letter if letter.isprintable() else " " for letter in name.replace(INSIDE, " "))
    return " ".join(text.split())[:LONGEST_NAME].strip()


def union(parts: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], int]:
    """All units of several lists, each once, and how many were named more than once."""
    codes = [code for part in parts for code in part]
    once = tuple(dict.fromkeys(codes))
    return once, sum(codes.count(code) > 1 for code in once)


def write_lists(lists: Iterable[NamedList], municipalities: Mapping[str, Sequence[str]]) -> str:
    """The lists as they stand in an address; a municipality whose units are all there is named instead of them."""
    return BETWEEN.join(
        INSIDE.join([entry.name, JOINED if entry.joined else PLAIN, *_short(entry.codes, municipalities)])
        for entry in lists
    )


def _short(codes: Sequence[str], municipalities: Mapping[str, Sequence[str]]) -> list[str]:
    there = set(codes)
    whole = [town for town, units in municipalities.items() if len(units) > 1 and there.issuperset(units)]
    covered = {unit for town in whole for unit in municipalities[town]}
    return [code.removeprefix(USUAL) for code in [*whole, *(code for code in codes if code not in covered)]]


def read_lists(
    text: str, units: Collection[str], municipalities: Mapping[str, Sequence[str]]
) -> tuple[list[NamedList], list[str]]:
    """The lists an address means, and the codes in it that nobody knows. Never raises.

    A code of a municipality stands for its units. Lists without a name or without a known unit are left out, and so is
    what comes after `MOST_LISTS`.
    """
    found: dict[str, NamedList] = {}
    unknown: list[str] = []
    for part in text.split(BETWEEN):
        name, _, rest = part.partition(INSIDE)
        how, _, members = rest.partition(INSIDE)
        codes: list[str] = []
        for short in filter(None, members.split(INSIDE)):
            code = f"{USUAL}{short}" if len(short) == 5 and short.isdecimal() else short
            if code in municipalities:
                codes += municipalities[code]
            elif code in units:
                codes.append(code)
            else:
                unknown.append(clean(short))
        name = clean(name)
        if name and codes and name not in found and len(found) < MOST_LISTS:
            found[name] = NamedList(name, tuple(dict.fromkeys(codes)), how == JOINED)
    return list(found.values()), unknown


# --- conditions ---

MOST_CONDITIONS = 5


def write_conditions(conditions: Iterable[Condition]) -> str:
    """The conditions as they stand in an address."""
    return BETWEEN.join(INSIDE.join([one.indicator, one.bound, format(one.value, ".10g")]) for one in conditions)


def read_conditions(text: str, known: Collection[str]) -> list[Condition]:
    """The conditions an address means; those on unknown indicators or on no number are left out."""
    found = []
    for part in filter(None, text.split(BETWEEN)):
        indicator, bound, value = ([*part.split(INSIDE), "", ""])[:3]
        try:
            figure = float(value)
        except ValueError:
            continue
        if indicator in known and bound in BOUNDS and math.isfinite(figure):
            found.append(Condition(indicator, bound, figure))
    return found[:MOST_CONDITIONS]


# --- weights of the features that make places alike ---

HIGHEST_WEIGHT, USUAL_WEIGHT = 10, 5


def write_weights(weights: Mapping[str, int]) -> str:
    """The weights that are not as usual."""
    return INSIDE.join(f"{name}{INSIDE}{weights[name]}" for name in FEATURES if weights[name] != USUAL_WEIGHT)


def read_weights(text: str) -> dict[str, int]:
    """The weight of every feature (0-10); the usual ones where an address leaves none at all."""
    parts = text.split(INSIDE)
    given = {
        name: int(weight)
        for name, weight in zip(parts[::2], parts[1::2], strict=False)
        if name in FEATURES and weight.isascii() and weight.isdecimal() and int(weight[:3]) <= HIGHEST_WEIGHT
    }
    weights = dict.fromkeys(FEATURES, USUAL_WEIGHT) | given
    return weights if any(weights.values()) else dict.fromkeys(FEATURES, USUAL_WEIGHT)


# --- a whole address as a file ---

FORMAT = "smart-villages-comparison"
LONGEST_LINK = 1_500
LARGEST_FILE = 200_000


def to_file(address: Mapping[str, str], stamp: Mapping[str, str]) -> bytes:
    """A file that shows the same as an address."""
    content = {"format": FORMAT, **stamp, "address": dict(sorted(address.items()))}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def from_file(content: bytes, name: str, known: Collection[str]) -> dict[str, str]:
    """The address a file stands for; names that are not known are left out.

    Raises
    ------
    DataError
        If it is too large, no JSON, or not of this format; the kind of the fault is size, json or format.
    """
    if len(content) > LARGEST_FILE:
        raise DataError.of(name, "file", f"more than {LARGEST_FILE} bytes", "Choose a file saved here.", "size")
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise DataError.of(name, "file", "this is not JSON", "Choose a file saved here.", "json") from None
    address = given.get("address") if isinstance(given, dict) and given.get("format") == FORMAT else None
    if not isinstance(address, dict):
        raise DataError.of(name, "format", f"it is not {FORMAT!r}", "Choose a file saved here.", "format")
    return {key: value for key, value in address.items() if key in known and isinstance(value, str)}

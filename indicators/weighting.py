"""Weights and rules somebody has chosen for the index: checked, in the short form of an address, and as a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from data.model import DataError, Fault
from indicators.success import HIGHEST_WEIGHT, VERSION, declared, usual_weights

SCALINGS = ("goalposts", "minmax", "zscore", "prank")
MEANS = ("amean", "gmean", "hmean")
FORMAT = "success-factors-weights"
LARGEST_FILE = 20_000
SEPARATOR = "~"
OPTIONS: dict[str, tuple[str, ...]] = {"scaling": SCALINGS, "inside": MEANS, "between": MEANS}


@dataclass(frozen=True)
class Weighting:
    """The choices behind a score.

    `weights` holds only the codes whose weight is another than declared; `scaling` is how indicators are normalised,
    `inside` the mean of sub-dimensions and factors, `between` the mean of the factors.
    """

    weights: Mapping[str, int] = field(default_factory=dict)
    scaling: str = "goalposts"
    inside: str = "amean"
    between: str = "gmean"

    @property
    def methods(self) -> tuple[str, str, str]:
        """The means of a sub-dimension, a factor and the overall score."""
        return (self.inside, self.inside, self.between)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells two of them apart, hashable."""
        return (tuple(sorted(self.weights.items())), self.scaling, self.inside, self.between)

    def weight(self, code: str) -> int:
        """The weight of a factor, sub-dimension or indicator; of one that is not declared (people's own) 0 at first."""
        return self.weights.get(code, int(usual_weights().get(code, 0)))

    def with_weights(self, changed: Mapping[str, int]) -> Weighting:
        """The same with other weights for the codes named."""
        usual = usual_weights()
        merged = {**self.weights, **changed}
        order = [*usual, *(code for code in merged if code not in usual)]
        changed_ones = [code for code in order if merged.get(code, usual.get(code, 0)) != usual.get(code, 0)]
        return replace(self, weights={code: merged[code] for code in changed_ones})


DECLARED = Weighting()
"""As the method has it."""


def encode(weighting: Weighting) -> dict[str, str]:
    """As names and values of an address: only what is other than declared."""
    written = {name: getattr(weighting, name) for name in OPTIONS}
    named = {name: value for name, value in written.items() if value != getattr(DECLARED, name)}
    pairs = SEPARATOR.join(f"{code}{SEPARATOR}{weight}" for code, weight in weighting.weights.items())
    return ({"weights": pairs} if pairs else {}) | named


def decode(address: Mapping[str, str], own: Collection[str] = ()) -> Weighting:
    """What an address means; never raises: what is unknown or broken is as declared. The inverse of `encode`.

    `own` are the ids of people's own indicators that may have a weight too.
    """
    parts = address.get("weights", "").split(SEPARATOR)
    weights = {
        code: int(weight)
        for code, weight in zip(parts[::2], parts[1::2], strict=False)
        if (code in declared() or code in own)
        and len(weight) <= 2
        and weight.isascii()
        and weight.isdecimal()
        and int(weight) <= HIGHEST_WEIGHT
    }
    rules = {name: address[name] for name, known in OPTIONS.items() if address.get(name) in known}
    return Weighting(**rules).with_weights(weights)


def to_file(weighting: Weighting, stamp: Mapping[str, str]) -> bytes:
    """A file with every weight and rule, and with the stamp of what they were used on (edition, data)."""
    content = {
        "format": FORMAT,
        "index": VERSION,
        **stamp,
        **{name: getattr(weighting, name) for name in OPTIONS},
        "weights": {**{code: weighting.weight(code) for code in declared()}, **weighting.weights},
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def from_file(content: bytes, name: str = "weights.json", own: Collection[str] = ()) -> Weighting:
    """Read a file somebody brings. Codes it does not name keep their declared weight.

    Raises
    ------
    DataError
        With all faults at once; the kind of each is one of size, json, twice, format, weights, unknown, number, option.
    """
    given = _given(content, name)
    if faults := list(_faults(given, own)):
        raise DataError(name, faults)
    rules = {option: given[option] for option in OPTIONS if option in given}
    return Weighting(**rules).with_weights(given["weights"])


def differing(content: bytes, stamp: Mapping[str, str]) -> list[str]:
    """Which names of the stamp a good file has otherwise, or not at all: it was saved on another index or edition."""
    given = _given(content, "")
    return [name for name, value in stamp.items() if given.get(name) != value]


def _given(content: bytes, name: str) -> dict[str, Any]:
    """The content of a file of weights, as far as it can be read."""
    if len(content) > LARGEST_FILE:
        raise DataError.of(name, "file", f"more than {LARGEST_FILE} bytes", "Choose a file saved here.", "size")
    try:
        given = json.loads(content.decode("utf-8-sig"), object_pairs_hook=partial(_once, name))
    except (ValueError, RecursionError):
        raise DataError.of(name, "file", "this is not JSON", "Choose a file saved here.", "json") from None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise DataError.of(name, "format", f"it is not {FORMAT!r}", "Choose a file saved here.", "format")
    return given


def _once(name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of a file in which nothing stands twice."""
    counted = Counter(key for key, _ in pairs)
    if twice := [key for key, count in counted.items() if count > 1]:
        raise DataError(
            name, [Fault(_short(key), "it stands there more than once", "Keep one.", "twice") for key in twice]
        )
    return dict(pairs)


def _faults(given: Mapping[str, Any], own: Collection[str]) -> Iterable[Fault]:
    for option, known in OPTIONS.items():
        if option in given and given[option] not in known:
            yield Fault(option, f"{_short(given[option])} will not do", f"There are {', '.join(known)}.", "option")
    weights = given.get("weights")
    if not isinstance(weights, dict):
        yield Fault("weights", "there are none", "Give a weight for each code.", "weights")
        return
    for code, weight in weights.items():
        if code not in declared() and code not in own:
            yield Fault(_short(code), "no such code in the index", "Take it out.", "unknown")
        elif isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= HIGHEST_WEIGHT:
            step = f"Give a whole number from 0 to {HIGHEST_WEIGHT}."
            yield Fault(code, f"{_short(weight)} is no weight", step, "number")


def _short(value: object) -> str:
    """What stands in a file, short enough for a message, on one line and of characters that can be shown."""
    text = str(value) if isinstance(value, str | int | float) else "this"
    text = text.encode(errors="backslashreplace").decode()
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= 40 else f"{text[:40]}…"

"""What an indicator is: a function with its human description beside it, kept in one registry."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from data.model import Break, Text, unique

Better = Literal["higher", "lower", "neither"]
Scale = Literal["linear", "log"]
Theme = Literal["people", "business", "services", "coverage", "skills", "data", "economy", "own"]
Mark = Literal["choropleth", "circles"]
Family = Literal["rate", "share"]
"""What chance does to a small number: a rate counts events (Poisson), a share those of the base that have a property
(binomial)."""

SUFFIX = re.compile(
    r"^(?P<measure>[a-z0-9_]+?)(?:__(?:(?P<window>\d+)y|lag(?P<lag>\d+)|held(?P<held>\d+)))?(?P<national>__lv)?$"
)


@dataclass(frozen=True)
class Input:
    """A parameter of an indicator, read from its name.

    `births` is the measure of that period, `births__3y` its sum over that period and the two before (missing if one
    is missing), `residents__lag5` the measure five years earlier, `residents__held2` the newest figure at most two
    years old (all held inputs of one indicator come from the same year). A further `__lv` takes the country's total
    instead of the territory's own figure.
    """

    name: str
    measure: str
    window: int = 1
    lag: int = 0
    held: int = 0
    national: bool = False

    @classmethod
    def parse(cls, name: str) -> Input:
        found = SUFFIX.match(name)
        if not found:
            raise ValueError(f"{name!r} names no measure")
        return cls(
            name,
            found["measure"],
            window=int(found["window"] or 1),
            lag=int(found["lag"] or 0),
            held=int(found["held"] or 0),
            national=bool(found["national"]),
        )


@dataclass(frozen=True)
class Goalposts:
    """Fixed lower and upper ends of the score scale, worst first, with the reason they were chosen."""

    worst: float
    best: float
    reason: Text


@dataclass(frozen=True)
class Indicator:
    """An indicator: its function and everything a reader must know to defend its numbers.

    `compute` takes one float Series per input (aligned, one entry for each territory and period, counts already summed
    to the level in question) and returns one Series on the same index.
    """

    id: str
    title: Text
    short: Text
    definition: Text
    formula: Text
    unit: Text
    decimals: int
    better: Better
    theme: Theme
    factors: tuple[int, ...]
    inputs: tuple[Input, ...]
    compute: Callable[..., pd.Series]
    goalposts: Goalposts | None = None
    scale: Scale = "linear"
    mark: Mark = "choropleth"
    estimated: bool = False
    numerator: str | None = None
    base: str | None = None
    family: Family | None = None
    minimum: tuple[tuple[str, float], ...] = ()
    borrows: bool = False
    coverage: tuple[str, str] | None = None
    bias: Text | None = None
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        if self.family and [entry.name for entry in self.inputs] != [self.numerator, self.base]:
            raise ValueError(f"{self.id}: what is smoothed must be computed from its numerator and base alone")
        if self.borrows and not self.minimum:
            raise ValueError(f"{self.id}: what borrows below a minimum must declare it")

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures the indicator needs, each once: of its inputs, its coverage and its minimum."""
        further = [*(self.coverage or ()), *(name for name, _ in self.minimum)]
        return unique([entry.measure for entry in self.inputs] + [Input.parse(name).measure for name in further])


REGISTRY: dict[str, Indicator] = {}


def indicator(
    *,
    title: Text,
    definition: Text,
    formula: Text,
    unit: Text,
    better: Better,
    theme: Theme,
    factors: tuple[int, ...] = (),
    short: Text | None = None,
    decimals: int = 1,
    goalposts: Goalposts | None = None,
    scale: Scale = "linear",
    mark: Mark = "choropleth",
    estimated: bool = False,
    numerator: str | None = None,
    base: str | None = None,
    family: Family | None = None,
    minimum: tuple[tuple[str, float], ...] = (),
    borrows: bool = False,
    coverage: tuple[str, str] | None = None,
    bias: Text | None = None,
    breaks: tuple[Break, ...] = (),
) -> Callable[[Callable[..., pd.Series]], Callable[..., pd.Series]]:
    """Declare the decorated function as an indicator: its name is the id, its parameters are the inputs.

    Parameters
    ----------
    numerator, base
        Inputs (parameter names) of the small-number rule: a value rests on a small base when the numerator is 20 or
        less or the base is under 100 (method 4).
    family
        The value is a multiple of numerator / base, and gets a smoothed value and an interval beside it: of a rate
        (Poisson) or a share (binomial). See `indicators.smoothing`.
    minimum
        (measure, least value) pairs below which a value counts as resting on a small base, whatever the rule above.
    borrows
        A unit's value below its minimum borrows strength from the other parishes (a town: towns) of its
        municipality: it gets a smoothed value beside it and is marked estimated. See `indicators.evaluate`.
    coverage
        (part, whole): inputs whose ratio is the share of the territory the value speaks for. Default 1.

    Raises
    ------
    ValueError
        If the id is taken, or if what is smoothed has further inputs than its numerator and base.
    """

    def declare(function: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"two indicators are called {name!r}")
        REGISTRY[name] = Indicator(
            id=name,
            title=title,
            short=short or title,
            definition=definition,
            formula=formula,
            unit=unit,
            decimals=decimals,
            better=better,
            theme=theme,
            factors=factors,
            inputs=tuple(Input.parse(p) for p in inspect.signature(function).parameters),
            compute=function,
            goalposts=goalposts,
            scale=scale,
            mark=mark,
            estimated=estimated,
            numerator=numerator,
            base=base,
            family=family,
            minimum=minimum,
            borrows=borrows,
            coverage=coverage,
            bias=bias,
            breaks=breaks,
        )
        return function

    return declare

"""The few central types: texts, territories, measures, sources, observations, and the errors they raise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Self

Status = Literal["final", "provisional", "estimated", "suppressed", "not_published", "not_applicable"]
STATUSES: tuple[Status, ...] = ("final", "provisional", "estimated", "suppressed", "not_published", "not_applicable")
VALUELESS: frozenset[str] = frozenset({"suppressed", "not_published", "not_applicable"})

Level = Literal["unit", "municipality", "region", "country"]
LEVELS: tuple[Level, ...] = ("unit", "municipality", "region", "country")

COUNTRY = "LV"
RURAL = "LV-RURAL"
"""The pseudo-territory that pools all parishes: the centre of diverging maps and of every comparison."""
BORDER_MOVES = "border_moves"
"""The measure that is 1 for a unit and year at whose beginning its border stands elsewhere than a year before."""

FORMER = ["code", "name", "level", "valid_from", "valid_to", "successors"]
"""The columns of the table of territories that are no more."""

TERRITORY_CODE = re.compile(r"LV\d{7}|LV00[0-9A-Z]|LV")
PERIOD = re.compile(r"\d{4}(-Q[1-4])?")

Gate = Literal["lowest", "highest", "jump", "leap", "missing", "total"]
GATE_TEXTS: Mapping[Gate, str] = {
    "lowest": "{found:g} is below {limit:g}",
    "highest": "{found:g} is above {limit:g}",
    "jump": "the sum is {found:g} times that of the period before (at most {limit:g} times as much or as little)",
    "leap": "{found:g} is {limit:g} times the largest value there before, or more",
    "missing": "{found:.0%} of the territories are missing (at most {limit:.0%})",
    "total": "the sum misses the published total by {found:.1%} (at most {limit:.0%})",
}

Kind = Literal["count", "change", "share", "money", "speed", "distance", "length", "area", "weighted_sum"]


@dataclass(frozen=True)
class Text:
    """A text in both languages of the interface; neither may be empty."""

    lv: str
    en: str

    def __post_init__(self) -> None:
        if not (self.lv.strip() and self.en.strip()):
            raise ValueError(f"a text needs both languages: lv={self.lv!r}, en={self.en!r}")

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.lv


@dataclass(frozen=True)
class Break:
    """A period from which a series means something else: no trend crosses it."""

    period: str
    reason: Text


@dataclass(frozen=True)
class Succession:
    """That a measure continues another from the first period the other has no figures for, and why that is a break.

    Series that are divided by each other change over together, once the last of the older ones has ended: those that
    name the same `group`.
    """

    measure: str
    reason: Text
    group: str = ""


@dataclass(frozen=True)
class Gates:
    """What a period of a measure must keep to, to be believed; what is None is not looked at.

    lowest, highest: the range of every value
    jump: how many times the sum may rise or fall since the last period believed, over territories with both
    leap: how many times the largest value a territory had before its value may be
    missing: the share of territories with a value in the last period believed that may be without one now
    total: how far the sum may lie from the total published beside it, as a share of that total
    """

    lowest: float | None = None
    highest: float | None = None
    jump: float | None = 5
    leap: float | None = 100
    missing: float | None = 0.2
    total: float | None = 0.01


GATES: Mapping[Kind, Gates] = {
    "count": Gates(lowest=0, highest=5e6),
    "change": Gates(lowest=-5e6, highest=5e6, jump=None, leap=None),
    "share": Gates(),
    "money": Gates(lowest=-1e11, highest=1e11, jump=10, leap=None),
    "speed": Gates(lowest=0, highest=1e4),
    "distance": Gates(lowest=0, highest=500, jump=3),
    "length": Gates(lowest=0, highest=2e4, jump=3),
    "area": Gates(lowest=0, highest=64_600, jump=3),
    "weighted_sum": Gates(),
}
"""The gates of a measure that declares none. No count exceeds the country's residents, no area its territory; sums of
money swing with single firms."""
OPEN_TO_CHANGE = replace(GATES["weighted_sum"], lowest=0, leap=None)
"""The gates of sums that one shop which closes, or one person who tests, changes a hundredfold in a small place."""


@dataclass(frozen=True)
class Held:
    """Why a period of a measure is not believed: the gate it did not pass, what was found, and the limit.

    `territory` is where the largest such value stands; empty where the gate looks at all of them.
    """

    measure: str
    period: str
    gate: Gate
    found: float
    limit: float
    territory: str = ""

    def __str__(self) -> str:
        return f"{self.measure} {self.period}: {self.reason}"

    @property
    def reason(self) -> str:
        """What was found, in words."""
        where = f"{self.territory}: " if self.territory else ""
        return where + GATE_TEXTS[self.gate].format(found=self.found, limit=self.limit)


@dataclass(frozen=True)
class Measure:
    """One quantity a source provides.

    `level` is the finest level the publisher gives. A measure adds up over territories unless `additive` is False
    (a national rate, a published share); one that adds up is summed to municipalities, regions and the country.
    `timeless` measures (an area) hold for every period.
    `lead` says in whose borders the figures of a year stand: those of the beginning of the year so many years later
    (0 for a count of 1 January, 1 for what is counted at the year's end); None for the present borders.
    `succeeds` names an older series that this one continues, `continued_by` says where that came about (see
    `data.succession`): the measures whose later figures stand under this one's name.
    `made_with` names other sources its figures are worked out with: the grid of residents behind a distance.
    `gates` are those of its kind unless it declares its own: `gates=replace(GATES["money"], jump=None)`.
    """

    id: str
    title: Text
    unit: str
    kind: Kind
    level: Level = "unit"
    additive: bool = True
    timeless: bool = False
    breaks: tuple[Break, ...] = ()
    lead: int | None = None
    succeeds: Succession | None = None
    continued_by: tuple[str, ...] = ()
    made_with: tuple[str, ...] = ()
    gates: Gates | None = field(default=None, compare=False)

    @property
    def plausible(self) -> Gates:
        """The gates its periods must pass."""
        return self.gates or GATES[self.kind]


@dataclass(frozen=True)
class Licence:
    """A licence by its short name (SPDX where there is one), the address of its text, and what it asks of users."""

    id: str
    address: str
    non_commercial: bool = False
    share_alike: bool = False


@dataclass(frozen=True)
class Source:
    """One open dataset: who publishes it, under what licence, how to credit it, and which measures it provides.

    `files` are glob patterns, relative to the folder given to `fetch --from`, of the publisher's own files.
    """

    id: str
    publisher: Text
    title: Text
    address: str
    licence: Licence
    credit: Text
    updates: Text
    files: tuple[str, ...]
    provides: tuple[Measure, ...] = ()
    known_problems: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where, what, and what to do about it.

    `kind` is a stable name for those who say it in another language; most faults have none.
    """

    place: str
    problem: str
    next_step: str = ""
    kind: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.problem) if part) + (
            f". {self.next_step}" if self.next_step else ""
        )

    @property
    def shape(self) -> tuple[str, str]:
        """What faults of one kind have in common: the next step, and the problem up to its first comma or bracket
        without its figures and quotations."""
        return self.next_step, SHAPELESS.sub("", re.split(r"[,:;(]", QUOTED.sub("", self.problem))[0])


ABSENT = "absent"
"""The kind of a fault that says only that something else is still needed: what is there is right."""
SHOWN = 20
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
SHAPELESS = re.compile(r"[-+]?\d\S*")


@dataclass
class DataError(Exception):
    """Bad input. Carries the file and *all* its faults; the message names file, place and next step.

    Of faults of one kind the message shows the first `SHOWN`, and how many more there are.
    """

    file: str
    faults: Sequence[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, file: str, place: str, problem: str, next_step: str = "", kind: str = "") -> Self:
        return cls(file, [Fault(place, problem, next_step, kind)])

    def __str__(self) -> str:
        file = one_line(self.file)
        steps = {fault.next_step for fault in self.faults}
        one = steps.pop() or CORRECT if len(steps) == 1 else ""
        faults = [replace(fault, next_step="") for fault in self.faults] if one else self.faults
        kinds: dict[tuple[str, str], list[str]] = {}
        for fault, whole in zip(faults, self.faults, strict=True):
            kinds.setdefault(whole.shape, []).append(one_line(str(fault)))
        shown = []
        for alike in kinds.values():
            shown += alike[:SHOWN]
            if len(alike) > SHOWN:
                shown.append(f"… and {len(alike) - SHOWN} more" + (" like these" if len(kinds) > 1 else ""))
        if len(shown) == 1:
            return f"{file}: {shown[0]}" + (f". {one}" if one else "")
        return f"{file}:\n  - " + "\n  - ".join(shown) + (f"\n  {one}" if one else "")


class DataErrors(DataError):
    """Several files at fault at once: `errors` has one error for each."""

    def __init__(self, errors: Sequence[DataError]) -> None:
        super().__init__(", ".join(error.file for error in errors), [f for error in errors for f in error.faults])
        self.errors = list(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


CORRECT = "Correct the file, or get it again from the publisher."
"""The next step where no fault names one."""


class UnsafeFile(DataError):
    """A file that is refused before it is read: too large, a bomb, or a path that climbs out of its folder."""


class SchemaError(DataError):
    """A file that was read but does not hold what it should."""


class DownloadError(DataError):
    """A publisher's address that gave nothing usable; the file named is the address."""


class NotFetched(DataError):
    """The files of a source that others stand on are not there."""

    @classmethod
    def of_sources(cls, *ids: str) -> Self:
        step = f"Fetch it first: `python cli.py fetch --from DIR {' '.join(ids)}`"
        return cls("raw files", [Fault(f"source {id}", "no sound files of it here", step, ABSENT) for id in ids])


SnapshotFault = Literal["missing", "damaged", "unreadable", "version"]
"""What can be wrong with a snapshot file: not there, not matching its hash, no manifest, a manifest of another form."""


class SnapshotError(DataError):
    """A snapshot that cannot be served. The place of each fault is the file, its kind a `SnapshotFault`."""


def one_line(text: str) -> str:
    """Text with its line breaks shown: a message has a line for each fault, whatever a file is called."""
    return text.replace("\n", "\\n")


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items in their order, each once."""
    return tuple(dict.fromkeys(items))

"""Territories by code or name. What is not exactly a code or a name is offered with its nearest, never taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from data.own.model import Candidate, Reason

CODE = re.compile(r"(?:LV)?\s*(\d{4,7})(?:\.0)?", re.I)
SHORT = {
    "pag": "pagasts",
    "pagasta": "pagasts",
    "nov": "novads",
    "novada": "novads",
    "pils": "pilsēta",
    "pilsetas": "pilsēta",
}
KINDS = ("pagasts", "novads", "pilsēta", "valstspilsēta")
PLAIN_KINDS = frozenset(("pagasts", "novads", "pilseta", "valstspilseta"))
HEADINGS = frozenset((*KINDS, "nosaukums", "kods", "name", "code", "veids", "tips", "vai", "un", "teritorija", "vieta"))
TOTAL = re.compile(
    r"(?:pavisam|kopā|kopa|total|sum|summa|latvija|latvijā|lv|visa latvija|latvia|valstī|vidēji|average)\b.*"
    r"|.*\b(?:reģions|regions|regiona|region|plānošanas reģions)",
    re.I,
)
LEAST_ALIKE = 75
KIND_ALIKE = 80
"""How alike two names must be to be offered, and two words to count as one of the kinds of places (0-100)."""
MOST_OFFERED = 4


@dataclass(frozen=True)
class Found:
    """The territory of a row, or why there is none. A code may be a unit, a municipality, or both (a state city)."""

    code: str | None = None
    reason: Reason | None = None
    detail: str = ""
    candidates: tuple[Candidate, ...] = ()
    agrees: bool = True


def words(text: str) -> str:
    """A name as it is compared: no capitals, no punctuation, "pag." and "nov." in full."""
    parts = re.sub(r"[^\w]+", " ", text.casefold()).split()
    return " ".join(SHORT.get(part, part) for part in parts)


def plain(text: str) -> str:
    """The same without diacritics."""
    return "".join(c for c in unicodedata.normalize("NFD", words(text)) if not unicodedata.combining(c))


@dataclass
class Gazetteer:
    """All present territories by code and name, and those that are no more.

    units, municipalities: codes of each level
    shown: each code's name with its municipality's after it
    """

    units: frozenset[str]
    municipalities: frozenset[str]
    shown: Mapping[str, str]
    named: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]
    regions: frozenset[str]
    former: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, territories: pd.DataFrame, former: pd.DataFrame) -> Gazetteer:
        """From the tables of a snapshot."""
        rows = territories[["code", "name", "level", "parent"]].astype(object).to_numpy().tolist()
        municipalities = {code: name for code, name, level, _ in rows if level == "municipality"}
        shown = dict(municipalities)
        named: dict[str, dict[str, None]] = {}
        parents: dict[str, str] = {}
        for code, name, level, parent in rows:
            if level not in ("unit", "municipality"):
                continue
            named.setdefault(words(name), {})[code] = None
            if level == "unit":
                parents[code] = parent
            if level == "unit" and code != parent:
                over = municipalities[parent]
                shown[code] = f"{name}, {over}"
                for both in (f"{name} {over}", f"{over} {name}"):
                    named.setdefault(words(both), {})[code] = None
        gone: dict[str, str] = {}
        for code, name, until, successors in former[["code", "name", "valid_to", "successors"]].astype(str).to_numpy():
            heirs = ", ".join(f"{new} ({shown.get(new, '?')})" for new in successors.split())
            if code not in shown:
                gone[code] = f"{name}, {until} → {heirs}"
            if words(name) not in named:
                gone[words(name)] = f"{name}, {until} → {heirs}"
        return cls(
            units=frozenset(code for code, _, level, _ in rows if level == "unit"),
            municipalities=frozenset(municipalities),
            shown=shown,
            named={name: tuple(codes) for name, codes in named.items()},
            parents=parents,
            regions=frozenset(plain(name) for _, name, level, _ in rows if level in ("region", "country")),
            former=gone,
        )

    def __post_init__(self) -> None:
        self._plain: dict[str, list[str]] = {}
        for name, codes in self.named.items():
            self._plain.setdefault(plain(name), []).extend(codes)

    @cached_property
    def _stems(self) -> dict[str, str]:
        return {like: stem(like) for like in self._plain}

    def code_of(self, text: str) -> str | None:
        """A code in its full form (LV0027400 from 27400, "0027400"), known or not; None if it is no code."""
        found = CODE.fullmatch(text.strip())
        return f"LV{found[1].zfill(7)}" if found else None

    def codes_named(self, text: str) -> tuple[str, ...]:
        """The territories of a name, diacritics aside."""
        return self.named.get(words(text)) or tuple(self._plain.get(plain(text), ()))

    def is_known(self, text: str) -> bool:
        """Whether a text is the code or name of a territory, present or former, diacritics aside."""
        if code := self.code_of(text):
            return code in self.shown or code in self.former
        return bool(self.codes_named(text)) or words(text) in self.former

    def looks_like(self, text: str) -> bool:
        """Whether a text is meant to be a territory: a known one, or words that say so ("Rezeknes pagsts" does not)."""
        parts = words(text).split()
        said = any(part in KINDS for part in parts) and not set(parts) <= HEADINGS
        return self.is_known(text) or (1 < len(parts) <= 6 and said)

    def is_total(self, text: str) -> bool:
        """Whether a row is a sum over places: the country or a region."""
        if words(text) in self.named:
            return False
        return bool(TOTAL.fullmatch(text.strip())) or plain(text) in self.regions

    def levels(self, name: str) -> set[str]:
        """Of which levels the territories of a name are."""
        found: set[str] = set()
        for code in self.codes_named(name):
            found |= {"unit"} if code in self.units else set()
            found |= {"municipality"} if code in self.municipalities else set()
        return found

    def find(self, code: str, name: str, over: str, assigned: Mapping[str, str]) -> Found:
        """The territory of a row.

        code, name, over : the cells of a code, of a name and of the municipality's name; "" where there is none.
        assigned : what was answered, by the text of the row.
        """
        asked = text_key(code, name, over)
        if asked in assigned:
            given = assigned[asked]
            return Found(given) if given in self.shown else Found(None, "unknown")
        if code and (full := self.code_of(code)):
            if full in self.shown:
                codes = self.named.get(words(name), ()) if name else ()
                return Found(full, agrees=not codes or full in codes)
            if full in self.former:
                return Found(None, "former", self.former[full], self.offered(name, over) if name else ())
            return Found(None, "unknown", "", self.offered(name, over) if name else ())
        text = name or code
        if not text:
            return Found(None, "no_place")
        return self.by_name(text, over)

    def by_name(self, name: str, over: str) -> Found:
        """The territory of a name, exactly; with the municipality's name if the name alone is not enough."""
        codes = self.named.get(words(name), ())
        if over and len(codes) > 1:
            within = tuple(code for code in codes if self.is_over(over, code))
            codes = within or codes
        if len(codes) == 1:
            return Found(codes[0])
        if len(codes) > 1:
            return Found(None, "homonym", "", tuple(Candidate(code, self.shown[code], 100) for code in codes))
        if words(name) in self.former:
            return Found(None, "former", self.former[words(name)], self.offered(name, over))
        candidates = self.offered(name, over)
        return Found(None, "near" if candidates else "unknown", "", candidates)

    def is_over(self, over: str, code: str) -> bool:
        parent = self.parents.get(code, code)
        if full := self.code_of(over):
            return full == parent
        return parent in self.named.get(words(over), ()) or words(over) == words(self.shown.get(parent, ""))

    def offered(self, name: str, over: str) -> tuple[Candidate, ...]:
        """The territories whose names are most alike, best first; "pagasts" and the like do not count."""
        from rapidfuzz import fuzz, process

        asked = stem(plain(name))
        if not 3 <= len(asked) <= 120:
            return ()
        found = process.extract(asked, self._stems, scorer=fuzz.ratio, limit=12, score_cutoff=LEAST_ALIKE)
        scored: dict[str, float] = {}
        for _, score, like in found:
            same_kind = 4 * (like.split()[-1] == plain(name).split()[-1]) if plain(name) != like else 0
            for code in self._plain[like]:
                nearer = 3 if over and self.is_over(over, code) else 0
                top = 100 if plain(name) == like else 99
                scored[code] = max(scored.get(code, 0), min(top, score - 4 + same_kind + nearer) if top < 100 else 100)
        best = sorted(scored, key=lambda code: (-scored[code], code))[:MOST_OFFERED]
        return tuple(Candidate(code, self.shown[code], round(scored[code])) for code in best)


def stem(name: str) -> str:
    """A plain name without the words for parish, town and municipality, even if these are written wrongly."""
    from rapidfuzz import fuzz

    parts = name.split()
    kept = [part for part in parts if not any(fuzz.ratio(part, kind) >= KIND_ALIKE for kind in PLAIN_KINDS)]
    return " ".join(kept) or name


def text_key(code: str, name: str, over: str) -> str:
    """What a row is called in questions and answers."""
    return ", ".join(part for part in (code, name, over) if part)

"""The profile of one territory in words: one content for the page and the PDF, so that both say the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pandas as pd

from data.model import BORDER_MOVES, DataError, Fault, Source
from data.store import Snapshot
from indicators import profile
from indicators.catalogue import FACTORS, THEMES, by_factor, providers_of, sources_of
from indicators.model import Indicator
from indicators.profile import AREAS, RULES, Candidate, Facts, Figure, Standing, Step, Survey
from indicators.success import FACTORS as SCORED
from indicators.success import VERSION
from reports.sentences import Sentences
from reports.words import Language, Words, words

PEOPLE = (
    "children_share",
    "older_share",
    "births_rate",
    "density",
    "census_residents",
)
DIGITAL = (
    "download_mbps",
    "upload_mbps",
    "latency_ms",
    "residents_30mbps_share",
    "residents_100mbps_share",
    "basic_skills_share",
    "online_share",
    "within5km_access_point_share",
)
BUSINESS = (
    "businesses_registered_rate",
    "businesses_closed_rate",
    "company_taxpayers_rate",
    "employers_rate",
    "income_tax_payers_share",
    "income_tax_per_payer",
    "local_income_tax_ratio",
)
CHILDREN = ("preschool_pupils_per_100_children", "school_pupils_rate")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Table:
    """Rows of finished text; the first cell of each is its head."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Score:
    """A factor: its points and place in words, and as numbers for the bar (from `first` to `last` of `count`).

    rank: its own place, in the middle of those it shares it with; 0 without a score
    """

    factor: str
    title: str
    points: str
    place: str
    notes: tuple[str, ...]
    rank: float
    first: int
    last: int
    count: int


@dataclass(frozen=True)
class Part:
    """A heading with its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """Everything that is said of one territory, in one language; plain text without any markup.

    residents: how many by year, for the line; moved: the years at whose beginning the border moved
    visits: the codes of the candidates
    made: the stamp, the link, and what must be known of the link
    """

    code: str
    level: str
    language: Language
    name: str
    where: str
    people: tuple[str, ...]
    people_table: Table
    residents: Mapping[str, float]
    moved: tuple[str, ...]
    scores: tuple[Score, ...]
    scores_note: str
    compared_note: str
    strengths: Part
    gaps: Part
    services: Table
    services_note: tuple[str, ...]
    digital: tuple[str, ...]
    digital_table: Table
    business_table: Table
    missing: Part
    unknown: Part
    steps: tuple[Part, ...]
    candidates: tuple[Part, ...]
    candidates_note: str
    visits: tuple[str, ...]
    sources: tuple[str, ...]
    made: tuple[str, ...]
    titles: Mapping[str, str]


CODES = "Codes are those of the classifier of territories, as LV0033400; the page of profiles shows each."
TITLES = (
    "people", "scores", "services", "digital", "business", "steps", "candidates", "sources", "locator",
    "residents_line", "map_digital", "map_change", "link", "compared", "around",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ground:
    """What all profiles of a snapshot rest on, computed once. Shared: read it, never change it."""

    snapshot: Snapshot
    indicators: Mapping[str, Indicator]
    units: Survey
    municipalities: Survey
    moved: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, snapshot: Snapshot, indicators: Mapping[str, Indicator], values: pd.DataFrame) -> Ground:
        """The ground of a snapshot, its declared indicators and their values, as `evaluate` gives them."""
        territories, order = snapshot.territories, list(THEMES)
        indicators = dict(sorted(indicators.items(), key=lambda item: order.index(item[1].theme)))
        units = profile.survey(values, indicators, territories, "unit")
        municipalities = profile.survey(values, indicators, territories, "municipality", units)
        rows = snapshot.observations
        moves = rows[(rows["measure"] == BORDER_MOVES) & rows["value"].gt(0)]
        by_place = moves.groupby("territory", observed=True)
        moved = {str(code): tuple(sorted(rows["period"].astype(str))) for code, rows in by_place}
        return cls(snapshot, indicators, units, municipalities, moved)

    def survey(self, code: str) -> Survey:
        """The survey a territory belongs to: a state city, which is its own municipality, is one of the units.

        Raises
        ------
        KeyError
            If there is no profile of such a code.
        """
        for found in (self.units, self.municipalities):
            if code in found.territories.index:
                return found
        raise KeyError(code)

    def facts(self, code: str) -> Facts:
        """Everything a profile states of a territory.

        Raises
        ------
        KeyError
            If there is no profile of such a code.
        """
        return profile.facts(self.survey(code), code, self.moved.get(code, ()))

    @property
    def codes(self) -> list[str]:
        """Every territory that has a profile: the units, then the municipalities that are no unit."""
        units = list(self.units.territories.index)
        return units + [code for code in self.municipalities.territories.index if code not in set(units)]

    def asked(self, codes: Sequence[str] = (), municipality: str = "", every: bool = False) -> list[str]:
        """The territories somebody asks for: by code, a municipality with all in it, or every unit; each once.

        Raises
        ------
        DataError
            Naming every code there is no profile of.
        """
        wanted = list(codes)
        if municipality:
            if municipality not in self.municipalities.territories.index:
                raise DataError.of(municipality, "", "no municipality has this code", CODES)
            wanted = [municipality, *self.inside(municipality)]
        if every:
            wanted = list(self.units.territories.index)
        known = set(self.codes)
        if unknown := [code for code in dict.fromkeys(wanted) if code not in known]:
            raise DataError("report", [Fault(code, "no territory has this code", CODES) for code in unknown])
        return list(dict.fromkeys(wanted))

    def inside(self, municipality: str) -> list[str]:
        """The units of a municipality."""
        parents = self.units.territories["parent"].to_dict()
        return [str(code) for code, parent in parents.items() if parent == municipality]


@dataclass(frozen=True)
class Edition:
    """What stamps a profile: the program's version, the day it is made, and where the page can be found."""

    version: str
    day: date
    link: str


def profile_of(ground: Ground, code: str, language: Language, edition: Edition) -> Profile:
    """The profile of a territory in a language.

    Raises
    ------
    KeyError
        If there is no profile of such a code.
    """
    return profile_from(ground, ground.facts(code), language, edition)


def profile_from(ground: Ground, found: Facts, language: Language, edition: Edition) -> Profile:
    """The profile in a language, of a territory whose facts are at hand."""
    return _Teller(ground, found, language).told(edition)


def advice_of(ground: Ground, code: str, language: Language) -> list[str]:
    """The next steps that follow from the figures of a territory, each in words; empty if none does.

    Raises
    ------
    KeyError
        If there is no profile of such a code.
    """
    found = profile.facts(ground.survey(code), code, ground.moved.get(code, ()))
    teller = _Teller(ground, found, language)
    return [teller.step(step) for step in found.steps]


def link_to(address: str, code: str, language: Language) -> str:
    """Where the page of a profile is found; `address` is that of the dashboard's start page."""
    return f"{address.rstrip('/')}/profile?territory={code}&lang={language}"


class _Teller(Sentences):
    """Puts the facts of one place into the words of one language."""

    def __init__(self, ground: Ground, found: Facts, language: Language) -> None:
        super().__init__(words(language), "rural" if found.group == "parish" else "country")
        self.ground, self.facts = ground, found
        self.territory = ground.survey(found.code).territories.loc[found.code]

    def told(self, edition: Edition) -> Profile:
        found = self.facts
        services, services_note = self.services()
        return Profile(
            code=found.code,
            level=found.level,
            language=self.words.language,
            name=str(self.territory["name"]),
            where=self.lies(),
            people=tuple(self.people()),
            people_table=self.table(PEOPLE, "people"),
            residents=found.residents,
            moved=found.moved,
            scores=tuple(self.score(standing) for standing in found.standings),
            scores_note=self.tr("profile.scores_note", version=VERSION),
            compared_note=self.tr(f"profile.compared_note.{self.where}"),
            strengths=self.stated("strengths", found.strengths),
            gaps=self.stated("gaps", found.gaps),
            services=services,
            services_note=services_note,
            digital=tuple(self.digital()),
            digital_table=self.table(DIGITAL, "digital"),
            business_table=self.table(BUSINESS, "business"),
            missing=Part(self.tr("profile.missing"), tuple(self.missing())),
            unknown=Part(self.tr("profile.unknown"), tuple(self.unknown())),
            steps=tuple(self.advice(area) for area in AREAS),
            candidates=tuple(self.candidates(factor.id) for factor in SCORED),
            candidates_note=self.candidates_note(),
            visits=tuple(dict.fromkeys(one.code for those in found.candidates.values() for one in those)),
            sources=tuple(self.sources()),
            made=self.made(edition),
            titles={name: self.tr(f"profile.title.{name}") for name in TITLES},
        )

    # --- where and who ---

    def lies(self) -> str:
        """What kind of place it is and what it lies in."""
        kind, region = self.territory["kind"], self.region()
        area = self.words.amount(float(self.territory["area_km2"]), 0, "km²")
        if self.facts.level == "municipality":
            kinds = self.ground.units.territories.loc[self.ground.inside(self.facts.code), "kind"]
            parts = [
                self.words.trn(f"profile.count.{name}", int((kinds.isin(those)).sum()))
                for name, those in (("parishes", ["parish"]), ("towns", ["town", "city"]))
                if kinds.isin(those).any()
            ]
            return " · ".join([region, area, *parts])
        own = self.territory["parent"] == self.facts.code
        within = [] if own else [str(self.ground.municipalities.territories.loc[self.territory["parent"], "name"])]
        return " · ".join([*within, self.tr("profile.state_city" if own else f"profile.kind.{kind}"), region, area])

    def region(self) -> str:
        table = self.ground.snapshot.territories
        named = table.loc[(table["level"] == "region") & (table["code"] == self.territory["region"]), "name"]
        return self.tr("profile.region", name=str(named.iloc[0])) if len(named) else ""

    def named(self, code: str) -> str:
        """A unit with its municipality, where that is another."""
        row = self.ground.units.territories.loc[code]
        parent = self.ground.municipalities.territories["name"].get(row["parent"], "")
        return str(row["name"]) if parent in ("", row["name"]) else f"{row['name']} ({parent})"

    # --- people ---

    def people(self) -> Iterator[str]:
        """How many there are, and how many more or fewer than before."""
        residents = self.facts.residents
        if residents:
            year = max(residents)
            yield self.words.trn("profile.residents", int(residents[year]), 0, year=year)
        for years, name in ((5, "population_change_5y"), (10, "population_change_10y")):
            figure = self.facts.figures.get(name)
            if figure is None:
                continue
            if not figure.known:
                why = "profile.change.moved" if self.facts.moved else f"index.status.{figure.status}"
                yield self.tr("profile.change.unknown", years=years, why=self.tr(why))
                continue
            other = "" if math.isnan(figure.reference) else self.change(figure.reference)
            key = "profile.change" if other else "profile.change.alone"
            there = self.tr(f"profile.in.{self.where}")
            yield self.tr(key, years=years, own=self.change(figure.value), where=there, other=other)

    # --- figures ---

    def table(self, names: Sequence[str], what: str) -> Table:
        """Figures beside the comparator's."""
        figures = [self.facts.figures[name] for name in names if name in self.facts.figures]
        heads = ("indicator", "here", self.where, "period")
        rows = tuple(
            (
                self.label(figure.indicator),
                self.here(figure),
                self.there(figure),
                self.when(figure),
            )
            for figure in figures
        )
        return Table(tuple(self.tr(f"profile.head.{head}") for head in heads), rows, self.tr(f"profile.note.{what}"))

    def stated(self, which: str, groups: Sequence[tuple[Figure, ...]]) -> Part:
        """What is better, or worse, than at the comparator, each in a sentence."""
        none = self.tr(f"profile.{which}.none", where=self.tr(f"profile.than.{self.where}"))
        return Part(self.tr(f"profile.{which}"), tuple(map(self.sentence, groups)) or (none,))

    # --- scores ---

    def score(self, standing: Standing) -> Score:
        """A factor in words."""
        factor = next(factor for factor in SCORED if factor.id == standing.factor)
        title = f"{factor.number}. {self.words.say(factor.title)}"
        if standing.gap:
            why = self.tr("profile.gap.level" if standing.gap == "level" else f"index.gap.{standing.gap}")
            place, notes = why, ()
            points = self.tr("profile.not_scored" if standing.gap == "level" else "index.no_score")
            if standing.gap == "level":
                notes = tuple(self.inside(standing.factor))
            return Score(factor.id, title, points, place, notes, 0, 0, 0, standing.count)
        notes = []
        if standing.tied > 1:
            notes.append(self.words.trn("profile.tied", standing.tied - 1))
        if self.facts.level == "municipality":
            notes += self.inside(standing.factor)
        return Score(
            factor=factor.id,
            title=title,
            points=self.tr("profile.score", score=self.number(standing.score, 1)),
            place=self.tr(
                f"profile.place.{self.facts.group}",
                places=self.places(standing.first, standing.last),
                count=self.number(standing.count),
            ),
            notes=tuple(notes),
            rank=standing.rank + (standing.tied - 1) / 2,
            first=standing.first,
            last=standing.last,
            count=standing.count,
        )

    def inside(self, factor: str) -> Iterator[str]:
        """The lowest and the highest score inside a municipality."""
        units = self.ground.units.scored
        scored = units.scores[factor].dropna().to_dict() if factor in units.meta.codes else {}
        scores = {code: scored[code] for code in self.ground.inside(self.facts.code) if code in scored}
        if len(scores) > 1:
            low, high = min(scores, key=scores.__getitem__), max(scores, key=scores.__getitem__)
            names = self.ground.units.territories["name"].to_dict()
            key = "profile.inside" if scores[low] < scores[high] else "profile.inside.same"
            yield self.tr(
                key,
                low=self.number(scores[low], 1),
                lowest=names[low],
                high=self.number(scores[high], 1),
                highest=names[high],
            )

    # --- services and digital ---

    def services(self) -> tuple[Table, tuple[str, ...]]:
        """How far services are, and how many residents have them near."""
        figures = self.facts.figures
        rows = []
        for name, figure in figures.items():
            kind = profile.service(name)
            near = figures.get(f"within5km_{kind}_share")
            if not kind or near is None:
                continue
            rows.append(
                (
                    self.words.say(figure.indicator.short),
                    self.shown(figure.indicator, figure.value),
                    self.there(figure),
                    self.shown(near.indicator, near.value),
                    self.there(near),
                )
            )
        town = figures.get("distance_town_km")
        if town:
            rows.append(
                (self.words.say(town.indicator.short), self.shown(town.indicator, town.value), self.there(town), "", "")
            )
        heads = ("service", "km_here", self.where, "near_here", self.where)
        notes = [self.tr("profile.note.services")]
        for name in CHILDREN:
            figure = figures.get(name)
            if figure and figure.known:
                difference = self.difference(figure.indicator, figure.value, figure.reference)
                notes.append(
                    self.tr(
                        "profile.sentence",
                        what=self.label(figure.indicator),
                        value=self.shown(figure.indicator, figure.value),
                        period=self.when(figure),
                        difference=difference,
                        other=self.there(figure),
                    )
                )
        return Table(tuple(self.tr(f"profile.head.{head}") for head in heads), tuple(rows)), tuple(notes)

    def digital(self) -> Iterator[str]:
        """What was measured, by how many."""
        figures = self.facts.figures
        tests, devices, measured = (
            figures.get(name) for name in ("broadband_tests", "broadband_devices", "broadband_measured_share")
        )
        if tests is None or devices is None or not tests.known:
            return
        period = self.words.period(tests.period)
        if tests.value == 0:
            yield self.tr("profile.measured.none", period=period)
            return
        yield self.tr(
            "profile.measured",
            period=period,
            tests=self.words.trn("profile.tests", int(tests.value)),
            devices=self.words.trn("profile.with_devices", int(devices.value)),
        )
        if measured and measured.known:
            yield self.tr("profile.measured.share", share=self.words.amount(measured.value, 0, "%"))
        if any(figures[name].small and figures[name].indicator.borrows for name in DIGITAL if name in figures):
            yield self.tr("profile.measured.few")

    # --- what is missing ---

    def missing(self) -> Iterator[str]:
        """What is not known of this place, why, and who could publish it."""
        missing = self.facts.missing
        for status, names in missing.absent.items():
            tested = [name for name in names if self.facts.figures[name].indicator.borrows]
            others = [name for name in names if name not in tested]
            why = f"index.status.{status}"
            yield from self.lacking("profile.missing.untested", tested, why=self.tr(why))
            if status == "not_applicable":
                why = "profile.change.moved" if self.facts.moved else "profile.missing.undefined"
            yield from self.lacking("profile.missing.absent", others, why=self.tr(why))
        yield from self.lacking("profile.missing.copied", missing.copied)
        yield from self.lacking("profile.missing.old", missing.old, missing.old)

    def lacking(
        self, key: str, names: Iterable[str], periods: Mapping[str, str] | None = None, **why: str
    ) -> Iterator[str]:
        """A line on indicators, if there are any; all that speak of places on the map in one, data on data left out."""
        found: dict[str, None] = {}
        kept = [name for name in names if self.facts.figures[name].indicator.theme != "data"]
        for name in kept:
            entry = self.facts.figures[name].indicator
            mapped = entry.theme == "services" and profile.MAPPED.match(name)
            short = self.tr("profile.missing.mapped") if mapped else self.words.say(entry.short)
            year = periods[name][:4] if periods else ""
            found[self.tr("profile.missing.dated", name=short, year=year) if year else short] = None
        if found:
            yield self.tr(key, names=", ".join(found).rstrip("."), who=self.publishers(kept), **why)

    def publishers(self, names: Iterable[str]) -> str:
        entries = (self.facts.figures[name].indicator for name in names)
        sources = (source for entry in entries for source in providers_of(entry, self.ground.snapshot.sources))
        return "; ".join(dict.fromkeys(self.words.say(source.publisher) for source in sources))

    def unknown(self) -> Iterator[str]:
        """What no open data tell of any place, and who could publish it."""
        judged = sum(not entries for entries in by_factor(self.ground.indicators.values()).values())
        for name in ("networks", "skills", "services", "small"):
            yield self.tr(f"profile.unknown.{name}")
        yield self.words.trn("profile.unknown.factors", judged, 0, all=self.number(len(FACTORS)))

    # --- what to do next ---

    def advice(self, area: profile.Area) -> Part:
        """Next steps of one area; where no rule applies, that."""
        lines = tuple(self.step(step) for step in self.facts.steps if step.area == area)
        nothing = self.tr(f"profile.step.{area}.none", where=self.tr(f"profile.than.{self.where}"))
        return Part(self.tr(f"profile.area.{area}"), lines or (nothing,))

    def step(self, step: Step) -> str:
        figures, words = step.figures, self.words
        values: dict[str, str] = {"where": self.tr(f"profile.in.{self.where}")}
        for name in ("share", "reference"):
            if name in figures:
                values[name] = words.amount(figures[name], 0, "%")
        if "least_tests" in figures:
            values["least_tests"] = words.trn("profile.least_tests", int(figures["least_tests"]))
            values["least_devices"] = words.trn("profile.with_devices", int(figures["least_devices"]))
        if "tests" in figures:
            values["tests"] = words.trn("profile.tests", int(figures["tests"]))
            values["devices"] = words.trn("profile.with_devices", int(figures["devices"]))
        if step.named:
            entries = [self.facts.figures[name] for name in step.named]
            values["list"] = ", ".join(
                f"{self.lower(words.say(figure.indicator.short))} {self.shown(figure.indicator, figure.value)}"
                for figure in entries
            )
            values["year"] = entries[0].period[:4]
        return self.tr(f"profile.step.{step.rule}", **values)

    # --- places to visit ---

    def candidates(self, factor: str) -> Part:
        """Candidates to visit for one factor."""
        title = self.words.say(next(own for own in SCORED if own.id == factor).title)
        found = self.facts.candidates[factor]
        if not found:
            return Part(title, (self.tr(f"profile.candidates.none.{factor}"),))
        lines = [self.candidate(factor, candidate) for candidate in found]
        shown = {candidate.score for candidate in found}
        left = found[0].alike + 1 - len(found) if len(shown) == 1 else 0
        if left > 0:
            lines.append(self.words.trn("profile.candidates.more", left))
        return Part(title, tuple(lines))

    def candidate(self, factor: str, candidate: Candidate) -> str:
        notes = [
            self.tr("profile.score", score=self.number(candidate.score, 1)),
            self.tr(
                "profile.candidate.place",
                places=self.places(candidate.first, candidate.last),
                count=self.number(candidate.count),
            ),
        ]
        if factor == "digital" and not math.isnan(candidate.tests):
            notes.append(self.words.trn("profile.tests", int(candidate.tests)))
        if not math.isnan(candidate.higher) and not candidate.surely:
            notes.append(self.tr("profile.candidate.alike"))
        return f"{self.named(candidate.code)}: {', '.join(notes)}"

    def candidates_note(self) -> str:
        return self.words.trn(f"profile.candidates_note.{self.facts.group}", len(self.facts.among))

    # --- sources ---

    def sources(self) -> Iterator[str]:
        """The sources of all that is said, each with its licence and what that asks."""
        used: dict[str, Source] = {}
        for figure in self.facts.figures.values():
            used |= {source.id: source for source in sources_of(figure.indicator, self.ground.snapshot.sources)}
        used |= {s.id: s for s in self.ground.snapshot.sources.values() if s.id == "boundaries"}
        yield from credit_lines(used.values(), self.words)

    def made(self, edition: Edition) -> tuple[str, ...]:
        """The stamp, the link, and what must be known of the link."""
        snapshot = self.ground.snapshot
        return (
            self.tr(
                "profile.made",
                day=self.words.day(edition.day),
                version=edition.version,
                edition=self.words.day(date.fromisoformat(snapshot.manifest["edition"])),
                hash=snapshot.hash[:16],
            ),
            edition.link,
            self.tr("profile.link.local") if urlsplit(edition.link).hostname in LOOPBACK else "",
        )


def credit_lines(sources: Iterable[Source], said: Words) -> Iterator[str]:
    """Whom to credit for figures of these sources: each publisher once, with its licence and what that asks."""
    lines: dict[tuple[str, str], Source] = {}
    for source in sources:
        if source.id != "own_tables":
            lines.setdefault((said.say(source.credit), source.licence.id), source)
    for (credit, licence), source in lines.items():
        terms = [said.tr("licence.non_commercial")] * source.licence.non_commercial
        terms += [said.tr("licence.share_alike")] * source.licence.share_alike
        yield ". ".join(filter(None, (credit, ", ".join(filter(None, [licence, *terms])))))


def rules(language: Language) -> list[Part]:
    """The rules of advice in words, by area."""
    said = words(language)
    return [
        Part(said.tr(f"profile.area.{area}"), tuple(said.tr(f"profile.rule.{rule}") for rule in RULES[area]))
        for area in AREAS
    ]

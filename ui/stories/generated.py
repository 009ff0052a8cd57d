"""A ready story of a municipality in ten views, with true sentences, to be told as it is or changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from indicators.profile import Facts, Figure
from reports.profile import Edition, Ground, Profile, profile_from
from reports.profile_maps import Shapes
from reports.sentences import Sentences
from reports.words import Language, words
from ui.address import Pane, View, default, sanitise
from ui.cache import Loaded
from ui.profiles import ground
from ui.stories.guess import answer, guessing, question
from ui.stories.scored import known
from ui.stories.story import LONGEST, Slide, Story, clean

NEAR, AROUND = 0.6, 0.3
"""How much of the map a municipality takes: where it is the subject, and where its surroundings are."""
NEAREST = 16.0
SERVICES = ("distance_grocery_km", "distance_pharmacy_km", "distance_post_km", "distance_cash_km")
GUESSED = (
    "older_share",
    "company_taxpayers_rate",
    "children_share",
    "distance_pharmacy_km",
    "population_change_5y",
)
"""What is asked, the first for which the place has a figure of its own that is beyond doubt."""
FURTHER = (
    "income_tax_payers_share",
    "unemployed_share",
    "births_rate",
    "children_share",
    "paved_roads_share",
    "latency_ms",
    "crimes_rate",
    "employers_rate",
    "distance_town_km",
    "social_spending_per_resident",
)
"""What takes the place of a slide for which there are no data."""


def generated(loaded: Loaded, municipality: str, language: Language) -> Story:
    """Ten slides about a municipality or state city, each with words for the hall and notes for the speaker.

    Raises
    ------
    KeyError
        If there is no municipality of this code.
    """
    return _Teller(loaded, municipality, language).told()


@dataclass(frozen=True)
class _Place:
    """A territory with what is known of it and how that is said."""

    facts: Facts
    said: Profile

    @classmethod
    def of(cls, found: Ground, code: str, language: Language, day: Edition) -> _Place:
        facts = found.facts(code)
        return cls(facts, profile_from(found, facts, language, day))


class _Teller(Sentences):
    def __init__(self, loaded: Loaded, municipality: str, language: Language) -> None:
        super().__init__(words(language), "country")
        self.loaded, self.code, self.language = loaded, municipality, language
        self.ground, self.known = ground(loaded), known(loaded)
        if municipality not in self.ground.municipalities.territories.index:
            raise KeyError(municipality)
        self.edition = Edition("", loaded.edition, "")
        self.own = _Place.of(self.ground, municipality, language, self.edition)
        shapes = Shapes.of(loaded.snapshot.geometry)
        self.box, self.size = shapes.box("municipality", municipality), shapes.size

    def told(self) -> Story:
        made: list[Slide] = []
        spare = self.further()
        for topic in self.topics:
            slide = topic() or next(spare, None)
            if slide:
                made.append(slide)
        return Story(self.tr("story.generated.title", place=self.own.said.name), self.language, tuple(made))

    @property
    def topics(self) -> tuple[Callable[[], Slide | None], ...]:
        return (
            self.residents,
            self.then,
            self.guess,
            lambda: self.plain("older_share", "age"),
            self.services,
            self.network,
            self.skills,
            lambda: self.plain("company_taxpayers_rate", "business"),
            lambda: self.score("digital"),
            lambda: self.score("data_based"),
        )

    # --- slides ---

    def residents(self) -> Slide | None:
        """How many residents there are, and how many more or fewer than five years ago; Latvia around it."""
        if not self.figure("population_change_5y") or len(self.own.said.people) < 2:
            return None
        return self.slide("residents", "population_change_5y", " ".join(self.own.said.people[:2]), share=None)

    def then(self) -> Slide | None:
        """Where people lived in the first year there is, and where they live now."""
        residents = self.own.facts.residents
        there = self.loaded.country.get("residents")
        if len(residents) < 2 or self.own.facts.moved or there is None or "density" not in self.known.latest:
            return None
        first, last = min(residents), max(residents)
        if not {first, last} <= set(there.index) or not residents[first]:
            return None
        sentence = self.tr(
            "story.generated.then",
            first=first,
            last=last,
            change=self.change(100 * (residents[last] / residents[first] - 1)),
            low=self.number(residents[first]),
            high=self.number(residents[last]),
            other=self.change(100 * float(there[last] / there[first] - 1)),
        )
        slide = self.slide("then", "density", sentence)
        pane: Pane = {**slide.state["panes"][0], "period": last, "basis": "years"}
        return replace(slide, kind="before_after", state={**slide.state, "panes": [pane]}, before=first)

    def guess(self) -> Slide | None:
        """Which fifth the largest parish stands in."""
        place, facts = self.largest, self.largest.facts
        for name in GUESSED:
            figure = facts.figures.get(name)
            if figure is None or not figure.known or not figure.own or figure.small or figure.status != "final":
                continue
            if answer(self.loaded, name, facts.code):
                title = self.tr("story.generated.guess", place=place.said.name)
                sentence = question(self.loaded, self.language, name, facts.code)
                state = guessing(self.loaded, self.known, name, facts.code, self.view(AROUND))
                notes = self.notes("guess", self.bias(figure))
                return Slide("guess", state, title, sentence, notes, territory=facts.code)
        return None

    def services(self) -> Slide | None:
        """How far services are from home."""
        there = [figure for name in SERVICES if (figure := self.figure(name))]
        if not there:
            return None
        listed = "; ".join(
            self.tr(
                "profile.distance",
                to=self.lower(self.words.say(figure.indicator.short)),
                value=self.shown(figure.indicator, figure.value),
                other=self.shown(figure.indicator, figure.reference),
            )
            for figure in there
        )
        shown = min(there, key=lambda figure: figure.indicator.id != "distance_pharmacy_km").indicator.id
        return self.slide("services", shown, self.tr("story.generated.services", list=listed, year=there[0].period[:4]))

    def network(self) -> Slide | None:
        """The measured speed, and on how much it rests."""
        figure = self.figure("download_mbps")
        if not figure:
            return None
        return self.slide("network", "download_mbps", " ".join([self.sentence((figure,)), *self.own.said.digital[:1]]))

    def skills(self) -> Slide | None:
        """What people can do, said to be an estimate."""
        figure = self.figure("basic_skills_share")
        if not figure:
            return None
        said = [self.sentence((figure,)), self.tr("story.generated.modelled")]
        return self.slide("skills", "basic_skills_share", " ".join(said))

    def plain(self, name: str, topic: str) -> Slide | None:
        """One figure beside Latvia's."""
        figure = self.figure(name)
        return self.slide(topic, name, self.sentence((figure,))) if figure else None

    def score(self, factor: str) -> Slide | None:
        """A success factor: the lowest and the highest place inside, and where the largest stands."""
        shown, place = f"score_{factor}", self.largest
        own = next(score for score in place.said.scores if score.factor == factor)
        if not own.count or not own.rank or shown not in self.known.latest:
            return None
        inside = self.ground.units.scored.scores.loc[self.ground.inside(self.code), factor]
        notes = next(score.notes for score in self.own.said.scores if score.factor == factor)
        around = notes[-1:] if inside.notna().sum() > 1 else ()
        stands = self.tr("story.generated.score", name=place.said.name, points=own.points, place=own.place)
        return self.slide(factor, shown, " ".join([*around, stands]), bias=self.tr(f"index.bias.{factor}"))

    def further(self) -> Iterator[Slide]:
        """Slides on other indicators, for those that have no data."""
        for name in FURTHER:
            figure = self.figure(name)
            if figure:
                title = self.words.say(figure.indicator.short)
                yield self.slide("other", name, self.sentence((figure,)), title=title)

    # --- parts of a slide ---

    def slide(
        self, topic: str, indicator: str, sentence: str, *, title: str = "", bias: str = "", share: float | None = NEAR
    ) -> Slide:
        """A slide of one map; `share` is how much of it the municipality takes, None for the whole country."""
        state = {
            **default(self.known),
            "panes": [self.known.pane(indicator)],
            "selected": [self.code],
            "view": self.view(share) if share else None,
        }
        return Slide(
            "view",
            sanitise(state, self.known),
            clean(title or self.tr(f"story.generated.name.{topic}", place=self.own.said.name), LONGEST["title"]),
            clean(sentence, LONGEST["sentence"]),
            self.notes(topic, bias or self.bias(self.figure(indicator))),
        )

    def figure(self, name: str) -> Figure | None:
        """A figure of the municipality that has a comparator."""
        found = self.own.facts.figures.get(name)
        return found if found and found.known and not math.isnan(found.reference) else None

    @cached_property
    def largest(self) -> _Place:
        """The parish with most residents; where there is no parish, the unit."""
        inside = self.ground.units.territories.loc[self.ground.inside(self.code)]
        parishes = inside.index[inside["kind"] == "parish"]
        counted = self.ground.units.counts("residents").reindex(parishes if len(parishes) else inside.index)
        return _Place.of(self.ground, str(counted.fillna(0).idxmax()), self.language, self.edition)

    def view(self, share: float) -> View:
        """A look at the municipality so that it takes this share of the map, with no more sea or abroad than needed."""
        (left, top, right, bottom), (width, height) = self.box, self.size
        k = share * min(width / max(1.0, right - left), height / max(1.0, bottom - top))
        k = round(max(1.0, min(NEAREST, k)), 3)

        def inside(middle: float, size: float) -> int:
            return round(max(size / (2 * k), min(size - size / (2 * k), middle)))

        return {"x": inside((left + right) / 2, width), "y": inside((top + bottom) / 2, height), "k": k}

    def bias(self, figure: Figure | None) -> str:
        return self.words.say(figure.indicator.bias) if figure and figure.indicator.bias else ""

    def notes(self, topic: str, bias: str) -> str:
        """What to ask the hall, and what to beware of."""
        beware = [self.tr("story.generated.beware", bias=bias)] if bias else []
        return clean("\n\n".join([self.tr(f"story.generated.notes.{topic}"), *beware]), LONGEST["notes"])

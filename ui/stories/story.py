"""A story: saved views of the maps with words to each, as plain data that can be edited, saved and read back."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from reports.words import LANGUAGES, Language
from ui.address import Known, State, sanitise

Kind = Literal["view", "before_after", "guess"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FaultKind = Literal["large", "unreadable", "format", "version", "empty", "many", "slide", "indicator", "territory"]
FORMAT, VERSION = "smart-villages-story", 1
MOST_BYTES = 256_000
MOST_SLIDES = 30
LONGEST: Mapping[str, int] = {"title": 120, "sentence": 400, "notes": 2000}
"""How many characters the texts of a slide may have; what is longer is cut."""


class StoryError(ValueError):
    """What is wrong with a file that should hold a story.

    `kind` has words in `story.fault.*`; `slide` is the number of the slide it lies in, from 1, where it lies in one;
    `what` is the piece of the file that is not understood, cut short.
    """

    def __init__(self, kind: FaultKind, slide: int = 0, what: str = "") -> None:
        super().__init__(f"{kind} {slide} {what}")
        self.kind, self.slide, self.what = kind, slide, what[:60]


@dataclass(frozen=True)
class Slide:
    """One view with its words.

    kind: "before_after" shows the first map in the period `before` and then as the state says, in the same classes;
        "guess" asks in which fifth `territory` stands before it shows the map
    notes: for whoever speaks; the hall does not see them
    """

    kind: Kind
    state: State
    title: str
    sentence: str = ""
    notes: str = ""
    before: str | None = None
    territory: str | None = None


@dataclass(frozen=True)
class Story:
    """Slides in the order they are told. `language` is the one its words are in, not that of whoever reads them."""

    title: str
    language: Language
    slides: tuple[Slide, ...] = ()

    @property
    def full(self) -> bool:
        return len(self.slides) >= MOST_SLIDES

    def added(self, slide: Slide) -> Story:
        """With one more at the end; unchanged when it is full."""
        return self if self.full else replace(self, slides=(*self.slides, slide))

    def changed(self, at: int, slide: Slide) -> Story:
        return replace(self, slides=(*self.slides[:at], slide, *self.slides[at + 1 :]))

    def without(self, at: int) -> Story:
        return replace(self, slides=(*self.slides[:at], *self.slides[at + 1 :]))

    def moved(self, at: int, by: int) -> Story:
        """With one slide so many places later (earlier, where negative), at most at an end."""
        to = max(0, min(len(self.slides) - 1, at + by))
        rest = self.without(at).slides
        return replace(self, slides=(*rest[:to], self.slides[at], *rest[to:]))


def clean(text: object, most: int) -> str:
    """Somebody's words without invisible signs and not longer than `most`; empty where it is no text."""
    if not isinstance(text, str):
        return ""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return kept.strip()[:most].strip()


def write(story: Story, edition: str) -> bytes:
    """The story as a file; `edition` says which data it was made with."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "edition": edition,
        "title": story.title,
        "language": story.language,
        "slides": [_written(slide) for slide in story.slides],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read(content: bytes, known: Known) -> Story:
    """The story in a file. Nothing in it is trusted: sizes are limited, texts cleaned, states made sane.

    Raises
    ------
    StoryError
        With the first thing that is wrong.
    """
    if len(content) > MOST_BYTES:
        raise StoryError("large")
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:
        raise StoryError("unreadable") from broken
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise StoryError("format")
    if given.get("version") != VERSION:
        raise StoryError("version", what=str(given.get("version")))
    slides = given.get("slides")
    if not isinstance(slides, list) or not slides:
        raise StoryError("empty")
    if len(slides) > MOST_SLIDES:
        raise StoryError("many")
    language = given.get("language")
    return Story(
        title=clean(given.get("title"), LONGEST["title"]),
        language=cast(Language, language) if language in LANGUAGES else "lv",
        slides=tuple(_read(slide, number, known) for number, slide in enumerate(slides, start=1)),
    )


def _written(slide: Slide) -> dict[str, Any]:
    extra = {"before": slide.before, "territory": slide.territory}
    return {
        "kind": slide.kind,
        "title": slide.title,
        "sentence": slide.sentence,
        "notes": slide.notes,
        **{name: value for name, value in extra.items() if value},
        "state": slide.state,
    }


def _read(given: object, number: int, known: Known) -> Slide:
    if not isinstance(given, dict) or not isinstance(given.get("state"), dict):
        raise StoryError("slide", number)
    kind = given.get("kind")
    if kind not in KINDS:
        raise StoryError("slide", number, str(kind))
    panes = given["state"].get("panes")
    if not isinstance(panes, list) or not panes:
        raise StoryError("slide", number)
    for pane in panes:
        indicator = pane.get("indicator") if isinstance(pane, dict) else None
        if not isinstance(indicator, str) or indicator not in known.latest:
            raise StoryError("indicator", number, str(indicator))
    before, territory = given.get("before"), known.today(given.get("territory"))
    if kind == "before_after" and (not isinstance(before, str) or before not in known.periods):
        raise StoryError("slide", number, str(before))
    if kind == "guess" and (not isinstance(territory, str) or territory not in known.territories):
        raise StoryError("territory", number, str(territory))
    return Slide(
        kind=cast(Kind, kind),
        state=sanitise(given["state"], known),
        **{name: clean(given.get(name), most) for name, most in LONGEST.items()},
        before=cast(str, before) if kind == "before_after" else None,
        territory=cast(str, territory) if kind == "guess" else None,
    )

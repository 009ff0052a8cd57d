"""What the player in the browser is given, and the buttons that start it."""

from __future__ import annotations

from typing import Any

from reports.sentences import Sentences
from reports.words import words
from ui import assets, own
from ui.cache import Loaded
from ui.component import component
from ui.stories import scored
from ui.stories.guess import answer
from ui.stories.story import Slide, Story
from ui.text import Language, language, messages

SPOKEN = ("story.play.", "stage.", "map.period.")
"""The words the player says."""

_component = component("story_player", "stories/adapter.js", isolated=False)


def story_player(story: Story, loaded: Loaded, start: int = 0) -> None:
    """Buttons that play a story over the whole window, from its beginning or from the slide `start` on."""
    made = scored.shown(loaded) if any(map(_scored, story.slides)) else None
    _component(
        key="story_player",
        width="content",
        data={
            "base": assets.base(loaded),
            "lang": language(),
            "start": start,
            "story": played(story, loaded, language()),
            "inline": own.on_map(loaded, made),
            "texts": texts(language()),
        },
    )


def texts(spoken: Language) -> dict[str, str]:
    """The words the player says, by key."""
    return {key: text for prefix in SPOKEN for key, text in messages(spoken, prefix).items()}


def played(story: Story, loaded: Loaded, spoken: Language) -> dict[str, Any]:
    """A story as the player takes it: slides with the true answers to their questions, worded in this language."""
    return {
        "title": story.title,
        "language": story.language,
        "slides": [
            {
                "kind": slide.kind,
                "state": slide.state,
                "title": slide.title,
                "sentence": slide.sentence,
                "notes": slide.notes,
                "before": slide.before,
                "answer": _answered(slide, loaded, spoken),
            }
            for slide in story.slides
        ],
    }


def _answered(slide: Slide, loaded: Loaded, spoken: Language) -> dict[str, Any] | None:
    if slide.kind != "guess" or not slide.territory:
        return None
    indicator = slide.state["panes"][0]["indicator"]
    true = answer(loaded, indicator, slide.territory)
    if true is None:
        return None
    said = Sentences(words(spoken), "rural")
    name = loaded.names[slide.territory]
    shown = said.shown(loaded.indicators[indicator], true.value)
    period = said.words.short_period(true.period)
    return {"fifth": true.fifth, "words": said.tr("story.answer", place=name, value=shown, period=period)}


def _scored(slide: Slide) -> bool:
    return any(pane["indicator"].startswith("score_") for pane in slide.state["panes"])

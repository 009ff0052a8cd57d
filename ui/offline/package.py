"""The offline package as one zip: the dashboard's own modules and figures, opened by a double click on index.html.

package(loaded, ["LV0033000"], made=date.today())   -> the bytes of a zip with one municipality
package(loaded, municipalities(loaded), ...)        -> the same with every one
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from data.model import DataError
from data.paths import ROOT
from reports import methodology, profile_maps
from reports.index_methodology import NOT_USE, USE, USE_TITLES
from reports.profile import TITLES, Edition, Ground, Profile, profile_from, rules
from reports.words import LANGUAGES, Language, Words, words
from ui import assets, profiles
from ui.address import default
from ui.assets import Asset
from ui.cache import Loaded, project
from ui.downloads import file_stem
from ui.inline import inline
from ui.offline.bundle import bundle
from ui.stories import scored
from ui.stories.generated import generated
from ui.stories.player import played
from ui.text import messages, plain, speaking

HERE = Path(__file__).parent
ENTRY = "offline/app.js"
STYLES = ("map_panes/map_panes.css", "stage/stage.css", "stories/player.css", "offline/offline.css")
SPOKEN = ("offline.", "nav.", "language.", "sources.", "indicators.", "better.", "map.", "story.play.", "stage.")
"""The beginnings of the keys of all words the page says itself."""
THEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that the same data give the same bytes."""
PLAIN_FORMULAS = {methodology.SHRUNK: " x̂ = m + (x − m) · a ÷ (a + m ÷ n)."}
"""Formulas of the methodology in letters: the package draws no mathematics."""
NEAR, LEAST_ALIKE = 3, 0.7
"""How many municipalities are offered for a code there is none of, and how alike (0 to 1) code or name must be."""

Progress = Callable[[str, int, int], None]


def municipalities(loaded: Loaded) -> list[str]:
    """The codes of all municipalities, state cities among them."""
    return sorted(loaded.known.municipalities)


def known(loaded: Loaded, code: str) -> str:
    """The code of a municipality as it is.

    Raises
    ------
    DataError
        If there is no such municipality; it names those whose codes or names are most alike.
    """
    if code in loaded.known.municipalities:
        return code
    names = {one: loaded.names[one] for one in municipalities(loaded)}
    alike = [loaded.parents[code]] if code in loaded.parents else list(_alike(code, names))
    offered = ", ".join(f"{one} {names[one]}" for one in alike)
    step = f"Perhaps {offered}?" if offered else "Codes are those of the classifier of territories, as LV0033000."
    raise DataError.of(code, "", "no municipality has this code", step)


def _alike(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """The codes of the municipalities whose code or name is most like a text, best first."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    scores: dict[str, float] = {}
    for asked, choices in (
        (text, {code: code for code in names}),
        (plain(text), {code: plain(name).removesuffix(" novads") for code, name in names.items()}),
    ):
        alike = {"scorer": Levenshtein.normalized_similarity, "score_cutoff": LEAST_ALIKE, "limit": NEAR}
        for _, score, code in process.extract(asked.removesuffix(" novads"), choices, **alike):
            scores[code] = max(score, scores.get(code, 0.0))
    yield from sorted(scores, key=lambda code: (-scores[code], code))[:NEAR]


def name_of(loaded: Loaded, chosen: Sequence[str]) -> str:
    """What the folder of a package is called: of what, and of which edition of the territories."""
    what = file_stem(loaded.names[chosen[0]]) if len(chosen) == 1 else "latvija"
    return f"viedie-ciemi-{what}-{loaded.edition.isoformat()}"


def package(
    loaded: Loaded,
    chosen: Sequence[str],
    *,
    made: date,
    served: Mapping[str, Asset] | None = None,
    progress: Progress = lambda *_: None,
) -> bytes:
    """The zip of an offline package; the same snapshot, program, day and choice give the same bytes.

    Parameters
    ----------
    loaded
        The shared data; what a visitor has brought does not belong into a package.
    chosen
        Codes of the municipalities whose profiles it holds (`known`); maps and comparison always show all of Latvia.
    made
        The day the profiles bear.
    served
        The files of the maps (`assets.build`), where they have been made already.
    progress
        Told the code of each territory, how many are done and how many there will be.
    """
    served = assets.build(loaded) if served is None else served
    folder, content = name_of(loaded, chosen), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, written in files(loaded, chosen, made, served, progress):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", THEN), written, zipfile.ZIP_DEFLATED, 9)
    return content.getvalue()


def files(
    loaded: Loaded,
    chosen: Sequence[str],
    made: date,
    served: Mapping[str, Asset],
    progress: Progress = lambda *_: None,
) -> Iterator[tuple[str, bytes]]:
    """The files of a package by their name in its folder, each made when its turn comes."""
    ground = profiles.ground(loaded)
    yield "index.html", start_page().encode()
    for language, name in zip(LANGUAGES, ("LASI.txt", "README.txt"), strict=True):
        yield name, read_me(loaded, chosen, made, language)
    yield "program/app.js", bundle(HERE.parent, ENTRY).encode()
    for name in STYLES:
        yield f"program/{name}", (HERE.parent / name).read_bytes()
    yield "program/icon.svg", (HERE.parent / "icon.svg").read_bytes()
    yield "program/LICENSE.txt", (ROOT / "LICENSE").read_bytes()
    for name, asset in served.items():
        if name.endswith(".json"):
            yield script(name, gzip.decompress(asset.body).decode())
    for language in LANGUAGES:
        yield data_file(f"words.{language}.json", said(loaded, chosen, ground, language))
        yield data_file(f"scores.{language}.json", scores(loaded, language))
        for code in chosen:
            yield data_file(
                f"stories/{code}.{language}.json", played(generated(loaded, code, language), loaded, language)
            )
    yield from _profiles(loaded, chosen, ground, made, progress)


def script(name: str, text: str) -> tuple[str, bytes]:
    """A data file as a script that hands its text over, because a page from the file system can read nothing else."""
    given = json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"data/{name.removesuffix('on')}", f"smartVillages.take({json.dumps(name)}, {given});\n".encode()


def data_file(name: str, content: object) -> tuple[str, bytes]:
    """Plain values as a data file of the package."""
    return script(name, json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def start_page() -> str:
    """index.html: what it says stands until the program begins, which it cannot from inside a zip."""
    unpack = "\n".join(
        f'<p lang="{language}">{escape(words(language).tr("offline.unpack"))}</p>' for language in LANGUAGES
    )
    page = (HERE / "index.html").read_text(encoding="utf-8")
    return page.replace("{title}", escape(words("lv").tr("product.name"))).replace("{unpack}", unpack)


def read_me(loaded: Loaded, chosen: Sequence[str], made: date, language: Language) -> bytes:
    """How to open the folder and what is in it, as a text any Windows shows right."""
    speak = words(language)
    text = speak.tr(
        "offline.read_me",
        product=speak.tr("product.name"),
        title=title(loaded, chosen, speak),
        stamp=stamp(loaded, speak),
        day=speak.day(made),
    )
    return ("\ufeff" + text.replace("\n", "\r\n") + "\r\n").encode()


def title(loaded: Loaded, chosen: Sequence[str], speak: Words) -> str:
    """Whose package it is."""
    if len(chosen) > 1:
        return speak.tr("offline.everywhere")
    table = loaded.snapshot.territories
    return str(table.loc[(table["level"] == "municipality") & (table["code"] == chosen[0]), "name"].iloc[0])


def stamp(loaded: Loaded, speak: Words) -> str:
    """Version, edition and data, in the words of the dashboard's footer."""
    edition, shown = speak.day(loaded.edition), loaded.snapshot.hash[:8]
    return speak.tr("footer.stamp", version=project().version, edition=edition, hash=shown)


def said(loaded: Loaded, chosen: Sequence[str], ground: Ground, language: Language) -> dict[str, Any]:
    """All that the package says in a language beside what the maps do."""
    speak = words(language)
    return {
        "product": speak.tr("product.name"),
        "title": title(loaded, chosen, speak),
        "stamp": stamp(loaded, speak),
        "hash": loaded.snapshot.hash,
        "texts": {key: text for prefix in SPOKEN for key, text in messages(language, prefix).items()},
        "first": default(loaded.known) | {"selected": list(chosen) if len(chosen) == 1 else []},
        "profiles": {code: places(ground, code) for code in chosen},
        "headings": {name: speak.tr(f"profile.title.{name}") for name in TITLES},
        "rules": [asdict(part) for part in rules(language)],
        "sources": sources(loaded, speak),
        "methodology": method(language),
    }


def scores(loaded: Loaded, language: Language) -> dict[str, Any]:
    """The two measured success factors, as indicators beside those of the catalogue."""
    with speaking(language):
        return inline(scored.maps(loaded), loaded)


def places(ground: Ground, municipality: str) -> list[str]:
    """The territories of a municipality that have a profile, itself first."""
    return ground.asked(municipality=municipality)


def sources(loaded: Loaded, speak: Words) -> list[dict[str, Any]]:
    """The sources with all that must be told with their data."""
    return [
        {
            "id": source.id,
            "title": speak.say(source.title),
            "publisher": speak.say(source.publisher),
            "address": source.address,
            "licence": source.licence.id,
            "licence_address": source.licence.address,
            "terms": [speak.tr("licence.non_commercial")] * source.licence.non_commercial
            + [speak.tr("licence.share_alike")] * source.licence.share_alike,
            "credit": speak.say(source.credit),
            "vintage": loaded.vintage(source.id),
            "updates": speak.say(source.updates),
            "problems": [speak.say(problem) for problem in source.known_problems],
        }
        for source in loaded.snapshot.sources.values()
    ]


def method(language: Language) -> list[dict[str, Any]]:
    """The methodology in short: what figures may be used for, and how values come about."""
    use = [
        {"title": heading[language], "lines": [entry[language] for entry in entries]}
        for heading, entries in zip(USE_TITLES, (USE, NOT_USE), strict=True)
    ]
    principles = [
        {"title": heading[language], "lines": [_letters(text[language])]} for heading, text in methodology.PRINCIPLES
    ]
    return [
        {"title": methodology.PARTS["use"][language], "parts": use},
        {"title": methodology.PARTS["values"][language], "parts": principles},
    ]


def _letters(text: str) -> str:
    for formula, letters in PLAIN_FORMULAS.items():
        text = text.replace(formula, letters)
    return text


def _profiles(
    loaded: Loaded, chosen: Sequence[str], ground: Ground, made: date, progress: Progress
) -> Iterator[tuple[str, bytes]]:
    """One file for each municipality and language: its profiles by code."""
    count = sum(len(places(ground, code)) for code in chosen)
    done = 0
    progress("", done, count)
    edition = Edition(project().version, made, "")
    for municipality in chosen:
        told: dict[Language, dict[str, Any]] = {language: {} for language in LANGUAGES}
        for code in places(ground, municipality):
            found = ground.facts(code)
            for language in LANGUAGES:
                told[language][code] = shown(profile_from(ground, found, language, edition))
            done += 1
            progress(code, done, count)
        for language, content in told.items():
            yield data_file(f"profiles/{municipality}.{language}.json", content)


def shown(said: Profile) -> dict[str, Any]:
    """What the package shows of a profile, with its small pictures as SVG; the stamp stands at its end."""
    speak = words(said.language)
    bars = [
        profile_maps.place_bar(score.first, score.last, score.rank, score.count, speak) if score.rank else ""
        for score in said.scores
    ]
    parts = {"strengths": said.strengths, "gaps": said.gaps, "missing": said.missing, "unknown": said.unknown}
    tables = {
        "services": said.services,
        "digital": said.digital_table,
        "people": said.people_table,
        "business": said.business_table,
    }
    return {
        "code": said.code,
        "level": said.level,
        "name": said.name,
        "where": said.where,
        "people": said.people,
        "line": profile_maps.residents_line(said.residents, said.moved, speak),
        "scores": [
            {"title": score.title, "points": score.points, "place": score.place, "notes": score.notes, "bar": bar}
            for score, bar in zip(said.scores, bars, strict=True)
        ],
        "notes": {"scores": said.scores_note, "compared": said.compared_note, "candidates": said.candidates_note},
        "parts": {name: asdict(part) for name, part in parts.items()},
        "steps": [asdict(part) for part in said.steps],
        "candidates": [asdict(part) for part in said.candidates],
        "visits": said.visits,
        "tables": {name: asdict(table) for name, table in tables.items()},
        "services_note": said.services_note,
        "digital": said.digital,
        "sources": said.sources,
        "made": said.made[0],
    }

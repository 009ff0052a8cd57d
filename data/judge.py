"""Raw files judged: the ground all sources stand on, and each source's observations through corrections and gate.

The one way from files to observations: `fetch` and `import` keep what passes here (`sift`), `build` writes it.
"""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data import geometry, schema, sources
from data.context import Context, RawFile
from data.gates import Key, doubtful, hold_back
from data.memory import LATEST, Content, content_of, remembered
from data.model import DataError, NotFetched, SchemaError
from data.paths import CORRECTIONS
from data.read import ColumnType, Faults, open_csv
from data.sources import boundaries, classifier, raim
from data.store import PEOPLE, Snapshot, open_snapshot, stamp
from data.transition import carried_observations

GROUND = {"boundaries": remembered(boundaries.editions), "classifier": remembered(classifier.crosswalk)}
"""The sources all others stand on, and what reads their files."""

PLACES = ("name", "kind", "territory", "x", "y", "population")

CORRECTION_COLUMNS: Mapping[str, ColumnType] = {
    "source": "text",
    "territory": "text",
    "period": "text",
    "measure": "text",
    "published": "number?",
    "value": "number?",
    "status": "text",
    "reason": "text",
}

EVERYWHERE = "*"
"""In the place of a territory: the whole period of the measure was looked at and is right."""

Files = Mapping[str, Sequence[RawFile]]
Progress = Callable[[str, int, int], None]
"""Called with the step's name, how many steps are done, and how many there are."""


@dataclass
class Sifted:
    """What became of files that were offered: the sources found sound, their observations, the faults of the others."""

    sound: list[str] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    refused: dict[str, DataError] = field(default_factory=dict)


def ground(files: Files, base: Path | None = None) -> Context:
    """What every source stands on: present territories, units at full detail, the crosswalk, and all raw files.

    Parameters
    ----------
    base
        A snapshot to stand on where the boundaries or the crosswalk were not fetched; its people by cell stand in for
        the grid's file.

    Raises
    ------
    NotFetched
        If the boundaries or the crosswalk were not fetched, and there is no snapshot.
    SchemaError
        If they have faults.
    """
    absent = [id for id in GROUND if not files.get(id)]
    if absent and base and base.is_dir():
        return of_snapshot(open_snapshot(base), files)
    if absent:
        raise NotFetched.of_sources(*absent)
    context = replace(laid(files["boundaries"], files["classifier"]), files=files, _made=made_of(files, base))
    if base:
        context = replace(context, people=base / PEOPLE)
    context.once("editions", lambda: GROUND["boundaries"](files["boundaries"]))
    return replace(context, residents=lambda: raim.residents(context) if files.get("raim") else residents_in(base))


def made_of(files: Files, base: Path | None) -> dict[str, Any]:
    """What was made already on the ground of these files and this snapshot: judging and building stand on the same."""
    contents = tuple((id, tuple(map(content_of, files[id]))) for id in sorted(files) if files[id])
    return made_once(contents, stamp(base) if base else "")


@lru_cache(LATEST)
def made_once(contents: tuple[tuple[str, tuple[Content, ...]], ...], base: str) -> dict[str, Any]:
    return {}


@remembered
def laid(edition_files: Sequence[RawFile], classifier_files: Sequence[RawFile]) -> Context:
    """The ground as the boundaries and the classifier alone give it."""
    with told("boundaries", edition_files):
        editions = GROUND["boundaries"](edition_files)
        territories = classifier.territories(editions)
    with told("classifier", classifier_files):
        crosswalk = classifier.crosswalk(classifier_files, editions)
        territories = classifier.ended(territories, classifier_files)
        former = classifier.former(editions, crosswalk, classifier_files)
        later = classifier.later(territories, classifier_files, editions[-1].date)
    return Context(territories, editions[-1].units, crosswalk, {}, former, editions[-1].date, later)


def of_snapshot(snapshot: Snapshot, files: Files) -> Context:
    """The ground a snapshot was built on; its crosswalk is not in it."""
    territories = snapshot.territories
    names = territories[territories["level"] == "municipality"].set_index("code")["name"]
    table = gpd.read_parquet(snapshot.path / "boundaries.parquet").set_index("code")
    units = table.rename(columns={"parent": "municipality"})
    units["municipality_name"] = units["municipality"].map(names)
    former = pd.read_parquet(snapshot.path / "former_territories.parquet")
    context = Context(territories, units, pd.DataFrame(), files, former, snapshot.manifest["edition"])
    context = replace(
        context,
        residents=lambda: residents_in(snapshot.path),
        people=snapshot.path / PEOPLE,
        _made=made_of(files, snapshot.path),
    )
    context.once("map file", lambda: snapshot.geometry)
    return context


def residents_in(snapshot: Path | None) -> pd.Series | None:
    """The residents of units in the latest year a snapshot has; None if it has none, or there is no snapshot."""
    if snapshot is None or not snapshot.is_dir():
        return None
    rows = open_snapshot(snapshot).observations.query("measure == 'residents' and value == value")
    return None if rows.empty else rows[rows["period"] == rows["period"].max()].set_index("territory")["value"]


def observe(id: str, context: Context, corrections: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The observations of one source, corrected and through the gates, and how many were corrected.

    Periods that are not plausible are held back: `attrs["held"]` says which, and why.

    What a source gives besides (the map file, the places) is made here too, so that its faults are found. What passed
    once on the same ground under the same corrections is not judged again, and not to be changed by who gets it.

    Raises
    ------
    DataError
        Names the source's files.
    """
    rules = corrections[corrections["source"] == id]
    return context.once(f"observations of {id} under {rules.to_csv()}", lambda: _observe(id, context, rules))


def _observe(id: str, context: Context, rules: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    module = sources.load(id)
    files = context.files[id]
    with told(id, files):
        table = module.tidy(files, context)
        if id == boundaries.SOURCE.id:
            map_file(context)
        if hasattr(module, "places"):
            places(context)
    totals, table.attrs = table.attrs.get("totals"), {}  # which pandas would copy at every step
    checked = believed(table, rules[rules["territory"] == EVERYWHERE])
    table, corrected = correct(table, rules[rules["territory"] != EVERYWHERE])
    table = carried_observations(table, module.SOURCE, context)
    try:
        table = schema.observations(table, module.SOURCE, context.territories, context.former)
        return hold_back(table, doubtful(table, module.SOURCE.provides, totals, checked)), corrected
    except SchemaError as error:
        raise SchemaError(f"{id} ({', '.join(file.name for file in files)})", error.faults) from None


@contextmanager
def told(id: str, files: Sequence[RawFile]) -> Iterator[None]:
    """Turn whatever a reader did not foresee in a file into a fault of that file."""
    try:
        yield
    except (DataError, OSError, MemoryError):
        raise
    except Exception as error:
        names = ", ".join(file.name for file in files)
        problem = f"not in the form that is known ({type(error).__name__}: {error})"
        raise SchemaError.of(f"{id} ({names})", "", problem, "Give the publisher's files as published.") from error


def map_file(context: Context) -> bytes:
    """The compact file the maps are drawn from; made once per build."""
    return context.once("map file", lambda: geometry.map_file(context.units, context.territories))


def sift(
    offered: Files,
    kept: Files,
    corrections: pd.DataFrame,
    progress: Progress = lambda step, done, total: None,
    base: Path | None = None,
) -> Sifted:
    """Judge the files that are offered beside those that are kept, as a build would.

    A source that is refused is judged for the others as it was kept, if it was. Of what is sound by itself, that is
    refused too beside which a kept source would no longer pass.

    Parameters
    ----------
    offered
        All files a source would have, by source.
    kept
        The files the sources have now.
    base
        A snapshot to stand on where no ground was fetched; its tables of sources without files must pass too.
    """
    asked = [id for id in sources.available() if id in offered]
    others = [id for id in sources.available() if id in kept and id not in offered]
    total = len(asked) + len(others)
    files = {**kept, **offered}
    result = Sifted()

    def refuse(id: str, error: DataError) -> None:
        nonlocal files
        result.refused[id] = error
        files = instead(files, id, kept)

    for id, read in GROUND.items():
        if id in offered:
            try:
                with told(id, offered[id]):
                    read(offered[id])
            except DataError as error:
                refuse(id, error)
    context: Context | None = None
    for done, id in enumerate(asked):
        progress(id, done, total)
        if id in result.refused:
            continue
        try:
            context = context or ground(files, base)
            result.tables[id], _ = observe(id, context, corrections)
        except DataError as error:
            if id not in GROUND or not isinstance(error, NotFetched):
                refuse(id, error)
                context = None
    result.sound = [id for id in asked if id not in result.refused]
    changed = [id for id in result.sound if not same(offered[id], kept.get(id, ()))]
    if changed:
        others += [id for id in result.refused if id in kept]
        after = len(asked)
        spoiled = failing(others, files, corrections, lambda id, done, _: progress(id, after + done, total), base)
        spoiled = {id: spoiled[id] for id in spoiled if id not in failing(spoiled, kept, corrections, base=base)}
        spoiled |= {id: error for id, error in stranded(files, base).items() if id not in stranded(kept, base)}
        blamed = {
            culprit: (id, error)
            for id, error in spoiled.items()
            for culprit in [c for c in changed if not faulty(id, instead(files, c, kept), corrections, base)] or changed
        }
        if blamed:
            sound = {id: offered[id] for id in offered if id not in blamed}
            result = sift(sound, kept, corrections, progress, base)
            result.refused |= {culprit: beside(culprit, offered[culprit], *why) for culprit, why in blamed.items()}
    return result


def failing(
    ids: Collection[str],
    files: Files,
    corrections: pd.DataFrame,
    progress: Progress = lambda step, done, total: None,
    base: Path | None = None,
) -> dict[str, DataError]:
    """Which of the sources do not pass, and why."""
    found: dict[str, DataError] = {}
    context: Context | None = None
    for done, id in enumerate(ids):
        progress(id, done, len(ids))
        try:
            context = context or ground(files, base)
            observe(id, context, corrections)
        except DataError as error:
            found[id] = error
    return found


def stranded(files: Files, base: Path | None) -> dict[str, DataError]:
    """The sources of a snapshot without files whose tables do not pass on the ground of `files`, and why."""
    if base is None or not base.is_dir() or not all(files.get(id) for id in GROUND):
        return {}
    found: dict[str, DataError] = {}
    try:
        context = ground(files, base)
        for id, table in carried_tables(open_snapshot(base), files).items():
            source = sources.load(id).SOURCE
            try:
                table = carried_observations(table, source, context)
                schema.observations(table, source, context.territories, context.former)
            except DataError as error:
                found[id] = error
    except DataError:
        return {}
    return found


def carried_tables(snapshot: Snapshot, files: Files) -> dict[str, pd.DataFrame]:
    """The observations a snapshot has of sources that have no files here."""
    tables = {id: snapshot.path / "observations" / f"{id}.parquet" for id in sources.available() if not files.get(id)}
    return {id: pd.read_parquet(path) for id, path in tables.items() if path.is_file()}


def faulty(id: str, files: Files, corrections: pd.DataFrame, base: Path | None) -> bool:
    """Whether a source does not pass with these files: its own, or its table in the snapshot where it has none."""
    return bool(failing([id], files, corrections, base=base) if files.get(id) else stranded(files, base).get(id))


def instead(files: Files, id: str, kept: Files) -> dict[str, Sequence[RawFile]]:
    """The files with those of one source as they were kept; without it, if none were."""
    others = {other: files[other] for other in files if other != id}
    return others | ({id: kept[id]} if id in kept else {})


def same(one: Sequence[RawFile], other: Sequence[RawFile]) -> bool:
    """Whether two lists hold the same names and bytes (a raw file's path is its hash)."""
    return {(file.name, file.path.name) for file in one} == {(file.name, file.path.name) for file in other}


def beside(id: str, files: Sequence[RawFile], other: str, error: DataError) -> DataError:
    """Why a source that is sound by itself is refused: another one, kept already, no longer passes beside it."""
    return SchemaError.of(
        f"{id} ({', '.join(file.name for file in files)})",
        f"source {other}",
        f"its files no longer pass beside these ({error.faults[0]})",
        f"Fetch {other} anew, together with {id}.",
    )


def read_corrections(path: Path) -> pd.DataFrame:
    """Known upstream errors: source, key, the published value that is wrong, the right one, and the reason.

    An empty `published` or `value` means none (then `status` says why there is no value). A row with `*` for the
    territory, and neither of them, says that a period no gate believes was looked at and is right.
    """
    table = open_csv(RawFile(path.name, path), CORRECTION_COLUMNS, may_be_empty=True)
    faults = Faults(path.name)
    known = sources.available()
    for line, id in table["source"].items():
        if id not in known:
            faults.add(f"line {line}, column 'source'", f"no source {id!r}")
    faults.raise_any()
    return table


def correct(table: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Replace the published values that corrections name.

    Raises
    ------
    SchemaError
        All corrections that match no row: the publisher has mended the error, or its file is not there.
    """
    if corrections.empty:
        return table, 0
    table = table.reset_index(drop=True)
    faults = Faults(CORRECTIONS.name)
    for line, rule in corrections.iterrows():
        named = np.all([table[column] == rule[column] for column in schema.KEY], axis=0)
        matches = named & np.isclose(table["value"], rule["published"], rtol=1e-9, atol=0, equal_nan=True)
        if not matches.any():
            found = ", ".join(f"{value:g}" for value in table.loc[named, "value"])
            say = f"the files of {rule['source']} say {found}" if found else f"not in the files of {rule['source']}"
            key = " ".join(str(rule[column]) for column in schema.KEY)
            step = "Take in the file that has it too, or remove the row."
            if found:
                step = "Remove the row if the publisher has mended the error."
            faults.add(f"line {line}", f"matches nothing: {key} = {rule['published']:g} ({say})", step)
        table.loc[matches, "value"] = rule["value"]
        table.loc[matches, "status"] = rule["status"]
    faults.raise_any()
    return table, len(corrections)


def believed(table: pd.DataFrame, rules: pd.DataFrame) -> set[Key]:
    """The periods that somebody has looked at, whatever the gates say: corrections with `*` for the territory.

    Raises
    ------
    SchemaError
        All that name a measure and period the source does not have.
    """
    there = set(table[["measure", "period"]].drop_duplicates().itertuples(index=False, name=None))
    checked = dict(zip(rules.index, zip(rules["measure"], rules["period"], strict=True), strict=True))
    faults = Faults(CORRECTIONS.name)
    for line, key in checked.items():
        if key not in there:
            faults.add(f"line {line}", f"matches nothing: no {' '.join(key)} in the files", "Remove the row.")
    faults.raise_any()
    return set(checked.values())


def places(context: Context) -> pd.DataFrame:
    """The places for search, by name and code; empty where no fetched source has any. Made once per build.

    Raises
    ------
    SchemaError
        A place outside every unit.
    """
    return context.once("places", lambda: _places(context))


def _places(context: Context) -> pd.DataFrame:
    empty = {column: pd.Series(dtype="float64" if column in "x y population" else "str") for column in PLACES}
    tables = [pd.DataFrame(empty)]
    units = context.territories.loc[context.territories["level"] == "unit", "code"]
    for id in sources.available():
        if context.files.get(id) and hasattr(module := sources.load(id), "places"):
            table = module.places(context.files[id], context)[list(PLACES)]
            faults = Faults(id)
            for row in table[~table["territory"].isin(units)].itertuples():
                faults.add(f"place {row.name}", f"lies in no unit ({row.territory!r})")
            faults.raise_any()
            tables.append(table)
    found = [table for table in tables if len(table)] or tables
    return pd.concat(found).sort_values(["name", "territory", "x", "y"], ignore_index=True)

"""One file to one reading; run as a program it does that in a process of its own and writes the reading as JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import pandas as pd

from data.context import RawFile
from data.model import DataError, SchemaError, UnsafeFile
from data.own import availability, cells, files, layout
from data.own.layout import Gathered, Recognised
from data.own.model import Answers, Column, Note, Preview, Reading, Series, Unmatched
from data.own.names import Gazetteer

MOST_UNMATCHED = 5_000
MOST_SERIES = 400
MOST_FIGURES = 3_000_000
FORM = "One column of a territory's code or name, one of the year, one of figures: docs/own-data.md shows examples."


def read(file: RawFile, snapshot: Path, answers: Answers) -> Reading:
    """Everything a file holds.

    Raises
    ------
    UnsafeFile, SchemaError
        What is wrong with it, and what to do.
    """
    form = files.form_of(file)
    if form in ("geojson", "geopackage"):
        return of_places(file, form, snapshot, answers)
    gazetteer = Gazetteer.of(
        pd.read_parquet(snapshot / "territories.parquet"), pd.read_parquet(snapshot / "former_territories.parquet")
    )
    sheets, notes = files.sheets(file, form)
    stem = files.plain_text(Path(file.name).stem) or "?"
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    chosen = [sheet for sheet in sheets if answers.sheet in ("", sheet.name) and not sheet.hidden]
    roles = answers.roles if len(chosen) == 1 else {}
    found, aside = [], []
    for sheet in chosen:
        known = layout.recognise(sheet, gazetteer, roles)
        found += [known] if known else []
        aside += [sheet.name] if not known and sheet.rows else []
    if not found:
        raise nothing(file, chosen)
    notes += [Note("hidden_sheets", {"names": layout.listed(hidden)})] if hidden else []
    notes += [Note("sheets", {"names": layout.listed(aside)})] if aside else []
    years = years_in([stem, *(title for one in found for title in (*one.titles, one.sheet.name))])
    points = [one for one in found if is_list_of_points(one, answers)]
    if points:
        return of_listed_points(file, points[0], snapshot, answers, stem, notes, [s.name for s in sheets], years)
    gathered = [
        layout.gather(one, gazetteer, assigned=answers.assigned, period=answers.period, comma=answers.comma, stem=stem)
        for one in found
    ]
    kind = "raim" if any(one.is_raim for one in found) else "table"
    offered = [available(one, each) for one, each in zip(found, gathered, strict=True)]
    if answers.kind in ("", "availability") and any(offered):
        kind = "availability"
        gathered = [each for each in offered if each]
    reading = Reading(
        file=file.name,
        kind=kind,
        series=tuple(series for one in gathered for series in one.series),
        unmatched=tuple(row for one in gathered for row in one.unmatched)[:MOST_UNMATCHED],
        notes=(*notes, *(note for one in gathered for note in one.notes)),
        previews=tuple(map(preview, found)),
        sheets=tuple(sheet.name for sheet in sheets if sheet.rows and not sheet.hidden),
        asks=("period",) if any(one.timeless for one in gathered) else (),
        periods=years,
    )
    return checked(reading)


def checked(reading: Reading) -> Reading:
    """The reading, if there is something in it and not too much."""
    if not reading.series and not reading.unmatched:
        raise SchemaError.of(reading.file, "", "no figures were found", FORM, "nothing")
    figures = sum(len(one.codes) * len(one.periods) for one in reading.series)
    if len(reading.series) > MOST_SERIES or figures > MOST_FIGURES:
        problem = f"{len(reading.series):,} series with {figures:,} cells; at most {MOST_SERIES} and {MOST_FIGURES:,}"
        raise UnsafeFile.of(reading.file, "", problem, "Give the columns that matter.", "columns")
    notes = [Note("no_period")] if reading.asks else []
    once = {str(note): note for note in (*notes, *reading.notes)}
    return replace(reading, notes=tuple(once.values()))


def nothing(file: RawFile, sheets: list[files.Sheet]) -> DataError:
    """Why a table cannot be used."""
    rows = max((len(sheet.rows) for sheet in sheets), default=0)
    if not rows:
        return SchemaError.of(file.name, "", "an empty table", FORM, "empty")
    widest = max(len(sheet.rows[0]) for sheet in sheets if sheet.rows)
    if widest < 2:
        return SchemaError.of(file.name, "", "only one column: no figures beside the territories", FORM, "nothing")
    return SchemaError.of(
        file.name, "", "no column of territories (codes or names) or of coordinates was found", FORM, "nothing"
    )


def years_in(texts: list[str]) -> tuple[str, ...]:
    """The years that stand in titles, newest first."""
    found = {year for text in texts for year in re.findall(rf"(?<!\d)({cells.YEAR})(?!\d)", text)}
    return tuple(sorted(found, reverse=True))


def preview(found: Recognised) -> Preview:
    first = found.rows[0] if found.rows else 0
    rows = tuple(tuple(found.sheet.rows[row]) for row in found.rows[: layout.SHOWN_ROWS])
    return Preview(found.sheet.name, tuple(found.columns), rows, first + 1)


# --- what can be ordered ---


def available(found: Recognised, gathered: Gathered) -> Gathered | None:
    """The series of a table in the form of `availability`: each share as addresses of all; None for other tables.

    Rows with a share beyond 0-100, or without addresses, are not used.
    """
    named = {name: series for series in gathered.series if (name := availability.column_of(label_of(found, series)))}
    shares = [name for name in availability.NAMES if name in named]
    counted = named.get(availability.ADDRESSES)
    if not (shares and counted) or gathered.timeless:
        return None
    out = Gathered(unmatched=list(gathered.unmatched), notes=list(gathered.notes))
    addresses = cells_of(counted)
    wrong: dict[str, str] = {}
    figures = {name: cells_of(named[name]) for name in shares}
    for name, held in figures.items():
        for (code, period), value in held.items():
            if not 0 <= value <= 100 or addresses.get((code, period), -1) < 0:
                wrong[f"{code} {period}"] = f"{name}: {value:g}"
    ordered = [name for name in ("share_30", "share_100", "share_1000") if name in figures]
    rising = [
        f"{code} {period}"
        for low, high in pairwise(ordered)
        for (code, period), value in figures[high].items()
        if value > figures[low].get((code, period), 100.0)
    ]
    if rising:
        out.notes.append(Note("not_monotone", {"count": len(set(rising)), "examples": layout.listed(rising)}))
    for key, detail in wrong.items():
        out.unmatched.append(Unmatched(found.sheet.name, 0, key, "number", detail))
    for name in shares:
        own, pairs = named[name], figures[name]
        rows, base = [], []
        for code in own.codes:
            keys = [(code, period) for period in own.periods]
            good = [key in pairs and key in addresses and f"{key[0]} {key[1]}" not in wrong for key in keys]
            rows.append(tuple(pairs[k] * addresses[k] / 100 if ok else None for k, ok in zip(keys, good, strict=True)))
            base.append(tuple(addresses[k] if ok else None for k, ok in zip(keys, good, strict=True)))
        measure = availability.NAMES[name]
        out.series.append(
            replace(
                own,
                name=availability.TITLES[measure].en,
                unit="%",
                additive=True,
                values=tuple(rows),
                base=tuple(base),
                per=100.0,
                column=measure,
            )
        )
    return out


def label_of(found: Recognised, series: Series) -> str:
    """The header of the column a series came from."""
    labels = [c.label for c in found.having("value")]
    return next((label for label in labels if cells.unit_of(label)[0] == series.name), series.name)


def cells_of(series: Series) -> dict[tuple[str, str], float]:
    """The figures of a series by code and period."""
    return {
        (code, period): value
        for code, row in zip(series.codes, series.values, strict=True)
        for period, value in zip(series.periods, row, strict=True)
        if value is not None
    }


# --- points and areas ---


def is_list_of_points(found: Recognised, answers: Answers) -> bool:
    """Whether a table is a list of points: it has coordinates, and no territory that could be meant instead."""
    if not (found.having("lat") and found.having("lon")):
        return False
    if answers.kind:
        return answers.kind == "points"
    if found.code is None and found.name is None:
        return True
    texts = [found.place(row)[:2] for row in found.rows]
    return len(set(texts)) < 0.9 * len(texts)


def of_listed_points(
    file: RawFile,
    found: Recognised,
    snapshot: Path,
    answers: Answers,
    stem: str,
    notes: list[Note],
    sheets: list[str],
    years: tuple[str, ...],
) -> Reading:
    from data.own import ground

    places, unmatched = ground.listed_points(found, file.name)
    series, outside = (
        ground.from_points(places, snapshot, stem, answers.period, found.sheet.name) if len(places.rows) else ([], [])
    )
    return checked(
        Reading(
            file=file.name,
            kind="points",
            series=tuple(series),
            unmatched=(*unmatched, *outside)[:MOST_UNMATCHED],
            notes=tuple(notes),
            previews=(preview(found),),
            sheets=tuple(sheets),
            asks=() if answers.period else ("period",),
            periods=years,
        )
    )


def of_places(file: RawFile, form: files.Form, snapshot: Path, answers: Answers) -> Reading:
    """Points or areas of a GeoJSON or GeoPackage file; where it has both, what is asked for, else the areas."""
    from data.own import ground

    if form == "geojson":
        places, layers = ground.geojson(file), [Path(file.name).stem]
    else:
        places, layers = ground.geopackage(file, answers.sheet)
    stem = files.plain_text(Path(file.name).stem) or "?"
    sheet = answers.sheet or layers[0]
    points, areas, unmatched = ground.split(places, sheet)
    notes: list[Note] = []
    if points is None and areas is None:
        problem = "neither points nor areas (lines cannot be used)"
        raise SchemaError.of(file.name, "", problem, "Give points or polygons.", "geometry")
    if areas is None or (points is not None and answers.kind == "points"):
        assert points is not None
        kind = "points"
        series, outside = ground.from_points(points, snapshot, stem, answers.period, sheet)
    else:
        kind = "polygons"
        series, outside, notes = ground.from_polygons(areas, snapshot, stem, answers.period, sheet)
    columns = tuple(
        Column(at, files.plain_text(str(label)) or "", "text") for at, label in enumerate(places.attributes.columns)
    )
    rows = places.attributes.head(layout.SHOWN_ROWS).astype(object).to_numpy().tolist()
    shown = tuple(tuple(files.plain_text(str(value)) if value is not None else None for value in row) for row in rows)
    return checked(
        Reading(
            file=file.name,
            kind=kind,
            series=tuple(series),
            unmatched=(*unmatched, *outside)[:MOST_UNMATCHED],
            notes=tuple(notes),
            previews=(Preview(sheet, columns, shown, 1),),
            sheets=tuple(layers),
            asks=() if answers.period else ("period",),
            periods=years_in([stem]),
        )
    )


# --- as a program ---


def main(given: Mapping[str, str] | None = None) -> int:
    """Read the file standard input names, and write the reading, or what is wrong, as JSON on standard output."""
    order = given or json.loads(sys.stdin.read())
    try:
        file = RawFile(order["name"], Path(order["path"]))
        reading = read(file, Path(order["snapshot"]), Answers.from_json(order["answers"]))
        answer = reading.to_json()
    except DataError as error:
        unsafe = isinstance(error, UnsafeFile)
        answer = json.dumps({"refused": [asdict(fault) for fault in error.faults], "unsafe": unsafe})
    except MemoryError:
        answer = json.dumps({"limit": "memory"})
    except Exception as error:  # whatever a file does that nobody foresaw ends in one sentence, not in a trace
        answer = json.dumps({"unforeseen": type(error).__name__})
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

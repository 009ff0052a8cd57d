"""The raw files against what was made of them: what a reader of the numbers should know, as tables and findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from data import judge, schema, sources
from data.context import Context
from data.lock import raw_files
from data.model import BORDER_MOVES, DataError, SnapshotError
from data.paths import CORRECTIONS, RAW, SNAPSHOT
from data.sources import raim
from data.store import PEOPLE, Snapshot, open_snapshot

if TYPE_CHECKING:
    from rich.console import Console

Severity = Literal["note", "warning", "fault"]
Row = tuple[str | int | float | None, ...]

EXACT = 1e-6
"""A difference up to this is rounding of the last digit."""
SUDDEN = 1.25
"""Residents that change by this factor (or its inverse) from one year to the next are named."""
BORDER = "a border moved inside the municipality"
ENOUGH_TESTS = 30
BAD_INPUT = 2


@dataclass(frozen=True)
class Finding:
    """One thing to know: a note, a warning (the numbers need care), or a fault (the input is wrong)."""

    severity: Severity
    text: str


@dataclass
class Section:
    """One comparison: a table, and what is to be said about it."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def say(self, severity: Severity, text: str) -> None:
        self.findings.append(Finding(severity, text))


@dataclass
class Report:
    """All comparisons. `exit_code` is 2 if there is a fault, else 0."""

    sections: list[Section] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        return [finding for section in self.sections for finding in section.findings]

    @property
    def exit_code(self) -> int:
        return BAD_INPUT if any(finding.severity == "fault" for finding in self.findings) else 0

    def count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "faults": self.count("fault"),
            "warnings": self.count("warning"),
            "sections": [asdict(section) for section in self.sections],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """The sections' tables by id."""
        return {section.id: pd.DataFrame(section.rows, columns=list(section.columns)) for section in self.sections}

    def print(self, console: Console) -> None:
        """Every section as a table with its findings below."""
        from rich.table import Table
        from rich.text import Text

        styles = {"note": "", "warning": "yellow", "fault": "red"}
        for section in self.sections:
            console.print(Text(f"\n{section.title}", style="bold"))
            if section.rows:
                table = Table(*section.columns, box=None, pad_edge=False)
                for row in section.rows:
                    table.add_row(*(Text(shown(value)) for value in row))
                console.print(table)
            for finding in section.findings:
                console.print(Text(f"{finding.severity}: {finding.text}", style=styles[finding.severity]))
        console.print(Text(f"\n{self.count('fault')} faults, {self.count('warning')} warnings."))


def shown(value: str | int | float | None) -> str:
    """A cell of a table: numbers with thousands marks and up to seven digits."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e7 else f"{value:,.7g}"
    return f"{value:,}" if isinstance(value, int) else value


Names = Callable[[str], str]


def check(raw: Path = RAW, snapshot: Path = SNAPSHOT, corrections: Path = CORRECTIONS) -> Report:
    """Read all raw files again, compare them with each other and with the snapshot.

    A source whose files have faults is reported as such; the others are compared all the same.

    Raises
    ------
    DataError
        Without boundaries and classifier nothing can be compared; or the corrections cannot be read.
    """
    context = replace(judge.ground(raw_files(raw)), people=snapshot / PEOPLE, _made={})
    rules = judge.read_corrections(corrections)
    full = context.territories.drop_duplicates("code").set_index("code")["full_name"]

    def name(code: str) -> str:
        return f"{full.get(code, '?')} ({code})"

    report = Report()
    opened = snapshot_files(snapshot, report)
    tidied = read_again(context, rules, opened, name, report)
    if "raim" in tidied:
        atlas = raim.read(context.files["raim"], context)
        parents = context.territories[context.territories["level"] == "unit"].set_index("code")["parent"]
        report.sections += [
            derived(atlas, name),
            unit_sums(atlas, parents, name),
            repeated(atlas, name),
            unpublished(atlas),
            units_per_series(atlas, name),
            sudden_changes(tidied["raim"], name),
        ]
    if tidied:
        report.sections += [totals(tidied), coverage(tidied, context)]
    return report


def read_again(
    context: Context, rules: pd.DataFrame, snapshot: Snapshot | None, name: Names, report: Report
) -> dict[str, pd.DataFrame]:
    """The observations of every fetched source, and whether the snapshot holds the same."""
    section = Section("sources", "Sources: raw files read again", ("source", "files", "rows", "corrected", "snapshot"))
    notes = Section("notes", "What the rules did", ("source", "what", "count"))
    report.sections += [section, notes]
    held: Mapping[str, pd.DataFrame] = observations_by_source(snapshot)
    found: dict[str, pd.DataFrame] = {}
    for id in sources.available():
        if not context.files.get(id) and id not in sources.published():
            continue
        if not context.files.get(id):
            section.say("warning", f"{id}: no raw files; `python cli.py fetch --from DIR {id}` takes them in.")
            continue
        module = sources.load(id)
        try:
            table = module.tidy(context.files[id], context)
            told = table.attrs.get("notes", {})
            table, corrected = judge.correct(table, rules[rules["source"] == id])
            table = schema.observations(table, module.SOURCE, context.territories, context.former)
        except DataError as error:
            section.rows.append((id, len(context.files[id]), None, None, ""))
            section.say("fault", f"{id}: {error}")
            continue
        found[id] = table
        notes.rows += [(id, with_names(str(what), name), count) for what, count in told.items()]
        there = held.get(id)
        if there is not None and sources.keeps_earlier(id):
            there = there[there["period"].isin(table["period"])]
        same = "" if snapshot is None else compare_with(there, table)
        section.rows.append((id, len(context.files[id]), len(table), corrected, same))
        if same.startswith("differs"):
            section.say("warning", f"{id}: the snapshot {same}; `python cli.py build` makes it anew.")
    return found


def with_names(text: str, name: Names) -> str:
    """The text with the territory's name before each code in it."""
    return re.sub(r"LV\d{7}", lambda code: name(code[0]), text)


def observations_by_source(snapshot: Snapshot | None) -> dict[str, pd.DataFrame]:
    """The snapshot's observations of each source."""
    if snapshot is None:
        return {}
    table = snapshot.published
    return {
        id: table.loc[table["measure"].isin([measure.id for measure in source.provides])]
        for id, source in snapshot.sources.items()
    }


def compare_with(held: pd.DataFrame | None, fresh: pd.DataFrame) -> str:
    """Whether the snapshot holds what the raw files give now."""
    if held is None:
        return "differs: has no such source"
    if len(held) != len(fresh):
        return f"differs: has {len(held):,} rows"
    both = held.merge(fresh, on=schema.KEY, suffixes=("", "_now"))
    same = np.isclose(both["value"], both["value_now"], rtol=1e-9, atol=1e-9, equal_nan=True)
    same &= (both["status"] == both["status_now"]).to_numpy()
    unlike = len(fresh) - int(same.sum())
    return f"differs in {unlike:,} rows" if unlike else "same"


def largest(difference: pd.DataFrame) -> tuple[float, str, str]:
    """The largest absolute difference in a table (territory x year) and where it stands."""
    size = difference.abs().to_numpy(dtype=float)
    if not np.isfinite(size).any():
        return 0.0, "", ""
    row, column = np.unravel_index(np.nanargmax(size), size.shape)
    return float(size[row, column]), str(difference.index[row]), str(difference.columns[column])


def place(name: Names, territory: str, year: str) -> str:
    return f"{name(territory)} {year}" if territory else ""


LEVELS: tuple[raim.Published, ...] = ("unit", "municipality")


def derived(atlas: raim.Atlas, name: Names) -> Section:
    """RAIM's derived series against their parts, at both levels, as published."""
    section = Section(
        "derived",
        "RAIM: derived series recomputed from their parts",
        ("series", "level", "formula", "cells", "largest difference", "where", "published", "recomputed"),
    )
    names = {entry.measure.id: entry.name for entry in raim.SERIES}
    for series in raim.DERIVED:
        for level in LEVELS:
            published = atlas.table(level, series.name)
            parts = {part: atlas.table(level, names[part]) for part in series.parts}
            recomputed = series.recompute(parts).reindex_like(published)
            both = (published.notna() & recomputed.notna()).to_numpy()
            gap, territory, year = largest(published - recomputed)
            row: Row = (series.name, level, series.formula, int(both.sum()), gap, place(name, territory, year))
            ends = (published.loc[territory, year], recomputed.loc[territory, year]) if territory else (None, None)
            section.rows.append((*row, *ends))
            if gap > EXACT:
                section.say("warning", f"{series.name} ({level}): {explain(published, recomputed, parts, series)}")
    section.say("note", "Births, age shares and net change follow their formulas with the residents of the same year.")
    return section


def explain(
    published: pd.DataFrame, recomputed: pd.DataFrame, parts: Mapping[str, pd.DataFrame], series: raim.Derived
) -> str:
    """What a derived series that does not follow its formula follows instead, if that is known."""
    twice = 1000 * recomputed / parts[series.parts[1]].reindex_like(published)
    ratio = (published / twice).to_numpy(dtype=float)
    ratio = ratio[np.isfinite(ratio)]
    if len(ratio) and (np.abs(ratio - 1) < EXACT).mean() > 0.99:
        return "the published figures are divided by the residents twice; the series is not used"
    return "the published figures do not follow the formula; the series is not used"


def unit_sums(atlas: raim.Atlas, parents: pd.Series, name: Names) -> Section:
    """The sums of units against the municipalities' own sheets, as published."""
    section = Section(
        "unit_sums",
        "RAIM: units summed against the municipalities' sheets",
        ("measure", "cells", "largest difference", "where", "units", "municipality", "share of the figure"),
    )
    for entry in raim.SERIES:
        if entry.measure.level != "unit":
            continue
        units = atlas.table("unit", entry.name)
        sums = units.groupby(parents.reindex(units.index).to_numpy()).sum(min_count=1)
        own = atlas.table("municipality", entry.name)
        sums = sums.reindex_like(own)
        gap, territory, year = largest(sums - own.fillna(0))
        there = (float(sums.loc[territory, year]), float(own.fillna(0).loc[territory, year])) if territory else (0, 0)
        share = gap / abs(there[1]) if there[1] else 0.0
        row: Row = (entry.measure.id, int(sums.notna().to_numpy().sum()), gap, place(name, territory, year))
        section.rows.append((*row, *there, round(share, 6)))
        if share > 0.001:
            section.say("warning", f"{entry.measure.id}: units and municipality differ by {gap:,.6g} in {row[-1]}.")
    section.say("note", "The municipalities' sheets leave a cell empty where the sum of their units is zero.")
    return section


def repeated(atlas: raim.Atlas, name: Names) -> Section:
    """Series that stand in several workbooks: which one speaks, and cells in which they differ."""
    section = Section(
        "repeated",
        "RAIM: series in several workbooks",
        ("series", "level", "speaks", "also in", "cells in both", "differ", "largest difference", "where"),
    )
    for first, other in atlas.repeated():
        rows = first.values.index.intersection(other.values.index)
        years = first.values.columns.intersection(other.values.columns)
        ours, theirs = first.values.loc[rows, years], other.values.loc[rows, years]
        unlike = (ours.fillna(0) - theirs.fillna(0)).abs() > EXACT * theirs.abs().fillna(0).clip(lower=1)
        gap, territory, year = largest((ours.fillna(0) - theirs.fillna(0)).where(unlike))
        cells = len(rows) * len(years)
        row: Row = (first.series, first.level, first.workbook, other.workbook, cells, int(unlike.to_numpy().sum()))
        section.rows.append((*row, gap, place(name, territory, year)))
        for at_row, at_column in np.argwhere(unlike.to_numpy()):
            where = place(name, str(rows[at_row]), str(years[at_column]))
            one, two = (table.to_numpy(dtype=float)[at_row, at_column] for table in (ours, theirs))
            text = f"{first.series}, {where}: {one:g} in {first.workbook}, {two:g} in {other.workbook}"
            section.say("warning", f"{text}; the first counts.")
    if not any(finding.severity == "warning" for finding in section.findings):
        section.say("note", "No cell differs between workbooks.")
    return section


def unpublished(atlas: raim.Atlas) -> Section:
    """Years of a series that were not published, and those it withholds."""
    section = Section(
        "unpublished", "RAIM: years not published", ("measure", "all zero or empty", "withheld (counted twice)")
    )
    for entry in raim.SERIES:
        years = atlas.unpublished(published_level(entry), entry.name)
        if years or entry.withheld:
            section.rows.append((entry.measure.id, " ".join(years), " ".join(entry.withheld)))
        if entry.withheld:
            total = atlas.table(published_level(entry), entry.name).sum()
            usual = float(total.drop([*entry.withheld, *years], errors="ignore").median())
            times = ", ".join(f"{total[year] / usual:.2f} in {year}" for year in entry.withheld if year in total)
            section.say("note", f"{entry.measure.id}: the country's total is {times} times that of a usual year.")
    return section


def published_level(entry: raim.Series) -> raim.Published:
    return "municipality" if entry.measure.level == "municipality" else "unit"


def units_per_series(atlas: raim.Atlas, name: Names) -> Section:
    """How many territories each series has, which of those RAIM lists elsewhere it lacks, and its years."""
    section = Section(
        "territories", "RAIM: territories per series", ("measure", "level", "territories", "lacks", "first", "last")
    )
    everyone = {level: atlas.table(level, raim.SERIES[0].name).index for level in LEVELS}
    for entry in raim.SERIES:
        level = published_level(entry)
        values = atlas.table(level, entry.name)
        lacks = ", ".join(map(name, everyone[level].difference(values.index)))
        years = (str(values.columns[0]), str(values.columns[-1]))
        section.rows.append((entry.measure.id, level, len(values), lacks, *years))
    return section


def sudden_changes(observations: pd.DataFrame, name: Names) -> Section:
    """Units whose residents jump from one year to the next, after corrections, and those whose border moved."""
    section = Section(
        "sudden_changes",
        "RAIM: residents that change by a quarter or more in a year, and borders that moved",
        ("unit", "year", "before", "after", "reading"),
    )
    chosen = observations[observations["measure"].isin(["residents", BORDER_MOVES]) & observations["value"].notna()]
    tables = {
        id: rows.pivot_table(index="territory", columns="period", values="value")
        for id, rows in chosen.groupby("measure")
    }
    residents = tables["residents"]
    moved = tables[BORDER_MOVES].reindex_like(residents).eq(1).to_numpy()
    factor = (residents / residents.shift(1, axis=1)).to_numpy(dtype=float)
    for row, column in np.argwhere((factor >= SUDDEN) | (factor <= 1 / SUDDEN) | moved):
        ends = (int(residents.iloc[row, column - 1]), int(residents.iloc[row, column]))
        unit, year = str(residents.index[row]), str(residents.columns[column])
        section.rows.append((name(unit), year, *ends, BORDER if moved[row, column] else "not made up for nearby"))
    if moved.any():
        section.say("note", "Figures on both sides of a moved border are not compared: the unit has no value there.")
    if others := len(section.rows) - int(moved.sum()):
        section.say("warning", f"{others} sudden changes without a moved border: registrations, not births or deaths.")
    return section


TOTALS = {
    "residents": "declared residents (RAIM, PMLP)",
    "census_residents": "usual residents (census, 1 km grid)",
    "grid_residents": "usual residents (GEOSTAT, 1 km grid)",
    "lau_residents": "usual residents (Eurostat LAU)",
    "employers": "employers by place of registration, not jobs (RAIM, VID)",
    "income_tax_payers": "payers of income tax by declared residence (RAIM, VID)",
    "income_tax_by_employer_eur": "income tax withheld by employer's address, EUR (RAIM, VID)",
    "income_tax_by_resident_eur": "income tax withheld by employee's address, EUR (RAIM, VID)",
    "births": "births (RAIM, PMLP)",
    "area_km2": "area, km² (boundaries)",
    "raim_area_km2": "area, km² (RAIM, TAPIS)",
    "roads_km": "roads and streets, km (CSP)",
}


def totals(tidied: Mapping[str, pd.DataFrame]) -> Section:
    """The country's totals, with the words that say what is counted."""
    section = Section("totals", "Totals of the country", ("what", "period", "total"))
    table = pd.concat(tidied.values(), ignore_index=True)
    table = table[table["value"].notna()]
    for measure, words in TOTALS.items():
        rows = table[table["measure"] == measure]
        for period in sorted({"2021", *rows["period"].tail(1)} & set(rows["period"])):
            section.rows.append((words, period, round(float(rows.loc[rows["period"] == period, "value"].sum()), 2)))
    section.say("note", "Declared and usual residents count different people: never divide one by the other silently.")
    return section


def coverage(tidied: Mapping[str, pd.DataFrame], context: Context) -> Section:
    """How many parishes the measurements and the service points reach."""
    section = Section("coverage", "Coverage of parishes", ("what", "period", "parishes", "of"))
    territories = context.territories
    parishes = territories.loc[(territories["level"] == "unit") & (territories["kind"] == "parish"), "code"]
    table = pd.concat(tidied.values(), ignore_index=True)
    table = table[table["territory"].isin(parishes)]

    def add(measure: str, words: str, least: float) -> None:
        rows = table[(table["measure"] == measure) & (table["value"] >= least)]
        for period in sorted(table.loc[table["measure"] == measure, "period"].unique()):
            section.rows.append((words, str(period), int((rows["period"] == period).sum()), len(parishes)))

    add("ookla_cells", "with a cell of Ookla's measurements", 1)
    add("ookla_tests", f"with {ENOUGH_TESTS} tests or more", ENOUGH_TESTS)
    for measure in sorted(found for found in table["measure"].unique() if str(found).endswith("_points")):
        add(str(measure), f"with at least one point: {str(measure).removesuffix('_points')}", 1)
    if "osm_services" in tidied:
        section.say("note", "Points of 2019 are nodes only: a missing point is not a missing service.")
    return section


def snapshot_files(path: Path, report: Report) -> Snapshot | None:
    """The files of the snapshot with size and hash; every file was compared with its hash."""
    section = Section("snapshot", "Snapshot", ("file", "bytes", "sha256"))
    report.sections.append(section)
    try:
        snapshot = open_snapshot(path)
    except SnapshotError as error:
        section.say("fault", str(error))
        return None
    files = snapshot.manifest["files"]
    section.rows += [(name, int(entry["bytes"]), str(entry["sha256"])[:12]) for name, entry in sorted(files.items())]
    size = sum(int(entry["bytes"]) for entry in files.values())
    section.say("note", f"Snapshot {snapshot.hash[:12]}, edition {snapshot.manifest['edition']}: {size:,} bytes.")
    return snapshot

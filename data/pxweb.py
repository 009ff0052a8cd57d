"""Tables of a PxWeb portal: asked within the portal's limits, read into one tidy table, turned into observations.

    download(TABLE, visit)   -> the answers with the table's own description, as one file
    read(file)               -> the file as a table: one row a cell, one column a dimension, value, status
    search(text, web)        -> the tables whose titles hold a text

A source of such tables is a declaration (see `data/sources/csp_jobs.py`):

    TABLES = (Table("NPV010", "ENT/UT/UTN", series=(Series(Measure("employed", ...), ("Number of employed",)),)),)
    SOURCE = pxweb.source("csp_jobs", Text(...), TABLES)
    LIVE_FILES = pxweb.file_names(TABLES)
    live, tidy = partial(pxweb.live, TABLES), partial(pxweb.tidy, TABLES)

Nothing about a table is assumed but what its declaration says: dimensions, codes and labels come from its metadata.
Version 1 of the interface is asked first; where it is gone or refuses, version 2.
"""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import numpy as np
import pandas as pd

from data import jsonstat
from data.context import Context, RawFile
from data.lock import Found
from data.model import COUNTRY, TERRITORY_CODE, DownloadError, Level, Licence, Measure, SchemaError, Source, Text
from data.read import AGAIN, Faults, file_text
from data.schema import COLUMNS, KEY, became
from data.transition import carried
from data.web import Refused, Web

if TYPE_CHECKING:
    from data.live import Visit

PORTAL = "https://data.stat.gov.lv/api/v1/en/OSP_PUB/START/"
PORTAL_2 = "https://api.stat.gov.lv/api/v2/"
PAGE = "https://data.stat.gov.lv/pxweb/en/OSP_PUB/START__{}/{}/"
SEARCH = "https://data.stat.gov.lv/api/v1/{}/OSP_PUB?query={}"
LANGUAGES = ("en", "lv")
MOST_CELLS, MOST_CELLS_2 = 100_000, 10_000
"""Cells of one query where the portal states no limit; the least of those it is reported to have."""
MOST_VALUES = 3_800
UNKNOWN = "UNK"
"""The code for those whose territory is not known: no territory."""
QUALIFIER = re.compile(r"\s*\((?:līdz|no|before|from)\s[^()]*\)\s*$")
"""What the portal adds to a label for its time of validity: "(līdz 01.07.2022.)"."""
TOTAL_CODES, TOTAL_LABELS = {"TOTAL", "T", "_T"}, {"total", "pavisam", "kopā"}
PLACE = re.compile(rf"LV\d{{7}}|{COUNTRY}")
"""Codes of units, municipalities and the country; regions, neighbourhoods and densely populated areas are not asked."""
NIL, HIDDEN = "-", {"c", "x"}
"""Marks of a cell without a figure: exactly zero, and confidential. All others mean that nothing is published."""
YEARS = re.compile(r"\b(\d{4}(?:[MQ]\d{1,2})?)(?:\s*([-–])\s*(\d{4}(?:[MQ]\d{1,2})?)?)?\s*$")
ROUNDING = 0.5
CHECK = "The publisher may have changed the table: compare its metadata with the declaration of the source."


@dataclass(frozen=True)
class Series:
    """A measure and the cells of a table it is made of.

    parts: codes or labels (`*` stands for any letters) of one dimension whose cells are added; of every other dimension
    the total counts, so without parts all do
    adds_up: whether the territories add up to the country's figure (not where small ones are hidden)
    """

    measure: Measure
    parts: tuple[str, ...] = ()
    adds_up: bool = True


@dataclass(frozen=True)
class Table:
    """A table of the portal, and what of it is asked for.

    path: below the portal's root, without the table's id
    select: dimension -> codes or labels that are kept; a dimension left out is kept whole, unless there are series
    series: the measures that are made of it
    since: the first period that is of use
    version: of the interface; 1 falls back to 2
    """

    id: str
    path: str
    select: Mapping[str, Sequence[str]] = field(default_factory=dict)
    series: tuple[Series, ...] = ()
    since: str = ""
    version: int = 1

    @property
    def address(self) -> str:
        return f"{PORTAL}{self.path}/{self.id}"


@dataclass(frozen=True)
class Dimension:
    """One dimension of a table: the codes of its values with their labels, and whether it is time."""

    code: str
    text: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    time: bool

    @property
    def is_place(self) -> bool:
        return any(TERRITORY_CODE.fullmatch(code) for code in self.values)

    def matching(self, pattern: str) -> list[str]:
        """The codes whose code or label fits a pattern; one that is named exactly stands alone."""
        wanted = pattern.casefold()
        names = {
            code: (code.casefold(), label_of(label).casefold())
            for code, label in zip(self.values, self.labels, strict=True)
        }
        exact = [code for code, pair in names.items() if wanted in pair]
        return exact or [code for code, pair in names.items() if any(fnmatchcase(name, wanted) for name in pair)]

    @property
    def total(self) -> str:
        """The code of the total, or the only code; "" if there is none."""
        if len(self.values) == 1:
            return self.values[0]
        named = zip(self.values, self.labels, strict=True)
        totals = [c for c, label in named if c in TOTAL_CODES or label_of(label).casefold() in TOTAL_LABELS]
        return totals[0] if totals else ""


Choice = dict[str, list[str]]


class Interface(Protocol):
    """A version of the portal's interface to one table."""

    address: str

    def describe(self, web: Web) -> Any:
        """The table's metadata, in the form of version 1."""
        ...

    def limits(self, web: Web) -> tuple[int, int]:
        """The most cells, and the most values of one dimension, in one query."""
        ...

    def query(self, chosen: Choice) -> tuple[str, Any]:
        """The address and the body of the question for a choice of codes."""
        ...


class Version1:
    """A table by its path, asked with codes of each dimension."""

    def __init__(self, table: Table) -> None:
        self.address = table.address

    def describe(self, web: Web) -> Any:
        return web.ask(self.address)

    def limits(self, web: Web) -> tuple[int, int]:
        return stated(f"{PORTAL}?config", "maxCells", MOST_CELLS, web)

    def query(self, chosen: Choice) -> tuple[str, Any]:
        asked = [{"code": code, "selection": {"filter": "item", "values": codes}} for code, codes in chosen.items()]
        return self.address, {"query": asked, "response": {"format": "json-stat2"}}


class Version2:
    """A table by its id alone; its metadata are JSON-stat too."""

    def __init__(self, table: Table) -> None:
        self.address = f"{PORTAL_2}tables/{table.id}"

    def describe(self, web: Web) -> Any:
        address = f"{self.address}/metadata?lang=en"
        found = web.ask(address)
        try:
            time = (found.get("role") or {}).get("time") or []
            variables = []
            for code in found["id"]:
                category = found["dimension"][code]["category"]
                labels = {str(value): str(label) for value, label in category["label"].items()}
                index = category.get("index") or list(labels)
                values = sorted(index, key=lambda value, at=index: at[value]) if isinstance(index, Mapping) else index
                described = {"values": list(values), "valueTexts": [labels[value] for value in values]}
                text = found["dimension"][code].get("label", code)
                variables.append({"code": code, "text": text, **described, "time": code in time})
            return {"title": found.get("label", ""), "variables": variables}
        except (KeyError, TypeError, AttributeError) as error:
            raise DownloadError.of(address, "", f"no metadata of a table ({error!r})", CHECK) from None

    def limits(self, web: Web) -> tuple[int, int]:
        return stated(f"{PORTAL_2}config", "maxDataCells", MOST_CELLS_2, web)

    def query(self, chosen: Choice) -> tuple[str, Any]:
        selection = [{"variableCode": code, "valueCodes": codes} for code, codes in chosen.items()]
        return f"{self.address}/data?lang=en&outputFormat=json-stat2", {"selection": selection}


def stated(address: str, name: str, otherwise: int, web: Web) -> tuple[int, int]:
    """The limits a portal states for itself, or those it is known to have."""
    try:
        config = web.ask(address)
    except Refused:
        config = {}
    cells, values = (config.get(key) if isinstance(config, dict) else None for key in (name, "maxValues"))
    return (
        cells if isinstance(cells, int) and cells > 0 else otherwise,
        values if isinstance(values, int) and values > 0 else MOST_VALUES,
    )


def download(table: Table, visit: Visit) -> Found:
    """Ask for a table, from the visit's period on, in as many queries as the portal wants, and write one file of it.

    The file holds the table's metadata and every answer as the portal gave it.

    Raises
    ------
    DownloadError
        Neither version of the interface gives it, or the table is not what was declared.
    """
    web = visit.web
    versions: list[Interface] = [Version1(table), Version2(table)] if table.version == 1 else [Version2(table)]
    failed: list[DownloadError] = []
    for interface in versions:
        try:
            metadata = interface.describe(web)
        except DownloadError as error:
            failed.append(error)
            continue
        dimensions = dimensions_of(metadata, interface.address)
        chosen = choice(dimensions, table, interface.address, max(visit.since, table.since))
        try:
            limit = interface.limits(web)
            answers = [answer for part in parts(chosen, limit) for answer in asked(part, interface, web)]
        except DownloadError as error:
            failed.append(error)
            continue
        name = visit.named(table.id)
        path = web.folder / name
        content = {"table": table.id, "metadata": metadata, "answers": answers}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return Found(name, interface.address, path)
    first, *others = failed
    also = [replace(fault, place=error.file) for error in others for fault in error.faults]
    raise DownloadError(first.file, [*first.faults, *also])


def dimensions_of(metadata: Any, address: str) -> list[Dimension]:
    """The dimensions of a table as its metadata describe them."""
    try:
        return [
            Dimension(
                variable["code"],
                variable["text"],
                tuple(map(str, variable["values"])),
                tuple(map(str, variable["valueTexts"])),
                bool(variable.get("time")) or variable["code"].upper() == "TIME",
            )
            for variable in metadata["variables"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise DownloadError.of(address, "", f"no metadata of a table ({error!r})", CHECK) from None


def choice(dimensions: Sequence[Dimension], table: Table, address: str, since: str = "") -> Choice:
    """The codes of each dimension that are asked for: in time from `since` on, without the unknown territory.

    Raises
    ------
    DownloadError
        A dimension without any of the codes; of series, all parts that are not found and totals that are not there.
    """
    if not table.series:
        return {dimension.code: selected(dimension, table, address, since) for dimension in dimensions}
    cells, faults = cells_of(dimensions, table, address)
    if faults.found:
        raise DownloadError(faults.file, faults.found)
    chosen: Choice = {}
    for dimension in dimensions:
        wanted = {code for cell in cells for code in cell.get(dimension.code, ())}
        if dimension.is_place:
            chosen[dimension.code] = [code for code in dimension.values if PLACE.fullmatch(code)]
        elif dimension.time:
            chosen[dimension.code] = selected(dimension, table, address, since)
        else:
            chosen[dimension.code] = [code for code in dimension.values if code in wanted]
    return chosen


def cells_of(dimensions: Sequence[Dimension], table: Table, address: str) -> tuple[list[Choice], Faults]:
    """For each series the codes of every dimension but place and time whose cells it is made of."""
    faults = Faults(address)
    others = [dimension for dimension in dimensions if not (dimension.is_place or dimension.time)]
    cells = []
    for series in table.series:
        fits = [d for d in others if series.parts and all(len(d.matching(part)) == 1 for part in series.parts)]
        if series.parts and len(fits) != 1:
            there = "; ".join(f"{d.code}: {', '.join(map(label_of, d.labels[:12]))}" for d in others)
            what = f"{len(fits)} dimensions have {', '.join(series.parts)}, not one ({there})"
            faults.add(f"series {series.measure.id}", what, CHECK)
            continue
        cell = {}
        for dimension in others:
            own = [dimension.matching(part)[0] for part in series.parts] if dimension in fits else [dimension.total]
            if own == [""]:
                there = ", ".join(map(label_of, dimension.labels[:12]))
                faults.add(f"dimension {dimension.code}", f"none of its values is a total ({there})", CHECK)
            cell[dimension.code] = own
        cells.append(cell)
    return cells, faults


def selected(dimension: Dimension, table: Table, address: str, since: str = "") -> list[str]:
    """The codes of a dimension that are asked for where a table is not taken apart into series."""
    wanted = table.select.get(dimension.code)
    found = [
        code
        for code, label in zip(dimension.values, dimension.labels, strict=True)
        if code != UNKNOWN
        and (wanted is None or code in wanted or label_of(label) in wanted)
        and not (dimension.time and since and code[: len(since)] < since)
    ]
    if not found:
        there = ", ".join(dimension.labels[:10])
        what = f"since {since}" if dimension.time and since else f"of {', '.join(wanted or ())}"
        raise DownloadError.of(address, f"dimension {dimension.code}", f"nothing {what} (it has {there})", CHECK)
    return found


def parts(chosen: Choice, limit: tuple[int, int]) -> Iterator[Choice]:
    """A choice of codes, split along its longest dimensions until each part is within the limits."""
    cells, values = limit
    if math.prod(map(len, chosen.values())) <= cells and sum(map(len, chosen.values())) <= max(values, len(chosen)):
        yield chosen
        return
    for half in halves(chosen):
        yield from parts(half, limit)


def halves(chosen: Choice) -> list[Choice]:
    """A choice cut in two along its longest dimension; whole if it is one cell."""
    code = max(chosen, key=lambda code: len(chosen[code]))
    codes = chosen[code]
    if len(codes) == 1:
        return [chosen]
    middle = len(codes) // 2
    return [chosen | {code: codes[:middle]}, chosen | {code: codes[middle:]}]


def asked(chosen: Choice, interface: Interface, web: Web) -> Iterator[Any]:
    """The answers to a choice; where the portal finds it too large, to its halves."""
    try:
        answer = web.ask(*interface.query(chosen))
    except Refused as error:
        smaller = halves(chosen)
        if error.faults[0].kind != "403" or len(smaller) == 1:
            raise
    else:
        yield answer
        return
    for half in smaller:
        yield from asked(half, interface, web)


def read(file: RawFile) -> pd.DataFrame:
    """A file of a table: every cell as a row.

    Read are the files `download` writes, and single answers in the forms json-stat2, json-stat and json (the last has
    codes only). A cell that two answers give is taken from the later one.

    Returns
    -------
    DataFrame
        For each dimension a column of codes under its code and one of labels under "<code> label" (leading dots and
        validity dropped), then value (float, NaN where the portal has none) and status (its mark, or "").
        `attrs["time"]` names the dimension of time, `attrs["dimensions"]` all of them.

    Raises
    ------
    SchemaError
        Not such a file.
    """
    try:
        content = json.loads(file_text(file))
        whole = isinstance(content, dict) and "answers" in content
        answers = content["answers"] if whole else [content]
        described = dimensions_of(content["metadata"], file.name) if whole else []
        tables = [cells(answer, described) for answer in answers]
        dimensions: list[str] = tables[0].attrs["dimensions"]
        time = tables[0].attrs["time"]
        table = pd.concat(tables, ignore_index=True)
    except SchemaError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, LookupError, RecursionError, DownloadError) as error:
        problem = f"not an answer of a statistics portal ({type(error).__name__}: {error})"
        raise SchemaError.of(file.name, "", problem, AGAIN) from None
    if table.empty:
        raise SchemaError.of(file.name, "", "a table without cells", AGAIN)
    table = pd.DataFrame(table[(table[dimensions] != UNKNOWN).all(axis=1)])
    table = table.drop_duplicates(subset=dimensions, keep="last").reset_index(drop=True)
    table.attrs.update(dimensions=dimensions, time=time)
    if whole and content.get("table"):
        table.attrs["table"] = str(content["table"])
    return table


def cells(answer: Any, described: Sequence[Dimension] = ()) -> pd.DataFrame:
    """The cells of one answer, whichever of the three forms it has; labels without dots and validity."""
    if "columns" in answer:
        return of_json(answer, described)
    table = jsonstat.table(answer)
    for dimension in table.attrs["dimensions"]:
        labels = table[f"{dimension} label"]
        table[f"{dimension} label"] = labels.map({label: label_of(label) for label in labels.unique()})
    return table


def of_json(answer: Any, described: Sequence[Dimension]) -> pd.DataFrame:
    """PxWeb's own form: columns, and for each cell its key and its values as text."""
    columns = answer["columns"]
    ids = [column["code"] for column in columns if column["type"] != "c"]
    contents = [column for column in columns if column["type"] == "c"]
    if len(contents) != 1:
        raise ValueError(f"{len(contents)} columns of figures, not one")
    labels = {d.code: dict(zip(d.values, map(label_of, d.labels), strict=True)) for d in described}
    table = pd.DataFrame([row["key"] for row in answer["data"]], columns=ids, dtype="str")
    for id in ids:
        table[f"{id} label"] = table[id].replace(labels.get(id, {}))
    texts = pd.Series([row["values"][0] for row in answer["data"]], dtype="str")
    table["value"] = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").astype("float64")
    table["status"] = texts.where(table["value"].isna() & ~texts.isin(["", ".."]), "")
    times = [column["code"] for column in columns if column["type"] == "t"]
    table.attrs.update(dimensions=ids, time=times[0] if times else "")
    return table


def placed(table: pd.DataFrame, level: Level, context: Context, file: str) -> pd.DataFrame:
    """The rows of the present territories of a level, with their code as the column `territory`.

    The country, regions of either set, and territories of other levels are left out: a state city that stands in a
    table as a municipality and again inside one (codes ending in 010) is so counted once. Figures of former
    territories are carried to those that took over (see `data.transition`); the column `divided` says which were
    divided for that. Territories that begin after the boundaries that are there are left out.

    Raises
    ------
    SchemaError
        No dimension holds codes of territories; all codes with a value that are no territory of any time.
    """
    dimensions = [name for name in table.attrs["dimensions"] if table[name].str.fullmatch(TERRITORY_CODE).any()]
    if len(dimensions) != 1:
        problem = f"{len(dimensions)} dimensions hold codes of territories, not one"
        raise SchemaError.of(file, "", problem, CHECK)
    codes = table[dimensions[0]]
    places = context.territories
    known = set(places["code"]) | set(context.former["code"]) | context.later
    faults = Faults(file)
    strange = ~codes.isin(known) & codes.str.fullmatch(r"LV\d{7}") & table["value"].notna()
    for code, label in table.loc[strange, [dimensions[0], f"{dimensions[0]} label"]].drop_duplicates().to_numpy():
        step = f"Refresh the boundaries and the classifier first. {became(code, places, context.former)}"
        faults.add(f"dimension {dimensions[0]}", f"{code} ({label}) is no territory that is known", step)
    faults.raise_any()
    former = context.former.loc[context.former["level"] == level, "code"]
    kept = table[codes.isin(places.loc[places["level"] == level, "code"]) | codes.isin(former)]
    time = table.attrs["time"]
    keys = [name for name in table.columns if name not in ("value", "status", time, *place_columns(dimensions[0]))]
    rows = kept.assign(territory=kept[dimensions[0]]).rename(columns={time: "period"})
    rows = carried(rows, level, context, keys=keys).rename(columns={"period": time})
    result = rows.assign(divided=rows["status"] == "estimated")
    result.attrs = table.attrs
    return result


def place_columns(dimension: str) -> tuple[str, str]:
    """The columns of the codes and labels of a dimension."""
    return dimension, f"{dimension} label"


def source(id: str, title: Text, tables: Sequence[Table], known_problems: Sequence[Text] = ()) -> Source:
    """The declaration of a source of tables of the statistics portal."""
    names = ", ".join(table.id for table in tables)
    first = tables[0]
    return Source(
        id=id,
        publisher=Text(lv="Centrālā statistikas pārvalde (CSP)", en="Central Statistical Bureau of Latvia (CSP)"),
        title=Text(lv=f"{title.lv} ({names})", en=f"{title.en} ({names})"),
        address=PAGE.format(first.path.replace("/", "__"), first.id),
        licence=Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        credit=Text(lv=f"Centrālā statistikas pārvalde ({names})", en=f"Central Statistical Bureau ({names})"),
        updates=Text(lv="reizi gadā", en="yearly"),
        files=(),
        provides=tuple(series.measure for table in tables for series in table.series),
        known_problems=tuple(known_problems),
    )


def file_names(tables: Sequence[Table]) -> tuple[str, ...]:
    """The patterns of the names of tables' files."""
    return tuple(f"{table.id}*.json" for table in tables)


def live(tables: Sequence[Table], visit: Visit) -> list[Found]:
    """The tables from the portal; asked for late periods only, they stand beside what is there already."""
    return visit.with_earlier([download(table, visit) for table in tables])


def tidy(tables: Sequence[Table], files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """The series of the tables as observations, of a cell that two files give the one of the later file.

    `attrs["totals"]` holds the country's figure of each measure and period with its rounding, where the territories
    should add up to it; `attrs["notes"]` counts what was carried from former territories.

    Raises
    ------
    UnsafeFile, SchemaError
        A file of none of the tables; all parts that a table does not have; all codes that are no territory.
    """
    found: list[pd.DataFrame] = []
    totals: dict[tuple[str, str], tuple[float, float]] = {}
    for file in sorted(files, key=lambda file: file.name):
        cells = read(file)
        table = next(
            (table for table in tables if table.id in (cells.attrs["table"], file.name[: len(table.id)])), None
        )
        if table is None:
            raise SchemaError.of(file.name, "", f"none of the tables {', '.join(t.id for t in tables)}", AGAIN)
        chosen, faults = cells_of(dimensions_in(cells), table, file.name)
        faults.raise_any()
        for series, cell in zip(table.series, chosen, strict=True):
            added = added_up(cells, cell)
            found.append(observed(placed(added, series.measure.level, context, file.name), series.measure))
            if series.adds_up:
                totals |= totals_of(added, series.measure.id)
    result = pd.concat(found, ignore_index=True).drop_duplicates(KEY, keep="last")
    result = result.sort_values(KEY, ignore_index=True).reindex(columns=list(COLUMNS))
    result.attrs["totals"] = totals
    return result


def dimensions_in(table: pd.DataFrame) -> list[Dimension]:
    """The dimensions of a table that was read."""
    found = []
    for name in table.attrs["dimensions"]:
        pairs = table[[name, f"{name} label"]].drop_duplicates(name)
        codes, labels = (tuple(map(str, pairs[column])) for column in pairs)
        found.append(Dimension(name, name, codes, labels, name == table.attrs["time"]))
    return found


def added_up(table: pd.DataFrame, cell: Choice) -> pd.DataFrame:
    """The cells of a series, its parts added: one row for each place and period; no value where a part has none."""
    chosen = table[np.logical_and.reduce([table[name].isin(codes) for name, codes in cell.items()])]
    rest = [name for name in table.attrs["dimensions"] if name not in cell]
    zero = chosen["value"].isna() & (chosen["status"] == NIL)
    chosen = chosen.assign(value=chosen["value"].mask(zero, 0.0))
    groups = chosen.groupby([column for name in rest for column in (name, f"{name} label")], sort=False)
    least = math.prod(len(codes) for codes in cell.values())
    added = {"value": groups["value"].sum(min_count=least), "status": groups["status"].max()}
    result = pd.DataFrame(added).reset_index()
    result.attrs = table.attrs | {"dimensions": rest}
    return result


def observed(rows: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """The cells of present territories as observations of a measure."""
    missing = rows["value"].isna()
    hidden = missing & rows["status"].str.lower().isin(HIDDEN)
    status = np.select([hidden, missing, rows["divided"]], ["suppressed", "not_published", "estimated"], "final")
    period = rows[rows.attrs["time"]]
    return pd.DataFrame(
        {
            "territory": rows["territory"],
            "period": period,
            "measure": measure.id,
            "value": rows["value"],
            "status": status,
        }
    )


def totals_of(rows: pd.DataFrame, measure: str) -> dict[tuple[str, str], tuple[float, float]]:
    """(measure, period) -> the country's figure and how far rounding may take a sum from it."""
    place = next(name for name in rows.attrs["dimensions"] if rows[name].str.fullmatch(TERRITORY_CODE).any())
    country = rows[(rows[place] == COUNTRY) & rows["value"].notna()]
    return {(measure, period): (value, ROUNDING) for period, value in country[[rows.attrs["time"], "value"]].to_numpy()}


@dataclass(frozen=True)
class Hit:
    """A table the portal found: title, place, first and last period (empty if the title does not say, or is open)."""

    id: str
    title: str
    path: str
    first: str
    last: str


def search(text: str, web: Web) -> list[Hit]:
    """The tables whose titles hold a text, in English or Latvian, those that fit best first.

    Raises
    ------
    DownloadError
        Neither version of the portal's interface answers.
    """
    hits: dict[str, Hit] = {}
    for language in LANGUAGES:
        try:
            found = [in_version_1(entry) for entry in web.ask(SEARCH.format(language, quote(text, safe="")))]
        except DownloadError as error:
            address = f"{PORTAL_2}tables?lang={language}&query={quote(text, safe='')}&pageSize=100"
            try:
                found = [in_version_2(entry) for entry in web.ask(address)["tables"]]
            except (DownloadError, KeyError, TypeError):
                raise error from None
        except (KeyError, TypeError, AttributeError) as error:
            raise DownloadError.of(SEARCH.format(language, ""), "", f"no list of tables ({error!r})", CHECK) from None
        hits |= {hit.id: hit for hit in found if hit.id not in hits}
    return list(hits.values())


def in_version_1(entry: Mapping[str, Any]) -> Hit:
    title = label_of(str(entry["title"]))
    years = YEARS.search(title)
    first, last = (years[1], years[3] or ("" if years[2] else years[1])) if years else ("", "")
    return Hit(str(entry["id"]).removesuffix(".px"), title, str(entry.get("path") or "").strip("/"), first, last)


def in_version_2(entry: Mapping[str, Any]) -> Hit:
    paths = entry.get("paths") or [[]]
    path = "/".join(str(step["id"]) for step in paths[0])
    first, last = (str(entry.get(name) or "") for name in ("firstPeriod", "lastPeriod"))
    return Hit(str(entry["id"]), label_of(str(entry.get("label", ""))), path, first, last)


def label_of(text: str) -> str:
    """A label without leading dots and without its time of validity."""
    return QUALIFIER.sub("", text.strip().lstrip(".").strip())

"""Tables of a PxWeb portal, version 1 of its interface: asked within the portal's limits, read into one tidy table.

    download(TABLE, visit)   -> the answers with the table's own description, as one file
    read(file)             -> the file as a table: one row a cell, one column a dimension, value, status

Nothing about a table is assumed but what its declaration says: dimensions, codes and labels come from its metadata.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from data import jsonstat
from data.context import Context, RawFile
from data.lock import Found
from data.model import TERRITORY_CODE, DownloadError, Level, SchemaError
from data.read import AGAIN, Faults, file_text
from data.schema import became
from data.web import Refused, Web

if TYPE_CHECKING:
    from data.live import Visit

PORTAL = "https://data.stat.gov.lv/api/v1/en/OSP_PUB/START/"
MOST_CELLS = 100_000
"""Cells of one query where the portal states no limit; the least of those it is reported to have."""
MOST_VALUES = 3_800
UNKNOWN = "UNK"
"""The code for those whose territory is not known: no territory."""
QUALIFIER = re.compile(r"\s*\((?:līdz|no|before|from)\s[^()]*\)\s*$")
"""What the portal adds to a label for its time of validity: "(līdz 01.07.2022.)"."""
CHECK = "The publisher may have changed the table: compare its metadata with the declaration of the source."


@dataclass(frozen=True)
class Table:
    """A table of the portal, and what of it is asked for.

    path: below the portal's root, without the table's id
    select: dimension -> codes or labels that are kept; a dimension left out is kept whole
    """

    id: str
    path: str
    select: Mapping[str, Sequence[str]] = field(default_factory=dict)
    portal: str = PORTAL

    @property
    def address(self) -> str:
        return f"{self.portal}{self.path}/{self.id}"


@dataclass(frozen=True)
class Dimension:
    """One dimension of a table: the codes of its values with their labels, and whether it is time."""

    code: str
    text: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    time: bool


def download(table: Table, visit: Visit) -> Found:
    """Ask for a table, from the visit's period on, in as many queries as the portal wants, and write one file of it.

    The file holds the table's metadata and every answer as the portal gave it.

    Raises
    ------
    DownloadError
        The portal cannot be reached, or the table is not what was declared.
    """
    web = visit.web
    metadata = web.ask(table.address)
    dimensions = dimensions_of(metadata, table.address)
    chosen = {dimension.code: selected(dimension, table, visit.since) for dimension in dimensions}
    limit = limits(table, web)
    answers = [answer for part in parts(chosen, limit) for answer in asked(part, table, web)]
    name = visit.named(table.id)
    path = web.folder / name
    content = {"table": table.id, "metadata": metadata, "answers": answers}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return Found(name, table.address, path)


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


def selected(dimension: Dimension, table: Table, since: str = "") -> list[str]:
    """The codes of a dimension that are asked for: in time from `since` on, without the unknown territory."""
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
        raise DownloadError.of(table.address, f"dimension {dimension.code}", f"nothing {what} (it has {there})", CHECK)
    return found


def limits(table: Table, web: Web) -> tuple[int, int]:
    """The most cells, and the most values of one dimension, in one query."""
    try:
        config = web.ask(f"{table.portal}?config")
    except Refused:
        config = {}
    if not isinstance(config, dict):
        config = {}
    cells, values = (config.get(name) for name in ("maxCells", "maxValues"))
    return (
        cells if isinstance(cells, int) and cells > 0 else MOST_CELLS,
        values if isinstance(values, int) and values > 0 else MOST_VALUES,
    )


Choice = dict[str, list[str]]


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


def asked(chosen: Choice, table: Table, web: Web) -> Iterator[Any]:
    """The answers to a choice; where the portal finds it too large, to its halves."""
    query = {
        "query": [{"code": code, "selection": {"filter": "item", "values": codes}} for code, codes in chosen.items()],
        "response": {"format": "json-stat2"},
    }
    try:
        answer = web.ask(table.address, query)
    except Refused as error:
        smaller = halves(chosen)
        if error.faults[0].kind != "403" or len(smaller) == 1:
            raise
    else:
        yield answer
        return
    for half in smaller:
        yield from asked(half, table, web)


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
    """The rows of the territories of a level, with their code as the column `territory`.

    The country, regions of either set, and territories of other levels are left out: a state city that stands in a
    table as a municipality and again inside one (codes ending in 010) is so counted once. Former territories are left
    out too.

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
    known = set(places["code"]) | set(context.former["code"])
    faults = Faults(file)
    strange = ~codes.isin(known) & codes.str.fullmatch(r"LV\d{7}") & table["value"].notna()
    for code, label in table.loc[strange, [dimensions[0], f"{dimensions[0]} label"]].drop_duplicates().to_numpy():
        step = f"Refresh the boundaries and the classifier first. {became(code, places, context.former)}"
        faults.add(f"dimension {dimensions[0]}", f"{code} ({label}) is no territory that is known", step)
    faults.raise_any()
    kept = table[codes.isin(places.loc[places["level"] == level, "code"])]
    result = kept.assign(territory=kept[dimensions[0]])
    result.attrs = table.attrs
    return result


def label_of(text: str) -> str:
    """A label without leading dots and without its time of validity."""
    return QUALIFIER.sub("", text.strip().lstrip(".").strip())

"""OpenStreetMap through Overpass: asked at one server and then the next, read into one table of places.

    download(query, stem, visit)   -> the answer as one file
    read(file)                     -> type, id, lon, lat, tags

A query that ran out of time or memory is answered with status 200 and a remark: that is no answer, however many
places it holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.context import RawFile
from data.lock import Found
from data.model import DownloadError, SchemaError
from data.read import AGAIN, Faults, file_text

if TYPE_CHECKING:
    from data.live import Visit

SERVERS = ("https://overpass-api.de/api/interpreter", "https://overpass.kumi.systems/api/interpreter")
SECONDS = 180
"""What a query may take at the server."""
LATER = "Run this again in an hour: the servers are shared by everybody."


@dataclass(frozen=True)
class Select:
    """Elements whose tag has one of some values; `kinds` is nwr for nodes, ways and relations, or node."""

    tag: str
    values: tuple[str, ...]
    kinds: str = "nwr"


def query_of(*selects: Select) -> str:
    """The query for elements inside Latvia, each with its tags and a place."""
    parts = "".join(f'{select.kinds}["{select.tag}"~"^({"|".join(select.values)})$"](area.lv);' for select in selects)
    area = 'area["ISO3166-1"="LV"][admin_level=2]->.lv;'
    return f"[out:json][timeout:{SECONDS}];{area}({parts});out center tags;"


def download(query: str, name: str, visit: Visit) -> Found:
    """Ask the servers one after the other until one gives a whole answer.

    Raises
    ------
    DownloadError
        None does: names what each of them said.
    """
    said: list[str] = []
    for server in SERVERS:
        try:
            got = visit.web.download(server, name, "json", fields={"data": query}, patience=SECONDS + 20)
            assert got.path is not None
            problem = trouble(json.loads(got.path.read_bytes()))
        except DownloadError as error:
            problem = error.faults[0].problem
        except (ValueError, RecursionError) as error:
            problem = f"not JSON ({error})"
        else:
            if not problem:
                return Found(name, server, got.path)
        visit.web.forget(name)
        said.append(f"{server} {problem}")
    raise DownloadError.of(SERVERS[0], "", "; ".join(said), LATER)


def trouble(answer: Any) -> str:
    """Why an answer is none; empty if it is one."""
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        return "gives no elements"
    if answer.get("remark"):
        return f"gave up: {' '.join(str(answer['remark']).split())[:160]}"
    return "" if answer["elements"] else "knows no such places in Latvia"


def read(file: RawFile) -> pd.DataFrame:
    """The elements of an answer: type, id, lon, lat (degrees), tags (dict); index = place in the answer, from 1.

    Ways and relations stand at their centre.

    Raises
    ------
    SchemaError
        Not a whole answer, or elements without a place; all faults at once.
    """
    try:
        answer = json.loads(file_text(file))
    except (ValueError, RecursionError) as error:
        raise SchemaError.of(file.name, "", f"not JSON ({error})", AGAIN) from None
    if problem := trouble(answer):
        raise SchemaError.of(file.name, "", f"not a whole answer of Overpass: {problem}", LATER)
    faults = Faults(file.name)
    rows = []
    for place, element in enumerate(answer["elements"], start=1):
        try:
            at = element if element["type"] == "node" else element["center"]
            tags = dict(element["tags"])
            rows.append((str(element["type"]), int(element["id"]), float(at["lon"]), float(at["lat"]), tags))
        except (KeyError, TypeError, ValueError) as error:
            problem = f"lacks what an element has ({type(error).__name__}: {error})"
            faults.add(f"element {place}", problem, "Ask with `out center tags`.")
    faults.raise_any()
    index = pd.RangeIndex(1, len(rows) + 1, name="element")
    table = pd.DataFrame(rows, columns=["type", "id", "lon", "lat", "tags"], index=index)
    return table.drop_duplicates(["type", "id"])

"""The open data portal (CKAN): a dataset's licence and newest files, found by name and date.

package = ckan.package("robezas", visit)
ckan.files(package, "territorial_units_lv_1.2m_*.zip", "zip", visit)   -> every edition, the newest file of each name
ckan.newest(package, "atu_nuts_codes*.csv", fallback=ID)               -> the newest resource
ckan.records(resource, "centres.json", visit)                          -> the rows of a table, asked page by page
ckan.read_records(file)                                                -> those rows as text
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pandas as pd

from data.context import RawFile
from data.lock import Found
from data.model import DownloadError, SchemaError
from data.read import AGAIN, file_text
from data.web import Form

if TYPE_CHECKING:
    from data.live import Visit

PORTAL = "https://data.gov.lv/dati/"
API = f"{PORTAL}api/3/action/"
SAME_LICENCE = {
    "CC-BY-4.0": {"ccby40", "ccby", "ccby4", "creativecommonsattribution", "creativecommonsattribution40"},
    "CC0-1.0": {"cc010", "cc0", "cczero", "creativecommonscczero", "creativecommonszero"},
}
"""Licence by its short name -> what the portal calls it, letters and digits only."""
PAGE = 5_000
"""Rows that are asked for at once."""
CHECK = "Look at the dataset's page, and correct the declaration of the source if it has moved."


@dataclass(frozen=True)
class Resource:
    """One file of a dataset: its id, the name of the file, its address, and when it was last changed (ISO, or "")."""

    id: str
    name: str
    address: str
    modified: str

    @property
    def year(self) -> str:
        """The year in which it was last changed; "" where that is not known."""
        return self.modified[:4] if self.modified[:4].isdecimal() else ""


@dataclass(frozen=True)
class Package:
    """A dataset: its address at the portal, licence as stated, and its files."""

    id: str
    address: str
    licence: str
    resources: tuple[Resource, ...]


def package(id: str, visit: Visit) -> Package:
    """What the portal says of a dataset.

    Raises
    ------
    DownloadError
        There is no such dataset, or it states another licence than the source declares.
    """
    address = f"{API}package_show?id={id}"
    result = result_of(visit.web.ask(address), address)
    try:
        resources = tuple(
            Resource(
                str(entry["id"]),
                file_name(entry),
                str(entry["url"]),
                str(entry.get("last_modified") or entry.get("created") or ""),
            )
            for entry in result["resources"]
            if entry.get("url")
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DownloadError.of(address, "", f"not a dataset's description ({error!r})", CHECK) from None
    found = Package(id, f"{PORTAL}dataset/{id}", str(result.get("license_id") or ""), resources)
    check_licence(found, visit)
    return found


def result_of(answer: Any, address: str) -> dict[str, Any]:
    """The result in an answer of the portal's interface."""
    if isinstance(answer, dict) and answer.get("success") and isinstance(answer.get("result"), dict):
        return answer["result"]
    said = answer.get("error") if isinstance(answer, dict) else None
    raise DownloadError.of(address, "", f"the portal reports an error ({said or 'no result'})", CHECK)


def file_name(entry: dict[str, Any]) -> str:
    """The name of a resource's file: the end of its address, else its title."""
    return PurePosixPath(unquote(urlsplit(str(entry["url"])).path)).name or str(entry.get("name") or entry["id"])


def check_licence(found: Package, visit: Visit) -> None:
    """Refuse a dataset whose stated licence is not the declared one; one that states none is taken at its word."""
    declared = visit.source.licence.id
    stated = re.sub(r"[^a-z0-9]", "", found.licence.lower())
    if stated and stated not in SAME_LICENCE.get(declared, {re.sub(r"[^a-z0-9]", "", declared.lower())}):
        problem = f"the licence is now {found.licence!r}; declared is {declared}"
        step = "Read the new terms, then correct the licence in the declaration of the source."
        raise DownloadError.of(found.address, "", problem, step)


def newest(found: Package, pattern: str, fallback: str = "") -> Resource:
    """The newest resource whose file's name fits; the one with a known id where no name does.

    Raises
    ------
    DownloadError
        There is neither.
    """
    fits = matching(found, pattern) or [entry for entry in found.resources if entry.id == fallback]
    if not fits:
        there = ", ".join(entry.name for entry in found.resources[:20]) or "nothing"
        raise DownloadError.of(found.address, "", f"no file like {pattern} (there are {there})", CHECK)
    return fits[-1]


def matching(found: Package, pattern: str) -> list[Resource]:
    """The resources whose file's name fits, oldest first; of one name the newest."""
    fits = [entry for entry in found.resources if fnmatch(entry.name.lower(), pattern.lower())]
    return list({entry.name: entry for entry in sorted(fits, key=lambda entry: (entry.modified, entry.name))}.values())


def files(found: Package, pattern: str, form: Form, visit: Visit, fallback: str = "") -> list[Found]:
    """Every file of a dataset whose name fits (editions), and those taken earlier that it no longer offers."""
    offered = matching(found, pattern) or [newest(found, pattern, fallback)]
    fresh = [visit.file(entry.address, entry.name, form) for entry in offered]
    names = {file.name for file in fresh}
    return [*fresh, *(visit.kept(name) for name in visit.known if fnmatch(name, pattern) and name not in names)]


def records(resource: Resource, name: str, visit: Visit) -> Found:
    """Every row of a resource that the portal keeps as a table, as one file.

    Raises
    ------
    DownloadError
        It keeps no such table, or gives fewer rows than it says there are.
    """
    asked = f"{API}datastore_search?resource_id={resource.id}&limit={PAGE}"
    fields, rows, total = [], [], None
    while total is None or len(rows) < total:
        address = f"{asked}&offset={len(rows)}"
        result = result_of(visit.web.ask(address), address)
        try:
            page, total = list(result["records"]), int(result["total"])
            fields = fields or [str(field["id"]) for field in result["fields"]]
        except (KeyError, TypeError, ValueError) as error:
            raise DownloadError.of(address, "", f"not rows of a table ({error!r})", CHECK) from None
        if not page and len(rows) < total:
            problem = f"{len(rows):,} of {total:,} rows came"
            raise DownloadError.of(address, "", problem, "Run this again later; what has arrived is kept.")
        rows += page
    path = visit.web.folder / name
    content = {"resource": resource.id, "modified": resource.modified, "fields": fields, "records": rows}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return Found(name, asked, path)


def read_records(file: RawFile) -> pd.DataFrame:
    """The rows of a file that `records` wrote, as text ("" where empty); index = the row, from 1.

    Raises
    ------
    SchemaError
        Not such a file, or one without rows.
    """
    try:
        content = json.loads(file_text(file))
        rows = list(content["records"])
        fields = [str(field) for field in content["fields"]]
        cells = {field: ["" if row[field] is None else str(row[field]) for row in rows] for field in fields}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        problem = f"not rows of a table at the portal ({type(error).__name__}: {error})"
        raise SchemaError.of(file.name, "", problem, AGAIN) from None
    if not rows:
        raise SchemaError.of(file.name, "", "a table without rows", AGAIN)
    index = pd.RangeIndex(1, len(rows) + 1, name="row")
    return pd.DataFrame(cells, index=index, dtype="str")

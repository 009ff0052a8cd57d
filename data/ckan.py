"""The open data portal (CKAN): a dataset's licence and newest files, found by name and date.

package = ckan.package("robezas", visit)
ckan.files(package, "territorial_units_lv_1.2m_*.zip", "zip", visit)   -> every edition, the newest file of each name
ckan.newest(package, "atu_nuts_codes*.csv", visit, fallback=ID)        -> the newest resource
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from data.lock import Found
from data.model import DownloadError
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
CHECK = "Look at the dataset's page, and correct the declaration of the source if it has moved."


@dataclass(frozen=True)
class Resource:
    """One file of a dataset: its id, the name of the file, its address, and when it was last changed (ISO, or "")."""

    id: str
    name: str
    address: str
    modified: str


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

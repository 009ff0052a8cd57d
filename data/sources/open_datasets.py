"""How many open datasets each municipality has at the open data portal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import ckan
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, Measure, SchemaError, Source, Text
from data.nearness import by_year
from data.read import AGAIN, file_text
from data.spatial import unit_observations

if TYPE_CHECKING:
    from data.live import Visit

LIST = f"{ckan.API}package_search"
ADDRESS = f"{LIST}?rows=0&facet.field=%5B%22organization%22%5D&facet.limit=-1"
"""The count of datasets of every organisation, in one answer."""
CITY = ("valstspilsēta", "pilsēta", "pašvaldība", "dome", "administrācija")
"""How the name of a state city's organisation goes on after the city ("Rīgas valstspilsētas pašvaldība")."""

SOURCE = Source(
    id="open_datasets",
    publisher=Text(lv="Latvijas Atvērto datu portāls (data.gov.lv)", en="Latvia's Open Data Portal (data.gov.lv)"),
    title=Text(lv="Pašvaldību atvērto datu kopas", en="Open datasets of municipalities"),
    address=LIST,
    licence=Licence("data.gov.lv public catalogue", ckan.PORTAL),
    credit=Text(lv="Latvijas Atvērto datu portāls", en="Latvia's Open Data Portal"),
    updates=Text(lv="nepārtraukti; šeit viena diena gadā", en="continuously; here one day a year"),
    files=("open_datasets_*.json",),
    provides=(
        Measure(
            "open_datasets",
            Text(lv="Pašvaldības datu kopas portālā", en="Datasets of the municipality at the portal"),
            "",
            "count",
            level="municipality",
        ),
    ),
    known_problems=(
        Text(
            lv="Skaita kopas, kuras portālā publicējusi pati pašvaldība; kopas, ko par tās teritoriju publicē valsts, "
            "un kopas pašvaldības mājaslapā nav skaitītas. Kopu skaits nerāda, cik tās ir labas un vai tās lieto.",
            en="Counts the datasets that the municipality itself published at the portal; those the state publishes "
            "about its territory, and those on its own website, are not. The number does not tell how good they are "
            "or whether anybody uses them.",
        ),
        Text(
            lv="Pašvaldības organizāciju portālā pazīst pēc nosaukuma; pašvaldību uzņēmumi un iestādes ar citu "
            "nosaukumu nav ieskaitīti.",
            en="A municipality's organisation at the portal is known by its name; municipal companies and bodies of "
            "another name are not counted.",
        ),
    ),
)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """The counts as they are now, beside those of earlier years."""
    return visit.beside_earlier(visit.file(ADDRESS, f"open_datasets_{visit.year}.json", "json", conditional=False))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Datasets of each municipality; 0 where the portal knows none of it. `attrs["notes"]` counts the organisations.

    Raises
    ------
    SchemaError
        Not the portal's answer, or not one organisation of a municipality in it.
    """
    places = context.territories.query("level == 'municipality'").set_index("code")
    tables, notes = [], {}
    for year, file in by_year(files, SOURCE).items():
        found = organisations(file)
        owner = pd.Series({title: owner_of(title, places["name"]) for title in found.index}, dtype="object")
        counts = found.groupby(owner).sum().reindex(places.index, fill_value=0)
        if not owner.notna().any():
            there = ", ".join(map(str, found.index[:10]))
            problem = f"no organisation has the name of a municipality (there are {there} …)"
            raise SchemaError.of(file.name, "", problem, "The portal may name them otherwise now.")
        tables.append(unit_observations(counts.to_frame("open_datasets"), year))
        notes[f"{year}: organisations"] = len(found)
        notes[f"{year}: organisations of municipalities"] = int(owner.notna().sum())
        notes[f"{year}: municipalities without any"] = int((counts == 0).sum())
    table = pd.concat(tables).sort_values(["territory", "period"], ignore_index=True)
    table.attrs["notes"] = notes
    return table


def organisations(file: RawFile) -> pd.Series:
    """The count of datasets by the name of the organisation."""
    try:
        answer = json.loads(file_text(file))
        items = answer["result"]["search_facets"]["organization"]["items"]
        counts = pd.Series({str(item["display_name"]): int(item["count"]) for item in items}, dtype="int64")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        problem = f"not a count of datasets by organisation ({type(error).__name__}: {error})"
        raise SchemaError.of(file.name, "", problem, AGAIN) from None
    if counts.empty:
        raise SchemaError.of(file.name, "", "the portal lists no organisation", AGAIN)
    return counts


def owner_of(title: str, names: pd.Series) -> str | None:
    """The code of the municipality whose organisation has that name; None if of none.

    names: the municipalities' names by code, in the nominative ("Ādažu novads", "Rīga").
    """
    for code, name in names.items():
        if name.endswith(" novads"):
            if title.startswith(f"{name.removesuffix('s')}a "):
                return str(code)
        elif title.startswith(f"{genitive(name)} ") and title[len(genitive(name)) + 1 :].startswith(stems()):
            return str(code)
    return None


def genitive(city: str) -> str:
    """The genitive of a state city's name: Rīga, Rīgas; Rēzekne, Rēzeknes; Daugavpils stays."""
    return city if city.endswith("s") else f"{city}s"


def stems() -> tuple[str, ...]:
    """The words of `CITY` without their endings, as they are declined."""
    return tuple(word[:-1] for word in CITY)

"""Cities, towns, villages, hamlets and suburbs of OpenStreetMap: found by name on the map; how far the next town is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import nearness, overpass
from data.context import Context, RawFile
from data.lock import Found
from data.model import Measure, SchemaError, Source, Text
from data.nearness import STRAIGHT_LINE, access_measures, by_year, covered, reach
from data.read import Faults, open_csv
from data.schema import empty_observations
from data.sources import osm_services, popgrid
from data.spatial import located, points_to_units, refuse, unit_observations

if TYPE_CHECKING:
    from data.live import Visit

KINDS = ("city", "town", "village", "hamlet", "suburb")
TOWNS = ("city", "town")
TOWN = Text(lv="pilsēta", en="town")
QUERY = overpass.query_of(overpass.Select("place", KINDS, "node"))

SOURCE = Source(
    id="osm_places",
    publisher=osm_services.SOURCE.publisher,
    title=Text(lv="Apdzīvotas vietas kartē OpenStreetMap", en="Places in OpenStreetMap"),
    address=osm_services.SOURCE.address,
    licence=osm_services.SOURCE.licence,
    credit=osm_services.SOURCE.credit,
    updates=osm_services.SOURCE.updates,
    files=("osm_places_lv_*.csv",),
    provides=(
        *access_measures("town", TOWN),
        Measure(
            "town_access_residents",
            Text(
                lv="Iedzīvotāji, kuriem mērīts attālums līdz pilsētai",
                en="Residents whose distance to a town was measured",
            ),
            "",
            "count",
            made_with=popgrid.PEOPLE,
        ),
    ),
    known_problems=(
        Text(
            lv="Failā ir arī vietas aiz valsts robežas; meklēt var tikai tās, kas atrodas kādā vienībā. Pie pašas "
            "robežas vispārinātās robežlīnijas dēļ vieta var nonākt nepareizajā pusē.",
            en="The file holds places across the border too; only those inside a unit can be searched. At the very "
            "border the generalised line may put a place on the wrong side.",
        ),
        Text(
            lv="Iedzīvotāju skaits zināms tikai dažiem procentiem vietu un nav pārbaudīts; rādītājos tas nav lietots.",
            en="Population is tagged for a few per cent of places and is not checked; no indicator uses it.",
        ),
        Text(
            lv="Vienā pagastā var būt vairākas vietas ar vienādu nosaukumu.",
            en="A parish may have several places of one name.",
        ),
        Text(
            lv="Pilsēta ir punkts tās centrā; pilsētas aiz valsts robežas netiek skaitītas.",
            en="A town is a point in its centre; towns across the state border do not count.",
        ),
        STRAIGHT_LINE,
    ),
)


LIVE_FILES = ("osm_places_lv_*.json",)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """All places inside Latvia as the map shows them now, beside those of earlier years."""
    return visit.beside_earlier(overpass.download(QUERY, f"osm_places_lv_{visit.year}.json", visit))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Residents × km to the nearest town, and residents within 5 km of one, by unit; each file tells of its year.

    A file without a town gives no rows. `attrs["notes"]` counts the towns and what was left out of the places.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no file of places", f"Fetch {SOURCE.files[0]} first.")
    tables, notes = [empty_observations()], {}
    for year, file in by_year(files, SOURCE).items():
        found = located_in_units(file, context)
        towns = found[found["kind"].isin(TOWNS)]
        if len(towns):
            people = popgrid.residents(context)
            values = reach(people, towns, "town", context).join(covered(people, "town_access_residents", context))
            tables.append(unit_observations(values, year))
        notes |= {f"{year}: {what}": count for what, count in {**found.attrs["notes"], "towns": len(towns)}.items()}
    table = pd.concat(tables[1:] or tables).sort_values(["territory", "period", "measure"], ignore_index=True)
    table.attrs["notes"] = notes
    return table


def places(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """The named places inside the units, of the latest year: see `located_in_units`."""
    return located_in_units(list(by_year(files, SOURCE).values())[-1], context)


def located_in_units(file: RawFile, context: Context) -> pd.DataFrame:
    """The named places of a file inside the units.

    Returns
    -------
    pd.DataFrame
        name, kind (city, town, village, hamlet, suburb), territory (unit code), x, y (EPSG:3059, whole m), population
        (missing where not tagged); sorted by name, unit and position. `attrs["notes"]` counts what was left out.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    table = of_overpass(file) if file.name.endswith(".json") else read(file)
    table["territory"] = points_to_units(table["x"], table["y"], context.units).set_axis(table.index)
    named = table["name"] != ""
    inside = table["territory"].notna()
    kept = table.loc[named & inside].rename(columns={"value": "kind"})
    if kept.empty:
        raise SchemaError.of(file.name, "", "no place lies in Latvia", "Check the coordinates.")
    kept = kept.assign(x=kept["x"].round(), y=kept["y"].round())
    kept = kept.reindex(columns=["name", "kind", "territory", "x", "y", "population"])
    kept = kept.sort_values(["name", "territory", "x", "y"], ignore_index=True)
    kept.attrs["notes"] = {
        "places in the file": len(table),
        "places in no unit (across the border)": int((~inside).sum()),
        "places without a name": int((inside & ~named).sum()),
    }
    return kept


def read(file: RawFile) -> pd.DataFrame:
    """The places of a file: name ("" if it has none), value (kind), population, x, y (EPSG:3059, m).

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    table = open_csv(
        file, {"lat": "number", "lon": "number", "name": "text?", "value": "text", "population": "number?"}
    )
    faults = Faults(file.name)
    refuse(faults, table["value"], ~table["value"].isin(KINDS), f"{{!r}} is not one of {', '.join(KINDS)}")
    refuse(faults, table["population"], table["population"] < 0, "{:g} is a negative count")
    table = located(table, faults)
    faults.raise_any()
    return table


def of_overpass(file: RawFile) -> pd.DataFrame:
    """The places of an answer of Overpass, as `read` gives them; a population that is no number is left out."""
    found = nearness.sited(overpass.read(file), file)
    tags = found["tags"]
    return found.assign(
        name=tags.map(lambda tag: str(tag.get("name", ""))),
        value=tags.map(lambda tag: str(tag.get("place", ""))),
        population=pd.to_numeric(tags.map(lambda tag: tag.get("population")), errors="coerce").astype("float64"),
    ).query("value in @KINDS")

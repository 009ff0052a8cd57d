"""Places of a kind (pharmacies, lockers, stops): how many a unit has, and how near they are to its people.

KINDS = (Kind("pharmacy", Text(...), caught=True),)
provides = measures(KINDS, "pharmacy_access_residents")
tidy(files, context, SOURCE, KINDS, "pharmacy_access_residents", read)      -> Observations, a file a year
sited(table, file)                                                          -> rows with a sound place, x, y
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from data.access import two_step, within
from data.context import Context, RawFile
from data.model import OPEN_TO_CHANGE, Measure, SchemaError, Source, Text
from data.read import Faults
from data.sources import popgrid
from data.spatial import AROUND_LATVIA, DEGREES, NEAR_KM, access, points_to_units, project, summed, unit_observations

YEAR = re.compile(r"_(\d{4})(?:-\d{2})?(?=\D|$)")
CATCHMENT_KM = 10.0
"""About a quarter of an hour by car on country roads: a straight line of 10 km is 13 to 14 km of road."""
MOST_ASTRAY = 0.1
"""Of a register, up to this share of places may have no usable coordinates; they are left out and counted."""

STRAIGHT_LINE = Text(
    lv="Attālums mērīts taisnā līnijā no 1 km šūnas centra; ceļš parasti ir garāks, īpaši aiz upēm un ezeriem.",
    en="Distance is a straight line from the centre of a 1 km cell; the way by road is longer, above all across rivers "
    "and lakes.",
)
ACROSS_THE_BORDER = Text(
    lv="Punkti aiz valsts robežas netiek skaitīti, kaut arī iedzīvotāji tos var lietot (piemēram, Valgā).",
    en="Points across the state border do not count, although people may use them (in Valga, for instance).",
)
LEFT_OUT = Text(
    lv="Vietas bez derīgām koordinātām izlaistas; ja tādu ir vairāk nekā desmitā daļa, failu nepieņem.",
    en="Places without usable coordinates are left out; a file with more than a tenth of such is not taken.",
)


@dataclass(frozen=True)
class Kind:
    """A kind of place: its name in the measures, what it is called, and whether catchments are measured."""

    id: str
    title: Text
    caught: bool = False


def measures(kinds: Sequence[Kind], residents: str) -> tuple[Measure, ...]:
    """What `tidy` gives of the kinds: places, sums of access, catchments, and the residents they are of."""
    return (
        *(points_measure(kind) for kind in kinds),
        *(measure for kind in kinds for measure in access_measures(kind.id, kind.title)),
        *(catchment_measure(kind.id, kind.title) for kind in kinds if kind.caught),
        residents_measure(residents, Text(", ".join(k.title.lv for k in kinds), ", ".join(k.title.en for k in kinds))),
    )


def points_measure(kind: Kind) -> Measure:
    """How many places there are."""
    return Measure(f"{kind.id}_points", Text(lv=f"Vietas: {kind.title.lv}", en=f"Places: {kind.title.en}"), "", "count")


def residents_measure(name: str, to: Text) -> Measure:
    """The residents whose distances are measured: what the sums of access are divided by."""
    return Measure(
        name,
        Text(lv=f"Iedzīvotāji, kuriem mērīts attālums: {to.lv}", en=f"Residents whose distance was measured: {to.en}"),
        "",
        "count",
        made_with=popgrid.PEOPLE,
    )


def access_measures(prefix: str, title: Text) -> tuple[Measure, Measure]:
    """The two sums that describe how far people live from a service."""
    return (
        Measure(
            f"{prefix}_person_km",
            Text(
                lv=f"Iedzīvotāji × attālums līdz tuvākajam punktam: {title.lv}",
                en=f"Residents × distance to the nearest point: {title.en}",
            ),
            "km",
            "weighted_sum",
            made_with=popgrid.PEOPLE,
            gates=OPEN_TO_CHANGE,
        ),
        Measure(
            f"{prefix}_residents_5km",
            Text(lv=f"Iedzīvotāji 5 km attālumā: {title.lv}", en=f"Residents within 5 km: {title.en}"),
            "",
            "count",
            made_with=popgrid.PEOPLE,
            gates=OPEN_TO_CHANGE,
        ),
    )


def catchment_measure(prefix: str, title: Text) -> Measure:
    """The sum that describes how many places of a service people share with everybody else in reach."""
    return Measure(
        f"{prefix}_person_catchment",
        Text(
            lv=f"Iedzīvotāji × vietas uz 1000 iedzīvotājiem {CATCHMENT_KM:g} km attālumā: {title.lv}",
            en=f"Residents × places per 1,000 residents within {CATCHMENT_KM:g} km: {title.en}",
        ),
        "",
        "weighted_sum",
        made_with=popgrid.PEOPLE,
        gates=OPEN_TO_CHANGE,
    )


def tidy(
    files: Sequence[RawFile],
    context: Context,
    source: Source,
    kinds: Sequence[Kind],
    residents: str,
    read: Callable[[RawFile], pd.DataFrame],
) -> pd.DataFrame:
    """Places by unit, residents × km, residents within 5 km and catchments by kind; each file tells of its year.

    A kind without a single place in a unit was not collected and has no rows. `attrs["notes"]` counts the places of
    each kind, those in no unit, and what `read` left out.

    Parameters
    ----------
    residents
        The measure of the residents whose distances are measured.
    read
        A file's places: x, y (EPSG:3059, m) and a column of true and false for each kind; its notes in `attrs`.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    if not files:
        step = f"Run `python cli.py refresh {source.id}`, or fetch {source.files[0]} first."
        raise SchemaError.of(source.id, "", "no file", step)
    people = popgrid.residents(context)
    tables, notes = [], {}
    for year, file in by_year(files, source).items():
        points = read(file)
        points["unit"] = points_to_units(points["x"], points["y"], context.units).set_axis(points.index)
        values = [covered(people, residents, context)]
        for kind in kinds:
            there = points[points[kind.id]]
            inside = there[there["unit"].notna()]
            notes[f"{year}: {kind.id} points"] = len(inside)
            notes[f"{year}: {kind.id} points that lie in no unit"] = len(there) - len(inside)
            if len(inside):
                values += [counted(inside, f"{kind.id}_points", context), reach(people, inside, kind.id, context)]
            if len(inside) and kind.caught:
                values.append(catchment(people, inside, kind.id, context))
        if len(values) == 1:
            raise SchemaError.of(file.name, "", "none of its places lies in Latvia", "Check the coordinates.")
        notes |= {f"{year}: {what}": count for what, count in points.attrs.get("notes", {}).items()}
        tables.append(unit_observations(pd.concat(values, axis=1), year))
    tidied = pd.concat(tables, ignore_index=True).sort_values(["territory", "period", "measure"], ignore_index=True)
    tidied.attrs["notes"] = notes
    return tidied


def by_year(files: Sequence[RawFile], source: Source) -> dict[str, RawFile]:
    """The files by the year they tell of, oldest first.

    Raises
    ------
    SchemaError
        A name without a year, or two files of one year.
    """
    found: dict[str, RawFile] = {}
    for file in sorted(files, key=lambda file: (year_of(file), file.name)):
        year = year_of(file)
        if year in found:
            raise SchemaError.of(source.id, file.name, f"a second file for {year}", f"Keep it or {found[year].name}.")
        found[year] = file
    return found


def year_of(file: RawFile) -> str:
    """The year of a file, from its name."""
    found = YEAR.search(file.name)
    if not found:
        raise SchemaError.of(file.name, "file name", "no year (…_2019.csv)", "Name the file with the year it tells of.")
    return found[1]


def sited(table: pd.DataFrame, file: RawFile) -> pd.DataFrame:
    """The rows of a register whose place is known, with x, y (EPSG:3059, m) from their lon, lat (degrees).

    Left out are rows without coordinates, with zeros, or far from Latvia; `attrs["notes"]` counts them.

    Raises
    ------
    SchemaError
        More than `MOST_ASTRAY` of the rows are so: names the first of them.
    """
    near = [table[column].between(low, high) for column, (low, high) in AROUND_LATVIA.items()]
    good = near[0] & near[1]
    astray = table.index[~good]
    if len(astray) > MOST_ASTRAY * len(table):
        first = table.loc[astray[0]]
        raise SchemaError.of(
            file.name,
            f"line {astray[0]}",
            f"lon {first['lon']:g}, lat {first['lat']:g} lies nowhere near Latvia; so it is with {len(astray):,} of "
            f"{len(table):,} places",
            "The coordinates may be swapped, projected or missing: compare the columns with the source's description.",
        )
    kept = table[good]
    x, y = project(kept["lon"], kept["lat"], DEGREES)
    kept = kept.assign(x=x, y=y)
    kept.attrs["notes"] = {"places without usable coordinates": len(astray)}
    return kept


def records(answer: object, fields: Sequence[str], file: RawFile) -> pd.DataFrame:
    """A list of objects in JSON as a table of text, index = place in the list (from 1).

    Raises
    ------
    SchemaError
        Not a list of objects, an empty one, or one in which some object lacks a field; all missing fields at once.
    """
    if not isinstance(answer, list) or not all(isinstance(entry, dict) for entry in answer):
        raise SchemaError.of(file.name, "", "not a list of objects", "The publisher may have changed the form.")
    if not answer:
        raise SchemaError.of(file.name, "", "the list is empty", "Run this again later; the publisher may be at work.")
    faults = Faults(file.name)
    for field in fields:
        lacking = [place for place, entry in enumerate(answer, start=1) if field not in entry]
        if lacking:
            step = "The publisher may have renamed it: check the list's form."
            faults.add(f"entry {lacking[0]}", f"no field {field!r} (there are {', '.join(map(str, answer[0]))})", step)
    faults.raise_any()
    cells = {field: ["" if entry[field] is None else str(entry[field]) for entry in answer] for field in fields}
    return pd.DataFrame(cells, index=pd.RangeIndex(1, len(answer) + 1, name="entry"), dtype="str")


def counted(points: pd.DataFrame, name: str, context: Context) -> pd.DataFrame:
    """How many of the points (column unit) each unit has."""
    return summed(pd.DataFrame({name: 1.0}, index=points.index), points["unit"], context.units)


def covered(people: pd.DataFrame, name: str, context: Context) -> pd.DataFrame:
    """The residents by unit whose distances are measured."""
    return summed(pd.DataFrame({name: people["people"]}), people["unit"], context.units)


def reach(people: pd.DataFrame, points: pd.DataFrame, prefix: str, context: Context) -> pd.DataFrame:
    """Access of each unit's people to the points (columns x, y), under the names of `access_measures`."""
    sums = access(people, points["x"], points["y"], NEAR_KM).reindex(context.units.index, fill_value=0.0)
    return sums.rename(columns={"person_km": f"{prefix}_person_km", "near": f"{prefix}_residents_5km"})


def catchment(people: pd.DataFrame, points: pd.DataFrame, prefix: str, context: Context) -> pd.DataFrame:
    """Residents × places per 1,000 residents within `CATCHMENT_KM` (two-step floating catchment), by unit.

    Points and people of other units count in both steps; over the country the sum is 1,000 × the points that anybody
    reaches.
    """
    pairs = within(people["x"], people["y"], points["x"], points["y"], CATCHMENT_KM)
    shared = 1000 * two_step(pairs, pd.Series(1.0, index=points.index), people["people"])
    return summed(
        pd.DataFrame({f"{prefix}_person_catchment": people["people"] * shared}), people["unit"], context.units
    )

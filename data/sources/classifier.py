"""The classifier of territories: names, levels, parents and validity, from the boundary editions and the crosswalk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd
import shapely

from data.context import FORMER, Context, RawFile
from data.geometry import at_edge
from data.model import COUNTRY, Licence, SchemaError, Source, Text
from data.read import ColumnType, Faults, open_csv
from data.schema import empty_observations
from data.sources import boundaries
from data.sources.boundaries import Edition

SOURCE = Source(
    id="classifier",
    publisher=Text(lv="Centrālā statistikas pārvalde (CSP)", en="Central Statistical Bureau of Latvia (CSP)"),
    title=Text(
        lv="Administratīvo teritoriju un teritoriālo vienību klasifikators (ATVK) un pāreja no 2021. gada",
        en="Classifier of administrative territories and territorial units (ATVK) and the transition from 2021",
    ),
    address="https://data.gov.lv/dati/dataset/atvk",
    licence=Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    credit=Text(
        lv="Klasifikators: Centrālā statistikas pārvalde (ATVK)",
        en="Classifier: Central Statistical Bureau of Latvia (ATVK)",
    ),
    updates=Text(lv="pēc klasifikatora izmaiņām", en="when the classifier changes"),
    files=("crosswalk_*.csv",),
    known_problems=(
        Text(
            lv="Pāreja no 2021. gada vienībām noteikta, pārklājot abu izdevumu poligonus: daļas ir platības daļas, "
            "nevis iedzīvotāju daļas.",
            en="The transition from the units of 2021 was found by overlaying the polygons of two editions: its shares "
            "are shares of area, not of residents.",
        ),
        Text(
            lv="Klasifikatora izmaiņas pēc 2024. gada 1. janvāra (Varakļānu novads kopš 2025. gada 1. jūlija ir "
            "Madonas novada daļa) vēl nav ietvertas.",
            en="Changes after 1 January 2024 (Varakļānu novads has been part of Madonas novads since 1 July 2025) "
            "are not yet included.",
        ),
    ),
)

TEXT_COLUMNS = ("L1_code", "L1_name", "L0_code", "L0_name", "NUTS3_code")
CROSSWALK: Mapping[str, ColumnType] = {
    **{f"{column}_{side}": "text" for side in ("old", "new") for column in TEXT_COLUMNS},
    "share_old": "number",
    "share_new": "number",
    "km2": "number",
    "relation": "text",
}
CHECK = "Check the code, or fetch the boundaries it belongs to first."
SHARE_ERROR = 0.001
"""Shares are published to four decimals: those of one unit add up to 1 within this."""

COLUMNS = (
    "code",
    "name",
    "full_name",
    "level",
    "kind",
    "parent",
    "region",
    "valid_from",
    "valid_to",
    "successors",
    "area_km2",
    "x",
    "y",
    "edge",
)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """No observations: the classifier gives the territories themselves.

    Raises
    ------
    SchemaError
        All present codes of the crosswalk that no edition of the boundaries has.
    """
    editions = context.once("editions", lambda: boundaries.editions(context.files_of("boundaries")))
    known = set().union(*(edition.units.index for edition in editions))
    for file in files:
        codes = open_csv(file, CROSSWALK)["L1_code_new"]
        faults = Faults(file.name)
        for line, code in codes[~codes.isin(known)].items():
            faults.add(
                f"line {line}, column 'L1_code_new'", f"{code!r} is no unit of any edition of the boundaries", CHECK
            )
        faults.raise_any()
    return empty_observations()


def crosswalk(files: Sequence[RawFile]) -> pd.DataFrame:
    """Old unit -> present unit with shares of area; the publisher's columns, all files below each other.

    Raises
    ------
    SchemaError
        A share outside 0-1, or shares of one unit that do not add up to 1.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no crosswalk file", f"Fetch {SOURCE.files[0]} first.")
    tables = []
    for file in files:
        table = open_csv(file, CROSSWALK)
        faults = Faults(file.name)
        for column, code in (("share_old", "L1_code_old"), ("share_new", "L1_code_new")):
            for line in table.index[~table[column].between(0, 1)]:
                faults.add(f"line {line}, column {column!r}", f"{table.loc[line, column]} is not a share (0-1)")
            sums = pd.Series(table[column].groupby(table[code]).sum())
            for unit, total in sums[(sums - 1).abs() > SHARE_ERROR].items():
                faults.add(f"column {column!r}, unit {unit}", f"the shares add up to {total:.4f}, not to 1")
        faults.raise_any()
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def territories(editions: Sequence[Edition]) -> pd.DataFrame:
    """The present territories of all levels: units, municipalities, regions, the country.

    Columns as in COLUMNS: `full_name` names a parish or town with its municipality (names repeat); `parent` of a unit
    is its municipality, of a municipality its region; `valid_from` is the first edition that has the code under that
    name; `x`, `y` is a point for labels inside, the centre of the largest inscribed circle (EPSG:3059, metres); `edge`
    says whether it reaches the country's outer line, coast or land border. A state city stands there twice, as unit and
    as municipality. Sorted by level, then code.
    """
    latest = editions[-1]
    units = latest.units
    shapes = units.geometry
    area = (shapes.area / 1e6).round(4)
    outline = shapely.coverage_union_all(shapes.to_numpy())
    seen = first_seen(editions)

    def rows(level: str, table: pd.DataFrame, groups: pd.Series | None) -> pd.DataFrame:
        if groups is None:
            polygons, km2 = shapes.to_numpy(), area.to_numpy()
        else:
            members = {code: shapes[groups == code].to_numpy() for code in table["code"]}
            polygons = [shapely.coverage_union_all(members[code]) for code in table["code"]]
            km2 = area.groupby(groups).sum().reindex(table["code"]).round(4).to_numpy()
        points = shapely.force_2d(shapely.get_point(shapely.maximum_inscribed_circle(polygons), 0))
        return table.assign(
            level=level,
            valid_from=[seen[level, code, name] for code, name in table[["code", "name"]].to_numpy()],
            area_km2=km2,
            x=shapely.get_x(points).round(1),
            y=shapely.get_y(points).round(1),
            edge=at_edge(polygons, outline),
        )

    own = units.reset_index()
    unit = own[["code", "name", "kind", "region"]].assign(
        parent=own["municipality"],
        full_name=own["name"].where(own["code"] == own["municipality"], own["name"] + ", " + own["municipality_name"]),
    )
    municipality = (
        own.groupby("municipality", as_index=False)
        .first()
        .assign(
            code=lambda t: t["municipality"],
            name=lambda t: t["municipality_name"],
            full_name=lambda t: t["municipality_name"],
            kind=lambda t: t["municipality_kind"],
            parent=lambda t: t["region"],
        )[["code", "name", "full_name", "kind", "parent", "region"]]
    )
    region = (
        own.groupby("region", as_index=False)
        .first()
        .assign(
            code=lambda t: t["region"],
            name=lambda t: t["region_name"],
            full_name=lambda t: t["region_name"] + " (statistiskais reģions)",
            kind="region",
            parent=COUNTRY,
        )[["code", "name", "full_name", "kind", "parent", "region"]]
    )
    country = pd.DataFrame(
        {"code": [COUNTRY], "name": "Latvija", "full_name": "Latvija", "kind": "country", "parent": "", "region": ""}
    )
    whole = pd.Series(COUNTRY, index=units.index)
    table = pd.concat(
        [
            rows("unit", unit, None),
            rows("municipality", municipality, units["municipality"]),
            rows("region", region, units["region"]),
            rows("country", country, whole),
        ],
        ignore_index=True,
    )
    return table.assign(valid_to="", successors="").reindex(columns=list(COLUMNS))


LEVEL_COLUMNS = {
    "unit": ("code", "name"),
    "municipality": ("municipality", "municipality_name"),
    "region": ("region", "region_name"),
}
CROSSWALK_COLUMNS = {"unit": "L1_code", "municipality": "L0_code"}


def first_seen(editions: Sequence[Edition]) -> dict[tuple[str, str, str], str]:
    """(level, code, name) -> date of the first edition that has it."""
    first = {("country", COUNTRY, "Latvija"): editions[0].date}
    for edition in editions:
        units = edition.units.reset_index()
        for level, columns in LEVEL_COLUMNS.items():
            for code, name in units[list(columns)].drop_duplicates().itertuples(index=False, name=None):
                first.setdefault((level, code, name), edition.date)
    return first


def former(editions: Sequence[Edition], crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Territories of earlier editions that are no more.

    Returns
    -------
    DataFrame
        code, name, level, valid_from, valid_to (date of the first edition without it), successors: the present codes
        that took over its land, separated by blanks (units and municipalities from the crosswalk, regions from where
        their last units lie now). Sorted by level, then code.
    """
    latest = editions[-1].units
    found: dict[tuple[str, str], dict[str, str]] = {}
    for edition, following in pairwise(editions):
        units = edition.units.reset_index()
        for level, (code, name) in LEVEL_COLUMNS.items():
            gone = units[~units[code].isin(latest.reset_index()[code])]
            for old, members in gone.groupby(code):
                if level == "region":
                    taken = latest["region"].reindex(members["code"]).dropna()
                else:
                    column = CROSSWALK_COLUMNS[level]
                    taken = crosswalk.loc[crosswalk[f"{column}_old"] == old, f"{column}_new"]
                row = found.setdefault((level, str(old)), {"valid_from": edition.date})
                row |= {
                    "name": members[name].iloc[0],
                    "valid_to": following.date,
                    "successors": " ".join(sorted(set(taken))),
                }
    order = sorted(found, key=lambda key: (list(LEVEL_COLUMNS).index(key[0]), key[1]))
    rows = [{"code": code, "level": level, **found[level, code]} for level, code in order]
    return pd.DataFrame(rows, columns=FORMER).astype("str")

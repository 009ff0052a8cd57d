"""The classifier of territories: names, levels, parents and validity, from the boundary editions and the crosswalk."""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from data import ckan
from data.context import Context, RawFile
from data.geometry import at_edge
from data.lock import Found
from data.model import COUNTRY, FORMER, Licence, SchemaError, Source, Text
from data.read import ColumnType, Faults, file_text, open_csv, parse_csv
from data.schema import empty_observations
from data.sources import boundaries
from data.sources.boundaries import Edition

if TYPE_CHECKING:
    from data.live import Visit

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
            lv="Datu rindas, kas publicētas bijušo teritoriju kodiem, pārnestas uz tagadējām: apvienotās teritorijas "
            "saskaitītas, sadalītās dalītas pēc iedzīvotāju skaita (kur tas nav zināms – pēc platības) un atzīmētas kā "
            "aplēse. Ko nevar saskaitīt (līmeņus, procentus), to apvienotajām nerāda.",
            en="Series published under codes of former territories are carried to those of today: merged territories "
            "are "
            "added, split ones are divided by residents (by area where these are not known) and marked estimated. What "
            "cannot be added (levels, per cent) is not shown for merged ones.",
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

LIVE_FILES = ("atu_nuts_codes*.csv", "atvk_2021_parejas_tabula*.csv")
REGISTER: Mapping[str, ColumnType] = {
    "Level": "integer",
    "Code": "text",
    "Name": "text",
    "Code_parent": "text?",
    "Validity_period_begin": "text?",
    "Validity_period_end": "text?",
    "Successors": "text?",
}
"""The columns of the classifier's own file that are read; an empty end means that the territory is valid."""
REGISTER_ID = "6d8624c4-e75a-4080-88eb-c755b5de230a"
"""The resource of that file at the open data portal, should its name change."""
TRANSITION: Mapping[str, ColumnType] = dict.fromkeys(("at_kods", "tv_kods", "at2021_kods", "tv2021_kods"), "text?")
"""The columns of the table of 2021 that are read: municipality (at) and unit (tv) before, and from then on."""
CODE = re.compile(r"LV\d{7}")
REGISTER_LEVELS = {3: "municipality", 4: "unit"}
SLIVER = 0.02
"""Shares below this, on both sides, are the generalised lines of two editions crossing, not a change of borders."""

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
        All present codes of the crosswalk that no edition of the boundaries has; all units of the latest edition that
        were not valid on its date.
    """
    editions = context.once("editions", lambda: boundaries.editions(context.files_of("boundaries")))
    known = set().union(*(edition.units.index for edition in editions))
    for file in files:
        if is_register(file):
            check_register(file, editions[-1])
        if is_register(file) or is_transition(file):
            continue
        codes = open_csv(file, CROSSWALK)["L1_code_new"]
        faults = Faults(file.name)
        for line, code in codes[~codes.isin(known)].items():
            faults.add(
                f"line {line}, column 'L1_code_new'", f"{code!r} is no unit of any edition of the boundaries", CHECK
            )
        faults.raise_any()
    return empty_observations()


def live(visit: Visit) -> list[Found]:
    """The classifier's own files from the open data portal, beside the crosswalk that is there."""
    package = ckan.package("atvk", visit)
    found = [(ckan.newest(package, LIVE_FILES[0], REGISTER_ID), "atu_nuts_codes.csv")]
    found += [(entry, entry.name) for entry in ckan.matching(package, LIVE_FILES[1])[-1:]]
    fresh = [visit.file(entry.address, name, "csv") for entry, name in found]
    names = {file.name for file in fresh}
    return [*(visit.kept(name) for name in visit.known if name not in names), *fresh]


def is_register(file: RawFile) -> bool:
    """Whether a file is the classifier's own list of all territories."""
    return fnmatch(file.name, LIVE_FILES[0])


def is_transition(file: RawFile) -> bool:
    """Whether a file is the official table of the transition to the territories of 2021."""
    return fnmatch(file.name, LIVE_FILES[1])


def open_list(file: RawFile, columns: Mapping[str, ColumnType]) -> pd.DataFrame:
    """A list of codes as CSP publishes it, with commas or semicolons."""
    return parsed_list(file.name, file_text(file), columns)


def parsed_list(name: str, text: str, columns: Mapping[str, ColumnType]) -> pd.DataFrame:
    """A list of codes from its text; `name` is for the faults."""
    head = text.partition("\n")[0]
    return parse_csv(text, name, columns, separator=";" if head.count(";") > head.count(",") else ",")


def with_letters(codes: pd.Series) -> pd.Series:
    """Codes of seven digits with LV before them; others as they are."""
    return codes.str.strip().str.replace(r"^(\d{7})$", r"LV\1", regex=True)


def official(files: Sequence[RawFile]) -> dict[str, list[str]]:
    """What the classifier says became of a code: code -> its successors, from the register and the transition of 2021.

    Raises
    ------
    SchemaError
        A file that is not what it should be.
    """
    found: dict[str, set[str]] = {}
    for file in filter(is_register, files):
        for code, successors in register(file)[["code", "successors"]].to_numpy():
            found.setdefault(code, set()).update(successors.split())
    for file in filter(is_transition, files):
        table = open_list(file, TRANSITION)
        for column in ("at", "tv"):
            pairs = pd.DataFrame({"old": table[f"{column}_kods"], "new": table[f"{column}2021_kods"]})
            for old, new in pairs.apply(with_letters).drop_duplicates().to_numpy():
                if CODE.fullmatch(old) and CODE.fullmatch(new):
                    found.setdefault(old, set()).add(new)
    return {code: sorted(successors - {code}) for code, successors in found.items()}


def followed(code: str, successors: Mapping[str, Sequence[str]], known: Collection[str]) -> list[str]:
    """The codes among those known that a code became, over as many steps as it takes; none if the trail is lost."""
    reached, seen, todo = [], {code}, [code]
    while todo:
        for following in successors.get(todo.pop(), ()):
            if following not in seen:
                seen.add(following)
                (reached if following in known else todo).append(following)
    return sorted(reached)


def register(file: RawFile) -> pd.DataFrame:
    """The classifier: code, name, level, parent, valid_from, valid_to, successors (codes with blanks between them).

    Municipalities and units of all times, sorted by code and validity; dates are ISO, an open end is "".

    Raises
    ------
    SchemaError
        All faults at once: columns, codes, dates.
    """
    return _register(file.name, file_text(file)).copy()


@lru_cache(maxsize=4)
def _register(name: str, text: str) -> pd.DataFrame:
    """One file is asked for many times in a build, and read once."""
    table = parsed_list(name, text, REGISTER)
    table = table[table["Level"].isin(list(REGISTER_LEVELS))]
    faults = Faults(name)
    if table.empty:
        faults.add("column 'Level'", f"no rows of the levels {', '.join(map(str, REGISTER_LEVELS))}", CHECK)

    def dates(column: str) -> pd.Series:
        iso = table[column].str.replace(r"^(\d{2})\.(\d{2})\.(\d{4})\.?.*$", r"\3-\2-\1", regex=True).str[:10]
        for line, value in table.loc[~iso.str.fullmatch(r"(\d{4}-\d{2}-\d{2})?"), column].items():
            faults.add(f"line {line}, column {column!r}", f"{value!r} is not a date")
        return iso

    result = pd.DataFrame(
        {
            "code": with_letters(table["Code"]),
            "name": table["Name"],
            "level": table["Level"].map(REGISTER_LEVELS),
            "parent": with_letters(table["Code_parent"]),
            "valid_from": dates("Validity_period_begin"),
            "valid_to": dates("Validity_period_end"),
            "successors": table["Successors"]
            .str.findall(r"\d{7}")
            .map(lambda found: " ".join(f"LV{c}" for c in found)),
        }
    )
    for line, code in result.loc[~result["code"].str.fullmatch(r"LV\d{7}"), "code"].items():
        faults.add(f"line {line}, column 'Code'", f"{code!r} is not a code (LV and 7 digits)")
    faults.raise_any()
    return result.sort_values(["code", "valid_from"], ignore_index=True)


def check_register(file: RawFile, latest: Edition) -> None:
    """Every unit of the latest boundaries stands in the classifier, valid on their date."""
    table = register(file)
    begun = table["valid_from"] <= latest.date
    valid = set(table.loc[begun & (table["valid_to"].eq("") | (table["valid_to"] > latest.date)), "code"])
    faults = Faults(file.name)
    for code, name in latest.units.loc[~latest.units.index.isin(valid), "name"].items():
        faults.add(f"unit {code}", f"{name} is in the boundaries of {latest.date}, but not valid then", CHECK)
    faults.raise_any()


def ended(territories: pd.DataFrame, files: Sequence[RawFile]) -> pd.DataFrame:
    """Territories with the end of their validity and their successors, where the classifier's own file knows of one."""
    for file in filter(is_register, files):
        last = register(file).drop_duplicates("code", keep="last").set_index("code")
        over = territories["code"].isin(set(last.query("valid_to != ''").index))
        for column in ("valid_to", "successors"):
            found = territories["code"].map(last[column].to_dict())
            territories = territories.assign(**{column: territories[column].where(~over, found)})
    return territories


def later(territories: pd.DataFrame, files: Sequence[RawFile], date: str) -> frozenset[str]:
    """The codes of territories that begin after the date of the boundaries."""
    found: set[str] = set()
    for file in filter(is_register, files):
        table = register(file)
        found |= set(table.loc[table["valid_from"] > date, "code"])
    return frozenset(found - set(territories["code"]))


def crosswalk(files: Sequence[RawFile], editions: Sequence[Edition] = ()) -> pd.DataFrame:
    """Old unit -> present unit with shares of area; the publisher's columns, all files below each other.

    Without such a file the polygons of the first and the latest edition are laid over each other.

    Raises
    ------
    SchemaError
        A share outside 0-1, or shares of one unit that do not add up to 1.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no crosswalk file", f"Fetch {SOURCE.files[0]} first.")
    tables = []
    successors = official(files)
    for file in files:
        if is_register(file) or is_transition(file):
            continue
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
    if not editions:
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*CROSSWALK])
    table = pd.concat(tables, ignore_index=True) if tables else overlaid(editions[0], editions[-1], successors)
    return brought_up_to_date(table, editions, successors)


def brought_up_to_date(
    table: pd.DataFrame, editions: Sequence[Edition], successors: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """The crosswalk with the units of the latest edition on its new side, and rows for what changed between editions.

    Rows whose new unit is no more are taken on to those that followed it; a unit that went to another municipality gets
    that one. Units and municipalities of editions in between that are no more get rows of their own.
    """
    latest = editions[-1].units
    for earlier in editions[:-1]:
        there = earlier.units
        now = latest.reindex(there.index)
        changed = there.index[(now["municipality"] != there["municipality"]).to_numpy()]
        if changed.isin(table["L1_code_old"]).all() and not table["L1_code_new"].isin(changed).any():
            continue
        steps = overlaid(replace(earlier, units=there.loc[changed]), editions[-1], successors)
        gone = table["L1_code_new"].isin(changed)
        new_side = [f"{column}_new" for column in TEXT_COLUMNS]
        onward = steps[["L1_code_old", *new_side, "share_old"]]
        onward = onward.rename(columns={"L1_code_old": "between", "share_old": "part"})
        moved = (
            table[gone]
            .rename(columns={"L1_code_new": "between"})
            .drop(columns=new_side[1:])
            .merge(onward, on="between")
        )
        moved = moved.assign(km2=moved["km2"] * moved["part"], share_old=moved["share_old"] * moved["part"])
        moved["share_new"] = moved["km2"] / moved.groupby("L1_code_new")["km2"].transform("sum")
        own = steps[~steps["L1_code_old"].isin(table["L1_code_old"])]
        table = pd.concat([table[~gone], moved.reindex(columns=table.columns), own], ignore_index=True)
    return table


def overlaid(first: Edition, last: Edition, successors: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The crosswalk from the polygons of one edition to those of a later one.

    A unit that is still there is itself. Where the classifier says what became of a unit, its land is divided between
    those units alone; else between all it lies in, slivers of the generalised lines left out.
    """
    sides = {"old": first.units, "new": last.units}
    old, new = shapely.STRtree(sides["new"].geometry).query(sides["old"].geometry, predicate="intersects")
    shapes = {"old": sides["old"].geometry.to_numpy()[old], "new": sides["new"].geometry.to_numpy()[new]}
    table = pd.DataFrame({"km2": shapely.area(shapely.intersection(shapes["old"], shapes["new"])) / 1e6})
    for side, places in (("old", old), ("new", new)):
        units = sides[side].reset_index().iloc[places].reset_index(drop=True)
        for column, name in zip(
            TEXT_COLUMNS, ("code", "name", "municipality", "municipality_name", "region"), strict=True
        ):
            table[f"{column}_{side}"] = units[name]
        table[f"share_{side}"] = table["km2"] / (shapely.area(shapes[side]) / 1e6)
    known = set(last.units.index)
    told = {code: [code] if code in known else followed(code, successors, known) for code in first.units.index}
    pairs = zip(table["L1_code_old"], table["L1_code_new"], strict=True)
    fits = pd.Series([new in told[old] if told[old] else None for old, new in pairs], dtype="object")
    slivers = (table["share_old"] >= SLIVER) | (table["share_new"] >= SLIVER)
    table = table[fits.where(fits.notna(), slivers).astype(bool)].reset_index(drop=True)
    for side in ("old", "new"):
        whole = table.groupby(f"L1_code_{side}")["km2"].transform("sum")
        table[f"share_{side}"] = (table["km2"] / whole).round(4)
    return table.assign(relation="overlay").reindex(columns=[*CROSSWALK])


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


def former(editions: Sequence[Edition], crosswalk: pd.DataFrame, files: Sequence[RawFile] = ()) -> pd.DataFrame:
    """Territories of earlier editions that are no more, and those the classifier's own file has beside them.

    Returns
    -------
    DataFrame
        code, name, level, valid_from, valid_to (date of the first edition without it), successors: the present codes
        that took over its land, separated by blanks (units and municipalities from the crosswalk, regions from where
        their last units lie now, those that only the classifier has as it says). Sorted by level, then code.
    """
    latest = editions[-1].units
    found: dict[tuple[str, str], dict[str, str]] = {}
    taken_by = {
        column: crosswalk.groupby(f"{column}_old")[f"{column}_new"].agg(set).to_dict()
        for column in CROSSWALK_COLUMNS.values()
    }
    for edition, following in pairwise(editions):
        units = pd.DataFrame(edition.units.drop(columns="geometry")).reset_index()
        for level, (code, name) in LEVEL_COLUMNS.items():
            gone = units[~units[code].isin(latest.reset_index()[code])]
            for old, members in gone.groupby(code):
                if level == "region":
                    taken = latest["region"].reindex(members["code"]).dropna()
                else:
                    taken = taken_by[CROSSWALK_COLUMNS[level]].get(old, ())
                row = found.setdefault((level, str(old)), {"valid_from": edition.date})
                row |= {
                    "name": members[name].iloc[0],
                    "valid_to": following.date,
                    "successors": " ".join(sorted(set(taken))),
                }
    present = {"unit": set(latest.index), "municipality": set(latest["municipality"])}
    successors = official(files)
    for file in filter(is_register, files):
        over = register(file).query("valid_to != ''").drop_duplicates(["level", "code"], keep="last")
        for code, name, level, valid_from, valid_to in over[FORMER[:-1]].to_numpy():
            taken = followed(code, successors, present[level])
            if taken and code not in present[level]:
                row = {"valid_from": valid_from, "name": name, "valid_to": valid_to, "successors": " ".join(taken)}
                found.setdefault((level, code), row)
    order = sorted(found, key=lambda key: (list(LEVEL_COLUMNS).index(key[0]), key[1]))
    rows = [{"code": code, "level": level, **found[level, code]} for level, code in order]
    return pd.DataFrame(rows, columns=FORMER).astype("str")

"""CSP's table TRS020: length of roads and streets by municipality and surface, as the statistics portal exports it."""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data import pxweb
from data.context import Context, RawFile
from data.gates import Key, Total
from data.lock import Found
from data.model import COUNTRY, Licence, Measure, SchemaError, Source, Text
from data.read import AGAIN, ColumnType, Faults, file_text, parse_csv
from data.schema import COLUMNS, KEY

if TYPE_CHECKING:
    from data.live import Visit

SURFACES = {
    "Total": ("", "", ""),
    "Asphalt and other bituminous surfaces": ("_paved", " ar melno segumu", ", paved"),
    "Crushed stone and gravel surfaces": ("_gravel", " ar šķembu un grants segumu", ", crushed stone and gravel"),
}
"""Surface in the file -> part of the measure's id, and what its title adds (lv, en)."""
KINDS = {
    "Total": ("roads{}_km", Text("Ceļi un ielas", "Roads and streets")),
    "State roads": ("roads{}_state_km", Text("Valsts autoceļi", "State roads")),
    "Municipal roads": ("roads{}_municipal_km", Text("Pašvaldību ceļi", "Municipal roads")),
    "Municipal streets": ("roads{}_streets_km", Text("Pašvaldību ielas", "Municipal streets")),
}
MEASURES = {
    (surface, kind): Measure(
        stem.format(part), Text(title.lv + lv, title.en + en), "km", "length", level="municipality"
    )
    for surface, (part, lv, en) in SURFACES.items()
    for kind, (stem, title) in KINDS.items()
}
"""(surface, kind of road) of the file -> measure."""

SOURCE = Source(
    id="roads",
    publisher=Text(lv="Centrālā statistikas pārvalde (CSP)", en="Central Statistical Bureau of Latvia (CSP)"),
    title=Text(
        lv="Valsts un pašvaldību ceļu un ielu garums pēc seguma (TRS020)",
        en="Length of state and municipal roads and streets by surface (TRS020)",
    ),
    address="https://data.stat.gov.lv/pxweb/en/OSP_PUB/START__TRA__TR__TRS/TRS020/",
    licence=Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    credit=Text(lv="Centrālā statistikas pārvalde (TRS020)", en="Central Statistical Bureau (TRS020)"),
    updates=Text(lv="reizi gadā, stāvoklis gada beigās", en="yearly, at the end of the year"),
    files=("TRS020_*.csv",),
    provides=tuple(MEASURES.values()),
    known_problems=(
        Text(
            lv="Publicēti veseli kilometri: summas var atšķirties par noapaļojumu. Meža ceļi un māju piebraucamie ceļi "
            "nav ieskaitīti.",
            en="Whole kilometres are published: sums may differ by rounding. The table has state and municipal roads "
            "only; forest and private roads are not in it.",
        ),
        Text(
            lv="Tikai pašvaldību līmenī: pagastu ceļu garums nav publicēts. Nosaukumi failā ir angliski un savienoti "
            "ar kodiem pēc nosaukuma saknes.",
            en="Municipalities only: no road lengths of parishes are published. Names in the file are English and are "
            "joined to codes by the stem of the name.",
        ),
    ),
)

LIVE_FILES = ("TRS020*.json",)
TABLES = (pxweb.Table("TRS020", "TRA/TR/TRS"),)
"""The table at the portal; its labels are asked for in English, as the export has them."""

TERRITORY, SURFACE, KIND = "Territorial unit", "Types of surface", "Indicator"
MISSING = ("", ".", "..", "...", "…")
WHOLE_COUNTRY = "Latvia"
REGION = re.compile(r"\bregion\b", re.IGNORECASE)
MUNICIPALITY = re.compile(r"\s+(municipality|novads)\s*$", re.IGNORECASE)
CITY = re.compile(r"\s+\(?(state city|city|valstspilsēta)\)?\s*$", re.IGNORECASE)
ENDING = re.compile(r"(us|is|as|es|a|e|i|u|s)$")
ROUNDING = 0.5
"""A published length may be this far (km) from the true one."""


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Lengths (km) by municipality, surface and kind of road; a length the table hides is not published.

    Regions (old and new) and the country stand in the table beside the municipalities: they are checked and left out.
    `attrs["totals"]` are the published totals of Latvia; `attrs["notes"]` says how far the municipalities' sums lie
    from them.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once: names that match no municipality or several, unknown surfaces or kinds, no row for Latvia.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no file", f"Fetch {SOURCE.files[0]} first.")
    notes: dict[str, float] = {}
    totals: dict[Key, Total] = {}
    ordered = sorted(files, key=lambda file: (is_answer(file), file.name))
    parts = [(answer if is_answer(file) else export)(file, context, notes, totals) for file in ordered]
    result = pd.concat(parts, ignore_index=True).drop_duplicates(KEY, keep="last")
    result = result.sort_values(KEY, ignore_index=True).reindex(columns=list(COLUMNS))
    result.attrs |= {"notes": notes, "totals": totals}
    return result


def live(visit: Visit) -> list[Found]:
    """The table from the portal; asked for late periods only, it stands beside what is there already."""
    return pxweb.live(TABLES, visit)


def is_answer(file: RawFile) -> bool:
    """Whether a file is the portal's answer (read after exports, so that it counts where both have a figure)."""
    return file.name.endswith(".json")


def answer(file: RawFile, context: Context, notes: dict[str, float], totals: dict[Key, Total]) -> pd.DataFrame:
    """The portal's answer as observations: territories by their codes, surfaces and kinds by their English labels."""
    table = pxweb.read(file)
    faults = Faults(file.name)
    columns = {
        known: f"{labelled(table, found, faults)} label" for known, found in ((SURFACE, SURFACES), (KIND, KINDS))
    }
    faults.raise_any()
    table = table.rename(columns={label: known for known, label in columns.items()})
    table = table[table[SURFACE].isin(SURFACES) & table[KIND].isin(KINDS)]
    local = pxweb.placed(table, "municipality", context, file.name)
    whole = table[(table[table.attrs["dimensions"]] == COUNTRY).any(axis=1)].assign(territory=COUNTRY)
    time = table.attrs["time"]
    rows = pd.concat([local, whole])
    wide = rows.set_index(["territory", SURFACE, KIND, time])["value"].unstack().reset_index()  # noqa: PD010
    wide[TERRITORY] = wide["territory"].replace(COUNTRY, WHOLE_COUNTRY)
    for year in sorted(set(local[time])):
        totals |= compare(wide, wide["territory"] != COUNTRY, year, notes, faults)
    faults.raise_any()
    return pd.DataFrame(
        {
            "territory": local["territory"],
            "period": local[time],
            "measure": [MEASURES[key].id for key in zip(local[SURFACE], local[KIND], strict=True)],
            "value": local["value"],
            "status": np.select([local["value"].isna(), local["divided"]], ["not_published", "estimated"], "final"),
        }
    )


def labelled(table: pd.DataFrame, known: Collection[str], faults: Faults) -> str:
    """The dimension whose labels hold all that are known."""
    found = [name for name in table.attrs["dimensions"] if set(known) <= set(table[f"{name} label"])]
    if len(found) != 1:
        faults.add("dimensions", f"{len(found)} have the labels {', '.join(known)}, not one", pxweb.CHECK)
        return table.attrs["dimensions"][0]
    return found[0]


def export(file: RawFile, context: Context, notes: dict[str, float], totals: dict[Key, Total]) -> pd.DataFrame:
    """One export as observations."""
    text = file_text(file)
    header = next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith(f'"{TERRITORY}"')), 0)
    if not header:
        raise SchemaError.of(file.name, "", f"no line that begins with {TERRITORY!r}", AGAIN)
    keys: dict[str, ColumnType] = {TERRITORY: "text", SURFACE: "text", KIND: "text"}
    table = parse_csv(text, file.name, keys, header_line=header, missing=MISSING, others="number?")
    years = [column for column in table.columns if column not in keys]
    faults = Faults(file.name)
    for column in years:
        if not re.fullmatch(r"\d{4}", str(column)):
            faults.add(f"line {header}", f"column {column!r} is not a year", AGAIN)
    for column, known in ((SURFACE, SURFACES), (KIND, KINDS)):
        for line, value in table[column].items():
            if value not in known:
                faults.add(f"line {line}, column {column!r}", f"unknown: {value!r}")
    for line, again in table.duplicated(list(keys)).items():
        if again:
            faults.add(f"line {line}", "the same territory, surface and kind again", AGAIN)
    codes = matched(table[TERRITORY], municipalities_then(table[TERRITORY], context), faults)
    faults.raise_any()
    for year in years:
        totals |= compare(table, codes.notna(), str(year), notes, faults)
    faults.raise_any()
    keyed = zip(table[SURFACE], table[KIND], strict=True)
    rows = table.assign(territory=codes, measure=[MEASURES[key].id for key in keyed]).dropna(subset=["territory"])
    long = rows.melt(["territory", "measure"], years, var_name="period", value_name="value")
    long["status"] = np.where(long["value"].isna(), "not_published", "final")
    return long


def municipalities_then(names: pd.Series, context: Context) -> pd.DataFrame:
    """The municipalities (level, code, name, kind) of the latest time that has all that are named.

    Names tell no time: Madona in a table that has Varakļāni beside it is the municipality of before 1 July 2025.
    """
    now = context.territories[context.territories["level"] == "municipality"]
    past = context.former[context.former["level"] == "municipality"]
    past = past.assign(kind=past["name"].str.endswith("novads").map({True: "municipality", False: "city"}))
    wanted = {key_of(name) for name in map(str, names.unique())} - {None}
    for day in ["9999", *sorted(set(past["valid_to"]), reverse=True)] if len(past) else ():
        valid = past[(past["valid_from"] < day) & (past["valid_to"] >= day)]
        there = pd.concat([now[now["valid_from"] < day], valid])
        if wanted <= {(kind == "city", stem(name)) for name, kind in there[["name", "kind"]].to_numpy()}:
            return there
    return now


def key_of(name: str) -> tuple[bool, str] | None:
    """What a municipality is found by, whether it is a state city and the stem of its name; None for larger areas."""
    return None if name == WHOLE_COUNTRY or REGION.search(name) else (not MUNICIPALITY.search(name), stem(name))


def matched(names: pd.Series, territories: pd.DataFrame, faults: Faults) -> pd.Series:
    """The municipality's code for each English name; missing for the country and regions.

    "Alūksne municipality" is Alūksnes novads, "Riga" the state city Rīga: compared without diacritics and without the
    ending, among municipalities or among state cities.
    """
    places = territories[territories["level"] == "municipality"]
    found: dict[tuple[bool, str], list[str]] = {}
    for code, name, kind in places[["code", "name", "kind"]].itertuples(index=False, name=None):
        found.setdefault((kind == "city", stem(name)), []).append(code)
    codes: dict[str, str | None] = {}
    for name in map(str, names.unique()):
        key = key_of(name)
        if key is None:
            codes[name] = None
            continue
        fits = found.get(key, [])
        codes[name] = fits[0] if len(fits) == 1 else None
        if len(fits) != 1:
            line = names[names == name].index[0]
            problem = f"matches {', '.join(fits)}" if fits else "matches no municipality"
            faults.add(f"line {line}, column {TERRITORY!r}", f"{name!r} {problem}", "Check the name of the territory.")
    taken = [code for code in codes.values() if code]
    for code in sorted({code for code in taken if taken.count(code) > 1}):
        twins = ", ".join(repr(name) for name, own in codes.items() if own == code)
        faults.add(f"column {TERRITORY!r}", f"{twins} all match {code}")
    return names.map(codes)


def stem(name: str) -> str:
    """A name without the word for its kind, diacritics and ending: "ces" for "Cēsis municipality" and "Cēsu novads"."""
    bare = CITY.sub("", MUNICIPALITY.sub("", name.strip()))
    letters = "".join(c for c in unicodedata.normalize("NFKD", bare.lower()) if not unicodedata.combining(c))
    return ENDING.sub("", letters)


def compare(
    table: pd.DataFrame, local: pd.Series, year: str, notes: dict[str, float], faults: Faults
) -> dict[Key, Total]:
    """The published totals for Latvia and how far rounding may take the municipalities' sums from them.

    The largest distance of a sum goes to the notes.
    """
    keys = [SURFACE, KIND]
    whole = table.loc[table[TERRITORY] == WHOLE_COUNTRY, [*keys, year]]
    if whole.empty:
        faults.add(f"column {TERRITORY!r}", f"no rows of {WHOLE_COUNTRY!r} to compare the sums with", AGAIN)
        return {}
    places = table.loc[local, [TERRITORY, *keys, year]]
    if places.empty or places[year].isna().any():
        return {}
    sums = places.groupby(keys, as_index=False)[year].sum().merge(whole, on=keys, suffixes=("", " Latvia")).dropna()
    allowed = ROUNDING * (places[TERRITORY].nunique() + 1)
    notes[f"{year}: largest distance of a sum from Latvia's total (km)"] = float(
        (sums[year] - sums[f"{year} Latvia"]).abs().max()
    )
    published = sums[[*keys, f"{year} Latvia"]].itertuples(index=False, name=None)
    return {(MEASURES[surface, kind].id, year): (total, allowed) for surface, kind, total in published}

"""Eurostat's survey on the use of ICT: households and people online, and digital skills, for Latvia by age group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data import jsonstat
from data.context import Context, RawFile
from data.lock import Found
from data.model import COUNTRY, Break, Licence, Measure, SchemaError, Source, Status, Text
from data.read import AGAIN, ColumnType, Faults, file_text, open_csv
from data.schema import COLUMNS, KEY

if TYPE_CHECKING:
    from data.live import Visit

AGES = {
    "16-24": ("16_24", Text("16–24 gadu vecumā", "aged 16–24")),
    "25-54": ("25_54", Text("25–54 gadu vecumā", "aged 25–54")),
    "55-74": ("55_74", Text("55–74 gadu vecumā", "aged 55–74")),
    "All individuals (16-74)": ("16_74", Text("16–74 gadu vecumā", "aged 16–74")),
}
"""Age group of the files -> end of the measure's id, and its words."""

AREAS = {
    "Information and data literacy": (
        "ict_information_skills",
        Text("Informācijas un datu pratība vismaz pamatlīmenī", "At least basic information and data literacy"),
    ),
    "Communication and collaboration": (
        "ict_communication_skills",
        Text("Saziņas un sadarbības prasmes vismaz pamatlīmenī", "At least basic communication and collaboration"),
    ),
    "Digital content creation": (
        "ict_content_skills",
        Text("Digitālā satura veidošanas prasmes vismaz pamatlīmenī", "At least basic digital content creation"),
    ),
    "Safety": (
        "ict_safety_skills",
        Text("Digitālās drošības prasmes vismaz pamatlīmenī", "At least basic digital safety skills"),
    ),
    "Problem solving": (
        "ict_problem_solving_skills",
        Text("Digitālās problēmu risināšanas prasmes vismaz pamatlīmenī", "At least basic digital problem solving"),
    ),
    "Overall (all five areas)": (
        "ict_basic_skills",
        Text("Vismaz digitālās pamatprasmes", "At least basic digital skills"),
    ),
}
"""Skill area of the file by area -> beginning of the measure's id, and its words."""

ABOVE = Text("Labākas par digitālajām pamatprasmēm", "Above basic digital skills")
ONLINE = Text("Interneta lietotāji", "People online")
SURVEY = Break(
    "2016",
    Text(
        lv="Eurostat 2016. gadā atzīmējis pārrāvumu datu rindā (pazīme b).",
        en="Eurostat marks a break in the series in 2016 (flag b).",
    ),
)

FLAGS: Mapping[str, Status] = {
    "": "final",
    "b": "final",
    "d": "final",
    "p": "provisional",
    "e": "estimated",
    "f": "estimated",
    "u": "estimated",
    "c": "suppressed",
}
"""Eurostat's flags. A break (b) is declared on the measure; u is of low reliability, so treated as an estimate."""


@dataclass(frozen=True)
class Form:
    """One of the publisher's files: what tells it apart by name, its column of figures, and what these become."""

    part: str
    value: str
    measures: Mapping[tuple[str, ...], str]
    """Values of the key columns -> measure id."""
    keys: tuple[str, ...] = ()
    flagged: bool = True
    columns: Mapping[str, ColumnType] = field(init=False)

    def __post_init__(self) -> None:
        flag: dict[str, ColumnType] = {"flag": "text?"} if self.flagged else {}
        keys: dict[str, ColumnType] = dict.fromkeys(self.keys, "text")
        columns: dict[str, ColumnType] = {"geo_code": "text", "year": "text", **keys, self.value: "number?", **flag}
        object.__setattr__(self, "columns", columns)


def by_age(stem: str, ages: Sequence[str] = tuple(AGES)) -> dict[tuple[str, ...], str]:
    return {(age,): f"{stem}_{AGES[age][0]}" for age in ages}


YOUNG_TO_OLD = ("16-24", "25-54", "55-74")
FORMS = (
    Form("household_internet_access", "pct_households_with_internet", {(): "ict_households_online"}),
    Form("individual_internet_use", "pct_individuals_used_internet_3m", {(): "ict_individuals_online"}),
    Form(
        "internet_use_by_age",
        "pct_individuals_used_internet_3m",
        by_age("ict_online", YOUNG_TO_OLD),
        ("age_group",),
    ),
    Form("digital_skills_by_age", "pct_basic_or_above_digital_skills", by_age("ict_basic_skills"), ("age_group",)),
    Form(
        "digital_skills_above_basic",
        "pct_above_basic_digital_skills",
        by_age("ict_above_basic"),
        ("age_group",),
        flagged=False,
    ),
    Form(
        "digital_skills_by_area",
        "pct_basic_or_above",
        {(age, area): f"{AREAS[area][0]}_{AGES[age][0]}" for age in AGES for area in AREAS},
        ("age_group", "skill_area"),
        flagged=False,
    ),
)


@dataclass(frozen=True)
class Dataset:
    """One dataset of Eurostat's interface: the cells that are wanted of it, and what they become.

    fixed: dimension -> its one code; keys: the dimensions whose codes name a measure
    """

    id: str
    fixed: Mapping[str, str]
    keys: tuple[str, ...]
    measures: Mapping[tuple[str, ...], str]

    def address(self, since: str = "") -> str:
        """Where the dataset is asked for; only Latvia, since other countries are not used."""
        late = f"&sinceTimePeriod={since}" if since else ""
        return f"{API}{self.id}?format=JSON&lang=en&geo={COUNTRY}{late}"


LIVE_FILES = ("isoc_*.json",)
API = "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/"
AGE_CODES = {"Y16_24": "16-24", "Y25_54": "25-54", "Y55_74": "55-74", "IND_TOTAL": "All individuals (16-74)"}
SKILL_CODES = {
    "I_DSK2_AB": "ict_above_basic",
    "I_DSK2_BAB": AREAS["Overall (all five areas)"][0],
    "I_DSK2_IL_BAB": AREAS["Information and data literacy"][0],
    "I_DSK2_CC_BAB": AREAS["Communication and collaboration"][0],
    "I_DSK2_DCC_BAB": AREAS["Digital content creation"][0],
    "I_DSK2_SF_BAB": AREAS["Safety"][0],
    "I_DSK2_PS_BAB": AREAS["Problem solving"][0],
}
DATASETS = (
    Dataset("isoc_ci_in_h", {"unit": "PC_HH"}, ("hhtyp",), {("TOTAL",): "ict_households_online"}),
    Dataset(
        "isoc_ci_ifp_iu",
        {"unit": "PC_IND", "indic_is": "I_IU3"},
        ("ind_type",),
        {("IND_TOTAL",): "ict_individuals_online"}
        | {(code,): f"ict_online_{AGES[AGE_CODES[code]][0]}" for code in ("Y16_24", "Y25_54", "Y55_74")},
    ),
    Dataset(
        "isoc_sk_dskl_i21",
        {"unit": "PC_IND"},
        ("indic_is", "ind_type"),
        {
            (skill, age): f"{stem}_{AGES[group][0]}"
            for skill, stem in SKILL_CODES.items()
            for age, group in AGE_CODES.items()
        },
    ),
)


def rate(id: str, title: Text, breaks: tuple[Break, ...] = ()) -> Measure:
    return Measure(id, title, "%", "share", level="country", additive=False, breaks=breaks)


def of_ages(stem: str, title: Text, ages: Sequence[str] = tuple(AGES)) -> tuple[Measure, ...]:
    words = {f"{stem}_{end}": text for end, text in (AGES[age] for age in ages)}
    return tuple(rate(id, Text(f"{title.lv} {text.lv}", f"{title.en}, {text.en}")) for id, text in words.items())


SOURCE = Source(
    id="eurostat_ict",
    publisher=Text(lv="Eurostat", en="Eurostat"),
    title=Text(
        lv="IKT lietošana mājsaimniecībās un iedzīvotāju digitālās prasmes Latvijā",
        en="Use of ICT in households and people's digital skills in Latvia",
    ),
    address="https://ec.europa.eu/eurostat/databrowser/view/isoc_sk_dskl_i21/default/table",
    licence=Licence("Eurostat reuse", "https://ec.europa.eu/eurostat/web/main/help/copyright-notice"),
    credit=Text(
        lv="Eurostat (isoc_ci_in_h, isoc_ci_ifp_iu, isoc_sk_dskl_i21)",
        en="Eurostat (isoc_ci_in_h, isoc_ci_ifp_iu, isoc_sk_dskl_i21)",
    ),
    updates=Text(lv="reizi gadā; digitālās prasmes reizi divos gados", en="yearly; digital skills every two years"),
    files=tuple(f"LV_{form.part}.csv" for form in FORMS),
    provides=(
        rate("ict_households_online", Text("Mājsaimniecības ar internetu", "Households with internet"), (SURVEY,)),
        rate(
            "ict_individuals_online",
            Text("Interneta lietotāji (pēdējos 3 mēnešos)", "People online (in the last 3 months)"),
            (SURVEY,),
        ),
        *of_ages("ict_online", ONLINE, YOUNG_TO_OLD),
        *of_ages("ict_above_basic", ABOVE),
        *(measure for stem, title in AREAS.values() for measure in of_ages(stem, title)),
    ),
    known_problems=(
        Text(
            lv="Eurostat datos visa Latvija ir viens NUTS 2 reģions: vērtības ir tikai valstij. Pagasta vērtība, kas "
            "no tām aprēķināta pēc vecuma, ir aplēse un atšķirības starp pagastiem rāda tikai vecuma dēļ.",
            en="For Eurostat Latvia is one NUTS 2 region: there are figures of the country only. A parish's figure "
            "worked out from them by age is an estimate, and shows differences between parishes due to age alone.",
        ),
        Text(
            lv="No 2021. līdz 2023. gadam digitālo pamatprasmju īpatsvars kritās visās vecuma grupās (16–24 gadu "
            "vecumā no 79,7 % līdz 65,7 %), kaut interneta lietotāju kļuva vairāk. Failos pārrāvums nav atzīmēts; kā "
            "tendence šis kritums nav lasāms.",
            en="From 2021 to 2023 the share with at least basic skills fell in every age group (aged 16–24 from 79.7% "
            "to 65.7%) while more people went online. The files mark no break; do not read this fall as a trend.",
        ),
        Text(
            lv="Tā ir izlases aptauja: jauniešu grupa ir maza, un tās vērtības svārstās.",
            en="This is a sample survey: the group of young people is small, and its figures vary.",
        ),
        Text(
            lv="Aptaujāti iedzīvotāji no 16 līdz 74 gadiem: par vecākiem cilvēkiem ziņu nav.",
            en="People aged 16 to 74 are asked: nothing is known of older ones.",
        ),
    ),
)


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Shares (%) of households and people of Latvia by year, as published; `flag` becomes the status.

    `attrs["notes"]` names years with a break flag that no measure declares.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults of a file at once; a figure that two files give differently.
    """
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no file", f"Fetch {SOURCE.files[0]} first.")
    notes: dict[str, int] = {}
    ordered = sorted(files, key=lambda file: file.name)
    answers = [answer(file, notes) for file in ordered if file.name.endswith(".json")]
    parts = [read(file, notes) for file in ordered if not file.name.endswith(".json")]
    table = pd.concat(parts or answers, ignore_index=True).drop_duplicates([*KEY, "value"])
    faults = Faults(SOURCE.id)
    spread = table.groupby(KEY)["value"].agg(["min", "max"])
    different = spread[(spread["max"] - spread["min"]).to_numpy() > 1e-9]
    for key, low, high in different.itertuples(name=None):
        faults.add(" ".join(key), f"two files give different figures: {low:g} and {high:g}", AGAIN)
    faults.raise_any()
    table = pd.concat([table.drop_duplicates(KEY), *answers], ignore_index=True)
    result = table.drop_duplicates(KEY, keep="last").sort_values(KEY, ignore_index=True).reindex(columns=list(COLUMNS))
    result.attrs["notes"] = notes
    return result


def read(file: RawFile, notes: dict[str, int]) -> pd.DataFrame:
    """One file as observations."""
    form = next((form for form in FORMS if form.part in file.name), None)
    if form is None:
        raise SchemaError.of(
            file.name, "", "not one of the files of this source", f"They are {', '.join(SOURCE.files)}."
        )
    table = open_csv(file, form.columns)
    flag = table["flag"] if form.flagged else pd.Series("", index=table.index)
    keys = list(zip(*(table[key] for key in form.keys), strict=True)) if form.keys else [()] * len(table)
    faults = Faults(file.name)
    for line, key in zip(table.index, keys, strict=True):
        if table.loc[line, "geo_code"] != COUNTRY:
            faults.add(f"line {line}, column 'geo_code'", f"{table.loc[line, 'geo_code']!r} is not Latvia ({COUNTRY})")
        if key not in form.measures:
            faults.add(f"line {line}, columns {', '.join(form.keys)}", f"unknown: {', '.join(map(repr, key))}")
        if not all(sign in FLAGS for sign in signs(flag[line])):
            faults.add(f"line {line}, column 'flag'", f"{flag[line]!r} is not one of Eurostat's flags", AGAIN)
        if not str(table.loc[line, "year"]).isdecimal():
            faults.add(f"line {line}, column 'year'", f"{table.loc[line, 'year']!r} is not a year")
    for line in table.index[~(table[form.value].between(0, 100) | table[form.value].isna())]:
        faults.add(f"line {line}, column {form.value!r}", f"{table.loc[line, form.value]:g} is not between 0 and 100%")
    repeated = table.duplicated(["year", *form.keys])
    for line, again, key in zip(table.index, repeated, keys, strict=True):
        if again:
            faults.add(f"line {line}", " ".join([str(table.loc[line, "year"]), *key, "stands there twice"]), AGAIN)
    faults.raise_any()
    measures = [form.measures[key] for key in keys]
    declared = {measure.id: {found.period for found in measure.breaks} for measure in SOURCE.provides}
    for year, measure, text in zip(table["year"], measures, flag, strict=True):
        if "b" in text and year not in declared[measure]:
            notes[f"{year}: break of {measure} that is not declared"] = 1
    status = [state(text, value) for text, value in zip(flag, table[form.value], strict=True)]
    value = table[form.value].where(~pd.Series(status, index=table.index).isin(["suppressed", "not_published"]))
    return pd.DataFrame(
        {
            "territory": COUNTRY,
            "period": table["year"].to_numpy(),
            "measure": measures,
            "value": value.to_numpy(dtype=float),
            "status": status,
        }
    )


def live(visit: Visit) -> list[Found]:
    """Every dataset from Eurostat's interface."""
    since = visit.since[:4]
    fresh = [visit.file(dataset.address(since), visit.named(dataset.id), "json") for dataset in DATASETS]
    return visit.with_earlier(fresh)


def answer(file: RawFile, notes: dict[str, int]) -> pd.DataFrame:
    """An answer of Eurostat's interface as observations; a cell that is not there was not collected.

    `notes` gets the breaks that no measure declares, and the measures the answer does not have.
    """
    dataset = next((dataset for dataset in DATASETS if file.name.startswith(dataset.id)), None)
    if dataset is None:
        known = ", ".join(dataset.id for dataset in DATASETS)
        raise SchemaError.of(file.name, "", "not one of the datasets of this source", f"They are {known}.")
    try:
        table = jsonstat.table(json.loads(file_text(file)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SchemaError.of(file.name, "", f"not JSON-stat ({type(error).__name__}: {error})", AGAIN) from None
    needed = {"geo": COUNTRY, **dataset.fixed}
    faults = Faults(file.name)
    for dimension in (*needed, *dataset.keys, "time"):
        if dimension not in table:
            faults.add(f"dimension {dimension}", "missing", "Eurostat may have renamed it: check the declaration.")
    faults.raise_any()
    there = table["value"].notna() | table["status"].ne("")
    table = table[there & np.all([table[dimension] == code for dimension, code in needed.items()], axis=0)]
    keys = pd.Series(list(zip(*(table[key] for key in dataset.keys), strict=True)), index=table.index, dtype="object")
    table = table.assign(measure=keys.map(dict(dataset.measures))).dropna(subset=["measure"])
    if table.empty:
        faults.add("", "no figures of Latvia in it", "Run this again later; Eurostat may be changing the dataset.")
    for year in sorted(set(table["time"])):
        if not year.isdecimal():
            faults.add("dimension time", f"{year!r} is not a year")
    for flag in sorted(set(table["status"])):
        if not all(sign in FLAGS for sign in signs(flag)):
            faults.add("status", f"{flag!r} is not one of Eurostat's flags", AGAIN)
    for row in table[~(table["value"].between(0, 100) | table["value"].isna())].itertuples():
        faults.add(f"{row.measure} {row.time}", f"{row.value:g} is not between 0 and 100%")
    faults.raise_any()
    declared = {measure.id: {found.period for found in measure.breaks} for measure in SOURCE.provides}
    for row in table[table["status"].str.contains("b")].itertuples():
        if row.time not in declared[row.measure]:
            notes[f"{row.time}: break of {row.measure} that is not declared"] = 1
    for measure in sorted(set(dataset.measures.values()) - set(table["measure"])):
        notes[f"{dataset.id}: no figures of {measure}"] = 1
    status = [state(flag, value) for flag, value in zip(table["status"], table["value"], strict=True)]
    return pd.DataFrame(
        {
            "territory": COUNTRY,
            "period": table["time"].to_numpy(),
            "measure": table["measure"].to_numpy(),
            "value": table["value"].where([state != "suppressed" for state in status]).to_numpy(),
            "status": status,
        }
    )


def signs(flag: str) -> list[str]:
    """The single flags of a cell: Eurostat writes several one after the other ("bu")."""
    return list(flag.strip()) or [""]


def state(flag: str, value: float) -> Status:
    """The status of a figure: suppressed if marked so, not published if empty, else the weakest its flags allow."""
    found = {FLAGS[sign] for sign in signs(flag)}
    if "suppressed" in found:
        return "suppressed"
    if np.isnan(value):
        return "not_published"
    if "estimated" in found:
        return "estimated"
    return "provisional" if "provisional" in found else "final"

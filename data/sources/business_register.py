"""The business register: active enterprises, societies and foundations by unit and form, and who came and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data import ckan
from data.context import Context, RawFile
from data.lock import Found
from data.model import Licence, Measure, SchemaError, Source, Succession, Text
from data.read import AGAIN, RENAMED, Faults, csv_batches
from data.spatial import unit_observations

if TYPE_CHECKING:
    import pyarrow as pa

    from data.live import Visit

DATASET = "uz"
KNOWN = "25e80bf3-f107-4ab4-89ef-251b5b9374e9"
COLUMNS = ("type", "registered", "terminated", "closed", "atvk")
SINCE = 2010
"""The first year for which it is told who came and went."""
LEAST_PLACED = 0.5
"""At least this share of the active must have a code of a unit; else the column is no longer what it was."""

FORMS: Mapping[str, tuple[str, ...]] = {
    "companies": ("SIA", "AS", "SE", "SAA", "PAP"),
    "sole_traders": ("IK", "IND", "GIM"),
    "farms": ("ZEM", "ZVJ"),
    "partnerships": ("PS", "KS", "LIG", "KB", "PAJ", "EIG"),
    "societies": ("BDR",),
    "foundations": ("NOD",),
}
"""The register's codes of the legal forms that are counted; branches and representations are not."""
BUSINESSES = ("companies", "sole_traders", "farms", "partnerships")
CIVIL = ("societies", "foundations")
TITLES: Mapping[str, Text] = {
    "companies": Text(lv="Kapitālsabiedrības (SIA, AS)", en="Companies (SIA, AS)"),
    "sole_traders": Text(lv="Individuālie komersanti un uzņēmumi", en="Sole traders"),
    "farms": Text(lv="Zemnieku un zvejnieku saimniecības", en="Farms and fisheries"),
    "partnerships": Text(lv="Personālsabiedrības un kooperatīvi", en="Partnerships and co-operatives"),
    "societies": Text(lv="Biedrības", en="Societies"),
    "foundations": Text(lv="Nodibinājumi", en="Foundations"),
}


PRESENT_ADDRESS = Text(
    lv="No šejienes skaitīts Uzņēmumu reģistra atvērtajos datos pēc pašreizējās juridiskās adreses, nevis ņemts no "
    "RAIM.",
    en="From here on counted in the open data of the Register of Enterprises by today's legal address, not taken from "
    "RAIM.",
)


def counted(id: str, title: Text, succeeds: str = "") -> Measure:
    succession = Succession(succeeds, PRESENT_ADDRESS) if succeeds else None
    return Measure(f"register_{id}", title, "", "count", succeeds=succession)


SOURCE = Source(
    id="business_register",
    publisher=Text(lv="Uzņēmumu reģistrs (UR)", en="Register of Enterprises (UR)"),
    title=Text(lv="Uzņēmumu reģistra atvērtie dati", en="Open data of the Register of Enterprises"),
    address=f"{ckan.PORTAL}dataset/{DATASET}",
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(lv="Uzņēmumu reģistrs", en="Register of Enterprises of the Republic of Latvia"),
    updates=Text(lv="katru dienu; šeit viena diena gadā", en="daily; here one day a year"),
    files=("register*.csv",),
    provides=(
        counted("businesses", Text(lv="Aktīvi uzņēmumi reģistrā", en="Active enterprises in the register")),
        counted(
            "civil", Text(lv="Aktīvas biedrības un nodibinājumi reģistrā", en="Active societies and foundations in it")
        ),
        *(counted(id, title) for id, title in TITLES.items()),
        counted(
            "businesses_registered",
            Text(lv="Gadā reģistrēti uzņēmumi", en="Enterprises registered in the year"),
            succeeds="businesses_registered",
        ),
        counted(
            "businesses_ended",
            Text(lv="Gadā izslēgti uzņēmumi", en="Enterprises struck off in the year"),
            succeeds="businesses_closed",
        ),
    ),
    known_problems=(
        Text(
            lv="Vieta ir juridiskā adrese, nevis darba vieta. Reģistrētais skaits ietver arī uzņēmumus un biedrības, "
            "kas vairs nedarbojas, bet nav izslēgti.",
            en="The place is the legal address, not the place of work. What is registered includes enterprises and "
            "societies that no longer do anything but were not struck off.",
        ),
        Text(
            lv="Nozares reģistra failā nav: IKT uzņēmumus pēc nosaukuma nemin.",
            en="The file does not tell the industry: ICT enterprises are not guessed from their names.",
        ),
        Text(
            lv="Gados reģistrētie un izslēgtie skaitīti pēc pašreizējās (pēdējās) adreses, nevis pēc toreizējās; "
            "iesāktais gads nav iekļauts.",
            en="Those registered and struck off in a year are counted at their present (last) address, not that of the "
            "time; the year that is not over is left out.",
        ),
        Text(
            lv="Vecie teritoriju kodi pārnesti uz pašreizējiem, ja vienība pārgājusi tikai vienā; pārējie, kā arī "
            "adreses bez koda un ar novada kodu vien, nevienai vienībai nav pieskaitīti.",
            en="Former codes of territories are carried to the present ones where a unit went into one only; others, "
            "and addresses with no code or the municipality's alone, belong to no unit.",
        ),
    ),
)
KEEPS_EARLIER = True
LARGEST_FILE = 400_000_000
"""The register has about 120 MB."""


def live(visit: Visit) -> list[Found]:
    """The register as it is now. Who came and went stands in it for all years; earlier states are kept beside it."""
    found = ckan.newest(ckan.package(DATASET, visit), "register.csv", KNOWN)
    return [visit.file(found.address, "register.csv", "csv", limit=LARGEST_FILE)]


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Active enterprises, societies and foundations by unit in the year of the newest entry, and who came and went.

    Every unit has a row: one without an enterprise has 0. `attrs["notes"]` counts the rows and those of no unit.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    if len(files) != 1:
        there = ", ".join(file.name for file in files) or "none"
        step = "Give the register's newest file only."
        raise SchemaError.of(SOURCE.id, "", f"one file is needed, there is {there}", step)
    (file,) = files
    groups, newest = read(file)
    groups["unit"] = groups["atvk"].map(unit_codes(groups["atvk"], context))
    kinds = {code: form for form, codes in FORMS.items() for code in codes}
    groups["form"] = groups["type"].map(kinds)
    check(groups, file)
    state = int(newest[:4])
    active = groups[groups["active"]]
    tables = [unit_observations(by_form(active, context), str(state))]
    businesses = groups[groups["form"].isin(BUSINESSES)]
    for year in range(SINCE, state):
        flows = {
            f"register_businesses_{what}": by_unit(businesses[businesses[column] == str(year)], context)
            for what, column in {"registered": "registered", "ended": "terminated"}.items()
        }
        tables.append(unit_observations(pd.DataFrame(flows), str(year)))
    table = pd.concat(tables, ignore_index=True).sort_values(["territory", "period", "measure"], ignore_index=True)
    ours = active[active["form"].notna()]
    table.attrs["notes"] = {
        "entries": int(groups["count"].sum()),
        "newest entry, year": state,
        "active, of a form that is counted": int(ours["count"].sum()),
        "active, of a form that is counted, of no unit": int(ours.loc[ours["unit"].isna(), "count"].sum()),
        "active, of other forms": int(active.loc[active["form"].isna(), "count"].sum()),
    }
    return table


def read(file: RawFile) -> tuple[pd.DataFrame, str]:
    """The entries counted by what is asked of them, and the date of the newest.

    Returns
    -------
    DataFrame
        type, atvk (as written), registered, terminated (years, "" if none), active, count.

    Raises
    ------
    UnsafeFile, SchemaError
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    parts, newest = [], ""
    for batch in csv_batches(file, COLUMNS, ";", LARGEST_FILE):
        cells = {name: pc.utf8_trim_whitespace(batch.column(name)) for name in COLUMNS}
        dates = pc.filter(cells["registered"], pc.match_substring_regex(cells["registered"], r"^\d{4}-\d{2}-\d{2}$"))
        newest = max(newest, pc.max(dates).as_py() or "")
        parts.append(grouped(cells))
    if not parts:
        raise SchemaError.of(file.name, "line 2", "no data under the header", AGAIN)
    if not newest:
        problem = "no entry has a date (2015-03-02)"
        raise SchemaError.of(file.name, "column 'registered'", problem, RENAMED)
    key = ["type", "atvk", "registered", "terminated", "active"]
    whole = pa.concat_tables(parts).group_by(key).aggregate([("count", "sum")])
    return whole.rename_columns({"count_sum": "count"}).to_pandas(), newest


def grouped(cells: Mapping[str, pa.Array]) -> pa.Table:
    """A batch of entries counted by form, code, years and whether they are active."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ended, closed = (pc.not_equal(cells[name], "") for name in ("terminated", "closed"))
    table = pa.table(
        {
            "type": cells["type"],
            "atvk": cells["atvk"],
            "registered": pc.utf8_slice_codeunits(cells["registered"], 0, 4),
            "terminated": pc.utf8_slice_codeunits(cells["terminated"], 0, 4),
            "active": pc.invert(pc.or_(ended, closed)),
        }
    )
    return table.group_by(table.column_names).aggregate([([], "count_all")]).rename_columns({"count_all": "count"})


def unit_codes(codes: pd.Series, context: Context) -> dict[str, str]:
    """The present unit of each code as the register writes it; codes of no unit are left out.

    A code is written with seven digits or as a number without its leading zeros; one of former times stands for the
    unit its whole land went to.
    """
    units = set(context.units.index)
    former = context.former[~context.former["code"].isin(units)]
    became = {code: new for code, new in zip(former["code"], former["successors"], strict=True) if new in units}
    found = {}
    for written in codes.unique():
        code = f"LV{written.zfill(7)}" if written.isdecimal() else ""
        unit = code if code in units else became.get(code)
        if unit:
            found[written] = unit
    return found


def check(groups: pd.DataFrame, file: RawFile) -> None:
    """Refuse a register whose codes of forms or territories are no longer those that are known."""
    faults = Faults(file.name)
    active = groups[groups["active"]]
    if active.empty:
        faults.add("columns 'terminated', 'closed'", "no entry is active", AGAIN)
    elif (told := active.loc[active["form"].notna(), "count"].sum()) == 0:
        there = ", ".join(map(str, active["type"].unique()[:10]))
        faults.add("column 'type'", f"no known legal form (there are {there})", RENAMED)
    elif active.loc[active["form"].notna() & active["unit"].notna(), "count"].sum() < LEAST_PLACED * told:
        there = ", ".join(map(str, active.loc[active["unit"].isna(), "atvk"].unique()[:5]))
        faults.add(
            "column 'atvk'", f"most codes are of no unit ({there})", "Refresh the boundaries and the classifier."
        )
    faults.raise_any()


def by_form(active: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The active by unit: each form, enterprises, and societies with foundations."""
    sets = {form: (form,) for form in FORMS} | {"businesses": BUSINESSES, "civil": CIVIL}
    return pd.DataFrame(
        {f"register_{id}": by_unit(active[active["form"].isin(forms)], context) for id, forms in sets.items()}
    )


def by_unit(rows: pd.DataFrame, context: Context) -> pd.Series:
    """The entries of each unit; 0 where there are none."""
    return pd.Series(rows.groupby("unit")["count"].sum().reindex(context.units.index, fill_value=0))

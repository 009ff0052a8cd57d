"""Columns recognised by what stands in them: territories, periods, figures; titles, double headers and footers apart.

recognise(sheet, gazetteer)    -> which column is what, which rows hold figures, what stands above and below
series(recognised, ...)        -> the series of a sheet and the rows that were not used
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from data.model import Level
from data.own import cells
from data.own.cells import Number
from data.own.files import Sheet
from data.own.model import Cell, Column, Note, Series, Unmatched
from data.own.names import Found, Gazetteer, plain, text_key
from data.workbook import cell as address
from data.workbook import text_of

METADATA = {"Nosaukums": "name", "Mērvienība": "unit", "Datu avots": "source"}
"""The rows under a sheet of RAIM's indicator atlas, by which it is known whatever the sheet is called."""
SOURCE = re.compile(r"(?:datu avots|avots|source|dati)\s*[:–-]\s*(.*)", re.I)
IS_CODE = re.compile(r"atvk|kods|code|teritorijas kods|ter_?kods|area|geo|l1_code", re.I)
IS_PLACE = re.compile(
    r"pagast\w*|teritorij\w*|teritoriālā vienība|teritoriālais iedalījums|novad\w*|pašvaldīb\w*|vieta|parish\w*"
    r"|municipalit\w*|territory|unit|place",
    re.I,
)
IS_PERIOD = re.compile(
    r"gads|gadi|year|years|periods|period|datums|date|time|laiks|ceturksnis|quarter|mēnesis|month", re.I
)
IS_SERIES = re.compile(r"rādītāj\w*|indicator\w*|measure|series|mērījums|nosaukums|variable|indikator\w*", re.I)
IS_NUMBER = re.compile(r"nr\.?|n\.?\s?p\.?\s?k\.?|nr\.?\s?p\.?\s?k\.?|#|no\.?|id|fid|objectid|row|rinda", re.I)
IS_LAT = re.compile(
    r"lat|latitude|platums|ģeogr\w* platums|lks_?y|y|dd_n|lat\w*|coord_y|y_coord\w*|object_coord_y", re.I
)
IS_LON = re.compile(
    r"lon|lng|long|longitude|garums|ģeogr\w* garums|lks_?x|x|dd_e|lon\w*|coord_x|x_coord\w*|object_coord_x", re.I
)
NOT_ADDITIVE = re.compile(
    r"%|‰|īpatsv|vidēj|uz \d|līmen|blīvum|indeks|attiecīb|mediān|ātrum|attālum|vecums|procent|mbit|indeks|likme"
    r"|share|rate\b|average|mean\b|\bper\b|density|index|median|speed|distance|percent|ratio",
    re.I,
)
ADDITIVE = re.compile(
    r"skaits|count|number|summa|kopā|iedzīvotāj|residents|eur\b|€|eiro|\bha\b|km2|km²|gab\b|sum\b|total", re.I
)
MOST_HEADER_ROWS = 4
MOST_LOOKED_AT = 4_000
SHOWN_ROWS = 8
EXAMPLES = 5


@dataclass
class Recognised:
    """A sheet whose columns are known.

    columns: as recognised; code, name, over: where the territory stands (None where it does not)
    rows: positions of the rows with figures
    titles: what stands above the header
    meta: name, unit and source as the sheet says them
    """

    sheet: Sheet
    columns: list[Column]
    code: int | None
    name: int | None
    over: int | None
    rows: list[int]
    titles: list[str]
    meta: dict[str, str]
    header: bool

    def having(self, role: str) -> list[Column]:
        return [column for column in self.columns if column.role == role]

    @property
    def is_raim(self) -> bool:
        return len(self.meta.keys() & set(METADATA.values())) == len(METADATA) and self.code is not None

    def place(self, row: int) -> tuple[str, str, str]:
        """The cells of code, name and municipality of a row."""
        cells_ = self.sheet.rows[row]
        code, name, over = (text_of(cells_[at]) if at is not None else "" for at in (self.code, self.name, self.over))
        return code, name, over


def recognise(sheet: Sheet, gazetteer: Gazetteer, roles: Mapping[str, str] | None = None) -> Recognised | None:
    """Which column of a sheet is what; None where no column holds territories or coordinates."""
    rows = sheet.rows
    if not rows or not rows[0]:
        return None
    told = {int(at): role for at, role in (roles or {}).items() if at.isdecimal()}
    code, name, over = places(rows, gazetteer)
    for role, at in (("code", code), ("name", name), ("municipality", over)):
        if at is not None and at in told and told[at] != role:
            code, name, over = (None if each == at else each for each in (code, name, over))
    for at, role in told.items():
        code, name, over = (
            at if role == "code" else code,
            at if role == "name" else name,
            at if role == "municipality" else over,
        )
    taken = {at for at in (code, name, over) if at is not None}

    def begins(row: Sequence[Cell], started: bool) -> bool:
        return is_data(row, code, name, gazetteer, started) if taken else is_located(row, started)

    first = next((at for at, row in enumerate(rows) if begins(row, False)), None)
    if first is None:
        return None
    head, titles = header(rows, first)
    labels = joined([rows[at] for at in head], taken)
    data, below = [], []
    for at in range(first, len(rows)):
        (data if begins(rows[at], True) else below).append(at)
    meta = metadata([rows[at] for at in (*range(first), *below)])
    columns = [
        column(at, labels[at] if labels else address(0, at)[:-1], rows, data, taken, told.get(at))
        for at in range(len(rows[0]))
    ]
    named = {at: role for at, role in ((code, "code"), (name, "name"), (over, "municipality")) if at is not None}
    columns = [Column(c.at, c.label, named.get(c.at, c.role), c.period) for c in columns]
    columns = with_coordinates(columns, rows, data)
    found = Recognised(sheet, with_period(columns, rows, data), code, name, over, data, titles, meta, bool(head))
    return found if taken or (found.having("lat") and found.having("lon")) else None


def places(rows: list[list[Cell]], gazetteer: Gazetteer) -> tuple[int | None, int | None, int | None]:
    """The columns of a code, of a name and of the municipality's name beside it."""
    looked = [row for row in rows[:MOST_LOOKED_AT] if sum(value is not None for value in row) > 1]
    codes: dict[int, float] = {}
    names: dict[int, dict[str, float]] = {}
    for at in range(len(rows[0])):
        texts = [text_of(row[at]) for row in looked if row[at] is not None]
        if not texts:
            continue
        known = [gazetteer.code_of(text) for text in texts]
        hits = sum(code in gazetteer.shown or code in gazetteer.former for code in known if code)
        hinted = any(IS_CODE.fullmatch(text) for text in texts[: MOST_HEADER_ROWS + 1])
        written = any(re.match(r"lv\s*\d|0\d{4,6}$", text, re.I) for text in texts)
        if hits and (hits >= 0.5 * len(texts) or (hinted and hits >= 0.3 * len(texts))):
            codes[at] = hits / len(texts) + 2 * hinted + written
            continue
        if hinted and sum(code is not None for code in known) >= 0.5 * len(texts):
            codes[at] = 1.5
            continue
        lettered = [text for text in texts if re.search(r"[^\W\d_]", text)]
        like = sum(gazetteer.looks_like(text) for text in lettered)
        called = any(IS_PLACE.fullmatch(text) for text in texts[: MOST_HEADER_ROWS + 1])
        if lettered and like >= (0.1 if called else 0.4) * len(texts) and any(map(gazetteer.is_known, lettered)):
            levels = Counter(level for text in lettered for level in gazetteer.levels(text))
            names[at] = {"like": like, "unit": levels["unit"], "municipality": levels["municipality"]}
    name, over = of_names(names)
    code = max(codes, key=lambda at: (codes[at], -at), default=None)
    if code is not None and codes[code] < 1 and not trusted(code, name, looked, gazetteer):
        code = None
    if code is not None and name is not None and over is None and names[name]["municipality"] > names[name]["unit"]:
        full = [gazetteer.code_of(text_of(row[code])) for row in looked]
        if sum(each in gazetteer.units - gazetteer.municipalities for each in full) > 0:
            name, over = None, name
    return code, name, over


def of_names(names: Mapping[int, Mapping[str, float]]) -> tuple[int | None, int | None]:
    """Of the columns of names the one of the territory, and the one of its municipality."""
    if not names:
        return None, None
    local = {at: found for at, found in names.items() if found["unit"] >= found["municipality"]}
    wide = {at: found for at, found in names.items() if at not in local}
    if not local:
        return max(wide, key=lambda at: (wide[at]["like"], -at)), None
    name = max(local, key=lambda at: (local[at]["unit"], local[at]["like"], -at))
    return name, max(wide, key=lambda at: (wide[at]["municipality"], -at), default=None)


def trusted(code: int, name: int | None, rows: Sequence[Sequence[Cell]], gazetteer: Gazetteer) -> bool:
    """Whether bare numbers are codes, not figures that happen to be some: they fit the names, or never repeat."""
    pairs = [(gazetteer.code_of(text_of(row[code])), row) for row in rows if row[code] is not None]
    known = [(full, row) for full, row in pairs if full in gazetteer.shown]
    if name is not None:
        agreeing = sum(full in gazetteer.codes_named(text_of(row[name])) for full, row in known)
        return agreeing >= 0.5 * len(known)
    return len({full for full, _ in known}) >= 0.9 * len(known) and len(known) >= 3


def is_data(row: Sequence[Cell], code: int | None, name: int | None, gazetteer: Gazetteer, started: bool) -> bool:
    """Whether a row names a place and holds figures; before the first such row years alone are a header."""
    texts = [text_of(row[at]) for at in (code, name) if at is not None and row[at] is not None]
    if any(gazetteer.is_known(text) for text in texts):
        return True
    if texts and texts[0] in METADATA:
        return False
    others = [value for at, value in enumerate(row) if value is not None and at not in (code, name)]
    figures = [value for value in others if (found := cells.number(value)) and found.value is not None]
    if not figures:
        return False
    if not started:
        return bool(texts) and not all(cells.period(value) for value in figures)
    return bool(texts) or len(figures) >= 0.5 * len(others)


def is_located(row: Sequence[Cell], started: bool) -> bool:
    """Whether a row of a list of points has two numbers or more."""
    figures = [
        found for value in row if value is not None and (found := cells.number(value)) and found.value is not None
    ]
    return len(figures) > 1


def header(rows: list[list[Cell]], first: int) -> tuple[list[int], list[str]]:
    """The rows of the header above the first row of figures, and what stands above them."""
    head: list[int] = []
    for at in range(first - 1, -1, -1):
        filled = {text_of(value) for value in rows[at] if value is not None}
        if not filled:
            if head:
                break
            continue
        if len(filled) == 1 and (head or len(rows[at]) > 2):
            break
        if any(text in METADATA for text in filled) or len(head) == MOST_HEADER_ROWS:
            break
        head.insert(0, at)
    above = [rows[at] for at in range(first) if at not in head]
    titles = [text for row in above for text in dict.fromkeys(text_of(value) for value in row if value is not None)]
    return head, titles


def joined(head: Sequence[Sequence[Cell]], taken: Iterable[int]) -> list[str]:
    """One label for each column from all header rows; what spans several columns stands over each of them."""
    if not head:
        return []
    kept = set(taken)
    filled: list[list[str]] = []
    for depth, row in enumerate(head):
        texts, last = [], ""
        for at, value in enumerate(row):
            here = text_of(value)
            below = any(lower[at] is not None for lower in head[depth + 1 :])
            if at in kept:
                last = ""
            elif here:
                last = here
            elif below:
                here = last
            texts.append(here)
        filled.append(texts)
    return [" · ".join(dict.fromkeys(filter(None, (row[at] for row in filled)))) for at in range(len(head[0]))]


def metadata(rows: Iterable[Sequence[Cell]]) -> dict[str, str]:
    """What a sheet says of itself in rows apart from the figures."""
    found: dict[str, str] = {}
    for row in rows:
        texts = [text_of(value) for value in row if value is not None]
        if not texts:
            continue
        key = texts[0].rstrip(":").strip()
        if key in METADATA and len(texts) > 1:
            found[METADATA[key]] = texts[1]
        elif (said := SOURCE.match(texts[0])) and (said[1] or len(texts) > 1):
            found.setdefault("source", said[1] or texts[1])
    return found


def column(
    at: int, label: str, rows: list[list[Cell]], data: Sequence[int], taken: Iterable[int], told: str | None
) -> Column:
    """A column by its label and what stands in it."""
    period = cells.within(label)[1]
    if told:
        return Column(at, label, told, period if told == "value" else None)
    if at in set(taken):
        return Column(at, label, "text")
    values = [rows[row][at] for row in data[:MOST_LOOKED_AT] if rows[row][at] is not None]
    read = [cells.number(value) for value in values]
    figures = sum(one is not None and one.value is not None for one in read)
    words = sum(one is None for one in read)
    if IS_NUMBER.fullmatch(label.strip()) or not (figures or period):
        return Column(at, label, "text")
    if figures >= words and (figures or not words):
        return Column(at, label, "value", period)
    return Column(at, label, "text")


def with_coordinates(columns: list[Column], rows: list[list[Cell]], data: Sequence[int]) -> list[Column]:
    """The columns with those of latitude and longitude, where two are called so and hold such numbers."""
    roles = {}
    for role, pattern in (("lat", IS_LAT), ("lon", IS_LON)):
        for column in columns:
            if column.role == role:
                roles[column.at] = role
            elif column.role == "value" and pattern.fullmatch(column.label.strip()) and role not in roles.values():
                values = [
                    one.value for row in data if (one := cells.number(rows[row][column.at])) and one.value is not None
                ]
                if values and all(19 <= value <= 60 or value > 100_000 for value in values[:200]):
                    roles[column.at] = role
    if len(set(roles.values())) < 2:
        return columns
    return [Column(c.at, c.label, roles.get(c.at, c.role), c.period) for c in columns]


def with_period(columns: list[Column], rows: list[list[Cell]], data: Sequence[int]) -> list[Column]:
    """The columns with that of the period, and that which says what a row is about."""
    if any(column.role == "period" for column in columns):
        return columns

    def dated(column: Column) -> bool:
        values = [rows[row][column.at] for row in data[:MOST_LOOKED_AT] if rows[row][column.at] is not None]
        hinted = any(IS_PERIOD.fullmatch(word) for word in re.findall(r"\w+", column.label))
        periods = sum(cells.period(value) is not None for value in values)
        if not values or periods < (0.6 if hinted else 1.0) * len(values):
            return False
        return hinted or len({text_of(value) for value in values}) <= max(1, len(values) // 2)

    free = [c for c in columns if c.role in ("value", "text") and not c.period]
    period = next((c for c in free if dated(c)), None)
    if period is None:
        return columns
    columns = [Column(c.at, c.label, "period" if c.at == period.at else c.role, c.period) for c in columns]
    for c in columns:
        if c.role == "text" and any(IS_SERIES.fullmatch(word) for word in re.findall(r"\w+", c.label)):
            kinds = {text_of(rows[row][c.at]) for row in data}
            if 1 <= len(kinds) <= 100 and len(kinds) < len(data):
                return [Column(d.at, d.label, "series" if d.at == c.at else d.role, d.period) for d in columns]
    return columns


# --- from rows to series ---


@dataclass
class Gathered:
    """What a sheet gave: series, rows that were not used, notes, and whether figures have no period."""

    series: list[Series] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    timeless: bool = False


Key = tuple[str, str]
"""A territory's code and a period."""


def located(found: Recognised, gazetteer: Gazetteer, assigned: Mapping[str, str], out: Gathered) -> dict[int, str]:
    """The territory of each row; those without one are added to what was not matched."""
    codes: dict[int, str] = {}
    totals: list[str] = []
    disagreeing: list[str] = []
    last = ("", "", "")
    follows = bool(found.having("period"))
    seen: dict[str, Found] = {}
    for row in found.rows:
        code, name, over = found.place(row)
        if not (code or name) and follows:
            code, name, over = last
        last = (code, name, over)
        key = text_key(code, name, over)
        if key not in assigned and (gazetteer.is_total(name or code) or (code and gazetteer.is_total(code))):
            totals.append(name or code)
            continue
        if key not in seen:
            seen[key] = gazetteer.find(code, name, over, assigned)
        place = seen[key]
        if place.code:
            codes[row] = place.code
            if not place.agrees:
                disagreeing.append(f"{code} ≠ {name}")
        elif assigned.get(key) != "":
            reason = place.reason or "unknown"
            out.unmatched.append(Unmatched(found.sheet.name, row + 1, key, reason, place.detail, place.candidates))
    if totals:
        out.notes.append(Note("totals", {"names": listed(totals)}))
    if disagreeing:
        out.notes.append(Note("code_and_name", {"count": len(disagreeing), "example": disagreeing[0]}))
    return codes


def listed(names: Iterable[str]) -> str:
    """The first few of many names."""
    each = list(dict.fromkeys(names))
    return ", ".join(each[:EXAMPLES]) + (f" … (+{len(each) - EXAMPLES})" if len(each) > EXAMPLES else "")


def number_reader(found: Recognised, comma: str, out: Gathered) -> Callable[[Cell], Number | None]:
    """How the numbers of a sheet are read, from all of them together."""
    values = found.having("value")
    texts = [
        value.strip()
        for row in found.rows
        for c in values
        if isinstance(value := found.sheet.rows[row][c.at], str) and ("," in value or "." in value)
    ]
    if not texts:
        return cells.number
    doubtful = [text for text in texts if cells.ambiguous(text)]
    sure = [text for text in texts if not cells.ambiguous(text) and text.count(",") + text.count(".") == 1]
    groups = {sign: cells.thousands(texts, sign) for sign in ",."}
    commas = (
        "thousands"
        if groups[","] or (any("." in text for text in sure) and not any("," in text for text in sure))
        else "decimal"
    )
    points = (
        "thousands"
        if groups["."] or (any("," in text for text in sure) and not any("." in text for text in sure))
        else "decimal"
    )
    settled = bool(sure) or any(groups.values())
    if not settled and found.sheet.delimiter == ",":
        commas = "thousands"
    commas = comma or commas
    if doubtful and not settled and not comma:
        example = doubtful[0]
        read = cells.number(example, commas, points)
        shown = f"{read.value:g}" if read and read.value is not None else example
        out.notes.append(Note("decimal", {"count": len(doubtful), "example": example, "read": shown}))
    return lambda value: cells.number(value, commas, points)


def gather(
    found: Recognised,
    gazetteer: Gazetteer,
    *,
    assigned: Mapping[str, str],
    period: str,
    comma: str,
    stem: str,
) -> Gathered:
    """The series of a sheet.

    Parameters
    ----------
    period
        The year of figures that have none; "" leaves them without.
    stem
        What a series is called that has no name: the file's.
    """
    out = Gathered()
    if not found.header:
        out.notes.append(Note("header"))
    codes = located(found, gazetteer, assigned, out)
    read = number_reader(found, comma, out)
    times, kinds = found.having("period"), found.having("series")
    figures: dict[tuple[str, str], dict[Key, tuple[Number, int]]] = {}
    twice: dict[int, str] = {}
    texts: dict[str, list[str]] = {}
    values = found.having("value")
    labels = {c.at: cells.within(c.label)[0] if c.period else c.label for c in values}
    when = whens(found, codes, out)
    for row, code in codes.items():
        line = found.sheet.rows[row]
        about = " ".join(text_of(line[c.at]) for c in kinds)
        for c in values:
            own = when(c.period, row) if c.period or times else period
            if own is None:
                continue
            one = read(line[c.at])
            if one is None:
                texts.setdefault(c.label, []).append(text_of(line[c.at]))
                continue
            if one.value is None and not one.reason:
                continue
            held = figures.setdefault((labels[c.at], about), {})
            if (code, own) not in held or (one.value is not None and held[code, own][0].value is None):
                held[code, own] = (one, row)
            elif one.value is not None and held[code, own][0].value != one.value:
                twice[held[code, own][1]] = twice[row] = own
                held[code, own] = (Number(None, "not_published"), row)
    for row, own in sorted(twice.items()):
        name = text_key(*found.place(row))
        out.unmatched.append(Unmatched(found.sheet.name, row + 1, name, "twice", own))
    for label, wrong in texts.items():
        note = {"name": label, "count": len(wrong), "examples": listed(wrong)}
        out.notes.append(Note("not_numbers", note))
    present = set(codes.values())
    local, wide = (
        present & (gazetteer.units - gazetteer.municipalities),
        present & (gazetteer.municipalities - gazetteer.units),
    )
    levels: list[Level] = ["unit"] if local or not wide else []
    if wide:
        levels.append("municipality")
    if len(levels) == 2:
        out.notes.append(Note("municipality_sums"))
    for (label, about), held in figures.items():
        name, unit = cells.unit_of(label)
        name = " · ".join(filter(None, (about, name))) if kinds else name
        if about and len(values) == 1:
            name = about
        name = found.meta.get("name", "") if found.is_raim else (name or found.meta.get("name", "") or stem)
        for level in levels:
            known = gazetteer.units if level == "unit" else gazetteer.municipalities
            own = {key: one for key, one in held.items() if key[0] in known}
            if series := one_series(name or stem, level, unit, own, found, out):
                out.series.append(series)
    aside = [c.label for c in found.columns if c.role == "text" and c.label and not IS_NUMBER.fullmatch(c.label)]
    if aside and not found.is_raim:
        out.notes.append(Note("left_aside", {"names": listed(aside)}))
    out.timeless = any("" in series.periods for series in out.series)
    return out


def whens(found: Recognised, codes: Mapping[int, str], out: Gathered) -> Callable[[str | None, int], str | None]:
    """The period of a row or of a header; days become years, or quarters where a year has several."""
    column = next(iter(found.having("period")), None)
    said = {row: cells.period(found.sheet.rows[row][column.at]) for row in codes} if column else {}
    if column:
        for row, own in list(said.items()):
            if own is None:
                name = text_key(*found.place(row))
                shown = text_of(found.sheet.rows[row][column.at])
                out.unmatched.append(Unmatched(found.sheet.name, row + 1, name, "number", f"{column.label}: {shown}"))
    about = found.having("series")
    days = [own for own in (*said.values(), *(c.period for c in found.having("value"))) if own and own.count("-") == 2]
    quarterly = False
    if days:
        seen = Counter(
            (codes[row], own[:4], *(text_of(found.sheet.rows[row][c.at]) for c in about))
            for row, own in said.items()
            if own
        )
        columns = Counter((cells.within(c.label)[0], c.period[:4]) for c in found.having("value") if c.period)
        quarterly = max((*seen.values(), *columns.values()), default=1) > 1
        out.notes.append(Note("dates"))

    def when(header: str | None, row: int) -> str | None:
        own = header or said.get(row)
        if own and own.count("-") == 2:
            return f"{own[:4]}-Q{(int(own[5:7]) + 2) // 3}" if quarterly else own[:4]
        return own

    return when


def one_series(
    name: str, level: Level, unit: str, held: Mapping[Key, tuple[Number, int]], found: Recognised, out: Gathered
) -> Series | None:
    """A series from its figures; None where there is no figure at all."""
    if not any(one.value is not None for one, _ in held.values()):
        return None
    codes, periods = sorted({code for code, _ in held}), sorted({own for _, own in held})
    unit = found.meta.get("unit", unit) if found.is_raim else (unit or found.meta.get("unit", ""))
    if not unit and any(one.percent for one, _ in held.values()):
        unit = "%"
    blank = [
        own
        for own in periods
        if found.is_raim and all(not (one := held.get((code, own))) or not one[0].value for code in codes)
    ]
    if blank:
        out.notes.append(Note("blank_years", {"name": name, "years": ", ".join(blank)}))
    reasons = {}
    table = []
    for code in codes:
        line: list[float | None] = []
        for own in periods:
            one = held[code, own][0] if (code, own) in held else None
            value = one.value if one and own not in blank else None
            line.append(value)
            if one and value is None:
                reasons[f"{code} {own}"] = one.reason or "not_published"
        table.append(tuple(line))
    figures = [value for row in table for value in row if value is not None]
    percent = unit == "%" or plain(unit).startswith("procent")
    if percent and 0 < max(figures, default=0) <= 1 and min(figures) >= 0:
        out.notes.append(Note("fraction", {"name": name}))
    return Series(
        name=name,
        level=level,
        unit=unit,
        source=found.meta.get("source", ""),
        what="figure",
        additive=may_be_summed(name, unit, figures),
        rows=len({row for _, row in held.values()}),
        codes=tuple(codes),
        periods=tuple(periods),
        values=tuple(table),
        reasons=reasons,
        column=name,
        sheet=found.sheet.name,
    )


def may_be_summed(name: str, unit: str, figures: Sequence[float]) -> bool:
    """A first guess whether figures of parishes may be summed; it is asked."""
    if NOT_ADDITIVE.search(f"{name} {unit}"):
        return False
    return bool(ADDITIVE.search(f"{name} {unit}")) or all(float(value).is_integer() for value in figures)

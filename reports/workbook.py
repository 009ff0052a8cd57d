"""What a page shows as a workbook: a sheet to read, the same as rows, the indicators and the sources."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from data.model import Text
from reports.exhibit import (
    LEVEL_NAMES,
    MUNICIPAL,
    NOT_COLLECTED,
    SMALL_BASE,
    STATUSES,
    Exhibit,
    indicator_table,
    source_table,
)

SHEETS = {
    "table": Text("Tabula", "Table"),
    "rows": Text("Rindas", "Rows"),
    "indicators": Text("Rādītāji", "Indicators"),
    "sources": Text("Avoti", "Sources"),
}
CODE, NAME, LEVEL = Text("Kods", "Code"), Text("Teritorija", "Territory"), Text("Līmenis", "Level")
UNIT, PERIOD = Text("Mērvienība", "Unit"), Text("Periods", "Period")
MARKS = Text("Zīmes aiz skaitļiem", "Marks after the numbers")
MADE = Text("Sagatavots {day}, versija {version}, dati {data}", "Made {day}, version {version}, data {data}")
MARK_OF = {"estimated": "a", "provisional": "p"}
"""The mark of a status; `m` is a small base, `n` a municipality's value."""
HEADINGS: Mapping[str, Text] = {
    "territory": CODE,
    "name": NAME,
    "level": LEVEL,
    "indicator": Text("Rādītāja kods", "Indicator id"),
    "title": Text("Rādītājs", "Indicator"),
    "period": PERIOD,
    "value": Text("Vērtība", "Value"),
    "smoothed": Text("Izlīdzināta vērtība", "Smoothed value"),
    "low": Text("Intervāla sākums (5 %)", "Interval from (5%)"),
    "high": Text("Intervāla beigas (95 %)", "Interval to (95%)"),
    "unit": UNIT,
    "status": Text("Statuss", "Status"),
    "native_level": Text("Datu līmenis", "Native level"),
    "coverage": Text("Pārklājums (0–1)", "Coverage (0–1)"),
    "small_base": Text("Maza bāze", "Small base"),
    "sources": Text("Avoti", "Sources"),
    "licences": Text("Licences", "Licences"),
    "id": Text("Kods", "Id"),
    "source": Text("Nosaukums", "Title"),
    "definition": Text("Definīcija", "Definition"),
    "formula": Text("Formula", "Formula"),
    "direction": Text("Virziens", "Direction"),
    "bias": Text("Zināmie trūkumi", "Known bias"),
    "breaks": Text("Sērijas pārtraukumi", "Breaks in the series"),
    "publisher": Text("Publicētājs", "Publisher"),
    "credit": Text("Atsauce", "Credit"),
    "licence": Text("Licence", "Licence"),
    "licence_address": Text("Licences teksts", "Text of the licence"),
    "address": Text("Adrese", "Address"),
    "vintage": Text("Periodi", "Periods"),
    "known_problems": Text("Zināmās problēmas", "Known problems"),
}
FIRST_ROW, FIRST_COLUMN = 8, 3
"""Where the figures of the first sheet begin."""
AS_WRITTEN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""How a workbook takes texts: as they are, never as a formula, a link or a number."""
WIDE_TEXT = {"definition", "formula", "bias", "breaks", "known_problems", "address", "licence_address", "credit"}


def workbook(shown: Exhibit, vintages: Mapping[str, str]) -> bytes:
    """The exhibit as .xlsx: numbers are numbers (full precision, shown with the indicator's decimals), no formulas.

    The first sheet has one row a territory and one column an indicator and period under title, unit and period; a
    missing value says why. `vintages` are the periods of each source.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, AS_WRITTEN) as book:
        made = datetime.combine(shown.made, datetime.min.time())
        book.set_properties({"title": shown.title, "comments": shown.origin, "created": made})
        _table(book, shown)
        sheets = (
            ("rows", _worded(shown)),
            ("indicators", indicator_table(shown.described, shown.sources)),
            (
                "sources",
                source_table(shown.sources.values(), shown.language, vintages).rename(columns={"title": "source"}),
            ),
        )
        for name, frame in sheets:
            headings = {id: shown.say(text) for id, text in HEADINGS.items()}
            list_sheet(book, shown.say(SHEETS[name]), frame, headings, WIDE_TEXT)
    return content.getvalue()


def _worded(shown: Exhibit) -> pd.DataFrame:
    """The rows with their levels and statuses in words."""
    levels = {id: shown.say(text) for id, text in LEVEL_NAMES.items()}
    statuses = {id: shown.say(text) for id, text in STATUSES.items()}
    worded = {"level": levels, "native_level": levels, "status": statuses}
    return shown.rows.assign(**{name: shown.rows[name].replace(words) for name, words in worded.items()})


def _table(book: xlsxwriter.Workbook, shown: Exhibit) -> None:
    sheet = book.add_worksheet(shown.say(SHEETS["table"]))
    plain = book.add_format({"valign": "top"})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef1f4"})
    small = book.add_format({"font_color": "#4a5763"})
    missing = book.add_format({"italic": True, "font_color": "#4a5763", "align": "right"})
    stamp = MADE[shown.language].format(day=shown.made.isoformat(), version=shown.version, data=shown.snapshot[:8])
    sheet.write_string(0, 0, shown.title, book.add_format({"bold": True, "font_size": 14}))
    for row, text in enumerate((shown.note, " · ".join(filter(None, (stamp, shown.address))), shown.origin), start=1):
        sheet.write_string(row, 0, text, small)
    sheet.write_string(4, 0, f"{shown.say(MARKS)}: {_marks(shown)}" if _marks(shown) else "", small)
    for column, text in enumerate((CODE, NAME, LEVEL)):
        sheet.write_string(FIRST_ROW - 3, column, "", head)
        sheet.write_string(FIRST_ROW - 2, column, "", head)
        sheet.write_string(FIRST_ROW - 1, column, shown.say(text), head)
    columns, territories = shown.columns, shown.territories
    place = {code: FIRST_ROW + row for row, code in enumerate(territories["territory"])}
    for code, name, level in territories.itertuples(index=False):
        for column, text in enumerate((code, name, shown.say(LEVEL_NAMES[level]))):
            sheet.write_string(place[code], column, text, plain)
    at = {pair: FIRST_COLUMN + column for column, pair in enumerate(columns)}
    for (indicator, period), column in at.items():
        entry = shown.described[indicator]
        for row, text in enumerate((entry.title, entry.unit, period), start=FIRST_ROW - 3):
            sheet.write_string(row, column, text, head)
    formats: dict[tuple[int, str], Any] = {}
    seen: set[tuple[int, int]] = set()
    cells = shown.rows[["territory", "indicator", "period", "value", "status", "small_base", "level", "native_level"]]
    for code, indicator, period, value, status, small_base, level, native in cells.itertuples(index=False):
        row, column = place[code], at[indicator, period]
        seen.add((row, column))
        if math.isnan(value):
            sheet.write_string(row, column, shown.say(STATUSES.get(status, NOT_COLLECTED)), missing)
            continue
        marks = _mark(status, bool(small_base), level, native)
        key = shown.described[indicator].decimals, marks
        if key not in formats:
            digits = "#,##0" + ("." + "0" * key[0] if key[0] else "")
            formats[key] = book.add_format({"num_format": f'{digits}" {marks}"' if marks else digits})
        sheet.write_number(row, column, value, formats[key])
    for row in place.values():
        for column in at.values():
            if (row, column) not in seen:
                sheet.write_string(row, column, shown.say(NOT_COLLECTED), missing)
    sheet.set_column(0, 0, 11)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 20)
    if columns:
        sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + len(columns) - 1, 18)
    sheet.set_row(FIRST_ROW - 3, 60)
    sheet.freeze_panes(FIRST_ROW, 2)
    last = FIRST_ROW + len(territories) - 1
    if columns and len(territories):
        sheet.autofilter(FIRST_ROW - 1, 0, last, FIRST_COLUMN + len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 3, FIRST_ROW - 1)


def _mark(status: str, small_base: bool, level: str, native: str) -> str:
    copied = level == "unit" and native == "municipality"
    return "".join((MARK_OF.get(status, ""), "m" if small_base else "", "n" if copied else ""))


def _marks(shown: Exhibit) -> str:
    """What the marks that occur mean."""
    rows = shown.rows.loc[shown.rows["value"].notna()]
    statuses = set(rows["status"])
    found = [(mark, STATUSES[status]) for status, mark in MARK_OF.items() if status in statuses]
    if True in set(rows["small_base"]):
        found.append(("m", SMALL_BASE))
    if ("unit", "municipality") in set(zip(rows["level"], rows["native_level"], strict=True)):
        found.append(("n", MUNICIPAL))
    return ", ".join(f"{mark} – {shown.say(text)}" for mark, text in found)


def list_sheet(
    book: xlsxwriter.Workbook, name: str, frame: pd.DataFrame, headings: Mapping[str, str], wide: Collection[str] = ()
) -> None:
    """A sheet with one heading row; texts as texts, numbers as numbers, truth as 0 or 1, nothing where nothing is.

    `headings` are what the columns are called; those that are `wide` hold long texts.
    """
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef1f4"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, heading in enumerate(frame):
        sheet.write_string(0, column, headings[str(heading)], head)
        long = heading in wide
        width = 60 if long else min(40, max([10, *frame[heading].astype(str).str.len().head(200)]) + 2)
        sheet.set_column(column, column, width, wrapped if long else None)
        _fill(sheet, column, frame[heading].tolist())
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _fill(sheet: Any, column: int, cells: Sequence[object]) -> None:
    for row, cell in enumerate(cells, start=1):
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif isinstance(cell, (bool, int, float)) and not math.isnan(cell):
            sheet.write_number(row, column, cell)

"""What a page shows as a thing of its own: figures by territory with all they need to be defended, ready to be written.

shown = exhibit(rows, described, snapshot, "lv", title="...", version="0.3.0", address="http://...", made=today)
csv_bytes(shown), workbook(shown) (reports.workbook), geofile(shown, "gpkg") (reports.geofile)
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.model import RURAL, Measure, Source, Text
from data.store import Snapshot
from indicators.catalogue import breaks_of, sources_of
from indicators.model import Indicator
from reports.methodology import DIRECTIONS
from reports.values import COLUMNS, territory_names

STATUSES: Mapping[str, Text] = {
    "final": Text("galīga vērtība", "final"),
    "provisional": Text("provizoriska vērtība", "provisional"),
    "estimated": Text("aplēse", "estimate"),
    "suppressed": Text("konfidenciāls", "suppressed"),
    "not_published": Text("nav publicēts", "not published"),
    "not_applicable": Text("nav attiecināms", "not applicable"),
}
SMALL_BASE = Text("maza bāze", "small base")
MUNICIPAL = Text("novada vērtība", "municipality's value")
NOT_COLLECTED = Text("nav apkopots", "not collected")
LEVEL_NAMES: Mapping[str, Text] = {
    "unit": Text("pagasts vai pilsēta", "parish or town"),
    "municipality": Text("novads vai valstspilsēta", "municipality or state city"),
    "region": Text("reģions", "region"),
    "country": Text("valsts", "country"),
    "group": Text("grupa", "group"),
}
ROWS = (*COLUMNS[:4], "title", *COLUMNS[4:], "licences")
"""The columns of the rows: those of the table of values, the indicator's title, and the licences of its sources."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


@dataclass(frozen=True)
class Described:
    """An indicator in the reader's language, as far as a table needs it; `breaks` are (period, reason)."""

    title: str
    unit: str
    decimals: int
    definition: str = ""
    formula: str = ""
    better: str = ""
    bias: str = ""
    breaks: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """Figures by territory, what they are, and where they come from.

    rows: ROWS, in the order in which they are shown; value is NaN where there is none, status says why
    described: every indicator of the rows by id, in their order
    sources: those of the indicators, by id
    note: what else is to be said of this view, "" if nothing
    address: where the same can be seen, "" if nowhere
    """

    title: str
    note: str
    language: str
    rows: pd.DataFrame
    described: Mapping[str, Described]
    sources: Mapping[str, Source]
    version: str
    snapshot: str
    made: date
    address: str = ""

    def say(self, text: Text) -> str:
        """A text in the language of the exhibit."""
        return text[self.language]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """(indicator, period) of each column of a wide table, in the order of the rows."""
        pairs = pd.DataFrame(self.rows[["indicator", "period"]]).drop_duplicates()
        order = {id: place for place, id in enumerate(self.described)}
        return sorted(pairs.itertuples(index=False, name=None), key=lambda pair: (order[pair[0]], pair[1]))

    @property
    def territories(self) -> pd.DataFrame:
        """territory, name, level; each once, in the order of the rows."""
        return pd.DataFrame(self.rows[["territory", "name", "level"]]).drop_duplicates("territory", ignore_index=True)

    @property
    def origin(self) -> str:
        """One line: publishers and licences of all that is shown."""
        return "; ".join(f"{self.say(source.credit)} ({source.licence.id})" for source in self.sources.values())


def described(
    indicator: Indicator, sources: Mapping[str, Source], measures: Mapping[str, Measure], language: str
) -> Described:
    """A declared indicator in one language."""
    return Described(
        title=indicator.title[language],
        unit=indicator.unit[language],
        decimals=indicator.decimals,
        definition=indicator.definition[language],
        formula=indicator.formula[language],
        better=DIRECTIONS[indicator.better][language],
        bias=indicator.bias[language] if indicator.bias else "",
        breaks=tuple((entry.period, entry.reason[language]) for entry in breaks_of(indicator, measures)),
        sources=tuple(source.id for source in sources_of(indicator, sources)),
    )


def exhibit(
    rows: pd.DataFrame,
    described: Mapping[str, Described],
    snapshot: Snapshot,
    language: str,
    *,
    title: str,
    version: str,
    made: date,
    note: str = "",
    address: str = "",
    sources: Mapping[str, Source] | None = None,
) -> Exhibit:
    """Rows of values with everything that belongs to them.

    Parameters
    ----------
    rows
        territory, indicator, period, value; level, status, smoothed, low, high, native_level, coverage, small_base and
        name where they are known. Their order is kept; a city that stands there as a unit and as a municipality is
        kept once.
    described
        At least the indicators of the rows.
    sources
        Sources besides those of the snapshot, such as a visitor's own data.
    """
    known = {**snapshot.sources, **(sources or {})}
    used = {id: described[id] for id in dict.fromkeys(rows["indicator"].astype(str))}
    licences = {id: ";".join(_unique(known[s].licence.id for s in entry.sources)) for id, entry in used.items()}
    levels = snapshot.territories.set_index("code")["level"].astype(str).to_dict() | {RURAL: "group"}
    table = rows.astype({"indicator": str, "period": str, "territory": str})
    table = table.drop_duplicates(["territory", "indicator", "period"]).reset_index(drop=True)
    usual = {
        "level": table["territory"].map(levels),
        "status": pd.Series("final", index=table.index).where(table["value"].notna(), "not_applicable"),
        **dict.fromkeys(("smoothed", "low", "high"), float("nan")),
        "coverage": 1.0,
        "small_base": False,
    }
    table = table.assign(**{name: value for name, value in usual.items() if name not in table})
    if "native_level" not in table:
        table["native_level"] = table["level"]
    names = table["territory"].map(territory_names(snapshot.territories))
    table = table.assign(
        name=table["name"].fillna(names) if "name" in table else names,
        title=table["indicator"].map({id: entry.title for id, entry in used.items()}),
        unit=table["indicator"].map({id: entry.unit for id, entry in used.items()}),
        sources=table["indicator"].map({id: ";".join(entry.sources) for id, entry in used.items()}),
        licences=table["indicator"].map(licences),
    )
    for column in ("level", "status", "native_level"):
        table[column] = table[column].astype(str)
    return Exhibit(
        title=title,
        note=note,
        language=language,
        rows=table[list(ROWS)],
        described=used,
        sources={s: known[s] for s in _unique(s for entry in used.values() for s in entry.sources)},
        version=version,
        snapshot=snapshot.hash,
        made=made,
        address=address,
    )


def csv_bytes(shown: Exhibit) -> bytes:
    """The rows as CSV: UTF-8 with a mark spreadsheets look for, commas, points in numbers, full precision.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    return formulas_escaped(shown.rows).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def formulas_escaped(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before every text that a spreadsheet would take for a formula."""
    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name].dtype)]
    return table.assign(**{str(name): table[name].map(_escaped) for name in texts})


def _escaped(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def wide(shown: Exhibit) -> pd.DataFrame:
    """One row a territory: territory, name, level, then for each indicator and period its value and its status.

    The columns are called by the indicator's id and the period ("residents_2024", "download_mbps_2023_q2"), those of
    the status end in "_status", and "_small_base" marks small bases; both are there only where they say something.
    """
    table = shown.territories.set_index("territory")
    groups = {pair: own.set_index("territory") for pair, own in shown.rows.groupby(["indicator", "period"])}
    columns: dict[str, pd.Series] = {}
    for indicator, period in shown.columns:
        name = "_".join(filter(None, (indicator, period.lower().replace("-", "_"))))
        own = groups[indicator, period].reindex(table.index)
        columns[name] = own["value"]
        if not own["status"].eq("final").to_numpy().all():
            columns[f"{name}_status"] = own["status"].fillna("not_collected")
        if True in set(own["small_base"]):
            columns[f"{name}_small_base"] = own["small_base"].eq(True)
    return pd.concat([table, pd.DataFrame(columns)], axis=1).reset_index(names="territory")


def indicator_table(described: Mapping[str, Described], sources: Mapping[str, Source]) -> pd.DataFrame:
    """One row an indicator: id, title, unit, definition, formula, direction, bias, breaks, sources, licences."""
    return pd.DataFrame(
        [
            {
                "id": id,
                "title": entry.title,
                "unit": entry.unit,
                "definition": entry.definition,
                "formula": entry.formula,
                "direction": entry.better,
                "bias": entry.bias,
                "breaks": "; ".join(f"{period}: {reason}" for period, reason in entry.breaks),
                "sources": ";".join(entry.sources),
                "licences": ";".join(_unique(sources[s].licence.id for s in entry.sources)),
            }
            for id, entry in described.items()
        ]
    )


def source_table(sources: Iterable[Source], language: str, vintages: Mapping[str, str]) -> pd.DataFrame:
    """One row a source: id, title, publisher, credit, licence and where its text is, address, vintage, problems."""
    return pd.DataFrame(
        [
            {
                "id": source.id,
                "title": source.title[language],
                "publisher": source.publisher[language],
                "credit": source.credit[language],
                "licence": source.licence.id,
                "licence_address": source.licence.address,
                "address": source.address,
                "vintage": vintages.get(source.id, ""),
                "known_problems": " ".join(text[language] for text in source.known_problems),
            }
            for source in sources
        ]
    )


def vintages(snapshot: Snapshot) -> dict[str, str]:
    """First and last period of each source, "2011–2024"."""
    found = {id: entry.get("vintage", {}).get("periods") for id, entry in snapshot.manifest.get("sources", {}).items()}
    return {id: "–".join(dict.fromkeys((periods[0], periods[-1]))) for id, periods in found.items() if periods}


def buffer_of(frame: pd.DataFrame) -> bytes:
    """A table as Parquet."""
    content = io.BytesIO()
    frame.to_parquet(content, index=False)
    return content.getvalue()


def _unique(items: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(items))

"""Everything the pages can show as one data package (Frictionless): CSV tables, what they mean, and the methodology.

data_package(ground, snapshot, "en", version="0.3.0", made=date.today())   -> the bytes of a zip
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from data.model import Text
from data.store import Snapshot
from indicators.evaluate import evaluate
from indicators.model import Indicator
from reports.exhibit import described, formulas_escaped, indicator_table, source_table, vintages
from reports.methodology import Ground, methodology
from reports.values import COLUMNS, values_table

TITLE = Text(
    "Viedie ciemi: Latvijas teritoriālo vienību rādītāji",
    "Smart villages: indicators of Latvia's territorial units",
)
ABOUT = Text(
    "Visas vērtības, ko rāda panelis: katra ar statusu, pārklājumu, avotiem un licencēm. Katra avota licence paliek "
    "tā paša: sk. sources.csv. Kā skaitļi radušies, stāsta methodology.md.",
    "Every value the dashboard shows, each with status, coverage, sources and licences. Each source keeps its own "
    "licence: see sources.csv. How the numbers are made is told in methodology.md.",
)
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "territory": {
        "type": "string",
        "description": "ATVK code; LV and LV-RURAL are the country and its parishes",
    },
    "value": {"type": "number", "description": "empty where there is none; status says why"},
    "smoothed": {"type": "number", "description": "empirical-Bayes value of a rate or share of small numbers"},
    "low": {"type": "number", "description": "5% point of the interval around it"},
    "high": {"type": "number", "description": "95% point of the interval around it"},
    "coverage": {"type": "number", "description": "share of the territory the value speaks for, 0-1"},
    "small_base": {"type": "boolean", "description": "rests on 20 cases or fewer, or on fewer than 100"},
    "sources": {"type": "string", "description": "ids in sources.csv, joined by ;"},
    "period": {"type": "string", "description": "YYYY or YYYY-Qn"},
    "area_km2": {"type": "number"},
}
KEYS: Mapping[str, Any] = {
    "values": {
        "primaryKey": ["territory", "level", "indicator", "period"],
        "foreignKeys": [{"fields": "indicator", "reference": {"resource": "indicators", "fields": "id"}}],
    },
    "territories": {"primaryKey": ["code", "level"]},
    "indicators": {"primaryKey": "id"},
    "sources": {"primaryKey": "id"},
}
THEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that the same data give the same bytes."""


def data_package(
    snapshot: Snapshot,
    indicators: Mapping[str, Indicator],
    language: str,
    version: str,
    made: date,
    values: pd.DataFrame | None = None,
) -> bytes:
    """A zip with datapackage.json, values.csv, territories.csv, indicators.csv, sources.csv and methodology.md.

    The same snapshot, version and day give the same bytes. `values` are what `evaluate` gives, where that is at hand.
    """
    known = {id: entry for id, entry in indicators.items() if snapshot.measures.keys() >= set(entry.measures)}
    if values is None:
        values = evaluate(known, snapshot.observations, snapshot.territories, snapshot.measures)
    words = {id: described(entry, snapshot.sources, snapshot.measures, language) for id, entry in known.items()}
    places = ["code", "full_name", "level", "kind", "parent", "region", "valid_from", "valid_to", "area_km2"]
    tables = {
        "values": values_table(snapshot, values)[list(COLUMNS)],
        "territories": snapshot.territories[places],
        "indicators": indicator_table(words, snapshot.sources),
        "sources": source_table(snapshot.sources.values(), language, vintages(snapshot)),
    }
    text = methodology(Ground(known, snapshot.sources, snapshot.measures, snapshot.observations, values), language)
    files = {f"{name}.csv": formulas_escaped(table).to_csv(index=False).encode() for name, table in tables.items()}
    resources = [_resource(name, tables[name], files[f"{name}.csv"]) for name in tables]
    package = {
        "profile": "tabular-data-package",
        "name": "smart-villages-latvia",
        "title": TITLE[language],
        "description": ABOUT[language],
        "version": version,
        "created": f"{made.isoformat()}T00:00:00Z",
        "snapshot": snapshot.hash,
        "licenses": [
            {"name": licence.id, "path": licence.address}
            for licence in {source.licence.id: source.licence for source in snapshot.sources.values()}.values()
        ],
        "sources": [{"title": source.credit[language], "path": source.address} for source in snapshot.sources.values()],
        "resources": resources,
    }
    files = {
        "datapackage.json": json.dumps(package, ensure_ascii=False, indent=1).encode(),
        "methodology.md": text.encode(),
        **files,
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, written in files.items():
            archive.writestr(zipfile.ZipInfo(name, THEN), written, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _resource(name: str, table: pd.DataFrame, content: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [{"name": column, **FIELDS.get(str(column), {"type": "string"})} for column in table],
            "missingValues": [""],
            **KEYS[name],
        },
    }

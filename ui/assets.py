"""The files the maps fetch, written once per snapshot: geometry, catalogue, places, values, and the modules."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.model import COUNTRY, RURAL, Source
from data.paths import LOCALE, ROOT
from indicators.catalogue import FACTORS, NO_DATA, THEMES, breaks_of, sources_of
from indicators.model import Indicator
from indicators.smoothing import INTERVAL
from ui.address import MAP_LEVELS
from ui.cache import Loaded, project
from ui.text import LANGUAGES, Language, messages

MODULES = ("links", "map_panes", "stage", "stories")
"""The folders beside this file whose scripts and styles the browser loads."""
TYPES = {".json": "application/json", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

STATUS_MARKS = {
    "final": "f",
    "provisional": "p",
    "estimated": "e",
    "suppressed": "s",
    "not_published": "n",
    "not_applicable": "a",
}
NOT_COLLECTED = "c"
BESIDE = ("smoothed", "low", "high")
"""What stands beside the plain value of a rate of small numbers; left out of the files of all others."""
DEGURBA, RURAL_AREA = "urbanisation", 3
"""The indicator that tells rural areas (3) from towns (2) and cities (1), by its latest values."""


@dataclass(frozen=True)
class Asset:
    """A file ready to be sent: gzipped bytes, its type, and a tag that changes with its content."""

    body: bytes
    media_type: str
    etag: str


def base(loaded: Loaded) -> str:
    """Where the files of this snapshot and this code are served, relative to the root of the app, ending in a slash."""
    return f"assets/{fingerprint(loaded.shared or loaded.snapshot.hash)}/"


@lru_cache(maxsize=4)
def fingerprint(snapshot_hash: str) -> str:
    """A name that changes whenever any file served under it could: the snapshot, the code, or the words did."""
    digest = hashlib.sha256(snapshot_hash.encode())
    described = [ROOT / "pyproject.toml", *LOCALE.glob("*.po"), *ROOT.glob("indicators/*.py"), *ROOT.glob("ui/*.py")]
    for path in sorted([*modules().values(), *described]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def modules() -> dict[str, Path]:
    """The modules and styles by the name they are served under, which is where they lie here."""
    here = Path(__file__).parent
    paths = [path for folder in MODULES for pattern in ("*.js", "*.css") for path in (here / folder).glob(pattern)]
    return {path.relative_to(here).as_posix(): path for path in sorted(paths)}


class Files(Mapping[str, Asset]):
    """Files by name, each made when it is first asked for, so that a server can answer before all of them are."""

    def __init__(self, makers: Mapping[str, Callable[[], Asset]]) -> None:
        self._makers = makers
        self._made: dict[str, Asset] = {}

    def __getitem__(self, name: str) -> Asset:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def build(loaded: Loaded) -> Files:
    """All files by name: what is not in here is not served."""
    geometry = json.loads(gzip.decompress(loaded.snapshot.geometry))
    codes = {level: geometry["levels"][level]["codes"] for level in MAP_LEVELS}
    rows = loaded.values.groupby("indicator", observed=True).indices

    def figures(name: str) -> Asset:
        return json_asset(values(name, loaded.indicators[name].decimals, loaded.values.iloc[rows[name]], codes))

    def words(language: Language) -> Asset:
        return json_asset(catalog(loaded, geometry, language))

    def module(path: Path) -> Asset:
        return _asset(_gzip(path.read_bytes()), path.suffix)

    return Files(
        {
            "geometry.json": lambda: _asset(loaded.snapshot.geometry, ".json"),
            "places.json": lambda: json_asset(places(loaded.snapshot.places, geometry)),
            **{f"catalog.{language}.json": partial(words, language) for language in LANGUAGES},
            **{f"values/{name}.json": partial(figures, str(name)) for name in rows},
            **{name: partial(module, path) for name, path in modules().items()},
        }
    )


def values(name: str, decimals: int, rows: pd.DataFrame, codes: Mapping[str, list[str]]) -> dict[str, Any]:
    """The values of one indicator as the maps read them: whole numbers of the last decimal, territories by position.

    `rows` are the indicator's values; `codes` gives the order of the territories at each level.
    """
    columns = {str(column): rows[column].to_numpy() for column in rows}
    levels = {level: _level(columns, level, codes[level], decimals) for level in MAP_LEVELS}
    return {
        "id": name,
        "decimals": decimals,
        "levels": {level: found for level, found in levels.items() if found["periods"]},
    }


def catalog(loaded: Loaded, geometry: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Everything the maps say in one language: words, themes, indicators, sources, territories."""
    territories = loaded.snapshot.territories
    shown = [entry for entry in loaded.indicators.values() if entry.id in loaded.known.latest]
    regions = territories[territories["level"] == "region"]
    return {
        "lang": language,
        "texts": messages(language, "map."),
        "themes": [{"id": theme, "title": THEMES[theme][language]} for theme in dict.fromkeys(i.theme for i in shown)],
        "factors": [{"id": factor, "title": title[language]} for factor, title in FACTORS.items()],
        "no_data": NO_DATA[language],
        "interval": round(100 * (INTERVAL[1] - INTERVAL[0])),
        "indicators": [described(loaded, entry, language) for entry in shown],
        "sources": {source.id: credited(loaded, source, language) for source in loaded.snapshot.sources.values()},
        "territories": {level: _territories(loaded, level, geometry["levels"][level]["codes"]) for level in MAP_LEVELS},
        "regions": sorted(regions[["code", "name"]].to_numpy().tolist()),
        "version": project().version,
        "date": loaded.edition.isoformat(),
    }


def places(table: pd.DataFrame, geometry: Mapping[str, Any]) -> list[list[Any]]:
    """Named places as [name, kind, unit, x, y], x and y in the integers of the geometry file."""
    (left, top), step = geometry["origin"], geometry["step"]
    x = ((table["x"] - left) / step).round().astype(int)
    y = ((top - table["y"]) / step).round().astype(int)
    columns = (table["name"], table["kind"], table["territory"], x.tolist(), y.tolist())
    return [list(row) for row in zip(*columns, strict=True)]


def _level(columns: Mapping[str, np.ndarray], level: str, codes: list[str], decimals: int) -> dict[str, Any]:
    at = {code: place for place, code in enumerate(codes)}
    chosen = np.array(
        [row for row in np.flatnonzero(columns["level"] == level) if columns["territory"][row] in at], int
    )
    own = {column: cells[chosen] for column, cells in columns.items()}
    periods = sorted(set(map(str, own["period"])))
    when = {period: place for place, period in enumerate(periods)}
    cell = ([when[str(period)] for period in own["period"]], [at[code] for code in own["territory"]])

    def grid(values: Iterable[Any], empty: Any) -> np.ndarray:
        table = np.full((len(periods), len(codes)), empty, dtype=object)
        table[cell] = np.asarray(list(values), dtype=object)
        return table

    mark = np.where(own["native_level"] == "country", "c", np.where(own["small_base"].astype(bool), "b", "."))
    if level == "unit":
        mark = np.where(own["native_level"] == "municipality", "m", mark)
    pooled = {who: _row(columns, who, periods, decimals) for who in (RURAL, COUNTRY)}
    return {
        "periods": periods,
        "values": grid(_integers(own["value"], decimals), None).tolist(),
        **{
            name: grid(_integers(own[name], decimals), None).tolist()
            for name in BESIDE
            if name in own and not np.isnan(own[name].astype(float)).all()
        },
        "status": ["".join(row) for row in grid(map(STATUS_MARKS.__getitem__, own["status"]), NOT_COLLECTED)],
        "marks": ["".join(row) for row in grid(mark, ".")],
        "coverage": [
            None if all(part in (None, 100) for part in row) else [100 if part is None else part for part in row]
            for row in grid(_integers(own["coverage"], 2), None).tolist()
        ],
        "rural": pooled[RURAL],
        "country": pooled[COUNTRY],
    }


def _row(columns: Mapping[str, np.ndarray], who: str, periods: list[str], decimals: int) -> list[int | None]:
    own = columns["territory"] == who
    found = zip(map(str, columns["period"][own]), _integers(columns["value"][own], decimals), strict=True)
    by_period = dict(found)
    return [by_period.get(period) for period in periods]


def _integers(values: np.ndarray, decimals: int) -> list[int | None]:
    scaled = (values.astype(float) * 10**decimals).round()
    known = np.isfinite(scaled)
    whole = np.where(known, scaled, 0).astype(np.int64).astype(object)
    whole[~known] = None
    return whole.tolist()


def credited(loaded: Loaded, source: Source, language: Language) -> dict[str, Any]:
    """What the maps say of a source."""
    return {
        "title": source.title[language],
        "publisher": source.publisher[language],
        "licence": source.licence.id,
        "credit": source.credit[language],
        "vintage": loaded.vintage(source.id),
    }


def described(loaded: Loaded, entry: Indicator, language: Language) -> dict[str, Any]:
    """What the maps say of an indicator."""
    periods, broken = loaded.periods[entry.id], breaks_of(entry, loaded.snapshot.measures)
    return {
        "id": entry.id,
        "title": entry.title[language],
        "short": entry.short[language],
        "definition": entry.definition[language],
        "formula": entry.formula[language],
        "unit": entry.unit[language],
        "decimals": entry.decimals,
        "better": entry.better,
        "theme": entry.theme,
        "factors": list(entry.factors),
        "mark": entry.mark,
        "scale": entry.scale,
        "estimated": entry.estimated,
        "bias": entry.bias[language] if entry.bias else None,
        "breaks": [{"period": found.period, "reason": found.reason[language]} for found in broken],
        "sources": [source.id for source in sources_of(entry, loaded.snapshot.sources)],
        "periods": {level: periods[level] for level in MAP_LEVELS if level in periods},
    }


def _territories(loaded: Loaded, level: str, codes: list[str]) -> list[list[Any]]:
    """Code, name, kind, municipality, region, and degree of urbanisation (None where it is not known)."""
    territories, values = loaded.snapshot.territories, loaded.values
    rows = territories[territories["level"] == level].set_index("code", drop=False)
    parent = "parent" if level == "unit" else "code"
    found = rows[["code", "name", "kind", parent, "region"]].loc[codes]
    degrees = values[(values["indicator"] == DEGURBA) & (values["level"] == level) & values["value"].notna()]
    latest = degrees[degrees["period"] == degrees["period"].max()].set_index("territory")["value"]
    return [
        [*(None if pd.isna(part) else str(part) for part in row), None if pd.isna(degree) else int(degree)]
        for row, degree in zip(found.to_numpy(), latest.reindex(codes), strict=True)
    ]


def json_asset(content: object) -> Asset:
    """Plain values as a file ready to be sent."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _asset(_gzip(text.encode()), ".json")


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def _asset(body: bytes, suffix: str) -> Asset:
    return Asset(body, TYPES[suffix], f'"{hashlib.sha256(body).hexdigest()[:16]}"')

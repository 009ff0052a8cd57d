"""What a page shows as files to take away, in the visitor's language: each is made when it is asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data.model import Source
from reports.exhibit import Described, Exhibit, csv_bytes, described, exhibit, vintages
from ui import assets
from ui.address import State
from ui.assets import RURAL_AREA
from ui.cache import Loaded, project
from ui.text import language, tr

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "zip": "application/zip",
}


def download_menu(
    key: str,
    rows: Callable[[], pd.DataFrame],
    loaded: Loaded,
    title: str,
    note: str = "",
    *,
    all_periods: Callable[[], pd.DataFrame] | None = None,
    more: Mapping[str, Described] | None = None,
    sources: Mapping[str, Source] | None = None,
    further: Callable[[], None] = lambda: None,
) -> None:
    """Draw the menu: a workbook, CSV, GeoPackage and GeoJSON of these rows.

    Parameters
    ----------
    rows
        Gives the figures in the order in which they are shown (`reports.exhibit.exhibit` says what they need).
    all_periods
        The same for all their periods; the menu offers the choice.
    more
        Indicators that are not declared, such as scores, by id.
    sources
        Sources that are not in the snapshot.
    further
        Draws what else the menu offers.
    """
    spoken, address, stem = language(), here(), file_stem(title)
    with st.popover(tr("download.menu"), icon=":material/download:", key=f"{key}_download"):
        st.caption(tr("download.about", title=title))
        every = all_periods is not None and st.toggle(tr("download.all_periods"), key=f"{key}_all_periods")
        figures = all_periods if every and all_periods else rows

        def shown() -> Exhibit:
            measures, table = loaded.snapshot.measures, figures()
            ids = table["indicator"].astype(str).unique()
            words = {
                id: described(loaded.indicators[id], loaded.snapshot.sources, measures, spoken)
                for id in ids
                if id in loaded.indicators
            }
            return exhibit(
                table,
                {**words, **(more or {})},
                loaded.snapshot,
                spoken,
                title=title,
                version=project().version,
                made=date.today(),
                note=note,
                address=address,
                sources=sources,
            )

        for form, make in makers(shown, loaded).items():
            st.download_button(
                tr(f"download.{form}"),
                make,
                file_name=f"{stem}.{form}",
                mime=TYPES[form],
                key=f"{key}_{form}",
                on_click="ignore",
                width="stretch",
            )
        further()


def makers(shown: Callable[[], Exhibit], loaded: Loaded) -> dict[str, Callable[[], bytes]]:
    """What makes each file; libraries are loaded when they are used."""

    def xlsx() -> bytes:
        from reports.workbook import workbook

        return workbook(shown(), vintages(loaded.snapshot))

    def geo(form: str) -> bytes:
        from reports.geofile import geofile

        return geofile(shown(), form, loaded.snapshot.path, vintages(loaded.snapshot))

    return {
        "xlsx": xlsx,
        "csv": lambda: csv_bytes(shown()),
        "gpkg": lambda: geo("gpkg"),
        "geojson": lambda: geo("geojson"),
    }


def package_button(loaded: Loaded) -> None:
    """Draw the button for everything as one data package."""
    spoken = language()

    def package() -> bytes:
        from reports.data_package import data_package

        return data_package(loaded.snapshot, loaded.indicators, spoken, project().version, date.today())

    st.download_button(
        tr("download.package"),
        package,
        file_name=f"smart-villages-{loaded.snapshot.hash[:8]}.zip",
        mime=TYPES["zip"],
        key="download_package",
        icon=":material/folder_zip:",
        on_click="ignore",
    )


def rows_of(periods: Mapping[str, str], codes: Collection[str], level: str, loaded: Loaded) -> pd.DataFrame:
    """The figures of these indicators, each at its period, of these territories."""
    own = rows_at(level, codes, loaded)
    return _joined(own.loc[(own["indicator"] == i) & (own["period"].astype(str) == p)] for i, p in periods.items())


def rows_at(level: str, codes: Collection[str], loaded: Loaded) -> pd.DataFrame:
    """All figures of these territories at a level."""
    values = loaded.values
    return values.loc[(values["level"] == level) & values["territory"].isin(set(codes))]


def _joined(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(tables))


def rows_of_maps(state: State, loaded: Loaded, *, all_periods: bool = False) -> pd.DataFrame:
    """The figures the maps show: their indicators at their periods, of the territories the filter lets through."""
    own = rows_at(state["level"], active(state, loaded), loaded)
    panes = dict.fromkeys((pane["indicator"], pane["period"]) for pane in state["panes"])
    if all_periods:
        return _joined(own.loc[own["indicator"] == i] for i in dict.fromkeys(i for i, _ in panes))
    return _joined(own.loc[(own["indicator"] == i) & (own["period"].astype(str) == p)] for i, p in panes)


def active(state: State, loaded: Loaded) -> set[str]:
    """The territories of the shown level that the filter of the maps lets through (as in model.js)."""
    table = loaded.snapshot.territories
    table = table[table["level"] == state["level"]]
    chosen = state["filter"]
    if chosen["rural"]:
        table = table[table["kind"] == ("parish" if state["level"] == "unit" else "municipality")]
    if chosen["region"]:
        table = table[table["region"] == chosen["region"]]
    if chosen["municipality"]:
        table = table[(table["parent"] == chosen["municipality"]) | (table["code"] == chosen["municipality"])]
    codes = set(table["code"])
    if chosen["degurba"]:
        codes &= rural_areas(loaded)
    return codes


def rural_areas(loaded: Loaded) -> set[str]:
    """Territories that the degree of urbanisation calls rural, by its latest figures."""
    rows = loaded.values.loc[loaded.values["indicator"] == assets.DEGURBA]
    latest = rows.sort_values(by="period").drop_duplicates(["territory", "level"], keep="last")
    return set(latest.loc[latest["value"] == RURAL_AREA, "territory"].astype(str))


def here() -> str:
    """The address of what is on the screen, language included."""
    said = {**st.query_params.to_dict(), "lang": language()}
    return f"{str(st.context.url or '').partition('?')[0]}?{urlencode(said, safe='~,;:')}"


def file_stem(title: str) -> str:
    """A file's name made of a title: plain letters, figures and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "tabula"

"""Pure computation: tables in, tables out. No Streamlit, no Plotly, no files, no network."""

from __future__ import annotations

from importlib import import_module

from indicators.model import REGISTRY, Indicator

THEME_MODULES = ("people", "business", "services", "digital", "data_based", "economy")


def registry() -> dict[str, Indicator]:
    """All declared indicators by id, in the order of the theme modules and, within one, of their declaration."""
    names = [import_module(f"indicators.{module}").__name__ for module in THEME_MODULES]
    declared = [entry for entry in REGISTRY.values() if entry.compute.__module__ in names]
    return {entry.id: entry for entry in sorted(declared, key=lambda entry: names.index(entry.compute.__module__))}

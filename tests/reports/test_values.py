"""The flat table of values: its columns, names, order and files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.model import Licence, Source, Text
from data.store import Snapshot
from reports.values import COLUMNS, values_table, write_values
from tests.indicators.small import CITY, DALE, DISTRICT, HILL, TERRITORIES, TOWN, measure, observed
from ui import cache

WORD = Text("Viens", "One")
OPEN = Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/")


def source(id: str, *measures) -> Source:
    return Source(id, WORD, WORD, "https://example.org", OPEN, WORD, WORD, (), measures)


@pytest.fixture
def small(tmp_path: Path) -> Snapshot:
    observations = observed(
        {
            ("residents", "2022"): {CITY: 1000.0, TOWN: 400.0, HILL: 100.0, DALE: "not_published"},
            ("area_km2", "2024"): {CITY: 10.0, TOWN: 4.0, HILL: 30.0, DALE: 60.0},
        }
    )
    sources = {
        "registry": source("registry", measure("residents")),
        "borders": source("borders", measure("area_km2", timeless=True)),
    }
    nothing = pd.DataFrame()
    return Snapshot(tmp_path, "0", TERRITORIES, nothing, observations, nothing, b"", sources, {})


def test_columns_names_and_order(small: Snapshot) -> None:
    table = values_table(small)
    assert tuple(table.columns) == COLUMNS
    assert set(table["indicator"]) == {"residents", "density"}  # those whose measures are there
    density = table[table["indicator"] == "density"].reset_index(drop=True)
    assert density["territory"].tolist() == [CITY, TOWN, HILL, DALE, CITY, DISTRICT, "LV", "LV-RURAL"]
    assert density["name"].tolist() == [
        "Pilsēta",
        "Mazpils, Mazais novads",
        "Kalna pagasts, Mazais novads",
        "Lejas pagasts, Mazais novads",
        "Pilsēta",
        "Mazais novads",
        "Latvija",
        "Latvijas lauki (visi pagasti)",
    ]
    assert density["value"].tolist()[:3] == [100, 100, pytest.approx(10 / 3)]
    assert density.loc[3, "status"] == "not_published"
    assert np.isnan(density.loc[3, "value"])
    assert set(density["sources"]) == {"registry;borders"}
    assert set(density["unit"]) == {"per km²"}


def test_csv_keeps_every_digit(small: Snapshot, tmp_path: Path) -> None:
    table = values_table(small)
    write_values(table, tmp_path / "out" / "values.csv")
    write_values(table, tmp_path / "out" / "values.parquet")
    read = pd.read_csv(tmp_path / "out" / "values.csv", dtype={"period": str})
    pd.testing.assert_frame_equal(read, table, check_dtype=False, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out" / "values.parquet"), table, check_dtype=False)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["values.csv", "values.parquet"]


def test_other_endings_are_refused_and_a_failure_leaves_the_old_file(small: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"values are written as \.csv or \.parquet"):
        write_values(values_table(small), tmp_path / "values.xls")
    kept = tmp_path / "values.csv"
    kept.write_text("old")

    class Broken(pd.DataFrame):
        def to_csv(self, *args, **kwargs):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_values(Broken(), kept)
    assert kept.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["values.csv"]


def test_the_real_table(snapshot: Snapshot) -> None:
    table = values_table(snapshot, cache.current().values)
    assert not table.duplicated(["territory", "level", "indicator", "period"]).any()
    assert table["territory"].str.fullmatch(r"LV\d{7}|LV|LV-RURAL").all()
    for column in ("name", "unit", "status", "native_level", "coverage", "sources"):
        assert table[column].notna().all()
    valueless = table["status"].isin(["suppressed", "not_published", "not_applicable"])
    assert (table["value"].isna() == valueless).all()
    assert np.isfinite(table.loc[~valueless, "value"]).all()
    assert table["coverage"].between(0, 1 + 1e-9).all()
    assert not table["name"].eq("").any()
    assert "Pilskalnes pagasts, Augšdaugavas novads" in set(table["name"])


def test_replacing_a_source_changes_nothing_else(small: Snapshot) -> None:
    renamed = replace(small, sources={"registry": small.sources["registry"]})
    assert set(values_table(renamed)["indicator"]) == {"residents"}

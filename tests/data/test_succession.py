"""Series that continue others: whose figures count when, and where the seam shows."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from data import sources
from data.model import Break, Licence, Measure, Source, Succession, Text
from data.store import source_from, source_record
from data.succession import continued, seams
from indicators.catalogue import breaks_of, licences_of, measures_of, sources_of
from indicators.evaluate import evaluate
from tests.indicators.small import CITY, DALE, DISTRICT, HILL, TERRITORIES, TITLE, TOWN, made, measure, observed

WHY = Text("Skaita citus cilvēkus.", "Other people are counted.")
OLD, NEW = measure("residents"), replace(measure("usual"), succeeds=Succession("residents", WHY))


def source(id: str, *provides: Measure) -> Source:
    licence = Licence(id, "https://example.org")
    return Source(id, TITLE, TITLE, "https://example.org", licence, TITLE, TITLE, (), provides)


def figures(**years: str) -> pd.DataFrame:
    """100, 200 … in the four units; `residents="2022 2023"` names the years of a series."""
    places = {CITY: 100.0, TOWN: 200.0, HILL: 300.0, DALE: 400.0}
    factor = {"residents": 1, "usual": 2, "births": 0.01}
    return observed(
        {
            (name, year): {place: factor[name] * figure for place, figure in places.items()}
            for name, listed in years.items()
            for year in listed.split()
        }
    )


BOTH = {"register": source("register", OLD), "census": source("census", NEW)}


def test_later_periods_come_from_the_series_that_continues() -> None:
    rows = figures(residents="2022 2023", usual="2022 2023 2024 2025")
    table, settled = continued(rows, BOTH)
    used = table[(table["measure"] == "residents") & (table["territory"] == CITY)]
    assert dict(zip(used["period"], used["value"], strict=True)) == {"2022": 100, "2023": 100, "2024": 200, "2025": 200}
    assert table[table["measure"] == "usual"]["period"].nunique() == 4
    pd.testing.assert_frame_equal(table.iloc[: len(rows)], rows)
    declared = measures_of(settled)
    assert declared["residents"].breaks == (Break("2024", WHY),)
    assert declared["residents"].continued_by == ("usual",)
    (seam,) = seams(settled)
    assert (seam.earlier.id, seam.later.id, seam.since) == ("residents", "usual", "2024")


def test_a_series_that_is_not_behind_stays_alone() -> None:
    rows = figures(residents="2022 2024", usual="2022 2023 2024")
    table, settled = continued(rows, BOTH)
    assert table is rows
    assert settled == BOTH
    assert [seam.since for seam in seams(settled)] == [""]


def test_a_period_without_any_value_does_not_count_as_covered() -> None:
    hidden = observed({("residents", "2023"): dict.fromkeys((CITY, TOWN, HILL, DALE), "not_published")})
    rows = pd.concat([figures(residents="2022", usual="2024"), hidden], ignore_index=True)
    table, settled = continued(rows, BOTH)
    assert measures_of(settled)["residents"].breaks[0].period == "2024"
    assert not table.duplicated(["territory", "period", "measure"]).any()


def test_without_the_older_series_the_newer_stands_in_without_a_break() -> None:
    table, settled = continued(figures(usual="2022 2023"), {"census": BOTH["census"]})
    assert set(table.loc[table["measure"] == "residents", "period"]) == {"2022", "2023"}
    assert measures_of(settled)["residents"].breaks == ()
    assert seams(settled) == []
    assert [found.id for found in sources_of(made("r", lambda residents: residents, "residents")["r"], settled)] == [
        "census"
    ]


def test_two_that_continue_the_same_follow_each_other() -> None:
    third = replace(NEW, id="births", succeeds=Succession("residents", TITLE))
    rows = figures(residents="2022", usual="2023", births="2023 2024")
    table, settled = continued(rows, BOTH | {"third": source("third", third)})
    used = table[(table["measure"] == "residents") & (table["territory"] == CITY)]
    assert dict(zip(used["period"], used["value"], strict=True)) == {"2022": 100, "2023": 200, "2024": 1}
    assert [entry.period for entry in measures_of(settled)["residents"].breaks] == ["2023", "2024"]
    assert [(seam.later.id, seam.since) for seam in seams(settled)] == [("usual", "2023"), ("births", "2024")]


def test_series_that_are_divided_by_each_other_change_over_together() -> None:
    """The older births end a year before the older residents: that year has no births, not those of other people."""
    older = source("register", OLD, measure("births"))
    newer = source("census", *(replace(NEW, id=id, succeeds=Succession(of, WHY, "people")) for id, of in PAIRS))
    rows = figures(residents="2022 2023", births="2022", usual="2022 2023 2024")
    extra = figures(usual="2022 2023 2024").assign(measure="usual_births")
    table, settled = continued(pd.concat([rows, extra], ignore_index=True), {"register": older, "census": newer})
    assert set(table.loc[table["measure"] == "births", "period"]) == {"2022", "2024"}
    assert {seam.earlier.id: seam.since for seam in seams(settled)} == {"residents": "2024", "births": "2024"}


PAIRS = (("usual", "residents"), ("usual_births", "births"))


@pytest.mark.parametrize("other", [replace(NEW, level="municipality"), replace(NEW, unit="%")])
def test_what_does_not_fit_is_an_error(other: Measure) -> None:
    with pytest.raises(ValueError, match="usual cannot succeed residents"):
        continued(figures(residents="2022", usual="2023"), {"a": source("a", OLD), "b": source("b", other)})


def test_values_sources_licences_and_breaks_follow() -> None:
    """Births of 2024 per residents of 2024, who are counted otherwise; a change over the seam is not computed."""
    rate = made("rate", lambda births, residents: 1000 * births / residents, "births", "residents")
    change = made(
        "change", lambda residents, residents__lag1: residents / residents__lag1, "residents", "residents__lag1"
    )
    mean = made("mean", lambda residents__2y: residents__2y / 2, "residents__2y")
    rows = figures(residents="2021 2022 2023", usual="2024 2025", births="2023 2024")
    table, settled = continued(rows, BOTH | {"births": source("births", measure("births"))})
    declared = measures_of(settled)
    values = evaluate(rate | change | mean, table, TERRITORIES, declared)
    found = {
        name: dict(zip(rows["period"], rows["value"], strict=True))
        for name, rows in values[values["territory"] == DISTRICT].groupby("indicator")
    }
    assert found["rate"] == {"2023": 10, "2024": 5}
    assert found["change"] == {"2022": 1, "2023": 1, "2025": 1}
    assert found["mean"] == {"2022": 900, "2023": 900, "2025": 1800}
    assert [entry.id for entry in sources_of(rate["rate"], settled)] == ["births", "register", "census"]
    assert [entry.id for entry in licences_of(rate["rate"], settled)] == ["births", "register", "census"]
    assert [entry.period for entry in breaks_of(rate["rate"], declared)] == ["2024"]


def test_the_manifest_keeps_it() -> None:
    assert source_from(source_record(BOTH["census"])) == BOTH["census"]


def test_what_is_declared_fits() -> None:
    declared = {m.id: m for id in sources.available() for m in sources.load(id).SOURCE.provides}
    for later in declared.values():
        if later.succeeds:
            earlier = declared[later.succeeds.measure]
            assert (earlier.level, earlier.unit, earlier.additive) == (later.level, later.unit, later.additive)

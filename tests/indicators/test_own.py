"""What people bring as indicators: hand arithmetic on two parishes of one municipality."""

from __future__ import annotations

import pandas as pd
import pytest

from data.store import Snapshot
from indicators.evaluate import evaluate
from indicators.own import decimals_of, own_indicator

ENGURE, ZEMITE, TUKUMS = "LV0052430", "LV0052590", "LV0052000"
USUAL = {"name": "Grāmatas", "unit": "", "source": "fails", "level": "unit", "better": "higher"}


def values(snapshot: Snapshot, figures: pd.DataFrame, **given: object) -> dict[str, float]:
    made = own_indicator("own_1", figures=figures, **{**USUAL, **given})  # type: ignore[arg-type]
    ground = snapshot.observations[snapshot.observations["measure"] == "residents"]
    found = evaluate(
        {"own_1": made.indicator},
        pd.concat([ground, made.observations]),
        snapshot.territories,
        {**snapshot.measures, **{measure.id: measure for measure in made.measures}},
    )
    return found.dropna(subset="value").set_index("territory")["value"].to_dict()


def table(snapshot: Snapshot, **columns: object) -> pd.DataFrame:
    """All parishes and towns of Tukums with the same figures, so that the municipality is covered."""
    units = snapshot.territories
    codes = units.loc[(units["parent"] == TUKUMS) & (units["level"] == "unit"), "code"]
    return pd.DataFrame({"territory": codes.to_numpy(), "period": "2022", "status": "final"}).assign(**columns)


def test_counts_are_summed_and_shares_are_not(snapshot: Snapshot) -> None:
    figures = table(snapshot, value=2.0)
    found = values(snapshot, figures, additive=True)
    assert found[ENGURE] == 2
    assert found[TUKUMS] == 2 * len(figures)
    assert TUKUMS not in values(snapshot, figures, additive=False)


def test_what_has_a_base_is_divided_after_it_is_summed(snapshot: Snapshot) -> None:
    figures = table(snapshot, value=10.0, base=100.0)
    figures.loc[figures["territory"] == ENGURE, ["value", "base"]] = [90.0, 100.0]
    found = values(snapshot, figures, additive=True, per=100.0, unit="%")
    count = len(figures)
    assert (found[ENGURE], found[ZEMITE]) == (90, 10)
    assert found[TUKUMS] == pytest.approx((90 + 10 * (count - 1)) / count)


def test_fractions_are_made_per_cent(snapshot: Snapshot) -> None:
    assert values(snapshot, table(snapshot, value=0.05), additive=False, per=100.0)[ENGURE] == 5


def test_the_mark_stands_in_both_languages_and_in_the_legend() -> None:
    name = "Bibliotēku apmeklējumu skaits gadā"
    made = own_indicator(
        "own_1",
        figures=pd.DataFrame({"territory": [], "period": [], "value": [], "status": []}),
        **{**USUAL, "name": name, "additive": True},  # type: ignore[arg-type]
    ).indicator
    assert (made.title.lv, made.title.en) == (f"{name} (jūsu dati)", f"{name} (your data)")
    assert len(made.short.lv) <= 32
    assert made.short.lv.endswith("… (jūsu dati)")
    assert made.goalposts is None


@pytest.mark.parametrize(
    ("figures", "decimals"), [([1, 2, 3], 0), ([12.5, 40.0], 1), ([0.5, 1.5], 2), ([0.01], 3), ([5000.5], 0), ([], 0)]
)
def test_decimals_follow_the_size_of_figures(figures: list[float], decimals: int) -> None:
    assert decimals_of(figures) == decimals

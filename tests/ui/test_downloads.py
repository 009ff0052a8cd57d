"""The files hold what the pages show: the filter of the maps, their periods, and the scores with their ranks."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from data.paths import ROOT
from indicators.weighting import DECLARED
from ui import scores
from ui.address import sanitise
from ui.downloads import active, file_stem, rows_of_maps, rural_areas
from ui.text import messages

GULBENE = "LV0033000"


def state(loaded, **parts):
    return sanitise(
        {"panes": [{"indicator": "residents", "period": "2023"}, {"indicator": "download_mbps"}], **parts}, loaded.known
    )


def test_the_rows_are_those_of_the_maps(loaded):
    rows = rows_of_maps(state(loaded), loaded)
    assert rows.groupby("indicator", observed=True)["period"].unique().map(list).to_dict() == {
        "residents": ["2023"],
        "download_mbps": [loaded.known.latest["download_mbps"]],
    }
    assert set(rows["level"]) == {"unit"}
    assert rows["territory"].nunique() == 592
    every = rows_of_maps(state(loaded), loaded, all_periods=True)
    assert set(every.loc[every["indicator"] == "residents", "period"]) == set(loaded.periods["residents"]["unit"])


def test_the_filter_of_the_maps_holds_for_the_files(loaded):
    places = loaded.snapshot.territories
    units = places[places["level"] == "unit"].set_index("code")
    own = active(state(loaded, filter={"rural": True, "municipality": GULBENE}), loaded)
    assert own == set(units.index[(units["parent"] == GULBENE) & (units["kind"] == "parish")]) != set()
    rural = active(state(loaded, filter={"degurba": True}), loaded)
    assert rural == set(units.index) & rural_areas(loaded)
    assert 0 < len(rural) < 592
    municipalities = active(state(loaded, level="municipality", filter={"rural": True}), loaded)
    assert len(municipalities) == 36
    region = active(state(loaded, filter={"region": units["region"].iloc[0]}), loaded)
    assert region == set(units.index[units["region"] == units["region"].iloc[0]])


def test_scores_are_written_with_their_ranks(loaded):
    found = scores.reckon(loaded, DECLARED)
    code = found.factors[0].id
    inside = scores.within(loaded, "parishes", None)
    standing = {code: scores.standing(found, code, inside)}
    order = found.scored.scores.loc[inside, code].sort_values(ascending=False).index.tolist()
    rows = scores.exported(found, [code], standing, order)
    words = scores.exported_words(loaded, found, [code])
    assert set(rows["indicator"]) == set(words)
    table = rows.pivot_table(index="territory", columns="indicator", values="value", sort=False)
    best = table.loc[order[0]]
    assert best[f"rank_{code}"] == 1
    assert best[f"first_{code}"] <= best[f"rank_{code}"] <= best[f"last_{code}"]
    assert best[f"score_{code}"] == found.scored.scores.loc[order[0], code]
    assert all(words[f"score_{code}"].sources)
    assert "ookla" in words[f"score_{code}"].sources


@pytest.mark.parametrize("page", ["map", "index", "relations"])
def test_every_form_is_offered(page, loaded):
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.query_params["lang"] = "lv"
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    words = messages("lv", "download.")
    offered = {button.proto.label for button in app.get("download_button")}
    assert {words[f"download.{form}"] for form in ("xlsx", "csv", "gpkg", "geojson")} <= offered


def test_the_name_of_a_file_is_plain():
    assert file_stem("Lejupielāde; Pamatprasmes (aplēse)") == "lejupielade-pamatprasmes-aplese"
    assert file_stem("…") == "tabula"
    assert file_stem("../../etc") == "etc"

"""What a visitor has brought is on the pages where it counts, and the shared data package stays without it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from data.own.model import Brought, Series, Use
from tests.ui import visitor
from tests.ui.visitor import folds
from ui import cache, own
from ui.cache import Loaded
from ui.text import messages

visit = partial(visitor.visit, timeout=90)
LATVIAN = messages("lv")
TITLE, ALSUNGA = "Putni (jūsu dati)", "LV0033400"


@pytest.fixture(autouse=True)
def brought(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> Brought:
    """Figures of two years for every unit, kept for everybody: far more birds in Alsunga than elsewhere."""
    codes = tuple(sorted(loaded.snapshot.territories.query("level == 'unit'")["code"]))
    values = tuple((90.0, 95.0) if code == ALSUNGA else (10.0, 12.0 + place % 5) for place, code in enumerate(codes))
    series = Series(
        name="Putni", level="unit", unit="%", source="", what="figure", additive=True, rows=len(codes), per=100.0,
        base=((100.0, 100.0),) * len(codes), codes=codes,
        periods=("2022", "2023"), values=values,
    )  # fmt: skip
    one = Brought(
        "putni.csv", "table", (series,), (Use("Putni", "%", better="higher", additive=True, worst=0.0, best=100.0),)
    )
    monkeypatch.setattr(own, "kept", lambda: [one])
    return one


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.get("html"))
    return "\n".join(str(getattr(one, "value", "") or one.proto.body) for kind in kinds for one in kind)


def maps(app: AppTest) -> dict:
    """What the maps of a page are given."""
    (found,) = [json.loads(e.proto.json) for e in app.main if getattr(e.proto, "component_name", "") == "map_panes"]
    return found


def test_trends_offers_it_and_maps_its_change(brought: Brought) -> None:
    app = visit("trends", part="change", of=f"own_{brought.id[:8]}_1")
    (box,) = [box for box in app.selectbox if box.label == LATVIAN["trends.of"]]
    assert TITLE in box.options
    given = maps(app)
    assert TITLE in json.dumps(given["inline"], ensure_ascii=False)
    assert "putni.csv" in json.dumps(given["inline"]["sources"], ensure_ascii=False)


@pytest.mark.parametrize(("weight", "credited"), [("0", False), ("10", True)])
def test_the_maps_of_scores_credit_it_once_it_has_a_weight(
    brought: Brought, monkeypatch: pytest.MonkeyPatch, weight: str, credited: bool
) -> None:
    counted = replace(brought, uses=(replace(brought.uses[0], dimension="skills_score"),))
    monkeypatch.setattr(own, "kept", lambda: [counted])
    given = maps(visit("index", weights=f"own_{counted.id[:8]}_1~{weight}"))
    digital, data = given["inline"]["indicators"]
    (source,) = given["inline"]["sources"]
    assert "putni.csv" in json.dumps(given["inline"]["sources"][source], ensure_ascii=False)
    assert (source in digital["sources"]) == credited
    assert source not in data["sources"]


def test_a_profile_counts_it_among_the_strengths_and_credits_it() -> None:
    said = words(visit("profile", territory=ALSUNGA))
    assert TITLE in said
    assert "jūsu dati: putni.csv" in said
    assert "putni.csv. " not in said


def test_methodology_describes_it(brought: Brought) -> None:
    said = words(visit("methodology", part="indicators", indicator=f"own_{brought.id[:8]}_1"))
    assert "(jūsu dati: putni.csv)" in said


def test_sources_tells_it_and_the_package_is_the_shared_one(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Loaded] = []
    monkeypatch.setattr("ui.downloads.package_button", given.append)
    app = visit("sources")
    labels = folds(app)
    assert any("putni.csv" in label and not label.endswith("· ") for label in labels)
    assert any(TITLE in label for label in labels)
    assert 'href=""' not in words(app)
    assert [one is cache.current() for one in given] == [True]


def test_a_group_is_held_against_the_scores_with_it() -> None:
    assert own.loaded().own
    assert own.loaded(scored=True) is cache.current(), "what does not count in the index changes no score"
    visit("group")

"""My data: from a file to every page, step by step, and never to anybody else."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.own import saved
from data.own.model import Brought, Series, Use
from data.paths import ROOT
from ui import cache, own, own_draft
from ui.cache import Loaded
from ui.text import messages

LATVIAN = messages("lv")
ENGURE, ZEMITE = "LV0052430", "LV0052590"
TABLE = (
    "Pagasts;Gads;Putni, %\nEngures pagasts;2022;12,5 %\nZemītes pagsts;2022;7,5 %\nSalas pagasts;2022;1 %\n".encode()
)


pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(own, "OWN", tmp_path / "own")
    monkeypatch.delenv(saved.SETTING, raising=False)
    return tmp_path / "own"


def visit() -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=90).run()
    return app.switch_page("pages/my_data.py").run()


def give(app: AppTest, content: bytes, name: str = "putni.csv") -> AppTest:
    """Give a file to the upload."""
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.error,
        app.success,
        app.warning,
        app.info,
    )
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def on_map(app: AppTest) -> dict:
    app.switch_page("pages/map.py").run()
    assert not app.exception
    (found,) = [json.loads(e.proto.json) for e in app.main if getattr(e.proto, "component_name", "") == "map_panes"]
    return found


def test_a_file_goes_into_use_and_out_again() -> None:
    app = give(visit(), TABLE)
    said = words(app)
    assert LATVIAN["own.reason.near"] in "\n".join(box.label for box in app.selectbox)
    assert "putni.csv" in said
    (near,) = [box for box in app.selectbox if box.label.startswith("Zemītes pagsts")]
    assert near.value == "", "nothing is matched silently"
    near.select(ZEMITE).run()
    press(app, "Apstiprināt 1 izvēlēto vietu")
    assert "Zemītes pagsts → Zemītes pagasts, Tukuma novads" in words(app)
    (better,) = [box for box in app.selectbox if box.label == LATVIAN["own.better"]]
    better.select("higher").run()
    press(app, LATVIAN["own.use"])
    assert LATVIAN["own.now_in_use"] in words(app)
    (brought,) = app.session_state["own_brought"]
    assert brought.series[0].values == ((12.5,), (7.5,))
    assert brought.uses == (Use("Putni", "%", "higher"),)
    assert "own_draft" not in app.session_state, "the bytes of the file are let go"

    data = on_map(app)
    (entry,) = data["inline"]["indicators"]
    assert entry["title"] == "Putni (jūsu dati)"
    name, token = entry["address"].split("/")[-1], entry["address"].split("/")[-2]
    file = own.served(token, name)
    assert file is not None

    app.switch_page("pages/my_data.py").run()
    press(app, LATVIAN["own.remove"])
    assert app.session_state["own_brought"] == []
    press(app, LATVIAN["own.undo"])
    assert len(app.session_state["own_brought"]) == 1


def test_nobody_else_sees_it_and_it_ends_with_the_session() -> None:
    app = give(visit(), TABLE)
    press(app, LATVIAN["own.use"])
    data = on_map(app)
    assert "own_" in json.dumps(data)
    assert "own_" not in json.dumps(on_map(visit()))
    token = app.session_state["own_shelf"].token
    (name,) = app.session_state["own_shelf"].loaded.own
    assert own.served(token, f"{name}.json")
    assert own.served("guess", f"{name}.json") is None
    assert own.served(token, "residents.json") is None, "only what was brought"
    assert own.served(token, "../residents.json") is None
    del app.session_state["own_shelf"]
    del app
    gc.collect()
    assert own.served(token, f"{name}.json") is None


def test_a_refused_file_is_said_in_the_visitors_language_and_can_be_put_away() -> None:
    app = give(visit(), b"\x89PNG\r\n\x1a\n", "foto.csv")
    assert LATVIAN["own.fault.image"] in words(app)
    assert not [button for button in app.button if button.label == LATVIAN["own.use"]]
    press(app, LATVIAN["own.another"])
    assert "own_draft" not in app.session_state


def test_a_year_is_asked_and_never_assumed() -> None:
    app = give(visit(), b"Pagasts;Skaits\nEngures pagasts;5\n", "dati_2023.csv")
    (use,) = [button for button in app.button if button.label == LATVIAN["own.use"]]
    assert use.disabled
    assert LATVIAN["own.year_needed"] in words(app)
    (year,) = [box for box in app.text_input if box.label == LATVIAN["own.year"]]
    assert year.placeholder == LATVIAN["own.year_hint"].format(year="2023")
    year.input("pērn").run()
    assert LATVIAN["own.year_wrong"] in words(app)
    (year,) = [box for box in app.text_input if box.label == LATVIAN["own.year"]]
    year.input("2024").run()
    (use,) = [button for button in app.button if button.label == LATVIAN["own.use"]]
    assert not use.disabled
    press(app, LATVIAN["own.use"])
    assert app.session_state["own_brought"][0].series[0].periods == ("2024",)


def test_keeping_for_everybody_needs_the_operator(nothing_kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = give(visit(), TABLE)
    press(app, LATVIAN["own.use"])
    assert LATVIAN["own.keep"] not in [button.label for button in app.button]
    monkeypatch.setenv(saved.SETTING, "1")
    monkeypatch.setattr(saved.keep, "__defaults__", (nothing_kept,))
    app.run()
    press(app, LATVIAN["own.keep"])
    assert len(saved.kept(nothing_kept)) == 1
    assert "Putni (jūsu dati)" in json.dumps(on_map(visit()), ensure_ascii=False), "another visitor sees it now"


# --- laid over the shared data ---


def brought(loaded: Loaded, **given: object) -> Brought:
    """The same share for every unit, from a file, and how it is used."""
    codes = tuple(sorted(loaded.snapshot.territories.query("level == 'unit'")["code"]))
    series = Series(
        name="=Putni [x](http://evil) <b>",
        level="unit",
        unit="%",
        source="",
        what="figure",
        additive=False,
        rows=len(codes),
        codes=codes,
        periods=("2023",),
        values=tuple((float(place % 50),) for place in range(len(codes))),
    )
    return Brought("putni.csv", "table", (series,), (Use(series.name, "%", **given),))  # type: ignore[arg-type]


def test_the_shared_data_stay_as_they_are(loaded: Loaded) -> None:
    before = (len(loaded.values), len(loaded.indicators), len(loaded.snapshot.sources), loaded.snapshot.hash)
    over = own.laid(loaded, [brought(loaded)])
    assert before == (len(loaded.values), len(loaded.indicators), len(loaded.snapshot.sources), loaded.snapshot.hash)
    assert len(over.own) == 1
    assert over.shared == loaded.snapshot.hash != over.snapshot.hash
    assert over.values.dtypes.equals(loaded.values.dtypes)
    (name,) = over.own
    assert over.known.latest[name] == "2023"
    assert (over.values["indicator"] == name).sum() >= 592


def test_words_from_outside_carry_no_markup_and_no_formula(loaded: Loaded) -> None:
    over = own.laid(loaded, [brought(loaded)])
    (name,) = over.own
    title = over.indicators[name].title.lv
    assert title == "Putni (x)(http://evil) ‹b› (jūsu dati)"
    assert own_draft.inert("=1+1") == "'=1+1"
    assert all(own_draft.inert(f"{sign}x").startswith("'") for sign in own_draft.FORMULA)


def test_an_index_part_gets_it_with_no_weight_until_one_is_given(loaded: Loaded) -> None:
    from indicators import success
    from indicators.weighting import DECLARED

    over = own.laid(loaded, [brought(loaded, better="higher", dimension="skills_score", worst=0.0, best=50.0)])
    (name,) = over.own
    part = next(part for factor in over.factors for part in factor.dimensions if part.id == "skills_score")
    assert part.weights[name] == 0
    assert name not in success.declared()
    found = success.basis(over.values, over.indicators, factors=over.factors)
    entering = {code: over.indicators[code] for code in found.periods}
    others = {code: entry for code, entry in entering.items() if code != name}
    plain = success.score(found, success.tree(entering, DECLARED.weights, over.factors))
    given = success.score(found, success.tree(entering, DECLARED.with_weights({name: 10}).weights, over.factors))
    shared = success.score(success.basis(loaded.values, loaded.indicators), success.tree(others, DECLARED.weights))
    assert plain.scores["digital"].equals(shared.scores["digital"])
    assert name in given.meta.indicators
    assert not given.scores["digital"].equals(shared.scores["digital"])


def test_supplied_availability_fills_the_waiting_indicators_and_counts(loaded: Loaded) -> None:
    """Half of the addresses everywhere: 50 % at every level, and a place in the score."""
    from indicators import success

    codes = tuple(sorted(loaded.snapshot.territories.query("level == 'unit'")["code"]))
    half = Series(
        name="x", level="unit", unit="%", source="", what="figure", additive=True, rows=592, codes=codes,
        periods=("2024",), values=((50.0,),) * len(codes), base=((100.0,),) * len(codes), per=100.0,
        column="addresses_100mbps",
    )  # fmt: skip
    over = own.laid(loaded, [Brought("a.csv", "availability", (half,), (Use("x", "%"),))])
    assert over.own == {"available_100mbps_share"}
    rows = over.values[over.values["indicator"] == "available_100mbps_share"].dropna(subset="value")
    assert set(rows["level"]) == {"unit", "municipality", "country", "group"}
    assert set(rows["value"]) == {50.0}
    found = success.basis(over.values, over.indicators, factors=over.factors)
    assert "available_100mbps_share" in found.data
    entering = {code: over.indicators[code] for code in found.periods}
    shares = success.leaf_shares(success.tree(entering, factors=over.factors))["coverage_score"]
    assert shares["available_100mbps_share"] == 10 / 50, "beside the 40 parts of what is measured"
    assert loaded.factors == success.FACTORS
    assert over.indicators["available_100mbps_share"].title.en.endswith("(your data)")
    assert "available_100mbps_share" in cache.registry()


def test_municipalities_own_figures_stand_for_them(loaded: Loaded) -> None:
    def series(level: str, code: str, value: float) -> Series:
        return Series(
            name="Putni", level=level, unit="", source="", what="figure", additive=True, rows=1, codes=(code,),
            periods=("2023",), values=((value,),),
        )  # fmt: skip

    pair = (series("unit", ENGURE, 5.0), series("municipality", "LV0052000", 77.0))
    over = own.laid(loaded, [Brought("a.csv", "raim", pair, (Use("Putni", "", additive=True),) * 2)])
    (name,) = over.own
    found = over.values[(over.values["indicator"] == name)].dropna(subset="value").set_index("territory")["value"]
    assert (found[ENGURE], found["LV0052000"]) == (5, 77)

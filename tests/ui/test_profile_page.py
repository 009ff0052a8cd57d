"""The page of profiles: how a place is found, what the address says, and that the PDF says the same."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from data.paths import ROOT
from tests.ui import visitor
from ui import profiles
from ui.text import LANGUAGES, alphabetical, messages

LATVIAN = messages("lv")
ALSUNGA, REZEKNE, KULDIGA, VILANU = "LV0033400", "LV0006000", "LV0033000", "LV0043670"


def visit(**address: str) -> AppTest:
    """A new visitor of the page with this address."""
    return visitor.visit("profile", timeout=120, **address)


def place(app: AppTest) -> str:
    """The name of the place that is shown; empty where none is."""
    return next(iter(heads(app)), "")


def heads(app: AppTest) -> list[str]:
    """The headings of what is shown."""
    return [head for part in app.get("html") for head in re.findall(r"<h2>(.*?)</h2>", part.proto.body)]


def search(app: AppTest, text: str) -> AppTest:
    app.text_input(key="profile_search").set_value(text).run()
    assert not app.exception
    return app


def links(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.main if element.type == "page_link"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_opens_a_profile(language: str) -> None:
    app = visit(territory=ALSUNGA, lang=language)
    said = messages(language)
    assert place(app) == "Alsungas pagasts"
    assert {said["profile.title.steps"], said["profile.missing"]} <= set(heads(app))
    assert [button.label for button in app.get("download_button")] == [said["profile.pdf"]]


@pytest.mark.parametrize("territory", ["", "LV9999999", "LV0033400 ", "<b>", "LV"])
def test_an_address_that_means_nothing_opens_the_choice(territory: str) -> None:
    app = visit(territory=territory)
    assert place(app) == ""
    assert app.info[0].value == LATVIAN["profile.start"]
    assert not app.get("download_button")


def test_a_name_without_diacritics_is_enough() -> None:
    app = search(visit(), "rezekne")
    assert place(app) == "Rēzekne"
    assert app.query_params["territory"] == REZEKNE
    assert app.text_input(key="profile_search").value == ""


def test_a_name_of_several_offers_them_and_an_unknown_one_says_so() -> None:
    app = search(visit(territory=ALSUNGA), "salas")
    assert place(app) == "Alsungas pagasts"
    assert {"Salas pagasts (Jēkabpils novads)", "Salas pagasts (Mārupes novads)"} <= set(links(app))
    search(app, "nav tāda `")
    assert "nav tāda '" in app.warning[0].value
    assert place(app) == "Alsungas pagasts"


def test_the_list_holds_municipalities_and_is_kept_in_the_address() -> None:
    app = visit()
    app.selectbox[0].set_value(KULDIGA).run()
    assert place(app) == "Kuldīgas novads"
    assert app.query_params["territory"] == KULDIGA


def test_places_selected_on_a_map_are_offered() -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    app.query_params["lang"] = "lv"
    app.run()
    app.switch_page("pages/map.py")
    app.query_params["chosen"] = f"{REZEKNE}~{ALSUNGA}"
    app.run()
    assert LATVIAN["profile.open"].format(name="Alsungas pagasts") in links(app)
    app.switch_page("pages/profile.py")
    app.run()
    assert not app.exception
    assert links(app)[:2] == ["Alsungas pagasts (Kuldīgas novads)", "Rēzekne"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REZEKNE", [REZEKNE]),
        ("alsungas pagasts", [ALSUNGA]),
        ("kuldīgas  NOVADS", [KULDIGA]),
        ("Viļāni pag.", [VILANU]),
        ("", []),
        ("(", []),
    ],
)
def test_names_are_compared_without_case_and_diacritics(loaded, text: str, found: list[str]) -> None:
    names = profiles.names(profiles.ground(loaded))
    assert profiles.named_like(names, text) == found


def test_names_stand_in_the_latvian_order(loaded) -> None:
    names = list(profiles.names(profiles.ground(loaded)).values())
    assert len(names) == 628
    letters = [name[0] for name in names]
    assert list(dict.fromkeys(letters)) == sorted(set(letters), key=alphabetical)
    assert letters.index("Ā") > letters.index("A")

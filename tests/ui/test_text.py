"""Words and numbers: both languages complete, nothing unused, plural forms and numbers as the languages write them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from data.paths import LOCALE, ROOT
from ui import text

CODE = [ROOT / "dashboard.py", *(path for room in ("reports", "ui", "pages") for path in ROOT.glob(f"{room}/**/*.py"))]
MODULES = list(ROOT.glob("ui/*/*.js"))
QUOTED = re.compile(r"""["'`]((?:[a-z]\w*\.)+[\w.{}$()]*)["'`]""")


def catalogue(language: str):
    with (LOCALE / f"{language}.po").open("rb") as po:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: message
            for message in read_po(po)
            if message.id
        }


def used() -> list[re.Pattern[str]]:
    """Every quoted dotted name in code as a pattern; a part that is filled in at run time matches anything."""
    words = {word for path in [*CODE, *MODULES] for word in QUOTED.findall(path.read_text(encoding="utf-8"))}
    return [
        re.compile(re.sub(r"(\\\$)?\\\{.*?\\\}", r"\\w+", re.escape(word)) + r"(\.(zero|one|other))?") for word in words
    ]


def called() -> set[str]:
    """The keys that Python code asks for by a plain string."""
    pattern = re.compile(r"""\btrn?\(\s*"([^"{]+)"[,)]""")
    return {key for path in CODE for key in pattern.findall(path.read_text(encoding="utf-8"))}


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch):
    return lambda language: monkeypatch.setattr(text, "language", lambda: language)


def test_both_languages_say_the_same_things():
    latvian, english = catalogue("lv"), catalogue("en")
    assert latvian.keys() == english.keys()
    for key, message in latvian.items():
        for other in (message, english[key]):
            forms = other.string if isinstance(other.string, tuple) else (other.string,)
            assert all(form.strip() for form in forms), key
        first, second = (m.string if isinstance(m.string, str) else m.string[0] for m in (message, english[key]))
        assert fields(first) == fields(second), key


def fields(message: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


def test_every_key_that_is_asked_for_exists():
    assert called() <= catalogue("lv").keys()


def test_no_key_is_left_over():
    patterns = used()
    assert not [key for key in catalogue("lv") if not any(pattern.fullmatch(key) for pattern in patterns)]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_plural_forms_are_complete(language):
    with Path(LOCALE / f"{language}.po").open("rb") as po:
        messages = read_po(po)
    for message in messages:
        if message.pluralizable:
            assert len(message.string) == messages.num_plurals, message.id


def test_latvian_numbers_and_plurals(speak):
    speak("lv")
    assert text.number(12345.6, 1) == "12\u00a0345,6"
    assert text.number(-0.04, 1) == "0,0"
    assert text.number(-3) == "−3"
    assert text.number(3, signed=True) == "+3"
    assert text.number(None) == text.number(float("nan")) == "–"
    assert text.amount(12.5, 1, "%") == "12,5\u00a0%"
    assert text.amount(None, 1, "%") == "–"
    counts = {n: text.trn("indicators.count", n) for n in (0, 1, 2, 11, 21, 1002)}
    assert counts == {
        0: "0 rādītāju",
        1: "1 rādītājs",
        2: "2 rādītāji",
        11: "11 rādītāji",
        21: "21 rādītājs",
        1002: "1\u00a0002 rādītāji",
    }
    assert text.day(date(2024, 1, 1)) == "2024. gada 1. janvāris"
    assert text.period("2023-Q2") == "2023. gada 2. ceturksnis"
    assert text.period("2023") == "2023. gads"
    assert text.span("2011", "2024") == "2011–2024"
    assert text.span("2023-Q2", "2023-Q2") == "2023. gada 2. ceturksnis"


def test_periods_with_gaps_are_not_said_to_be_one_span(speak):
    speak("en")
    assert text.spans([]) == ""
    assert text.spans(["2011", "2012", "2014", "2016", "2017", "2018"]) == "2011–2012, 2014, 2016–2018"
    assert text.spans(["2022-Q4", "2023-Q1", "2023-Q3"]) == "Q4 2022 – Q1 2023, Q3 2023"


def test_english_numbers_and_plurals(speak):
    speak("en")
    assert text.number(12345.6, 1) == "12,345.6"
    assert [text.trn("indicators.count", n) for n in (0, 1, 2)] == ["0 indicators", "1 indicator", "2 indicators"]
    assert text.day(date(2024, 1, 1)) == "1 January 2024"
    assert text.period("2023-Q2") == "Q2 2023"
    assert text.amount(12.5, 1, "%") == "12.5%"
    assert text.amount(12.5, 1, "km") == "12.5\u00a0km"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "lv"),
        ("lv-LV,lv;q=0.9,en;q=0.8", "lv"),
        ("en-US,en;q=0.9", "en"),
        ("EN", "en"),
        ("EN-US", "en"),
        ("LV;Q=0.5", "lv"),
        ("ru,en;q=0.5,lv;q=0.7", "lv"),
        ("de-DE,de;q=0.9", "lv"),
        ("en;q=oops", "lv"),
        (";;,,=", "lv"),
    ],
)
def test_the_language_follows_the_browser(header, language):
    assert text.preferred(header) == language


def test_names_are_sorted_by_the_latvian_alphabet():
    names = ["Zemītes pagasts", "Čornajas pagasts", "Ābeļu pagasts", "Cēsis", "Avotu pagasts", "Ādaži", "aglona"]
    assert sorted(names, key=text.alphabetical) == [
        *("aglona", "Avotu pagasts", "Ābeļu pagasts", "Ādaži", "Cēsis", "Čornajas pagasts", "Zemītes pagasts")
    ]

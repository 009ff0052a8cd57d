"""The minutes of a focus group: two pages, nothing that leads to a person, the figures of a hand calculation."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from data.groups import LONGEST_SENTENCE, LONGEST_TITLE, MOST_ANSWERS, MOST_STEPS, Answer, Session, Step
from data.store import Snapshot
from indicators.catalogue import FACTORS
from indicators.opinion import LEAST
from indicators.roadmap import STEPS
from reports.minutes import Measured, Minutes, fitting, minutes
from reports.minutes_pdf import breakable, minutes_pdf
from reports.minutes_workbook import minutes_workbook
from reports.words import LANGUAGES, Language, words
from tests.reports.test_profile_pdf import squeezed, text_of

DAY = date(2026, 11, 28)
ALSUNGA, KULDIGA = "LV0033400", "LV0033000"
HOSTILE = ('=HYPERLINK("http://x.test")', "<script>alert(1)</script> & #panic()", "+371-2 @SUM(1) \u05d0\u05d1\u05d2")
NOTHING = (None,) * 10


def session(title: str = "Kā dzīvosim Alsungā") -> Session:
    begun = datetime(2026, 11, 28, 18, tzinfo=UTC)
    return Session("ABCDEF", ALSUNGA, title, "lv", begun, begun + timedelta(days=1), closed=False, version=3)


def answer(
    number: int, importance: int | None, here: int | None, sentence: str = "", shown: bool | None = None
) -> Answer:
    """The same number for every factor."""
    return Answer(f"hash-{number:03}", (importance,) * 10, (here,) * 10, sentence, shown, paper=number < 2)


FIVE = [answer(0, 6, 2), answer(1, 7, 3), answer(2, 8, 4, HOSTILE[0], True), answer(3, 9, 4, "secret", None),
        answer(4, 10, 10, "refused", False)]  # fmt: skip


def told(answers: list[Answer], steps: list[Step] | None = None, language: Language = "lv", **how) -> Minutes:
    measured = how.pop("measured", Measured())
    return minutes(session(**how), answers, steps or [], measured, "Alsunga", language, stamp="stamp")


def sheets(said: Minutes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(minutes_workbook(said, DAY)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def pages(said: Minutes, snapshot: Snapshot) -> list[str]:
    return text_of(minutes_pdf(said, snapshot.geometry, KULDIGA, DAY))


def test_medians_quartiles_and_priorities_are_those_of_a_hand_calculation() -> None:
    """6 7 8 9 10: median 8, quartiles 7 and 9. 2 3 4 4 10: median 4, quartiles 3 and 4."""
    rows = sheets(told(FIVE))["Rezultāti"]
    assert len(rows) == 1 + len(FACTORS)
    factor, n, median, low, high, agreed, here_n, here_median, here_low, here_high, here_agreed, gap, priority = rows[1]
    assert factor == f"1. {FACTORS[1].lv}"
    assert (n, median, low, high) == (5, 8, 7, 9)
    assert (here_n, here_median, here_low, here_high) == (5, 4, 3, 4)
    # the pairs differ by 20 and by 34 in all; at most by 10 for each of the 2 x 3 pairs across
    assert agreed == pytest.approx(1 - 20 / 60)
    assert here_agreed == pytest.approx(1 - 34 / 60)
    assert (gap, priority) == (4, 1)
    spread = sheets(told(FIVE))["Sadalījums"]
    assert spread[1][2:] == (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
    assert spread[2][2:] == (0, 0, 1, 1, 2, 0, 0, 0, 0, 0, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fewer_than_five_answers_give_no_results_in_either_file(snapshot: Snapshot, language: Language) -> None:
    measured = Measured({8: 50.0}, {"digital": 8}, dict.fromkeys(snapshot.territories["code"], 60.0), (1, 9, 468))
    shown = [answer(n, 9, 1, f"sentence {n}", True) for n in range(LEAST - 1)]
    said = told(shown, [Step("Autobuss", "Pašvaldība")], language, measured=measured)
    whole, book = " ".join(pages(said, snapshot)), sheets(said)
    texts = whole + str(book)
    assert words(language).tr("minutes.too_few", least=LEAST) in whole
    assert "Autobuss" in whole
    assert "sentence" not in texts
    assert words(language).tr("minutes.title.map") not in texts
    assert FACTORS[1][language] not in texts
    assert [len(rows) for rows in book.values()][1:] == [1, 1, 1, 2]
    assert "sentence" in str(sheets(told([*shown, answer(9, 9, 1)], language=language)))


def test_a_question_fewer_than_five_answered_stays_closed(snapshot: Snapshot) -> None:
    answers = [*FIVE[:4], Answer("hash-009", (7,) * 10, NOTHING, "", None, paper=False)]
    said = told(answers)
    rows = sheets(said)
    assert rows["Rezultāti"][1][6:11] == (4, None, None, None, None)
    assert rows["Sadalījums"][2][2:] == (0,) * 11
    assert said.words.tr("hall.no_priority") in pages(said, snapshot)[0]


def test_nothing_leads_to_a_person(snapshot: Snapshot) -> None:
    said = told(FIVE)
    book = sheets(said)
    texts = str(book) + "".join(pages(said, snapshot))
    assert not any(word in texts for word in ("hash-", "secret", "refused"))
    assert HOSTILE[0] in texts
    assert book["Teikumi"] == [("Teksts",), (HOSTILE[0],)]


def test_texts_are_texts_in_both_files(snapshot: Snapshot) -> None:
    answers = [answer(n, 5, 5, text, True) for n, text in enumerate(HOSTILE)] + FIVE
    said = told(answers, [Step(HOSTILE[0], HOSTILE[2])], title=HOSTILE[1])
    book = openpyxl.load_workbook(io.BytesIO(minutes_workbook(said, DAY)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert set(HOSTILE) <= {str(cell.value) for cell in cells}
    whole = squeezed("".join(pages(said, snapshot)))
    assert all(squeezed(text.split(" \u05d0")[0]) in whole for text in HOSTILE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ["W", "i ", "Ē"])
def test_it_is_two_pages_whatever_is_written(snapshot: Snapshot, language: Language, letter: str) -> None:
    long = (letter * LONGEST_SENTENCE)[:LONGEST_SENTENCE]
    answers = [answer(n, 10, 0, long, True) for n in range(MOST_ANSWERS)]
    steps = [Step(long, (letter * LONGEST_TITLE)[:LONGEST_TITLE])] * MOST_STEPS
    sources = list(snapshot.sources.values())
    overall = dict.fromkeys(snapshot.territories["code"], 60.0)
    measured = Measured({7: 50.0, 8: 50.0}, {"digital": 10, "data": 10}, overall, (1, 468, 468), sources)
    said = told(answers, steps, language, measured=measured, title=(letter * LONGEST_TITLE)[:LONGEST_TITLE])
    first, second = pages(said, snapshot)
    assert all(f"{number}." in first for number in FACTORS)
    assert squeezed(said.sources[-1]) in squeezed(second)
    assert second.count("… un vēl" if language == "lv" else "more; the workbook has all") == 2
    book = list(sheets(said).values())
    assert [len(rows) for rows in book[3:]] == [1 + MOST_ANSWERS, 1 + MOST_STEPS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_hold_what_was_said(snapshot: Snapshot, language: Language) -> None:
    units = snapshot.territories.query("level == 'unit'")["code"]
    overall = {code: 40.0 + place % 30 for place, code in enumerate(units)}
    measured = Measured({8: 51.4}, {"digital": 8, "data": 7}, overall, (212, 467, 468), [snapshot.sources["ookla"]])
    steps = [Step(STEPS[4][0][language], "Kuldīgas novada pašvaldība"), Step("", "nobody")]
    said = told(FIVE, steps, language, measured=measured)
    first, second = pages(said, snapshot)
    say = said.words.tr
    assert say("minutes.differs", factor=f"8. {FACTORS[8][language]}", opinion="40", score="51") in first
    assert "8 (7–9)" in first
    assert said.words.number(1 - 20 / 60, 2) in first
    assert steps[0].what in second
    assert "nobody" not in second
    assert "468" in second
    assert say("minutes.title.map") in second
    assert "CC-BY-NC-SA-4.0" in second
    assert squeezed(HOSTILE[0]) in squeezed(second)


def test_the_same_minutes_and_day_give_the_same_bytes(snapshot: Snapshot) -> None:
    said = told(FIVE)
    one, other = (minutes_pdf(said, snapshot.geometry, KULDIGA, DAY) for _ in range(2))
    assert one == other
    assert minutes_workbook(said, DAY) == minutes_workbook(said, DAY)


def test_as_many_texts_are_taken_as_fit() -> None:
    assert fitting(["abc", "abcd", "abcdefgh"], lines=3, width=4) == 2
    assert fitting(["abc", "abcd", "abcdefgh"], lines=4, width=4) == 3
    assert fitting(["ABC"], lines=1, width=4) == 0
    assert fitting([], lines=1, width=4) == 0
    assert breakable("a" * 30).split("\u200b") == ["a" * 12, "a" * 12, "a" * 6]
    assert breakable("short words stay") == "short words stay"


def test_every_factor_has_steps_short_enough_to_be_kept() -> None:
    assert list(STEPS) == list(FACTORS)
    texts = [text[language] for own in STEPS.values() for text in own for language in LANGUAGES]
    assert len(set(texts)) == len(texts) == 40
    assert all(10 < len(text) <= LONGEST_SENTENCE for text in texts)

"""Focus groups on disk: nothing answered is lost, nobody is named, and a key opens what a code does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.groups import (
    CODE_LENGTH,
    KEPT_FOR,
    LETTERS,
    LONGEST_SENTENCE,
    MOST_ANSWERS,
    OPEN_FOR,
    QUESTIONS,
    Groups,
    Refused,
    Step,
    clean,
    is_scale,
)
from data.paths import ROOT

SEVEN, NOTHING = [7] * QUESTIONS, [None] * QUESTIONS


@pytest.fixture
def groups(tmp_path: Path) -> Groups:
    return Groups(tmp_path / "below" / "groups.sqlite")


def test_a_session_is_opened_and_found_by_its_code(groups: Groups) -> None:
    session, key = groups.begin("LV0038000", " Vakars \n Madonā ", "lv")
    assert len(session.code) == CODE_LENGTH
    assert set(session.code) <= set(LETTERS)
    assert (session.title, session.territory, session.version) == ("Vakars Madonā", "LV0038000", 0)
    assert groups.session(session.code.lower()) == session
    assert groups.is_facilitator(session.code, key)
    assert not groups.is_facilitator(session.code, key + "x")
    assert not groups.is_facilitator("ZZZZZZ", "")


def test_one_answer_a_device_that_can_be_changed(groups: Groups) -> None:
    code = groups.begin("LV", "A", "lv")[0].code
    groups.answer(code, "device-1", SEVEN, NOTHING, "first")
    groups.answer(code, "device-2", SEVEN, SEVEN, "")
    groups.answer(code, "device-1", NOTHING, SEVEN, "second")
    own = groups.of_device(code, "device-1")
    assert own
    assert (own.importance, own.here, own.sentence) == (tuple(NOTHING), tuple(SEVEN), "second")
    assert len(groups.answers(code)) == 2
    assert groups.session(code).version == 3


def test_the_file_holds_neither_devices_nor_keys(groups: Groups) -> None:
    session, key = groups.begin("LV", "A", "lv")
    groups.answer(session.code, "device-of-somebody", SEVEN, SEVEN, "words")
    held = b"".join(path.read_bytes() for path in groups.path.parent.iterdir())
    assert b"words" in held
    assert b"device-of-somebody" not in held
    assert key.encode() not in held


def test_a_sentence_is_shown_only_when_the_facilitator_says_so(groups: Groups) -> None:
    session, key = groups.begin("LV", "A", "lv")
    groups.answer(session.code, "device-1", SEVEN, SEVEN, "Vajag autobusu")
    (answer,) = groups.answers(session.code)
    assert answer.shown is None
    with pytest.raises(Refused, match="key"):
        groups.judge(session.code, "guess", answer.device, True)
    groups.judge(session.code, key, answer.device, True)
    assert groups.answers(session.code)[0].shown is True
    groups.answer(session.code, "device-1", NOTHING, SEVEN, "Vajag autobusu")
    assert groups.answers(session.code)[0].shown is True
    groups.answer(session.code, "device-1", SEVEN, SEVEN, "something else")
    assert groups.answers(session.code)[0].shown is None


def test_sessions_end_close_and_are_erased(groups: Groups) -> None:
    now = datetime(2026, 1, 31, 18, tzinfo=UTC)
    session, key = groups.begin("LV", "A", "lv", now)
    groups.answer(session.code, "device-1", SEVEN, SEVEN, "", now=now + OPEN_FOR - timedelta(minutes=1))
    with pytest.raises(Refused, match="ended"):
        groups.answer(session.code, "device-2", SEVEN, SEVEN, "", now=now + OPEN_FOR)
    groups.close(session.code, key)
    with pytest.raises(Refused, match="closed"):
        groups.answer(session.code, "device-2", SEVEN, SEVEN, "", now=now)
    groups.answer(session.code, "paper-000001", SEVEN, SEVEN, "", paper=True, now=now)
    groups.close(session.code, key, closed=False)
    groups.agree(session.code, key, [Step("A bus", "The council")])
    assert groups.steps(session.code) == [Step("A bus", "The council")]
    groups.erase(session.code, key)
    assert groups.answers(session.code) == []
    with pytest.raises(Refused, match="unknown"):
        groups.session(session.code)


def test_what_is_erased_is_gone_from_the_disk(groups: Groups) -> None:
    session, key = groups.begin("LV", "A", "lv")
    groups.answer(session.code, "device-1", SEVEN, SEVEN, "a-word-to-look-for")
    groups.erase(session.code, key)
    assert not any(b"a-word-to-look-for" in path.read_bytes() for path in groups.path.parent.iterdir())


def test_old_sessions_go_by_themselves(groups: Groups) -> None:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    old = groups.begin("LV", "old", "lv", then)[0]
    groups.answer(old.code, "device-1", SEVEN, SEVEN, "", now=then)
    kept = groups.begin("LV", "new", "lv", then + KEPT_FOR)[0]
    assert groups.session(old.code).title == "old"
    groups.begin("LV", "later", "lv", then + KEPT_FOR + timedelta(seconds=1))
    with pytest.raises(Refused):
        groups.session(old.code)
    assert groups.answers(old.code) == []
    assert groups.session(kept.code).title == "new"


def test_there_is_room_for_a_village_but_not_for_a_flood(groups: Groups) -> None:
    code = groups.begin("LV", "A", "lv")[0].code
    with groups._writing() as file:
        rows = [(code, f"d{n}", "[]", "[]", "", None, 0, "") for n in range(MOST_ANSWERS)]
        file.executemany("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with pytest.raises(Refused, match="full"):
        groups.answer(code, "one-too-many", SEVEN, SEVEN, "")


@pytest.mark.parametrize(
    "bad", [[7] * 9, [7] * 11, [11] * 10, [-1] * 10, [True] * 10, [7.0] * 10, ["7"] * 10, [[7]] * 10, []]
)
def test_what_is_no_scale_is_refused(groups: Groups, bad: list[object]) -> None:
    code = groups.begin("LV", "A", "lv")[0].code
    assert not is_scale(bad)
    for importance, here in ((bad, SEVEN), (SEVEN, bad)):
        with pytest.raises(Refused, match="form"):
            groups.answer(code, "device-1", importance, here, "")  # type: ignore[arg-type]
    assert groups.answers(code) == []


@given(st.text(max_size=2000))
def test_a_sentence_is_one_short_line_that_can_be_shown(text: str) -> None:
    found = clean(text, LONGEST_SENTENCE)
    assert len(found) <= LONGEST_SENTENCE
    assert found.isprintable()
    assert clean(found, LONGEST_SENTENCE) == found


def test_a_hundred_at_once_are_all_kept(groups: Groups) -> None:
    code = groups.begin("LV", "A", "lv")[0].code
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: groups.answer(code, f"device-{n:04}", SEVEN, SEVEN, f"{n}"), range(100)))
    assert sorted(int(answer.sentence) for answer in groups.answers(code)) == list(range(100))
    assert groups.session(code).version == 100


def test_what_was_answered_outlives_a_killed_server(groups: Groups) -> None:
    code = groups.begin("LV", "A", "lv")[0].code
    program = (
        "import sys; from pathlib import Path; from data.groups import Groups; groups = Groups(Path(sys.argv[1]))\n"
        "for n in range(400):\n"
        "  groups.answer(sys.argv[2], f'device-{n:06}', [7] * 10, [7] * 10, ''); print(n, flush=True)"
    )
    command = [sys.executable, "-c", program, str(groups.path), code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(15)]
        os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        said += process.stdout.readlines()
    told = [line for line in said if line.endswith("\n")]
    assert len(told) >= 15
    assert len(groups.answers(code)) >= len(told)
    groups.answer(code, "device-after", SEVEN, SEVEN, "")

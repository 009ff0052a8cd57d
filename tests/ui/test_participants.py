"""The participants' pages: what is asked, what is kept, and who is kept out."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from data.groups import Groups
from indicators.catalogue import FACTORS
from ui.hall import participants, reach
from ui.hall.participants import SWITCH, Limit, enabled, routes
from ui.hall.reach import address_for_phones
from ui.text import LANGUAGES, messages

SENTENCE = "<b>Vajag</b> autobusu"
ANSWER = {"device": "0123456789abcdef", "importance": [5] * 10, "here": [None] * 10, "sentence": SENTENCE}


class Phone:
    """Asks the app in this process."""

    def __init__(self) -> None:
        self.app = Starlette(routes=routes(""))
        self.host = "192.0.2.7"

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], str]:
        path, _, query = path.partition("?")
        sent: list[Mapping[str, Any]] = []
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Mapping[str, Any]:
            return given.pop(0)

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        named = {"host": "hall.test", "accept-language": "lv", **{k.replace("_", "-"): v for k, v in headers.items()}}
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
            "root_path": "", "query_string": query.encode(), "client": (self.host, 1), "server": ("hall.test", 80),
            "scheme": "http", "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }  # fmt: skip
        with ThreadPoolExecutor(1) as thread:  # the browser tests keep a loop running in this one
            thread.submit(asyncio.run, self.app(scope, receive, send)).result()
        start, *parts = sent
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], found, b"".join(part.get("body", b"") for part in parts).decode()

    def post(self, code: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"content_type": "application/json", **headers}
        status, _, text = self.ask("POST", f"/g/{code}/answer", content, **kind)
        return status, json.loads(text)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Groups:
    groups = Groups(tmp_path / "groups.sqlite")
    monkeypatch.setattr(participants, "groups", lambda: groups)
    monkeypatch.setattr(participants, "_requests", Limit(10_000))
    monkeypatch.setattr(participants, "_wrong", Limit(3))
    monkeypatch.setattr(participants, "_right", OrderedDict())
    monkeypatch.setenv(SWITCH, "on")
    return groups


@pytest.fixture
def phone(store: Groups) -> Phone:
    return Phone()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_ten_factors_are_asked_twice_in_both_languages(phone: Phone, store: Groups, language: str) -> None:
    code = store.begin("LV", "<script>Vakars</script>", "lv")[0].code
    status, headers, page = phone.ask("GET", f"/g/{code}?lang={language}")
    assert status == 200
    assert f'<html lang="{language}">' in page
    assert "&lt;script&gt;Vakars" in page
    assert "<script>Vakars" not in page
    for number, title in FACTORS.items():
        assert escape(title[language]) in page
        for kind in ("importance", "here"):
            assert f'<label for="{kind}-{number}">{messages(language)[f"hall.{kind}"]}</label>' in page
            assert f'id="{kind}-{number}"' in page
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


def test_the_paper_form_has_a_box_for_every_number(phone: Phone, store: Groups) -> None:
    code = store.begin("LV", "A", "lv")[0].code
    assert phone.ask("GET", f"/g/{code}/paper")[2].count("☐") == 2 * 10 * 11


def test_an_answer_is_kept_and_can_be_changed(phone: Phone, store: Groups) -> None:
    code = store.begin("LV", "A", "lv")[0].code
    assert phone.post(code.lower(), ANSWER) == (200, {"kept": True})
    assert phone.post(code, ANSWER | {"here": [9] * 10}) == (200, {"kept": True})
    (kept,) = store.answers(code)
    assert (kept.importance, kept.here, kept.sentence) == ((5,) * 10, (9,) * 10, SENTENCE)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b"null", b'"x"', b"[" * 5000, {}),
        *(ANSWER | {"importance": "7"}, ANSWER | {"here": [99] * 10}, ANSWER | {"device": "x"}),
        b'{"device": "' + b"\\ud800" * 32 + b'", "importance": [], "here": [], "sentence": ""}',
        *(ANSWER | {"sentence": None}, ANSWER | {"sentence": "x" * 9000}),
    ],
)
def test_whatever_is_no_answer_is_refused_in_words(phone: Phone, store: Groups, body: object) -> None:
    code = store.begin("LV", "A", "lv")[0].code
    status, said = phone.post(code, body)
    assert status == 400
    assert said["message"] == messages("lv")["hall.refused.form"]
    assert store.answers(code) == []


def test_another_site_cannot_answer(phone: Phone, store: Groups) -> None:
    code = store.begin("LV", "A", "lv")[0].code
    assert phone.post(code, ANSWER, origin="http://elsewhere.test")[0] == 400
    assert phone.post(code, ANSWER, content_type="text/plain")[0] == 400
    assert phone.post(code, ANSWER, origin="http://hall.test")[0] == 200


def test_who_guesses_codes_must_wait(phone: Phone, store: Groups) -> None:
    code = store.begin("LV", "A", "lv")[0].code
    assert [phone.ask("GET", "/g/ZZZZZZ")[0] for _ in range(4)] == [404, 404, 404, 429]
    status, headers, page = phone.ask("GET", f"/g/{code}")
    assert (status, "retry-after" in headers) == (429, True)
    assert messages("lv")["hall.refused.slow"] in page
    phone.host = "192.0.2.8"
    assert phone.ask("GET", f"/g/{code}")[0] == 200


def test_who_guesses_codes_keeps_nobody_else_in_the_hall_from_the_one_they_have(phone: Phone, store: Groups) -> None:
    code, other = (store.begin("LV", name, "lv")[0].code for name in "AB")
    assert phone.ask("GET", f"/g/{code.lower()}")[0] == 200
    assert [phone.ask("GET", "/g/ZZZZZZ")[0] for _ in range(4)] == [404, 404, 404, 429]
    assert phone.post(code, ANSWER)[0] == 200
    assert phone.ask("GET", f"/g/{other}")[0] == 429


def test_a_limit_fills_up_again() -> None:
    now = [0.0]
    limit = Limit(6, lambda: now[0])
    assert [limit.take("a") for _ in range(7)] == [True] * 6 + [False]
    now[0] = 10
    assert [limit.take("a") for _ in range(2)] == [True, False]
    assert limit.take("b")


def test_closed_and_unknown_groups_say_what_to_do(phone: Phone, store: Groups) -> None:
    session, key = store.begin("LV", "A", "lv")
    store.close(session.code, key)
    assert messages("lv")["hall.refused.closed"] in phone.ask("GET", f"/g/{session.code}")[2]
    assert phone.post(session.code, ANSWER)[0] == 409
    status, _, page = phone.ask("GET", "/g?code=zzzzzz&lang=en")
    assert status == 404
    assert messages("en")["hall.refused.unknown"] in page
    assert 'name="code"' in page


def test_groups_are_off_where_others_reach_the_server(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "off")
    assert phone.ask("GET", "/g")[0] == 404
    monkeypatch.delenv(SWITCH)
    from streamlit import config

    for address, expected in (("127.0.0.1", True), ("0.0.0.0", False), ("", False)):
        monkeypatch.setattr(config, "get_option", lambda name, address=address: address)
        assert enabled() is expected


def test_phones_are_given_an_address_they_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "local_address", lambda: "192.0.2.9")
    assert address_for_phones("http://10.0.0.5:8501/group") == "http://10.0.0.5:8501"
    assert address_for_phones("https://data.example/app/group") == "https://data.example/app"
    assert address_for_phones("http://localhost:8501/group") == "http://192.0.2.9:8501"

"""A focus group from end to end: phones, stage, paper, a lost connection, a dying server; the network unplugged."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from bench.group import crowd, lost
from data.groups import LONGEST_SENTENCE, Groups, Refused, Step
from indicators.opinion import LEAST
from indicators.roadmap import STEPS
from reports.words import words
from tests.browser.conftest import PATIENCE_MS, Server, Visitor, settle
from ui.text import messages

LATVIAN = messages("lv")
ALSUNGA = "LV0033400"
HOSTILE = '<script>document.title = "taken"</script> "quoted" & \u202edesrever =1+1'
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "lv-LV"}


@pytest.fixture
def hall(server: Server) -> Iterator[Server]:
    """The app, which is there again afterwards whatever was done to it."""
    yield server
    if not server.process.is_running():
        server.start()


@pytest.fixture
def store(home: Path) -> Groups:
    """The file of its groups."""
    return Groups(home / ".groups" / "groups.sqlite")


@pytest.fixture(scope="module")
def handsets(browser: Browser) -> Iterator[list[Page]]:
    """Three phones that know nothing of each other."""
    contexts = [browser.new_context(**PHONE) for _ in range(3)]
    for context in contexts:
        context.set_default_timeout(PATIENCE_MS)
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


@pytest.fixture
def phones(handsets: list[Page], hall: Server) -> Iterator[list[Page]]:
    """The phones, which no test has used before, and which ask nothing of the outside."""
    with ExitStack() as stack:
        visitors = [stack.enter_context(Visitor.of(phone, hall.address)) for phone in handsets]
        yield handsets
        troubles = [trouble for visitor in visitors for trouble in visitor.troubles]
    for phone in handsets:
        if phone.url.startswith("http"):
            phone.evaluate("localStorage.clear(); sessionStorage.clear()")
        phone.context.clear_cookies()
        phone.goto("about:blank")
    assert [trouble for trouble in troubles if trouble.startswith("outside")] == []


@pytest.fixture
def stage(visit: Callable[..., Visitor], hall: Server) -> Iterator[Page]:
    """The facilitator's browser, which asks nothing of the outside."""
    visitor = visit(hall.address, height=900)
    yield visitor.page
    assert [trouble for trouble in visitor.troubles if trouble.startswith("outside")] == []


def answer(phone: Page, value: int, sentence: str = "") -> None:
    """Move both sliders of the first factor and press the button."""
    for kind in ("importance", "here"):
        phone.locator(f"#{kind}-1").fill(str(value))
    if sentence:
        phone.locator("textarea").fill(sentence)
    phone.get_by_role("button", name=LATVIAN["hall.send"]).click()


def enter(stage: Page, hall: Server, code: str, key: str) -> None:
    """Come to the stage with a browser that has been in this session before."""
    stage.goto(f"{hall.address}/g")
    stage.evaluate("kept => localStorage.setItem('smart-villages-stage', kept)", json.dumps({"code": code, "key": key}))
    stage.goto(f"{hall.address}/group?lang=lv")
    expect(stage.locator(".hall-code")).to_have_text(code)


def part(stage: Page, name: str) -> None:
    stage.locator(".st-key-group_part").get_by_text(LATVIAN[f"hall.part.{name}"], exact=True).click()


def counted(stage: Page, count: int) -> None:
    expect(stage.locator(".hall-join [role=status]")).to_contain_text(f" {count} ")


def test_an_evening(hall: Server, store: Groups, stage: Page, phones: list[Page]) -> None:
    stage.goto(f"{hall.address}/group?lang=lv")
    stage.get_by_label(LATVIAN["hall.session_title"]).fill("Vakars <b>Alsungā</b>")
    stage.get_by_role("button", name=LATVIAN["hall.begin"]).click()
    code, link = (stage.locator(f".hall-{name}").inner_text() for name in ("code", "link"))
    assert link == f"{hall.address}/g/{code}"

    for phone in phones:
        phone.goto(link)
    answer(phones[0], 8, HOSTILE)
    answer(phones[1], 9)
    for phone in phones[:2]:
        expect(phone.locator("#state")).to_have_text(LATVIAN["hall.js.kept"])

    # a lost connection: what was said is kept on the phone and sent when the connection is back
    phones[2].context.set_offline(True)
    answer(phones[2], 7)
    expect(phones[2].locator("#state")).to_have_text(LATVIAN["hall.js.offline"])
    counted(stage, 2)
    phones[2].context.set_offline(False)
    expect(phones[2].locator("#state")).to_have_text(LATVIAN["hall.js.kept"])
    counted(stage, 3)

    # one phone is one answer, which can be changed, also after the page was closed
    phones[1].reload()
    expect(phones[1].locator("#importance-1")).to_have_value("9")
    answer(phones[1], 10)
    expect(phones[1].locator("#state")).to_have_text(LATVIAN["hall.js.kept"])
    assert sorted(own.importance[0] for own in store.answers(code)) == [7, 8, 10]

    # what no phone's page would send
    far = phones[0].request
    body = {"device": "0123456789abcdef", "importance": [5] * 10, "here": [5] * 10}
    assert far.post(f"{link}/answer", data={**body, "sentence": "x" * 10_000}).status == 400
    assert far.post(f"{link}/answer", data={**body, "sentence": "y" * 5_000}).status == 200
    counted(stage, 4)
    assert max(len(own.sentence) for own in store.answers(code)) == LONGEST_SENTENCE

    # fewer than five: nothing is shown
    part(stage, "spread")
    assert LEAST == 5
    expect(stage.get_by_text(words("lv").trn("hall.too_few", 1))).to_be_visible()
    assert stage.locator(".js-plotly-plot").count() == 0

    # a sheet of paper, typed in
    part(stage, "facilitator")
    settle(stage)
    stage.wait_for_timeout(500)  # the grid draws itself once more when it knows its size
    stage.locator(".st-key-group_paper_0 .dvn-scroller").click(position={"x": 60, "y": 50})
    for figure in ("6", "2"):
        stage.keyboard.type(figure)
        expect(stage.locator("#portal input")).to_have_value(figure)
        stage.keyboard.press("Tab")
        expect(stage.locator("#portal input")).to_have_count(0)
    stage.wait_for_timeout(400)  # the grid gathers what is typed for 150 ms
    stage.get_by_role("button", name=LATVIAN["hall.paper_keep"]).click()
    expect(stage.get_by_text(words("lv").trn("hall.paper_kept", 1))).to_be_visible()
    (sheet,) = [own for own in store.answers(code) if own.paper]
    assert (sheet.importance[0], sheet.here[0], set(sheet.importance[1:])) == (6, 2, {None})

    # a sentence is shown when the facilitator lets it, as text
    row = stage.locator("[class*=st-key-group_sentence_]", has_text="quoted")
    row.get_by_role("button", name=LATVIAN["hall.show"], exact=True).click()
    expect(row.get_by_role("button", name=LATVIAN["hall.show"], exact=True)).to_have_attribute("kind", "primary")
    settle(stage)  # a file that is asked for while the page is run may be that of the run before
    files = {}
    for form in ("pdf", "xlsx"):
        with stage.expect_download() as got:
            stage.locator(f".st-key-group_{form} button").click()
        files[form] = got.value.path().read_bytes()
    part(stage, "sentences")
    expect(stage.locator(".hall-sentence")).to_have_count(1)
    expect(stage.locator(".hall-sentence")).to_contain_text('<script>document.title = "taken"</script> "quoted" &')
    assert "taken" not in stage.title()
    part(stage, "spread")
    expect(stage.locator(".js-plotly-plot")).to_be_visible()

    # steps, one of them with a single click
    part(stage, "steps")
    stage.get_by_role("button", name=STEPS[1][0].lv).click()
    expect(stage.get_by_text(LATVIAN["hall.steps_kept"])).to_be_visible()
    assert store.steps(code) == [Step(STEPS[1][0].lv, "")]

    # a reload of the stage leads back into the session
    stage.reload()
    expect(stage.locator(".hall-code")).to_have_text(code)
    counted(stage, 5)

    pdf = pypdfium2.PdfDocument(files["pdf"])
    assert len(pdf) == 2
    assert "<script>" in pdf[1].get_textpage().get_text_bounded()
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert any(str(cell.value).startswith("<script>") for cell in cells)
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def test_a_server_that_dies_in_the_middle(hall: Server, store: Groups, stage: Page, phones: list[Page]) -> None:
    session, key = store.begin(ALSUNGA, "Vakars", "lv")
    enter(stage, hall, session.code, key)
    early, late, _ = phones
    for phone in (early, late):
        phone.goto(f"{hall.address}/g/{session.code}")
    answer(early, 8)
    expect(early.locator("#state")).to_have_text(LATVIAN["hall.js.kept"])
    counted(stage, 1)
    hall.die()
    answer(late, 3)
    expect(late.locator("#state")).to_have_text(LATVIAN["hall.js.offline"])
    hall.start()
    expect(late.locator("#state")).to_have_text(LATVIAN["hall.js.kept"])
    assert sorted(own.importance[0] or 0 for own in store.answers(session.code)) == [3, 8]
    counted(stage, 2)


def test_a_wrong_code_and_a_wrong_key(hall: Server, store: Groups, stage: Page, phones: list[Page]) -> None:
    session, key = store.begin(ALSUNGA, "Vakars", "lv")
    phone = phones[0]
    phone.goto(f"{hall.address}/g?lang=lv")
    phone.locator("input[name=code]").fill("ZZZZZZ")
    phone.get_by_role("button").click()
    expect(phone.get_by_role("alert")).to_have_text(LATVIAN["hall.refused.unknown"])
    phone.locator("input[name=code]").fill(session.code.lower())
    phone.get_by_role("button").click()
    expect(phone.locator("h1")).to_have_text("Vakars")
    stage.goto(f"{hall.address}/group?lang=lv")
    stage.get_by_text(LATVIAN["hall.return"]).click()
    for given, seen in (("guess", LATVIAN["hall.return_wrong"]), (key, "Vakars")):
        stage.get_by_label(LATVIAN["hall.code"], exact=True).fill(session.code)
        stage.get_by_label(LATVIAN["hall.key"], exact=True).fill(given)
        stage.get_by_role("button", name=LATVIAN["hall.return_go"], exact=True).click()
        expect(stage.get_by_text(seen).first).to_be_visible()
    store.close(session.code, key)
    answer(phone, 5)
    expect(phone.locator("#state")).to_have_text(LATVIAN["hall.refused.closed"])
    store.erase(session.code, key)
    expect(stage.get_by_role("button", name=LATVIAN["hall.begin"])).to_be_visible()
    with pytest.raises(Refused, match="unknown"):
        store.session(session.code)


def test_a_crowd_is_stored_to_the_last_answer(hall: Server, store: Groups) -> None:
    code = store.begin(ALSUNGA, "Vakars", "lv")[0].code
    phones = crowd(hall.port, code, 30)
    assert lost(store, code, phones) == 0
    assert len(store.answers(code)) == 30


def test_a_part_longer_than_the_screen_is_gone_through_before_the_next(
    hall: Server, store: Groups, stage: Page
) -> None:
    session, key = store.begin(ALSUNGA, "Vakars", "lv")
    crowd(hall.port, session.code, LEAST)
    stage.set_viewport_size({"width": 1280, "height": 800})
    enter(stage, hall, session.code, key)
    stage.keyboard.press("p")
    stage.locator(".st-key-stage_source").wait_for()
    settle(stage)
    down = "document.querySelector('[data-testid=stMain]').scrollTop > 0"
    element = stage.locator("[data-testid=stMain] .stElementContainer").first
    for title, scrolled in (("spread", False), ("spread", True), ("priorities", False), ("priorities", True)):
        if scrolled:  # also while the answers are counted anew
            element.evaluate("element => element.setAttribute('data-stale', 'true')")
        stage.keyboard.press("PageDown")
        element.evaluate("element => element.removeAttribute('data-stale')")
        expect(stage.locator(".gtitle")).to_have_text([LATVIAN[f"hall.{title}_title"]])
        settle(stage)
        if scrolled:
            stage.wait_for_function(down)
        stage.wait_for_timeout(800)  # the page glides
        assert stage.evaluate(down) == scrolled

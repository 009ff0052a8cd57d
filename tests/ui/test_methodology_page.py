"""The methodology page: one text with the documents, a link to every indicator, a stamp."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from indicators.success import VERSION
from reports.methodology import FILES, PARTS
from tests.ui import visitor
from ui.text import LANGUAGES


def visit(**address: str) -> AppTest:
    """A new visitor who opens the page with this address."""
    return visitor.visit("methodology", **address)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", [name for name in PARTS if name != "indicators"])
def test_every_part_is_the_text_of_the_document(part, language):
    app = visit(lang=language, part=part)
    document = FILES[language].read_text(encoding="utf-8")
    own = document.partition(f"## {PARTS[part][language]}\n")[2].partition("\n## ")[0].strip()
    assert own
    assert own in [text.value.strip() for text in app.markdown]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_opens_its_indicator(loaded, language):
    app = visit(lang=language, indicator="latency_ms")
    entry = loaded.indicators["latency_ms"]
    (heading,) = app.subheader
    assert (heading.value, heading.proto.anchor) == (entry.title[language], "latency_ms")
    (shown,) = [text.value for text in app.markdown if entry.definition[language] in text.value]
    assert shown in FILES[language].read_text(encoding="utf-8")


def test_a_link_followed_later_opens_its_indicator_too():
    app = visit(lang="lv", part="index")
    app.query_params["indicator"] = "density"
    app.query_params.pop("part")
    app.run()
    assert app.button_group(key="methodology_part_lv").value == "indicators"
    assert app.selectbox(key="methodology_indicator_lv").value == "density"
    app.button_group(key="methodology_part_lv").set_value("changes").run()
    assert app.button_group(key="methodology_part_lv").value == "changes"


def test_bogus_addresses_show_the_first_part():
    app = visit(lang="lv", part="../..", indicator="<script>")
    assert app.button_group(key="methodology_part_lv").value in PARTS
    assert not app.exception


def test_the_stamp_names_method_and_data(loaded):
    app = visit(lang="lv")
    assert any(VERSION in c.value and loaded.snapshot.hash[:8] in c.value for c in app.caption)

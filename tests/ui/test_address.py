"""The state of the maps in the address: what is written can be read, and junk never hurts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.address import (
    BASES,
    CLASSES,
    GROUPINGS,
    KEYS,
    LITS,
    METHODS,
    MOST_SELECTED,
    PANE_COUNTS,
    VIEW_KEYS,
    Known,
    decode,
    default,
    encode,
    sanitise,
)

KNOWN = Known(
    latest={"download_mbps": "2023-Q2", "older_share": "2024", "births_rate": "2023"},
    periods=frozenset({"2011", "2023", "2024", "2023-Q2"}),
    territories=frozenset({f"LV00{n}0000" for n in range(10, 20)}),
    municipalities=frozenset({"LV0010000"}),
    regions=frozenset({"LV005", "LV00A"}),
    first=("download_mbps", "older_share"),
)

finite = st.floats(-1e9, 1e9, allow_nan=False)
panes = st.fixed_dictionaries(
    {
        "indicator": st.sampled_from([*KNOWN.latest, "no_such"]),
        "period": st.sampled_from([*KNOWN.periods, "1800", None]),
        "method": st.sampled_from([*METHODS, "magic"]),
        "classes": st.integers(0, 12),
        "breaks": st.none() | st.lists(finite, max_size=8).map(sorted),
        "diverging": st.booleans(),
        "basis": st.sampled_from([*BASES, "decade", None]),
        "smoothed": st.booleans(),
        "table": st.booleans(),
        "lit": st.none() | st.sampled_from([*LITS, "0", "8", "x"]),
    }
)
views = st.none() | st.fixed_dictionaries({"x": finite, "y": finite, "k": st.floats(0.01, 500)})
states = st.fixed_dictionaries(
    {
        "panes": st.lists(panes, max_size=6),
        "grouping": st.sampled_from([*GROUPINGS, "colour", None]),
        "level": st.sampled_from(["unit", "municipality", "galaxy"]),
        "sync": st.booleans(),
        "sharedScale": st.booleans(),
        "sharedPeriod": st.booleans(),
        "filter": st.fixed_dictionaries(
            {
                "rural": st.booleans(),
                "degurba": st.booleans(),
                "region": st.none() | st.sampled_from([*KNOWN.regions, "LV999"]),
                "municipality": st.none() | st.sampled_from([*KNOWN.municipalities, "LV9999999"]),
            }
        ),
        "selected": st.lists(st.sampled_from([*KNOWN.territories, "LV9999999"]), max_size=9),
        "view": views,
        "apart": st.lists(views, max_size=4),
    }
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(states)
def test_what_is_written_is_read_back_the_same(raw):
    state = sanitise(raw, KNOWN)
    assert decode(encode(state), KNOWN) == state


@given(states)
def test_the_address_survives_the_browser(raw):
    state = sanitise(raw, KNOWN)
    assert decode(dict(parse_qsl(urlencode(encode(state)))), KNOWN) == state


@given(states)
def test_a_sane_state_is_left_alone_and_is_plain_json(raw):
    state = sanitise(raw, KNOWN)
    assert sanitise(state, KNOWN) == state
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert len(state["panes"]) in PANE_COUNTS
    assert len(state["selected"]) <= MOST_SELECTED
    assert all(pane["classes"] in CLASSES and pane["indicator"] in KNOWN.latest for pane in state["panes"])


@given(json_values)
def test_whatever_a_browser_sends_becomes_a_state(raw):
    sanitise(raw, KNOWN)
    sanitise({"panes": raw, "filter": raw, "selected": raw, "view": raw, "apart": raw, "level": raw}, KNOWN)
    sanitise({"panes": [{"indicator": raw, "period": raw, "method": "manual", "breaks": raw, "lit": raw}]}, KNOWN)


@given(st.dictionaries(st.sampled_from([*KEYS, "lang", "x"]), st.text(max_size=40)))
def test_whatever_an_address_holds_becomes_a_state(address):
    assert sanitise(decode(address, KNOWN), KNOWN) == decode(address, KNOWN)


def test_the_first_visit_shows_two_maps_and_says_so_in_few_words():
    assert encode(default(KNOWN)) == {"map1": "download_mbps~2023-Q2", "map2": "older_share~2024"}


def test_the_classes_rest_on_the_shown_year_until_time_moves():
    assert KNOWN.pane("births_rate")["basis"] == "year"
    state = default(KNOWN) | {"panes": [KNOWN.pane("births_rate"), KNOWN.pane("older_share")]}
    assert encode(state) == {"map1": "births_rate~2023", "map2": "older_share~2024"}
    state["panes"][0]["basis"] = "years"
    assert encode(state) == {"map1": "births_rate~2023~years", "map2": "older_share~2024"}
    assert decode(encode(state), KNOWN) == state


def test_maps_share_their_year_unless_the_address_says_otherwise():
    assert default(KNOWN)["sharedPeriod"]
    apart = default(KNOWN) | {"sharedPeriod": False}
    assert encode(apart)["years"] == "own"
    assert not decode(encode(apart), KNOWN)["sharedPeriod"]


def test_an_address_reads_like_what_it_shows():
    state = default(KNOWN)
    state["panes"][1] |= {
        "method": "manual",
        "breaks": [10.0, 20.5, 30.0],
        "classes": 4,
        "diverging": True,
        "basis": "years",
        "smoothed": True,
        "table": True,
        "lit": "2",
    }
    state["filter"]["degurba"] = True
    state |= {
        "grouping": "factor",
        "level": "municipality",
        "sync": False,
        "sharedScale": True,
        "selected": ["LV0010000", "LV0011000"],
    }
    state |= {"view": {"x": 1200, "y": -5, "k": 4.25}, "apart": [{"x": 7, "y": 8, "k": 2}]}
    assert encode(state) == {
        "map1": "download_mbps~2023-Q2",
        "map2": "older_share~2024~manual~4~diverging~years~smoothed~table~only-2~at~10~20.5~30",
        "menu": "factors",
        "degurba": "1",
        "level": "municipality",
        "released": "1",
        "shared": "scale",
        "chosen": "LV0010000",
        "view": "1200~-5~4.25",
        "view2": "7~8~2",
    } | {"chosen": "LV0010000~LV0011000"}


@pytest.mark.parametrize(
    "address",
    [
        {"map1": "no_such~2023"},
        {"map1": "download_mbps~1800"},
        {"map1": "download_mbps~2023-Q2~manual~at~3~2~1"},
        {"map1": "download_mbps~2023-Q2~manual~at~nan~inf~x"},
        {"level": "galaxy", "region": "x", "municipality": "LV000", "chosen": "~~~", "rural": "yes"},
        {"view": "1~2"},
        {"view": "nan~inf~0"},
        {"view": "1~2~1e99"},
        {"view2": "1~2~3"},  # moving together, all look where the first does
        {"map1": "download_mbps~2023-Q2~only-9~only-~only-x"},
    ],
)
def test_bogus_values_fall_back_to_the_default(address):
    first = default(KNOWN)
    found = decode(address, KNOWN)
    assert found["panes"][0] == first["panes"][0]
    assert {**found, "panes": first["panes"]} == first


def test_maps_that_do_not_move_together_each_keep_where_they_look():
    four = {"panes": [{"indicator": "births_rate"}] * 4, "sync": False, "apart": [None, {"x": 1, "y": 2, "k": 3}]}
    state = sanitise(four, KNOWN)
    assert state["apart"] == [None, {"x": 1, "y": 2, "k": 3}, None]
    written = encode(state)
    assert {name: written.get(name) for name in VIEW_KEYS} == {
        "view": None, "view2": None, "view3": "1~2~3", "view4": None,
    }  # fmt: skip
    assert decode(written, KNOWN) == state
    assert sanitise(state | {"sync": True}, KNOWN)["apart"] == []


def test_a_page_may_have_indicators_of_its_own():
    own = KNOWN.extended({"residual": "2024-Q4"}, first=["residual"])
    assert [pane["indicator"] for pane in default(own)["panes"]] == ["residual"]
    state = sanitise({"panes": [{"indicator": "births_rate"}, {"indicator": "residual"}]}, own)
    assert decode(encode(state), own) == state
    assert state["panes"][1]["period"] == "2024-Q4"
    assert [pane["indicator"] for pane in sanitise(state, KNOWN)["panes"]] == ["births_rate"]
    assert own.extended({}).first == ["residual"]
    assert "residual" not in KNOWN.latest


def test_a_link_from_before_a_merger_leads_to_the_successor():
    """The former municipality, chosen and filtered by; one nobody took over falls away without a word."""
    places = KNOWN.territories | KNOWN.municipalities
    known = replace(KNOWN, territories=places, successors={"LV0055000": "LV0010000"})
    address = {"chosen": "LV0055000~LV0099000~LV0010000", "municipality": "LV0055000"}
    state = decode(address, known)
    assert state["selected"] == ["LV0010000"]
    assert state["filter"]["municipality"] == "LV0010000"
    assert {name: encode(state)[name] for name in address} == {"chosen": "LV0010000", "municipality": "LV0010000"}
    assert decode(address, KNOWN)["filter"]["municipality"] is None

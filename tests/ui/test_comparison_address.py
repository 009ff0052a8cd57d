"""What a comparison keeps in its address and its file: there and back, and whatever somebody else puts there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import DataError
from indicators.comparison import Condition
from indicators.peers import FEATURES
from ui.comparison_address import (
    LARGEST_FILE,
    MOST_CONDITIONS,
    MOST_LISTS,
    USUAL_WEIGHT,
    NamedList,
    clean,
    from_file,
    read_conditions,
    read_lists,
    read_weights,
    to_file,
    union,
    write_conditions,
    write_lists,
    write_weights,
)

TOWNS = {"LV0020000": ["LV0020200", "LV0020400"], "LV0001000": ["LV0001000"], "LV0030000": ["LV0030200"]}
UNITS = [unit for units in TOWNS.values() for unit in units]
NAMES = st.text(max_size=60).map(clean).filter(bool)


@given(
    st.lists(
        st.builds(
            NamedList, NAMES, st.lists(st.sampled_from(UNITS), min_size=1, unique=True).map(tuple), st.booleans()
        ),
        max_size=MOST_LISTS,
        unique_by=lambda entry: entry.name,
    )
)
def test_lists_come_back_from_an_address(lists) -> None:
    found, unknown = read_lists(write_lists(lists, TOWNS), UNITS, TOWNS)
    assert not unknown
    assert [(entry.name, set(entry.codes), entry.joined) for entry in found] == [
        (entry.name, set(entry.codes), entry.joined) for entry in lists
    ]


def test_a_whole_municipality_is_written_by_its_code() -> None:
    whole = NamedList("a", ("LV0020400", "LV0030200", "LV0020200"), joined=True)
    assert write_lists([whole], TOWNS) == "a~1~20000~30200"


@pytest.mark.parametrize(
    ("text", "names", "unknown"),
    [
        ("", [], []),
        ("a~1~20200~99999", ["a"], ["99999"]),
        ("a~1~99999", [], ["99999"]),
        ("~1~20200", [], []),
        ("a", [], []),
        ("a~1~20200~~a~0~20400", ["a"], []),
        ("<script>~1~20200", ["<script>"], []),
        ("a~1~LV0020200~LV0020200", ["a"], []),
    ],
)
def test_a_broken_list_leaves_what_can_be_read(text, names, unknown) -> None:
    found, lost = read_lists(text, UNITS, TOWNS)
    assert [entry.name for entry in found] == names
    assert lost == unknown


@given(st.text())
def test_no_text_of_an_address_raises(text) -> None:
    lists, _ = read_lists(text, UNITS, TOWNS)
    assert len(lists) <= MOST_LISTS
    assert len(read_conditions(text, ["rate"])) <= MOST_CONDITIONS
    assert set(read_weights(text)) == set(FEATURES)


def test_overlapping_lists_count_each_unit_once() -> None:
    assert union([["a", "b"], ["b", "c"], ["c", "b"]]) == (("a", "b", "c"), 2)
    assert union([]) == ((), 0)


def test_conditions_come_back_and_broken_ones_are_left_out() -> None:
    conditions = [Condition("rate", "least", -8.4), Condition("rate", "most", 1e6)]
    assert read_conditions(write_conditions(conditions), ["rate"]) == conditions
    text = "gone~least~1~~rate~between~1~~rate~least~nan~~rate~least~x~~rate~most~2"
    assert read_conditions(text, ["rate"]) == [Condition("rate", "most", 2)]
    assert len(read_conditions("~~".join(["rate~least~1"] * 9), ["rate"])) == MOST_CONDITIONS


def test_weights_come_back_and_none_at_all_are_the_usual_ones() -> None:
    usual = dict.fromkeys(FEATURES, USUAL_WEIGHT)
    changed = usual | {"population": 0, "edge": 10}
    assert read_weights(write_weights(changed)) == changed
    assert write_weights(usual) == ""
    assert read_weights("~".join(f"{name}~0" for name in FEATURES)) == usual
    assert read_weights("population~11~nothing~3~edge~x") == usual


def test_a_file_holds_the_address_and_nothing_unknown() -> None:
    address = {"chosen": "LV0020200", "lists": "a~1~20200"}
    content = to_file(address, {"edition": "2024-01-01"})
    assert from_file(content, "a.json", address) == address
    assert from_file(content, "a.json", ["chosen"]) == {"chosen": "LV0020200"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "json"),
        (b"\xff\xfe", "json"),
        (b"[]", "format"),
        (json.dumps({"format": "smart-villages-comparison"}).encode(), "format"),
        (json.dumps({"format": "other", "address": {}}).encode(), "format"),
        (b" " * (LARGEST_FILE + 1), "size"),
        (b"[" * 100_000, "json"),
    ],
)
def test_a_bad_file_is_refused(content, kind) -> None:
    with pytest.raises(DataError) as found:
        from_file(content, "a.json", ["chosen"])
    assert found.value.faults[0].kind == kind

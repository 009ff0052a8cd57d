"""The visitor's maps from run to run: what the browser sends, what the server changes, and two pages apart."""

from __future__ import annotations

from typing import Any

import pytest

from ui import session, trail
from ui.address import KEYS, PANE_KEYS
from ui.session import Maps


class Query(dict[str, str]):
    """The address as Streamlit hands it out."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, new: dict[str, str]) -> None:
        self.clear()
        self.update(new)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An empty session at an empty address."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(session.st, "session_state", state)
    monkeypatch.setattr(session.st, "query_params", Query())
    return state


def test_what_the_browser_sends_is_checked_before_it_is_kept(kept, loaded):
    maps = Maps("map", loaded.known)
    maps.arrive()
    kept[maps.key] = {"state": {"panes": "junk", "level": "municipality"}}
    before = maps.epoch
    maps.take()
    assert maps.state["level"] == "municipality"
    assert len(maps.state["panes"]) == 2
    assert maps.epoch == before


def test_a_choice_on_the_server_s_side_is_news_for_the_browser_and_changes_nothing_else(kept, loaded):
    maps = Maps("map", loaded.known)
    maps.arrive()
    kept[maps.key] = {"state": {**maps.state, "view": {"x": 10, "y": 20, "k": 3}}}
    maps.take()
    before = maps.state
    maps.select(["LV0001000", "LV9999999"])
    assert maps.state == {**before, "selected": ["LV0001000"]}
    assert maps.epoch == 2
    maps.select(["LV0001000"])
    assert maps.epoch == 2


def test_pages_share_nothing(kept, loaded):
    one, other = Maps("one", loaded.known), Maps("other", loaded.known.extended({"gap": "2024"}, first=["gap"]))
    one.arrive()
    other.arrive()
    one.select(["LV0001000"])
    assert other.state["selected"] == []
    assert [pane["indicator"] for pane in other.state["panes"]] == ["gap"]
    assert one.key != other.key
    assert not {key for key in kept if key.startswith(one.key)} & {key for key in kept if key.startswith(other.key)}


def test_a_page_decides_what_its_maps_show_and_keeps_what_they_are_set_to(kept, loaded):
    names = [name for name in KEYS if name not in PANE_KEYS]
    session.st.query_params.from_dict({"map1": "latency_ms", "chosen": "LV0001000", "x": "1"})
    maps = Maps("relations", loaded.known.extended({"gap": "2024"}, first=["older_share", "gap"]), names)
    maps.arrive()
    assert [pane["indicator"] for pane in maps.state["panes"]] == ["older_share", "gap"]
    assert maps.state["selected"] == ["LV0001000"]
    maps.write_address()
    assert session.st.query_params == {"map1": "latency_ms", "chosen": "LV0001000", "x": "1"}
    maps.state["panes"][1]["classes"] = 7
    before = maps.epoch
    maps.show("older_share", "gap")
    assert maps.epoch == before
    maps.show("latency_ms", "gap")
    assert [(pane["indicator"], pane["classes"]) for pane in maps.state["panes"]] == [("latency_ms", 5), ("gap", 7)]
    assert maps.epoch == before + 1


def test_another_indicator_leaves_a_table_a_table(kept, loaded):
    maps = Maps("index", loaded.known)
    maps.arrive()
    maps.state["panes"][1] |= {"table": True, "lit": "3", "classes": 7}
    fresh = loaded.known.pane("latency_ms")
    assert maps.pane("latency_ms") == maps.pane("latency_ms", 2) == fresh  # of the first pane; of one that is not there
    assert maps.pane("latency_ms", 1) == fresh | {"table": True, "lit": "3"}


def test_what_a_page_no_longer_knows_is_forgotten(kept, loaded):
    Maps("index", loaded.known.extended({"gap": "2024"}, first=["gap"])).arrive()
    maps = Maps("index", loaded.known)
    assert [pane["indicator"] for pane in maps.arrive()["panes"]] == list(loaded.known.first)


def test_a_step_back_to_an_empty_address_is_the_first_visit_and_another_page_is_not(kept, loaded):
    def run(page: str, address: dict[str, str]) -> Maps:
        session.st.query_params.from_dict(address)
        trail.begin(page)
        maps = Maps("map", loaded.known)
        if page == "map":
            maps.arrive()
            maps.write_address()
        return maps

    first = run("map", {}).state
    assert session.st.query_params == {}
    maps = Maps("map", loaded.known)
    maps.show("latency_ms")
    maps.write_address()
    changed = session.st.query_params.to_dict()
    assert changed["map1"].startswith("latency_ms")
    assert run("map", {}).state == first
    assert session.st.query_params == {}
    left = run("map", changed).state
    run("sources", {})
    assert run("map", {}).state == left
    assert session.st.query_params == changed


def test_an_address_that_means_the_maps_is_left_alone(kept, loaded):
    trail.begin("map")
    session.st.query_params.from_dict({"map1": "latency_ms", "level": "9", "lang": "lv"})
    maps = Maps("map", loaded.known)
    maps.arrive()
    maps.write_address()
    assert session.st.query_params == {"map1": "latency_ms", "level": "9", "lang": "lv"}


def test_a_fragment_s_run_does_not_take_an_older_address_for_a_step_back(kept, loaded):
    trail.begin("relations")
    maps = Maps("relations", loaded.known, ("chosen",))
    maps.arrive()
    maps.select(["LV0001000"])
    maps.write_address()
    session.st.query_params.from_dict({})
    again = Maps("relations", loaded.known, ("chosen",))
    assert again.arrive()["selected"] == ["LV0001000"]

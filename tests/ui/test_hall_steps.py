"""The table of agreed steps: what its editor says is laid over what is kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from data.groups import Groups, Refused, Step
from ui.hall.steps import edited

KEPT = [Step("Autobuss", ""), Step("Veikals", "Biedrība"), Step("Internets", "Operators")]


def test_changes_deletions_and_additions_are_laid_over_what_is_kept() -> None:
    changes = {
        "edited_rows": {0: {"who": "Pašvaldība"}, "2": {"what": "Ātrs internets"}},
        "deleted_rows": [1],
        "added_rows": [{"what": "Kalendārs"}, {"who": "nobody"}, {}, {"what": None, "who": None}],
    }
    assert edited(KEPT, changes) == [
        Step("Autobuss", "Pašvaldība"),
        Step("Ātrs internets", "Operators"),
        Step("Kalendārs", ""),
    ]
    assert edited(KEPT, {}) == KEPT
    assert edited(KEPT, {"edited_rows": {1: {"what": None}}}) == [KEPT[0], KEPT[2]]


def test_a_file_that_stays_busy_asks_for_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.groups.PATIENCE_S", 0)
    groups = Groups(tmp_path / "groups.sqlite")
    code = groups.begin("LV", "A", "lv")[0].code
    other = sqlite3.connect(groups.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refused, match="busy"):
        groups.answer(code, "device-1", [7] * 10, [7] * 10, "")
    other.execute("COMMIT")
    other.close()
    groups.answer(code, "device-1", [7] * 10, [7] * 10, "")
    assert len(groups.answers(code)) == 1

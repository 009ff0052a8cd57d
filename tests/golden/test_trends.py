"""Growth rates as COINr has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicators.trends import growth_rate, percent_change


def number(value: object) -> float:
    return float("nan") if value == "NA" else float(str(value))


def test_growth_rates_and_changes(golden: Path) -> None:
    cases = json.loads((golden / "coinr" / "edge_cases.json").read_text(encoding="utf-8"))
    tried = 0
    for case in cases:
        given = case["args"]
        if case["fn"] not in ("CAGR", "prc_change"):
            continue
        y, times = [number(value) for value in given["y"]], given["x"]
        found = growth_rate(y, times) if case["fn"] == "CAGR" else percent_change(y, times, given["per"])
        assert found == pytest.approx(number(case["result"]), rel=1e-9, nan_ok=True), case
        tried += 1
    assert tried == 5

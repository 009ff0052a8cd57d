"""Indices as their publishers worked them out by hand, typed from the publications: through the batch door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cli

NAMES = {"data": "data.csv", "meta": "meta.csv", "config": "config.json"}


def computed(folder: Path, data: str, meta: str, config: dict[str, Any]) -> dict[str, pd.DataFrame]:
    for name, text in zip(NAMES.values(), (data, meta, json.dumps(config)), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    inputs = [f"--{name}={folder / file}" for name, file in NAMES.items()]
    assert cli.main(["compute", *inputs, "--out", str(folder / "out")]) == 0
    files = ("scores", "ranks", "coverage")
    return {name: pd.read_csv(folder / f"out/{name}.csv", index_col="unit", keep_default_na=False) for name in files}


TAI = """code,level,parent,direction,weight,type,lower,upper,scale
patents,1,creation,1,1,indicator,0,994,
royalties,1,creation,1,1,indicator,0,272.6,
hosts,1,recent,1,1,indicator,0,232.4,
exports,1,recent,1,1,indicator,0,80.8,
telephones,1,old,1,1,indicator,1,901,log
electricity,1,old,1,1,indicator,22,6969,log
schooling,1,skills,1,1,indicator,0.8,12,
science,1,skills,1,1,indicator,0.1,27.4,
creation,2,tai,1,1,aggregate,,,
recent,2,tai,1,1,aggregate,,,
old,2,tai,1,1,aggregate,,,
skills,2,tai,1,1,aggregate,,,
tai,3,,1,1,aggregate,,,
"""
NEW_ZEALAND = {"creation": 0.076, "recent": 0.411, "old": 0.984, "skills": 0.725, "tai": 0.549}


def test_technology_achievement_caps_what_is_beyond_its_goalposts(tmp_path: Path) -> None:
    """New Zealand in UNDP (2001), Human Development Report, technical note 2: electricity (8,215 kWh) lies beyond the
    upper goalpost and counts as 1; the note, rounding as it goes, prints skills of 0.724 and a TAI of 0.548."""
    data = """unit,patents,royalties,hosts,exports,telephones,electricity,schooling,science
New Zealand,103,13.0,146.7,15.4,720,8215,11.7,13.1
Without patents,,,146.7,15.4,720,8215,11.7,13.1
"""
    config = {"normalise": {"method": "goalposts", "range": [0, 1], "cap": True}}
    found = computed(tmp_path, data, TAI, config)
    scores = found["scores"].loc["New Zealand"].astype(float)
    assert scores["electricity"] == 1
    assert scores[list(NEW_ZEALAND)].round(3).to_dict() == NEW_ZEALAND
    # an honest index: three of four pillars are more than two thirds, so there is a score of those, and it says so
    assert found["scores"].loc["Without patents", "creation"] == ""
    assert found["coverage"].loc["Without patents", "tai"] == 0.75


def test_a_threshold_leaves_incomplete_units_without_score_and_rank(tmp_path: Path) -> None:
    data = """unit,patents,royalties,hosts,exports,telephones,electricity,schooling,science
New Zealand,103,13.0,146.7,15.4,720,8215,11.7,13.1
Without patents,,13.0,146.7,15.4,720,8215,11.7,13.1
"""
    config = {"normalise": {"method": "goalposts", "range": [0, 1]}, "dat_thresh": 1}
    found = computed(tmp_path, data, TAI, config)
    gone = found["scores"].loc["Without patents"]
    assert (gone["patents"], gone["creation"], gone["tai"]) == ("", "", "")
    assert float(gone["skills"]) == pytest.approx((10.9 / 11.2 + 13 / 27.3) / 2, abs=1e-12)
    assert found["ranks"]["tai"].to_dict() == {"New Zealand": "1", "Without patents": ""}
    assert found["coverage"].loc["Without patents", ["creation", "tai"]].tolist() == [0.5, 0.875]


OLD_HDI = """code,level,parent,direction,weight,type,lower,upper,scale
le,1,hdi,1,1,indicator,25,85,
literacy,1,education,1,2,indicator,0,100,
enrolment,1,education,1,1,indicator,0,100,
gdp,1,hdi,1,1,indicator,100,40000,log
education,2,hdi,1,1,aggregate,,,
hdi,3,,1,1,aggregate,,,
"""


def test_the_arithmetic_human_development_index_of_before_2010(tmp_path: Path) -> None:
    """Turkey in UNDP (2007), Human Development Report 2007/2008, technical note 1: 0.773, 0.812, 0.740, 0.775.
    Weights of 2 to 1, an income on a log scale, indicators straight below the top; Luxembourg's income is capped."""
    data = "unit,le,literacy,enrolment,gdp\nTurkey,71.4,87.4,68.7,8407\nLuxembourg,78.4,99.0,84.7,60228\n"
    config = {"normalise": {"range": [0, 1]}, "aggregate": "amean", "dat_thresh": 1}
    scores = computed(tmp_path, data, OLD_HDI, config)["scores"].astype(float).round(3)
    codes = ["le", "education", "gdp", "hdi"]
    assert scores.loc["Turkey", codes].tolist() == [0.773, 0.812, 0.740, 0.775]
    assert scores.loc["Luxembourg", codes].tolist() == [0.890, 0.942, 1.0, 0.944]


def test_goalposts_that_must_not_cap(tmp_path: Path) -> None:
    """Distance to the frontier as a share of the way, kept where it is passed, below 0 and above 100."""
    meta = "code,level,parent,direction,weight,type,lower,upper\na,1,i,1,1,indicator,10,20\n"
    meta += "b,1,i,-1,3,indicator,0,5\ni,2,,,,aggregate,,\n"
    config = {"normalise": {"method": "goalposts", "cap": False}}
    found = computed(tmp_path, "unit,a,b\nP,25,6\nQ,5,-1\nR,15,2.5\n", meta, config)
    assert found["scores"].astype(float).to_numpy().tolist() == [[150, -20, 22.5], [-50, 120, 77.5], [50, 50, 50]]
    assert found["ranks"]["i"].astype(int).tolist() == [3, 1, 2]
    config["normalise"]["cap"] = True
    capped = computed(tmp_path, "unit,a,b\nP,25,6\nQ,5,-1\nR,15,2.5\n", meta, config)["scores"].astype(float)
    assert capped.to_numpy().tolist() == [[100, 0, 25], [0, 100, 75], [50, 50, 50]]


def test_values_as_far_from_their_goalposts_tie_in_either_direction(tmp_path: Path) -> None:
    """3 up from 0 and 7 down from 10 are both 30: with 20 and 40 elsewhere, or 10 and 50, that is the same mean."""
    meta = "code,level,parent,direction,weight,type,lower,upper\na,1,i,1,1,indicator,0,10\n"
    meta += "b,1,i,-1,1,indicator,0,10\ni,2,,,,aggregate,,\n"
    found = computed(tmp_path, "unit,a,b\nP,3,7\nQ,2,6\nR,1,5\nS,4,8\nT,0,10\n", meta, {})
    assert found["ranks"]["i"].astype(int).tolist() == [1, 1, 1, 1, 5]

"""The Human Development Index 2022 as UNDP published it: fixed goalposts that cap, a log scale, a geometric mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import cli
from indicators.index.rank import rank

META = """code,level,parent,direction,weight,type,lower,upper,scale
le,1,health,1,1,indicator,20,85,
eys,1,education,1,1,indicator,0,18,
mys,1,education,1,1,indicator,0,15,
gnipc,1,income,1,1,indicator,100,75000,log
health,2,hdi,,1,aggregate,,,
education,2,hdi,,1,aggregate,,,
income,2,hdi,,1,aggregate,,,
hdi,3,,,,aggregate,,,
"""
WITHOUT_PILLARS = """code,level,parent,direction,weight,type,lower,upper,scale
le,1,hdi,1,1,indicator,20,85,
eys,1,education,1,1,indicator,0,18,
mys,1,education,1,1,indicator,0,15,
gnipc,1,hdi,1,1,indicator,100,75000,log
education,2,hdi,,1,aggregate,,,
hdi,3,,,,aggregate,,,
"""
"""The same index with two indicators straight below the top."""
CONFIG = {"normalise": {"method": "goalposts", "range": [0, 1], "cap": True}, "aggregate": ["amean", "gmean"]}
HALF_A_DIGIT = 0.0005 + 1e-9
EXCERPT = """unit,le,eys,mys,gnipc
AFG,62.879,10.70538475,2.514790058,1335.205733
ALB,76.833,14.48746967,10.12114431,15293.32651
DZA,77.129,15.48787975,6.987443608,10978.40571
AND,83.552,12.7837801,11.61343956,54233.44948
"""
PUBLISHED = {"AFG": 0.462, "ALB": 0.789, "DZA": 0.745, "AND": 0.884}


def computed(folder: Path, data: str, meta: str = META) -> pd.Series:
    (folder / "data.csv").write_text(data, encoding="utf-8")
    (folder / "meta.csv").write_text(meta, encoding="utf-8")
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    inputs = [f"--{name}={folder / file}" for name, file in NAMES.items()]
    assert cli.main(["compute", *inputs, "--out", str(folder / "out")]) == 0
    return pd.read_csv(folder / "out/scores.csv").set_index("unit")["hdi"]


NAMES = {"data": "data.csv", "meta": "meta.csv", "config": "config.json"}


@pytest.mark.parametrize("meta", [META, WITHOUT_PILLARS])
def test_every_country(golden: Path, tmp_path: Path, meta: str) -> None:
    published = pd.read_csv(golden / "hdi/hdi_2022.csv", keep_default_na=False, na_values=[""]).set_index("iso3")
    data = published[["le_2022", "eys_2022", "mys_2022", "gnipc_2022"]].set_axis(["le", "eys", "mys", "gnipc"], axis=1)
    hdi = computed(tmp_path, data.rename_axis("unit").to_csv(), meta)
    known = published["hdi_2022"].notna()
    assert known.sum() > 190
    assert (hdi[known] - published["hdi_2022"][known]).abs().max() <= HALF_A_DIGIT
    assert (hdi[known].round(3) == published["hdi_2022"][known]).all()
    ranks = rank(hdi[known].round(3).to_frame("hdi"))["hdi"]
    assert (ranks == published["hdi_rank_2022"][known]).all()


@pytest.mark.parametrize("meta", [META, WITHOUT_PILLARS])
def test_four_countries(tmp_path: Path, meta: str, capsys: pytest.CaptureFixture[str]) -> None:
    hdi = computed(tmp_path, EXCERPT, meta)
    assert hdi.round(3).to_dict() == PUBLISHED
    assert "Units: 4; indicators: 4; levels: 3." in capsys.readouterr().out


@pytest.mark.parametrize("order", [[3, 1, 0, 2], [0]])
def test_a_score_does_not_depend_on_the_others(tmp_path: Path, order: Sequence[int]) -> None:
    header, *rows = EXCERPT.splitlines()
    hdi = computed(tmp_path, "\n".join([header, *(rows[place] for place in order)]))
    assert list(hdi.index) == [rows[place][:3] for place in order]
    assert hdi.round(3).to_dict() == {unit: PUBLISHED[unit] for unit in hdi.index}

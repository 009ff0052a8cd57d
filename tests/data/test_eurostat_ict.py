from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import schema
from data.context import RawFile
from data.model import SchemaError
from data.sources import eurostat_ict
from tests.data.atlas import context
from tests.data.ground import real_files

HOUSEHOLDS = "LV_household_internet_access.csv"
HEADER = "geo_code,geo_label,year,pct_households_with_internet,flag,flag_desc\n"
SKILLS = "LV_digital_skills_by_age.csv"
SKILLS_HEADER = "geo_code,geo_label,year,age_group,pct_basic_or_above_digital_skills,flag,flag_desc\n"
AREA = "LV_digital_skills_by_area.csv"
AREA_HEADER = "geo_code,geo_label,year,age_group,skill_area,pct_basic_or_above\n"
Writer = Callable[[str, str], RawFile]


def tidy(*files: RawFile) -> pd.DataFrame:
    return eurostat_ict.tidy(list(files), context())


def look(table: pd.DataFrame, measure: str, year: int) -> tuple[float, str]:
    row = table[(table["measure"] == measure) & (table["period"] == str(year))]
    assert len(row) == 1
    return float(row["value"].iloc[0]), str(row["status"].iloc[0])


def test_age_groups_become_measures(file: Writer) -> None:
    text = SKILLS_HEADER + "LV,Latvia,2023,16-24,65.7,,\nLV,Latvia,2023,All individuals (16-74),45.3,,\n"
    table = tidy(file(SKILLS, text))
    assert look(table, "ict_basic_skills_16_24", 2023) == (65.7, "final")
    assert look(table, "ict_basic_skills_16_74", 2023) == (45.3, "final")
    assert set(table["territory"]) == {"LV"}


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        ("", "final"),
        ("b", "final"),
        ("p", "provisional"),
        ("e", "estimated"),
        ("u", "estimated"),
        ("bp", "provisional"),
        ("bu", "estimated"),
        ("pe", "estimated"),
    ],
)
def test_flags_become_the_status(file: Writer, flag: str, status: str) -> None:
    assert look(tidy(file(HOUSEHOLDS, f"{HEADER}LV,Latvia,2016,77.3,{flag},\n")), "ict_households_online", 2016) == (
        77.3,
        status,
    )


@pytest.mark.parametrize(("flag", "status"), [("c", "suppressed"), ("", "not_published")])
def test_no_figure_has_its_reason(file: Writer, flag: str, status: str) -> None:
    value, found = look(tidy(file(HOUSEHOLDS, f"{HEADER}LV,Latvia,2016,,{flag},\n")), "ict_households_online", 2016)
    assert np.isnan(value)
    assert found == status


def test_a_confidential_figure_is_not_shown_even_if_it_stands_there(file: Writer) -> None:
    value, status = look(tidy(file(HOUSEHOLDS, HEADER + "LV,Latvia,2016,12,c,\n")), "ict_households_online", 2016)
    assert np.isnan(value)
    assert status == "suppressed"


def test_a_break_that_no_measure_declares_is_noted(file: Writer) -> None:
    table = tidy(file(HOUSEHOLDS, HEADER + "LV,Latvia,2016,77,b,\nLV,Latvia,2018,80,b,\n"))
    assert list(table.attrs["notes"]) == ["2018: break of ict_households_online that is not declared"]


def test_two_files_must_agree_on_the_same_figure(file: Writer) -> None:
    by_age = file(SKILLS, SKILLS_HEADER + "LV,Latvia,2025,16-24,65.36,,\n")
    agreed = file(AREA, AREA_HEADER + "LV,Latvia,2025,16-24,Overall (all five areas),65.36\n")
    assert len(tidy(by_age, agreed)) == 1
    other = file(AREA, AREA_HEADER + "LV,Latvia,2025,16-24,Overall (all five areas),66\n")
    with pytest.raises(SchemaError, match="LV 2025 ict_basic_skills_16_24: two files give different figures"):
        tidy(by_age, other)


def test_all_faults_at_once(file: Writer) -> None:
    text = SKILLS_HEADER + (
        "EE,Estonia,2023,16-24,65,,\nLV,Latvia,2023,75+,5,,\nLV,Latvia,MMXX,25-54,101,?,\nLV,Latvia,2023,16-24,1,,\n"
    )
    with pytest.raises(SchemaError) as caught:
        tidy(file(SKILLS, text))
    message = str(caught.value)
    for part in (
        "line 2, column 'geo_code': 'EE' is not Latvia",
        "line 3, columns age_group: unknown: '75+'",
        "line 4, column 'year': 'MMXX' is not a year",
        "line 4, column 'flag': '?' is not one of Eurostat's flags",
        "101 is not between 0 and 100%",
        "line 5: 2023 16-24 stands there twice",
    ):
        assert part in message


def test_a_text_among_the_figures(file: Writer) -> None:
    with pytest.raises(SchemaError, match=r"line 2, column 'pct_households_with_internet': 'daudz' is not a number"):
        tidy(file(HOUSEHOLDS, HEADER + "LV,Latvia,2016,daudz,,\n"))


def test_a_file_of_another_name(file: Writer) -> None:
    with pytest.raises(SchemaError, match="not one of the files of this source"):
        tidy(file("LV_something.csv", HEADER))
    with pytest.raises(SchemaError, match="no file"):
        tidy()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.integers(2000, 2030), st.floats(0, 100).map(lambda x: round(x, 2)), min_size=1), st.randoms())
def test_the_order_of_rows_does_not_matter(file: Writer, shares: dict[int, float], random) -> None:
    rows = [f"LV,Latvia,{year},{share},,\n" for year, share in shares.items()]
    random.shuffle(rows)
    table = tidy(file(HOUSEHOLDS, HEADER + "".join(rows)))
    assert dict(zip(table["period"].astype(int), table["value"], strict=True)) == shares
    assert list(table["period"]) == sorted(table["period"])


def test_the_real_files(shared: Path) -> None:
    table = tidy(*real_files(eurostat_ict.SOURCE))
    checked = schema.observations(table, eurostat_ict.SOURCE)
    assert set(checked["measure"]) == {measure.id for measure in eurostat_ict.SOURCE.provides}
    assert look(table, "ict_basic_skills_16_24", 2021) == (79.65, "final")
    assert look(table, "ict_above_basic_16_74", 2025) == (20.14, "final")
    assert look(table, "ict_households_online", 2002) == (3.0, "final")
    assert table.attrs["notes"] == {}  # every break the files flag is declared
    falls = [
        look(table, f"ict_basic_skills_{age}", 2021)[0] - look(table, f"ict_basic_skills_{age}", 2023)[0]
        for age in ("16_24", "25_54", "55_74", "16_74")
    ]
    assert min(falls) > 0  # what known_problems says

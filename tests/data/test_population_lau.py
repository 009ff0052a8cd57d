from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import schema
from data.context import Context, RawFile
from data.model import SchemaError
from data.sources import boundaries, classifier, population_lau, raim
from tests.conftest import times
from tests.data import atlas as made_up
from tests.data.atlas import CITY, KALNU, UPES
from tests.data.ground import real_files

Writer = Callable[[str, str], RawFile]
NAME = "LV_lau_2019_population_area_centre.csv"
HEADER = "lau_id,lau_name,population,year\n"
SPLIT, WHOLE_KALNU, WHOLE_UPES, CITY_THEN = "0980000", "0920000", "0930000", "0901000"
"""Former municipalities: one with a parish in both present ones, the rest of each, and the city."""
FILE = f"{HEADER}{SPLIT},Abu,1000,2019\n{WHOLE_KALNU},K,50,2019\n{WHOLE_UPES},U,70,2019\n{CITY_THEN},P,30,2019\n"


def by_place(table: pd.DataFrame) -> dict[str, tuple[float, str]]:
    return {row.territory: (row.value, row.status) for row in table.itertuples()}


def test_merged_municipalities_are_added_and_split_ones_divided_by_area(file: Writer) -> None:
    """Without RAIM the two parishes of 100 km² each take half of the 1000."""
    table = population_lau.tidy([file(NAME, FILE)], made_up.context())
    assert by_place(table) == {KALNU: (550, "estimated"), UPES: (570, "estimated"), CITY: (30, "final")}


def test_split_ones_are_divided_by_residents_where_they_are_known(file: Writer, tmp_path: Path) -> None:
    """Augšciema pagasts has 100 residents, Salas pagasts 400: a fifth and four fifths."""
    ground = made_up.context(raim=made_up.make().write(tmp_path))
    table = population_lau.tidy([file(NAME, FILE)], ground)
    assert by_place(table) == {KALNU: (250, "estimated"), UPES: (870, "estimated"), CITY: (30, "final")}
    assert table.attrs["notes"]["2019: former municipalities divided"] == 1


def test_all_faults_at_once(file: Writer) -> None:
    text = FILE + f"0990000,Nekur,5,2019\n{CITY_THEN},P,30,2019\n{WHOLE_KALNU},K,-5,2018\n{WHOLE_UPES},U,5,19\n"
    with pytest.raises(SchemaError) as caught:
        population_lau.tidy([file(NAME, text)], made_up.context())
    message = str(caught.value)
    for part in (
        "line 6, column 'lau_id': '0990000' is no municipality of 2021",
        "line 7, column 'lau_id': '0901000' stands there twice",
        "line 8, column 'population': '-5' is less than 0",
        "line 9, column 'year': '19' is not a year",
    ):
        assert part in message


def test_a_year_in_two_files(file: Writer) -> None:
    with pytest.raises(SchemaError, match="two files hold the same year"):
        population_lau.tidy([file(NAME, FILE), file("LV_lau_b.csv", FILE)], made_up.context())
    with pytest.raises(SchemaError, match="no file"):
        population_lau.tidy([], made_up.context())


def test_a_text_among_the_residents(file: Writer) -> None:
    with pytest.raises(SchemaError, match="line 2, column 'population': 'daudz' is not a whole number"):
        population_lau.tidy([file(NAME, f"{HEADER}{SPLIT},A,daudz,2019\n")], made_up.context())


@settings(max_examples=times(10, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 700_000), min_size=4, max_size=4), st.permutations(range(4)))
def test_the_total_is_kept_in_any_order(file: Writer, people: list[int], order: list[int]) -> None:
    codes = [SPLIT, WHOLE_KALNU, WHOLE_UPES, CITY_THEN]
    text = HEADER + "".join(f"{codes[i]},x,{people[i]},2019\n" for i in order)
    table = population_lau.tidy([file(NAME, text)], made_up.context())
    assert table["value"].sum() == pytest.approx(sum(people), abs=0.01)


def test_the_real_files(shared: Path) -> None:
    editions = boundaries.editions(real_files(boundaries.SOURCE))
    places = classifier.territories(editions)
    crosswalk = classifier.crosswalk(real_files(classifier.SOURCE))
    ground = Context(places, editions[-1].units, crosswalk, {"raim": real_files(raim.SOURCE)})
    table = population_lau.tidy(real_files(population_lau.SOURCE), ground)
    checked = schema.observations(table, population_lau.SOURCE, places)
    assert len(checked) == 3 * 43
    assert checked.groupby("period")["value"].sum().round().tolist() == [1_934_379, 1_919_968, 1_907_675]
    assert set(checked.loc[checked["status"] == "estimated", "territory"]) == {
        "LV0032000",
        "LV0034000",
        "LV0041000",
        "LV0042000",
        "LV0044000",
        "LV0048000",
    }
    shares = population_lau.weights("2018", ground).set_index(["old", "new"])["share"]
    assert shares["LV0801800", "LV0044000"] == pytest.approx(0.45, abs=0.005)  # Vangaži, 4 % of the land

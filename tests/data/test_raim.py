from __future__ import annotations

import copy
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from data import schema
from data.context import Context, RawFile
from data.lock import hash_of
from data.model import DataError, SchemaError
from data.sources import boundaries, classifier, raim
from tests.conftest import times
from tests.data import atlas as made_up
from tests.data.atlas import CITY, EAST, KALNU, NEIGHBOUR, PARISH, RATIO, SALAS, TOWN, UPES, Atlas
from tests.data.ground import real_files

BOOK, LATER = "raditaju_atlase_a.xlsx", "raditaju_atlase_b.xlsx"


@pytest.fixture
def atlas() -> Atlas:
    return made_up.make()


def look(table: pd.DataFrame, measure: str, territory: str, year: int) -> tuple[float | None, str] | None:
    """Value (None if there is none) and status; None if there is no row."""
    rows = table[(table["measure"] == measure) & (table["territory"] == territory) & (table["period"] == str(year))]
    if rows.empty:
        return None
    assert len(rows) == 1
    value = float(rows["value"].iloc[0])
    return (None if np.isnan(value) else value), str(rows["status"].iloc[0])


def test_a_plain_figure_is_taken_as_it_is(atlas: Atlas, tmp_path: Path) -> None:
    table = atlas.tidy(tmp_path)
    assert look(table, "residents", NEIGHBOUR, 2020) == (200, "final")
    assert look(table, "employers", PARISH, 2019) == (7, "final")
    assert look(table, "crimes", UPES, 2021) == (7, "final")
    assert look(table, "crimes", PARISH, 2021) is None
    schema.observations(table, raim.SOURCE, made_up.territories())


def test_codes_may_be_numbers_or_text(atlas: Atlas, tmp_path: Path) -> None:
    atlas.sheet("residents").code = lambda code: int(code.removeprefix("LV"))
    atlas.sheet("employers").code = lambda code: code
    table = atlas.tidy(tmp_path)
    assert look(table, "residents", PARISH, 2019) == (100, "final")
    assert look(table, "employers", PARISH, 2019) == (7, "final")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (27400, "LV0027400"),
        (27400.0, "LV0027400"),
        ("0027400", "LV0027400"),
        (" LV0027400 ", "LV0027400"),
        ("27a", None),
    ],
)
def test_codes(cell: object, code: str | None) -> None:
    assert raim.code_of(cell) == code


def test_the_metadata_rows_name_the_series_and_are_no_data(atlas: Atlas, tmp_path: Path) -> None:
    """Two sheets whose cut names are alike keep their series apart; no row is called "Nosaukums"."""
    table = atlas.tidy(tmp_path)
    assert look(table, "income_tax_by_employer_eur", PARISH, 2019) == (7, "final")
    assert look(table, "income_tax_by_resident_eur", PARISH, 2019) == (7, "final")
    assert set(table["territory"]) == {*made_up.PARENT, KALNU, UPES}


@pytest.mark.parametrize("cell", [0.0, None])
def test_a_year_all_zero_or_empty_is_not_published_for_anybody(
    atlas: Atlas, tmp_path: Path, cell: float | None
) -> None:
    atlas.fill("businesses_registered", 2020, cell)
    atlas.fill("businesses_registered", 2020, None, level="municipality")
    table = atlas.tidy(tmp_path)
    found = table[(table["measure"] == "businesses_registered") & (table["period"] == "2020")]
    assert len(found) == len(made_up.PARENT)
    assert set(found["status"]) == {"not_published"}
    assert found["value"].isna().all()
    assert look(table, "businesses_registered", PARISH, 2021) == (5, "final")


def test_a_year_empty_for_municipalities_is_not_published_for_units(atlas: Atlas, tmp_path: Path) -> None:
    atlas.fill("pensioners", 2021, None, level="municipality")
    assert look(atlas.tidy(tmp_path), "pensioners", PARISH, 2021) == (None, "not_published")


def test_a_zero_of_one_parish_in_a_published_year_is_a_zero(atlas: Atlas, tmp_path: Path) -> None:
    atlas.set("businesses_registered", 2020, **{PARISH: 0, SALAS: None})
    table = atlas.tidy(tmp_path)
    assert look(table, "businesses_registered", PARISH, 2020) == (0, "final")
    assert look(table, "businesses_registered", SALAS, 2020) == (None, "not_published")


def test_education_of_2014_and_2015_is_withheld(tmp_path: Path) -> None:
    atlas = made_up.make({"preschool_pupils": (2013, 2014, 2015, 2016)})
    table = atlas.tidy(tmp_path)
    statuses = [look(table, "preschool_pupils", PARISH, year) for year in (2013, 2014, 2015, 2016)]
    assert statuses == [(7, "final"), (None, "not_published"), (None, "not_published"), (7, "final")]


def test_of_a_repeated_series_the_workbook_with_the_later_year_speaks(atlas: Atlas, tmp_path: Path) -> None:
    again = copy.deepcopy(atlas.sheet("employers"))
    for row in again.cells.values():
        row |= {"2021": 8, "2022": 9}
    atlas.books[LATER].append(again)
    table = atlas.tidy(tmp_path)
    assert look(table, "employers", PARISH, 2021) == (8, "final")
    assert look(table, "employers", PARISH, 2022) == (9, "final")


def test_what_the_later_workbook_lacks_is_taken_from_the_other(atlas: Atlas, tmp_path: Path) -> None:
    again = copy.deepcopy(atlas.sheet("employers"))
    again.cells = {code: {"2021": None, "2022": 9} for code in again.cells if code != SALAS}
    atlas.books[LATER].append(again)
    table = atlas.tidy(tmp_path)
    assert look(table, "employers", PARISH, 2020) == (7, "final")
    assert look(table, "employers", SALAS, 2021) == (7, "final")
    assert look(table, "employers", PARISH, 2021) == (None, "not_published")  # its own empty cell counts


def test_among_equally_late_workbooks_the_name_decides(atlas: Atlas, tmp_path: Path) -> None:
    again = copy.deepcopy(atlas.sheet("employers"))
    for row in again.cells.values():
        row["2021"] = 8
    atlas.books[LATER].append(again)
    assert look(atlas.tidy(tmp_path), "employers", PARISH, 2021) == (7, "final")


def test_units_a_series_does_not_have_get_no_row(atlas: Atlas, tmp_path: Path) -> None:
    del atlas.sheet("pensioners").cells[SALAS]
    table = atlas.tidy(tmp_path)
    assert look(table, "pensioners", SALAS, 2020) is None
    assert look(table, "pensioners", PARISH, 2020) == (7, "final")


def test_a_fraction_called_per_cent_is_made_per_cent(atlas: Atlas, tmp_path: Path) -> None:
    assert look(atlas.tidy(tmp_path), "unemployment_rate", KALNU, 2020) == (5, "final")
    atlas.set("unemployment_rate", 2019, level="municipality", **{KALNU: 5.5})
    assert look(atlas.tidy(tmp_path), "unemployment_rate", KALNU, 2019) == (5.5, "final")


def test_a_count_published_only_as_a_ratio_is_worked_out(atlas: Atlas, tmp_path: Path) -> None:
    """2022: 20 births per 1000 of 200 residents are 4; 60 % of 200 are 120."""
    table = atlas.tidy(tmp_path)
    assert look(table, "births", NEIGHBOUR, 2022) == (4, "final")
    assert look(table, "residents_working_age", NEIGHBOUR, 2022) == (120, "final")


def test_a_ratio_that_gives_no_whole_number_is_left_alone(atlas: Atlas, tmp_path: Path) -> None:
    atlas.set(RATIO["births"], 2022, **{NEIGHBOUR: 20.1})  # 4.02 births
    assert look(atlas.tidy(tmp_path), "births", NEIGHBOUR, 2022) == (None, "not_published")


def test_an_empty_ratio_is_no_birth_if_that_held_before(atlas: Atlas, tmp_path: Path) -> None:
    atlas.set("births", 2020, **{PARISH: 0})
    atlas.set(RATIO["births"], 2020, **{PARISH: None})
    atlas.set(RATIO["births"], 2022, **{NEIGHBOUR: None})
    assert look(atlas.tidy(tmp_path), "births", NEIGHBOUR, 2022) == (0, "final")
    atlas.set(RATIO["births"], 2019, **{PARISH: None})  # there were 2: empty does not mean zero here
    assert look(atlas.tidy(tmp_path), "births", NEIGHBOUR, 2022) == (None, "not_published")


def test_an_empty_year_of_a_ratio_gives_no_count(atlas: Atlas, tmp_path: Path) -> None:
    atlas.fill(RATIO["births"], 2022, None)
    assert look(atlas.tidy(tmp_path), "births", PARISH, 2022) is None


def test_age_groups_must_add_up_to_the_residents(atlas: Atlas, tmp_path: Path) -> None:
    for id in raim.AGE_GROUPS:
        atlas.set(id, 2020, **{PARISH: 0})
    atlas.set("residents_working_age", 2021, **{NEIGHBOUR: 121})  # 201 of 200: within 1 %
    table = atlas.tidy(tmp_path)
    for id in raim.AGE_GROUPS:
        assert look(table, id, PARISH, 2020) == (None, "not_published")
        assert look(table, id, PARISH, 2019) is not None
    assert look(table, "residents_working_age", NEIGHBOUR, 2021) == (121, "final")


def test_a_town_before_its_time_shares_its_parishs_figures(atlas: Atlas, tmp_path: Path) -> None:
    """In 2021 Ala has 500 residents and the parish it left 600; the 1100 of 2020 are divided alike, 5 : 6."""
    table = atlas.tidy(tmp_path)
    assert look(table, "residents", TOWN, 2020) == (500, "estimated")
    assert look(table, "residents", EAST, 2020) == (600, "estimated")
    assert look(table, "residents", TOWN, 2021) == (500, "final")
    assert look(table, "births", TOWN, 2020) == (10, "estimated")
    assert look(table, "births", EAST, 2020) == (12, "estimated")
    assert look(table, "residents", SALAS, 2020) == (400, "final")
    assert look(table, "raim_area_km2", EAST, 2020) == (7, "final")
    # two years of residents, three age groups and three counts of births; of the rest Ala has figures of its own
    assert table.attrs["notes"][f"figures divided between {EAST} and {TOWN}"] == 14


def test_a_towns_own_early_figure_is_kept(atlas: Atlas, tmp_path: Path) -> None:
    atlas.set("births", 2020, **{TOWN: 3})
    table = atlas.tidy(tmp_path)
    assert look(table, "births", TOWN, 2020) == (3, "final")
    assert look(table, "births", EAST, 2020) == (22, "final")
    assert look(table, "births", TOWN, 2019) == (10, "estimated")


def test_a_town_that_a_series_lacks_gets_its_part_and_no_area(atlas: Atlas, tmp_path: Path) -> None:
    atlas.fill("pensioners", 2020, None)
    atlas.fill("pensioners", 2020, None, level="municipality")
    for id in ("pensioners", "raim_area_km2"):
        del atlas.sheet(id).cells[TOWN]
    table = atlas.tidy(tmp_path)
    assert look(table, "pensioners", TOWN, 2019) == (3, "estimated")  # 7 x 5/11, whole people
    assert look(table, "pensioners", EAST, 2019) == (4, "estimated")
    assert look(table, "pensioners", TOWN, 2020) == (None, "not_published")
    assert look(table, "pensioners", TOWN, 2021) is None
    assert look(table, "raim_area_km2", TOWN, 2019) == (None, "not_applicable")
    assert look(table, "raim_area_km2", EAST, 2019) == (7, "final")


@settings(max_examples=times(8, 25), deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=2), st.floats(0.01, 0.99))
def test_division_keeps_the_sum(figures: list[int], share: float) -> None:
    years = ["2019", "2020"]
    value = pd.DataFrame([figures, [0, 0]], index=[EAST, TOWN], columns=years, dtype="float64")
    table = raim.Figures(value, pd.DataFrame("final", index=value.index, columns=years, dtype="object"))
    tables = {entry.measure.id: copy.deepcopy(table) for entry in raim.SERIES}
    raim.divide_between(tables, [raim.LateTown(TOWN, "2021", EAST, share)], {})
    assert (tables["births"].value.sum() == figures).all()
    assert (tables["births"].value % 1 == 0).all(axis=None)
    assert np.allclose(tables["company_tax_eur"].value.sum(), figures)


@settings(max_examples=times(2, 5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_the_order_of_sheets_rows_columns_and_workbooks_does_not_matter(tmp_path: Path, random) -> None:
    plain = made_up.make().tidy(tmp_path)
    shuffled = made_up.make()
    for sheets in shuffled.books.values():
        random.shuffle(sheets)
        for sheet in sheets:
            codes, years = list(sheet.cells), list(next(iter(sheet.cells.values())))
            random.shuffle(codes)
            random.shuffle(years)
            sheet.cells = {code: {year: sheet.cells[code][year] for year in years} for code in codes}
    every = [sheet for sheets in shuffled.books.values() for sheet in sheets]
    half = random.randrange(1, len(every))
    shuffled.books = {"raditaju_atlase_z.xlsx": every[:half], "raditaju_atlase_y.xlsx": every[half:]}
    pd.testing.assert_frame_equal(shuffled.tidy(tmp_path), plain)


EARLY = (2016, 2017, 2018, 2019, 2020)


@pytest.mark.parametrize(
    ("figures", "kept"),
    [
        ((0, 0, 0, 0, 12), 1),
        ((0, 0, 0, 30, 0), 2),  # a later zero is a zero
        ((0, 0, 0, 9, 90), 5),  # rare, then more
        ((0, 0, 30, 30, 30), 5),  # two years may be chance
        ((0, 0, 0, 0, 0), 5),  # nothing says it is not so
    ],
)
def test_zeros_before_a_municipalitys_series_begins(figures: tuple[int, ...], kept: int, tmp_path: Path) -> None:
    atlas = made_up.make({"crimes": EARLY})
    for year, figure in zip(EARLY, figures, strict=True):
        atlas.set("crimes", year, level="municipality", **{KALNU: figure})
    table = atlas.tidy(tmp_path)
    void = len(EARLY) - kept
    expected = [(None, "not_published")] * void + [(figure, "final") for figure in figures[void:]]
    assert [look(table, "crimes", KALNU, year) for year in EARLY] == expected
    assert look(table, "crimes", UPES, 2016) == (7, "final")


BORDER_YEARS = [str(year) for year in range(2015, 2023)]


def moves(**people: Sequence[int]) -> dict[str, list[str]]:
    """The years in which each unit's border is found to have moved; T is a town, S, P and Q are parishes."""
    residents = pd.DataFrame.from_dict(people, orient="index", columns=BORDER_YEARS, dtype="float64")
    kinds = ["town" if code == "T" else "parish" for code in residents.index]
    units = pd.DataFrame({"code": residents.index, "level": "unit", "kind": kinds, "parent": "N"})
    found = raim.border_moves(residents, units)
    return {str(code): list(found.columns[found.loc[code]]) for code in found.index if found.loc[code].any()}


def test_a_town_that_takes_a_part_of_two_parishes() -> None:
    """400 + 200 people go over to a town of 5000 (12 %), in a place that loses 1 % a year."""
    town = [5000, 4950, 4900, 4850, 5400, 5350, 5300, 5250]
    one = [1000, 990, 980, 970, 560, 554, 548, 543]
    two = [1500, 1485, 1470, 1455, 1240, 1228, 1216, 1204]
    bystander = [700, 693, 686, 679, 672, 665, 659, 652]
    assert moves(T=town, P=one, Q=two, S=bystander) == {"T": ["2019"], "P": ["2019"], "Q": ["2019"]}


def test_people_who_really_come_are_no_border() -> None:
    even = [1000] * 8
    assert moves(T=even, P=[1000] * 4 + [2000] * 4) == {}  # nobody left the town
    assert moves(S=[1000] * 4 + [700] * 4, P=[1000] * 4 + [1300] * 4) == {}  # between parishes
    assert moves(T=[500] * 4 + [450] * 4, P=[400] * 4 + [450] * 4) == {}  # fifty people


def test_a_slip_that_is_put_right_a_year_later_is_no_border() -> None:
    assert moves(T=[2000] * 4 + [1000] + [2000] * 3, P=[1000] * 4 + [2000] + [1000] * 3) == {}
    assert moves(T=[2000] * 4 + [1000] * 4, P=[1000] * 4 + [2000] * 4) == {"T": ["2019"], "P": ["2019"]}


def test_moved_borders_are_a_measure(atlas: Atlas, tmp_path: Path) -> None:
    """Ala was split from its parish: its figures were divided, so no border is left to move."""
    table = atlas.tidy(tmp_path)
    assert look(table, "border_moves", TOWN, 2021) == (0, "final")
    assert look(table, "border_moves", PARISH, 2020) == (0, "final")
    assert look(table, "border_moves", PARISH, 2019) is None


def refused(atlas: Atlas, folder: Path) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        atlas.tidy(folder)
    return caught.value


def test_all_faults_are_told_at_once_with_sheet_cell_and_value(atlas: Atlas, tmp_path: Path) -> None:
    sheet = atlas.sheet("residents")
    sheet.cells[NEIGHBOUR]["2020"] = "daudz"
    sheet.cells["LV0099999"] = dict(sheet.cells[PARISH])
    atlas.sheet(RATIO["births"]).cells[PARISH]["2019"] = "-"
    error = refused(atlas, tmp_path)
    assert error.file == f"{BOOK}, {LATER}"
    assert len(error.faults) == 3
    assert "row 3, column 2020 (F3): 'daudz' is not a number" in str(error)
    assert "row 8, column ATVK (D8): '0099999' is no code of territorial units" in str(error)
    assert "column 2019 (E2): '-' is not a number" in str(error)
    assert error.faults[0].place.startswith(f"{BOOK}, sheet '0 Iedzīvotāju skaits")


def test_a_code_that_stands_there_twice(atlas: Atlas, tmp_path: Path) -> None:
    sheet = atlas.sheet("residents")
    sheet.code = lambda code: PARISH if code == NEIGHBOUR else code
    assert f"'{PARISH}' stands there twice" in str(refused(atlas, tmp_path))


def test_a_municipality_among_the_units_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    sheet = atlas.sheet("residents")
    sheet.code = lambda code: KALNU if code == NEIGHBOUR else code
    assert f"'{KALNU}' is no code of territorial units" in str(refused(atlas, tmp_path))
    assert look(made_up.make().tidy(tmp_path), "crimes", CITY, 2020) == (7, "final")  # a city is both


def test_a_missing_sheet_is_named(atlas: Atlas, tmp_path: Path) -> None:
    atlas.books[BOOK].remove(atlas.sheet("residents"))
    atlas.books[BOOK].remove(atlas.sheet("crimes", "municipality"))
    error = refused(atlas, tmp_path)
    assert [fault.place for fault in error.faults] == [
        f"series '{made_up.NAMES['residents']}'",
        f"series '{made_up.NAMES['crimes']}'",
    ]
    assert "no sheet for territorial units in any workbook" in error.faults[0].problem


def test_the_same_series_twice_in_a_workbook(atlas: Atlas, tmp_path: Path) -> None:
    atlas.books[BOOK].append(copy.deepcopy(atlas.sheet("residents")))
    assert "the series of sheet '0 " in str(refused(atlas, tmp_path))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "no column 'ATVK' in the header"),
        ([["Reģions", "Pašvaldība", "ATVK"]], "no column of a year"),
        ([["Reģions", "Pašvaldība", "ATVK", "gads"]], "'gads' is not a year"),
        ([["Reģions", "Pašvaldība", "ATVK", 2020.0], ["R", "K", "0020000", 1.0]], "no row 'Nosaukums'"),
        (
            [
                ["Reģions", "Pašvaldība", "ATVK", 2020.0],
                ["", "", "", ""],
                *([key, "x", "", ""] for key in raim.METADATA),
            ],
            "no figures under the header",
        ),
    ],
)
def test_a_sheet_of_another_form(rows: list[list[object]], problem: str) -> None:
    faults: list = []
    assert raim.read_sheet("a.xlsx", "S", rows, raim.Codes(frozenset(), frozenset([KALNU])), faults) is None
    assert problem in " ".join(map(str, faults))


def test_a_truncated_workbook_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    files = atlas.write(tmp_path)
    content = files[0].path.read_bytes()
    files[0].path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=BOOK):
        raim.tidy(files, made_up.context(raim=files))


def test_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="no workbook"):
        raim.tidy([], made_up.context())


def test_the_declarations_say_what_the_figures_are() -> None:
    measures = {entry.measure.id: entry.measure for entry in raim.SERIES}
    assert len({entry.name for entry in raim.SERIES}) == len(raim.SERIES)
    assert "not jobs" in measures["employers"].title.en
    assert "nevis darbvietas" in measures["employers"].title.lv
    assert "Declared" in measures["residents"].title.en
    assert [found.period for found in measures["residents_working_age"].breaks] == ["2022"]
    assert [found.period for found in measures["company_tax_eur"].breaks] == ["2018"]
    assert [found.period for found in measures["foreign_investment_eur"].breaks] == ["2017"]
    assert not measures["unemployment_rate"].additive
    problems = " ".join(problem.en for problem in raim.SOURCE.known_problems)
    for word in ("usual residents", "not jobs", "where the institution stands", "head offices"):
        assert word in problems


@pytest.fixture(scope="module")
def real(shared: Path) -> tuple[pd.DataFrame, Context]:
    """The real workbooks, tidied."""
    editions = boundaries.editions(real_files(boundaries.SOURCE))
    ground = Context(
        classifier.territories(editions),
        editions[-1].units,
        classifier.crosswalk(real_files(classifier.SOURCE)),
        {"raim": real_files(raim.SOURCE)},
    )
    table = raim.tidy(ground.files["raim"], ground)
    return schema.observations(table, raim.SOURCE, ground.territories), ground


def test_the_countrys_totals(real: tuple[pd.DataFrame, Context]) -> None:
    table, _ = real
    sums = table.groupby(["measure", "period"])["value"].sum()
    assert sums["residents", "2024"] == 2_041_552
    assert sums["employers", "2022"] == 102_370
    assert sums["income_tax_payers", "2022"] == 957_737
    assert sums["births", "2023"] == 14_692
    assert sums["residents_working_age", "2024"] == 1_290_914
    assert round(sums["income_tax_by_employer_eur", "2022"] / 1e6) == 2016
    assert round(sums["income_tax_by_resident_eur", "2022"] / 1e6) == 2016


def test_unpublished_years(real: tuple[pd.DataFrame, Context]) -> None:
    table, _ = real
    gone = table[table["status"] == "not_published"].groupby(["measure", "period"]).size()
    whole = {key for key, count in gone.items() if count > 500}
    assert {("businesses_registered", "2020"), ("businesses_closed", "2021"), ("pensioners", "2021")} <= whole
    assert {("residents_working_age", "2013"), ("preschools", "2021"), ("preschool_pupils", "2014")} <= whole
    assert ("businesses_registered", "2019") not in whole
    assert ("residents_under_working_age", "2013") not in whole


def test_parishes_as_the_workbook_has_them(real: tuple[pd.DataFrame, Context], shared: Path) -> None:
    """Aizputes, Vīpes and Zasas pagasts, cell by cell, for every count of units in one workbook."""
    parishes = ("Aizputes pagasts", "Vīpes pagasts", "Zasas pagasts")
    table, ground = real
    codes = ground.territories.loc[ground.territories["name"].isin(parishes), "code"]
    table = table[table["territory"].isin(codes)]
    book = CalamineWorkbook.from_path(shared / "raim" / "raditaju_atlase_iedzivotaji_vecums.xlsx")
    measures = {entry.name: entry.measure.id for entry in raim.SERIES if entry.measure.level == "unit"}
    compared = 0
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python()
        if "Teritoriālais iedalījums" not in rows[0]:
            continue
        measure = measures[str(rows[-3][1])]
        for row in rows[1:]:
            if row[2] not in parishes:
                continue
            for year, value in zip(rows[0][4:], row[4:], strict=True):
                found = look(table, measure, f"LV{str(row[3]).zfill(7)}", int(float(str(year))))
                assert found is not None
                if found[1] == "final":
                    assert found[0] == pytest.approx(value, abs=1e-6)
                    compared += 1
                else:
                    assert value in (0, "")
    assert compared > 200


def test_education_was_counted_twice(real: tuple[pd.DataFrame, Context]) -> None:
    """The reason two years are withheld: their pupils are about twice those of the years around."""
    _, ground = real
    atlas = raim.read(ground.files["raim"], ground)
    for measure in ("preschool_pupils", "school_pupils", "vocational_pupils"):
        pupils = atlas.table("unit", made_up.NAMES[measure]).sum()
        for year in raim.COUNTED_TWICE:
            assert 1.9 < pupils[year] / ((pupils["2013"] + pupils["2016"]) / 2) < 2.2


def test_borders_that_moved(real: tuple[pd.DataFrame, Context]) -> None:
    """Nine towns and their parishes, Sigulda twice; neither Zilupe's arrivals (2023) nor Salaspils' swapped figures."""
    table, ground = real
    names = ground.territories[ground.territories["level"] == "unit"].set_index("code")["name"]
    found = table[(table["measure"] == "border_moves") & (table["value"] > 0)]
    by_year = {year: set(names[rows["territory"]]) for year, rows in found.groupby("period")}
    assert by_year == {
        "2012": {"Ogre", "Ogresgala pagasts"},
        "2013": {"Valdemārpils", "Ārlavas pagasts"},
        "2014": {"Ikšķile", "Tīnūžu pagasts", "Sabile", "Abavas pagasts"},
        "2016": {"Līvāni", "Jersikas pagasts"},
        "2017": {"Baldone", "Baldones pagasts"},
        "2018": {"Salaspils", "Salaspils pagasts"},
        "2021": {"Bauska", "Ceraukstes pagasts", "Codes pagasts", "Īslīces pagasts", "Sigulda", "Siguldas pagasts"},
        "2023": {"Sigulda", "Siguldas pagasts"},
    }


@pytest.mark.parametrize(("measure", "lead"), [("residents", 0), ("income_tax_payers", 1), ("pensioners", 1)])
def test_when_each_series_jumps_across_a_moved_border(
    real: tuple[pd.DataFrame, Context], measure: str, lead: int
) -> None:
    """Baldones pagasts lost half its people to Baldone before 2017."""
    table, _ = real
    assert {m.id: m.lead for m in raim.SOURCE.provides}[measure] == lead
    figures = {year: look(table, measure, "LV0034400", year) for year in (2016 - lead, 2017 - lead)}
    (before, _), (after, _) = (found for found in figures.values() if found)
    assert before is not None
    assert after is not None
    assert after < 0.55 * before


def test_early_zeros_of_four_municipalities(real: tuple[pd.DataFrame, Context]) -> None:
    table, _ = real
    rows = table[table["measure"].isin(["crimes", "social_spending_eur"]) & (table["status"] == "not_published")]
    assert set(rows["territory"]) == {"LV0032000", "LV0042000", "LV0044000", "LV0048000"}
    assert rows.groupby("measure")["period"].max().to_dict() == {"crimes": "2021", "social_spending_eur": "2020"}
    figures = table[table["measure"].isin(["crimes", "social_spending_eur"]) & table["value"].notna()]
    assert (figures["value"] > 0).all()


def test_new_towns_have_their_part_of_the_past(real: tuple[pd.DataFrame, Context]) -> None:
    table, _ = real
    estimated = table[(table["status"] == "estimated") & (table["measure"] == "residents")]
    towns = {"LV0020220", "LV0023200", "LV0025210", "LV0034220", "LV0039200"}
    parishes = {"LV0020470", "LV0023401", "LV0025460", "LV0034421", "LV0039411"}
    assert set(estimated["territory"]) == towns | parishes
    assert not (table[(table["measure"] == "residents")]["value"] == 0).any()


def test_the_workbooks_are_read_once_per_build(real: tuple[pd.DataFrame, Context], tmp_path: Path) -> None:
    _, ground = real
    assert raim.read(ground.files["raim"], ground) is raim.read([RawFile("other.xlsx", tmp_path)], ground)


def test_the_same_workbooks_under_other_names_give_the_same(
    real: tuple[pd.DataFrame, Context], shared: Path, tmp_path: Path
) -> None:
    """No rule leans on a file's name: renamed by their hash, the workbooks say the same."""
    table, ground = real
    files = []
    for path in sorted((shared / "raim").glob("*.xlsx")):
        target = tmp_path / f"{hash_of(path)}.xlsx"
        shutil.copy(path, target)
        files.append(RawFile(target.name, target))
    fresh = Context(ground.territories, ground.units, ground.crosswalk, {"raim": files})
    again = schema.observations(raim.tidy(files, fresh), raim.SOURCE, ground.territories)
    pd.testing.assert_frame_equal(again, table)

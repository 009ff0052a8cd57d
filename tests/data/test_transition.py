"""Series over changes of territories: two municipalities of the made-up country merge, a parish is split, codes change.

The country of `country.py` in 2024; in July 2025 Kalnu and Upes novads become one under the code LV0030001 (as Madona
and Varakļāni did), Kalnu's parishes get new codes, and the western Salas pagasts is split in two.
"""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data import build, fetch, judge, lock, pxweb, sources, transition
from data.context import Context, RawFile
from data.judge import ground
from data.model import Level, SchemaError
from data.refresh import refresh
from data.sources import boundaries, classifier, roads
from data.store import open_snapshot
from tests.data.country import PILS, SIDE, SOUTH, UNITS, WEST, made_up_units, publish
from tests.data.ground import real_files

KALNU, UPES, NEW = "LV0020000", "LV0030000", "LV0030001"
AUGS, LEJAS, SALAS, ALA = "LV0020410", "LV0020420", "LV0030410", "LV0030200"
NEW_AUGS, NEW_LEJAS, WEST_SALAS, EAST_SALAS = "LV0030510", "LV0030520", "LV0030412", "LV0030414"
HEAD = "Level,Code,Code_version,Name,Code_parent,Validity_period_begin,Validity_period_end,Predecessors,Successors"
ENDS = {KALNU: NEW, UPES: NEW, AUGS: NEW_AUGS, LEJAS: NEW_LEJAS, SALAS: f"{WEST_SALAS}, {EAST_SALAS}"}


def later_units() -> gpd.GeoDataFrame:
    """The country of July 2025: Salas pagasts is cut at a quarter of its width."""
    units = made_up_units().replace({"L1_code": {AUGS: NEW_AUGS, LEJAS: NEW_LEJAS, SALAS: WEST_SALAS}})
    mine = units["L0_code"] != PILS[0]
    units.loc[mine, ["L0_code", "L0_name", "NUTS3_code", "NUTS3_name"]] = [NEW, "Upes novads", "LV00B", "Lejzeme"]
    cut = WEST + SIDE / 4
    here = units["L1_code"] == WEST_SALAS
    east = units[here].assign(L1_code=EAST_SALAS, L1_name="Austrumsalas pagasts")
    east = east.set_geometry([shapely.box(cut, SOUTH, WEST + SIDE, SOUTH + SIDE)], crs=3059)
    north = [(WEST, SOUTH + SIDE), (cut, SOUTH + SIDE), (cut, SOUTH), (WEST, SOUTH)]
    units.loc[here, "geometry"] = shapely.Polygon(north)
    whole = units.index[units["L1_code"] == NEW_AUGS]
    x, y = WEST, SOUTH + SIDE  # the parish above gets the new corner too: a coverage shares its vertices
    corners = [(x, y), (cut, y), (x + SIDE, y), (x + SIDE, y + SIDE), (x, y + SIDE)]
    units.loc[whole, "geometry"] = shapely.Polygon(corners)
    return gpd.GeoDataFrame(pd.concat([units, east], ignore_index=True), crs=3059)


def register_text() -> str:
    """The classifier's own list, in the publisher's form."""
    lines = [HEAD]
    names = {code: name for code, name, *_ in UNITS} | {KALNU: "Kalnu novads", UPES: "Upes novads"}
    for code, name in names.items():
        level = 3 if code in (KALNU, UPES, PILS[0]) else 4
        end, after = ("2025-07-01", ENDS[code].replace("LV", "")) if code in ENDS else ("", "")
        lines.append(f'{level},{code[2:]},1,{name},,2021-07-01,{end},,"{after}"')
    begun = (NEW, NEW_AUGS, NEW_LEJAS, WEST_SALAS, EAST_SALAS)
    lines += [f"{3 if code == NEW else 4},{code[2:]},1,Jauns,,2025-07-01,,," for code in begun]
    lines += [f"4,{PILS[0][2:]},1,Pils,,2021-07-01,,,"]
    return "\ufeff" + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[RawFile]]:
    folder = tmp_path_factory.mktemp("editions")
    zips = [publish(made_up_units(), folder), publish(later_units(), folder, "2025.07.01")]
    path = folder / "atu_nuts_codes.csv"
    path.write_text(register_text(), encoding="utf-8")
    named = {"boundaries": zips, "classifier": [path]}
    return {id: [RawFile(path.name, path) for path in paths] for id, paths in named.items()}


@pytest.fixture(scope="module")
def today(files: dict[str, list[RawFile]]) -> Context:
    return ground(files)


def test_the_ground_is_that_of_the_later_edition(today: Context) -> None:
    assert today.edition == "2025-07-01"
    units = today.territories[today.territories["level"] == "unit"].set_index("code")
    assert units["parent"].to_dict() == {PILS[0]: PILS[0]} | dict.fromkeys(
        (NEW_AUGS, NEW_LEJAS, WEST_SALAS, EAST_SALAS, ALA, "LV0030420"), NEW
    )
    former = today.former.set_index(["level", "code"])["successors"].to_dict()
    assert former["municipality", KALNU] == former["municipality", UPES] == NEW
    assert former["unit", SALAS] == f"{WEST_SALAS} {EAST_SALAS}"
    assert former["unit", AUGS] == NEW_AUGS
    shares = transition.parts(today).set_index(["old", "new"])["share"].to_dict()
    assert shares[SALAS, WEST_SALAS] == pytest.approx(0.25)
    assert shares[SALAS, EAST_SALAS] == pytest.approx(0.75)
    assert shares[KALNU, NEW] == 1


Cell = tuple[float | None, str]


def series(**figures: float | None) -> pd.DataFrame:
    """A series from its figures by code, of 2024 unless the code has another year after it."""
    rows = []
    for name, value in figures.items():
        code, _, year = name.partition("_")
        rows.append((code, year or "2024", value, "final" if value else "not_published"))
    return pd.DataFrame(rows, columns=["territory", "period", "value", "status"]).astype({"value": "float64"})


def carry(today: Context, level: Level, additive: bool = True, **figures: float | None) -> dict[str, Cell]:
    rows = transition.carried(series(**figures), level, today, additive=additive)
    assert not rows.duplicated(["territory", "period"]).any()
    found = {}
    for row in rows.itertuples():
        name = row.territory if row.period == "2024" else f"{row.territory}_{row.period}"
        found[name] = (None if pd.isna(row.value) else row.value, row.status)
    return found


def test_merged_municipalities_are_added(today: Context) -> None:
    assert carry(today, "municipality", **{KALNU: 10.0, UPES: 20.0, PILS[0]: 3.0}) == {
        NEW: (30, "final"),
        PILS[0]: (3, "final"),
    }


def test_half_a_sum_is_none(today: Context) -> None:
    assert carry(today, "municipality", **{KALNU: 10.0, UPES: None, PILS[0]: 3.0}) == {
        NEW: (None, "not_published"),
        PILS[0]: (3, "final"),
    }


def test_what_cannot_be_added_is_not(today: Context) -> None:
    assert carry(today, "municipality", additive=False, **{KALNU: 10.0, UPES: 20.0}) == {NEW: (None, "not_applicable")}
    assert carry(today, "unit", additive=False, **{AUGS: 7.0}) == {NEW_AUGS: (7, "final")}


def test_codes_change_and_a_split_parish_is_divided(today: Context) -> None:
    """Without residents the land decides: a quarter and three quarters."""
    assert carry(today, "unit", **{AUGS: 5.0, SALAS: 40.0, ALA: 9.0}) == {
        NEW_AUGS: (5, "final"),
        WEST_SALAS: (10, "estimated"),
        EAST_SALAS: (30, "estimated"),
        ALA: (9, "final"),
    }


def test_a_split_parish_is_divided_by_residents_where_they_are_known(files: dict[str, list[RawFile]]) -> None:
    lived_in = pd.Series({WEST_SALAS: 900.0, EAST_SALAS: 100.0, NEW_AUGS: 1.0, NEW_LEJAS: 1.0})
    fresh = replace(ground(files), residents=lambda: lived_in, _made={})
    assert carry(fresh, "unit", **{SALAS: 40.0}) == {WEST_SALAS: (36, "estimated"), EAST_SALAS: (4, "estimated")}


def test_a_publisher_that_has_both_is_not_counted_twice(today: Context) -> None:
    """As CSP does: the merged municipality carried back into 2025, beside those it was made of."""
    figures = {f"{KALNU}_2025": 10.0, f"{UPES}_2025": 20.0, f"{NEW}_2025": 30.0, f"{NEW}_2026": 31.0}
    assert carry(today, "municipality", **figures, **{NEW: None, KALNU: 11.0, UPES: 21.0}) == {
        f"{NEW}_2025": (30, "final"),
        f"{NEW}_2026": (31, "final"),
        NEW: (32, "final"),
    }


def test_a_municipality_that_goes_on_under_its_code_takes_the_other_in() -> None:
    """Upes keeps its code: its own figures up to 2025 are without Kalnu, later ones with it."""
    territories = pd.DataFrame(
        [("municipality", UPES, "2021-01-01", 500.0)], columns=["level", "code", "valid_from", "area_km2"]
    )
    former = pd.DataFrame([(KALNU, "Kalnu novads", "municipality", "2021-01-01", "2025-07-01", UPES)])
    former.columns = ["code", "name", "level", "valid_from", "valid_to", "successors"]
    here = Context(territories, gpd.GeoDataFrame(), pd.DataFrame(), {}, former)
    figures = {UPES: 20.0, KALNU: 10.0, f"{UPES}_2023": 19.0, f"{UPES}_2026": 33.0, f"{KALNU}_2022": 9.0}
    assert carry(here, "municipality", **figures) == {
        UPES: (30, "final"),
        f"{UPES}_2023": (19, "final"),
        f"{UPES}_2026": (33, "final"),
        f"{UPES}_2022": (None, "not_published"),
    }


def test_what_begins_after_the_boundaries_is_left_out(files: dict[str, list[RawFile]]) -> None:
    """The classifier is newer than the boundaries: a table of the portal has the merged municipality already."""
    here = ground({"boundaries": files["boundaries"][:1], "classifier": files["classifier"]})
    assert here.later == {NEW, NEW_AUGS, NEW_LEJAS, WEST_SALAS, EAST_SALAS}
    table = pd.DataFrame({"AREA": [KALNU, UPES, NEW], "AREA label": "", "TIME": ["2025", "2025", "2026"], "value": 1.0})
    table = table.assign(status="")
    table.attrs = {"dimensions": ["AREA", "TIME"], "time": "TIME"}
    assert pxweb.placed(table, "municipality", here, "a table")["territory"].tolist() == [KALNU, UPES]


def test_a_code_of_no_time_stays_for_the_gate(today: Context) -> None:
    assert carry(today, "municipality", LV0099000=1.0, **{KALNU: 10.0, UPES: 20.0})["LV0099000"] == (1, "final")


def test_sums_that_change_are_refused(today: Context) -> None:
    """A transition table that gives one and a half of a territory away."""
    wrong = transition.parts(today).replace({"share": {0.25: 0.75}})
    broken = Context(today.territories, today.units, today.crosswalk, {}, today.former)
    broken.once("transition True", lambda: wrong)
    with pytest.raises(SchemaError, match=r"2024.* adds up to 60, before to 40"):
        carry(broken, "unit", **{SALAS: 40.0})


def test_names_of_an_older_time_are_those_of_their_time(today: Context, tmp_path: Path) -> None:
    """An export that has Kalna and Upe apart: Upe is the municipality of then, not the merged one of the same name."""
    rows = "".join(
        f'"{name}","{surface}","{kind}",{length}\n'
        for name, length in {"Latvia": 33, "Kalna municipality": 10, "Upe municipality": 20, "Pils": 3}.items()
        for surface in roads.SURFACES
        for kind in roads.KINDS
    )
    path = tmp_path / "TRS020_x.csv"
    path.write_text('"Title"\n\n"Territorial unit","Types of surface","Indicator","2024"\n' + rows, encoding="utf-8")
    context = replace(today, files={"roads": [RawFile(path.name, path)]})
    nothing = pd.DataFrame(columns=list(judge.CORRECTION_COLUMNS))
    table, _ = judge.observe("roads", context, nothing)
    lengths = table[table["measure"] == "roads_km"].set_index("territory")["value"].to_dict()
    assert lengths == {NEW: 30, PILS[0]: 3}


def test_the_official_table_of_2021_decides_where_land_went(tmp_path: Path) -> None:
    """The old parish overlaps both new ones; the table says that one of them took it over."""
    old = (
        made_up_units()
        .iloc[:2]
        .assign(L1_code=["LV0990410", "LV0990420"], L0_code="LV0990000", L0_name="Vecais novads", L0_type=5)
    )
    boxes = [shapely.box(0, 0, 6, 10), shapely.box(6, 0, 20, 10)]
    old = old.set_geometry([shapely.transform(b, lambda p: p * 1000 + [WEST, SOUTH]) for b in boxes], crs=3059)
    new = made_up_units().iloc[:2]
    boxes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    new = new.set_geometry([shapely.transform(b, lambda p: p * 1000 + [WEST, SOUTH]) for b in boxes], crs=3059)
    zips = [publish(old, tmp_path, "2021.01.01"), publish(new, tmp_path, "2022.07.01")]
    path = tmp_path / "atvk_2021_parejas_tabula.csv"
    head = "at_kods,at_nosaukums,tv_kods,tv_nosaukums,at2021_kods,at2021_nosaukums,tv2021_kods,tv2021_nosaukums"
    lines = [
        head,
        f"0990000,Vecais novads,0990410,A,{KALNU[2:]},Kalnu novads,{AUGS[2:]},Augšciema pagasts",
        f"0990000,Vecais novads,0990420,B,{KALNU[2:]},Kalnu novads,{LEJAS[2:]},Lejciema pagasts",
        " , , , ,,,,",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    named = {"boundaries": zips, "classifier": [path]}
    raw = {id: [RawFile(path.name, path) for path in paths] for id, paths in named.items()}
    then = ground(raw).former.set_index("code")["successors"].to_dict()
    assert then["LV0990420"] == LEJAS
    assert then["LV0990000"] == KALNU
    del raw["classifier"][0]
    raw["classifier"] = [RawFile("atu_nuts_codes.csv", tmp_path / "atu_nuts_codes.csv")]
    (tmp_path / "atu_nuts_codes.csv").write_text(f"{HEAD}\n3,{KALNU[2:]},1,K,,2021-07-01,,,\n", encoding="utf-8")
    assert ground(raw).former.set_index("code")["successors"]["LV0990420"] == f"{AUGS} {LEJAS}"


@pytest.fixture
def embedded(published: Path, project: Path, toy: str) -> Path:
    """As after a fresh clone: a snapshot with wells of 2024, no raw files."""
    rows = [f"{code},2024,{place}" for place, (code, *_) in enumerate(UNITS, start=1)]
    path = published / "toy_wells.csv"
    path.write_text("\n".join(["code,year,wells", *rows]) + "\n", encoding="utf-8")
    results = fetch.fetch(fetch.Folder(published), [toy], project / "raw", project / "corrections.csv")
    assert not results[0].error
    build.build(project / "raw", project / "snapshot", project / "corrections.csv")
    shutil.rmtree(project / "raw")
    return project


def test_a_later_edition_is_followed_by_what_only_the_snapshot_holds(embedded: Path, tmp_path: Path) -> None:
    """The wells have no files here: their table is carried to the new codes; links of old codes find the new ones."""
    folder = tmp_path / "later"
    folder.mkdir()
    publish(made_up_units(), folder)
    publish(later_units(), folder, "2025.07.01")
    (folder / "atu_nuts_codes.csv").write_text(register_text(), encoding="utf-8")
    done = refresh(
        fetch.Folder(folder),
        ["boundaries", "classifier"],
        embedded / "raw",
        embedded / "snapshot",
        embedded / "corrections.csv",
    )
    assert done.exit_code == 0, done.errors
    snapshot = open_snapshot(embedded / "snapshot")
    assert (snapshot.territories["level"] == "municipality").sum() == 2
    wells = snapshot.observations.query("measure == 'wells'").set_index("territory")
    assert wells["value"].to_dict() == {
        NEW_AUGS: 1,
        NEW_LEJAS: 2,
        PILS[0]: 3,
        WEST_SALAS: 1,
        EAST_SALAS: 3,
        ALA: 5,
        "LV0030420": 6,
    }
    assert wells.loc[[WEST_SALAS, NEW_AUGS], "status"].tolist() == ["estimated", "final"]
    assert wells["value"].sum() == 21
    drawn = json.loads(gzip.decompress(snapshot.geometry))
    assert NEW in drawn["levels"]["municipality"]["codes"]
    assert lock.read_lock(embedded / "raw").keys() == {"boundaries", "classifier"}
    assert snapshot.former.set_index("code")["successors"][KALNU] == NEW


def test_the_real_country_after_varaklani_joined_madona(shared: Path, tmp_path: Path) -> None:
    """The real edition of 2024, the merger of 1 July 2025 made in it, and the register as CSP writes it."""
    old, varaklani, madona = "LV0038000", "LV0055000", "LV0038001"
    zips = [file for file in real_files(boundaries.SOURCE) if "2024" in file.name]
    units = boundaries.editions(zips)[-1].units.reset_index()
    columns = {value: key for key, value in boundaries.ATTRIBUTES.items() if value in units}
    kinds = {name: number for number, name in boundaries.UNIT_KINDS.items()}
    written = units.assign(L1_type=units["kind"].map(kinds), L0_type=units["municipality_kind"].map(kinds)).rename(
        columns=columns
    )
    merged = written["L0_code"].isin([old, varaklani])
    written.loc[merged, ["L0_code", "L0_name"]] = [madona, "Madonas novads"]
    keep = ["L1_code", "L1_name", "L1_type", "L0_code", "L0_name", "L0_type", "NUTS3_code", "NUTS3_name", "geometry"]
    path = publish(gpd.GeoDataFrame(written[keep], crs=3059), tmp_path, "2025.07.01")
    register = tmp_path / "atu_nuts_codes.csv"
    lines = [HEAD, *(f"4,{code[2:]},1,{name},,2021-07-01,,," for code, name in units[["code", "name"]].to_numpy())]
    lines += [f"3,{old[2:]},1,Madonas novads,,2021-07-01,2025-07-01,,0038001"]
    lines += [f"3,{varaklani[2:]},1,Varakļānu novads,,2021-07-01,2025-07-01,,0038001"]
    lines += ["3,0038001,2,Madonas novads,,2025-07-01,,0038000 0055000,"]
    register.write_text("\n".join(lines) + "\n", encoding="utf-8")
    given = {
        "boundaries": [*zips, RawFile(path.name, path)],
        "classifier": [*real_files(classifier.SOURCE), RawFile(register.name, register)],
    }
    context = ground(given)
    municipalities = context.territories[context.territories["level"] == "municipality"]
    assert len(municipalities) == 42
    assert madona in set(municipalities["code"])
    assert not {old, varaklani} & set(municipalities["code"])
    embedded = open_snapshot().published
    embedded_measures = {m.id: m for source in open_snapshot().sources.values() for m in source.provides}
    for id in ("raim", "roads", "population_lau"):
        source = sources.load(id).SOURCE
        mine = embedded[embedded["measure"].isin([measure.id for measure in source.provides])]
        table = transition.carried_observations(mine, source, context)
        checked = judge.schema.observations(table, source, context.territories, context.former)
        were = mine[mine["territory"].isin([old, varaklani])].pivot_table(
            index=["measure", "period"], columns="territory", values="value"
        )
        now = checked[checked["territory"] == madona].set_index(["measure", "period"])["value"]
        added = [name for name in set(were.index.get_level_values(0)) if embedded_measures[name].additive]
        assert added
        for key, row in were.loc[added].dropna().iterrows():
            assert now[key] == pytest.approx(row.sum())
        others = ~mine["territory"].isin([old, varaklani])
        kept = checked[checked["territory"] != madona].reset_index(drop=True)
        expected = mine[others].sort_values(judge.schema.KEY, ignore_index=True)
        pd.testing.assert_frame_equal(kept, expected, check_like=True)
    named = roads.municipalities_then(pd.Series(["Latvia", "Varakļāni municipality", "Madona municipality"]), context)
    assert {old, varaklani} <= set(named["code"])
    assert madona not in set(named["code"])

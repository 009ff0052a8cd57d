"""The statistics portal: queries within its limits, answers in each of its forms, territories counted once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import jsonstat, pxweb
from data.context import RawFile
from data.live import Visit
from data.model import DownloadError, SchemaError
from data.sources import roads
from data.web import Web
from tests.data.atlas import context
from tests.data.publishers import Behaviour, Publishers, body, serving

TABLE = pxweb.Table("TOY010", "POP/IR")
PATH = "/data.stat.gov.lv/api/v1/en/OSP_PUB/START/POP/IR/TOY010"
CONFIG = "/data.stat.gov.lv/api/v1/en/OSP_PUB/START/?config"
AREAS = {"LV": "Latvia", "LV0020000": "..Kalna municipality (no 01.07.2021.)", "LV0001000": "Pils", "UNK": "Unknown"}
YEARS = ["2022", "2023", "2024"]
Writer = Callable[[str, str], RawFile]


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with serving() as started:
        yield started


@pytest.fixture
def visit(publishers: Publishers, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    with Web(tmp_path / "arrived", pause=0, tries=3, mirror=publishers.address, sleep=lambda _: None) as web:
        yield lambda since="": Visit(roads.SOURCE, web, tmp_path, {}, since)


def variable(code: str, values: dict[str, str], time: bool = False) -> dict[str, Any]:
    return {"code": code, "text": code, "values": list(values), "valueTexts": list(values.values()), "time": time}


METADATA = {
    "title": "Toy",
    "variables": [variable("AREA", AREAS), variable("TIME", {year: year for year in YEARS}, True)],
}


def stat2(dimensions: dict[str, dict[str, str]], values: Any, **more: Any) -> dict[str, Any]:
    """An answer in the form json-stat2."""
    described = {
        id: {"label": id, "category": {"index": {code: n for n, code in enumerate(labels)}, "label": labels}}
        for id, labels in dimensions.items()
    }
    sizes = [len(labels) for labels in dimensions.values()]
    return {"class": "dataset", "version": "2.0", "id": list(dimensions), "size": sizes} | {
        "dimension": described,
        "value": values,
        **more,
    }


def figure(area: str, year: str) -> float | None:
    """What the toy table says of a territory and year."""
    return None if (area, year) == ("LV0001000", "2024") else 1000 * list(AREAS).index(area) + int(year)


def portal(most: int) -> Behaviour:
    """The portal: metadata to GET, cells to POST, a refusal to whoever asks for more than so many."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.command == "GET":
            body(b"\xef\xbb\xbf" + json.dumps(METADATA).encode())(handler)
            return
        asked = {part["code"]: part["selection"]["values"] for part in json.loads(handler.body)["query"]}
        cells = list(product(asked["AREA"], asked["TIME"]))
        if len(cells) > most:
            body("too many cells", 403)(handler)
            return
        dimensions = {"AREA": {code: AREAS[code] for code in asked["AREA"]}, "TIME": {y: y for y in asked["TIME"]}}
        body(stat2(dimensions, [figure(*cell) for cell in cells]))(handler)

    return answer


def queries(publishers: Publishers) -> list[dict[str, list[str]]]:
    posted = [json.loads(request.body)["query"] for request in publishers.of(PATH) if request.method == "POST"]
    return [{part["code"]: part["selection"]["values"] for part in query} for query in posted]


def read(found: pxweb.Found) -> dict[tuple[str, str], float]:
    table = pxweb.read(RawFile(found.name, found.path))
    return {(row.AREA, row.TIME): row.value for row in table.itertuples()}


def test_one_query_where_the_table_is_small(publishers: Publishers, visit: Callable[..., Visit]) -> None:
    publishers.at(PATH, portal(100))
    publishers.at(CONFIG, body({"maxCells": 100, "maxValues": 100}))
    figures = read(pxweb.download(TABLE, visit()))
    assert queries(publishers) == [{"AREA": ["LV", "LV0020000", "LV0001000"], "TIME": YEARS}]
    assert figures["LV", "2022"] == 2022
    assert figures["LV0020000", "2024"] == 3024
    assert figures["LV0001000", "2024"] != figures["LV0001000", "2024"]
    assert len(figures) == 9


@pytest.mark.parametrize("config", [body({"maxCells": 4}), body({"maxCells": 100, "maxValues": 3}), body("", 404)])
@pytest.mark.parametrize("most", [1, 2, 4])
def test_split_to_the_stated_limit_and_again_on_refusal(
    publishers: Publishers, visit: Callable[..., Visit], config: Behaviour, most: int
) -> None:
    publishers.at(PATH, portal(most))
    publishers.at(CONFIG, config)
    figures = read(pxweb.download(TABLE, visit()))
    assert {key for key, value in figures.items() if value == value} == {
        (area, year) for area in AREAS if area != "UNK" for year in YEARS if figure(area, year) is not None
    }
    assert all(value == figure(*key) for key, value in figures.items() if value == value)


def test_a_refusal_of_one_cell_is_final(publishers: Publishers, visit: Callable[..., Visit]) -> None:
    publishers.at(PATH, portal(0))
    publishers.at(CONFIG, body("", 404))
    with pytest.raises(DownloadError, match="answers 403"):
        pxweb.download(TABLE, visit())


def test_late_periods_only(publishers: Publishers, visit: Callable[..., Visit]) -> None:
    publishers.at(PATH, portal(100))
    publishers.at(CONFIG, body({"maxCells": 100}))
    found = pxweb.download(TABLE, visit("2024"))
    assert found.name == "TOY010_since_2024.json"
    assert queries(publishers)[0]["TIME"] == ["2024"]
    with pytest.raises(DownloadError, match="nothing since 2030"):
        pxweb.download(TABLE, visit("2030"))


def test_a_selection_by_label_or_code(publishers: Publishers, visit: Callable[..., Visit]) -> None:
    publishers.at(PATH, portal(100))
    publishers.at(CONFIG, body({"maxCells": 100}))
    pxweb.download(pxweb.Table("TOY010", "POP/IR", {"AREA": ("Kalna municipality", "LV")}), visit())
    assert queries(publishers)[0]["AREA"] == ["LV", "LV0020000"]
    with pytest.raises(DownloadError, match=r"dimension AREA: nothing of Upe \(it has Latvia"):
        pxweb.download(pxweb.Table("TOY010", "POP/IR", {"AREA": ("Upe",)}), visit())


def test_a_run_that_is_repeated_goes_on(publishers: Publishers, visit: Callable[..., Visit]) -> None:
    publishers.at(CONFIG, body({"maxCells": 3}))
    publishers.at(PATH, portal(3), portal(3), portal(3), body("", 500))
    with pytest.raises(DownloadError):
        pxweb.download(TABLE, visit())
    done = len(queries(publishers))
    publishers.at(PATH, portal(3))
    assert len(read(pxweb.download(TABLE, visit()))) == 9
    assert len(queries(publishers)) == done + 4 - 2


@pytest.mark.parametrize("metadata", [{"error": "no"}, [], {"variables": [{"code": "AREA"}]}])
def test_what_is_no_table_is_told(publishers: Publishers, visit: Callable[..., Visit], metadata: Any) -> None:
    publishers.at(PATH, body(metadata))
    with pytest.raises(DownloadError, match="no metadata of a table"):
        pxweb.download(TABLE, visit())


CUBE = {
    "AREA": {"LV0020000": "..Kalna (līdz 01.07.2022.)", "LV0001000": "Pils"},
    "TIME": {"2023": "2023", "2024": "2024"},
}


@pytest.mark.parametrize(
    "answer",
    [
        stat2(CUBE, [1, None, 3, 4], status={"1": ".."}),
        stat2(CUBE, {"0": 1, "2": 3, "3": 4}, status=["", "..", "", ""]),
        {
            "dataset": {
                "dimension": stat2(CUBE, [])["dimension"]
                | {"id": ["AREA", "TIME"], "size": [2, 2], "role": {"time": ["TIME"]}},
                "value": [1, None, 3, 4],
                "status": {"1": ".."},
            }
        },
    ],
)
def test_json_stat_in_each_form(file: Writer, answer: Any) -> None:
    table = pxweb.read(file("table.json", "\ufeff" + json.dumps(answer)))
    assert table["value"].tolist()[0::2] == [1, 3]
    assert table["value"].isna().tolist() == [False, True, False, False]
    assert table["status"].tolist() == ["", "..", "", ""]
    assert table["AREA label"].tolist() == ["Kalna", "Kalna", "Pils", "Pils"]
    assert table.attrs == {"dimensions": ["AREA", "TIME"], "time": "TIME"}


def test_the_portals_own_form(file: Writer) -> None:
    answer = {
        "columns": [
            {"code": "AREA", "text": "Area", "type": "d"},
            {"code": "TIME", "text": "Time", "type": "t"},
            {"code": "TOY", "text": "Toy", "type": "c"},
        ],
        "data": [
            {"key": ["LV0020000", "2023"], "values": ["456"]},
            {"key": ["LV0020000", "2024"], "values": [".."]},
            {"key": ["UNK", "2024"], "values": ["1"]},
            {"key": ["LV0001000", "2024"], "values": ["…"]},
        ],
    }
    table = pxweb.read(file("table.json", "\ufeff" + json.dumps(answer)))
    assert table["AREA"].tolist() == ["LV0020000", "LV0020000", "LV0001000"]
    assert table["value"].fillna(-1).tolist() == [456, -1, -1]
    assert table["status"].tolist() == ["", "", "…"]
    assert table.attrs["time"] == "TIME"


@pytest.mark.parametrize(
    "content",
    [
        *("{}", "[]", "[1]", "null", '{"answers": []}', '{"id": ["A"], "size": [2]}', "{"),
        *map(json.dumps, (stat2(CUBE, [1, 2]), stat2(CUBE, {"9": 1}), stat2({"AREA": {}}, []))),
    ],
)
def test_anything_else_is_one_fault(file: Writer, content: str) -> None:
    with pytest.raises(SchemaError):
        pxweb.read(file("table.json", content))


@given(st.dictionaries(st.integers(0, 11), st.integers(-5, 5)))
def test_sparse_and_full_values_say_the_same(values: dict[int, int]) -> None:
    """The place of a value is row-major over the dimensions."""
    cube = {"A": {"a": "a", "b": "b", "c": "c"}, "B": {str(n): str(n) for n in range(4)}}
    sparse = jsonstat.table(stat2(cube, {str(place): value for place, value in values.items()}))
    full = jsonstat.table(stat2(cube, [values.get(place) for place in range(12)]))
    assert sparse.equals(full)
    for place, value in values.items():
        row = sparse.iloc[place]
        assert (row["A"], row["B"], row["value"]) == ("abc"[place // 4], str(place % 4), value)


def road_answer(areas: dict[str, float | None], years: dict[str, str]) -> str:
    """TRS020 as the portal answers: every length for all surfaces and kinds."""
    dimensions = {
        "AREA": {code: code for code in areas},
        "SURFACE": {str(n): label for n, label in enumerate(roads.SURFACES)},
        "INDICATOR": {f"I{n}": label for n, label in enumerate(roads.KINDS)},
        "TIME": years,
    }
    values = [length for length in areas.values() for _ in range(3 * 4 * len(years))]
    return json.dumps(stat2(dimensions, values))


COUNTRY = {"LV": 33.0, "LV00A": 13, "LV0020000": 10, "LV0030000": 20, "LV0001000": 3}


def test_roads_by_code(file: Writer) -> None:
    table = roads.tidy([file("TRS020.json", road_answer(COUNTRY, {"2023": "2023", "2024": "2024"}))], context())
    assert len(table) == 3 * 12 * 2
    lengths = table[(table["measure"] == "roads_paved_state_km") & (table["period"] == "2024")]
    assert dict(zip(lengths["territory"], lengths["value"], strict=True)) == {
        "LV0001000": 3,
        "LV0020000": 10,
        "LV0030000": 20,
    }


def test_a_city_inside_a_municipality_is_not_added_twice(file: Writer) -> None:
    """Ala (a unit of Upes novads) stands in the table too; the sum would be 38."""
    table = roads.tidy([file("TRS020.json", road_answer(COUNTRY | {"LV0030200": 5.0}, {"2024": "2024"}))], context())
    assert table.loc[table["measure"] == "roads_km", "value"].sum() == 33


def test_roads_that_do_not_add_up_or_belong_to_nobody(file: Writer) -> None:
    table = roads.tidy([file("TRS020.json", road_answer(COUNTRY | {"LV": 3300.0}, {"2024": "2024"}))], context())
    assert table.attrs["totals"]["roads_km", "2024"] == (3300.0, 2.0)
    with pytest.raises(SchemaError, match=r"LV0099000 \(LV0099000\) is no territory that is known"):
        roads.tidy([file("TRS020.json", road_answer(COUNTRY | {"LV0099000": 1.0}, {"2024": "2024"}))], context())


def test_a_renamed_label_is_told(file: Writer) -> None:
    text = road_answer(COUNTRY, {"2024": "2024"}).replace("State roads", "National roads")
    with pytest.raises(SchemaError, match="0 have the labels Total, State roads"):
        roads.tidy([file("TRS020.json", text)], context())


def test_the_answer_counts_where_an_export_has_the_year_too(file: Writer) -> None:
    rows = "".join(
        f'"{name}","{surface}","{kind}",{length}\n'
        for name, length in {"Latvia": 3, "Kalna municipality": 1, "Upe municipality": 1, "Pils": 1}.items()
        for surface in roads.SURFACES
        for kind in roads.KINDS
    )
    export = file("TRS020_x.csv", '"Title"\n\n"Territorial unit","Types of surface","Indicator","2024"\n' + rows)
    answer = file("TRS020.json", road_answer(COUNTRY, {"2024": "2024"}))
    table = roads.tidy([answer, export], context())
    assert table.loc[table["measure"] == "roads_km", "value"].sum() == 33

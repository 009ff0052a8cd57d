"""The programming interface: what it says is what the pages show, and whatever is sent, it answers as described."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette

from data.model import SnapshotError
from reports.api import Api, BadQuery, Query
from tests.conftest import times
from ui import api, cache, server

if TYPE_CHECKING:
    import schemathesis

ROOT = "/api/v1"
BUSY_S = 120
"""How long an answer may take on a machine that does other things too; it is no measurement."""


@pytest.fixture(scope="module")
def described():
    """The description the server gives of itself."""
    import schemathesis  # which no other test needs

    api.current().page(Query(limit=1))
    app = Starlette(routes=server.routes(), middleware=server.middleware())
    return schemathesis.openapi.from_asgi(f"{ROOT}/openapi.json", app, timeout=BUSY_S)


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("name", ["", *(f"/{name}" for name in api.LISTED)])
def test_everything_is_as_described(described: schemathesis.BaseSchema, name: str, mode: str) -> None:
    """Whatever fits the description is answered as it says; whatever does not is refused, and nothing falls over."""
    from schemathesis import GenerationMode

    operation = described[ROOT + name]["GET"]
    if mode == "negative" and name not in ("/values", "/values.csv", "/territories"):
        return  # it takes no parameters that could be wrong

    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    @settings(max_examples=times(8, 20), deadline=None, suppress_health_check=list(HealthCheck))
    def answers(case: schemathesis.Case) -> None:
        case.call_and_validate(timeout=BUSY_S)

    answers()


def test_values_are_those_of_the_pages(loaded, client):
    rows = loaded.values
    rows = rows[(rows["indicator"] == "density") & (rows["level"] == "municipality")]
    rows = rows[rows["period"] == rows["period"].max()]
    query = f"indicator=density&level=municipality&period={rows['period'].iloc[0]}"
    answer = client.get(f"{ROOT}/values?{query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    said = answer.json()
    assert (said["total"], said["next"], said["snapshot"]) == (43, None, loaded.snapshot.hash)
    assert {row["territory"]: row["value"] for row in said["values"]} == dict(
        zip(rows["territory"], rows["value"], strict=True)
    )
    first = said["values"][0]
    assert set(first["sources"].split(";")) == set(said["sources"])
    assert said["sources"]["raim"]["licence"] == loaded.snapshot.sources["raim"].licence.id
    assert said["sources"]["raim"]["credit"]["en"]
    text = client.get(f"{ROOT}/values.csv?{query}")
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(text.text)))
    assert [(row["territory"], float(row["value"])) for row in table] == [
        (row["territory"], row["value"]) for row in said["values"]
    ]
    assert table[0]["licences"] == first["licences"]


def test_several_may_be_asked_for_in_both_ways(client):
    one = client.get(f"{ROOT}/values?territory=LV0001000&territory=LV&period=2023,2024&level=unit,country")
    other = client.get(f"{ROOT}/values?territory=LV0001000,LV&period=2023&period=2024&level=country&level=unit")
    assert one.json() == other.json()
    found = one.json()["values"]
    assert {(row["territory"], row["level"]) for row in found} == {("LV0001000", "unit"), ("LV", "country")}
    assert {row["period"] for row in found} == {"2023", "2024"}


def test_pages_follow_each_other_to_the_end(client):
    address, seen, total = f"{ROOT}/values", [], None
    query = "?territory=LV0001000&level=unit&limit=100"
    while query:
        answer = client.get(address + query)
        said = answer.json()
        assert answer.headers["x-total-count"] == str(said["total"])
        assert ("link" in answer.headers) == (said["next"] is not None)
        seen += [(row["indicator"], row["period"]) for row in said["values"]]
        total, query = said["total"], said["next"]
    assert len(seen) == len(set(seen)) == total > 300
    assert seen == sorted(seen)
    assert client.get(f"{address}?offset=10000000").json()["values"] == []


def test_what_has_not_changed_is_not_sent_again(client):
    first = client.get(f"{ROOT}/sources")
    again = client.get(f"{ROOT}/sources", if_none_match=first.headers["etag"])
    assert (again.status, again.content) == (304, b"")
    assert client.get(f"{ROOT}/sources", if_none_match='"other"').status == 200
    assert first.headers["content-encoding"] == "gzip"
    plain = client.get(f"{ROOT}/sources", accept_encoding="identity")
    assert plain.json() == first.json()
    head = client.get(f"{ROOT}/sources", method="HEAD")
    assert (head.status, head.headers["etag"]) == (200, first.headers["etag"])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", [f"{ROOT}/values", f"{ROOT}/nothing", "/_health"])
def test_nothing_can_be_written(client, method, path):
    answer = client.get(path, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]


def test_every_fault_of_a_query_is_told_at_once(client):
    query = "indicator=nothing&territory=LV9999999&period=24&level=village&limit=0&offset=-1&colour=red&indicator="
    answer = client.get(f"{ROOT}/values?{query}")
    assert answer.status == 400
    faults = {(fault["parameter"], fault["problem"]) for fault in answer.json()["faults"]}
    assert faults == {
        ("'colour'", "no such parameter; there are indicator, territory, period, level, limit, offset"),
        ("indicator", "'nothing': no such indicator; /api/v1/indicators lists them"),
        ("indicator", "'': no such indicator; /api/v1/indicators lists them"),
        ("territory", "'LV9999999': no such territory; /api/v1/territories lists them"),
        ("period", "'24': not a year (2024) or quarter (2024-Q1)"),
        ("level", "'village': not one of unit, municipality, country, group"),
        ("limit", "'0': not a whole number from 1 to 10000"),
        ("offset", "'-1': not a whole number from 0 to 10000000"),
    }
    twice = client.get(f"{ROOT}/values?limit=1&limit=2").json()
    assert twice["faults"] == [{"parameter": "limit", "problem": "given more than once"}]
    assert client.get(f"{ROOT}/sources?a=1").status == 400
    assert client.get(f"{ROOT}/territories?level=village").status == 400


@pytest.mark.parametrize("path", ["/api", "/api/v2", f"{ROOT}/values.xml", f"{ROOT}/values/x", f"{ROOT}/../x"])
def test_what_is_not_there_is_said_in_json(client, path):
    answer = client.get(path)
    assert answer.status == 404
    assert "says what there is" in answer.json()["error"]


def test_lists_hold_everything(loaded, client):
    indicators = client.get(f"{ROOT}/indicators").json()["indicators"]
    assert [entry["id"] for entry in indicators] == list(loaded.indicators)
    assert all(entry["title"]["lv"] and entry["title"]["en"] for entry in indicators)
    territories = client.get(f"{ROOT}/territories?level=municipality,group").json()["territories"]
    assert len(territories) == 44
    assert territories[-1]["code"] == "LV-RURAL"
    sources = client.get(f"{ROOT}/sources").json()["sources"]
    assert [entry["id"] for entry in sources] == list(loaded.snapshot.sources)
    assert {entry["id"] for entry in sources if entry["non_commercial"]} == {"ookla", "ookla_regions"}
    links = client.get(ROOT).json()["links"]
    assert all(client.get(address).status == 200 for address in links.values())


def test_a_cell_of_the_csv_is_never_a_formula(loaded):
    """A name that a spreadsheet would run; a number stays a number, negative or not."""
    few = loaded.values[loaded.values["territory"].eq("LV0001000") & loaded.values["value"].lt(0)].head(3)
    evil = loaded.snapshot.territories.replace({"name": {"Rīga": '=HYPERLINK("http://x")'}})
    made = Api(replace(loaded.snapshot, territories=evil), few, loaded.indicators)
    text, _ = made.values_as_csv(made.query([]))
    table = pd.read_csv(io.StringIO(text))
    assert table["name"].str.startswith("'=").all()
    assert len(table) == 3
    assert table["value"].lt(0).all()


def test_an_empty_answer_is_an_answer(loaded):
    made = Api(loaded.snapshot, loaded.values, loaded.indicators)
    assert made.values_as_dict(made.query([("period", "1900")]))["values"] == []
    assert made.values_as_csv(made.query([("period", "1900")]))[0].count("\r\n") == 1
    with pytest.raises(BadQuery):
        made.query([("period", "1900\n")])


def test_health(loaded, client):
    answer = client.get("/_health")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    said = answer.json()
    assert (said["status"], said["snapshot"]) == ("ok", loaded.snapshot.hash)
    assert (said["version"], said["edition"]) == (cache.project().version, loaded.snapshot.manifest["edition"])
    assert said["age_seconds"] >= 0


def test_a_snapshot_that_cannot_be_read_is_no_health(client, monkeypatch):
    def damaged():
        raise SnapshotError.of("data/snapshot", "places.parquet", "damaged", "Run the build.", "damaged")

    monkeypatch.setattr(cache, "current", damaged)
    for path in ("/_health", f"{ROOT}/values"):
        answer = client.get(path)
        assert answer.status == 503
        assert "places.parquet" in answer.json()["error"]


def test_the_document_speaks_of_every_address(client):
    document = client.get(f"{ROOT}/openapi.json").json()
    assert set(document["paths"]) == {route.path for route in api.routes()[1:] if "rest" not in route.path} - {
        f"{ROOT}/",
        "/api",
    }

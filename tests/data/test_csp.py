"""The tables of CSP from a local portal that answers as the real one does, into a snapshot and its indicators."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest

import cli
import indicators
from data import pxweb, sources, web
from data.context import RawFile
from data.judge import ground
from data.live import Visit
from data.lock import raw_files
from data.model import DownloadError, SchemaError
from data.store import open_snapshot
from data.web import Web
from indicators.catalogue import computable, measures_of, sources_of
from indicators.evaluate import evaluate
from tests.conftest import THOROUGH
from tests.data.country import UNITS
from tests.data.publishers import Publishers, body, serving
from tests.data.test_pxweb import stat2

V1 = "/data.stat.gov.lv/api/v1/en/OSP_PUB/START/"
V2 = "/api.stat.gov.lv/api/v2/"
IDS = ("csp_population", "csp_change", "csp_jobs")
CODES = [code for code, *_ in UNITS]
KALNU, UPES, PILS = "LV0020000", "LV0030000", "LV0001000"
PLACES = {
    "LV": "Latvia",
    "LV00A": "Riga statistical region (from 01.01.2024.)",
    "LV006": "Riga statistical region (Riga) (before 01.01.2024.)",
    KALNU: "Kalna municipality",
    UPES: "Upe municipality (no 01.07.2021.)",
    **{code: f"..{name}" for code, name, *_ in UNITS},
    "LVDPA0042": "A densely populated area",
    "UNK": "Unknown",
}
PARTS = {
    **{code: [code] for code in CODES},
    KALNU: CODES[:2],
    UPES: CODES[3:],
    "LV": CODES,
    "LV00A": CODES[:3],
    "LV006": CODES[:3],
    "LVDPA0042": [],
    "UNK": [],
}
"""Territory -> the units it consists of."""
Figures = Callable[[int, str], float | None]
"""The figure of a unit (by its place, from 1) in a year."""


@dataclass
class Px:
    """A table of the portal: its dimensions but place and time, and the figure of each of their codes."""

    path: str
    dimensions: Mapping[str, Mapping[str, str]]
    figures: Mapping[str, Figures]
    years: tuple[str, ...]
    place: str = "AREA"
    hidden: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, Mapping[str, str]]:
        return {**self.dimensions, self.place: PLACES | dict(self.also), "TIME": {year: year for year in self.years}}

    @property
    def metadata(self) -> dict[str, Any]:
        variables = [
            {"code": id, "text": id, "values": list(labels), "valueTexts": list(labels.values()), "time": id == "TIME"}
            for id, labels in self.labels.items()
        ]
        return {"title": "A table", "variables": variables}

    def cell(self, key: Mapping[str, str]) -> float | None:
        figure = next(self.figures[code] for code in key.values() if code in self.figures)
        place, year = key[self.place], key["TIME"]
        if place in self.hidden:
            return None
        parts = [figure(CODES.index(code) + 1, year) for code in PARTS.get(place, ())]
        return None if not parts or None in parts else sum(part for part in parts if part is not None)

    def answer(self, asked: Mapping[str, list[str]]) -> dict[str, Any]:
        """What the portal answers to codes: of a dimension that is not asked for, all; "…" where there is nothing."""
        chosen = {id: asked.get(id, list(labels)) for id, labels in self.labels.items()}
        named = {id: {code: self.labels[id][code] for code in codes} for id, codes in chosen.items()}
        values = [self.cell(dict(zip(chosen, key, strict=True))) for key in product(*chosen.values())]
        return stat2(named, values, status={str(n): "…" for n, value in enumerate(values) if value is None})


def people(factor: float) -> Figures:
    """100 for the first unit, 200 for the second …, a tenth less each year after 2022."""
    return lambda place, year: factor * 100 * place * (1 - 0.1 * max(int(year) - 2022, 0))


SEX = {"T": "Total", "M": "Males", "F": "Females"}
YEARS = ("2016", "2021", "2022", "2023", "2024", "2025", "2026")
GROUPS = {"TOTAL": "Total", "A": "Under working age", "B": "Of working age", "C": "Over working age"}
GROUPS |= {"Y75-79": "75–79 years", "Y80-84": "80–84 years", "Y_GE85": "85 years and over"}
AGES = {"TOTAL": "Total", **{f"Y{age}": f"{age} years" for age in range(100)}, "Y5-9": "5–9 years"}
SHARES = {"TOTAL": 1.0, "A": 0.2, "B": 0.6, "C": 0.2, "Y75-79": 0.07, "Y80-84": 0.03, "Y_GE85": 0.02}


def tables() -> dict[str, Px]:
    """Every declared table in the form the portal gives it."""
    jobs = {
        f"NPV022{n}": name for n, name in enumerate(("Number of employed", "Number of jobs", "Value of output, euro"))
    }
    living = {"NPV010": "Number of employed", "NPV0101": "Number of jobs", "NPV0103": "Value added, euro"}
    return {
        "IRS051": Px(
            "POP/IR/IRS",
            {"INDICATOR": {"TOTAL": "Total", "URB": "Urban (densely populated)", "RUR": "Rural"}},
            {"TOTAL": people(1), "URB": people(0.25), "RUR": people(0.75)},
            YEARS[2:],
        ),
        "RIG010": Px(
            "POP/IR/IRD",
            {"AGE": {"TOTAL": "Total", "Y0-6": "0–6"}, "SEX": SEX, "ContentsCode": {"RIG010": "Number"}},
            {"TOTAL": people(1), "Y0-6": people(0.1)},
            ("2000", *YEARS[:5]),
            place="AllAreaLV",
        ),
        "IRD081": Px(
            "POP/IR/IRD",
            {"SEX": SEX, "AgeGroup": GROUPS, "ContentsCode": {"IRD081": "Number"}},
            {code: people(share) for code, share in SHARES.items()},
            ("1970", *YEARS),
        ),
        "IRS031": Px(
            "POP/IR/IRS",
            {"INDICATOR": {"POP_SY": "Population at the beginning of the year", "NATGROW": "Natural increase"}},
            {"POP_SY": people(1), "NATGROW": lambda place, year: None if year == "2026" else -place},
            YEARS[2:],
        ),
        "IRD041": Px(
            "POP/IR/IRD",
            {"AGE": AGES, "SEX": SEX, "ContentsCode": {"IRD041": "Number"}},
            {code: people(1 if code == "TOTAL" else 0.01) for code in AGES},
            ("2025",),
        ),
        "NPV022": Px(
            "ENT/UT/UTV",
            {"ContentsCode": {**jobs, "NPV0223": "Value added, euro"}, "SECTOR": {"TOTAL": "Total", "M": "Market"}},
            {
                "NPV0220": people(9),
                "NPV0221": people(0.2),
                "NPV0222": people(9000),
                "NPV0223": people(4000),
            },
            ("2021", "2022"),
            hidden=(CODES[4],),
        ),
        "NPV010": Px(
            "ENT/UT/UTN",
            {"ContentsCode": living},
            {"NPV010": people(0.4), "NPV0101": people(9), "NPV0103": people(9)},
            ("2021", "2022"),
        ),
    }


def serve(publishers: Publishers, served: Mapping[str, Px], *, first: bool = True, second: bool = False) -> None:
    """Put tables at the portal: at version 1 of its interface, at version 2, or both."""
    publishers.at(f"{V1}?config", body({"maxCells": 400, "maxValues": 3800}))
    publishers.at(f"{V2}config", body({"apiVersion": "2.0", "maxDataCells": 150}))

    def by_path(table: Px) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(handler: Any) -> None:
            if handler.command == "GET":
                body(b"\xef\xbb\xbf" + json.dumps(table.metadata).encode())(handler)
                return
            query = {part["code"]: part["selection"]["values"] for part in json.loads(handler.body)["query"]}
            given = table.answer(query)
            few = len(given["value"]) <= 400
            body(given if few else "too many cells", 200 if few else 403)(handler)

        return answer

    def by_id(table: Px) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(handler: Any) -> None:
            query = {part["variableCode"]: part["valueCodes"] for part in json.loads(handler.body)["selection"]}
            body(table.answer(query))(handler)

        return answer

    for id, table in served.items():
        if first:
            publishers.at(f"{V1}{table.path}/{id}", by_path(table))
        if second:
            described = table.answer({}) | {
                "value": [],
                "label": "A table",
                "role": {"time": ["TIME"], "geo": ["AREA"]},
            }
            publishers.at(f"{V2}tables/{id}/metadata?lang=en", body(described))
            publishers.at(f"{V2}tables/{id}/data?lang=en&outputFormat=json-stat2", by_id(table))


@pytest.fixture
def publishers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    monkeypatch.setattr(web, "PAUSE", 0)
    monkeypatch.setattr(web, "LONGEST_WAIT", 0)
    with serving() as started:
        monkeypatch.setenv(web.MIRROR, started.address)
        yield started


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("version", [1, 2] if THOROUGH else [1])
def test_from_the_portal_to_the_indicators(
    publishers: Publishers, project: Path, capsys: pytest.CaptureFixture[str], version: int
) -> None:
    """As after a fresh clone: the declared tables are asked for, built, and every indicator that waited has values."""
    shutil.rmtree(project / "raw")
    serve(publishers, tables(), first=version == 1, second=version == 2)
    waiting = set(indicators.registry()) - set(
        computable(indicators.registry(), open_snapshot(project / "snapshot").measures)
    )
    code, said = run(capsys, "refresh", *IDS)
    assert code == 0, said
    assert [change["outcome"] for change in said["sources"]] == ["new"] * 3
    asked = {request.path for request in publishers.asked if request.method == "POST"}
    assert all(path.startswith(V1 if version == 1 else V2) for path in asked)
    snapshot = open_snapshot(project / "snapshot")
    table = snapshot.published
    assert set(table.loc[table["measure"] == "usual_residents", "territory"]) == set(CODES)
    assert set(table.loc[table["measure"] == "natural_increase", "territory"]) == {KALNU, UPES, PILS}
    assert table.loc[table["measure"].eq("usual_all_ages"), "period"].min() == "2016"
    shown = computable(indicators.registry(), snapshot.measures)
    values = evaluate(shown, snapshot.observations, snapshot.territories, snapshot.measures)
    found = values[values["value"].notna()].set_index(["indicator", "level", "territory", "period"])["value"]
    # a quarter live in dense places, 3 + 2 % are aged 80 and over, each year of age has 1 %
    assert found["dense_residents_share", "unit", PILS, "2026"] == pytest.approx(25)
    assert found["very_old_share", "unit", CODES[0], "2021"] == pytest.approx(5)
    assert found["school_age_share", "municipality", KALNU, "2025"] == pytest.approx(12)
    assert found["usual_change_5y", "unit", CODES[1], "2021"] == pytest.approx(0)
    assert ("usual_change_5y", "unit", CODES[1], "2026") not in found.index
    # 1 + 2 people fewer a year; 270, 240 and 210 live there
    assert found["natural_increase_rate", "municipality", KALNU, "2025"] == pytest.approx(-1000 * 9 / 720)
    # 0.2 jobs and 0.4 workers for everyone; 4,000 EUR for 0.2 jobs
    assert found["jobs_per_100_workers", "unit", CODES[0], "2022"] == pytest.approx(50)
    assert found["value_added_per_job", "unit", CODES[0], "2022"] == pytest.approx(20_000)
    assert ("jobs_per_100_workers", "unit", CODES[4], "2022") not in found.index
    assert {"natural_increase_rate", "jobs_per_100_workers", "usual_change_5y"} <= waiting & set(
        found.index.get_level_values(0)
    )
    # without RAIM the usual residents stand in for the declared ones
    assert [source.id for source in sources_of(shown["residents"], snapshot.sources)] == ["csp_population"]
    assert measures_of(snapshot.sources)["residents"].title.en == "Usual residents"
    assert run(capsys, "refresh", *IDS)[1]["after"] == said["after"]


def test_version_2_gives_the_same(publishers: Publishers, project: Path, tmp_path: Path) -> None:
    """The same observations and totals of every source, and the same bytes when it is asked again."""
    serve(publishers, tables())
    first = {id: tidied(id, project, tmp_path / "1") for id in IDS}
    publishers.answers.clear()
    publishers.asked.clear()
    serve(publishers, tables(), first=False, second=True)
    for id in IDS:
        table = tidied(id, project, tmp_path / "2")
        pd.testing.assert_frame_equal(table, first[id])
        assert table.attrs["totals"] == first[id].attrs["totals"]
        once, again = ([file.path.read_bytes() for file in visited(id, project, tmp_path / name)] for name in "ab")
        assert once == again
    assert all(request.path.startswith(V2) for request in publishers.asked if request.method == "POST")


def test_the_published_totals_come_along(publishers: Publishers, project: Path, tmp_path: Path) -> None:
    """Sums can be compared with the country's figure; experimental tables, which hide small places, have none."""
    serve(publishers, tables())
    table = tidied("csp_population", project, tmp_path)
    totals = table.attrs["totals"]
    assert totals["usual_residents", "2022"] == (2100, 0.5)
    sums = table.groupby(["measure", "period"])["value"].sum()
    assert all(sums[key] == pytest.approx(total) for key, (total, _) in totals.items())
    assert not [measure for measure, _ in tidied("csp_jobs", project, tmp_path).attrs["totals"]]
    hidden = tidied("csp_jobs", project, tmp_path).query(f"territory == '{CODES[4]}' and measure == 'jobs_here'")
    assert set(hidden["status"]) == {"not_published"}


def visited(id: str, project: Path, folder: Path) -> list[RawFile]:
    """The files of a source as they come from the portal."""
    module = sources.load(id)
    with Web(folder / id, sleep=lambda _: None) as getter:
        found = module.live(Visit(module.SOURCE, getter, project / "raw", {}))  # type: ignore[attr-defined]
    return [RawFile(file.name, file.path) for file in found]


def tidied(id: str, project: Path, folder: Path) -> Any:
    return sources.load(id).tidy(visited(id, project, folder), ground(raw_files(project / "raw")))


def test_a_code_nobody_knows_is_told_if_it_has_a_figure(publishers: Publishers, project: Path, tmp_path: Path) -> None:
    served = tables()
    served["IRS031"].also = {"LV0030001": "Upe municipality (no 01.07.2025.)"}
    serve(publishers, served)
    assert set(tidied("csp_change", project, tmp_path)["territory"]) == {KALNU, UPES, PILS}
    served["IRS031"].cell = lambda key: 1.0  # type: ignore[method-assign]
    with pytest.raises(SchemaError, match=r"LV0030001 \(Upe municipality\) is no territory that is known"):
        tidied("csp_change", project, tmp_path / "again")


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    ("dimension", "labels", "message"),
    [
        (
            "ContentsCode",
            {"NPV0221": "Posts", "NPV0223": "Value added, euro"},
            "0 dimensions have Number of jobs, not one",
        ),
        ("SECTOR", {"M": "Market", "N": "Non-market"}, "none of its values is a total (Market, Non-market)"),
    ],
)
def test_a_table_that_changed_is_told(
    publishers: Publishers,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    dimension: str,
    labels: dict[str, str],
    message: str,
) -> None:
    served = tables()
    served["NPV022"].dimensions = {**served["NPV022"].dimensions, dimension: labels}
    serve(publishers, served)
    code, said = run(capsys, "refresh", *IDS)
    assert code == 3
    failed = {change["source"]: change["error"] for change in said["sources"] if change["error"]}
    assert failed.keys() == {"csp_jobs"}
    assert message in failed["csp_jobs"]
    assert "compare its metadata with the declaration" in failed["csp_jobs"]


def test_version_2_is_asked_where_version_1_refuses_half_way(
    publishers: Publishers, project: Path, tmp_path: Path
) -> None:
    served = tables()
    serve(publishers, served, second=True)
    path = f"{V1}POP/IR/IRS/IRS051"
    described = publishers.answers[path][0]
    publishers.at(path, described, body("gone", 410))
    assert len(tidied("csp_population", project, tmp_path))
    assert publishers.of(f"{V2}tables/IRS051/data?lang=en&outputFormat=json-stat2")
    assert not publishers.of(f"{V2}tables/RIG010/metadata?lang=en")


def test_both_versions_are_named_where_both_fail(publishers: Publishers, tmp_path: Path) -> None:
    table = pxweb.Table("IRS051", "POP/IR/IRS")
    with Web(tmp_path / "web", tries=2, sleep=lambda _: None) as getter, pytest.raises(DownloadError) as caught:
        pxweb.download(table, Visit(sources.load("csp_jobs").SOURCE, getter, tmp_path, {}))
    assert "data.stat.gov.lv" in str(caught.value)
    assert "api.stat.gov.lv/api/v2/tables/IRS051/metadata" in str(caught.value)
    only = pxweb.Table("IRS051", "POP/IR/IRS", version=2)
    with Web(tmp_path / "web", tries=2, sleep=lambda _: None) as getter, pytest.raises(DownloadError) as caught:
        pxweb.download(only, Visit(sources.load("csp_jobs").SOURCE, getter, tmp_path, {}))
    assert "data.stat.gov.lv" not in str(caught.value)


HITS = [
    {"id": "UZS010", "path": "/ENT/UZ/UZS", "title": "Enterprises in municipalities 2013 - 2023", "score": 1.0},
    {"id": "NPV010", "path": "/ENT/UT/UTN", "title": "Number of employed [by residence] 2017 - 2022", "score": 0.5},
    {"id": "IRS010m", "path": "/POP/IR/IRS", "title": "Population 1995M01 –", "score": 0.1},
]


def search_at(language: str, text: str) -> str:
    return f"/data.stat.gov.lv/api/v1/{language}/OSP_PUB?query={quote(text, safe='')}"


def test_search(publishers: Publishers, capsys: pytest.CaptureFixture[str]) -> None:
    text = "uzņēm* / 2023"
    publishers.at(search_at("en", text), body(HITS[:2]))
    publishers.at(search_at("lv", text), body([HITS[0] | {"title": "Uzņēmumi"}, HITS[2]]))
    code, found = run(capsys, "search", text)
    assert code == 0
    assert [(hit["id"], hit["path"], hit["first"], hit["last"], hit["source"]) for hit in found] == [
        ("UZS010", "ENT/UZ/UZS", "2013", "2023", None),
        ("NPV010", "ENT/UT/UTN", "2017", "2022", "csp_jobs"),
        ("IRS010m", "POP/IR/IRS", "1995M01", "", None),
    ]
    assert found[0]["title"] == "Enterprises in municipalities 2013 - 2023"
    assert cli.main(["search", text]) == 0
    said = capsys.readouterr().out
    assert "Number of employed [by residence]" in said
    assert "2017–2022" in said


def test_search_by_version_2_and_without_an_answer(publishers: Publishers, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"id": "UZS010", "label": "Enterprises", "firstPeriod": "2013", "lastPeriod": "2023"}
    entry["paths"] = [[{"id": "ENT", "label": "Enterprises"}, {"id": "UZ", "label": ""}]]  # type: ignore[assignment]
    for language in ("en", "lv"):
        publishers.at(f"{V2}tables?lang={language}&query=firm&pageSize=100", body({"tables": [entry]}))
    code, found = run(capsys, "search", "firm")
    assert (code, [(hit["id"], hit["path"], hit["last"]) for hit in found]) == (0, [("UZS010", "ENT/UZ", "2023")])
    assert cli.main(["search", "nowhere"]) == 1
    assert "answers 404" in capsys.readouterr().err
    for language in ("en", "lv"):
        publishers.at(search_at(language, "nothing"), body([]))
    assert cli.main(["search", "nothing"]) == 0
    assert "No table has 'nothing'" in capsys.readouterr().out
    assert cli.main(["search", " "]) == 2

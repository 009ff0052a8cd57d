"""Refreshing from local publishers: what changes, what a failure costs, and that nothing is ever half done."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cli
from data import gates, history, judge, live, lock, sources, web
from data.live import Live
from data.refresh import refresh
from data.store import open_snapshot
from data.web import Web
from tests.data.country import PILS, UNITS
from tests.data.publishers import Publishers, body, serving, stamped
from tests.data.test_pxweb import METADATA, road_answer, stat2

ZIP = "territorial_units_lv_1.2m_2024.01.01..zip"
CKAN = "/data.gov.lv/dati/api/3/action/package_show?id="
EDITION = f"/data.gov.lv/dati/dataset/robezas/download/{ZIP}"
REGISTER = "/data.gov.lv/dati/dataset/atvk/download/atu_nuts_codes.csv"
PORTAL = "/data.stat.gov.lv/api/v1/en/OSP_PUB/START/"
ROADS = f"{PORTAL}TRA/TR/TRS/TRS020"
EUROSTAT = "/ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/{}?format=JSON&lang=en&geo=LV"
LIVE = ["boundaries", "classifier", "eurostat_ict", "roads"]
LENGTHS = {"LV": 33.0, "LV0020000": 10, "LV0030000": 20, "LV0001000": 3}


def resource(address: str, modified: str = "2024-01-01T00:00:00") -> dict[str, Any]:
    return {"id": address, "name": "a file", "url": f"https:/{address}", "last_modified": modified}


def package(*resources: dict[str, Any], licence: str = "CC-BY-4.0") -> dict[str, Any]:
    return {"success": True, "result": {"license_id": licence, "resources": list(resources)}}


def register(*more: str) -> bytes:
    """The classifier of the made-up country."""
    lines = [
        "Level,Code,Code_version,Name,Code_parent,Validity_period_begin,Validity_period_end,Predecessors,Successors"
    ]
    for code, name, *_ in UNITS:
        lines.append(f"{3 if code == PILS[0] else 4},{code[2:]},1,{name},,01.07.2021,,,")
    lines += ["3,0020000,1,Kalnu novads,,2021-07-01,2025-07-01,,0030000", "3,0030000,1,Upes novads,,2021-07-01,,,"]
    return ("\ufeff" + "\n".join([*lines, *more]) + "\n").encode()


def eurostat(fixed: dict[str, str], years: dict[str, float], **keys: str) -> dict[str, Any]:
    """A dataset of Eurostat: the same figure for each key."""
    codes = {name: {code: code} for name, code in {"freq": "A", **fixed, **keys}.items()}
    dimensions = codes | {"geo": {"EE": "Estonia", "LV": "Latvia"}, "time": {year: year for year in years}}
    return stat2(dimensions, {str(len(years) + n): value for n, value in enumerate(years.values())})


@pytest.fixture
def publishers(edition: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    """All publishers, healthy; nothing waits."""
    monkeypatch.setattr(web, "PAUSE", 0)
    monkeypatch.setattr(web, "LONGEST_WAIT", 0)
    monkeypatch.setattr("data.refresh.with_address", lambda: tuple(LIVE))  # of the others tells test_refresh_places
    with serving() as started:
        monkeypatch.setenv(web.MIRROR, started.address)
        healthy(started, edition)
        yield started


def healthy(at: Publishers, edition: bytes) -> None:
    at.at(f"{CKAN}robezas", body(package(resource(EDITION))))
    at.at(f"{CKAN}atvk", body(package(resource(REGISTER))))
    at.at(EDITION, stamped(edition, '"e1"'))
    at.at(REGISTER, stamped(register(), '"r1"'))
    at.at(f"{PORTAL}?config", body({"maxCells": 1000, "maxValues": 1000}))
    roads(at, {"2024": "2024"})
    households = {"unit": "PC_HH"}, {"2023": 93.07, "2024": 94.33}
    at.at(EUROSTAT.format("isoc_ci_in_h"), stamped(packed(eurostat(*households, hhtyp="TOTAL")), '"h"'))
    people = {"unit": "PC_IND", "indic_is": "I_IU3"}, {"2024": 93.0}
    at.at(EUROSTAT.format("isoc_ci_ifp_iu"), stamped(packed(eurostat(*people, ind_type="IND_TOTAL")), '"p"'))
    skills = eurostat({"unit": "PC_IND"}, {"2023": 45.34}, indic_is="I_DSK2_BAB", ind_type="IND_TOTAL")
    at.at(EUROSTAT.format("isoc_sk_dskl_i21"), stamped(packed(skills), '"s"'))


def packed(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def roads(at: Publishers, years: dict[str, str], *lengths: dict[str, float]) -> None:
    """The table of roads, with the lengths of each year; the last ones stay."""
    given = [*lengths, *[(lengths or [LENGTHS])[-1]] * len(years)][: len(years)]
    answer = json.loads(road_answer(dict.fromkeys(given[-1], 0.0), years))
    answer["value"] = [year[code] for code in given[-1] for _ in range(3 * 4) for year in given]
    variables = [
        {
            "code": id,
            "text": id,
            "values": list(answer["dimension"][id]["category"]["label"]),
            "valueTexts": list(answer["dimension"][id]["category"]["label"].values()),
            "time": id == "TIME",
        }
        for id in answer["id"]
    ]

    def portal(handler: Any) -> None:
        body(METADATA | {"variables": variables} if handler.command == "GET" else answer)(handler)

    at.at(ROADS, portal)


@pytest.fixture(scope="module")
def refreshed_before(edition: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder that was refreshed once from the healthy publishers, to be copied."""
    folder = tmp_path_factory.mktemp("refreshed")
    (folder / "corrections.csv").write_text(",".join(judge.CORRECTION_COLUMNS) + "\n", encoding="utf-8")
    with serving() as at, Web(folder / "raw" / live.DOWNLOADS, pause=0, mirror=at.address) as web:
        healthy(at, edition)
        result = refresh(Live(web, folder / "raw"), LIVE, *places(folder))
    assert result.exit_code == 0
    return folder


def places(folder: Path) -> tuple[Path, Path, Path]:
    return folder / "raw", folder / "snapshot", folder / "corrections.csv"


@pytest.fixture
def refreshed(refreshed_before: Path, empty: Path) -> Path:
    """A project folder that was refreshed once from the healthy publishers."""
    for name in ("raw", "snapshot"):
        shutil.copytree(refreshed_before / name, empty / name)
    return empty


@pytest.fixture
def empty(tmp_path: Path, corrections: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder without raw files and without a snapshot."""
    for name, path in {"RAW": "raw", "SNAPSHOT": "snapshot", "CORRECTIONS": corrections.name}.items():
        monkeypatch.setattr(f"data.paths.{name}", tmp_path / path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["refresh", "--json", *arguments])
    said = json.loads(capsys.readouterr().out)
    assert said["exit_code"] == code
    return code, said


def outcomes(said: dict[str, Any]) -> dict[str, str]:
    return {change["source"]: change["outcome"] for change in said["sources"] if change["source"] in LIVE}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_those_with_a_live_address() -> None:
    assert set(live.with_address()) >= set(LIVE)
    assert list(live.with_address()) == sorted(live.with_address(), key=sources.ORDER.index)


def test_from_an_empty_folder_to_a_snapshot(
    publishers: Publishers, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys)
    assert code == 0, said
    assert set(outcomes(said).values()) == {"new"}
    changes = {change["source"]: change for change in said["sources"]}
    assert changes["raim"]["outcome"] == "no live address"
    assert changes["roads"]["new_periods"] == ["2024"]
    assert changes["roads"]["changed"] == changes["roads"]["rows"] == 36
    assert changes["eurostat_ict"]["licence"] == "Eurostat reuse"
    assert changes["boundaries"]["bytes"] > 1000
    snapshot = open_snapshot(empty / "snapshot")
    assert said["after"] == snapshot.hash
    assert set(snapshot.observations["measure"]) >= {"area_km2", "roads_km", "ict_basic_skills_16_74"}
    ended = snapshot.territories.set_index(["level", "code"]).loc[("municipality", "LV0020000")]
    assert (ended["valid_to"], ended["successors"]) == ("2025-07-01", "LV0030000")
    assert not (empty / "raw" / live.DOWNLOADS / "roads").exists()


@pytest.mark.usefixtures("unread")
def test_again_transfers_and_changes_nothing(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(refreshed / "snapshot") | contents(refreshed / "raw")
    code, said = run(capsys)
    assert code == 0
    assert set(outcomes(said).values()) == {"unchanged"}
    assert said["after"] == said["before"]
    assert contents(refreshed / "snapshot") | contents(refreshed / "raw") == before
    sizes = {change["source"]: change["bytes"] for change in said["sources"]}
    assert sizes["eurostat_ict"] == 0
    assert publishers.of(EDITION)[-1].headers["If-None-Match"] == '"e1"'


@pytest.mark.usefixtures("unread")
def test_an_embedded_snapshot_keeps_what_is_not_asked_for(
    publishers: Publishers, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a fresh clone: the snapshot is there, data/raw is not."""
    shutil.rmtree(project / "raw")
    before = open_snapshot(project / "snapshot")
    code, said = run(capsys, "roads")
    assert code == 0, said
    after = open_snapshot(project / "snapshot")
    assert set(after.observations["measure"]) - set(before.observations["measure"]) >= {"roads_km"}
    kept = after.observations[after.observations["measure"] == "area_km2"]
    assert kept["value"].tolist() == [100.0] * 6
    assert after.manifest["sources"]["boundaries"] == before.manifest["sources"]["boundaries"]
    assert after.territories.equals(before.territories)
    assert after.geometry == before.geometry


@pytest.mark.usefixtures("unread")
def test_a_new_year_is_told(publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roads(publishers, {"2024": "2024", "2025": "2025"})
    code, said = run(capsys, "roads")
    (change,) = said["sources"]
    assert code == 0
    assert (change["new_periods"], change["changed"], change["rows"]) == (["2025"], 36, 72)


@pytest.mark.usefixtures("unread")
def test_what_was_judged_is_built_without_reading_it_again(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    roads(publishers, {"2024": "2024", "2026": "2026"})
    read = []
    tidy = sources.load("roads").tidy
    monkeypatch.setattr(sources.load("roads"), "tidy", lambda *given: read.append(given) or tidy(*given))
    assert run(capsys, "roads")[0] == 0
    assert len(read) == 1
    assert set(open_snapshot(refreshed / "snapshot").observations.query("measure == 'roads_km'")["period"]) == {
        "2024",
        "2026",
    }


@pytest.mark.usefixtures("unread")
def test_late_periods_stand_beside_the_earlier_ones(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roads(publishers, {"2025": "2025"}, {code: 2 * length for code, length in LENGTHS.items()})
    assert run(capsys, "roads", "--since", "2025")[0] == 0
    table = open_snapshot(refreshed / "snapshot").observations.query(
        "measure == 'roads_km' and territory == 'LV0001000'"
    )
    assert dict(zip(table["period"], table["value"], strict=True)) == {"2024": 3, "2025": 6}
    assert [entry.name for entry in lock.read_lock(refreshed / "raw")["roads"]] == [
        "TRS020.json",
        "TRS020_since_2025.json",
    ]


@pytest.mark.usefixtures("unread")
def test_a_dry_run_keeps_nothing(publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(refreshed / "snapshot"), (refreshed / "raw" / lock.LOCK).read_bytes()
    roads(publishers, {"2025": "2025", "2024": "2024"})
    code, said = run(capsys, "--dry-run")
    assert code == 0
    assert {id for id, outcome in outcomes(said).items() if outcome == "new"} == {"roads"}
    assert (contents(refreshed / "snapshot"), (refreshed / "raw" / lock.LOCK).read_bytes()) == before


def test_a_doubtful_period_is_held_back_and_the_rest_goes_on(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """2025 comes with one length 1,000 times too large: 2024 stays the newest that is used, until somebody agrees."""
    answers = {"2024": LENGTHS, "2025": LENGTHS | {"LV": 3030.0, "LV0001000": 3000}}
    roads(publishers, {"2024": "2024", "2025": "2025"}, *answers.values())
    code, said = run(capsys, "roads")
    (change,) = said["sources"]
    assert (code, change["outcome"], change["new_periods"]) == (3, "new", ["2025"])
    assert {(held["measure"], held["gate"]) for held in change["held"]} >= {("roads_km", "jump"), ("roads_km", "leap")}
    snapshot = open_snapshot(refreshed / "snapshot")
    lengths = snapshot.observations[snapshot.observations["measure"] == "roads_km"]
    assert set(lengths["period"]) == {"2024"}
    held = snapshot.held.set_index(["territory", "period", "measure"]).loc[("LV0001000", "2025", "roads_km")]
    assert (held["value"], held["status"]) == (3000, "provisional")
    assert snapshot.manifest["sources"]["roads"]["vintage"]["periods"] == ["2024"]
    assert {str(doubt) for doubt in snapshot.doubts["roads"]} >= {
        "roads_km 2025: LV0001000: 3000 is 100 times the largest value there before, or more"
    }
    assert run(capsys, "roads")[0] == 0  # known by now
    looked_at = [f"roads,*,2025,{measure},,,final,looked at" for measure, _ in gates.keys(snapshot.doubts["roads"])]
    rows = "\n".join(looked_at)
    header = (refreshed / "corrections.csv").read_text(encoding="utf-8")
    (refreshed / "corrections.csv").write_text(header + rows + "\n", encoding="utf-8")
    assert cli.main(["build"]) == 0
    capsys.readouterr()
    assert "2025" in set(open_snapshot(refreshed / "snapshot").observations["period"])


def test_what_refreshes_did_is_kept(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = history.beside(refreshed / "raw")
    kept = shutil.copytree(refreshed / "snapshot", refreshed / "kept")
    roads(publishers, {"2024": "2024", "2025": "2025"})
    run(capsys, "roads", "--dry-run")
    assert history.read(path) == []
    _, said = run(capsys, "roads")
    path.write_bytes(path.read_bytes() + b'{"time": "cut o')
    run(capsys, "roads")
    last, first = history.read(path)
    assert (first["before"], first["after"]) == (said["before"], said["after"])
    assert first["sources"][0]["new_periods"] == ["2025"]
    changed = {change["id"]: change for change in first["indicators"]}
    assert changed["paved_roads_share"]["new_periods"] == ["2025"]
    assert (last["sources"][0]["outcome"], last["indicators"]) == ("unchanged", [])
    assert cli.main(["diff", str(kept), str(refreshed / "snapshot"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not found["same"]
    assert {change["id"]: change["new"] for change in found["measures"]}["roads_km"] == 3
    assert found["indicators"] == first["indicators"]
    assert cli.main(["diff", str(kept), str(refreshed / "snapshot")]) == 0
    assert "roads_paved_km" in capsys.readouterr().out
    assert cli.main(["diff", str(kept), str(refreshed / "nowhere")]) == 2
    capsys.readouterr()


ILLNESSES: dict[str, tuple[Callable[[Publishers], None], str, str, str]] = {
    "the portal is down": (lambda at: at.at(ROADS, body("", 500)), "roads", "failed", "answers 500"),
    "moved": (lambda at: at.at(ROADS, body("", 404)), "roads", "failed", "answers 404"),
    "maintenance": (lambda at: at.at(ROADS, body("<html>")), "roads", "failed", "HTML instead of JSON"),
    "sums": (
        lambda at: roads(at, {"2024": "2024"}, LENGTHS | {"LV": 1.0}),
        "roads",
        "refused",
        "roads_km 2024: the sum misses the published total by 3000.0%",
    ),
    "a length 1,000 times too large": (
        lambda at: roads(at, {"2024": "2024"}, LENGTHS | {"LV": 3030.0, "LV0001000": 3000}),
        "roads",
        "refused",
        "LV0001000 2024 roads_km: 3000, until now at most 3",
    ),
    "a year missing": (
        lambda at: roads(at, {"2025": "2025"}),
        "roads",
        "refused",
        "roads_km: the publisher no longer has 2024",
    ),
    "an unknown code": (
        lambda at: roads(at, {"2024": "2024"}, LENGTHS | {"LV0099000": 1.0}),
        "roads",
        "refused",
        "no territory that is known",
    ),
    "empty": (lambda at: at.at(EUROSTAT.format("isoc_ci_in_h"), body({})), "eurostat_ict", "refused", "not JSON-stat"),
    "renamed": (
        lambda at: at.at(EUROSTAT.format("isoc_ci_in_h"), body(eurostat({"units": "PC_HH"}, {"2024": 1.0}))),
        "eurostat_ict",
        "refused",
        "dimension unit: missing",
    ),
    "a share 1,000 times too large": (
        lambda at: at.at(
            EUROSTAT.format("isoc_ci_in_h"), body(eurostat({"unit": "PC_HH"}, {"2024": 94330.0}, hhtyp="TOTAL"))
        ),
        "eurostat_ict",
        "refused",
        "is not between 0 and 100%",
    ),
    "another licence": (
        lambda at: at.at(f"{CKAN}robezas", body(package(resource(EDITION), licence="cc-nc"))),
        "boundaries",
        "failed",
        "the licence is now 'cc-nc'; declared is CC-BY-4.0",
    ),
    "a zip that is cut": (
        lambda at: at.at(EDITION, stamped(b"PK\x03\x04 cut", '"e2"')),
        "boundaries",
        "refused",
        "not a whole zip file",
    ),
    "nothing there": (lambda at: at.at(f"{CKAN}robezas", body(package())), "boundaries", "failed", "no file like"),
    "an error of the portal": (
        lambda at: at.at(f"{CKAN}atvk", body({"success": False, "error": "gone"})),
        "classifier",
        "failed",
        "the portal reports an error (gone)",
    ),
    "a column renamed": (
        lambda at: at.at(REGISTER, stamped(register().replace(b"Level,", b"Levels,"), '"r2"')),
        "classifier",
        "refused",
        "no column 'Level'",
    ),
    "a unit less": (
        lambda at: at.at(REGISTER, stamped(register().replace(b"4,0030200,", b"4,0030299,"), '"r2"')),
        "classifier",
        "refused",
        "unit LV0030200: Ala is in the boundaries of 2024-01-01, but not valid then",
    ),
}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("illness", ILLNESSES)
def test_one_publisher_that_fails_costs_its_own_source_only(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str], illness: str
) -> None:
    make_ill, id, outcome, message = ILLNESSES[illness]
    before = open_snapshot(refreshed / "snapshot")
    other = "eurostat_ict" if id != "eurostat_ict" else "roads"
    if other == "roads":
        roads(publishers, {"2024": "2024", "2025": "2025"})
    else:
        late = eurostat({"unit": "PC_IND"}, {"2023": 45.34, "2025": 48.43}, indic_is="I_DSK2_BAB", ind_type="IND_TOTAL")
        publishers.at(EUROSTAT.format("isoc_sk_dskl_i21"), stamped(packed(late), '"s2"'))
    make_ill(publishers)
    code, said = run(capsys)
    assert code == 3
    assert outcomes(said) == dict.fromkeys(LIVE, "unchanged") | {id: outcome, other: "new"}
    error = next(change["error"] for change in said["sources"] if change["source"] == id)
    assert message in error
    assert re.search(r"\. \w.*|\n {2}\w", error), "no next step"
    after = open_snapshot(refreshed / "snapshot")
    assert after.hash != before.hash
    assert after.manifest["sources"][id] == before.manifest["sources"][id]


def test_total_failure_leaves_everything(
    publishers: Publishers, refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(refreshed / "snapshot")
    publishers.answers.clear()
    code, said = run(capsys)
    assert code == 1
    assert set(outcomes(said).values()) == {"failed"}
    assert contents(refreshed / "snapshot") == before
    roads(publishers, {"2024": "2024"}, {"LV": 1.0, **LENGTHS} | {"LV": 1.0})
    publishers.at(f"{PORTAL}?config", body({}))
    code, _ = run(capsys, "roads")
    assert code == 2
    assert contents(refreshed / "snapshot") == before


def test_for_people(publishers: Publishers, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publishers.at(EUROSTAT.format("isoc_ci_in_h"), body("", 403))
    assert cli.main(["refresh"]) == 3
    said = capsys.readouterr()
    assert re.search(r"roads +new +2024 +- +36 +0 +36 +[\d,]+ +\d+\.\d +CC-BY-4\.0", said.out)
    assert re.search(r"raim +no live address", said.out)
    assert re.search(r"Snapshot [0-9a-f]{12}\.", said.out)
    assert "eurostat_ict: https://ec.europa.eu" in said.err
    assert "answers 403" in said.err


@pytest.mark.parametrize("arguments", [["raim"], ["nothing"], ["--since", "x"], ["--since", "2024", "--offline", "."]])
def test_what_cannot_be_asked_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["refresh", *arguments]) == 2
    capsys.readouterr()


def test_offline_takes_a_folder(empty: Path, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "--offline", str(published), "boundaries", "classifier")
    assert code == 0, said
    assert open_snapshot(empty / "snapshot").hash == said["after"]

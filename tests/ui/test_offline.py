"""The offline package: the dashboard's modules, figures and words, in a zip that is the same each time."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import threading
import zipfile
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import cli
from data.model import DataError
from data.paths import ROOT
from reports.profile import Edition, profile_of
from reports.words import LANGUAGES, words
from ui import cache, profiles
from ui.offline import bundle, button, package
from ui.stories.generated import generated
from ui.stories.player import played
from ui.text import language, messages, speaking

VARAKLANI, CITY = "LV0055000", "LV0006000"
DAY = date(2026, 11, 28)
BUNDLED = re.compile(
    r"^\$modules\['([^']+)'\] = \(\(\) => \{ // sha256 (\w{64})\n(.*?)return \{[^\n]*\};\n\}\)\(\);$", re.S | re.M
)
TAKEN = re.compile(r'smartVillages\.take\(("[^"]*"), (".*")\);\n', re.S)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a package by their name inside its folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def handed_over(files: dict[str, bytes], name: str) -> object:
    """What the browser gets of a data file: a script that calls one function with a name and a text of JSON."""
    found = TAKEN.fullmatch(files[f"data/{name.removesuffix('on')}"].decode())
    assert found
    assert json.loads(found[1]) == name
    return json.loads(json.loads(found[2]))


@pytest.fixture(scope="module")
def content(loaded, served) -> bytes:
    return package.package(loaded, [VARAKLANI], made=DAY, served=served)


@pytest.fixture(scope="module")
def files(content) -> dict[str, bytes]:
    return unpacked(content)


# --- the modules ---


def modules_in(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
    return tmp_path


def test_modules_become_one_script_in_the_order_they_need_each_other(tmp_path):
    root = modules_in(
        tmp_path,
        a='import { b as c, d } from "./b.js";\nimport e from "./e.js";\nconst x = import.meta.url;\nc(d, e, x);\n',
        b='import {\n  d,\n} from "./d.js";\nexport function b() {}\nexport const f = 1;\nexport class G {}\n'
        "export async function later() {}\n",
        d="export const d = 2; // export nothing else\n",
        e="export default function () {}\n",
    )
    made = bundle.bundle(root, "a.js")
    assert re.findall(r"^\$modules\['(\w\.js)'\] =", made, re.M) == ["d.js", "b.js", "e.js", "a.js"]
    assert "const { b: c, d } = $modules['b.js'];\nconst { default: e } = $modules['e.js'];\n" in made
    assert "const x = $address('a.js');" in made
    assert (
        "const {\n  d,\n} = $modules['d.js'];\nfunction b() {}\nconst f = 1;\nclass G {}\nasync function later" in made
    )
    assert "return { b, f, G, later };" in made
    assert "const $default = function () {}\nreturn { default: $default };" in made
    assert "export const" not in made
    assert "import." not in made


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'}, "circle: a.js > b.js > a.js"),
        ({"a": 'const b = await import("./b.js");\n'}, "cannot be bundled"),
        ({"a": "export let count = 0;\n"}, "cannot be bundled"),
        ({"a": "export default 3;\n"}, "cannot be bundled"),
        ({"a": 'export { b } from "./b.js";\n'}, "cannot be bundled"),
        ({"a": 'import "./b.js";\n'}, "cannot be bundled"),
        ({"a": 'import { b } from "bare";\n'}, "cannot be bundled"),
        ({"a": "f(import.meta.env);\n"}, "cannot be bundled"),
        ({"a": 'import { b } from "../../b.js";\n'}, "outside the folder"),
    ],
)
def test_what_cannot_be_bundled_is_refused(tmp_path, texts, fault):
    with pytest.raises(ValueError, match=re.escape(fault)):
        bundle.bundle(modules_in(tmp_path, **texts), "a.js")


def test_the_package_runs_the_modules_of_the_dashboard(files):
    """Line for line: only those that import, export or ask for their own address are written otherwise."""
    made = files["program/app.js"].decode()
    parts = {
        name: (digest, body)
        for name, digest, body in re.findall(
            r"^\$modules\['([^']+)'\] = \(\(\) => \{ // sha256 (\w{64})\n(.*?)return \{[^\n]*\};\n\}\)\(\);$",
            made,
            re.S | re.M,
        )
    }
    assert {"map_panes/map_panes.js", "map_panes/pane.js", "stories/player.js", "stage/stage.js"} <= parts.keys()
    assert set(parts) == set(bundle.modules(ROOT / "ui", package.ENTRY))
    for name, (digest, body) in parts.items():
        path = ROOT / "ui" / name
        assert digest == hashlib.sha256(path.read_bytes()).hexdigest(), name
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(body.splitlines()), name
        for line, bundled in zip(lines, body.splitlines(), strict=True):
            if not re.search(r"^(im|ex)port\b|import\.meta\.url", line):
                assert bundled == line, name


def test_every_style_a_module_asks_for_is_there(files):
    for name in bundle.modules(ROOT / "ui", package.ENTRY):
        for style in re.findall(r'new URL\("\./([\w.]+)", import\.meta\.url\)', (ROOT / "ui" / name).read_text()):
            assert f"program/{name.rpartition('/')[0]}/{style}" in files
    for path in re.findall(r'(?:href|src)="([^"]+)"', files["index.html"].decode()):
        assert path in files


# --- the figures and the words ---


def test_every_figure_is_that_of_the_dashboard(loaded, files):
    """Several territories, all indicators and periods, the empty ones too, against the values all pages show."""
    catalog = handed_over(files, "catalog.lv.json")
    at = {level: {row[0]: place for place, row in enumerate(rows)} for level, rows in catalog["territories"].items()}
    chosen = {"unit": ("LV0055400", "LV0033400", "LV0001000"), "municipality": (VARAKLANI, "LV0033000")}
    table = loaded.values[loaded.values["value"].notna()]
    found = 0
    for entry in catalog["indicators"]:
        figures = handed_over(files, f"values/{entry['id']}.json")
        own = table[table["indicator"] == entry["id"]]
        for level, codes in chosen.items():
            for code in codes:
                rows = own[(own["territory"] == code) & (own["level"] == level)]
                expected = dict(zip(rows["period"].astype(str), rows["value"], strict=True))
                part = figures["levels"].get(level, {"periods": [], "values": []})
                shown = {p: row[at[level][code]] for p, row in zip(part["periods"], part["values"], strict=True)}
                known = {
                    period: value / 10 ** figures["decimals"] for period, value in shown.items() if value is not None
                }
                assert known.keys() == expected.keys(), (entry["id"], code)
                for period, value in expected.items():
                    assert known[period] == pytest.approx(round(value, figures["decimals"]), abs=1e-9), (
                        entry["id"],
                        code,
                    )
                    found += 1
    assert {entry["id"] for entry in catalog["indicators"]} == set(loaded.known.latest)
    assert found > 1500


def test_the_data_files_are_those_the_dashboard_serves(files, served):
    names = [name for name in served if name.endswith(".json")]
    assert len(names) > 70
    for name in names:
        assert (
            json.dumps(handed_over(files, name)).encode()
            == json.dumps(json.loads(gzip.decompress(served[name].body))).encode()
        )


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_stamp_is_that_of_the_footer(spoken, loaded, files):
    page = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    page.query_params["lang"] = spoken
    page.run()
    footer = [caption.value for caption in page.caption if loaded.snapshot.hash[:8] in caption.value]
    said = handed_over(files, f"words.{spoken}.json")
    assert footer == [said["stamp"]]
    assert said["hash"] == loaded.snapshot.hash
    assert said["stamp"] in files[{"lv": "LASI.txt", "en": "README.txt"}[spoken]].decode("utf-8-sig")


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_profiles_say_what_the_page_says(spoken, loaded, files):
    ground = profiles.ground(loaded)
    told = handed_over(files, f"profiles/{VARAKLANI}.{spoken}.json")
    assert list(told) == [VARAKLANI, *ground.inside(VARAKLANI)]
    for code, shown in told.items():
        said = profile_of(ground, code, spoken, Edition(cache.project().version, DAY, ""))
        assert (shown["name"], shown["where"], shown["people"]) == (said.name, said.where, list(said.people))
        assert shown["parts"]["strengths"]["lines"] == list(said.strengths.lines)
        assert shown["parts"]["gaps"]["lines"] == list(said.gaps.lines)
        assert [part["lines"] for part in shown["steps"]] == [list(part.lines) for part in said.steps]
        assert shown["tables"]["services"]["rows"] == [list(row) for row in said.services.rows]
        assert shown["tables"]["digital"]["rows"] == [list(row) for row in said.digital_table.rows]
        assert [score["points"] for score in shown["scores"]] == [score.points for score in said.scores]
        assert shown["sources"] == list(said.sources)
        assert shown["made"] == said.made[0]


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_story_and_the_scores_are_those_of_the_dashboard(spoken, loaded, files):
    told = handed_over(files, f"stories/{VARAKLANI}.{spoken}.json")
    assert told == played(generated(loaded, VARAKLANI, spoken), loaded, spoken)
    scores = handed_over(files, f"scores.{spoken}.json")
    for indicator in scores["indicators"]:
        assert messages(spoken)["index.unit.score"] == indicator["unit"]


def test_every_source_stands_with_its_licence_and_credit(loaded, files):
    for spoken in LANGUAGES:
        said = {source["id"]: source for source in handed_over(files, f"words.{spoken}.json")["sources"]}
        assert list(said) == list(loaded.snapshot.sources)
        for id, source in loaded.snapshot.sources.items():
            assert said[id]["licence"] == source.licence.id
            assert said[id]["credit"] == source.credit[spoken]
            non_commercial = words(spoken).tr("licence.non_commercial") in said[id]["terms"]
            assert non_commercial == source.licence.non_commercial
    assert b"MIT License" in files["program/LICENSE.txt"]


def test_a_block_speaks_one_language_and_then_the_visitors_again():
    with speaking("en"):
        assert language() == "en"
        with speaking("lv"):
            assert language() == "lv"
        assert language() == "en"
    assert language() == "lv"


# --- the zip ---


def test_the_package_is_one_folder_of_a_safe_size(content, files, loaded):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {package.name_of(loaded, [VARAKLANI])}
        assert all(".." not in name and "\\" not in name for name in archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {package.THEN}
        own = [entry for entry in archive.infolist() if VARAKLANI in entry.filename.rpartition("/")[2]]
        packed, unpacked_size = (sum(getattr(entry, size) for entry in own) for size in ("compress_size", "file_size"))
        whole = sum(entry.file_size for entry in archive.infolist())
    assert package.name_of(loaded, [VARAKLANI]) == f"viedie-ciemi-varaklanu-novads-{loaded.edition.isoformat()}"
    assert len(content) < 8e6
    told = len(handed_over(files, f"profiles/{VARAKLANI}.lv.json"))
    count = len(profiles.ground(loaded).codes) + len(package.municipalities(loaded))
    assert len(content) + packed / told * count < 25e6
    assert whole + unpacked_size / told * count < 120e6


def test_the_same_data_program_and_day_give_the_same_bytes(loaded, served):
    steps: list[tuple[str, int, int]] = []
    first = package.package(loaded, [CITY], made=DAY, served=served, progress=lambda *step: steps.append(step))
    assert steps == [("", 0, 1), (CITY, 1, 1)]
    assert package.package(loaded, [CITY], made=DAY, served=served) == first


@pytest.mark.parametrize(
    "text",
    ["</script><script>alert(1)</script>", 'a "quoted" \\ text', "line\u2028and\u2029paragraph", "<!--", "ā\n\r\t\0"],
)
def test_hostile_words_arrive_as_they_are_and_end_no_script(text):
    name, written = package.data_file("x.json", {"name": text, "__proto__": {"polluted": True}})
    assert name == "data/x.js"
    assert handed_over({name: written}, "x.json") == {"name": text, "__proto__": {"polluted": True}}
    assert not {"\u2028", "\u2029"} & set(written.decode())
    assert written.count(b"\n") == 1


def test_a_hostile_name_makes_no_path(loaded):
    table = loaded.snapshot.territories.copy()
    table.loc[table["code"] == VARAKLANI, "name"] = '../<b>"Ļauns"\u2028'
    hostile = replace(loaded, snapshot=replace(loaded.snapshot, territories=table))
    assert re.fullmatch(r"viedie-ciemi-[a-z0-9-]+", package.name_of(hostile, [VARAKLANI]))


def test_the_start_page_asks_nobody_for_anything():
    page = package.start_page()
    assert "default-src 'none'" in page
    assert "connect-src 'none'" in page
    assert "://" not in page


# --- which municipality ---


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ("LV005500", "LV0055000 Varakļānu novads"),
        ("Varaklanu novads", "LV0055000 Varakļānu novads"),
        ("LV0055210", "LV0055000 Varakļānu novads"),
        ("?", "Codes are those of the classifier"),
        ("x" * 5000, "Codes are those of the classifier"),
    ],
)
def test_a_code_there_is_none_of_names_those_that_are_near(code, offered, loaded):
    with pytest.raises(DataError, match=re.escape(offered)):
        package.known(loaded, code)
    assert package.known(loaded, VARAKLANI) == VARAKLANI


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "{}/a.zip"], "Give --municipality CODE, or --all."),
        (["--all", "--municipality", VARAKLANI, "--out", "{}/a.zip"], "Give --municipality CODE, or --all."),
        (["--all", "--out", "{}/a.html"], "ends with .zip"),
        (["--all", "--out", "{}/none/a.zip"], "There is no folder"),
        (["--municipality", "LV0055001", "--out", "{}/a.zip"], "LV0055000 Varakļānu novads"),
        (["--all", "--date", "tomorrow", "--out", "{}/a.zip"], "tomorrow"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(arguments, message, tmp_path, capsys):
    given = [argument.format(tmp_path) for argument in arguments]
    assert cli.main(["package", *given]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_the_package_and_tells_of_it(tmp_path, monkeypatch, capsys):
    asked = []

    def made(loaded, chosen, *, made, progress):
        asked.append((chosen, made))
        return b"a package"

    monkeypatch.setattr(package, "package", made)
    out = tmp_path / "a.zip"
    given = ["package", "--municipality", VARAKLANI, "--out", str(out), "--date", "2026-11-28", "--json"]
    assert cli.main(given) == 0
    told = json.loads(capsys.readouterr().out)
    assert out.read_bytes() == b"a package"
    assert (told["bytes"], told["municipalities"]) == (9, [VARAKLANI])
    assert cli.main(["package", "--all", "--out", str(out), "--date", "2026-11-28"]) == 0
    assert [len(chosen) for chosen, _ in asked] == [1, 43]
    assert {made for _, made in asked} == {DAY}


# --- the button ---


def test_packages_are_made_one_at_a_time_and_the_last_few_are_kept(monkeypatch):
    made: list[str] = []
    at_work = threading.Semaphore(1)

    def alone(loaded, chosen, *, made: date, served):
        assert at_work.acquire(blocking=False), "two packages were made at once"
        asked.append(chosen[0])
        at_work.release()
        return chosen[0].encode()

    asked = made
    monkeypatch.setattr(button, "package", alone)
    monkeypatch.setattr(button, "_kept", OrderedDict())
    codes = package.municipalities(cache.current())[: button.MOST_KEPT + 1]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(button.made, [codes[0]] * 4)) == [codes[0].encode()] * 4
    assert made == [codes[0]]
    for code in codes:
        button.made(code)
    assert made == codes
    button.made(codes[0])
    assert made == [*codes, codes[0]], "the oldest was forgotten"
    assert len(button._kept) == button.MOST_KEPT


def test_the_menu_of_the_maps_offers_the_municipality_of_what_is_selected():
    page = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    page.switch_page("pages/map.py")
    page.query_params["chosen"] = "LV0033400"
    page.query_params["lang"] = "en"
    page.run()
    (choice,) = [box for box in page.selectbox if box.label == messages("en")["offline.button.municipality"]]
    assert choice.value == "LV0033000"

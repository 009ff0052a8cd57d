"""The batch door: three files in, tables and a log out, all or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import cli
from data import batch
from data.model import DataError
from data.paths import ROOT
from indicators.index import pipeline

DATA = """unit,doctors,distance,residents
Ābele,6,3.5,3000
Bērzs,1,12,1000
Celms,,7,2500
"""
META = """code,level,parent,direction,weight,type,denominator,lower,upper,scale
doctors,1,care,1,2,indicator,residents,0,0.0025,linear
distance,1,care,-1,1,indicator,,0,20,linear
care,2,,,,aggregate,,,,
"""
CONFIG: dict[str, Any] = {"dat_thresh": 0.6}
OUT = ["coverage.csv", "log.json", "ranks.csv", "scores.csv"]


class Door:
    """The door, with three good files to spoil."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.out = folder / "out"

    def run(
        self,
        data: str | bytes = DATA,
        meta: str | bytes = META,
        config: Any = CONFIG,
        *further: str,
        out: Path | None = None,
    ) -> int:
        contents = {"data.csv": data, "meta.csv": meta, "config.json": config}
        for name, content in contents.items():
            if not isinstance(content, (str, bytes)):
                content = json.dumps(content)
            (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        paths = [f"--{name.split('.')[0]}={self.folder / name}" for name in contents]
        return cli.main(["compute", *paths, f"--out={out or self.out}", *further])

    def refused(self, *contents: Any) -> list[tuple[str, str, str]]:
        """The faults (file, place, problem), after checking the code, that each has a next step, and that nothing is
        written."""
        before = sorted(self.folder.rglob("*"))
        assert self.run(*contents, "--json") == 2
        assert [
            path for path in sorted(self.folder.rglob("*")) if path not in before and path.parent != self.folder
        ] == []
        assert not self.out.exists()
        said = json.loads(self.capsys.readouterr().out)
        assert all(fault["next_step"] for fault in said["faults"]), said["faults"]
        return [(fault["file"], fault["place"], fault["problem"]) for fault in said["faults"]]

    def written(self, name: str) -> str:
        return (self.out / name).read_text(encoding="utf-8")


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(tmp_path, capsys)


def blocks() -> Mapping[str, str]:
    """The files of the example in the document, by name."""
    text = (ROOT / "docs" / "compute.md").read_text(encoding="utf-8")
    return dict(re.findall(r"`(\w+\.\w+)`:\n\n```\w+\n(.*?)```", text, flags=re.DOTALL))


def test_the_example_of_the_document(door: Door) -> None:
    example = blocks()
    assert door.run(example["data.csv"], example["meta.csv"], example["config.json"]) == 0
    for name in ("scores.csv", "ranks.csv", "coverage.csv"):
        assert door.written(name) == example[name], name


def test_the_python_of_the_document(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    example = blocks()
    assert door.run(example["data.csv"], example["meta.csv"], example["config.json"]) == 0
    document = (ROOT / "docs" / "compute.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", document, flags=re.DOTALL)
    monkeypatch.chdir(door.folder)
    names: dict[str, Any] = {}
    exec(code, names)
    for name, table in names["result"].tables().items():
        assert table.to_csv(index=False, lineterminator="\n") == door.written(f"{name}.csv")


def test_every_key_is_in_the_document_and_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "compute.md").read_text(encoding="utf-8")
    assert cli.main(["compute", "--help"]) == 0
    shown = capsys.readouterr().out
    from indicators.index import aggregate, impute, meta, normalise, pipeline, rank, treat, uncertainty

    words = [*pipeline._ConfigReading.KEYS, *meta.REQUIRED, *meta.OPTIONAL]
    methods = [*normalise.METHODS, *treat.METHODS, *impute.METHODS, *aggregate.METHODS]
    for word in [*words, *methods, *rank.TIES, *uncertainty.Plan.__dataclass_fields__]:
        assert f"`{word}`" in text, word
    for word in [*words, *methods]:
        assert re.search(rf"\b{word}\b", shown), word


def test_without_a_configuration_it_is_the_products_own_way(door: Door) -> None:
    assert door.run(config={}) == 0
    written = {name: door.written(name) for name in OUT if name != "log.json"}
    paths = [f"--{name}={door.folder / name}.csv" for name in ("data", "meta")]
    door.folder.joinpath("config.json").unlink()
    assert cli.main(["compute", *paths, f"--out={door.out}"]) == 0
    assert {name: door.written(name) for name in written} == written
    door.folder.joinpath("meta.csv").write_text(META.replace("0,20", ","), encoding="utf-8")
    assert cli.main(["compute", *paths, f"--out={door.out}"]) == 2
    assert "no goalposts, but normalise is goalposts" in door.capsys.readouterr().err


def test_what_people_and_machines_are_told(door: Door) -> None:
    assert door.run() == 0
    said = door.capsys.readouterr().out
    assert "Units: 3; indicators: 2; levels: 2." in said
    assert "Scores of aggregates left empty for want of data: 1" in said
    assert door.run(DATA, META, CONFIG, "--json") == 0
    told = json.loads(door.capsys.readouterr().out)
    assert told["files"] == ["scores.csv", "ranks.csv", "coverage.csv", "log.json"]
    assert (told["units"], told["indicators"], told["incomplete"]) == (3, 2, 1)


def test_the_log(door: Door) -> None:
    assert door.run() == 0
    log = json.loads(door.written("log.json"))
    assert log["engine"]
    assert log["inputs"]["data"]["file"] == "data.csv"
    assert len(log["inputs"]["config"]["sha256"]) == 64
    assert log["config"]["normalise"] == {"method": "goalposts", "range": [0, 100], "cap": True}
    assert log["steps"]["aggregate"]["incomplete"] == [
        {"unit": "Celms", "code": "care", "coverage": 0.5, "missing": ["doctors"]}
    ]
    assert log["weights"]["doctors"] == {
        "weight": 2,
        "percent": pytest.approx(200 / 3),
        "effective": pytest.approx(2 / 3),
    }
    assert str(door.folder) not in door.written("log.json")


def test_the_same_input_gives_the_same_files(door: Door) -> None:
    assert door.run(out=door.folder / "one") == 0
    assert door.run(out=door.folder / "two") == 0
    for name in OUT:
        assert (door.folder / "one" / name).read_bytes() == (door.folder / "two" / name).read_bytes()


FORMS: dict[str, Callable[[str], str | bytes]] = {
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "semicolons": lambda text: text.replace(",", ";"),
    "tabs": lambda text: text.replace(",", "\t"),
    "quoted": lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()),
    "spaces": lambda text: text.replace(",", " , "),
    "blank rows": lambda text: text.replace("\n", "\n\n") + ",,,\n",
    "NA": lambda text: text.replace("Celms,,", "Celms,NA,"),
    "NaN": lambda text: text.replace("Celms,,", "Celms,NaN,"),
    "CR": lambda text: text.replace("\n", "\r"),
    "no end of line": lambda text: text.rstrip("\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_tables(door: Door, form: str) -> None:
    assert door.run(FORMS[form](DATA), META if form == "blank rows" else FORMS[form](META)) == 0
    assert door.written("scores.csv").splitlines()[1:] == [
        "Ābele,80.0,82.5,80.83333333333333",
        "Bērzs,40.0,40.0,40.0",
        "Celms,,65.0,",
    ]


def test_units_are_text(door: Door) -> None:
    units = ["007", "7", "NA", "1e3", '"Rīga, centrs"', '"say ""hi"""', "TRUE", "ķ\u0101"]
    data = "unit,distance\n" + "".join(f"{unit},{i}\n" for i, unit in enumerate(units))
    meta = "code,level,parent,direction,weight,type\ndistance,1,top,1,1,indicator\ntop,2,,1,1,aggregate\n"
    assert door.run(data, meta, {"normalise": {"method": "none"}}) == 0
    assert door.written("scores.csv") == "unit,distance,top\n" + "".join(
        f"{unit},{float(i)},{float(i)}\n" for i, unit in enumerate(units)
    )


def test_thousands_of_units(door: Door) -> None:
    n = 5000
    data = "unit,doctors,distance,residents\n" + "".join(f"u{i},{i % 97},{i % 19},{1000 + i}\n" for i in range(n))
    assert door.run(data) == 0
    rows = door.written("scores.csv").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [f"u{i}" for i in range(n)]


def test_one_unit_and_equal_units(door: Door) -> None:
    assert door.run("unit,doctors,distance,residents\nA,6,3.5,3000\n") == 0
    assert door.written("ranks.csv").splitlines()[1] == "A,1,1,1"
    data = "unit,doctors,distance,residents\nA,6,3.5,3000\nB,6,3.5,3000\n"
    assert door.run(data) == 0
    assert door.written("ranks.csv").splitlines()[1:] == ["A,1,1,1", "B,1,1,1"]
    assert door.run(data, META, {"normalise": {"method": "zscore"}}) == 0
    assert door.written("scores.csv").splitlines()[1:] == ["A,,,", "B,,,"]
    assert json.loads(door.written("log.json"))["steps"]["normalise"]["left_out"] == {
        "doctors": "constant",
        "distance": "constant",
    }


def test_a_folder_keeps_its_other_files_but_no_old_ranges(door: Door) -> None:
    door.out.mkdir()
    (door.out / "notes.txt").write_text("mine", encoding="utf-8")
    assert door.run(DATA, META, {"robustness": {"runs": 50}}) == 0
    assert door.written("robustness.csv").startswith("unit,median,p05,p95,p_top_quarter\n")
    assert door.run() == 0
    assert sorted(path.name for path in door.out.iterdir()) == sorted([*OUT, "notes.txt"])
    assert [path.name for path in door.folder.iterdir() if path.name.startswith(".")] == []


def test_no_input_is_written_over(door: Door) -> None:
    door.run()
    door.capsys.readouterr()
    paths = [f"--data={door.out / 'scores.csv'}", f"--meta={door.folder / 'meta.csv'}"]
    meta = META.replace("residents", "").replace("0.0025", "100")
    (door.folder / "meta.csv").write_text(meta, encoding="utf-8")
    before = door.written("scores.csv")
    assert cli.main(["compute", *paths, f"--config={door.folder / 'config.json'}", f"--out={door.out}"]) == 2
    assert "it would be written over" in door.capsys.readouterr().err
    assert door.written("scores.csv") == before


def test_all_faults_of_all_files_at_once(door: Door) -> None:
    data = """unit,doctors,distance,people
A,6,"3,5",3000
A,abc,inf,0
,1,2,3
"""
    meta = """code,level,parent,direction,weight,type,lower,upper,scale,denominator
doctors,1,care,2,-1,indicator,5,1,,residents
distance,1,nowhere,1,x,indicator,0,20,cubic,
speed,1,care,1,1,indicator,0,,log,
speed,2,care,,1,aggregate,,,,
care,1,,,,aggregate,,,,
loop,3,loop,,1,aggregate,,,,
"""
    config = {"normalise": {"method": "magic", "range": [100, 0], "cup": True}, "screen": 2, "aggregate": [], "runs": 5}
    faults = door.refused(data, meta, config)
    expected = {
        "data.csv": ["'3,5' is not a number", "'abc' is not a number", "'inf' is infinite", "no unit"],
        "meta.csv": [
            "direction 2",
            "weight -1 is below zero",
            "lower 5 is not below upper 1",
            "its parent 'nowhere' has no row",
            "weight 'x' is not a number",
            "scale 'cubic'",
            "only one of lower and upper",
            "stands in two rows",
            "type aggregate at level 1",
            "its parents run in a circle: loop -> loop",
        ],
        "config.json": [
            "'magic' is not known",
            "no such key",
            "2 is not allowed",
            "an empty list instead of a mean",
        ],
    }
    for file, problems in expected.items():
        found = [problem for name, _, problem in faults if name == file]
        for problem in problems:
            assert problem in found, (file, problem, found)
    assert ("config.json", "runs", "no such key") in faults
    assert ("data.csv", "row 2 (unit A), column distance", "'3,5' is not a number") in faults


META_3 = META + "further,3,,,1,aggregate,,,,\n"
FAULTS: dict[str, tuple[str | bytes, str | bytes, Any, tuple[str, str, str]]] = {
    "unknown parent": (
        DATA,
        META.replace("1,care,-1", "1,core,-1"),
        CONFIG,
        ("meta.csv", "row 3 (distance)", "its parent 'core' has no row"),
    ),
    "circle": (
        DATA,
        META + "b,3,c,,1,aggregate,,,,\nc,4,b,,1,aggregate,,,,\n",
        CONFIG,
        ("meta.csv", "row 5 (b)", "its parents run in a circle: b -> c -> b"),
    ),
    "unit twice": (DATA.replace("Celms", "Ābele"), META, CONFIG, ("data.csv", "unit Ābele", "stands in two rows")),
    "unit twice but for a space": (
        DATA.replace("Celms", "Ābele "),
        META,
        CONFIG,
        ("data.csv", "unit Ābele", "stands in two rows"),
    ),
    "code twice": (
        DATA,
        META.replace("distance,1", "doctors,1"),
        CONFIG,
        ("meta.csv", "row 2 (doctors)", "stands in two rows"),
    ),
    "column twice": (
        DATA.replace("residents", "distance"),
        META.replace("residents", ""),
        CONFIG,
        ("data.csv", "header", "two columns are called distance"),
    ),
    "level not above": (
        DATA,
        META + "top,2,,,,aggregate,,,,\n" + "low,2,top,,1,aggregate,,,,\n",
        CONFIG,
        ("meta.csv", "row 6 (low)", "level 2, but its parent top has level 2"),
    ),
    "indicator as parent": (
        DATA,
        META.replace("1,care,-1", "1,doctors,-1"),
        CONFIG,
        ("meta.csv", "row 3 (distance)", "its parent 'doctors' is an indicator"),
    ),
    "weight below zero": (
        DATA,
        META.replace("care,1,2", "care,1,-2"),
        CONFIG,
        ("meta.csv", "row 2 (doctors)", "weight -2 is below zero"),
    ),
    "weights all zero": (
        DATA,
        META.replace("care,1,2", "care,1,0").replace("care,-1,1", "care,-1,0"),
        CONFIG,
        ("meta.csv", "row 4 (care)", "all its children weigh zero"),
    ),
    "aggregate without children": (DATA, META_3, CONFIG, ("meta.csv", "row 5 (further)", "no row names it as parent")),
    "indicator without parent": (
        DATA,
        META.replace("1,care,-1", "1,,-1"),
        CONFIG,
        ("meta.csv", "row 3 (distance)", "an indicator without a parent"),
    ),
    "no number": (
        DATA.replace("3.5", "3.5 km"),
        META,
        CONFIG,
        ("data.csv", "row 2 (unit Ābele), column distance", "'3.5 km' is not a number"),
    ),
    "decimal comma": (
        DATA.replace(",", ";").replace("3.5", "3,5"),
        META,
        CONFIG,
        ("data.csv", "row 2 (unit Ābele), column distance", "'3,5' is not a number"),
    ),
    "digit groups": (
        DATA.replace("3000", "3_000"),
        META,
        CONFIG,
        ("data.csv", "row 2 (unit Ābele), column residents", "'3_000' is not a number"),
    ),
    "infinite": (
        DATA.replace("3.5", "-Infinity"),
        META,
        CONFIG,
        ("data.csv", "row 2 (unit Ābele), column distance", "'-Infinity' is infinite"),
    ),
    "endless": (
        DATA.replace("3.5", "1e999"),
        META,
        CONFIG,
        ("data.csv", "row 2 (unit Ābele), column distance", "'1e999' is infinite"),
    ),
    "no column": (
        DATA.replace("distance", "distances"),
        META,
        CONFIG,
        ("data.csv", "column distance", "not there, but meta names it"),
    ),
    "no unit column": (
        DATA.replace("unit,", "place,"),
        META,
        CONFIG,
        ("data.csv", "header", "the first column is 'place', not unit"),
    ),
    "no units": (DATA.splitlines()[0] + "\n", META, CONFIG, ("data.csv", "rows", "there are none")),
    "no meta column": (DATA, META.replace("weight", "wait"), CONFIG, ("meta.csv", "header", "no column weight")),
    "only aggregates": (
        DATA,
        "code,level,parent,direction,weight,type\ncare,2,,,,aggregate\n",
        CONFIG,
        ("meta.csv", "rows", "no indicator among them"),
    ),
    "row too long": (
        DATA.replace("3.5,3000", "3,5,3000"),
        META,
        CONFIG,
        ("data.csv", "row 2", "5 cells, but the header has 4"),
    ),
    "row too short": (
        DATA.replace("12,1000", "12"),
        META,
        CONFIG,
        ("data.csv", "row 3", "3 cells, but the header has 4"),
    ),
    "open quotation mark": (
        DATA.replace("Celms", '"Celms'),
        META,
        CONFIG,
        ("data.csv", "row 4", "cannot be read (unexpected end of data)"),
    ),
    "not UTF-8": (DATA.encode("cp1257"), META, CONFIG, ("data.csv", "line 2", "a character that is not UTF-8")),
    "UTF-16": (DATA.encode("utf-16"), META, CONFIG, ("data.csv", "", "the text is UTF-16")),
    "empty": ("", META, CONFIG, ("data.csv", "", "the file is empty (0 bytes)")),
    "unknown denominator": (
        DATA,
        META.replace("residents", "people"),
        CONFIG,
        ("data.csv", "column people", "not there, but doctors is divided by it"),
    ),
    "zero denominator": (
        DATA.replace("3000", "0"),
        META,
        CONFIG,
        ("data.csv", "unit Ābele, column residents", "0, but doctors is divided by it"),
    ),
    "goalposts the wrong way round": (
        DATA,
        META.replace("0,20", "20,0"),
        CONFIG,
        ("meta.csv", "row 3 (distance)", "lower 20 is not below upper 0"),
    ),
    "no goalposts": (
        DATA,
        META.replace("0,20", ","),
        CONFIG,
        ("meta.csv", "row 3 (distance)", "no goalposts, but normalise is goalposts"),
    ),
    "log scale from zero": (
        DATA,
        META.replace("20,linear", "20,log"),
        CONFIG,
        ("meta.csv", "row 3 (distance)", "lower 0 on a log scale"),
    ),
    "log of zero": (
        DATA.replace("3.5", "0"),
        META.replace("0,20,linear", "1,20,log"),
        CONFIG,
        ("data.csv", "unit Ābele, column distance", "0 on a log scale"),
    ),
    "geometric mean of zero": (
        DATA.replace("3.5", "20"),
        META,
        {"aggregate": "gmean"},
        (
            "config.json",
            "normalise.range, aggregate: unit Ābele, distance",
            "0 in the geometric mean of care (data.csv: 20)",
        ),
    ),
    "harmonic mean below zero": (
        DATA.replace("3.5", "30"),
        META,
        {"aggregate": "hmean", "normalise": {"cap": False}},
        (
            "config.json",
            "normalise.range, aggregate: unit Ābele, distance",
            "-50 in the harmonic mean of care (data.csv: 30)",
        ),
    ),
    "no groups": (
        DATA,
        META,
        {"impute": {"method": "group_mean"}},
        ("data.csv", "column group", "not there, but impute is group_mean"),
    ),
    "too many means": (
        DATA,
        META,
        {"aggregate": ["amean", "gmean"]},
        ("config.json", "aggregate", "2 given, but there is 1 level above the indicators"),
    ),
    "unknown method": (
        DATA,
        META,
        {"treat": {"method": "trim"}},
        ("config.json", "treat.method", "'trim' is not known"),
    ),
    "unknown key": (DATA, META, {"normalize": {}}, ("config.json", "normalize", "no such key")),
    "unknown key within": (
        DATA,
        META,
        {"normalise": {"limits": [0, 1]}},
        ("config.json", "normalise.limits", "no such key"),
    ),
    "range that falls": (
        DATA,
        META,
        {"normalise": {"range": [100, 0]}},
        ("config.json", "normalise.range", "100 is not below 0"),
    ),
    "range of one": (
        DATA,
        META,
        {"normalise": {"range": [100]}},
        ("config.json", "normalise.range", "a list of 1 number instead of two numbers"),
    ),
    "no deviation": (
        DATA,
        META,
        {"normalise": {"method": "zscore", "range": [0, 0]}},
        ("config.json", "normalise.range", "a standard deviation of 0"),
    ),
    "text for a number": (
        DATA,
        META,
        {"screen": "0.9"},
        ("config.json", "screen", "the text '0.9' instead of a number"),
    ),
    "share above one": (DATA, META, {"dat_thresh": [65]}, ("config.json", "dat_thresh", "65 is not allowed")),
    "not JSON": (
        DATA,
        META,
        "{'a': 1}",
        ("config.json", "line 1, column 2", "not JSON (Expecting property name enclosed in double quotes)"),
    ),
    "NaN in JSON": (DATA, META, '{"screen": NaN}', ("config.json", "NaN", "no number that JSON knows")),
    "key twice": (DATA, META, '{"screen": 1, "screen": 0}', ("config.json", "screen", "given twice")),
    "no object": (DATA, META, "[]", ("config.json", "top", "an empty list instead of an object")),
    "NUL": (DATA.replace("6,", "6\0,"), META, CONFIG, ("data.csv", "line 2", "not a text file (a NUL byte)")),
    "level too high": (
        DATA,
        META.replace("care,2", "care,1e300"),
        CONFIG,
        ("meta.csv", "row 4 (care)", "level 1e+300 is too high"),
    ),
    "weight too large": (
        DATA,
        META.replace("care,1,2", "care,1,1e308"),
        CONFIG,
        ("meta.csv", "row 2 (doctors)", "weight '1e308' is too large a number"),
    ),
    "value too large": (
        DATA.replace("3.5", "-1e308"),
        META,
        CONFIG,
        ("data.csv", "row 2 (unit Ābele), column distance", "'-1e308' is too large a number"),
    ),
    "too large after division": (
        DATA.replace("3000", "1e-200"),
        META,
        CONFIG,
        ("data.csv", "unit Ābele, column doctors", "6e+200 after division is too large a number"),
    ),
    "endless score": (
        DATA.replace("3.5", "-1e150"),
        META.replace("0,20", "0,1e-200"),
        {"normalise": {"cap": False}},
        ("data.csv", "unit Ābele, distance", "the score is too large a number"),
    ),
    "401 digits": (
        DATA,
        META,
        '{"normalise": {"range": [0, 1%s]}}' % ("0" * 400),
        ("config.json", "normalise.range", "a very large number is too large"),
    ),
    "5,000 digits": (
        DATA,
        META,
        '{"robustness": {"seed": 1%s}}' % ("0" * 5000),
        ("config.json", "robustness.seed", "a very large number"),
    ),
    "a number for a name": (
        DATA,
        META,
        '{"impute": {"method": 1%s}}' % ("0" * 400),
        ("config.json", "impute.method", "a very large number is not known"),
    ),
    "a list for a name": (
        DATA,
        META,
        {"impute": {"method": [None, True]}},
        ("config.json", "impute.method", "[null, true] is not known"),
    ),
    "too many runs": (
        DATA,
        META,
        {"robustness": {"runs": 10**6}},
        ("config.json", "robustness.runs", "1e+06 is not allowed"),
    ),
    "unknown key of the runs": (
        DATA,
        META,
        {"robustness": {"x.y": 1, "x": 1}},
        ("config.json", "robustness.x", "no such key"),
    ),
    "null within the runs": (
        DATA,
        META,
        {"robustness": {"aggregate": ["gmean", None]}},
        ("config.json", "robustness.aggregate[1]", "null will not do"),
    ),
    "null runs": (DATA, META, {"robustness": {"runs": None}}, ("config.json", "robustness.runs", "null will not do")),
    "descending": (
        DATA,
        META,
        {"rank": {"descending": "no"}},
        ("config.json", "rank.descending", "the text 'no' instead of true or false"),
    ),
    "bad runs": (DATA, META, {"robustness": []}, ("config.json", "robustness", "an empty list instead of an object")),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_with_its_place_and_nothing_is_written(door: Door, case: str) -> None:
    data, meta, config, expected = FAULTS[case]
    assert expected in door.refused(data, meta, config)


def test_files_that_are_not_there(door: Door) -> None:
    door.run()
    for name in ("data.csv", "meta.csv", "config.json"):
        (door.folder / name).unlink()
    door.capsys.readouterr()
    paths = [f"--{name}={door.folder / name}.csv" for name in ("data", "meta", "config")]
    assert cli.main(["compute", *paths, f"--out={door.out}"]) == 2
    said = door.capsys.readouterr().err
    assert said.count("there is no such file") == 3


def test_a_file_that_is_too_large(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_FILE_BYTES", 50)
    faults = door.refused(DATA, META, CONFIG)
    assert {name for name, *_ in faults} == {"data.csv", "meta.csv"}


def test_out_may_not_be_a_file(door: Door) -> None:
    door.out.write_text("mine", encoding="utf-8")
    assert door.run() == 2
    assert door.out.read_text(encoding="utf-8") == "mine"


def test_a_failed_write_leaves_what_was_there(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert door.run() == 0
    before = {path.name: path.read_bytes() for path in door.out.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch.json, "dumps", full)
    with pytest.raises(OSError, match="No space"):
        batch.write(door.out, {"scores.csv": batch.pd.DataFrame({"unit": ["A"]})}, {})
    assert {path.name: path.read_bytes() for path in door.out.iterdir()} == before
    assert [path.name for path in door.folder.iterdir() if path.name.startswith(".")] == []


def test_faults_name_their_files(tmp_path: Path) -> None:
    files = batch.read(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.json")
    with pytest.raises(DataError, match=r"(?s)a\.csv: .*b\.csv: .*c\.json: "):
        pipeline.read(files.data, files.meta, files.config, files.names, files.faults)


def test_the_own_file_is_not_to_be_got_from_a_publisher(door: Door) -> None:
    for contents in (("", META, CONFIG), (DATA, "", CONFIG), (DATA, META, ""), ("a\0b", META, CONFIG)):
        assert door.run(*contents) == 2
        assert "publisher" not in door.capsys.readouterr().err


CROSSED = (
    "unit,doctors,distance,residents\nĀ,x,3.5,0\nĀ,6,12,1000\nB,1,1,0\n",
    META.replace("care,1,2", "care,1,-2").replace("distance,1", "speed,1").replace("0,20,", ",,"),
    {"normalise": {"cup": 1}, "impute": "group_mean", "aggregate": ["amean", "gmean"], "robustness": {"code": "c"}},
)
EXPECTED = {
    "data.csv": {
        "column speed: not there, but meta names it",
        "column group: not there, but impute is group_mean",
        "unit Ā: stands in two rows",
        "row 2 (unit Ā), column doctors: 'x' is not a number",
        "unit B, column residents: 0, but doctors is divided by it",
    },
    "meta.csv": {
        "row 2 (doctors): weight -2 is below zero",
        "row 3 (speed): no goalposts, but normalise is goalposts",
    },
    "config.json": {
        "normalise.cup: no such key",
        "aggregate: 2 given, but there is 1 level above the indicators",
        "robustness.normalise: speed has no goalposts",
        "robustness.code: no aggregate 'c'",
    },
}


def told(door: Door, *contents: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file, place, problem in door.refused(*contents):
        found.setdefault(file, set()).add(f"{place}: {problem}" if place else problem)
    return found


def test_a_fault_of_one_file_hides_none_of_the_others(door: Door) -> None:
    assert told(door, *CROSSED) == EXPECTED


def test_a_file_that_cannot_be_read_hides_no_fault_of_the_others(door: Door) -> None:
    data, meta, config = CROSSED
    found = told(door, "", meta, config)
    assert found["data.csv"] == {"the file is empty (0 bytes)"}
    assert (found["meta.csv"], found["config.json"]) == (EXPECTED["meta.csv"], EXPECTED["config.json"])
    found = told(door, data, "", config)
    assert found["meta.csv"] == {"the file is empty (0 bytes)"}
    assert found["config.json"] == {"normalise.cup: no such key"}
    assert found["data.csv"] == {"unit Ā: stands in two rows", "column group: not there, but impute is group_mean"}
    found = told(door, data, meta, "{")
    assert found["meta.csv"] == {"row 2 (doctors): weight -2 is below zero"}
    assert found["data.csv"] == EXPECTED["data.csv"] - {"column group: not there, but impute is group_mean"}


def test_ragged_rows_hide_no_fault(door: Door) -> None:
    data, meta, config = CROSSED
    found = told(door, data + "C,1\n", meta + "further,3\n", config)
    assert found["data.csv"] == EXPECTED["data.csv"] | {"row 5: 2 cells, but the header has 4"}
    assert found["meta.csv"] == EXPECTED["meta.csv"] | {"row 5: 2 cells, but the header has 10"}
    assert found["config.json"] == {"normalise.cup: no such key"}
    lost = told(door, DATA, META.replace("care,2,,,,aggregate,,,,", "care,2"), CONFIG)
    assert lost == {"meta.csv": {"row 4: 2 cells, but the header has 10"}}


def test_a_method_that_is_not_known_asks_for_nothing(door: Door) -> None:
    config = {"normalise": {"method": "magic"}, "impute": "magic", "robustness": {"normalise": ["magic"], "code": "c"}}
    found = told(door, DATA, META.replace("0,20,", ",,"), config)
    assert found.keys() == {"config.json"}
    assert "robustness.code: no aggregate 'c'" in found["config.json"]
    assert len(found["config.json"]) == 4


def test_many_faults_of_one_kind_hide_none_of_another(door: Door) -> None:
    rows = "".join(f"u{i},x,{i},1\n" for i in range(30))
    assert door.run("unit,doctors,distances,residents\n" + rows + "u1,1,2,0\n") == 2
    said = door.capsys.readouterr().err
    assert "column distance: not there" in said
    assert "unit u1: stands in two rows" in said
    assert said.index("stands in two rows") < said.index("is not a number")
    assert said.count("is not a number") == 20
    assert "and 10 more" in said
    assert "0, but doctors is divided by it" in said


def test_a_folder_in_the_place_of_a_file(door: Door) -> None:
    (door.out / "ranks.csv").mkdir(parents=True)
    assert door.run() == 2
    assert "ranks.csv: that is a folder" in door.capsys.readouterr().err
    assert [path.name for path in door.out.iterdir()] == ["ranks.csv"]


def test_a_link_to_nothing_as_out(door: Door) -> None:
    door.out.symlink_to(door.folder / "nowhere")
    assert door.run() == 2
    assert f"--out {door.out}: that is a link to something that is not there" in door.capsys.readouterr().err
    below = door.folder / "data.csv" / "out"
    assert door.run(out=below) == 2
    assert "data.csv is a file, not a folder" in door.capsys.readouterr().err


def test_a_rename_that_fails_brings_all_back(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert door.run() == 0
    before = {path.name: path.read_bytes() for path in door.out.iterdir()}
    replace = batch.os.replace

    def fail(source: Path, target: Path) -> None:
        if target == door.out / "coverage.csv" and source.parent.name != "before":
            raise PermissionError(13, "Permission denied", str(source))
        replace(source, target)

    monkeypatch.setattr(batch.os, "replace", fail)
    door.capsys.readouterr()
    assert door.run(DATA.replace("3.5", "4.5")) == 1
    assert f"error: {door.out / 'coverage.csv'}: Permission denied" in door.capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in door.out.iterdir()} == before
    assert door.run(out=door.folder / "new" / "out") == 0
    monkeypatch.setattr(batch.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    assert door.run(out=door.folder / "newer" / "out") == 1
    assert not (door.folder / "newer").exists()


def test_nulls_and_the_settings_of_the_runs(door: Door) -> None:
    config = {"aggregate": None, "normalise": {"method": None}, "robustness": {"runs": 20, "normalise": ["minmax"]}}
    assert door.run(DATA, META, config) == 0
    log = json.loads(door.written("log.json"))["config"]
    assert (log["aggregate"], log["normalise"]["method"]) == (["amean"], "none")
    assert log["robustness"]["normalise"] == [{"method": "minmax", "range": [1, 100]}]
    assert door.run(DATA, META, log) == 0

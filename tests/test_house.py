"""The house rules: who may import whom, what may stand where, and that the tests themselves stay offline."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
import tomllib
from functools import cache as cache_of
from pathlib import Path

import pandas as pd
import pytest

import cli
from data import paths, sources
from data.model import Text
from data.paths import ROOT
from indicators import model, people
from indicators.model import indicator
from ui import cache, frame

ROOMS = ("bench", "data", "indicators", "pages", "reports", "ui")
TOP_LEVEL = {
    *ROOMS,
    *(".ci", ".gitattributes", ".github", ".gitignore", ".streamlit", "docs", "locale", "tests", "tools"),
    *(
        ".containerignore",
        "Containerfile",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "cli.py",
        "dashboard.py",
        "pyproject.toml",
        "run.py",
    ),
    *("requirements.txt", "requirements-dev.txt"),
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAVY = (
    *("geopandas", "pyogrio", "shapely", "pyproj", "matplotlib", "scipy", "pandera", "playwright", "requests"),
    *("SALib", "esda", "libpysal", "sklearn", "numba"),
)
SLOW_PARTS = ("scipy.stats", "scipy.spatial", "scipy.optimize", "scipy.sparse")
"""Of scipy a page may need the special functions (quantiles of small numbers), which cost little, and no more."""
ELSEWHERE = re.compile(
    r"(?<![\w.<{$/~-])/(?:home|root|Users|work|mnt|tmp|opt)/[\w.]"  # a path of somebody's machine
    r"|[A-Z]:\\\\?Users"
    r"|https?://(?:[\w.-]*\.)?(?:pypi\.org|pythonhosted\.org|npmjs\.org|unpkg\.com|jsdelivr\.net|cdnjs\.\w+)"
    r"|\bpickle\.loads?\b|(?<![\w.])eval\("
)


def tracked() -> list[Path]:
    """The files under version control; all files where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git does not know this folder")
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def modules() -> list[str]:
    """Every module of the project but the pages and the programs (scripts, which do something when they run)."""
    found = [path for room in ROOMS if room != "pages" for path in (ROOT / room).rglob("*.py")]
    scripts = {ROOT / "bench" / "plain_page.py"}
    names = [path.relative_to(ROOT).with_suffix("").parts for path in found if path not in scripts]
    return [".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in names] + ["cli"]


@cache_of
def imported(path: Path) -> set[str]:
    """The modules a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=600, check=False
    )


def test_import_contracts_are_kept() -> None:
    """The contracts of pyproject.toml."""
    done = run_python("from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_only_programs_stand_above_the_rooms() -> None:
    """Nobody imports the frame, the command line or a page."""
    above = {"cli", "dashboard", "run", "pages", "bench"}
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS:
            met = {name.split(".")[0] for name in imported(path)} & above
            allowed = {"bench"} if path.parent == ROOT / "bench" else set()
            assert met <= allowed, f"{path} imports {met - allowed}"


def test_the_network_has_one_door() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if path != ROOT / "data" / "web.py":
                met = {name.split(".")[0] for name in imported(path)}
                assert not met & {"requests", "urllib3", "pooch", "httpx"}, path


def test_importing_does_nothing() -> None:
    """Every module can be imported without output, threads, sockets, files being written or the language being set."""
    done = run_python(
        "import importlib, sys, threading\n"
        "did = []\n"
        "def watch(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.bind', 'subprocess.Popen'):\n"
        "        did.append((event, arguments))\n"
        "    elif event == 'open' and isinstance(arguments[1], str) and set(arguments[1]) & set('wax+'):\n"
        "        if '__pycache__' not in str(arguments[0]) and arguments[0] != '/dev/null':\n"
        "            did.append((event, arguments))\n"
        "sys.path.insert(0, '.')\n"
        "import streamlit, plotly.express, geopandas, pandera, playwright.sync_api, requests\n"
        "threads = threading.active_count()\n"
        "sys.addaudithook(watch)\n"
        f"for name in {modules()!r}: importlib.import_module(name)\n"
        "assert not did, did\n"
        "assert threading.active_count() == threads\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_the_command_line_opens_without_the_heavy_libraries() -> None:
    done = run_python(
        f"import sys; sys.path.insert(0, '.'); import cli; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_page_needs_no_heavy_library() -> None:
    """Neither to be imported nor to have every indicator computed, every address published and every file made."""
    done = run_python(
        "import sys; sys.path.insert(0, '.')\n"
        "from ui import frame, server\n"
        f"heavy = set({HEAVY!r}) - {{'requests'}}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "server.publish()\n"
        f"print(sorted((heavy - {{'scipy'}} | set({SLOW_PARTS!r})) & set(sys.modules)))"
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"], done.stdout + done.stderr


def test_the_top_level_holds_what_it_should() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


def test_nothing_names_a_machine_or_a_package_index() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".parquet", ".gz", ".png", ".ico", ".zip", ".xlsx", ".woff2"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if ELSEWHERE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


def test_every_text_file_is_utf8_with_unix_line_ends() -> None:
    for path in tracked():
        if path.suffix in {".py", ".js", ".css", ".po", ".md", ".toml", ".txt", ".json"}:
            content = path.read_bytes()
            content.decode("utf-8")
            assert b"\r\n" not in content, path
            assert not content or content.endswith(b"\n"), f"{path} does not end with a line end"


def test_every_source_file_is_a_source() -> None:
    files = {path.stem for path in (ROOT / "data" / "sources").glob("*.py")} - {"__init__"}
    assert set(sources.available()) == files
    assert set(sources.ORDER) <= files
    assert all(sources.load(name).SOURCE.id == name for name in files)


def test_every_indicator_file_is_found() -> None:
    declared = {entry.compute.__module__ for entry in cache.registry().values()}
    for path in (ROOT / "indicators").glob("*.py"):
        if "@indicator" in path.read_text(encoding="utf-8") and path.stem != "model":
            assert f"indicators.{path.stem}" in declared


def test_every_page_is_in_the_navigation_and_guarded() -> None:
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert set(frame.PAGES) == files
    for path in (ROOT / "pages").glob("*.py"):
        first = next(
            node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if not isinstance(node, ast.Import | ast.ImportFrom)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        )
        assert ast.unparse(first) == "frame.guard()", f"{path.name} must begin with frame.guard()"


def test_every_dependency_is_locked() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = {"requirements.txt": declared["project"]["dependencies"]}
    lists["requirements-dev.txt"] = [*lists["requirements.txt"], *declared["dependency-groups"]["dev"]]
    for name, requirements in lists.items():
        locked = re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        wanted = {re.split(r"[\[<>=!~;]", requirement)[0].strip() for requirement in requirements}
        assert wanted <= set(locked), f"{name} lacks {wanted - set(locked)}: run tools/lock.py"


def test_every_dependency_says_what_it_is_for() -> None:
    described = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(described)
    for requirement in [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]]:
        (line,) = [line for line in described.splitlines() if f'"{requirement}"' in line]
        assert re.search(r"# \w", line), f"{requirement} has no reason"


def test_the_readme_has_every_source_with_its_licence() -> None:
    rows = {line.split("`")[1]: line for line in README.splitlines() if line.startswith("| `")}
    declared = {}
    for source_id in sources.available():
        source = sources.load(source_id).SOURCE
        dataset, licence = f"[{source.title.en}]({source.address})", f"[{source.licence.id}]({source.licence.address})"
        declared[source_id] = f"| `{source_id}` | {dataset} | {source.publisher.en} | {licence} |"
    assert rows == declared


def test_the_indicator_of_the_readme_works(monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    measures = cache.current().snapshot.measures
    monkeypatch.setattr("indicators.model.REGISTRY", {})
    names = {"pd": pd, "Text": Text, "PER_1000": people.PER_1000, "indicator": indicator}
    exec(compile(code, "README.md", "exec"), names)
    (declared,) = model.REGISTRY.values()
    assert {needed.measure for needed in declared.inputs} <= set(measures)
    assert declared.compute(pd.Series([2.0]), pd.Series([500.0])).tolist() == [4.0]


def test_the_readme_names_every_command_once() -> None:
    named = re.findall(r"^python cli\.py (bench \w+|\w+)", README, re.MULTILINE)
    assert len(named) == len(set(named))
    commands = [(command.name, command.callback) for command in cli.app.registered_commands]
    assert {name.split()[0] for name in named} == {name or getattr(called, "__name__", "") for name, called in commands}


def test_the_readme_names_every_page() -> None:
    for name in frame.PAGES:
        assert f"`pages/{name}.py`" in README


def test_the_documents_name_commands_that_are_there() -> None:
    commands = {entry.name or entry.callback.__name__ for entry in cli.app.registered_commands if entry.callback}
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        named = set(re.findall(r"cli\.py ([a-z]+)", path.read_text(encoding="utf-8")))
        assert named <= commands, f"{path.name} names {named - commands}"
    container = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert "/_health" in container
    assert f"{paths.HOME}=/data" in container


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_tests_reach_this_machine_only() -> None:
    with socket.socket() as outside, pytest.raises(Exception, match="A test tried to use socket"):
        outside.connect(("192.0.2.1", 80))
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        client.connect(server.getsockname())

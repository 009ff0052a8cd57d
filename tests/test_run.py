"""run.py under conditions that are faked around a copy of it: nothing big is installed here."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake installer is a POSIX script")

WORKING_UV = """
    [ "$1" = --version ] && exit 0
    echo "$@" >> "$FAKE_LOG"
"""


class Copy:
    """A copy of run.py in a folder with a space, with its own requirements and an installer that only pretends."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "with a space"
        self.tools = folder / "tools"
        self.log = folder / "uv.log"
        self.root.mkdir()
        self.tools.mkdir()
        shutil.copy(ROOT / "run.py", self.root)
        for name in ("requirements.txt", "requirements-dev.txt"):
            (self.root / name).write_text(f"# {name}\n", encoding="utf-8")
        self.fake("uv", WORKING_UV)

    def fake(self, name: str, script: str) -> None:
        path = self.tools / name
        path.write_text("#!/bin/sh\n" + textwrap.dedent(script), encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def package(self, name: str, code: str) -> None:
        """Put a module of that name where the environment made by run.py finds it first."""
        (self.root / f"{name}.py").write_text(code, encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")}
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        return {**kept, "PATH": path, "FAKE_LOG": str(self.log), **more}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.root / "run.py"), *arguments],
            cwd="/",
            env=self.environment(**environment),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def installs(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_setup_installs_with_hashes_and_only_once(copy: Copy) -> None:
    assert copy.run("setup").returncode == 0
    assert len(copy.installs()) == 1
    assert "--require-hashes" in copy.installs()[0]
    assert copy.installs()[0].endswith("-r requirements.txt")
    assert copy.run("setup").returncode == 0
    assert len(copy.installs()) == 1


def test_changed_requirements_are_installed_again(copy: Copy) -> None:
    copy.run("setup")
    (copy.root / "requirements.txt").write_text("# newer\n", encoding="utf-8")
    assert copy.run("setup").returncode == 0
    assert len(copy.installs()) == 2


def test_broken_environment_is_made_anew(copy: Copy) -> None:
    copy.run("setup")
    python = copy.root / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text("not a program", encoding="utf-8")
    done = copy.run("setup")
    assert done.returncode == 0, done.stderr
    assert "making it anew" in done.stdout
    assert len(copy.installs()) == 2


def test_environment_that_is_a_file_is_made_anew(copy: Copy) -> None:
    (copy.root / ".venv").write_text("", encoding="utf-8")
    assert copy.run("setup").returncode == 0


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("error: failed to write: No space left on device (os error 28)", ["disk is full"]),
        ("error: dns error: Temporary failure in name resolution", ["network", "connection"]),
        ("error: no wheel for this platform", ["no wheel for this platform"]),
    ],
)
def test_failed_install_is_one_sentence_and_is_tried_again(copy: Copy, written: str, words: list[str]) -> None:
    copy.fake("uv", f'[ "$1" = --version ] && exit 0\necho "{written}" >&2\nexit 2\n')
    one_sentence(copy.run("setup"), *words)
    copy.fake("uv", WORKING_UV)
    assert copy.run("setup").returncode == 0
    assert len(copy.installs()) == 1


def test_missing_requirements_file_is_named(copy: Copy) -> None:
    (copy.root / "requirements.txt").unlink()
    one_sentence(copy.run("setup"), "requirements.txt")


def test_too_little_disk_is_said_before_anything_is_installed(copy: Copy) -> None:
    program = textwrap.dedent(
        """
        import shutil, sys
        from collections import namedtuple
        usage = namedtuple("usage", "total used free")
        shutil.disk_usage = lambda path: usage(10**9, 10**9, 5_000_000)
        sys.path.insert(0, sys.argv[1])
        import run
        sys.exit(run.guarded(["setup"]))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(copy.root)],
        env=copy.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    one_sentence(done, "5 MB free")
    assert not (copy.root / ".venv").exists()


def test_full_disk_while_writing_is_one_sentence(copy: Copy) -> None:
    program = textwrap.dedent(
        """
        import errno, os, sys
        sys.path.insert(0, sys.argv[1])
        import run
        def full(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        run.install = full
        sys.exit(run.guarded([]))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(copy.root)], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    one_sentence(done, "disk is full")


def test_too_old_python_is_one_sentence(copy: Copy) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import run; run.OLDEST = (99, 0); sys.exit(run.guarded([]))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(copy.root)], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    one_sentence(done, "Python 99.0 or newer is needed", f"this is 3.{sys.version_info[1]}")


def test_start_file_parses_on_old_pythons() -> None:
    """Nothing in run.py is newer than what Python 2.7 parses: neither f-strings nor annotations nor `raise … from`."""
    import ast

    tree = ast.parse((ROOT / "run.py").read_text(encoding="ascii"))
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal))
        assert not (isinstance(node, ast.Raise) and node.cause)
        assert not (isinstance(node, ast.arg) and node.annotation)
        assert not (isinstance(node, ast.FunctionDef) and (node.returns or node.args.kwonlyargs))
        assert not (isinstance(node, (ast.List, ast.Tuple)) and any(isinstance(x, ast.Starred) for x in node.elts))


@pytest.mark.parametrize(
    "ask",
    [
        lambda port: (["--", "--server.port", port], {}),
        lambda port: (["--", f"--server.port={port}"], {}),
        lambda port: ([], {"STREAMLIT_SERVER_PORT": port}),
    ],
    ids=["argument", "argument with =", "environment"],
)
def test_taken_port_is_one_sentence(copy: Copy, ask: Callable[[str], tuple[list[str], dict[str, str]]]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = str(other.getsockname()[1])
        arguments, environment = ask(port)
        one_sentence(copy.run(*arguments, **environment), f"Port {port} is taken", "--server.port")


@pytest.mark.parametrize("port", ["many", "0", "70000", "-1", "²"])
def test_what_is_no_port_is_one_sentence(copy: Copy, port: str) -> None:
    one_sentence(copy.run("--", f"--server.port={port}"), "no port")


def test_unknown_command_is_one_sentence(copy: Copy) -> None:
    one_sentence(copy.run("dance"), "dance", "--help")


def test_start_hands_arguments_to_streamlit_and_prints_the_address(copy: Copy) -> None:
    copy.package("streamlit", "import os, sys; print('started', sys.argv[1:], os.getcwd())")
    port = str(free_port())
    done = copy.run("--", "--server.port", port, "--theme.base", "light")
    assert done.returncode == 0, done.stderr
    assert f"http://127.0.0.1:{port}" in done.stdout
    assert "'run', 'dashboard.py', '--server.port'" in done.stdout
    assert "'--theme.base', 'light'" in done.stdout
    assert str(copy.root) in done.stdout


def test_in_a_hall_phones_can_join(copy: Copy) -> None:
    copy.package("streamlit", "import os, sys; print('started', sys.argv[1:], os.environ['SMART_VILLAGES_GROUPS'])")
    done = copy.run("hall", "--", "--server.port", str(free_port()))
    assert done.returncode == 0, done.stderr
    assert "'--server.address', '0.0.0.0'" in done.stdout
    assert done.stdout.rstrip().endswith("on")


@pytest.mark.parametrize(
    ("given", "environment"),
    [(["--server.address=127.0.0.1"], {}), ([], {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"})],
)
def test_in_a_hall_an_address_that_is_asked_for_stays(
    copy: Copy, given: list[str], environment: dict[str, str]
) -> None:
    copy.package("streamlit", "import sys; print('started', sys.argv[1:])")
    done = copy.run("hall", "--", "--server.port", str(free_port()), *given, **environment)
    assert done.returncode == 0, done.stderr
    assert "'--server.address', '127.0.0.1'" in done.stdout
    assert "0.0.0.0" not in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_cleanly_and_leaves_nothing_running(copy: Copy, number: signal.Signals) -> None:
    copy.package("streamlit", "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, str(copy.root / "run.py"), "--", "--server.port", str(free_port())],
        env=copy.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    assert process.stdout
    server = next(int(line.split()[1]) for line in process.stdout if line.startswith("pid"))
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""
    time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


TESTED = "= 3 passed ['-n', 'auto', '--dist', 'loadfile', '--no-loadscope-reorder', '-k', 'one'] ="


def test_failing_check_fails_the_test_command_and_the_others_still_run(copy: Copy) -> None:
    for name in ("ruff", "deptry"):
        copy.package(name, "")
    copy.package("pyright", "import sys; sys.exit(1)")
    copy.package("pytest", "import sys; print('= 3 passed', sys.argv[1:], '=')")
    done = copy.run("test", "--", "-k", "one")
    assert done.returncode == 1
    assert copy.installs()[0].endswith("-r requirements-dev.txt")
    summary = done.stdout.split("== summary")[1]
    assert [line.split()[1] for line in summary.splitlines()[1:6]] == ["passed", "passed", "FAILED", "passed", "passed"]
    assert done.stdout.splitlines()[-1] == TESTED


def test_setup_after_test_has_nothing_to_do(copy: Copy) -> None:
    for name in ("ruff", "deptry", "pyright", "pytest"):
        copy.package(name, "")
    assert copy.run("test").returncode == 0
    assert copy.run("setup").returncode == 0
    assert len(copy.installs()) == 1


def test_requirements_are_exact_with_hashes_and_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "index" not in text.split("\n", 1)[1]
        packages = [line for line in text.splitlines() if line and line[0].isalnum()]
        assert packages
        assert all("==" in line and line.endswith("\\") for line in packages)


def test_development_requirements_contain_the_runtime_at_the_same_versions() -> None:
    def packages(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return {line.rstrip(" \\") for line in text.splitlines() if line and line[0].isalnum()}

    assert packages("requirements.txt") <= packages("requirements-dev.txt")

"""Start the dashboard, install it, or run every check. Needs nothing but Python.

    python3 run.py          install what is missing into .venv, then start the dashboard
    python3 run.py setup    only install
    python3 run.py hall     the same as the first, for a focus group: phones in the same network can join
    python3 run.py test     install the development tools too, then run every check (THOROUGH=1: with more repetition)

Arguments after -- go to Streamlit (with test: to pytest), for example: python3 run.py -- --server.port 8600
"""
# This file keeps to syntax that any Python can parse (no f-strings, no annotations): a Python that is too old is told
# so in one sentence instead of failing on the syntax.

import errno
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

OLDEST = (3, 11)
GROUPS = "SMART_VILLAGES_GROUPS"
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "installed.txt")
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
ROOM_MB = {RUNTIME: 1000, DEVELOPMENT: 1500}
DISK_FULL = re.compile(r"no space left|not enough space on the disk|disk quota exceeded|os error (28|112|122)\b", re.I)
NETWORK = re.compile(
    r"name resolution|name or service not known|getaddrinfo|dns error|connection (refused|error|reset|aborted)"
    r"|error trying to connect|failed to (fetch|connect)|network is unreachable|timed out|proxyerror|sslerror",
    re.I,
)


class Stop(Exception):
    """What ends the program with exit code 1, in one sentence."""


def environment():
    """The environment of every program started from here: UTF-8 whatever the locale.

    One thread for linear algebra: on matrices as small as ours more of them cost time, and change the last digits.
    """
    return dict(os.environ, PYTHONUTF8="1", PIP_DISABLE_PIP_VERSION_CHECK="1", OPENBLAS_NUM_THREADS="1")


def venv_python():
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def works(command):
    """Whether the program starts and ends well."""
    try:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run_quietly(command, what):
    """Run a program; if it fails, say why in one sentence made from what it wrote."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    if DISK_FULL.search(done.stdout):
        raise Stop("The disk is full: free about {} MB and start again.".format(ROOM_MB[DEVELOPMENT]))
    if NETWORK.search(done.stdout):
        raise Stop(
            "The package index could not be reached: installing needs the network once; check the connection "
            "(or the proxy and index settings of pip) and start again."
        )
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|cannot|failed|no matching", line, re.I)] or lines
    raise Stop("{} failed: {}".format(what, telling[-1] if telling else "exit code {}".format(done.returncode)))


def fingerprint(requirements):
    with open(os.path.join(ROOT, requirements), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def installed():
    """The fingerprints of the requirement files the environment was made from."""
    try:
        with open(STAMP) as file:
            return file.read().split()
    except OSError:
        return []


def make_venv():
    """A fresh environment beside this file, replacing a broken one.

    Some systems ship Python without ensurepip; there pip outside the environment installs into it.
    """
    if os.path.lexists(VENV):
        print("The environment in .venv does not work; making it anew.")
        if os.path.isdir(VENV) and not os.path.islink(VENV):
            shutil.rmtree(VENV)
        else:
            os.remove(VENV)
    run_quietly([sys.executable, "-m", "venv", "--without-pip", VENV], "Making the environment .venv")


def installer():
    """The command that installs into the environment: uv where it works, else pip."""
    if works(["uv", "--version"]):
        return ["uv", "pip", "install", "--python", venv_python(), "--compile-bytecode"]
    if not works([venv_python(), "-m", "pip", "--version"]) and not works([venv_python(), "-m", "ensurepip"]):
        if not works([sys.executable, "-m", "pip", "--version"]):
            raise Stop("Neither uv nor pip was found: install one of them (on Debian: apt install python3-pip).")
        return [sys.executable, "-m", "pip", "--python", venv_python(), "install"]
    return [venv_python(), "-m", "pip", "install"]


def install(requirements):
    """Bring .venv to the requirements, with hashes checked and no compiler needed; nothing to do when it is there."""
    usable = works([venv_python(), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
    if usable and fingerprint(requirements) in installed():
        return
    free = shutil.disk_usage(ROOT).free // 1000000
    if free < ROOM_MB[requirements] and not installed():
        raise Stop(
            "The disk has {} MB free and the packages need about {} MB: free some and start again.".format(
                free, ROOM_MB[requirements]
            )
        )
    if not usable:
        make_venv()
    print("Installing packages into .venv (only now, about a minute) ...")
    sys.stdout.flush()
    if os.path.exists(STAMP):
        os.remove(STAMP)
    strict = ["--require-hashes", "--only-binary", ":all:"]
    run_quietly(installer() + strict + ["-r", requirements], "Installing packages")
    # The development requirements contain the others at the same versions.
    done = [RUNTIME, DEVELOPMENT] if requirements == DEVELOPMENT else [RUNTIME]
    with open(STAMP, "w") as file:
        file.write("\n".join(fingerprint(name) for name in done) + "\n")


def asked(name, arguments):
    """A server setting that was asked for at the start: by argument or environment; None if it was not."""
    flag = "--server." + name
    for position, argument in enumerate(arguments):
        if argument.startswith(flag + "="):
            return argument[len(flag) + 1 :]
        if argument == flag and position + 1 < len(arguments):
            return arguments[position + 1]
    return os.environ.get("STREAMLIT_SERVER_" + name.upper()) or None


def setting(name, arguments):
    """A server setting as Streamlit would find it: as it was asked for, else in the config file; None if nowhere."""
    found = asked(name, arguments)
    if found is not None:
        return found
    import tomllib

    try:
        with open(os.path.join(ROOT, ".streamlit", "config.toml"), "rb") as file:
            return tomllib.load(file).get("server", {}).get(name)
    except OSError:
        return None


def check_port(address, port):
    """Stop unless the port can be listened on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((address, port))
        probe.listen(1)
        return
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", None))
        reason = "is taken by another program" if taken else "cannot be used ({})".format(error.strerror)
    finally:
        probe.close()
    another = port + 1 if port < 65535 else 8501
    raise Stop(
        "Port {} {}: choose another, for example python3 run.py -- --server.port {}".format(port, reason, another)
    )


def start(arguments):
    """Serve the dashboard until it is stopped; returns its exit code, 0 when the user stopped it."""
    address = str(setting("address", arguments) or "127.0.0.1")
    if os.environ.get(GROUPS) == "on" and asked("address", arguments) is None:
        address = "0.0.0.0"
    port = str(setting("port", arguments) or 8501)
    if not re.match("[0-9]+$", port) or not 0 < int(port) < 65536:
        raise Stop("{!r} is no port: give a number from 1 to 65535 after --server.port.".format(port))
    check_port(address, int(port))
    given = arguments + ["--server.address", address, "--server.port", port]
    shown = "localhost" if address in ("0.0.0.0", "::") else address
    print("The dashboard: http://{}:{}  (Ctrl-C ends it)".format("[" + shown + "]" if ":" in shown else shown, port))
    sys.stdout.flush()
    return wait([venv_python(), "-m", "streamlit", "run", "dashboard.py"] + given)


def wait(command):
    """Run a program to its end; Ctrl-C or a request to end is passed on and counts as a clean end."""

    def ask_to_end(number, frame):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ask_to_end)
    process = subprocess.Popen(command, cwd=ROOT, env=environment())
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        return 0


def test(arguments):
    """Run every check to its end and sum up; returns 1 if any failed.

    The tests use all processors and the other checks one, so those run meanwhile and are told of afterwards.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of a hundred processes compiles the project anew
    others = [
        ("style", ["ruff", "check", "."]),
        ("format", ["ruff", "format", "--check", "."]),
        ("types", ["pyright"]),
        ("dependencies", ["deptry", "."]),
    ]
    meanwhile = []
    for name, command in others:
        output = tempfile.TemporaryFile()
        meanwhile.append((name, command, output, checking(command, output)))
    command = ["pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"] + arguments
    process = checking(command, subprocess.PIPE)
    last = told("tests", command, process.stdout)
    tested, results = process.wait() == 0, []
    for name, command, output, process in meanwhile:
        results.append((name, process.wait() == 0))
        output.seek(0)
        told(name, command, output)
    results.append(("tests", tested))
    print("\n== summary")
    for name, passed in results:
        print("{:14}{}".format(name, "passed" if passed else "FAILED"))
    print(last)
    return 0 if all(passed for _, passed in results) else 1


def checking(command, output):
    """A check that runs, and where it writes."""
    command = [venv_python(), "-m"] + command
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT)


def told(name, command, lines):
    """Print what a check says; the last line that is not empty."""
    print("\n== {}: {}".format(name, " ".join(command)))
    last = ""
    for raw in lines:
        sys.stdout.flush()
        line = raw.decode("utf-8", "replace").rstrip()
        print(line)
        last = line or last
    return last


def main(arguments):
    """Do what the arguments ask; returns the exit code."""
    command, rest = "start", []
    if "--" in arguments:
        rest = arguments[arguments.index("--") + 1 :]
        arguments = arguments[: arguments.index("--")]
    if arguments:
        command = arguments[0]
    if command in ("-h", "--help"):
        print(str(__doc__).strip())
        return 0
    if len(arguments) > 1 or command not in ("start", "setup", "hall", "test"):
        raise Stop("{!r} is not understood: python3 run.py --help tells what is.".format(" ".join(arguments)))
    install(DEVELOPMENT if command == "test" else RUNTIME)
    if command == "setup":
        print("Everything is installed. Start with: python3 run.py")
        return 0
    if command == "hall":
        os.environ[GROUPS] = "on"
    return test(rest) if command == "test" else start(rest)


def guarded(arguments):
    """`main` with every expected failure turned into one sentence on stderr and exit code 1."""
    if sys.version_info < OLDEST:
        sentence = "Python {}.{} or newer is needed, this is {}.{}: install a newer one and start again with it."
        sys.stderr.write(sentence.format(*(OLDEST + tuple(sys.version_info[:2]))) + "\n")
        return 1
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        return main(arguments)
    except Stop as stop:
        sentence = str(stop)
    except KeyboardInterrupt:
        sentence = "Stopped."
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            sentence = "The disk is full: free about {} MB and start again.".format(ROOM_MB[DEVELOPMENT])
        else:
            where = " ({})".format(error.filename) if error.filename else ""
            sentence = "{}{}.".format(error.strerror or error, where)
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))

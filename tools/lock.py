"""Compile requirements.txt and requirements-dev.txt from pyproject.toml with exact versions and hashes. Needs uv.

    python tools/lock.py            keep the present versions where they still fit
    python tools/lock.py --upgrade  take the newest that fit

The versions hold for Linux, macOS and Windows and for every supported Python; only built wheels are accepted, so that
nobody needs a compiler. The files name no package index: each machine uses its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Compiled from pyproject.toml by tools/lock.py; exact versions with hashes. Do not edit by hand.\n"
COMPILE = (
    *("uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11", "--no-build"),
    *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
)


def compile_requirements(output: str, *options: str) -> None:
    """Write one requirements file; versions it already names are kept unless `--upgrade` is among the options."""
    target = ROOT / output
    subprocess.run([*COMPILE, *options, "--output-file", output], cwd=ROOT, check=True)
    target.write_text(HEADER + target.read_text(encoding="utf-8").removeprefix(HEADER), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    compile_requirements("requirements.txt", *sys.argv[1:])
    compile_requirements("requirements-dev.txt", "--group", "dev", "--constraint", "requirements.txt", *sys.argv[1:])

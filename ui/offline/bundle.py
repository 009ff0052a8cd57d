"""Modules as one classic script: a page opened from the file system may load scripts, but no modules.

The modules are those of the dashboard. Each keeps its text but for what a script cannot hold: its imports become
constants, `export` is left out, and `import.meta.url` becomes the address the module would have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath

IMPORT = re.compile(
    r'^import (?:(?P<default>[\w$]+)|\{(?P<names>[^{}]*)\}) from "(?P<path>\.{1,2}/[\w./-]+\.js)";$', re.M
)
EXPORT = re.compile(r"^export (?P<what>(?:async )?(?:function|class|const) (?P<name>[\w$]+))", re.M)
DEFAULT = re.compile(r"^export default (?=function \()", re.M)
ADDRESS = "import.meta.url"
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b.*|\bimport\s*\(.*|\bimport\.meta\b.*", re.M)
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", re.S)
HEAD = """\
// The modules of the dashboard as one script. Only what imports and exports is written otherwise.
(() => {
"use strict";
const $modules = {};
const $program = document.currentScript.src;
const $address = (name) => new URL(name, $program).href;
"""


def bundle(root: Path, entry: str) -> str:
    """The module `entry` and all that it imports, as one script that runs it; paths are relative to `root`.

    Raises
    ------
    ValueError
        If a module imports in a circle, lies outside `root`, or imports or exports in a way not known here.
    """
    parts = (module(name, text) for name, text in modules(root, entry).items())
    return "\n".join([HEAD, *parts, "})();\n"])


def modules(root: Path, entry: str) -> dict[str, str]:
    """The text of a module and of all that it imports by name, each after those it needs."""
    found: dict[str, str] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"modules import each other in a circle: {' > '.join([*above, name])}")
        if name in found:
            return
        text = (root / name).read_text(encoding="utf-8")
        for needed in imported(name, text):
            visit(needed, (*above, name))
        found[name] = text

    visit(entry, ())
    return found


def imported(name: str, text: str) -> Iterator[str]:
    """The names of the modules a module imports, in order."""
    for found in IMPORT.finditer(text):
        yield resolved(name, found["path"])


def resolved(name: str, path: str) -> str:
    """The name of the module that `path` means in the module `name`."""
    parts = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(path).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            raise ValueError(f"{name}: {path} lies outside the folder of the modules")
    return "/".join(parts)


def module(name: str, text: str) -> str:
    """A module as an expression that gives its exports; the hash is that of its file."""

    def constants(found: re.Match[str]) -> str:
        names = f"{{ default: {found['default']} }}" if found["default"] else f"{{{found['names']}}}"
        return f"const {names.replace(' as ', ': ')} = $modules[{resolved(name, found['path'])!r}];"

    exports = [found["name"] for found in EXPORT.finditer(text)]
    body = EXPORT.sub(r"\g<what>", IMPORT.sub(constants, text)).replace(ADDRESS, f"$address({name!r})")
    body, defaults = DEFAULT.subn("const $default = ", body)
    if left := LEFT_OVER.search(COMMENT.sub("", body)):
        raise ValueError(f"{name}: {left[0].strip()!r} cannot be bundled")
    given = ", ".join([*exports, *["default: $default"] * bool(defaults)])
    head = f"$modules[{name!r}] = (() => {{ // sha256 {sha256(text.encode()).hexdigest()}"
    return f"{head}\n{body}return {{ {given} }};\n}})();\n"

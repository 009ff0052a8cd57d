"""Documents as PDF, typeset without a browser and without the machine's fonts.

The same content and the same day give the same bytes: fonts are those in the typesetter's wheel, text goes to it as
data and never as markup. `sheet.typ` is what all documents share.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.Compiler(root=HERE, font_paths=fonts, ignore_system_fonts=True)


def typeset(template: str, content: Mapping[str, Any], day: date) -> bytes:
    """The PDF of a content of plain values; `template` is a file beside this one, `day` the day it is made."""
    stamp = datetime.combine(day, time(), UTC)
    given = {"content": json.dumps(content, ensure_ascii=False)}
    made = _compiler().compile(HERE / template, format="pdf", timestamp=stamp, sys_inputs=given)
    if not isinstance(made, bytes):
        raise TypeError("one PDF was asked for")
    return made

"""A visitor of a page in Latvian, without a browser."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

from data.paths import ROOT


def visit(page: str, *, timeout: float = 60, **address: str) -> AppTest:
    """A new visitor who opens a page with this address; `timeout` is in seconds."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=timeout)
    app._registered_pages = pages()
    app.switch_page(f"pages/{page}.py")
    for name, value in {"lang": "lv", **address}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def folds(app: AppTest) -> list[str]:
    """The labels of what can be opened (`ui.folds`), with their tags."""
    found = (re.findall("<summary><span>(.*?)</span></summary>", html.proto.body) for html in app.get("html"))
    return [unescape(label) for labels in found for label in labels]


@cache
def pages() -> dict[str, Any]:
    """The pages there are, of which Streamlit's test visitor learns at the first one; nobody has to open it again."""
    return AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()._registered_pages

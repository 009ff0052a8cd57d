"""A visitor of a page in Latvian, without a browser."""

from __future__ import annotations

from functools import cache
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


@cache
def pages() -> dict[str, Any]:
    """The pages there are, of which Streamlit's test visitor learns at the first one; nobody has to open it again."""
    return AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()._registered_pages

"""The HTML every visit begins with: Streamlit's own page, told at once what it would otherwise have to find out."""

from __future__ import annotations

import html
from functools import lru_cache
from pathlib import Path
from typing import cast

from starlette.requests import Request
from starlette.responses import HTMLResponse
from streamlit import file_util

from data.model import DataError
from reports.words import LANGUAGES, Language, catalogue
from ui import assets, cache
from ui.address import decode
from ui.text import preferred

ROOT = """<script>
      { const { href } = new URL("./", location)
        window.__streamlit = { BACKEND_BASE_URL: href, MAIN_PAGE_BASE_URL: href } }
    </script>"""
"""Where the app lives. Without it, a deep link is first taken for a folder and asked in vain for Streamlit's routes."""


def page(request: Request) -> HTMLResponse:
    """Streamlit's page in the visitor's language, with the title, and on its way to what the maps will need."""
    name = request.url.path.rstrip("/").rpartition("/")[2]
    asked = request.query_params.get("lang")
    language = cast(Language, asked) if asked in LANGUAGES else preferred(request.headers.get("accept-language", ""))
    head = [f"<title>{html.escape(catalogue(language).gettext('product.name'))}</title>", ROOT]
    if name == "map":
        head += _preloads(language, dict(request.query_params))
    text = _index().replace('<html lang="en">', f'<html lang="{language}">', 1)
    text = text.replace("<title>Streamlit</title>", "\n    ".join(head), 1)
    return HTMLResponse(text, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})


@lru_cache(maxsize=1)
def _index() -> str:
    return (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")


def _preloads(language: Language, query: dict[str, str]) -> list[str]:
    """Links to the modules and the data of the maps asked for, which the browser can fetch while Streamlit starts."""
    try:
        loaded = cache.current()
    except DataError:
        return []
    base = assets.base(loaded)
    shown = dict.fromkeys(pane["indicator"] for pane in decode(query, loaded.known)["panes"])
    data = ["geometry.json", f"catalog.{language}.json", *(f"values/{name}.json" for name in shown)]
    scripts = [name for name in assets.modules() if name.startswith("map_panes/") and name.endswith(".js")]
    modules = [f'<link rel="modulepreload" href="./{base}{name}">' for name in scripts]
    fetched = [f'<link rel="preload" as="fetch" crossorigin="anonymous" href="./{base}{name}">' for name in data]
    return [*modules, *fetched]

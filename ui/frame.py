"""The frame around every page: language, navigation, the page itself, the footer."""

from __future__ import annotations

import json
from contextvars import ContextVar
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from data.model import SnapshotError
from data.paths import ROOT
from ui import assets, cache, component, stage, trail
from ui.text import LANGUAGES, day, language, messages, settle_language, speaking, tr

STYLE = Path(__file__).parent / "frame.css"
ICON = Path(__file__).parent / "icon.svg"
STAGE_STYLE = Path(stage.__file__).parent / "page.css"
ACCESSIBILITY = {"lv": ROOT / "docs" / "accessibility.md", "en": ROOT / "docs" / "accessibility.en.md"}
"""What can be reached without a mouse, without colours, from the back row; and what cannot."""
PAGES = (
    "overview",
    "map",
    "index",
    "compare",
    "profile",
    "relations",
    "trends",
    "story",
    "group",
    "my_data",
    "methodology",
    "sources",
)
"""The files in `pages/`, in the order of the navigation; the first is the start page."""

_framed: ContextVar[bool] = ContextVar("framed", default=False)


def run() -> None:
    """Draw the frame and the page the visitor asked for."""
    settle_language()
    page = st.navigation(pages(), position="hidden" if embedded() or stage.on() else "top")
    trail.begin(page.url_path)
    st.set_page_config(page_title=f"{page.title} · {tr('product.name')}", page_icon=str(ICON), layout="wide")
    st.html(STYLE)
    if stage.on():
        st.html(STAGE_STYLE)
    if not embedded():
        with st.container(key="switches", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            _stage_switch()
            _language_switch()
    try:
        loaded = cache.current()
    except SnapshotError as damaged:
        _tell_browser(None)
        files = "\n".join(f"- {tr(f'snapshot.{fault.kind}', file=fault.place)}" for fault in damaged.faults)
        st.error(tr("snapshot.fault", files=files), icon=":material/error:")
        st.stop()
    _tell_browser(None if embedded() else assets.base(loaded))
    mark = _framed.set(True)
    try:
        with cache.held(), speaking(language()):  # asked for a thousand times a page
            page.run()
            if embedded():
                _source_line(page)
            elif stage.on():
                _stage_source()
            else:
                _footer()
    finally:
        _framed.reset(mark)
        stage.remember()


def embedded() -> bool:
    """Whether the page stands inside another one (`?embed=true`): the view alone, with where it comes from."""
    return bool(st.context.is_embedded)


def guard() -> None:
    """Keep a page from running without its frame; the first line of every page.

    Until somebody has opened the start page, Streamlit runs a file of the folder `pages/` by itself when its address
    is asked for. Naming the pages makes it forget that, and a rerun goes through the frame.
    """
    if not _framed.get():
        st.navigation(pages(), position="hidden")
        st.rerun()


def pages() -> list[st.Page]:
    """The pages for the navigation, titled in the visitor's language."""
    return [st.Page(f"pages/{name}.py", title=tr(f"nav.{name}"), default=name == PAGES[0]) for name in PAGES]


def _tell_browser(base: str | None) -> None:
    """Tell the browser, and whatever reads the page aloud, which language this is, and whether it is on the stage.

    `base` is where the modules are served; without it the page has no stage and no links to other pages.
    """
    script = f"document.documentElement.lang = {language()!r}"
    if base:
        words = json.dumps(messages(language(), "stage.")).replace("<", "\\u003c")
        script += f""";{component.ROOT}
          import(new URL("{base}links/links.js", root).href)
          const page = import(new URL("{base}stage/page.js", root).href)
          page.then(({{ show }}) => show({json.dumps(stage.on())}, {words}))
        """
    st.html(f"<script>{{{script}}}</script>", unsafe_allow_javascript=True)


def _language_switch() -> None:
    st.session_state["language_switch"] = language()
    st.segmented_control(
        tr("language.label"),
        LANGUAGES,
        key="language_switch",
        format_func=lambda code: tr(f"language.{code}"),
        on_change=_switch_language,
        label_visibility="collapsed",
        required=True,
    )


def _switch_language() -> None:
    chosen = st.session_state["language_switch"] or language()
    st.session_state["language"] = chosen
    st.query_params["lang"] = chosen


def _stage_switch() -> None:
    """On the stage the button is hidden; the browser presses it to leave."""
    icon = ":material/present_to_all:"
    st.button(tr("stage.enter"), key="stage_switch", help=tr("stage.enter_help"), icon=icon, on_click=stage.switch)


def _stage_source() -> None:
    """Under a page on the stage: whose it is and of what day."""
    loaded, project = cache.current(), cache.project()
    stamp = {"version": project.version, "edition": day(loaded.edition), "hash": loaded.snapshot.hash[:8]}
    with st.container(key="stage_source"):
        st.caption(tr("stage.source", product=tr("product.name"), **stamp))


def _source_line(page: st.Page) -> None:
    """Under an embedded view: whose it is, of what day, and the way to the whole page with everything about it."""
    loaded, project = cache.current(), cache.project()
    stamp = {"version": project.version, "edition": day(loaded.edition), "hash": loaded.snapshot.hash[:8]}
    whole = f"{st.context.url}?{urlencode({**st.query_params.to_dict(), 'lang': language()})}"
    with st.container(key="source_line", horizontal=True, vertical_alignment="center"):
        st.caption(f"{tr('product.name')} · {tr('footer.stamp', **stamp)}")
        st.html(f'<a href="{escape(whole)}" target="_blank" rel="noopener">{escape(tr("embed.whole"))}</a>')


def _footer() -> None:
    loaded, project = cache.current(), cache.project()
    stamp = {"version": project.version, "edition": day(loaded.edition), "hash": loaded.snapshot.hash[:8]}
    with st.container(key="footer", horizontal=True, vertical_alignment="center"):
        st.caption(tr("footer.stamp", **stamp))
        st.page_link("pages/sources.py", label=tr("footer.sources"))
        if st.button(tr("footer.accessibility"), type="tertiary", key="accessibility"):
            st.dialog(tr("footer.accessibility"), width="large")(_accessibility)()
        with st.popover(tr("footer.report"), type="tertiary"):
            st.markdown(tr("footer.report_how"))
            if project.issues:
                st.markdown(f"[{tr('footer.report_where')}]({project.issues})")
            st.code(f"{st.context.url}\n{project.version} · {loaded.snapshot.hash[:16]}", language=None)


def _accessibility() -> None:
    """The statement without its heading, which the dialog has."""
    text = ACCESSIBILITY[language()].read_text(encoding="utf-8")
    st.markdown(text.partition("\n")[2].replace("\n## ", "\n### "))

"""Links in HTML of our own: to other pages of the app within the visitor's session, and to elsewhere in a new tab."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode


def within(page: str, label: str, icon: str, address: Mapping[str, str]) -> str:
    """A link to a page of the app; `links.js` follows it. Looks like Streamlit's own links to pages."""
    words = f'<span class="icon" aria-hidden="true" translate="no">{icon}</span><span>{escape(label)}</span>'
    return f'<a class="page-link" href="{escape(f"{page}?{urlencode(address)}")}">{words}</a>'


def elsewhere(label: str, address: str) -> str:
    """A link to somewhere else; the label alone where there is no address, as a visitor's own data have none."""
    return f'<a href="{escape(address)}" target="_blank">{escape(label)}</a>' if address else escape(label)

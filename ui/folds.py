"""What can be opened and closed, as HTML: a page may have a hundred of them and the browser hardly notices."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def fold(label: str, *parts: str, opened: bool = False) -> str:
    """A label, and what it opens; both are HTML, and parts without anything are left out."""
    inside = "".join(parts)
    return (
        f'<details class="fold"{" open" * opened}><summary><span>{label}</span></summary><div>{inside}</div></details>'
    )


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names, as text, and values, as HTML, below each other; those without a value are left out."""
    return f"<p>{'<br>'.join(f'<strong>{escape(name)}:</strong> {value}' for name, value in rows if value)}</p>"


def bullets(title: str, texts: Iterable[str]) -> str:
    """A list of texts under its title; nothing where there are none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<p><strong>{escape(title)}</strong></p><ul>{items}</ul>" if items else ""


def folds(every: Iterable[str]) -> str:
    """Many of them below each other."""
    return f'<div class="folds">{"".join(every)}</div>'

"""A profile on the page: the ground all profiles rest on, kept while the data stay, and the content as safe HTML."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape

import streamlit as st

from reports.profile import Ground, Part, Table
from ui.cache import Loaded
from ui.text import alphabetical, plain, tr

ELSEWHERE = ("map", "index", "relations", "compare")
"""The pages on whose maps places may have been selected."""
KEPT = 3
"""Grounds kept at once: that of the shared data, and those with what visitors have brought."""


def ground(loaded: Loaded) -> Ground:
    """What all profiles rest on, for all visitors."""
    return _ground(loaded.snapshot.hash, loaded)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _ground(stamp: str, _loaded: Loaded) -> Ground:
    found = Ground.of(_loaded.snapshot, _loaded.indicators, _loaded.values)
    for survey in (found.units, found.municipalities):
        _ = survey.standings
    return found


def names(found: Ground) -> dict[str, str]:
    """Every territory with a profile by its name and municipality, in alphabetical order."""
    units, municipalities = found.units.territories, found.municipalities.territories
    within = units["parent"].map(municipalities["name"])
    named = {
        str(code): name if parent in (name, None) else f"{name} ({parent})"
        for code, name, parent in zip(units.index, units["name"], within, strict=True)
    }
    named |= {str(code): str(name) for code, name in municipalities["name"].items() if code not in named}
    return dict(sorted(named.items(), key=lambda item: alphabetical(item[1])))


def named_like(named: Mapping[str, str], text: str) -> list[str]:
    """The territories whose name holds these words, whatever their case and diacritics; those that begin so first.

    Where there is none, those whose first word differs by its ending, as Viļānu pagasts does from Viļāni.
    """
    words = re.findall(r"\w+", plain(text))
    found = [code for code, name in named.items() if words and all(word in plain(name) for word in words)]
    exact = [code for code in found if re.findall(r"\w+", plain(named[code]).partition(" (")[0]) == words]
    found.sort(key=lambda code: not plain(named[code]).startswith(words[0]))
    stem = _stemmed(" ".join(words))
    return exact or found or [code for code, name in named.items() if _stemmed(plain(name)).startswith(stem)]


def _stemmed(name: str) -> str:
    """A plain name without the ending of its first word, as the search of the maps compares it."""
    return re.sub(r"[aeiou]?s?(?= |$)", "*", name, count=1)


def selected_elsewhere() -> list[str]:
    """The places this visitor has selected on the maps of other pages, the last first."""
    states = (st.session_state.get(f"map_panes_{page}_state") for page in ELSEWHERE)
    codes = [code for state in states if state for code in reversed(state["selected"])]
    return list(dict.fromkeys(codes))


def profile_link(code: str, name: str) -> None:
    """A link to a place's profile, for other pages."""
    st.page_link(
        "pages/profile.py",
        label=tr("profile.open", name=name),
        icon=":material/article:",
        query_params={"territory": code},
        width="content",
    )


def show(*parts: str) -> None:
    """Draw parts of a profile as one element: a page of many small ones is redrawn slowly."""
    st.html(f'<div class="profile">{"".join(parts)}</div>')


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraphs(lines: Iterable[str], kind: str = "") -> str:
    """Each line as a paragraph."""
    text = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="{kind}">{text}</div>' if text else ""


def bullets(lines: Iterable[str]) -> str:
    """Each line as an item of a list."""
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def parts(found: Sequence[Part]) -> str:
    """Parts beside each other."""
    return columns(*(heading(part.title, 3) + bullets(part.lines) for part in found))


def columns(*content: str, kind: str = "") -> str:
    """Contents beside each other where there is room, else below each other."""
    cells = "".join(f"<div>{own}</div>" for own in content)
    return f'<div class="profile-columns {kind}">{cells}</div>'


def picture(svg: str, said: str, kind: str = "") -> str:
    """A picture that says `said` to who cannot see it; nothing where there is none."""
    drawn = b64encode(svg.encode()).decode()
    return f'<img class="{kind}" src="data:image/svg+xml;base64,{drawn}" alt="{escape(said)}">' if svg else ""


def table(found: Table, title: str) -> str:
    """Figures as a table, the first cell of each row its head; `title` is read aloud."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in found.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in found.rows
    )
    return (
        f'<div class="profile-scroll" tabindex="0" role="region" aria-label="{escape(title)}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{paragraphs([found.note], 'note')}"
    )

"""A story of a few views: ready-made for a municipality or recorded on the maps, edited, saved, played to a hall."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from ui import assets, cache, frame, own
from ui.address import encode
from ui.stories import draft
from ui.stories.generated import generated
from ui.stories.guess import answerable, guessing, question
from ui.stories.keeper import keep
from ui.stories.player import story_player
from ui.stories.scored import known
from ui.stories.story import KINDS, LONGEST, MOST_BYTES, MOST_SLIDES, Slide, StoryError, clean, read, write
from ui.text import alphabetical, language, literal, short_period, tr, trn

frame.guard()
loaded = own.loaded()
may = known(loaded)
names = loaded.names
edition = f"{loaded.edition.isoformat()} {loaded.snapshot.hash[:8]}"
NOBODY = ""


def field(name: str) -> str:
    """The key of a field of the slide that is being edited."""
    return f"story_{name}_{draft.epoch()}_{draft.at()}_{language()}"


def list_key() -> str:
    """The key of the list of slides."""
    return f"story_list_{draft.epoch()}_{language()}"


def upload_key() -> str:
    """The key of the uploader: empty again once a file is taken, so that the same one can be opened twice."""
    return f"story_file_{st.session_state.get('story_uploads', 0)}"


def make() -> None:
    """Make the ready story of the chosen municipality."""
    code = st.session_state["story_municipality"]
    if code:
        draft.put(generated(cache.current(), code, language()), 0, undoable=bool(draft.present().slides))


def take_file() -> None:
    """Take the story of the file just brought, or keep what is wrong with it."""
    brought = st.session_state[upload_key()]
    st.session_state["story_fault"] = ""
    if brought is None:
        return
    try:
        if brought.size > MOST_BYTES:
            raise StoryError("large")
        draft.put(read(brought.getvalue(), may), 0, undoable=bool(draft.present().slides))
    except StoryError as fault:
        values = {"file": literal(brought.name[:80]), "slide": fault.slide, "what": literal(fault.what)}
        limits = {"most": MOST_SLIDES, "kilobytes": MOST_BYTES // 1000}
        st.session_state["story_fault"] = tr(f"story.fault.{fault.kind}", **values, **limits)
    st.session_state["story_uploads"] = st.session_state.get("story_uploads", 0) + 1


def choose() -> None:
    """Another slide is edited from now on."""
    st.session_state[draft.AT] = st.session_state[list_key()]


def write_words(slide: Slide, name: str) -> None:
    """Take over what was typed."""
    draft.edit(replace(slide, **{name: clean(st.session_state[field(name)], LONGEST[name])}))


def move(by: int) -> None:
    """Move the slide one place."""
    to = max(0, min(len(draft.present().slides) - 1, draft.at() + by))
    draft.put(draft.present().moved(draft.at(), by), to)


def remove() -> None:
    """Delete the slide; one step takes it back."""
    draft.put(draft.present().without(draft.at()), draft.at(), undoable=True)


def periods_of(slide: Slide) -> list[str]:
    """The periods before the one the first map of a slide shows."""
    pane = slide.state["panes"][0]
    found = loaded.periods.get(pane["indicator"], {}).get(slide.state["level"], [])
    return [period for period in found if period < pane["period"]]


def units_of(slide: Slide) -> list[str]:
    """The territories that a guess on a slide's indicator may be about, in alphabetical order."""
    found = answerable(loaded, slide.state["panes"][0]["indicator"])
    return sorted(found, key=lambda code: alphabetical(names[code]))


def set_kind(slide: Slide) -> None:
    """Make the slide one of another kind, where its indicator allows that."""
    kind = st.session_state[field("kind")]
    if kind == "view":
        draft.replaced(replace(slide, kind=kind, before=None, territory=None))
    elif kind == "before_after" and (periods := periods_of(slide)):
        draft.replaced(replace(slide, kind=kind, before=periods[0], territory=None))
    elif kind == "guess" and (units := units_of(slide)):
        draft.replaced(guess_about(slide, next((code for code in slide.state["selected"] if code in units), units[0])))
    else:
        st.session_state["story_refused"] = kind
        draft.replaced(slide)


def guess_about(slide: Slide, territory: str) -> Slide:
    """The slide asking about a territory, with the map that shows the answer; a question of one's own stays."""
    indicator = slide.state["panes"][0]["indicator"]

    def asked(code: str) -> str:
        return question(loaded, draft.present().language, indicator, code)

    own = slide.sentence and not (slide.territory and slide.sentence == asked(slide.territory))
    return replace(
        slide,
        kind="guess",
        before=None,
        territory=territory,
        state=guessing(loaded, may, indicator, territory, slide.state["view"]),
        sentence=slide.sentence if own else asked(territory),
    )


def set_before(slide: Slide) -> None:
    """Another earlier year was chosen."""
    draft.replaced(replace(slide, before=st.session_state[field("before")]))


def set_territory(slide: Slide) -> None:
    """Another territory was chosen to guess about."""
    draft.replaced(guess_about(slide, st.session_state[field("territory")]))


def begin() -> None:
    """The three ways to a story: ready-made, from a file, from the maps."""
    left, right = st.columns(2)
    with left, st.container(horizontal=True, vertical_alignment="bottom"):
        municipalities = sorted(loaded.known.municipalities, key=lambda code: alphabetical(names[code]))
        st.selectbox(
            tr("story.municipality"),
            [NOBODY, *municipalities],
            key="story_municipality",
            format_func=lambda code: names.get(code, tr("profile.nobody")),
            width=320,
        )
        st.button(tr("story.make"), type="primary", on_click=make, disabled=not st.session_state["story_municipality"])
    with right:
        st.file_uploader(tr("story.open"), type="json", key=upload_key(), on_change=take_file, max_upload_size=1)
        if fault := st.session_state.get("story_fault"):
            st.error(fault, icon=":material/error:")


def tools() -> None:
    """What is done with the story as a whole."""
    story = draft.present()
    with st.container(key="story_tools", horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            tr("story.title"), story.title, key=f"story_name_{draft.epoch()}", max_chars=LONGEST["title"], width=420
        )
        draft.rename(title)
        story_player(draft.present(), loaded, draft.at())
        st.download_button(
            tr("story.save"),
            partial(write, draft.present(), edition),
            file_name="stasts.json" if language() == "lv" else "story.json",
            mime="application/json",
            on_click="ignore",
        )


def slides() -> None:
    """The list of slides, and the fields of the one that is chosen."""
    story, at = draft.present(), draft.at()
    left, right = st.columns([2, 3])
    with left:
        st.radio(
            tr("story.slides"),
            range(len(story.slides)),
            index=at,
            key=list_key(),
            format_func=lambda place: f"{place + 1}. {literal(story.slides[place].title) or tr('story.untitled')}",
            captions=[tr(f"story.kind.{slide.kind}") if slide.kind != "view" else "" for slide in story.slides],
            on_change=choose,
        )
        st.caption(trn("story.count", len(story.slides), most=MOST_SLIDES))
    with right:
        edit(story.slides[at])


def edit(slide: Slide) -> None:
    """The fields of a slide."""
    last = len(draft.present().slides) - 1
    with st.container(horizontal=True):
        st.button(tr("story.up"), icon=":material/arrow_upward:", on_click=move, args=(-1,), disabled=draft.at() == 0)
        st.button(
            tr("story.down"), icon=":material/arrow_downward:", on_click=move, args=(1,), disabled=draft.at() == last
        )
        st.button(tr("story.delete"), icon=":material/delete:", on_click=remove)
        if all(pane["indicator"] in loaded.known.latest for pane in slide.state["panes"]):
            address = encode(slide.state) | {"lang": language()}
            st.page_link("pages/map.py", label=tr("story.on_map"), icon=":material/map:", query_params=address)
    for name, box in (("title", st.text_input), ("sentence", st.text_area), ("notes", st.text_area)):
        box(
            tr(f"story.field.{name}"),
            getattr(slide, name),
            key=field(name),
            max_chars=LONGEST[name],
            on_change=write_words,
            args=(slide, name),
        )
    st.segmented_control(
        tr("story.kind"),
        KINDS,
        key=field("kind"),
        default=slide.kind,
        format_func=lambda kind: tr(f"story.kind.{kind}"),
        on_change=set_kind,
        args=(slide,),
        required=True,
    )
    if refused := st.session_state.pop("story_refused", None):
        st.warning(tr(f"story.refused.{refused}"), icon=":material/info:")
    if slide.kind == "before_after" and slide.before:
        periods = periods_of(slide)
        st.selectbox(
            tr("story.before"),
            periods,
            periods.index(slide.before),
            key=field("before"),
            format_func=short_period,
            on_change=set_before,
            args=(slide,),
        )
    if slide.kind == "guess" and slide.territory:
        units = units_of(slide)
        st.selectbox(
            tr("story.territory"),
            units,
            units.index(slide.territory),
            key=field("territory"),
            format_func=names.__getitem__,
            on_change=set_territory,
            args=(slide,),
        )


st.title(tr("story.heading"))
keep(assets.base(loaded), may, edition)
begin()
if draft.can_undo():
    st.button(tr("story.undo"), icon=":material/undo:", on_click=draft.undo)
if draft.present().slides:
    tools()
    slides()
else:
    st.info(tr("story.empty"), icon=":material/info:")
    st.page_link("pages/map.py", label=tr("story.to_map"), icon=":material/map:")

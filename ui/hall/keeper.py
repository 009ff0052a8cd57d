"""What the facilitator's browser keeps, so that a reload of the stage leads back into the session: its code and key."""

from __future__ import annotations

from typing import Any

import streamlit as st

_SCRIPT = """
const PLACE = "smart-villages-stage";
export default ({ data, setStateValue }) => {
  try {
    if (data.keep) localStorage.setItem(PLACE, JSON.stringify(data.keep));
    if (data.forget) localStorage.removeItem(PLACE);
    if (!data.keep && !data.forget && !data.asked) setStateValue("kept", JSON.parse(localStorage.getItem(PLACE)) ?? {});
  } catch {
    if (!data.asked) setStateValue("kept", {});
  }
};
"""

_component = st.components.v2.component("stage_keeper", js=_SCRIPT)


def keeper(keep: dict[str, str] | None = None, *, forget: bool = False) -> dict[str, Any] | None:
    """What is kept in the browser; None until it has answered. `keep` is put there, `forget` takes it away."""
    asked = st.session_state.get("stage_keeper") is not None
    result = _component(
        key="stage_keeper",
        data={"keep": keep, "forget": forget, "asked": asked},
        on_kept_change=lambda: None,
    )
    kept = result.get("kept") if result else None
    return kept if isinstance(kept, dict) else None

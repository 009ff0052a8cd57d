"""A button that copies the address of what is on the screen, language included."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.text import language, tr

_BUTTON = """
<button type="button" hidden></button><span role="status"></span>
"""

_STYLE = """
:host, div { font-family: var(--st-font); }
button { font: inherit; font-size: .875rem; min-height: 2rem; padding: .1rem .75rem; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); white-space: nowrap;
  color: var(--st-text-color); background: var(--st-background-color); }
button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""

_SCRIPT = """
const copy = async (text) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser refused to copy");
};
export default ({ parentElement, data }) => {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("span");
  button.textContent = data.label;
  button.hidden = false;
  button.onclick = async () => {
    const link = new URL(window.location.href);
    const named = { ...data.address, lang: data.lang };
    for (const [name, value] of Object.entries(named)) link.searchParams.set(name, value);
    try {
      await copy(link.href);
      status.textContent = button.textContent = data.copied;
      setTimeout(() => { button.textContent = data.label; status.textContent = ""; }, 2500);
    } catch {
      window.prompt(data.label, link.href);
    }
  };
};
"""

_component = st.components.v2.component("share_link", html=_BUTTON, css=_STYLE, js=_SCRIPT)


def share_link(key: str, address: Mapping[str, str] | None = None) -> None:
    """Draw the button; `address` is what must be in the link even where the browser's address leaves it out."""
    data = {"label": tr("share.label"), "copied": tr("share.copied"), "lang": language(), "address": address or {}}
    _component(key=key, data=data, width="content")

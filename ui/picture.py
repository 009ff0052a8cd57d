"""Two buttons that save a chart as PNG or SVG: drawn by the browser from the chart itself, without any request."""

from __future__ import annotations

import streamlit as st

from ui.text import tr

_BUTTONS = '<button type="button" data-format="png"></button><button type="button" data-format="svg"></button>'

_STYLE = """
:host, div { font-family: var(--st-font); white-space: nowrap; }
button { font: inherit; font-size: .875rem; min-height: 2rem; padding: .1rem .75rem; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); margin-right: .35rem;
  color: var(--st-text-color); background: var(--st-background-color); }
button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""

# Plotly is not within reach of a component, but its own button is: it saves in the form its chart is set to.
_SCRIPT = """
export default ({ parentElement, data }) => {
  for (const button of parentElement.querySelectorAll("button")) {
    const format = button.dataset.format;
    button.textContent = data[format];
    button.onclick = () => {
      const chart = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
      const camera = chart?.querySelector('.modebar-btn[data-title^="Download"]');
      if (!camera) return;
      const usual = chart._context.toImageButtonOptions;
      chart._context.toImageButtonOptions = { ...usual, format };
      camera.click();
      chart._context.toImageButtonOptions = usual;
    };
  }
};
"""

_component = st.components.v2.component("picture", html=_BUTTONS, css=_STYLE, js=_SCRIPT)


def picture_buttons(chart: str) -> None:
    """Draw the buttons of the chart with this key; it shows Plotly's tools, the camera among them (`charts.config`)."""
    data = {"chart": chart, "png": tr("picture.png"), "svg": tr("picture.svg")}
    _component(key=f"{chart}_picture", data=data, width="content")

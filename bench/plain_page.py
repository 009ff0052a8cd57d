"""The yardstick: the same four maps as most applications would draw them, with px.choropleth and GeoJSON in the figure.

Run by Streamlit in a folder that `bench.yardstick.prepare` has filled.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import plotly.express as px
import streamlit as st

FOLDER = Path(__file__).parent


@st.cache_data
def load() -> tuple[pd.DataFrame, dict, dict]:
    """The values by territory and indicator, the territories as GeoJSON, and the four indicators of each view."""
    values = pd.read_parquet(FOLDER / "values.parquet")
    boundaries = json.loads((FOLDER / "boundaries.json").read_text(encoding="utf-8"))
    return values, boundaries, json.loads((FOLDER / "views.json").read_text(encoding="utf-8"))


st.set_page_config(page_title="Yardstick", layout="wide")
table, geojson, views = load()
view = st.selectbox("View", list(views))
columns = st.columns(2)
for position, indicator in enumerate(views[view]):
    figure = px.choropleth(
        table,
        geojson=geojson,
        locations="code",
        featureidkey="properties.code",
        color=indicator,
        color_continuous_scale="Viridis",
        projection="mercator",
        fitbounds="locations",
        basemap_visible=False,
        title=indicator,
    )
    figure.update_layout(height=420, margin={"l": 0, "r": 0, "t": 40, "b": 0})
    columns[position % 2].plotly_chart(figure, key=f"map{position}", config={"topojsonURL": "/app/static/"})

"""Pure computation: tables in, tables out. No Streamlit, no Plotly, no files, no network."""

"""Everything that knows Streamlit or Plotly, besides the pages."""

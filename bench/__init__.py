"""How fast the maps are, measured in a real browser beside a plain Plotly page of the same four maps."""

"""Tables to bytes: exports and generated texts. No Streamlit."""

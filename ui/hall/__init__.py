"""The hall: what the participants' phones see, as plain pages without a Streamlit session."""

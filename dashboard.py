"""The entry point: `streamlit run dashboard.py` imports it as the server and runs it for each visit."""

from streamlit.starlette import App

from ui import frame, server

if __name__ == "__main__":
    frame.run()
else:
    app = App(__file__, routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan)

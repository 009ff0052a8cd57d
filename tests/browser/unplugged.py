"""The app on a machine whose network is unplugged: what reaches beyond this machine fails, and is written down.

python tests/browser/unplugged.py LOG [options of streamlit run]
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from streamlit.web import cli

HERE = ("127.", "::1", "localhost", "0.0.0.0", "::")
EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}
"""What is watched, and where in its arguments the address stands."""


def main(log: str, *options: str) -> None:
    """Run the dashboard; every address beyond this machine that is asked for becomes a line of `log`."""
    path = Path(log)
    path.touch()

    def watch(event: str, arguments: tuple) -> None:
        if event not in EVENTS:
            return
        asked = arguments[EVENTS[event]]
        host = asked[0] if isinstance(asked, tuple) and asked else asked
        host = host.decode() if isinstance(host, bytes) else host
        if isinstance(host, str) and host and not host.startswith(("/", "\0", *HERE)):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{host}\n")
            raise OSError(errno.ENETUNREACH, "the network is unplugged", host)

    sys.addaudithook(watch)
    sys.argv = ["streamlit", "run", "dashboard.py", *options]
    cli.main()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The app on a machine whose network is unplugged: what reaches beyond this machine fails, and is written down.

python tests/browser/unplugged.py LOG [options of streamlit run]
python tests/browser/unplugged.py

The second loads and computes first, and then starts a server for every line of its input: a JSON list of the above.
"""

from __future__ import annotations

import errno
import json
import os
import signal
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


def bear() -> None:
    """Become a new server for each line of the input; its process is told."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from ui import server

    server.HEAD_START_S = 3600  # the files that nobody asks for need not be made
    server.publish()
    signal.signal(signal.SIGCHLD, lambda *_: os.waitpid(-1, os.WNOHANG))
    for line in sys.stdin:
        process = os.fork()
        if not process:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)  # what the server says is not for who asked for it
            main(*json.loads(line))
        print(process, flush=True)


if __name__ == "__main__":
    bear() if len(sys.argv) == 1 else main(*sys.argv[1:])

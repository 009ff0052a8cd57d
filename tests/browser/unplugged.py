"""The app on a machine whose network is unplugged: what reaches beyond this machine fails, and is written down.

python tests/browser/unplugged.py LOG [options of streamlit run]

Without arguments it reads the data as an app does that starts, and waits: for each line it reads, a JSON object
{"arguments": [...], "said": file}, a copy of it becomes such an app, and it answers with the number of that process.
When it reads no more, its copies end with it.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from contextlib import suppress
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


def wait() -> None:
    """Make apps on demand. Nobody has visited any of them; what they read before that is the same for all."""
    from ui import server

    for files in server.publish().values():
        for name in files:
            _ = files[name]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that end are not waited for
    made = []
    for line in sys.stdin:
        asked = json.loads(line)
        made.append(os.fork())
        if made[-1] == 0:
            become(**asked)
            return
        print(made[-1], flush=True)
    for process in made:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def become(arguments: list[str], said: str) -> None:
    """Go on as an app that was started with these arguments."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, file = os.open(os.devnull, os.O_RDONLY), os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for source, target in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    main(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else wait()

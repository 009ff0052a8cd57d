"""Where phones in the hall reach this machine."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1", "")
ELSEWHERE = ("192.0.2.1", 9)
"""An address that leads nowhere (RFC 5737): asked for the way to it, the system tells its own; nothing is sent."""


def address_for_phones(url: str) -> str:
    """The root of the app as a phone in the same network must ask for it.

    The address the facilitator uses, unless that is this machine's own loopback: then its address in the local network.
    """
    parts = urlsplit(url)
    if (parts.hostname or "") not in LOOPBACK:
        return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}"
    host = local_address()
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme or 'http'}://{host}{port}{parts.path.rpartition('/')[0]}"


def local_address() -> str:
    """This machine's address in the local network; loopback where it is in none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(ELSEWHERE)
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"

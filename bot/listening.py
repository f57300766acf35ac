"""The sockets of HOST and PORT, bound before anything else starts."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

#: Connections that may wait to be accepted: 128 makes a burst of 200 commands wait a second.
BACKLOG = 1024
#: How a system says that it has no such address, one of a family that is switched off.
_ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class CannotListen(Exception):
    """On HOST and PORT. *taken*: somebody else does already."""

    def __init__(self, host: str, port: int, why: str, *, taken: bool = False) -> None:
        super().__init__(f"Cannot listen on {host}:{port}: {why}.")
        self.taken = taken


async def bind(host: str, port: int) -> list[socket.socket]:
    """On every address of *host*. Whoever connects now waits until the bot is there."""
    loop = asyncio.get_running_loop()
    kind, passive = socket.SOCK_STREAM, socket.AI_PASSIVE
    try:
        found = await loop.getaddrinfo(host or None, port, type=kind, flags=passive)
        return _sockets([(family, address) for family, _, _, _, address in found])
    except socket.gaierror as err:
        raise CannotListen(host, port, err.strerror or "no such host") from err
    except OSError as err:
        why, taken = os.strerror(err.errno or 0), err.errno == errno.EADDRINUSE
        raise CannotListen(host, port, why, taken=taken) from err
    except UnicodeError as err:
        raise CannotListen(host, port, "that is no name of a host") from err


def _sockets(addresses: Sequence[tuple[int, Any]]) -> list[socket.socket]:
    """All or none; but a name may have an address in a family that is switched off here."""
    sockets: list[socket.socket] = []
    with ExitStack() as stack:
        for number, (family, address) in enumerate(addresses, 1):
            try:
                one = socket.create_server(address, family=family, backlog=BACKLOG)
            except OSError as err:
                if err.errno in _ABSENT and (sockets or number < len(addresses)):
                    continue
                raise
            sockets.append(stack.enter_context(one))
        stack.pop_all()
    return sockets

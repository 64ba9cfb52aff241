"""The way out: messages to a mail server over a few connections at once, driven by one thread.

A message is *in doubt* from the moment its text begins to leave until the server has answered: only then can nobody know
whether the server took it. Everything else is known, and said as such.
"""

import selectors
import socket
import ssl
import time
from collections import deque
from typing import NamedTuple

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from efc.mime import as_django

GATHER_SECONDS = 0.01  # wait so long for more answers after the first, so that they are written down together
VERDICT_SECONDS = 180  # for the answer to a whole message: giving up early leaves it in doubt
RECONNECT_SECONDS = 5
PATIENCE = 3  # connections lost one after another without one message judged


class Answer(NamedTuple):
    """What became of one message. `code` is the server's, None where there was none."""

    verdict: str
    code: int | None = None
    words: str = ""


TAKEN, REFUSED, UNSENT, DOUBT = "taken", "refused", "unsent", "doubt"


class Away(Exception):
    """The mail server cannot be reached, or refuses every connection; the message says why."""


def way_out(connections, depth):
    """Return the way out that EMAIL_BACKEND names: connections of our own to an SMTP server, else Django's backend."""
    backend = get_connection()
    return Smtp(connections, depth) if isinstance(backend, EmailBackend) else Backend(backend)


class Backend:
    """Any mail backend of Django, one message at a time."""

    def __init__(self, backend):
        self.backend, self.waiting = backend, []

    def room(self):
        return 1 - len(self.waiting)

    @property
    def busy(self):
        return bool(self.waiting)

    def put(self, key, message):
        self.waiting.append((key, message))

    def answers(self, seconds):
        found = []
        for key, message in self.waiting:
            try:
                self.backend.send_messages([as_django(message)])
                found.append((key, Answer(TAKEN)))
            except Exception as error:  # (each backend has its own errors; all mean: not now)
                found.append((key, Answer(REFUSED, 450, str(error))))
        self.waiting = []
        return found

    def close(self):
        self.backend.close()


class Smtp:
    """Up to `connections` to the server of the EMAIL_ settings, each with at most `depth` messages open."""

    def __init__(self, connections, depth):
        self.wanted, self.depth = connections, depth
        self.lines = []
        self.selector = selectors.DefaultSelector()
        self.found = []
        self.losses = 0
        self.next_try = 0.0

    def room(self):
        """Return how many messages may be put now, connecting first where a connection is missing. Raises: Away."""
        while len(self.lines) < self.wanted and (not self.lines or time.monotonic() >= self.next_try):
            try:
                if self.losses >= PATIENCE:
                    raise ConnectionError(self.why)
                self.lines.append(Line(self))
            except OSError as error:  # smtplib's errors and those of TLS are OSErrors too
                self.why = f"{type(error).__name__}: {error}"
                self.next_try = time.monotonic() + RECONNECT_SECONDS
                if not self.lines:
                    raise Away(self.why) from error
        return sum(self.depth - line.load for line in self.lines)

    @property
    def busy(self):
        return bool(self.found) or any(line.load for line in self.lines)

    def put(self, key, message):
        """Give one message to the connection with the least to do."""
        line = min(self.lines, key=lambda line: line.load)
        line.put(key, message)

    def answers(self, seconds):
        """Return [(key, Answer)], waiting at most `seconds` for the first and a moment for the others."""
        end = time.monotonic() + seconds
        for line in self.lines[:]:
            line.flush()
        while any(line.load for line in self.lines):
            now = time.monotonic()
            if self.found:
                end = min(end, now + GATHER_SECONDS)
            if now >= end:
                break
            for ready, events in self.selector.select(end - now):
                ready.data.move(events)
            for line in self.lines[:]:
                line.check_time()
        found, self.found = self.found, []
        return found

    def judged(self, key, answer):
        self.found.append((key, answer))

    def lost(self, line, why):
        self.lines.remove(line)
        self.losses += 1
        self.why = why

    def close(self):
        for line in self.lines[:]:
            line.quit()
        self.selector.close()


class Line:
    """One connection: the envelope of the next message travels with the text of this one (RFC 2920)."""

    def __init__(self, pool):
        backend = get_connection(timeout=settings.EMAIL_TIMEOUT, fail_silently=False)
        try:
            backend.open()  # TLS and sign-in as the EMAIL_ settings say
            backend.connection.ehlo_or_helo_if_needed()
        except OSError:
            if backend.connection:
                backend.connection.close()
            raise
        self.smtp = backend.connection
        self.pipelining = self.smtp.has_extn("pipelining")
        self.sock = self.smtp.sock
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.pool = pool
        self.waiting = deque()
        self.current = None  # its envelope is on the way
        self.final = None  # its text is on the way: in doubt
        self.steps = deque()  # commands of the envelope whose answers are due
        self.unsaid = deque()  # commands still to be said, where the server wants them one by one
        self.refusal = None
        self.reset = False
        self.out = []
        self.inbox = b""
        self.reply = []
        self.moved_at = time.monotonic()
        self.watching = selectors.EVENT_READ
        pool.selector.register(self.sock, self.watching, self)

    @property
    def load(self):
        return len(self.waiting) + (self.current is not None) + (self.final is not None)

    def put(self, key, message):
        self.waiting.append((key, message))
        if self.current is None and (self.final is None or self.pipelining):
            self.begin()

    def begin(self):
        """Say the envelope of the next message."""
        if not self.waiting:
            return
        self.current = self.waiting.popleft()
        message = self.current[1]
        commands = [
            ("MAIL", b"MAIL FROM:<%b>\r\n" % message.sender),
            ("RCPT", b"RCPT TO:<%b>\r\n" % message.recipient),
            ("DATA", b"DATA\r\n"),
        ]
        if self.reset:
            commands.insert(0, ("RSET", b"RSET\r\n"))
        self.reset, self.refusal = False, None
        self.unsaid.extend(commands)
        self.say(len(commands) if self.pipelining else 1)

    def say(self, count):
        for _each in range(count):
            step, command = self.unsaid.popleft()
            self.steps.append(step)
            self.out.append(command)

    def heard(self, code, words):
        """Take one answer of the server and do what follows."""
        if self.final is not None:
            key, self.final = self.final, None
            self.pool.losses = 0
            self.pool.judged(key, Answer(TAKEN) if 200 <= code < 300 else Answer(REFUSED, code, words))
            if self.current is None:
                self.begin()
            return
        if code == 421 or not self.steps:
            raise ConnectionError(f"{code} {words}")
        step = self.steps.popleft()
        if step == "DATA" and code == 354:
            if self.refusal:
                self.out.append(b".\r\n")  # the server let us begin although it refused the recipient: say nothing
                self.steps.append("VOID")
                return
            (self.final, message), self.current = self.current, None
            self.out += (message.data, b".\r\n")
            if self.pipelining:
                self.begin()
            return
        if not self.refusal and (step == "DATA" or (step in ("MAIL", "RCPT") and not 200 <= code < 300)):
            self.refusal = Answer(REFUSED, code, words)
        if step in ("DATA", "VOID") or (self.refusal and not self.pipelining):
            (key, _message), self.current = self.current, None
            self.unsaid.clear()
            self.reset = True
            self.pool.losses = 0
            self.pool.judged(key, self.refusal)
            self.begin()
        elif self.unsaid:
            self.say(1)

    def move(self, events):
        """Read and write what can be read and written now."""
        try:
            if events & selectors.EVENT_READ:
                self.read()
            self.write()
        except OSError as error:
            self.drop(f"{type(error).__name__}: {error}")

    def flush(self):
        if self.out:
            self.move(0)

    def read(self):
        try:
            while chunk := self.sock.recv(65536):
                self.moved_at = time.monotonic()
                self.inbox += chunk
                if not isinstance(self.sock, ssl.SSLSocket) or not self.sock.pending():
                    break
            else:
                raise ConnectionError("The mail server closed the connection.")
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        *lines, self.inbox = self.inbox.split(b"\r\n")
        for line in lines:
            self.reply.append(line[4:])
            if not line[:3].isdigit():
                raise ConnectionError("The mail server spoke of something else.")
            if line[3:4] != b"-":
                words = b" ".join(self.reply).decode("utf-8", "replace")
                self.reply = []
                self.heard(int(line[:3]), words)

    def write(self):
        if self.out:
            data = b"".join(self.out)
            try:
                sent = self.sock.send(data)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                sent = 0
            self.moved_at = time.monotonic()
            self.out = [data[sent:]] if sent < len(data) else []
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.out else 0)
        if wanted != self.watching:
            self.watching = wanted
            self.pool.selector.modify(self.sock, wanted, self)

    def check_time(self):
        limit = VERDICT_SECONDS if self.final is not None else settings.EMAIL_TIMEOUT
        if self.load and time.monotonic() - self.moved_at > limit:
            self.drop(f"The mail server did not answer for {limit} seconds.")

    def drop(self, why):
        """Give the connection up and say of each message whether it can have arrived."""
        self.pool.lost(self, why)
        self.pool.selector.unregister(self.sock)
        self.smtp.close()
        if self.final is not None:
            self.pool.judged(self.final, Answer(DOUBT, None, why))
        if self.current is not None:
            # With no other message before it, it may be this one that the server cannot bear: let the others go first.
            blame = Answer(REFUSED, 421, why) if self.final is None else Answer(UNSENT, None, why)
            self.pool.judged(self.current[0], blame)
        for key, _message in self.waiting:
            self.pool.judged(key, Answer(UNSENT, None, why))
        self.waiting.clear()
        self.current = self.final = None

    def quit(self):
        self.pool.lines.remove(self)
        self.pool.selector.unregister(self.sock)
        if not self.load:
            try:
                self.sock.settimeout(2)
                self.sock.sendall(b"QUIT\r\n")
            except OSError:
                pass
        self.smtp.close()

"""Letters kept in a Maildir as they came, with the envelope in two lines before them."""

import email
import itertools
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

KEY = re.compile(r"[0-9]{19,20}\.[0-9]{6}")
FROM, TO = "X-Envelope-From", "X-Envelope-To"


@dataclass(frozen=True)
class Letter:
    """One letter: its envelope, and its message taken apart when asked."""

    key: str
    sender: str
    recipients: tuple[str, ...]
    source: bytes

    @property
    def received_at(self) -> datetime:
        """Return when the letter came."""
        return datetime.fromtimestamp(int(self.key.split(".")[0]) / 1e9, tz=UTC)

    @cached_property
    def message(self) -> EmailMessage:
        """Return the message, parsed."""
        return email.message_from_bytes(self.source, policy=policy.default)

    @property
    def subject(self) -> str:
        """Return the subject, or nothing."""
        return dict(self.headers).get("Subject", "")

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Return the headers decoded, as far as each can be."""
        return [(name, self._header(name, number)) for number, name in enumerate(self.message.keys())]

    @property
    def text(self) -> str:
        """Return the plain-text part, or nothing."""
        return content(self.message.get_body(("plain",)))

    @property
    def html(self) -> str:
        """Return the HTML part, or nothing."""
        return content(self.message.get_body(("html",)))

    @cached_property
    def attachments(self) -> list[EmailMessage]:
        """Return the attached parts."""
        return list(self.message.iter_attachments()) if self.message.is_multipart() else []

    def goes_to(self, whom: str) -> bool:
        """Tell whether it was sent to an address; part of an address finds all that contain it."""
        whom = whom.strip().lower()
        if "@" in whom[1:]:
            return whom in map(str.lower, self.recipients)
        return any(whom in recipient.lower() for recipient in self.recipients)

    def facts(self) -> dict:
        """Return what a list tells of it."""
        return {
            "id": self.key,
            "received_at": self.received_at.isoformat(),
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "message_id": dict(self.headers).get("Message-ID", ""),
        }

    def contents(self) -> dict:
        """Return everything in it but the bytes of what is attached."""
        return self.facts() | {
            "headers": [list(header) for header in self.headers],
            "text": self.text,
            "html": self.html,
            "attachments": [
                {"name": part.get_filename() or "", "type": part.get_content_type()} for part in self.attachments
            ],
        }

    def _header(self, name: str, number: int) -> str:
        try:
            return str(self.message.values()[number])
        except (ValueError, LookupError, AttributeError, TypeError):
            return str(list(self.message.raw_items())[number][1])


class Letters:
    """The letters of one Maildir."""

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)
        for name in ("tmp", "new", "cur"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self._count = itertools.count()
        self._known: dict[str, Letter] = {}

    def keep(self, sender: str, recipients: Sequence[str], message: bytes) -> str:
        """Store a message with its envelope; return its key. It appears whole or not at all."""
        key = f"{time.time_ns()}.{next(self._count) % 1_000_000:06}"
        envelope = f"{FROM}: {sender}\r\n{TO}: {', '.join(recipients)}\r\n".encode("utf-8", "surrogateescape")
        unfinished = self.directory / "tmp" / key
        unfinished.write_bytes(envelope + message)
        unfinished.rename(self.directory / "new" / key)
        return key

    def keys(self) -> list[str]:
        """Return the keys of all letters, the newest first."""
        names = [entry.name.split(":")[0] for place in ("new", "cur") for entry in os.scandir(self.directory / place)]
        return sorted(filter(KEY.fullmatch, names), reverse=True)

    def to(self, whom: str = "") -> list[str]:
        """Return the keys of the letters sent to somebody, the newest first."""
        return [key for key in self.keys() if not whom or ((letter := self.get(key)) and letter.goes_to(whom))]

    def get(self, key: str) -> Letter | None:
        """Return one letter, or nothing."""
        if key not in self._known and KEY.fullmatch(key):
            for path in self._paths(key):
                self._known[key] = read(key, path.read_bytes())
        return self._known.get(key)

    def _paths(self, key: str) -> Iterator[Path]:
        yield from (self.directory / "new").glob(key)
        yield from (self.directory / "cur").glob(f"{key}*")


def read(key: str, stored: bytes) -> Letter:
    """Take a stored letter apart into envelope and message."""
    sender, recipients, source = stored.split(b"\r\n", 2)
    named = [line.decode("utf-8", "replace").partition(": ")[2] for line in (sender, recipients)]
    return Letter(key, named[0], tuple(named[1].split(", ")), source)


def content(part: EmailMessage | None) -> str:
    """Return the text of a part, as far as it can be decoded."""
    if part is None:
        return ""
    try:
        text = part.get_content()
    except (LookupError, ValueError):
        text = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    return text.replace("\r\n", "\n")

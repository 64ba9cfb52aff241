"""Delivery reports: what other mail servers say of our messages after ours handed them on (RFC 3464, and the styles before it).

Anybody can write to the address where reports arrive. A report counts when it names the Message-ID of one of our messages,
which only those who handled that message know. One that returns no headers at all is matched by address and marks the last
letter there as failed, no more. Whatever names a message that is not ours, or is no report, changes nothing.
"""

import imaplib
import logging
import re
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.db.models.functions import Now
from flufl.bounce import all_failures

from efc.models import LedgerRow

MOST_BYTES = 1024 * 1024  # a report and the headers of what it returns stand at the beginning
MOST_AT_ONCE = 200  # messages of the mailbox in one round
TIMEOUT_SECONDS = 20
GIVEN_UP_WITHIN = timedelta(days=6)  # mail servers try for five days
FAILED, DELAYED, KNOWN, UNRELATED = "failed", "delayed", "known", "unrelated"
# Refusals for good that speak of the message or of the moment and not of the address: full, too large, policy, protocol.
NOT_THE_ADDRESS = re.compile(r"5\.(2\.[234]|[3567]\.\d+)")
UNKNOWN_ADDRESS = ("550", "551", "553")  # of servers that give no finer status

_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_REFUSAL = re.compile(r"\b[45]\d\d[ -].{3,}|^.*\(#[45]\.\d{1,3}\.\d{1,3}\).*$", re.MULTILINE)  # the second is qmail's
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What a message says of the delivery of another: to which addresses, in whose words, and whose headers it returns."""

    verdict: str
    addresses: frozenset
    words: str
    status: str
    message_ids: frozenset


@dataclass(frozen=True)
class Finding:
    """What came of a report. `address_is_gone` says that the address itself was refused for good."""

    outcome: str
    row: LedgerRow | None = None
    address_is_gone: bool = False


def read(source):
    """Return the Report that a message holds, or None when it is none. Never fails, whatever stands in it."""
    try:
        message = message_from_bytes(source[:MOST_BYTES])
        delayed, failed = all_failures(message)
        if not delayed and not failed:
            return None
        addresses = frozenset(_one_line(address.decode()).lower() for address in failed or delayed)
        words, status = _words(message, addresses)
        verdict = FAILED if failed else DELAYED
        return Report(verdict, addresses, words, status, frozenset(_message_ids(message)))
    except Exception as error:  # strangers write what they like, and no parser foresees all of it
        log.warning("A message among the delivery reports cannot be read: %s", type(error).__name__)
        return None


def take(source):
    """Write what a report says beside the message it is about; the caller holds the transaction.

    Writes: the row of the letter or delivery. Failed: its state and the server's words; delayed: the words alone. Returns: a Finding.
    """
    report = read(source)
    row = _about(report) if report else None
    if row is None:
        return Finding(UNRELATED)
    rows = type(row).objects.filter(pk=row.pk)
    if report.verdict == DELAYED:
        noted = rows.filter(state=LedgerRow.State.SENT).update(
            last_error=f"Delayed, not given up: {report.words}"[:300]
        )
        return Finding(DELAYED if noted else KNOWN, row)
    code = re.match(r"[45]\d\d", report.words)
    marked = rows.filter(state__in=[LedgerRow.State.SENT, LedgerRow.State.IN_DOUBT]).update(
        state=LedgerRow.State.FAILED, last_code=code and int(code[0]), last_error=report.words[:300], answered_at=Now()
    )
    if not marked:
        return Finding(KNOWN, row)
    row.refresh_from_db()
    proven = bool(report.message_ids) and row.address.lower() in report.addresses
    return Finding(FAILED, row, proven and _speaks_of_the_address(report))


def unread(url):
    """Yield the unread messages of a mailbox, imaps://user:password@host/folder; one is marked as read when the next is asked for.

    Raises: OSError or imaplib.IMAP4.error when the mailbox cannot be reached.
    """
    place = urlsplit(url)
    if place.scheme == "imaps":
        secure = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(place.hostname, place.port or 993, ssl_context=secure, timeout=TIMEOUT_SECONDS)
    else:  # a server on this machine
        box = imaplib.IMAP4(place.hostname, place.port or 143, timeout=TIMEOUT_SECONDS)
    with box:
        box.login(unquote(place.username or ""), unquote(place.password or ""))
        folder = unquote(place.path.strip("/")) or "INBOX"
        answer, said = box.select(f'"{folder}"')
        if answer != "OK":
            raise imaplib.IMAP4.error(f"The folder {folder} cannot be opened: {said}")
        _answer, found = box.uid("search", "UNSEEN")
        for uid in (found[0] or b"").decode().split()[:MOST_AT_ONCE]:
            _answer, parts = box.uid("fetch", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            yield b"".join(part[1] for part in parts if isinstance(part, tuple))
            box.uid("store", uid, "+FLAGS", r"(\Seen)")


def _speaks_of_the_address(report):
    if report.status:
        return not NOT_THE_ADDRESS.fullmatch(report.status)
    return report.words.startswith(UNKNOWN_ADDRESS)


def _about(report):
    """Return the row of the ledgers that a report is about, or None."""
    ledgers = [model for model in apps.get_models() if issubclass(model, LedgerRow)]
    host = urlsplit(settings.SITE_URL).hostname.encode("idna").decode()
    ours = [key[1:33] for key in report.message_ids if re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(host)}>", key)]
    if ours or report.message_ids:
        found = (model.objects.filter(message_id__in=ours).first() for model in ledgers)
        return next((row for row in found if row), None)
    recent = {"state": LedgerRow.State.SENT, "sent_at__gte": Now() - GIVEN_UP_WITHIN}
    last = [
        model.objects.filter(**recent, address__iexact=address).order_by("-sent_at").first()
        for model in ledgers
        for address in report.addresses
    ]
    return max((row for row in last if row), key=lambda row: row.sent_at, default=None)


def _words(message, addresses):
    """Return what the server said of these addresses in one line, and its status code ("5.1.1")."""
    for block in _blocks(message):
        named = f"{block.get('Original-Recipient', '')} {block.get('Final-Recipient', '')}".lower()
        if any(address in named for address in addresses):
            said = str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(block.get("Diagnostic-Code", ""))
            status = _STATUS.search(str(block.get("Status", ""))) or _STATUS.search(said)
            status = status[0] if status else ""
            return _one_line(said) or f"{status} {', '.join(sorted(addresses))}".strip(), status
    found = _REFUSAL.search(next(_texts(message), ""))
    said = _one_line(found[0]) if found else f"Mail came back from {', '.join(sorted(addresses))}."
    status = _STATUS.search(said)
    return said, status[0] if status else ""


def _blocks(message):
    """Yield the header blocks of the machine's part of a report."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from part.get_payload()


def _message_ids(message):
    """Yield the Message-IDs of what the report returns, or answers to: headers alone, a whole message, or text with both."""
    for part in message.walk():
        if part is not message and part.get("Message-ID"):
            yield str(part["Message-ID"]).strip()
    for text in _texts(message):
        yield from _ID.findall(text)
    for name in ("In-Reply-To", "References"):
        yield from re.findall(r"<[^<>\s]+>", str(message.get(name, "")))


def _texts(message):
    """Yield the text parts; headers that were returned as text are text too."""
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart():
            yield (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def _one_line(text):
    """Return a text that PostgreSQL can hold, in one line."""
    return " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split())

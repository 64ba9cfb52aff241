"""Messages as bytes: written once with blanks, then filled for each reader, because building one costs far more than sending it.

Text and HTML are quoted-printable, so that the same bytes pass every mail server; addresses are plain ASCII, so that none
needs SMTPUTF8. What is filled in is checked here: nothing with a line break or outside its alphabet gets into a header.
"""

import binascii
import hashlib
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_DOTTED = re.compile(rb"^\.", re.MULTILINE)
LINE_MOST = 998  # bytes of a line, by RFC 5322


class BadAddress(ValueError):
    """The address cannot be written to a mail server as it stands."""


class Message(NamedTuple):
    """One message, ready for the wire: lines end with CRLF, leading dots are doubled, the final dot is not there yet."""

    sender: bytes
    recipient: bytes
    data: bytes

    def parsed(self):
        return message_from_bytes(re.sub(rb"^\.\.", b".", self.data, flags=re.MULTILINE), policy=policy.SMTP)


class Form:
    """A message with blanks: who it goes to, its Message-ID, and the reader's key wherever `mark` stands.

    The envelope's sender is BOUNCE_ADDRESS, or `sender` where there is none. `keyed_headers` may hold the mark; `headers` may not. Raises: ValueError when a header holds a line break or the message
    does not read back as it was written.
    """

    def __init__(self, *, sender, subject, text, html="", date, language, headers=(), keyed_headers=(), mark=None):
        self.sender = wire_address(settings.BOUNCE_ADDRESS or parseaddr(sender)[1])  # delivery reports come back to it
        self.host = urlsplit(settings.SITE_URL).hostname.encode("idna")
        self._source = text, html, mark
        rest = b"".join(f"{name}: {_one_line(value)}\r\n".encode("ascii") for name, value in keyed_headers)
        rest += _headers({
            "From": sender,
            "Subject": subject,
            "Date": format_datetime(date),
            "Content-Language": language,
            **dict(headers),
            "MIME-Version": "1.0",
        })  # fmt: skip
        rest += _body(text, html, mark)
        rest = _DOTTED.sub(b"..", rest)
        self._pieces = rest.split(mark.encode()) if mark else [rest]

    def fill(self, address, message_id, key=""):
        """Return the Message to one address. Raises: BadAddress, ValueError."""
        recipient = wire_address(address)
        if not _ID.fullmatch(message_id) or (len(self._pieces) > 1 and not _KEY.fullmatch(key)):
            raise ValueError("A message id has 32 hexadecimal signs and a key 43 letters, digits, _ or -.")
        top = b"To: %b\r\nMessage-ID: <%b@%b>\r\n" % (recipient, message_id.encode(), self.host)
        return Message(self.sender, recipient, top + key.encode().join(self._pieces))

    def prove(self, key):
        """Fill the form with a sample, read it back and compare. Raises: ValueError naming what differs."""
        message = self.fill("reader@post.example", "0" * 32, key)
        parsed = message.parsed()
        text, html, mark = self._source
        wanted = {"plain": text, "html": html}
        for kind in ("plain", "html"):
            if not wanted[kind]:
                continue
            want = _lines(wanted[kind].replace(mark, key) if mark else wanted[kind])
            if _lines(parsed.get_body((kind,)).get_content()) != want:
                raise ValueError(f"The {kind} part does not read back as it was written.")
        if parsed.get_all("To") != ["reader@post.example"] or parsed.get_all("Cc") or parsed.get_all("Bcc"):
            raise ValueError("The message does not go to exactly one address.")
        if parsed.get_all("Message-ID") != [f"<{'0' * 32}@{self.host.decode()}>"] or parsed.defects:
            raise ValueError("The message is not well formed.")
        if mark and mark.encode() in message.data:
            raise ValueError("A mark was left in the message.")
        lines = message.data.split(b"\r\n")
        if any(len(line) > LINE_MOST or b"\n" in line or b"\r" in line for line in lines) or not message.data.isascii():
            raise ValueError("A line of the message is too long or ends wrongly.")
        return parsed


def wire_address(address):
    """Return an address as it goes to a mail server: ASCII, an international domain in its ASCII form. Raises: BadAddress."""
    name, _at, domain = address.rpartition("@")
    try:
        plain = f"{name}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not _ADDRESS.fullmatch(plain) or len(plain) > 254:
        raise BadAddress("The mail server would not understand this address. Correct it.")
    return plain.encode()


def as_django(message):
    """Return the message as Django's mail backends want it, for those that are not SMTP."""
    parsed = message.parsed()
    bodies = {kind: part.get_content() for kind in ("plain", "html") if (part := parsed.get_body((kind,)))}
    skipped = {"to", "from", "subject", "mime-version", "content-type", "content-transfer-encoding"}
    mail = EmailMultiAlternatives(
        str(parsed["Subject"]),
        bodies.get("plain", "").replace("\r\n", "\n"),
        str(parsed["From"]),
        [message.recipient.decode()],
        headers={name: str(value) for name, value in parsed.items() if name.lower() not in skipped},
    )
    if "html" in bodies:
        mail.attach_alternative(bodies["html"].replace("\r\n", "\n"), "text/html")
    return mail


def _headers(values):
    message = EmailMessage(policy=policy.SMTP)
    for name, value in values.items():
        message[name] = value  # refuses line breaks, encodes what is not ASCII, folds what is long
    return message.as_bytes().partition(b"\r\n\r\n")[0] + b"\r\n"


def _body(text, html, mark):
    plain = _part("plain", text, mark)
    if not html:
        return plain
    boundary = b"=_" + hashlib.sha256((text + html).encode()).hexdigest()[:32].encode()  # quoted-printable has no "=_"
    edge = b"--" + boundary
    return (
        b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n' % boundary
        + edge + b"\r\n" + plain + edge + b"\r\n" + _part("html", html, mark) + edge + b"--\r\n"
    )  # fmt: skip


def _part(kind, content, mark):
    """Return headers and content of one part; a mark stands on a line of its own, so that no line break falls into it."""
    pieces = _lines(content).split(mark) if mark else [_lines(content)]
    encoded = [binascii.b2a_qp(piece.encode(), istext=True).replace(b"\n", b"\r\n") for piece in pieces]
    joint = b"=\r\n" + mark.encode() + b"=\r\n" if mark else b""
    return (
        b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n'
        % (kind.encode(), joint.join(encoded))
    )  # fmt: skip


def _lines(content):
    return re.sub(r"\r\n?", "\n", content).rstrip("\n") + "\n"


def _one_line(value):
    if not value.isascii() or not value.isprintable():
        raise ValueError("A header is one line of plain letters.")
    return value

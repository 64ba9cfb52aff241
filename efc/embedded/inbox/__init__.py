"""The inbox of the SMTP catcher in the browser: lists, letters and their parts, under a strict policy."""

import html
import json
import math
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from string import Template
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from efc.embedded.letters import Letter, Letters

HERE = Path(__file__).parent
PER_PAGE = 50
POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
# A letter's own styles are what we want to see; its scripts, forms and pictures from elsewhere stay out.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PAGE = re.compile(r"[0-9]{1,6}")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
PATHS = re.compile(r"/messages/(?P<key>[0-9.]+)(?P<view>|\.json|/html|/source|/parts/(?P<part>[0-9]+))")


class Markup(str):
    """Text that is HTML already."""


class Answer(Exception):
    """An answer that is not a page: its status and one sentence."""


def fill(name: str, /, **values) -> Markup:
    """Fill one of the templates beside this file; what is not markup is escaped."""
    template = Template((HERE / name).read_text(encoding="utf-8"))
    return Markup(
        template.substitute(
            {key: value if isinstance(value, Markup) else html.escape(str(value)) for key, value in values.items()}
        )
    )


def join(parts) -> Markup:
    """Put pieces of markup behind one another."""
    return Markup("".join(parts))


def linked(text: str) -> Markup:
    """Escape a text and make its addresses links."""
    pieces, at = [], 0
    for found in LINK.finditer(text):
        pieces += [html.escape(text[at : found.start()]), fill("link.html", url=found[0])]
        at = found.end()
    return join([*pieces, html.escape(text[at:])])


class Inbox(BaseHTTPRequestHandler):
    """Answer GET requests for the pages of one Maildir."""

    letters: Letters
    server_version = "inbox"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one request."""
        try:
            self._refuse_strangers()
            self._route(urlsplit(self.path))
        except Answer as answer:
            status, sentence = answer.args
            self._page("error.html", status=status, title=status.phrase, sentence=sentence)

    def log_message(self, *_) -> None:
        """Say nothing: the inbox's requests are of no interest in the demo's log."""

    def _refuse_strangers(self) -> None:
        # A page elsewhere could point a name of its own at this machine and read the letters under that name.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in ("localhost", "127.0.0.1", "::1"):
            raise Answer(HTTPStatus.BAD_REQUEST, "The inbox answers under the name localhost only.")

    def _route(self, url) -> None:
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if url.path == "/":
            self._list(query)
        elif url.path == "/messages.json":
            keys = self.letters.to(query.get("to", ""))
            self._json([letter.facts() for key in keys if (letter := self.letters.get(key))])
        elif url.path == "/inbox.css":
            self._send((HERE / "inbox.css").read_bytes(), "text/css; charset=utf-8")
        elif found := PATHS.fullmatch(url.path):
            self._letter(found)
        else:
            raise Answer(HTTPStatus.NOT_FOUND, "There is no such page in the inbox.")

    def _list(self, query: dict[str, str]) -> None:
        whom = query.get("to", "").strip()
        keys = self.letters.to(whom)
        pages = max(1, math.ceil(len(keys) / PER_PAGE))
        asked = query.get("page", "")
        page = min(max(1, int(asked)), pages) if PAGE.fullmatch(asked) else 1
        shown = [letter for key in keys[(page - 1) * PER_PAGE : page * PER_PAGE] if (letter := self.letters.get(key))]
        rows = join(
            fill(
                "row.html",
                key=letter.key,
                subject=letter.subject or "(no subject)",
                recipients=", ".join(letter.recipients),
                iso=letter.received_at.isoformat(),
                received=f"{letter.received_at.astimezone():%-d %b %Y, %H:%M:%S}",
            )
            for letter in shown
        )
        self._page(
            "list.html",
            title="Inbox",
            to=whom,
            count="1 letter" if len(keys) == 1 else f"{len(keys)} letters",
            letters=fill("table.html", rows=rows) if shown else fill("empty.html"),
            pages=self._pager(page, pages, whom),
        )

    def _pager(self, page: int, pages: int, whom: str) -> Markup:
        steps = [("Newer", page - 1), ("Older", page + 1)]
        return join(
            fill("step.html", label=label, query=urlencode({"to": whom, "page": number}))
            for label, number in steps
            if 1 <= number <= pages
        )

    def _letter(self, found: re.Match) -> None:
        letter = self.letters.get(found["key"])
        if letter is None:
            raise Answer(HTTPStatus.NOT_FOUND, "There is no such letter in the inbox.")
        if found["part"]:
            self._part(letter, int(found["part"]))
        elif found["view"] == "/source":
            self._send(letter.source, "text/plain; charset=utf-8")
        elif found["view"] == "/html":
            body = '<base target="_blank">' + letter.html
            self._send(body.encode("utf-8", "replace"), "text/html; charset=utf-8", policy=LETTER_POLICY)
        elif found["view"] == ".json":
            self._json(letter.contents())
        else:
            self._show(letter)

    def _show(self, letter: Letter) -> None:
        headers = join(fill("header.html", name=name, value=value) for name, value in letter.headers)
        attachments = join(
            fill(
                "attachment.html",
                key=letter.key,
                number=number,
                name=part.get_filename() or "without a name",
                type=part.get_content_type(),
            )
            for number, part in enumerate(letter.attachments)
        )
        self._page(
            "letter.html",
            title=letter.subject or "(no subject)",
            key=letter.key,
            sender=letter.sender,
            recipients=", ".join(letter.recipients),
            iso=letter.received_at.isoformat(),
            received=f"{letter.received_at.astimezone():%-d %b %Y, %H:%M:%S}",
            text=linked(letter.text) if letter.text else "This letter has no text part.",
            html=fill("frame.html", key=letter.key) if letter.html else fill("no_html.html"),
            attachments=fill("attachments.html", items=attachments) if attachments else Markup(""),
            headers=headers,
        )

    def _part(self, letter: Letter, number: int) -> None:
        if number >= len(letter.attachments):
            raise Answer(HTTPStatus.NOT_FOUND, "There is no such attachment in this letter.")
        part = letter.attachments[number]
        name = quote(part.get_filename() or "attachment")
        self._send(
            part.get_payload(decode=True) or b"",
            "application/octet-stream",
            disposition=f"attachment; filename*=UTF-8''{name}",
        )

    def _page(self, template: str, /, *, title: str, status: HTTPStatus = HTTPStatus.OK, **values) -> None:
        page = fill("page.html", title=title, content=fill(template, title=title, **values))
        self._send(page.encode("utf-8", "replace"), "text/html; charset=utf-8", status=status)

    def _json(self, value) -> None:
        self._send(json.dumps(value, indent=1).encode(), "application/json")

    def _send(
        self,
        body: bytes,
        kind: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        policy: str = POLICY + "'none'",
        disposition: str = "",
    ) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "Content-Disposition": disposition,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(letters: Letters, listener: socket) -> ThreadingHTTPServer:
    """Return a server of the inbox on a socket that listens already."""
    handler = type("InboxOfOneMaildir", (Inbox,), {"letters": letters})
    server = ThreadingHTTPServer(listener.getsockname()[:2], handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    return server

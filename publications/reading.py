"""Read news from a file: JSON, CSV, Atom or RSS. Plain text and the HTML of feeds become Markdown."""

import csv
import io
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import feedparser

LARGEST_BYTES = 20 * 1024 * 1024


class Unreadable(Exception):
    """The file cannot be read; the sentence says why."""


@dataclass
class Entry:
    """One item as the file gives it. `where` names its place for people; `body` is plain text or, from feeds, Markdown."""

    where: str
    title: str = ""
    date: str = ""
    body: str = ""
    source: str = ""
    url: str = ""
    is_markdown: bool = False


def read(path):
    """Return (entries, problems) of a JSON, CSV, Atom or RSS file. Raises: Unreadable."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"It cannot be read: {error.strerror or error}.") from error
    if not raw.strip():
        raise Unreadable("It is empty.")
    if len(raw) > LARGEST_BYTES:
        raise Unreadable("It is larger than 20 MB. Split it.")
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return read_json(decode(raw))
    if start == b"<":
        return read_feed(raw)
    return read_csv(decode(raw))


def decode(raw):
    if b"\x00" in raw[:1000]:
        raise Unreadable("It is not a text file. Give a JSON, CSV, Atom or RSS file in UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def read_json(text):
    """Read a list of items, or the list under `items`, one by one: a broken one is named by its line and the next is taken."""
    begin = re.search(r'"items"\s*:\s*\[', text) if text.lstrip().startswith("{") else re.search(r"\[", text)
    if begin is None:
        raise Unreadable("It has no list of items. It should hold a list, or an object with a list under “items”.")
    entries, problems, decoder, position = [], [], json.JSONDecoder(), begin.end()
    while (match := re.compile(r"[\s,]*").match(text, position)) and text[match.end() : match.end() + 1] not in (
        "]",
        "",
    ):
        position = match.end()
        where = f"line {text.count(chr(10), 0, position) + 1}"
        try:
            item, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            line = f"line {error.lineno}"
            problems.append((line, f"This is not JSON: {error.msg.lower()} at character {error.colno}."))
            following = re.compile(r"\n\s*(?=\{)").search(text, max(error.pos, position + 1))
            if following is None:
                break
            position = following.end()
            continue
        except (ValueError, RecursionError):
            problems.append((where, "This is too deep or too large for an item. The file is read up to here."))
            break
        if isinstance(item, dict):
            entries.append(from_columns(where, item))
        else:
            problems.append((where, "This is not an item. An item has a title, a date and a body."))
    return entries, problems


NAMES = {
    "title": ("title", "headline", "name"),
    "date": ("date", "dated_on", "published", "day"),
    "body": ("body", "text", "content", "description"),
    "source": ("source", "source_name", "author"),
    "url": ("url", "link", "source_url"),
}


def from_columns(where, columns):
    """Take an item from named columns, whatever their case."""
    lower = {str(name).strip().lower(): value for name, value in columns.items() if name is not None}
    found = {name: next((lower[key] for key in keys if lower.get(key)), "") for name, keys in NAMES.items()}
    return Entry(where, **{name: value if isinstance(value, str) else str(value) for name, value in found.items()})


def read_csv(text):
    """Read a table whose first line names the columns; commas, semicolons and tabs part them."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(LARGEST_BYTES)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {str(name).strip().lower() for name in reader.fieldnames or []}
    if not names & set(NAMES["title"]) or not names & set(NAMES["date"]):
        raise Unreadable("Its first line does not name the columns. It needs at least “title” and “date”.")
    entries, problems, line = [], [], reader.line_num + 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return entries, problems
        except csv.Error as error:
            problems.append((f"line {line}", f"This line cannot be read: {error}."))
        else:
            entries.append(from_columns(f"line {line}", row))
        line = reader.line_num + 1


def read_feed(raw):
    """Read Atom or RSS from memory; nothing is fetched. Bodies in HTML become Markdown."""
    feed = feedparser.parse(io.BytesIO(raw), sanitize_html=True, resolve_relative_uris=False)
    problems = []
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        line = getattr(feed.bozo_exception, "getLineNumber", lambda: "?")()
        problems.append((f"line {line}", "The feed is not well formed here; what can be read of it is taken."))
    if not feed.entries:
        raise Unreadable("It is XML, but no Atom or RSS feed with entries.")
    entries = []
    for number, found in enumerate(feed.entries, 1):
        moment = found.get("published_parsed") or found.get("updated_parsed")
        body = found.content[0].value if found.get("content") else found.get("summary", "")
        entries.append(
            Entry(
                f"entry {number}",
                title=Markdown.plain(found.get("title", "")),
                date="{:04}-{:02}-{:02}".format(*moment)
                if moment
                else found.get("published", found.get("updated", "")),
                body=Markdown.of(body),
                source=(found.get("source") or {}).get("title", ""),
                url=found.get("link", "") if found.get("source") else "",
                is_markdown=True,
            )
        )
    return entries, problems


# ── text ─────────────────────────────────────────────────────────────────

_special = re.compile(r"([\\`*_\[\]<])")
_block_start = re.compile(r"^(#{1,6}(?=\s|$)|>|[+-](?=\s)|={2,}$|-{2,}$|~{3,})")
_numbered = re.compile(r"^(\d{1,9})([.)])(?=\s)")
_bullet = re.compile(r"^[•·▪‣◦]\s*")


def escape(line):
    """Return a line of plain text as Markdown that shows exactly it."""
    line = _special.sub(r"\\\1", line)
    return _numbered.sub(r"\1\\\2", _block_start.sub(r"\\\1", line))


def to_markdown(text):
    """Return plain text as Markdown: a line is a paragraph, lines that begin with a bullet are a list."""
    blocks, in_list = [], False
    for line in text.split("\n"):
        line = " ".join(line.split())
        if not line:
            continue
        bullet = _bullet.match(line)
        written = f"- {escape(line[bullet.end() :])}" if bullet else escape(line)
        if bullet and in_list:
            blocks[-1] += f"\n{written}"
        else:
            blocks.append(written)
        in_list = bool(bullet)
    return "\n\n".join(blocks)


def quoted(markdown):
    """Return Markdown as a block quotation."""
    return "\n".join(f"> {line}".rstrip() for line in markdown.split("\n"))


class Markdown(HTMLParser):
    """Turn the HTML of a feed into Markdown: paragraphs, lists, emphasis, links, quotations and headings; the rest is text."""

    BLOCKS = {"p", "div", "ul", "ol", "li", "blockquote", "br", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "pre"}
    SIGNS = {"strong": "**", "b": "**", "em": "*", "i": "*"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.line, self.prefix, self.links = [], "", "", []

    @classmethod
    def of(cls, source):
        parser = cls()
        parser.feed(source or "")
        parser.close()
        parser.end_block()
        return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", "\n\n".join(parser.blocks)).strip()

    @classmethod
    def plain(cls, source):
        """Return the text alone, on one line."""
        return " ".join(re.sub(r"<[^>]*>", " ", source or "").split())

    def end_block(self):
        text = " ".join(self.line.split())
        if text.strip("*"):
            self.blocks.append(self.prefix + text)
        self.line = ""

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS:
            self.end_block()
            if tag == "li":
                self.prefix = "- "
            elif tag == "blockquote":
                self.prefix = "> "
            elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                self.prefix = "## "
        elif tag == "a":
            self.links.append((len(self.line), dict(attrs).get("href") or ""))
        else:
            self.line += self.SIGNS.get(tag, "")

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self.end_block()
            if tag != "p" or self.prefix != "> ":
                self.prefix = ""
        elif tag == "a" and self.links:
            start, href = self.links.pop()
            text = self.line[start:].strip()
            if text and re.match(r"https?://[^\s<>()]+$", href):
                self.line = f"{self.line[:start]}[{text}]({href})"
        else:
            self.line += self.SIGNS.get(tag, "")

    def handle_data(self, data):
        self.line += _special.sub(r"\\\1", data)

"""Authored text: CommonMark without raw HTML, then cleaned. One format for page, mail, PDF and search."""

import html
import re
from functools import lru_cache

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HEADING = re.compile("<h([2-6])>")
_SCHEMES = {"http", "https", "mailto", "tel"}


def render(markdown):
    """Return safe HTML for Markdown text; raw HTML in it is shown as text. A first-level heading becomes a second-level one."""
    return mark_safe(_render(markdown or ""))  # noqa: S308  (cleaned by nh3)


def render_below(markdown, level):
    """Return safe HTML whose highest headings stand right below a heading of `level`, as an outline on paper asks for."""
    rendered = _render(markdown or "")
    highest = min((int(found) for found in _HEADING.findall(rendered)), default=0)
    return mark_safe(  # noqa: S308  (cleaned by nh3)
        re.sub(r"(?<=<)(/?)h([2-6])>", lambda tag: f"{tag[1]}h{min(6, level + 1 + int(tag[2]) - highest)}>", rendered)
    )


@lru_cache(maxsize=512)
def _render(markdown):
    tokens = _parser.parse(markdown)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    rendered = _parser.renderer.render(tokens, _parser.options, {})
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noreferrer",
    )


def plain(markdown):
    """Return the text alone, for descriptions, feeds and the text part of mails."""
    return re.sub(r"\n{3,}", "\n\n", html.unescape(strip_tags(_render(markdown or "")))).strip()


def summary(markdown, length=220):
    """Return the beginning of the text, cut at a word, at most `length` characters."""
    text = " ".join(plain(markdown).split())
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.–") + "…"

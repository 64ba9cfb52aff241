"""Template tags and filters for dates, numbers and authored text. They are builtins: no template loads them."""
# ruff: noqa: S308  (the pieces are our own, or escaped before they are put together)

import re
from datetime import datetime
from functools import lru_cache
from html import unescape

from django import template
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from efc import richtext

register = template.Library()


# ── dates ────────────────────────────────────────────────────────────────

# Writing a date costs fifty times what looking it up costs, and lists show the same dates again and again.

DAY = {"de": "j."}


@register.simple_tag
def date_range(start, end=None):
    """Write `7–10 April 2015`, `30 April – 2 May 2015`, `24 June 2015`: always absolute, each end machine-readable."""
    return _range(start, end or start, get_language())


@register.simple_tag
def date_block(start, end=None):
    """Write a date for the margin of a date list: the day large, month and year below it."""
    return _block(start, end or start, get_language())


@lru_cache(maxsize=4096)
def _range(start, last, language):
    day = DAY.get(language, "j")
    whole = f"{day} F Y"
    if start == last:
        return _time(start, date_format(start, whole))
    if (start.year, start.month) == (last.year, last.month):
        return _time(start, date_format(start, day)) + mark_safe("–") + _time(last, date_format(last, whole))
    first = f"{day} F" if start.year == last.year else whole
    return _time(start, date_format(start, first)) + mark_safe(" – ") + _time(last, date_format(last, whole))


@lru_cache(maxsize=4096)
def _block(start, last, language):
    day = DAY.get(language, "j")
    if (start.year, start.month) == (last.year, last.month):
        days = date_format(start, day) + (f"–{date_format(last, day)}" if last != start else "")
        return _time(start, format_html("{}<small>{}</small>", days, date_format(start, "F Y")))
    until = date_format(last, f"{day} F Y")
    return _time(
        start, format_html("{}<small>{} – {}</small>", date_format(start, day), date_format(start, "F"), until)
    )


def _time(value, text):
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def in_days(moment):
    """Say how far a moment lies ahead, as an addition to its date: `today`, `tomorrow`, `in 3 days`."""
    day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    days = (day - timezone.localdate()).days
    if days < 0:
        return ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}
    if days < 2:
        return _("tomorrow") if days else _("today")
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


@register.filter
def spelled(number):
    """Write a number up to nine in words, as running text has it; larger ones in figures."""
    words = [
        _("zero"),
        _("one"),
        _("two"),
        _("three"),
        _("four"),
        _("five"),
        _("six"),
        _("seven"),
        _("eight"),
        _("nine"),
    ]
    return words[number] if 0 <= number < len(words) else str(number)


# ── text ─────────────────────────────────────────────────────────────────


@register.filter
def markdown(text):
    """Render authored Markdown as clean HTML."""
    return richtext.render(text or "")


@register.simple_tag
def with_contents(text):
    """Render authored Markdown whose chapters can be jumped to.

    Returns: `html`, and `chapters` as (anchor, title) of its second-level headings.
    """
    chapters = []

    def anchored(match):
        title = strip_tags(match[1])
        anchor = f"{slugify(unescape(title)) or 'chapter'}-{len(chapters) + 1}"
        chapters.append((anchor, mark_safe(title)))
        return f'<h2 id="{anchor}">{match[1]}</h2>'

    html = re.sub(r"<h2>(.*?)</h2>", anchored, richtext.render(text or ""))
    return {"html": mark_safe(html), "chapters": chapters}

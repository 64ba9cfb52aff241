"""Template tags and filters of the house. They are builtins: no template loads them."""
# ruff: noqa: S308  (the pieces are our own drawings, or escaped before they are put together)

import json
import re
from datetime import datetime
from functools import lru_cache
from html import unescape

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import Field
from django.template.defaultfilters import filesizeformat
from django.template.defaulttags import querystring
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import get_text_list, slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from efc import access, artwork, chrome, richtext

register = template.Library()


# ── the frame of a page ──────────────────────────────────────────────────


@register.simple_block_tag(takes_context=True)
def head_title(context, content):
    """Write the title once for the tab and once for whoever shares the page; a form with errors says so first."""
    title = " ".join(content.split())
    form = context.get("form")
    if form is not None and getattr(form, "is_bound", False) and form.errors:
        title = _("Error: %(title)s") % {"title": title}
    shared = title or settings.SITE_NAME
    full = (
        f"{title} – {settings.SITE_NAME}"
        if title
        else _("European Financial Coalition against Commercial Sexual Exploitation of Children Online")
    )
    return mark_safe(f'<title>{full}</title>\n<meta property="og:title" content="{_quoted(shared)}">')


@register.simple_block_tag
def head_description(content):
    """Write what the page is about, for search engines and for whoever shares it."""
    text = " ".join(content.split()) or _(
        "Law enforcement, industry and civil society working together"
        " to stop the commercial sexual exploitation of children online."
    )
    text = _quoted(text)
    return mark_safe(f'<meta name="description" content="{text}">\n<meta property="og:description" content="{text}">')


def _quoted(html):
    return html.replace('"', "&quot;")


@register.simple_tag(takes_context=True)
def html_attributes(context):
    language, theme = get_language() or "en", chrome.theme(context.get("request"))
    return mark_safe(f'lang="{language}" dir="ltr"' + (f' data-theme="{theme}"' if theme else ""))


@register.simple_tag(takes_context=True)
def site_head(context):
    return chrome.head(context.get("request"))


@register.simple_tag(takes_context=True)
def site_header(context):
    return chrome.header(context.get("request"))


@register.simple_tag(takes_context=True)
def site_footer(context):
    return chrome.footer(context.get("request"))


@register.simple_tag(takes_context=True)
def site_messages(context):
    """Show what just happened, without opening the session of a visitor who carries no cookie."""
    request = context.get("request")
    if request is None:
        return ""
    kept = {"messages", settings.SESSION_COOKIE_NAME} & request.COOKIES.keys()
    if not kept and not getattr(get_messages(request), "added_new", False):
        return ""
    banners = format_html_join(
        "\n",
        '<div class="banner{}" role="status">{}<p>{}</p></div>',
        (
            (" banner--warn", icon("alert"), message)
            if message.level_tag in ("warning", "error")
            else ("", icon("info"), message)
            for message in get_messages(request)
        ),
    )
    return format_html('<div class="wrap messages">{}</div>', banners) if banners else ""


@register.simple_tag(takes_context=True)
def translate_url(context, language):
    """Give the address of this page in another language, or that language's home page where addresses have none."""
    request = context.get("request")
    _code, rest = chrome.split_language(request.path if request else "/")
    return f"/{language}{rest}"


@register.simple_tag(takes_context=True)
def content_lang(context):
    """Mark a text that stands in another language than the page: the view sets `content_language` where it does."""
    language = context.get("content_language")
    return mark_safe(f' lang="{language}"') if language and language != get_language() else ""


# ── pictures and small parts ─────────────────────────────────────────────


@register.simple_tag
def icon(name):
    return artwork.ICONS[name]


@register.simple_tag
def brand_mark(on_navy=False):
    return artwork.mark_on_navy if on_navy else artwork.mark


@register.simple_tag
def cover(title, subtitle="", seed=""):
    return artwork.cover(str(title), str(subtitle or ""), str(seed or ""))


@register.simple_tag
def sector_tag(strand):
    """Draw one of the three strands (`organisation.strand`: law, ind or civ) as a tag in its colour and in words."""
    return format_html('<span class="tag tag--{}">{}</span>', strand.value, strand.label)


PILLS = {"ok": "ok", "warn": "warn", "bad": "bad", "info": "half", "": "ring"}


@register.simple_tag
def pill(kind, label):
    """Draw a status: shape, word and colour. Kinds: ok, warn, bad, info, and none for not started."""
    return format_html(
        '<span class="pill{}">{}{}</span>', f" pill--{kind}" if kind else "", artwork.ICONS[PILLS[kind]], label
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context, page_obj):
    numbers = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    return {
        "page_obj": page_obj,
        "numbers": numbers,
        "request": context.get("request"),
        "ellipsis": page_obj.paginator.ELLIPSIS,
    }


@register.inclusion_tag("components/who_can_see.html", takes_context=True)
def who_can_see(context, record):
    """Say, folded, who can see a restricted record and why its reader can. Costs: 2 queries, and 2 for each circle of the record's own."""
    user = context["request"].user
    return {
        "is_public": bool(getattr(record, "is_public", False)),
        "circles": access.who_can_see(record),
        "reasons": access.why(user, record),
        "user": user,
    }


register.simple_tag(querystring, takes_context=True, name="query_string")


FORMATS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
}


@register.simple_tag
def file_facts(file):
    """Say what a download is before it is fetched: `PDF, 1.2 MB, English`."""
    facts = [FORMATS.get(file.media_type, ""), filesizeformat(file.size_bytes), language_name(file.language)]
    return ", ".join(str(fact) for fact in facts if fact)


@register.filter
def organisations(rows):
    """Name the organisations of leads, seats or contributors in one phrase: `EC3, INHOPE and PayPal`."""
    return get_text_list([str(row.organisation) for row in rows], _("and"))


@register.filter
def name_for(person, user):
    """Name a person as this reader may see them: of a protected identity others see the role only."""
    return person.name_for(user)


@register.filter
def language_name(code):
    """Name a language in the language of the page."""
    return dict(settings.LANGUAGES).get(code, code)


@register.filter
def own_language_name(code):
    """Name a language in that language itself."""
    return settings.LANGUAGE_NAMES.get(code, code)


@register.simple_tag
def structured_data(data):
    """Write facts for search engines as JSON-LD; a block of data, so nothing that a browser would run."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(UNSAFE_IN_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


UNSAFE_IN_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def coalition_data():
    """Write who we are, for search engines."""
    return structured_data(
        {
            "@context": "https://schema.org",
            "@type": "Organization",
            "name": "European Financial Coalition against Commercial Sexual Exploitation of Children Online",
            "alternateName": "EFC",
            "url": settings.SITE_URL,
            "logo": settings.SITE_URL + static("efc/icon-180.png"),
            "email": settings.SECRETARIAT_EMAIL,
            "foundingDate": "2012-11-26",
        }
    )


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


# ── letters ──────────────────────────────────────────────────────────────
# Mail programs read styles from the element alone; classes are for the dark.

_SERIF = "font-family:'Source Serif 4',Georgia,'Times New Roman',serif;"
_SANS = "font-family:'Source Sans 3','Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
_BIG = _SERIF + "margin:0 0 14px 0;font-size:32px;line-height:38px;font-weight:600;letter-spacing:-0.3px;color:#16222E;"
_ITEM = _SERIF + "margin:0 0 8px 0;font-size:22px;line-height:28px;font-weight:600;color:#16222E;"
_TEXT = _SANS + "margin:0 0 16px 0;font-size:17px;line-height:26px;color:#16222E;"
_SMALL = _SANS + "margin:12px 0 0 0;font-size:15px;line-height:23px;color:#53616E;"
_QUOTE = "margin:0 0 16px 0;padding:2px 0 2px 18px;border-left:4px solid #1F66AD;"
MAIL = {
    "h1": ("ink h1", _BIG),
    "h2": ("ink", _ITEM),
    "h3": ("ink", _SANS + "margin:18px 0 6px 0;font-size:18px;line-height:26px;font-weight:600;color:#16222E;"),
    "p": ("ink", _TEXT),
    "muted": ("mut", _SANS + "margin:0 0 6px 0;font-size:15px;line-height:22px;color:#53616E;"),
    "small": ("mut", _SMALL),
    "link": ("lnk", "color:#1A5A96;text-decoration:underline;"),
    "go": ("lnk", _SANS + "font-size:17px;line-height:26px;color:#1A5A96;font-weight:600;text-decoration:underline;"),
    "ul": ("ink", _TEXT + "padding:0 0 0 22px;"),
    "quote": ("ink rule", _QUOTE),
}
MAIL_ATTRIBUTES = {name: mark_safe(f'class="{classes}" style="{style}"') for name, (classes, style) in MAIL.items()}
MAIL_OPENINGS = {
    f"<{tag}{end}": f"<{tag} {MAIL_ATTRIBUTES[name]}{end}"
    for tag, name, end in [
        ("p", "p", ">"),
        ("ul", "ul", ">"),
        ("ol", "ul", ">"),
        ("h2", "h2", ">"),
        ("h3", "h3", ">"),
        ("blockquote", "quote", ">"),
        ("a", "link", " "),
    ]
}


@register.simple_tag
def mail(name):
    """Give the class and style of an element of a letter."""
    return MAIL_ATTRIBUTES[name]


@register.simple_tag
def mail_button(url, label):
    """Draw the one button of a letter."""
    return format_html(
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
        '<td class="btn" bgcolor="#1A5A96" style="background:#1A5A96;border-radius:4px;"><a href="{}" style="'
        + _SANS
        + "display:inline-block;padding:13px 22px;font-size:17px;line-height:22px;font-weight:600;"
        'color:#FFFFFF;text-decoration:none;">{}</a></td></tr></table>',
        url,
        label,
    )


@register.filter
def markdown_mail(text):
    """Render authored Markdown for a letter: the same clean HTML, with the styles on each element."""
    html = richtext.render(text or "")
    for plain, styled in MAIL_OPENINGS.items():
        html = html.replace(plain, styled)
    return mark_safe(html)


# ── forms ────────────────────────────────────────────────────────────────


@register.simple_tag
def error_summary(*forms):
    """List what is wrong in one form or several, each a link to its field; efc.js puts the focus here."""
    errors = [
        (_anchor(form, name), _sentence(form, name, error))
        for form in forms
        if form and form.is_bound
        for name, messages in form.errors.items()
        for error in messages
    ]
    if not errors:
        return ""
    heading = _("Please check this")
    if any(anchor for anchor, _error in errors):
        heading = ngettext("Check one answer", "Check %(count)d answers", len(errors)) % {"count": len(errors)}
    items = format_html_join(
        "",
        "{}",
        (
            (
                format_html('<li><a href="#{}">{}</a></li>', anchor, error)
                if anchor
                else format_html("<li>{}</li>", error),
            )
            for anchor, error in errors
        ),
    )
    return format_html(
        '<div class="error-summary" tabindex="-1" role="group" aria-labelledby="error-summary-title">'
        '<div role="alert"><h2 id="error-summary-title">{}</h2><ul>{}</ul></div></div>',
        heading,
        items,
    )


def _sentence(form, name, error):
    """Name the field where the error alone does not: the summary stands far from it."""
    return f"{form[name].label}: {error}" if error == Field.default_error_messages["required"] else error


def _anchor(form, name):
    if name not in form.fields:
        return ""
    field = form[name]
    return f"{field.auto_id}_0" if field.use_fieldset and field.subwidgets else field.id_for_label


@register.filter
def is_optional(field):
    """Tell whether a field must be marked as optional: others of its form are required and it is not."""
    if field.field.required or field.widget_type == "checkbox":
        return False
    return any(other.required for other in field.form.fields.values())

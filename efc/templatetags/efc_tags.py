"""Template tags and filters of the pages: their frame, their parts, their forms. They are builtins: no template loads them."""
# ruff: noqa: S308  (the pieces are our own drawings, or escaped before they are put together)

import json

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import Field
from django.template.defaultfilters import filesizeformat
from django.template.defaulttags import querystring
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from efc import access, artwork, chrome

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
    facts = [
        FORMATS.get(file.media_type, ""),
        filesizeformat(file.size_bytes),
        language_name(getattr(file, "language", "")),
    ]
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
        words = ngettext("One answer needs another look", "%(n)s answers need another look", len(errors))
        heading = words % {"n": len(errors)}
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

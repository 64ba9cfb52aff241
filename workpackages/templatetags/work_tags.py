"""How the state of the work is drawn: shape, word and colour, never colour alone."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from efc import richtext
from efc.templatetags.efc_tags import pill
from workpackages import charts
from workpackages.models import Outlook

register = template.Library()

KINDS = {Outlook.ON_TRACK: "ok", Outlook.AT_RISK: "warn", Outlook.LATE: "bad", Outlook.NOT_STARTED: ""}


@register.simple_tag
def state_pill(state):
    """Draw the state of a deliverable: an Outlook, or "delivered"."""
    if state == "delivered":
        return pill("info", _("Delivered"))
    return pill(KINDS[Outlook(state)], Outlook(state).label)


@register.simple_tag
def progress_bar(done, total):
    """Draw one segment a deliverable, the delivered ones filled, with "3 of 4" in words beside it."""
    if not total:
        return format_html('<span class="muted">{}</span>', _("none"))
    width = 100 / total
    segments = format_html_join(
        "",
        '<rect x="{}" y="0" width="{}" height="10" class="{}"/>',
        (
            (f"{place * width + 0.4:.2f}", f"{width - 0.8:.2f}", "done" if place < done else "todo")
            for place in range(total)
        ),
    )
    words = _("%(done)s of %(total)s") % {"done": done, "total": total}
    return format_html(
        '<div class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
        '<span class="num">{}</span></div>',
        segments, words,
    )  # fmt: skip


@register.inclusion_tag("workpackages/workspace/chart.html")
def progress_chart(work):
    """Draw the plan of a programme and what was handed in (`workpackages.services.overview`), with the same figures as a table."""
    return charts.progress(work) or {}


@register.filter
def markdown_below(text, level):
    """Render authored Markdown whose headings stand below a heading of this level."""
    return richtext.render_below(text, level)


@register.simple_tag
def state_words(state):
    """Say the state of a deliverable without drawing it."""
    return _("Delivered") if state == "delivered" else Outlook(state).label


@register.simple_tag
def paper_bar(done, total):
    """Draw the bar of `progress_bar` for paper, where colours have no names."""
    if not total:
        return ""
    width = 100 / total
    pieces = (
        (f"{place * width + 0.6:.2f}", f"{width - 1.2:.2f}", "#1f66ad" if place < done else "#c3ccd4")
        for place in range(total)
    )
    return format_html(
        '<svg class="paper-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        format_html_join("", '<rect x="{}" y="0" width="{}" height="8" fill="{}"/>', pieces),
    )


@register.simple_tag
def text_of(texts, code):
    """Return the text of a work package by its code, or nothing."""
    return texts.get(code, "")


@register.simple_tag
def deviations(figures):
    """Return the deliverables that were moved, that are late, or that were handed in after what was promised."""
    return [
        row
        for row in figures["deliverables"]
        if row["is_moved"] or row["state"] == "late" or (row["delivered_on"] or "") > row["baseline_on"]
    ]


@register.filter
def in_words(text):
    """Write a day that frozen figures keep as ISO text as one says it: 31 Dec 2026."""
    return date_format(date.fromisoformat(text), "j M Y") if text else "–"


@register.filter
def month(number):
    """Write a month of a programme: M28."""
    return f"M{number}" if number else "–"

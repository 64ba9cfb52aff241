"""How the state of the work is drawn: shape, word and colour, never colour alone."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

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
def month(number):
    """Write a month of a programme: M28."""
    return f"M{number}" if number else "–"

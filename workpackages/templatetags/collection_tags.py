"""How answers and the state of returns are written: in words, never by colour alone."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc.templatetags.efc_tags import pill
from workpackages.models import DataField, DataReturn, DataRound, DataTemplate

register = template.Library()
Status = DataReturn.Status


@register.filter
def answer(value, question=None):
    """Write an answer as a page shows it: `1 200`, `12.5 %`, `Yes`, `March 2026`; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value, "F Y" if question and question.kind == DataField.Kind.MONTH else "j F Y")
    if question and question.kind == DataField.Kind.PERCENTAGE:
        return f"{Decimal(value):f} %"
    if isinstance(value, int | Decimal):
        return f"{int(value):,}".replace(",", "\u202f")
    return value


@register.simple_tag
def return_pill(one):
    """Draw the state of a return."""
    if one.status == Status.SUBMITTED:
        words = _("Nothing to report") if one.is_nothing else _("Sent")
        return pill("warn", _("Sent late")) if one.is_late else pill("ok", words)
    if one.is_missing:
        return pill("bad", _("Missing"))
    if one.status == Status.REOPENED:
        return pill("warn", one.get_status_display())
    return pill("info" if one.status == Status.DRAFT else "", one.get_status_display())


@register.simple_tag
def round_pill(one):
    kinds = {DataRound.Status.DRAFT: "", DataRound.Status.OPEN: "ok", DataRound.Status.CLOSED: "info"}
    return pill(kinds[one.status], one.get_status_display())


@register.simple_tag
def template_pill(one):
    kinds = {DataTemplate.Status.DRAFT: "", DataTemplate.Status.IN_FORCE: "ok", DataTemplate.Status.REPLACED: "info"}
    return pill(kinds[one.status], one.get_status_display())


@register.simple_tag
def limits(question):
    """Say what a question takes, in one line: `at least 1, asks to confirm above 5 000`."""
    found = []
    if question.choices:
        found.append(", ".join(question.choices))
    if question.minimum is not None:
        found.append(_("at least %(n)s") % {"n": answer(question.minimum)})
    if question.ceiling is not None:
        found.append(_("asks to confirm above %(n)s") % {"n": answer(question.ceiling)})
    if question.part_of:
        found.append(_("part of “%(whole)s”") % {"whole": question.part_of.label})
    if question.is_of_people:
        found.append(_("small sums are not shown"))
    if not question.is_required:
        found.append(_("may stay empty"))
    return "; ".join(found)


@register.simple_tag
def group_label(table, place):
    """Return the heading of a column, which a small screen repeats beside each figure."""
    return table.groups[place].label

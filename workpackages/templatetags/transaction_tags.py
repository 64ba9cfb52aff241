"""How the status of a test transaction is drawn: shape and word, never colour alone."""

from django import template

from efc.templatetags.efc_tags import pill
from workpackages.models import TestTransaction
from workpackages.services import transaction_counts

register = template.Library()

Status = TestTransaction.Status
KINDS = {
    Status.REQUESTED: "warn",
    Status.ACCEPTED: "info",
    Status.CARRIED_OUT: "info",
    Status.EVALUATED: "ok",
    Status.CLOSED: "ok",
}


@register.simple_tag
def transaction_pill(row):
    return pill(KINDS.get(row.status, ""), row.get_status_display())


@register.simple_tag
def transaction_figures(counted):
    """Return the figures of a report as [(name, count in words)]."""
    return transaction_counts.in_words(counted)

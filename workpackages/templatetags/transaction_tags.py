"""How the status of a test transaction is drawn: shape and word, never colour alone."""

from django import template

from efc.templatetags.efc_tags import pill
from workpackages.models import TestTransaction

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

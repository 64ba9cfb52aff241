"""The newsletter's documents."""

from django.utils import timezone

from efc import pdf


def consent_record(subscriber):
    """Return what one person agreed to and when, as PDF bytes: the proof the regulation asks for, or the person's own copy."""
    context = {"subscriber": subscriber, "receipts": subscriber.consents.order_by("at"), "now": timezone.localtime()}
    return pdf.render("newsletter/pdf/consent_record.html", context)

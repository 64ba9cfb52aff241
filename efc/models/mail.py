from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .ledger import LedgerRow


class OutgoingMail(LedgerRow):
    """A letter of the portal to one person, rendered when it was queued. `efc.mail.queue` writes it, the worker delivers it."""

    template = models.CharField(_("letter"), max_length=100)
    language = models.CharField(_("language"), max_length=5, default="en")
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    about_type = models.CharField(_("about (kind)"), max_length=100, blank=True)
    about_id = models.CharField(_("about"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("outbox")
        ordering = ["-id"]
        permissions = [("resend_outgoingmail", "Can send a failed letter again")]
        indexes = [
            models.Index(
                fields=["not_before", "id"], condition=Q(state__in=["queued", "retry"]), name="efc_mail_waiting"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["claimed", "attempting"]), name="efc_mail_leased"
            ),
            models.Index(fields=["about_type", "about_id"], name="efc_mail_about"),
        ]

"""One sending to many, and its ledger: a row for each reader."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from efc.models import TOKEN_LENGTH, LedgerRow
from efc.workflow import Move, Workflow
from newsletter.models.issues import Issue
from newsletter.models.subscribers import Subscriber


class Mailing(Workflow):
    """One sending to many, frozen with its content and its recipients when it was confirmed."""

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Waiting for release")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        HELD = "held", _("Held, please decide")
        STOPPED = "stopped", _("Stopped")
        FINISHED = "finished", _("Finished")

    MOVES = {
        "release": Move((Status.PREPARED, Status.HELD), Status.SENDING, "newsletter.send_mailing", _("Release")),
        "pause": Move(Status.SENDING, Status.PAUSED, "newsletter.send_mailing", _("Pause")),
        "hold": Move((Status.PREPARED, Status.SENDING), Status.HELD, "newsletter.send_mailing"),
        "resume": Move((Status.PAUSED, Status.HELD), Status.SENDING, "newsletter.send_mailing", _("Resume")),
        "stop": Move(
            (Status.PREPARED, Status.SENDING, Status.PAUSED, Status.HELD),
            Status.STOPPED,
            "newsletter.send_mailing",
            _("Stop"),
        ),
        "finish": Move((Status.SENDING, Status.PAUSED), Status.FINISHED, "newsletter.send_mailing"),
        "prepare": Move(Status.STOPPED, Status.PREPARED, "newsletter.send_mailing"),
        "resend": Move(
            (Status.SENDING, Status.FINISHED),
            Status.SENDING,
            "newsletter.send_mailing",
            _("Send those in doubt again"),
        ),
    }

    issue = models.OneToOneField(Issue, models.PROTECT, related_name="mailing", verbose_name=_("issue"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PREPARED, editable=False, db_index=True
    )
    subject = models.CharField(_("subject"), max_length=250)
    html = models.TextField(_("HTML with marks"), editable=False)
    text = models.TextField(_("text with marks"), editable=False)
    web_html = models.TextField(_("web version"), editable=False, default="")
    digest = models.CharField(_("digest of the content"), max_length=64, editable=False)
    total = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared"), auto_now_add=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    send_at = models.DateTimeField(_("send at"), null=True, blank=True, help_text=_("Empty: at once when released."))
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    held_reason = models.CharField(_("why held"), max_length=300, blank=True, editable=False)
    trouble = models.CharField(_("trouble with the mail server"), max_length=300, blank=True, editable=False)
    watched_from = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # failures before it do not hold it again
    paced_until = models.DateTimeField(null=True, blank=True, editable=False)  # the clock of MAILING_RATE_PER_SECOND

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-prepared_at"]
        permissions = [("send_mailing", "Can prepare, release, pause and stop mailings")]

    def __str__(self):
        return self.subject


class Delivery(LedgerRow):
    """One recipient of one mailing.

    No index names a column that changes while a mailing runs, so that PostgreSQL changes a row in its place.
    """

    permission_parent = "mailing"

    mailing = models.ForeignKey(
        Mailing, models.PROTECT, related_name="deliveries", verbose_name=_("mailing"), db_index=False
    )
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, blank=True, related_name="deliveries", verbose_name=_("subscriber")
    )
    token = models.CharField(max_length=TOKEN_LENGTH, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["mailing", "pk"]
        constraints = [models.UniqueConstraint(fields=["mailing", "address"], name="newsletter_delivery_once")]
        indexes = [models.Index(fields=["mailing", "id"], name="newsletter_delivery_in_order")]

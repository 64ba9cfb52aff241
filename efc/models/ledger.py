import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


def new_message_id():
    return uuid.uuid4().hex


class LedgerQuerySet(models.QuerySet):
    def counts(self):
        """Return {state: rows} for every state, so that the figures always add up to the total."""
        found = dict(self.order_by().values_list("state").annotate(n=models.Count("pk")))
        return {state: found.get(state, 0) for state in LedgerRow.State.values}


class LedgerRow(models.Model):
    """One message to one address, and how far it got. The engine in `efc.ledger` moves it; nothing else does.

    Committed `attempting` before the message is handed over and `sent` after the server took it, so that a crash leaves at
    most the message that was being handed over in doubt.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Taken by a worker")
        ATTEMPTING = "attempting", _("Being handed over")
        SENT = "sent", _("Handed over")
        RETRY = "retry", _("Will be tried again")
        FAILED = "failed", _("Failed")
        IN_DOUBT = "in_doubt", _("In doubt")
        SKIPPED = "skipped", _("Skipped")

    OPEN = (State.QUEUED, State.CLAIMED, State.ATTEMPTING, State.RETRY)

    address = models.EmailField(_("recipient"), max_length=254)
    message_id = models.CharField(_("message id"), max_length=32, default=new_message_id, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED, editable=False)
    worker = models.CharField(_("worker"), max_length=40, blank=True, editable=False)
    lease_until = models.DateTimeField(_("taken until"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    not_before = models.DateTimeField(_("not before"), db_default=Now(), editable=False)
    last_code = models.PositiveSmallIntegerField(_("last answer"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("last answer in words"), max_length=300, blank=True, editable=False)
    queued_at = models.DateTimeField(_("queued"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("handed over"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("last answer at"), null=True, blank=True, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.address}: {self.get_state_display()}"

    def get_status_display(self):
        """Answer `efc.workflow.WrongStatus`: what is a status elsewhere is the state of a row here."""
        return self.get_state_display()

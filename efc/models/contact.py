import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .moves import Move


def new_reference():
    """Return a reference that can be read over the telephone: 8 of 31 unmistakable signs, about 40 bits."""
    return "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXY") for _i in range(8))


class ContactMessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the inbox: what was confirmed, and sealed messages only for the two officers who may open them."""
        if user is None or not user.is_active or not user.has_perm("efc.view_contactmessage"):
            return self.none()
        rows = self.exclude(status=ContactMessage.Status.UNCONFIRMED)
        return rows if user.has_perm("efc.seal_contactmessage") else rows.exclude(status=ContactMessage.Status.SEALED)

    def waiting(self):
        return self.filter(status__in=[ContactMessage.Status.NEW, ContactMessage.Status.ASSIGNED])


class ContactMessage(models.Model):
    """A message from the public. It never holds a link: such a message is refused before anything is stored."""

    class Topic(models.TextChoices):
        PRESS = "press", _("Press and interviews")
        MEMBERSHIP = "membership", _("Membership")
        TRAINING = "training", _("Training and events")
        WEBSITE = "website", _("This website")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Waiting for the sender's confirmation")
        NEW = "new", _("New")
        ASSIGNED = "assigned", _("Assigned")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        SEALED = "sealed", _("Sealed")

    MOVES = {
        "confirm": Move(Status.UNCONFIRMED, Status.NEW, "efc.handle_contactmessage"),
        "assign": Move((Status.NEW, Status.ASSIGNED), Status.ASSIGNED, "efc.handle_contactmessage", _("Assign to me")),
        "answer": Move((Status.NEW, Status.ASSIGNED), Status.ANSWERED, "efc.handle_contactmessage", _("Answer")),
        "close": Move(
            (Status.NEW, Status.ASSIGNED, Status.ANSWERED), Status.CLOSED, "efc.handle_contactmessage", _("Close")
        ),
        "reopen": Move(Status.CLOSED, Status.ASSIGNED, "efc.handle_contactmessage", _("Open again")),
        "seal": Move(
            (Status.NEW, Status.ASSIGNED, Status.ANSWERED, Status.CLOSED),
            Status.SEALED,
            "efc.handle_contactmessage",
            _("Seal"),
        ),
        "unseal": Move(Status.SEALED, Status.ASSIGNED, "efc.seal_contactmessage", _("Take out of the seal")),
    }

    reference = models.CharField(_("reference"), max_length=8, default=new_reference, unique=True, editable=False)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    organisation = models.CharField(_("organisation"), max_length=150, blank=True)
    body = models.TextField(_("message"), max_length=4000)
    language = models.CharField(_("language"), max_length=5, default="en")
    status = models.CharField(
        _("status"), max_length=11, choices=Status, default=Status.NEW, editable=False, db_index=True
    )
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = ContactMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact message")
        verbose_name_plural = _("inbox")
        ordering = ["-received_at"]
        permissions = [
            ("handle_contactmessage", "Can assign, answer and close messages"),
            ("seal_contactmessage", "Can seal a message and open sealed ones"),
        ]

    def __str__(self):
        return f"{self.reference}, {self.get_topic_display()}"

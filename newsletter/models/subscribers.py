"""Who asked for the newsletter, the receipts of it, and the addresses that are not written to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc.models import TOKEN_LENGTH, new_token
from efc.workflow import Move, Workflow


class SubscriberQuerySet(models.QuerySet):
    def of(self, address):
        """Return the row of an address, however it is written."""
        return self.alias(lower_email=Lower("email")).filter(lower_email=address.lower())

    def confirmed(self):
        return self.filter(status=Subscriber.Status.CONFIRMED)

    def eligible(self):
        """Return who may be written to: confirmed, and the address is not suppressed."""
        suppressed = Suppression.objects.filter(address=Lower(models.OuterRef("email")))
        return self.confirmed().filter(~models.Exists(suppressed))


class Subscriber(Workflow):
    """An address that asked for the newsletter. Confirmed only after the button of the confirmation letter was pressed."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for confirmation")
        CONFIRMED = "confirmed", _("Confirmed")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")

    # Most of these are moved by the persons themselves, through their own link: then `by` is None.
    MOVES = {
        "confirm": Move((Status.PENDING, Status.UNSUBSCRIBED), Status.CONFIRMED, "newsletter.change_subscriber"),
        "unsubscribe": Move(
            (Status.PENDING, Status.CONFIRMED), Status.UNSUBSCRIBED, "newsletter.change_subscriber", _("Unsubscribe")
        ),
        "undo": Move(Status.UNSUBSCRIBED, Status.CONFIRMED, "newsletter.change_subscriber"),
    }

    class Leaving(models.TextChoices):
        TOO_MANY = "too_many", _("Too many messages")
        NOT_FOR_ME = "not_for_me", _("It is not about my work")
        NEVER_ASKED = "never_asked", _("I did not ask for it")
        OTHER_WAY = "other_way", _("I read the website instead")

    email = models.EmailField(_("e-mail address"), max_length=254)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.PENDING, editable=False, db_index=True
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    token = models.CharField(
        _("key of the personal links"), max_length=TOKEN_LENGTH, default=new_token, unique=True, editable=False
    )
    confirm_token = models.CharField(max_length=TOKEN_LENGTH, default=new_token, unique=True, editable=False)
    requested_at = models.DateTimeField(_("asked"), auto_now_add=True)
    confirm_until = models.DateTimeField(_("can confirm until"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True, editable=False)
    left_because = models.CharField(_("reason for leaving"), max_length=11, choices=Leaving, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="newsletter_subscriber_email_once")]

    def __str__(self):
        """Name the row, not the address: this text stays in the audit log when the person has been erased."""
        return _("Subscriber %(number)s") % {"number": self.pk}

    @property
    def masked(self):
        """Return the address so that its owner knows it and nobody learns it: `n…@example.org`."""
        return mask(self.email)

    @property
    def can_confirm(self):
        return self.confirm_until is not None and self.confirm_until > timezone.now()

    def link(self, page):
        """Return the full address of a personal page: "confirm", "unsubscribe" or "preferences"."""
        token = self.confirm_token if page == "confirm" else self.token
        return settings.SITE_URL + reverse(f"newsletter_links:{page}", args=[token])


def mask(address):
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


class Consent(models.Model):
    """The receipt of one act of consent or of its withdrawal: what was shown, where and when. Never changed."""

    class Act(models.TextChoices):
        REQUESTED = "requested", _("Asked for the newsletter")
        CONFIRMED = "confirmed", _("Confirmed")
        CHANGED = "changed", _("Changed details")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents", verbose_name=_("subscriber"))
    act = models.CharField(_("act"), max_length=10, choices=Act)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    wording = models.TextField(_("wording shown"))
    page = models.CharField(_("page"), max_length=200)
    language = models.CharField(_("language"), max_length=5)
    way = models.CharField(
        _("way"), max_length=40, blank=True, help_text=_("Form, button, link in the mail program, Secretariat.")
    )

    class Meta:
        verbose_name = _("consent receipt")
        verbose_name_plural = _("consent receipts")
        ordering = ["subscriber", "at"]

    def __str__(self):
        return f"{self.get_act_display()}, {self.at:%Y-%m-%d}"


class Suppression(models.Model):
    """An address that must not be written to, with the reason."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("Mail came back")
        COMPLAINED = "complained", _("Complained")
        OBJECTED = "objected", _("Objected")

    address = models.EmailField(_("e-mail address"), max_length=254, unique=True, help_text=_("In lower case."))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    at = models.DateTimeField(_("since"), auto_now_add=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address=Lower("address")),
                name="newsletter_suppression_lower_case",
                violation_error_message=_("Write the address in lower case."),
            )
        ]

    def __str__(self):
        return mask(self.address)

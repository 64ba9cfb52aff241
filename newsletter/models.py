from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc.models import TOKEN_LENGTH, Content, LedgerRow, new_token
from efc.wording import Guarded, find
from efc.workflow import Move, Workflow
from events.models import Event
from publications.models import NewsItem, Publication


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


class IssueQuerySet(models.QuerySet):
    def published(self):
        """Return what the archive shows: issues that were sent, and the one that is going out, since its mails link to it."""
        return self.filter(status__in=[Issue.Status.SENDING, Issue.Status.SENT])


class Issue(Workflow, Guarded):
    """A newsletter issue: an editorial and chosen items. Once sent, it stands in the archive as it was sent."""

    GUARDED = ("subject", "preview_line", "editorial_title", "editorial")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")

    MOVES = {
        "send": Move(Status.DRAFT, Status.SENDING, "newsletter.send_mailing", _("Send")),
        "finish": Move(Status.SENDING, Status.SENT, "newsletter.send_mailing"),
        "reopen": Move(Status.SENDING, Status.DRAFT, "newsletter.send_mailing"),
        "archive": Move(
            Status.DRAFT, Status.SENT, "newsletter.send_mailing", _("Put into the archive without sending")
        ),
    }

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    subject = models.CharField(_("subject"), max_length=150)
    preview_line = models.CharField(
        _("preview line"), max_length=150, blank=True, help_text=_("Shown beside the subject in the inbox.")
    )
    dated_on = models.DateField(_("date"))
    editorial_title = models.CharField(_("headline"), max_length=200, blank=True)
    editorial = models.TextField(_("editorial"), blank=True, help_text=_("Markdown."))
    number_note = models.CharField(_("note on the number"), max_length=200, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    tested_at = models.DateTimeField(_("last test"), null=True, blank=True, editable=False)
    tested_digest = models.CharField(max_length=64, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    web_html = models.TextField(_("web version as sent"), blank=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    is_demo = models.BooleanField(_("demonstration record"), default=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-number"]

    def __str__(self):
        return f"{self.number}: {self.subject}"

    def get_absolute_url(self):
        return reverse("newsletter:issue", args=[self.number])

    @property
    def is_open(self):
        """Say whether it may still be changed: a draft without a mailing, or with one stopped before anything went out."""
        if self.status != Issue.Status.DRAFT:
            return False
        return not Mailing.objects.filter(issue=self).exclude(status=Mailing.Status.STOPPED).exists()

    def wordings(self, without=None):
        """Return the guard's hits in the issue's own words, those given to its items included."""
        hits = {hit.key: hit for hit in super().wordings(without)}
        for item in self.items.all() if self.pk else []:
            for hit in [*find(item.title), *find(item.text)]:
                hits.setdefault(hit.key, hit)
        return list(hits.values())

    def headlines(self, most):
        """Return the first titles of the issue; `items` may be prefetched."""
        titles = [item.headline for item in self.items.all() if item.is_public]
        return ([self.editorial_title] if self.editorial_title else [])[:1] + titles[
            : most - bool(self.editorial_title)
        ]

    def public_items(self):
        """Return the items that the public may see now, by the database's clock, in their order. Costs: one query."""
        public = {
            "news_item_id": NewsItem.objects.published(),
            "publication_id": Publication.objects.published(),
            "event_id": Event.objects.published(),
        }
        shown = Q()
        for field, rows in public.items():
            shown |= Q(**{f"{field}__in": rows.values("pk")})
        return self.items.filter(shown).select_related("news_item", "publication", "event")

    def hidden_items(self):
        """Return the items that the public may not see now: such an issue is not sent."""
        return self.items.exclude(pk__in=self.public_items().values("pk")).select_related(
            "news_item", "publication", "event"
        )


class IssueItem(models.Model):
    """One thing in an issue: a news item, a publication or an event, in our order, with a text of its own if wanted."""

    permission_parent = "issue"

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="items", verbose_name=_("issue"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    news_item = models.ForeignKey(
        NewsItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("news item")
    )
    publication = models.ForeignKey(
        Publication, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("publication")
    )
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("event"))
    title = models.CharField(_("title"), max_length=250, blank=True, help_text=_("Empty: the item's own."))
    text = models.TextField(_("text"), max_length=800, blank=True, help_text=_("Empty: the item's summary."))

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["issue", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(news_item__isnull=False, publication=None, event=None)
                    | Q(news_item=None, publication__isnull=False, event=None)
                    | Q(news_item=None, publication=None, event__isnull=False)
                ),
                name="newsletter_item_is_one_thing",
                violation_error_message=_("Choose one of news item, publication or event."),
            )
        ]

    def __str__(self):
        return self.headline

    @property
    def subject(self):
        return self.news_item or self.publication or self.event

    @property
    def headline(self):
        return self.title or self.subject.title

    @property
    def is_public(self):
        """Say whether the thing may be seen, by this machine's clock: for showing only; sending asks the database."""
        thing = self.subject
        return thing.status == Content.Status.APPROVED and (
            thing.publish_at is None or thing.publish_at <= timezone.now()
        )


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

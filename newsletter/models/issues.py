"""An issue of the newsletter and what stands in it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc.models import Content
from efc.wording import Guarded, find
from efc.workflow import Move, Workflow
from events.models import Event
from publications.models import NewsItem, Publication


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
        from newsletter.models.mailings import Mailing  # a mailing stands on its issue

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

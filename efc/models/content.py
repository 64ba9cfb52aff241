from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ContentQuerySet(models.QuerySet):
    def published(self):
        """Return what the public may see now, by the database's clock: approved, and its time has come."""
        return self.filter(Q(publish_at__isnull=True) | Q(publish_at__lte=Now()), status=Content.Status.APPROVED)

    def visible_to(self, user):
        """Return what this person may see: everything for those who may edit it, else what is published."""
        opts = self.model._meta
        if user is not None and user.is_active and user.has_perm(f"{opts.app_label}.change_{opts.model_name}"):
            return self
        return self.published()

    def due_after_now(self):
        """Return approved rows that will become public by the clock."""
        return self.filter(status=Content.Status.APPROVED, publish_at__gt=Now())


class Content(models.Model):
    """Something the Secretariat writes and makes public. Public is not a status: it is approved and its time has come."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    publish_at = models.DateTimeField(
        _("public from"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Brussels time. Empty: at once when approved."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )

    objects = ContentQuerySet.as_manager()

    class Meta:
        abstract = True


class ContentVersion(models.Model):
    """One row that counts the changes of everything the public can see; a trigger raises it when a change commits.

    Cached pages are keyed by it (`efc.cache`), so they are right at once after a change.
    """

    number = models.BigIntegerField(default=1)
    last_transaction = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("content version")

    def __str__(self):
        return str(self.number)

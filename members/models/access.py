from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from efc.workflow import Move, Workflow
from members.models.organisations import Organisation


class AccessReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the rounds for those who run them and for those who answer for an organisation."""
        if user is not None and user.is_active and user.has_perm("members.view_accessreview"):
            return self
        return self.filter(models.Exists(Organisation.objects.kept_by(user)))


class AccessReview(Workflow):
    """A round in which each organisation confirms who acts for it. What nobody confirms lapses after two warnings."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    MOVES = {"close": Move(Status.OPEN, Status.CLOSED, "members.change_accessreview", _("Close now; no access ends"))}

    title = models.CharField(_("title"), max_length=120)
    opened_on = models.DateField(_("opened on"))
    due_on = models.DateField(_("to be confirmed by"), help_text=_("What is not confirmed lapses on the next day."))
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False, db_index=True
    )
    first_warning_at = models.DateTimeField(_("first warning"), null=True, blank=True, editable=False)
    second_warning_at = models.DateTimeField(_("second warning"), null=True, blank=True, editable=False)

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="open"), name="members_accessreview_one_open")
        ]

    def __str__(self):
        return self.title


class AccessAnswer(models.Model):
    """That an organisation has confirmed its people in a round."""

    review = models.ForeignKey(AccessReview, models.CASCADE, related_name="answers", verbose_name=_("review"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="access_answers", verbose_name=_("organisation")
    )
    answered_at = models.DateTimeField(_("confirmed"), auto_now_add=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["review", "organisation"]
        constraints = [models.UniqueConstraint(fields=["review", "organisation"], name="members_accessanswer_once")]

    def __str__(self):
        return str(self.organisation)

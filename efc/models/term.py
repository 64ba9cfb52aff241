from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TOO_EARLY = _("The last day lies before the first day. Give a later last day.")


class TermQuerySet(models.QuerySet):
    def as_of(self, day=None):
        """Return the rows that hold on this day (a date; today when left out). Both ends belong to the term."""
        day = day or timezone.localdate()
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day)).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        )

    def running(self):
        """Return the rows that are not over: those that hold today and those that will."""
        return self.exclude(ends_on__lt=timezone.localdate())


class Term(models.Model):
    """Something that holds from one day to another; an open end is empty."""

    starts_on = models.DateField(
        _("from"), null=True, blank=True, help_text=_("Empty: since before our records begin.")
    )
    ends_on = models.DateField(
        _("to"), null=True, blank=True, help_text=_("The last day. Empty: until further notice.")
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="%(app_label)s_%(class)s_ends_after_start",
                violation_error_message=TOO_EARLY,
            )
        ]

    def clean(self):
        """Say it at the field; the constraints on overlap could not even compare such a term."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": TOO_EARLY})

    def holds_on(self, day):
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on >= day)

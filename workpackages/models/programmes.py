from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc.models import Term, TermQuerySet

RESERVED_SLUGS = {"results"}  # pages beside those of the programmes


class ProgrammeQuerySet(TermQuerySet):
    def visible_to(self, user):
        """Return all: what the coalition has agreed to do is public."""
        return self

    def ran_on(self, day=None):
        """Return the programme that runs on this day (today when left out), else the latest that had begun: one row or none."""
        day = day or timezone.localdate()
        begun = self.filter(Q(starts_on=None) | Q(starts_on__lte=day))
        is_over = Case(When(ends_on__lt=day, then=1), default=0)
        return begun.order_by(is_over, F("starts_on").desc(nulls_last=True))[:1]

    def current(self, day=None):
        """Return the programme of `ran_on`, or None."""
        return self.ran_on(day).first()


class Programme(Term):
    """A 36-month project or a yearly action plan, with its own objectives and work packages."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("Project")
        PLAN = "plan", _("Yearly action plan")

    name = models.CharField(_("name"), max_length=150, unique=True)
    slug = models.SlugField(_("address"), max_length=40, unique=True, help_text=_("For example 2012-2015."))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    summary = models.TextField(_("summary"), blank=True, help_text=_("Markdown."))
    funding = models.CharField(_("funding"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("demonstration record"), default=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-starts_on"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("workpackages:programme", args=[self.slug])

    def clean(self):
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another page. Choose another one.")})

    @property
    def is_closed(self):
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    def month_of(self, day):
        """Return the month of the programme in which a day lies, 1 for M1; None without a start. Months run from the day of the start."""
        if self.starts_on is None or day is None:
            return None
        since = relativedelta(day, self.starts_on)
        return since.years * 12 + since.months + (1 if day >= self.starts_on else 0)

    def end_of_month(self, number):
        """Return the last day of a month of the programme, given as its number (1 for M1)."""
        return self.starts_on + relativedelta(months=number) - timedelta(days=1)

    @property
    def last_month(self):
        """Return the number of the programme's last month, 36 for a project of three years; None without an end."""
        return self.month_of(self.ends_on) if self.ends_on else None

    @property
    def shown_day(self):
        """Return the day for which its teams are shown: today, or the nearest day on which it ran."""
        day = timezone.localdate()
        if self.ends_on and self.ends_on < day:
            return self.ends_on
        return max(self.starts_on, day) if self.starts_on else day


class Objective(models.Model):
    """One of a programme's numbered objectives."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="objectives", verbose_name=_("programme"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="workpackages_objective_number_once")
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from efc.models.term import TOO_EARLY
from efc.permissions import granted
from members.models import Organisation
from workpackages.models.reports import ReportPeriod
from workpackages.models.work import WorkPackage


class Level(models.TextChoices):
    """How likely a risk is, how much it would do, and the two together."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


# How grave a risk is: (likelihood, impact) by the order of the levels; the three cells of the diagonal from corner to corner are medium.
GRAVITY = {
    (likelihood, impact): Level.LOW if row + column < 2 else Level.MEDIUM if row + column == 2 else Level.HIGH
    for row, likelihood in enumerate(Level)
    for column, impact in enumerate(Level)
}


class RiskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what this person may read, by the rule of deliverables: all for who follows the work, else those of one's own work packages."""
        if user is None or user.is_anonymous or not user.is_active:
            return self.none()
        if user.has_perm("workpackages.view_risk"):
            return self
        return self.filter(
            work_package__in=granted(user, "workpackages.change_workpackage", WorkPackage.objects.order_by())
        )

    def within(self, starts_on, ends_on):
        """Return the risks that were on the register at some time between two days."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gte=starts_on), raised_on__lte=ends_on)

    def open_on(self, day=None):
        """Return those on the register on a day (today when left out). On the day on which it is closed, a risk is closed."""
        day = day or timezone.localdate()
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), raised_on__lte=day)

    def for_lists(self):
        return self.select_related("work_package__programme", "owner").defer(
            "work_package__description", "work_package__search_vector", "work_package__programme__summary",
            "owner__description", "owner__search_vector",
        )  # fmt: skip


class Risk(models.Model):
    """What could go wrong in a work package, and what is done about it. Risks foreseen in the contract keep their number; unforeseen
    ones get the next.
    """

    permission_parent = "work_package"

    work_package = models.ForeignKey(WorkPackage, models.PROTECT, related_name="risks", verbose_name=_("work package"))
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    is_foreseen = models.BooleanField(
        _("foreseen"), default=False, help_text=_("The contract names it, with its number. Others came up later.")
    )
    title = models.CharField(_("what could happen"), max_length=200)
    effect = models.CharField(
        _("effect"), max_length=300, help_text=_("What it would do to the work, for example: The second course would take place a quarter later.")
    )  # fmt: skip
    likelihood = models.CharField(_("likelihood"), max_length=6, choices=Level)
    impact = models.CharField(_("impact"), max_length=6, choices=Level)
    mitigation = models.TextField(
        _("mitigation measure"), max_length=1000, help_text=_("What is done so that it does not happen, or does less.")
    )
    owner = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="risks", verbose_name=_("owner"),
        help_text=_("The organisation that sees to the measure."),
    )  # fmt: skip
    raised_on = models.DateField(_("on the register since"), default=timezone.localdate)
    closed_on = models.DateField(
        _("closed"), null=True, blank=True, help_text=_("Since when it needs no more watching.")
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    history = HistoricalRecords()
    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        ordering = ["work_package", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["work_package", "number"], name="workpackages_risk_number_once",
                violation_error_message=_("This work package already has a risk of that number."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("raised_on")), name="workpackages_risk_closed_after_raised",
                violation_error_message=TOO_EARLY,
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.code} {self.title}"

    def clean(self):
        if self.closed_on and self.raised_on and self.closed_on < self.raised_on:
            raise ValidationError({"closed_on": TOO_EARLY})

    @property
    def code(self) -> str:
        return f"R{self.work_package.number}.{self.number}"

    @property
    def gravity(self) -> Level:
        """Return likelihood and impact together."""
        return GRAVITY[Level(self.likelihood), Level(self.impact)]

    @property
    def is_closed(self):
        return not self.is_open_on(timezone.localdate())

    def is_open_on(self, day):
        return self.raised_on <= day and (self.closed_on is None or self.closed_on > day)

    def get_absolute_url(self):
        package = self.work_package
        return reverse("workspace_work:risk", args=[package.programme.slug, package.number, self.number])


class RiskState(models.Model):
    """The state of play of a risk in the period of a report: whether it occurred, whether the measures were applied, in a few words."""

    permission_parent = "risk"

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="states", verbose_name=_("risk"))
    period = models.ForeignKey(
        ReportPeriod, models.CASCADE, related_name="risk_states", verbose_name=_("progress report")
    )
    occurred = models.BooleanField(_("the risk occurred"))
    mitigated = models.BooleanField(_("the mitigation measures were applied"))
    comment = models.CharField(_("comment"), max_length=480, help_text=_("One to three sentences."))
    written_at = models.DateTimeField(_("written"), auto_now=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("state of play of a risk")
        verbose_name_plural = _("states of play of risks")
        ordering = ["risk", "-period"]
        constraints = [
            models.UniqueConstraint(fields=["risk", "period"], name="workpackages_risk_state_once"),
            models.CheckConstraint(condition=~Q(comment=""), name="workpackages_risk_state_has_words"),
        ]

    def __str__(self):
        return f"{self.risk.code}, {self.period}"

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from efc.files import private_path
from efc.permissions import granted
from efc.workflow import Move, Workflow
from members.models import Decision
from workpackages.models.deliverables import SENTENCE, Deliverable
from workpackages.models.work import WorkPackage


class MilestoneQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what this person may read, by the rule of deliverables: all for who follows the work, else those of one's own work packages."""
        if user is None or user.is_anonymous or not user.is_active:
            return self.none()
        if user.has_perm("workpackages.view_milestone"):
            return self
        return self.filter(
            work_package__in=granted(user, "workpackages.change_workpackage", WorkPackage.objects.order_by())
        )

    def planned(self):
        return self.filter(status=Milestone.Status.PLANNED)

    def for_lists(self):
        """Bring the programme along, and add `evidence_count`. Costs: no query more."""
        rows = self.select_related("work_package__programme").defer(
            "work_package__description", "work_package__search_vector", "work_package__programme__summary"
        )
        return rows.annotate(evidence_count=Count("evidence"))


class Milestone(Workflow):
    """A point in the work at which something can be verified. Its baseline never changes; `due_on` moves with a reason; it counts as
    reached when there is evidence.
    """

    permission_parent = "work_package"

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        REACHED = "reached", _("Reached")

    MOVES = {
        "reach": Move(Status.PLANNED, Status.REACHED, "workpackages.change_milestone"),
        "reopen": Move(Status.REACHED, Status.PLANNED, "workpackages.accept_deliverable", _("Open again")),
    }

    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, related_name="milestones", verbose_name=_("work package")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=200)
    verification = models.CharField(
        _("means of verification"), max_length=SENTENCE, help_text=_("How anyone can see that it is reached, for example: The minutes of the meeting are approved.")
    )  # fmt: skip
    baseline_month = models.PositiveSmallIntegerField(
        _("baseline month"), validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("The month of the programme that was promised, 3 for M3. It never changes afterwards."),
    )  # fmt: skip
    due_on = models.DateField(_("due"), help_text=_("Moved with a reason only."))
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.PLANNED, editable=False, db_index=True
    )
    reached_on = models.DateField(_("reached"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    history = HistoricalRecords()
    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["work_package", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["work_package", "number"], name="workpackages_milestone_number_once",
                violation_error_message=_("This work package already has a milestone of that number."),
            ),
            models.CheckConstraint(
                condition=Q(status="reached") & Q(reached_on__isnull=False) | Q(status="planned") & Q(reached_on=None),
                name="workpackages_milestone_reached_has_day",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["due_on"], name="workpackages_milestone_due")]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        return f"MS{self.work_package.number}.{self.number}"

    def get_absolute_url(self):
        package = self.work_package
        return reverse("workspace_work:milestone", args=[package.programme.slug, package.number, self.number])

    @property
    def baseline_on(self):
        """Return the last day of the promised month."""
        return self.work_package.programme.end_of_month(self.baseline_month)

    @property
    def due_month(self):
        """Return the month of the programme in which it is due now."""
        return self.work_package.programme.month_of(self.due_on)

    @property
    def is_moved(self):
        return self.due_month != self.baseline_month

    @property
    def is_reached(self):
        return self.status == self.Status.REACHED

    def reached_by(self, day):
        return self.is_reached and self.reached_on <= day

    def state(self, day=None):
        """Return what a list shows on a day (today when left out): "reached", "late" or "planned"."""
        day = day or timezone.localdate()
        if self.reached_by(day):
            return "reached"
        return "late" if self.due_on < day else "planned"


class MilestoneEvidence(models.Model):
    """What shows that a milestone is reached: a sentence with a deliverable of the programme, a decision or a file. Rows are added, never changed."""

    permission_parent = "milestone"

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="evidence", verbose_name=_("milestone"))
    sentence = models.CharField(_("in one sentence"), max_length=SENTENCE)
    deliverable = models.ForeignKey(
        Deliverable, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("deliverable")
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("decision")
    )
    file = models.FileField(_("file"), upload_to=private_path, blank=True)
    name = models.CharField(_("name of the file"), max_length=150, blank=True)
    media_type = models.CharField(max_length=100, blank=True, editable=False)
    size_bytes = models.BigIntegerField(_("size"), null=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    given_at = models.DateTimeField(_("given"), auto_now_add=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )

    class Meta:
        verbose_name = _("evidence of a milestone")
        verbose_name_plural = _("evidence of milestones")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sentence="") & (Q(deliverable__isnull=False) | Q(decision__isnull=False) | ~Q(file="")),
                name="workpackages_evidence_shows_something",
            )
        ]

    def __str__(self):
        return self.sentence


class Rescheduling(models.Model):
    """That the day of a milestone was moved, and why. The baseline stays as it is."""

    permission_parent = "milestone"

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reschedulings", verbose_name=_("milestone"))
    due_before_on = models.DateField(_("due until then"))
    due_on = models.DateField(_("due since then"))
    reason = models.CharField(_("reason"), max_length=600)
    moved_at = models.DateTimeField(_("moved"), auto_now_add=True)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("moved by")
    )

    class Meta:
        verbose_name = _("moved day of a milestone")
        verbose_name_plural = _("moved days of milestones")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="workpackages_rescheduling_has_reason")]

    def __str__(self):
        return f"{self.milestone.code}: {self.due_before_on} → {self.due_on}"

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc.files import private_path
from efc.models.term import TOO_EARLY
from efc.permissions import granted
from efc.workflow import Move, Workflow
from members.models import Decision
from workpackages.models.programmes import Programme
from workpackages.models.work import WorkPackage


class ReportPeriodQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the reports this person may read: all for those who write and approve them, approved ones for who follows the work,
        and those their own work package writes for.
        """
        if user is None or user.is_anonymous or not user.is_active:
            return self.none()
        if user.has_perm("workpackages.change_reportperiod") or user.has_perm("workpackages.approve_reportperiod"):
            return self
        if user.has_perm("workpackages.view_reportperiod"):
            return self.filter(status=ReportPeriod.Status.APPROVED)
        return self.none()


class ReportPeriod(Workflow):
    """A progress report to the Commission: a period, its figures frozen on a day, a text from each work package, approved by the Chair.

    An approved report stands: a trigger refuses changes of it.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Being written")
        FROZEN = "frozen", _("Figures frozen")
        WITH_CHAIR = "with_chair", _("With the Chair")
        APPROVED = "approved", _("Approved")

    MOVES = {  # forward first: the first button is the one to press
        "freeze": Move(Status.OPEN, Status.FROZEN, "workpackages.change_reportperiod", _("Freeze the figures")),
        "send": Move(Status.FROZEN, Status.WITH_CHAIR, "workpackages.change_reportperiod", _("Send to the Chair")),
        "approve": Move(Status.WITH_CHAIR, Status.APPROVED, "workpackages.approve_reportperiod", _("Approve")),
        "thaw": Move(Status.FROZEN, Status.OPEN, "workpackages.change_reportperiod", _("Read the figures again")),
        "return": Move(Status.WITH_CHAIR, Status.FROZEN, "workpackages.approve_reportperiod", _("Send back")),
    }

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="reports", verbose_name=_("programme"))
    number = models.PositiveSmallIntegerField(_("number"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN, editable=False, db_index=True
    )
    figures = models.JSONField(_("figures"), null=True, blank=True, editable=False)
    frozen_at = models.DateTimeField(_("figures frozen"), null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("approved by")
    )  # fmt: skip
    decision = models.OneToOneField(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="report",
        verbose_name=_("decision"),
    )
    pdf = models.FileField(_("PDF"), upload_to=private_path, blank=True, editable=False)
    xlsx = models.FileField(_("table"), upload_to=private_path, blank=True, editable=False)
    csv = models.FileField(_("table as text"), upload_to=private_path, blank=True, editable=False)
    milestones_csv = models.FileField(_("milestones as text"), upload_to=private_path, blank=True, editable=False)
    risks_csv = models.FileField(_("risks as text"), upload_to=private_path, blank=True, editable=False)
    digests = models.JSONField(_("digests"), default=dict, blank=True, editable=False)
    trouble = models.TextField(_("trouble with the document"), blank=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = ReportPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["-starts_on", "-pk"]
        permissions = [("approve_reportperiod", "Can approve a progress report or send it back")]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="workpackages_report_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="workpackages_report_ends_after_start",
                violation_error_message=TOO_EARLY,
            ),
            ExclusionConstraint(
                name="workpackages_report_no_overlap",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"), F("ends_on"), RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="DATERANGE", output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("These days overlap another report of the programme. Begin on the day after it ends."),
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(figures__isnull=False), name="workpackages_report_frozen_has_figures"
            ),
            models.CheckConstraint(condition=~Q(status="approved") | ~Q(pdf=""), name="workpackages_report_approved_has_document"),
        ]  # fmt: skip

    def __str__(self):
        return _("Progress report %(number)s") % {"number": self.number}

    def clean(self):
        """Say it at the field; the constraint on overlap could not even compare such days."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": TOO_EARLY})

    def get_absolute_url(self):
        return reverse("workspace_report", args=[self.programme.slug, self.number])


class NarrativeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the texts of the reports this person may read, and those of the work packages they lead."""
        led = granted(user, "workpackages.change_workpackage", WorkPackage.objects.order_by())
        return self.filter(Q(period__in=ReportPeriod.objects.visible_to(user).order_by()) | Q(work_package__in=led))


class Narrative(Workflow):
    """What a work package says about a period, written by its leads and agreed by the Secretariat."""

    permission_parent = "work_package"
    PARENT_PERMISSIONS = {
        "write_narrative": "workpackages.change_workpackage",
        "change_reportperiod": "workpackages.change_reportperiod",  # who leads the work package does not agree to its text
    }

    class Status(models.TextChoices):
        EMPTY = "empty", _("No text yet")
        DRAFTED = "drafted", _("Drafted")
        AGREED = "agreed", _("Agreed")

    MOVES = {
        "write": Move(tuple(Status), Status.DRAFTED, "workpackages.write_narrative"),
        "agree": Move(Status.DRAFTED, Status.AGREED, "workpackages.change_reportperiod", _("Agree")),
    }

    period = models.ForeignKey(ReportPeriod, models.CASCADE, related_name="narratives", verbose_name=_("report"))
    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, related_name="narratives", verbose_name=_("work package")
    )
    text = models.TextField(
        _("text"),
        max_length=6000,
        blank=True,
        help_text=_("Markdown. What was done, what came of it, what comes next."),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.EMPTY, editable=False)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True, editable=False)
    written_at = models.DateTimeField(_("written"), null=True, blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("written by")
    )  # fmt: skip

    objects = NarrativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a work package")
        verbose_name_plural = _("texts of the work packages")
        ordering = ["work_package__number"]
        permissions = [("write_narrative", "Can write for a work package")]
        constraints = [models.UniqueConstraint(fields=["period", "work_package"], name="workpackages_narrative_once")]

    def __str__(self):
        return f"{self.period}, {self.work_package}"

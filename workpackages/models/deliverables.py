from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from efc.permissions import granted
from efc.workflow import Move, Workflow
from members.models import Ballot, Decision, Organisation
from workpackages.models.work import WorkPackage

SENTENCE = 240  # characters of an update; the dashboard and the report show it whole


class Outlook(models.TextChoices):
    """How a lead sees it. `late` is also computed from the dates, and then it wins."""

    NOT_STARTED = "not_started", _("Not started")
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    LATE = "late", _("Late")


class DeliverableQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what this person may read: all for the Steering Group and the Secretariat, else those of one's own work packages."""
        if user is None or user.is_anonymous or not user.is_active:
            return self.none()
        if user.has_perm("workpackages.view_deliverable"):
            return self
        return self.filter(
            work_package__in=granted(user, "workpackages.change_workpackage", WorkPackage.objects.order_by())
        )

    def public(self):
        """Return what the public may know: results that are shown, and promised public ones. Only whether each is delivered is said."""
        shown = Q(is_public_result=True, status__in=Deliverable.HANDED_IN)
        to_come = Q(dissemination=Deliverable.Dissemination.PUBLIC) & ~Q(status__in=Deliverable.HANDED_IN)
        return self.filter(shown | to_come)

    def delivered(self, day=None):
        """Return those handed in by a day (today when left out) and not rejected since."""
        return self.filter(delivered_on__lte=day or timezone.localdate()).exclude(status=Deliverable.Status.REJECTED)

    def open(self):
        return self.exclude(status__in=Deliverable.HANDED_IN)

    def late(self, day=None):
        """Return those that should have been handed in before this day and were not."""
        return self.open().filter(due_on__lt=day or timezone.localdate())

    def due_within(self, days, day=None):
        """Return the open ones due from a day (today when left out) within a number of days, late ones included."""
        until = (day or timezone.localdate()) + timedelta(days=days)
        return self.open().filter(due_on__lte=until)

    def in_state(self, state):
        """Return those that `state()` says this of today: "delivered", or an Outlook."""
        if state == "delivered":
            return self.filter(status__in=Deliverable.HANDED_IN)
        if state == Outlook.LATE:
            return self.open().filter(Q(due_on__lt=timezone.localdate()) | Q(outlook=state))
        return self.open().filter(due_on__gte=timezone.localdate(), outlook=state)

    def with_latest_update(self, day=None):
        """Add `note`, `said` and `noted_at`: the latest sentence and outlook of the lead up to a day, and when. Costs: no query more."""
        from workpackages.models.files import DeliverableFile

        latest = Update.objects.filter(deliverable=OuterRef("pk")).order_by("-written_at", "-pk")
        if day is not None:
            latest = latest.filter(written_at__date__lte=day)
        waiting = Extension.objects.filter(deliverable=OuterRef("pk"), status=Extension.Status.REQUESTED)
        return self.annotate(
            note=Subquery(latest.values("sentence")[:1]),
            said=Subquery(latest.values("outlook")[:1]),
            noted_at=Subquery(latest.values("written_at")[:1]),
            asks_for=Subquery(waiting.values("proposed_on")[:1]),
            has_file=Exists(DeliverableFile.objects.filter(deliverable=OuterRef("pk"))),
        )

    def for_lists(self):
        return self.select_related("work_package__programme", "owner").defer(
            "description", "work_package__description", "work_package__search_vector", "work_package__programme__summary",
            "owner__description", "owner__search_vector",
        )  # fmt: skip


class Deliverable(Workflow):
    """Something the coalition has promised to hand in by a month of the programme. The baseline never changes; only a granted
    extension moves the date that counts (`due_on`)."""

    permission_parent = "work_package"
    PARENT_PERMISSIONS = {
        "view_deliverable": "workpackages.view_workpackage",
        "update_deliverable": "workpackages.change_workpackage",
    }

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    class Dissemination(models.TextChoices):
        """The Commission's levels."""

        PUBLIC = "PU", _("PU: public")
        PROGRAMME = "PP", _("PP: other programme participants")
        RESTRICTED = "RE", _("RE: a group named by the coalition")
        CONFIDENTIAL = "CO", _("CO: members of the coalition only")

    HANDED_IN = (Status.SUBMITTED, Status.ACCEPTED)
    MOVES = {
        "draft": Move(Status.PENDING, Status.DRAFT, "workpackages.update_deliverable"),
        "submit": Move(
            (Status.PENDING, Status.DRAFT, Status.REJECTED), Status.SUBMITTED, "workpackages.update_deliverable"
        ),
        "accept": Move(
            Status.SUBMITTED, Status.ACCEPTED, "workpackages.accept_deliverable", _("Accepted by the Commission")
        ),
        "reject": Move(Status.SUBMITTED, Status.REJECTED, "workpackages.accept_deliverable"),
        "reopen": Move(
            (Status.SUBMITTED, Status.ACCEPTED), Status.DRAFT, "workpackages.accept_deliverable", _("Open again")
        ),
    }

    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, related_name="deliverables", verbose_name=_("work package")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    owner = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="deliverables", verbose_name=_("owner")
    )
    dissemination = models.CharField(
        _("dissemination level"), max_length=2, choices=Dissemination, default=Dissemination.CONFIDENTIAL
    )
    baseline_month = models.PositiveSmallIntegerField(
        _("baseline month"), validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("The month of the programme that was promised, 3 for M3. It never changes afterwards."),
    )  # fmt: skip
    due_on = models.DateField(_("due"), help_text=_("Moved by a granted extension only."))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PENDING, editable=False, db_index=True
    )
    outlook = models.CharField(
        _("outlook"), max_length=12, choices=Outlook, default=Outlook.NOT_STARTED, editable=False
    )
    delivered_on = models.DateField(_("delivered"), null=True, blank=True, editable=False)
    accepted_on = models.DateField(_("accepted"), null=True, blank=True, editable=False)
    rejected_because = models.TextField(_("reason of the rejection"), blank=True, editable=False)
    is_public_result = models.BooleanField(
        _("shown as a result"), default=False, help_text=_("The public page of the work package names it once it is delivered.")
    )  # fmt: skip
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    history = HistoricalRecords()
    objects = DeliverableQuerySet.as_manager()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["work_package", "number"]
        permissions = [
            ("update_deliverable", "Can report on a deliverable and hand it in"),
            ("accept_deliverable", "Can record the Commission's answer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["work_package", "number"], name="workpackages_deliverable_number_once",
                violation_error_message=_("This work package already has a deliverable of that number."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted"]) | Q(delivered_on__isnull=False),
                name="workpackages_deliverable_handed_in_has_day",
            ),
            models.CheckConstraint(condition=~Q(status="rejected") | ~Q(rejected_because=""), name="workpackages_deliverable_rejected_why"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["due_on"], name="workpackages_deliverable_due")]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        return f"D{self.work_package.number}.{self.number}"

    def get_absolute_url(self):
        return reverse(
            "workspace_work:deliverable", args=[self.work_package.programme.slug, self.work_package.number, self.number]
        )

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
    def is_handed_in(self):
        return self.status in self.HANDED_IN

    def state(self, day=None):
        """Return what a list shows, the dates winning over the lead's word: "delivered", or an Outlook."""
        day = day or timezone.localdate()
        if self.handed_in_by(day):
            return "delivered"
        if self.due_on < day:
            return Outlook.LATE
        return Outlook(self.outlook)

    def handed_in_by(self, day):
        return self.is_handed_in and self.delivered_on <= day


class Update(models.Model):
    """What a lead says of a deliverable on a day. Rows are added; the latest one counts."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        NO_CHANGE = "no_change", _("No change")
        DELIVERED = "delivered", _("Handed in")

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="updates", verbose_name=_("deliverable"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REPORT)
    outlook = models.CharField(_("outlook"), max_length=12, choices=Outlook)
    sentence = models.CharField(_("in one sentence"), max_length=SENTENCE, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["deliverable", "-written_at"], name="workpackages_update_latest")]

    def __str__(self):
        return self.sentence or self.get_kind_display()


class ExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the requests for the deliverables this person may read."""
        return self.filter(deliverable__in=Deliverable.objects.visible_to(user).order_by())


class Extension(Workflow):
    """A lead's request for a later day, with its cause. The Steering Group decides; the baseline stays as it is."""

    permission_parent = "deliverable"

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        "grant": Move(Status.REQUESTED, Status.GRANTED, "workpackages.decide_extension", _("Grant")),
        "refuse": Move(Status.REQUESTED, Status.REFUSED, "workpackages.decide_extension", _("Refuse")),
        "withdraw": Move(Status.REQUESTED, Status.WITHDRAWN, "workpackages.update_deliverable"),
    }
    PARENT_PERMISSIONS = {"update_deliverable": "workpackages.update_deliverable"}

    deliverable = models.ForeignKey(
        Deliverable, models.CASCADE, related_name="extensions", verbose_name=_("deliverable")
    )
    due_before_on = models.DateField(_("due until now"))
    proposed_on = models.DateField(_("proposed day"))
    cause = models.TextField(_("cause"), max_length=600)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.REQUESTED, editable=False, db_index=True
    )
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    ballot = models.ForeignKey(
        Ballot, models.PROTECT, null=True, blank=True, related_name="extensions", verbose_name=_("ballot")
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="extensions", verbose_name=_("decision")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("decided by")
    )  # fmt: skip
    refused_because = models.CharField(_("reason of the refusal"), max_length=SENTENCE, blank=True, editable=False)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-requested_at", "-pk"]
        permissions = [("decide_extension", "Can record the Steering Group's decision on an extension")]
        constraints = [
            models.UniqueConstraint(
                fields=["deliverable"], condition=Q(status="requested"), name="workpackages_extension_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(proposed_on__gt=F("due_before_on")), name="workpackages_extension_is_later"
            ),
        ]

    def __str__(self):
        return f"{self.deliverable.code}: {self.due_before_on} → {self.proposed_on}"


class Comment(models.Model):
    """A comment on a deliverable, read by its leads, the Steering Group and the Secretariat."""

    permission_parent = "deliverable"

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="comments", verbose_name=_("deliverable"))
    text = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]

    def __str__(self):
        return self.text[:60]

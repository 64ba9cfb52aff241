from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from efc.models import User
from efc.permissions import granted, holders
from efc.workflow import Move, Workflow
from members.models import Person, Representative
from workpackages.models.deliverables import Deliverable
from workpackages.models.work import Contributor, Lead, LeadPerson, WorkPackage


def takes_part(package, person, day=None):
    """Return the condition that a person leads a work package on a day (today when left out), or acts for an organisation in its team.

    `package` and `person` are records, or references to columns of the outer query.
    """
    its = OuterRef(package) if isinstance(package, OuterRef) else package  # the teams stand one query further in
    teams = [model.objects.as_of(day).filter(work_package=its) for model in (Lead, Contributor)]
    organisations = [Q(organisation__in=rows.order_by().values("organisation")) for rows in teams]
    acts_for = Representative.objects.as_of(day).filter(organisations[0] | organisations[1], person=person)
    leads = LeadPerson.objects.as_of(day).filter(lead__work_package=package, person=person)
    return Exists(leads) | Exists(acts_for)


def team_of(package, day=None):
    """Return the people who lead a work package or act for an organisation of its team, by name. Costs: one query when asked."""
    return Person.objects.filter(takes_part(package, OuterRef("pk"), day)).order_by("name", "pk")


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the tasks of one's own work packages; all for the Steering Group and the Secretariat."""
        if user is None or user.is_anonymous or not user.is_active:
            return self.none()
        if user.has_perm("workpackages.view_task"):
            return self
        return self.filter(
            work_package__in=granted(user, "workpackages.view_workpackage", WorkPackage.objects.order_by())
        )

    def open(self):
        return self.filter(status=Task.Status.OPEN)

    def closed(self):
        """Return those that are done or dropped, the latest first."""
        return self.exclude(status=Task.Status.OPEN).order_by("-updated_at", "-pk")

    def of(self, user):
        """Return those that are this person's to do."""
        return self.filter(assignee__user=user)

    def late(self, day=None):
        return self.open().filter(due_on__lt=day or timezone.localdate())

    def for_lists(self):
        """Bring along what a line shows, and add `is_there`: whether who has it still takes part. Costs: no query more."""
        return (
            self.select_related("work_package__programme", "assignee", "deliverable", "done_by")
            .defer(
                "work_package__description",
                "work_package__search_vector",
                "work_package__programme__summary",
                "deliverable__description",
            )
            .annotate(is_there=takes_part(OuterRef("work_package"), OuterRef("assignee")))
        )


class Task(Workflow):
    """Something that a person of a work package does until a day. Who did it, and when, stays on record."""

    permission_parent = "work_package"

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    # Whoever has the task may finish it; others need to keep the work package (`services.tasks`).
    MOVES = {
        "finish": Move(Status.OPEN, Status.DONE, "workpackages.view_task", _("Done")),
        "drop": Move(Status.OPEN, Status.DROPPED, "workpackages.change_task", _("Drop")),
        "reopen": Move((Status.DONE, Status.DROPPED), Status.OPEN, "workpackages.view_task", _("Open again")),
    }

    work_package = models.ForeignKey(WorkPackage, models.CASCADE, related_name="tasks", verbose_name=_("work package"))
    title = models.CharField(_("what is to do"), max_length=200)
    assignee = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("who does it")
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    deliverable = models.ForeignKey(
        Deliverable, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("deliverable")
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False, db_index=True
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("added by")
    )  # fmt: skip
    done_at = models.DateTimeField(_("done on"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("done by")
    )  # fmt: skip
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    history = HistoricalRecords()
    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at__isnull=True)),
                name="workpackages_task_done_has_day",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse(
            "workspace_work:task", args=[self.work_package.programme.slug, self.work_package.number, self.pk]
        )

    def clean(self):
        if self.deliverable is not None and self.deliverable.work_package_id != self.work_package_id:
            raise ValidationError({"deliverable": _("Choose a deliverable of the same work package.")})

    @property
    def is_late(self):
        return self.status == self.Status.OPEN and self.due_on is not None and self.due_on < timezone.localdate()

    def seen_by(self):
        """Say to `efc.access` who else can see it: the people of the work package."""
        return [(self.work_package, holders("workpackages.view_workpackage", self.work_package))]

    def is_of(self, user):
        """Say whether it is this person's to do."""
        return self.assignee is not None and isinstance(user, User) and self.assignee.user_id == user.pk

"""What of the work waits for a person, asked in one query for all kinds.

A kind of line yields the rows that wait as `efc.lines.line`, and puts such a row into words.
"""

from datetime import datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc.generic import Waiting, once
from efc.lines import ask, line
from efc.permissions import granted
from workpackages.models import (
    Deliverable,
    Extension,
    Milestone,
    Narrative,
    Programme,
    ReportPeriod,
    Risk,
    RiskState,
    Task,
    Update,
    WorkPackage,
    takes_part,
)
from workpackages.services import awaiting_returns, awaiting_transactions

SOON_DAYS = 30


def awaiting(user):
    """Return what this person can move next: tasks, updates, texts and milestones due, requests to decide, answers to record, a report to approve. Costs: at most 2 queries."""
    led = [package.pk for package in led_by(user)]
    rows = ask(lines for kind in KINDS.values() for lines in kind.rows(user, led))
    return sorted(KINDS[row["of_kind"]].words(row) for row in rows)


def of_deliverable(prefix=""):
    """Return the columns of a line about a deliverable, which stands at `prefix` of the row."""
    return {
        "slug": F(f"{prefix}work_package__programme__slug"), "group": F(f"{prefix}work_package__number"),
        "number": F(f"{prefix}number"), "title": F(f"{prefix}title"),
    }  # fmt: skip


def end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


@once
def led_by(user):
    """Return the work packages that are this person's to report on, each with `is_running`; the Secretariat may for all, but it is the leads' to do."""
    if user.has_perm("workpackages.change_workpackage"):
        return []
    rows = WorkPackage.objects.for_lists().annotate(is_running=Q(programme__in=Programme.objects.ran_on()))
    return list(granted(user, "workpackages.change_workpackage", rows.order_by("number")))


def _deliverable(row):
    return f"D{row['of_group']}.{row['of_number']} {row['of_title']}"


def _address(name, row, *more):
    return reverse(name, args=[row["of_slug"], row["of_group"], row["of_number"], *more])


class Reports:
    """Deliverables due soon whose leads have said nothing this month."""

    @staticmethod
    def rows(user, led):
        if led:
            first = timezone.localdate().replace(day=1)
            said = Update.objects.filter(deliverable=OuterRef("pk")).order_by("-written_at", "-pk")
            due = Deliverable.objects.due_within(SOON_DAYS).filter(work_package__in=led)
            due = due.annotate(
                note=Subquery(said.values("sentence")[:1]), noted_at=Subquery(said.values("written_at")[:1])
            )
            due = due.filter(Q(noted_at=None) | Q(noted_at__lt=timezone.make_aware(datetime.combine(first, time()))))
            yield line("report", due, day=F("due_on"), note=F("note"), **of_deliverable())

    @staticmethod
    def words(row):
        what = _("Say how %(deliverable)s stands") % {"deliverable": _deliverable(row)}
        note = row["of_note"] or _("Nothing reported yet")
        return Waiting(what, _address("workspace_work:update", row), _("Update"), end_of(row["of_day"]), note)


class Texts:
    """The texts that leads were asked for and have not begun."""

    @staticmethod
    def rows(user, led):
        if led:
            written = [ReportPeriod.Status.OPEN, ReportPeriod.Status.FROZEN]
            empty = Narrative.objects.filter(
                work_package__in=led, status=Narrative.Status.EMPTY, period__status__in=written
            )
            yield line(
                "text", empty.exclude(asked_at=None), slug=F("period__programme__slug"), number=F("period__number"),
                group=F("work_package__number"), title=F("work_package__name"),
            )  # fmt: skip

    @staticmethod
    def words(row):
        code = f"WP{row['of_group']}"
        address = reverse("workspace_narrative", args=[row["of_slug"], row["of_number"], row["of_group"]])
        what = _("Write the text of %(code)s for the progress report") % {"code": code}
        return Waiting(what, address, _("Write"), None, f"{code} {row['of_title']}")


class RiskStates:
    """Risks without their state of play in a report for which the leads were asked: one line for each work package and report."""

    @staticmethod
    def rows(user, led):
        if led:
            written = [ReportPeriod.Status.OPEN, ReportPeriod.Status.FROZEN]
            said = RiskState.objects.filter(risk=OuterRef("pk"), period=OuterRef(OuterRef("period")))
            due = Risk.objects.within(OuterRef("period__starts_on"), OuterRef("period__ends_on"))
            due = due.filter(~Exists(said), work_package=OuterRef("work_package"))
            asked = Narrative.objects.filter(Exists(due), work_package__in=led, period__status__in=written)
            yield line(
                "risk_states", asked.exclude(asked_at=None), slug=F("period__programme__slug"), number=F("period__number"),
                group=F("work_package__number"), title=F("work_package__name"),
            )  # fmt: skip

    @staticmethod
    def words(row):
        code = f"WP{row['of_group']}"
        address = reverse("workspace_work:risk_states", args=[row["of_slug"], row["of_group"], row["of_number"]])
        what = _("Say how the risks of %(code)s stand, for the progress report") % {"code": code}
        return Waiting(what, address, _("Write"), None, f"{code} {row['of_title']}")


class Milestones:
    """Milestones that are late or due soon."""

    @staticmethod
    def rows(user, led):
        if led:
            until = timezone.localdate() + timedelta(days=SOON_DAYS)
            due = Milestone.objects.planned().filter(work_package__in=led, due_on__lte=until)
            yield line("milestone", due, day=F("due_on"), note=F("verification"), **of_deliverable())

    @staticmethod
    def words(row):
        name = f"MS{row['of_group']}.{row['of_number']} {row['of_title']}"
        what = _("Reach %(milestone)s, or move its day") % {"milestone": name}
        return Waiting(
            what, _address("workspace_work:milestone", row), _("Open"), end_of(row["of_day"]), row["of_note"]
        )


class Tasks:
    """The open tasks of a person who still takes part in the work package."""

    @staticmethod
    def rows(user, led):
        own = Task.objects.open().of(user).filter(takes_part(OuterRef("work_package"), OuterRef("assignee")))
        yield line(
            "task", own, slug=F("work_package__programme__slug"), group=F("work_package__number"), number=F("pk"),
            title=F("title"), day=F("due_on"), note=F("work_package__name"),
        )  # fmt: skip

    @staticmethod
    def words(row):
        until = end_of(row["of_day"]) if row["of_day"] else None
        note = f"WP{row['of_group']} {row['of_note']}"
        return Waiting(row["of_title"], _address("workspace_work:task", row), _("Open"), until, note)


class Extensions:
    """Requests for more time, for who records the decision."""

    @staticmethod
    def rows(user, led):
        if user.has_perm("workpackages.decide_extension"):
            asked = Extension.objects.filter(status=Extension.Status.REQUESTED)
            asked = asked.annotate(asked_on=TruncDate("requested_at"))
            yield line("extension", asked, day=F("asked_on"), note=F("cause"), **of_deliverable("deliverable__"))

    @staticmethod
    def words(row):
        what = _("%(code)s asks for more time") % {"code": f"D{row['of_group']}.{row['of_number']}"}
        address = _address("workspace_work:deliverable", row)
        note = _("Asked on %(day)s: %(cause)s") % {"day": date_format(row["of_day"]), "cause": row["of_note"]}
        return Waiting(what, address, _("Decide"), None, note)


class Answers:
    """Deliverables handed in, for who records the Commission's answer."""

    @staticmethod
    def rows(user, led):
        if user.has_perm("workpackages.accept_deliverable"):
            handed_in = Deliverable.objects.filter(status=Deliverable.Status.SUBMITTED)
            yield line("answer", handed_in, day=F("delivered_on"), **of_deliverable())

    @staticmethod
    def words(row):
        what = _("Record the Commission’s answer on %(deliverable)s") % {"deliverable": _deliverable(row)}
        note = _("Handed in on %(day)s") % {"day": date_format(row["of_day"])}
        return Waiting(what, _address("workspace_work:deliverable", row), _("Record"), None, note)


class ToApprove:
    """Reports that lie with the Chair."""

    @staticmethod
    def rows(user, led):
        if user.has_perm("workpackages.approve_reportperiod"):
            given = ReportPeriod.objects.filter(status=ReportPeriod.Status.WITH_CHAIR)
            yield line("approve", given, slug=F("programme__slug"), number=F("number"), note=F("programme__name"))

    @staticmethod
    def words(row):
        what = _("Approve %(report)s") % {"report": ReportPeriod(number=row["of_number"])}
        address = reverse("workspace_report", args=[row["of_slug"], row["of_number"]])
        return Waiting(what, address, _("Read"), None, row["of_note"])


KINDS = {
    "report": Reports,
    "text": Texts,
    "risk_states": RiskStates,
    "milestone": Milestones,
    "task": Tasks,
    "extension": Extensions,
    "answer": Answers,
    "approve": ToApprove,
}
KINDS |= awaiting_transactions.KINDS | awaiting_returns.KINDS

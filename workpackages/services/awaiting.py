"""What of the work waits for a person, asked in one query for all kinds.

A kind of line yields the rows that wait as `lines(...)`, and puts such a row into words.
"""

from datetime import datetime, time

from django.db.models import CharField, DateField, F, IntegerField, Q, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc.generic import Waiting, once
from efc.permissions import granted
from workpackages.models import Deliverable, Extension, Narrative, Programme, ReportPeriod, WorkPackage

SOON_DAYS = 30
# The columns of a line, alike for every kind so that one query brings them all; `lines` fills what a kind does not have.
COLUMNS = {
    "of_programme": CharField(),
    "of_package": IntegerField(),
    "of_number": IntegerField(),
    "of_title": TextField(),
    "of_note": TextField(),
    "of_day": DateField(),
}


def awaiting(user):
    """Return what this person can move next: updates and texts due, requests to decide, answers to record, a report to approve. Costs: at most 2 queries."""
    led = [package.pk for package in led_by(user)]
    first, *others = [rows for kind in KINDS.values() for rows in kind.rows(user, led)] or [[]]
    return sorted(KINDS[row["kind"]].words(row) for row in (first.union(*others, all=True) if others else first))


def lines(kind, rows, **columns):
    """Return rows as lines of the one query: each column an expression, those left out empty."""
    shown = {name: Cast(columns.get(name, Value(None)), field) for name, field in COLUMNS.items()}
    return rows.order_by().values(kind=Value(kind), **shown)


def of_deliverable(prefix=""):
    """Return the columns of a line about a deliverable, which stands at `prefix` of the row."""
    return {
        "of_programme": F(f"{prefix}work_package__programme__slug"), "of_package": F(f"{prefix}work_package__number"),
        "of_number": F(f"{prefix}number"), "of_title": F(f"{prefix}title"),
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
    return f"D{row['of_package']}.{row['of_number']} {row['of_title']}"


def _address(name, row, *more):
    return reverse(name, args=[row["of_programme"], row["of_package"], row["of_number"], *more])


class Reports:
    """Deliverables due soon whose leads have said nothing this month."""

    @staticmethod
    def rows(user, led):
        if led:
            first = timezone.localdate().replace(day=1)
            due = Deliverable.objects.due_within(SOON_DAYS).filter(work_package__in=led).with_latest_update()
            due = due.filter(Q(noted_at=None) | Q(noted_at__lt=timezone.make_aware(datetime.combine(first, time()))))
            yield lines("report", due, of_day=F("due_on"), of_note=F("note"), **of_deliverable())

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
            yield lines(
                "text", empty.exclude(asked_at=None), of_programme=F("period__programme__slug"), of_number=F("period__number"),
                of_package=F("work_package__number"), of_title=F("work_package__name"),
            )  # fmt: skip

    @staticmethod
    def words(row):
        code = f"WP{row['of_package']}"
        address = reverse("workspace_narrative", args=[row["of_programme"], row["of_number"], row["of_package"]])
        what = _("Write the text of %(code)s for the progress report") % {"code": code}
        return Waiting(what, address, _("Write"), None, f"{code} {row['of_title']}")


class Extensions:
    """Requests for more time, for who records the decision."""

    @staticmethod
    def rows(user, led):
        if user.has_perm("workpackages.decide_extension"):
            asked = Extension.objects.filter(status=Extension.Status.REQUESTED)
            yield lines(
                "extension", asked, of_day=F("due_before_on"), of_note=F("cause"), **of_deliverable("deliverable__")
            )

    @staticmethod
    def words(row):
        what = _("%(code)s asks for more time") % {"code": f"D{row['of_package']}.{row['of_number']}"}
        address = _address("workspace_work:deliverable", row)
        return Waiting(what, address, _("Decide"), end_of(row["of_day"]), row["of_note"])


class Answers:
    """Deliverables handed in, for who records the Commission's answer."""

    @staticmethod
    def rows(user, led):
        if user.has_perm("workpackages.accept_deliverable"):
            handed_in = Deliverable.objects.filter(status=Deliverable.Status.SUBMITTED)
            yield lines("answer", handed_in, of_day=F("delivered_on"), **of_deliverable())

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
            yield lines(
                "approve", given, of_programme=F("programme__slug"), of_number=F("number"), of_note=F("programme__name")
            )

    @staticmethod
    def words(row):
        what = _("Approve %(report)s") % {"report": ReportPeriod(number=row["of_number"])}
        address = reverse("workspace_report", args=[row["of_programme"], row["of_number"]])
        return Waiting(what, address, _("Read"), None, row["of_note"])


KINDS = {"report": Reports, "text": Texts, "extension": Extensions, "answer": Answers, "approve": ToApprove}

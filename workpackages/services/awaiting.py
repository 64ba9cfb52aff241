"""What of the work waits for a person."""

from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from efc.generic import Waiting
from efc.permissions import granted
from workpackages.models import Deliverable, Extension, Narrative, ReportPeriod, WorkPackage

SOON_DAYS = 30


def awaiting(user):
    """Return what this person can move next: updates and texts due, requests to decide, answers to record, a report to approve. Costs: at most 5 queries."""
    led = led_by(user)
    return [*_reports(led), *_texts(led), *_extensions(user), *_answers(user), *_to_approve(user)]


def _end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def led_by(user):
    """Return the keys of the work packages that are this person's to report on; the Secretariat may for all, but it is the leads' to do."""
    if user.has_perm("workpackages.change_workpackage"):
        return []
    return list(
        granted(user, "workpackages.change_workpackage", WorkPackage.objects.order_by()).values_list("pk", flat=True)
    )


def _reports(led):
    if not led:
        return
    first = timezone.localdate().replace(day=1)
    for row in Deliverable.objects.due_within(SOON_DAYS).filter(work_package__in=led).for_lists().with_latest_update():
        if row.noted_at is None or timezone.localtime(row.noted_at).date() < first:
            address = reverse(
                "workspace_work:update", args=[row.work_package.programme.slug, row.work_package.number, row.number]
            )
            what = _("Say how %(deliverable)s stands") % {"deliverable": row}
            yield Waiting(what, address, _("Update"), _end_of(row.due_on), row.note or _("Nothing reported yet"))


def _texts(led):
    if not led:
        return
    written = [ReportPeriod.Status.OPEN, ReportPeriod.Status.FROZEN]
    rows = Narrative.objects.filter(work_package__in=led, status=Narrative.Status.EMPTY, period__status__in=written)
    for row in rows.exclude(asked_at=None).select_related("period__programme", "work_package__programme"):
        address = reverse(
            "workspace_narrative", args=[row.period.programme.slug, row.period.number, row.work_package.number]
        )
        what = _("Write the text of %(code)s for the progress report") % {"code": row.work_package.code}
        yield Waiting(what, address, _("Write"), None, str(row.work_package))


def _to_approve(user):
    if user.has_perm("workpackages.approve_reportperiod"):
        for period in ReportPeriod.objects.filter(status=ReportPeriod.Status.WITH_CHAIR).select_related("programme"):
            yield Waiting(
                _("Approve %(report)s") % {"report": period},
                period.get_absolute_url(),
                _("Read"),
                None,
                str(period.programme),
            )


def _extensions(user):
    if user.has_perm("workpackages.decide_extension"):
        rows = Extension.objects.filter(status=Extension.Status.REQUESTED)
        for row in rows.select_related("deliverable__work_package__programme", "requested_by"):
            what = _("%(code)s asks for more time") % {"code": row.deliverable.code}
            yield Waiting(what, row.deliverable.get_absolute_url(), _("Decide"), _end_of(row.due_before_on), row.cause)


def _answers(user):
    if user.has_perm("workpackages.accept_deliverable"):
        for row in Deliverable.objects.filter(status=Deliverable.Status.SUBMITTED).for_lists():
            what = _("Record the Commission’s answer on %(deliverable)s") % {"deliverable": row}
            note = _("Handed in on %(day)s") % {"day": row.delivered_on}
            yield Waiting(what, row.get_absolute_url(), _("Record"), None, note)

"""What of the work waits for a person."""

from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from efc.generic import Waiting
from efc.permissions import granted
from workpackages.models import Deliverable, Extension, WorkPackage

SOON_DAYS = 30


def awaiting(user):
    """Return what this person can move next: reports due, requests to decide, answers to record. Costs: at most 4 queries."""
    return [*_reports(user), *_extensions(user), *_answers(user)]


def _end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _reports(user):
    if user.has_perm("workpackages.change_workpackage"):
        return  # the Secretariat may report for every lead, but it is the leads' to do
    own = granted(user, "workpackages.change_workpackage", WorkPackage.objects.order_by()).values("pk")
    first = timezone.localdate().replace(day=1)
    for row in Deliverable.objects.due_within(SOON_DAYS).filter(work_package__in=own).for_lists().with_latest_update():
        if row.noted_at is None or timezone.localtime(row.noted_at).date() < first:
            address = reverse(
                "workspace_work:update", args=[row.work_package.programme.slug, row.work_package.number, row.number]
            )
            what = _("Say how %(deliverable)s stands") % {"deliverable": row}
            yield Waiting(what, address, _("Update"), _end_of(row.due_on), row.note or _("Nothing reported yet"))


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

"""Reminders to leads: once a month, on the first, one letter for all their open deliverables; and when the Secretariat asks."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.models import OutgoingMail
from efc.permissions import require
from workpackages import emails
from workpackages.models import Deliverable, Programme, WorkPackage

LETTER = "workpackages/update_due"


@transaction.atomic
def remind_leads(today=None):
    """On the first of a month write to each person who leads, once for each work package with open deliverables.

    Who was written to this month is not written to again, however often the clock asks. Letters: update_due. Returns: how many.
    """
    today = today or timezone.localdate()
    if today.day != 1:
        return 0
    written = 0
    packages = WorkPackage.objects.select_for_update(of=("self",)).filter(programme__in=Programme.objects.as_of(today))
    for package in packages.select_related("programme").order_by("pk"):
        rows = list(Deliverable.objects.open().filter(work_package=package).for_lists().order_by("due_on"))
        if rows:
            written += _write_to(to_remind(package, today), rows)
    return written


def to_remind(package, since=None):
    """Return the people who lead a work package and were not reminded since a day (today when left out). Costs: 2 queries."""
    about = {"about_type": package._meta.label_lower, "about_id": str(package.pk)}
    letters = OutgoingMail.objects.filter(template=LETTER, queued_at__date__gte=since or timezone.localdate(), **about)
    done = set(letters.values_list("address", flat=True))
    return [person for person in emails.leads_of(package) if person.email not in done]


def _write_to(people, rows):
    for person in people:
        emails.update_due(person, rows)
    return len(people)


@transaction.atomic
def remind_about(package, rows, *, by):
    """Ask the leads of a work package how some of its open deliverables stand: one letter to each, and only one a day.

    Letters: update_due. Writes: an audit entry. Returns: how many. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_deliverable")
    package = WorkPackage.objects.select_for_update(of=("self",)).select_related("programme").get(pk=package.pk)
    people = reminded(package)
    audit.record("workpackages.workpackage.remind", package, by, people=len(people), deliverables=len(rows))
    return _write_to(people, rows)


def reminded(package):
    """Return whom a reminder reaches now. Raises: ValidationError where it reaches nobody."""
    if people := to_remind(package):
        return people
    if emails.leads_of(package):
        raise ValidationError(_("Its leads were written to today already. Wait until tomorrow."))
    raise ValidationError(_("Nobody with an account leads the work package today. Name somebody at the desk first."))

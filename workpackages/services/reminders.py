"""Reminders to leads: once a month, on the first, one letter for all their open deliverables."""

from django.db import transaction
from django.utils import timezone

from efc.models import OutgoingMail
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
        about = {"about_type": package._meta.label_lower, "about_id": str(package.pk), "queued_at__date__gte": today}
        done = set(OutgoingMail.objects.filter(template=LETTER, **about).values_list("address", flat=True))
        for person in emails.leads_of(package) if rows else []:
            if person.email not in done:
                emails.update_due(person, rows)
                written += 1
    return written

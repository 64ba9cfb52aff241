"""Handing over what a person leads."""

from django.db import transaction
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import redraw, require
from members.services.people import pass_on
from workpackages.models import LeadPerson


def held_by(person):
    """Return [(what, names)] of what a hand-over would move in this room. Costs: one query."""
    return [(_("work package led"), [str(row.work_package) for row in _running(person)])]


def _running(person):
    return LeadPerson.objects.filter(person=person).running().select_related("lead__work_package", "lead__organisation")


@transaction.atomic
def hand_over(person, to, *, by):
    """Let a successor lead what a leaver leads, from today. Writes: those rows, grants, an audit entry. Returns: sentences on what moved.

    Raises: PermissionDenied.
    """
    require(by, "members.handover_person")
    moved = []
    for row in _running(person):
        doubled = LeadPerson.objects.filter(person=to, lead=row.lead).running().exists()
        moved.append(_("You lead %(work_package)s.") % {"work_package": row.work_package})
        pass_on(row, None if doubled else to)
    if moved:
        audit.record("workpackages.leadperson.hand_over", person, by, to=to.pk, moved=len(moved))
        redraw(by=by)
    return moved

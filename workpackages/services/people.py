"""Handing over what a person leads."""

from django.db import transaction
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import redraw, require
from members.services.people import pass_on
from workpackages.models import LeadPerson, Task


def held_by(person):
    """Return [(what, names)] of what a hand-over would move in this room. Costs: 2 queries."""
    return [
        (_("work package led"), [str(row.work_package) for row in _running(person)]),
        (_("open task"), [f"{task}, {task.work_package.code}" for task in _tasks(person)]),
    ]


def _running(person):
    return LeadPerson.objects.filter(person=person).running().select_related("lead__work_package", "lead__organisation")


def _tasks(person):
    return Task.objects.open().filter(assignee=person).select_related("work_package")


@transaction.atomic
def hand_over(person, to, *, by):
    """Let a successor lead what a leaver leads, from today, and have the open tasks.

    Writes: those rows, grants, an audit entry each kind. Returns: sentences on what moved.

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
    return [*moved, *_move_tasks(person, to, by)]


def _move_tasks(person, to, by):
    """Give the open tasks to a successor, finished ones stay with who did them."""
    moved = []
    for task in _tasks(person).select_for_update(of=("self",)):
        task.assignee = to
        task.save(update_fields=["assignee", "updated_at"])
        moved.append(
            _("You have the task “%(task)s” of %(work_package)s.") % {"task": task, "work_package": task.work_package}
        )
    if moved:
        audit.record("workpackages.task.hand_over", person, by, to=to.pk, moved=len(moved))
    return moved

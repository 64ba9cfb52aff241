"""Tasks of a work package: its leads give them, whoever has one finishes it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from efc.workflow import WrongStatus
from workpackages import emails
from workpackages.models import Task, team_of

FIELDS = ("title", "assignee", "due_on", "note", "deliverable")


@transaction.atomic
def add_task(package, *, by, title, assignee=None, due_on=None, note="", deliverable=None):
    """Write down a task of a work package, for one of its people or for nobody yet.

    Writes: the task, an audit entry. Letters: task_given, where somebody else has it. Returns: the task. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_workpackage", package)
    task = Task(
        work_package=package,
        title=title.strip(),
        due_on=due_on,
        note=note.strip(),
        deliverable=deliverable,
        added_by=by,
    )
    task.clean()
    _require_day(due_on)
    _require_team(package, assignee)
    task.assignee = assignee
    task.save()
    audit.record("workpackages.task.add", task, by, to=assignee.pk if assignee else None)
    _tell(task, by)
    return task


@transaction.atomic
def change_task(task, *, by, **fields):
    """Change what an open task says, who has it or until when.

    Writes: the task, an audit entry with the fields that changed. Letters: task_given, to somebody else who gets it.
    Returns: the task. Raises: PermissionDenied, ValidationError, WrongStatus when it is done or dropped.
    """
    require(by, "workpackages.change_task", task)
    task = _locked(task)
    if task.status != Task.Status.OPEN:
        raise WrongStatus(task, "change")
    changed = [name for name in FIELDS if name in fields and getattr(task, name) != fields[name]]
    for name in changed:
        setattr(task, name, fields[name])
    task.clean()
    if "due_on" in changed:
        _require_day(task.due_on)
    if "assignee" in changed:
        _require_team(task.work_package, task.assignee)
    if changed:
        task.save()
        audit.record("workpackages.task.change", task, by, fields=changed)
    if "assignee" in changed:
        _tell(task, by)
    return task


def assign_task(task, *, by, assignee):
    """Give an open task to another person of the work package, or to nobody. See `change_task`."""
    return change_task(task, by=by, assignee=assignee)


@transaction.atomic
def finish_task(task, *, by):
    """Note that a task is done. Writes: the task, an audit entry. Raises: PermissionDenied unless it is one's own or one keeps the work package, WrongStatus."""
    _require_own(task, by)
    return task.move("finish", by=by, done_at=timezone.now(), done_by=by)


@transaction.atomic
def drop_task(task, *, by):
    """Give a task up; it stays on record. Writes: the task, an audit entry. Raises: PermissionDenied, WrongStatus."""
    return task.move("drop", by=by)


@transaction.atomic
def reopen_task(task, *, by):
    """Open a task again that was done or dropped. Writes: the task, an audit entry. Letters: task_given, where somebody else has it."""
    _require_own(task, by)
    task.move("reopen", by=by, done_at=None, done_by=None)
    _tell(task, by)
    return task


VERBS = {"finish": finish_task, "drop": drop_task, "reopen": reopen_task}


def moves_for(task, user):
    """Return {verb: Move} that this person may make now: `Task.MOVES`, of which others finish and open again only what they keep."""
    moves = task.moves_for(user)
    if task.is_of(user) or user.has_perm("workpackages.change_task", task):
        return moves
    return {}


def _locked(task):
    return (
        Task.objects.select_for_update(of=("self",))
        .select_related("work_package__programme", "assignee", "deliverable")
        .get(pk=task.pk)
    )


def _require_own(task, by):
    if by is not None and not task.is_of(by):
        require(by, "workpackages.change_task", task)


def _require_day(day):
    if day is not None and day < timezone.localdate():
        raise ValidationError({"due_on": _("The day lies in the past. Give today or a later day.")})


def _require_team(package, person):
    if person is not None and not team_of(package).filter(pk=person.pk).exists():
        raise ValidationError(
            {"assignee": _("This person does not take part in the work package today. Choose one from the list.")}
        )


def _tell(task, by):
    if task.assignee is not None and not (by is not None and task.is_of(by)):
        emails.task_given(task, by)

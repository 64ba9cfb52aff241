"""Tasks at the desk: who does what until when in every work package."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.acts import Act
from efc.adminsite import MoveAdmin
from workpackages.forms.tasks import AssignForm, NewTaskForm
from workpackages.models import Task
from workpackages.services import tasks


def add_task(*, package, by, **fields):
    return tasks.add_task(package, by=by, **fields)


@admin.register(Task)
class TaskAdmin(MoveAdmin):
    verbs = tasks.VERBS
    new = Act(_("Add a task"), NewTaskForm, add_task, "workpackages.add_task",
              note=_("Who gets it receives a letter."))  # fmt: skip
    acts = {
        "assign": Act(_("Give it to somebody else"), AssignForm, tasks.assign_task, "workpackages.change_task",
                      lambda task: task.status == Task.Status.OPEN),
    }  # fmt: skip
    list_display = ["title", "work_package", "assignee", "due_on", "status"]
    list_filter = ["status", "work_package__programme", "work_package"]
    list_select_related = ["work_package", "assignee"]
    search_fields = ["title", "note", "assignee__name"]
    date_hierarchy = "due_on"
    fields = [
        "work_package",
        "title",
        "assignee",
        "due_on",
        "note",
        "deliverable",
        "status",
        "added_by",
        "added_at",
        "done_by",
        "done_at",
    ]
    readonly_fields = ["work_package", "assignee", "status", "added_by", "added_at", "done_by", "done_at"]
    autocomplete_fields = ["deliverable"]

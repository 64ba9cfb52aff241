"""Tasks in the workspace: those of a work package, one of them, and its acts."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from efc.acts import refuse
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import WrongStatus
from workpackages.forms.tasks import InboxForm, TaskForm, initial_of
from workpackages.models import Document, Task, WorkPackage
from workpackages.services import tasks
from workpackages.views.milestones import acts_about

CLOSED_SHOWN = 50
DOCUMENTS_IN_AREA = 6
# The acts of the audit log in words.
ACTS = {
    "add": gettext_lazy("Written down"),
    "change": gettext_lazy("Changed"),
    "finish": gettext_lazy("Done"),
    "drop": gettext_lazy("Dropped"),
    "reopen": gettext_lazy("Opened again"),
}


def is_of_team(user, package):
    """Say whether a person reads what a work package keeps for its people: they themselves, the Steering Group, the Secretariat."""
    return user.has_perm("workpackages.view_task") or user.has_perm("workpackages.view_workpackage", package)


def open_tasks(package, user):
    """Return the open tasks of a work package by date, each with `may_finish`. Costs: one query."""
    keeps = user.has_perm("workpackages.change_workpackage", package)
    rows = list(Task.objects.visible_to(user).open().filter(work_package=package).for_lists())
    for row in rows:
        row.may_finish = keeps or row.is_of(user)
    return rows


def of_area(package, user):
    """Return what the area of a work package shows to its team: open tasks and the latest documents. Costs: 3 queries."""
    if not is_of_team(user, package):
        return {"is_of_team": False}
    documents = Document.objects.visible_to(user).current().filter(work_package=package).for_lists()
    return {
        "is_of_team": True,
        "may_add": user.has_perm("workpackages.change_workpackage", package),
        "tasks": open_tasks(package, user),
        "documents": documents[:DOCUMENTS_IN_AREA],
    }


class OfTeam:
    """Find the work package of the address for who reads with its team; for others the page does not exist."""

    @cached_property
    def package(self):
        rows = WorkPackage.objects.select_related("programme").defer("description", "search_vector")
        return get_object_or_404(rows, programme__slug=self.kwargs["programme"], number=self.kwargs["package"])

    @cached_property
    def keeps(self):
        return self.request.user.has_perm("workpackages.change_workpackage", self.package)

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not is_of_team(request.user, self.package):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def address(self, name, *more):
        return reverse(f"workspace_work:{name}", args=[self.package.programme.slug, self.package.number, *more])


class Tasks(WorkspaceMixin, OfTeam, CheckedFormView):
    """The tasks of a work package, and the form that adds one. Costs: 5 queries beside the frame."""

    template_name = "workpackages/workspace/tasks.html"
    form_class = TaskForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "package": self.package, "user": self.request.user}

    def post(self, request, *args, **kwargs):
        if not self.keeps:
            raise Http404
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            tasks.add_task(self.package, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("Written down."))
        return HttpResponseRedirect(self.address("tasks"))

    def get_context_data(self, **kwargs):
        closed = Task.objects.visible_to(self.request.user).filter(work_package=self.package).closed().for_lists()
        return super().get_context_data(
            **{
                "heading": _("Tasks of %(code)s") % {"code": self.package.code},
                "package": self.package,
                "tasks": open_tasks(self.package, self.request.user),
                "closed": closed[:CLOSED_SHOWN],
                "may_add": self.keeps,
                **kwargs,
            }
        )


class OfTask:
    """Find the task of the address among those this person may see."""

    @cached_property
    def task(self):
        rows = Task.objects.visible_to(self.request.user).for_lists()
        programme, package, pk = (self.kwargs[name] for name in ("programme", "package", "task"))
        return get_object_or_404(rows, work_package__programme__slug=programme, work_package__number=package, pk=pk)


class TaskPage(WorkspaceMixin, OfTask, CheckedFormView):
    """One task: what, who, until when; its leads change it here. Costs: 6 queries beside the frame."""

    template_name = "workpackages/workspace/task.html"
    form_class = TaskForm

    @cached_property
    def may_change(self):
        return self.task.status == Task.Status.OPEN and self.request.user.has_perm(
            "workpackages.change_task", self.task
        )

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(), "package": self.task.work_package, "user": self.request.user, "task": self.task,
        }  # fmt: skip

    def get_initial(self):
        return initial_of(self.task)

    def post(self, request, *args, **kwargs):
        if not request.user.has_perm("workpackages.change_task", self.task):
            raise Http404
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            tasks.change_task(self.task, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        except WrongStatus as error:
            messages.warning(self.request, error_text(error))
        else:
            messages.success(self.request, _("Kept."))
        return HttpResponseRedirect(self.task.get_absolute_url())

    def get_context_data(self, **kwargs):
        context = {
            "heading": self.task.title,
            "task": self.task,
            "moves": [(verb, law.label) for verb, law in tasks.moves_for(self.task, self.request.user).items()],
            "may_change": self.may_change,
            "acts": acts_about(self.task, ACTS),
        }
        if not self.may_change:
            context["form"] = None
        return super().get_context_data(**{**context, **kwargs})


class MoveTask(OfTask, View):
    """Finish a task, drop it or open it again; then back to where one came from."""

    http_method_names = ["post"]

    def post(self, request, verb, **kwargs):
        if verb not in tasks.VERBS:
            raise Http404
        task = self.task
        try:
            tasks.VERBS[verb](task, by=request.user)
        except WrongStatus as error:
            messages.warning(request, error_text(error))
        else:
            text = _("“%(task)s” is now: %(status)s.")
            messages.success(request, text % {"task": task, "status": task.get_status_display()})
        form = InboxForm(request.POST)
        back = form.cleaned_data["back"] if form.is_valid() else ""
        if back == "inbox":
            return HttpResponseRedirect(reverse("workspace_tasks"))
        if back == "area":
            package = task.work_package
            return HttpResponseRedirect(reverse("workspace_work:tasks", args=[package.programme.slug, package.number]))
        return HttpResponseRedirect(task.get_absolute_url())

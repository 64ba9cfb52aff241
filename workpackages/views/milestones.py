"""Milestones in the workspace: all of a programme, one with its evidence and its days, and the acts of its leads."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from efc import files
from efc.acts import refuse
from efc.audit import actor_names, entries_about
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import WrongStatus
from workpackages.forms.milestones import ChangeMilestoneForm, EvidenceForm, NewMilestoneForm, ReachForm, RescheduleForm
from workpackages.models import Milestone, MilestoneEvidence, Programme, WorkPackage
from workpackages.services import milestones

# The acts of the audit log in words.
ACTS = {
    "add": gettext_lazy("Entered"),
    "change": gettext_lazy("Changed"),
    "reschedule": gettext_lazy("Moved to another day"),
    "evidence": gettext_lazy("Evidence given"),
    "reach": gettext_lazy("Reached"),
    "reopen": gettext_lazy("Opened again"),
}


def acts_about(record, words):
    """Return [(entry, act in words, name)] of what was done with a record, the latest first. Costs: 2 queries."""
    acts = list(entries_about(record)[:20])
    names = actor_names(acts)
    return [(act, words.get(act.verb.rsplit(".", 1)[1], act.verb), names.get(act.actor, "")) for act in acts]


class OfPackage:
    """Find the work package of the address; to add to it one must lead it, for others the page does not exist."""

    @cached_property
    def package(self):
        rows = WorkPackage.objects.select_related("programme").defer("description", "search_vector")
        return get_object_or_404(rows, programme__slug=self.kwargs["programme"], number=self.kwargs["package"])

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("workpackages.change_workpackage", self.package):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class OfProgramme:
    """Find the programme of the address for who may read all of its work, or leads a part of it."""

    reads = ""

    @cached_property
    def programme(self):
        return get_object_or_404(Programme, slug=self.kwargs["programme"])

    def only_for_readers(self, rows):
        if not rows and not self.request.user.has_perm(self.reads):
            raise Http404
        return rows


class OfMilestone:
    """Find the milestone of the address among those this person may see."""

    @cached_property
    def milestone(self):
        rows = Milestone.objects.visible_to(self.request.user).select_related("work_package__programme")
        programme, package, number = (self.kwargs[name] for name in ("programme", "package", "number"))
        return get_object_or_404(
            rows, work_package__programme__slug=programme, work_package__number=package, number=number
        )

    @property
    def may_write(self):
        return self.request.user.has_perm("workpackages.change_milestone", self.milestone)

    def back(self):
        return HttpResponseRedirect(self.milestone.get_absolute_url())


class Milestones(WorkspaceMixin, OfProgramme, TemplateView):
    """All milestones of a programme that this person may see. Costs: 2 queries beside the frame."""

    template_name = "workpackages/workspace/milestones_list.html"
    reads = "workpackages.view_milestone"

    def get_context_data(self, **kwargs):
        rows = Milestone.objects.visible_to(self.request.user).filter(work_package__programme=self.programme)
        rows = self.only_for_readers(list(rows.for_lists().order_by("work_package__number", "number")))
        for row in rows:
            row.shown_state = row.state()
        return super().get_context_data(
            **{**kwargs, "heading": _("Milestones"), "programme": self.programme, "milestones": rows}
        )


class MilestonePage(WorkspaceMixin, OfMilestone, TemplateView):
    """One milestone: how it is verified, its days, its evidence, what was done when. Costs: 6 queries beside the frame."""

    template_name = "workpackages/workspace/milestone.html"

    def get_context_data(self, **kwargs):
        one, user = self.milestone, self.request.user
        evidence = one.evidence.select_related("deliverable__work_package__programme", "decision", "given_by")
        context = {
            "heading": str(one),
            "milestone": one,
            "state": one.state(),
            "evidence": list(evidence),
            "reschedulings": list(one.reschedulings.select_related("moved_by")),
            "acts": acts_about(one, ACTS),
            "may_write": self.may_write,
            "may_reopen": one.is_reached and user.has_perm("workpackages.accept_deliverable"),
            "reads_all": user.has_perm("workpackages.view_deliverable"),
            "reads_decisions": user.has_perm("members.view_decision"),
        }
        return super().get_context_data(**{**kwargs, **context})


class AddMilestone(WorkspaceMixin, OfPackage, CheckedFormView):
    template_name = "workpackages/workspace/plan_form.html"
    form_class = NewMilestoneForm

    def get_context_data(self, **kwargs):
        back = reverse("workspace_work:area_of", args=[self.package.programme.slug, self.package.number])
        context = {"heading": _("New milestone"), "lead": str(self.package), "back": back, "is_new": True}
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form):
        try:
            milestone = milestones.add_milestone(self.package, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("%(milestone)s is on record.") % {"milestone": milestone})
        return HttpResponseRedirect(milestone.get_absolute_url())


class MilestoneAct(WorkspaceMixin, OfMilestone, CheckedFormView):
    """A form whose answers a verb takes. Who may not write does not find it."""

    template_name = "workpackages/workspace/plan_form.html"
    title = done = hint = ""
    verb = None

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.may_write:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        one = self.milestone
        context = {
            "heading": self.title,
            "lead": str(one),
            "milestone": one,
            "hint": self.hint,
            "back": one.get_absolute_url(),
        }
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form):
        try:
            type(self).verb(self.milestone, by=self.request.user, **form.cleaned_data)
        except WrongStatus as error:
            messages.warning(self.request, error_text(error))
            return self.back()
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return self.back()


class ChangeMilestone(MilestoneAct):
    form_class = ChangeMilestoneForm
    title, done = gettext_lazy("Change the milestone"), gettext_lazy("Saved.")
    verb = staticmethod(milestones.change_milestone)

    def get_initial(self):
        return {"title": self.milestone.title, "verification": self.milestone.verification}


class RescheduleMilestone(MilestoneAct):
    form_class = RescheduleForm
    title, done = gettext_lazy("Move the day"), gettext_lazy("The new day is on record, with its reason.")
    verb = staticmethod(milestones.reschedule_milestone)

    def get_initial(self):
        return {"due_on": self.milestone.due_on}


class AddEvidence(MilestoneAct):
    form_class = EvidenceForm
    hint = gettext_lazy("One sentence, and with it a deliverable, a decision or a file that shows it.")
    title, done = gettext_lazy("Give evidence"), gettext_lazy("The evidence is on record.")
    verb = staticmethod(milestones.add_evidence)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "record": self.milestone, "user": self.request.user}


class ReachMilestone(AddEvidence):
    form_class = ReachForm

    @property
    def hint(self):
        if self.milestone.evidence.exists():
            return _("Evidence is on record already. Add more, or give the day alone.")
        return AddEvidence.hint

    title, done = gettext_lazy("Reached"), gettext_lazy("The milestone is on record as reached.")
    verb = staticmethod(milestones.reach_milestone)


class ReopenMilestone(OfMilestone, View):
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        try:
            milestones.reopen_milestone(self.milestone, by=request.user)
        except WrongStatus as error:
            messages.warning(request, error_text(error))
        return self.back()


class EvidenceFile(OfMilestone, View):
    http_method_names = ["get", "head"]

    def get(self, request, evidence, **kwargs):
        rows = MilestoneEvidence.objects.filter(milestone=self.milestone).exclude(file="")
        row = get_object_or_404(rows, pk=evidence)
        return files.serve(row.file, row.name, media_type=row.media_type)

"""Risks in the workspace: the register of a programme, one risk, and the states of play that a report asks for."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from efc.acts import refuse
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from workpackages.forms.risks import CloseForm, RiskForm, StateForm
from workpackages.models import ReportPeriod, Risk
from workpackages.services import risks
from workpackages.views.milestones import OfPackage, OfProgramme, acts_about

# The acts of the audit log in words.
ACTS = {
    "add": gettext_lazy("Entered"),
    "change": gettext_lazy("Changed"),
    "state": gettext_lazy("State of play written"),
    "close": gettext_lazy("Closed"),
    "reopen": gettext_lazy("Opened again"),
}


class OfRisk:
    """Find the risk of the address among those this person may see."""

    @cached_property
    def risk(self):
        rows = Risk.objects.visible_to(self.request.user).select_related("work_package__programme", "owner")
        programme, package, number = (self.kwargs[name] for name in ("programme", "package", "number"))
        return get_object_or_404(
            rows, work_package__programme__slug=programme, work_package__number=package, number=number
        )

    @property
    def may_write(self):
        return self.request.user.has_perm("workpackages.change_risk", self.risk)

    def back(self):
        return HttpResponseRedirect(self.risk.get_absolute_url())


class Risks(WorkspaceMixin, OfProgramme, TemplateView):
    """The risk register of a programme, as far as this person may see it. Costs: 2 queries beside the frame."""

    template_name = "workpackages/workspace/risks_list.html"
    reads = "workpackages.view_risk"

    def get_context_data(self, **kwargs):
        rows = Risk.objects.visible_to(self.request.user).filter(work_package__programme=self.programme)
        rows = self.only_for_readers(list(rows.for_lists().order_by("work_package__number", "number")))
        context = {
            "heading": _("Risks"),
            "programme": self.programme,
            "risks": [row for row in rows if not row.is_closed],
            "closed": [row for row in rows if row.is_closed],
        }
        return super().get_context_data(**{**kwargs, **context})


class RiskPage(WorkspaceMixin, OfRisk, TemplateView):
    """One risk: what it would do, what is done about it, its states of play. Costs: 5 queries beside the frame."""

    template_name = "workpackages/workspace/risk.html"

    def get_context_data(self, **kwargs):
        one = self.risk
        context = {
            "heading": str(one),
            "risk": one,
            "states": list(one.states.select_related("period", "written_by").order_by("-period__starts_on")),
            "acts": acts_about(one, ACTS),
            "may_write": self.may_write,
            "asked": risks.periods_asking(one) if self.may_write else [],
        }
        return super().get_context_data(**{**kwargs, **context})


class AddRisk(WorkspaceMixin, OfPackage, CheckedFormView):
    template_name = "workpackages/workspace/plan_form.html"
    form_class = RiskForm

    def get_form_kwargs(self):
        may_foresee = self.request.user.has_perm("workpackages.add_risk")
        return {**super().get_form_kwargs(), "package": self.package, "may_foresee": may_foresee}

    def get_context_data(self, **kwargs):
        back = reverse("workspace_work:area_of", args=[self.package.programme.slug, self.package.number])
        context = {"heading": _("New risk"), "lead": str(self.package), "back": back, "is_new": True}
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form):
        try:
            risk = risks.add_risk(self.package, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("%(risk)s is on the register.") % {"risk": risk})
        return HttpResponseRedirect(risk.get_absolute_url())


class RiskAct(WorkspaceMixin, OfRisk, CheckedFormView):
    """A form whose answers a verb takes. Who may not write does not find it."""

    template_name = "workpackages/workspace/plan_form.html"
    title = done = ""
    verb = None

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.may_write:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        one = self.risk
        context = {"heading": self.title, "lead": str(one), "back": one.get_absolute_url()}
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form):
        try:
            type(self).verb(self.risk, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return self.back()


class ChangeRisk(RiskAct):
    form_class = RiskForm
    title, done = gettext_lazy("Change the risk"), gettext_lazy("Saved.")
    verb = staticmethod(risks.change_risk)

    def get_form_kwargs(self):
        fresh = Risk.objects.get(pk=self.risk.pk)  # the form writes into its instance, whatever becomes of the answers
        return {**super().get_form_kwargs(), "package": self.risk.work_package, "instance": fresh}


class CloseRisk(RiskAct):
    form_class = CloseForm
    title, done = gettext_lazy("Close the risk"), gettext_lazy("Closed. It stays readable, and can be opened again.")
    verb = staticmethod(risks.close_risk)


class ReopenRisk(OfRisk, View):
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        risks.reopen_risk(self.risk, by=request.user)
        return self.back()


class States(WorkspaceMixin, OfPackage, TemplateView):
    """The states of play of a work package's risks for one report, all on one page. What is left empty stays open."""

    template_name = "workpackages/workspace/risk_states.html"
    http_method_names = ["get", "head", "options", "post"]

    @cached_property
    def period(self):
        rows = ReportPeriod.objects.select_related("programme")
        return get_object_or_404(rows, programme=self.package.programme_id, number=self.kwargs["period"])

    @property
    def is_open(self):
        return self.period.status in (ReportPeriod.Status.OPEN, ReportPeriod.Status.FROZEN)

    def forms(self, data=None):
        rows = list(risks.due_in(self.period, [self.package]))
        for row in rows:
            row.work_package = self.package
        return [StateForm(data, risk=row) for row in rows]

    def get_context_data(self, **kwargs):
        back = reverse("workspace_work:area_of", args=[self.package.programme.slug, self.package.number])
        context = {"heading": _("State of play of the risks"), "package": self.package, "period": self.period, "is_open": self.is_open, "back": back}  # fmt: skip
        if "forms" not in kwargs:
            context["forms"] = self.forms()
        return super().get_context_data(**{**kwargs, **context})

    def post(self, request, *args, **kwargs):
        forms = self.forms(request.POST)
        if [form for form in forms if not form.is_valid()]:
            return self.render_to_response(self.get_context_data(forms=forms), status=422)
        try:
            written = self.save([form for form in forms if form.is_answered])
        except ValidationError as error:
            messages.warning(request, error_text(error))
            return self.render_to_response(self.get_context_data(forms=forms), status=422)
        if not written:
            messages.warning(request, _("Nothing was changed."))
        else:
            text = ngettext("The state of play of %(n)s risk is saved.", "The states of play of %(n)s risks are saved.", written) % {"n": written}  # fmt: skip
            if self.period.status == ReportPeriod.Status.FROZEN:
                text += " " + _("The figures of the report are frozen: ask the Secretariat to read them again.")
            messages.success(request, text)
        return HttpResponseRedirect(request.path)

    @transaction.atomic
    def save(self, forms):
        for form in forms:
            risks.state_risk(form.risk, by=self.request.user, period=self.period, **form.said)
        return len(forms)

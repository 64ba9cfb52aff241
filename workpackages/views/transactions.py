"""The register of test transactions in the workspace. For whoever holds none of its two roles these pages do not exist: 404 at every door."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, TemplateView

from efc import history, roles
from efc.audit import actor_names, entries_about
from efc.generic import CheckedFormView, VisibleList, WorkspaceMixin, error_text
from efc.models import AuditEntry
from efc.permissions import holders
from efc.workflow import TooLate, moves_for
from members.services import memorandum
from workpackages.forms.transactions import (
    CorrectForm,
    EvaluateForm,
    ExportForm,
    MoveForm,
    RequestForm,
    TransactionFilter,
)
from workpackages.models import Outcome, TestTransaction
from workpackages.models.transactions import FIGURES, KEPT_DAYS, WARNED_DAYS
from workpackages.services import transaction_counts, transactions
from workpackages.services.transaction_exports import export_requests

VIEW = "workpackages.view_testtransaction"
READINGS_SHOWN_DAYS = 30
# The acts of the audit log in words.
ACTS = {
    "register": gettext_lazy("Entered"),
    "accept": gettext_lazy("Accepted by the provider"),
    "decline": gettext_lazy("Declined by the provider"),
    "carry_out": gettext_lazy("Carried out"),
    "evaluate": gettext_lazy("Evaluated"),
    "close": gettext_lazy("Closed"),
    "reopen": gettext_lazy("Opened again"),
    "withdraw": gettext_lazy("Withdrawn"),
    "correct": gettext_lazy("Corrected"),
}
VERBS = {
    "accept": transactions.accept_request,
    "decline": transactions.decline_request,
    "carry_out": transactions.carry_out_request,
    "evaluate": transactions.evaluate_request,
    "close": transactions.close_request,
    "reopen": transactions.reopen_request,
    "withdraw": transactions.withdraw_request,
}


class InRegister(WorkspaceMixin):
    """A page of the register: for those with its permission, and each day's first look is written down."""

    permission = VIEW

    def find(self):
        """Answer 404 to who may not be here, whatever they ask for."""
        if not self.request.user.has_perm(self.permission):
            raise Http404

    def dispatch(self, request, *args, **kwargs):
        self.find()
        transactions.note_reading(request.user)
        return super().dispatch(request, *args, **kwargs)


class OfRequest(InRegister):
    """Find the request of the address in what this person may see."""

    def find(self):
        _tt, _dash, number = self.kwargs["reference"].partition("-")
        year, _dash, sequence = number.partition("-")
        if not (year.isdecimal() and sequence.isdecimal()) or len(number) > 12:
            raise Http404
        rows = TestTransaction.objects.visible_to(self.request.user).for_lists()
        self.row = rows.filter(year=min(int(year), 9999), sequence=min(int(sequence), 10**9)).first()
        if self.row is None or self.row.reference != self.kwargs["reference"]:
            raise Http404

    def back(self):
        return HttpResponseRedirect(self.row.get_absolute_url())


class Filtered(InRegister):
    """A page of the rows that a GET form narrows."""

    @cached_property
    def form_of_filter(self):
        years = TestTransaction.objects.order_by("-year").values_list("year", flat=True).distinct()
        form = TransactionFilter(self.request.GET, years=years)
        form.is_valid()
        return form


class Requests(Filtered, VisibleList):
    """The register. Costs: 8 queries beside the frame."""

    model = TestTransaction
    template_name = "workpackages/workspace/test_transactions.html"
    heading = gettext_lazy("Test transactions")
    paginate_by = 50

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        response.status_code = 422 if self.form_of_filter.errors else 200
        return response

    def get_queryset(self):
        return self.form_of_filter.narrow(super().get_queryset()).for_lists()

    def get_context_data(self, **kwargs):
        form, held = self.form_of_filter, named()
        keeping, evaluating = (set(people) for _role, people in held)
        return super().get_context_data(
            form=form, is_filtered=bool(form.errors or form.chosen()), may_add=self.request.user.has_perm(TestTransaction.KEEP),
            query=self.request.GET.urlencode(), named=held, in_both=keeping & evaluating, readings=readings(), years_kept=KEPT_DAYS // 365,
            days_warned=WARNED_DAYS, **kwargs,
        )  # fmt: skip


def named():
    """Return [(role in words, its holders)]. Costs: 2 queries."""
    perms = {roles.COORDINATOR: TestTransaction.KEEP, roles.EVALUATOR: TestTransaction.EVALUATE}
    return [(_(role), list(holders(perm).order_by("full_name"))) for role, perm in perms.items()]


def readings():
    """Return [(day, name)] of who read the register of late, the latest first. Costs: 2 queries."""
    since = timezone.now() - timedelta(days=READINGS_SHOWN_DAYS)
    entries = list(AuditEntry.objects.filter(verb=transactions.READ, at__gte=since)[:60])
    names = actor_names(entries)
    return [(timezone.localtime(entry.at).date(), names.get(entry.actor, "")) for entry in entries]


def label_of(row, verb):
    """Return what the button of a step says: an evaluation that stands is changed."""
    if verb == "evaluate" and row.status == row.Status.EVALUATED:
        return _("Change the evaluation")
    return row.MOVES[verb].label


class Request(OfRequest, DetailView):
    """One request: days, outcome, figures, what can be done next, what changed."""

    template_name = "workpackages/workspace/test_transaction.html"
    context_object_name = "row"

    def get_object(self, queryset=None):
        return self.row

    def get_context_data(self, **kwargs):
        row, user = self.row, self.request.user
        acts = list(entries_about(row)[:50])
        names = actor_names(acts)
        version = memorandum.version_on()
        return super().get_context_data(
            heading=row.reference,
            moves=[(verb, label_of(row, verb)) for verb in moves_for(row, user)],
            waits_for_evaluator=row.status == row.Status.CARRIED_OUT and not user.has_perm(row.EVALUATE),
            may_correct=user.has_perm(TestTransaction.KEEP),
            days=[(row._meta.get_field(name).verbose_name, getattr(row, name)) for name in transactions.DAYS],
            figures=[(row._meta.get_field(name).verbose_name, getattr(row, name)) for name in FIGURES],
            version=version,
            has_signed=version is not None and version.signatures.filter(organisation=row.provider_id).exists(),
            removed_on=row.closed_on + timedelta(days=KEPT_DAYS) if row.closed_on else None,
            acts=[(act.at, ACTS.get(act.verb.rpartition(".")[2], act.verb), names.get(act.actor, "")) for act in acts],
            steps=history.steps(row),
            **kwargs,
        )


class Writing(CheckedFormView):
    """A form page whose verb may refuse: then the form says why, with the values kept."""

    template_name = "workpackages/workspace/test_transaction_form.html"

    def form_valid(self, form):
        try:
            return self.write(form)
        except ValidationError as refusal:
            form.refuse(refusal)
            return self.form_invalid(form)
        except TooLate as late:
            messages.warning(self.request, error_text(late))
            return self.back()


def own_initial(given, **more):
    """Return what a form is made with that knows by itself what it shows first."""
    return {name: value for name, value in given.items() if name != "initial"} | more


class AddRequest(InRegister, Writing):
    permission = TestTransaction.KEEP
    form_class = RequestForm
    heading = gettext_lazy("Enter a request")

    def get_context_data(self, **kwargs):
        note = _("Who asks whom, and when. Nothing about a case, a person or an account belongs here.")
        return super().get_context_data(**{"note": note, "button": _("Enter"), **kwargs})

    def write(self, form):
        row = transactions.register_request(by=self.request.user, **form.asked())
        messages.success(self.request, _("Entered as %(reference)s.") % {"reference": row})
        return redirect(row)


class CorrectRequest(OfRequest, Writing):
    form_class = CorrectForm

    def find(self):
        super().find()
        if not self.request.user.has_perm(TestTransaction.KEEP):
            raise Http404

    def get_form_kwargs(self):
        return own_initial(super().get_form_kwargs(), row=self.row)

    def get_context_data(self, **kwargs):
        context = {
            "heading": _("Correct %(reference)s") % {"reference": self.row},
            "button": _("Save"),
            "row": self.row,
        }
        note = _("What stood here before stays in its history.")
        return super().get_context_data(**{**context, "note": note, **kwargs})

    def write(self, form):
        transactions.correct_request(self.row, by=self.request.user, **form.asked())
        messages.success(self.request, _("Saved."))
        return self.back()


class MoveRequest(OfRequest, Writing):
    """One step of a request: its page asks for the day, an evaluation for its figures too."""

    def find(self):
        super().find()
        self.law = TestTransaction.MOVES.get(self.kwargs["verb"])
        if self.law is None or not self.request.user.has_perm(self.law.permission):
            raise Http404

    def get(self, request, *args, **kwargs):
        if self.row.status not in self.law.sources:
            words = _("%(reference)s is now: %(status)s.")
            messages.warning(request, words % {"reference": self.row, "status": self.row.get_status_display()})
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_form_class(self):
        return EvaluateForm if self.kwargs["verb"] == "evaluate" else MoveForm

    def get_form_kwargs(self):
        return own_initial(super().get_form_kwargs(), row=self.row, verb=self.kwargs["verb"])

    def get_context_data(self, **kwargs):
        label = label_of(self.row, self.kwargs["verb"])
        heading = f"{self.row.reference}: {label}"
        context = {
            "heading": heading,
            "button": label,
            "row": self.row,
            "note": NOTES.get(self.kwargs["verb"]),
        }
        return super().get_context_data(**{**context, **kwargs})

    def write(self, form):
        row = VERBS[self.kwargs["verb"]](self.row, by=self.request.user, **form.cleaned_data)
        words = _("%(reference)s is now: %(status)s.")
        messages.success(self.request, words % {"reference": row, "status": row.get_status_display()})
        return self.back()


# What a step means, where its name does not say it.
NOTES = {
    "decline": gettext_lazy("With that the request ends."),
    "evaluate": gettext_lazy("Until the request is closed, you can enter it again."),
    "close": gettext_lazy("The request then stays as it is, until its time is over."),
    "withdraw": gettext_lazy("The authority took it back, or it could not be carried out. With that the request ends."),
    "reopen": gettext_lazy("The evaluation can be mended then, and the request is closed again."),
}


class Figures(InRegister, TemplateView):
    """Counts by year, outcome and provider. Costs: 2 queries beside the frame."""

    template_name = "workpackages/workspace/test_transaction_figures.html"
    heading = gettext_lazy("Figures on test transactions")

    def get_context_data(self, **kwargs):
        years, providers, kinds = transaction_counts.tallies(TestTransaction.objects.visible_to(self.request.user))
        return super().get_context_data(
            years=years, providers=providers, kinds=kinds, outcomes=Outcome.labels, small=transaction_counts.SMALL,
            figures=[TestTransaction._meta.get_field(name).verbose_name for name in FIGURES], **kwargs,
        )  # fmt: skip


class Export(Filtered, CheckedFormView):
    """The rows of the list as a file, for a reason that the log keeps."""

    form_class = ExportForm
    template_name = "workpackages/workspace/test_transaction_form.html"
    heading = gettext_lazy("Export test transactions")

    def rows(self):
        return self.form_of_filter.narrow(TestTransaction.objects.visible_to(self.request.user))

    def get_context_data(self, **kwargs):
        note = _(
            "The audit log keeps that you exported the register, why, and how many rows. Keep the file as you keep the register."
        )
        context = {
            "note": note,
            "button": _("Export"),
            "leave": f"{reverse('workspace_work:test_transactions')}?{self.request.GET.urlencode()}",
        }
        return super().get_context_data(**{**context, "count": self.rows().count(), **kwargs})

    def form_valid(self, form):
        filtered = self.form_of_filter.chosen()
        return export_requests(self.rows().for_lists(), by=self.request.user, filtered=filtered, **form.cleaned_data)

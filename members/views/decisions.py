"""The decision register in the workspace, and each decision with what it came from and what came of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc.generic import CheckedFormView, MoveView, VisibleDetail, VisibleList, WorkspaceMixin, error_text
from efc.workflow import WrongStatus
from members import arithmetic
from members.forms.decisions import DecisionFilter, DecisionForm, SupersedeForm
from members.models import Application, Ballot, Decision, Signature
from members.services import decisions as services


class Decisions(WorkspaceMixin, VisibleList):
    """The register, filtered by a GET form; those without a seat read what is published. Costs: 4 queries."""

    model = Decision
    template_name = "members/decisions/list.html"
    heading = gettext_lazy("Decisions")

    def get(self, request, *args, **kwargs):
        years = Decision.objects.visible_to(request.user).order_by("-year").values_list("year", flat=True).distinct()
        self.form = DecisionFilter(request.GET, years=years)
        status = 200 if self.form.is_valid() else 422
        response = super().get(request, *args, **kwargs)
        response.status_code = status
        return response

    def get_queryset(self):
        asked, rows = self.form.cleaned_data, super().get_queryset().select_related("superseded_by")
        if asked.get("year"):
            rows = rows.filter(year=asked["year"])
        if asked.get("status"):
            rows = rows.filter(status=asked["status"])
        if words := asked.get("q"):
            found = Q(title__unaccent__icontains=words) | Q(text__unaccent__icontains=words)
            year, _dash, sequence = words.strip().partition("-")
            if year.isdecimal() and sequence.isdecimal() and len(words) < 12:
                found |= Q(year=min(int(year), 32767), sequence=min(int(sequence), 32767))
            rows = rows.filter(found)
        return rows

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            form=self.form,
            is_filtered=bool(self.form.errors) or any(self.form.cleaned_data.values()),
            may_record=self.request.user.has_perm("members.add_decision"),
            **kwargs,
        )


class DecisionPage(WorkspaceMixin, VisibleDetail):
    """One decision and its chain: the ballot, the application, memberships and signatures, seats, what superseded it."""

    model = Decision
    template_name = "members/decisions/detail.html"
    context_object_name = "decision"
    form = None

    def get_object(self, queryset=None):
        rows = self.get_queryset().select_related("superseded_by", "recorded_by")
        return get_object_or_404(rows, year=self.kwargs["year"], sequence=self.kwargs["sequence"])

    def get_context_data(self, **kwargs):
        decision, user = self.object, self.request.user
        ballot = Ballot.objects.visible_to(user).filter(decision=decision).first()
        memberships = list(decision.memberships.select_related("organisation"))
        members = [term.organisation_id for term in memberships]
        may_change = user.has_perm("members.change_decision", decision)
        may_supersede = may_change and decision.status != Decision.Status.SUPERSEDED
        return super().get_context_data(
            ballot=ballot,
            arithmetic=arithmetic.in_words(ballot.tally, ballot.outcome) if ballot else [],
            applications=Application.objects.visible_to(user).filter(decision=decision),
            named=Application.objects.visible_to(user).filter(named_by=decision),
            memberships=memberships,
            signatures=_signatures(members, user),
            seats=decision.seats.select_related("organisation"),
            supersedes=decision.supersedes.visible_to(user),
            may_change=may_change,
            can_implement=may_change and decision.status == Decision.Status.IN_FORCE,
            form=(self.form or SupersedeForm(decision=decision, user=user)) if may_supersede else None,
            **{"heading": decision.title, **kwargs},
        )


def _signatures(members, user):
    """Return the signatures of these members under the memorandum, for those who may read the ledger."""
    if not members or not user.has_perm("members.view_signature"):
        return []
    return Signature.objects.filter(organisation__in=members).select_related("organisation", "version")


class Supersede(DecisionPage):
    """POST which later decision takes the place of this one."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        decision = self.object = self.get_object()
        if not request.user.has_perm("members.change_decision", decision):
            raise PermissionDenied
        form = self.form = SupersedeForm(request.POST, decision=decision, user=request.user)
        if form.is_valid():
            try:
                services.supersede_decision(decision, form.cleaned_data["new"], by=request.user)
                return redirect(decision)
            except (WrongStatus, ValidationError) as error:
                form.add_error(None, error_text(error))
        return self.render_to_response(self.get_context_data(), status=422)


class DecisionMove(MoveView):
    """POST one verb of the register."""

    model = Decision
    verbs = {
        "implement": services.implement_decision,
        "publish": services.publish_decision,
        "unpublish": services.unpublish_decision,
    }

    def get_object(self, queryset=None):
        return get_object_or_404(self.get_queryset(), year=self.kwargs["year"], sequence=self.kwargs["sequence"])


class RecordDecision(WorkspaceMixin, CheckedFormView):
    """Record by hand a decision that was taken elsewhere."""

    form_class = DecisionForm
    template_name = "members/decisions/record.html"
    heading = gettext_lazy("Record a decision")

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("members.add_decision"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            decision = services.record_decision(**form.cleaned_data, by=self.request.user)
        except ValidationError as error:
            form.add_error(None, error_text(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Recorded as decision %(number)s.") % {"number": decision.number})
        return redirect(decision)

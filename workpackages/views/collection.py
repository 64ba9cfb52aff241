"""Data collection in the workspace: what concerns a person, and for keepers the rounds, who has sent, reminders."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from efc.acts import refuse
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.permissions import require
from efc.workflow import WrongStatus, moves_for
from members.services.awaiting import represented_by
from workpackages.emails.collection import people_of
from workpackages.forms.collection import ExtendForm, RoundForm
from workpackages.models import DataReturn, DataRound, DataTemplate
from workpackages.models.collection import kept_by
from workpackages.services import collection
from workpackages.services.consolidated import count, in_work


class Index(WorkspaceMixin, TemplateView):
    """What concerns this person: returns of the own organisations, rounds, templates. Costs: at most 9 queries beside the frame."""

    template_name = "workpackages/collection/index.html"
    heading = gettext_lazy("Data collection")

    def get_context_data(self, **kwargs):
        user = self.request.user
        own, is_keeper = represented_by(user), kept_by(user).exists()
        if not (own or is_keeper or user.has_perm("workpackages.view_dataround")):
            raise Http404
        rounds = DataRound.objects.visible_to(user).for_lists()
        sent = Count("returns", filter=Q(returns__status=DataReturn.Status.SUBMITTED))
        rounds = list(rounds.annotate(asked=Count("returns"), sent=sent).order_by("-ends_on", "-pk"))
        kept = set(DataRound.objects.kept_by(user).values_list("pk", flat=True)) if is_keeper else set()
        follows, resting = user.has_perm("workpackages.view_dataround"), in_work(rounds)
        for one in rounds:
            one.is_kept = one.pk in kept
            one.is_readable = one.is_kept or (
                follows and one.status == DataRound.Status.CLOSED and one.pk not in resting
            )
        returns = DataReturn.objects.filter(organisation__in=own).for_lists()
        return super().get_context_data(
            returns=list(returns.order_by("-round__due_on", "organisation_name")),
            rounds=[one for one in rounds if one.is_kept or follows],
            templates=list(DataTemplate.objects.visible_to(user).defer("guidance")) if is_keeper else [],
            is_keeper=is_keeper,
            **kwargs,
        )


class KeeperMixin(WorkspaceMixin):
    """A page for keepers: of some work package, where no record is named."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.may(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def may(self, user):
        return kept_by(user).exists()

    def refused(self, form, error):
        """Show a refusal at the fields it speaks of, with the values kept; 409 where somebody was faster."""
        refuse(form, error)
        answer = self.form_invalid(form)
        answer.status_code = 409 if isinstance(error, WrongStatus) else 422
        return answer


class OfRound:
    """Find the round of the address among those this person may see; pages for keepers do not exist for others."""

    @cached_property
    def round(self):
        rows = DataRound.objects.visible_to(self.request.user).select_related("work_package__programme", "template")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def may(self, user):
        return user.has_perm("workpackages.keep_dataround", self.round)

    def back(self):
        return HttpResponseRedirect(self.round.get_absolute_url())

    def returns(self):
        rows = self.round.returns.select_related("organisation", "saved_by", "submitted_by")
        rows = rows.defer("organisation__description", "organisation__search_vector")
        rows = list(rows.annotate(said=Count("comments")).order_by("organisation_name"))
        for one in rows:
            one.round = self.round
        return rows


class RoundPage(OfRound, WorkspaceMixin, TemplateView):
    """Who has sent and who has not; leads those who are no keepers to what is theirs. Costs: 4 queries beside the frame."""

    template_name = "workpackages/collection/round.html"

    def get(self, request, *args, **kwargs):
        if self.may(request.user):
            return super().get(request, *args, **kwargs)
        own = DataReturn.objects.filter(round=self.round, organisation__in=represented_by(request.user))
        if row := own.select_related("organisation").first():
            return redirect(row)
        return redirect("workspace_data:figures", self.round.pk)

    def get_context_data(self, **kwargs):
        one = self.round
        returns = self.returns()
        asked = list(collection.asked_by(one.audience)) if one.status == DataRound.Status.DRAFT else []
        return super().get_context_data(
            heading=str(one), round=one, returns=returns, counts=count(one, returns), asked=asked,
            silent=[row for row in returns if row.status != DataReturn.Status.SUBMITTED and row.is_open],
            moves=moves_for(one, self.request.user), **kwargs,
        )  # fmt: skip


class NewRound(KeeperMixin, CheckedFormView):
    template_name = "workpackages/collection/form.html"
    form_class = RoundForm
    heading = gettext_lazy("New round")

    def get_initial(self):
        return collection.what_follows(DataRound.objects.kept_by(self.request.user))

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        lead = _("The round is prepared first. The organisations get their letter when it opens.")
        return super().get_context_data(back=reverse("workspace_data:list"), **{"lead": lead, **kwargs})

    def form_valid(self, form):
        try:
            made = collection.prepare_round(by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            return self.refused(form, error)
        said = _("The round is prepared. See whom it will ask, then open it or leave it to its day.")
        if made.opens_on <= timezone.localdate():
            said = _("The round is prepared. See whom it will ask, then open it. If nobody does, it opens tomorrow morning.")  # fmt: skip
        messages.success(self.request, said)
        return HttpResponseRedirect(made.get_absolute_url())


class EditRound(OfRound, NewRound):
    heading = gettext_lazy("Change the round")
    get_initial = CheckedFormView.get_initial

    def may(self, user):
        return super().may(user) and self.round.status == DataRound.Status.DRAFT

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.round}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{"lead": str(self.round), **kwargs})

    def form_valid(self, form):
        try:
            collection.change_round(self.round, by=self.request.user, **form.cleaned_data)
        except (ValidationError, WrongStatus) as error:
            return self.refused(form, error)
        return self.back()


class ExtendRound(OfRound, KeeperMixin, CheckedFormView):
    template_name = "workpackages/collection/form.html"
    form_class = ExtendForm
    heading = gettext_lazy("Give more time")

    def may(self, user):
        return super().may(user) and self.round.status == DataRound.Status.OPEN

    def get_context_data(self, **kwargs):
        return super().get_context_data(back=self.round.get_absolute_url(), lead=str(self.round), **kwargs)

    def form_valid(self, form):
        try:
            collection.extend_round(self.round, by=self.request.user, due_on=form.cleaned_data["due_on"])
        except (ValidationError, WrongStatus) as error:
            return self.refused(form, error)
        messages.success(self.request, _("The new day stands for all organisations."))
        return self.back()


class MoveRound(OfRound, WorkspaceMixin, TemplateView):
    """Open, close or give up a round. A close before all is over is asked once more."""

    http_method_names = ["post"]
    template_name = "workpackages/collection/close.html"

    def post(self, request, pk, verb):
        if verb == "close" and "sure" not in request.POST and self.is_early():
            return self.render_to_response(self.get_context_data())
        try:
            if verb == "open":
                collection.open_round(self.round, by=request.user)
                messages.success(request, _("The round is open, and its letters are on their way."))
            elif verb == "close":
                collection.close_round(self.round, by=request.user)
                messages.success(request, _("The round is closed. Its figures can be read now."))
            elif verb == "remove":
                collection.remove_round(self.round, by=request.user)
                messages.success(request, _("The round was given up."))
                return redirect("workspace_data:list")
            else:
                raise Http404
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()

    def is_early(self):
        """Say whether a close now would shut somebody out or end the time that was given. Raises: PermissionDenied."""
        require(self.request.user, "workpackages.keep_dataround", self.round)
        is_open = self.round.status == DataRound.Status.OPEN
        return is_open and (not self.round.is_over or self.missing())

    def missing(self):
        return self.round.returns.exclude(status=DataReturn.Status.SUBMITTED).count()

    def get_context_data(self, **kwargs):
        facts = {"asked": self.round.returns.count(), "missing": self.missing()}
        return super().get_context_data(heading=_("Close the round?"), round=self.round, **facts, **kwargs)


class Remind(OfRound, KeeperMixin, TemplateView):
    """Say whom a reminder would reach, then write to those that are ticked."""

    template_name = "workpackages/collection/remind.html"
    http_method_names = ["get", "head", "options", "post"]

    def look(self):
        """Return (rows that can be reminded with their addresses, rows that cannot with the reason)."""
        can, cannot = [], []
        for row in self.returns():
            if row.status == DataReturn.Status.SUBMITTED:
                continue
            if reason := collection.why_not_remind(row):
                cannot.append((row, reason))
            else:
                can.append((row, [address for address, _language, _name in people_of(row.organisation)]))
        return can, cannot

    def get_context_data(self, **kwargs):
        can, cannot = self.look()
        n = len(can)
        says = ngettext("This mails %(n)s organisation.", "This mails %(n)s organisations.", n) % {"n": n}
        return super().get_context_data(
            heading=_("Remind"), round=self.round, can=can, cannot=cannot, says=says, back=self.round.get_absolute_url(), **kwargs
        )  # fmt: skip

    def post(self, request, *args, **kwargs):
        chosen = {int(pk) for pk in request.POST.getlist("returns") if pk.isdecimal() and len(pk) < 18}
        done = 0
        for row in self.returns():
            if row.pk in chosen:
                try:
                    collection.remind_return(row, by=request.user)
                    done += 1
                except ValidationError as error:
                    messages.warning(request, f"{row.organisation_name}: {error_text(error)}")
        if not chosen:
            context = self.get_context_data(nobody=_("Tick at least one organisation."))
            return self.render_to_response(context, status=422)
        if done:
            said = ngettext("%(n)s organisation is reminded.", "%(n)s organisations are reminded.", done) % {"n": done}
            messages.success(request, said)
        return self.back()

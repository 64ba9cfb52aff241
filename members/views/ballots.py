"""Ballots in the workspace: the list, the page of a ballot with its vote, and recording a sitting."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc.generic import CheckedFormView, MoveView, VisibleDetail, VisibleList, WorkspaceMixin, error_text
from efc.permissions import require
from efc.workflow import WrongStatus
from members import arithmetic, rules
from members.answers import NAMES_FOR_OTHERS, answers
from members.forms.ballots import PrepareForm, RemarkForm, SittingForm, SittingVotesForm, VoteForm
from members.models import Application, Ballot, Elector
from members.services import ballots as services

Status = Ballot.Status


class Ballots(WorkspaceMixin, VisibleList):
    """The ballots a person may follow: those that run, those prepared, and those that are over. Costs: 4 queries."""

    model = Ballot
    template_name = "members/ballots/list.html"
    heading = gettext_lazy("Ballots")

    def get_queryset(self):
        own = Elector.objects.of(self.request.user).filter(ballot=OuterRef("pk"), has_vote=True).order_by("pk")
        counts = Q(electorate__has_vote=True, electorate__recused_because="")
        return (
            super()
            .get_queryset()
            .select_related("decision")
            .annotate(
                own_choice=Subquery(own.values("choice")[:1]),
                own_recusal=Subquery(own.values("recused_because")[:1]),
                has_own=Exists(own),
                counting=Count("electorate", filter=counts),
                replied=Count("electorate", filter=counts & ~Q(electorate__choice="")),
            )
            .order_by("-closed_at", "-pk")
        )

    def get_context_data(self, **kwargs):
        rows = self.get_queryset()
        over = rows.filter(status__in=[Status.CLOSED, Status.CANCELLED])
        return super().get_context_data(
            object_list=over,
            running=rows.filter(status=Status.OPEN).order_by("closes_at", "pk"),
            prepared=rows.filter(status=Status.DRAFT).order_by("opens_at", "pk"),
            may_run=self.request.user.has_perm("members.run_ballot"),
            **kwargs,
        )


class BallotPage(WorkspaceMixin, VisibleDetail):
    """One ballot: the matter on the left, note, replies and one's own vote on the right; the result once it closed."""

    model = Ballot
    template_name = "members/ballots/detail.html"
    context_object_name = "ballot"
    vote_form = remark_form = None

    def get_queryset(self):
        return super().get_queryset().select_related("application", "decision", "sitting")

    def get_object(self, queryset=None):
        ballot = super().get_object(queryset)
        self.seats = list(ballot.electorate.of(self.request.user).order_by("-has_vote", "pk"))
        self.own = self.chosen_seat()
        return ballot

    def chosen_seat(self):
        """Return the seat one acts for: the one that is named, else the first that has not voted. Who is alternate may have several."""
        named = self.request.POST.get("seat") or self.request.GET.get("seat")
        if named:
            return next((seat for seat in self.seats if str(seat.pk) == named), None)
        missing = (seat for seat in self.seats if seat.has_vote and not seat.choice and not seat.recused_because)
        return next(missing, self.seats[0] if self.seats else None)

    def get_context_data(self, **kwargs):
        ballot, user, own = self.object, self.request.user, self.own
        electorate = list(services.electorate(ballot))
        counting = [row for row in electorate if row.has_vote and not row.recused_because]
        sees_votes = services.may_see_votes(ballot, user)
        is_over = ballot.status == Status.OPEN and Ballot.objects.due().filter(pk=ballot.pk).exists()
        may_act = own is not None and not own.recused_because and ballot.status == Status.OPEN and not is_over
        may_vote = may_act and ballot.kind != Ballot.Kind.MEETING
        remarks = ballot.remarks.select_related("elector")
        application = ballot.application
        if application is not None and not Application.objects.visible_to(user).filter(pk=application.pk).exists():
            application = None
        return super().get_context_data(
            own=own,
            other_seats=[seat for seat in self.seats if seat != own],
            electorate=electorate,
            counting=counting,
            replied=[row for row in counting if row.choice],
            sees_votes=sees_votes,
            is_over=is_over,
            vote_form=(self.vote_form or VoteForm(elector=own)) if may_vote else None,
            remark_form=(self.remark_form or RemarkForm()) if may_act else None,
            remarks=remarks if sees_votes else remarks.filter(elector=own) if own else [],
            arithmetic=arithmetic.in_words(ballot.tally, ballot.outcome) if ballot.outcome else [],
            application=application,
            steps=answers(application, NAMES_FOR_OTHERS) if application else [],
            may_run=user.has_perm("members.run_ballot", ballot),
            moves=ballot.moves_for(user),
            **{"heading": ballot.title, **kwargs},
        )


class CastVote(BallotPage):
    """POST the vote of one's seat. A declared interest cannot be taken back, so it is asked once more."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        ballot = self.object = self.get_object()
        if self.own is None:
            raise PermissionDenied
        form = self.vote_form = VoteForm(request.POST, elector=self.own)
        if form.is_valid():
            if form.cleaned_data["choice"] == Elector.Choice.INTEREST and "sure" not in request.POST:
                return self.ask_once_more(form.cleaned_data["reason"])
            try:
                services.cast_vote(
                    self.own, form.cleaned_data["choice"], by=request.user, reason=form.cleaned_data["reason"]
                )
            except WrongStatus as error:
                messages.warning(request, str(error))
            except ValidationError as error:
                form.add_error(None, error_text(error))
                return self.render_to_response(self.get_context_data(), status=422)
            else:
                messages.success(request, vote_recorded(ballot, form.cleaned_data["choice"]))
            return redirect(ballot)
        return self.render_to_response(self.get_context_data(), status=422)

    def ask_once_more(self, reason):
        self.template_name = "members/ballots/interest.html"
        return self.render_to_response(self.get_context_data(heading=_("Declare an interest?"), reason=reason))


def vote_recorded(ballot, choice):
    if choice == Elector.Choice.INTEREST:
        return _("Your seat is recused from this matter. It counts nowhere in it.")
    facts = {"choice": Elector.Choice(choice).label}
    if ballot.closes_at is None:
        return _("Recorded: %(choice)s.") % facts
    return _("Recorded: %(choice)s. You may change it until %(time)s.") % {
        **facts,
        "time": rules.in_words(ballot.closes_at),
    }


class WriteRemark(BallotPage):
    """POST a comment of one's seat."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        ballot = self.object = self.get_object()
        if self.own is None:
            raise PermissionDenied
        form = self.remark_form = RemarkForm(request.POST)
        if form.is_valid():
            try:
                services.add_remark(self.own, form.cleaned_data["text"], by=request.user)
            except WrongStatus as error:
                messages.warning(request, str(error))
            except ValidationError as error:
                form.add_error(None, error_text(error))
                return self.render_to_response(self.get_context_data(), status=422)
            else:
                messages.success(request, _("Your comment is added."))
            return redirect(ballot)
        return self.render_to_response(self.get_context_data(), status=422)


class BallotMove(MoveView):
    """POST one verb of whoever runs the ballots."""

    model = Ballot
    verbs = {
        "open": services.open_ballot,
        "close": services.close_ballot,
        "cancel": services.cancel_ballot,
        "remind": services.remind_ballot,
    }


class RunsBallots(WorkspaceMixin):
    """A page for those who prepare ballots and record sittings; for others it does not exist."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("members.run_ballot"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class PrepareBallot(RunsBallots, CheckedFormView):
    """Ask the Steering Group a question in writing."""

    form_class = PrepareForm
    template_name = "members/ballots/prepare.html"
    heading = gettext_lazy("New written vote")

    def form_valid(self, form):
        try:
            ballot = services.prepare_ballot(
                **form.answers(settings.STEERING_GROUP_RULES["closing_hour"]), by=self.request.user
            )
        except ValidationError as error:
            form.add_error(None, error_text(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Prepared. Look at it once more, then open it."))
        return redirect(ballot)


class PutToVote(MoveView):
    """POST: begin the silence procedure on an application of the fast track."""

    model = Application
    slug_field = slug_url_kwarg = "reference"

    def post(self, request, **kwargs):
        application = self.get_object()
        require(request.user, "members.run_ballot")
        try:
            ballot = services.put_to_vote(application, by=request.user, is_blind="is_blind" in request.POST)
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
            return redirect(application)
        return redirect(ballot)


class RecordSitting(RunsBallots, CheckedFormView):
    """Decide applications in one sitting, in two steps: who was there and what was decided, then the votes, all of it at once."""

    form_class = SittingForm
    template_name = "members/ballots/sitting.html"
    heading = gettext_lazy("Record a sitting")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self):
        return {"applications": self.request.GET.getlist("application")} if "application" in self.request.GET else {}

    def form_valid(self, form):
        given = form.cleaned_data
        if "back" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        rows = {"applications": given["applications"], "present": given["present"]}
        votes = SittingVotesForm(self.request.POST if "record" in self.request.POST else None, **rows)
        if not votes.is_bound:
            return self.render_to_response(self.get_context_data(form=form, votes=votes))
        if votes.is_valid():
            try:
                sitting = services.hold_sitting(
                    title=given["title"], held_on=given["held_on"], present=given["present"], votes=votes.votes(),
                    by=self.request.user,
                )  # fmt: skip
            except (WrongStatus, ValidationError) as error:
                votes.add_error(None, error_text(error))
            else:
                messages.success(
                    self.request, _("Recorded: %(sitting)s. The results stand below.") % {"sitting": sitting}
                )
                return redirect("workspace_members:ballots")
        return self.render_to_response(self.get_context_data(form=form, votes=votes), status=422)

    def get_context_data(self, **kwargs):
        return super().get_context_data(back=reverse("workspace_members:ballots"), **kwargs)

"""Ballots at the desk: prepare, look at who would vote, open, remind, cancel; who has replied, and the result once it is closed."""

from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc.acts import Act, Bulk, ReadOnly
from efc.adminsite import VisibleAdmin, trail
from members import arithmetic, rules
from members.forms.desk import BallotForm, SureForm
from members.models import Ballot, Seat, Sitting
from members.services import ballots

RUN = "members.run_ballot"
Status = Ballot.Status


def voting_today(application=None):
    """Return who would vote if a ballot opened now, and who would not: [(heading, names)], as an act's page lists them."""
    seats = Seat.objects.voting().select_related("organisation", "holder", "alternate").order_by("organisation__name")
    concerned = set()
    if application is not None:
        concerned = {application.organisation_id, *application.recused.values_list("pk", flat=True)}
    named = {seat.organisation_id: (seat.organisation, seat.holder or seat.alternate) for seat in seats}
    votes = [_seat(*named[pk]) for pk in named if pk not in concerned]
    return [
        (ngettext("%(n)s seat would vote", "%(n)s seats would vote", len(votes)) % {"n": len(votes)}, votes),
        *([(gettext("Recused"), [str(named[pk][0]) for pk in named if pk in concerned])] if concerned & set(named) else []),
    ]  # fmt: skip


def _seat(organisation, person):
    return f"{organisation}: {person}" if person else gettext("%(name)s: nobody named") % {"name": organisation}


def _opening(ballot):
    ends = ballot.closes_at
    if ballot.kind == Ballot.Kind.SILENCE:
        ends = max(ends or rules.first_end(rules.timezone.now()), rules.first_end(rules.timezone.now()))
    said = gettext(
        "The electorate and the text of the rule are frozen now, and every seat that takes part gets a letter."
    )
    if ends:
        said += " " + gettext("It closes on %(time)s.") % {"time": rules.in_words(ends)}
    return {"consequence": said, "facts": voting_today(ballot.application)}


def silent(ballot):
    """Return the seats that have a vote and have not replied."""
    return ballot.electorate.counting().filter(choice="")


def _reminding(ballot):
    names = [str(elector) for elector in silent(ballot)]
    n = len(names)
    said = ngettext("This mails the people of %(n)s seat.", "This mails the people of %(n)s seats.", n) % {"n": n}
    return {"consequence": said, "facts": [(gettext("Not replied"), names)]}


def _cancelling(ballot):
    if ballot.status == Status.OPEN:
        return {
            "consequence": gettext(
                "The ballot ends without a result, and every seat is told. What was voted stays on record."
            )
        }
    return {"consequence": gettext("The ballot is not opened. Nobody is told, as nobody was asked.")}


def _remind_look(ballot):
    if ballot.status != Status.OPEN or ballot.kind == Ballot.Kind.MEETING:
        raise ballots.ValidationError(gettext("Only an open ballot outside a meeting has seats to remind."))
    names = [str(elector) for elector in silent(ballot)]
    if not names:
        raise ballots.ValidationError(gettext("Every seat has replied."))
    return ", ".join(names)


def _says_reminds(count):
    return ngettext(
        "This mails the silent seats of %(n)s ballot.", "This mails the silent seats of %(n)s ballots.", count
    ) % {"n": count}


@admin.register(Ballot)
class BallotAdmin(ReadOnly, VisibleAdmin):
    """Every ballot with its state. Before the end it is shown who has replied, never what."""

    new = Act(_("Prepare a ballot"), BallotForm, ballots.prepare_ballot, RUN)
    acts = {
        "open": Act(_("Open the ballot now"), SureForm, ballots.open_ballot, RUN, lambda ballot: ballot.status == Status.DRAFT, about=_opening),
        "remind": Act(_("Remind who has not replied"), SureForm, ballots.remind_ballot, RUN,
                      lambda ballot: ballot.status == Status.OPEN and ballot.kind != Ballot.Kind.MEETING, about=_reminding),
        "close": Act(_("Close and count"), SureForm, lambda ballot, by: ballots.close_ballot(ballot, by=by), RUN,
                     lambda ballot: ballot.status == Status.OPEN and not silent(ballot).exists(),
                     note=_("All have replied. The result is counted now, and what follows from it is done.")),
        "cancel": Act(_("Cancel the ballot"), SureForm, ballots.cancel_ballot, RUN,
                      lambda ballot: ballot.status in (Status.DRAFT, Status.OPEN), about=_cancelling),
    }  # fmt: skip
    list_display = ["title", "kind", "status", "closes_at", "replied", "outcome"]
    list_filter = ["status", "kind", "outcome"]
    search_fields = ["title", "question"]
    list_select_related = ["application", "decision"]
    actions = [
        Bulk(
            "remind",
            _("Remind who has not replied"),
            ballots.remind_ballot,
            permission=RUN,
            says=_says_reminds,
            look=_remind_look,
        )
    ]

    def has_add_permission(self, request):
        return request.user.has_perm(RUN)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("electorate")

    @admin.display(description=_("replied"))
    def replied(self, ballot):
        counting = [row for row in ballot.electorate.all() if row.has_vote and not row.recused_because]
        if not counting:
            return "–"
        return gettext("%(n)s of %(all)s") % {"n": sum(bool(row.choice) for row in counting), "all": len(counting)}

    def change_view(self, request, object_id, form_url="", extra_context=None):
        ballot = self.record_or_404(request, object_id)
        sees = ballots.may_see_votes(ballot, request.user)
        result = []
        if ballot.status == Status.CLOSED:
            result = arithmetic.in_words(ballot.tally, ballot.outcome)
        return self.page(
            request, "members/ballot", ballot, str(ballot), electorate=ballots.electorate(ballot), sees=sees, result=result,
            remarks=ballot.remarks.select_related("elector") if sees else [], acts=self.acts_for(request.user, ballot),
            facts=voting_today(ballot.application) if ballot.status == Status.DRAFT else [], trail=trail(ballot),
        )  # fmt: skip


@admin.register(Sitting)
class SittingAdmin(ReadOnly, VisibleAdmin):
    """Meetings as far as votes need them. A new one is recorded in the workspace, where the Chair can do it too."""

    list_display = ["title", "held_on", "decided"]
    search_fields = ["title"]
    date_hierarchy = "held_on"
    fields = ["title", "held_on", "seats_present", "decided"]
    change_list_template = "admin/members/sitting_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("ballots__decision", "present__organisation")

    @admin.display(description=_("decided"))
    def decided(self, sitting):
        return "; ".join(f"{ballot}: {ballot.get_outcome_display()}" for ballot in sitting.ballots.all()) or "–"

    @admin.display(description=_("seats present"))
    def seats_present(self, sitting):
        return ", ".join(capfirst(str(seat)) for seat in sitting.present.all()) or "–"

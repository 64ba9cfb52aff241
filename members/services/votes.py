"""Votes and comments of a ballot: cast by the seat’s holder or alternate, changed until the end, seen by those who may.

A vote and the closing exclude each other: casting shares the ballot's row, closing takes it alone, and the time is read from the
database's clock after the lock was got. So a vote after the end is refused even where the closing job is late.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Prefetch
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from efc.workflow import WrongStatus
from members import rules
from members.models import Ballot, Elector, Remark, Vote

Choice, Status = Elector.Choice, Ballot.Status


class TooLate(WrongStatus):
    """The ballot is over: the sentence gives the time and its zone."""

    def __init__(self, ballot, verb):
        super().__init__(ballot, verb)
        end = min((moment for moment in (ballot.closes_at, ballot.closed_at) if moment), default=None)
        if ballot.status == Status.CANCELLED:
            self.args = (_("“%(ballot)s” was cancelled. Nothing needs to be done.") % {"ballot": ballot},)
        elif ballot.status != Status.DRAFT and end:
            facts = {"ballot": ballot, "time": rules.in_words(end)}
            self.args = (_("“%(ballot)s” closed on %(time)s. What you sent was not counted; see the result.") % facts,)


# ── locks ────────────────────────────────────────────────────────────────


def alone(ballot):
    """Take the ballot alone: votes wait until this transaction ends, and this one for votes that were earlier."""
    return Ballot.objects.select_for_update().select_related(None).get(pk=ballot.pk)


def shared(ballot, verb):
    """Share the ballot's row with other votes, then ask the database's clock. Returns: the ballot, with that time as `read_at`.

    Raises: TooLate.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM members_ballot WHERE id = %s FOR SHARE", [ballot.pk])
    ballot = Ballot.objects.annotate(read_at=Now()).get(pk=ballot.pk)
    if ballot.status != Status.OPEN or (ballot.closes_at is not None and ballot.closes_at <= ballot.read_at):
        raise TooLate(ballot, verb)
    return ballot


# ── voting ───────────────────────────────────────────────────────────────


@transaction.atomic
def cast_vote(elector, choice, *, by, reason=""):
    """Cast or change the vote of a seat, by its holder or its alternate.

    Declaring an interest recuses the seat for good. Writes: the elector as it stands, one Vote row each time, an audit entry
    without the choice. Raises: PermissionDenied for anybody else; ValidationError; TooLate after the end by the database's clock.
    """
    elector = Elector.objects.select_related("ballot", "holder", "alternate").get(pk=elector.pk)
    name = _acts_for(elector, by)
    elector.ballot = shared(elector.ballot, "vote")
    return _write_vote(elector, choice, reason, by=by, name=name)


@transaction.atomic
def record_vote(elector, choice, *, by, reason=""):
    """Record what a seat voted in a meeting, by whoever runs the ballot."""
    require(by, "members.run_ballot", elector.ballot)
    elector.ballot = shared(elector.ballot, "vote")
    if elector.ballot.kind != Ballot.Kind.MEETING:
        raise PermissionDenied("Only votes of a meeting are recorded by others than the seat.")
    return _write_vote(elector, choice, reason, by=by, name=elector.holder_name)


def _acts_for(elector, by):
    """Return the name under which this person votes for the seat. Raises: PermissionDenied."""
    for person in (elector.holder, elector.alternate):
        if person is not None and by is not None and by.is_active and person.user_id == by.pk:
            return person.shown_name
    raise PermissionDenied("Only the holder of the seat and the alternate vote for it.")


def _write_vote(elector, choice, reason, *, by, name):
    row = Elector.objects.select_for_update(no_key=True).get(pk=elector.pk)  # one casting after another
    reason = reason.strip()
    if choice not in Choice.values:
        raise ValidationError({"choice": _("Choose one of the four answers.")})
    if row.recused_because:
        raise ValidationError(_("This seat is recused, so it has no vote in this matter."))
    if not row.has_vote and choice != Choice.INTEREST:
        raise ValidationError(_("An advisory seat comments and does not vote."))
    if choice == Choice.OBJECT and not reason:
        raise ValidationError({"reason": _("Give the reason for your objection, so that the others can weigh it.")})
    fields = {"choice": choice, "reason": reason, "cast_at": elector.ballot.read_at, "cast_by_name": name}
    if choice == Choice.INTEREST:
        fields["recused_because"] = Elector.Recusal.INTEREST
    Elector.objects.filter(pk=row.pk).update(**fields)
    Vote.objects.create(
        elector=row,
        choice=choice,
        reason=reason,
        cast_at=elector.ballot.read_at,
        cast_by=by.pseudonym if by else "",
    )
    audit.record("members.ballot.vote", elector.ballot, by, seat=row.organisation_name)
    elector.refresh_from_db()
    return elector


@transaction.atomic
def add_remark(elector, text, *, by):
    """Add a comment to an open ballot, by the holder or the alternate of a seat with or without a vote, until the end."""
    elector = Elector.objects.select_related("ballot", "holder", "alternate").get(pk=elector.pk)
    name = _acts_for(elector, by)
    ballot = shared(elector.ballot, "remark")
    if elector.recused_because:
        raise ValidationError(_("This seat is recused and takes no part in the discussion."))
    remark = Remark(ballot=ballot, elector=elector, text=text.strip(), written_by_name=name)
    remark.full_clean()
    remark.save()
    audit.record("members.ballot.remark", ballot, by, seat=elector.organisation_name)
    return remark


def may_see_votes(ballot, user):
    """Say whether this person sees votes and comments now: everybody once it closed; before, the seats that take part, and in a
    blind ballot each only after its own vote. The Secretariat sees who replied, never what.
    """
    if ballot.status == Status.CLOSED:
        return True
    own = ballot.electorate.of(user).filter(recused_because="")
    if ballot.is_blind:
        own = own.exclude(choice="")  # an advisory seat has no vote, so it waits for the end
    return ballot.status == Status.OPEN and own.exists()


def electorate(ballot):
    """Return the ballot's electors with what a page shows of them. Costs: 2 queries."""
    votes = Prefetch("votes", Vote.objects.order_by("pk"))
    return ballot.electorate.select_related("organisation").prefetch_related(votes)

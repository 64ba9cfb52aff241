"""What tests of ballots need: seats whose people have accounts, an opened ballot, votes, and time that passes."""

from datetime import timedelta

from django.db.models import F

from members.models import Ballot, Seat
from members.services import ballots
from tests.factories import PersonFactory, SeatFactory, UserFactory


def seat_of(name, kind=Seat.Kind.FULL, **fields):
    """Return a seat whose holder has an account."""
    return SeatFactory(organisation__name=name, kind=kind, holder=person(f"Holder of {name}"), **fields)


def person(name):
    user = UserFactory()
    return PersonFactory(name=name, email=user.email, user=user)


def begin(officer, kind=Ballot.Kind.WRITTEN, **fields):
    """Prepare and open a ballot."""
    words = {"title": "Action plan", "question": "Shall the plan be adopted?"}
    ballot = ballots.prepare_ballot(kind=kind, by=officer, **{**words, **fields})
    return ballots.open_ballot(ballot, by=officer)


def let_time_pass(ballot):
    """Let the end of a ballot lie behind us, by the database’s clock."""
    Ballot.objects.filter(pk=ballot.pk).update(
        opens_at=F("opens_at") - timedelta(days=60), closes_at=F("opens_at") - timedelta(days=1)
    )
    return Ballot.objects.get(pk=ballot.pk)


def end(ballot):
    """Let the time of a ballot be over, and the clock close it."""
    return ballots.close_ballot(let_time_pass(ballot))


def elector(ballot, name):
    return ballot.electorate.get(organisation_name=name)


def vote(ballot, name, choice, reason=""):
    row = elector(ballot, name)
    return ballots.cast_vote(row, choice, by=row.holder.user, reason=reason)

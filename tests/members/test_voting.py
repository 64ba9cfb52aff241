"""A ballot from its preparation to its result, by the verbs that every door calls."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F

from efc.models import OutgoingMail
from members.models import Ballot, Elector, Seat, Vote
from members.services import ballots
from members.services.ballots import TooLate
from tests.factories import PersonFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db


def seat_of(name, kind=Seat.Kind.FULL, **fields):
    """Return a seat whose holder has an account."""
    holder = PersonFactory(name=f"Holder of {name}", user=UserFactory())
    return SeatFactory(organisation__name=name, kind=kind, holder=holder, **fields)


@pytest.fixture
def seats():
    return [seat_of("Chair", Seat.Kind.CHAIR), *(seat_of(f"Full {n}") for n in range(1, 5)), seat_of("Adviser", Seat.Kind.ADVISORY)]


def begin(officer, kind=Ballot.Kind.WRITTEN, **fields):
    ballot = ballots.prepare_ballot(kind=kind, title="Action plan", question="Shall the plan be adopted?", by=officer, **fields)
    return ballots.open_ballot(ballot, by=officer)


def end(ballot):
    """Let the time of a ballot be over, by the database’s clock."""
    Ballot.objects.filter(pk=ballot.pk).update(opens_at=F("opens_at") - timedelta(days=60), closes_at=F("opens_at") - timedelta(days=1))
    return ballots.close_ballot(ballot)


def elector(ballot, name):
    return ballot.electorate.get(organisation_name=name)


def vote(ballot, name, choice, reason=""):
    row = elector(ballot, name)
    return ballots.cast_vote(row, choice, by=row.holder.user, reason=reason)


def test_a_written_vote_is_opened_cast_and_counted(seats, secretariat):
    ballot = begin(secretariat)
    assert [(row.organisation_name, row.has_vote) for row in ballot.electorate.all()] == [
        ("Adviser", False), ("Chair", True), ("Full 1", True), ("Full 2", True), ("Full 3", True), ("Full 4", True)
    ]  # fmt: skip
    vote(ballot, "Chair", "agree")
    vote(ballot, "Full 1", "object", "Too dear.")
    vote(ballot, "Full 1", "agree")
    vote(ballot, "Full 2", "abstain")
    closed = end(ballot)
    assert (closed.outcome, closed.tally["agree"], closed.tally["voted"], closed.tally["needed"]) == ("adopted", 2, 3, 3)
    assert closed.decision.title == "Action plan"
    assert Vote.objects.count() == 4

"""A ballot by the verbs that every door calls: who votes, what may change until when, and what stands afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from efc.models import OutgoingMail
from members import rules
from members.models import Ballot, Decision, Elector, Seat, Vote
from members.services import ballots, people
from members.services.decisions import DecidedAlready
from members.services.votes import TooLate
from tests.factories import SeatFactory, SuspensionFactory
from tests.members.voting import begin, elector, end, let_time_pass, person, seat_of, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats():
    """Five voting seats, an advisory one and an observer."""
    kinds = {"Chair": Seat.Kind.CHAIR, "Adviser": Seat.Kind.ADVISORY, "Commission": Seat.Kind.OBSERVER}
    names = ["Chair", "Full 1", "Full 2", "Full 3", "Full 4", "Adviser", "Commission"]
    return {name: seat_of(name, kinds.get(name, Seat.Kind.FULL)) for name in names}


# ── who votes ────────────────────────────────────────────────────────────


def test_chair_and_full_seats_vote_advisers_comment_and_observers_are_not_asked(seats, secretariat):
    ballot = begin(secretariat)

    assert [(row.organisation_name, row.has_vote) for row in ballot.electorate.all()] == [
        ("Adviser", False), ("Chair", True), ("Full 1", True), ("Full 2", True), ("Full 3", True), ("Full 4", True)
    ]  # fmt: skip
    assert "more than half" in ballot.rule_text
    assert {letter.address for letter in OutgoingMail.objects.filter(template="members/ballot_opened")} == {
        seats[name].holder.email for name in seats if name != "Commission"
    }


def test_an_organisation_with_two_seats_has_one_vote_and_a_suspended_one_none(seats, secretariat):
    SeatFactory(organisation=seats["Full 1"].organisation, kind=Seat.Kind.SECRETARIAT)
    SeatFactory(organisation=seats["Full 2"].organisation, kind=Seat.Kind.CHAIR)
    SuspensionFactory(organisation=seats["Full 3"].organisation)

    voting = begin(secretariat).electorate.filter(has_vote=True)

    assert sorted(row.organisation_name for row in voting) == ["Chair", "Full 1", "Full 2", "Full 4"]


def test_the_electorate_stands_as_it_was_at_the_opening(seats, secretariat):
    ballot = begin(secretariat)
    seat_of("Newcomer")
    Seat.objects.filter(organisation__name="Full 1").update(ends_on=date(2020, 1, 1), kind=Seat.Kind.ADVISORY)

    assert ballot.electorate.filter(has_vote=True).count() == 5
    assert vote(ballot, "Full 1", "agree").choice == "agree"


def test_holder_and_alternate_vote_and_nobody_else(seats, secretariat, chair):
    seats["Full 1"].alternate = person("Alternate of Full 1")
    seats["Full 1"].save()
    row = elector(begin(secretariat), "Full 1")

    ballots.cast_vote(row, "abstain", by=seats["Full 1"].alternate.user)
    row.refresh_from_db()

    assert (row.choice, row.cast_by_name) == ("abstain", "Alternate of Full 1")
    for somebody in (secretariat, chair, seats["Full 2"].holder.user, None):
        with pytest.raises(PermissionDenied):
            ballots.cast_vote(row, "agree", by=somebody)
        with pytest.raises(PermissionDenied):
            ballots.add_remark(row, "A word.", by=somebody)
    assert Vote.objects.count() == 1


def test_a_successor_votes_for_the_seat_and_the_name_of_the_opening_stays(seats, secretariat):
    ballot, leaver, successor = begin(secretariat), seats["Full 1"].holder, person("Successor")

    people.hand_over(leaver, successor, by=secretariat)

    row = elector(ballot, "Full 1")
    assert ballots.cast_vote(row, "agree", by=successor.user).cast_by_name == "Successor"
    assert row.holder_name == "Holder of Full 1"
    with pytest.raises(PermissionDenied):
        ballots.cast_vote(row, "object", by=leaver.user, reason="Late.")


# ── votes ────────────────────────────────────────────────────────────────


def test_a_vote_changes_until_the_end_and_each_change_is_kept(seats, secretariat):
    ballot = begin(secretariat)
    for choice, reason in [("agree", ""), ("object", "Too dear."), ("abstain", "")]:
        vote(ballot, "Full 1", choice, reason)

    assert (elector(ballot, "Full 1").choice, elector(ballot, "Full 1").reason) == ("abstain", "")
    assert list(Vote.objects.values_list("choice", "reason")) == [
        ("agree", ""),
        ("object", "Too dear."),
        ("abstain", ""),
    ]


def test_an_objection_needs_its_reason(seats, secretariat):
    ballot = begin(secretariat)
    for reason in ("", "  \n"):
        with pytest.raises(ValidationError, match="Give the reason"):
            vote(ballot, "Full 1", "object", reason)
    with pytest.raises(ValidationError, match="four answers"):
        vote(ballot, "Full 1", "perhaps")
    assert not Vote.objects.exists()


def test_declaring_an_interest_recuses_for_good(seats, secretariat):
    ballot = begin(secretariat)
    vote(ballot, "Full 1", "agree")
    vote(ballot, "Full 1", "interest")

    assert elector(ballot, "Full 1").recused_because == "interest"
    with pytest.raises(ValidationError, match="recused"):
        vote(ballot, "Full 1", "agree")
    with pytest.raises(ValidationError, match="recused"):
        ballots.add_remark(elector(ballot, "Full 1"), "A word.", by=seats["Full 1"].holder.user)
    assert ballot.electorate.counting().count() == 4


def test_an_adviser_comments_and_does_not_vote(seats, secretariat):
    ballot = begin(secretariat)
    adviser = elector(ballot, "Adviser")

    ballots.add_remark(adviser, "Ask for their licence.", by=adviser.holder.user)
    with pytest.raises(ValidationError, match="advisory"):
        vote(ballot, "Adviser", "agree")

    assert ballot.remarks.get().text == "Ask for their licence."
    assert adviser.votes.count() == 0


def test_others_votes_are_seen_by_those_who_take_part_and_in_a_blind_ballot_after_ones_own(seats, secretariat):
    seen_by = ("Full 1", "Full 2", "Adviser")
    users = {name: seats[name].holder.user for name in seen_by} | {"officer": secretariat}

    def seeing(ballot):
        return [name for name, user in users.items() if ballots.may_see_votes(ballot, user)]

    plain, blind = begin(secretariat), begin(secretariat, is_blind=True)
    vote(blind, "Full 1", "agree")
    vote(plain, "Full 2", "interest")

    assert seeing(plain) == ["Full 1", "Adviser"]
    assert seeing(blind) == ["Full 1"]
    assert seeing(end(blind)) == ["Full 1", "Full 2", "Adviser", "officer"]


# ── the end ──────────────────────────────────────────────────────────────


def test_a_written_vote_is_adopted_and_recorded(seats, secretariat):
    ballot = begin(secretariat)
    vote(ballot, "Chair", "agree")
    vote(ballot, "Full 1", "agree")
    vote(ballot, "Full 2", "object", "Too dear.")

    closed = end(ballot)

    assert (closed.outcome, closed.tally["agree"], closed.tally["voted"], closed.tally["needed"]) == (
        "adopted",
        2,
        3,
        3,
    )
    assert closed.decision.text == (
        "Shall the plan be adopted?\n\nThere are 5 voting seats. Nobody is recused, so all of them count. The quorum is 3, 3 voted."
        " 2 agree, 1 object, 0 abstain. 2 against 1: adopted."
    )
    assert (closed.decision.procedure, closed.decision.decided_on) == ("written", rules.brussels_day(closed.closes_at))
    assert OutgoingMail.objects.filter(template="members/ballot_closed").count() == 6


def test_a_vote_after_the_end_is_refused_with_the_time_though_nobody_has_closed_the_ballot(seats, secretariat):
    ballot = let_time_pass(begin(secretariat))

    with pytest.raises(TooLate) as refusal:
        vote(ballot, "Full 1", "agree")

    assert ballot.status == "open"
    assert rules.in_words(ballot.closes_at) in str(refusal.value)
    assert str(refusal.value).endswith("What you sent was not counted; see the result.")
    with pytest.raises(TooLate):
        ballots.add_remark(elector(ballot, "Full 1"), "A word.", by=seats["Full 1"].holder.user)
    assert not Vote.objects.exists()


def test_before_its_end_a_ballot_closes_only_once_all_have_replied(seats, secretariat):
    ballot = begin(secretariat)
    for name in ("Chair", "Full 1", "Full 2", "Full 3"):
        vote(ballot, name, "agree")

    with pytest.raises(ValidationError, match="1 seats have not replied"):
        ballots.close_ballot(ballot, by=secretariat)
    vote(ballot, "Full 4", "interest")

    assert ballots.close_ballot(ballot, by=secretariat).outcome == "adopted"
    assert ballots.close_due() == 0


def test_who_closes_second_is_told_who_was_first_and_when(seats, secretariat, second_officer):
    ballot = let_time_pass(begin(secretariat))
    ballots.close_ballot(ballot, by=secretariat)

    with pytest.raises(DecidedAlready) as refusal:
        ballots.close_ballot(ballot, by=second_officer)

    closed = Ballot.objects.get()
    assert "Closed, by Secretariat officer on" in str(refusal.value)
    assert closed.closed_at.astimezone(rules.BRUSSELS).strftime("%H:%M") in str(refusal.value)
    assert Decision.objects.count() == 0


def test_what_was_closed_cannot_be_changed_by_anybody(seats, secretariat):
    ballot = begin(secretariat)
    vote(ballot, "Full 1", "agree")
    ballot = end(ballot)
    row = elector(ballot, "Full 1")
    changes = [
        lambda: Elector.objects.filter(pk=row.pk).update(choice="abstain"),
        lambda: Ballot.objects.filter(pk=ballot.pk).update(outcome="adopted"),
        lambda: Vote.objects.create(elector=row, choice="agree"),
        lambda: Vote.objects.filter(elector=row).delete(),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(TooLate):
        vote(ballot, "Full 1", "abstain")


def test_only_those_who_run_ballots_prepare_open_close_cancel_and_remind(seats, sg_member, secretariat):
    with pytest.raises(PermissionDenied):
        begin(sg_member)
    ballot = begin(secretariat)
    for verb in (ballots.open_ballot, ballots.close_ballot, ballots.cancel_ballot, ballots.remind_ballot):
        with pytest.raises(PermissionDenied):
            verb(ballot, by=sg_member)


def test_a_cancelled_ballot_keeps_its_votes_and_takes_no_more(seats, secretariat):
    ballot = begin(secretariat)
    vote(ballot, "Full 1", "agree")

    ballots.cancel_ballot(ballot, by=secretariat)

    with pytest.raises(TooLate, match="was cancelled"):
        vote(ballot, "Full 2", "agree")
    assert Vote.objects.count() == 1
    assert OutgoingMail.objects.filter(template="members/ballot_cancelled").count() == 6


# ── the clock ────────────────────────────────────────────────────────────


def test_the_clock_opens_what_is_due_and_closes_what_is_over(seats, secretariat):
    words = {"kind": "written", "title": "Budget", "question": "Shall it be adopted?", "by": secretariat}
    now = timezone.now()
    due = ballots.prepare_ballot(**words, opens_at=now - timedelta(minutes=1))
    later = ballots.prepare_ballot(**words, opens_at=now + timedelta(hours=1))

    assert (ballots.open_due(), ballots.open_due()) == (1, 0)
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.status, later.status) == ("open", "draft")
    assert ballots.close_due() == 0
    let_time_pass(due)
    assert (ballots.close_due(), ballots.close_due()) == (1, 0)


def test_those_missing_are_reminded_half_way_and_two_working_days_before_the_end_once_each(seats, secretariat):
    ballot = begin(secretariat)
    vote(ballot, "Full 1", "agree")
    vote(ballot, "Full 2", "interest")
    letters = OutgoingMail.objects.filter(template="members/ballot_reminder")

    def at(days_open, days_left):
        now = timezone.now()
        Ballot.objects.filter(pk=ballot.pk).update(
            opens_at=now - timedelta(days=days_open), closes_at=now + timedelta(days=days_left)
        )
        return ballots.remind_due()

    assert at(2, 12) == 0
    assert (at(8, 6), at(8, 6)) == (1, 0)
    assert sorted(letters.values_list("address", flat=True)) == sorted(
        seats[name].holder.email for name in ("Chair", "Full 3", "Full 4")
    )
    Ballot.objects.filter(pk=ballot.pk).update(reminded_at=timezone.now() - timedelta(days=5))
    assert (at(13, 1), at(13, 1)) == (1, 0)
    assert letters.count() == 6


# Working days of Brussels, by hand. In 2026 Easter Monday is 6 April, Labour Day Friday 1 May, Ascension Thursday 14 May, and
# Pentecost Monday 25 May. The summer time of 2026 begins on 29 March and ends on 25 October.
@pytest.mark.parametrize(
    ("opened", "end"),
    [
        ("2026-03-02 10:00", "2026-03-16 18:00+01:00"),
        ("2026-03-23 10:00", "2026-04-07 18:00+02:00"),  # Easter Monday between, and the clock goes forward
        ("2026-10-19 10:00", "2026-11-02 18:00+01:00"),  # the clock goes back; All Saints is a Sunday
        ("2026-05-08 23:30", "2026-05-26 18:00+02:00"),  # Ascension and Pentecost Monday between
        ("2026-12-18 09:00", "2027-01-05 18:00+01:00"),  # Christmas and New Year
    ],
)  # fmt: skip
def test_a_silence_procedure_ends_ten_brussels_working_days_later_at_six_whatever_the_clocks_do(opened, end):
    opened = datetime.fromisoformat(opened).replace(tzinfo=rules.BRUSSELS)

    found = rules.first_end(opened)

    assert found.isoformat(" ", "minutes") == end
    assert found.astimezone(rules.BRUSSELS).hour == 18


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 3, 28, 17, tzinfo=UTC), "28 March 2026, 18:00 CET (Brussels)"),
        (datetime(2026, 3, 29, 16, tzinfo=UTC), "29 March 2026, 18:00 CEST (Brussels)"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026, 02:30 CEST (Brussels)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026, 02:30 CET (Brussels)"),  # the same hour again
    ],
)
def test_a_deadline_carries_its_zone(moment, words):
    assert rules.in_words(moment) == words


def test_a_silence_procedure_is_never_shorter_than_its_rule(seats, secretariat):
    soon = timezone.now() + timedelta(days=1)

    ballot = begin(secretariat, kind=Ballot.Kind.SILENCE, closes_at=soon)

    assert ballot.closes_at == rules.first_end(ballot.opened_at)
    with pytest.raises(ValidationError, match="end lies in the past"):
        begin(secretariat, closes_at=timezone.now() - timedelta(minutes=1))


def test_a_ballot_neither_begins_nor_ends_in_the_past(secretariat):
    words = {"kind": "written", "title": "Budget", "question": "Shall it be so?", "by": secretariat}
    with pytest.raises(ValidationError, match="This day has passed"):
        ballots.prepare_ballot(**words, opens_at=timezone.now() - timedelta(days=2))
    with pytest.raises(ValidationError, match="end lies in the past"):
        ballots.prepare_ballot(**words, closes_at=timezone.now() - timedelta(days=2))
    assert not Ballot.objects.exists()


def test_the_seats_are_reminded_once_a_day(secretariat, settings):
    ballot = begin(secretariat)
    ballots.remind_ballot(ballot, by=secretariat)
    with pytest.raises(ValidationError, match="Wait a day before you do it again"):
        ballots.remind_ballot(ballot, by=secretariat)
    Ballot.objects.filter(pk=ballot.pk).update(reminded_at=timezone.now() - timedelta(days=1, minutes=1))
    ballots.remind_ballot(ballot, by=secretariat)

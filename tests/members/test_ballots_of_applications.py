"""What a ballot does to an application: fast track, objection, a sitting that decides several, two officers at once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from efc.models import OutgoingMail
from members.models import Application, Ballot, Decision, MembershipTerm, Seat, Sitting, Vote
from members.services import applications, ballots, memberships
from members.services.decisions import DecidedAlready
from tests.factories import ApplicationFactory, DecisionFactory
from tests.members.voting import begin, elector, end, let_time_pass, seat_of, vote

pytestmark = pytest.mark.django_db
Status = Application.Status


@pytest.fixture
def seats():
    names = {"Chair": Seat.Kind.CHAIR, "Full 1": Seat.Kind.FULL, "Full 2": Seat.Kind.FULL, "Full 3": Seat.Kind.FULL}
    return {name: seat_of(name, kind) for name, kind in names.items()}


def applicant(name, officer, *, fast_track=False, organisation=None):
    """Return an application that the Secretariat has taken up and checked."""
    application = ApplicationFactory(organisation_name=name, organisation=organisation, sent=True)
    application = applications.review_application(application, by=officer)
    for check in application.checks.all():
        applications.set_check(check, "passed", "", by=officer)
    route = Application.Route.FAST_TRACK if fast_track else Application.Route.MEETING
    named_by = DecisionFactory() if fast_track else None
    return applications.choose_route(application, route, by=officer, note="A payment company.", named_by=named_by)


def letters(template):
    return OutgoingMail.objects.filter(template=f"members/{template}").count()


def test_on_the_fast_track_no_reply_counts_as_agreement_and_the_organisation_becomes_a_member(seats, secretariat):
    application = applicant("Example Bank", secretariat, fast_track=True)
    ballot = ballots.put_to_vote(application, by=secretariat)

    closed = end(ballot)
    application.refresh_from_db()

    assert (closed.outcome, closed.tally["silent"], closed.tally["agreeing"]) == ("adopted", 4, 4)
    assert (application.status, application.decision) == (Status.APPROVED, closed.decision)
    assert MembershipTerm.objects.get(organisation=application.organisation).decision == closed.decision
    assert (closed.decision.title, closed.decision.procedure) == ("Admission of Example Bank", "silence")
    assert (letters("application_approved"), letters("ballot_closed")) == (1, 4)


def test_one_objection_sends_it_to_the_meeting_tells_everybody_and_approves_nothing(seats, secretariat):
    application = applicant("Example Bank", secretariat, fast_track=True)
    ballot = ballots.put_to_vote(application, by=secretariat)
    vote(ballot, "Chair", "agree")
    vote(ballot, "Full 1", "object", "We know too little of them.")

    closed = end(ballot)
    application.refresh_from_db()

    assert closed.outcome == "to_meeting"
    assert (application.status, application.route) == (Status.PUT_OFF, Application.Route.MEETING)
    assert not MembershipTerm.objects.filter(organisation__name="Example Bank").exists()
    assert not Decision.objects.filter(ballot=closed).exists()
    assert (letters("ballot_closed"), letters("application_put_off"), letters("application_approved")) == (4, 1, 0)
    told = OutgoingMail.objects.get(template="members/application_put_off")
    assert "next meeting" in told.text
    assert "object" not in told.text.lower()
    assert "We know too little" not in told.text


def test_fast_track_is_for_organisations_that_a_decision_has_named(seats, secretariat):
    application = applicant("Example Bank", secretariat)
    with pytest.raises(ValidationError, match="goes to a meeting"):
        ballots.put_to_vote(application, by=secretariat)
    with pytest.raises(ValidationError, match="that a decision has named"):
        begin(secretariat, kind=Ballot.Kind.SILENCE, application=application)
    assert not Ballot.objects.exists()


def test_own_and_related_organisations_are_recused_from_ballot_and_quorum(seats, secretariat):
    application = applicant("Full 1 again", secretariat, fast_track=True, organisation=seats["Full 1"].organisation)
    application.recused.add(seats["Full 2"].organisation)

    ballot = ballots.put_to_vote(application, by=secretariat)

    assert {row.organisation_name: row.recused_because for row in ballot.electorate.all()} == {
        "Chair": "", "Full 1": "own", "Full 2": "own", "Full 3": ""
    }  # fmt: skip
    with pytest.raises(ValidationError, match="recused"):
        vote(ballot, "Full 1", "agree")
    asked = OutgoingMail.objects.filter(template="members/ballot_opened").values_list("address", flat=True)
    assert sorted(asked) == sorted([seats["Chair"].holder.email, seats["Full 3"].holder.email])


def test_where_every_seat_is_recused_nothing_is_decided(seats, secretariat):
    application = applicant("Example Bank", secretariat, fast_track=True)
    ballot = ballots.put_to_vote(application, by=secretariat)
    for name in seats:
        vote(ballot, name, "interest")

    closed = ballots.close_ballot(ballot, by=secretariat)
    application.refresh_from_db()

    assert (closed.outcome, closed.tally["counting"]) == ("no_quorum", 0)
    assert application.status == Status.PUT_OFF


def test_an_application_has_one_ballot_at_a_time(seats, secretariat):
    application = applicant("Example Bank", secretariat, fast_track=True)
    ballots.put_to_vote(application, by=secretariat)

    with pytest.raises(ValidationError, match="There is a ballot on “Example Bank” already"):
        ballots.put_to_vote(application, by=secretariat)


def test_a_ballot_on_an_application_that_was_withdrawn_meanwhile_ends_without_result(seats, secretariat):
    application = applicant("Example Bank", secretariat, fast_track=True)
    ballot = let_time_pass(ballots.put_to_vote(application, by=secretariat))
    Application.objects.filter(pk=application.pk).update(status=Status.WITHDRAWN)

    assert ballots.close_due() == 1

    ballot.refresh_from_db()
    assert (ballot.status, ballot.outcome) == ("cancelled", "")


# ── a sitting ────────────────────────────────────────────────────────────


def test_five_organisations_are_decided_in_one_sitting_each_with_its_own_ballot(seats, secretariat):
    names = ["Bank 1", "Bank 2", "Bank 3", "Bank 4"]
    asking = [applicant(name, secretariat) for name in names]
    asking.append(applicant("Full 1 again", secretariat, organisation=seats["Full 1"].organisation))
    present = [seats["Chair"], seats["Full 1"], seats["Full 2"]]
    votes = {application: {} for application in asking}
    votes[asking[1]] = {seats["Full 1"]: ("object", "Not yet."), seats["Full 2"]: ("object", "Not yet.")}
    votes[asking[2]] = {seats["Full 2"]: ("interest", ""), seats["Full 1"]: ("interest", "")}

    MembershipTerm.objects.filter(organisation=seats["Full 1"].organisation).update(ends_on=date(2020, 1, 1))
    sitting = ballots.hold_sitting(
        title="Second meeting", held_on=date(2026, 2, 5), present=present, votes=votes, by=secretariat
    )

    held = {ballot.application.organisation_name: ballot for ballot in sitting.ballots.all()}
    assert {
        name: (ballot.outcome, ballot.tally["counting"], ballot.tally["present"]) for name, ballot in held.items()
    } == {
        "Bank 1": ("adopted", 4, 3),
        "Bank 2": ("not_adopted", 4, 3),
        "Bank 3": ("no_quorum", 2, 1),
        "Bank 4": ("adopted", 4, 3),
        "Full 1 again": ("adopted", 3, 2),
    }
    assert {one.organisation_name: one.status for one in Application.objects.all()} == {
        "Bank 1": "approved", "Bank 2": "under_review", "Bank 3": "put_off", "Bank 4": "approved", "Full 1 again": "approved"
    }  # fmt: skip
    recorded = Decision.objects.filter(year=2026).order_by("sequence")
    assert [(row.number, row.title, row.decided_on) for row in recorded] == [
        ("2026-1", "Admission of Bank 1", date(2026, 2, 5)),
        ("2026-2", "Admission of Bank 4", date(2026, 2, 5)),
        ("2026-3", "Admission of Full 1 again", date(2026, 2, 5)),
    ]
    assert elector(held["Bank 2"], "Full 1").reason == "Not yet."


def test_a_sitting_is_recorded_whole_or_not_at_all(seats, secretariat):
    good, bad = applicant("Bank 1", secretariat), applicant("Bank 2", secretariat)
    votes = {good: {}, bad: {seats["Full 1"]: ("object", " ")}}

    with pytest.raises(ValidationError, match="Give the reason"):
        ballots.hold_sitting(
            title="Meeting", held_on=date(2026, 2, 5), present=list(seats.values()), votes=votes, by=secretariat
        )

    good.refresh_from_db()
    assert good.status == Status.UNDER_REVIEW
    assert not Sitting.objects.exists()
    assert not Vote.objects.exists()


def test_a_sitting_that_lies_ahead_or_decides_nothing_is_refused(seats, secretariat, sg_member):
    application = applicant("Bank 1", secretariat)
    told = {"title": "Meeting", "present": list(seats.values()), "votes": {application: {}}}
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="lies ahead"):
        ballots.hold_sitting(**told, held_on=tomorrow, by=secretariat)
    with pytest.raises(ValidationError, match="at least one application"):
        ballots.hold_sitting(**{**told, "votes": {}}, held_on=date(2026, 2, 5), by=secretariat)
    with pytest.raises(PermissionDenied):
        ballots.hold_sitting(**told, held_on=date(2026, 2, 5), by=sg_member)


def test_of_two_who_decide_one_wins_and_the_other_is_told_who_and_when(seats, secretariat, second_officer):
    application = applicant("Example Bank", secretariat)
    as_read_by_the_other = Application.objects.get(pk=application.pk)
    told = {"title": "Meeting", "held_on": date(2026, 2, 5), "present": list(seats.values())}
    ballots.hold_sitting(**told, votes={application: {}}, by=secretariat)

    for late in (
        lambda: ballots.hold_sitting(**told, votes={as_read_by_the_other: {}}, by=second_officer),
        lambda: memberships.approve_application(as_read_by_the_other, by=second_officer),
    ):
        with pytest.raises(
            DecidedAlready, match=r"“Example Bank” is now: Approved, by Secretariat officer on .*Brussels"
        ):
            late()

    assert (Sitting.objects.count(), MembershipTerm.objects.filter(decision__isnull=False).count()) == (1, 1)

"""Ballots, sittings, applications and decisions as their people meet them in the workspace."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from efc import roles
from members.models import Application, Ballot, Decision, Elector, Seat, Sitting, Vote
from members.services import ballots
from members.services.access import draw_grants
from tests.conftest import make_user
from tests.factories import ApplicationFactory, BallotFactory, DecisionFactory, PaperFactory
from tests.members.test_ballots_of_applications import applicant
from tests.members.voting import begin, end, let_time_pass, seat_of, vote

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST = "/workspace/ballots/"


@pytest.fixture
def seats():
    """Five seats whose holders have the roles that their seats give."""
    kinds = {"Chair": Seat.Kind.CHAIR, "Adviser": Seat.Kind.ADVISORY}
    found = {
        name: seat_of(name, kinds.get(name, Seat.Kind.FULL))
        for name in ("Chair", "Full 1", "Full 2", "Full 3", "Adviser")
    }
    draw_grants()
    return found


def sign_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def said(response):
    """Return the words of the page, spaces made one."""
    return " ".join(response.content.decode().split())


# ── voting ───────────────────────────────────────────────────────────────


def test_a_seat_holder_votes_changes_the_vote_and_reads_until_when(seats, secretariat):
    ballot = begin(secretariat)
    client, page = sign_in(seats["Full 1"].holder.user), f"{LIST}{ballot.pk}/"
    assert "Send reply" in said(client.get(page))

    after = client.post(f"{page}vote/", {"choice": "agree", "reason": ""}, follow=True)
    assert "Recorded: Agree. You may change it until" in said(after)
    assert "(Brussels)" in said(after)
    client.post(f"{page}vote/", {"choice": "object", "reason": "Too dear."})

    assert [row.choice for row in Vote.objects.order_by("pk")] == ["agree", "object"]
    shown = said(client.get(page))
    assert "Too dear." in shown
    assert "cast 2 times" in shown


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose one of the four answers."),
        ({"choice": "perhaps"}, "Choose one of the four answers."),
        ({"choice": "object", "reason": " "}, "Give the reason for your objection"),
    ],
)
def test_an_answer_that_is_not_whole_is_asked_again_and_what_was_typed_stays(seats, secretariat, sent, sentence):
    ballot = begin(secretariat)
    response = sign_in(seats["Full 1"].holder.user).post(f"{LIST}{ballot.pk}/vote/", sent)

    assert response.status_code == 422
    assert sentence in said(response)
    assert not Vote.objects.exists()


def test_declaring_an_interest_is_asked_once_more(seats, secretariat):
    ballot = begin(secretariat)
    client, page = sign_in(seats["Full 1"].holder.user), f"{LIST}{ballot.pk}/vote/"
    declared = {"choice": "interest", "reason": "A partner of ours."}

    asked = said(client.post(page, declared))
    assert "Declare an interest?" in asked
    assert "This cannot be taken back." in asked
    assert 'value="A partner of ours."' in asked
    assert not Vote.objects.exists()

    assert "Your seat is recused from this matter." in said(client.post(page, declared | {"sure": "1"}, follow=True))
    assert [(row.choice, row.reason) for row in Vote.objects.all()] == [("interest", "A partner of ours.")]


def test_a_vote_that_comes_too_late_is_told_when_the_ballot_closed(seats, secretariat):
    ballot = let_time_pass(begin(secretariat))
    client = sign_in(seats["Full 1"].holder.user)

    told = said(client.post(f"{LIST}{ballot.pk}/vote/", {"choice": "agree"}, follow=True))

    assert "What you sent was not counted; see the result." in told
    assert "The votes are being counted." in told
    assert not Vote.objects.exists()


def test_the_tally_is_shown_to_nobody_before_the_end_and_contents_only_to_those_who_take_part(seats, secretariat):
    ballot = begin(secretariat, is_blind=True)
    vote(ballot, "Full 1", "object", "A quagga of a plan.")
    page = f"{LIST}{ballot.pk}/"

    for user in (secretariat, seats["Full 2"].holder.user, seats["Adviser"].holder.user):
        shown = said(sign_in(user).get(page))
        assert "quagga" not in shown
        assert "1 of 4 have replied" in shown
        assert 'class="tally"' not in shown
    vote(ballot, "Full 2", "agree")
    assert "quagga" in said(sign_in(seats["Full 2"].holder.user).get(page))

    end(ballot)
    shown = said(sign_in(secretariat).get(page))
    assert "quagga" in shown
    assert "The quorum is 3, 2 voted." in shown
    assert "There was no quorum: nothing is decided." in shown


def test_a_seat_of_the_applicant_is_told_that_it_is_recused_and_sees_no_votes(seats, secretariat):
    application = applicant("Full 1 again", secretariat, fast_track=True, organisation=seats["Full 1"].organisation)
    ballot = ballots.put_to_vote(application, by=secretariat)
    vote(ballot, "Full 2", "abstain", "A quagga of a reason.")
    client = sign_in(seats["Full 1"].holder.user)

    shown = said(client.get(f"{LIST}{ballot.pk}/"))
    answer = client.post(f"{LIST}{ballot.pk}/vote/", {"choice": "agree"})

    assert "Your seat is recused." in shown
    assert "Send reply" not in shown
    assert "quagga" not in shown
    assert (answer.status_code, Elector.objects.exclude(choice="").count()) == (422, 1)


def test_who_acts_for_two_seats_votes_for_each_and_never_for_one_that_is_not_theirs(seats, secretariat):
    both = seats["Full 1"].holder
    Seat.objects.filter(pk=seats["Full 2"].pk).update(alternate=both)
    ballot, client = begin(secretariat), sign_in(both.user)
    rows = {row.organisation_name: row for row in ballot.electorate.all()}
    page = f"{LIST}{ballot.pk}/"

    client.post(f"{page}vote/", {"choice": "agree", "seat": rows["Full 1"].pk})
    shown = said(client.get(page))
    assert f'<input type="hidden" name="seat" value="{rows["Full 2"].pk}">' in shown
    assert "You also act for:" in shown
    client.post(f"{page}vote/", {"choice": "abstain", "seat": rows["Full 2"].pk})
    spoofed = [client.post(f"{page}vote/", {"choice": "object", "reason": "No.", "seat": seat}).status_code
               for seat in (rows["Full 3"].pk, 10**30, "x")]  # fmt: skip

    assert {row.organisation_name: row.choice for row in ballot.electorate.exclude(choice="")} == {
        "Full 1": "agree", "Full 2": "abstain"
    }  # fmt: skip
    assert spoofed == [403, 403, 403]


def test_an_adviser_comments_on_the_page(seats, secretariat):
    ballot = begin(secretariat)
    client = sign_in(seats["Adviser"].holder.user)
    assert client.post(f"{LIST}{ballot.pk}/remark/", {"text": " "}).status_code == 422

    client.post(f"{LIST}{ballot.pk}/remark/", {"text": "Ask for their licence."})

    assert "Ask for their licence." in said(sign_in(seats["Full 1"].holder.user).get(f"{LIST}{ballot.pk}/"))


# ── who gets in ──────────────────────────────────────────────────────────


def test_what_is_prepared_is_there_for_those_who_run_ballots_and_the_rest_for_the_steering_group(
    seats, secretariat, representative
):
    draft, running = BallotFactory(), begin(secretariat)
    people = {
        secretariat: (200, 200), seats["Chair"].holder.user: (200, 200), seats["Full 1"].holder.user: (404, 200),
        seats["Adviser"].holder.user: (404, 200), representative: (404, 404),
    }  # fmt: skip
    found = {
        user: tuple(sign_in(user).get(f"{LIST}{ballot.pk}/").status_code for ballot in (draft, running))
        for user in people
    }
    assert found == people


@pytest.mark.parametrize("path", ["ballots/new/", "sittings/new/"])
def test_only_the_secretariat_and_the_chair_prepare_and_record(seats, secretariat, representative, path):
    people = {secretariat: 200, seats["Chair"].holder.user: 200, seats["Full 1"].holder.user: 404, representative: 404}
    assert {user: sign_in(user).get(f"/workspace/{path}").status_code for user in people} == people


@pytest.mark.parametrize("verb", ["open", "close", "cancel", "remind", "nothing"])
def test_a_seat_holder_cannot_run_the_ballot(seats, secretariat, verb):
    ballot = begin(secretariat)
    answer = sign_in(seats["Full 1"].holder.user).post(f"{LIST}{ballot.pk}/{verb}/")
    ballot.refresh_from_db()
    assert (answer.status_code, ballot.status) == (403, "open")


def test_who_holds_no_seat_in_it_cannot_vote_though_they_may_read(seats, secretariat):
    ballot = begin(secretariat)
    for path in ("vote", "remark"):
        assert (
            sign_in(secretariat).post(f"{LIST}{ballot.pk}/{path}/", {"choice": "agree", "text": "A word."}).status_code
            == 403
        )
    assert not Vote.objects.exists()


def test_applications_and_their_papers_are_read_by_the_steering_group_alone(seats, secretariat, representative):
    application = ApplicationFactory(sent=True)
    draft = ApplicationFactory()
    paper = PaperFactory(application=application)
    page = f"/workspace/applications/{application.reference}/"
    answers = {}
    for name, user in {"seat": seats["Full 1"].holder.user, "member": representative}.items():
        client = sign_in(user)
        paths = (
            "/workspace/applications/",
            page,
            f"{page}papers/{paper.pk}/",
            f"/workspace/applications/{draft.reference}/",
        )
        answers[name] = [client.get(path).status_code for path in paths]
    assert answers == {"seat": [200, 200, 200, 404], "member": [404, 404, 404, 404]}


# ── running ──────────────────────────────────────────────────────────────


def test_a_written_vote_is_prepared_opened_and_reminded_by_the_chair(seats):
    client = sign_in(seats["Chair"].holder.user)
    response = client.post(
        f"{LIST}new/", {"title": "Budget", "question": "Shall it be adopted?", "note": "", "closes_on": ""}
    )
    ballot = Ballot.objects.get()
    assert response.url == f"{LIST}{ballot.pk}/"

    client.post(f"{LIST}{ballot.pk}/open/")
    client.post(f"{LIST}{ballot.pk}/remind/")

    ballot.refresh_from_db()
    assert (ballot.status, ballot.reminded_at is not None) == ("open", True)
    shown = said(client.post(f"{LIST}{ballot.pk}/close/", follow=True))
    assert "4 seats have not replied" in shown


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("note", "word " * 151, "Shorten it to 150"),
        ("closes_on", "2020-01-01", "Choose a day after today."),
        ("closes_on", "tomorrow", "Write the day as year, month and day"),
        ("title", "", "Title"),
    ],
)
def test_a_written_vote_that_cannot_be_is_explained(secretariat, field, value, sentence):
    sent = {"title": "Budget", "question": "Shall it be adopted?", field: value}
    response = sign_in(secretariat).post(f"{LIST}new/", sent)
    assert response.status_code == 422
    assert sentence in said(response)
    assert not Ballot.objects.exists()


def test_the_silence_procedure_begins_from_the_application(seats, secretariat):
    application = applicant("Example Bank", secretariat, fast_track=True)
    client, page = sign_in(secretariat), application.get_absolute_url()
    assert "Open the silence procedure" in said(client.get(page))

    response = client.post(f"{page}ballot/", follow=True)

    assert "Shall Example Bank be admitted as a member of the coalition?" in said(response)
    assert "Open the silence procedure" not in said(client.get(page))
    assert "There is a ballot on" in said(client.post(f"{page}ballot/", follow=True))


def test_a_sitting_is_recorded_in_two_steps(seats, secretariat):
    one, two = (
        applicant("Bank 1", secretariat),
        applicant("Full 1 again", secretariat, organisation=seats["Full 1"].organisation),
    )
    seats["Full 1"].organisation.memberships.update(ends_on=date(2020, 1, 1))
    client, present = sign_in(secretariat), [seats["Chair"].pk, seats["Full 1"].pk, seats["Full 2"].pk]
    sent = {"title": "Meeting 9", "held_on": "2026-02-05", "present": present, "applications": [one.pk, two.pk]}

    asked = said(client.post("/workspace/sittings/new/", sent))
    assert f'name="choice-{one.pk}-{seats["Full 1"].pk}"' in asked
    assert f'name="choice-{two.pk}-{seats["Full 1"].pk}"' not in asked
    assert "Recording decides 2 applications" in asked

    votes = {f"choice-{row.pk}-{seat}": "agree" for row in (one, two) for seat in present}
    votes |= {f"choice-{one.pk}-{seats['Full 2'].pk}": "object"}
    incomplete = client.post("/workspace/sittings/new/", {**sent, **votes, "record": "1"})
    assert (incomplete.status_code, Sitting.objects.count()) == (422, 0)
    assert "Give the reason for the objection." in said(incomplete)

    votes |= {f"reason-{one.pk}-{seats['Full 2'].pk}": "Not yet."}
    client.post("/workspace/sittings/new/", {**sent, **votes, "record": "1"})

    found = {ballot.application_id: ballot for ballot in Sitting.objects.get().ballots.all()}
    assert (found[one.pk].tally["agree"], found[one.pk].tally["object"], found[one.pk].outcome) == (2, 1, "adopted")
    assert (found[two.pk].tally["recused"], found[two.pk].outcome) == (1, "adopted")
    assert Application.objects.filter(status="approved").count() == 2


def test_the_second_officer_to_record_a_sitting_is_told_who_was_first(seats, secretariat, second_officer):
    application = applicant("Bank 1", secretariat)
    sent = {
        "title": "Meeting 9",
        "held_on": "2026-02-05",
        "present": [seats["Chair"].pk],
        "applications": [application.pk],
    }
    sent |= {f"choice-{application.pk}-{seats['Chair'].pk}": "agree", "record": "1"}
    sent["present"] = [seat.pk for name, seat in seats.items() if name != "Adviser"]
    sent |= {f"choice-{application.pk}-{pk}": "agree" for pk in sent["present"]}
    sign_in(secretariat).post("/workspace/sittings/new/", sent)

    late = sign_in(second_officer).post("/workspace/sittings/new/", sent)

    assert late.status_code == 422  # the application is not among those to decide any more
    assert "Secretariat officer" in said(late)
    assert Decision.objects.filter(title="Admission of Bank 1").count() == 1


# ── lists ────────────────────────────────────────────────────────────────


def test_lists_ask_the_database_as_often_for_one_as_for_many(seats, secretariat):
    member = make_user("reader@member.example", "Reader", roles.STEERING_GROUP)
    client = sign_in(member)

    def grow(count):
        for _n in range(count):
            vote(begin(secretariat), "Full 1", "agree")
            end(begin(secretariat))
            DecisionFactory()
            ApplicationFactory(sent=True)

    def asked():
        counts = []
        for path in (LIST, "/workspace/decisions/", "/workspace/applications/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counts.append(len(queries))
        return counts

    grow(1)
    few = asked()
    grow(6)
    assert asked() == few

"""Voting through the API: one’s own vote, the others’ only when the rules let them be seen, and a sentence for who comes too late."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from members.models import Ballot, Seat
from members.services import ballots
from tests.factories import PersonFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def seat(name, kind=Seat.Kind.FULL):
    """Return the client of the holder of a seat."""
    user = UserFactory()
    SeatFactory(organisation__name=name, kind=kind, holder=PersonFactory(user=user))
    return client_of(user)


@pytest.fixture
def clients():
    return {name: seat(name) for name in ("Bank", "Police", "Hotline")} | {
        "Adviser": seat("Adviser", Seat.Kind.ADVISORY)
    }


def begin(officer, **fields):
    ballot = ballots.prepare_ballot(kind="written", title="Plan", question="Shall it be adopted?", by=officer, **fields)
    return ballots.open_ballot(ballot, by=officer)


def vote(client, ballot, choice, **fields):
    return client.post(f"/api/v1/ballots/{ballot.pk}/vote/", {"choice": choice, **fields}, "application/json")


def votes(answer):
    return {row["organisation"]: row["choice"] for row in answer.json()["electorate"]}


def test_a_vote_is_cast_and_changed(clients, secretariat):
    ballot = begin(secretariat)
    answer = vote(clients["Bank"], ballot, "object", reason="Too dear.")
    assert answer.status_code == 200
    assert [(row["organisation"], row["choice"], row["reason"]) for row in answer.json()["own_seats"]] == [
        ("Bank", "object", "Too dear.")
    ]
    assert vote(clients["Bank"], ballot, "agree").json()["own_seats"][0]["choice"] == "agree"
    assert answer.json()["tally"] is None


def test_a_blind_ballot_shows_others_after_ones_own_vote(clients, secretariat):
    ballot = begin(secretariat, is_blind=True)
    vote(clients["Police"], ballot, "object", reason="A reason to be kept.")
    clients["Police"].post(f"/api/v1/ballots/{ballot.pk}/remark/", {"text": "A remark to be kept."}, "application/json")
    before = clients["Bank"].get(f"/api/v1/ballots/{ballot.pk}/")
    assert votes(before) == {"Adviser": "", "Bank": "", "Hotline": "", "Police": ""}
    assert b"to be kept" not in before.content
    assert b"to be kept" not in clients["Bank"].get("/api/v1/ballots/").content
    assert b"to be kept" not in client_of(secretariat).get(f"/api/v1/ballots/{ballot.pk}/").content
    after = vote(clients["Bank"], ballot, "agree")
    assert votes(after) == {"Adviser": "", "Bank": "agree", "Hotline": "", "Police": "object"}
    assert [row["text"] for row in after.json()["remarks"]] == ["A remark to be kept."]


def test_a_declared_interest_shows_no_sooner_than_a_vote(clients, secretariat):
    ballot = begin(secretariat, is_blind=True)
    vote(clients["Police"], ballot, "interest")

    def recused(client):
        rows = client.get(f"/api/v1/ballots/{ballot.pk}/").json()["electorate"]
        return {row["organisation"]: row["recused_because"] for row in rows}["Police"]

    assert (recused(clients["Bank"]), recused(clients["Police"])) == ("", "interest")


def test_a_vote_after_the_end_is_refused_with_the_time(clients, secretariat):
    ballot = begin(secretariat)
    Ballot.objects.filter(pk=ballot.pk).update(
        opens_at=F("opens_at") - timedelta(days=60), closes_at=F("opens_at") - timedelta(days=1)
    )
    answer = vote(clients["Bank"], ballot, "agree")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("“Plan” closed on ")
    assert "(Brussels)" in answer.json()["detail"]


def test_of_two_who_close_the_second_is_told_who_was_first(clients, secretariat, second_officer):
    ballot = begin(secretariat)
    for name in ("Bank", "Police", "Hotline"):
        vote(clients[name], ballot, "agree")
    first, second = client_of(secretariat), client_of(second_officer)
    closed = first.post(f"/api/v1/ballots/{ballot.pk}/close/")
    assert (closed.status_code, closed.json()["outcome"], closed.json()["tally"]["agree"]) == (200, "adopted", 3)
    late = second.post(f"/api/v1/ballots/{ballot.pk}/close/")
    assert late.status_code == 409
    assert "Closed, by Secretariat officer on " in late.json()["detail"]


def test_bad_votes_are_explained(clients, secretariat):
    ballot = begin(secretariat)
    assert vote(clients["Bank"], ballot, "object").json() == {
        "reason": ["Give the reason for your objection, so that the others can weigh it."]
    }
    assert vote(clients["Bank"], ballot, "maybe").status_code == 400
    assert vote(clients["Adviser"], ballot, "agree").json() == {
        "detail": ["An advisory seat comments and does not vote."]
    }


def test_who_has_no_seat_may_look_and_not_vote(clients, sg_member, representative, secretariat, client):
    ballot = begin(secretariat)
    assert client_of(sg_member).get(f"/api/v1/ballots/{ballot.pk}/").status_code == 200
    assert vote(client_of(sg_member), ballot, "agree").status_code == 403
    other = clients["Police"].get(f"/api/v1/ballots/{ballot.pk}/").json()["own_seats"][0]["id"]
    assert vote(clients["Bank"], ballot, "agree", seat=other).status_code == 403
    assert vote(client_of(representative), ballot, "agree").status_code == 404
    assert vote(client, ballot, "agree").status_code == 401
    assert clients["Bank"].post(f"/api/v1/ballots/{ballot.pk}/close/").status_code == 403


def test_a_ballot_is_prepared_opened_and_cancelled(secretariat, sg_member):
    body = {"kind": "written", "title": "Plan", "question": "Shall it be adopted?"}
    officer = client_of(secretariat)
    answer = officer.post("/api/v1/ballots/", body, "application/json")
    assert (answer.status_code, answer.json()["status"]) == (201, "draft")
    path = f"/api/v1/ballots/{answer.json()['id']}/"
    assert client_of(sg_member).get(path).status_code == 404
    assert client_of(sg_member).post("/api/v1/ballots/", body, "application/json").status_code == 403
    assert officer.post(f"{path}open/").json()["status"] == "open"
    assert officer.post(f"{path}cancel/").json()["status"] == "cancelled"
    assert officer.post(f"{path}open/").status_code == 409


@pytest.mark.parametrize("number", [1, 100])
def test_any_number_of_ballots_costs_the_same(sg_member, django_assert_num_queries, number):
    Ballot.objects.bulk_create(
        Ballot(kind="written", title=f"Plan {n}", question="?", status="open", rule_text="The rule.")
        for n in range(number)
    )
    client = client_of(sg_member)
    with django_assert_num_queries(7):  # session, account, permissions (2), count, ballots, own seats
        answer = client.get("/api/v1/ballots/?page_size=200")
    assert len(answer.json()["results"]) == number

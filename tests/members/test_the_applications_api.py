"""Applications through the API: read by those who decide, handled by the Secretariat with the verbs of its desk."""

import pytest
from django.test import Client

from members.models import Application
from tests.factories import ApplicationFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def application():
    return ApplicationFactory(organisation_name="Example Bank", contact_name="A name for the Secretariat", sent=True)


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


def act(client, application, verb, **body):
    return client.post(f"/api/v1/applications/{application.reference}/{verb}/", body, "application/json")


def pass_checks(client, application):
    for check in application.checks.all():
        assert act(client, application, "check", kind=check.kind, result="passed").status_code == 200


def test_what_was_sent_is_read_by_those_who_decide(application, officer, sg_member, representative, client):
    ApplicationFactory(organisation_name="A draft")
    rows = officer.get("/api/v1/applications/").json()["results"]
    assert [(row["reference"], row["organisation_name"], row["status"]) for row in rows] == [
        (application.reference, "Example Bank", "submitted")
    ]
    assert rows[0]["contact"]["name"] == "A name for the Secretariat"
    shown = client_of(sg_member).get(f"/api/v1/applications/{application.reference}/")
    assert shown.json()["contact"] is None
    assert b"A name for the Secretariat" not in shown.content
    assert client_of(representative).get("/api/v1/applications/").json()["count"] == 0
    assert client_of(representative).get(f"/api/v1/applications/{application.reference}/").status_code == 404
    assert client.get("/api/v1/applications/").status_code == 401


def test_an_application_goes_its_way_to_the_meeting(application, officer):
    assert act(officer, application, "review").json()["status"] == "under_review"
    assert act(officer, application, "route", route="meeting").json() == {
        "detail": ["Finish the checks first; then choose the route."]
    }
    pass_checks(officer, application)
    assert act(officer, application, "route", route="meeting", note="All in order.").json()["route"] == "meeting"
    put_off = act(officer, application, "put_off", reason="The meeting had no time.").json()
    assert (put_off["status"], put_off["reason"]) == ("put_off", "The meeting had no time.")
    assert act(officer, application, "resume").json()["status"] == "under_review"
    approved = act(officer, application, "approve", starts_on="2026-01-01").json()
    assert (approved["status"], approved["organisation"]) == ("approved", "example-bank")


def test_of_two_who_decide_the_second_is_told_who_was_first(application, officer, second_officer):
    act(officer, application, "review")
    assert act(officer, application, "decline", reason="The licence is missing.").status_code == 200
    late = act(client_of(second_officer), application, "approve")
    assert late.status_code == 409
    assert "Declined, by Secretariat officer on " in late.json()["detail"]


def test_what_a_verb_needs_is_asked_for(application, officer):
    act(officer, application, "review")
    assert act(officer, application, "decline").json() == {"reason": ["This field is required."]}
    assert act(officer, application, "route", route="fast_track", named_by="2026-99").json() == {
        "named_by": ["There is no decision of this number. Write it as 2026-3."]
    }
    assert (
        act(officer, application, "ask", question="Which licence?").json()["inquiries"][0]["question"]
        == "Which licence?"
    )


@pytest.mark.parametrize("verb", ["review", "resume", "withdraw", "remind"])
def test_who_reads_may_not_act(verb, application, sg_member):
    assert act(client_of(sg_member), application, verb).status_code == 403
    assert Application.objects.get().status == "submitted"


@pytest.mark.parametrize("number", [1, 100])
def test_any_number_of_applications_costs_the_same(sg_member, django_assert_num_queries, number):
    for n in range(number):
        organisation = OrganisationFactory()
        ApplicationFactory(
            status="submitted", submitted_at="2026-01-01T00:00:00Z", reference=f"EFC-A-{n}", organisation=organisation
        )
    client = client_of(sg_member)
    with django_assert_num_queries(8):  # session, account, permissions (2), count, applications, checks, questions
        answer = client.get("/api/v1/applications/?page_size=200")
    assert len(answer.json()["results"]) == number

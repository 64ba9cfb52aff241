"""Memberships renewed and ended, suspensions made and lifted through the API: the same verbs, and 409 for who comes too late."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.models import MembershipTerm, Suspension
from tests import factories
from tests.members.joining import acting

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = timezone.localdate
MEMBERSHIPS, SUSPENSIONS = "/api/v1/memberships/", "/api/v1/suspensions/"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def acting_for(organisation):
    """Return the account of one more person who acts for an organisation."""
    return acting(organisation, email=f"{organisation.slug}-{organisation.representatives.count()}@payments.example")


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


@pytest.fixture
def bank():
    return factories.MemberFactory(slug="bank", name="Bank", membership__ends_on=TODAY() + timedelta(days=40))


def send(client, path, **body):
    answer = client.post(path, body, "application/json")
    return answer.status_code, answer.json() if answer.content else None


def test_a_membership_is_renewed_once_and_ended_with_a_reason(officer, bank, sg_member, client):
    term = bank.memberships.get()
    page, end = f"{MEMBERSHIPS}{term.pk}/", str(TODAY() + timedelta(days=400))
    assert send(client, f"{page}renew/", ends_on=end)[0] == 401
    assert send(client_of(sg_member), f"{page}renew/", ends_on=end)[0] == 403
    assert send(officer, f"{page}renew/", ends_on="tomorrow")[0] == 400
    status, new = send(officer, f"{page}renew/", ends_on=end)
    assert (status, new["organisation"], new["starts_on"]) == (201, "bank", str(TODAY() + timedelta(days=41)))
    assert send(officer, f"{page}renew/", ends_on=end) == (
        409, {"detail": "A later membership stands already. Look at it before you go on."}
    )  # fmt: skip

    status, said = send(officer, f"{page}end/", ends_on=str(TODAY()), because=" ")
    assert (status, list(said)) == (400, ["because"])
    status, ended = send(officer, f"{page}end/", ends_on=str(TODAY()), because="It merged.")
    assert (status, ended["ends_on"]) == (200, str(TODAY()))
    assert MembershipTerm.objects.get().left_because == "It merged."
    MembershipTerm.objects.update(ends_on=TODAY() - timedelta(days=1))
    assert send(officer, f"{page}end/", ends_on=str(TODAY()), because="Again.") == (
        409, {"detail": "This membership is over already."}
    )  # fmt: skip


def test_a_suspension_is_made_read_by_its_own_people_afterwards_and_lifted_once(officer, bank):
    own, other = (client_of(acting_for(one)) for one in (bank, factories.MemberFactory(slug="police")))
    week_ago = TODAY() - timedelta(days=7)
    body = {"organisation": "bank", "reason": "Fees", "starts_on": str(week_ago)}
    assert send(own, SUSPENSIONS, **body)[0] == 403
    status, made = send(officer, SUSPENSIONS, **body)
    assert (status, made["organisation"], made["reason"], made["ends_on"]) == (201, "bank", "Fees", None)
    status, said = send(officer, SUSPENSIONS, **body)
    assert (status, "suspended already" in str(said)) == (400, True)
    assert "There is no such organisation." in str(send(officer, SUSPENSIONS, **{**body, "organisation": "nobody"}))

    page = f"{SUSPENSIONS}{made['id']}/"
    assert [client.get(page).status_code for client in (officer, own, other)] == [200, 404, 404]  # suspended: no access
    assert send(officer, f"{page}lift/") == (204, None)
    assert send(officer, f"{page}lift/") == (409, {"detail": "This suspension is over already."})
    assert [client.get(page).status_code for client in (officer, own, other)] == [200, 200, 404]
    assert send(own, f"{page}lift/")[0] == 403
    assert [row["id"] for row in officer.get(f"{SUSPENSIONS}?organisation=bank").json()["results"]] == [made["id"]]
    assert Suspension.objects.get().ends_on == TODAY() - timedelta(days=1)

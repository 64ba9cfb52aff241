"""Rounds of confirmation and invitations through the API: own people for who acts for them, all for the Secretariat."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from efc.models import OutgoingMail
from members.models import Invitation, Representative
from members.services import access
from tests import factories
from tests.members.test_the_terms_api import acting_for, client_of, send

pytestmark = pytest.mark.django_db
REVIEWS, INVITATIONS = "/api/v1/access-reviews/", "/api/v1/invitations/"


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


@pytest.fixture
def bank():
    return factories.MemberFactory(slug="bank", name="Bank")


@pytest.fixture
def own(bank):
    """Return the client of a person who acts for the bank."""
    return client_of(acting_for(bank))


def test_an_organisation_confirms_its_people_and_ends_one_of_them(officer, own, bank, secretariat, sg_member):
    leaver, police = acting_for(bank).person, factories.MemberFactory(slug="police", name="Police")
    stranger = acting_for(police).person
    due_on = timezone.localdate() + timedelta(days=30)
    page = f"{REVIEWS}{access.open_review(title='Spring', due_on=due_on, by=secretariat).pk}/"
    assert client_of(sg_member).get(page).status_code == 404
    assert (own.get(page).json()["unanswered"], officer.get(page).json()["unanswered"]) == (
        ["bank"],
        ["bank", "police"],
    )

    assert send(own, f"{page}confirm/", organisation="police")[0] == 403
    status, said = send(own, f"{page}confirm/", organisation="bank", ended=[leaver.pk, stranger.pk])
    assert (status, said) == (400, {"ended": ["Name people who act for this organisation."]})
    status, stands = send(own, f"{page}confirm/", organisation="bank", ended=[leaver.pk])
    assert (status, stands["unanswered"]) == (200, [])
    assert [answer["organisation"] for answer in stands["answers"]] == ["bank"]
    assert not Representative.objects.as_of().filter(person=leaver).exists()
    status, said = send(own, f"{page}confirm/", organisation="bank")
    assert (status, "confirmed these people on" in said["detail"]) == (409, True)

    assert send(officer, f"{page}confirm/", organisation="police")[0] == 200
    assert len(officer.get(page).json()["answers"]) == 2
    assert len(own.get(page).json()["answers"]) == 1


def test_people_are_invited_and_invitations_withdrawn(officer, own, bank):
    colleague = factories.RepresentativeFactory(organisation=bank, person__email="new@bank.example").person
    elsewhere = factories.RepresentativeFactory(
        organisation=factories.MemberFactory(slug="police"), is_contact=True
    ).person
    body = {"person": colleague.pk, "organisation": "bank"}
    status, first = send(own, INVITATIONS, **body)
    assert (status, first["email"], first["status"], first["organisation"]) == (201, "new@bank.example", "open", "bank")
    invitation = Invitation.objects.get()
    assert invitation.token not in str(first)
    assert OutgoingMail.objects.get(template="members/invitation").address == "new@bank.example"
    second = send(officer, INVITATIONS, **body)[1]
    assert (
        own.get(f"{INVITATIONS}{first['id']}/").json()["status"] == "withdrawn"
    )  # a new link takes the place of the old
    assert [row["id"] for row in own.get(f"{INVITATIONS}?usable=true").json()["results"]] == [second["id"]]

    for wrong, field in (
        ({"person": elsewhere.pk, "organisation": "bank"}, "organisation"),
        ({"person": 2**70, "organisation": "bank"}, "person"),
        ({"person": bank.representatives.first().person_id, "organisation": "bank"}, "person"),
        ({**body, "organisation": "nobody"}, "organisation"),
    ):
        status, said = send(own, INVITATIONS, **wrong)
        assert (status, list(said)) == (400, [field]), wrong
    assert send(own, INVITATIONS, person=elsewhere.pk, organisation="police")[0] == 403
    assert send(own, INVITATIONS, person=colleague.pk)[0] == 403  # for no organisation only the Secretariat invites

    page = f"{INVITATIONS}{second['id']}/"
    assert client_of(acting_for(elsewhere.represents.get().organisation)).get(page).status_code == 404
    status, stands = send(own, f"{page}withdraw/")
    assert (status, stands["status"]) == (200, "withdrawn")
    assert send(own, f"{page}withdraw/")[0] == 409


def test_lists_cost_the_same_for_many(officer, bank):
    counts = []
    for number in (1, 9):
        for _each in range(number):
            factories.InvitationFactory()
            factories.SuspensionFactory()
        for path in (INVITATIONS, REVIEWS, "/api/v1/suspensions/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert officer.get(path).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]

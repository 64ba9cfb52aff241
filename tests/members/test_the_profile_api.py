"""An organisation’s people keep its profile through the API: nobody else’s, and nobody’s change is overwritten unread."""

import pytest

from efc.models import AuditEntry
from members.models import Organisation
from members.services.access import draw_grants
from tests.factories import MemberFactory, RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def bank():
    return MemberFactory(
        slug="bank", is_public=False, contribution_en="Sees payments.", website="https://bank.example/"
    )


@pytest.fixture
def own(client, bank):
    user = UserFactory()
    RepresentativeFactory(organisation=bank, person__user=user)
    draw_grants(user=user)
    client.force_login(user, backend=BACKEND)
    return client


def change(client, slug="bank", headers=None, **fields):
    return client.patch(f"/api/v1/organisations/{slug}/profile/", fields, "application/json", headers=headers)


def test_what_is_left_out_stays(own, bank):
    answer = change(own, description_fr="Une **banque**.")
    assert answer.status_code == 200
    assert (answer.json()["description_fr"], answer.json()["contribution_en"]) == ("Une **banque**.", "Sees payments.")
    bank.refresh_from_db()
    assert (bank.description_fr, bank.website) == ("Une **banque**.", "https://bank.example/")
    assert AuditEntry.objects.filter(verb="members.organisation.change").count() == 1


def test_who_read_an_older_state_is_told(own):
    read = own.get("/api/v1/organisations/bank/profile/")
    assert change(own, headers={"If-Match": read["ETag"]}, contribution_en="Traces payments.").status_code == 200
    late = change(own, headers={"If-Match": read["ETag"]}, contribution_en="Something else.")
    assert (late.status_code, late.json()) == (
        412, {"detail": "This has changed since you read it. Read it again, then send your change."}
    )  # fmt: skip
    assert Organisation.objects.get(slug="bank").contribution_en == "Traces payments."


def test_the_form_of_the_page_says_what_is_wrong(own):
    answer = change(own, website="not an address")
    assert answer.status_code == 400
    assert list(answer.json()) == ["website"]
    assert change(own, contribution_en="x" * 241).status_code == 400


def test_the_organisation_approves_its_profile_itself(own, bank):
    assert own.post("/api/v1/organisations/bank/approve_profile/").json()["is_public"] is True
    bank.refresh_from_db()
    assert bank.is_public


@pytest.mark.parametrize("method", ["get", "patch"])
def test_the_profile_of_others_does_not_exist(own, method):
    MemberFactory(slug="another", contribution_en="Theirs.")
    answer = getattr(own, method)("/api/v1/organisations/another/profile/", content_type="application/json")
    missing = getattr(own, method)("/api/v1/organisations/missing/profile/", content_type="application/json")
    assert (answer.status_code, answer.content) == (404, missing.content)
    assert own.post("/api/v1/organisations/another/approve_profile/").status_code == 404


def test_a_visitor_is_asked_who_they_are(client, bank):
    assert client.get("/api/v1/organisations/bank/profile/").status_code == 401
    assert change(client, contribution_en="Mine now.").status_code == 401

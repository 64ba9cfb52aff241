"""People, contacts, signatures and oneself through the API: members see contact persons, and never a protected identity."""

import pytest
from django.test import Client

from members.models import MemorandumVersion, Organisation
from members.services.access import draw_grants
from tests.conftest import make_user
from tests.factories import (
    LiaisonContactFactory,
    MemberFactory,
    MemorandumVersionFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentativeFactory,
    SignatureFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def bank():
    return MemberFactory(slug="bank", name="Example Bank", membership__starts_on="2013-08-05")


@pytest.fixture
def own(bank):
    """Return the client of a person who acts for the bank."""
    user = UserFactory(email="own@bank.example", full_name="Head of compliance")
    RepresentativeFactory(
        organisation=bank, person=PersonFactory(name="Head of compliance", user=user), function="Director"
    )
    draw_grants(user=user)
    return client_of(user)


def names(answer):
    assert answer.status_code == 200
    return [row["name"] for row in answer.json()["results"]]


def test_members_see_contact_persons_and_their_own_people(own, bank, secretariat, client):
    police = MemberFactory(slug="police")
    RepresentativeFactory(organisation=police, is_contact=True, person__name="Contact of the police")
    RepresentativeFactory(organisation=police, is_contact=True, person__name="An officer", person__is_protected=True)
    RepresentativeFactory(organisation=police, person__name="Another colleague")
    RepresentativeFactory(organisation=bank, person__name="Protected colleague", person__is_protected=True)

    assert names(own.get("/api/v1/people/")) == ["Contact of the police", "Head of compliance", "Protected colleague"]
    assert names(own.get("/api/v1/people/?organisation=police")) == ["Contact of the police"]
    assert len(names(client_of(secretariat).get("/api/v1/people/"))) == 5
    assert client.get("/api/v1/people/").status_code == 401


def test_a_person_is_given_with_the_organisations_one_may_see(own):
    contact = RepresentativeFactory(organisation__slug="police", is_contact=True, function="Liaison").person
    RepresentativeFactory(organisation=OrganisationFactory(slug="not-public", is_public=False), person=contact)
    answer = own.get(f"/api/v1/people/{contact.pk}/").json()
    assert answer["represents"] == [
        {"organisation": "police", "function": "Liaison", "is_contact": True, "starts_on": None, "ends_on": None}
    ]


def test_oneself_with_what_one_holds_and_why(own, client):
    answer = own.get("/api/v1/me/").json()
    assert (answer["email"], answer["full_name"], answer["organisations"]) == (
        "own@bank.example",
        "Head of compliance",
        ["bank"],
    )
    assert [(grant["role"], grant["on"], grant["source"]) for grant in answer["grants"]] == [
        ("Member representative", "", "Head of compliance, Example Bank"),
        ("representative", "Example Bank", "Head of compliance, Example Bank"),
    ]
    assert client.get("/api/v1/me/").status_code == 401


def test_contacts_of_networks_are_for_members(own, secretariat):
    network = OrganisationFactory(slug="network", kind=Organisation.Kind.NETWORK)
    LiaisonContactFactory(
        network=network, name="Coordinator", kept_by=PersonFactory(name="An officer", is_protected=True)
    )
    row = own.get("/api/v1/liaisons/?network=network").json()["results"][0]
    assert (row["name"], row["kept_by"]) == ("Coordinator", "Officer")
    assert client_of(secretariat).get("/api/v1/liaisons/").json()["results"][0]["kept_by"] == "An officer"
    assert client_of(make_user("nobody@efc.example", "Nobody")).get("/api/v1/liaisons/").json()["results"] == []


def test_the_memorandum_is_signed_once_by_who_acts_for_the_organisation(own, sg_member):
    version = MemorandumVersionFactory(number="2.0", status=MemorandumVersion.Status.IN_FORCE)
    MemorandumVersionFactory(number="3.0")
    assert [row["number"] for row in own.get("/api/v1/memorandum/").json()["results"]] == ["2.0"]

    def sign(client, slug="bank"):
        body = {"organisation": slug, "function": "Director"}
        return client.post(f"/api/v1/memorandum/{version.pk}/sign/", body, "application/json")

    signed = sign(own)
    assert (signed.status_code, signed.json()["organisation"], signed.json()["method"]) == (201, "bank", "portal")
    again = sign(own)
    assert again.status_code == 400
    assert again.json()["detail"][0].startswith("Example Bank signed this version on ")
    assert sign(client_of(sg_member)).status_code == 403
    assert sign(own, "missing").status_code == 404


def test_signatures_are_for_the_ledger_and_for_the_organisation(own, bank, sg_member):
    version = MemorandumVersionFactory(number="2.0", status=MemorandumVersion.Status.IN_FORCE)
    SignatureFactory(version=version, organisation=bank, signatory_name="Own director")
    officer = PersonFactory(name="An officer by name", is_protected=True)
    SignatureFactory(
        version=version, organisation__slug="police", signatory=officer, signatory_name="An officer by name"
    )

    def signatories(client):
        rows = client.get("/api/v1/signatures/").json()["results"]
        return {row["organisation"]: row["signatory_name"] for row in rows}

    assert signatories(own) == {"bank": "Own director"}
    assert signatories(client_of(sg_member)) == {"bank": "Own director", "police": "Officer"}


@pytest.mark.parametrize("number", [1, 100])
@pytest.mark.parametrize(("path", "queries"), [("people", 7), ("signatures", 7), ("memorandum", 6), ("liaisons", 6)])
def test_any_number_costs_the_same(sg_member, django_assert_num_queries, number, path, queries):
    """Session, account and permissions are five of them."""
    for n in range(number):
        RepresentativeFactory(is_contact=True)
        version = MemorandumVersionFactory(number=str(n), status=MemorandumVersion.Status.REPLACED)
        SignatureFactory(version=version)
        LiaisonContactFactory(network__kind=Organisation.Kind.NETWORK)
    client = client_of(sg_member)
    with django_assert_num_queries(queries):
        answer = client.get(f"/api/v1/{path}/?page_size=200")
    assert len(answer.json()["results"]) == number

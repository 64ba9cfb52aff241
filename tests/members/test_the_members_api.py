"""The register in the API shows what its pages show, as of any day."""

from datetime import date

import pytest

from members.models import Seat, Sector
from tests.factories import MemberFactory, MembershipTermFactory, OrganisationFactory, PersonFactory, SeatFactory

pytestmark = pytest.mark.django_db


def slugs(response):
    assert response.status_code == 200
    return [row["slug"] for row in response.json()["results"]]


def test_an_organisation_is_given_with_its_facts(client):
    MemberFactory(
        name="Example Bank", short_name="EB", slug="example-bank", sector=Sector.PAYMENT, country="BE",
        website="https://bank.example", contribution="Sees payments.", description="A *bank*.",
    )  # fmt: skip
    assert client.get("/api/v1/organisations/example-bank/").json() == {
        "slug": "example-bank",
        "name": "Example Bank",
        "short_name": "EB",
        "sector": "payment",
        "strand": "ind",
        "kind": "company",
        "country": "BE",
        "website": "https://bank.example",
        "contribution": "Sees payments.",
        "description": "A *bank*.",
        "since": "2013-08-05",
        "until": None,
        "url": "http://localhost:8000/en/members/example-bank/",
    }


def test_only_public_profiles_are_given(client, secretariat):
    OrganisationFactory(slug="public")
    OrganisationFactory(slug="hidden", is_public=False)
    SeatFactory(organisation=OrganisationFactory(slug="hidden-seat", is_public=False))
    assert slugs(client.get("/api/v1/organisations/")) == ["public"]
    assert client.get("/api/v1/organisations/hidden/").status_code == 404
    assert client.get("/api/v1/seats/").json()["results"] == []
    client.force_login(secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert sorted(slugs(client.get("/api/v1/organisations/"))) == ["hidden", "hidden-seat", "public"]


def test_organisations_are_filtered(client):
    MemberFactory(slug="bank", sector=Sector.PAYMENT, name="Banque générale")
    OrganisationFactory(slug="police", sector=Sector.LAW_ENFORCEMENT)
    assert slugs(client.get("/api/v1/organisations/?sector=payment")) == ["bank"]
    assert slugs(client.get("/api/v1/organisations/?as_of=2013-08-05")) == ["bank"]
    assert slugs(client.get("/api/v1/organisations/?as_of=2013-08-04")) == []
    assert slugs(client.get("/api/v1/organisations/?q=generale")) == ["bank"]


def test_a_membership_is_given_as_it_was_on_a_day(client):
    bank = MemberFactory(slug="bank", membership__ends_on=date(2014, 8, 4))
    MembershipTermFactory(organisation=bank, starts_on=date(2016, 1, 1))

    def membership(query):
        row = client.get(f"/api/v1/organisations/{query}").json()["results"][0]
        return row["since"], row["until"]

    assert membership("") == ("2016-01-01", None)
    assert membership("?as_of=2014-08-04") == ("2013-08-05", "2014-08-04")


def test_seats_are_given_as_of_a_day_and_without_people(client):
    bank = MemberFactory(slug="bank")
    first = SeatFactory(
        organisation=bank, starts_on=date(2012, 11, 26), ends_on=date(2013, 12, 31), source="Press text"
    )
    SeatFactory(
        organisation=bank, kind=Seat.Kind.CHAIR, starts_on=date(2014, 1, 1), holder=PersonFactory(name="A secret name")
    )
    response = client.get("/api/v1/seats/?as_of=2013-12-31")
    assert response.json()["results"] == [
        {
            "id": first.pk,
            "organisation": "bank",
            "kind": "full",
            "starts_on": "2012-11-26",
            "ends_on": "2013-12-31",
            "source": "Press text",
        }
    ]
    assert "A secret name" not in client.get("/api/v1/seats/").content.decode()


@pytest.mark.parametrize("path", ["seats/?as_of=17.3.2015", "organisations/?as_of=soon"])
def test_a_day_that_is_none_is_answered_with_what_to_write(client, path):
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 400
    assert list(response.json().values()) == [["Write the day as year, month and day, for example 2015-03-17."]]


def test_nothing_is_written_through_it(secretariat_client):
    assert secretariat_client.post("/api/v1/organisations/", {"name": "New"}).status_code in (403, 405)
    assert secretariat_client.delete(f"/api/v1/organisations/{OrganisationFactory().slug}/").status_code in (403, 405)


@pytest.mark.parametrize("number", [10, 150])
def test_any_number_of_organisations_costs_two_queries(client, django_assert_num_queries, number):
    OrganisationFactory.create_batch(number)
    with django_assert_num_queries(2):
        response = client.get("/api/v1/organisations/?page_size=200")
    assert len(response.json()["results"]) == number

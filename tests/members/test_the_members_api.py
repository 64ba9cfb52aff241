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
        "seats": [],
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
            "organisation_name": bank.name,
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


@pytest.fixture
def coalition_of_2013():
    """The Steering Group of June 2013, and what changed after: the Dutch police left, CEPOL came."""
    first = {"starts_on": date(2012, 11, 26)}
    kinds = {"ec3": "chair", "mce": "secretariat", "icmec": "advisory", "commission": "observer"}
    names = "ec3 dutch-police google microsoft paypal mastercard visa inhope eurojust mce icmec commission"
    for slug in names.split():
        organisation = MemberFactory(slug=slug, membership__starts_on=date(2012, 11, 26))
        ends_on = date(2013, 12, 31) if slug == "dutch-police" else None
        SeatFactory(organisation=organisation, kind=kinds.get(slug, "full"), ends_on=ends_on, **first)
    cepol = MemberFactory(slug="cepol", membership__starts_on=date(2013, 8, 5))
    SeatFactory(organisation=cepol, starts_on=date(2014, 3, 1))


def test_the_steering_group_is_given_as_of_a_day(client, coalition_of_2013):
    def seats(day):
        rows = client.get(f"/api/v1/seats/?as_of={day}").json()["results"]
        return {row["organisation"]: row["kind"] for row in rows}

    then = {
        "ec3": "chair", "dutch-police": "full", "google": "full", "microsoft": "full", "paypal": "full", "mastercard": "full",
        "visa": "full", "inhope": "full", "eurojust": "full", "mce": "secretariat", "icmec": "advisory", "commission": "observer",
    }  # fmt: skip
    assert seats("2013-06-12") == then
    assert seats("2012-11-25") == {}
    assert seats("2015-03-17") == {name: kind for name, kind in then.items() if name != "dutch-police"} | {
        "cepol": "full"
    }


def test_organisations_are_given_with_their_seats_then(client, coalition_of_2013):
    def seats(slug, day):
        return {
            row["slug"]: row["seats"] for row in client.get(f"/api/v1/organisations/?as_of={day}").json()["results"]
        }.get(slug)

    assert seats("cepol", "2013-06-12") is None
    assert seats("cepol", "2013-08-05") == []
    assert seats("cepol", "2015-03-17") == ["full"]
    assert (seats("dutch-police", "2013-06-12"), seats("dutch-police", "2015-03-17")) == (["full"], [])


def test_memberships_are_given_as_of_a_day_and_of_one_organisation(client):
    bank = MemberFactory(
        slug="bank", membership__ends_on=date(2014, 8, 4), membership__left_because="Not for others to read"
    )
    MembershipTermFactory(organisation=bank, starts_on=date(2016, 1, 1), source="Letter of 2015")
    MemberFactory(slug="hidden", is_public=False)
    MemberFactory(slug="police")

    rows = client.get("/api/v1/memberships/?organisation=bank&ordering=-starts_on").json()["results"]
    assert [(row["organisation"], row["starts_on"], row["ends_on"], row["source"]) for row in rows] == [
        ("bank", "2016-01-01", None, "Letter of 2015"), ("bank", "2013-08-05", "2014-08-04", "")
    ]  # fmt: skip
    answer = client.get("/api/v1/memberships/?as_of=2015-03-17")
    assert [row["organisation"] for row in answer.json()["results"]] == ["police"]
    assert "Not for others" not in client.get("/api/v1/memberships/").content.decode()


@pytest.mark.parametrize("number", [1, 100])
@pytest.mark.parametrize(("path", "queries"), [("organisations", 3), ("seats", 2), ("memberships", 2)])
def test_any_number_of_organisations_costs_the_same(client, django_assert_num_queries, number, path, queries):
    for organisation in MemberFactory.create_batch(number):
        SeatFactory(organisation=organisation)
    with django_assert_num_queries(queries):
        response = client.get(f"/api/v1/{path}/?page_size=200")
    assert len(response.json()["results"]) == number

"""Who looks for members finds them: the Steering Group first, by name, sector, work package and day."""

from datetime import date

import pytest

from members.models import Organisation, Seat, Sector
from tests.factories import (
    ContributorFactory,
    LeadFactory,
    MemberFactory,
    MembershipTermFactory,
    OrganisationFactory,
    ProgrammeFactory,
    SeatFactory,
    WorkPackageFactory,
)

pytestmark = pytest.mark.django_db
URL = "/en/members/"


def names(response):
    """Return the names on the page in their order, the Steering Group's and then the others'."""
    return [[o.full_name for o in response.context[group]] for group in ("steering_group", "others")]


@pytest.fixture
def coalition():
    """Four members of the Steering Group, two others, and one whose profile is not public."""
    for name, kind, sector in [
        ("Visa Europe", Seat.Kind.FULL, Sector.PAYMENT),
        ("European Cybercrime Centre", Seat.Kind.CHAIR, Sector.LAW_ENFORCEMENT),
        ("Eurojust", Seat.Kind.FULL, Sector.JUDICIAL_EU),
        ("Missing Children Europe", Seat.Kind.SECRETARIAT, Sector.NGO),
    ]:
        SeatFactory(
            organisation=MemberFactory(name=name, sector=sector, slug=name.lower().replace(" ", "-")), kind=kind
        )
    MemberFactory(name="Télécoms Réunis", short_name="TRX", sector=Sector.TECHNOLOGY, slug="telecoms")
    MemberFactory(name="eBank", sector=Sector.PAYMENT, slug="ebank")
    MemberFactory(name="Not yet approved", is_public=False)
    OrganisationFactory(name="Never a member")


def test_chair_and_secretariat_come_first_then_the_rest_by_name(client, coalition):
    assert names(client.get(URL)) == [
        ["European Cybercrime Centre", "Missing Children Europe", "Eurojust", "Visa Europe"],
        ["eBank", "Télécoms Réunis (TRX)"],
    ]


def test_a_profile_that_is_not_public_stands_nowhere_on_the_page(client, coalition, secretariat_client):
    for reader in (client, secretariat_client):
        html = reader.get(URL).content.decode()
        assert "Not yet approved" not in html
        assert "Never a member" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=telecoms reunis", [[], ["Télécoms Réunis (TRX)"]]),
        ("q=trx", [[], ["Télécoms Réunis (TRX)"]]),
        ("q=EURO", [["European Cybercrime Centre", "Missing Children Europe", "Eurojust", "Visa Europe"], []]),
        ("q=100%25", [[], []]),
        ("sector=payment", [["Visa Europe"], ["eBank"]]),
        ("sector=ind", [["Visa Europe"], ["eBank", "Télécoms Réunis (TRX)"]]),
        ("sector=law", [["European Cybercrime Centre", "Eurojust"], []]),
        ("sector=law&q=just", [["Eurojust"], []]),
    ],
)
def test_the_list_is_filtered_by_name_and_sector(client, coalition, query, expected):
    assert names(client.get(f"{URL}?{query}")) == expected


def test_the_list_is_filtered_by_work_package_and_says_who_does_what(client, coalition):
    programme = ProgrammeFactory()
    training = WorkPackageFactory(programme=programme, number=4, name="Training")
    analysis = WorkPackageFactory(programme=programme, number=2, name="Strategic analysis")
    lead, helper = MemberFactory(name="Lead"), MemberFactory(name="Helper")
    LeadFactory(work_package=training, organisation=lead)
    LeadFactory(work_package=analysis, organisation=lead)
    ContributorFactory(work_package=training, organisation=lead)
    ContributorFactory(work_package=training, organisation=helper)
    ContributorFactory(work_package=analysis, organisation=helper, ends_on=date(2020, 1, 31))
    response = client.get(f"{URL}?wp=WP4")
    assert names(response) == [[], ["Helper", "Lead"]]
    assert [member.part for member in response.context["others"]] == ["Supports WP4", "Leads WP2 and WP4"]
    assert names(client.get(f"{URL}?wp=WP2")) == [[], ["Lead"]]


def test_the_sentence_counts_what_is_shown_and_names_the_day(client, coalition):
    assert "2 organisations, as of 17 March 2015." in client.get(f"{URL}?as_of=2015-03-17&sector=law").content.decode()
    assert "1 organisation, as of 17 March 2015." in client.get(f"{URL}?as_of=2015-03-17&q=visa").content.decode()


def test_the_register_is_shown_as_of_a_day(client):
    organisation = MemberFactory(name="CEPOL", membership__starts_on=date(2013, 8, 5))
    SeatFactory(organisation=organisation, starts_on=date(2014, 1, 1), ends_on=date(2014, 12, 31))
    assert names(client.get(f"{URL}?as_of=2013-08-04")) == [[], []]
    assert names(client.get(f"{URL}?as_of=2013-08-05")) == [[], ["CEPOL"]]
    assert names(client.get(f"{URL}?as_of=2014-01-01")) == [["CEPOL"], []]
    assert names(client.get(f"{URL}?as_of=2014-12-31")) == [["CEPOL"], []]
    assert names(client.get(f"{URL}?as_of=2015-01-01")) == [[], ["CEPOL"]]


@pytest.mark.parametrize("day", ["tomorrow", "2015-02-30", "17.3.2015", "99999-01-01"])
def test_a_day_that_is_none_is_answered_with_what_to_write(client, coalition, day):
    response = client.get(f"{URL}?as_of={day}")
    assert response.status_code == 422
    assert "Write the day as year, month and day, for example 2015-03-17." in response.content.decode()
    assert len(response.context["members"]) == 6


@pytest.mark.parametrize("query", ["sector=nonsense", "wp=WP99"])
def test_a_choice_that_is_not_on_the_list_is_said_so(client, coalition, query):
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 422
    assert "Choose one from the list." in response.content.decode()


def test_the_figure_has_a_square_for_each_member(client, coalition):
    html = client.get(f"{URL}?q=nobody").content.decode()
    assert "Law enforcement and justice: 2 in the Steering Group, 0 other members" in html
    assert "Payment and technology companies: 1 in the Steering Group, 2 other members" in html
    assert "Child protection and hotlines: 1 in the Steering Group, 0 other members" in html
    assert html.count("<rect") == 6
    assert html.count('fill="none" stroke="var(--ind)"') == 2


def test_no_member_is_said_in_words(client):
    assert "Members appear here when they have approved their profile." in client.get(URL).content.decode()


@pytest.mark.parametrize("number", [10, 500])
@pytest.mark.parametrize(("query", "queries"), [("", 7), ("?sector=ind&wp=WP4&q=o", 8)])
def test_any_number_of_members_costs_the_same_queries(client, django_assert_num_queries, number, query, queries):
    package = WorkPackageFactory(number=4)
    organisations = Organisation.objects.bulk_create(OrganisationFactory.build_batch(number))
    rows = [(MembershipTermFactory, {}), (SeatFactory, {})]
    rows += [(factory, {"work_package": package}) for factory in (LeadFactory, ContributorFactory)]
    for factory, values in rows:
        factory._meta.model.objects.bulk_create(factory.build(organisation=row, **values) for row in organisations)
    with django_assert_num_queries(queries):
        response = client.get(f"{URL}{query}")
    assert len(response.context["members"]) == number

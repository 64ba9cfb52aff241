"""The page of one organisation: what it is, its seats over time, what it does, and what names it."""

import json
import re
from datetime import date

import pytest

from members.models import Seat, Sector
from tests.factories import (
    ContributorFactory,
    LeadFactory,
    MemberFactory,
    MembershipTermFactory,
    NewsItemFactory,
    OrganisationFactory,
    ProgrammeFactory,
    PublicationFactory,
    SeatFactory,
    WorkPackageFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def icmec():
    return MemberFactory(
        name="International Centre",
        short_name="ICMEC",
        slug="icmec",
        sector=Sector.NGO,
        country="US",
        website="https://www.centre.example/",
        contribution="Advises the Steering Group.",
        description="Leads coalitions **elsewhere**.",
        membership__starts_on=date(2012, 11, 26),
    )


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_page_gives_the_facts(client, icmec):
    SeatFactory(organisation=icmec, kind=Seat.Kind.ADVISORY, starts_on=date(2013, 1, 1), ends_on=date(2013, 6, 30))
    SeatFactory(organisation=icmec, kind=Seat.Kind.FULL, starts_on=date(2013, 7, 1))
    response = client.get("/en/members/icmec/")
    text = text_of(response)
    assert "International Centre (ICMEC)" in text
    assert "Advises the Steering Group." in text
    assert "Member since 26 November 2012" in text
    assert "Sector NGO and hotline" in text
    assert "Full member since 1 July 2013 Advisory member 1 January – 30 June 2013" in text
    assert "Country United States of America" in text
    html = response.content.decode()
    assert "<strong>elsewhere</strong>" in html
    assert '<a href="https://www.centre.example/" rel="noreferrer">centre.example</a>' in html
    assert '<meta property="og:title" content="International Centre (ICMEC)">' in html


@pytest.mark.parametrize(
    ("name", "short_name", "expected"),
    [
        ("Internet Watch Foundation", "IWF", "Internet Watch Foundation (IWF)"),
        ("Europol, European Cybercrime Centre (EC3)", "EC3", "Europol, European Cybercrime Centre (EC3)"),
        ("Dutch National Police", "Dutch police", "Dutch National Police"),
        ("Eurojust", "", "Eurojust"),
    ],
)
def test_an_abbreviation_stands_behind_the_name(name, short_name, expected):
    assert OrganisationFactory.build(name=name, short_name=short_name).full_name == expected


def test_the_end_of_a_membership_is_said(client):
    former = OrganisationFactory(slug="former")
    MembershipTermFactory(organisation=former, starts_on=date(2013, 1, 1), ends_on=date(2014, 2, 28))
    assert "Member 1 January 2013 – 28 February 2014" in text_of(client.get("/en/members/former/"))


def test_the_work_it_leads_and_supports_is_listed_latest_programme_first(client, icmec):
    old = ProgrammeFactory(
        name="Project 2012–2015", slug="2012-2015", starts_on=date(2012, 11, 26), ends_on=date(2015, 11, 25)
    )
    new = ProgrammeFactory(name="Plan 2026", slug="2026", starts_on=date(2026, 1, 1))
    LeadFactory(
        organisation=icmec, work_package=WorkPackageFactory(programme=old, number=2, name="Analysis", slug="analysis")
    )
    ContributorFactory(
        organisation=icmec, work_package=WorkPackageFactory(programme=new, number=4, name="Training", slug="training")
    )
    response = client.get("/en/members/icmec/")
    assert [(str(package), what) for package, what, _row in response.context["work"]] == [
        ("WP4 Training", "Supports"),
        ("WP2 Analysis", "Leads"),
    ]
    assert 'href="/en/work/2026/training/"' in response.content.decode()


def test_published_news_and_publications_that_name_it_are_listed(client, icmec):
    NewsItemFactory(title="Centre joins", organisations=[icmec], published=True)
    NewsItemFactory(title="Draft about the centre", organisations=[icmec])
    NewsItemFactory(title="About somebody else", published=True)
    PublicationFactory(title="Assessment 2015", contributors=[icmec], published=True)
    PublicationFactory(title="Unfinished report", contributors=[icmec])
    response = client.get("/en/members/icmec/")
    assert [item.title for item in response.context["news"]] == ["Centre joins"]
    assert [item.title for item in response.context["publications"]] == ["Assessment 2015"]
    assert "Draft about the centre" not in response.content.decode()
    assert "Unfinished report" not in response.content.decode()


def test_search_engines_read_an_organisation_and_nothing_breaks_out(client):
    MemberFactory(name="Bank </script><b>", slug="bank", website="https://bank.example", contribution="A & B")
    html = client.get("/en/members/bank/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html).group(1)
    assert json.loads(block) == {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": "Bank </script><b>",
        "description": "A & B",
        "url": "https://bank.example",
        "mainEntityOfPage": "http://localhost:8000/en/members/bank/",
    }


def test_a_profile_that_is_not_public_is_seen_by_the_secretariat_alone(client, representative, secretariat):
    MemberFactory(slug="not-yet", name="Not yet approved", is_public=False)
    assert client.get("/en/members/not-yet/").status_code == 404
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/en/members/not-yet/").status_code == 404
    client.force_login(secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get("/en/members/not-yet/")
    assert response.status_code == 200
    assert "This is not public." in response.content.decode()
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("number", [10, 500])
def test_any_number_of_rows_costs_eight_queries(client, icmec, django_assert_num_queries, number):
    packages = WorkPackageFactory._meta.model.objects.bulk_create(
        WorkPackageFactory.build_batch(number, programme=ProgrammeFactory())
    )
    for factory in (LeadFactory, ContributorFactory):
        rows = [factory.build(organisation=icmec, work_package=package) for package in packages]
        factory._meta.model.objects.bulk_create(rows)
    for factory, field in ((NewsItemFactory, "organisations"), (PublicationFactory, "contributors")):
        model = factory._meta.model
        rows = model.objects.bulk_create(factory.build_batch(number, status="approved"))
        through = getattr(model, field).through
        through.objects.bulk_create(
            through(**{f"{model._meta.model_name}_id": row.pk, "organisation_id": icmec.pk}) for row in rows
        )
    with django_assert_num_queries(8):
        response = client.get("/en/members/icmec/")
    assert len(response.context["work"]) == 2 * number
    assert len(response.context["news"]) == 6

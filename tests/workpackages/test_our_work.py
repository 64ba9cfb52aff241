"""What the coalition does: the running programme first, closed ones kept whole, each work package with its own page."""

import re
from datetime import date

import pytest
import time_machine

from tests.factories import (
    ContributorFactory,
    DeliverableFactory,
    EventFactory,
    LeadFactory,
    MemberFactory,
    NewsItemFactory,
    ObjectiveFactory,
    OrganisationFactory,
    ProgrammeFactory,
    PublicationFactory,
    WorkPackageFactory,
)
from workpackages.models import Contributor, Lead, Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return ProgrammeFactory(
        name="Project 2012–2015",
        slug="2012-2015",
        kind="project",
        starts_on=date(2012, 11, 26),
        ends_on=date(2015, 11, 25),
    )


@pytest.fixture
def plan():
    return ProgrammeFactory(name="Plan 2020", slug="2020", starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2012, 11, 25), None),
        (date(2012, 11, 26), "2012-2015"),
        (date(2015, 11, 25), "2012-2015"),
        (date(2019, 12, 31), "2012-2015"),
        (date(2020, 1, 1), "2020"),
        (date(2020, 12, 31), "2020"),
        (date(2021, 1, 1), "2020"),
    ],
)
def test_the_current_programme_is_the_one_that_runs_or_the_latest_begun(project, plan, day, expected):
    current = Programme.objects.current(day)
    assert (current and current.slug) == expected


def test_a_running_programme_comes_before_a_later_one_that_is_over(plan):
    ProgrammeFactory(slug="long", starts_on=date(2012, 11, 26), ends_on=None)
    assert Programme.objects.current(date(2021, 1, 1)).slug == "long"


def test_the_running_programme_is_shown_in_full_and_the_others_by_name(client, project):
    running = ProgrammeFactory(name="Plan of the platform", summary="What we do **this year**.")
    ObjectiveFactory(programme=running, number=1, title="Fewer payments")
    package = WorkPackageFactory(programme=running, number=4, name="Training", slug="training", aim="Train together.")
    LeadFactory(work_package=package, organisation=MemberFactory(name="Police college"))
    LeadFactory(work_package=package, organisation=MemberFactory(name="Card scheme"))
    LeadFactory(work_package=package, organisation=MemberFactory(name="Former lead"), ends_on=date(2020, 6, 30))
    WorkPackageFactory(programme=project, number=1, name="Operations of the project")
    response = client.get("/en/work/")
    text = text_of(response)
    assert "Running now since 1 January 2020 Plan of the platform What we do this year ." in text
    assert "Fewer payments" in text
    assert "WP4 Training Train together. Led by Card scheme and Police college" in text
    assert "Closed Project 26 November 2012 – 25 November 2015 Project 2012–2015" in text
    assert "Operations of the project" not in text
    assert "Former lead" not in text


def test_a_closed_programme_is_kept_with_its_leads_of_the_end(client, project):
    package = WorkPackageFactory(programme=project, number=4, name="Training", slug="training")
    LeadFactory(work_package=package, organisation=MemberFactory(name="First lead"), ends_on=date(2013, 12, 31))
    LeadFactory(work_package=package, organisation=MemberFactory(name="Last lead"), ends_on=date(2015, 11, 25))
    text = text_of(client.get("/en/work/2012-2015/"))
    assert "Led by Last lead" in text
    assert "First lead" not in text


def test_a_programme_to_come_shows_who_will_lead(client):
    with time_machine.travel("2026-06-01 12:00+02:00", tick=False):
        plan = ProgrammeFactory(slug="2027", starts_on=date(2027, 1, 1))
        lead = LeadFactory(
            work_package__programme=plan, starts_on=date(2027, 1, 1), organisation=MemberFactory(name="Next lead")
        )
        assert "Led by Next lead" in text_of(client.get("/en/work/2027/"))
        assert lead.work_package.programme == plan


def test_without_a_programme_the_page_says_so(client):
    assert "The next programme is being prepared" in text_of(client.get("/en/work/"))


def test_a_work_package_shows_aim_teams_with_their_terms_and_objectives(client, project):
    objectives = [ObjectiveFactory(programme=project, number=n, title=f"Aim number {n}") for n in (6, 4)]
    ObjectiveFactory(programme=project, number=1, title="Of another package")
    package = WorkPackageFactory(
        programme=project, number=4, name="Training", slug="training", aim="Train together.", description="Two *tracks*.",
        objectives=objectives,
    )  # fmt: skip
    LeadFactory(
        work_package=package, organisation=MemberFactory(name="Police", slug="police"), ends_on=date(2013, 12, 31)
    )
    LeadFactory(work_package=package, organisation=MemberFactory(name="Card scheme"), starts_on=date(2012, 11, 26))
    ContributorFactory(
        work_package=package,
        organisation=OrganisationFactory(name="Guest police", slug="guest", is_public=False),
        note="Hosted.",
    )
    response = client.get("/en/work/2012-2015/training/")
    text, html = text_of(response), response.content.decode()
    assert "<h1>WP4 Training</h1>" in html
    assert "Train together." in text
    assert "<em>tracks</em>" in html
    assert "Objective 4 Aim number 4 Objective 6 Aim number 6 " in text
    assert "Of another package" not in text
    assert "Leads Card scheme since 26 November 2012 Police until 31 December 2013" in text
    assert "With Guest police Hosted." in text
    assert 'href="/en/members/police/"' in html
    assert "/en/members/guest/" not in html


def test_what_came_of_a_work_package_is_listed_once_published(client):
    package = WorkPackageFactory(slug="training", programme=ProgrammeFactory(slug="2020"))
    PublicationFactory(title="Training book", work_package=package, published=True)
    PublicationFactory(title="Draft of a book", work_package=package)
    EventFactory(title="Course near Paris", work_package=package, published=True)
    NewsItemFactory(title="Course announced", work_package=package, published=True)
    NewsItemFactory(title="Of another package", work_package=WorkPackageFactory(), published=True)
    response = client.get("/en/work/2020/training/")
    assert {name: [str(item) for item in response.context[name]] for name in ("publications", "events", "news")} == {
        "publications": ["Training book"],
        "events": ["Course near Paris"],
        "news": ["Course announced"],
    }
    assert "Draft of a book" not in response.content.decode()


def test_the_address_of_a_work_package_alone_leads_to_the_current_programmes_one(client, project):
    WorkPackageFactory(programme=project, slug="training")
    WorkPackageFactory(programme=project, slug="operations")
    WorkPackageFactory(programme=ProgrammeFactory(slug="2020"), slug="training")
    response = client.get("/fr/work/training/")
    assert (response.status_code, response["Location"]) == (302, "/fr/work/2020/training/")
    assert client.get("/en/work/operations/").status_code == 404
    assert client.get("/en/work/2020/operations/").status_code == 404
    assert client.get("/en/work/2012-2015/operations/").status_code == 200


def fill(number):
    """Make a programme with this many of everything; return one of its work packages."""
    programme = ProgrammeFactory(slug="2020")
    ProgrammeFactory.create_batch(2, starts_on=date(2015, 1, 1), ends_on=date(2015, 12, 31))
    objectives = [ObjectiveFactory(programme=programme, number=n) for n in range(1, 11)]
    packages = WorkPackageFactory._meta.model.objects.bulk_create(
        WorkPackageFactory.build(programme=programme, number=n, slug=f"work-{n}") for n in range(number)
    )
    packages[0].objectives.set(objectives)
    organisations = [MemberFactory(), MemberFactory()]
    for model in (Lead, Contributor):
        model.objects.bulk_create(model(work_package=p, organisation=o) for p in packages for o in organisations)
        model.objects.bulk_create(
            model(work_package=packages[0], organisation=organisations[0]) for _n in range(number)
        )
    for factory in (PublicationFactory, EventFactory, NewsItemFactory):
        rows = factory.build_batch(number, status="approved", work_package=packages[0])
        factory._meta.model.objects.bulk_create(rows)


@pytest.mark.parametrize("number", [10, 500])
@pytest.mark.parametrize(
    ("path", "queries"), [("", 7), ("2020/", 6), ("2020/work-0/", 10), ("results/", 6), ("results/?wp=2020/work-0", 6)]
)
def test_any_number_of_rows_costs_the_same_queries(client, django_assert_num_queries, path, queries, number):
    fill(number)
    with django_assert_num_queries(queries):
        response = client.get(f"/en/work/{path}")
    assert response.status_code == 200


def test_the_public_learns_what_is_delivered_and_what_is_in_preparation(client):
    package = WorkPackageFactory(slug="training", programme__slug="2020")
    shown = {"dissemination": "PU", "is_public_result": True}
    DeliverableFactory(
        work_package=package, title="First course", status="accepted", delivered_on=date(2020, 3, 1), **shown
    )
    DeliverableFactory(work_package=package, title="Training book", outlook="late", **shown)
    DeliverableFactory(
        work_package=package, title="Evaluation inside", status="accepted", delivered_on=date(2020, 3, 1)
    )
    DeliverableFactory(work_package=package, title="Plan inside", outlook="at_risk")

    page = client.get("/en/work/2020/training/").content.decode()

    found = re.findall(r'<li><span lang="en">([^<]+)</span> <span class="pill[^"]*">.*?</svg>([^<]+)</span>', page)
    assert found == [("First course", "Delivered"), ("Training book", "In preparation")]
    assert "inside" not in page
    assert "Late" not in page

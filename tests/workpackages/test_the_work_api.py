"""The work in the API: programmes with their objectives, work packages with their teams over time."""

from datetime import date

import pytest

from tests.factories import (
    ContributorFactory,
    LeadFactory,
    MemberFactory,
    ObjectiveFactory,
    ProgrammeFactory,
    WorkPackageFactory,
)

pytestmark = pytest.mark.django_db


def test_a_programme_is_given_with_its_objectives(client):
    programme = ProgrammeFactory(name="Project", slug="2012-2015", kind="project", starts_on=date(2012, 11, 26))
    ObjectiveFactory(programme=programme, number=1, title="Fewer payments", text="By all members.")
    assert client.get("/api/v1/programmes/2012-2015/").json() == {
        "slug": "2012-2015",
        "name": "Project",
        "kind": "project",
        "starts_on": "2012-11-26",
        "ends_on": None,
        "summary": "",
        "funding": "",
        "objectives": [{"number": 1, "title": "Fewer payments", "text": "By all members."}],
        "url": "http://localhost:8000/en/work/2012-2015/",
    }


def test_a_work_package_is_given_with_its_teams_and_their_terms(client):
    programme = ProgrammeFactory(slug="2020")
    package = WorkPackageFactory(
        programme=programme, number=4, name="Training", slug="training", aim="Train together.",
        objectives=[ObjectiveFactory(programme=programme, number=3)],
    )  # fmt: skip
    LeadFactory(work_package=package, organisation=MemberFactory(name="Police"), ends_on=date(2020, 12, 31))
    ContributorFactory(work_package=package, organisation=MemberFactory(name="Bank"))
    assert client.get("/api/v1/work-packages/?programme__slug=2020").json()["results"] == [
        {
            "id": package.pk,
            "programme": "2020",
            "code": "WP4",
            "name": "Training",
            "slug": "training",
            "aim": "Train together.",
            "description": "",
            "objectives": [3],
            "leads": [{"organisation": "Police", "starts_on": None, "ends_on": "2020-12-31"}],
            "contributors": [{"organisation": "Bank", "starts_on": None, "ends_on": None}],
            "url": "http://localhost:8000/en/work/2020/training/",
        }
    ]
    assert client.get("/api/v1/work-packages/?programme__slug=2012").json()["results"] == []


@pytest.mark.parametrize("number", [10, 150])
def test_any_number_of_work_packages_costs_five_queries(client, django_assert_num_queries, number):
    programme, member = ProgrammeFactory(), MemberFactory()
    for n in range(number):
        package = WorkPackageFactory(programme=programme, number=n)
        LeadFactory(work_package=package, organisation=member)
    with django_assert_num_queries(5):
        response = client.get("/api/v1/work-packages/?page_size=200")
    assert len(response.json()["results"]) == number

"""What the work has delivered, by work package and year."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import EventFactory, ProgrammeFactory, PublicationFactory, WorkPackageFactory

pytestmark = pytest.mark.django_db
URL = "/en/work/results/"


@pytest.fixture
def delivered():
    project = ProgrammeFactory(
        name="Project", slug="2012-2015", starts_on=date(2012, 11, 26), ends_on=date(2015, 11, 25)
    )
    analysis = WorkPackageFactory(programme=project, number=2, name="Analysis", slug="analysis")
    training = WorkPackageFactory(programme=project, number=4, name="Training", slug="training")
    PublicationFactory(title="Assessment 2013", dated_on=date(2013, 10, 15), work_package=analysis, published=True)
    PublicationFactory(title="Assessment 2015", dated_on=date(2015, 2, 24), work_package=analysis, published=True)
    EventFactory(title="First course", starts_on=date(2014, 3, 24), work_package=training, published=True)
    EventFactory(title="Second course", starts_on=date(2015, 4, 7), work_package=training, published=True)
    PublicationFactory(title="Draft of a book", work_package=training)
    EventFactory(title="Draft of a course", work_package=training)
    EventFactory(title="Without a package", published=True)
    tomorrow = timezone.localdate() + timedelta(days=1)
    EventFactory(title="Course to come", starts_on=tomorrow, work_package=training, published=True)


def shown(response):
    return [(str(package), [str(result) for result in package.results]) for package in response.context["packages"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "",
            [
                ("WP2 Analysis", ["Assessment 2015", "Assessment 2013"]),
                ("WP4 Training", ["Second course", "First course"]),
            ],
        ),
        ("?wp=2012-2015/training", [("WP4 Training", ["Second course", "First course"])]),
        ("?year=2015", [("WP2 Analysis", ["Assessment 2015"]), ("WP4 Training", ["Second course"])]),
        ("?year=2013", [("WP2 Analysis", ["Assessment 2013"])]),
        ("?year=2013&wp=2012-2015/training", []),
    ],
)
def test_what_is_published_and_over_is_listed_newest_first(client, delivered, query, expected):
    response = client.get(URL + query)
    assert response.status_code == 200
    assert shown(response) == expected


def test_the_sentence_counts_the_results(client, delivered):
    assert "4 results." in client.get(URL).content.decode()
    assert "1 result." in client.get(f"{URL}?year=2013").content.decode()


@pytest.mark.parametrize("query", ["?year=1999", "?wp=WP4", "?year=soon"])
def test_a_choice_that_is_not_on_the_list_is_said_so(client, delivered, query):
    response = client.get(URL + query)
    assert response.status_code == 422
    assert "Choose one from the list." in response.content.decode()

"""Search over everything public: words in any form, accents and misspellings forgiven, hits marked."""

import pytest

from efc import cache
from tests import factories

pytestmark = pytest.mark.django_db


def hits(client, words):
    page = client.get("/en/search/", {"q": words}).context.get("page_obj")
    return [hit.title for hit in page] if page else []


@pytest.fixture
def things():
    factories.NewsItemFactory(
        published=True, title="Trainers meet in Paris", summary="Cecilia Malmström opens", body="Payments."
    )
    factories.PublicationFactory(published=True, title="Strategic assessment", summary="What <em>we</em> know")
    factories.EventFactory(published=True, title="Second training course", place="Budapest")
    factories.OrganisationFactory(name="Example Hotline Foundation")
    factories.WorkPackageFactory(name="Operations", aim="Support investigations.")
    factories.PageFactory(published=True, key="history", title="History", body="Launched in 2012.")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("malmstrom", ["Trainers meet in Paris"]),
        ("payment", ["Trainers meet in Paris"]),
        ("assessments", ["Strategic assessment"]),
        ("budapest", ["Second training course"]),
        ("hotline", ["Example Hotline Foundation"]),
        ("investigation", ["Operations"]),
        ("launch", ["History"]),
        ("stratgic assesment", ["Strategic assessment"]),
        ("zzzzzz", []),
        ("", []),
    ],
)
def test_words_find_what_they_mean(client, things, words, found):
    assert hits(client, words) == found


def test_words_are_marked_and_markup_in_texts_is_not_obeyed(client, things):
    page = client.get("/en/search/", {"q": "know"}).content.decode()

    assert "<mark>know</mark>" in page
    assert "<em>we" not in page


@pytest.mark.parametrize("words", ['"unclosed', "a & | !", "((", "-", "%", "_", "'", "\\", ":*", "<b>", "x" * 200])
def test_odd_words_are_searched_like_others(client, things, words):
    assert client.get("/en/search/", {"q": words}).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "abc", "99999999999999999999", "2"])
def test_odd_page_numbers_are_answered(client, things, page):
    assert client.get("/en/search/", {"q": "training", "page": page}).status_code == 200


def test_the_number_of_queries_does_not_grow(client, things, django_assert_num_queries):
    factories.NewsItemFactory(published=True, title="Bulk")
    with django_assert_num_queries(5):
        assert hits(client, "bulk") == ["Bulk"]
    for n in range(30):
        factories.NewsItemFactory(published=True, title=f"Bulk {n}")
    cache._asked.clear()  # within one transaction the content version does not rise
    with django_assert_num_queries(5):
        assert len(hits(client, "bulk")) == 20

"""The archive in public: the list with headlines, an issue as it was sent."""

import pytest
from django.utils import timezone

from efc import cache
from newsletter.models import Issue
from newsletter.services import issues
from tests.factories import IssueFactory, IssueItemFactory, NewsItemFactory

pytestmark = pytest.mark.django_db


def test_a_draft_is_nowhere_and_a_sent_issue_is_in_the_archive(client, issue, secretariat):
    assert client.get("/en/newsletter/8/").status_code == 404
    assert "what Budapest changed" not in client.get("/en/newsletter/").content.decode()
    issues.archive_issue(issue, by=secretariat)
    page = client.get("/en/newsletter/8/").content.decode()
    assert "EFC newsletter 8: what Budapest changed" in page
    assert 'href="/en/news/2026/budapest/"' in page
    assert "EFC newsletter 8: what Budapest changed" in client.get("/en/newsletter/").content.decode()


def test_the_list_gives_three_headlines_newest_first(client, issue, secretariat):
    issues.archive_issue(issue, by=secretariat)
    IssueFactory(number=7, subject="Issue seven", editorial_title="Only this", archived=True)
    page = client.get("/en/newsletter/").content.decode()
    first, second = page.split("Issue 7</span>")
    for headline in ("Thirty practitioners, one course", "Training in Budapest", "Strategic assessment"):
        assert headline in first
    assert "Second conference" not in page
    assert "Only this" in second


def test_the_archive_keeps_the_words_of_the_day_and_drops_what_was_withdrawn(client, issue, news, secretariat):
    issues.archive_issue(issue, by=secretariat)
    news.title = "Another title"
    news.save()
    assert "Training in Budapest" in client.get("/en/newsletter/8/").content.decode()
    news.move("withdraw", by=secretariat)
    cache._pages.clear()  # the version is raised at commit, which a test never reaches
    page = client.get("/en/newsletter/8/").content.decode()
    assert "Training in Budapest" not in page
    assert "Another title" not in page
    assert "Strategic assessment" in page


def test_an_issue_is_english_and_says_so_elsewhere(client, issue, secretariat):
    issues.archive_issue(issue, by=secretariat)
    page = client.get("/fr/newsletter/8/").content.decode()
    assert '<div lang="en">' in page
    assert "français" in page


@pytest.mark.parametrize("number", ["0", "9", "99999999999999999999"])
def test_an_unknown_number_is_not_found(client, number):
    assert client.get(f"/en/newsletter/{number}/").status_code == 404


def test_the_list_costs_the_same_for_one_issue_and_for_thirty(client, django_assert_num_queries):
    def fill(numbers):
        news = NewsItemFactory(published=True)
        rows = Issue.objects.bulk_create(
            [Issue(number=n, subject=f"Issue {n}", dated_on=timezone.localdate(), status="sent") for n in numbers]
        )
        for row in rows:
            IssueItemFactory(issue=row, news_item=news)

    fill(range(1, 2))
    with django_assert_num_queries(2):
        client.get("/en/newsletter/")
    fill(range(2, 31))
    with django_assert_num_queries(2):
        client.get("/en/newsletter/")


def test_the_api_shows_sent_issues(client, issue, secretariat):
    assert client.get("/api/v1/issues/8/").status_code == 404
    issues.archive_issue(issue, by=secretariat)
    answer = client.get("/api/v1/issues/8/").json()
    assert (answer["number"], answer["subject"]) == (8, "EFC newsletter 8: what Budapest changed")
    assert answer["headlines"][:2] == ["Thirty practitioners, one course", "Training in Budapest"]

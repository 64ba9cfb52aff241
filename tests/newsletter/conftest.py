"""An issue ready to be looked at, and what it is made of."""

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import (
    EventFactory,
    IssueFactory,
    IssueItemFactory,
    NewsItemFactory,
    PublicationFactory,
    SubscriberFactory,
)


@pytest.fixture
def news(db):
    return NewsItemFactory(title="Training in Budapest", slug="budapest", dated_on=date(2026, 10, 1), published=True)


@pytest.fixture
def publication(db):
    return PublicationFactory(
        title="Strategic assessment", slug="assessment", dated_on=date(2026, 10, 2), published=True
    )


@pytest.fixture
def conference(db):
    day = timezone.localdate().replace(year=timezone.localdate().year + 1, month=6, day=24)
    return EventFactory(title="Second conference", slug="conference", starts_on=day, published=True)


@pytest.fixture
def issue(news, publication, conference):
    """Issue 8 with an editorial, one news item, one publication and one date."""
    issue = IssueFactory(
        number=8, subject="EFC newsletter 8: what Budapest changed", preview_line="Course report and dates.", dated_on=date(2026, 11, 22),
        editorial_title="Thirty practitioners, one course", editorial="They met in *Budapest*.\n\n- [The course](/en/newsletter/)\n- [Elsewhere](https://other.example/)",
    )  # fmt: skip
    IssueItemFactory(issue=issue, order=10, news_item=news)
    IssueItemFactory(issue=issue, order=20, news_item=None, publication=publication)
    IssueItemFactory(issue=issue, order=30, news_item=None, event=conference)
    return issue


@pytest.fixture
def readers(db):
    return [SubscriberFactory(confirmed=True, language=language) for language in ("en", "en", "fr")]

"""The Atom feed of the news."""

from datetime import date

import feedparser
import pytest

from tests.factories import NewsItemFactory


def test_the_feed_has_the_latest_published_items(client, db, settings):
    settings.SITE_URL = "https://portal.example"
    NewsItemFactory(title="Earlier", slug="earlier", dated_on=date(2014, 3, 26), published=True)
    NewsItemFactory(title="Later", slug="later", dated_on=date(2015, 6, 24), summary="What it says.", published=True)
    NewsItemFactory(title="Not yet", dated_on=date(2015, 6, 25))

    answer = client.get("/en/news/feed/", headers={"host": "127.0.0.1"})
    feed = feedparser.parse(answer.content)

    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.bozo == 0
    assert [entry.title for entry in feed.entries] == ["Later", "Earlier"]
    assert feed.entries[0].link == "https://portal.example/en/news/2015/later/"
    assert feed.entries[0].summary == "What it says."
    assert feed.entries[0].published == "2015-06-24T00:00:00+02:00"
    assert feed.feed.links[0].href == "https://portal.example/en/news/"


@pytest.mark.django_db(transaction=True)
def test_the_feed_is_told_unchanged_until_it_changes(client):
    item = NewsItemFactory(title="One", published=True)
    first = client.get("/en/news/feed/")

    again = client.get("/en/news/feed/", headers={"if-none-match": first["ETag"]})
    item.title_en = "Two"
    item.save()
    after = client.get("/en/news/feed/", headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, after.status_code) == (200, 304, 200)


def test_the_feed_stops_at_thirty(client, db):
    for day in range(1, 32):
        NewsItemFactory(dated_on=date(2015, 1, day), published=True)

    assert len(feedparser.parse(client.get("/en/news/feed/").content).entries) == 30

"""What a visitor reads of the news, and what nobody reads before its time."""

import json
import re
from datetime import date, timedelta
from time import sleep

import pytest
from django.utils import timezone

from publications.models import NewsItem
from tests.factories import EventFactory, NewsItemFactory, OrganisationFactory

SECRET = "canary-7f3a"


def titles(response):
    return re.findall(r'<h2[^>]*><a href="[^"]*">([^<]*)</a></h2>', response.content.decode())


@pytest.fixture
def hidden(db):
    """One item in each state in which the public must not see it, each with a word that must not leak."""
    now = timezone.now()
    fields = {"body": f"Text {SECRET}", "summary": SECRET, "dated_on": date(2015, 5, 1)}
    return [
        NewsItemFactory(title=f"{SECRET} draft", **fields),
        NewsItemFactory(title=f"{SECRET} review", status="in_review", **fields),
        NewsItemFactory(title=f"{SECRET} withdrawn", status="withdrawn", **fields),
        NewsItemFactory(title=f"{SECRET} embargo", publish_at=now + timedelta(hours=1), published=True, **fields),
    ]


def test_news_stand_under_their_dates_the_latest_first(client, db):
    NewsItemFactory(title="Middle", dated_on=date(2014, 3, 26), published=True)
    NewsItemFactory(title="Oldest", dated_on=date(2013, 2, 21), published=True)
    NewsItemFactory(title="Latest", dated_on=date(2016, 2, 9), published=True)

    page = client.get("/en/news/")

    assert titles(page) == ["Latest", "Middle", "Oldest"]
    assert '<time datetime="2016-02-09">9 February 2016</time>' in page.content.decode()
    assert titles(client.get("/en/news/2014/")) == ["Middle"]
    assert re.findall(r'href="/en/news/(\d{4})/"', page.content.decode()) == ["2016", "2014", "2013"]
    assert client.get("/en/news/2012/").status_code == 404


def test_news_can_be_of_one_kind(client, db):
    NewsItemFactory(title="Ours", published=True)
    NewsItemFactory(title="Release", kind="press_release", published=True)

    assert titles(client.get("/en/news/?kind=press_release")) == ["Release"]
    assert client.get("/en/news/?kind=gossip").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/en/news/",
        "/en/news/2015/",
        "/en/news/feed/",
        "/fr/news/",
        "/api/v1/news/",
        "/api/v1/news/?dated_on__year=2015",
    ],
)
def test_what_is_not_public_is_nowhere(client, hidden, address):
    NewsItemFactory(title="Public", dated_on=date(2015, 5, 1), published=True)

    answer = client.get(address).content.decode()

    assert "Public" in answer
    assert SECRET not in answer


def test_what_is_not_public_has_no_page_and_is_no_neighbour(client, hidden):
    public = NewsItemFactory(title="Public", dated_on=date(2015, 5, 1), published=True)

    assert [client.get(item.get_absolute_url()).status_code for item in hidden] == [404, 404, 404, 404]
    assert [client.get(f"/api/v1/news/{item.pk}/").status_code for item in hidden] == [404, 404, 404, 404]
    assert SECRET not in client.get(public.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_embargo_ends_by_itself_also_on_pages_that_are_kept(client):
    opens = timezone.now() + timedelta(seconds=1)
    item = NewsItemFactory(title="Under embargo", publish_at=opens, published=True)
    assert client.get(item.get_absolute_url()).status_code == 404
    assert titles(client.get("/en/news/")) == []

    sleep((opens - timezone.now()).total_seconds() + 0.05)

    assert titles(client.get("/en/news/")) == ["Under embargo"]
    assert client.get(item.get_absolute_url()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_is_withdrawn_is_gone_at_once(client):
    item = NewsItemFactory(title="Withdrawn soon", published=True)
    assert titles(client.get("/en/news/")) == ["Withdrawn soon"]

    item.move("withdraw", by=None)

    assert titles(client.get("/en/news/")) == []


def test_an_editor_reads_a_draft_under_its_public_address(secretariat_client, hidden):
    page = secretariat_client.get(hidden[0].get_absolute_url())

    assert page.status_code == 200
    assert "This is not public." in page.content.decode()
    assert page["Cache-Control"] == "private, no-cache"


def test_a_member_does_not_read_a_draft(client, hidden, representative):
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(hidden[0].get_absolute_url()).status_code == 404


def test_an_item_shows_text_organisations_event_and_neighbours(client, db):
    cepol = OrganisationFactory(name="CEPOL", slug="cepol")
    private = OrganisationFactory(name="Applicant", slug="applicant", is_public=False)
    event = EventFactory(title="Course in Budapest", slug="budapest", published=True)
    hidden_event = EventFactory(title="Hidden event", slug="hidden")
    NewsItemFactory(title="Before it", dated_on=date(2015, 4, 6), published=True)
    NewsItemFactory(title="After it", dated_on=date(2015, 4, 8), published=True)
    item = NewsItemFactory(
        title="Course begins", slug="course-begins", dated_on=date(2015, 4, 7), place="Budapest", event=event,
        body="First.\n\n> Quoted.", organisations=[cepol, private], published=True,
    )  # fmt: skip
    NewsItemFactory(slug="other", dated_on=date(2014, 4, 7), event=hidden_event, published=True)

    text = client.get("/en/news/2015/course-begins/").content.decode()

    assert "<h1>Course begins</h1>" in text
    assert "Budapest, 7 April 2015" in text
    assert "<blockquote>\n<p>Quoted.</p>\n</blockquote>" in text
    assert 'href="/en/members/cepol/"' in text
    assert "Applicant" not in text
    assert 'href="/en/training-and-events/2015/budapest/"' in text
    assert re.search(r'rel="prev"[^>]*>Before it<', text)
    assert re.search(r'rel="next"[^>]*>After it<', text)
    assert "Hidden event" not in client.get("/en/news/2014/other/").content.decode()
    assert client.get("/en/news/2014/course-begins/").status_code == 404
    facts = json.loads(re.search(r'application/ld\+json">(.*?)</script>', text)[1])
    assert (facts["@type"], facts["headline"], facts["datePublished"]) == ("NewsArticle", "Course begins", "2015-04-07")
    assert f'<meta property="og:title" content="{item.title}">' in text
    assert '<meta property="og:type" content="article">' in text


def test_items_of_one_day_are_neighbours_once_each(client, db):
    first, second, third = (
        NewsItemFactory(title=f"Number {n}", slug=f"n{n}", dated_on=date(2013, 11, 19), published=True)
        for n in (1, 2, 3)
    )

    text = client.get(second.get_absolute_url()).content.decode()

    assert re.search(r'rel="prev"[^>]*>Number 1<', text)
    assert re.search(r'rel="next"[^>]*>Number 3<', text)
    assert 'rel="prev"' not in client.get(first.get_absolute_url()).content.decode()
    assert 'rel="next"' not in client.get(third.get_absolute_url()).content.decode()


def test_an_archive_item_says_so_and_warns_before_it_describes_abuse(client, db):
    plain = NewsItemFactory(slug="plain", published=True)
    archived = NewsItemFactory(slug="archived", is_archive=True, has_content_note=True, published=True)

    assert "From the archive" not in client.get(plain.get_absolute_url()).content.decode()
    text = client.get(archived.get_absolute_url()).content.decode()
    assert "From the archive: names and roles as they were then." in text
    assert text.index("this text describes crimes against children") < text.index("What happened, in a paragraph.")


def test_a_text_of_others_names_its_source_and_stands_behind_the_note(client, db):
    item = NewsItemFactory(
        kind="external", source_name="Example Watch", source_url="https://watch.example/text", has_content_note=True,
        summary="A text by Example Watch, published under its own name.", body="> Their words.", published=True,
    )  # fmt: skip

    text = client.get(item.get_absolute_url()).content.decode()

    assert '<a href="https://watch.example/text" rel="noreferrer">Example Watch</a>' in text
    note, ours, theirs = (text.index(part) for part in ("Before you read on:", item.summary + "</p>", "Their words."))
    assert note < ours < theirs
    assert text.index("<details") < theirs < text.index("</details>", theirs)


def test_official_words_are_underlined_and_explained(client, db):
    plain = NewsItemFactory(slug="plain", published=True)
    title = "Rapporteur on the Sale of Children, Child Prostitution and Child Pornography"
    official = NewsItemFactory(title=f"{title} appointed", slug="official", title_is_quotation=True, published=True)

    assert 'class="official"' not in client.get(plain.get_absolute_url()).content.decode()
    text = client.get(official.get_absolute_url()).content.decode()
    named = "Sale of Children, Child Prostitution and Child Pornography"
    assert f'<h1>Rapporteur on the <span class="official">{named}</span> appointed</h1>' in text
    assert f"<title>{title} appointed – European Financial Coalition</title>" in text


def test_a_text_that_is_not_translated_shows_in_english_and_says_so(client, db):
    item = NewsItemFactory(slug="one", title="In English", published=True)
    both = NewsItemFactory(slug="two", title="Two", title_fr="En français", body_fr="Le texte.", published=True)
    address = item.get_absolute_url().replace("/en/", "/fr/")

    text = client.get(address).content.decode()

    assert "In English" in text
    assert "français" in re.search(r'<div class="banner">.*?</div>', text, re.DOTALL)[0]
    translated = client.get(both.get_absolute_url().replace("/en/", "/fr/")).content.decode()
    assert "<h1>En français</h1>" in translated
    assert '<div class="banner">' not in translated


@pytest.mark.parametrize(
    "address", ["/en/news/99999/", "/en/news/0000/", "/en/news/?page=0", "/en/news/?page=x", "/en/news/2015/nothing/"]
)
def test_an_address_that_leads_nowhere_is_not_found(client, db, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("count", [10, 500])
def test_the_pages_cost_the_same_for_ten_and_five_hundred(client, db, count, django_assert_num_queries):
    NewsItem.objects.bulk_create(NewsItemFactory.build_batch(count, status="approved"))
    item = NewsItem.objects.order_by("pk")[5]

    with django_assert_num_queries(5):
        client.get("/en/news/")
    with django_assert_num_queries(6):
        client.get(item.get_absolute_url())
    with django_assert_num_queries(3):
        client.get("/en/news/feed/")
    with django_assert_num_queries(1):
        client.get("/en/news/")

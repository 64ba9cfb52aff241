"""What a visitor reads of trainings and events, and what nobody reads before its time."""

import json
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from efc import cache
from events.models import Event
from tests.factories import EventFactory, OrganisationFactory

NOW = datetime(2015, 3, 17, 12, tzinfo=ZoneInfo("Europe/Brussels"))
SECRET = "canary-19d2"


@pytest.fixture
def in_march_2015(db):
    with time_machine.travel(NOW, tick=False):
        yield


def titles(response):
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>', response.content.decode())


def test_coming_events_stand_first_then_past_ones_by_year(client, in_march_2015):
    EventFactory(title="June", starts_on=date(2015, 6, 24), published=True)
    EventFactory(title="April", starts_on=date(2015, 4, 7), ends_on=date(2015, 4, 10), published=True)
    EventFactory(title="Today", starts_on=date(2015, 3, 16), ends_on=date(2015, 3, 17), published=True)
    EventFactory(title="Launch", starts_on=date(2012, 11, 26), published=True)
    EventFactory(title="Paris", starts_on=date(2014, 3, 24), ends_on=date(2014, 3, 26), published=True)

    page = client.get("/en/training-and-events/")

    assert titles(page) == ["Today", "April", "June", "Paris", "Launch"]
    assert re.findall(r'<h3 class="mt6">(\d{4})</h3>', page.content.decode()) == ["2014", "2012"]


def test_events_can_be_of_one_kind(client, db):
    EventFactory(title="Course", kind="training", published=True)
    EventFactory(title="Conference", kind="awareness", published=True)

    assert titles(client.get("/en/training-and-events/?kind=awareness")) == ["Conference"]
    assert client.get("/en/training-and-events/?kind=party").status_code == 404


@pytest.mark.parametrize(
    "address", ["/en/training-and-events/", "/en/training-and-events/calendar.ics", "/api/v1/events/"]
)
def test_what_is_not_public_is_nowhere(client, db, address):
    for status in ("draft", "in_review", "withdrawn"):
        EventFactory(title=f"{SECRET} {status}", status=status, teaser=SECRET)
    EventFactory(title=SECRET, publish_at=timezone.now() + timedelta(hours=1), published=True)
    EventFactory(title="Public event", published=True)

    answer = client.get(address).content.decode()

    assert "Public event" in answer
    assert SECRET not in answer


def test_a_draft_has_neither_page_nor_calendar_file_but_its_editor_reads_it(client, secretariat, representative):
    draft = EventFactory(slug="secret", title=SECRET)
    page, file = draft.get_absolute_url(), "/en/training-and-events/2015/secret.ics"

    assert (client.get(page).status_code, client.get(file).status_code) == (404, 404)
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(page).status_code == 404
    client.force_login(secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "This is not public." in client.get(page).content.decode()
    assert client.get(file).status_code == 404


def test_an_event_shows_how_to_apply_before_all_else(client, in_march_2015):
    cepol = OrganisationFactory(name="CEPOL", slug="cepol")
    EventFactory(
        title="Course", slug="course", starts_on=date(2015, 4, 7), ends_on=date(2015, 4, 10), starts_time=time(13, 30),
        ends_time=time(12, 30), time_zone="Europe/Budapest", place="CEPOL headquarters, Budapest", country="HU",
        apply_until=datetime(2015, 3, 20, 18, tzinfo=ZoneInfo("Europe/Brussels")), places=30, description="## Learn\n\nText.",
        organisers=[cepol, OrganisationFactory(name="Applicant", is_public=False)], published=True,
    )  # fmt: skip

    text = client.get("/en/training-and-events/2015/course/").content.decode()

    assert "Applications close on Friday 20 March 2015 at 18:00 CET." in text
    assert "3 days left." in text
    assert 'href="/en/contact/?topic=training"' in text
    assert "<dd>13:30 CEST</dd>" in text
    assert "<dd>CEPOL headquarters, Budapest, Hungary</dd>" in text
    assert "<dd>30</dd>" in text
    assert 'href="/en/members/cepol/"' in text
    assert "Applicant" not in text
    assert text.index("Applications close") < text.index("<h2>Learn</h2>")
    facts = json.loads(re.search(r'application/ld\+json">(.*?)</script>', text)[1])
    assert (facts["@type"], facts["startDate"]) == ("EducationEvent", "2015-04-07T13:30:00+02:00")
    listed = client.get("/en/training-and-events/").content.decode()
    assert "Applications open until 20 March 2015, 18:00 CET" in listed


def test_after_the_deadline_and_after_the_event_nothing_invites_to_apply(client, db):
    EventFactory(slug="course", starts_on=date(2015, 4, 7), apply_until=NOW, published=True)

    for day, sentence in (("2015-03-18", "Applications are closed"), ("2015-04-08", "This event is over")):
        cache._pages.clear()  # what is kept is kept by the database's clock, which does not travel
        with time_machine.travel(f"{day} 12:00Z", tick=False):
            text = client.get("/en/training-and-events/2015/course/").content.decode()
        assert sentence in text
        assert "Write to apply" not in text


def test_in_another_language_the_page_says_that_the_text_is_english(client, db):
    EventFactory(slug="course", published=True)

    text = client.get("/de/training-and-events/2015/course/").content.decode()

    assert "Deutsch" in re.search(r'<div class="banner">.*?</div>', text, re.DOTALL)[0]
    assert '<div class="main" lang="en">' in text


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_on": date(2015, 4, 6)},
        {"time_zone": "Brussels"},
        {"ends_time": time(10)},
        {"starts_time": time(10), "ends_time": time(9)},
    ],
)
def test_dates_and_times_that_cannot_be_are_refused(db, fields):
    event = EventFactory.build(**{"starts_on": date(2015, 4, 7), **fields})

    with pytest.raises(ValidationError):
        event.full_clean()


@pytest.mark.parametrize("count", [10, 500])
def test_the_pages_cost_the_same_for_ten_and_five_hundred(client, db, count, django_assert_num_queries):
    events = Event.objects.bulk_create(EventFactory.build_batch(count, status="approved"))
    events[3].organisers.set(OrganisationFactory.create_batch(count // 10))

    with django_assert_num_queries(5):
        client.get("/en/training-and-events/")
    with django_assert_num_queries(4):
        client.get(events[3].get_absolute_url())
    with django_assert_num_queries(3):
        client.get("/en/training-and-events/calendar.ics")
    with django_assert_num_queries(3):
        client.get("/api/v1/events/")

"""Events for calendar programs."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from icalendar import Calendar

from tests.factories import EventFactory

BUDAPEST = ZoneInfo("Europe/Budapest")


def entries(answer):
    return {str(entry["summary"]): entry for entry in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_an_event_without_times_takes_whole_days(client, db):
    EventFactory(title="Course", slug="course", starts_on=date(2015, 4, 7), ends_on=date(2015, 4, 10), published=True)

    answer = client.get("/en/training-and-events/2015/course.ics")

    entry = entries(answer)["Course"]
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="course.ics"'
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (date(2015, 4, 7), date(2015, 4, 11))
    assert b"DTSTART;VALUE=DATE:20150407" in answer.content


def test_an_event_with_times_stands_in_its_own_zone(client, db):
    EventFactory(
        title="Course", slug="course", starts_on=date(2015, 4, 7), ends_on=date(2015, 4, 10), starts_time=time(13, 30),
        ends_time=time(12, 30), time_zone="Europe/Budapest", place="CEPOL, Budapest", city="Budapest", country="HU",
        published=True,
    )  # fmt: skip

    answer = client.get("/en/training-and-events/2015/course.ics")

    entry = entries(answer)["Course"]
    assert entry["dtstart"].dt == datetime(2015, 4, 7, 13, 30, tzinfo=BUDAPEST)
    assert entry["dtend"].dt == datetime(2015, 4, 10, 12, 30, tzinfo=BUDAPEST)
    assert b"DTSTART;TZID=Europe/Budapest:20150407T133000" in answer.content
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Budapest" in answer.content
    assert entry["location"] == "CEPOL, Budapest, Hungary"


def test_the_feed_has_every_public_event_under_an_unchanging_name(client, db, settings):
    settings.SITE_URL = "https://portal.example"
    event = EventFactory(title="One", slug="one", published=True)
    EventFactory(title="Two", slug="two", published=True)
    EventFactory(title="Hidden")

    feed = entries(client.get("/en/training-and-events/calendar.ics"))
    event.title = "One, renamed"
    event.save()
    single = entries(client.get("/en/training-and-events/2015/one.ics"))

    assert sorted(feed) == ["One", "Two"]
    assert feed["One"]["uid"] == single["One, renamed"]["uid"] == f"event-{event.pk}@portal.example"
    assert feed["One"]["url"] == "https://portal.example/en/training-and-events/2015/one/"


def test_a_title_cannot_write_lines_of_its_own(client, db):
    EventFactory(title="One\r\nATTENDEE:mailto:somebody@example.test", slug="one", published=True)

    content = client.get("/en/training-and-events/2015/one.ics").content

    assert b"\r\nATTENDEE" not in content
    assert len(Calendar.from_ical(content).walk("VEVENT")) == 1

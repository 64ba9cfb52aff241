"""Events as iCalendar: one file for an event, one feed for all."""

from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar
from icalendar import Event as Entry

CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar(events, name=None):
    """Return the bytes of a calendar with these events; `name` is what calendar programs call a feed."""
    result = Calendar()
    result.add("prodid", "-//European Financial Coalition//Portal//EN")
    result.add("version", "2.0")
    result.add("method", "PUBLISH")
    if name:
        result.add("x-wr-calname", name)
        result.add("refresh-interval;value=duration", "PT12H")
    events = list(events)
    for event in events:
        result.add_component(entry(event))
    if events:  # the rules of each zone, for the years that are needed
        first, last = min(row.starts_on for row in events), max(row.ends_on for row in events)
        result.add_missing_timezones(date(first.year, 1, 1), date(last.year + 1, 12, 31))
    return result.to_ical()


def entry(event):
    """Return one event: whole days where it has no times, else its times in its own zone. The UID never changes."""
    result = Entry()
    result.add("uid", f"event-{event.pk}@{urlsplit(settings.SITE_URL).hostname}")
    result.add("dtstamp", event.updated_at.astimezone(UTC))
    result.add("last-modified", event.updated_at.astimezone(UTC))
    result.add("summary", event.title)
    result.add("location", where(event))
    result.add("url", settings.SITE_URL + event.get_absolute_url())
    if event.teaser:
        result.add("description", event.teaser)
    if event.starts_at is None:
        result.add("dtstart", event.starts_on)
        result.add("dtend", event.ends_on + timedelta(days=1))  # the end is the first day that is free again
    else:
        result.add("dtstart", event.starts_at)
        if event.ends_at is not None:
            result.add("dtend", event.ends_at)
        elif event.ends_on > event.starts_on:
            result.add("dtend", event.starts_at + (event.ends_on - event.starts_on))
    return result


def where(event):
    """Return the place with city and country, each once."""
    parts = [event.place]
    for part in (event.city, event.country.name if event.country else ""):
        if part and part.lower() not in parts[0].lower():
            parts.append(str(part))
    return ", ".join(parts)

"""From draft to public and back."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from efc import audit
from events.models import Event
from events.services import approve_event, revise_event, submit_event, withdraw_event
from tests.factories import EventFactory


def test_the_secretariat_brings_an_event_to_the_public_and_back(secretariat):
    event, published = EventFactory(), Event.objects.published()
    seen = []
    for verb in (submit_event, approve_event, withdraw_event, revise_event):
        verb(event, by=secretariat)
        seen.append((event.status, published.count()))

    assert seen == [("in_review", 0), ("approved", 1), ("withdrawn", 0), ("draft", 0)]
    assert [entry.verb for entry in audit.entries_about(event).order_by("id")] == [
        "events.event.submit", "events.event.approve", "events.event.withdraw", "events.event.revise",
    ]  # fmt: skip


def test_others_may_not(representative):
    event = EventFactory()

    with pytest.raises(PermissionDenied):
        approve_event(event, by=representative)
    assert Event.objects.get().status == "draft"


def test_an_open_wording_stands_in_the_way(secretariat):
    event = EventFactory(description="About sextortion.")

    with pytest.raises(ValidationError, match="sexual extortion of children"):
        approve_event(event, by=secretariat)
    event.wordings_kept = ["sextortion"]
    event.save()
    assert approve_event(event, by=secretariat).status == "approved"

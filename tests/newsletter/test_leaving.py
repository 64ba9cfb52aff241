"""Leaving by the page, by the button of the mail program, and by request; changing details."""

import pytest
from django.test import Client

from efc.models import AuditEntry, OutgoingMail
from newsletter.models import Consent, Delivery, Subscriber
from newsletter.services import subscribers
from tests.factories import ConsentFactory, DeliveryFactory, SubscriberFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def subscriber():
    return SubscriberFactory(email="name@reader.example", confirmed=True)


@pytest.fixture
def strict_client():
    return Client(enforce_csrf_checks=True)


def status(subscriber):
    return Subscriber.objects.get(pk=subscriber.pk).status


def test_the_page_asks_and_the_button_unsubscribes(client, subscriber):
    page = f"/n/u/{subscriber.token}/"
    assert "Stop sending the newsletter to n…@reader.example?" in client.get(page).content.decode()
    assert status(subscriber) == "confirmed"
    client.post(page)
    assert status(subscriber) == "unsubscribed"
    assert "You will get nothing more" in client.get(page).content.decode()
    assert list(Consent.objects.values_list("act", "way", "page")) == [("withdrawn", "button", "/n/u/")]


def test_undo_and_reason(client, subscriber):
    page = f"/n/u/{subscriber.token}/"
    client.post(page)
    client.post(page, {"reason": "too_many"})
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.left_because) == ("unsubscribed", "too_many")
    undone = client.post(page, {"undo": "1"}, follow=True)
    assert "newsletter/confirmed.html" in [template.name for template in undone.templates]
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.left_because) == ("confirmed", "")
    assert list(Consent.objects.order_by("pk").values_list("act", "way")) == [
        ("withdrawn", "button"),
        ("confirmed", "undo"),
    ]


def test_who_never_confirmed_cannot_undo_into_a_subscription(client):
    waiting = SubscriberFactory()
    page = f"/n/u/{waiting.token}/"
    client.post(page)
    client.post(page, {"undo": "1"})
    assert status(waiting) == "unsubscribed"


def test_one_click_needs_no_page_and_answers_200_even_twice(strict_client, subscriber):
    page = f"/n/u/{subscriber.token}/"
    assert strict_client.post(page, ONE_CLICK).status_code == 200
    assert status(subscriber) == "unsubscribed"
    assert strict_client.post(page, ONE_CLICK).status_code == 200
    assert list(Consent.objects.values_list("act", "way")) == [("withdrawn", "mail program")]
    assert strict_client.post("/n/u/" + "x" * 43 + "/", ONE_CLICK).status_code == 200


@pytest.mark.parametrize("body", [{}, {"undo": "1"}, {"List-Unsubscribe": "No"}, {**ONE_CLICK, "undo": "1"}])
def test_only_the_one_click_body_comes_without_our_key(strict_client, subscriber, body):
    assert strict_client.post(f"/n/u/{subscriber.token}/", body).status_code == 403
    assert status(subscriber) == "confirmed"


@pytest.mark.parametrize("page", ["c", "p"])
def test_no_other_page_takes_the_one_click_body(strict_client, subscriber, page):
    token = subscriber.confirm_token if page == "c" else subscriber.token
    assert strict_client.post(f"/n/{page}/{token}/", ONE_CLICK).status_code == 403


def test_preferences_change_the_language_and_leave_a_receipt(client, subscriber):
    page = f"/n/p/{subscriber.token}/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"language": "de"}).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.language == "de"
    assert list(Consent.objects.values_list("act", "language")) == [("changed", "de")]
    assert client.post(page, {"language": "xx"}).status_code == 422


def test_erasing_leaves_figures_without_a_name(secretariat, subscriber):
    sent = DeliveryFactory(subscriber=subscriber, state="sent")
    waiting = DeliveryFactory(subscriber=subscriber, state="queued")
    ConsentFactory(subscriber=subscriber)
    subscribers.subscribe(subscriber.email, language="en", page="/en/newsletter/")
    assert OutgoingMail.objects.count() == 1
    subscribers.erase_subscriber(subscriber, by=secretariat)
    assert Subscriber.objects.count() == Consent.objects.count() == OutgoingMail.objects.count() == 0
    rows = list(Delivery.objects.order_by("pk").values_list("address", "state", "token"))
    assert rows == [
        (f"erased-{sent.pk}@erased.invalid", "sent", ""),
        (f"erased-{waiting.pk}@erased.invalid", "skipped", ""),
    ]
    for entry in AuditEntry.objects.all():
        assert "reader.example" not in f"{entry.target_label} {entry.data}"


@pytest.mark.parametrize("key", ["x", "x" * 3000, "é", "%2e%2e", "%00", "%ff", "a%0d%0ab"])
@pytest.mark.parametrize("page", ["c", "u", "p"])
def test_an_odd_key_is_answered_and_never_a_fault(client, page, key):
    assert client.get(f"/n/{page}/{key}/").status_code in (400, 404)
    assert client.post(f"/n/{page}/{key}/", {"language": "en"}).status_code in (400, 404)

"""Subscribers at the desk: found, read, and helped one by one; nothing in bulk."""

import pytest
from django.core.exceptions import PermissionDenied

from efc.models import AuditEntry
from newsletter.models import Subscriber, Suppression
from newsletter.services import subscribers
from tests.factories import SubscriberFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/newsletter/subscriber/"


@pytest.fixture
def subscriber():
    row = subscribers.subscribe("name@reader.example", language="fr", page="/fr/newsletter/")
    return subscribers.confirm_subscription(row, language="fr", page="/n/c/")


@pytest.fixture
def desk(secretariat_client):
    return secretariat_client


def test_they_are_found_by_address_and_filtered_by_status(desk, subscriber):
    SubscriberFactory(email="other@post.example")
    assert "name@reader.example" in desk.get(LIST + "?q=reader").content.decode()
    waiting = desk.get(LIST + "?status__exact=pending").content.decode()
    assert "other@post.example" in waiting
    assert "name@reader.example" not in waiting
    assert 'name="action"' not in waiting


def test_a_page_shows_the_receipts_and_no_field_to_type_in(desk, subscriber):
    page = desk.get(f"{LIST}{subscriber.pk}/change/").content.decode()
    assert "Asked for the newsletter" in page
    assert "Confirmed" in page
    assert 'name="email"' not in page
    assert desk.post(f"{LIST}{subscriber.pk}/change/", {"email": "x@y.example"}).status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403


def test_unsubscribing_on_request_leaves_the_officer_on_record(desk, secretariat, subscriber):
    page = f"{LIST}{subscriber.pk}/act/unsubscribe/"
    assert "name@reader.example gets no newsletter any more" in desk.get(page).content.decode()
    subscriber.refresh_from_db()
    assert subscriber.status == "confirmed"  # asked once more, not yet done
    desk.post(page)
    subscriber.refresh_from_db()
    assert subscriber.status == "unsubscribed"
    assert subscriber.consents.latest("at").way == "Secretariat"
    assert AuditEntry.objects.get(verb="newsletter.subscriber.unsubscribe").actor == secretariat.pseudonym


def test_never_writing_again_makes_a_suppression_once(desk, subscriber):
    page = f"{LIST}{subscriber.pk}/act/suppress/"
    assert "Nothing is sent to name@reader.example any more" in desk.get(page).content.decode()
    assert not Suppression.objects.exists()
    for _press in range(2):
        assert desk.post(page).status_code == 302
    assert list(Suppression.objects.values_list("address", "reason")) == [("name@reader.example", "objected")]
    assert list(Subscriber.objects.eligible()) == []


def test_erasing_asks_once_more(desk, subscriber):
    page = f"{LIST}{subscriber.pk}/erase/"
    assert "are removed for good" in desk.get(page).content.decode()
    assert Subscriber.objects.count() == 1
    desk.post(page)
    assert Subscriber.objects.count() == 0


def test_the_record_of_consent_is_a_document(desk, subscriber):
    answer = desk.get(f"{LIST}{subscriber.pk}/receipt/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]


def test_a_suppressed_address_is_kept_in_lower_case(desk):
    desk.post("/admin/newsletter/suppression/add/", {"address": "Name@Reader.example", "reason": "bounced", "note": ""})
    assert Suppression.objects.get().address == "name@reader.example"


def test_nobody_else_may_erase_suppress_or_unsubscribe_a_person(sg_member, subscriber):
    for act in (
        lambda: subscribers.erase_subscriber(subscriber, by=sg_member),
        lambda: subscribers.suppress(subscriber.email, "objected", by=sg_member),
        lambda: subscribers.unsubscribe(subscriber, by=sg_member),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Subscriber.objects.get().status == "confirmed"
    assert Suppression.objects.count() == 0

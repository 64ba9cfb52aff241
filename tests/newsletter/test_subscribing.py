"""Asking for the newsletter, confirming, and what the page and the letters say."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from efc.gate import signer
from efc.models import LedgerRow, OutgoingMail
from newsletter.models import Consent, Subscriber
from newsletter.services import subscribers
from tests.factories import SubscriberFactory, SuppressionFactory

pytestmark = pytest.mark.django_db
HOME = "/en/newsletter/"


def read_form_for_a_while():
    """Return the signed time of a form that was opened ten seconds ago."""
    with time_machine.travel(timezone.now() - timedelta(seconds=10)):
        return signer.sign("open")


def ask(client, email, page=HOME, **more):
    return client.post(page, {"email": email, "gate_time": read_form_for_a_while(), **more})


def letters():
    return list(OutgoingMail.objects.order_by("pk").values_list("template", "address", "state"))


def test_a_new_address_gets_a_letter_with_a_link(client):
    answer = ask(client, "Name@Reader.example")
    assert answer.status_code == 200
    assert (
        "We sent a message to n…@reader.example. You are not subscribed until you confirm." in answer.content.decode()
    )
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.status) == ("name@reader.example", "pending")
    letter = OutgoingMail.objects.get()
    assert letter.subject == "Please confirm your subscription to the EFC newsletter"
    assert f"http://localhost:8000/n/c/{subscriber.confirm_token}/" in letter.text
    assert f"http://localhost:8000/n/c/{subscriber.confirm_token}/" in letter.html


def test_page_of_a_known_and_an_unknown_address_are_the_same(client):
    SubscriberFactory(email="a@known.example", confirmed=True)
    SuppressionFactory(address="a@bounced.example")
    pages, work = [], []
    for domain in ("known", "fresh", "bounced"):
        with CaptureQueriesContext(connection) as queries:
            pages.append(ask(client, f"a@{domain}.example").content.decode().replace(domain, "…"))
        work.append(len(queries))
    assert pages[0] == pages[1] == pages[2]
    assert work[0] == work[1] == work[2]
    assert letters() == [
        ("newsletter/already_subscribed", "a@known.example", "queued"),
        ("newsletter/confirm", "a@fresh.example", "queued"),
        ("newsletter/confirm", "a@bounced.example", "skipped"),
    ]


def test_opening_the_link_does_nothing_and_pressing_the_button_subscribes(client):
    ask(client, "name@reader.example")
    subscriber = Subscriber.objects.get()
    page = f"/n/c/{subscriber.confirm_token}/"
    for _scanner in range(3):
        assert "Yes, send me the newsletter" in client.get(page).content.decode()
    subscriber.refresh_from_db()
    assert subscriber.status == "pending"
    assert client.post(page, {"language": "fr"}).status_code == 302
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.language) == ("confirmed", "fr")
    assert subscriber.confirmed_at is not None
    receipts = Consent.objects.order_by("pk").values_list("act", "page", "way", "language")
    assert list(receipts) == [("requested", HOME, "form", "en"), ("confirmed", "/n/c/", "button", "fr")]
    assert Consent.objects.first().wording.startswith(
        "I want to receive the newsletter of the European Financial Coalition"
    )


def test_a_link_pressed_twice_shows_the_same_page(client):
    subscriber = subscribers.subscribe("name@reader.example", language="en", page=HOME)
    page = f"/n/c/{subscriber.confirm_token}/"
    client.post(page, {"language": "en"})
    assert client.post(page, {"language": "en"}).status_code == 302
    assert "You are subscribed" in client.get(page).content.decode()
    assert Consent.objects.filter(act="confirmed").count() == 1


def test_a_link_that_is_too_old_offers_a_new_one(client):
    subscriber = subscribers.subscribe("name@reader.example", language="en", page=HOME)
    page = f"/n/c/{subscriber.confirm_token}/"
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert "This link is too old" in client.get(page).content.decode()
        client.post(page, {"language": "en"})
        subscriber.refresh_from_db()
        assert subscriber.status == "pending"
        assert "Check your inbox" in client.post(page, {"new_link": "1"}).content.decode()
        assert len(letters()) == 2
        client.post(page, {"language": "en"})
    subscriber.refresh_from_db()
    assert subscriber.status == "confirmed"


def test_an_old_confirmation_link_does_not_bring_back_who_has_left(client):
    subscriber = subscribers.subscribe("name@reader.example", language="en", page=HOME)
    page = f"/n/c/{subscriber.confirm_token}/"
    client.post(page, {"language": "en"})
    subscribers.unsubscribe(subscriber)
    client.post(page, {"language": "en"})
    subscriber.refresh_from_db()
    assert subscriber.status == "unsubscribed"


def test_who_left_can_come_back_by_a_new_confirmation(client):
    subscriber = SubscriberFactory(email="name@reader.example", confirmed=True)
    old = subscriber.confirm_token
    subscribers.unsubscribe(subscriber)
    ask(client, "name@reader.example")
    subscriber.refresh_from_db()
    assert subscriber.status == "unsubscribed"
    assert subscriber.confirm_token != old
    client.post(f"/n/c/{subscriber.confirm_token}/", {"language": "en"})
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.unsubscribed_at) == ("confirmed", None)


def test_an_unknown_link_helps_on(client):
    answer = client.get("/n/c/" + "x" * 43 + "/")
    assert answer.status_code == 404
    assert "This link is no longer in use" in answer.content.decode()


def test_a_domain_that_looks_misspelt_is_asked_about(client):
    answer = ask(client, "name@gmial.com")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Did you mean name@gmail.com?" in text
    assert 'name="use" value="name@gmial.com"' in text
    assert Subscriber.objects.count() == 0
    assert ask(client, "name@gmial.com", use="name@gmial.com").status_code == 200
    assert Subscriber.objects.get().email == "name@gmial.com"
    assert ask(client, "name@gmial.com", use="name@gmail.com").status_code == 200
    assert Subscriber.objects.filter(email="name@gmail.com").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "name",
        "name@",
        "a b@c.example",
        "name@reader.example\nBcc: x@y.example",
        "n" * 250 + "@a.example",
        "n@a..example",
    ],
)
def test_what_is_no_address_is_answered_with_what_to_write(client, wrong):
    answer = ask(client, wrong)
    assert answer.status_code == 422
    assert "invalid" not in answer.content.decode().lower().replace("aria-invalid", "")
    assert Subscriber.objects.count() == OutgoingMail.objects.count() == 0


def test_an_address_with_a_domain_in_its_own_letters_is_kept_in_the_form_of_the_mail_servers(client):
    ask(client, "name@münchen.example")
    assert Subscriber.objects.get().email == "name@xn--mnchen-3ya.example"


def test_programs_are_asked_for_proof_and_nothing_is_kept(client):
    assert ask(client, "name@reader.example", homepage="x").status_code == 422
    assert client.post(HOME, {"email": "name@reader.example"}).status_code == 422
    assert Subscriber.objects.count() == OutgoingMail.objects.count() == 0


def test_one_place_may_ask_five_times_in_ten_minutes(client):
    codes = [ask(client, f"reader-{n}@post.example").status_code for n in range(6)]
    assert codes == [200, 200, 200, 200, 200, 422]
    assert Subscriber.objects.count() == 5


def test_one_address_gets_three_letters_a_day_and_the_rest_stay_in_the_outbox(client):
    for _n in range(4):
        subscribers.subscribe("name@reader.example", language="en", page=HOME)
    assert [state for _t, _a, state in letters()] == ["queued", "queued", "queued", "skipped"]


def test_letters_and_pages_speak_the_language_of_the_page(client):
    ask(client, "name@reader.example", page="/nl/newsletter/")
    subscriber, letter = Subscriber.objects.get(), OutgoingMail.objects.get()
    assert (subscriber.language, letter.language) == ("nl", "nl")
    assert '<html lang="nl"' in client.get(f"/n/c/{subscriber.confirm_token}/").content.decode()


def test_tidying_reminds_once_after_three_days_and_erases_after_seven():
    now = timezone.now()
    SubscriberFactory(email="kept@post.example", confirmed=True)
    Subscriber.objects.update(requested_at=now - timedelta(days=30))
    subscribers.subscribe("fresh@post.example", language="en", page=HOME)
    waiting = subscribers.subscribe("waiting@post.example", language="en", page=HOME)
    gone = subscribers.subscribe("gone@post.example", language="en", page=HOME)
    Subscriber.objects.filter(pk=waiting.pk).update(requested_at=now - timedelta(days=3, minutes=1))
    Subscriber.objects.filter(pk=gone.pk).update(requested_at=now - timedelta(days=7, minutes=1))
    assert subscribers.tidy(now) == {"reminded": 1, "erased": 1}
    assert subscribers.tidy(now) == {"reminded": 0, "erased": 0}
    assert set(Subscriber.objects.values_list("email", flat=True)) == {
        "kept@post.example",
        "fresh@post.example",
        "waiting@post.example",
    }
    assert letters()[-1] == ("newsletter/confirm_reminder", "waiting@post.example", LedgerRow.State.QUEUED)
    assert not OutgoingMail.objects.filter(address="gone@post.example").exists()
    waiting.refresh_from_db()
    assert waiting.can_confirm


def test_nobody_is_confirmed_by_a_reader_of_the_database_alone(client):
    """The key of the personal pages opens no confirmation, and the other way round."""
    subscriber = subscribers.subscribe("name@reader.example", language="en", page=HOME)
    assert client.get(f"/n/c/{subscriber.token}/").status_code == 404
    assert client.get(f"/n/u/{subscriber.confirm_token}/").status_code == 404

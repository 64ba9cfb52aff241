"""The worker's round: it stops when its time is up, lets letters go first, and clears up behind workers that are gone."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from efc import ledger
from efc.models import OutgoingMail
from newsletter import sending
from newsletter.models import Delivery, Mailing
from newsletter.services.mailings import (
    pause_mailing,
    prepare_mailing,
    release_mailing,
    resume_mailing,
)
from tests.factories import IssueFactory, SubscriberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(secretariat, second_officer):
    for n in range(3):
        SubscriberFactory(email=f"reader-{n}@post.example", confirmed=True)
    return release_mailing(prepare_mailing(IssueFactory(), by=secretariat), by=second_officer)


def test_it_leaves_the_rest_for_the_next_round_when_time_is_up(mailing):
    assert sending.run(seconds=0) is True
    assert mailing.deliveries.counts()["queued"] == 3
    assert sending.run() is False
    assert mailing.deliveries.counts()["sent"] == 3


def test_letters_do_not_wait_behind_a_mailing(mailing, monkeypatch):
    monkeypatch.setattr(ledger, "MEANWHILE_SECONDS", 0)
    compose = sending.Deliveries.compose

    def queue_a_letter_once(self, row):
        if not OutgoingMail.objects.exists():
            OutgoingMail.objects.create(address="officer@efc.example", subject="A letter", text="x", template="x/y")
        return compose(self, row)

    monkeypatch.setattr(sending.Deliveries, "compose", queue_a_letter_once)
    sending.run()
    assert [message.to[0] for message in django_mail.outbox] == [
        "reader-0@post.example", "officer@efc.example", "reader-1@post.example", "reader-2@post.example",
    ]  # fmt: skip


def test_what_was_late_goes_out_when_an_officer_says_so(secretariat, second_officer, mailing):
    Mailing.objects.update(started_at=None, send_at=timezone.now() - timedelta(hours=2))
    sending.run()
    held = Mailing.objects.get()
    assert (held.status, len(django_mail.outbox)) == ("held", 0)
    resume_mailing(held, by=secretariat)
    sending.run()
    assert (Mailing.objects.get().status, len(django_mail.outbox)) == ("finished", 3)


def test_rows_of_a_worker_that_is_gone_are_taken_back_in_a_paused_mailing_too(mailing, secretariat):
    first, second, third = Delivery.objects.order_by("pk")
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(pk=first.pk).update(state="attempting", worker="gone", lease_until=past)
    Delivery.objects.filter(pk=second.pk).update(state="claimed", worker="gone", lease_until=past)
    pause_mailing(mailing, by=secretariat)
    sending.run()
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["in_doubt", "queued", "queued"]
    resume_mailing(mailing, by=secretariat)
    sending.run()
    assert sorted(message.to[0] for message in django_mail.outbox) == [second.address, third.address]

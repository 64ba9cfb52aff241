"""Preparing and releasing a mailing: who, once, and to exactly whom."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from efc.models import AuditEntry
from efc.workflow import WrongStatus
from newsletter import sending
from newsletter.models import Delivery, Mailing
from newsletter.services.mailings import prepare_mailing, release_mailing
from tests.factories import IssueFactory, IssueItemFactory, NewsItemFactory, SubscriberFactory, SuppressionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers():
    """Three who get it; one pending, one who left and one suppressed (in another spelling) who do not."""
    for name in ("ann", "ben", "cho"):
        SubscriberFactory(email=f"{name}@post.example", confirmed=True)
    SubscriberFactory(email="pending@post.example")
    SubscriberFactory(email="left@post.example", status="unsubscribed")
    SubscriberFactory(email="Bounced@post.example", confirmed=True)
    SuppressionFactory(address="bounced@post.example")


def test_it_freezes_exactly_the_eligible_once(readers, secretariat):
    issue = IssueFactory()
    mailing = prepare_mailing(issue, by=secretariat)
    SubscriberFactory(email="later@post.example", confirmed=True)
    again = prepare_mailing(issue, by=secretariat)
    assert (again.pk, again.total) == (mailing.pk, 3)
    addresses = list(Delivery.objects.order_by("address").values_list("address", flat=True))
    assert addresses == ["ann@post.example", "ben@post.example", "cho@post.example"]
    assert len(set(Delivery.objects.values_list("message_id", flat=True))) == 3
    assert AuditEntry.objects.filter(verb="newsletter.mailing.prepare").count() == 1


def test_nothing_is_prepared_for_nobody(secretariat):
    with pytest.raises(ValidationError):
        prepare_mailing(IssueFactory(), by=secretariat)
    assert not Mailing.objects.exists()


def test_it_takes_two(readers, secretariat, second_officer, chair):
    mailing = prepare_mailing(IssueFactory(), by=secretariat)
    for person in (secretariat, chair):
        with pytest.raises(PermissionDenied):
            release_mailing(mailing, by=person)
    released = release_mailing(mailing, by=second_officer)
    assert (released.status, released.released_by, released.issue.status) == ("sending", second_officer, "sending")
    with pytest.raises(WrongStatus):
        release_mailing(mailing, by=second_officer)


def test_one_officer_types_the_count(readers, secretariat, settings):
    settings.TWO_PERSONS_RELEASE = False
    mailing = prepare_mailing(IssueFactory(), by=secretariat)
    for wrong in (None, 0, 4):
        with pytest.raises(ValidationError):
            release_mailing(mailing, by=secretariat, count=wrong)
    assert release_mailing(mailing, by=secretariat, count=3).status == "sending"


def test_it_reaches_each_reader_once_with_their_own_links(readers, secretariat, second_officer):
    issue = IssueFactory(subject="Autumn at the coalition")
    release_mailing(prepare_mailing(issue, by=secretariat), by=second_officer)
    assert sending.run() is False
    assert sending.run() is False
    deliveries = {d.address: d for d in Delivery.objects.all()}
    assert sorted(m.to[0] for m in mail.outbox) == ["ann@post.example", "ben@post.example", "cho@post.example"]
    for message in mail.outbox:
        delivery = deliveries[message.to[0]]
        link = f"http://localhost:8000/n/u/{delivery.token}/"
        assert message.extra_headers["List-Unsubscribe"] == f"<{link}>"
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message.extra_headers["Message-ID"] == f"<{delivery.message_id}@localhost>"
        assert message.subject == "Autumn at the coalition"
        assert message.cc == message.bcc == []
        others = [d.token for d in deliveries.values() if d.pk != delivery.pk]
        for body in (message.body, message.alternatives[0][0]):
            assert link in body
            assert not any(token in body for token in others)
    mailing = Mailing.objects.get()
    issue.refresh_from_db()
    assert (mailing.status, issue.status) == ("finished", "sent")
    assert issue.web_html == mailing.web_html != ""
    assert mailing.deliveries.counts() == {
        "queued": 0, "claimed": 0, "attempting": 0, "sent": 3, "retry": 0, "failed": 0, "in_doubt": 0, "skipped": 0,
    }  # fmt: skip


def test_it_waits_for_its_time(readers, secretariat, second_officer):
    send_at = timezone.now() + timedelta(hours=1)
    mailing = release_mailing(prepare_mailing(IssueFactory(), by=secretariat, send_at=send_at), by=second_officer)
    sending.run()
    assert (mailing.started_at, mailing.issue.status, mail.outbox) == (None, "draft", [])
    Mailing.objects.update(send_at=timezone.now() - timedelta(minutes=1))
    sending.run()
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("released", [True, False])
def test_it_is_held_when_its_time_has_long_passed(readers, secretariat, second_officer, released):
    send_at = timezone.now() + timedelta(hours=1)
    mailing = prepare_mailing(IssueFactory(), by=secretariat, send_at=send_at)
    if released:
        release_mailing(mailing, by=second_officer)
    Mailing.objects.update(send_at=timezone.now() - timedelta(hours=2))
    sending.run()
    mailing.refresh_from_db()
    assert (mailing.status, bool(mailing.held_reason), mail.outbox) == ("held", True, [])


def test_what_was_withdrawn_meanwhile_does_not_go_out(readers, secretariat, second_officer):
    news = NewsItemFactory(published=True)
    issue = IssueFactory()
    IssueItemFactory(issue=issue, news_item=news)
    prepared = prepare_mailing(issue, by=secretariat, send_at=timezone.now() + timedelta(hours=1))
    type(news).objects.filter(pk=news.pk).update(status="withdrawn")
    with pytest.raises(ValidationError):
        release_mailing(prepared, by=second_officer)
    type(news).objects.filter(pk=news.pk).update(status="approved")
    release_mailing(prepared, by=second_officer)
    type(news).objects.filter(pk=news.pk).update(status="withdrawn")
    Mailing.objects.update(send_at=timezone.now() - timedelta(minutes=1))
    sending.run()
    prepared.refresh_from_db()
    assert (prepared.status, mail.outbox) == ("held", [])


def test_what_is_not_public_is_not_prepared(readers, secretariat):
    issue = IssueFactory()
    IssueItemFactory(issue=issue, news_item=NewsItemFactory())
    with pytest.raises(ValidationError):
        prepare_mailing(issue, by=secretariat)
    assert not Mailing.objects.exists()

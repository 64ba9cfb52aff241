"""What the ledger does with each answer of the mail server, and with each row it finds."""

import pytest
from django.db import transaction
from django.utils import timezone

from newsletter import sending
from newsletter.models import Delivery, Mailing, Subscriber
from newsletter.services.mailings import (
    pause_mailing,
    prepare_mailing,
    release_mailing,
    resend_mailing,
    resume_mailing,
    stop_mailing,
)
from newsletter.services.subscribers import unsubscribe
from tests.factories import IssueFactory, SubscriberFactory, SuppressionFactory
from tests.mail_server import MailServer, use

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[1, 3], ids=["one at risk", "three at risk"])
def server(request, settings):
    settings.MAILING_CONNECTIONS, settings.MAILING_RISK = 2, request.param
    with MailServer() as server:
        use(settings, server)
        yield server


@pytest.fixture
def mail_out(secretariat, second_officer):
    """Release a mailing to readers of these names."""

    def release(*names):
        for name in names:
            SubscriberFactory(email=f"{name}@post.example", confirmed=True)
        return release_mailing(prepare_mailing(IssueFactory(), by=secretariat), by=second_officer)

    return release


def states():
    return {address.partition("@")[0]: state for address, state in Delivery.objects.values_list("address", "state")}


def names(server):
    return sorted(address.partition("@")[0] for address, _message in server.taken)


def test_each_answer_concerns_its_reader_alone(server, mail_out):
    mailing = mail_out("ann", "nobody", "ben", "later", "cut", "hangup", "cho", "void", "unwelcome", "dan")
    sending.run()
    assert states() == {
        "ann": "sent", "ben": "sent", "cho": "sent", "dan": "sent", "nobody": "failed", "void": "failed", "unwelcome": "failed",
        "later": "retry", "hangup": "retry", "cut": "in_doubt",
    }  # fmt: skip
    assert names(server) == ["ann", "ben", "cho", "cut", "dan"]
    assert sum(mailing.deliveries.counts().values()) == mailing.total == 10
    sending.run()
    assert names(server) == ["ann", "ben", "cho", "cut", "dan"]
    mailing.refresh_from_db()
    assert mailing.status == "sending"  # two will be tried again


def test_each_reader_gets_their_own_key_and_nobody_elses(server, mail_out):
    mail_out("ann", "ben", "cho", "dan", "eve")
    sending.run()
    keys = dict(Subscriber.objects.values_list("email", "token"))
    assert names(server) == ["ann", "ben", "cho", "dan", "eve"]
    for address, message in server.taken:
        whole = message.as_string(policy=message.policy.clone(max_line_length=None))
        bodies = "".join(message.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert message.get_all("To") == [address]
        assert message.get_all("Cc") is message.get_all("Bcc") is None
        assert message["List-Unsubscribe"] == f"<http://localhost:8000/n/u/{keys[address]}/>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"http://localhost:8000/n/u/{keys[address]}/" in bodies
        assert not [key for other, key in keys.items() if other != address and (key in whole or key in bodies)]


def test_a_message_tried_again_is_the_same_message(server, mail_out, secretariat):
    mailing = mail_out("cut")
    sending.run()
    resend_mailing(Mailing.objects.get(pk=mailing.pk), by=secretariat)
    sending.run()
    (first, second) = (message for _address, message in server.taken)
    assert first.as_bytes() == second.as_bytes()


def test_who_left_after_the_freeze_gets_nothing(server, mail_out):
    mailing = mail_out("ann", "left", "bounced", "erased", "pending")
    unsubscribe(Subscriber.objects.get(email="left@post.example"))
    SuppressionFactory(address="bounced@post.example")
    Subscriber.objects.filter(email="pending@post.example").update(status="pending")
    Delivery.objects.filter(address="erased@post.example").update(subscriber=None)
    sending.run()
    assert names(server) == ["ann"]
    assert states() == {
        "ann": "sent",
        "left": "skipped",
        "bounced": "skipped",
        "erased": "skipped",
        "pending": "skipped",
    }
    assert set(mailing.deliveries.filter(state="skipped").values_list("attempts", flat=True)) == {0}
    mailing.refresh_from_db()
    assert (mailing.status, mailing.issue.status) == ("finished", "sent")


def test_pause_resume_and_stop(server, mail_out, secretariat):
    mailing = mail_out("ann", "later")
    pause_mailing(mailing, by=secretariat)
    sending.run()
    assert (names(server), states()) == ([], {"ann": "queued", "later": "queued"})
    resume_mailing(mailing, by=secretariat)
    sending.run()
    assert states() == {"ann": "sent", "later": "retry"}
    stop_mailing(mailing, by=secretariat)
    assert states() == {"ann": "sent", "later": "skipped"}
    mailing.refresh_from_db()
    assert (mailing.status, mailing.issue.status) == ("stopped", "sent")
    assert sum(mailing.deliveries.counts().values()) == mailing.total


def test_stopped_before_anything_went_out_the_issue_is_a_draft_again(server, mail_out, secretariat, second_officer):
    mailing = stop_mailing(mail_out("ann"), by=secretariat)
    sending.run()
    mailing.issue.refresh_from_db()
    assert (names(server), states(), mailing.issue.status) == ([], {"ann": "skipped"}, "draft")
    again = prepare_mailing(mailing.issue, by=secretariat)
    assert (again.pk, again.status, again.total, states()) == (mailing.pk, "prepared", 1, {"ann": "queued"})
    release_mailing(again, by=second_officer)
    sending.run()
    assert names(server) == ["ann"]


def test_pressing_pause_stops_a_run_between_two_messages(server, mail_out, secretariat, monkeypatch):
    """The status is read in the statement that opens each message, not when the run begins."""
    mailing = mail_out(*[f"reader-{n}" for n in range(30)])
    compose, composed = sending.Deliveries.compose, []

    def press_pause_after_six(self, row):
        composed.append(row)
        if len(composed) == 7:
            pause_mailing(mailing, by=secretariat)
        return compose(self, row)

    monkeypatch.setattr(sending.Deliveries, "compose", press_pause_after_six)
    sending.run()
    counts = mailing.deliveries.counts()
    assert counts["sent"] == len(server.taken) == 6
    assert counts["queued"] == 24


def test_in_doubt_goes_again_only_by_decision(server, mail_out, secretariat):
    mailing = mail_out("cut", "ann")
    sending.run()
    mailing.refresh_from_db()
    assert (mailing.status, states()) == ("finished", {"cut": "in_doubt", "ann": "sent"})
    assert resend_mailing(mailing, by=secretariat) == 1
    sending.run()
    assert names(server) == ["ann", "cut", "cut"]


def test_too_many_refusals_hold_the_mailing(server, mail_out, secretariat):
    mailing = mail_out(*[f"reader-{n}" for n in range(30)])
    # Twenty addresses that no server understands: eleven failures are more than 5 % of 200.
    spoiled = list(Delivery.objects.order_by("pk").values_list("pk", flat=True)[:20])
    for pk in spoiled:
        Delivery.objects.filter(pk=pk).update(address=f"“{pk}”@post.example")
    sending.run()
    mailing.refresh_from_db()
    assert mailing.status == "held"
    assert "refusals" in mailing.held_reason
    failed = mailing.deliveries.filter(state="failed").count()
    assert failed > 10
    assert mailing.deliveries.counts()["sent"] == len(server.taken)
    Delivery.objects.filter(pk__in=spoiled, state="queued").update(address="mended@post.example")
    resume_mailing(mailing, by=secretariat)
    sending.run()
    mailing.refresh_from_db()
    assert (mailing.status, mailing.deliveries.counts()["failed"]) == ("finished", failed)


def test_content_that_was_changed_is_held(server, mail_out):
    mailing = mail_out("ann")
    Mailing.objects.update(html="<p>Somebody else's words.</p>")
    sending.run()
    mailing.refresh_from_db()
    assert (mailing.status, names(server)) == ("held", [])


def test_a_mail_server_that_is_away_is_told(settings, mail_out):
    with MailServer() as server:
        use(settings, server)
    mailing = mail_out("ann")
    sending.run()
    mailing.refresh_from_db()
    assert (mailing.status, "ConnectionRefused" in mailing.trouble, states()) == ("sending", True, {"ann": "queued"})
    with MailServer() as server:
        use(settings, server)
        sending.run()
    mailing.refresh_from_db()
    assert (mailing.trouble, states()) == ("", {"ann": "sent"})


def test_the_rate_is_kept_over_all_workers(settings, mail_out):
    settings.MAILING_RATE_PER_SECOND = 100
    mailing = mail_out("ann")
    one, two = sending.Deliveries(mailing), sending.Deliveries(mailing)
    assert one.pace(50) == (50, 0)
    assert two.pace(1)[0] == 0
    mailing.refresh_from_db()
    assert 0 < (mailing.paced_until - timezone.now()).total_seconds() <= 0.5


def test_no_run_inside_a_transaction(mail_out):
    mail_out("ann")
    with pytest.raises(RuntimeError), transaction.atomic():
        sending.run()
    assert states() == {"ann": "queued"}

"""Letters leave the outbox: once, whatever the mail server answers, and never inside somebody's transaction."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from efc import ledger, mail
from efc.models import AuditEntry, OutgoingMail
from efc.workflow import WrongStatus
from tests.mail_server import MailServer, server_and_client_tls, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as server:
        use(settings, server)
        yield server


def letter(address, **fields):
    fields = {
        "subject": "Grüße",
        "text": "A line.\n.A line with a dot.\n",
        "html": "<p>A line.</p>",
        "template": "x/y",
    } | fields
    return OutgoingMail.objects.create(address=address, **fields)


def states():
    return dict(OutgoingMail.objects.values_list("address", "state"))


def test_a_letter_goes_through_djangos_backend_once():
    row = letter("ann@post.example", reply_to="desk@efc.example")
    assert (mail.deliver(), mail.deliver()) == (1, 0)
    (message,) = django_mail.outbox
    assert (message.to, message.cc, message.bcc, message.subject) == (["ann@post.example"], [], [], "Grüße")
    assert message.body == "A line.\n.A line with a dot.\n"
    assert message.alternatives[0] == ("<p>A line.</p>\n", "text/html")
    assert message.extra_headers["Message-ID"] == f"<{row.message_id}@localhost>"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.extra_headers["Reply-To"] == "desk@efc.example"
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("sent", 1, "")
    assert row.sent_at is not None


def test_each_answer_of_the_server_concerns_its_letter_alone(server):
    for name in ("nobody", "ann", "void", "ben", "unwelcome", "cho", "later", "dan", "hangup", "eve", "cut", "fay"):
        letter(f"{name}@post.example")
    mail.deliver()
    assert {address.partition("@")[0]: state for address, state in states().items()} == {
        "ann": "sent", "ben": "sent", "cho": "sent", "dan": "sent", "eve": "sent", "fay": "sent", "nobody": "failed",
        "void": "failed", "unwelcome": "failed", "later": "retry", "hangup": "retry", "cut": "in_doubt",
    }  # fmt: skip
    assert OutgoingMail.objects.get(address="nobody@post.example").last_code == 550
    assert OutgoingMail.objects.get(address="nobody@post.example").last_error == "nobody here"
    taken = [address for address, _message in server.taken]
    assert sorted(taken) == sorted(f"{name}@post.example" for name in ("ann", "ben", "cho", "dan", "eve", "fay", "cut"))


def test_one_message_reads_back_as_it_was_written(server):
    letter("ann@post.example", text=".\n..\nÜmläut " + "long " * 300 + "\n")
    mail.deliver()
    ((_address, message),) = server.taken
    assert message.get_all("To") == ["ann@post.example"]
    assert message["Subject"] == "Grüße"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == ".\n..\nÜmläut " + "long " * 300 + "\n"


@pytest.mark.parametrize("tls", ["", "starttls", "ssl"])
def test_servers_without_pipelining_with_sign_in_and_tls(settings, tmp_path, monkeypatch, tls):
    context, client = server_and_client_tls(tmp_path)
    monkeypatch.setattr(EmailBackend, "ssl_context", client)
    with MailServer(pipelining=False, context=context, tls=tls, login=True) as server:
        use(settings, server)
        for name in ("ann", "nobody", "ben", "later"):
            letter(f"{name}@post.example", html="<p>" + "much " * 100_000 + "</p>")
        mail.deliver()
    assert sorted(states().values()) == ["failed", "retry", "sent", "sent"]
    assert [address for address, _message in server.taken] == ["ann@post.example", "ben@post.example"]
    assert any(command.startswith("AUTH") for command in server.commands)


def test_a_deferred_letter_climbs_the_ladder_and_then_fails(server):
    row = letter("later@post.example")
    waits = []
    for _attempt in range(5):
        OutgoingMail.objects.update(not_before=Now())
        before = timezone.now()
        mail.deliver()
        row.refresh_from_db()
        waits.append((row.state, row.attempts, round((row.not_before - before) / timedelta(minutes=1))))
    assert [wait[:2] for wait in waits] == [("retry", 1), ("retry", 2), ("retry", 3), ("retry", 4), ("failed", 5)]
    assert [minutes for _state, _attempts, minutes in waits[:4]] == [1, 5, 15, 60]
    assert mail.deliver() == 0


def test_an_address_no_server_understands_fails_alone(server):
    bad = letter('"two words"@post.example')
    letter("ann@post.example")
    mail.deliver()
    bad.refresh_from_db()
    assert (bad.state, bad.last_code, bad.attempts) == ("failed", None, 0)
    assert "Correct it" in bad.last_error
    assert states()["ann@post.example"] == "sent"


def test_a_letter_in_doubt_goes_again_only_when_an_officer_says_so(server, secretariat, chair):
    row = letter("cut@post.example")
    mail.deliver()
    mail.deliver()
    assert len(server.taken) == 1
    with pytest.raises(PermissionDenied):
        mail.resend(row, chair)
    mail.resend(row, secretariat)
    assert AuditEntry.objects.get(verb="efc.outgoingmail.resend").target_id == str(row.pk)
    with pytest.raises(WrongStatus):
        mail.resend(row, secretariat)
    mail.deliver()
    first, second = (message for _address, message in server.taken)
    assert first["Message-ID"] == second["Message-ID"] == f"<{row.message_id}@localhost>"


def test_a_server_that_is_away_costs_no_attempt(settings):
    with MailServer() as server:
        use(settings, server)
    row = letter("ann@post.example")
    assert mail.deliver() == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 0)


def test_it_refuses_to_run_inside_a_transaction():
    letter("ann@post.example")
    with pytest.raises(RuntimeError), transaction.atomic():
        mail.deliver()
    assert states() == {"ann@post.example": "queued"}
    assert django_mail.outbox == []


def test_rows_of_workers_that_are_gone_are_taken_back():
    past, ahead = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(minutes=1)
    for state in ("claimed", "attempting"):
        letter(f"{state}-gone@post.example", state=state, lease_until=past, worker="gone")
        letter(f"{state}-busy@post.example", state=state, lease_until=ahead, worker="busy")
    assert ledger.reap(mail.Outbox()) == (1, 1)
    assert states() == {
        "claimed-gone@post.example": "queued",
        "claimed-busy@post.example": "claimed",
        "attempting-gone@post.example": "in_doubt",
        "attempting-busy@post.example": "attempting",
    }

"""Other mail servers report that they could not deliver: the letter says so, the application shows it, a dead address gets no newsletter."""

import io
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from efc import mail, services, tasks
from efc.models import OutgoingMail
from newsletter.models import Delivery, Suppression
from tests.factories import ApplicationFactory, DeliveryFactory, SubscriberFactory

pytestmark = pytest.mark.django_db

REPORTS = Path(__file__).parent / "reports"
READER = "anna@post.example"


def report(name, row, message_id=None):
    """Return a report as the wire brings it, about a letter of ours."""
    message_id = f"<{row.message_id}@localhost>" if message_id is None else message_id
    text = (REPORTS / f"{name}.eml").read_text().replace("ADDRESS", row.address).replace("MESSAGE_ID", message_id)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def letter():
    return OutgoingMail.objects.create(
        template="x/y", subject="Your application", address=READER, state="sent", sent_at=timezone.now()
    )


@pytest.mark.parametrize(
    ("style", "code", "words"),
    [
        ("postfix", 550, f"550 5.1.1 <{READER}>: Recipient address rejected: User unknown in virtual mailbox table"),
        ("exchange", 550, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        ("gmail", 550, "550-5.1.1 The email account that you tried to reach does not exist. Please try"),
        ("qmail", None, "Sorry, no mailbox here by that name. (#5.1.1)"),
    ],
)
def test_a_report_marks_its_letter_and_ends_the_newsletter_there(letter, style, code, words):
    SubscriberFactory(email="Anna@post.example")
    other = OutgoingMail.objects.create(
        template="x/y", subject="Another", address=READER, state="sent", sent_at=timezone.now()
    )
    assert services.take_report(report(style, letter)) == "failed"
    letter.refresh_from_db()
    assert (letter.state, letter.last_code, letter.last_error.startswith(words)) == ("failed", code, True), (
        letter.last_error
    )
    assert list(Suppression.objects.values_list("address", "reason")) == [(READER, "bounced")]
    other.refresh_from_db()
    assert other.state == "sent"
    assert services.take_report(report(style, letter)) == "known"


def test_letters_leave_in_the_name_of_the_secretariat_and_come_back_to_the_mailbox_of_reports(letter, settings):
    settings.BOUNCE_ADDRESS = "bounces@efc.example"
    message = mail.Outbox().compose(letter)
    assert message.sender == b"bounces@efc.example"
    assert message.parsed()["From"] == settings.DEFAULT_FROM_EMAIL


def test_who_is_no_reader_is_not_suppressed(letter):
    assert services.take_report(report("postfix", letter)) == "failed"
    assert not Suppression.objects.exists()


def test_a_newsletter_that_comes_back_fails_and_a_full_mailbox_keeps_its_subscription():
    gone, full = (DeliveryFactory(address=f"{name}@post.example", state="sent") for name in ("gone", "full"))
    for row in (gone, full):
        SubscriberFactory(email=row.address)
    assert [services.take_report(report("postfix", gone)), services.take_report(report("full", full))] == ["failed"] * 2
    assert dict(Delivery.objects.values_list("address", "state")) == {gone.address: "failed", full.address: "failed"}
    assert [row.address for row in Suppression.objects.all()] == ["gone@post.example"]


def test_a_delay_is_noted_and_changes_nothing(letter):
    SubscriberFactory(email=READER)
    assert services.take_report(report("delayed", letter)) == "delayed"
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert letter.last_error.startswith("Delayed, not given up: connect to mail.post.example[192.0.2.7]:25")
    assert not Suppression.objects.exists()


def test_a_report_without_headers_fails_the_last_letter_there_and_suppresses_nobody(letter):
    SubscriberFactory(email=READER)
    earlier = timezone.now() - timezone.timedelta(days=2)
    first = OutgoingMail.objects.create(template="x/y", subject="First", address=READER, state="sent", sent_at=earlier)
    assert services.take_report(report("without_headers", letter)) == "failed"
    assert dict(OutgoingMail.objects.values_list("pk", "state")) == {letter.pk: "failed", first.pk: "sent"}
    assert not Suppression.objects.exists()


def test_forged_unrelated_and_broken_messages_change_nothing(letter):
    SubscriberFactory(email=READER)
    good = report("postfix", letter)
    waiting = OutgoingMail.objects.create(template="x/y", subject="Waiting", address="b@post.example")
    strangers = [
        report("postfix", letter, "<0123456789abcdef0123456789abcdef@localhost>"),  # of a message that we never sent
        report("postfix", letter, f"<{letter.message_id}@elsewhere.example>"),  # our number under another name
        report("postfix", letter, "<spam@elsewhere.example>"),  # somebody wrote spam in our name
        report("away", letter),  # a person is on holiday
        report("without_headers", SimpleNamespace(address="stranger@post.example", message_id="")),
        b"", b"\0" * 500, b"\xff\xfe" * 2000, b"Content-Type: multipart/report\n\n--\n", bytes(range(256)) * 40,
        good[:900], good.replace(b"Action: failed", b"Action: \xff\x00\xed\xa0\x80"),
        b"Content-Type: message/rfc822\n\n" * 5000 + good,
    ]  # fmt: skip
    assert [services.take_report(source) for source in strangers] == ["unrelated"] * len(strangers)
    assert services.take_report(report("postfix", waiting)) == "known"  # it has not left; nothing can have come back
    assert dict(OutgoingMail.objects.values_list("pk", "state")) == {letter.pk: "sent", waiting.pk: "queued"}
    assert not Suppression.objects.exists()


def test_the_application_shows_the_mail_that_came_back(secretariat_client, monkeypatch):
    application = ApplicationFactory(sent=True)
    letter = OutgoingMail.objects.get(template="members/application_received")
    OutgoingMail.objects.filter(pk=letter.pk).update(state="sent", sent_at=timezone.now())
    words = "Recipient address rejected: User unknown in virtual mailbox table"
    address = f"/admin/members/application/{application.pk}/change/"
    assert words not in secretariat_client.get(address).content.decode()

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(report("postfix", letter))))
    said = io.StringIO()
    call_command("read_bounces", stdout=said)
    assert said.getvalue().strip() == "failed"
    page = secretariat_client.get(address).content.decode()
    assert "A letter did not arrive" in page
    assert words in page
    assert (
        f"A letter did not reach the applicant: {application.organisation_name}"
        in secretariat_client.get("/admin/").content.decode()
    )


def test_the_clock_reads_the_mailbox_and_marks_what_it_read(letter, settings):
    settings.BOUNCE_URL = ""
    assert tasks.read_bounces() == {}
    with Mailbox([report("postfix", letter), report("away", letter)]) as box:
        settings.BOUNCE_URL = f"imap://us%40efc.example:a%20word@127.0.0.1:{box.port}/Reports"
        assert tasks.read_bounces() == {"failed": 1, "unrelated": 1}
        assert tasks.read_bounces() == {}
    letter.refresh_from_db()
    assert letter.state == "failed"
    assert 'LOGIN us@efc.example "a word"' in box.commands
    assert 'SELECT "Reports"' in box.commands
    assert tasks.read_bounces() == {}  # the server is away: next time


class Mailbox:
    """An IMAP server with unread messages, as far as we speak to one."""

    def __init__(self, messages):
        self.unread, self.commands = dict(enumerate(messages, 1)), []

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(b"* OK ready\r\n")
                for line in connection.makefile("rb"):
                    tag, _blank, command = line.decode().strip().partition(" ")
                    self.commands.append(command)
                    connection.sendall(self._answer(command) + f"{tag} OK done\r\n".encode())
                    if command == "LOGOUT":
                        break

    def _answer(self, command):
        words = command.split()
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if words[:2] == ["UID", "SEARCH"]:
            return f"* SEARCH {' '.join(map(str, self.unread))}".rstrip().encode() + b"\r\n"
        if words[:2] == ["UID", "FETCH"]:
            source = self.unread[int(words[2])]
            return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (int(words[2]), int(words[2]), len(source), source)
        if words[:2] == ["UID", "STORE"]:
            del self.unread[int(words[2])]
        return b""

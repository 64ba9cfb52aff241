"""The contact form: topic first, no links, the gate, the acknowledgement."""

import base64
import hashlib
import json
import re
from html import unescape

import pytest
from django.core import signing
from django.db import connection

from efc.gate import signer
from efc.models import ContactMessage, OutgoingMail, RateLimit

FORM = "/en/contact/?topic=press"
GOOD = {
    "name": "Desk editor",
    "email": "desk@paper.example",
    "organisation": "The Paper",
    "body": "May we speak to the Chair about the new guidance?",
}


@pytest.fixture(autouse=True)
def _reading_takes_no_time(monkeypatch):
    """Let the form be sent at once; the trap for those who are too quick has its own test."""
    from datetime import timedelta

    monkeypatch.setattr("efc.gate.QUICKEST", timedelta(0))


def send(client, **changes):
    return client.post(FORM, {**GOOD, "gate_time": signer.sign("open"), **changes})


def everything_stored():
    """Return every text in the database, to see that something is not in it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_the_topic_comes_first_and_illegal_content_has_no_form(db, client):
    first = client.get("/en/contact/")
    assert first.context["form"] is None
    assert b"<textarea" not in first.content
    answer = client.get("/en/contact/?topic=illegal")
    assert (answer.status_code, answer["Location"]) == (302, "/en/report/")


def test_a_message_arrives_and_its_sender_hears_of_it(db, client):
    assert send(client)["Location"] == "/en/contact/sent/"

    message = ContactMessage.objects.get()
    assert (message.topic, message.name, message.status) == ("press", "Desk editor", "new")
    letter = OutgoingMail.objects.get()
    assert letter.address == "desk@paper.example"
    assert message.reference in letter.subject
    assert GOOD["body"] not in letter.text


@pytest.mark.parametrize("field", ["body", "name", "organisation"])
def test_a_link_is_refused_with_the_signpost_and_not_a_byte_is_kept(db, client, field):
    answer = send(client, **{field: "Look at hxxp://quagga.example now"})

    assert answer.status_code == 422
    assert "/en/report/" in answer.content.decode()
    assert "quagga" not in everything_stored()
    assert ContactMessage.objects.count() == OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "nobody"}, "Enter an e-mail address, like name@example.org"),
        ({"body": ""}, "Write your message."),
        ({"name": "A\nBcc: b@c.example"}, "Write this on one line."),
        ({"body": "x" * 4001}, "4000"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(db, client, changes, sentence):
    answer = send(client, **changes)

    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert sentence in page
    assert GOOD["organisation"] in page
    assert ContactMessage.objects.count() == 0


def task_of(answer):
    return json.loads(unescape(re.search(r'data-proof="([^"]+)"', answer.content.decode()).group(1)))


def solve(task):
    most = task.get("max_number") or task.get("maxnumber")
    for number in range(most + 1):
        if hashlib.sha256(f"{task['salt']}{number}".encode()).hexdigest() == task["challenge"]:
            parts = {name: task[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps({**parts, "number": number}).encode()).decode()
    raise AssertionError("no number solves it")


def test_a_program_that_fills_the_hidden_field_is_asked_for_proof(db, client):
    closed = send(client, homepage="mine")
    assert closed.status_code == 422
    assert ContactMessage.objects.count() == 0

    proof = solve(task_of(closed))
    assert send(client, homepage="mine", gate_proof=proof).status_code == 302
    assert ContactMessage.objects.count() == 1
    again = send(client, homepage="mine", gate_proof=proof)
    assert again.status_code == 422  # a proof counts once
    assert ContactMessage.objects.count() == 1


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "nonsense",
        base64.b64encode(b'{"challenge": 1}').decode(),
        "e30=",
        "\ud800".encode("utf-16", "surrogatepass").hex(),
    ],
)
def test_a_proof_that_proves_nothing_leaves_the_gate_closed(db, client, proof):
    assert send(client, homepage="mine", gate_proof=proof).status_code == 422
    assert ContactMessage.objects.count() == 0


def test_a_form_sent_quicker_than_a_person_reads_meets_the_gate(db, client, monkeypatch):
    from datetime import timedelta

    monkeypatch.setattr("efc.gate.QUICKEST", timedelta(seconds=5))
    assert send(client).status_code == 422
    assert send(client, gate_time="changed").status_code == 422
    assert ContactMessage.objects.count() == 0


def test_the_fourth_message_in_ten_minutes_meets_the_gate(db, client):
    assert [send(client).status_code for _message in range(4)] == [302, 302, 302, 422]
    assert ContactMessage.objects.count() == 3
    assert not RateLimit.objects.filter(key__contains="127.0.0.1").exists()


def test_without_javascript_a_letter_with_a_button_is_the_way(db, client):
    answer = send(client, homepage="mine", by_letter="1")

    assert answer.status_code == 200
    message = ContactMessage.objects.get()
    assert message.status == "unconfirmed"
    letter = OutgoingMail.objects.get()
    link = re.search(r"https?://\S+(/c/\S+)", letter.text).group(1)
    assert client.get(link).status_code == 200  # a scanner that follows the link changes nothing
    message.refresh_from_db()
    assert message.status == "unconfirmed"
    assert client.post(link).status_code == 302
    message.refresh_from_db()
    assert message.status == "new"
    assert client.get(link).status_code == 410  # used
    assert client.get(f"/c/{signing.dumps(message.pk, salt='other')}/").status_code == 410


def test_an_unconfirmed_message_is_in_nobodys_inbox(db, client, secretariat):
    send(client, homepage="mine", by_letter="1")

    assert ContactMessage.objects.visible_to(secretariat).count() == 0

"""The SMTP catcher: a letter handed in is kept as it came, found by its recipient and shown without harm."""

import smtplib
from email.message import EmailMessage
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from efc.embedded.processes import Processes
from efc.embedded.smtp_catcher import HOST, SmtpCatcher


@pytest.fixture(scope="module")
def catcher(tmp_path_factory):
    with Processes() as processes:
        server = SmtpCatcher(tmp_path_factory.mktemp("mail"))
        server.start(processes)
        yield server


def send(catcher, to, subject="Registration confirmed", text="See you.", html="", **headers):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "secretariat@efc.example", to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP(HOST, catcher.smtp_port) as connection:
        connection.send_message(message)
    return message


def page(catcher, path, **headers):
    with urlopen(Request(f"http://{HOST}:{catcher.inbox_port}{path}", headers=headers), timeout=10) as answer:
        return answer.read().decode(), answer.headers


def test_a_letter_is_found_by_the_whole_address_and_read(catcher):
    send(
        catcher,
        "officer@police.example",
        subject="Déjà inscrit",
        text="Confirm: http://localhost:8000/n/c/abc.\n",
        html="<p>Confirm</p>",
        List_Unsubscribe="<http://localhost:8000/n/u/abc>",
    )
    send(catcher, "another.officer@police.example")
    (found,) = catcher.letters("officer@police.example")
    assert found["subject"] == "Déjà inscrit"
    assert found["to"] == ["officer@police.example"]
    assert len(catcher.letters("officer")) == 2
    assert catcher.letters("nobody@police.example") == []
    letter = catcher.letter(found["id"])
    assert letter["text"] == "Confirm: http://localhost:8000/n/c/abc.\n"
    assert letter["html"] == "<p>Confirm</p>\n"
    assert ["List-Unsubscribe", "<http://localhost:8000/n/u/abc>"] in letter["headers"]
    shown, _ = page(catcher, f"/messages/{found['id']}")
    assert (
        '<a href="http://localhost:8000/n/c/abc" rel="noopener noreferrer">http://localhost:8000/n/c/abc</a>.' in shown
    )


def test_the_source_is_byte_for_byte_what_was_handed_in(catcher):
    source = b"Subject: raw\r\nX-Odd:  two  spaces\r\n\r\n\xff\xfe not a letter\r\n.dot\r\n"
    with smtplib.SMTP(HOST, catcher.smtp_port) as connection:
        connection.sendmail("bounce@efc.example", ["raw@bank.example"], source)
    (found,) = catcher.letters("raw@bank.example")
    with urlopen(f"http://{HOST}:{catcher.inbox_port}/messages/{found['id']}/source", timeout=10) as answer:
        assert answer.read() == source
    assert "raw" in page(catcher, f"/messages/{found['id']}")[0]


def test_what_a_letter_contains_cannot_act_on_the_inbox(catcher):
    harm = "<script>alert(1)</script>"
    send(catcher, "careful@bank.example", subject=harm, text=harm, html=f"<h1>Hello</h1>{harm}")
    (found,) = catcher.letters("careful@bank.example")
    for path in ("/?to=careful", f"/messages/{found['id']}"):
        shown, headers = page(catcher, path)
        assert harm not in shown
        assert "&lt;script&gt;" in shown
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    alone, headers = page(catcher, f"/messages/{found['id']}/html")
    assert harm in alone
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script-src" not in policy
    _, headers = page(catcher, f"/messages/{found['id']}/source")
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("text/plain; charset=utf-8", "nosniff")


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "inbox.attacker.test", 400),
        ("/messages/1.json", "localhost", 404),
        ("/messages/../../etc/passwd", "localhost", 404),
        ("/elsewhere", "localhost", 404),
        ("/?page=999999", "localhost", 200),
        ("/?page=%00&to=%00", "localhost", 200),
    ],
)
def test_odd_requests_are_answered_in_a_sentence(catcher, path, host, status):
    try:
        body, _ = page(catcher, path, Host=host)
        answered = 200
    except HTTPError as error:
        body, answered = error.read().decode(), error.code
    assert answered == status
    assert "<main>" in body


def test_many_letters_are_shown_page_by_page(catcher):
    for number in range(51):
        send(catcher, f"many-{number}@ngo.example", subject=f"Letter {number}")
    first, _ = page(catcher, "/?to=many-")
    second, _ = page(catcher, "/?to=many-&page=2")
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 2)  # one row is the head of the table
    assert "51 letters" in first
    assert "Letter 50<" in first
    assert "Letter 0<" in second

"""The Secretariat's inbox: taking, answering, closing and sealing, at the desk."""

import pytest

from efc import roles
from efc.models import ContactMessage, OutgoingMail
from efc.permissions import grant
from tests import factories

pytestmark = pytest.mark.django_db


def page_of(message):
    return f"/admin/efc/contactmessage/{message.pk}/change/"


def press(client, message, verb, **fields):
    fields = {"assigned_to": message.assigned_to_id or "", "answer": message.answer, **fields}
    answer = client.post(page_of(message), {**fields, "_move": verb}, follow=True)
    message.refresh_from_db()
    return answer


def test_a_message_is_taken_answered_by_mail_and_closed(secretariat_client, secretariat):
    message = factories.ContactMessageFactory(email="writer@bank.example")

    press(secretariat_client, message, "assign")
    assert (message.status, message.assigned_to) == ("assigned", secretariat)
    press(secretariat_client, message, "answer", answer="Please apply **online**.", assigned_to=secretariat.pk)
    assert (message.status, message.answered_by) == ("answered", secretariat)
    letter = OutgoingMail.objects.get()
    assert letter.address == "writer@bank.example"
    assert "Please apply" in letter.text
    press(secretariat_client, message, "close")
    assert message.status == "closed"


def test_an_empty_answer_is_not_sent_and_said_so(secretariat_client):
    message = factories.ContactMessageFactory()

    answer = press(secretariat_client, message, "answer", answer="  ")

    assert "Write an answer first." in answer.content.decode()
    assert (message.status, OutgoingMail.objects.count()) == ("new", 0)


def test_a_sealed_message_is_gone_for_all_but_the_safeguarding_officers(
    secretariat_client, secretariat, second_officer, client
):
    message = factories.ContactMessageFactory(body="quagga")
    press(secretariat_client, message, "seal")

    assert message.status == "sealed"
    assert b"quagga" not in secretariat_client.get(page_of(message), follow=True).content
    assert list(ContactMessage.objects.visible_to(secretariat)) == []
    grant(second_officer, roles.SAFEGUARDING)
    officer = type(second_officer).objects.get(pk=second_officer.pk)
    assert list(ContactMessage.objects.visible_to(officer)) == [message]
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    press(client, message, "unseal")
    assert message.status == "assigned"


def test_a_letter_that_failed_can_be_sent_again(secretariat_client):
    letter = OutgoingMail.objects.create(
        address="a@post.example",
        subject="x",
        text="x",
        html="<p>x</p>",
        template="efc/message_received",
        state="failed",
    )
    secretariat_client.post(f"/admin/efc/outgoingmail/{letter.pk}/again/")
    letter.refresh_from_db()
    assert letter.state == "queued"

"""Signing in by e-mail address, out again, a new password by letter, and what happens to guessers."""

import re

import pytest
from django.test import Client

from efc.models import AuditEntry, OutgoingMail, User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-for-tests"


def sign_in(client, email, password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_officers_come_to_the_desk_and_members_to_the_workspace(client, secretariat, sg_member):
    assert sign_in(client, secretariat.email)["Location"] == "/admin/"
    assert sign_in(Client(), sg_member.email.upper())["Location"] == "/workspace/"
    assert AuditEntry.objects.filter(verb="efc.user.sign_in").count() == 2


def test_signing_out_ends_the_session(client, sg_member):
    sign_in(client, sg_member.email)
    assert client.get("/workspace/account/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/workspace/account/").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, sg_member):
    wrong = sign_in(Client(), sg_member.email, "not-the-password")
    unknown = sign_in(Client(), "nobody@member.example", "not-the-password")

    def text(answer, email):
        without_tokens = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return without_tokens.replace(email, "")

    assert wrong.status_code == unknown.status_code
    assert text(wrong, sg_member.email) == text(unknown, "nobody@member.example")
    assert "/workspace/" not in wrong.get("Location", "")


def test_the_seventh_guess_is_locked_out_and_so_is_the_right_password(client, sg_member):
    answers = [sign_in(client, sg_member.email, f"guess-number-{n}").status_code for n in range(6)]
    assert answers[-1] == 429
    assert sign_in(client, sg_member.email).status_code == 429


def test_a_closed_account_cannot_sign_in(client, deactivated):
    answer = sign_in(client, deactivated.email)
    assert answer["Location"] == "/accounts/inactive/"
    assert client.get("/workspace/").status_code == 302


def test_a_new_password_comes_by_letter_and_the_link_counts_once(client, sg_member):
    assert client.post("/accounts/password/reset/", {"email": sg_member.email}).status_code == 302
    letter = OutgoingMail.objects.get()
    assert letter.address == sg_member.email
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", letter.text).group(1)
    page = client.get(link, follow=True)
    path = page.redirect_chain[-1][0]
    new = {"password1": "another-long-password-1", "password2": "another-long-password-1"}
    assert client.post(path, new).status_code == 302
    assert sign_in(Client(), sg_member.email, "another-long-password-1")["Location"] == "/workspace/"
    again = Client().get(link, follow=True)
    assert b"password1" not in again.content


def test_asking_for_a_password_says_the_same_for_an_unknown_address(client, sg_member):
    known = Client().post("/accounts/password/reset/", {"email": sg_member.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@member.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert OutgoingMail.objects.count() == 2


def test_nobody_signs_up(client):
    answer = client.post(
        "/accounts/signup/", {"email": "new@member.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert not User.objects.filter(email="new@member.example").exists()

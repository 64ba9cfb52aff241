"""Who forgot a password sets a new one by letter; an address without an account is told so by letter and nowhere else."""

import re

import pytest
from django.urls import reverse

from efc.models import OutgoingMail, User

pytestmark = pytest.mark.django_db
ASK = "account_reset_password"


def ask(client, email):
    return client.post(reverse(ASK), {"email": email}, follow=True)


def test_the_link_of_the_letter_sets_a_new_password(client):
    user = User.objects.create_user("officer@coalition.example", "an-old-passphrase-41")
    ask(client, user.email)
    link = re.search(r"/accounts/password/reset/key/\S+", OutgoingMail.objects.get().text)[0]
    page = client.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": "a-new-passphrase-57", "password2": "a-new-passphrase-57"})
    user.refresh_from_db()
    assert user.check_password("a-new-passphrase-57")


def test_an_address_without_an_account_gets_the_same_page_and_another_letter(client):
    User.objects.create_user("officer@coalition.example", "an-old-passphrase-41")
    known, unknown = ask(client, "officer@coalition.example"), ask(client, "nobody@elsewhere.example")
    assert known.redirect_chain == unknown.redirect_chain
    letters = dict(OutgoingMail.objects.values_list("address", "template"))
    assert letters == {
        "officer@coalition.example": "account/password_reset_key",
        "nobody@elsewhere.example": "account/unknown_account",
    }


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").url == reverse("account_login")

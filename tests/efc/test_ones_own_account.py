"""People change their name, language and address; a new address counts once its owner has opened the link."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from efc.models import AuditEntry, OutgoingMail, User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-for-tests"
PAGE = "/workspace/account/"


@pytest.fixture
def signed_in(client, sg_member):
    client.post("/accounts/login/", {"login": sg_member.email, "password": PASSWORD})
    return client


def link_for(address):
    return re.search(r"/workspace/account/email/\S+", OutgoingMail.objects.get(address=address).text)[0]


def test_name_and_language(signed_in, sg_member):
    assert signed_in.post(PAGE, {"full_name": "Member for a test", "language": "fr"})["Location"] == PAGE
    sg_member.refresh_from_db()
    assert (sg_member.full_name, sg_member.language) == ("Member for a test", "fr")
    assert AuditEntry.objects.get(verb="efc.user.change").data == {"changed": ["full_name", "language"]}


@pytest.mark.parametrize("sent", [{}, {"full_name": "", "language": "en"}, {"full_name": "A", "language": "xx"}])
def test_what_cannot_be_kept_comes_back(signed_in, sg_member, sent):
    answer = signed_in.post(PAGE, sent)
    assert answer.status_code == 422
    sg_member.refresh_from_db()
    assert sg_member.full_name == "Steering Group member"
    assert "Steering Group member" in answer.content.decode()


def test_a_new_address_counts_once_its_link_was_pressed(signed_in, sg_member):
    was = sg_member.email
    asked = signed_in.post(f"{PAGE}email/", {"email": "New.Address@member.example"})
    assert asked.status_code == 200
    link = link_for("new.address@member.example")
    assert signed_in.get(link).status_code == 200
    sg_member.refresh_from_db()
    assert sg_member.email == was
    assert signed_in.post(link)["Location"] == PAGE
    sg_member.refresh_from_db()
    assert sg_member.email == "new.address@member.example"
    assert OutgoingMail.objects.get(address=was).template == "account/email_changed"
    assert signed_in.get(link).status_code == 410
    new = Client().post("/accounts/login/", {"login": sg_member.email, "password": PASSWORD})
    assert new["Location"] == "/workspace/"


def test_the_link_of_another_person_or_a_day_later_changes_nothing(signed_in, sg_member, representative, time_machine):
    signed_in.post(f"{PAGE}email/", {"email": "new@member.example"})
    link = link_for("new@member.example")
    stranger = Client()
    stranger.force_login(representative)
    assert stranger.post(link).status_code == 410
    assert signed_in.post(f"{PAGE}email/not-a-key/").status_code == 410
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    late = Client()
    late.force_login(sg_member)
    assert late.post(link).status_code == 410
    assert not User.objects.filter(email="new@member.example").exists()


def test_the_page_does_not_say_whether_an_address_has_an_account(signed_in, representative):
    free = signed_in.post(f"{PAGE}email/", {"email": "free@member.example"})
    taken = signed_in.post(f"{PAGE}email/", {"email": representative.email})
    assert free.status_code == taken.status_code == 200
    assert OutgoingMail.objects.get(address=representative.email).template == "account/email_taken"


def test_an_address_taken_meanwhile_stays_with_its_owner(signed_in, sg_member):
    signed_in.post(f"{PAGE}email/", {"email": "new@member.example"})
    link = link_for("new@member.example")
    User.objects.create_user("new@member.example", PASSWORD, full_name="Somebody faster")
    assert signed_in.post(link).status_code == 410
    sg_member.refresh_from_db()
    assert sg_member.email == "sg@member.example"


@pytest.mark.parametrize("email", ["", "no-address", "sg@member.example", "a@b.example,c@d.example"])
def test_an_address_that_cannot_be_is_refused(signed_in, email):
    answer = signed_in.post(f"{PAGE}email/", {"email": email})
    assert answer.status_code == 422
    assert not OutgoingMail.objects.exists()


def test_only_so_many_letters_are_sent(signed_in):
    statuses = [signed_in.post(f"{PAGE}email/", {"email": f"n{n}@member.example"}).status_code for n in range(4)]
    assert statuses == [200, 200, 200, 422]

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from efc.models import OutgoingMail, User
from efc.workflow import WrongStatus
from members.models import Invitation, Person, Representative
from members.services import people
from tests import factories


@pytest.fixture
def member(db):
    return factories.MemberFactory(name="Example Payments", slug="example-payments")


def name(member, by, email="compliance@payments.example", **fields):
    fields = {"name": "Compliance officer", "function": "Compliance", "is_contact": True, **fields}
    return people.name_representative(member, email=email, by=by, **fields)


def test_naming_somebody_invites_them_and_their_account_may_act_for_the_organisation(member, secretariat):
    row = name(member, secretariat)

    invitation = Invitation.objects.get()
    letter = OutgoingMail.objects.get()
    assert letter.address == "compliance@payments.example"
    assert letter.subject == "Your account at the European Financial Coalition"
    assert f"/i/{invitation.token}/" in letter.text

    account = people.accept_invitation(invitation, password="a-long-password-of-mine", full_name="Compliance officer")

    assert account.email == "compliance@payments.example"
    assert account.check_password("a-long-password-of-mine")
    assert account.has_perm("members.change_organisation", member)
    row.refresh_from_db()
    assert row.person.user == account


def test_a_link_works_once(member, secretariat):
    name(member, secretariat)
    invitation = Invitation.objects.get()
    people.accept_invitation(invitation, password="a-long-password-of-mine", full_name="Compliance officer")

    with pytest.raises(WrongStatus):
        people.accept_invitation(invitation, password="another-long-password", full_name="Somebody else")
    assert User.objects.get(email="compliance@payments.example").check_password("a-long-password-of-mine")


def test_who_has_an_account_is_told_and_keeps_the_password(member, secretariat):
    name(member, secretariat)
    people.accept_invitation(Invitation.objects.get(), password="a-long-password-of-mine", full_name="Officer")
    second = factories.MemberFactory(name="Second Bank")
    OutgoingMail.objects.all().delete()

    name(second, secretariat, email="Compliance@payments.example")

    account = User.objects.get(email="compliance@payments.example")
    assert Person.objects.count() == 1
    assert Representative.objects.filter(person__user=account).count() == 2
    assert account.has_perm("members.change_organisation", second)
    assert OutgoingMail.objects.get().subject == "You now also act for Second Bank"
    assert Invitation.objects.count() == 1


def test_a_representative_names_colleagues_for_the_own_organisation_only(member, secretariat):
    name(member, secretariat)
    account = people.accept_invitation(
        Invitation.objects.get(), password="a-long-password-of-mine", full_name="Officer"
    )
    other = factories.MemberFactory()

    name(member, account, email="second@payments.example")
    with pytest.raises(PermissionDenied):
        name(other, account, email="third@payments.example")
    with pytest.raises(ValidationError):
        name(member, account, email="second@payments.example")
    assert list(member.representatives.values_list("person__email", flat=True)) == [
        "compliance@payments.example",
        "second@payments.example",
    ]


# ── the page of the link ─────────────────────────────────────────────────

PASSWORD = "three quiet lanterns by the sea"


def sent(**changed):
    return {"full_name": "Compliance officer", "password": PASSWORD, "again": PASSWORD, **changed}


def test_the_page_opens_the_account_and_leads_to_sign_in(member, secretariat, client):
    name(member, secretariat)
    link = Invitation.objects.get().get_absolute_url()
    page = client.get(link)
    assert page.status_code == 200
    assert "Example Payments" in page.content.decode()
    assert User.objects.filter(email="compliance@payments.example").count() == 0, "a look opened the account"

    answer = client.post(link, sent())

    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    assert "_auth_user_id" not in client.session
    login = client.post("/accounts/login/", {"login": "compliance@payments.example", "password": PASSWORD})
    assert login.status_code == 302
    assert client.get("/workspace/access/").status_code == 200


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"again": "another long password"}, "The two passwords differ"),
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"password": "compliance@payments", "again": "compliance@payments"}, "similar"),
        ({"full_name": ""}, "Write your name or your role"),
        ({"password": "", "again": ""}, "Choose a password"),
    ],
)
def test_what_cannot_be_taken_is_said_and_opens_nothing(member, secretariat, client, changed, sentence):
    name(member, secretariat)
    answer = client.post(Invitation.objects.get().get_absolute_url(), sent(**changed))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert User.objects.filter(email="compliance@payments.example").count() == 0


def test_a_link_too_old_says_so_and_asks_for_a_new_one_once_a_day(member, secretariat, client):
    name(member, secretariat)
    invitation = Invitation.objects.get()
    OutgoingMail.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1), tick=False):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=20))
        link = invitation.get_absolute_url()
        page, late = client.get(link), client.post(link, sent())
        assert (page.status_code, late.status_code) == (410, 410)
        assert "14 days" in page.content.decode()
        assert client.post(link, {"ask": "1"}).status_code == 200
        client.post(link, {"ask": "1"})

    letter = OutgoingMail.objects.get()
    assert letter.address == secretariat.email
    assert "compliance@payments.example" in letter.text
    assert User.objects.filter(email="compliance@payments.example").count() == 0


def test_a_used_link_leads_to_sign_in_and_a_withdrawn_one_to_the_newer(member, secretariat, client):
    row = name(member, secretariat)
    first = Invitation.objects.get()
    people.invite_person(row.person, member, by=secretariat)
    second = Invitation.objects.exclude(pk=first.pk).get()
    assert "newer invitation" in client.get(first.get_absolute_url()).content.decode()

    people.accept_invitation(second, password=PASSWORD, full_name="Officer")
    used = client.get(second.get_absolute_url())
    assert used.status_code == 410
    assert "This link has been used" in used.content.decode()
    assert client.get("/i/" + "x" * 43 + "/").status_code == 404


def test_an_account_made_in_the_meantime_keeps_its_password(member, secretariat, client):
    name(member, secretariat)
    link = Invitation.objects.get().get_absolute_url()
    User.objects.create_user("compliance@payments.example", "the-password-of-before", full_name="Officer")
    assert "There is an account" in client.get(link).content.decode()

    assert client.post(link, {"password": PASSWORD}).status_code == 302

    account = User.objects.get(email="compliance@payments.example")
    assert account.check_password("the-password-of-before")
    assert account.has_perm("members.change_organisation", member)


@pytest.mark.django_db(transaction=True)
def test_of_several_who_accept_at_once_one_does(member, secretariat):
    name(member, secretariat)
    invitation = Invitation.objects.get()
    start = threading.Barrier(4)

    def accept(number):
        try:
            start.wait()
            people.accept_invitation(
                Invitation.objects.get(pk=invitation.pk), password=f"a long password {number}", full_name="Officer"
            )
            return "opened"
        except WrongStatus:
            return "too late"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(accept, range(4)))

    assert answers == ["opened", "too late", "too late", "too late"]
    assert User.objects.filter(email="compliance@payments.example").count() == 1


def test_the_last_person_is_not_ended_by_the_organisation_itself(member, secretariat):
    row = name(member, secretariat)
    account = people.accept_invitation(Invitation.objects.get(), password=PASSWORD, full_name="Officer")

    with pytest.raises(ValidationError, match="Name a successor first"):
        people.end_representative(row, by=account)
    people.end_representative(row, by=secretariat)
    assert account.has_perm("members.change_organisation", member) is False

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

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

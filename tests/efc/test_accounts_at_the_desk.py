"""The Secretariat opens accounts and gives roles by hand, with reason and days; nobody changes their own."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from efc import permissions, roles
from efc.models import AuditEntry, Grant, OutgoingMail, User
from members.services import access
from tests import factories


def form(**values):
    return {"email": "new@efc.example", "full_name": "New officer", "language": "en", "is_active": "on", **values}


@pytest.fixture
def other(db):
    return factories.UserFactory(full_name="Colleague")


def act(account, name):
    return f"/admin/efc/user/{account.pk}/act/{name}/"


def test_a_new_account_sets_its_password_by_the_letter(secretariat_client, client):
    assert secretariat_client.post("/admin/efc/user/add/", form()).status_code == 302
    account = User.objects.get(email="new@efc.example")
    assert account.has_usable_password() is False
    assert account.is_staff is False

    client.logout()
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", OutgoingMail.objects.get().text).group(1)
    page = client.get(link, follow=True)
    new = {"password1": "three quiet lanterns by the sea", "password2": "three quiet lanterns by the sea"}
    client.post(page.request["PATH_INFO"], new)
    assert User.objects.get(pk=account.pk).check_password(new["password1"])


def test_giving_a_role_opens_the_desk_and_tells_the_person(secretariat_client, other, secretariat):
    today = timezone.localdate()
    given = {
        "role": roles.SECRETARIAT,
        "reason": "Decision 2026-3",
        "ends_on": (today + timedelta(days=30)).isoformat(),
    }
    assert secretariat_client.post(act(other, "give_role"), given).status_code == 302

    grant = Grant.objects.get(user=other)
    assert (grant.role, grant.reason, grant.given_by, grant.ends_on) == (
        roles.SECRETARIAT, "Decision 2026-3", secretariat, today + timedelta(days=30),
    )  # fmt: skip
    assert User.objects.get(pk=other.pk).is_staff is True
    letter = OutgoingMail.objects.get(address=other.email)
    assert "Decision 2026-3" in letter.text
    page = secretariat_client.get(f"/admin/efc/user/{other.pk}/change/").content.decode()
    assert "given by Secretariat officer: Decision 2026-3" in page
    assert AuditEntry.objects.filter(verb="efc.grant.give").count() == 1


def test_withdrawing_shuts_the_desk_and_says_why(secretariat_client, other, secretariat):
    grant = access.give_role(other, roles.SAFEGUARDING, by=secretariat, reason="Named by the Steering Group")
    OutgoingMail.objects.all().delete()
    answer = secretariat_client.post(
        act(other, "withdraw_role"), {"grant": grant.pk, "because": "Another officer took over"}
    )

    assert answer.status_code == 302
    assert User.objects.get(pk=other.pk).is_staff is False
    assert permissions.roles_of(other) == set()
    assert "Another officer took over" in OutgoingMail.objects.get().text


def test_what_a_row_gave_stays_withdrawn_until_it_is_brought_back(secretariat_client, other):
    row = factories.RepresentativeFactory(person=factories.PersonFactory(user=other))
    permissions.redraw()
    grant = Grant.objects.get(user=other, role="representative")
    secretariat_client.post(act(other, "withdraw_role"), {"grant": grant.pk, "because": "While we ask"})
    permissions.redraw()
    assert User.objects.get(pk=other.pk).has_perm("members.change_organisation", row.organisation) is False

    assert secretariat_client.post(act(other, "restore_role"), {"grant": grant.pk}).status_code == 302
    assert User.objects.get(pk=other.pk).has_perm("members.change_organisation", row.organisation) is True


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"role": "", "reason": "x"}, "Choose a role"),
        ({"role": roles.SAFEGUARDING, "reason": ""}, "Write the decision or the fact"),
        (
            {"role": roles.SAFEGUARDING, "reason": "x", "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
            "Give a later last day",
        ),
        ({"role": roles.SAFEGUARDING, "reason": "x", "ends_on": "soon"}, "Write the day as year"),
        ({"role": "Emperor", "reason": "x"}, "Emperor"),
    ],
)
def test_what_cannot_be_given_is_said(secretariat_client, other, given, sentence):
    answer = secretariat_client.post(act(other, "give_role"), given)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Grant.objects.filter(user=other).count() == 0


def test_the_same_role_is_not_given_twice(other, secretariat):
    access.give_role(other, roles.SAFEGUARDING, by=secretariat, reason="Named")
    with pytest.raises(ValidationError, match="already"):
        access.give_role(other, roles.SAFEGUARDING, by=secretariat, reason="Named again")


def test_nobody_changes_their_own_account_or_role(secretariat_client, secretariat):
    own = Grant.objects.get(user=secretariat)
    page = secretariat_client.get(f"/admin/efc/user/{secretariat.pk}/change/").content.decode()
    assert "/act/" not in page
    with pytest.raises(ValidationError, match="Ask another officer"):
        access.give_role(secretariat, roles.SAFEGUARDING, by=secretariat, reason="Mine")
    with pytest.raises(ValidationError, match="Ask another officer"):
        access.withdraw_role(own, by=secretariat, because="Mine")

    given = {"role": roles.SAFEGUARDING, "reason": "Mine"}
    assert secretariat_client.post(act(secretariat, "give_role"), given).status_code == 422
    assert secretariat_client.post(f"/admin/efc/user/{secretariat.pk}/change/", form()).status_code == 403
    assert Grant.objects.filter(user=secretariat).count() == 1


def test_others_than_the_secretariat_give_nothing(other, chair, sg_member):
    for user in (chair, sg_member):
        with pytest.raises(PermissionDenied):
            access.give_role(other, roles.SAFEGUARDING, by=user, reason="Because")


def test_a_changed_address_is_told_to_the_former_one(secretariat_client, other):
    former = other.email
    data = form(
        email="Changed@efc.example", full_name="Colleague", **{"grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    )
    answer = secretariat_client.post(f"/admin/efc/user/{other.pk}/change/", data)

    assert answer.status_code == 302, answer.context and answer.context["errors"]
    assert User.objects.get(pk=other.pk).email == "changed@efc.example"
    assert OutgoingMail.objects.get().address == former

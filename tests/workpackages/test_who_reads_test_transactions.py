"""Two named roles read the register of test transactions. For everybody else, a superuser too, nothing of it is there: at no door."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse

from efc import access, roles
from efc.models import Grant
from efc.permissions import grant
from efc.search import search
from members.models import Organisation
from tests.conftest import make_user
from tests.factories import TransactionFactory
from workpackages.models import TestTransaction as Transaction
from workpackages.services import transaction_exports
from workpackages.services import transactions as register
from workpackages.services.awaiting import awaiting

from .conftest import client_of

HOME = "/workspace/test-transactions/"
DOORS = ["", "add/", "figures/", "export/", "{}/", "{}/correct/", "{}/accept/", "{}/evaluate/", "{}/no-such-verb/"]
CANARY = "TT-20"


@pytest.fixture
def row(db):
    return TransactionFactory(provider__name="Quagga Payments", provider__is_public=False)


@pytest.fixture
def superuser(db):
    return make_user("root@efc.example", "Who may do everything", is_staff=True, is_superuser=True)


@pytest.fixture
def given_by_itself(db):
    """Somebody to whom each right on the register was given without a role."""
    user = make_user("given@efc.example", "Who was given every right")
    user.user_permissions.set(Permission.objects.filter(codename__contains="testtransaction"))
    return user


@pytest.fixture
def former(db):
    user = make_user("former@efc.example", "Who held the role", roles.COORDINATOR)
    Grant.objects.filter(user=user).update(ends_on="2020-01-01")
    return user


OTHERS = [
    "superuser", "given_by_itself", "former", "secretariat", "chair", "representative"
]  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_for_everybody_else_nothing_of_it_is_there(who, row, request):
    user = request.getfixturevalue(who)
    client = client_of(user)
    answers = {
        (method, door): getattr(client, method)(HOME + door.format(row.reference)).status_code
        for door in DOORS
        for method in ("get", "post")
    }
    assert set(answers.values()) == {404}
    assert {getattr(client, method)(HOME).status_code for method in ("head", "options", "put", "delete")} == {404}
    missing = client.get(f"{HOME}TT-1999-0001/").content
    assert client.get(row.get_absolute_url()).content == missing.replace(b"TT-1999-0001", row.reference.encode())
    assert list(Transaction.objects.visible_to(user)) == []
    assert HOME not in client.get("/workspace/", follow=True).content.decode()
    assert not [waiting for waiting in awaiting(user) if "transaction" in waiting.url]
    with pytest.raises(PermissionDenied):
        register.accept_request(row, by=user, answered_on=row.requested_on)
    with pytest.raises(PermissionDenied):
        transaction_exports.export_requests(
            Transaction.objects.all(), by=user, file_format="csv", reason=transaction_exports.Reason.AUDIT
        )
    row.refresh_from_db()
    assert row.status == "requested"


def test_the_desk_the_api_and_the_search_do_not_know_it(row, superuser):
    client = client_of(superuser)
    coordinator = make_user("coordinator@police.example", "Coordinator", roles.COORDINATOR)
    register.withdraw_request(row, by=coordinator, closed_on=row.requested_on)
    client_of(coordinator).get(HOME)
    for path in (
        "/admin/",
        "/admin/efc/auditentry/",
        "/admin/efc/auditentry/?q=transaction",
        "/api/v1/",
        "/api/v1/schema/",
    ):
        text = client.get(path).content.decode()
        assert (path, CANARY in text, "testtransaction.withdraw" in text) == (path, False, False)
    # Who read it, and when, everybody sees who reads the log: without a row, a number or a day of the register.
    assert "testtransaction.read" in client.get("/admin/efc/auditentry/").content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("admin:workpackages_testtransaction_changelist")
    for path in ("testtransaction/", "historicaltesttransaction/", "testtransactioncount/"):
        assert client.get(f"/admin/workpackages/{path}").status_code == 404
    assert search(row.reference).total == 0


def test_removing_an_organisation_does_not_show_that_it_stands_there(row, superuser):
    """The page that asks before names what hangs on an organisation; the request stays, its name open."""
    client = client_of(superuser)
    path = reverse("admin:members_organisation_delete", args=[row.provider_id])
    page = client.get(path).content.decode().lower()
    assert ("test transaction" in page, CANARY.lower() in page) == (False, False)
    client.post(path, {"post": "yes"})
    assert not Organisation.objects.filter(name="Quagga Payments").exists()
    row.refresh_from_db()
    assert row.asked == "An organisation that was removed"


@pytest.mark.parametrize("role", [roles.COORDINATOR, roles.EVALUATOR])
def test_each_role_is_given_by_hand_and_reads_it_all(role, row, secretariat):
    user = make_user("named@police.example", "Named person")
    assert role in roles.BY_HAND
    assert role in roles.SECOND_FACTOR
    assert role not in roles.DESK
    grant(user, role, by=secretariat, reason="Decision 2026-4", starts_on=row.requested_on)
    client = client_of(user)
    assert row.reference in client.get(HOME).content.decode()
    assert client.get(row.get_absolute_url()).status_code == 200
    assert HOME in client.get("/workspace/", follow=True).content.decode()
    assert access.who_can_see(row) == [(role, 1)]
    assert access.why(user, row) == [f"{role}: given by Secretariat officer: Decision 2026-4"]
    assert access.why(secretariat, row) == []


def test_no_other_role_holds_a_right_on_it():
    holding = {role for role, perms in roles.ROLES.items() if roles.RESERVED.intersection(perms)}
    assert holding == {roles.COORDINATOR, roles.EVALUATOR}
    assert {*roles.ROLES[roles.COORDINATOR], *roles.ROLES[roles.EVALUATOR]} <= roles.RESERVED


def test_without_the_second_factor_a_holder_is_led_to_setting_it_up(row, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    user = make_user("named@police.example", "Named person", roles.EVALUATOR)
    answer = client_of(user).get(HOME)
    assert (answer.status_code, answer["Location"].startswith(reverse("mfa_index"))) == (302, True)

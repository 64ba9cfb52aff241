"""The two named roles keep the register of test transactions: they enter, move, evaluate, correct, filter and export."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from efc import audit, roles
from efc.models import AuditEntry, Grant
from efc.permissions import grant
from tests.conftest import make_user
from tests.factories import MemberFactory, TransactionFactory
from workpackages.models import TestTransaction as Transaction
from workpackages.services import transactions as register
from workpackages.services.awaiting import awaiting

from .conftest import client_of

HOME = "/workspace/test-transactions/"


@pytest.fixture
def now(db):
    with time_machine.travel("2026-03-17 09:00+00:00", tick=False):
        yield


@pytest.fixture
def coordinator(now):
    return make_user("coordinator@police.example", "Coordinator", roles.COORDINATOR)


@pytest.fixture
def evaluator(now):
    return make_user("evaluator@agency.example", "Evaluator", roles.EVALUATOR)


@pytest.fixture
def police(now):
    return MemberFactory(name="Dutch police", slug="police", sector="law_enforcement")


@pytest.fixture
def bank(now):
    return MemberFactory(name="Example Payments", slug="bank", sector="payment")


@pytest.fixture
def request_of_march(coordinator, police, bank):
    return register.register_request(by=coordinator, authority=police, provider=bank, requested_on=date(2026, 3, 2))


def test_a_request_goes_from_entry_to_the_end(coordinator, evaluator, police, bank):
    keeper, reader = client_of(coordinator), client_of(evaluator)
    given = {"authority": f"member:{police.pk}", "provider": bank.pk, "requested_on": "2026-03-02"}

    answer = keeper.post(f"{HOME}add/", given, follow=True)

    assert "Entered as TT-2026-0001." in answer.content.decode()
    one = f"{HOME}TT-2026-0001/"
    assert keeper.get(f"{one}accept/").status_code == 200
    keeper.post(f"{one}accept/", {"answered_on": "2026-03-05"})
    keeper.post(f"{one}carry_out/", {"carried_out_on": "2026-03-09"})
    figures = {"means_checked": "3", "accounts_referred": "1", "merchants_referred": "0", "hours_spent": "12"}
    evaluated = {"evaluated_on": "2026-03-16", "outcome": "merchant_identified", **figures}
    assert "The evaluator enters the outcome next." in keeper.get(one).content.decode()
    assert "The evaluator enters the outcome next." not in reader.get(one).content.decode()
    assert reader.get(f"{one}evaluate/").status_code == 200
    reader.post(f"{one}evaluate/", evaluated)
    assert "Change the evaluation" in reader.get(one).content.decode()
    keeper.post(f"{one}close/", {"closed_on": "2026-03-17"})

    row = Transaction.objects.get()
    assert (row.status, row.outcome, row.days_to_answer, row.hours_spent) == ("closed", "merchant_identified", 3, 12)
    page = reader.get(one).content.decode()
    assert "Dutch police asked Example Payments." in page
    assert "Merchant was identified" in page
    assert [verb.rpartition(".")[2] for verb in audit.entries_about(row).values_list("verb", flat=True)] == [
        "close", "evaluate", "carry_out", "accept", "register"
    ]  # fmt: skip
    # The history keeps each step with its hand; the audit log keeps nothing of the row.
    steps = Transaction.history.order_by("history_id").values_list("status", "history_user__email")
    assert list(steps) == [
        ("requested", coordinator.email), ("accepted", coordinator.email), ("carried_out", coordinator.email),
        ("evaluated", evaluator.email), ("closed", coordinator.email),
    ]  # fmt: skip
    assert set(audit.entries_about(row).values_list("target_label", flat=True)) == {""}
    assert list(audit.entries_about(row).exclude(data={})) == []


def test_each_role_does_its_own_part(request_of_march, coordinator, evaluator, bank):
    one = f"{HOME}{request_of_march}/"
    reader, keeper = client_of(evaluator), client_of(coordinator)
    for path in (f"{HOME}add/", f"{one}correct/", f"{one}accept/", f"{one}withdraw/"):
        assert (path, reader.get(path).status_code, reader.post(path, {}).status_code) == (path, 404, 404)
    assert keeper.post(f"{one}evaluate/", {}).status_code == 404
    for path in (HOME, one, f"{HOME}figures/", f"{HOME}export/"):
        assert (path, reader.get(path).status_code, keeper.get(path).status_code) == (path, 200, 200)


@pytest.mark.parametrize(
    ("path", "given", "sentence"),
    [
        ("add/", {"requested_on": "2026-03-18"}, "This day lies ahead."),
        ("add/", {"requested_on": "1999-03-18"}, "The coalition was set up in 2009."),
        ("add/", {"requested_on": "soon"}, "Write the day as year, month and day"),
        ("add/", {"requested_on": "2013-08-01"}, "Example Payments was not a member on 1 August 2013."),
        ("add/", {"authority": "country:XX"}, "Choose one from the list."),
        ("add/", {"authority": ""}, "Choose the authority that asks."),
        ("add/", {"provider": "0"}, "Choose one from the list."),
        ("add/", {}, "Is this another one?"),
        ("TT-2026-0001/accept/", {"answered_on": "2026-03-01"}, "Give that day or a later one."),
        ("TT-2026-0001/decline/", {"answered_on": "2026-03-18"}, "This day lies ahead."),
        ("TT-2026-0001/correct/", {"requested_on": "2025-03-02"}, "Give a day of that year."),
    ],
)
def test_what_cannot_be_is_said_and_kept_in_the_form(
    request_of_march, coordinator, police, bank, path, given, sentence
):
    whole = {"authority": f"member:{police.pk}", "provider": bank.pk, "requested_on": "2026-03-03", **given}

    answer = client_of(coordinator).post(HOME + path, whole)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Transaction.objects.get().status == "requested"


def test_a_second_request_of_the_same_day_is_entered_when_it_is_confirmed(request_of_march, coordinator, police, bank):
    given = {"authority": f"member:{police.pk}", "provider": bank.pk, "requested_on": "2026-03-02"}
    keeper = client_of(coordinator)
    assert 'type="checkbox" name="is_another"' in keeper.post(f"{HOME}add/", given).content.decode()
    keeper.post(f"{HOME}add/", {**given, "is_another": "on"})
    keeper.post(f"{HOME}add/", {**given, "authority": "country:IT"})
    assert [(row.reference, row.requested_by) for row in Transaction.objects.order_by("sequence")] == [
        ("TT-2026-0001", "Dutch police"), ("TT-2026-0002", "Dutch police"), ("TT-2026-0003", "Authority (Italy)")
    ]  # fmt: skip


def test_a_figure_that_no_evaluation_has_is_refused(request_of_march, coordinator, evaluator):
    register.accept_request(request_of_march, by=coordinator, answered_on=date(2026, 3, 3))
    register.carry_out_request(request_of_march, by=coordinator, carried_out_on=date(2026, 3, 4))
    given = {"evaluated_on": "2026-03-16", "outcome": "no_result", "accounts_referred": "0", "merchants_referred": "0"}
    for wrong in ("-1", "10001", "2147483648", "many", "1.5"):
        body = {**given, "means_checked": wrong, "hours_spent": "1"}
        answer = client_of(evaluator).post(f"{HOME}{request_of_march}/evaluate/", body)
        assert (wrong, answer.status_code) == (wrong, 422)
        assert "Give a whole number from 0 to 10,000." in answer.content.decode()
    bad_outcome = {**given, "outcome": "not_carried_out", "means_checked": "1", "hours_spent": "1"}
    assert client_of(evaluator).post(f"{HOME}{request_of_march}/evaluate/", bad_outcome).status_code == 422


def test_a_provider_that_has_left_takes_no_step(request_of_march, coordinator, bank):
    bank.memberships.update(ends_on=date(2026, 3, 3))
    answer = client_of(coordinator).post(f"{HOME}{request_of_march}/accept/", {"answered_on": "2026-03-05"})
    assert answer.status_code == 422
    assert "Withdraw the request, or mend the day." in answer.content.decode()
    client_of(coordinator).post(f"{HOME}{request_of_march}/withdraw/", {"closed_on": "2026-03-05"})
    row = Transaction.objects.get()
    assert (row.status, row.outcome, row.closed_on) == ("withdrawn", "not_carried_out", date(2026, 3, 5))


def test_a_step_that_came_too_late_says_how_it_stands(request_of_march, coordinator):
    register.decline_request(request_of_march, by=coordinator, answered_on=date(2026, 3, 3))
    keeper = client_of(coordinator)
    for answer in (
        keeper.get(f"{HOME}{request_of_march}/accept/", follow=True),
        keeper.post(f"{HOME}{request_of_march}/accept/", {"answered_on": "2026-03-04"}, follow=True),
    ):
        assert "is now: Declined" in answer.content.decode()


def test_a_correction_keeps_what_stood_there_before(request_of_march, coordinator, bank):
    keeper, one = client_of(coordinator), f"{HOME}{request_of_march}/"
    assert 'value="2026-03-02"' in keeper.get(f"{one}correct/").content.decode()
    keeper.post(f"{one}correct/", {"authority": "country:IT", "provider": bank.pk, "requested_on": "2026-03-01"})
    page = keeper.get(one).content.decode()
    assert "Authority (Italy) asked Example Payments." in page
    assert "Requested on: 2 March 2026 → 1 March 2026" in page


def test_the_list_is_filtered_and_says_who_reads(request_of_march, coordinator, evaluator, bank):
    reader = client_of(evaluator)
    for query, count in (("status=requested&year=2026", 1), ("status=closed", 0), (f"provider={bank.pk}", 1)):
        answer = reader.get(f"{HOME}?{query}")
        assert (query, answer.status_code, str(answer.context["object_list"]).count("TT-")) == (query, 200, count)
    assert reader.get(f"{HOME}?status=lost&year=1").status_code == 422
    page = reader.get(HOME).content.decode()
    assert "Test-transaction coordinator</b><p>Coordinator" in page
    assert "test purchases" in page
    # Reading is written down once a day for each person.
    client_of(coordinator).get(HOME)
    read = AuditEntry.objects.filter(verb=register.READ)
    assert sorted(read.values_list("actor", "target_type", "data")) == sorted(
        [(coordinator.pseudonym, "", {}), (evaluator.pseudonym, "", {})]
    )


@pytest.mark.parametrize("path", ["", "figures/", "TT-2020-0001/"])
def test_many_requests_ask_the_database_as_often_as_few(path, coordinator, bank):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client_of(coordinator).get(HOME + path).status_code == 200
        return len(queries)

    TransactionFactory(provider=bank, sequence=1)
    client_of(coordinator).get(HOME)  # writes down the day's reading
    few = asked()
    for place in range(12):
        TransactionFactory(sequence=place + 2)
    assert asked() == few


def test_a_vacant_role_is_named_and_a_person_who_holds_both(coordinator):
    assert "Nobody" in client_of(coordinator).get(HOME).content.decode()
    grant(coordinator, roles.EVALUATOR, reason="For the holidays")
    assert "Coordinator holds both roles." in client_of(coordinator).get(HOME).content.decode()


def test_the_register_is_exported_for_a_reason_from_the_list(request_of_march, evaluator):
    reader, path = client_of(evaluator), f"{HOME}export/?year=2026"
    assert reader.post(path, {"file_format": "xlsx"}).status_code == 422
    assert reader.post(path, {"file_format": "xlsx", "reason": "Because"}).status_code == 422
    answer = reader.post(path, {"file_format": "xlsx", "reason": "audit"})
    sheet = load_workbook(BytesIO(answer.content)).active
    header, row = list(sheet.values)
    assert header[:4] == ("Reference", "Requesting authority", "Payment provider", "Status")
    assert row[:5] == ("TT-2026-0001", "Dutch police", "Example Payments", "Requested", "2026-03-02")
    assert "TT-2026-0001,Dutch police" in reader.post(path, {"file_format": "csv", "reason": "audit"}).content.decode()
    entry = AuditEntry.objects.filter(verb="workpackages.testtransaction.export").first()
    assert entry.data == {"format": "csv", "reason": "audit", "filter": "year", "rows": 1}


def test_each_next_step_waits_for_the_role_that_takes_it(request_of_march, coordinator, evaluator, police, secretariat):
    def waits(user):
        user = type(user).objects.get(pk=user.pk)
        return [(one.what, one.until and timezone.localdate(one.until), one.url) for one in awaiting(user)]

    one = f"{HOME}TT-2026-0001/"
    assert waits(coordinator) == [("Enter the provider’s answer to TT-2026-0001", date(2026, 3, 16), one)]
    row = register.accept_request(request_of_march, by=coordinator, answered_on=date(2026, 3, 3))
    assert waits(coordinator) == [("Say whether TT-2026-0001 was carried out", date(2026, 5, 2), one)]
    row = register.carry_out_request(row, by=coordinator, carried_out_on=date(2026, 3, 4))
    assert (waits(coordinator), waits(evaluator)) == (
        [],
        [("Evaluate TT-2026-0001", date(2026, 4, 3), f"{one}evaluate/")],
    )
    figures = {"means_checked": 1, "accounts_referred": 0, "merchants_referred": 0, "hours_spent": 2}
    register.evaluate_request(row, by=evaluator, evaluated_on=date(2026, 3, 5), outcome="no_result", **figures)
    assert (waits(coordinator), waits(evaluator)) == ([("Close TT-2026-0001", None, f"{one}close/")], [])
    assert waits(secretariat) == []
    Grant.objects.filter(user=evaluator).update(ends_on=date(2026, 3, 16))
    assert waits(secretariat) == [("Name somebody: Test-transaction evaluator", None, "/admin/efc/user/")]

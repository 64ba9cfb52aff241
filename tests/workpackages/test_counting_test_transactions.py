"""The register leaves counts: in the progress report, in the promises, and of its rows when their time is over."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from efc import figures, reporting, roles
from efc.models import AuditEntry, Grant, OutgoingMail
from tests.conftest import make_user
from tests.factories import MemberFactory, ProgrammeFactory, TransactionFactory
from workpackages import pdf
from workpackages.models import Promise, TestTransactionCount
from workpackages.models import TestTransaction as Transaction
from workpackages.services import reports, transaction_counts
from workpackages.services import transactions as register
from workpackages.services.transaction_counts import without_small
from workpackages.tasks import tidy_test_transactions

EVALUATED = {"means_checked": 2, "accounts_referred": 1, "merchants_referred": 0, "hours_spent": 4}


@pytest.fixture
def bank(db):
    return MemberFactory(name="Example Payments", slug="bank", sector="payment")


def evaluated(bank, day, outcome, closed_on=None, **fields):
    """Make a request of a day, answered after two days, carried out after five, evaluated after ten."""
    days = {"answered_on": 2, "carried_out_on": 5, "evaluated_on": 10}
    return TransactionFactory(
        provider=bank, requested_on=day, status="closed" if closed_on else "evaluated", outcome=outcome, closed_on=closed_on,
        **{name: day + timedelta(days=n) for name, n in days.items()}, **EVALUATED, **fields,
    )  # fmt: skip


def declined(bank, day, **fields):
    return TransactionFactory(
        provider=bank,
        requested_on=day,
        answered_on=day,
        closed_on=day,
        status="declined",
        outcome="not_carried_out",
        **fields,
    )


@pytest.fixture
def kept(bank):
    """Six that went through and two without result in 2024, five declined in 2025, one open."""
    for place in range(6):
        evaluated(bank, date(2024, 3, 1 + place), "went_through")
    for place in range(2):
        evaluated(bank, date(2024, 12, 20 + 5 * place), "no_result")  # evaluated on 30 December and on 4 January
    for place in range(5):
        declined(bank, date(2025, 6, 1 + place))
    TransactionFactory(provider=bank, requested_on=date(2025, 7, 1))


def plain_sql(starts_on, ends_on):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM workpackages_testtransaction WHERE requested_on BETWEEN %(a)s AND %(b)s),"
            " (SELECT count(*) FROM workpackages_testtransaction WHERE carried_out_on BETWEEN %(a)s AND %(b)s),"
            " (SELECT count(*) FROM workpackages_testtransaction WHERE outcome = 'went_through' AND evaluated_on BETWEEN %(a)s AND %(b)s),"
            " (SELECT count(*) FROM workpackages_testtransaction WHERE outcome = 'no_result' AND evaluated_on BETWEEN %(a)s AND %(b)s),"
            " (SELECT count(*) FROM workpackages_testtransaction WHERE outcome = 'not_carried_out' AND closed_on BETWEEN %(a)s AND %(b)s)",
            {"a": starts_on, "b": ends_on},
        )
        return cursor.fetchone()


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (("2024-01-01", "2024-12-31"), (8, 8, 6, 1, 0)),
        (("2024-03-03", "2025-01-31"), (6, 8, 6, 2, 0)),
        (("2025-01-01", "2025-12-31"), (6, 0, 0, 1, 5)),
    ],
)
def test_the_figures_of_a_period_are_those_of_plain_sql(kept, period, expected):
    days = tuple(map(date.fromisoformat, period))
    found = transaction_counts.between(*days)
    counted = tuple(found[name] for name in ("received", "carried_out", "went_through", "no_result", "not_carried_out"))
    assert counted == plain_sql(*days) == expected


@pytest.mark.parametrize(
    ("outcomes", "declined", "seen"),
    [
        ((12, 7, 0, 0, 0), 6, "12 7 0 0 0 | 19 | 6"),
        ((12, 7, 4, 0, 0), 3, "12 - <5 0 0 | 23 | <5"),  # 23 − 12 − 7 would be 4
        ((40, 4, 4, 0, 0), 0, "- <5 <5 0 0 | 48 | 0"),  # 8 in two such cells can only be 4 and 4
        ((4, 4, 0, 0, 0), 0, "<5 <5 0 0 0 | - | 0"),
        ((2, 0, 0, 0, 0), 0, "<5 0 0 0 0 | <5 | 0"),
    ],
)
def test_what_is_small_is_not_shown_nor_can_it_be_worked_out(outcomes, declined, seen):
    names = ["went_through", "refused", "account_closed", "merchant_identified", "no_result"]
    found = {
        "received": 60,
        "carried_out": sum(outcomes),
        **dict(zip(names, outcomes, strict=True)),
        "not_carried_out": declined,
    }
    shown = without_small(found)
    words = {"little": "<5", "withheld": "-"}
    cells = [words.get(shown[name], shown[name]) for name in (*names, "carried_out", "not_carried_out")]
    assert "{} {} {} {} {} | {} | {}".format(*cells) == seen


def test_a_progress_report_shows_counts_and_hides_small_ones(kept, secretariat):
    programme = ProgrammeFactory(starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31))
    shown = figures.gather(programme, date(2024, 1, 1), date(2024, 12, 31), secretariat)
    outcomes = dict(shown["test_transactions"]["outcomes"])
    assert (shown["test_transactions"]["received"], shown["test_transactions"]["carried_out"]) == (8, 8)
    assert (outcomes["Payment went through"], outcomes["No result"], outcomes["Not carried out"]) == (
        "withheld",
        "little",
        0,
    )
    assert transaction_counts.in_words(shown["test_transactions"])[2:] == [
        ("Payment went through", "not shown"), ("No result", "fewer than 5")
    ]  # fmt: skip
    period = reports.open_report(programme, by=secretariat, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    html = pdf.pdf.render_to_string(
        "workpackages/pdf/progress_report.html", {"period": period, "figures": shown, "texts": {}}
    )
    assert "Requests received" in html
    assert "Example Payments" not in html
    assert "TT-20" not in html


def test_the_promise_is_kept_once_both_roles_are_named(kept):
    programme = ProgrammeFactory(starts_on=date(2024, 1, 1))
    Promise.objects.create(programme=programme, text="A mechanism", planned=1, counter="test_transactions")

    def counted():
        ((_objective, (line,)),) = reporting.promise_matrix(programme)
        return line.count.number, [(one.text, one.url) for one in line.count.evidence]

    make_user("coordinator@police.example", "Coordinator", roles.COORDINATOR)
    assert counted()[0] == 0
    evaluator = make_user("evaluator@agency.example", "Evaluator", roles.EVALUATOR)
    number, evidence = counted()
    assert number == 1
    assert ("Requests received: 14", "") in evidence
    Grant.objects.filter(user=evaluator).update(ends_on=date(2025, 1, 1))
    assert counted()[0] == 0


def test_when_its_time_is_over_a_row_becomes_a_count(bank, django_assert_max_num_queries):
    keeper = make_user("coordinator@police.example", "Coordinator", roles.COORDINATOR)
    make_user("evaluator@agency.example", "Evaluator", roles.EVALUATOR)
    old = evaluated(bank, date(2020, 2, 1), "went_through", closed_on=date(2020, 3, 1), sequence=1)
    declined(bank, date(2020, 2, 20), sequence=2)
    younger = declined(bank, date(2020, 6, 1), sequence=3)
    still_open = TransactionFactory(provider=bank, requested_on=date(2020, 1, 1), sequence=4)
    before = [tally.__dict__ | {"days": []} for tally in transaction_counts.tallies(Transaction.objects.all())[0]]

    with time_machine.travel("2024-03-10 05:20+00:00", tick=False):  # both have been kept four years
        assert tidy_test_transactions() == {"announced": 2, "removed": 0}  # nobody has been told yet
        assert tidy_test_transactions() == {"announced": 0, "removed": 0}
    letters = OutgoingMail.objects.values_list("address", "subject", "text", "about_id")
    assert sorted(letter[0] for letter in letters) == ["coordinator@police.example", "evaluator@agency.example"]
    assert not [letter for letter in letters if "TT-" in letter[1] + letter[2] or "Example" in letter[2] or letter[3]]
    with time_machine.travel("2024-04-08 05:20+00:00", tick=False):
        assert tidy_test_transactions() == {"announced": 0, "removed": 0}
    with time_machine.travel("2024-04-09 05:20+00:00", tick=False):
        assert tidy_test_transactions() == {"announced": 0, "removed": 2}

    assert set(Transaction.objects.values_list("pk", flat=True)) == {younger.pk, still_open.pk}
    assert not Transaction.history.filter(id=old.pk).exists()
    assert AuditEntry.objects.get(verb="workpackages.testtransaction.remove").data == {"removed": 2}
    rows = TestTransactionCount.objects.order_by("outcome").values_list(
        "year", "outcome", "provider_kind", "requests", "answered", "carried_out", "means_checked", "hours_spent"
    )
    assert list(rows) == [
        (2020, "not_carried_out", "company", 1, 1, 0, 0, 0), (2020, "went_through", "company", 1, 1, 1, 2, 4)
    ]  # fmt: skip
    after = [tally.__dict__ | {"days": []} for tally in transaction_counts.tallies(Transaction.objects.all())[0]]
    assert after == before
    assert transaction_counts.between(date(2020, 1, 1), date(2020, 12, 31))["received"] == 4
    # No number comes twice.
    late = register.register_request(by=keeper, authority_country="IT", provider=bank, requested_on=date(2020, 7, 1))
    assert late.reference == "TT-2020-0005"


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_at_once_get_two_numbers(bank):
    """The second waits at the lock until the first has committed; without it both would take the same number."""
    keeper = make_user("coordinator@police.example", "Coordinator", roles.COORDINATOR)
    first_has_a_number, second_began = threading.Event(), threading.Event()
    references = []

    def enter(country):
        row = register.register_request(
            by=keeper, authority_country=country, provider=bank, requested_on=date(2026, 2, 5)
        )
        references.append(row.reference)

    def second():
        first_has_a_number.wait(10)
        second_began.set()
        enter("FR")
        connection.close()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        enter("IT")
        first_has_a_number.set()
        assert second_began.wait(10)
        other.join(0.3)  # it stands at the lock
        assert references == ["TT-2026-0001"]
    other.join(10)
    assert references == ["TT-2026-0001", "TT-2026-0002"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"answered_on": date(2026, 3, 2), "status": "requested"},
        {"status": "accepted"},
        {"status": "accepted", "answered_on": date(2026, 2, 27)},
        {"status": "declined", "answered_on": date(2026, 3, 2), "outcome": "not_carried_out"},
        {"status": "withdrawn", "closed_on": date(2026, 3, 2)},
        {"status": "requested", "outcome": "went_through"},
        {"status": "requested", "means_checked": 3},
    ],
)
def test_the_database_itself_keeps_rows_whole(bank, wrong):
    with pytest.raises(IntegrityError):
        TransactionFactory(provider=bank, requested_on=date(2026, 3, 1), **wrong)

"""The overview's figures are those of the records, on any day; plain SQL says the same."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection

from efc import figures
from tests.factories import DeliverableFactory, ExtensionFactory
from tests.workpackages.conftest import client_of
from workpackages.models import Deliverable, Outlook
from workpackages.services import reports
from workpackages.services.overview import overview

COUNTS = """
    SELECT count(*), count(*) FILTER (WHERE handed_in), count(*) FILTER (WHERE NOT handed_in AND due < %(day)s) FROM (
        SELECT status IN ('submitted', 'accepted') AND delivered_on <= %(day)s AS handed_in, coalesce((
            SELECT due_before_on FROM workpackages_extension e
            WHERE e.deliverable_id = d.id AND status = 'granted' AND (decided_at AT TIME ZONE 'Europe/Brussels')::date > %(day)s
            ORDER BY decided_at LIMIT 1
        ), due_on) AS due
        FROM workpackages_deliverable d JOIN workpackages_workpackage w ON w.id = d.work_package_id
        WHERE w.programme_id = %(programme)s
    ) AS row
"""
SENTENCES = {
    date(2026, 1, 31): "<b>0 of 5</b> deliverables are delivered.",
    date(2026, 3, 17): "<b>1 of 5</b> deliverables are delivered and <b>two are late</b>.",
    date(2026, 12, 31): "<b>1 of 5</b> deliverables are delivered and <b>three are late</b>.",
}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 1, 31), (5, 0, 0)), (date(2026, 3, 17), (5, 1, 2)), (date(2026, 12, 31), (5, 1, 3))],
)
def test_overview_page_report_and_records_give_the_same_figures(plan, sg_member, secretariat, day, expected):
    """On 10 April the end of D4.4 moved from February to June: on 17 March it was late, whatever was decided afterwards."""
    DeliverableFactory(
        work_package=plan.training,
        number=2,
        baseline_month=2,
        status=Deliverable.Status.SUBMITTED,
        delivered_on=date(2026, 2, 20),
    )
    DeliverableFactory(work_package=plan.training, number=3, baseline_month=12)
    moved = DeliverableFactory(work_package=plan.training, number=4, baseline_month=2, due_on=date(2026, 6, 30))
    april = datetime(2026, 4, 10, 10, tzinfo=UTC)
    ExtensionFactory(
        deliverable=moved, status="granted", due_before_on=date(2026, 2, 28), proposed_on=moved.due_on, decided_at=april
    )
    for row in (plan.book, plan.mechanism):
        ExtensionFactory(deliverable=row)

    stands = overview(plan.programme, sg_member, day)
    assert (stands.total, stands.delivered, stands.late) == expected

    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"day": day, "programme": plan.programme.pk})
        assert cursor.fetchone() == expected

    with time_machine.travel(datetime.combine(day, time(11), UTC), tick=False):
        page = client_of(sg_member).get("/workspace/sg/").content.decode()
    lead = " ".join(page.partition("<h1>")[2].partition("</div>")[0].split())
    assert SENTENCES[day] in lead
    assert f"{expected[1]} handed in, " in page

    with time_machine.travel(datetime.combine(day + timedelta(days=1), time(11), UTC), tick=False):
        period = reports.open_report(plan.programme, by=secretariat, starts_on=date(2026, 1, 1), ends_on=day)
        gathered = figures.gather(plan.programme, period.starts_on, day, secretariat)
        reports.freeze_report(period, gathered, by=secretariat)
    frozen = type(period).objects.get(pk=period.pk).figures
    assert tuple(frozen["summary"][name] for name in ("total", "delivered", "late")) == expected
    states = [row["state"] for row in frozen["deliverables"]]
    assert (len(states), states.count("delivered"), states.count("late")) == expected


def test_the_gravest_open_deliverable_is_the_state_of_its_work_package(plan, sg_member):
    DeliverableFactory(work_package=plan.training, number=2, baseline_month=11, outlook=Outlook.AT_RISK)
    stands = overview(plan.programme, sg_member, date(2026, 3, 17))
    assert [(str(one.package), one.state, one.delivered, len(one.rows)) for one in stands.packages] == [
        ("WP1 Operations", "late", 0, 1),
        ("WP4 Training", "at_risk", 0, 2),
    ]
    assert [row.code for row in stands.due_soon] == ["D1.1", "D4.1"]
    assert (stands.month, stands.programme.last_month) == (3, 12)


def test_a_work_package_with_something_delivered_has_started(plan, sg_member):
    DeliverableFactory(work_package=plan.training, number=2, baseline_month=2, status="submitted", delivered_on=date(2026, 2, 20))  # fmt: skip
    assert [
        [one.state for one in overview(plan.programme, sg_member, day).packages]
        for day in (date(2026, 1, 15), date(2026, 2, 20), date(2026, 5, 1))
    ] == [["not_started", "not_started"], ["late", "on_track"], ["late", "late"]]


def test_a_lead_counts_what_they_may_see(plan):
    stands = overview(plan.programme, plan.trainer, date(2026, 3, 17))
    assert (stands.total, stands.late) == (1, 0)


def test_months_run_from_the_day_of_the_start():
    from workpackages.models import Programme

    project = Programme(starts_on=date(2012, 11, 26), ends_on=date(2015, 11, 25))
    assert project.last_month == 36
    assert project.month_of(date(2015, 3, 17)) == 28
    assert project.month_of(date(2012, 12, 25)) == 1
    assert project.month_of(date(2012, 12, 26)) == 2
    assert project.end_of_month(36) == date(2015, 11, 25)


def test_the_overview_shows_what_was_planned_and_what_was_done(plan, client, sg_member):
    client.force_login(sg_member, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/workspace/sg/").content.decode()
    assert "<b>0 of 2</b> deliverables are delivered and <b>one is late</b>." in " ".join(page.split())
    assert "Deliverables by 17 March 2026: 0 handed in, 1 planned. The plan rises to 2." in page
    assert "/workspace/programmes/2026/wp/4/deliverables/1/" in page


@pytest.mark.parametrize("count", [1, 100])
def test_the_overview_costs_three_queries(plan, sg_member, count, django_assert_num_queries):
    DeliverableFactory.create_batch(count, work_package=plan.training)
    sg_member.has_perm("workpackages.view_deliverable")
    with django_assert_num_queries(3):
        assert overview(plan.programme, sg_member).total == count + 2

"""The Secretariat enters what was promised; the days follow from the month."""

from datetime import date

from tests.workpackages.conftest import client_of
from workpackages.models import Deliverable

ADD = "/admin/workpackages/deliverable/add/"


def form(plan, **values):
    data = {
        "work_package": plan.training.pk,
        "number": 2,
        "title": "Feedback session",
        "dissemination": "CO",
        "baseline_month": 6,
    }
    for inline in ("updates", "extensions", "files", "comments"):
        data |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    return data | values


def test_the_due_day_follows_from_the_promised_month(plan, secretariat):
    answer = client_of(secretariat).post(ADD, form(plan))
    assert answer.status_code == 302
    row = Deliverable.objects.get(title="Feedback session")
    assert (row.code, row.due_on, row.status) == ("D4.2", date(2026, 6, 30), "pending")


def test_a_month_beyond_the_programme_is_explained(plan, secretariat):
    answer = client_of(secretariat).post(ADD, form(plan, baseline_month=13))
    assert "The programme has 12 months. Give a month up to that." in answer.content.decode()
    assert not Deliverable.objects.filter(title="Feedback session").exists()


def test_a_number_is_used_once(plan, secretariat):
    answer = client_of(secretariat).post(ADD, form(plan, number=1))
    assert "already has a deliverable of that number" in answer.content.decode()


def test_the_baseline_is_not_offered_for_change(plan, secretariat):
    client = client_of(secretariat)
    address = f"/admin/workpackages/deliverable/{plan.book.pk}/change/"
    assert 'name="baseline_month"' not in client.get(address).content.decode()
    client.post(address, form(plan, title="Training handbook", baseline_month=9))
    plan.book.refresh_from_db()
    assert (plan.book.title, plan.book.baseline_month) == ("Training handbook", 4)

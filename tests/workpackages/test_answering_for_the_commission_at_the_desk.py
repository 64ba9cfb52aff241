"""The Secretariat records the Commission's answers at the desk, one or many, and reminds the leads of many deliverables at once."""

import re

import pytest

from efc.models import OutgoingMail
from tests.factories import DeliverableFactory
from tests.workpackages.conftest import client_of, pdf
from workpackages.services import deliverables

LIST = "/admin/workpackages/deliverable/"


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


def hand_in(deliverable, by):
    deliverables.add_file(deliverable, pdf(), by=by)
    deliverables.submit_deliverable(deliverable, by=by)


def bulk(officer, action, *records, **answers):
    data = {"action": action, "_selected_action": [record.pk for record in records], **answers}
    return officer.post(LIST, data, follow=True)


def letters():
    return sorted(OutgoingMail.objects.filter(template="workpackages/update_due").values_list("address", flat=True))


def test_the_leads_of_many_are_reminded_with_one_letter_each(plan, officer):
    second = DeliverableFactory(work_package=plan.training, number=2, title="Feedback session", baseline_month=6)
    hand_in(plan.mechanism, plan.operator)
    seen = bulk(officer, "remind", plan.book, second, plan.mechanism).content.decode()
    assert "This mails 2 people." in seen
    assert "This mails trainer@member.example, second-trainer@member.example." in seen
    assert "<b>D1.1 Support mechanism</b>: It is handed in." in seen
    assert letters() == []
    done = bulk(officer, "remind", plan.book, second, confirm="yes").content.decode()
    assert "2 letters are on their way." in done
    assert letters() == ["second-trainer@member.example", "trainer@member.example"]
    letter = OutgoingMail.objects.filter(template="workpackages/update_due").first()
    assert re.search(r"D4\.1 Training book[\s\S]*D4\.2 Feedback session", letter.text)
    again = bulk(officer, "remind", plan.book, confirm="yes").content.decode()
    assert "Its leads were written to today already. Wait until tomorrow." in again
    assert len(letters()) == 2


def test_many_answers_are_recorded_with_their_day(plan, officer):
    hand_in(plan.book, plan.trainer)
    seen = bulk(officer, "accept", plan.book, plan.mechanism).content.decode()
    assert "This records that the Commission accepted 1 deliverable." in seen
    assert "Handed in on 17 March 2026. This mails trainer@member.example, second-trainer@member.example." in seen
    assert "<b>D1.1 Support mechanism</b>: It is now: Pending." in seen
    early = bulk(officer, "accept", plan.book, confirm="yes", accepted_on="2026-03-01").content.decode()
    assert "was left as it is: It was handed in on 2026-03-17. Give that day or a later one." in early
    bulk(officer, "accept", plan.book, confirm="yes", accepted_on="2026-03-17")
    plan.book.refresh_from_db()
    assert (plan.book.status, str(plan.book.accepted_on)) == ("accepted", "2026-03-17")


def test_one_answer_is_recorded_on_its_page_and_taken_back(plan, officer):
    hand_in(plan.book, plan.trainer)
    page = officer.get(f"{LIST}{plan.book.pk}/change/").content.decode()
    act = f"{LIST}{plan.book.pk}/act/reject/"
    assert act in page
    bare = officer.post(act, {"reason": ""})
    assert bare.status_code == 422
    officer.post(act, {"reason": "The annex is missing."})
    plan.book.refresh_from_db()
    assert (plan.book.status, plan.book.rejected_because) == ("rejected", "The annex is missing.")
    assert f"{LIST}{plan.book.pk}/act/" not in officer.get(f"{LIST}{plan.book.pk}/change/").content.decode()
    hand_in(plan.mechanism, plan.operator)
    officer.post(f"{LIST}{plan.mechanism.pk}/act/accept/", {"accepted_on": ""})
    officer.post(f"{LIST}{plan.mechanism.pk}/move/reopen/")
    plan.mechanism.refresh_from_db()
    assert (plan.mechanism.status, plan.mechanism.accepted_on) == ("draft", None)


@pytest.mark.parametrize(
    ("query", "codes"),
    [("state=late", ["D1.1"]), ("state=delivered", ["D4.1"]), ("waits=answer", ["D4.1"]), ("waits=decision", ["D1.1"]), ("state=nonsense", ["D1.1", "D4.1"])],
)  # fmt: skip
def test_the_list_is_narrowed_as_the_dates_say(plan, officer, query, codes):
    hand_in(plan.book, plan.trainer)
    deliverables.request_extension(plan.mechanism, by=plan.operator, cause="In May.", proposed_on=plan.book.due_on)
    listed = officer.get(f"{LIST}?{query}")
    assert [row.code for row in listed.context["cl"].result_list] == codes

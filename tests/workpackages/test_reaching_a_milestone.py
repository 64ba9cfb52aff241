"""A lead plans milestones, moves their day with a reason, and shows by evidence that they are reached."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from tests.factories import DecisionFactory, DeliverableFactory, MilestoneEvidenceFactory, MilestoneFactory
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import Milestone, MilestoneEvidence
from workpackages.services.awaiting import awaiting

AREA = "/workspace/programmes/2026/wp/4/"
ONE = AREA + "milestones/1/"
QUERIES = 10


@pytest.fixture
def milestone(plan):
    return MilestoneFactory(work_package=plan.training, number=1, title="Programme agreed", baseline_month=3)


@pytest.fixture
def trainer(plan):
    return client_of(plan.trainer)


def test_a_lead_adds_one_and_it_is_due_at_the_end_of_its_month(plan, trainer):
    said = {"title": "Programme agreed", "verification": "It is among the documents.", "baseline_month": 2}
    late = trainer.post(AREA + "milestones/add/", {**said, "baseline_month": 13})
    assert late.status_code == 422
    assert "The programme has 12 months. Give a month up to that." in late.content.decode()
    assert trainer.post(AREA + "milestones/add/", said)["Location"] == ONE
    row = Milestone.objects.get()
    assert (row.code, row.due_on, row.state()) == ("MS4.1", date(2026, 2, 28), "late")
    assert [row.state(day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == ["planned", "late"]
    assert [(one.what, one.until.date()) for one in awaiting(plan.trainer)] == [
        ("Reach MS4.1 Programme agreed, or move its day", date(2026, 2, 28))
    ]
    area = client_of(plan.trainer).get("/workspace/wp/4/").content.decode()
    assert "It is among the documents." in area


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Give the evidence first: a sentence with a deliverable, a decision or a file."),
        ({"sentence": "All agreed."}, "the sentence alone shows nothing."),
        ({"reached_on": "2026-03-18"}, "The day lies in the future."),
        ({"reached_on": "2025-12-31"}, "The programme begins on 1 January 2026."),
        ({"reached_on": "soon"}, "Write the day as year, month and day"),
        ({"sentence": "All agreed.", "deliverable": "0"}, "Choose one from the list."),
    ],
)
def test_without_evidence_it_is_not_reached(milestone, trainer, said, sentence):
    answer = trainer.post(ONE + "reach/", {"reached_on": "2026-03-16", **said})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    milestone.refresh_from_db()
    assert (milestone.status, milestone.reached_on, milestone.evidence.count()) == ("planned", None, 0)


def test_a_deliverable_shows_that_it_is_reached(plan, milestone, trainer):
    foreign = DeliverableFactory(title="Of another programme")
    said = {"reached_on": "2026-03-16", "sentence": "The book holds it as chapter one."}
    assert trainer.post(ONE + "reach/", {**said, "deliverable": foreign.pk}).status_code == 422
    trainer.post(ONE + "reach/", {**said, "deliverable": plan.book.pk})
    milestone.refresh_from_db()
    assert (milestone.status, milestone.reached_on) == ("reached", date(2026, 3, 16))
    assert [milestone.state(date(2026, 3, day)) for day in (15, 16)] == ["planned", "reached"]
    page = trainer.get(ONE).content.decode()
    assert "The book holds it as chapter one." in page
    assert f'href="{plan.book.get_absolute_url()}"' in page
    assert awaiting(plan.trainer) == []


def test_a_file_shows_it_too_and_whoever_reads_the_milestone_reads_it(milestone, trainer, sg_member, plan):
    said = {"sentence": "The programme as agreed.", "upload": pdf("programme.pdf")}
    trainer.post(ONE + "evidence/", said)
    trainer.post(ONE + "reach/", {"reached_on": "2026-03-16"})
    row = MilestoneEvidence.objects.get()
    milestone.refresh_from_db()
    assert (milestone.status, row.name, len(row.sha256)) == ("reached", "programme.pdf", 64)
    file = f"{ONE}evidence/{row.pk}/"
    assert b"".join(client_of(sg_member).get(file).streaming_content)[:5] == b"%PDF-"
    assert client_of(plan.operator).get(file).status_code == 404


def test_a_decision_shows_it_to_who_may_read_the_register(milestone, secretariat, plan):
    decision = DecisionFactory(title="Programme of the course")
    client_of(secretariat).post(
        ONE + "reach/", {"reached_on": "2026-03-16", "sentence": "Decided.", "decision": decision.pk}
    )
    assert "Programme of the course" in client_of(secretariat).get(ONE).content.decode()
    page = client_of(plan.trainer).get(ONE).content.decode()
    assert f"Decision {decision.number}" in page
    assert "Programme of the course" not in page


def test_its_day_moves_with_a_reason_and_the_baseline_stands(milestone, trainer):
    address = ONE + "reschedule/"
    for said, sentence in (
        ({"due_on": "2026-04-30"}, "Give the reason"),
        ({"due_on": "2026-03-31", "reason": "Late."}, "It is due on that day already."),
        ({"due_on": "2026-03-01", "reason": "Late."}, "The day is over."),
    ):
        answer = trainer.post(address, said)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    trainer.post(address, {"due_on": "2026-04-30", "reason": "The room is free in April only."})
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.baseline_month, milestone.is_moved) == (date(2026, 4, 30), 3, True)
    moved = milestone.reschedulings.get()
    assert (moved.due_before_on, moved.due_on, moved.reason) == (
        date(2026, 3, 31), date(2026, 4, 30), "The room is free in April only."
    )  # fmt: skip
    assert "promised M3" in trainer.get("/workspace/wp/4/").content.decode()


def test_the_database_refuses_what_no_code_may_do(milestone):
    rows = Milestone.objects.filter(pk=milestone.pk)
    with pytest.raises(DatabaseError, match="was promised and stands"), transaction.atomic():
        rows.update(baseline_month=5)
    with pytest.raises(DatabaseError, match="has no evidence"), transaction.atomic():
        rows.update(status="reached", reached_on=date(2026, 3, 16))
    MilestoneEvidenceFactory(milestone=milestone)
    assert rows.update(status="reached", reached_on=date(2026, 3, 16)) == 1


def test_only_who_may_accept_opens_it_again(milestone, trainer, secretariat):
    MilestoneEvidenceFactory(milestone=milestone)
    trainer.post(ONE + "reach/", {"reached_on": "2026-03-16"})
    assert trainer.post(ONE + "reopen/").status_code == 403
    client_of(secretariat).post(ONE + "reopen/")
    milestone.refresh_from_db()
    assert (milestone.status, milestone.reached_on, milestone.evidence.count()) == ("planned", None, 1)


def test_who_reads_and_who_writes(milestone, plan, sg_member, observer, advisory_member, representative):
    pages = (ONE, "/workspace/programmes/2026/milestones/", ONE + "reach/", AREA + "milestones/add/")
    statuses = {
        who: [client_of(user).get(page).status_code for page in pages]
        for who, user in {
            "trainer": plan.trainer, "operator": plan.operator, "seat": sg_member, "observer": observer, "advisor": advisory_member,
            "representative": representative,
        }.items()
    }  # fmt: skip
    assert statuses == {
        "trainer": [200, 200, 200, 200], "operator": [404, 404, 404, 404], "seat": [200, 200, 404, 404],
        "observer": [200, 200, 404, 404], "advisor": [200, 200, 404, 404], "representative": [404, 404, 404, 404],
    }  # fmt: skip


def test_the_secretariat_keeps_them_at_the_desk(plan, milestone, secretariat):
    desk, add = client_of(secretariat), "/admin/workpackages/milestone/add/"
    data = {"work_package": plan.training.pk, "number": 2, "title": "Course held", "verification": "List of participants.", "baseline_month": 6}  # fmt: skip
    for inline in ("evidence", "reschedulings"):
        data |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    desk.post(add, data)
    row = Milestone.objects.get(number=2)
    assert (row.due_on, row.status) == (date(2026, 6, 30), "planned")
    act = f"/admin/workpackages/milestone/{row.pk}/act/reach/"
    assert desk.post(act, {"reached_on": "2026-03-16"}).status_code == 422
    desk.post(act, {"reached_on": "2026-03-16", "sentence": "Held.", "deliverable": plan.book.pk})
    desk.post(f"/admin/workpackages/milestone/{row.pk}/move/reopen/")
    row.refresh_from_db()
    assert row.status == "planned"
    assert "Reached → Planned" in desk.get(f"/admin/workpackages/milestone/{row.pk}/history/").content.decode()


@pytest.mark.parametrize("count", [1, 60])
def test_the_list_costs_the_same_for_few_and_many(plan, sg_member, count, django_assert_num_queries):
    MilestoneFactory.create_batch(count, work_package=plan.training)
    client = client_of(sg_member)
    client.get("/workspace/programmes/2026/milestones/")
    with django_assert_num_queries(QUERIES):
        client.get("/workspace/programmes/2026/milestones/")

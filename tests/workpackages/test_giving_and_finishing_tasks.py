"""Leads give tasks; whoever has one is told, finds it in the own list and finishes it."""

from datetime import date

import pytest

from efc.models import AuditEntry, OutgoingMail
from efc.permissions import redraw
from efc.workspace import awaiting
from tests.conftest import make_user
from tests.factories import ContributorFactory, PersonFactory, RepresentativeFactory
from tests.workpackages.conftest import client_of
from workpackages.models import Task
from workpackages.services import tasks

TASKS = "/workspace/programmes/2026/wp/4/tasks/"


@pytest.fixture
def helper(plan):
    """Somebody who acts for an organisation that takes part in WP4, and reads French."""
    user = make_user("helper@bank.example", "Helper", language="fr")
    person = PersonFactory(name="Helper", email=user.email, user=user)
    ContributorFactory(work_package=plan.training, organisation=RepresentativeFactory(person=person).organisation)
    redraw()
    return user


def given(plan, to, **fields):
    return tasks.add_task(
        plan.training, by=plan.trainer, assignee=to and to.person, **{"title": "Book the room", **fields}
    )


def test_a_task_goes_to_somebody_else_who_is_told_and_finishes_it(plan, helper):
    page = client_of(plan.trainer).post(
        TASKS,
        {"title": "Book the room", "assignee": helper.person.pk, "due_on": "2026-03-20", "deliverable": plan.book.pk, "note": "For thirty."},
    )  # fmt: skip

    assert (page.status_code, page["Location"]) == (302, TASKS)
    task = Task.objects.get()
    assert (task.assignee, task.due_on, task.deliverable, task.added_by) == (
        helper.person, date(2026, 3, 20), plan.book, plan.trainer,
    )  # fmt: skip
    letter = OutgoingMail.objects.get(template="workpackages/task_given")
    assert (letter.address, letter.language) == ("helper@bank.example", "fr")
    assert "Book the room" in letter.subject
    assert "For thirty." in letter.text

    client = client_of(helper)
    assert [(line.what, line.url, line.until.date()) for line in awaiting(helper)] == [
        ("Book the room", f"{TASKS}{task.pk}/", date(2026, 3, 20))
    ]
    assert "Book the room" in client.get("/workspace/tasks/").content.decode()
    assert "Book the room" in client.get("/workspace/wp/4/").content.decode()
    assert client.post(f"{TASKS}{task.pk}/finish/", {"back": "inbox"})["Location"] == "/workspace/tasks/"

    task.refresh_from_db()
    assert (task.status, task.done_by) == ("done", helper)
    assert awaiting(helper) == []
    assert list(AuditEntry.objects.filter(target_type="workpackages.task").order_by("pk").values_list("verb", flat=True)) == [
        "workpackages.task.add", "workpackages.task.finish",
    ]  # fmt: skip
    again = client.post(f"{TASKS}{task.pk}/finish/", follow=True)
    assert "Somebody may have been faster" in again.content.decode()


def test_ones_own_task_brings_no_letter(plan):
    given(plan, plan.trainer)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": " "}, "Say in a few words what is to do."),
        ({"due_on": "2026-03-16"}, "The day lies in the past. Give today or a later day."),
        ({"due_on": "Friday"}, "Write the day as year, month and day, for example 2015-04-30."),
        ({"assignee": "operator"}, "Choose one from the list."),
        ({"deliverable": "mechanism"}, "Choose one from the list."),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_is_lost(plan, fields, sentence):
    keys = {"operator": plan.operator.person.pk, "mechanism": plan.mechanism.pk}
    sent = {
        "title": "Book the room",
        "note": "For thirty.",
        **{name: keys.get(text, text) for name, text in fields.items()},
    }
    answer = client_of(plan.trainer).post(TASKS, sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "For thirty." in answer.content.decode()
    assert not Task.objects.exists()


def test_who_has_a_task_finishes_it_and_only_leads_change_it(plan, helper, sg_member):
    task = given(plan, plan.second_trainer)
    one = f"{TASKS}{task.pk}/"
    answers = {
        name: [
            client.get(one).status_code, client.post(one, {"title": "Mine"}).status_code,
            client.post(one + "finish/").status_code, client.post(one + "drop/").status_code,
            client.post(TASKS, {"title": "Mine"}).status_code,
        ]
        for name, client in [
            ("of the team", client_of(helper)), ("Steering Group", client_of(sg_member)), ("another lead", client_of(plan.operator)),
        ]
    }  # fmt: skip
    assert answers == {
        "of the team": [200, 404, 403, 403, 404],
        "Steering Group": [200, 404, 403, 403, 404],
        "another lead": [404, 404, 404, 404, 404],
    }
    client = client_of(plan.trainer)
    client.post(one, {"title": "Book two rooms", "assignee": helper.person.pk})
    task.refresh_from_db()
    assert (task.title, task.assignee) == ("Book two rooms", helper.person)
    assert OutgoingMail.objects.filter(address="helper@bank.example").count() == 1
    client.post(one + "drop/")
    task.refresh_from_db()
    assert task.status == "dropped"
    assert client.post(one, {"title": "Too late"}, follow=True).status_code == 200
    client.post(one + "reopen/")
    task.refresh_from_db()
    assert (task.status, task.title) == ("open", "Book two rooms")


def test_who_left_keeps_the_history_and_the_task_asks_for_somebody_else(plan, helper):
    task = given(plan, helper)
    helper.person.represents.update(ends_on=date(2026, 3, 16))
    redraw()

    page = client_of(plan.trainer).get("/workspace/wp/4/").content.decode()
    assert "No longer takes part" in page
    assert "Give it to somebody else" in page
    assert "Choose somebody else below." in client_of(plan.trainer).get(f"{TASKS}{task.pk}/").content.decode()
    assert awaiting(helper) == []
    assert client_of(helper).get(f"{TASKS}{task.pk}/").status_code == 404


def test_tasks_stand_by_date_and_cost_the_same_for_many(plan, django_assert_num_queries):
    for day in (None, date(2026, 5, 1), date(2026, 4, 1)):
        given(plan, plan.trainer, title=str(day), due_on=day)
    assert [line.what for line in awaiting(plan.trainer) if "/tasks/" in line.url] == [
        "2026-04-01",
        "2026-05-01",
        "None",
    ]
    client = client_of(plan.trainer)
    for number in (3, 60):
        Task.objects.bulk_create(
            Task(work_package=plan.training, title=f"Task {n}", assignee=plan.trainer.person, deliverable=plan.book)
            for n in range(number)
        )
        client.get(TASKS)
        with django_assert_num_queries(20):
            client.get(TASKS)

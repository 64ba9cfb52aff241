"""Programs give and finish tasks, and read, download and keep documents, by the rules of the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from efc.permissions import redraw
from tests.conftest import make_user
from tests.factories import ContributorFactory, PersonFactory, RepresentativeFactory
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import Document, Task
from workpackages.services import documents, tasks

TASKS, DOCUMENTS = "/api/v1/tasks/", "/api/v1/documents/"


@pytest.fixture
def helper(plan):
    user = make_user("helper@bank.example", "Helper")
    row = RepresentativeFactory(person=PersonFactory(name="Helper", email=user.email, user=user))
    ContributorFactory(work_package=plan.training, organisation=row.organisation)
    redraw()
    return user


@pytest.fixture
def paper(plan):
    return documents.add_document(plan.training, by=plan.trainer, file=pdf("paper.pdf"), title="Paper", kind="paper")


def send(client, address, **body):
    return client.post(address, body, content_type="application/json")


def test_a_task_is_given_listed_finished_and_once_only(plan, helper):
    lead, other = client_of(plan.trainer), client_of(plan.operator)
    answer = send(
        lead, TASKS, package=plan.training.pk, title="Book the room", assignee=helper.person.pk, due_on="2026-03-20"
    )
    assert answer.status_code == 201
    task = answer.json()
    assert (task["work_package"], task["assignee_name"], task["takes_part"], task["status"]) == (
        4,
        "Helper",
        True,
        "open",
    )
    tasks.add_task(plan.training, by=plan.trainer, title="Mine", assignee=plan.trainer.person)

    assert [row["title"] for row in client_of(helper).get(TASKS, {"mine": "true"}).json()["results"]] == [
        "Book the room"
    ]
    assert other.get(TASKS).json()["count"] == 0
    one = f"{TASKS}{task['id']}/"
    assert [client.post(one + "finish/").status_code for client in (Client(), other, client_of(helper), lead)] == [
        401,
        404,
        200,
        409,
    ]
    assert send(lead, one + "assign/", assignee=None).status_code == 409
    assert send(other, TASKS, package=plan.training.pk, title="Mine").status_code == 403
    assert send(
        lead, TASKS, package=plan.training.pk, title="For a stranger", assignee=plan.operator.person.pk
    ).json() == {"assignee": ["This person does not take part in the work package today. Choose one from the list."]}
    assert Task.objects.count() == 2


def test_a_document_is_added_read_by_its_level_downloaded_and_withdrawn(plan, helper):
    lead, member = client_of(plan.trainer), client_of(plan.operator)
    sent = {"package": plan.training.pk, "title": "Minutes", "kind": "minutes", "file": pdf("minutes.pdf")}
    answer = lead.post(DOCUMENTS, sent)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["access"], answer.json()["latest"]["name"]) == ("team", "minutes.pdf")
    one = f"{DOCUMENTS}{answer.json()['id']}/"
    assert [client.get(one).status_code for client in (Client(), member, client_of(helper))] == [401, 404, 200]

    assert send(lead, one + "change/", access="members").json()["access"] == "members"
    assert lead.post(one + "versions/", {"file": pdf("minutes-2.pdf"), "note": "Mended."}).status_code == 201
    assert member.get(one + "file/")["Content-Disposition"] == "attachment; filename*=UTF-8''minutes-2.pdf"
    found = {
        name: [client.get(f"{one}versions/{n}/").status_code for n in (1, 2)]
        for name, client in (("member", member), ("team", client_of(helper)))
    }
    assert found == {"member": [404, 200], "team": [200, 200]}
    assert [row["version"] for row in member.get(one + "versions/").json()["results"]] == [2]

    assert [
        send(client, one + "withdraw/", reason="Wrong.").status_code
        for client in (member, client_of(helper), lead, lead)
    ] == [403, 403, 200, 409]
    assert member.get(one).status_code == 404
    assert lead.post(one + "versions/", {"file": pdf()}).status_code == 409
    assert Document.objects.get().versions.count() == 2


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": ""}, "title"), ({"kind": "song"}, "kind"), ({"package": "x"}, "package"), ({"access": "world"}, "access"),
        ({"file": SimpleUploadedFile("tool.exe", b"MZ")}, "detail"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_refused_at_its_field(plan, fields, key):
    sent = {"package": plan.training.pk, "title": "Minutes", "kind": "minutes", "file": pdf(), **fields}
    answer = client_of(plan.trainer).post(DOCUMENTS, sent)
    assert answer.status_code == 400
    assert list(answer.json()) == [key]
    assert not Document.objects.exists()


def test_the_desk_gives_tasks_and_keeps_documents_by_the_same_verbs(plan, helper, paper, secretariat):
    desk = client_of(secretariat)
    task = {
        "package": plan.training.pk,
        "title": "Book the room",
        "assignee": helper.person.pk,
        "due_on": "",
        "note": "",
    }
    assert desk.post("/admin/workpackages/task/add/", task).status_code == 302
    row = Task.objects.get()
    assert "Book the room" in desk.get("/admin/workpackages/task/").content.decode()
    desk.post(f"/admin/workpackages/task/{row.pk}/move/finish/")
    row.refresh_from_db()
    assert (row.status, row.done_by) == ("done", secretariat)
    wrong = desk.post("/admin/workpackages/task/add/", {**task, "assignee": plan.operator.person.pk})
    assert (wrong.status_code, "does not take part" in wrong.content.decode()) == (422, True)

    at = f"/admin/workpackages/document/{paper.pk}/"
    assert "paper.pdf" in desk.get(at + "change/").content.decode()
    assert desk.post(at + "act/version/", {"file": pdf("paper-2.pdf"), "note": ""}).status_code == 302
    assert desk.post(at + "act/withdraw/", {"reason": "A figure was wrong."}).status_code == 302
    paper.refresh_from_db()
    assert (paper.status, paper.withdrawn_because, paper.versions.count()) == ("withdrawn", "A figure was wrong.", 2)
    desk.post(at + "move/restore/")
    desk.post(
        at + "change/",
        {
            "title": "Paper for all",
            "kind": "paper",
            "access": "members",
            "about": "",
            "versions-TOTAL_FORMS": 0,
            "versions-INITIAL_FORMS": 0,
        },
    )
    paper.refresh_from_db()
    assert (paper.status, paper.title, paper.access) == ("current", "Paper for all", "members")
    assert "Paper for all" in desk.get(at + "history/").content.decode()

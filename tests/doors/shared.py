"""The doors of tasks and documents: which member reads and acts, tests/workpackages/test_{giving_and_finishing_tasks,sharing_documents}.py say."""

from datetime import date

from tests import factories
from tests.doors.answers import CANARY, OWN, PAGE, READ_INSIDE, VERB

ACT = (302, 405, 405)  # to GET what is only sent
WRITE = (302, None, 200), (302, None, 422)
DOORS = {
    "workspace_documents": READ_INSIDE,
    "workspace_tasks": READ_INSIDE,
    **{f"workspace_work:{name}": WRITE for name in ("tasks", "task", "documents")},
    "workspace_work:task_move": (ACT, (302, None, 302)),
    "workspace_work:document": READ_INSIDE,
    "workspace_work:document_file": READ_INSIDE,
    **{f"workspace_work:document_{name}": (ACT, (302, 404, 422)) for name in ("version", "change", "withdraw")},
    "workspace_work:document_restore": (ACT, (302, 404, 302)),
    "workspace_work:file_access": ((302, 404, 200), (302, 404, 422)),
    "workpackages:document": PAGE,
    "workpackages:file": PAGE,
    # In the API.
    **{f"{name}-list": ((401, None, 200), (401, 400, 400)) for name in ("task", "document")},
    **{f"{name}-detail": ((401, None, 200), OWN[1]) for name in ("task", "document")},
    "document-file": ((401, None, 200), OWN[1]),
    "document-version": ((401, None, 200), OWN[1]),
    "document-versions": ((401, None, 200), (401, None, 400)),
    **{f"task-{verb}": VERB for verb in ("change", "assign", "finish", "drop", "reopen")},
    **{f"document-{verb}": VERB for verb in ("change", "withdraw", "restore")},
}
DESK_RIGHTS = {"workpackages_task": "ac", "workpackages_document": "ac"}


def furnish(package, promised, file):
    """Give a work package a task, documents and a delivered result. Returns: the records of the desk, the arguments of the addresses."""
    task = factories.TaskFactory(work_package=package, title=f"{CANARY} task", note=CANARY)
    document = factories.DocumentVersionFactory(
        document__work_package=package, name=f"{CANARY}.pdf", note=CANARY
    ).document
    public = factories.DocumentVersionFactory(document__work_package=package, document__access="public").document
    result = factories.DeliverableFileFactory(
        deliverable__work_package=package, deliverable__status="accepted", deliverable__delivered_on=date(2020, 3, 1),
        deliverable__is_public_result=True, access="public",
    )  # fmt: skip
    own, slugs = ["shown", package.number], [package.programme.slug, package.slug]
    arguments = {
        **{f"workspace_work:{name}": own for name in ("tasks", "documents")},
        "workspace_work:task": [*own, task.pk],
        "workspace_work:task_move": [*own, task.pk, "finish"],
        **{
            f"workspace_work:document{act}": [document.pk]
            for act in ("", "_version", "_change", "_withdraw", "_restore")
        },
        "workspace_work:document_file": [document.pk, 1],
        "workspace_work:file_access": [*own, promised.number, file.version],
        "workpackages:document": [*slugs, public.pk, "paper.pdf"],
        "workpackages:file": [*slugs, result.deliverable.number, result.name],
        **{name: [task.pk] for name in DOORS if name.startswith("task-") and name != "task-list"},
        **{name: [document.pk] for name in DOORS if name.startswith("document-") and name != "document-list"},
        "document-version": [document.pk, 1],
    }
    return {"workpackages_task": task, "workpackages_document": document}, arguments

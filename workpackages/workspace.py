"""The room's part of the workspace, under /workspace/: the area of a work package, its deliverables, their updates."""

from django.urls import path

from workpackages.views import deliverables as views
from workpackages.views import documents, milestones, risks, tasks, transactions

app_name = "workspace_work"
IN_PROGRAMME = "programmes/<slug:programme>/wp/<int:package>/"
ONE = IN_PROGRAMME + "deliverables/<int:number>/"

PROGRAMME = "programmes/<slug:programme>/"
MILESTONE = IN_PROGRAMME + "milestones/<int:number>/"
RISK = IN_PROGRAMME + "risks/<int:number>/"

milestone_pages = [
    path(PROGRAMME + "milestones/", milestones.Milestones.as_view(), name="milestones"),
    path(IN_PROGRAMME + "milestones/add/", milestones.AddMilestone.as_view(), name="milestone_add"),
    path(MILESTONE, milestones.MilestonePage.as_view(), name="milestone"),
    path(MILESTONE + "change/", milestones.ChangeMilestone.as_view(), name="milestone_change"),
    path(MILESTONE + "reschedule/", milestones.RescheduleMilestone.as_view(), name="milestone_reschedule"),
    path(MILESTONE + "reach/", milestones.ReachMilestone.as_view(), name="milestone_reach"),
    path(MILESTONE + "reopen/", milestones.ReopenMilestone.as_view(), name="milestone_reopen"),
    path(MILESTONE + "evidence/", milestones.AddEvidence.as_view(), name="milestone_evidence"),
    path(MILESTONE + "evidence/<int:evidence>/", milestones.EvidenceFile.as_view(), name="milestone_file"),
]

risk_pages = [
    path(PROGRAMME + "risks/", risks.Risks.as_view(), name="risks"),
    path(IN_PROGRAMME + "risks/add/", risks.AddRisk.as_view(), name="risk_add"),
    path(IN_PROGRAMME + "risks/states/<int:period>/", risks.States.as_view(), name="risk_states"),
    path(RISK, risks.RiskPage.as_view(), name="risk"),
    path(RISK + "change/", risks.ChangeRisk.as_view(), name="risk_change"),
    path(RISK + "close/", risks.CloseRisk.as_view(), name="risk_close"),
    path(RISK + "reopen/", risks.ReopenRisk.as_view(), name="risk_reopen"),
]

REGISTER = "test-transactions/"
REQUEST = REGISTER + "<slug:reference>/"

transaction_pages = [
    path(REGISTER, transactions.Requests.as_view(), name="test_transactions"),
    path(REGISTER + "add/", transactions.AddRequest.as_view(), name="test_transaction_add"),
    path(REGISTER + "figures/", transactions.Figures.as_view(), name="test_transaction_figures"),
    path(REGISTER + "export/", transactions.Export.as_view(), name="test_transaction_export"),
    path(REQUEST, transactions.Request.as_view(), name="test_transaction"),
    path(REQUEST + "correct/", transactions.CorrectRequest.as_view(), name="test_transaction_correct"),
    path(REQUEST + "<slug:verb>/", transactions.MoveRequest.as_view(), name="test_transaction_move"),
]

TASK = IN_PROGRAMME + "tasks/"
DOCUMENT = "documents/<int:pk>/"

task_pages = [
    path(TASK, tasks.Tasks.as_view(), name="tasks"),
    path(TASK + "<int:task>/", tasks.TaskPage.as_view(), name="task"),
    path(TASK + "<int:task>/<slug:verb>/", tasks.MoveTask.as_view(), name="task_move"),
]

document_pages = [
    path(IN_PROGRAMME + "documents/", documents.Documents.as_view(), name="documents"),
    path(DOCUMENT, documents.DocumentPage.as_view(), name="document"),
    path(DOCUMENT + "files/<int:version>/", documents.DocumentFile.as_view(), name="document_file"),
    path(DOCUMENT + "versions/", documents.AddVersion.as_view(), name="document_version"),
    path(DOCUMENT + "change/", documents.ChangeDocument.as_view(), name="document_change"),
    path(DOCUMENT + "withdraw/", documents.WithdrawDocument.as_view(), name="document_withdraw"),
    path(DOCUMENT + "restore/", documents.RestoreDocument.as_view(), name="document_restore"),
    path(ONE + "files/<int:version>/access/", documents.ShareFile.as_view(), name="file_access"),
]

urlpatterns = [
    *task_pages,
    *document_pages,
    *transaction_pages,
    *milestone_pages,
    *risk_pages,
    path("wp/<int:package>/", views.Area.as_view(), name="area"),
    path("deliverables/", views.Deliverables.as_view(), name="deliverables"),
    path("deliverables/export/<slug:file_format>/", views.Export.as_view(), name="export"),
    path(IN_PROGRAMME, views.Area.as_view(), name="area_of"),
    path(ONE, views.DeliverablePage.as_view(), name="deliverable"),
    path(ONE + "update/", views.Report.as_view(), name="update"),
    path(ONE + "no-change/", views.NoChange.as_view(), name="no_change"),
    path(ONE + "comments/", views.AddComment.as_view(), name="comment"),
    path(ONE + "files/<int:version>/", views.File.as_view(), name="file"),
    path(ONE + "answer/<slug:verb>/", views.Answer.as_view(), name="answer"),
    path(ONE + "extensions/<int:extension>/<slug:verb>/", views.DecideExtension.as_view(), name="extension"),
]

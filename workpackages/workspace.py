"""The room's part of the workspace, under /workspace/: the area of a work package, its deliverables, their updates."""

from django.urls import path

from workpackages.views import deliverables as views
from workpackages.views import transactions

app_name = "workspace_work"
IN_PROGRAMME = "programmes/<slug:programme>/wp/<int:package>/"
ONE = IN_PROGRAMME + "deliverables/<int:number>/"

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

urlpatterns = [
    *transaction_pages,
    path("wp/<int:package>/", views.Area.as_view(), name="area"),
    path("deliverables/", views.Deliverables.as_view(), name="deliverables"),
    path(IN_PROGRAMME, views.Area.as_view(), name="area_of"),
    path(ONE, views.DeliverablePage.as_view(), name="deliverable"),
    path(ONE + "update/", views.Report.as_view(), name="update"),
    path(ONE + "no-change/", views.NoChange.as_view(), name="no_change"),
    path(ONE + "comments/", views.AddComment.as_view(), name="comment"),
    path(ONE + "files/<int:version>/", views.File.as_view(), name="file"),
    path(ONE + "answer/<slug:verb>/", views.Answer.as_view(), name="answer"),
    path(ONE + "extensions/<int:extension>/<slug:verb>/", views.DecideExtension.as_view(), name="extension"),
]

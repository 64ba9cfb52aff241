"""Data collection in the workspace, under /workspace/data/: templates, rounds, returns, what they add up to."""

from django.urls import path

from workpackages.views import collection, consolidated, data_templates, returns

app_name = "workspace_data"
TEMPLATE = "templates/<int:pk>/"
ROUND = "rounds/<int:pk>/"
RETURN = ROUND + "returns/<slug:slug>/"

urlpatterns = [
    path("", collection.Index.as_view(), name="list"),
    path("templates/new/", data_templates.NewTemplate.as_view(), name="new_template"),
    path(TEMPLATE, data_templates.TemplatePage.as_view(), name="template"),
    path(TEMPLATE + "edit/", data_templates.EditTemplate.as_view(), name="edit_template"),
    path(TEMPLATE + "questions/new/", data_templates.Question.as_view(), name="new_question"),
    path(TEMPLATE + "questions/<int:field>/", data_templates.Question.as_view(), name="question"),
    path(TEMPLATE + "questions/<int:field>/remove/", data_templates.RemoveQuestion.as_view(), name="remove_question"),
    path(TEMPLATE + "<slug:verb>/", data_templates.MoveTemplate.as_view(), name="move_template"),
    path("rounds/new/", collection.NewRound.as_view(), name="new_round"),
    path(ROUND, collection.RoundPage.as_view(), name="round"),
    path(ROUND + "edit/", collection.EditRound.as_view(), name="edit_round"),
    path(ROUND + "extend/", collection.ExtendRound.as_view(), name="extend_round"),
    path(ROUND + "remind/", collection.Remind.as_view(), name="remind"),
    path(ROUND + "figures/", consolidated.Figures.as_view(), name="figures"),
    path(ROUND + "figures/<slug:kind>/", consolidated.Download.as_view(), name="download"),
    path(RETURN, returns.ReturnPage.as_view(), name="return"),
    path(RETURN + "fill/", returns.Fill.as_view(), name="fill"),
    path(RETURN + "check/", returns.Check.as_view(), name="check"),
    path(RETURN + "nothing/", returns.Nothing.as_view(), name="nothing"),
    path(RETURN + "reopen/", returns.Reopen.as_view(), name="reopen"),
    path(RETURN + "comments/", returns.AddDataComment.as_view(), name="comment"),
    path(ROUND + "<slug:verb>/", collection.MoveRound.as_view(), name="move_round"),
]

"""The room's part of the workspace, under /workspace/."""

from django.urls import path

from members.views import access as access_views
from members.views import ballots, decisions, dossier, memberships, memorandum

app_name = "workspace_members"

organisations = [
    path("members/", memberships.MembersDirectory.as_view(), name="directory"),
    path("memorandum/<int:pk>/", memorandum.VersionFile.as_view(), name="memorandum_file"),
    path("organisations/<slug:slug>/", memberships.Area.as_view(), name="organisation"),
    path("organisations/<slug:slug>/profile/", memberships.EditProfile.as_view(), name="profile"),
    path("organisations/<slug:slug>/people/", memberships.People.as_view(), name="people"),
    path("organisations/<slug:slug>/people/<int:pk>/", memberships.OnePerson.as_view(), name="person"),
    path("organisations/<slug:slug>/letter/<str:reference>/", memberships.Letter.as_view(), name="letter"),
    path("organisations/<slug:slug>/memorandum/", memorandum.Sign.as_view(), name="sign"),
    path("organisations/<slug:slug>/memorandum/<int:pk>/", memorandum.SignedCopy.as_view(), name="signature"),
    path(
        "organisations/<slug:slug>/memorandum/<int:version>/record/",
        memorandum.Record.as_view(),
        name="record_signature",
    ),
]

access = [
    path("access/", access_views.Access.as_view(), name="access"),
    path("access/review/<int:pk>/", access_views.Review.as_view(), name="review"),
]

ballot_pages = [
    path("ballots/", ballots.Ballots.as_view(), name="ballots"),
    path("ballots/new/", ballots.PrepareBallot.as_view(), name="prepare"),
    path("ballots/<int:pk>/", ballots.BallotPage.as_view(), name="ballot"),
    path("ballots/<int:pk>/vote/", ballots.CastVote.as_view(), name="vote"),
    path("ballots/<int:pk>/remark/", ballots.WriteRemark.as_view(), name="remark"),
    path("ballots/<int:pk>/<slug:verb>/", ballots.BallotMove.as_view(), name="ballot_move"),
    path("sittings/new/", ballots.RecordSitting.as_view(), name="sitting"),
    path("applications/", dossier.Applications.as_view(), name="applications"),
    path("applications/<str:reference>/", dossier.Dossier.as_view(), name="application"),
    path("applications/<str:reference>/ballot/", ballots.PutToVote.as_view(), name="put_to_vote"),
    path("applications/<str:reference>/papers/<int:pk>/", dossier.PaperFile.as_view(), name="paper"),
    path("decisions/", decisions.Decisions.as_view(), name="decisions"),
    path("decisions/new/", decisions.RecordDecision.as_view(), name="record_decision"),
    path("decisions/<int:year>-<int:sequence>/", decisions.DecisionPage.as_view(), name="decision"),
    path("decisions/<int:year>-<int:sequence>/supersede/", decisions.Supersede.as_view(), name="supersede"),
    path("decisions/<int:year>-<int:sequence>/<slug:verb>/", decisions.DecisionMove.as_view(), name="decision_move"),
]

urlpatterns = [
    *ballot_pages,
    *organisations,
    *access,
]

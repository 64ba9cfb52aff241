"""The room's part of the workspace, under /workspace/."""

from django.urls import path

from members.views import memberships, memorandum

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

urlpatterns = [
    *organisations,
]

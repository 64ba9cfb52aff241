"""Addresses of the room. The roof mounts them with its fuller pages (`efc.pages_members`)."""

from django.urls import path

from members.views import applications, memberships
from members.views import register as views

app_name = "members"


def patterns(directory=views.Directory, profile=views.Profile, join=views.Join):
    """Return the addresses, with these classes as the pages."""
    return [
        path("", directory.as_view(), name="list"),
        path("members.csv", directory.as_view(as_csv=True), name="download"),
        path("join/", join.as_view(), name="join"),
        path("join/apply/", applications.Start.as_view(), name="apply"),
        path("join/apply/sent/", applications.Sent.as_view(), name="apply_sent"),
        path("<slug:slug>/", profile.as_view(), name="detail"),
        path("<slug:slug>/logo/", memberships.Logo.as_view(), name="logo"),
    ]


urlpatterns = patterns()

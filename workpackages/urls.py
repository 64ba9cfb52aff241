"""Addresses of the room. The roof mounts them with its fuller pages (`efc.pages_workpackages`)."""

from django.urls import path

from workpackages.views import documents
from workpackages.views import work as views

app_name = "workpackages"


def patterns(work_package=views.WorkPackagePage, results=views.Results):
    """Return the addresses, with these classes as the pages."""
    return [
        path("", views.Work.as_view(), name="list"),
        path("results/", results.as_view(), name="results"),
        path("<slug:slug>/", views.ProgrammePage.as_view(), name="programme"),
        path("<slug:programme>/<slug:slug>/", work_package.as_view(), name="detail"),
        path(
            "<slug:programme>/<slug:slug>/documents/<int:document>/<str:name>",
            documents.public_document,
            name="document",
        ),
        path("<slug:programme>/<slug:slug>/deliverables/<int:number>/<str:name>", documents.public_file, name="file"),
    ]


urlpatterns = patterns()

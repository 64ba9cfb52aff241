"""Every address of the portal. Public pages stand under their language; desk, workspace, sign-in and links in mails do not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from efc import desk, handover, pages_documents, pages_reporting, sitemap, views, workspace  # noqa: F401  (desk and handover fill the hooks of the rooms)

handler404 = "efc.views.not_found"

urlpatterns = [
    path("", views.root, name="root"),
    path("admin/", admin.site.urls),
    path("accounts/", include("efc.account_urls")),
    path("workspace/", workspace.home, name="workspace"),
    path("workspace/sg/", workspace.steering_group, name="workspace_sg"),
    path("workspace/account/", include("efc.account_pages")),
    path("workspace/", include("members.workspace")),
    path("workspace/", include("workpackages.workspace")),
    path("workspace/data/", include("workpackages.workspace_data")),
    path("workspace/", include("efc.pages_reports")),
    path("workspace/", include("efc.pages_overview")),
    path("workspace/documents/", pages_documents.documents, name="workspace_documents"),
    path("workspace/tasks/", pages_documents.inbox, name="workspace_tasks"),
    path("workspace/promises/", pages_reporting.promises, name="workspace_promises"),
    path("workspace/programmes/<slug:programme>/promises/", pages_reporting.promises, name="workspace_promises_of"),
    path("api/v1/", include("efc.api")),
    path("", include("members.links")),
    path("n/", include("newsletter.links")),
    path("c/<str:key>/", views.contact_confirm, name="contact_confirm"),
    path("healthz/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap.view, name="sitemap"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("coalition/", views.coalition, name="coalition"),
        path("coalition/how-we-are-run/", views.how_we_are_run, name="how_we_are_run"),
        path("coalition/history/", views.history, name="history"),
        path("coalition/partners/", views.partners, name="partners"),
        path("members/", include("efc.pages_members")),
        path("work/", include("efc.pages_workpackages")),
        path("training-and-events/", include("events.urls")),
        path("", include("publications.urls")),
        path("press/", views.press, name="press"),
        path("newsletter/", include("newsletter.urls")),
        path("contact/", views.contact, name="contact"),
        path("contact/sent/", views.contact_done, name="contact_done"),
        path("report/", views.report, name="report"),
        path("report/<str:country>/", views.report_country, name="report_country"),
        path("help/", views.help_page, name="help"),
        path("words/", views.words, name="words"),
        path("search/", views.search_page, name="search"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("privacy/", views.privacy, name="privacy"),
        path("cookies/", views.cookies, name="cookies"),
        path("legal/", views.legal, name="legal"),
        path("display/", views.display, name="display"),
    ),
]

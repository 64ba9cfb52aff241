from django.urls import path

from efc import generic  # noqa: F401  (brings the `year` of addresses)
from publications import views

app_name = "publications"
urlpatterns = [
    path("news/", views.news_list, name="news_list"),
    path("news/feed/", views.news_feed, name="news_feed"),
    path("news/<year:year>/", views.news_list, name="news_year"),
    path("news/<year:year>/<slug:slug>/", views.news_detail, name="news_detail"),
    path("publications/", views.publication_list, name="list"),
    path("publications/<slug:slug>/", views.publication_detail, name="detail"),
    path("publications/<slug:slug>/<str:name>", views.file, name="file"),
]

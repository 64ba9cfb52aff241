from django.urls import path

from efc import generic  # noqa: F401  (brings the `year` of addresses)
from events import views

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("calendar.ics", views.calendar, name="calendar"),
    path("<year:year>/<slug:slug>/", views.event_detail, name="detail"),
    path("<year:year>/<slug:slug>.ics", views.ics, name="ics"),
]

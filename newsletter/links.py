"""The personal pages that mails link to, under /n/. Their language is the subscriber's."""

from django.urls import path

from newsletter import views

app_name = "newsletter_links"
urlpatterns = [
    path("c/<str:token>/", views.confirm, name="confirm"),
    path("u/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("p/<str:token>/", views.preferences, name="preferences"),
]

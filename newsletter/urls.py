"""The newsletter's public pages, under their language."""

from django.urls import path

from newsletter import views

app_name = "newsletter"
urlpatterns = [
    path("", views.home, name="home"),
    path("<int:number>/", views.issue, name="issue"),
]

"""Links in letters to people without an account: an application and its status, an invitation. No language in the address."""

from django.urls import path

from members.views import people

app_name = "members_links"
urlpatterns = [
    path("i/<str:token>/", people.Invited.as_view(), name="invitation"),
]

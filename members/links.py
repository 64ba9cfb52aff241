"""Links in letters to people without an account: an application and its status, an invitation. No language in the address."""

from django.urls import path

from members.views import applications, people

app_name = "members_links"
urlpatterns = [
    path("a/<str:token>/", applications.Home.as_view(), name="application"),
    path("a/<str:token>/check/", applications.CheckAnswers.as_view(), name="check"),
    path("a/<str:token>/papers/", applications.Papers.as_view(), name="papers"),
    path("a/<str:token>/papers/<int:pk>/", applications.PaperFile.as_view(), name="paper"),
    path("a/<str:token>/questions/<int:pk>/", applications.Answer.as_view(), name="answer"),
    path("a/<str:token>/memorandum/", applications.MemorandumFile.as_view(), name="memorandum"),
    path("a/<str:token>/letter/", applications.Letter.as_view(), name="letter"),
    path("a/<str:token>/withdraw/", applications.Withdraw.as_view(), name="withdraw"),
    path("a/<str:token>/<str:step>/", applications.Step.as_view(), name="step"),
    path("i/<str:token>/", people.Invited.as_view(), name="invitation"),
]

"""Links in letters to people without an account: an application and its status, an invitation. No language in the address."""

app_name = "members_links"
urlpatterns = []

"""How people sign in: by e-mail address and password, with accounts made by the Secretariat only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False  # people are invited

    def send_mail(self, template_prefix, email, context):
        """Send allauth's letters through our outbox, with addresses from SITE_URL and never from the request's host."""
        from efc import emails

        emails.account_letter(template_prefix, email, context)

    def get_reset_password_from_key_url(self, key):
        uid, _dash, temporary = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": temporary})
        return settings.SITE_URL + path

    def get_login_redirect_url(self, request):
        return reverse("admin:index") if request.user.is_staff else reverse("workspace")


def axes_username(request, credentials):
    """Return the name under which failed sign-ins are counted: the e-mail address in lower case."""
    credentials = credentials or {}
    value = credentials.get("email") or credentials.get("username") or credentials.get("login")
    if not value and request is not None:
        value = request.POST.get("login") or request.POST.get("username")
    return (value or "").strip().lower() or None


def locked_out(request, credentials, *args, **kwargs):
    """Answer a sign-in that was tried too often."""
    return render(request, "account/locked_out.html", {"minutes": settings.AXES_COOLOFF_TIME.seconds // 60}, status=429)

"""How people sign in: by e-mail address and password, or by passkey, with accounts made by the Secretariat only."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc import rates


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Write to the Secretariat if it should be open."),
        "email_password_mismatch": _("E-mail address and password do not belong together. Check both and try again."),
        "enter_current_password": _("This is not your password of now. Type it again."),
        "incorrect_code": _("This code did not match. Wait for the next one and try again."),
        "incorrect_password": _("This is not your password. Type it again."),
        "invalid_login": _("E-mail address and password do not belong together. Check both and try again."),
        "invalid_or_expired_key": _("This link was used or is too old. Ask for a new one."),
        "invalid_password_reset": _("This link was used or is too old. Ask for a new one."),
        "rate_limited": _("That was too often. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("There were too many attempts to sign in. Try again later."),
    }

    def is_open_for_signup(self, request):
        return False  # people are invited

    def is_reauthentication_required(self, *, app, **kwargs):
        """Ask once more who it is before what matters, but not of somebody who signed in a few minutes ago."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT

    def get_client_ip(self, request):
        return rates.client_address(request) or "0.0.0.0"  # noqa: S104  (no address known, as on a socket)

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

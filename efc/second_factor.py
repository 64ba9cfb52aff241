"""The second factor: who must have one, what a session without it reaches, and how its secrets are kept.

A second factor is an authenticator app or a key (passkey, security key); recovery codes stand in for one. Roles named in
`efc.roles.SECOND_FACTOR`, and whoever may open the desk, must have one. Until they do, their session is led to the page that sets
one up; public pages show them what they show everybody.
"""

import base64
import hashlib
from io import BytesIO
from urllib.parse import urlsplit

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from efc import audit, roles
from efc.permissions import roles_of

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
OPEN = ("accounts/", "workspace/account/")  # where one sets up a factor, changes what is one's own, and signs out
CLOSED = "workspace/account/tokens/"  # a token would go round the second factor
API = "api/"
SENTENCE = gettext_lazy(
    "Your role requires a second factor. Set one up in your workspace under Account, then ask again."
)


def has_factor(user):
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def is_required(user):
    """Say whether this person must have a second factor today, by role or because the desk is open to them."""
    if not settings.SECOND_FACTOR_REQUIRED or user.is_anonymous:
        return False
    return user.is_staff or user.is_superuser or not roles.SECOND_FACTOR.isdisjoint(roles_of(user))


def is_missing(user):
    """Say whether this person must have a second factor and has none. Costs: at most two queries."""
    if not settings.SECOND_FACTOR_REQUIRED or user.is_anonymous:
        return False
    return not has_factor(user) and is_required(user)


class RequireSecondFactor:
    """Keep who must have a second factor and has none from all that is not public, on every request anew."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not settings.SECOND_FACTOR_REQUIRED or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        route, user = request.resolver_match.route, request.user
        if route.startswith(API):
            return JsonResponse({"detail": SENTENCE}, status=403) if is_missing(user) else None
        if (
            route.startswith(OPEN) and not route.startswith(CLOSED)
        ) or request.resolver_match.view_name == "admin:logout":
            return None
        if not getattr(view, "login_required", True):
            request.user = SimpleLazyObject(lambda: AnonymousUser() if is_missing(user) else user)
            return None
        if not is_missing(user):
            return None
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(f"{reverse('mfa_index')}?{urlencode({'next': request.get_full_path()})}")
        return render(request, "mfa/required.html", status=403)


# ── what is kept ─────────────────────────────────────────────────────────


def _keys():
    """Return the lock of the secrets: the first key closes and opens, former ones still open."""
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"efc.second_factor:{key}".encode()).digest()))
            for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        ]
    )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Our words, our name and our way to keep the secrets, for django-allauth."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy("This cannot be removed now. Write to the Secretariat."),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an authenticator app or a key first."),
        "incorrect_code": gettext_lazy("This key does not fit here. Use another one, or another way."),
    }

    def _get_site_name(self):
        return settings.SITE_NAME

    def get_public_key_credential_rp_entity(self):
        """Bind keys to the name of the portal, whatever name a request comes by."""
        return {"id": urlsplit(settings.SITE_URL).hostname, "name": settings.SITE_NAME}

    def generate_authenticator_name(self, user, type):  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Key %(number)d") % {"number": number}

    def build_totp_svg(self, url):
        """Draw the code with a white ground, which cameras need in the dark too."""
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def encrypt(self, text):
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Return the secret; where no key opens it any more, one that nothing fits."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()


# ── what is noted ────────────────────────────────────────────────────────


def note_added(sender, request, user, authenticator, **kwargs):
    """Record a new factor, and end the sessions that began without one."""
    audit.record("efc.user.add_factor", user, user, kind=authenticator.type)
    if authenticator.type in FACTORS and Authenticator.objects.filter(user=user, type__in=FACTORS).count() == 1:
        end_other_sessions(request, user)


def note_removed(sender, request, user, authenticator, **kwargs):
    audit.record("efc.user.remove_factor", user, user, kind=authenticator.type)


def note_renewed(sender, request, user, authenticator, **kwargs):
    audit.record("efc.user.renew_codes", user, user)


def note_failed(sender, request, user, authenticator, **kwargs):
    audit.record("efc.user.code_failed", user)

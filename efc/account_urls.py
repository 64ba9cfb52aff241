"""The addresses of django-allauth that the portal uses, in our words: signing in and out, passwords, second factor, sessions."""

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from efc import account
from efc.account import RemovalMixin, own, refused_answers_422

public = login_not_required

urlpatterns = [
    # allauth asks for this address when it writes to one that has no account
    path("signup/", public(RedirectView.as_view(pattern_name="account_login")), name="account_signup"),
    path("login/", public(refused_answers_422(views.login)), name="account_login"),
    path("login/code/", public(refused_answers_422(factors.authenticate)), name="mfa_authenticate"),
    path("login/passkey/", public(keys.login_webauthn), name="mfa_login_webauthn"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", refused_answers_422(views.reauthenticate), name="account_reauthenticate"),
    path("reauthenticate/code/", refused_answers_422(factors.reauthenticate), name="mfa_reauthenticate"),
    path("reauthenticate/key/", refused_answers_422(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("password/change/", refused_answers_422(views.password_change), name="account_change_password"),
    path("password/set/", refused_answers_422(views.password_set), name="account_set_password"),
    path("password/reset/", public(refused_answers_422(views.password_reset)), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",  # the key has a dash of its own
        public(refused_answers_422(views.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("sessions/", account.SessionsView.as_view(), name="usersessions_list"),
    path("second-factor/", account.FactorsView.as_view(), name="mfa_index"),
    path("second-factor/app/", own(app.ActivateTOTPView, _("Set up an authenticator app")), name="mfa_activate_totp"),
    path("second-factor/app/qr.svg", account.qr_code, name="mfa_totp_qr"),
    path("second-factor/app/remove/", own(app.DeactivateTOTPView, "", RemovalMixin), name="mfa_deactivate_totp"),
    path("second-factor/codes/", own(codes.ViewRecoveryCodesView, _("Recovery codes")), name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/",
        own(codes.GenerateRecoveryCodesView, ""),
        name="mfa_generate_recovery_codes",
    ),
    path("second-factor/codes/recovery-codes.txt", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-factor/keys/", own(keys.ListWebAuthnView, _("Your keys")), name="mfa_list_webauthn"),
    path("second-factor/keys/add/", own(keys.AddWebAuthnView, _("Add a key")), name="mfa_add_webauthn"),
    path("second-factor/keys/<int:pk>/name/", own(keys.EditWebAuthnView, _("Name the key")), name="mfa_edit_webauthn"),
    path(
        "second-factor/keys/<int:pk>/remove/",
        own(keys.RemoveWebAuthnView, "", RemovalMixin),
        name="mfa_remove_webauthn",
    ),
]

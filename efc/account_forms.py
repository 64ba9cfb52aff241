"""The forms of passwords, codes, keys and one's own account."""

from datetime import timedelta

from allauth.account import forms as passwords
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as keys
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc import rates, tokens
from efc.forms import SingleLineField
from efc.models import User

ONCE = [(1, 30 * (2 * settings.MFA_TOTP_TOLERANCE + 2))]  # for as long as a code of the app could match again
KEY_UNREADABLE = _("The answer of your key could not be read. Press the button and try once more.")
NAME_OF_KEY = {
    "label": _("Name of the key"),
    "help_text": _("So that you know it again, for example “Office laptop”."),
    "max_length": 60,
}


# ── passwords ────────────────────────────────────────────────────────────


class PlainMixin:
    """Fields named as everywhere in the portal, and nothing written into them beforehand."""

    labels = {
        "login": _("E-mail address"),
        "email": _("E-mail address"),
        "oldpassword": _("Your password of now"),
        "password1": _("New password"),
        "password2": _("New password once more"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)


class SignInForm(PlainMixin, passwords.LoginForm):
    pass


class ChangePasswordForm(PlainMixin, passwords.ChangePasswordForm):
    pass


class AskPasswordForm(PlainMixin, passwords.ResetPasswordForm):
    pass


class NewPasswordForm(PlainMixin, passwords.ResetPasswordKeyForm):
    pass


class ConfirmPasswordForm(PlainMixin, passwords.ReauthenticateForm):
    pass


# ── codes ────────────────────────────────────────────────────────────────


class CodeMixin:
    """Six digits of the app, or a recovery code; so many tries and no more (`SECOND_FACTOR_LIMITS`)."""

    hint = _("Six digits from your authenticator app, or one of your recovery codes.")
    mismatch = _("This code did not match. Wait for the next one and try again.")
    counted = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = _("Code"), self.hint
        field.max_length = 40
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "w-short"}
        field.error_messages["required"] = _("Enter the code.")

    def clean_code(self):
        if self.counted and not rates.allow("second_factor", self.user.pk, settings.SECOND_FACTOR_LIMITS):
            raise ValidationError(
                _("Too many codes were tried. Wait a quarter of an hour, then try again."), "too_many"
            )
        try:
            code = super().clean_code()
        except ValidationError as error:
            raise ValidationError(self.mismatch, "code") from error
        if self.counted and not rates.allow("code_used", f"{self.user.pk}:{normalize_user_code(code)}", ONCE):
            raise ValidationError(self.mismatch, "code")
        rates.forget("second_factor", self.user.pk)
        return code


class CodeForm(CodeMixin, AuthenticateForm):
    pass


class ConfirmCodeForm(CodeMixin, ReauthenticateForm):
    pass


class ActivateAppForm(CodeMixin, ActivateTOTPForm):
    hint = _("Six digits that the app shows now.")
    counted = False  # there is nothing to guess: the secret stands on the page


# ── keys ─────────────────────────────────────────────────────────────────


class AnswerMixin:
    """Take the answer of a key, whatever is sent in its place."""

    def clean_credential(self):
        try:
            return super().clean_credential()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(KEY_UNREADABLE) from error


class KeyForm(AnswerMixin, keys.AuthenticateWebAuthnForm):
    pass


class ConfirmKeyForm(AnswerMixin, keys.ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(AnswerMixin, keys.LoginWebAuthnForm):
    pass


class AddKeyForm(keys.AddWebAuthnForm):
    """Register a key; a passkey is one that signs in alone."""

    name = SingleLineField(required=False, **NAME_OF_KEY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        passkey = self.fields["passwordless"]
        passkey.label = _("Passkey: sign in with this key alone, without a password")
        passkey.help_text = _("The key then asks for your fingerprint, your face or its PIN.")
        self.order_fields(["name", "passwordless"])

    def clean(self):
        try:
            return super().clean()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(KEY_UNREADABLE) from error


class RenameKeyForm(keys.EditWebAuthnForm):
    name = SingleLineField(**NAME_OF_KEY)


# ── one's own account ────────────────────────────────────────────────────


class PersonForm(forms.ModelForm):
    full_name = SingleLineField(label=_("Name or role"), max_length=150)

    class Meta:
        model = User
        fields = ["full_name", "language"]
        help_texts = {"language": _("The language of our letters to you.")}


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter the new address."),
            "invalid": _("Enter an address, like name@example.org."),
        },
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if email == self.user.email:
            raise ValidationError(_("This is your address already."))
        return email


class TokenForm(forms.Form):
    name = SingleLineField(
        label=_("What is it for?"), max_length=60, help_text=_("For example “Calendar of our website”.")
    )
    expires_on = forms.DateField(
        label=_("Good until"),
        widget=forms.DateInput(attrs={"type": "date", "class": "w-short"}, format="%Y-%m-%d"),
        help_text=_("At most one year from today."),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2027-03-17.")},
    )

    def __init__(self, *args, **kwargs):
        today = timezone.localdate()
        super().__init__(*args, **kwargs)
        self.last = today + tokens.LONGEST
        self.fields["expires_on"].initial = today + timedelta(days=90)
        self.fields["expires_on"].widget.attrs |= {"min": today.isoformat(), "max": self.last.isoformat()}

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if not timezone.localdate() <= day <= self.last:
            raise ValidationError(_("Choose a day from today to one year from today."))
        return day

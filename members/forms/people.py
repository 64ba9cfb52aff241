from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from efc.models import User


class InvitationForm(forms.Form):
    """What opens an account: how the person is called, and a password, typed twice."""

    full_name = forms.CharField(
        label=_("Your name or role"),
        max_length=150,
        error_messages={"required": _("Write your name or your role, as colleagues should see it.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        help_text=_("At least 12 characters. A sentence that only you know is good."),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password once more"),
        strip=False,
        max_length=128,
        error_messages={"required": _("Type the password a second time.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invitation, **kwargs):
        super().__init__(*args, **{**kwargs, "initial": {"full_name": invitation.person.name}})
        self.invitation = invitation

    def clean_password(self):
        password = self.cleaned_data["password"]
        name = self.cleaned_data.get("full_name", "")
        password_validation.validate_password(password, User(email=self.invitation.email, full_name=name))
        return password

    def clean(self):
        found = super().clean()
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", ValidationError(_("The two passwords differ. Type them again.")))
        return found

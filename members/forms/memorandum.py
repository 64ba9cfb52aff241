"""Signing the memorandum in the portal, and recording a signature on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Signature

DAY = _("Write the day as year, month and day, for example 2026-03-17.")


class SignForm(forms.Form):
    """The signature of a person who acts for the organisation."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Write your name as it should stand under the text.")},
    )
    function = forms.CharField(
        label=_("Your function in the organisation"), max_length=120,
        error_messages={"required": _("Write your function in the organisation.")},
    )  # fmt: skip
    has_authority = forms.BooleanField(
        label=_("I have read this version and may sign it for my organisation."),
        error_messages={
            "required": _("Tick this if you may sign. If somebody else has to sign, name them under People.")
        },
    )


class RecordForm(forms.Form):
    """A signature on paper or from the records, entered by the Secretariat."""

    signed_on = forms.DateField(
        label=_("Signed on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": DAY, "required": DAY},
    )  # fmt: skip
    signatory_name = forms.CharField(
        label=_("Name or role of the signatory"), max_length=150, error_messages={"required": _("Write who signed.")}
    )
    signatory_function = forms.CharField(label=_("Function of the signatory"), max_length=120, required=False)
    method = forms.ChoiceField(
        label=_("How"), choices=[choice for choice in Signature.Method.choices if choice[0] != Signature.Method.PORTAL]
    )
    scan = forms.FileField(
        label=_("Scan"), required=False, help_text=_("PDF, PNG or JPEG."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip

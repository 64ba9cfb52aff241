"""The roof's forms: contact and search."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from efc.fields import SingleLineField, refuse_links
from efc.gate import GateMixin
from efc.models import ContactMessage


class ContactForm(GateMixin, forms.ModelForm):
    """A message to the Secretariat. A message with a link is refused before a byte of it is stored."""

    gate_scope = "contact"

    name = SingleLineField(label=_("Your name"), max_length=120, error_messages={"required": _("Write your name.")})
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We answer to this address and use it for nothing else."),
        error_messages={"required": _("Enter your e-mail address, like name@example.org.")},
    )
    organisation = SingleLineField(
        label=_("Your organisation"), max_length=150, required=False, help_text=_("If you write for one.")
    )
    body = forms.CharField(
        label=_("Your message"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("Please do not write web addresses and do not describe abuse material."),
        error_messages={"required": _("Write your message.")},
    )

    class Meta:
        model = ContactMessage
        fields = ["name", "email", "organisation", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.gate_limits = settings.CONTACT_LIMITS
        self.fields["email"].error_messages["invalid"] = _("Enter an e-mail address, like name@example.org.")
        for field, autocomplete in [("name", "name"), ("email", "email"), ("organisation", "organization")]:
            self.fields[field].widget.attrs["autocomplete"] = autocomplete

    def clean_name(self):
        return refuse_links(self.cleaned_data["name"])

    def clean_organisation(self):
        return refuse_links(self.cleaned_data["organisation"])

    def clean_body(self):
        return refuse_links(self.cleaned_data["body"])

    def refused_for_link(self):
        return any(error.code == "link" for errors in self.errors.as_data().values() for error in errors)


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search for"), max_length=100, required=False, strip=True)

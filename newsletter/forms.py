"""The public forms of the newsletter."""

import difflib

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc.gate import GateMixin

# Domains that many people have; one that looks nearly like them is asked about, not refused.
COMMON_DOMAINS = [
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "proton.me", "protonmail.com",
    "mail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "skynet.be",
    "telenet.be", "proximus.be", "ziggo.nl", "kpnmail.nl", "planet.nl", "europol.europa.eu", "ec.europa.eu", "europarl.europa.eu",
]  # fmt: skip


def likely_meant(email):
    """Return the address with the domain that was probably meant, or nothing.

    >>> likely_meant("name@gmial.com")
    'name@gmail.com'
    """
    name, _at, domain = email.rpartition("@")
    if domain in COMMON_DOMAINS:
        return ""
    near = difflib.get_close_matches(domain, COMMON_DOMAINS, 1, cutoff=0.87)
    return f"{name}@{near[0]}" if near else ""


class SubscribeForm(GateMixin, forms.Form):
    """One field. A domain that looks misspelt is asked about once: the answer comes as `use`, the address to take."""

    gate_scope = "newsletter.subscribe"

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address, like name@example.org."),
            "invalid": _("Enter an e-mail address, like name@example.org."),
        },
    )

    def __init__(self, data=None, **kwargs):
        if data is not None and data.get("use"):
            data = data.copy()
            data["email"] = data["use"]
        super().__init__(data, **kwargs)
        self.gate_limits = settings.SUBSCRIBE_LIMITS
        self.meant = ""

    def clean_email(self):
        email = plain_address(self.cleaned_data["email"])
        self.meant = "" if self.data.get("use") else likely_meant(email)
        if self.meant:
            raise forms.ValidationError(gettext("Did you mean %(meant)s?") % {"meant": self.meant}, "misspelt")
        return email


def plain_address(email):
    """Return the address in lower case with a domain that every mail server understands."""
    name, _at, domain = email.lower().rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise forms.ValidationError(gettext("Enter an e-mail address, like name@example.org.")) from error


class LanguageForm(forms.Form):
    """The language in which a subscriber wants our letters."""

    language = forms.ChoiceField(
        label=_("Language of our letters"),
        choices=list(settings.LANGUAGE_NAMES.items()),
        widget=forms.RadioSelect,
        help_text=_("The issues themselves are written in English."),
    )

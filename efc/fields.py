"""Form fields and cleaning for what the public writes: one line, no link, an address that every mail server understands."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc.links import has_link

LINK_REFUSED = _(
    "Please take the web address or code out of your message; we cannot receive them here. "
    "If it leads to child sexual abuse material, report it to the hotline of your country."
)


def refuse_links(text):
    if has_link(text):
        raise forms.ValidationError(LINK_REFUSED, "link")
    return text


class SingleLineField(forms.CharField):
    """One line: every line or control separator of Unicode is refused."""

    def clean(self, value):
        value = super().clean(value)
        if any(ord(sign) < 32 or sign in "\x7f\x85\u2028\u2029" for sign in value):
            raise forms.ValidationError(_("Write this on one line."))
        return value


def plain_address(email):
    """Return the address in lower case with a domain that every mail server understands."""
    name, _at, domain = email.lower().rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise forms.ValidationError(gettext("Enter an e-mail address, like name@example.org.")) from error

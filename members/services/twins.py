"""Whether an organisation that applies is known already: by its legal name, or by the host of its website."""

import unicodedata
from datetime import date
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Application, Organisation

# Sites on which many organisations have a page of their own: the same host says nothing there.
SHARED_HOSTS = {
    "facebook.com", "linkedin.com", "sites.google.com", "github.io", "wordpress.com", "wixsite.com", "medium.com",
    "instagram.com", "youtube.com", "x.com", "europa.eu", "ec.europa.eu",
}  # fmt: skip


def plain_name(name):
    """Return a name as it is compared: without case, accents, spaces and signs.

    >>> plain_name("Fundación  Ejemplo, S.A.")
    'fundacionejemplosa'
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def host_of(website):
    """Return the host of an own website without `www.`; nothing for a page on somebody else's.

    >>> host_of("https://www.bank.example/about")
    'bank.example'
    """
    host = (urlsplit(website).hostname or "").removeprefix("www.")
    return "" if host in SHARED_HOSTS else host


def twin_of(application):
    """Look for the same organisation among the open applications, the members, and those declined for a time.

    Returns: (the open application or None, the sentence that refuses to send this one or None). Costs: 3 queries.
    """
    name, host = plain_name(application.organisation_name), host_of(application.website)

    def is_same(other_name, other_website):
        return plain_name(other_name) == name or (bool(host) and host_of(other_website) == host)

    others = Application.objects.exclude(pk=application.pk).order_by("pk")
    for other in others.waiting():
        if is_same(other.organisation_name, other.website):
            return other, _(
                "An application of this organisation is open already. We have written to the person who sent it, who can tell you "
                "about it. Your draft stays here; nothing is lost."
            )
    for member in Organisation.objects.members().only("name", "short_name", "website"):
        if is_same(member.name, member.website) or (member.short_name and plain_name(member.short_name) == name):
            return None, _(
                "The coalition works with an organisation of this name or website already. Write to the Secretariat, and we find "
                "out together. Your draft stays here; nothing is lost."
            )
    # A decision is told to nobody but the address it was sent to.
    declined = others.filter(status=Application.Status.DECLINED, may_apply_again_on__gt=timezone.localdate())
    for other in declined.filter(email=application.email):
        if is_same(other.organisation_name, other.website):
            return None, again_from(other.may_apply_again_on)
    return None, None


def again_from(day: date):
    return _("This organisation can apply again from %(day)s. Your draft stays here until then, as long as you open it once in 90 days.") % {
        "day": date_format(day, "j F Y")
    }  # fmt: skip

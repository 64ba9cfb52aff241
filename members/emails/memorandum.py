"""Letters about the memorandum: to sign it, to sign it still, and the receipt."""

from django.conf import settings
from django.urls import reverse

from efc import mail
from members.emails.memberships import to_contacts


def _where(organisation):
    return settings.SITE_URL + reverse("workspace_members:sign", args=[organisation.slug])


def memorandum_in_force(version, organisation):
    """Ask the contact persons of a member to sign the version that is now in force."""
    return to_contacts("members/memorandum_in_force", organisation, version, version=version, sign=_where(organisation))


def memorandum_reminder(version, organisation):
    """Ask once more. Returns: the letters."""
    return to_contacts("members/memorandum_reminder", organisation, version, version=version, sign=_where(organisation))


def memorandum_signed(signature, user):
    """Send the receipt to the person who signed."""
    return mail.queue(
        "members/memorandum_signed", user.email, signature, language=user.language, signature=signature,
        organisation=signature.organisation, version=signature.version, link=_where(signature.organisation),
    )  # fmt: skip

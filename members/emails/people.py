"""Letters about who acts for an organisation: invitations and hand-over."""

from django.conf import settings
from django.urls import reverse

from efc import mail


def invitation(invitation):
    """Send the single-use link that opens an account."""
    return mail.queue(
        "members/invitation", invitation.email, invitation, name=invitation.person.name,
        organisation=invitation.organisation, link=settings.SITE_URL + invitation.get_absolute_url(),
        until=invitation.expires_at,
    )  # fmt: skip


def invitation_joined(person, organisation):
    """Tell somebody who has an account that it now acts for one more organisation."""
    return mail.queue(
        "members/invitation_joined", person.user.email, person, language=person.user.language, name=person.name,
        organisation=organisation, link=settings.SITE_URL + reverse("workspace"),
    )  # fmt: skip


def invitation_wanted(invitation):
    """Tell who invited, or the Secretariat, that somebody stands before a link that no longer works."""
    inviter = invitation.invited_by
    to = inviter.email if inviter is not None and inviter.is_active else settings.SECRETARIAT_EMAIL
    return mail.queue(
        "members/invitation_wanted", to, invitation, language=getattr(inviter, "language", "en"), invitation=invitation,
        person=invitation.person, organisation=invitation.organisation, link=settings.SITE_URL + reverse("workspace"),
    )  # fmt: skip


def handover_done(person, to, moved):
    """Tell a successor what has come to them. `moved` are sentences."""
    address = to.user.email if to.user_id else to.email
    if not address:
        return None
    return mail.queue(
        "members/handover", address, to, language=to.user.language if to.user_id else "en", name=to.name, before=person.name,
        moved=moved, link=settings.SITE_URL + reverse("workspace"),
    )  # fmt: skip

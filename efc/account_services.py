"""What people do with their own accounts, and what the Secretariat does for who has lost the second factor."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit, emails, rates
from efc.models import User
from efc.permissions import require

ADDRESS_SALT = "efc.account.address"
ADDRESS_WITHIN = timedelta(days=1)
ADDRESS_LIMITS = [(3, 3600), (6, 86400)]  # (letters, seconds) of one person
ATTEMPTS_KEPT = timedelta(days=1)


@transaction.atomic
def change_person(user, *, changed):
    """Keep a person's own name and language. Writes: the account, an audit entry."""
    if changed:
        user.save(update_fields=changed)
        audit.record("efc.user.change", user, user, changed=changed)


def ask_for_address(user, email):
    """Write to the new address; nothing changes before the link there is opened. Letters: email_asked, or email_taken.

    Raises: ValidationError when too many letters were asked for.
    """
    if not rates.allow("address", user.pk, ADDRESS_LIMITS):
        raise ValidationError(
            _("Several letters are on their way already. Look into the mailbox, or try again in an hour.")
        )
    if User.objects.filter(email=email).exists():
        emails.email_taken(user, email)
    else:
        emails.email_asked(user, email, signing.dumps([user.pk, user.email, email], salt=ADDRESS_SALT))


def address_asked(user, key):
    """Return the address a link stands for. Raises: BadSignature when it is old, changed, used or another person's."""
    pk, was, email = signing.loads(key, salt=ADDRESS_SALT, max_age=ADDRESS_WITHIN)
    if [pk, was] != [user.pk, user.email]:
        raise signing.BadSignature
    return email


@transaction.atomic
def change_address(user, email):
    """Give an account its proven address. Writes: the account, an audit entry. Letters: email_changed, to the old one.

    Raises: ValidationError when another account has the address by now.
    """
    was = user.email
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=email)
    except IntegrityError as error:
        raise ValidationError(_("Another account has this address.")) from error
    EmailAddress.objects.filter(user_id=user.pk).delete()  # allauth's copy of the old one
    user.email = email
    audit.record("efc.user.change", user, user, changed=["email"])
    emails.email_changed(user, was)


@transaction.atomic
def remove_factors(user, *, by, because):
    """Take the second factor from an account whose owner has lost it, and end its sessions; they set up a new one.

    `because` says how the officer made sure who asks. Writes: the factors and sessions, an audit entry. Letters: factors_removed. Raises: PermissionDenied for one's own account.
    """
    require(by, "efc.change_user", user)
    if by is not None and (by.pk == user.pk or (user.is_superuser and not by.is_superuser)):
        raise PermissionDenied("efc.change_user")
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    audit.record("efc.user.remove_factors", user, by, because=because)
    emails.factors_removed(user)


def forget_ended_sessions():
    """Remove sessions that are over with the address and browser kept for them, and old failed attempts. Returns: how many."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    live = Session.objects.values("session_key")
    ended = UserSession.objects.exclude(session_key__in=live).delete()[0]
    return ended + AccessAttempt.objects.filter(attempt_time__lt=now - ATTEMPTS_KEPT).delete()[0]

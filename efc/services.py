"""What happens to messages of the public: received, confirmed, assigned, answered, closed, sealed; and to letters that failed."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit, emails
from efc.models import ContactMessage
from efc.workflow import move

CONFIRM_SALT = "efc.contact.confirm"
CONFIRM_WITHIN = timedelta(days=2)


@transaction.atomic
def receive_message(message, *, confirmed=True):
    """Take in a message of the public. Where its sender still has to confirm it, nobody sees it until then.

    Writes: the message, an audit entry. Letters: message_received, or message_needs_confirmation. Returns: the message.
    """
    message.status = ContactMessage.Status.NEW if confirmed else ContactMessage.Status.UNCONFIRMED
    message.save(force_insert=True)
    audit.record("efc.contactmessage.receive", message, topic=message.topic, confirmed=confirmed)
    if confirmed:
        emails.message_received(message)
    else:
        emails.message_needs_confirmation(message, signing.dumps(message.pk, salt=CONFIRM_SALT))
    return message


def message_to_confirm(key):
    """Return the message a confirmation link stands for, or None when the link is old, changed or used."""
    try:
        pk = signing.loads(key, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature:
        return None
    return ContactMessage.objects.filter(pk=pk, status=ContactMessage.Status.UNCONFIRMED).first()


@transaction.atomic
def confirm_message(message):
    """Put a confirmed message into the inbox. Letters: message_received."""
    move(message, "confirm", by=None)
    emails.message_received(message)


@transaction.atomic
def assign_message(message, *, by, to=None):
    """Make somebody responsible, the person who asks when nobody is named."""
    return move(message, "assign", by=by, assigned_to=to or by)


@transaction.atomic
def answer_message(message, answer, *, by):
    """Answer by mail. Letters: message_answered. Raises: ValidationError when there is nothing to send."""
    if not answer.strip():
        raise ValidationError(_("Write an answer first."))
    move(message, "answer", by=by, answer=answer.strip(), answered_at=timezone.now(), answered_by=by)
    emails.message_answered(message)
    return message


@transaction.atomic
def close_message(message, *, by):
    return move(message, "close", by=by)


@transaction.atomic
def reopen_message(message, *, by):
    return move(message, "reopen", by=by)


@transaction.atomic
def seal_message(message, *, by):
    """Take a message out of everybody's sight but the two safeguarding officers'."""
    return move(message, "seal", by=by)


@transaction.atomic
def unseal_message(message, *, by):
    """Put a message that was sealed by mistake back into the inbox; the two safeguarding officers may."""
    return move(message, "unseal", by=by)


def forget_old_messages(now):
    """Erase messages never confirmed, and those closed or answered longer ago than they are kept. Returns: how many."""
    stale = ContactMessage.objects.filter(
        status=ContactMessage.Status.UNCONFIRMED, received_at__lt=now - CONFIRM_WITHIN
    )
    done = [ContactMessage.Status.ANSWERED, ContactMessage.Status.CLOSED]
    old = ContactMessage.objects.filter(status__in=done, updated_at__lt=now - settings.CONTACT_RETENTION)
    return stale.delete()[0] + old.delete()[0]

"""What happens to messages of the public: received, confirmed, assigned, answered, closed, sealed; and to mail that came back."""

import imaplib
import logging
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit, bounces, emails, ledger
from efc.models import ContactMessage
from efc.permissions import require
from efc.workflow import move
from newsletter.services import subscribers

log = logging.getLogger(__name__)
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
    require(by, message.MOVES["answer"].permission, message)
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


def take_report(source):
    """Take in a message from where delivery reports arrive.

    Writes: the letter or delivery that it is about; where a reader's address is gone, its suppression. Returns: failed, delayed,
    known (said before) or unrelated. Never fails for what stands in the message; a database that is away comes as its own error.
    """
    try:
        with transaction.atomic():
            found = bounces.take(source)
            if found.address_is_gone:
                subscribers.suppress_gone(found.row.address, note=found.row.last_error)
    except (DatabaseError, InterfaceError) as error:
        if ledger.database_is_away(error):
            raise
        log.warning("A delivery report cannot be kept: %s", type(error).__name__)
        return bounces.UNRELATED
    return found.outcome


def read_mailbox_of_reports():
    """Take in the unread messages of BOUNCE_URL, where it is set. Returns: {outcome: how many}."""
    outcomes = Counter()
    if settings.BOUNCE_URL:
        try:
            for source in bounces.unread(settings.BOUNCE_URL):
                outcomes[take_report(source)] += 1
        except (OSError, imaplib.IMAP4.error) as error:
            log.warning("The mailbox of the delivery reports cannot be read now: %s", error)
    return dict(outcomes)

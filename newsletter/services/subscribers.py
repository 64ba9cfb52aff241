"""Asking for the newsletter, confirming, changing, leaving; and forgetting those who never confirmed."""

from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from efc import audit, rates
from efc.models import LedgerRow, OutgoingMail, new_token
from efc.permissions import require
from efc.workflow import WrongStatus
from newsletter import emails
from newsletter.models import Consent, Delivery, Subscriber, Suppression

LINK_LIFE = timedelta(days=3)
REMIND_AFTER = timedelta(days=3)
ERASE_AFTER = timedelta(days=7)
UNSUBSCRIBED_KEPT = timedelta(days=3 * 365)  # as proof that consent was given and withdrawn
LETTERS_TO_ONE_ADDRESS = [(3, 86400)]
ERASED = "erased-"


def consent_wording():
    """Return what a person agrees to, in the language of the page: shown beside the button and kept with the receipt."""
    return _(
        "I want to receive the newsletter of the European Financial Coalition, about three issues a year. "
        "My address is used for nothing else, nobody counts what I open, and I can leave at any time."
    )


@transaction.atomic
def subscribe(email, *, language, page):
    """Take in an address that was typed into the form. Whoever asks cannot see whether it was known: the work is the same.

    Writes: the subscriber, a receipt. Letters: confirm, or already_subscribed; for a suppressed address, or after several
    letters on one day, the letter is kept back in the outbox, where the Secretariat sees it. Returns: the subscriber.
    """
    email = email.lower()
    Subscriber.objects.bulk_create([Subscriber(email=email, language=language)], ignore_conflicts=True)
    subscriber = Subscriber.objects.select_for_update().of(email).get()
    _open_confirmation(subscriber, language)
    _receipt(subscriber, Consent.Act.REQUESTED, page=page, way="form", language=language)
    _write(subscriber)
    return subscriber


@transaction.atomic
def send_new_link(subscriber):
    """Send the confirmation letter again because the link has become too old."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    _open_confirmation(subscriber, subscriber.language)
    _write(subscriber)


def _open_confirmation(subscriber, language):
    """Let the link work from now on. A row that is confirmed is written too, unchanged: it takes as long."""
    if subscriber.status != Subscriber.Status.CONFIRMED:
        if subscriber.status == Subscriber.Status.UNSUBSCRIBED and subscriber.confirm_until is None:
            subscriber.confirm_token = new_token()  # the link of the earlier subscription stays used
        now = timezone.now()
        subscriber.language, subscriber.requested_at, subscriber.reminded_at = language, now, None
        subscriber.confirm_until = now + LINK_LIFE
    subscriber.save(update_fields=["language", "requested_at", "reminded_at", "confirm_until", "confirm_token"])


def _write(subscriber):
    """Queue the letter that fits, or keep it back."""
    confirmed = subscriber.status == Subscriber.Status.CONFIRMED
    letter = emails.already_subscribed(subscriber) if confirmed else emails.confirm_subscription(subscriber)
    allowed = rates.allow("newsletter.address", subscriber.email, LETTERS_TO_ONE_ADDRESS)
    if is_suppressed(subscriber.email):
        letter.state, letter.last_error = (
            LedgerRow.State.SKIPPED,
            "Suppressed address: the person has to ask the Secretariat.",
        )
    elif not allowed:
        letter.state, letter.last_error = LedgerRow.State.SKIPPED, "Several letters went to this address today."
    letter.save(update_fields=["state", "last_error"])


def is_suppressed(email):
    return Suppression.objects.filter(address=email.lower()).exists()


@transaction.atomic
def confirm_subscription(subscriber, *, language, page):
    """Make a subscriber of somebody who pressed the button of the confirmation page.

    Writes: the subscriber, a receipt, an audit entry. Raises: WrongStatus when it was pressed before or the link is too old.
    """
    row = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if not row.can_confirm or row.confirm_token != subscriber.confirm_token:
        raise WrongStatus(row, "confirm")
    row.move(
        "confirm",
        by=None,
        language=language,
        confirmed_at=timezone.now(),
        confirm_until=None,
        unsubscribed_at=None,
        left_because="",
    )
    _receipt(row, Consent.Act.CONFIRMED, page=page, way="button", language=language)
    return row


@transaction.atomic
def change_preferences(subscriber, *, language, page):
    """Set the language. Writes: the subscriber, a receipt."""
    Subscriber.objects.filter(pk=subscriber.pk).update(language=language)
    subscriber.language = language
    _receipt(subscriber, Consent.Act.CHANGED, page=page, way="button", language=language)


@transaction.atomic
def unsubscribe(subscriber, *, page="", way="button", by=None):
    """Stop the newsletter for this address; asking twice changes nothing. `way` is button, mail program or Secretariat.

    Writes: the subscriber, a receipt, an audit entry. Returns: whether anything changed.
    """
    require(by, "newsletter.change_subscriber", subscriber)
    try:
        subscriber.move("unsubscribe", by=by, unsubscribed_at=timezone.now(), confirm_until=None)
    except WrongStatus:
        return False
    _receipt(subscriber, Consent.Act.WITHDRAWN, page=page, way="Secretariat" if by else way)
    return True


@transaction.atomic
def undo_unsubscribe(subscriber, *, page):
    """Take the leaving back, on the page that followed it. Raises: WrongStatus when nothing is to be taken back."""
    if subscriber.confirmed_at is None:
        raise WrongStatus(subscriber, "undo")  # never confirmed: a new confirmation is the only way
    subscriber.move("undo", by=None, unsubscribed_at=None, left_because="", confirm_until=None)
    _receipt(subscriber, Consent.Act.CONFIRMED, page=page, way="undo")


def tell_reason(subscriber, reason):
    """Keep why somebody left, if they wanted to say it."""
    left = Subscriber.objects.filter(pk=subscriber.pk, status=Subscriber.Status.UNSUBSCRIBED)
    return left.update(left_because=Subscriber.Leaving(reason))


def _receipt(subscriber, act, *, page, way, language=""):
    language = language or subscriber.language
    with translation.override(language):
        wording = consent_wording()
    Consent.objects.create(subscriber=subscriber, act=act, wording=wording, page=page[:200], language=language, way=way)


@transaction.atomic
def suppress(address, reason, *, by, note=""):
    """Never write to an address again. Writes: the suppression, an audit entry. Returns: the suppression."""
    require(by, "newsletter.add_suppression")
    row, made = Suppression.objects.get_or_create(address=address.lower(), defaults={"reason": reason, "note": note})
    if made:
        audit.record("newsletter.suppression.add", row, by, reason=str(reason))
    return row


def suppress_gone(address, *, note):
    """Never write again to a reader whose address is gone, as the reader's mail server said. Returns: the suppression, or None for others."""
    if Subscriber.objects.of(address).exists():
        return suppress(address, Suppression.Reason.BOUNCED, by=None, note=note[:200])
    return None


@transaction.atomic
def erase_subscriber(subscriber, *, by):
    """Forget a person: address, receipts, letters; the ledger keeps a delivery without a name, so that its figures stay true.

    Writes: an audit entry without the address. `by` is None when the time to keep the data is over.
    """
    require(by, "newsletter.change_subscriber", subscriber)
    Delivery.objects.filter(subscriber=subscriber, state__in=[LedgerRow.State.QUEUED, LedgerRow.State.RETRY]).update(
        state=LedgerRow.State.SKIPPED, last_error="Erased on request."
    )
    OutgoingMail.objects.filter(about_type=subscriber._meta.label_lower, about_id=str(subscriber.pk)).delete()
    audit.record("newsletter.subscriber.erase", subscriber, by)
    subscriber.delete()
    forget_names_of_the_erased()


def forget_names_of_the_erased():
    """Take the addresses out of deliveries whose subscriber is gone and which no worker holds any more. Returns: how many."""
    held = [LedgerRow.State.CLAIMED, LedgerRow.State.ATTEMPTING]
    rows = Delivery.objects.filter(subscriber=None).exclude(state__in=held).exclude(address__startswith=ERASED)
    name = Concat(Value(ERASED), Cast(F("pk"), CharField()), Value("@erased.invalid"))
    return rows.update(address=name, token="")


def tidy(now=None):
    """Remind once after three days, erase after seven who never confirmed, and erase who left long ago.

    Letters: confirm_reminder. Returns: {"reminded": n, "erased": n}.
    """
    now = now or timezone.now()
    pending = Subscriber.objects.filter(status=Subscriber.Status.PENDING)
    erased = 0
    for subscriber in pending.filter(requested_at__lte=now - ERASE_AFTER).iterator():
        erase_subscriber(subscriber, by=None)
        erased += 1
    gone = Subscriber.objects.filter(
        status=Subscriber.Status.UNSUBSCRIBED, unsubscribed_at__lte=now - UNSUBSCRIBED_KEPT
    )
    for subscriber in gone.iterator():
        erase_subscriber(subscriber, by=None)
        erased += 1
    reminded = sum(
        _remind(pk, now)
        for pk in pending.filter(reminded_at=None, requested_at__lte=now - REMIND_AFTER).values_list("pk", flat=True)
    )
    forget_names_of_the_erased()
    return {"reminded": reminded, "erased": erased}


@transaction.atomic
def _remind(pk, now):
    """Remind one subscriber, unless somebody did or they acted meanwhile."""
    waiting = Subscriber.objects.select_for_update(skip_locked=True)
    subscriber = waiting.filter(pk=pk, status=Subscriber.Status.PENDING, reminded_at=None).first()
    if subscriber is None or is_suppressed(subscriber.email):
        return 0
    subscriber.reminded_at, subscriber.confirm_until = now, subscriber.requested_at + ERASE_AFTER
    subscriber.save(update_fields=["reminded_at", "confirm_until"])
    emails.confirm_reminder(subscriber)
    return 1

"""Sending mailings: what the ledger's engine has to know of them, and one round of a worker."""

import logging
import time
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import ledger, mail, mime
from efc.models import new_token
from newsletter import marks
from newsletter.models import Delivery, Mailing
from newsletter.rendering import LANGUAGE, Rendered
from newsletter.services import mailings

BREAKER_WINDOW = 200  # a mailing is held when, of its last so many answers,
BREAKER_FAILURES = 10  # more than so many were refusals for good
ROUND_SECONDS = 50

log = logging.getLogger(__name__)


def run(seconds=ROUND_SECONDS):
    """Do what is due: start, hold, send, finish. Any number of workers may do so at once.

    Returns: whether work was left when the time was up.
    """
    end = time.monotonic() + seconds
    try:
        look_after()
        for mailing in Mailing.objects.filter(status=Mailing.Status.SENDING).exclude(started_at=None).order_by("pk"):
            send(mailing, max(0.0, end - time.monotonic()))
            if time.monotonic() >= end:
                return True
    except (DatabaseError, InterfaceError) as error:
        if not ledger.database_is_away(error):
            raise
        log.warning("The database is away: %s", str(error).strip().partition("\n")[0])
        connection.close()
    return False


def look_after():
    """Start what is due, hold what is late, take back what workers that are gone left behind."""
    released = Mailing.objects.filter(status=Mailing.Status.SENDING, started_at=None)
    late = Q(send_at__lt=Now() - settings.MAILING_LATE_AFTER)
    for mailing in Mailing.objects.filter(late, status=Mailing.Status.PREPARED) | released.filter(late):
        mailings.hold_mailing(mailing, _("Its time has passed by. Release it if it should still go out."))
    for mailing in released.filter(Q(send_at=None) | Q(send_at__lte=Now())).select_related("issue"):
        if mailing.issue.hidden_items().exists():
            mailings.hold_mailing(mailing, _("Something in it is not public any more. Stop it, and prepare it anew."))
        else:
            mailings.start_mailing(mailing)
    mailings_at_rest = Q(status__in=[Mailing.Status.PAUSED, Mailing.Status.HELD]) | Q(
        status=Mailing.Status.STOPPED, finished_at__gt=timezone.now() - timedelta(days=2)
    )
    for mailing in Mailing.objects.filter(mailings_at_rest):
        ledger.reap(Deliveries(mailing))
        if mailing.status == Mailing.Status.STOPPED:
            mailings.skip_waiting(mailing)


def send(mailing, seconds):
    """Send what is due of one mailing, and finish it when nothing is left. Raises: nothing for content that cannot be sent: it is held."""
    deliveries = Deliveries(mailing)
    try:
        deliveries.write()
    except ValueError as error:
        mailings.hold_mailing(mailing, _("The content cannot be sent as it is: %(why)s") % {"why": error})
        return
    ledger.run(
        deliveries,
        connections=settings.MAILING_CONNECTIONS,
        depth=settings.MAILING_RISK,
        seconds=seconds,
        meanwhile=partial(mail.deliver, seconds=10),  # letters do not wait behind a mailing
    )
    mailings.finish_mailing(Mailing.objects.select_related("issue").get(pk=mailing.pk))


class Deliveries(ledger.Book):
    """The deliveries of one mailing, as the ledger's engine sees them."""

    model = Delivery
    columns = ("token",)
    # The same rule as SubscriberQuerySet.eligible, asked of one row when its message leaves. Written with scalar subqueries,
    # because PostgreSQL answers EXISTS here by hashing all readers, for every commit anew.
    wanted = """(
        coalesce((SELECT reader.status = 'confirmed' FROM newsletter_subscriber AS reader WHERE reader.id = entry.subscriber_id), FALSE)
        AND (SELECT count(*) FROM newsletter_suppression AS stop WHERE stop.address = lower(entry.address)) = 0
    )"""
    unwanted = "Unsubscribed, or must not be written to."

    def __init__(self, mailing):
        self.mailing = mailing
        self.lease_seconds = settings.MAILING_LEASE_SECONDS
        self.scope = f"entry.mailing_id = {mailing.pk:d}"
        self.open = f"(SELECT status = 'sending' FROM newsletter_mailing WHERE id = {mailing.pk:d})"  # noqa: S608

    def write(self):
        """Write the message with blanks, once for all readers, and read samples of it back. Raises: ValueError."""
        mailing = self.mailing
        if Rendered(mailing.subject, mailing.html, mailing.text, "").digest != mailing.digest:
            raise ValueError("it is not what was prepared.")
        self.form = mime.Form(
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=mailing.subject,
            text=mailing.text,
            html=mailing.html,
            date=mailing.started_at,
            language=LANGUAGE,
            mark=marks.TOKEN,
            headers={
                "Reply-To": settings.SECRETARIAT_EMAIL,
                "List-Id": f"EFC newsletter <newsletter.{urlsplit(settings.SITE_URL).hostname}>",
            },
            # No mailto: nobody reads such letters at once; the link works by itself (RFC 8058).
            keyed_headers=[
                ("List-Unsubscribe", f"<{marks.unsubscribe_link()}>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ],
        )
        for key in (new_token(), new_token()):
            if self.form.prove(key)["List-Unsubscribe"] != f"<{marks.unsubscribe_link(key)}>":
                raise ValueError("the link to unsubscribe does not read back.")

    def compose(self, delivery):
        return self.form.fill(delivery.address, delivery.message_id, delivery.token)

    def pace(self, count):
        """Keep MAILING_RATE_PER_SECOND over all workers: one clock, on the mailing's row, is moved on by what leaves."""
        rate = settings.MAILING_RATE_PER_SECOND
        if not rate or not count:
            return count, 0
        count = min(count, rate)
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE newsletter_mailing SET paced_until = greatest(paced_until, statement_timestamp()) + %s * interval '1 second'"
                " WHERE id = %s AND (paced_until IS NULL OR paced_until <= statement_timestamp())",
                [count / rate, self.mailing.pk],
            )
            return (count, 0) if cursor.rowcount else (0, min(1, 1 / rate))

    def failed(self):
        """Hold the mailing when too many of the last answers were refusals: something is wrong with us, not with the readers."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE last.state = 'failed') FROM (SELECT state FROM newsletter_delivery"
                " WHERE mailing_id = %s AND state IN ('sent', 'failed') AND answered_at > (SELECT watched_from FROM newsletter_mailing WHERE id = %s)"
                " ORDER BY answered_at DESC LIMIT %s) AS last",
                [self.mailing.pk, self.mailing.pk, BREAKER_WINDOW],
            )
            failures = cursor.fetchone()[0]
        if failures > BREAKER_FAILURES:
            reason = _("%(n)s of the last %(window)s answers were refusals. Look at the reasons, then resume or stop.")
            mailings.hold_mailing(self.mailing, reason % {"n": failures, "window": BREAKER_WINDOW})

    def trouble(self, why):
        Mailing.objects.filter(pk=self.mailing.pk).exclude(trouble=why[:300]).update(trouble=why[:300])

"""Sending an issue: prepared by one officer, released by another; paused, resumed and stopped by either."""

from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc import audit, mail
from efc.permissions import require
from efc.workflow import WrongStatus
from newsletter import rendering
from newsletter.models import Delivery, Issue, Mailing, Subscriber

STOPPED = "The mailing was stopped before this one went out."
WAITING = (Delivery.State.QUEUED, Delivery.State.CLAIMED, Delivery.State.RETRY)
MAY_HAVE_ARRIVED = (Delivery.State.ATTEMPTING, Delivery.State.SENT, Delivery.State.IN_DOUBT)


@transaction.atomic
def prepare_mailing(issue, *, by, send_at=None):
    """Freeze an issue and everybody it goes to. Doing so twice changes nothing.

    Writes: the mailing with its content, one delivery for each confirmed subscriber who is not suppressed, an audit entry.
    Returns: the mailing, waiting for its release. Raises: ValidationError when an item is not public or nobody would get it.
    """
    require(by, "newsletter.send_mailing", issue)
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    mailing = Mailing.objects.filter(issue=issue).first()
    if mailing and (mailing.status != Mailing.Status.STOPPED or issue.status != Issue.Status.DRAFT):
        return mailing
    if issue.status != Issue.Status.DRAFT:
        raise WrongStatus(issue, "send")
    _require_public(issue)
    rendered = rendering.render_issue(issue)
    content = {
        "subject": rendered.subject,
        "html": rendered.html,
        "text": rendered.text,
        "web_html": rendered.web_html,
        "digest": rendered.digest,
        "prepared_by": by,
        "prepared_at": timezone.now(),
        "send_at": send_at,
    }
    if mailing:  # stopped before anything went out
        mailing.deliveries.all().delete()
        nobody = {"released_by": None, "started_at": None, "finished_at": None, "held_reason": "", "trouble": ""}
        mailing.move("prepare", by=by, **content, **nobody)
    else:
        mailing = Mailing.objects.create(issue=issue, **content)
    _freeze_recipients(mailing)
    if not mailing.total:
        raise ValidationError(_("Nobody has confirmed a subscription yet, so there is nobody to send it to."))
    audit.record("newsletter.mailing.prepare", mailing, by, recipients=mailing.total, digest=mailing.digest)
    return mailing


def _require_public(issue):
    if hidden := [str(item) for item in issue.hidden_items()]:
        raise ValidationError(
            _("Not public: %(titles)s. Take it out, or wait until it is.") % {"titles": "; ".join(hidden)}
        )


def _freeze_recipients(mailing):
    readers, values = (
        Subscriber.objects.eligible().order_by("pk").values("pk", "email", "token").query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO newsletter_delivery"  # noqa: S608  (our own query)
            " (mailing_id, subscriber_id, address, token, message_id, state, worker, attempts, last_error)"
            " SELECT %s, reader.id, reader.email, reader.token, replace(gen_random_uuid()::text, '-', ''), 'queued', '', 0, ''"
            f" FROM ({readers}) AS reader (id, email, token) ON CONFLICT (mailing_id, address) DO NOTHING",
            [mailing.pk, *values],
        )
    mailing.total = mailing.deliveries.count()
    mailing.save(update_fields=["total"])


@transaction.atomic
def release_mailing(mailing, *, by, count=None):
    """Let a prepared mailing go, now or at its time.

    Another officer than the one who prepared it must do so; where TWO_PERSONS_RELEASE is off, the same one may who types the
    number of recipients. Writes: mailing and issue, audit entries. Raises: PermissionDenied, ValidationError, WrongStatus.
    """
    mailing = Mailing.objects.select_for_update().select_related("issue").get(pk=mailing.pk)
    require(by, "newsletter.send_mailing", mailing)
    if mailing.released_by_id:
        raise WrongStatus(mailing, "release")
    _require_public(mailing.issue)
    if settings.TWO_PERSONS_RELEASE:
        if by.pk == mailing.prepared_by_id:
            raise PermissionDenied(_("Somebody else must release what you prepared."))
    elif count != mailing.total:
        raise ValidationError(
            ngettext(
                "Type the number of recipients to confirm: it goes to %(n)s person.",
                "Type the number of recipients to confirm: it goes to %(n)s people.",
                mailing.total,
            )
            % {"n": mailing.total}
        )
    now = timezone.now()
    later = mailing.send_at is not None and mailing.send_at > now
    mailing.move(
        "release", by=by, released_by=by, send_at=mailing.send_at if later else None, held_reason="", watched_from=now
    )
    if not later:
        start_mailing(mailing, by=by)
    _ring()
    return mailing


@transaction.atomic
def start_mailing(mailing, *, by=None):
    """Begin to send a released mailing: the archive shows its issue from now on. Returns: whether it was us who began."""
    now = timezone.now()
    if not Mailing.objects.filter(pk=mailing.pk, status=Mailing.Status.SENDING, started_at=None).update(started_at=now):
        return False
    mailing.started_at = now
    if mailing.issue.status == Issue.Status.DRAFT:
        mailing.issue.move("send", by=by, sent_at=now, web_html=mailing.web_html)
    return True


@transaction.atomic
def pause_mailing(mailing, *, by):
    """Let nothing more go out until it is resumed; what is on its way arrives."""
    return mailing.move("pause", by=by)


@transaction.atomic
def resume_mailing(mailing, *, by):
    """Go on after a pause, or after the portal held the mailing. One that was never released needs its release."""
    if not mailing.released_by_id:
        require(by, "newsletter.send_mailing", mailing)
        raise ValidationError(_("This mailing has not been released yet. Release it instead."))
    mailing.move("resume", by=by, held_reason="", trouble="", send_at=None, watched_from=timezone.now())
    _ring()
    return mailing


@transaction.atomic
def stop_mailing(mailing, *, by):
    """Send nothing more, for good. An issue of which nothing went out becomes a draft again; else the archive keeps it.

    Writes: the mailing, its waiting deliveries (skipped), the issue, audit entries.
    """
    mailing.move("stop", by=by, finished_at=timezone.now())
    skip_waiting(mailing)
    issue = Issue.objects.get(pk=mailing.issue_id)
    if issue.status == Issue.Status.SENDING:
        gone = mailing.deliveries.filter(state__in=MAY_HAVE_ARRIVED).exists()
        issue.move("finish", by=by) if gone else issue.move("reopen", by=by, sent_at=None, web_html="")
    return mailing


def skip_waiting(mailing):
    """Close what waits of a stopped mailing."""
    waiting = mailing.deliveries.filter(state__in=WAITING)
    waiting.update(state=Delivery.State.SKIPPED, last_error=STOPPED, lease_until=None)


@transaction.atomic
def resend_mailing(mailing, *, by):
    """Send again what is in doubt: an officer decides that a second copy is better than none. Returns: how many."""
    mailing.move("resend", by=by, finished_at=None, watched_from=timezone.now())
    doubtful = mailing.deliveries.filter(state=Delivery.State.IN_DOUBT)
    count = doubtful.update(state=Delivery.State.QUEUED, worker="", not_before=timezone.now())
    if not count:
        raise ValidationError(_("No delivery of this mailing is in doubt."))
    audit.record("newsletter.mailing.resend_in_doubt", mailing, by, recipients=count)
    _ring()
    return count


@transaction.atomic
def hold_mailing(mailing, reason):
    """Stop for a decision of an officer; the portal does so by itself. Returns: whether it was us who held it."""
    try:
        mailing.move("hold", by=None, held_reason=reason[:300], note=reason)
    except WrongStatus:
        return False
    return True


@transaction.atomic
def finish_mailing(mailing):
    """Close a mailing of which nothing waits any more, and its issue. Returns: whether it was us who closed it."""
    if mailing.deliveries.filter(state__in=Delivery.OPEN).exists():
        return False
    try:
        with transaction.atomic():
            mailing.move("finish", by=None, finished_at=timezone.now())
    except WrongStatus:
        return False
    if mailing.issue.status == Issue.Status.SENDING:
        mailing.issue.move("finish", by=None)
    return True


def _ring():
    transaction.on_commit(partial(mail.ring, "newsletter.tasks.run_mailings"))

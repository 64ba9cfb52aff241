"""Deliverables: a lead reports, asks for more time, hands in; the Secretariat records the Commission's answer."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc import audit
from efc.files import check_upload
from efc.permissions import require
from efc.workflow import TooLate
from workpackages import emails
from workpackages.models import Comment, Deliverable, DeliverableFile, Extension, Outlook, Update


class HandedIn(TooLate, ValidationError):
    """What can only be said of an open deliverable comes too late: it is handed in."""

    def __init__(self):
        super().__init__(_("This deliverable is handed in already. The Secretariat can open it again."))


class WrittenMeanwhile(TooLate):
    """Somebody else has reported since the page was opened. `update` is what they wrote."""

    def __init__(self, update):
        self.update = update
        super().__init__(
            _("%(name)s has reported meanwhile. Read it, then choose what stands.") % {"name": update.written_by}
        )


def _locked(deliverable):
    rows = Deliverable.objects.select_for_update(of=("self",)).select_related("work_package__programme")
    return rows.get(pk=deliverable.pk)


def latest_update(deliverable):
    """Return the latest update, or None."""
    return deliverable.updates.select_related("written_by").first()


@transaction.atomic
def report_deliverable(deliverable, *, by, outlook, sentence, seen=None, cause="", proposed_on=None):
    """Write down how a deliverable stands; with a cause and a later day, ask the Steering Group for more time.

    `seen` is the latest update the writer has read (its pk, or None for none). Writes: an update, the outlook, perhaps an extension,
    an audit entry. Letters: to those who decide on extensions. Returns: the update.
    Raises: PermissionDenied, ValidationError, WrittenMeanwhile when another lead has written since.
    """
    require(by, "workpackages.update_deliverable", deliverable)
    deliverable = _locked(deliverable)
    if deliverable.is_handed_in:
        raise HandedIn
    _require_seen(deliverable, seen)
    if outlook in (Outlook.AT_RISK, Outlook.LATE) and not sentence.strip():
        raise ValidationError({"sentence": _("Say in one sentence what stands in the way.")})
    update = _write(deliverable, Update.Kind.REPORT, outlook, sentence, by)
    if proposed_on is not None:
        request_extension(deliverable, by=by, cause=cause, proposed_on=proposed_on)
    return update


def _require_seen(deliverable, seen):
    latest = latest_update(deliverable)
    if latest is not None and latest.pk != seen:
        raise WrittenMeanwhile(latest)


def _write(deliverable, kind, outlook, sentence, by):
    sentence = " ".join(sentence.split())
    update = Update.objects.create(
        deliverable=deliverable, kind=kind, outlook=outlook, sentence=sentence, written_by=by
    )
    if (
        deliverable.status == Deliverable.Status.PENDING
        and outlook != Outlook.NOT_STARTED
        and kind != Update.Kind.DELIVERED
    ):
        deliverable.move("draft", by=by, outlook=outlook)
    else:
        Deliverable.objects.filter(pk=deliverable.pk).update(outlook=outlook, updated_at=timezone.now())
    audit.record("workpackages.deliverable.report", deliverable, by, kind=str(kind), outlook=str(outlook))
    return update


@transaction.atomic
def confirm_deliverable(deliverable, *, by, seen=None):
    """Say that nothing has changed: the last outlook and sentence stand. Writes: an update, an audit entry. Returns: the update."""
    require(by, "workpackages.update_deliverable", deliverable)
    deliverable = _locked(deliverable)
    if deliverable.is_handed_in:
        raise HandedIn
    _require_seen(deliverable, seen)
    latest = latest_update(deliverable)
    return _write(deliverable, Update.Kind.NO_CHANGE, deliverable.outlook, latest.sentence if latest else "", by)


@transaction.atomic
def request_extension(deliverable, *, by, cause, proposed_on):
    """Ask the Steering Group for a later day. A request that still waits is replaced.

    Writes: an extension, an audit entry. Letters: to those who decide. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.update_deliverable", deliverable)
    deliverable = _locked(deliverable)
    if deliverable.is_handed_in:
        raise HandedIn
    if not cause.strip():
        raise ValidationError(
            {"cause": _("Give the cause: the Steering Group decides on it, and the report names it.")}
        )
    if proposed_on <= timezone.localdate():
        raise ValidationError({"proposed_on": _("Propose a day after today.")})
    if proposed_on <= deliverable.due_on:
        raise ValidationError(
            {"proposed_on": _("It is due on %(day)s already. Propose a later day.") % {"day": deliverable.due_on}}
        )
    for waiting in deliverable.extensions.filter(status=Extension.Status.REQUESTED):
        waiting.move("withdraw", by=by)
    extension = Extension.objects.create(
        deliverable=deliverable,
        due_before_on=deliverable.due_on,
        proposed_on=proposed_on,
        cause=cause.strip(),
        requested_by=by,
    )
    audit.record("workpackages.extension.request", extension, by, until=str(proposed_on))
    emails.extension_requested(extension)
    return extension


@transaction.atomic
def withdraw_extension(extension, *, by):
    """Take the request back; the day stays as it is. Writes: the extension, an audit entry. Raises: PermissionDenied, WrongStatus."""
    return extension.move("withdraw", by=by)


@transaction.atomic
def grant_extension(extension, *, by, decision=None, ballot=None):
    """Move the day that counts. The baseline stays; what was late for want of time is on track again.

    Writes: the extension, the deliverable's `due_on`, perhaps its outlook with an update, audit entries. Letters: to the leads.
    Raises: PermissionDenied, WrongStatus.
    """
    extension.move("grant", by=by, decided_at=timezone.now(), decided_by=by, decision=decision, ballot=ballot)
    deliverable = _locked(extension.deliverable)
    deliverable.due_on = extension.proposed_on
    if deliverable.outlook == Outlook.LATE and deliverable.due_on >= timezone.localdate():
        deliverable.outlook = Outlook.ON_TRACK
        sentence = _("More time granted until %(day)s.") % {"day": date_format(deliverable.due_on)}
        deliverable.updates.create(outlook=Outlook.ON_TRACK, sentence=sentence, written_by=by)
    deliverable.save(update_fields=["due_on", "outlook", "updated_at"])
    audit.record(
        "workpackages.deliverable.extend",
        deliverable,
        by,
        before=str(extension.due_before_on),
        after=str(extension.proposed_on),
    )
    emails.extension_decided(extension)
    return extension


@transaction.atomic
def refuse_extension(extension, *, by, reason, decision=None, ballot=None):
    """Keep the day as it is, and say why.

    Writes: the extension, audit entries. Letters: to the leads. Raises: PermissionDenied, WrongStatus, ValidationError without a reason.
    """
    require(by, "workpackages.decide_extension", extension)
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("Say in one sentence why. The leads read it in their letter.")})
    extension.move(
        "refuse", by=by, decided_at=timezone.now(), decided_by=by, refused_because=reason, decision=decision, ballot=ballot
    )  # fmt: skip
    audit.record("workpackages.deliverable.refuse", extension.deliverable, by, until=str(extension.proposed_on))
    emails.extension_decided(extension)
    return extension


@transaction.atomic
def add_file(deliverable, upload, *, by, access=DeliverableFile.Access.TEAM):
    """Take in the next version of the deliverable's file.

    Writes: a file row, an audit entry. Files: the upload, checked and under a private path. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.update_deliverable", deliverable)
    media_type, content = check_upload(upload)
    deliverable = _locked(deliverable)
    content.seek(0)
    data = content.read()
    content.seek(0)
    last = deliverable.files.first()
    row = DeliverableFile.objects.create(
        deliverable=deliverable, version=last.version + 1 if last else 1, file=content, name=upload.name[-150:], access=access,
        media_type=media_type, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), uploaded_by=by,
    )  # fmt: skip
    audit.record("workpackages.deliverable.file", deliverable, by, version=row.version, sha256=row.sha256)
    return row


@transaction.atomic
def submit_deliverable(deliverable, *, by, sentence="", seen=None, delivered_on=None):
    """Hand a deliverable in; it needs a file.

    Writes: status, day and an update, audit entries; a waiting request for more time is withdrawn. Letters: to the Secretariat.
    Raises: PermissionDenied, ValidationError, WrongStatus, WrittenMeanwhile.
    """
    require(by, "workpackages.update_deliverable", deliverable)
    deliverable = _locked(deliverable)
    _require_seen(deliverable, seen)
    today = timezone.localdate()
    if delivered_on is not None and delivered_on > today:
        raise ValidationError(
            {"delivered_on": _("The day lies in the future. Give the day on which it was handed in.")}
        )
    if not deliverable.files.exists():
        raise ValidationError(
            {"file": _("Upload the file that is handed in. It needs one before it can count as delivered.")}
        )
    for waiting in deliverable.extensions.filter(status=Extension.Status.REQUESTED):
        waiting.move("withdraw", by=by)
    deliverable.move("submit", by=by, delivered_on=delivered_on or today, rejected_because="")
    _write(deliverable, Update.Kind.DELIVERED, Outlook.ON_TRACK, sentence, by)
    emails.deliverable_submitted(deliverable)
    return deliverable


@transaction.atomic
def accept_deliverable(deliverable, *, by, accepted_on=None):
    """Record that the Commission accepted it, today when no day is given. Writes: status and day, an audit entry.

    Letters: to the leads. Raises: PermissionDenied, WrongStatus, ValidationError for a day before it was handed in or after today.
    """
    require(by, "workpackages.accept_deliverable", deliverable)
    today = timezone.localdate()
    if accepted_on is not None and accepted_on > today:
        raise ValidationError({"accepted_on": _("The day lies in the future. Give the day on which it was accepted.")})
    if accepted_on is not None and deliverable.is_handed_in and accepted_on < deliverable.delivered_on:
        sentence = _("It was handed in on %(day)s. Give that day or a later one.")
        raise ValidationError({"accepted_on": sentence % {"day": deliverable.delivered_on}})
    deliverable.move("accept", by=by, accepted_on=accepted_on or today)
    emails.deliverable_answered(deliverable)
    return deliverable


@transaction.atomic
def reopen_deliverable(deliverable, *, by):
    """Take back that it was handed in, so that its leads can report and hand in again; its files stay. Writes: status, an audit entry."""
    return deliverable.move("reopen", by=by, delivered_on=None, accepted_on=None)


@transaction.atomic
def reject_deliverable(deliverable, *, by, reason):
    """Record that the Commission rejected it, and why. Writes: status and reason, an audit entry. Letters: to the leads."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the Commission’s reason: the leads need it to mend the deliverable.")})
    deliverable.move("reject", by=by, rejected_because=reason.strip())
    emails.deliverable_answered(deliverable)
    return deliverable


@transaction.atomic
def add_comment(deliverable, text, *, by):
    """Comment on a deliverable. Writes: a comment, an audit entry. Letters: to the leads, if somebody else wrote it."""
    if not Deliverable.objects.visible_to(by).filter(pk=deliverable.pk).exists():
        require(by, "workpackages.update_deliverable", deliverable)
    comment = Comment.objects.create(deliverable=deliverable, text=text.strip(), written_by=by)
    audit.record("workpackages.deliverable.comment", deliverable, by)
    emails.deliverable_commented(comment)
    return comment


def age_in_words(update, now=None):
    """Say how old an update is once it is older than 14 days, else nothing."""
    days = ((now or timezone.now()) - update.written_at).days
    return ngettext("Updated %(n)s day ago", "Updated %(n)s days ago", days) % {"n": days} if days > 14 else ""

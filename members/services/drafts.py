"""How long applications are kept: what the steps ask, drafts with two warnings, and the erasing of drafts and of what is closed."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from efc import audit
from efc.models import OutgoingMail
from efc.workflow import WrongStatus
from members.emails import applications as emails
from members.models import DRAFT_KEPT, Application

UNPROVEN_KEPT = timedelta(days=7)
WARN_BEFORE = (timedelta(days=30), timedelta(days=7))
# What each step asks, and what of it may stay empty.
STEPS = {
    "organisation": ("organisation_name", "legal_form", "kind", "country", "website", "sector"),
    "contact": ("contact_name", "contact_role", "contact_phone"),
    "contribution": ("interests", "contribution"),
    "declarations": ("conflicts", "accepts_memorandum", "has_authority", "accepts_privacy"),
}
MAY_BE_EMPTY = {"country", "website", "contact_phone", "interests", "conflicts"}
Status = Application.Status


def missing_steps(application):
    """Return the steps in which an answer is missing."""
    return [
        step
        for step, names in STEPS.items()
        if any(not getattr(application, name) for name in names if name not in MAY_BE_EMPTY)
    ]


def locked(application, *statuses, verb, proven=False):
    """Return the row, locked, in one of these statuses. Raises: WrongStatus."""
    row = Application.objects.select_for_update().get(pk=application.pk)
    if row.status not in statuses or (proven and row.email_proven_at is None):
        raise WrongStatus(row, verb)
    return row


def keep_longer(row):
    row.expires_at, row.first_warning_at, row.second_warning_at = timezone.now() + DRAFT_KEPT, None, None


def warn_drafts(now=None):
    """Warn who left a draft lying, 30 and 7 days before it is erased. Letters: application_draft_warning. Returns: how many."""
    now = now or timezone.now()
    drafts = Application.objects.filter(status=Status.DRAFT, expires_at__gt=now).exclude(email_proven_at=None)
    return sum(
        _warn(pk, name)
        for name, before in zip(("second_warning_at", "first_warning_at"), reversed(WARN_BEFORE), strict=True)
        for pk in drafts.filter(**{name: None}, expires_at__lte=now + before).values_list("pk", flat=True)
    )


@transaction.atomic
def _warn(pk, name):
    """Send one warning, unless another worker did. Who gets the last one is not sent the first one too."""
    row = (
        Application.objects.select_for_update(skip_locked=True)
        .filter(pk=pk, status=Status.DRAFT, **{name: None})
        .first()
    )
    if row is None:
        return 0
    row.first_warning_at = row.first_warning_at or timezone.now()
    setattr(row, name, timezone.now())
    Application.objects.filter(pk=pk).update(
        first_warning_at=row.first_warning_at, second_warning_at=row.second_warning_at
    )
    emails.application_draft_warning(row)
    return 1


def expire_drafts():
    """Erase the drafts whose time is over: answers, address, papers, letters. The link says so from then on. Returns: how many."""
    return sum(_expire(pk) for pk in Application.objects.to_expire().values_list("pk", flat=True))


@transaction.atomic
def _expire(pk):
    row = Application.objects.select_for_update(skip_locked=True).to_expire().filter(pk=pk).first()
    if row is None:
        return 0
    erase(row)  # first, so that the audit log does not learn what it would never forget
    row.move("expire", by=None)
    return 1


def erase(row):
    """Forget what a draft says of people and organisations; the row stays, so that its link can say what happened."""
    _forget(row, ("email", *(name for names in STEPS.values() for name in names)))
    row.memorandum = row.expires_at = None
    row.save()


def erase_closed():
    """Erase people and papers of the applications that were declined or withdrawn long enough ago (`CLOSED_KEPT`). Returns: how many.

    What stays says which organisation applied when, and what was decided: nothing of a person.
    """
    return sum(_erase_closed(pk) for pk in Application.objects.to_erase().values_list("pk", flat=True))


@transaction.atomic
def _erase_closed(pk):
    row = Application.objects.select_for_update(skip_locked=True).to_erase().filter(pk=pk).first()
    if row is None:
        return 0
    _forget(row, ("email", "contribution", "conflicts", *STEPS["contact"]))
    row.inquiries.all().delete()
    row.checks.update(note="")
    if row.letter:
        _drop_file(row.letter)
        row.letter = ""
    row.save()
    audit.record("members.application.erase", row)
    return 1


def _forget(row, names):
    """Take out letters, papers and these answers; the caller saves the row."""
    letters_about(row).delete()
    for paper in row.papers.all():
        drop(paper)
    blank = Application()
    for name in names:
        setattr(row, name, getattr(blank, name))
    row.email_proven_at = None


def drop(paper):
    _drop_file(paper.file)
    paper.delete()


def _drop_file(file):
    storage, name = file.storage, file.name
    transaction.on_commit(lambda: storage.delete(name))


def letters_about(application):
    """Return the letters about an application, newest first. Where one failed, its `state` and `last_error` say so."""
    return OutgoingMail.objects.filter(about_type=application._meta.label_lower, about_id=str(application.pk))

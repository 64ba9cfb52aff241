"""Milestones: a lead plans them, moves their day with a reason, and shows by evidence that they are reached."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit
from efc.files import check_upload
from efc.permissions import require
from workpackages.models import Milestone, MilestoneEvidence, Rescheduling, WorkPackage


def _locked(milestone):
    rows = Milestone.objects.select_for_update(of=("self",)).select_related("work_package__programme")
    return rows.get(pk=milestone.pk)


def next_number(package, model):
    """Return the number after the last of its kind; two at once wait for each other."""
    WorkPackage.objects.select_for_update(of=("self",)).get(pk=package.pk)
    last = model.objects.filter(work_package=package).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def check_month(programme, month):
    """Refuse a month that the programme does not have."""
    if programme.starts_on is None:
        raise ValidationError(
            _("The programme has no first day yet, so its months cannot be counted. Give it one first.")
        )
    if programme.last_month and month > programme.last_month:
        sentence = _("The programme has %(n)s months. Give a month up to that.") % {"n": programme.last_month}
        raise ValidationError({"baseline_month": sentence})


@transaction.atomic
def add_milestone(package, *, by, title, verification, baseline_month):
    """Add a milestone under the next number; it is due at the end of its month.

    Writes: the milestone, an audit entry. Returns: it. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_workpackage", package)
    check_month(package.programme, baseline_month)
    milestone = Milestone(
        work_package=package, number=next_number(package, Milestone), title=title.strip(), verification=verification.strip(),
        baseline_month=baseline_month, due_on=package.programme.end_of_month(baseline_month),
    )  # fmt: skip
    milestone.full_clean()
    milestone.save()
    audit.record("workpackages.milestone.add", milestone, by)
    return milestone


@transaction.atomic
def change_milestone(milestone, *, by, title, verification):
    """Change its words. Writes: the milestone, an audit entry. Raises: PermissionDenied, ValidationError."""
    require(by, "workpackages.change_milestone", milestone)
    milestone = _locked(milestone)
    milestone.title, milestone.verification = title.strip(), verification.strip()
    milestone.full_clean()
    milestone.save()
    audit.record("workpackages.milestone.change", milestone, by)
    return milestone


@transaction.atomic
def reschedule_milestone(milestone, *, by, due_on, reason):
    """Move the day that counts, with the reason; the baseline stays.

    Writes: the milestone's `due_on`, a row of its history, an audit entry. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_milestone", milestone)
    milestone = _locked(milestone)
    if milestone.is_reached:
        raise ValidationError(_("This milestone is reached already. The Secretariat can open it again."))
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason: the Steering Group and the report name it.")})
    if due_on == milestone.due_on:
        raise ValidationError({"due_on": _("It is due on that day already. Give another day.")})
    programme = milestone.work_package.programme
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": _("The day is over. Give today or a later day.")})
    if programme.starts_on and due_on < programme.starts_on:
        raise ValidationError({"due_on": _("The programme begins later. Give a day after its first.")})
    before = milestone.due_on
    Rescheduling.objects.create(
        milestone=milestone, due_before_on=before, due_on=due_on, reason=reason.strip(), moved_by=by
    )
    milestone.due_on = due_on
    milestone.save(update_fields=["due_on", "updated_at"])
    audit.record("workpackages.milestone.reschedule", milestone, by, before=str(before), after=str(due_on))
    return milestone


@transaction.atomic
def add_evidence(milestone, *, by, sentence, deliverable=None, decision=None, upload=None):
    """Show by a sentence, with a deliverable of the programme, a decision or a file, that a milestone is reached or how far it is.

    Writes: the evidence, an audit entry. Files: the upload, checked and under a private path. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_milestone", milestone)
    if not sentence.strip():
        raise ValidationError({"sentence": _("Say in one sentence what shows that it is reached.")})
    if not (deliverable or decision or upload):
        raise ValidationError(
            _("Name a deliverable or a decision, or upload a file: the sentence alone shows nothing.")
        )
    programme = milestone.work_package.programme
    if deliverable and deliverable.work_package.programme_id != programme.pk:
        raise ValidationError({"deliverable": _("Choose a deliverable of %(programme)s.") % {"programme": programme}})
    row = MilestoneEvidence(
        milestone=milestone,
        sentence=" ".join(sentence.split()),
        deliverable=deliverable,
        decision=decision,
        given_by=by,
    )
    if upload:
        row.media_type, content = check_upload(upload)
        content.seek(0)
        data = content.read()
        content.seek(0)
        row.file, row.name, row.size_bytes = content, upload.name[-150:], len(data)
        row.sha256 = hashlib.sha256(data).hexdigest()
    row.save()
    audit.record("workpackages.milestone.evidence", milestone, by, sha256=row.sha256)
    return row


@transaction.atomic
def reach_milestone(milestone, *, by, reached_on=None, sentence="", deliverable=None, decision=None, upload=None):
    """Record that a milestone is reached, with the evidence given now or before.

    Writes: status and day, the evidence, audit entries. Raises: PermissionDenied, WrongStatus, ValidationError without evidence.
    """
    require(by, "workpackages.change_milestone", milestone)
    milestone = _locked(milestone)
    reached_on = reached_on or timezone.localdate()
    if reached_on > timezone.localdate():
        raise ValidationError({"reached_on": _("The day lies in the future. Give the day on which it was reached.")})
    starts_on = milestone.work_package.programme.starts_on
    if starts_on and reached_on < starts_on:
        day = date_format(starts_on)
        raise ValidationError({"reached_on": _("The programme begins on %(day)s. Give a later day.") % {"day": day}})
    if sentence.strip() or deliverable or decision or upload:
        add_evidence(milestone, by=by, sentence=sentence, deliverable=deliverable, decision=decision, upload=upload)
    elif not milestone.evidence.exists():
        raise ValidationError(
            _("Give the evidence first: a sentence with a deliverable, a decision or a file. Without it nobody can verify that it is reached.")
        )  # fmt: skip
    milestone.move("reach", by=by, reached_on=reached_on)
    return milestone


@transaction.atomic
def reopen_milestone(milestone, *, by):
    """Take back that it was reached; its evidence stays. Writes: status, an audit entry. Raises: PermissionDenied, WrongStatus."""
    return milestone.move("reopen", by=by, reached_on=None)


# ── in the figures of a report ───────────────────────────────────────────


def report_rows(stands, by):
    """Return the milestones of a programme on a day (`stands`, an Overview) as plain rows, days as ISO text. Costs: 3 queries."""
    packages = {one.package.pk: one.package for one in stands.packages}
    rows = Milestone.objects.visible_to(by).filter(work_package__in=packages)
    found = []
    rows = rows.prefetch_related("reschedulings", "evidence__deliverable__work_package", "evidence__decision")
    for row in rows.order_by("work_package__number", "number"):
        row.work_package = packages[row.work_package_id]
        is_reached = row.reached_by(stands.day)
        moved = row.reschedulings.all()
        found.append({
            "code": row.code, "title": row.title, "wp": row.work_package.code,
            "owner": ", ".join(str(lead.organisation) for lead in row.work_package.leads_then),
            "verification": row.verification, "baseline_month": row.baseline_month, "baseline_on": str(row.baseline_on),
            "due_on": str(row.due_on), "is_moved": row.is_moved, "state": row.state(stands.day),
            "reached_on": str(row.reached_on) if is_reached else None,
            "evidence": [in_words(one) for one in row.evidence.all()] if is_reached else [],
            "reason": moved[0].reason if moved else "",
        })  # fmt: skip
    return found


def in_words(evidence):
    """Say what a piece of evidence is: its sentence, and the deliverable, decision or file."""
    named = []
    if evidence.deliverable:
        named.append(evidence.deliverable.code)
    if evidence.decision:
        named.append(_("decision %(number)s") % {"number": evidence.decision.number})
    if evidence.name:
        named.append(evidence.name)
    return f"{evidence.sentence} ({', '.join(named)})"

"""Progress reports: opened for a period, texts asked from the leads, figures frozen, approved by the Chair, then locked.

The figures come from every room; the roof gathers them (`efc.figures`) and hands them over as an argument.
"""

import hashlib
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from efc.workflow import WrongStatus
from members.services.decisions import record_decision
from workpackages import emails, exports, pdf
from workpackages.models import LeadPerson, Narrative, ReportPeriod, WorkPackage
from workpackages.services import risks, transaction_counts


def proposed_period(programme, today=None):
    """Return the days a new report would cover: from the day after the last one to yesterday, never past the programme."""
    last = programme.reports.order_by("-ends_on").first()
    starts_on = last.ends_on + timedelta(days=1) if last else programme.starts_on
    yesterday = (today or timezone.localdate()) - timedelta(days=1)
    ends_on = min(yesterday, programme.ends_on) if programme.ends_on else yesterday
    return starts_on, max(starts_on, ends_on)


@transaction.atomic
def open_report(programme, *, by, starts_on, ends_on):
    """Open a report for a period, with an empty text for each work package.

    Writes: the report, its texts, an audit entry. Raises: PermissionDenied, ValidationError when the days overlap another report.
    """
    require(by, "workpackages.change_reportperiod")
    last = ReportPeriod.objects.select_for_update().filter(programme=programme).order_by("-number").first()
    period = ReportPeriod(
        programme=programme, number=last.number + 1 if last else 1, starts_on=starts_on, ends_on=ends_on
    )
    if programme.starts_on and starts_on < programme.starts_on:
        raise ValidationError({"starts_on": _("The programme begins later. Begin with its first day or after it.")})
    period.full_clean()
    period.save()
    packages = WorkPackage.objects.filter(programme=programme).order_by("number")
    Narrative.objects.bulk_create(Narrative(period=period, work_package=package) for package in packages)
    audit.record("workpackages.reportperiod.open", period, by)
    return period


@transaction.atomic
def ask_leads(period, *, by):
    """Ask the leads of each work package for its text until that is agreed, and for the states of play of its risks that are missing.

    Each is asked again as long as something is missing, once a day at most.
    Letters: narrative_asked, or risk_states_asked where the text is agreed. Returns: how many people.
    """
    require(by, "workpackages.change_reportperiod", period)
    if period.status in (ReportPeriod.Status.WITH_CHAIR, ReportPeriod.Status.APPROVED):
        raise WrongStatus(period, "ask")
    asked, unstated, today = 0, risks.unstated(period), timezone.localdate()
    for narrative in period.narratives.select_related("work_package__programme", "period"):
        if narrative.asked_at and timezone.localdate(narrative.asked_at) == today:
            continue
        missing, is_agreed = unstated.get(narrative.work_package_id, 0), narrative.status == Narrative.Status.AGREED
        people = emails.leads_of(narrative.work_package) if missing or not is_agreed else []
        if not people:
            continue  # nothing is missing, or nobody with an account leads it: do not say that it was asked
        if is_agreed:
            emails.risk_states_asked(narrative, people, missing)
        else:
            emails.narrative_asked(narrative, people, missing)
        asked += len(people)
        narrative.asked_at = timezone.now()
        narrative.save(update_fields=["asked_at"])
    audit.record("workpackages.reportperiod.ask", period, by, people=asked)
    return asked


def without_writers(period):
    """Return the work packages of a report whose text is not agreed and that nobody with an account leads today. Costs: one query."""
    people = LeadPerson.objects.as_of().filter(
        person__user__is_active=True, lead__work_package=OuterRef("work_package")
    )
    rows = period.narratives.exclude(status=Narrative.Status.AGREED).filter(~Exists(people))
    return [row.work_package for row in rows.select_related("work_package").order_by("work_package__number")]


@transaction.atomic
def write_narrative(narrative, text, *, by):
    """Write the text of a work package. Writes: the text, an audit entry. Raises: PermissionDenied, ValidationError."""
    require(by, "workpackages.write_narrative", narrative)
    period = ReportPeriod.objects.select_for_update().get(pk=narrative.period_id)
    if period.status in (ReportPeriod.Status.WITH_CHAIR, ReportPeriod.Status.APPROVED):
        raise ValidationError(
            _("The report is with the Chair or approved. Ask the Secretariat if something must change.")
        )
    if not text.strip():
        raise ValidationError({"text": _("Write what was done, what came of it and what comes next.")})
    narrative.move("write", by=by, text=text.strip(), written_at=timezone.now(), written_by=by)
    return narrative


@transaction.atomic
def agree_narrative(narrative, *, by):
    """Agree to a text as it stands. Writes: its status, an audit entry."""
    return narrative.move("agree", by=by)


def unstated(figures):
    """Return the risks of these figures without a state of play: gaps that the report shows, and that hold up nothing."""
    return [row for row in figures.get("risks", []) if row["state"] is None]


def unjustified(figures):
    """Return the late deliverables of these figures that lack a justification, as "D1.2 Title"."""
    return [
        f"{row['code']} {row['title']}"
        for row in figures["deliverables"]
        if row["state"] == "late" and not row["justification"]
    ]


@transaction.atomic
def freeze_report(period, figures, *, by):
    """Fix the figures of the report on this day.

    Writes: figures, status, an audit entry. Raises: PermissionDenied, WrongStatus; ValidationError naming each late deliverable
    that lacks its justification.
    """
    require(by, "workpackages.change_reportperiod", period)
    if missing := unjustified(figures):
        raise ValidationError(
            _(
                "These are late and lack a justification: %(names)s. Ask the lead to request more time and give the cause."
            )
            % {"names": "; ".join(missing)}
        )
    return period.move("freeze", by=by, figures=figures, frozen_at=timezone.now(), trouble="")


@transaction.atomic
def thaw_report(period, *, by):
    """Give the frozen figures up, so that they can be read again."""
    return period.move("thaw", by=by, figures=None, frozen_at=None)


@transaction.atomic
def send_report(period, *, by):
    """Send the report to the Chair. Letters: report_ready. Raises: ValidationError naming the work packages whose text is not agreed."""
    open_ = [
        str(row.work_package)
        for row in period.narratives.exclude(status=Narrative.Status.AGREED).select_related("work_package")
    ]
    if open_:
        raise ValidationError(
            _("No agreed text yet: %(names)s. Ask the leads, then agree to their text.") % {"names": ", ".join(open_)}
        )
    period.move("send", by=by)
    emails.report_ready(period)
    return period


@transaction.atomic
def return_report(period, *, by):
    """Send the report back to the Secretariat. Letters: report_returned."""
    period.move("return", by=by)
    emails.report_returned(period)
    return period


@transaction.atomic
def approve_report(period, *, by):
    """Approve the report: make its documents once, lock it, enter it into the register of decisions.

    Writes: status, documents with their digests, a decision, audit entries. Raises: PermissionDenied, WrongStatus, efc.pdf.PDFError
    (then nothing has changed; `note_trouble` keeps the reason).
    """
    require(by, "workpackages.approve_reportperiod", period)
    if period.status not in period.MOVES["approve"].sources:  # what was not frozen has no figures to print
        raise WrongStatus(period, "approve")
    documents = {
        "pdf": pdf.progress_report(period),
        "xlsx": exports.workbook(period.figures),
        "csv": exports.deliverables_csv(period.figures),
        "milestones_csv": exports.milestones_csv(period.figures),
        "risks_csv": exports.risks_csv(period.figures),
    }
    digests = {kind: hashlib.sha256(data).hexdigest() for kind, data in documents.items()}
    files = {}
    for kind, data in documents.items():
        field = ReportPeriod._meta.get_field(kind)
        name = field.generate_filename(period, f"report.{kind.rsplit('_', 1)[-1]}")
        files[kind] = field.storage.save(name, ContentFile(data))
    today = timezone.localdate()
    decision = record_decision(
        title=_("Progress report %(number)s of %(programme)s approved") % {"number": period.number, "programme": period.programme},
        text=_("The progress report for %(first)s to %(last)s is approved. SHA-256 of the PDF: %(digest)s.")
        % {"first": period.starts_on, "last": period.ends_on, "digest": digests["pdf"]},
        decided_on=today, procedure="record", by=by,
    )  # fmt: skip
    period.move(
        "approve",
        by=by,
        approved_at=timezone.now(),
        approved_by=by,
        decision=decision,
        digests=digests,
        trouble="",
        **files,
    )
    emails.report_approved(period)
    return period


def note_trouble(period, error):
    """Keep why the documents could not be made; the report stays where it was."""
    ReportPeriod.objects.filter(pk=period.pk).exclude(status=ReportPeriod.Status.APPROVED).update(
        trouble=str(error)[:1000]
    )
    audit.record("workpackages.reportperiod.trouble", period, None, error=str(error)[:200])


def changes(before, after):
    """Compare frozen figures with those of now. Returns: [(what, then, now)] in plain words, deliverables by their code."""
    found = []
    for name, words in SUMMARY.items():
        if before["summary"][name] != after["summary"][name]:
            found.append((words(), before["summary"][name], after["summary"][name]))
    then = {row["code"]: row for row in before["deliverables"]}
    now = {row["code"]: row for row in after["deliverables"]}
    for code in sorted(then.keys() | now.keys()):
        for name in ("title", "state", "due_on", "delivered_on", "accepted_on", "note"):
            old, new = then.get(code, {}).get(name), now.get(code, {}).get(name)
            if old != new:
                found.append((f"{code} {name.replace('_', ' ')}", old or "–", new or "–"))
    for kind, names in WATCHED.items():
        then, now = ({row["code"]: row for row in figures.get(kind, [])} for figures in (before, after))
        if kind not in before:
            continue  # these figures are older than the register
        for code in sorted(then.keys() | now.keys()):
            old, new = then.get(code, {}), now.get(code, {})
            found += [
                (f"{code} {words()}", _in_words(old.get(name)), _in_words(new.get(name)))
                for name, words in names.items()
                if old.get(name) != new.get(name)
            ]
    old = {row["text"]: row["counted"] for row in before["promises"]}
    found += [
        (row["text"], old.get(row["text"], "–"), row["counted"])
        for row in after["promises"]
        if old.get(row["text"]) != row["counted"]
    ]
    return [*found, *transaction_counts.changes(before, after)]


def _in_words(value):
    """Say a value of the figures; of a state of play its comment."""
    if isinstance(value, dict):
        value = value["comment"]
    return value or "–"


WATCHED = {
    "milestones": {
        "title": lambda: _("title"), "due_on": lambda: _("due"), "reached_on": lambda: _("reached"),
    },
    "risks": {
        "title": lambda: _("title"), "likelihood": lambda: _("likelihood"), "impact": lambda: _("impact"),
        "mitigation": lambda: _("mitigation measure"), "closed_on": lambda: _("closed"), "state": lambda: _("state of play"),
    },
}  # fmt: skip
SUMMARY = {
    "total": lambda: _("Deliverables promised"),
    "delivered": lambda: _("Deliverables handed in"),
    "late": lambda: _("Deliverables late"),
    "planned": lambda: _("Deliverables planned by the last day"),
}

"""Applying for membership: the applicant's verbs over the signed link, the Secretariat's verbs, and what the clock does with drafts.

The applicant has no account: for what comes over the signed link, and for the clock, `by` is None.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit, rates
from efc.models import TOKEN_LENGTH, LedgerRow
from efc.models.contact import new_reference
from efc.permissions import require
from efc.workflow import WrongStatus
from members.emails import applications as emails
from members.models import DRAFT_KEPT, Application, Ballot, Check, Inquiry, MemorandumVersion
from members.models.applications import at_most_150_words
from members.services import ballots
from members.services.drafts import (  # noqa: F401
    STEPS,
    UNPROVEN_KEPT,
    erase,
    erase_closed,
    expire_drafts,
    keep_longer,
    letters_about,
    locked,
    missing_steps,
    warn_drafts,
)
from members.services.papers import add_paper, may_add_papers, remove_paper  # noqa: F401
from members.services.twins import twin_of

REMIND_AFTER = timedelta(days=10)  # and again after as many days, for two months
STOP_REMINDING_AFTER = timedelta(days=60)
LETTERS_TO_ONE_ADDRESS = [(3, 86400)]

Status = Application.Status


# ── the applicant: from an address to a sent application ─────────────────


@audit.acting("applicant")
@transaction.atomic
def start_application(email, language):
    """Open a draft for an address, or take up the one that is open. Whoever asks cannot see whether the address was known.

    Writes: the draft, an audit entry. Letters: application_link, or application_already_open; after several on one day the
    letter is kept back in the outbox, where the Secretariat sees it. Returns: the application.
    """
    email = email.lower()
    _take_turns(f"members.apply:{email}")
    known = Application.objects.filter(email=email, status__in=[Status.DRAFT, *Application.OPEN])
    application = known.order_by("-pk").first()
    if application is None:
        application = Application.objects.create(
            email=email, language=language, reference=f"DRAFT-{new_reference()}", expires_at=timezone.now() + UNPROVEN_KEPT
        )  # fmt: skip
        audit.record("members.application.start", application)
    elif application.email_proven_at is None:
        application.language, application.expires_at = language, timezone.now() + UNPROVEN_KEPT
        application.save(update_fields=["language", "expires_at", "updated_at"])
    letter = (
        emails.application_already_open(application) if application.is_open else emails.application_link(application)
    )
    if not rates.allow("members.apply.address", email, LETTERS_TO_ONE_ADDRESS):
        letter.state, letter.last_error = LedgerRow.State.SKIPPED, "Several letters went to this address today."
        letter.save(update_fields=["state", "last_error"])
    return application


@audit.acting("applicant")
@transaction.atomic
def prove_email(application):
    """Take the press of the button behind the link as proof of the address. Pressing twice changes nothing.

    Raises: WrongStatus when the draft has expired.
    """
    row = locked(application, Status.DRAFT, verb="prove")
    if row.email_proven_at is None:
        row.email_proven_at, row.expires_at = timezone.now(), timezone.now() + DRAFT_KEPT
        row.save(update_fields=["email_proven_at", "expires_at", "updated_at"])
        audit.record("members.application.prove", row)
    return _fresh(application)


@transaction.atomic
def save_step(application, step, cleaned):
    """Keep the answers of one step; the draft is kept for another 90 days.

    Writes: the draft; for the declarations also the memorandum that was shown. Raises: WrongStatus when it is no draft any more.
    """
    row = locked(application, Status.DRAFT, verb="save", proven=True)
    for name in STEPS[step]:
        setattr(row, name, cleaned[name])
    if step == "declarations":
        row.memorandum = MemorandumVersion.objects.current() if row.accepts_memorandum else None
    keep_longer(row)
    row.save()
    return _fresh(application)


@audit.acting("applicant")
def submit_application(application):
    """Send a draft. It gets its reference, and the Secretariat its list of checks.

    Writes: the application, its checks, an audit entry. Letters: application_received with a copy of the answers; when the same
    organisation has an open application, application_same_organisation to the contact of that one. Returns: the application.
    Raises: WrongStatus; ValidationError when something is missing or the organisation is known; then the draft stays as it is.
    """
    with transaction.atomic():
        _take_turns("members.application.submit")  # two of one organisation at once: the second sees the first
        row = locked(application, Status.DRAFT, verb="submit", proven=True)
        _require_complete(row)
        twin, refusal = twin_of(row)
        if twin is not None and rates.allow("members.apply.twin", twin.pk, LETTERS_TO_ONE_ADDRESS):
            emails.application_same_organisation(twin)
        if refusal is None:
            now = timezone.now()
            row.move(
                "submit", by=None, reference=_next_reference(timezone.localdate().year), submitted_at=now, expires_at=None,
                first_warning_at=None, second_warning_at=None,
            )  # fmt: skip
            Check.objects.bulk_create(Check(application=row, kind=kind) for kind in Check.Kind.values)
            emails.application_received(row)
    if refusal is not None:
        raise ValidationError(refusal, code="known")
    return _fresh(application)


def _require_complete(row):
    if missing_steps(row):
        raise ValidationError(
            _("Some answers are missing. Complete the steps that are marked, then send."), code="missing"
        )
    current = MemorandumVersion.objects.current()
    if row.memorandum != current:
        raise ValidationError(
            _("A new version of the memorandum is in force since you read it. Read it in step 4 and accept it again."),
            code="memorandum",
        )


def _next_reference(year):
    """Return the next reference of a year. The caller holds the lock of submitting."""
    sent = Application.objects.filter(reference__startswith=f"EFC-A-{year}-").values_list("reference", flat=True)
    last = max((int(reference.rsplit("-", 1)[1]) for reference in sent), default=0)
    return f"EFC-A-{year}-{last + 1:04d}"


@audit.acting("applicant")
@transaction.atomic
def withdraw_application(application, *, by=None):
    """Withdraw an application. A draft is erased; of one that was sent the record stays, and its ballot is cancelled.

    Letters: application_withdrawn, for one that was sent. Raises: WrongStatus when it is decided.
    """
    if application.status == Status.DRAFT:
        erase(locked(application, Status.DRAFT, verb="withdraw"))
        return application.move("withdraw", by=by)
    application.move("withdraw", by=by)
    for ballot in application.ballots.filter(status__in=[Ballot.Status.DRAFT, Ballot.Status.OPEN]):
        ballots.cancel_ballot(ballot, by=by)
    emails.application_withdrawn(application)
    return application


@audit.acting("applicant")
@transaction.atomic
def answer_inquiry(inquiry, text):
    """Keep the applicant's answer. After the last open question the application is under review again.

    Raises: WrongStatus when it was answered before or is not asked any more, ValidationError for an empty answer.
    """
    if not text.strip():
        raise ValidationError(_("Write an answer."))
    application = locked(inquiry.application, Status.INFORMATION_REQUESTED, verb="answer")
    open_questions = application.inquiries.filter(answered_at=None)
    if not open_questions.filter(pk=inquiry.pk).update(answer=text.strip(), answered_at=timezone.now()):
        raise WrongStatus(application, "answer")
    audit.record("members.inquiry.answer", inquiry)
    if not open_questions.exists():
        application.move("answer", by=None)
    inquiry.refresh_from_db()
    return inquiry


# ── the Secretariat ──────────────────────────────────────────────────────


@transaction.atomic
def review_application(application, *, by):
    """Take up an application that was sent."""
    return application.move("review", by=by)


@transaction.atomic
def set_check(check, result, note, *, by):
    """Set the result of one check. Raises: ValidationError when it is not in order and nothing says why, WrongStatus."""
    require(by, "members.handle_application", check.application)
    if result == Check.Result.FAILED and not note.strip():
        raise ValidationError(_("Say what is not in order."))
    application = locked(check.application, *Application.OPEN, verb="check")
    check.result, check.note = Check.Result(result), note.strip()
    is_done = check.result != Check.Result.OPEN
    check.checked_by, check.checked_at = (by, timezone.now()) if is_done else (None, None)
    check.save()
    audit.record("members.check.set", check, by, application=application.pk, kind=check.kind, result=str(check.result))
    return check


@transaction.atomic
def ask_applicant(application, question, *, by):
    """Ask the applicant something, who answers over the link. Letters: application_information_requested. Returns: the inquiry.

    Raises: WrongStatus; ValidationError for an empty question, or while the Steering Group votes.
    """
    require(by, "members.handle_application", application)
    if not question.strip():
        raise ValidationError(_("Write the question first."))
    if application.ballots.filter(status=Ballot.Status.OPEN).exists():
        raise ValidationError(_("A ballot on this application is open. Ask when it is closed, or cancel it first."))
    application.move("ask", by=by)
    inquiry = Inquiry.objects.create(application=application, question=question.strip(), asked_by=by)
    emails.application_information_requested(inquiry)
    return inquiry


@transaction.atomic
def remind_applicant(application, *, by=None):
    """Remind the applicant of the open questions, once a day at most.

    Letters: application_reminder. Raises: WrongStatus when nothing is open, ValidationError when it was done today.
    """
    require(by, "members.handle_application", application)
    application = locked(application, Status.INFORMATION_REQUESTED, verb="remind")
    questions = application.inquiries.filter(answered_at=None)
    now = timezone.now()
    last = questions.order_by("-reminded_at").exclude(reminded_at=None).first()
    if last is not None and last.reminded_at > now - timedelta(days=1):
        when = date_format(timezone.localtime(last.reminded_at), "j F, H:i")
        raise ValidationError(_("The applicant was reminded on %(when)s. Wait a day.") % {"when": when})
    questions.update(reminded_at=now)
    audit.record("members.application.remind", application, by)
    return emails.application_reminder(application)


@transaction.atomic
def choose_route(application, route, *, by, note, named_by=None):
    """Choose how the Steering Group decides, with a note for it of at most 150 words.

    Raises: ValidationError when a check is open, a ballot runs, or fast track is not named by a decision; WrongStatus.
    """
    require(by, "members.handle_application", application)
    row = locked(application, Status.UNDER_REVIEW, Status.PUT_OFF, verb="route")
    route = Application.Route(route)
    at_most_150_words(note)
    if row.ballots.filter(status__in=[Ballot.Status.DRAFT, Ballot.Status.OPEN]).exists():
        raise ValidationError(
            _("A ballot on this application is prepared or open. Cancel it before you choose another route.")
        )
    if row.checks.filter(result=Check.Result.OPEN).exists():
        raise ValidationError(_("Finish the checks first; then choose the route."))
    if route == Application.Route.FAST_TRACK:
        if named_by is None:
            raise ValidationError(
                _(
                    "Fast track is for organisations that a decision of the Steering Group has named. Choose the decision."
                )
            )
        if row.checks.exclude(result=Check.Result.PASSED).exists():
            raise ValidationError(
                _("A check is not in order, so the Steering Group has to discuss it. Choose the meeting.")
            )
    row.route, row.route_note = route, note.strip()
    row.named_by = named_by if route == Application.Route.FAST_TRACK else None
    row.save(update_fields=["route", "route_note", "named_by", "updated_at"])
    audit.record("members.application.route", row, by, route=str(route), named_by=getattr(row.named_by, "number", ""))
    return _fresh(application)


@transaction.atomic
def resume_application(application, *, by):
    """Take an application up again that was put off."""
    return application.move("resume", by=by)


# ── the clock, and small parts ──────────────────────────────────────────


def remind_unanswered(now=None):
    """Remind applicants of questions that wait for ten days, and again every ten days for two months. Returns: how many."""
    now = now or timezone.now()
    waiting = Inquiry.objects.filter(
        answered_at=None, application__status=Status.INFORMATION_REQUESTED, asked_at__gt=now - STOP_REMINDING_AFTER
    )
    late = waiting.filter(asked_at__lte=now - REMIND_AFTER).exclude(reminded_at__gt=now - REMIND_AFTER)
    reminded = 0
    for application in Application.objects.filter(pk__in=late.values("application")):
        try:
            remind_applicant(application)
        except (WrongStatus, ValidationError):
            continue  # answered, or reminded by hand, meanwhile
        reminded += 1
    return reminded


def find_application(token):
    """Return the application of a signed link, or None."""
    return Application.objects.filter(token=token).first() if len(token) == TOKEN_LENGTH else None


def _fresh(application):
    """Return the caller's own object with what the database now holds."""
    application.refresh_from_db()
    return application


def _take_turns(name):
    """Let one transaction at a time pass who gives this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

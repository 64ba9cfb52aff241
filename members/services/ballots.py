"""Ballots: a question, the seats frozen at the opening, votes that may change until the end (`votes`), one result and what follows."""

import logging
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from efc import audit
from efc.permissions import require
from efc.workflow import WrongStatus
from members import arithmetic, rules
from members.emails import ballots as emails
from members.models import Application, Ballot, Elector, Seat, Sitting
from members.services.decisions import decided_already, record_decision
from members.services.votes import (  # noqa: F401  (voting is part of what a ballot can do)
    TooLate,
    add_remark,
    alone,
    cast_vote,
    electorate,
    may_see_votes,
    record_vote,
)

logger = logging.getLogger(__name__)

Choice, Kind, Outcome, Status = Elector.Choice, Ballot.Kind, Ballot.Outcome, Ballot.Status
DECIDABLE = (Application.Status.UNDER_REVIEW, Application.Status.PUT_OFF)
KINDS_WITH_SEAT = [
    Seat.Kind.CHAIR,
    Seat.Kind.FULL,
    Seat.Kind.ADVISORY,
]  # in this order, where an organisation has several

REMINDED_AGAIN = timedelta(days=1)


# ── preparing and opening ────────────────────────────────────────────────


@transaction.atomic
def prepare_ballot(*, kind, title, question, note="", application=None, is_blind=False, opens_at=None, closes_at=None, by,
                   sitting=None):  # fmt: skip
    """Prepare a ballot. With `opens_at` the clock opens it then, else `open_ballot` does.

    Writes: the ballot, an audit entry. Raises: PermissionDenied; ValidationError for a day that has passed, for an application
    that cannot be decided now or has a ballot already, and for a silence procedure on an organisation that no decision has named.
    """
    require(by, "members.run_ballot")
    if opens_at is not None and opens_at < timezone.now() - timedelta(days=1):
        raise ValidationError(
            {"opens_at": _("This day has passed. Give a later one, or leave it empty and open the ballot yourself.")}
        )
    if closes_at is not None and sitting is None and closes_at <= timezone.now():
        raise ValidationError(
            {
                "closes_at": _("The end lies in the past: %(time)s. Give a later end.")
                % {"time": rules.in_words(closes_at)}
            }
        )
    if application is not None:
        _check_application(application, kind)
    ballot = Ballot(
        kind=kind, title=title, question=question, note=note, application=application, sitting=sitting, is_blind=is_blind,
        opens_at=opens_at, closes_at=closes_at, created_by=by,
    )  # fmt: skip
    ballot.full_clean(exclude=["created_by"])
    ballot.save(force_insert=True)
    audit.record("members.ballot.prepare", ballot, by, kind=kind)
    return ballot


def _check_application(application, kind):
    """Lock the application, so that two officers come one after the other, and see that it can be decided."""
    row = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if row.status not in DECIDABLE:
        raise decided_already(row, "approve")
    if kind == Kind.SILENCE and row.named_by_id is None:
        raise ValidationError(
            _("Fast track is for organisations that a decision has named. Choose the decision, or choose the meeting.")
        )
    running = application.ballots.filter(status__in=[Status.DRAFT, Status.OPEN]).first()
    if running is not None:
        raise ValidationError(
            _("There is a ballot on “%(application)s” already: %(ballot)s. Cancel it before you begin another.")
            % {"application": application, "ballot": running}
        )


@transaction.atomic
def put_to_vote(application, *, by, is_blind=False, opens_at=None):
    """Ask the Steering Group about an application on the fast track: prepare its silence procedure, and open it unless `opens_at` is given.

    Returns: the ballot. Raises: as `prepare_ballot`; ValidationError for an application that goes to a meeting.
    """
    if application.route != Application.Route.FAST_TRACK:
        raise ValidationError(_("This application goes to a meeting. Choose fast track first, or record the sitting."))
    ballot = prepare_ballot(
        kind=Kind.SILENCE, **_about(application), application=application, is_blind=is_blind, opens_at=opens_at, by=by
    )
    return ballot if opens_at else open_ballot(ballot, by=by)


def _about(application):
    """Return title, question and note of a ballot on an application; the register is kept in English."""
    name = {"name": application.organisation_name}
    with rules.english():
        title, question = _("Admission of %(name)s"), _("Shall %(name)s be admitted as a member of the coalition?")
        return {"title": title % name, "question": question % name, "note": application.route_note}


@transaction.atomic
def open_ballot(ballot, *, by):
    """Open a prepared ballot: freeze its rule and its electorate as they are now.

    Writes: the ballot, its electors, an audit entry. Letters: ballot_opened to every seat that is not recused.
    Raises: PermissionDenied, WrongStatus; ValidationError where the end has passed.
    """
    require(by, "members.run_ballot", ballot)
    ballot = alone(ballot)
    now = timezone.now()
    closes_at = ballot.closes_at
    name, text, numbers = rules.rule(ballot.kind)
    if ballot.kind == Kind.SILENCE:  # never shorter than the rule, also where the opening was late
        closes_at = max(closes_at or now, rules.first_end(now, numbers))
    elif ballot.kind == Kind.WRITTEN:
        closes_at = closes_at or rules.first_end(now, numbers)
    if closes_at is not None and closes_at <= now:
        raise ValidationError(
            _("The end lies in the past: %(time)s. Give a later end.") % {"time": rules.in_words(closes_at)}
        )
    ballot.move(
        "open",
        by=by,
        opens_at=now,
        opened_at=now,
        closes_at=closes_at,
        rule_name=name,
        rule_text=text,
        rule_numbers=numbers,
    )
    _freeze_electorate(ballot)
    if ballot.kind != Kind.MEETING:
        emails.ballot_opened(ballot)
    return ballot


def _freeze_electorate(ballot):
    """Write the seats as they are on the day: those with a vote, and advisory seats that may comment. Costs: 4 queries."""
    day = ballot.sitting.held_on if ballot.sitting_id else rules.brussels_day(ballot.opened_at)
    voting = set(Seat.objects.voting(day).values_list("pk", flat=True))
    own = concerned(ballot.application) if ballot.application_id else set()
    present = set(ballot.sitting.present.values_list("pk", flat=True)) if ballot.sitting_id else None
    seats = Seat.objects.as_of(day).filter(Q(pk__in=voting) | Q(kind=Seat.Kind.ADVISORY))
    seats = sorted(
        seats.select_related("organisation", "holder", "alternate"), key=lambda seat: KINDS_WITH_SEAT.index(seat.kind)
    )
    have_vote, rows = set(), []
    for seat in seats:
        has_vote = seat.pk in voting
        if seat.organisation_id in have_vote:
            continue  # one vote an organisation, and no second voice
        if has_vote:
            have_vote.add(seat.organisation_id)
        rows.append(
            Elector(
                ballot=ballot,
                seat=seat,
                organisation=seat.organisation,
                organisation_name=seat.organisation.name,
                kind=seat.kind,
                holder=seat.holder,
                holder_name=seat.holder.shown_name if seat.holder else "",
                alternate=seat.alternate,
                alternate_name=seat.alternate.shown_name if seat.alternate else "",
                has_vote=has_vote,
                is_present=None if present is None else seat.pk in present,
                recused_because=Elector.Recusal.OWN if seat.organisation_id in own else "",
            )
        )
    Elector.objects.bulk_create(rows)


def concerned(application):
    """Return the primary keys of the organisations that are recused from an application: its own, and those named with it."""
    return {application.organisation_id, *application.recused.values_list("pk", flat=True)} - {None}


# ── the end ──────────────────────────────────────────────────────────────


@transaction.atomic
def close_ballot(ballot, *, by=None):
    """Close a ballot, count it, and do what follows.

    Adopted: a decision is recorded, and the application, if there is one, approved. Objection in a silence procedure, or no
    quorum: the application is put off to the next meeting. Not adopted: the application stays where it is, for the Secretariat to
    decline with its reason. Writes: the ballot with result and arithmetic, what follows, audit entries. Letters: ballot_closed.
    Raises: PermissionDenied; ValidationError before the end while replies are missing; DecidedAlready when somebody was faster.
    """
    require(by, "members.run_ballot", ballot)
    ballot = alone(ballot)
    if ballot.status != Status.OPEN:
        raise decided_already(ballot, "close")
    if ballot.application_id and not _can_be_decided(ballot):
        return _cancel(ballot, by=None, note=f"The application is {ballot.application.status}.")
    electors = list(ballot.electorate.all())
    _check_may_close(ballot, electors)
    tally, outcome = arithmetic.count(electors, ballot.kind, ballot.rule_numbers["quorum_above"])
    decision = _record(ballot, tally, outcome, by) if outcome == Outcome.ADOPTED else None
    ballot.move("close", by=by, outcome=outcome, tally=tally, decision=decision, closed_at=Now())
    if ballot.application_id:
        _follow(ballot, by)
    if ballot.kind != Kind.MEETING:
        emails.ballot_closed(ballot)
    return ballot


def _can_be_decided(ballot):
    application = Application.objects.select_for_update(no_key=True).get(pk=ballot.application_id)
    ballot.application = application
    return application.status in DECIDABLE


def _check_may_close(ballot, electors):
    if ballot.closes_at is None or Ballot.objects.due().filter(pk=ballot.pk).exists():
        return
    missing = [
        elector for elector in electors if elector.has_vote and not elector.recused_because and not elector.choice
    ]
    if missing:
        raise ValidationError(
            _(
                "The ballot runs until %(time)s, and %(count)s seats have not replied. It closes then, or once all have replied."
            )
            % {"time": rules.in_words(ballot.closes_at), "count": len(missing)}
        )


def _record(ballot, tally, outcome, by):
    with rules.english():
        text = f"{ballot.question}\n\n{' '.join(arithmetic.in_words(tally, outcome))}"
    if ballot.sitting_id:
        day = ballot.sitting.held_on
    else:
        now = timezone.now()
        day = rules.brussels_day(min(now, ballot.closes_at or now))
    return record_decision(title=ballot.title, text=text, decided_on=day, procedure=ballot.kind, by=by)


def _follow(ballot, by):
    """Do to the application what the outcome says."""
    from members.services import memberships

    application = ballot.application
    if ballot.outcome == Outcome.ADOPTED:
        memberships.approve_application(application, by=by, decision=ballot.decision)
    elif ballot.outcome in (Outcome.TO_MEETING, Outcome.NO_QUORUM):
        Application.objects.filter(pk=application.pk).update(route=Application.Route.MEETING)
        application.refresh_from_db()
        if application.status == Application.Status.UNDER_REVIEW:
            with override(application.language):  # the applicant reads it; who objected stays in the Steering Group
                reason = _("The Steering Group will discuss your application at its next meeting.")
            memberships.put_off_application(application, by=by, reason=reason)


@transaction.atomic
def cancel_ballot(ballot, *, by):
    """Stop a ballot without a result; what was voted stays on record. Letters: ballot_cancelled, where it was open."""
    require(by, "members.run_ballot", ballot)
    return _cancel(alone(ballot), by=by)


def _cancel(ballot, *, by, note=None):
    was_open = ballot.status == Status.OPEN
    if ballot.status not in (Status.DRAFT, Status.OPEN):
        raise decided_already(ballot, "cancel")
    ballot.move("cancel", by=by, note=note)
    if was_open and ballot.kind != Kind.MEETING:
        emails.ballot_cancelled(ballot)
    return ballot


@transaction.atomic
def remind_ballot(ballot, *, by=None):
    """Write to the seats that have not voted. Writes: when, an audit entry. Letters: ballot_reminder. Returns: how many letters."""
    require(by, "members.run_ballot", ballot)
    ballot = alone(ballot)
    if not Ballot.objects.open_now().filter(pk=ballot.pk).exists():
        raise TooLate(ballot, "remind")
    if ballot.reminded_at and timezone.now() - ballot.reminded_at < REMINDED_AGAIN:
        raise ValidationError(
            _("The seats were reminded on %(when)s. Wait a day before you do it again.")
            % {"when": date_format(timezone.localtime(ballot.reminded_at), "j F, H:i")}
        )
    Ballot.objects.filter(pk=ballot.pk).update(reminded_at=Now())
    letters = emails.ballot_reminder(ballot)
    audit.record("members.ballot.remind", ballot, by, letters=letters)
    ballot.refresh_from_db()
    return letters


# ── a meeting ────────────────────────────────────────────────────────────


@transaction.atomic
def hold_sitting(*, title, held_on, present, votes, by, note=""):
    """Decide several applications in one sitting, each by a ballot of its own: all of it or nothing.

    `votes` is {application: {seat: (choice, reason)}}; a seat that is present and not named agrees, own seats are recused.
    Writes: the sitting, and for each application a closed ballot and what follows from it. Returns: the sitting.
    Raises: PermissionDenied; ValidationError; DecidedAlready for an application that somebody has decided meanwhile.
    """
    require(by, "members.run_ballot")
    if held_on > rules.brussels_day(timezone.now()):
        raise ValidationError({"held_on": _("This day lies ahead. Record the sitting once it was held.")})
    if not votes:
        raise ValidationError(_("Choose at least one application."))
    sitting = Sitting(held_on=held_on, title=title)
    sitting.full_clean()
    sitting.save()
    sitting.present.set(present)
    audit.record("members.sitting.hold", sitting, by, present=len(present), applications=len(votes))
    for application in sorted(votes, key=lambda application: application.pk):  # locked in one order
        decide_in_sitting(sitting, application, votes[application], by=by, note=note)
    return sitting


def decide_in_sitting(sitting, application, votes, *, by, note=""):
    """Open, fill and close the ballot of one application. Returns: the closed ballot."""
    about = _about(application)
    about["note"] = note or about["note"]
    ballot = prepare_ballot(kind=Kind.MEETING, **about, application=application, sitting=sitting, by=by)
    ballot = open_ballot(ballot, by=by)
    given = {seat.pk: answer for seat, answer in votes.items()}
    for elector in ballot.electorate.counting().filter(is_present=True):
        choice, reason = given.get(elector.seat_id, (Choice.AGREE, ""))
        record_vote(elector, choice, by=by, reason=reason)
    return close_ballot(ballot, by=by)


# ── the clock ────────────────────────────────────────────────────────────


def open_due():
    """Open the prepared ballots whose time has come. Returns: how many."""
    return _each(Ballot.objects.to_open(), lambda ballot: open_ballot(ballot, by=None))


def close_due():
    """Close the ballots whose time is over. Returns: how many."""
    return _each(Ballot.objects.due(), lambda ballot: close_ballot(ballot, by=None))


def remind_due():
    """Remind half-way and some working days before the end, each moment once. Returns: how many ballots."""
    now = timezone.now()
    due = [
        ballot for ballot in Ballot.objects.open_now()
        if any(moment <= now and (ballot.reminded_at is None or ballot.reminded_at < moment)
               for moment in rules.reminders(ballot.opens_at, ballot.closes_at))
    ]  # fmt: skip
    return _each(due, lambda ballot: remind_ballot(ballot, by=None))


def _each(ballots, verb):
    """Do a verb to each in a transaction of its own; one that fails is logged and tried again at the next tick."""
    done = 0
    for ballot in ballots:
        try:
            verb(ballot)
            done += 1
        except (WrongStatus, ValidationError) as error:
            logger.warning("ballot %s: %s", ballot.pk, error)
        except Exception:
            logger.exception("ballot %s", ballot.pk)
    return done
